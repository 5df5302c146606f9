"""Uplinks of The Things Stack v3 (LoRaWAN), as its storage, webhooks and MQTT give them.

Empty fields are omitted there: an absent `f_cnt` is 0. `uplink_message.received_at` is when the network
received the message; the outer `received_at`, some 0.2 s later, when the application did.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.readings.table import Model, ReadingsTable
from kamara.loaders.readings.unfolding import Content, Gathered, flat, is_missing, lacking
from kamara.loaders.readings.values import unit_of

VERSION_IDS, REGISTER, PAYLOAD_KEYS = "version-ids", "register", "payload-keys"
_TIME = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)Z")


@dataclass(frozen=True)
class Uplinks:
    """Takes uplinks apart. `registered` has the models of known devices, `brand/model` by DevEUI."""

    table: ReadingsTable
    registered: Mapping[str, str]

    def __call__(self, content: Mapping[str, Any]) -> list[Content]:
        """See `Unfolding`. A line of the Storage Integration has the uplink under `result`."""
        uplink = _object(content, "result") or dict(content)
        message = _object(uplink, "uplink_message")
        if not message:
            raise lacking("uplink_message", "an uplink of The Things Stack", "μήνυμα του The Things Stack")
        if not _object(uplink, "end_device_ids").get("dev_eui"):
            raise lacking("end_device_ids.dev_eui", "the DevEUI of the device", "το DevEUI της συσκευής")
        time = message.get("received_at") or uplink.get("received_at") or ""
        record = {"time": time, "time_key": _time_key(time), "f_cnt": str(message.get("f_cnt", "0"))}
        told = flat(_object(message, "decoded_payload"))
        payload = {key: value for key, value in told if not is_missing(value)}
        gathered = Gathered()
        if payload:
            model, basis = self._model(uplink, message, payload)
            record |= {"model": model.name, "basis": basis}
            for key, value in payload.items():
                gathered.take(key, value, _rule(model, key, value))
        return gathered.unfolded(uplink, record)

    def _model(
        self, uplink: Mapping[str, Any], message: Mapping[str, Any], payload: Mapping[str, Any]
    ) -> tuple[Model, str]:
        ids = _object(message, "version_ids")
        eui = str(_object(uplink, "end_device_ids").get("dev_eui", "")).upper()
        told = f"{ids['brand_id']}/{ids['model_id']}" if {"brand_id", "model_id"} <= ids.keys() else ""
        for name, basis in ((told, VERSION_IDS), (self.registered.get(eui, ""), REGISTER)):
            if name:
                model = self.table.named(name)
                if model is None:
                    raise _unknown(name, f"the model {name} is not in the table of models")
                return model, basis
        fitting = self.table.fitting(payload)
        if len(fitting) != 1:
            raise _unknown(", ".join(payload), f"{len(fitting)} models have these keys")
        return fitting[0], PAYLOAD_KEYS


def _rule(model: Model, key: str, value: Any) -> Any:
    """The rule of a key: the one in the unit that stands in the value, else its only or first one."""
    rules = model.rules.get(key, ())
    return model.exact(key, unit_of(value)) or (rules[0] if rules else None)


def _object(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = content.get(name)
    return found if isinstance(found, dict) else {}


def _time_key(text: Any) -> str:
    """The time as part of a key, in the basic format of ISO 8601: `20230620T143432.656299995Z`."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise RecordError(
            f"{text} is no time",
            column="uplink_message.received_at",
            found=str(text),
            expected="received_at: a time in UTC such as 2023-06-20T14:34:32.656Z",
            expected_el="received_at: ώρα σε UTC όπως 2023-06-20T14:34:32.656Z",
        )
    year, month, day, hour, minute, second = match.groups()
    return f"{year}{month}{day}T{hour}{minute}{second}Z"


def _unknown(found: str, what: str) -> RecordError:
    return RecordError(
        f"model not known: {what}",
        column="uplink_message.version_ids",
        found=found,
        expected="a device whose model is known: by version_ids, by the register of devices, or because only"
        " one model of the table has these keys",
        expected_el="συσκευή γνωστού μοντέλου: από το version_ids, από το μητρώο συσκευών, ή επειδή μόνο ένα"
        " μοντέλο του πίνακα έχει αυτά τα κλειδιά",
    )

"""The Things Stack: a register of devices, and uplinks as lines of its Storage Integration.

Empty fields are left out (`f_cnt` 0 disappears), values are texts with or without units, or numbers, and more
than half of the uplinks have no decoded payload. A device that restarts counts from 0 again.
"""

from __future__ import annotations

import base64
import csv
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from kamara.simulator.work import YEAR, Work, position

DEVICES = "things-stack-devices"
UPLINKS = "things-stack-uplinks"
_EVERY = timedelta(hours=6)
_GATEWAY = {"gateway_id": "simulated-gateway", "eui": "70B3D5FFFE000000"}
_UNITS = {"Bat": "V", "TempC_DS18B20": "°C", "conduct_SOIL": "uS/cm", "temp_SOIL": "°C", "water_SOIL": "%"}


def write_uplinks(work: Work) -> None:
    """Write `uplinks.jsonl`: of all devices, those that nobody registered too, in the order of time."""
    numbers, strays = work.random(UPLINKS), _strays(work)
    count = work.counts.devices + strays
    expected = work.expectation(UPLINKS)
    expected.cases["unregistered"] += strays
    counters = [0] * count
    steps = work.counts.device_days * (timedelta(days=1) // _EVERY)
    with work.writing(UPLINKS, "uplinks.jsonl") as file:
        for step in range(steps):
            for device in range(count):
                if numbers.random() < _restarts(work):
                    counters[device] = 0
                time = datetime(YEAR, 1, 1, tzinfo=UTC) + step * _EVERY + timedelta(seconds=7 * device % 3600)
                uplink = _uplink(work, numbers, device + 1, counters[device], time)
                file.write(json.dumps(uplink, ensure_ascii=False) + "\n")
                counters[device] += 1
                expected.records += 1


def device_id(number: int) -> str:
    """The DevEUI of a simulated device."""
    return f"70B3D5FFFE{number:06X}"


def _strays(work: Work) -> int:
    """How many devices send without being in the register: one at least, in the smallest city too."""
    return max(1, round(work.counts.devices * work.rates["device-unregistered"].share))


def _restarts(work: Work) -> float:
    return float(work.rates["uplink-without-counter"].share)


def _uplink(work: Work, numbers: Random, number: int, counter: int, time: datetime) -> dict[str, object]:
    cases = work.expectation(UPLINKS).cases
    message: dict[str, object] = {"f_port": 2}
    if counter:
        message["f_cnt"] = counter
    else:
        cases["without counter"] += 1
    message["frm_payload"] = base64.b64encode(numbers.randbytes(11)).decode()
    if work.falls(numbers, "uplink-raw"):
        cases["raw"] += 1
    else:
        message["decoded_payload"] = _payload(work, numbers, time)
    message["rx_metadata"] = [
        {"gateway_ids": _GATEWAY, "time": _stamp(time), "rssi": -numbers.randrange(30, 120), "snr": 5.8}
    ]
    message["settings"] = {
        "data_rate": {"lora": {"bandwidth": 125000, "spreading_factor": 12, "coding_rate": "4/5"}},
        "frequency": "868300000",
        "time": _stamp(time),
    }
    message["received_at"] = _stamp(time + timedelta(milliseconds=35))
    message["consumed_airtime"] = "1.482752s"
    eui = device_id(number)
    return {
        "result": {
            "end_device_ids": {
                "device_id": f"eui-{eui.lower()}",
                "application_ids": {"application_id": "simulated-application"},
                "dev_eui": eui,
                "dev_addr": f"260B{number % 65536:04X}",
            },
            "received_at": _stamp(time + timedelta(milliseconds=248)),
            "uplink_message": message,
        }
    }


def _payload(work: Work, numbers: Random, time: datetime) -> dict[str, object]:
    """Readings of a soil probe: hundredths, milli or whole numbers of the unit."""
    season = 12 - 10 * abs(time.month - 7) / 6
    values = {
        "Bat": f"3.{numbers.randrange(300, 400)}",
        "TempC_DS18B20": "0.00",
        "conduct_SOIL": str(numbers.randrange(0, 500)),
        "temp_SOIL": f"{season + numbers.uniform(0, 12):.2f}",
        "water_SOIL": f"{numbers.uniform(5, 50):.2f}",
    }
    expected = work.expectation(UPLINKS)
    expected.cases["readings"] += len(values)
    for key, value in values.items():
        expected.add(key, Decimal(value))
    if work.falls(numbers, "uplink-with-units"):
        expected.cases["with units"] += 1
        return {key: f"{value} {_UNITS[key]}" for key, value in values.items()}
    plain: dict[str, object] = {**values, "Bat": f"{values['Bat']} V"}
    plain["conduct_SOIL"] = int(values["conduct_SOIL"])
    return plain


def _stamp(time: datetime) -> str:
    """RFC 3339 with nanoseconds, as The Things Stack writes it."""
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond:06}000Z"


def write_devices(work: Work) -> None:
    """Write `devices.csv`, the register."""
    numbers, expected = work.random(DEVICES), work.expectation(DEVICES)
    with work.writing(DEVICES, "devices.csv") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["dev_eui", "brand_id", "model_id", "name_el", "name_en", "lat", "lon"])
        for number in range(1, work.counts.devices + 1):
            lon, lat = position(numbers)
            name = f"Συσκευή {number} (προσομοίωση)", f"Device {number} (simulated)"
            table.writerow([device_id(number), "dragino", "lse01", *name, lat, lon])
            expected.records += 1

import csv
import json
from collections import Counter
from decimal import Decimal

import pytest
from support.sensors import ID, PROPERTY, UNIT, load_sensors, uplinks

# What the keys of the soil sensor mean, as its maker's decoder names them.
SOIL = {
    "Bat": "battery-voltage",
    "TempC_DS18B20": "probe-temperature",
    "conduct_SOIL": "soil-conductivity",
    "temp_SOIL": "soil-temperature",
    "water_SOIL": "soil-moisture",
}
TIME = "2024-05-01T06:00:00.123456789Z"
KEY = "20240501T060000.123456789Z"
EUI = "70B3D57ED0000001"


def number(value):
    """The number of a value that may have its unit after it."""
    return Decimal(str(value).split()[0])


def uplink(payload=None, model=None, eui=EUI, time=TIME, **more):
    message = {"f_port": 2, "received_at": time, "frm_payload": "AAEC", **more}
    if payload is not None:
        message["decoded_payload"] = payload
    if model:
        message["version_ids"] = dict(zip(("brand_id", "model_id"), model.split("/"), strict=True))
    return {"end_device_ids": {"dev_eui": eui}, "received_at": time, "uplink_message": message}


@pytest.fixture
def loaded(tmp_path):
    """Loads uplinks, by themselves or after a register of devices."""

    def load(*given, register=None):
        path = tmp_path / "uplinks.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in given), encoding="utf-8")
        places = {"things-stack-uplinks": path}
        if register:
            table = tmp_path / "devices.csv"
            table.write_text(register, encoding="utf-8")
            places = {"municipal-boundaries": None, "things-stack-devices": table} | places
        return load_sensors(tmp_path / "data", places)

    return load


def readings(loaded):
    rows = loaded.select(
        "SELECT ?o ?p ?v ?unit { ?o sosa:observedProperty ?p ; sosa:hasSimpleResult ?v ; qudt:hasUnit ?unit"
        f" FILTER (STRSTARTS(STR(?o), '{ID}device-observation/')) }}"
    )
    return {row["p"].removeprefix(PROPERTY): (row["v"], row["unit"].removeprefix(UNIT)) for row in rows}


def values(loaded):
    return {name: value for name, (value, _) in readings(loaded).items()}


# --- the real lines of the Storage Integration: 24 decoded, 30 raw


def storage(shared):
    return uplinks(shared / "data" / "sensors" / "tts-storage-decoded.jsonl")


def test_every_line_is_published(real_uplinks, shared):
    lines = storage(shared)
    assert real_uplinks.counts("things-stack-uplinks") == (len(lines), len(lines), 0)
    found = real_uplinks.select("SELECT ?u ?n { ?u a kam:Uplink ; kam:readingCount ?n }")
    decoded = [line for line in lines if "decoded_payload" in line["uplink_message"]]
    assert Counter(row["n"] for row in found) == {5: len(decoded), 0: len(lines) - len(decoded)}


def test_readings_are_counted_and_summed_exactly(real_uplinks, shared):
    rows = real_uplinks.select(
        "SELECT ?p (SUM(?v) AS ?sum) (COUNT(?v) AS ?n)"
        " { ?o prov:wasDerivedFrom ?u ; sosa:observedProperty ?p ; sosa:hasSimpleResult ?v } GROUP BY ?p"
    )
    payloads = [line["uplink_message"].get("decoded_payload", {}) for line in storage(shared)]
    assert {row["p"]: (row["sum"], row["n"]) for row in rows} == {
        PROPERTY + name: (
            sum(number(payload[key]) for payload in payloads if key in payload),
            sum(key in payload for payload in payloads),
        )
        for key, name in SOIL.items()
    }


def test_an_uplink_has_the_time_of_the_network_and_its_counter_zero_too(real_uplinks, shared):
    found = real_uplinks.select(
        "SELECT ?u ?device ?time ?port ?counter"
        " { ?u kam:platform ?device ; sosa:resultTime ?time ; kam:port ?port ; kam:frameCounter ?counter }"
    )
    wanted = set()
    for line in storage(shared):
        message, eui = line["uplink_message"], line["end_device_ids"]["dev_eui"]
        time = message["received_at"]
        key = f"{ID}uplink/{eui}~{time.replace('-', '').replace(':', '')}"
        said = f"{time[:-1].rstrip('0')}Z"  # a time is the same with and without zeros at its end
        wanted.add((key, f"{ID}device/{eui}", said, message["f_port"], message.get("f_cnt", 0)))
    assert {(r["u"], r["device"], r["time"], r["port"], r["counter"]) for r in found} == wanted


def test_nothing_of_payload_bytes_or_of_gateways_is_published(real_uplinks, shared):
    said = real_uplinks.select("SELECT DISTINCT ?o { ?u a kam:Uplink ; ?p ?o }")
    text = "\n".join(str(row["o"]) for row in said)
    for line in storage(shared):
        message = line["uplink_message"]
        assert message["frm_payload"] not in text
        assert all(one["gateway_ids"]["gateway_id"] not in text for one in message["rx_metadata"])


def test_the_model_is_known_by_its_keys_and_that_is_said(real_uplinks):
    rows = real_uplinks.select(
        "SELECT ?m ?b (COUNT(*) AS ?n) { ?u kam:deviceModel ?m ; kam:modelBasis ?b } GROUP BY ?m ?b"
    )
    basis = "https://data.thessaloniki.gr/code/model-basis/payload-keys"
    assert rows == [{"m": "dragino/lse01", "b": basis, "n": 24}]


# --- many makers' uplinks, with the readings that they should give


def models(root):
    """The table of models, read by the lines here: key -> property, unit, scale, words, by model."""
    found = {}
    with (root / "mappings" / "things-stack-uplinks" / "models.csv").open(
        encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            for model in row["model"].split():
                found.setdefault(model, {})[row["key"]] = row
    return found


NAMES = {
    "Bosch__Parking_Lot_Sensor": "bosch/tps110",
    "Nwave__G4_NCC_FM": "nwave/ncc405fm",
    "Nwave__G4_NPS_FM": "nwave/nps405fm",
    "Nwave__G4_NPS_SM": "nwave/nps405sm",
    "Milesight__EM300-SLD-ZLD": "milesight-iot/em300-sld",
    "Milesight__CT101-CT103": "milesight-iot/ct101",
    "Milesight__EM300-DI_Hall": "milesight-iot/em300-di-hall",
    "Milesight__VS34x": "milesight-iot/vs340",
    "SensiEDGE__SensiLora2_0": "sensiedge/sensilora2.0",
    "Yobiiq__SD1001": "yobiiq/sd-1001",
    "Elsys__ERS2_CO2": "elsys/ers2-co2",
    "Elsys__ERS2_Sound": "elsys/ers2-sound",
}
BRANDS = {"Milesight": "milesight-iot"}


def model_of(name, known):
    vendor, model, _ = name.split("__")
    named = NAMES.get(f"{vendor}__{model}", f"{BRANDS.get(vendor, vendor.lower())}/{model.lower()}")
    return named if named in known else None


def expected_results(payload, rules):
    """The readings that the table maps, with unit and scale applied; None for a text that is no number."""
    found = {}
    for key, value in payload.items():
        row = rules.get(key, {"use": "unknown"})
        if row["use"]:
            continue
        words = dict(word.split("=") for word in row["words"].split("|") if word)
        said = words.get(str(value), {"True": 1, "False": 0}.get(str(value), value))
        result = Decimal(str(said)) * Decimal(row["scale"] or 1) + Decimal(row["offset"] or 0)
        found[row["property"]] = (result, row["result_unit"])
    return found


@pytest.fixture(scope="module")
def many(shared, root, tmp_path_factory):
    """Each expected payload in the uplink of its name, with a DevEUI of its own: the files share one."""
    known, cases, lines = models(root), {}, []
    folder = shared / "data" / "sensors"
    for path in sorted((folder / "tts-uplinks-expected").glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["telemetry"]
        sent = folder / "tts-uplinks" / path.name.replace("result", "payload")
        model = model_of(path.name, known)
        for payload in (one["values"] for one in (told if isinstance(told, list) else [told])):
            message = json.loads(sent.read_text(encoding="utf-8"))
            eui = f"AA{len(lines):014X}"
            message["end_device_ids"]["dev_eui"] = eui
            message["uplink_message"]["decoded_payload"] = payload
            if model:
                brand, name = model.split("/")
                message["uplink_message"]["version_ids"] = {"brand_id": brand, "model_id": name}
            cases[eui] = (path.name, model, payload)
            lines.append(json.dumps({"result": message}, default=float))
    data = tmp_path_factory.mktemp("many")
    (data / "many.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_sensors(data / "data", {"things-stack-uplinks": data / "many.jsonl"}), cases, known


def test_of_many_makers_file_is_published_plus_held(many):
    loaded, cases, _ = many
    records, published, held = loaded.counts("things-stack-uplinks")
    assert records == published + held == len(cases)
    reasons = [reason for one in loaded.held("things-stack-uplinks") for reason in one.reasons]
    assert all(reason.expected["el"] and reason.messages["el"] for reason in reasons)


def test_all_models_of_the_files_are_in_the_table(many):
    _, cases, _ = many
    assert [name for name, model, _ in cases.values() if model is None] == []


def test_each_reading_of_many_makers_is_the_expected_one(many):
    loaded, cases, known = many
    found = {eui: {} for eui in cases}
    for row in loaded.select(
        "SELECT ?o ?p ?v ?unit { ?o prov:wasDerivedFrom ?u ; sosa:observedProperty ?p ;"
        " sosa:hasSimpleResult ?v ; qudt:hasUnit ?unit }"
    ):
        eui = row["o"].removeprefix(f"{ID}device-observation/").partition("~")[0]
        found[eui][row["p"].removeprefix(PROPERTY)] = (row["v"], row["unit"].removeprefix(UNIT))
    published = {
        row["u"].rpartition("/")[2].partition("~")[0]
        for row in loaded.select("SELECT ?u { ?u a kam:Uplink }")
    }
    compared = 0
    for eui in published:
        _, model, payload = cases[eui]
        wanted = expected_results(payload, known[model]) if model else {}
        assert {name: unit for name, (_, unit) in found[eui].items()} == {
            name: unit for name, (_, unit) in wanted.items()
        }
        for name, (value, _) in wanted.items():
            assert float(found[eui][name][0]) == pytest.approx(float(value), rel=1e-12)
        compared += len(wanted)
    assert compared > 200


def test_impossible_values_of_many_makers_are_held(many):
    loaded, cases, _ = many
    impossible = {eui for eui, (_, _, payload) in cases.items() if payload.get("temperature") == 5760}
    assert len(impossible) == 6
    subjects = {name for one in loaded.held("things-stack-uplinks") for name in one.subjects}
    told = {name.rpartition("/")[2].partition("~")[0] for name in subjects}
    assert impossible <= told


# --- the traps


def test_a_value_may_have_its_unit_or_none_or_be_a_number(loaded):
    payload = {
        "Bat": "3.384 V",
        "TempC_DS18B20": 0.5,
        "conduct_SOIL": 161,
        "temp_SOIL": "24.52",
        "water_SOIL": "3 %",
    }
    assert readings(loaded(uplink(payload))) == {
        "battery-voltage": (Decimal("3.384"), "V"),
        "probe-temperature": (Decimal("0.5"), "DEG_C"),
        "soil-conductivity": (161, "MicroS-PER-CentiM"),
        "soil-temperature": (Decimal("24.52"), "DEG_C"),
        "soil-moisture": (3, "PERCENT"),
    }


def test_another_unit_than_the_tables_is_held(loaded):
    found = loaded(uplink({"Bat": "3384 mV"}, "dragino/lse01"))
    assert found.counts("things-stack-uplinks") == (1, 0, 1)


def test_objects_with_value_and_unit_are_read_and_scaled(loaded):
    payload = {
        "air_temperature": {"displayName": "Air temperature", "unit": "°C", "value": 27.5},
        "barometric_pressure": {"displayName": "Barometric pressure", "unit": "Pa", "value": 96412},
        "device_id": 3005,
    }
    assert values(loaded(uplink(payload, "decentlab/dl-iam"))) == {
        "air-temperature": Decimal("27.5"),
        "atmospheric-pressure": Decimal("964.12"),
    }


def test_truth_values_and_words_are_one_and_zero(loaded):
    found = loaded(
        uplink({"occupied": True}, "bosch/tps110", eui="A1"),
        uplink({"magnet_status": "open"}, "milesight-iot/ws301", eui="A2"),
    )
    assert values(found) == {"parking-occupancy": 1, "opening": 1}


def test_the_models_own_word_goes_before_the_register(loaded):
    headings = "dev_eui,name_el,name_en,brand_id,model_id,surroundings,lon,lat,expected_per_day"
    register = f"{headings}\n{EUI},α,a,decentlab,dl-pr21,water,,,\n"
    found = loaded(
        uplink({"pressure": 1004.7}, "milesight-iot/am107", time="2024-05-01T06:00:00.1Z"),
        uplink({"pressure": 0.25}, time="2024-05-01T06:00:00.2Z"),
        register=register,
    )
    assert values(found) == {"atmospheric-pressure": Decimal("1004.7"), "liquid-pressure": Decimal("0.25")}
    bases = found.select("SELECT ?b { ?u kam:modelBasis ?b } ORDER BY ?u")
    assert [row["b"].rpartition("/")[2] for row in bases] == ["version-ids", "register"]


@pytest.mark.parametrize(
    ("payload", "model"),
    [
        ({"temperature": 20.5}, None),  # many models have that key
        ({"unheard_of": 1}, None),
        ({"temperature": 20.5}, "nobody/nothing"),
    ],
)
def test_a_model_that_is_not_known_is_not_guessed(loaded, payload, model):
    found = loaded(uplink(payload, model))
    assert found.counts("things-stack-uplinks") == (1, 0, 1)
    (held,) = found.held("things-stack-uplinks")
    assert "model not known" in held.reasons[0].found


def test_a_key_that_nobody_knows_is_named_and_the_others_are_published(loaded):
    found = loaded(uplink({"temperature": 20.5, "new_one": 7, "activity": 3}, "milesight-iot/am107"))
    assert values(found) == {"air-temperature": Decimal("20.5")}
    assert found.value(f"uplink/{EUI}~{KEY}", "kam:unmappedKey") == "new_one"
    assert found.value(f"uplink/{EUI}~{KEY}", "kam:readingCount") == 1


def test_a_message_without_payload_is_raw(loaded):
    found = loaded(uplink(f_cnt=7))
    assert values(found) == {}
    assert found.value(f"uplink/{EUI}~{KEY}", "kam:readingCount") == 0
    assert found.value(f"uplink/{EUI}~{KEY}", "kam:frameCounter") == 7


def test_the_position_is_the_registered_one_never_the_gateways(loaded):
    gateway = [{"location": {"latitude": 51.5, "longitude": -0.1}}]
    user = {
        "user": {"latitude": 40.63, "longitude": 22.95},
        "frm-payload": {"latitude": 40.1, "longitude": 22.1},
    }
    found = loaded(
        uplink(time="2024-05-01T06:00:00.1Z", rx_metadata=gateway, locations=user),
        uplink(time="2024-05-01T06:00:00.2Z", rx_metadata=gateway),
    )
    points = [
        row["w"] for row in found.select("SELECT ?w { ?u a kam:Uplink ; geo:hasGeometry/geo:asWKT ?w }")
    ]
    assert points == ["POINT(22.95 40.63)"]


def test_a_counter_that_starts_again_makes_another_uplink(loaded):
    found = loaded(
        uplink(time="2024-05-01T06:00:00.1Z", f_cnt=1), uplink(time="2024-05-01T07:00:00.1Z", f_cnt=1)
    )
    assert found.counts("things-stack-uplinks") == (2, 2, 0)
    assert len(found.select("SELECT ?u { ?u a kam:Uplink }")) == 2


def test_the_same_uplink_twice_is_one(loaded):
    found = loaded(
        uplink({"occupied": 1}, "bosch/tps110"), {"result": uplink({"occupied": 1}, "bosch/tps110")}
    )
    assert len(found.select("SELECT ?u { ?u a kam:Uplink }")) == 1
    assert values(found) == {"parking-occupancy": 1}


@pytest.mark.parametrize(
    "broken",
    [
        {"end_device_ids": {"dev_eui": EUI}, "received_at": TIME},
        uplink(time="yesterday"),
        {**uplink(), "end_device_ids": {"device_id": "nameless"}},
        ["no", "object"],
    ],
)
def test_what_is_no_uplink_costs_only_itself(loaded, broken):
    found = loaded(broken, uplink(time="2024-05-01T09:00:00Z"))
    assert found.counts("things-stack-uplinks") == (2, 1, 1)
    (held,) = found.held("things-stack-uplinks")
    assert held.reasons[0].expected["el"]


def test_what_is_sent_again_decoded_takes_the_place_of_the_raw_one(loaded):
    first = loaded(uplink(), uplink(time="2024-05-01T07:00:00Z"))
    assert values(first) == {}
    again = loaded(uplink({"occupied": True}, "bosch/tps110"))
    assert again.value(f"uplink/{EUI}~{KEY}", "kam:readingCount") == 1
    assert again.value(f"uplink/{EUI}~20240501T070000Z", "kam:readingCount") == 0
    corrected = loaded(uplink({"occupied": False}, "bosch/tps110"))
    assert values(corrected) == {"parking-occupancy": 0}

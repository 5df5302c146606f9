"""The systemd units: systemd reads them without complaint, and they name what exists."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.checkout import ROOT

from kamara.cli import build_app
from kamara.config import Settings

UNITS = sorted((ROOT / "deploy").glob("kamara*.service")) + sorted((ROOT / "deploy").glob("*.timer"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
INSTALLED = "/opt/kamara/.venv/bin/kamara"


def service(unit: Path) -> dict[str, str]:
    """The section [Service]; of a repeated key, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit)
    return dict(parser["Service"])


def name_of(unit: Path) -> str:
    return unit.name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=name_of)
def test_systemd_reads_the_unit_without_complaint(unit, tmp_path):
    for other in UNITS:
        (tmp_path / other.name).write_text(other.read_text().replace(INSTALLED, sys.executable))
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    complaints = [line for line in result.stderr.splitlines() if "kamara" in line]
    assert (result.returncode, complaints) == (0, [])


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_the_unit_runs_a_command_that_exists(unit):
    words = service(unit)["ExecStart"].split()
    assert words[0] == INSTALLED
    commands = {command.name or command.callback.__name__ for command in build_app().registered_commands}
    assert words[-1] in commands


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_the_unit_sets_settings_that_exist(unit):
    variables = re.findall(r"KAMARA_(\w+)=", service(unit)["Environment"])
    assert {variable.lower() for variable in variables} <= set(Settings.model_fields)


@pytest.mark.parametrize("unit", SERVICES, ids=name_of)
def test_the_unit_gives_no_more_rights_than_needed(unit):
    settings = service(unit)
    assert settings["User"] == "kamara"
    assert settings["ProtectSystem"] == "strict"
    assert settings["NoNewPrivileges"] == "yes"
    assert settings["StateDirectory"] == "kamara"

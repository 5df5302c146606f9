"""Reference pages written from the code: `python -m kamara.reference FOLDER` (or `make docs`)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import typer
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from kamara import cli
from kamara.config import Settings

MARKER = "<!-- What follows is written by `make docs`; a test compares it with the code. -->\n"
_KINDS = {
    bool: "true or false",
    int: "whole number",
    float: "number",
    str: "text",
    Path: "path",
    tuple: "list of texts",
    dict: "table",
}
_BOUNDS = (("ge", "at least"), ("gt", "more than"), ("le", "at most"))


@dataclass(frozen=True)
class Setting:
    """One setting: its name in the file, and its parts."""

    name: str
    field: FieldInfo

    @property
    def variable(self) -> str:
        """The environment variable."""
        return "KAMARA_" + self.name.replace(".", "__").upper()

    @property
    def kind(self) -> str:
        """What it takes, with its bounds."""
        bounds = (
            f"{word} {getattr(bound, attribute)}"
            for bound in self.field.metadata
            for attribute, word in _BOUNDS
            if hasattr(bound, attribute)
        )
        return ", ".join([_kind(self.field.annotation), *bounds])

    @property
    def default(self) -> str:
        """The value without a file."""
        if self.field.is_required():
            return "required"
        value = self.field.get_default(call_default_factory=False)
        shown = list(value) if isinstance(value, tuple) else value
        return f"`{shown}`" if value not in (None, ()) else "none"


def settings() -> Iterator[Setting]:
    """Every setting, those of a section after the plain ones."""
    yield from _of(Settings, "")


def _of(model: type[BaseModel], prefix: str) -> Iterator[Setting]:
    sections: list[tuple[str, type[BaseModel]]] = []
    for name, field in model.model_fields.items():
        section = _section(field.annotation)
        if section is None:
            yield Setting(prefix + name, field)
        elif get_origin(field.annotation) is dict:
            sections.append((f"{prefix}{name}.NAME.", section))
        else:
            sections.append((f"{prefix}{name}.", section))
    for inner, section in sections:
        yield from _of(section, inner)


def _section(annotation: Any) -> type[BaseModel] | None:
    inner = get_args(annotation)[1] if get_origin(annotation) is dict else annotation
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def _kind(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    if origin in _KINDS:
        return _KINDS[origin]
    plain = [part for part in get_args(annotation) if part is not NoneType] or [annotation]
    return _KINDS[get_origin(plain[0]) or plain[0]]


def settings_table() -> str:
    """Every setting in a table."""
    lines = ["| setting | what | takes | default | variable |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| `{one.name}` | {one.field.description} | {one.kind} | {one.default} | `{one.variable}` |"
        for one in settings()
    ]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Every command with its parameters, after the exit codes."""
    app = typer.main.get_command(cli.build_app())
    assert isinstance(app, TyperGroup)
    _, _, codes = (cli.__doc__ or "").strip().partition("\n\n")
    lines = [codes, "", *_parameters(app)]
    for name, command in _commands(app, "kamara"):
        lines += [
            f"\n## {name}\n",
            _prose(f"{command.help or ''}\n\n{command.epilog or ''}"),
            "",
            *_parameters(command),
        ]
    return "\n".join(lines).rstrip() + "\n"


def _commands(group: TyperGroup, path: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, TyperGroup):
            yield from _commands(command, f"{path} {name}")
        elif isinstance(command, TyperCommand):
            yield f"{path} {name}", command


def _prose(text: str) -> str:
    """Help text; a line that begins with `Example: ` or `kamara ` becomes code."""
    lines = []
    for line in text.strip().splitlines():
        word, _, rest = line.strip().partition("Example: ")
        lines.append(f"    {rest}" if rest and not word else line.strip())
    return "\n".join(lines)


def _parameters(command: TyperGroup | TyperCommand) -> list[str]:
    rows = []
    for one in command.params:
        if not isinstance(one, TyperArgument | TyperOption) or not one.help or one.name == "help":
            continue
        is_argument = isinstance(one, TyperArgument)
        name = (one.metavar or str(one.name).upper()) if is_argument else ", ".join(one.opts)
        told = one.help.rstrip(".")
        many = "; may be repeated" if (one.multiple or one.nargs == -1) and "repeated" not in told else ""
        needed = "required" if one.required else _default(one.default)
        rows.append(f"| `{name}` | {told}{many} | {needed} |")
    return ["| parameter | what | default |", "| --- | --- | --- |", *rows] if rows else []


def _default(value: Any) -> str:
    value = getattr(value, "value", value)
    return "" if value in (None, False, ()) else f"`{value}`"


PAGES = {"settings.md": settings_table, "cli.md": commands}


def page(folder: Path, name: str) -> str:
    """The page `name` of `folder`: what stands there up to the marker, then what the code says."""
    by_hand, _, _ = (folder / name).read_text(encoding="utf-8").partition(MARKER)
    return f"{by_hand}{MARKER}\n{PAGES[name]()}"


def main(folder: Path) -> None:
    """Write every page of `folder` again."""
    for name in PAGES:
        (folder / name).write_text(page(folder, name), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

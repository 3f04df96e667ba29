"""The root of the shell: a command's module is loaded when that command is asked for, and no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_name, get_group

from groundside.see.cli.commands import COMMANDS

Command = Any
"""A `TyperCommand` or a `TyperGroup`: their common base is the library's own copy of click."""


class Commands(Mapping[str, Command]):
    """All commands by name: listing them loads nothing, taking one loads its module."""

    def __init__(self) -> None:
        self._built: dict[str, Command] = {}

    def __getitem__(self, name: str) -> Command:
        """Give one command, as its module declares it."""
        if name not in self._built:
            self._built[name] = _built(COMMANDS[name][0], name)
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        """Give the names in the order in which help lists them."""
        return iter(COMMANDS)

    def __len__(self) -> int:
        """Count them."""
        return len(COMMANDS)


class OnDemand(TyperGroup):
    """A group with the commands of `COMMANDS`."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(**given)
        self.commands: Any = Commands()

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - of the library's own copy of click
        """Give the names in the order in which help lists them."""
        del ctx
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Write the list of commands as any group does, from the sentences that are written beside their names."""
        room = formatter.width - 6 - max(map(len, COMMANDS))
        rows = [(name, _told(name, sentence, room)) for name, (_, sentence) in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def _told(name: str, sentence: str, room: int) -> str:
    return TyperCommand(name, help=sentence).get_short_help_str(room)


def _built(module: str, name: str) -> Command:
    """Make one command of a module, and none of its others: each costs some milliseconds."""
    app = typer.Typer(rich_markup_mode=None)
    import_module(f"groundside.see.cli.{module}").add_to(app)
    app.registered_commands = [each for each in app.registered_commands if _name_of(each) == name]
    app.registered_groups = [each for each in app.registered_groups if each.name == name]
    return get_group(app).commands[name]


def _name_of(command: typer.models.CommandInfo) -> str:
    return command.name or get_command_name(getattr(command.callback, "__name__", ""))

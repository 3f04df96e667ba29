"""Commands with sub-commands that also do something by themselves: `groundside flight 4f2a` beside `flight add`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

SHOW = "show"


class ShowsByDefault(TyperGroup):
    """Takes what is no sub-command for arguments of the sub-command "show", and says so in its help."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - of the library's own copy of click
        """Put "show" before arguments that do not begin with a sub-command; a question for help is the group's."""
        helped = bool(args) and args[0] in ctx.help_option_names
        if not helped and (not args or args[0] not in self.commands):
            args = [SHOW, *args]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - as above
        """Say where the options are that need no sub-command."""
        formatter.write_paragraph()
        formatter.write_text(f"Without a sub-command it shows. Options of that: {ctx.command_path} {SHOW} --help")

"""`groundside assign`: who flew what and what for; one flight or thousands, by hand or by rule, with undo."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.errors import BadRequest
from groundside.model.assignment import Field
from groundside.model.query import FlightQuery
from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.filters import asking
from groundside.see.cli.progress import shown_progress
from groundside.see.cli.words import local_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from groundside.archive.archive import Archive
    from groundside.archive.assigning import AssignDone

ROLES = {"pic": Field.PIC, "observer": Field.OBSERVER}
Pilot = Annotated[str | None, typer.Option("--pilot", help="Name of a person; see `people`.", metavar="NAME")]
Role = Annotated[str, typer.Option("--role", help="Of that person: pic (pilot in command) or observer.")]
Purpose = Annotated[str | None, typer.Option("--purpose", help="What it was for; empty takes it away.")]
Project = Annotated[str | None, typer.Option("--project", help="Project.")]
Client = Annotated[str | None, typer.Option("--client", help="Client.")]
Site = Annotated[str | None, typer.Option("--site", help="Site.")]
Risk = Annotated[str | None, typer.Option("--risk", help="Notes on risk.")]
Sight = Annotated[str | None, typer.Option("--sight", help="within or beyond visual line of sight.")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside assign --pilot Ann --purpose survey --aircraft kestrel --month 2026-05")(
        assign
    )


def fields_of(  # noqa: PLR0913 - one for each option
    *,
    pilot: Pilot = None,
    role: Role = "pic",
    purpose: Purpose = None,
    project: Project = None,
    client: Client = None,
    site: Site = None,
    risk: Risk = None,
    sight: Sight = None,
) -> dict[Field, str]:
    """
    Read what is said of flights.

    Raises:
        BadRequest: no such role.
    """
    if role not in ROLES:
        what = f"There is no role {role[:40]!r}."
        raise BadRequest(what, try_this="--role pic, or --role observer")
    given = {
        ROLES[role]: pilot, Field.PURPOSE: purpose, Field.PROJECT: project, Field.CLIENT: client, Field.SITE: site,
        Field.RISK: risk, Field.SIGHT: sight,
    }  # fmt: skip
    return {name: value for name, value in given.items() if value is not None}


def saying(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say something of flights; it is handed them as `fields`."""
    own, ours = inspect.signature(command, eval_str=True), inspect.signature(fields_of, eval_str=True)
    mine = [each for name, each in own.parameters.items() if name != "fields"]

    @wraps(command)
    def run(**given: Any) -> None:  # noqa: ANN401 - of the kinds that the options are
        command(fields=fields_of(**{name: given.pop(name) for name in ours.parameters}), **given)

    shown = [*mine, *ours.parameters.values()]
    run.__signature__ = own.replace(parameters=shown)  # pyright: ignore[reportAttributeAccessIssue]
    run.__annotations__ = {each.name: each.annotation for each in shown}
    return run


@saying
@asking
def assign(  # noqa: PLR0913 - one for each option
    asked: FlightQuery,
    fields: dict[Field, str],
    flights: Annotated[
        list[str] | None, typer.Argument(help="Ids of flights; or say which with the filters.", metavar="FLIGHT…")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All flights.")] = False,
    undo: Annotated[str, typer.Option("--undo", help="Take a change back: its id, or 'latest'.", metavar="ID")] = "",
    history: Annotated[bool, typer.Option("--history", help="List changes; of one FLIGHT, all it ever was.")] = False,
    rule: Annotated[bool, typer.Option("--rule", help="Keep as a rule for flights to come; see --folder.")] = False,
    folder: Annotated[str, typer.Option("--folder", help="Of a rule: text in where files come from.")] = "",
    account: Annotated[str, typer.Option("--account", help="Of a rule: the account that brings them.")] = "",
    rules: Annotated[bool, typer.Option("--rules", help="List the rules.")] = False,
    drop_rule: Annotated[str, typer.Option("--drop-rule", help="Take a rule back.", metavar="ID")] = "",
    apply_rules: Annotated[bool, typer.Option("--apply-rules", help="Apply the rules to what is here.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who flew flights, what for and where. What was said before stays in the history."""
    with opened(archive) as it:
        if undo:
            _tell_undone(it.undo_assign(caller(), undo), as_json=as_json)
        elif history:
            _history(it, flights, as_json=as_json)
        elif rules or drop_rule or apply_rules:
            _rules(it, drop_rule, apply=apply_rules, as_json=as_json)
        elif rule:
            _add_rule(it, asked, fields, (folder, account), as_json=as_json)
        else:
            _assign(it, (asked, flights or [], every), fields, as_json=as_json)


def _assign(
    it: Archive, which: tuple[FlightQuery, list[str], bool], fields: dict[Field, str], *, as_json: bool
) -> None:
    from groundside.archive.assigning import Which

    asked, flights, every = which
    filtered = asked != FlightQuery()
    if not flights and not filtered and not every:
        what = "It was not said which flights."
        raise BadRequest(what, try_this="name them, say which with --aircraft, --from, --to, or --all")
    ids = tuple(it.resolve(caller(), each) for each in flights)
    with shown_progress() as progress:
        done = it.assign(caller(), Which(ids, asked if filtered or every else None), fields, progress=progress)
    if as_json:
        from groundside.see.logbook_shapes import assign_shape

        write_json(assign_shape(done))
        return
    say(
        f"{done.batch.flights} of {done.asked} flights changed. Undo with: groundside assign --undo {done.batch.id[:8]}"
    )


def _tell_undone(done: AssignDone, *, as_json: bool) -> None:
    if as_json:
        from groundside.see.logbook_shapes import assign_shape

        write_json(assign_shape(done))
        return
    left = f"; {done.left} were changed since and stay" if done.left else ""
    say(f"{done.batch.flights} flights are as they were before{left}.")


def _history(it: Archive, flights: list[str] | None, *, as_json: bool) -> None:
    from groundside.see.logbook_shapes import assigned_shape, batch_shape, named

    if not flights:
        changes = it.assign_changes(caller())
        if as_json:
            write_json([batch_shape(each) for each in changes])
            return
        rows = [(c.id[:8], local_words(c.at_us), c.who, str(c.flights), c.said) for c in changes]
        write_table(["change", "when", "by", "flights", "note"], rows, right=["flights"])
        return
    names = {r.person.id: r.person.name for r in it.people(caller())}
    found = [each for one in flights for each in it.assignments(caller(), it.resolve(caller(), one))]
    if as_json:
        write_json([assigned_shape(each, names) for each in found])
        return
    rows = [
        (a.flight_id[:8], a.field.value, named(a.value, names), a.who, local_words(a.at_us), local_words(a.ended_us))
        for a in found
    ]
    write_table(["flight", "field", "value", "by", "from", "until"], rows)


def _rules(it: Archive, drop: str, *, apply: bool, as_json: bool) -> None:
    from groundside.see.logbook_shapes import batch_shape, named, rule_shape

    if drop:
        gone = it.drop_assign_rule(caller(), drop)
        say(f"The rule {gone.id} is taken back; what it assigned stays.")
        return
    if apply:
        done = it.apply_assign_rules(caller())
        if as_json:
            write_json([batch_shape(each) for each in done])
            return
        say(f"{sum(each.flights for each in done)} flights changed, by {len(done)} rules.")
        return
    names = {r.person.id: r.person.name for r in it.people(caller())}
    found = it.assign_rules(caller())
    if as_json:
        write_json([rule_shape(each, names) for each in found])
        return
    for each in found:
        by = {"aircraft": each.aircraft, "folder": each.folder, "account": each.account}
        when = ", ".join(f"{name} {value!r}" for name, value in by.items() if value)
        show(f"{each.id}  {when}: {', '.join(f'{n} {named(v, names)}' for n, v in each.fields.items())}")
    say(f"{len(found)} rules.")


def _add_rule(it: Archive, asked: FlightQuery, fields: dict[Field, str], by: tuple[str, str], *, as_json: bool) -> None:
    from groundside.model.assignment import AssignRule
    from groundside.see.logbook_shapes import rule_shape

    if asked != FlightQuery(aircraft=asked.aircraft):
        what = "A rule goes by aircraft, folder and account only."
        raise BadRequest(what, try_this="groundside assign --rule --aircraft Kestrel --pilot NAME")
    given = {name.value: value for name, value in fields.items()}
    kept = it.add_assign_rule(
        caller(), AssignRule(id="", aircraft=asked.aircraft, folder=by[0], account=by[1], fields=given)
    )
    if as_json:
        write_json(rule_shape(kept, {r.person.id: r.person.name for r in it.people(caller())}))
        return
    say(f"The rule {kept.id} assigns flights as they come. For those here: groundside assign --apply-rules")

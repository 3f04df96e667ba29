"""Retention: what is due by a policy is erased and nothing else, and a legal hold is stronger."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from typer.testing import CliRunner, Result

from groundside.archive.archive import Archive
from groundside.errors import BadRequest, Conflict, NotFound, Refused, Tampered
from groundside.keep import schema
from groundside.keep.canonical import canonical
from groundside.keep.logbook_tables import statement
from groundside.model.caller import Caller, Scope
from groundside.model.place import LonLat
from groundside.model.query import Area, FlightQuery, Near
from groundside.model.retention import RetentionPolicy
from groundside.see.cli import main
from tests.simulated import craft_files

WHO = Caller("keeper", "test", "housekeeping")
DAY_US = 86_400_000_000
POLICY = RetentionPolicy(name="law", days=30, why="privacy policy 4.2")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("retention")
    with Archive.open(root / "archive", create=True) as it:
        for name, data in craft_files():
            it.receive(WHO, name, [data])
        it.receive(WHO, "notes.txt", [b"nothing flew"])
    return root / "archive"


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    import shutil

    shutil.copytree(built, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def archive(folder: Path):
    with Archive.open(folder) as it:
        yield it


def later(archive: Archive, days: float) -> int:
    """Let so many days go by since the newest of all that was recorded or came; gives that moment."""
    flown = [f.summary.recording_start_us or 0 for f in archive.flights(WHO, FlightQuery()).flights]
    newest = max(*flown, archive.now_us())
    archive.now_us = lambda: int(newest + days * DAY_US)  # type: ignore[method-assign]
    return archive.now_us()


def names(archive: Archive) -> set[str]:
    return {each.file for each in archive.files(WHO)}


def test_without_a_policy_nothing_is_ever_due(archive: Archive):
    later(archive, 9999)
    assert archive.retention(WHO) == () and archive.retention_due(WHO) == ()
    assert archive.retain(WHO).erased == {}


def test_everything_is_due_once_its_days_are_over_and_not_before(archive: Archive):
    archive.set_retention(WHO, POLICY)
    kept = names(archive)
    later(archive, 31)
    assert {each.file.file_name for each in archive.retention_due(WHO)} == kept
    done = archive.retain(WHO)
    assert done.erased["law"].files == len(kept) and done.erased["law"].finished
    assert names(archive) == set() and archive.flights(WHO, FlightQuery()).total == 0
    assert archive.verify(WHO).faults == ()
    assert archive.retain(WHO).erased == {}, "nothing is erased twice"


def test_a_file_s_days_run_from_its_latest_flight_and_else_from_when_it_came(archive: Archive):
    came = archive.now_us()
    archive.set_retention(WHO, replace(POLICY, days=1))
    due = {each.file.file_name: each.file for each in archive.retention_due(WHO)}
    assert "notes.txt" not in due, "it came a moment ago"
    starts = {f.summary.recording_start_us for f in archive.flights(WHO, FlightQuery()).flights}
    assert due and all(each.by_flight and each.since_us in starts for each in due.values())
    assert all(each.since_us < came - DAY_US for each in due.values())


@pytest.mark.parametrize(("kind", "stays"), [("flights", {"notes.txt"}), ("other", None)])
def test_a_policy_may_be_about_what_flew_or_about_the_rest(archive: Archive, kind: str, stays: set[str] | None):
    before = {each.file: bool(each.flights) for each in archive.files(WHO)}
    archive.set_retention(WHO, replace(POLICY, kind=kind))
    later(archive, 31)
    archive.retain(WHO)
    wanted = {name for name, flew in before.items() if flew is (kind == "other")}
    assert names(archive) == wanted and (stays is None or stays <= wanted)


def test_a_policy_may_be_about_one_format(archive: Archive):
    one = next(each.format for each in archive.files(WHO) if each.flights and each.format)
    mine = {each.file for each in archive.files(WHO) if each.format == one}
    before = names(archive)
    archive.set_retention(WHO, replace(POLICY, kind=one))
    later(archive, 31)
    archive.retain(WHO)
    assert names(archive) == before - mine


def test_a_policy_about_a_place_leaves_what_flew_elsewhere(archive: Archive):
    homes = {f.id: f.summary.home for f in archive.flights(WHO, FlightQuery()).flights if f.summary.home}
    home = next(iter(homes.values()))
    there = {f.id for f in archive.flights(WHO, FlightQuery(near=Near(home, 500.0))).flights}
    archive.set_retention(WHO, replace(POLICY, near=Near(home, 500.0)))
    later(archive, 31)
    archive.retain(WHO)
    left = {f.id for f in archive.flights(WHO, FlightQuery()).flights}
    assert not left & there and left == {f for f in homes if f in left} | (left - set(homes))
    assert "notes.txt" in names(archive)


def test_an_area_is_kept_exactly(archive: Archive):
    area = Area((((LonLat(1, 1), LonLat(2, 1), LonLat(2, 2), LonLat(1, 1)),),))
    archive.set_retention(WHO, replace(POLICY, inside=area))
    assert archive.retention(WHO)[0].inside == area


def test_a_legal_hold_is_stronger_than_a_policy_and_the_rest_goes_on(archive: Archive):
    held = archive.flights(WHO, FlightQuery()).flights[0]
    archive.hold(WHO, "claim 4711", flight=held.id)
    archive.set_retention(WHO, POLICY)
    later(archive, 31)
    done = archive.retain(WHO)
    assert done.held and all("claim 4711" in each.held for each in done.held)
    assert names(archive) == {each.file.file_name for each in done.held}
    assert [f.id for f in archive.flights(WHO, FlightQuery()).flights] == [held.id]


def test_each_erasure_bears_the_policy_and_its_reason(archive: Archive):
    archive.set_retention(WHO, POLICY)
    later(archive, 31)
    with archive.catalogue.read() as reader:
        last = reader.last_event(WHO.scope)
    archive.retain(WHO)
    [event] = [each for each in archive.events(WHO, last, 100) if each.what == "erase"]
    assert json.loads(event.details)["why"] == "retention policy law: privacy policy 4.2"


def put(archive: Archive, change: Any) -> None:
    """Do to the catalogue what somebody does who can write to it and has no key."""
    with archive.catalogue.commit(WHO) as writer:
        writer.connection.execute(change)


def test_the_archive_is_written_anew_once_however_many_policies_erase(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
):
    archive.set_retention(WHO, POLICY)
    archive.set_retention(WHO, replace(POLICY, name="logs", kind="flights"))
    archive.set_retention(WHO, replace(POLICY, name="first", kind="other"))
    scrubbed, scrub = [], archive.catalogue.scrub
    monkeypatch.setattr(archive.catalogue, "scrub", lambda: scrubbed.append(scrub()))
    later(archive, 40)
    done = archive.retain(WHO)
    assert len(done.erased) > 1
    assert all(each.finished for each in done.erased.values())
    assert len(scrubbed) == 1


def test_nothing_is_erased_for_a_policy_that_nobody_stated(archive: Archive):
    archive.set_retention(WHO, replace(POLICY, days=9999))
    put(archive, update(statement).where(statement.c.kind == "retention").values(said=canonical(POLICY)))
    later(archive, 31)
    kept = names(archive)
    with pytest.raises(Tampered, match="policies"):
        archive.retain(WHO)
    assert names(archive) == kept


@pytest.mark.parametrize("how", ["dropped", "replaced"])
def test_nothing_is_erased_for_a_policy_that_was_taken_back_and_put_back_by_somebody(archive: Archive, how: str):
    archive.set_retention(WHO, POLICY)
    with archive.catalogue.read() as reader:
        [old] = reader.connection.execute(select(statement).where(statement.c.kind == "retention")).mappings().all()
    later(archive, 31)
    if how == "dropped":
        archive.drop_retention(WHO, POLICY.name)
    else:
        archive.set_retention(WHO, replace(POLICY, days=9999), replaces=True)
    put(archive, delete(statement).where(statement.c.kind == "retention"))
    put(archive, insert(statement).values(**old))
    with pytest.raises(Tampered, match="policies"):
        archive.retain(WHO)


@pytest.mark.parametrize("table", ["flight", "original", "reading", "flight_source"])
def test_nothing_is_erased_for_an_age_that_somebody_wrote(archive: Archive, table: str):
    archive.set_retention(WHO, replace(POLICY, kind="flights" if table == "flight" else "everything"))
    later(archive, 31)
    change = {
        "flight": update(schema.flight).values(recording_start_us=1),
        "original": update(schema.original).values(received_us=1),
        "reading": update(schema.reading).values(format="gpx"),
        "flight_source": update(schema.flight_source).values(seal=b"made up"),
    }
    put(archive, change[table])
    kept = names(archive)
    with pytest.raises(Tampered, match="how old"):
        archive.retain(WHO)
    assert names(archive) == kept


def test_a_flight_that_began_after_its_file_came_does_not_keep_it_for_ever(archive: Archive):
    archive.set_retention(WHO, POLICY)
    came = archive.now_us()
    put(archive, update(schema.flight).values(recording_start_us=came + 9999 * DAY_US))
    due = {each.file.file_name: each.file for each in archive.retention_due(WHO)}
    assert due == {}
    archive.now_us = lambda: came + 31 * DAY_US  # type: ignore[method-assign]
    due = {each.file.file_name: each.file for each in archive.retention_due(WHO)}
    assert set(due) == names(archive)
    assert not any(each.by_flight for each in due.values())


def test_who_sees_only_some_cases_makes_and_drops_no_policy_for_all(archive: Archive):
    guest = replace(WHO, scope=Scope(frozenset({"harbour"})))
    with pytest.raises(Refused, match="every case"):
        archive.set_retention(guest, POLICY)
    archive.set_retention(WHO, POLICY)
    with pytest.raises(Refused, match="every case"):
        archive.drop_retention(guest, POLICY.name)


def test_nonsense_is_refused(archive: Archive):
    for wrong in (
        replace(POLICY, days=0),
        replace(POLICY, days=40_000),
        replace(POLICY, why=" "),
        replace(POLICY, name=""),
        replace(POLICY, kind="videos"),
        replace(POLICY, near=Near(LonLat(1, 1), 5), inside=Area(())),
    ):
        with pytest.raises(BadRequest):
            archive.set_retention(WHO, wrong)
    archive.set_retention(WHO, POLICY)
    with pytest.raises(Conflict):
        archive.set_retention(WHO, replace(POLICY, days=5))
    archive.set_retention(WHO, replace(POLICY, days=5), replaces=True)
    assert [each.days for each in archive.retention(WHO)] == [5]
    archive.drop_retention(WHO, "law")
    with pytest.raises(NotFound):
        archive.drop_retention(WHO, "law")


def run(folder: Path, *words: object) -> Result:
    return CliRunner().invoke(main.app, [*map(str, words)], env={"GROUNDSIDE_ARCHIVE": str(folder)})


def test_from_the_shell_policies_are_set_listed_applied_and_dropped(folder: Path):
    assert "Everything is kept" in run(folder, "retention").stderr
    made = run(folder, "retention", "set", "old", "--days", 1, "--kind", "flights", "--why", "policy 4.2")
    assert made.exit_code == 0 and "files are due by it" in made.stderr
    due = json.loads(run(folder, "retention", "due", "--json").stdout)
    assert due and {each["policy"] for each in due} == {"old"}
    assert isinstance(run(folder, "retention", "apply").exception, BadRequest), "nobody was asked"
    shown = run(folder, "retention", "apply", "--dry-run")
    assert f"{len(due)} files would go" in shown.stderr
    done = json.loads(run(folder, "retention", "apply", "--yes", "--json").stdout)
    assert done["erased"]["old"]["files"] == len(due)
    assert run(folder, "retention", "drop", "old").exit_code == 0
    assert json.loads(run(folder, "retention", "--json").stdout) == []

"""A backup in a bucket beyond this machine passes the gate, and the ledger says so; restoring from it, too."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from groundside import outbound
from groundside.archive.archive import Archive
from groundside.archive.backing_up import From, rehearse, restore
from groundside.errors import Refused
from tests.keep_builders import TESTER
from tests.service.seaweedfs import SeaweedFS

pytestmark = pytest.mark.service


def test_a_backup_beyond_this_machine_is_refused_or_entered(
    seaweed: SeaweedFS, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outbound, "is_here", lambda host: not host)  # loopback stands for another machine
    where = seaweed.endpoint.removeprefix("http://")
    place = str(seaweed.settings("gate-1").storage)
    closed = replace(seaweed.settings("gate-1", workers="0"), storage=None)
    allowed = replace(closed, outbound=(f"{where} our second copy",))
    with Archive.open(tmp_path / "a", closed, create=True) as it:
        it.receive(TESTER, "note.txt", [b"nothing that flies"])
        with pytest.raises(Refused, match=where):
            it.backup(TESTER, place)
    with Archive.open(tmp_path / "a", allowed) as it:
        it.backup(TESTER, place)
        [passed] = [each for each in it.events(TESTER, 0, 100) if each.what == "outbound"]
        assert (passed.about, json.loads(passed.details)["reason"]) == (where, "our second copy")
    with pytest.raises(Refused, match=where):
        rehearse(From(place=place), closed)
    assert rehearse(From(place=place), allowed).faults == ()
    assert restore(TESTER, From(place=place), tmp_path / "b", allowed).made
    with Archive.open(tmp_path / "b", closed) as it:
        told = [each.what for each in it.events(TESTER, 0, 100)]
        assert told.count("outbound") == 1, "the restore's own: the copy was taken before the backup's was entered"
        assert it.verify(TESTER).faults == ()

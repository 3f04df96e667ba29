"""Keys of objects in a PostgreSQL catalogue: kept, found, rotated and destroyed as with SQLite."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundside.errors import NotFound, Refused
from groundside.keep.keys.rotation import begin_case, drop_older, replace_root, rewrap_cases, rewrap_some
from groundside.keep.keys.status import CaseKeyStatus, case_statuses
from groundside.model.caller import EVERYTHING
from groundside.settings import Settings
from tests.keep_builders import TESTER, add_original, reading
from tests.sealed import home_in, opened, with_key
from tests.service.postgres import Server

pytestmark = pytest.mark.service


def test_keys_are_kept_rotated_and_destroyed(
    postgres: Server, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home_in(tmp_path / "home", monkeypatch)
    settings = Settings(catalogue=postgres.url(database))
    with opened(tmp_path / "archive", settings) as it:
        objects = [it.add(case) for case in ("harbour", "harbour", "bridge")]
        track, old = with_key(), it.key_file.read_bytes()
        with it.catalogue.commit(TESTER) as writer:
            original = add_original(writer, what=with_key())
            writer.set_reading(reading(original, track=track))
            it.custody.forget()
            assert it.keys.key_of(track.object_id) == track.key, "what the commit wrote, it finds"
        with it.catalogue.commit(TESTER) as writer:
            assert begin_case(writer.connection, it.custody.cases, "harbour") == 2
            assert rewrap_some(writer.connection, it.custody.cases, "harbour") == 2
        new = replace_root(it.keyring)
        with it.catalogue.commit(TESTER) as writer:
            assert rewrap_cases(writer.connection, it.custody.cases, it.keyring) == 3
            writer.clear_derived(original)
        drop_older(it.keyring, new)
    with opened(tmp_path / "archive", settings) as it:
        assert it.keys.keys_of([o.object_id for o in objects]) == {o.object_id: o.key for o in objects}
        with pytest.raises(NotFound):
            it.keys.key_of(track.object_id)
        with it.catalogue.read() as reader:
            found = case_statuses(reader.connection, EVERYTHING)
        assert found == tuple(
            CaseKeyStatus(*row) for row in (("bridge", 1, 1, 0), ("general", 1, 1, 0), ("harbour", 2, 2, 0))
        )
        it.key_file.write_bytes(old)
    with opened(tmp_path / "archive", settings) as it, pytest.raises(Refused, match="not the root key"):
        it.keys.key_of(objects[0].object_id)

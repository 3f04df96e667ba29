"""What is particular to a catalogue in PostgreSQL: made, migrated, refused; full disks, lost servers, TLS."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url, text

from groundside.errors import BadSetting, Conflict, GroundsideError, NoSpace, Refused, Unreachable, WrongArchive
from groundside.keep import postgres as backend
from groundside.keep import schema
from groundside.keep.catalogue import Catalogue, Reader
from groundside.model.caller import EVERYTHING
from tests.keep_builders import T0, TESTER, add_flight, add_migration, add_original
from tests.service.postgres import HOST_NAME, PASSWORD, Server

pytestmark = pytest.mark.service


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    """Of an empty catalogue that a test may spoil."""
    name = postgres.new_catalogue()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    opened = Catalogue.open(url, backup_folder=None)
    yield opened
    opened.close()


def named(url: str) -> str:
    return str(make_url(url).database)


def shown_setting(reader: Reader, name: str) -> str:
    return str(reader.connection.scalar(text(f"SHOW {name}")))


def test_the_migrations_make_exactly_the_tables_of_the_schema(catalogue: Catalogue):
    with catalogue.read() as reader:
        context = MigrationContext.configure(reader.connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        assert reader.inconsistencies() == []


def test_all_text_is_sorted_by_its_characters_whatever_the_language_of_the_server(catalogue: Catalogue):
    columns = text(
        "SELECT table_name, column_name, collation_name FROM information_schema.columns "
        "WHERE data_type = 'text' AND table_schema = 'public'"
    )
    with catalogue.read() as reader:
        found = reader.connection.execute(columns).all()
    assert len(found) > 50
    assert [(table, column) for table, column, collation in found if collation != "C"] == []


def test_readers_hold_one_view_and_cannot_write_and_writers_are_durable(postgres: Server, url: str):
    postgres.execute(f"ALTER DATABASE {named(url)} SET synchronous_commit = off")
    postgres.execute(f"ALTER DATABASE {named(url)} SET extra_float_digits = -5")
    catalogue = Catalogue.open(url, backup_folder=None)
    with catalogue.read() as reader:
        assert shown_setting(reader, "transaction_isolation") == "repeatable read"
        assert shown_setting(reader, "transaction_read_only") == "on"
    with catalogue.commit(TESTER) as writer:
        assert shown_setting(writer, "transaction_isolation") == "read committed"
        assert shown_setting(writer, "transaction_read_only") == "off"
        assert shown_setting(writer, "synchronous_commit") == "on"
        assert shown_setting(writer, "extra_float_digits") == "1"
        assert shown_setting(writer, "lock_timeout") == "1min"
    catalogue.close()


def test_opening_what_is_up_to_date_does_not_load_the_migrations(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "alembic.command", None)
    monkeypatch.setitem(sys.modules, "alembic.script", None)
    Catalogue.open(url, backup_folder=None).close()


def tables(postgres: Server, url: str) -> set[object]:
    rows = postgres.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", named(url))
    return {row[0] for row in rows}


def test_an_upgrade_keeps_what_there_was_and_says_that_no_copy_was_made(
    postgres: Server,
    url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    before = Catalogue.open(url, backup_folder=tmp_path)
    with before.commit(TESTER) as writer:
        add_original(writer)
    before.close()
    add_migration(tmp_path / "scripts", monkeypatch)
    with caplog.at_level(logging.WARNING):
        upgraded = Catalogue.open(url, backup_folder=tmp_path / "backups")
    assert "pg_dump" in caplog.text
    assert not (tmp_path / "backups").exists()
    with upgraded.read() as reader:
        assert len(reader.originals(EVERYTHING)) == 1
    upgraded.close()
    assert "more" in tables(postgres, url)


def test_an_upgrade_that_fails_leaves_the_catalogue_as_it_was(
    postgres: Server, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    before = tables(postgres, url)
    add_migration(tmp_path / "scripts", monkeypatch, "    raise ZeroDivisionError\n")
    with pytest.raises(ZeroDivisionError):
        Catalogue.open(url, backup_folder=None)
    assert tables(postgres, url) == before
    assert postgres.execute("SELECT version_num FROM alembic_version", named(url)) != [("9999",)]


def test_any_number_that_make_it_at_once_get_the_same_catalogue(postgres: Server, database: str):
    ready, got = threading.Barrier(4), list[Catalogue]()

    def make() -> None:
        ready.wait()
        got.append(Catalogue.open(postgres.url(database), backup_folder=None))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(got) == 4
    for number, each in enumerate(got):
        with each.commit(TESTER) as writer:
            assert writer.event("made", at_us=1) == number + 1
        each.close()


def test_a_catalogue_of_a_newer_program_and_the_database_of_something_else_are_refused(postgres: Server, url: str):
    postgres.execute("UPDATE alembic_version SET version_num = '9999'", named(url))
    with pytest.raises(WrongArchive, match="newer"):
        Catalogue.open(url, backup_folder=None)
    postgres.execute("DROP TABLE alembic_version", named(url))
    with pytest.raises(WrongArchive, match="something else"):
        Catalogue.open(url, backup_folder=None)


def test_what_an_extension_brought_is_not_something_else(postgres: Server, database: str):
    postgres.execute("CREATE EXTENSION pg_buffercache", database)
    Catalogue.open(postgres.url(database), backup_folder=None).close()


def test_a_schema_of_its_own_in_a_database_of_others_will_do(postgres: Server, database: str):
    postgres.execute("CREATE TABLE public.flight (url text)", database)
    postgres.execute("CREATE SCHEMA fleet AUTHORIZATION groundside", database)
    catalogue = Catalogue.open(f"{postgres.url(database)}&options=-csearch_path%3Dfleet", backup_folder=None)
    with catalogue.commit(TESTER) as writer:
        add_flight(writer)
        assert writer.inconsistencies() == []
    catalogue.close()


def test_who_waits_too_long_for_the_turn_to_write_is_told_so(
    catalogue: Catalogue, url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(backend, "WAIT_S", 0.05)
    impatient = Catalogue.open(url, backup_folder=None)
    with catalogue.commit(TESTER), pytest.raises(Conflict, match="writing"), impatient.commit(TESTER):
        pass
    with impatient.commit(TESTER) as writer:
        assert writer.event("after", at_us=1) == 1
    impatient.close()


_WRITER = """
import sys
from groundside.keep.catalogue import Catalogue
from tests.keep_builders import TESTER
catalogue = Catalogue.open(sys.argv[1], backup_folder=None)
for number in range(40):
    try:
        with catalogue.commit(TESTER) as writer:
            writer.event("turn", sys.argv[2], at_us=number)
            if number % 3 == 2:
                raise LookupError
    except LookupError:
        pass
"""


def test_events_of_several_processes_are_numbered_without_a_gap(catalogue: Catalogue, url: str):
    here = str(Path(__file__).parents[2])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([here, f"{here}/src"])}
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, url, f"writer-{number}"], env=environment)
        for number in range(3)
    ]
    assert [each.wait(120) for each in writers] == [0, 0, 0]
    with catalogue.read() as reader:
        events = reader.events_after(0, 1000, EVERYTHING)
    assert [each.seq for each in events] == list(range(1, 3 * 27 + 1))
    assert {each.about for each in events} == {"writer-0", "writer-1", "writer-2"}


def test_a_connection_that_is_cut_is_said_so_and_the_next_commit_goes_through(
    catalogue: Catalogue, postgres: Server, url: str
):
    cut = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{named(url)}'"
    with pytest.raises(Unreachable, match="lost"), catalogue.commit(TESTER) as writer:
        writer.event("never", at_us=1)
        postgres.execute(cut)
        writer.event("never", at_us=2)
    postgres.execute(cut)  # also what lies idle in the pool
    with catalogue.commit(TESTER) as writer:
        assert writer.event("after", at_us=3) == 1


def test_what_was_committed_outlives_a_crash_of_the_server(catalogue: Catalogue, postgres: Server, url: str):
    with catalogue.commit(TESTER) as writer:
        original = add_original(writer)
        writer.event("kept", at_us=1)
    with pytest.raises(Unreachable), catalogue.commit(TESTER) as writer:
        writer.event("never", at_us=2)
        postgres.stop(signal.SIGQUIT)
    with pytest.raises(Unreachable, match="cannot be reached") as caught, catalogue.read():
        pass
    assert str(postgres.folder) not in str(caught.value)
    postgres.start()
    with catalogue.commit(TESTER) as writer:
        assert writer.original(original, EVERYTHING).id == original
        assert writer.event("after", at_us=3) == 2


@pytest.fixture
def small_disk(postgres: Server) -> Iterator[Path]:
    """A real disk, on which a catalogue just fits."""
    disk = postgres.folder / "small"
    disk.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", str(disk)]
    made = subprocess.run(mounting, capture_output=True, check=False)
    if made.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {made.stderr.decode().strip()}")
    try:
        place = disk / "space"
        place.mkdir()
        shutil.chown(place, "postgres", "postgres")
        postgres.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        yield disk
        postgres.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_commit_on_a_full_disk_changes_nothing_and_with_more_room_the_next_goes_through(
    postgres: Server, small_disk: Path, url: str
):
    name = f"{named(url)}_small"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {named(url)} TABLESPACE small")
    catalogue = Catalogue.open(postgres.url(name), backup_folder=None)
    with pytest.raises(NoSpace), catalogue.commit(TESTER) as writer:
        for number in range(2_000):
            writer.event("filler", details=os.urandom(10_000).hex(), at_us=number)
    subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
    with catalogue.commit(TESTER) as writer:
        assert writer.event("after", at_us=1) == 1
    catalogue.close()
    postgres.drop(name)


def test_who_may_not_is_told_so(postgres: Server, url: str):
    postgres.execute("DROP ROLE IF EXISTS stranger")
    postgres.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(Unreachable, match="permit"):
        Catalogue.open(postgres.url(named(url), "stranger"), backup_folder=None)


def test_a_database_of_another_encoding_is_refused(postgres: Server):
    made = "TEMPLATE template0 ENCODING SQL_ASCII LOCALE_PROVIDER libc LOCALE 'C'"
    postgres.execute(f"CREATE DATABASE ascii_only OWNER groundside {made}")
    with pytest.raises(BadSetting, match="UTF8"):
        Catalogue.open(postgres.url("ascii_only"), backup_folder=None)
    postgres.drop("ascii_only")


def test_a_server_that_is_too_old_is_refused(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backend, "OLDEST", 990_000)
    with pytest.raises(BadSetting, match="needs PostgreSQL 99"):
        Catalogue.open(url, backup_folder=None)


def test_without_the_driver_it_is_said_what_to_install(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "psycopg.pq", None)
    with pytest.raises(BadSetting) as caught:
        Catalogue.open(url, backup_folder=None)
    assert "groundside[postgresql]" in caught.value.try_this


SECRET = "hunter2"


@pytest.mark.parametrize(
    ("wrong", "kind", "reason"),
    [
        ("postgresql://keyed:{s}@127.0.0.1:{port}/{database}", Unreachable, "password authentication"),
        ("postgresql://keyed:{s}@127.0.0.1:1/{database}", Unreachable, "refused"),
        ("postgresql://keyed:{s}@/nowhere?host={folder}&port={port}", Unreachable, "does not exist"),
        ("postgresql://nobody:{s}@/{database}?host={folder}&port={port}", Unreachable, "does not exist"),
        ("postgresql://keyed:{s}@/{database}?host={folder}&port={port}&speed=9", BadSetting, "speed"),
        ("postgresql://keyed:{s}@db.example/{database}", Refused, "another machine"),
    ],
)
def test_a_setting_that_leads_nowhere_is_told_without_its_password(
    postgres: Server, url: str, wrong: str, kind: type[GroundsideError], reason: str, caplog: pytest.LogCaptureFixture
):
    setting = wrong.format(s=SECRET, port=postgres.port, database=named(url), folder=postgres.folder)
    with caplog.at_level(logging.DEBUG), pytest.raises(kind, match=reason) as caught:
        Catalogue.open(setting, backup_folder=None)
    told = str(caught.value) + "".join(traceback.format_exception(caught.value)) + caplog.text
    assert SECRET not in told
    assert str(postgres.folder) not in str(caught.value)


@pytest.mark.parametrize("variable", ["PGHOST", "PGHOSTADDR"])
def test_the_environment_leads_nobody_beyond_this_machine_without_tls(variable: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(variable, "192.0.2.7")
    with pytest.raises(Refused, match="another machine"):
        Catalogue.open("postgresql://gs@/fleet", backup_folder=None)


def test_a_password_that_is_right_lets_in_and_is_not_shown(postgres: Server, url: str):
    secret = PASSWORD.replace(" ", "%20")
    setting = f"postgresql://keyed:{secret}@127.0.0.1:{postgres.port}/{named(url)}"
    catalogue = Catalogue.open(setting, backup_folder=None)
    assert catalogue.where.startswith("postgresql://keyed:***@127.0.0.1:")
    catalogue.close()


def test_both_sides_prove_who_they_are_beyond_this_machine(postgres: Server, url: str):
    pair = f"&sslcert={postgres.folder}/client.crt&sslkey={postgres.folder}/client.key"
    proven = f"{pair}&sslmode=verify-full&sslrootcert={postgres.folder}/ca.crt"
    catalogue = Catalogue.open(postgres.tcp_url(named(url), more=proven), backup_folder=None)
    with catalogue.read() as reader:
        state = text("SELECT ssl, client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert tuple(reader.connection.execute(state).one()) == (True, "/CN=groundside")
    catalogue.close()
    stranger = proven.replace("ca.crt", "other.crt")
    unproven = f"&sslmode=verify-full&sslrootcert={postgres.folder}/ca.crt"
    elsewhere = postgres.tcp_url(named(url), more=proven).replace(HOST_NAME, "other.example")
    for wrong in (postgres.tcp_url(named(url), more=stranger), postgres.tcp_url(named(url), more=unproven), elsewhere):
        with pytest.raises(Unreachable, match="certificate"):
            Catalogue.open(wrong, backup_folder=None)


def test_a_constraint_that_was_taken_away_and_an_index_that_is_not_whole_are_named(
    catalogue: Catalogue, postgres: Server, url: str
):
    postgres.execute("ALTER TABLE note DROP CONSTRAINT fk_note_flight_id", named(url))
    postgres.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_job_state'::regclass", named(url))
    with catalogue.read() as reader:
        assert reader.inconsistencies() == [
            "table note is not held to fk_note_flight_id",
            "index ix_job_state is not whole",
        ]


def test_with_amcheck_a_row_that_its_index_does_not_hold_is_named(catalogue: Catalogue, postgres: Server, url: str):
    ready = "UPDATE pg_index SET indisready = {} WHERE indexrelid = 'ix_job_state'::regclass"
    postgres.execute("CREATE EXTENSION amcheck", named(url))
    postgres.execute(ready.format("false"), named(url))
    with catalogue.commit(TESTER) as writer:
        add_flight(writer)
        writer.add_job("ingest", parameters="{}", unit="files", case="general", at_us=T0)
    postgres.execute(ready.format("true"), named(url))
    with catalogue.read() as reader:
        assert reader.inconsistencies() == []  # the role may not look
    may = "GRANT EXECUTE ON FUNCTION verify_heapam, bt_index_check(regclass, bool) TO groundside"
    postgres.execute(may, named(url))
    with catalogue.read() as reader:
        (found,) = reader.inconsistencies()
    assert found.startswith("index ix_job_state: ")

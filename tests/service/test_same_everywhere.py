"""The same ingest on SQLite and a folder, on PostgreSQL and a bucket, and by a Dask cluster: all the same."""

from dataclasses import replace
from pathlib import Path

import pytest

from groundside.archive.archive import Archive
from groundside.model.caller import Caller
from groundside.model.query import FlightQuery
from groundside.see.shapes import flight_shape
from groundside.settings import Settings
from tests.contract.test_cluster_ingest import cluster
from tests.contract.test_kills import without_own
from tests.service.postgres import Server
from tests.service.seaweedfs import SeaweedFS
from tests.simulated import craft_files

pytestmark = pytest.mark.service
WHO = Caller("tester", "test")


def made(folder: Path, settings: Settings, card: Path, workers: str) -> tuple[object, object]:
    """Take a card in; give the flights without what is random, and the digests of all that was made."""
    with Archive.open(folder, settings, create=True) as archive:
        results = archive.ingest(WHO, [card], workers=workers)
        assert [r.message for r in results if r.state not in {"read", "locked", "not-understood"}] == []
        flights = archive.flights(WHO, FlightQuery(bench=True)).flights
        with archive.catalogue.read() as reader:
            objects = reader.derived_objects(WHO.scope)
        digests = sorted((each.kind, archive.vault.digest(each.stored.object_id).hex) for each in objects)
        assert archive.verify(WHO).faults == ()
    return sorted((without_own(flight_shape(f)) for f in flights), key=str), digests


def test_three_back_ends_hold_the_same_flights_and_the_same_tracks(
    seaweed: SeaweedFS, postgres: Server, database: str, tmp_path: Path
):
    card = tmp_path / "card"
    card.mkdir()
    for name, data in craft_files((0, 2, 6, 17)):
        (card / name).write_bytes(data)
    plain = made(tmp_path / "plain", Settings(), card, "2")
    elsewhere_settings = replace(seaweed.settings(), catalogue=postgres.url(database))
    elsewhere = made(tmp_path / "elsewhere", elsewhere_settings, card, "2")
    with cluster(tmp_path / "dask", 2) as (address, _):
        by_many = made(tmp_path / "many", Settings(), card, address)
    assert plain[0] != [] and plain[1] != []
    assert elsewhere == plain
    assert by_many == plain

"""Damaged KML: pairs of a time and a place that were left whole are kept, and none is shifted against the other."""

from __future__ import annotations

import pytest

from tests.damaging import KINDS, damaged, place
from tests.unit.test_kml import coord, decode, document, track, when

COUNT = 200
Row = tuple[str, str, str]


def rows(content: bytes) -> dict[int, Row]:
    table = decode(content).tables.get("track_points")
    found = [] if table is None else table.to_pylist()
    return {row["offset"]: (str(row["lon"]), str(row["lat"]), str(row["time_us"])) for row in found}


def spans_of(content: bytes) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where each time and its place are."""

    def found(start: bytes, stop: bytes) -> list[tuple[int, int]]:
        at, spans = content.find(start), list[tuple[int, int]]()
        while at >= 0:
            spans.append((at, content.index(stop, at) + len(stop)))
            at = content.find(start, at + 1)
        return spans

    return list(zip(found(b"<when>", b"</when>"), found(b"<gx:coord>", b"</gx:coord>"), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_of_alternating_times_and_places_every_whole_pair_is_kept(kind: str):
    inner = "".join(when(n) + coord(n) for n in range(COUNT))
    content = document(f"<Placemark><gx:Track>\n{inner}</gx:Track></Placemark>\n")
    clean, low = rows(content), content.index(b"<when>")
    lost = 0
    for seed in range(20):
        broken, pieces = damaged(content, kind, str(seed), low=low)
        found = rows(broken)
        for (w, c), row in zip(spans_of(content), clean.values(), strict=True):
            now = place(pieces, w[0], c[1])
            lost += now is not None and row not in found.values()
        assert len(set(found.values()) - set(clean.values())) <= 6, "only rows whose own bytes were damaged"
    assert lost <= 2


@pytest.mark.parametrize("kind", ["overwrite", "insert", "delete", "truncate"])
def test_of_times_before_places_pairs_are_counted_from_both_ends_and_never_shifted(kind: str):
    content = document(track(COUNT))
    clean, low = rows(content), content.index(b"<when>")
    shares: list[float] = []
    for seed in range(20):
        broken, _ = damaged(content, kind, str(seed), low=low)
        found = rows(broken)
        assert len(set(found.values()) - set(clean.values())) <= 3, "only rows whose own bytes were damaged"
        shares.append(len(set(found.values()) & set(clean.values())) / COUNT)
    whole = sum(share > 0.9 for share in shares)
    assert whole >= 18 or kind == "truncate"


def test_places_that_moved_among_the_values_are_left_out_and_shift_no_other():
    values = "".join(f"<gx:value>{n}</gx:value>\n" for n in range(COUNT))
    extended = f'<ExtendedData><SchemaData><gx:SimpleArrayData name="n">\n{values}</gx:SimpleArrayData></SchemaData></ExtendedData>\n'
    content = document(track(COUNT, more=extended))
    clean = rows(content)
    a, c = content.index(b"<gx:coord>", len(content) // 3) + 20, content.index(b"<gx:value>150") + 4
    broken = content[:a] + content[c : c + 130] + content[a + 130 : c] + content[a : a + 130] + content[c + 130 :]
    found = set(rows(broken).values())
    assert found <= set(clean.values())
    assert len(found) >= COUNT - 5

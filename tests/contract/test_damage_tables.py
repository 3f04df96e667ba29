"""
Damaged files of every format: of what stayed whole we find no less than any other program, and nothing is made up.

A few seeded damages of each format here; 1,000 of each with `--full`, whose figures are docs/reference/damage.md.
"""

import random
from pathlib import Path

import pytest

from tests.conftest import Figure
from tests.damage import KINDS, Found, Row, damaged
from tests.damage_run import run
from tests.damage_subjects import SUBJECTS, Subject
from tools import make_damage_page as page

FEW, ALL = 25, 1000
HARD = {"px4-ulog": (356, 852), "mavlink-tlog": (27,), "mavlink-raw": (12,), "kml": (19, 44, 74, 581)}
"""Further seeds after which a decoder once did worse than it should."""


@pytest.mark.peer
@pytest.mark.filterwarnings("ignore")
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda s: s.title.replace(" ", "-"))
def test_of_what_stayed_whole_no_less_is_found_than_by_others_and_nothing_is_invented(
    subject: Subject, full: bool, figure: Figure, tmp_path: Path
):
    seeds = range(ALL) if full else [*range(FEW), *HARD.get(subject.name, ())]
    tallies = run(subject, seeds, tmp_path)
    figure(f"damage: {subject.title}", {kind: tallies[kind].figures() for kind in KINDS} | {"peer": subject.peer_name})
    for kind, tally in tallies.items():
        assert tally.ours.whole > 0, kind
        assert tally.ours.invented == 0, f"{kind}: {tally.strange}"
        least = tally.peer.recovered if tally.peer else subject.least(kind) * tally.ours.whole
        assert tally.ours.recovered >= least, f"{kind}: {tally.behind or tally.lost}"


def test_a_header_whose_parts_changed_places_gives_no_row_under_wrong_names(tmp_path: Path):
    subject = next(each for each in SUBJECTS if each.name == "dji-csv")
    ours = run(subject, [934], tmp_path)["swap"].ours
    assert (ours.recovered, ours.invented) == (0, 0)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_called_whole_stands_in_the_damaged_file(kind: str):
    data = random.Random(kind).randbytes(3000)
    for seed in range(KINDS.index(kind), 200, len(KINDS)):
        after = damaged(data, seed)
        pieces = [data[a:b] for a, b in after.whole]
        assert after.kind == kind
        assert after.content != data
        assert all(piece in after.content for piece in pieces)
        assert sum(map(len, pieces)) <= len(after.content)


def test_a_row_that_tells_less_is_not_invented_but_one_that_tells_otherwise_is():
    was, less, nameless, other, twice = (Found() for _ in range(5))
    cells = frozenset({("time", 1.0), ("speed", 2.0)})
    was.add(1, Row(1, cells))
    less.add(1, Row(1, frozenset({("time", 1.0)})))
    nameless.add(None, Row(None, frozenset({("speed", 2.0), ("unnamed", 1.0)})))
    other.add(1, Row(1, frozenset({("time", 1.0), ("speed", 3.0)})))
    twice.add(1, Row(1, cells))
    twice.add(1, Row(1, cells))
    assert [found.altered(was) for found in (was, less, nameless, other, twice)] == [0, 0, 0, 1, 1]


def test_the_page_says_what_was_measured():
    assert page.PAGE.read_text() == page.page(page.measured())

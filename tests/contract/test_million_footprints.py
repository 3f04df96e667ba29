"""Which photos see a point, over as many footprints as a large archive has: equal to looking at every one."""

import time

import numpy as np

from groundside.model.place import LonLat
from groundside.produce.imagery.seeing import FootprintIndex, holding
from tests.conftest import Figure
from tests.footprints import flown

MANY, FEW = 1_000_000, 40_000
ASKED, CHECKED = 400, 60


def test_the_index_over_many_footprints_finds_what_looking_at_every_one_finds(full: bool, figure: Figure) -> None:
    rings, places = flown(MANY if full else FEW, ASKED)
    index = FootprintIndex(rings)
    took: list[float] = []
    answers: list[int] = []
    for number, (lon, lat) in enumerate(places.T.tolist()):
        began = time.process_time()
        found = index.seeing(LonLat(lon, lat))
        took.append(time.process_time() - began)
        answers.append(found.size)
        if number < CHECKED:
            assert found.tolist() == holding(rings, LonLat(lon, lat)).tolist()
    assert sum(answers) > ASKED, "most places are seen by several photos"
    figure(f"seeing_{rings.count}_p95_ms", round(float(np.percentile(took, 95)) * 1e3, 2))
    figure(f"seeing_{rings.count}_most_photos", max(answers))

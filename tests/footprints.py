"""Outlines of many photos, laid out as mapping flights lay them: in blocks that overlap, at sites all over the world."""

import numpy as np

from groundside.produce.imagery.seeing import Rings

CORNERS = 8


def flown(count: int, places: int, seed: int = 5) -> tuple[Rings, np.ndarray]:
    """
    Give outlines of `count` photos at a site for every 4,000, and places to ask about, shape (2, places).

    Photos are 90 by 60 m at 80 % forward and 70 % side overlap, turned and tilted at random; a fifth of the places lie
    beside the sites.
    """
    rng = np.random.default_rng(seed)
    sites = max(count // 4000, 1)
    middle = np.vstack([rng.uniform(-179.0, 179.9, sites), rng.uniform(-60.0, 60.0, sites)])
    number = np.arange(count)
    site = number % sites
    row, column = np.divmod(number // sites, 64)
    east, north = column * 27.0 - 864.0, row * 12.0 - 400.0
    turn = np.linspace(0.0, 2.0 * np.pi, CORNERS, endpoint=False)
    x = 45.0 * np.sign(np.round(np.cos(turn), 9)) + rng.normal(0.0, 4.0, (count, CORNERS))
    y = 30.0 * np.sign(np.round(np.sin(turn), 9)) + rng.normal(0.0, 4.0, (count, CORNERS))
    heading = rng.choice([0.0, np.pi], count)[:, None] + rng.normal(0.0, 0.05, (count, 1))
    x, y = x * np.cos(heading) - y * np.sin(heading), x * np.sin(heading) + y * np.cos(heading)
    per_lat = 1.0 / 111_200.0
    per_lon = per_lat / np.cos(np.radians(middle[1, site]))[:, None]
    lon = middle[0, site][:, None] + (east[:, None] + x) * per_lon
    lat = middle[1, site][:, None] + (north[:, None] + y) * per_lat
    asked = rng.integers(0, sites, places)
    spread = np.where(rng.random(places) < 0.8, 300.0, 3000.0) * per_lat
    asked_at = middle[:, asked] + rng.uniform(-1.0, 1.0, (2, places)) * spread
    return Rings(lon.ravel(), lat.ravel(), np.arange(count + 1) * CORNERS), asked_at

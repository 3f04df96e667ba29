"""The indices: each with its formula, its bands, who published it, and whether it needs absolute reflectance."""

from __future__ import annotations

from groundside.errors import BadRequest, Refused
from groundside.model.raster import Index
from groundside.model.source import Source

_DOI = "https://doi.org/"
_ROUSE = Source(
    "Rouse et al. 1974, Monitoring vegetation systems in the Great Plains with ERTS, NASA SP-351",
    "https://ntrs.nasa.gov/citations/19740022614",
)
_BARNES = Source(
    "Barnes et al. 2000, Coincident detection of crop water stress, nitrogen status and canopy density using "
    "ground-based multispectral data, Proc. 5th Int. Conf. Precision Agriculture",
    "",
)
_GITELSON_1996 = Source(
    "Gitelson, Kaufman and Merzlyak 1996, Use of a green channel in remote sensing of global vegetation from "
    "EOS-MODIS, Remote Sensing of Environment 58",
    _DOI + "10.1016/S0034-4257(96)00072-7",
)
_GITELSON_2003 = Source(
    "Gitelson, Gritz and Merzlyak 2003, Relationships between leaf chlorophyll content and spectral reflectance, "
    "Journal of Plant Physiology 160",
    _DOI + "10.1078/0176-1617-00887",
)
_WANG = Source(
    "Wang et al. 2007, New vegetation index and its application in estimating leaf area index of rice, Rice Science 14",
    _DOI + "10.1016/S1672-6308(07)60027-4",
)
_HUETE_1988 = Source(
    "Huete 1988, A soil-adjusted vegetation index (SAVI), Remote Sensing of Environment 25",
    _DOI + "10.1016/0034-4257(88)90106-X",
)
_RONDEAUX = Source(
    "Rondeaux, Steven and Baret 1996, Optimization of soil-adjusted vegetation indices, "
    "Remote Sensing of Environment 55",
    _DOI + "10.1016/0034-4257(95)00186-7",
)
_QI = Source(
    "Qi et al. 1994, A modified soil adjusted vegetation index, Remote Sensing of Environment 48",
    _DOI + "10.1016/0034-4257(94)90134-1",
)
_HUETE_2002 = Source(
    "Huete et al. 2002, Overview of the radiometric and biophysical performance of the MODIS vegetation indices, "
    "Remote Sensing of Environment 83",
    _DOI + "10.1016/S0034-4257(02)00096-2",
)
_JIANG = Source(
    "Jiang et al. 2008, Development of a two-band enhanced vegetation index without a blue band, "
    "Remote Sensing of Environment 112",
    _DOI + "10.1016/j.rse.2008.06.006",
)
_DAUGHTRY = Source(
    "Daughtry et al. 2000, Estimating corn leaf chlorophyll concentration from leaf and canopy reflectance, "
    "Remote Sensing of Environment 74",
    _DOI + "10.1016/S0034-4257(00)00113-9",
)
_GITELSON_2002 = Source(
    "Gitelson et al. 2002, Novel algorithms for remote estimation of vegetation fraction, "
    "Remote Sensing of Environment 80",
    _DOI + "10.1016/S0034-4257(01)00289-9",
)
_LOUHAICHI = Source(
    "Louhaichi, Borman and Johnson 2001, Spatially located platform and aerial photography for documentation of "
    "grazing impacts on wheat, Geocarto International 16",
    _DOI + "10.1080/10106040108542184",
)
_SATURATES = "says little more where the canopy is closed (above about 0.8): take a red-edge index there"

INDICES: tuple[Index, ...] = (
    Index("ndvi", "NDVI", "(N - R) / (N + R)", ("nir", "red"), _ROUSE, -1.0, 1.0, 0, note=_SATURATES),
    Index("ndre", "NDRE", "(N - RE) / (N + RE)", ("nir", "rededge"), _BARNES, -1.0, 1.0, 0),
    Index("gndvi", "GNDVI", "(N - G) / (N + G)", ("nir", "green"), _GITELSON_1996, -1.0, 1.0, 0),
    Index("bndvi", "BNDVI", "(N - B) / (N + B)", ("nir", "blue"), _WANG, -1.0, 1.0, 0),
    Index("savi", "SAVI", "1.5 (N - R) / (N + R + 0.5)", ("nir", "red"), _HUETE_1988, -1.5, 1.5, 1),
    Index(
        "osavi", "OSAVI", "(N - R) / (N + R + 0.16)", ("nir", "red"), _RONDEAUX, -1.0, 1.0, 1,
        note="as published; many programs multiply it by 1.16",
    ),
    Index(
        "msavi2", "MSAVI2", "(2 N + 1 - sqrt((2 N + 1)^2 - 8 (N - R))) / 2", ("nir", "red"), _QI, None, None, 1
    ),
    Index("evi", "EVI", "2.5 (N - R) / (N + 6 R - 7.5 B + 1)", ("nir", "red", "blue"), _HUETE_2002, None, None, 1),
    Index("evi2", "EVI2", "2.5 (N - R) / (N + 2.4 R + 1)", ("nir", "red"), _JIANG, None, None, 1),
    Index("cire", "CIre", "N / RE - 1", ("nir", "rededge"), _GITELSON_2003, -1.0, None, 0, 1000),
    Index("cig", "CIg", "N / G - 1", ("nir", "green"), _GITELSON_2003, -1.0, None, 0, 1000),
    Index(
        "mcari", "MCARI", "((RE - R) - 0.2 (RE - G)) RE / R", ("green", "red", "rededge"), _DAUGHTRY, None, None, 1
    ),
    Index(
        "vari", "VARI", "(G - R) / (G + R - B)", ("blue", "green", "red"), _GITELSON_2002, None, None, 0,
        note="not defined where B >= G + R",
    ),
    Index("gli", "GLI", "(2 G - R - B) / (2 G + R + B)", ("blue", "green", "red"), _LOUHAICHI, -1.0, 1.0, 0),
)  # fmt: skip
"""In the order in which they are listed."""


def named(name: str) -> Index:
    """
    Find an index by its name, in any case.

    Raises:
        BadRequest: there is none.
    """
    wanted = name.strip().lower()
    for index in INDICES:
        if index.name == wanted:
            return index
    from difflib import get_close_matches

    near = get_close_matches(wanted, [index.name for index in INDICES], 1)
    what = f"There is no index {name!r} here."
    raise BadRequest(what, try_this=f"{near[0]}, or groundside crop indices" if near else "groundside crop indices")


def allow(index: Index, reflectance: bool) -> None:
    """
    Let an index pass whose numbers will mean something.

    Args:
        index: to be computed.
        reflectance: whether the bands are absolute reflectance, 0 to 1, made with a panel.

    Raises:
        Refused: the index needs absolute reflectance and there is none.
    """
    if index.degree == 0 or reflectance:
        return
    what = (
        f"{index.title} = {index.formula} changes with the brightness of the image: without a reflectance panel its "
        "numbers mean nothing."
    )
    raise Refused(
        what,
        try_this="take ndvi, ndre or gndvi; or calibrate with a panel: groundside crop calibrate FOLDER --out DIR",
    )


def storage_limits(index: Index) -> tuple[float, float]:
    """Give the least and the largest whole number that a value of this index may be stored as."""
    low = -32767.0 if index.low is None else index.low * index.factor
    high = 32767.0 if index.high is None else index.high * index.factor
    return max(low, -32767.0), min(high, 32767.0)

"""
What is asked of the maker's key service, and what it answers.

Nothing here talks to the service: the owner sends the request from any machine they choose. The request
holds the encrypted keys of the file and nothing of the flight.

Source: dji-sdk/FlightRecordParsingLib, `fr_standardization_parser_Imp.cpp` (request and answer); DJI flight
record API `/openapi/v1/flight-records/keychains`.
"""

from __future__ import annotations

import base64
import binascii
from typing import cast

import numpy as np

from groundside.decode.format import Keychains, KeyEntry
from groundside.decode.formats.dji_record.feature import FEATURE_POINTS
from groundside.decode.formats.dji_record.layout import Layout, layout_of
from groundside.decode.formats.dji_record.records import KEY_STORAGE, KEY_SWITCH
from groundside.decode.formats.dji_record.scramble import unscramble
from groundside.decode.formats.dji_record.walk import Walk, walk_over
from groundside.errors import BadRequest
from groundside.model.decoded import Fact

KEY_BYTES, IV_BYTES = 32, 16
_NUMBERS = {name: number for number, name in FEATURE_POINTS.items()}
_SEND_AGAIN = "Send the request again and pass its answer unchanged."


def key_request(data: memoryview) -> dict[str, Fact] | None:
    """Say what to ask the key service to open this file; None where nothing in it is encrypted."""
    layout = layout_of(data)
    if layout is None or not layout.encrypted:
        return None
    walk = walk_over(data, [(span.start, span.end) for span in layout.records], wide=layout.wide)
    groups = _groups(data, walk)
    if not any(groups):
        return None
    return {
        "version": _version(layout),
        "department": layout.department or 0,
        "keychainsArray": list[Fact](groups),
    }


def keychains_from_answer(answer: object) -> Keychains:
    """
    Read what the key service answered.

    Args:
        answer: the parsed JSON: `[[{"featurePoint", "aesKey", "aesIv"}]]`, bare or under "data".

    Raises:
        BadRequest: it is not that; the message says what is wrong and where.
    """
    groups = _list(_unwrapped(answer), "the answer")
    return tuple(_group(group, f"group {number}") for number, group in enumerate(groups, 1))


def _version(layout: Layout) -> int:
    return layout.category if layout.category is not None else 0


def _groups(data: memoryview, walk: Walk) -> list[Fact]:
    groups: list[Fact] = [[]]
    records = walk.records()
    which = np.flatnonzero((records.kinds == KEY_SWITCH) | (records.kinds == KEY_STORAGE))
    columns = (column[which].tolist() for column in (records.kinds, records.starts, records.lengths))
    for kind, start, length in zip(*columns, strict=True):
        if kind == KEY_SWITCH:
            groups.append([])
        else:
            found = _sealed(unscramble(bytes(data[start : start + length]), kind))
            if found is not None and found[0] in FEATURE_POINTS:
                item: dict[str, Fact] = {
                    "featurePoint": FEATURE_POINTS[found[0]],
                    "aesCiphertext": base64.b64encode(found[1]).decode(),
                }
                cast(list[Fact], groups[-1]).append(item)
    return groups


def _sealed(content: bytes) -> tuple[int, bytes] | None:
    """Feature point u16, length u16, that many bytes."""
    length = int.from_bytes(content[2:4], "little")
    sealed = content[4 : 4 + length]
    return (int.from_bytes(content[:2], "little"), sealed) if sealed and len(sealed) == length else None


def _unwrapped(answer: object) -> object:
    if not isinstance(answer, dict):
        return answer
    members = cast(dict[str, object], answer)
    result = members.get("result")
    code = cast(dict[str, object], result).get("code") if isinstance(result, dict) else 0
    if code not in (0, None):
        message = str(cast(dict[str, object], result).get("msg", ""))[:200]
        what = f"The key service refused: code {code!r}, {message!r}."
        raise BadRequest(what, try_this="Check the account and the application key used for the request.")
    if "data" not in members:
        what = "The answer has no member 'data' and is no list of key groups."
        raise BadRequest(what, try_this=_SEND_AGAIN)
    return members["data"]


def _list(value: object, where: str) -> list[object]:
    if not isinstance(value, list):
        what = f"In the keys, {where} should be a list, not {type(value).__name__}."
        raise BadRequest(what, try_this=_SEND_AGAIN)
    return cast(list[object], value)


def _group(group: object, where: str) -> tuple[KeyEntry, ...]:
    return tuple(_entry(entry, f"{where}, key {number}") for number, entry in enumerate(_list(group, where), 1))


def _entry(entry: object, where: str) -> KeyEntry:
    if not isinstance(entry, dict):
        what = f"In the keys, {where} should be an object, not {type(entry).__name__}."
        raise BadRequest(what, try_this=_SEND_AGAIN)
    members = cast(dict[str, object], entry)
    point = _feature_point(members.get("featurePoint"), where)
    return KeyEntry(point, _octets(members, "aesKey", KEY_BYTES, where), _octets(members, "aesIv", IV_BYTES, where))


def _feature_point(value: object, where: str) -> int:
    number = _NUMBERS.get(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int) or number not in FEATURE_POINTS:
        what = f"In the keys, {where} has the unknown featurePoint {str(value)[:80]!r}."
        raise BadRequest(what, try_this=_SEND_AGAIN)
    return number


def _octets(members: dict[str, object], name: str, size: int, where: str) -> bytes:
    value = members.get(name)
    if not isinstance(value, str):
        what = f"In the keys, {where} has no text {name!r}."
        raise BadRequest(what, try_this=_SEND_AGAIN)
    try:
        octets = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        octets = b""
    if len(octets) != size:
        what = f"In the keys, {name!r} of {where} is not {size} bytes in base 64."
        raise BadRequest(what, try_this=_SEND_AGAIN)
    return octets

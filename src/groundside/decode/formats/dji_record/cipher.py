"""
The encryption of versions 13 and later: AES-256-CBC for each feature point, under the scrambling.

The initialisation vector of a record is the last cipher block of the record before it under the same key, so
all records of one key are one CBC stream with PKCS #7 padding at the end of each record. Record 50 switches
to the next group of keys.

Source: dji-sdk/FlightRecordParsingLib, `flight_record_decryption_13_layer.cpp`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundside.decode.format import Keychains, KeyEntry
from groundside.decode.formats.dji_record.feature import FEATURE_POINTS, PLAIN
from groundside.decode.formats.dji_record.records import KEY_SWITCH, Content, Records
from groundside.model.decoded import Problem
from groundside.native.dji import Contents, copied

BLOCK, KEY_BYTES = 16, 32
ENOUGH_VALID = 0.5
"""Up to this share of valid paddings a key is held to be wrong; by chance one padding in 255 is valid."""

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Opened:
    """
    What could be decrypted.

    Args:
        content: of all records; that of locked ones stays as it was.
        locked: which records are encrypted under a key that is not given or does not fit.
        lost: which records cannot be read though their key is right.
        problems: keys that do not fit, records that were lost.
    """

    content: Content
    locked: Mask
    lost: Mask
    problems: list[Problem] = field(default_factory=list[Problem])


def open_records(records: Records, content: Content, features: dict[int, int], keychains: Keychains) -> Opened:
    """
    Decrypt what the keys open, in place of the unscrambled content.

    Args:
        records: all records of the file, in order.
        content: of each, unscrambled.
        features: record type to feature point.
        keychains: key groups in order of use; may be empty.
    """
    feature = np.zeros(256, np.int64)
    for kind, point in features.items():
        feature[kind] = point
    point_of = feature[records.kinds]
    opened = Opened(content, (point_of != 0) & (point_of != PLAIN), np.zeros(len(records.kinds), np.bool_))
    if not keychains:
        return opened
    whole = content.whole()
    opened.content = Content(content.data, records, content.scrambled, whole)
    group_of = np.cumsum(records.kinds == KEY_SWITCH)
    for number, group in enumerate(keychains):
        for entry in group:
            chain = np.flatnonzero((point_of == entry.feature_point) & (group_of == number) & opened.locked)
            if chain.size:
                _open_chain(records, chain, entry, (opened, whole))
    return opened


def _open_chain(records: Records, chain: I64, entry: KeyEntry, of: tuple[Opened, Contents]) -> None:
    """Decrypt all records of one key."""
    opened, content = of
    name = FEATURE_POINTS.get(entry.feature_point, str(entry.feature_point))
    sizes = content.sizes[chain]
    whole = (sizes > 0) & (sizes % BLOCK == 0)
    usable = chain[whole]
    plain = _decrypted(content, usable, entry)
    padding, ends = _paddings(plain, sizes[whole]) if plain.size else (plain.astype(np.int64), usable)
    if not plain.size or (padding > 0).mean() <= ENOUGH_VALID:
        what = f"The key given for {name} does not open its {chain.size} records."
        opened.problems.append(Problem(records.offset(chain[0]), 0, what))
        return
    _put_back(content, usable, plain, ends, padding)
    broken = ~whole
    broken[whole] = padding == 0
    after_broken = np.concatenate(([False], broken[:-1]))
    lost = chain[broken | after_broken | _after_a_break(records, chain)]
    opened.locked[chain] = False
    opened.lost[lost] = True
    if lost.size:
        what = f"{lost.size} records of {name} cannot be decrypted: damaged, or the record before is missing."
        opened.problems.append(Problem(records.offset(lost[0]), records.size(lost), what))


def _decrypted(content: Contents, usable: I64, entry: KeyEntry) -> NDArray[np.uint8]:
    """Decrypt these records as one stream; nothing where the key cannot be one."""
    if len(entry.key) != KEY_BYTES or len(entry.iv) != BLOCK:
        return np.empty(0, np.uint8)
    sizes = content.sizes[usable]
    ends = np.cumsum(sizes, dtype=np.int64)
    joined = np.empty(int(ends[-1]) if ends.size else 0, np.uint8)
    copied(content.buffer, content.starts[usable], sizes, joined, ends - sizes)
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # 6 MB that most files do not need

    decryptor = Cipher(algorithms.AES(entry.key), modes.CBC(entry.iv)).decryptor()
    return np.frombuffer(decryptor.update(joined.data) + decryptor.finalize(), np.uint8)


def _paddings(plain: NDArray[np.uint8], sizes: I32) -> tuple[I64, I64]:
    """Give the length of each record's padding, 0 where it is none; and where each record ends in `plain`."""
    ends = np.cumsum(sizes, dtype=np.int64)
    if not ends.size:
        return ends, ends
    tails = plain[ends[:, np.newaxis] - BLOCK + np.arange(BLOCK)]
    length = tails[:, -1].astype(np.int64)
    in_padding = np.arange(BLOCK) >= BLOCK - length[:, np.newaxis]
    same = np.where(in_padding, tails == tails[:, -1:], True).all(axis=1)
    return np.where(same & (length >= 1) & (length <= BLOCK), length, 0), ends


def _put_back(content: Contents, usable: I64, plain: NDArray[np.uint8], ends: I64, padding: I64) -> None:
    """Overwrite cipher text by plain text, and shorten each record by its padding."""
    sizes = content.sizes[usable]
    copied(plain, ends - sizes, sizes, content.buffer, content.starts[usable])
    content.sizes[usable] = sizes - padding


def _after_a_break(records: Records, chain: I64) -> Mask:
    """
    Which records of a chain may chain to one that was lost.

    The chain of records was broken somewhere before them and after the one before in the same key; at the
    beginning of a key group, somewhere after the record that switched to it.
    """
    switches = np.flatnonzero(records.kinds[: chain[0]] == KEY_SWITCH)
    began = records.runs[switches[-1]] if switches.size else 0
    return np.diff(records.runs[chain], prepend=began) != 0

#!/usr/bin/env python3
"""
Verify what a Groundside ledger says, with nothing but Python 3.8 or newer: no package, no network, no Groundside.

    python3 verify.py                                      the evidence package in which this file lies
    python3 standalone.py bag FOLDER --key KEY             any evidence package
    python3 standalone.py checkpoint CHECKPOINT --key KEY
    python3 standalone.py entry PROOF ENTRY [EVENT ...] --key KEY
    python3 standalone.py growth OLDER PROOF --key KEY

A KEY is `name+hash+base64`. Get it from somebody you trust, not from the folder in which this file came. It tells:
that the ledger's key signed the checkpoint (Ed25519, RFC 8032; C2SP signed-note, tlog-checkpoint, tlog-cosignature);
that the entry is in the ledger that was signed (RFC 9162); that each event is one that the entry commits to; that a
newer ledger begins with an older one; and of an evidence package, that no file of it was changed, lost or added, and
that its original files are those whose SHA-256 the ledger binds. It ends with 0 where all of that holds, with 1 where
it does not, and names each thing that does not.

Written apart from the program that makes these proofs, so that a mistake in the one shows in the other.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

MOST_BYTES = 1 << 20
MOST_BAG_BYTES = 1 << 28
MOST_NOTE_BYTES = 1 << 16
MOST_LEAVES = 2**62
MOST_NUMBER = 2**53 - 1


class Refusal(Exception):
    """What was given does not hold; says why."""


def refuse(why: str) -> NoReturn:
    """Raise a `Refusal`."""
    raise Refusal(why)


# Ed25519: RFC 8032, section 5.1, without the cofactor; points as (X, Y, Z, T) with x = X/Z, y = Y/Z, x * y = T/Z.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Any


def add(a: Point, b: Point) -> Point:
    """Add two points."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    minus, plus = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    both, depth = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = plus - minus, depth - both, depth + both, plus + minus
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(a: Point) -> Point:
    """Add a point to itself."""
    x, y, z, _ = a
    xx, yy = x * x % P, y * y % P
    h, g = xx + yy, xx - yy
    e, f = h - (x + y) * (x + y), 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def decode_point(data: bytes) -> Point:
    """Read a point; refused where it is not in its one form, or of small order, so that it proves nothing."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number % 2**255
    if len(data) != 32 or y >= P:
        refuse("a point is not in its one form")
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x + u) % P == 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (v * x * x - u) % P or (x == 0 and sign):
        refuse("there is no such point")
    x = P - x if x % 2 != sign else x
    point = (x, y, 1, x * y % P)
    if double(double(double(point)))[0] == 0:
        refuse("a point is of small order")
    return point


def encode_point(point: Point) -> bytes:
    """Write a point in its one form."""
    x, y, z, _ = point
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P % 2) << 255).to_bytes(32, "little")


def multiples(point: Point) -> list[Point]:
    """Give 0 to 15 times a point."""
    found = [(0, 1, 1, 0)]
    for _ in range(15):
        found.append(add(found[-1], point))
    return found


BASE = multiples(decode_point((4 * pow(5, -1, P) % P).to_bytes(32, "little")))


def signed_by(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a key made a signature of a message."""
    if len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    try:
        x, y, z, t = decode_point(public)
        decode_point(signature[:32])
    except Refusal:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % ORDER
    minus = multiples(((P - x) % P, y, z, (P - t) % P))
    found = (0, 1, 1, 0)
    for shift in range(252, -4, -4):
        found = double(double(double(double(found))))
        found = add(add(found, BASE[s >> shift & 15]), minus[h >> shift & 15])
    return s < ORDER and encode_point(found) == signature[:32]


# The tree: RFC 9162, section 2.1, by its recursive definitions.


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """Give the greatest power of two below a size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def root_with(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Give the root of a tree that holds the hash of a leaf at an index, by way of its path."""
    if not 0 <= index < size <= MOST_LEAVES:
        refuse("there is no such leaf")
    if size == 1:
        return leaf if not path else refuse("the path is too long")
    if not path:
        refuse("the path is too short")
    left = split(size)
    if index < left:
        return node_hash(root_with(leaf, index, left, path[:-1]), path[-1])
    return node_hash(path[-1], root_with(leaf, index - left, size - left, path[:-1]))


def grown(old: int, new: int, path: list[bytes], old_root: bytes | None) -> tuple[bytes, bytes]:
    """Give the roots of the older and the newer tree; `old_root` is None below the left edge, where the path has it."""
    if old == new:
        if len(path) != (old_root is None):
            refuse("the path is not as long as it must be")
        root = old_root or path[0]
        return root, root
    if not path:
        refuse("the path is too short")
    left = split(new)
    if old <= left:
        older, newer = grown(old, left, path[:-1], old_root)
        return older, node_hash(newer, path[-1])
    older, newer = grown(old - left, new - left, path[:-1], None)
    return node_hash(path[-1], older), node_hash(path[-1], newer)


# Text: each thing has one form only, so that nothing can be changed and still mean the same.


def decoded(text: str) -> bytes:
    """Read base64."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        refuse("that is no base64")
    if base64.b64encode(data).decode() != text:
        refuse("that is not base64 in its one form")
    return data


def hash_from(text: str) -> bytes:
    """Read a hash."""
    data = decoded(text)
    return data if len(data) == 32 else refuse("a hash has 32 bytes")


def number_from(text: str) -> int:
    """Read a number."""
    if not re.match(r"(0|[1-9][0-9]{0,18})\Z", text, re.ASCII) or int(text) > MOST_LEAVES:
        refuse("that is no number")
    return int(text)


def clean(text: str, most: int) -> str:
    """Give back a text that is not too long and has no control characters."""
    if len(text.encode("utf-8", "replace")) > most or re.search(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]", text):
        refuse("a text is too long, or has characters that no such text has")
    return text


def is_name(text: str) -> bool:
    """Whether a key may be called so."""
    fits = 0 < len(text.encode()) <= 255 and text.isprintable() and "+" not in text
    return fits and not any(each.isspace() for each in text)


class Key(NamedTuple):
    """A public key: 1 signs notes, 4 cosigns them."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that stand in each signature of it."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]


def key_from(text: str) -> Key:
    """Read `name+hash+base64`."""
    parts = clean(text, 512).split("+", 2)
    data = decoded(parts[-1])
    if len(parts) != 3 or len(data) != 33 or data[0] not in (1, 4) or not is_name(parts[0]):
        refuse("that is no key")
    key = Key(parts[0], data[0], data[1:])
    decode_point(key.public)
    return key if key.key_id.hex() == parts[1] else refuse("the hash of a key is not its own")


class Checkpoint(NamedTuple):
    """What the ledger's key signed; `seen` says which witnesses did too, and when (POSIX seconds)."""

    origin: str
    size: int
    root: bytes
    seen: dict[str, int]


def note_from(raw: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Read a signed note: its text; and name, key id and signature of each line. Nothing is verified."""
    text, gap, below = clean(raw, MOST_NOTE_BYTES).rpartition("\n\n")
    lines = below.split("\n")
    if not gap or lines.pop() or not 0 < len(lines) <= 32:
        refuse("that is no signed note")
    found = []
    for line in lines:
        words = line.split(" ")
        made = decoded(words[-1])
        if len(words) != 3 or words[0] != "\u2014" or not is_name(words[1]) or len(made) <= 4:
            refuse("that is no line of a signature")
        found.append((words[1], made[:4], made[4:]))
    return text + "\n", found


def time_of(key: Key, made: bytes, text: str) -> int:
    """Verify a signature; gives when it was made, POSIX seconds; 0 of the ledger's own, which does not say."""
    seconds, message = 0, text
    if key.kind == 4:
        seconds, made = int.from_bytes(made[:8], "big"), made[8:]
        message = f"cosignature/v1\ntime {seconds}\n{text}"
    if seconds >= 2**63 or not signed_by(key.public, made, message.encode()):
        refuse(f"the signature of {key.name} is not one of this text")
    return seconds


def state_from(raw: str) -> tuple[str, int, bytes]:
    """Read name, size and root from a checkpoint that is not verified."""
    lines = note_from(raw)[0][:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        refuse("that is no checkpoint")
    return lines[0], number_from(lines[1]), hash_from(lines[2])


def checkpoint_from(raw: str, key: Key, witnesses: list[Key], least: int) -> Checkpoint:
    """Read a checkpoint and verify every line of it: the ledger's first, then those of witnesses by name and id."""
    origin, size, root = state_from(raw)
    text, signatures = note_from(raw)
    names = [signature[:2] for signature in signatures]
    known = {(each.name, each.key_id): each for each in [key, *witnesses]}
    if origin != key.name or names[0] != (key.name, key.key_id):
        refuse("the checkpoint is not one of this ledger")
    if names[1:] != sorted(set(names[1:]) - {names[0]}) or any(name == key.name for name, _ in names[1:]):
        refuse("the signatures are not in their order")
    if not set(names) <= set(known):
        refuse("somebody signed whose key is not given")
    if len(names) - 1 < least:
        refuse("too few witnesses signed")
    times = {name: time_of(known[name, key_id], made, text) for name, key_id, made in signatures}
    del times[key.name]
    return Checkpoint(origin, size, root, times)


def path_from(raw: str, head: str) -> tuple[int, list[bytes], str]:
    """Read a proof: its number, its hashes, and what stands below the empty line."""
    top, gap, rest = clean(raw, MOST_BYTES).partition("\n\n")
    if not gap or not top.startswith(head):
        refuse("that is no such proof")
    number, *hashes = top[len(head) :].split("\n")
    if len(hashes) > 63:
        refuse("a proof is too long")
    return number_from(number), [hash_from(each) for each in hashes], rest


def verify_entry(
    raw: str, leaf: bytes, key: Key, witnesses: list[Key], least: int
) -> tuple[dict[str, Any], Checkpoint]:
    """Verify that an entry is in the ledger; gives the entry and the checkpoint."""
    index, path, note = path_from(raw, "c2sp.org/tlog-proof@v1\nindex ")
    entry = entry_from(leaf)
    _, size, root = state_from(note)
    # The tree first, for it is quick; it counts only once the signature over size and root is verified.
    if entry["seq"] != index or root_with(leaf_hash(leaf), index, size, path) != root:
        refuse("the entry is not in the ledger")
    return entry, checkpoint_from(note, key, witnesses, least)


def verify_growth(raw: str, older: str, key: Key, witnesses: list[Key], least: int) -> Checkpoint:
    """Verify that the ledger of a proof begins with that of an older checkpoint; gives the newer one."""
    old, path, note = path_from(raw, "old ")
    _, old_size, old_root = state_from(older)
    _, size, root = state_from(note)
    if not 0 < old == old_size <= size or grown(old, size, path, old_root) != (old_root, root):
        refuse("the newer ledger does not begin with the older one")
    checkpoint_from(older, key, witnesses, least)
    return checkpoint_from(note, key, witnesses, least)


def verify_event(raw: str, entry: dict[str, Any]) -> str:
    """Verify that an event is one of an entry; gives its JSON, empty where it was erased."""
    index, path, rest = path_from(raw, "groundside/event-proof@v1\nindex ")
    lines = rest.split("\n")
    if len(lines) == 3 and not lines[2] and lines[0][:5] == "salt ":
        salt, event = hash_from(lines[0][5:]), lines[1]
        committed = hmac.new(salt, event.encode(), hashlib.sha256).digest()
    elif len(lines) == 2 and not lines[1] and lines[0][:11] == "commitment ":
        committed, event = hash_from(lines[0][11:]), ""
    else:
        refuse("that is no such proof")
    if root_with(leaf_hash(committed), index, entry["events"], path).hex() != entry["manifest"]:
        refuse("the event is not one of the entry")
    return event


def entry_from(leaf: bytes) -> dict[str, Any]:
    """Read an entry of the ledger, canonical JSON."""
    try:
        entry = json.loads(leaf[:1024].decode("ascii"))
    except (ValueError, RecursionError):
        refuse("an entry is no JSON")
    if not isinstance(entry, dict) or json.dumps(entry, sort_keys=True, separators=(",", ":")).encode() != leaf:
        refuse("an entry is not in its one form")
    kinds = {"at_us": int, "events": int, "manifest": str, "seq": int, "v": int, "verb": str}
    if {name: type(value) for name, value in entry.items()} != kinds or entry["v"] != 1:
        refuse("an entry has other fields")
    if not all(0 <= entry[name] <= MOST_NUMBER for name in ("at_us", "events", "seq")):
        refuse("a number of an entry is out of range")
    if not re.match(r"[0-9a-f]{64}\Z", entry["manifest"]) or not re.match(r"[a-z][a-z0-9._-]{0,63}\Z", entry["verb"]):
        refuse("a text of an entry is not of its form")
    return entry


# An evidence package: a bag (RFC 8493) whose folders and file names say what belongs together.

LISTS = ("tagmanifest-sha256.txt", "manifest-sha256.txt")
NEEDED = ("bagit.txt", "bag-info.txt", "data/ledger/key.txt", "data/ledger/checkpoint.txt", *LISTS)
PLACES = {
    "original": r"data/originals/([0-9A-Za-z-]+)/[A-Za-z0-9._-]+",
    "event": r"data/events/([0-9]+)/([0-9]+)\.txt",
    "entry": r"data/ledger/entries/([0-9]+)\.json",
    "proof": r"data/ledger/entries/([0-9]+)\.proof",
    "facts": r"data/flights/([0-9A-Za-z-]+)/facts\.json",
    "made": r"data/(flights/[0-9A-Za-z-]+/track\.(csv|geojson)|case\.jsonld|package\.json)",
    "other": r"data/ledger/(key|checkpoint|cosigned|growth)\.txt",
}
NOT_PROVED = """\
It does not prove that a file was true when it came into the archive, that the archive's clock was right, that nothing
else happened (events about other things, and erased ones, are not here), or that data/flights and data/case.jsonld are
right: a program made those of the originals.
"""


class Bag:
    """A package on disk; collects what is wrong with it instead of ending at the first thing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.wrong: list[str] = []
        self.files = self.walked()
        self.sizes: dict[str, int] = {}
        self.digests: dict[str, str] = {}
        for name in self.files:
            self.attempt(name, lambda name=name: self.hash(name))

    def walked(self) -> list[str]:
        """List all files, as paths with slashes; whatever is neither a file nor a folder is wrong."""
        found = []
        for folder, folders, names in os.walk(str(self.root)):
            for name in names + [each for each in folders if Path(folder, each).is_symlink()]:
                path = Path(folder, name)
                at = path.relative_to(self.root).as_posix()
                if path.is_symlink() or not path.is_file():
                    self.wrong.append(f"{at!a} is no file")
                else:
                    found.append(at)
        return sorted(found)

    def hash(self, name: str) -> None:
        """Read a file to its end."""
        digest, size = hashlib.sha256(), 0
        with (self.root / name).open("rb") as file:
            for part in iter(lambda: file.read(1 << 20), b""):
                digest.update(part)
                size += len(part)
        self.digests[name], self.sizes[name] = digest.hexdigest(), size

    def attempt(self, name: str, check: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the check gives
        """Do a check; gives None where it did not hold, which is written down with the name of the file."""
        try:
            return check()
        except Refusal as why:
            self.wrong.append(f"{name!a}: {why}")
        except OSError as error:
            self.wrong.append(f"{name!a} cannot be read: {error.strerror}")
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            self.wrong.append(f"{name!a} is not of its form")
        return None

    def text(self, name: str) -> str:
        """Read a text."""
        return read_text(str(self.root / name), MOST_BAG_BYTES)

    def named(self, kind: str) -> list[tuple[str, Any]]:
        """Give the files of a kind, each with the match of its name."""
        matches = [(name, re.match(PLACES[kind] + r"\Z", name)) for name in self.files]
        return [(name, match) for name, match in matches if match]

    def check_lists(self) -> None:
        """Compare all files with the manifests, both ways."""
        listed: dict[str, str] = {}
        for manifest in LISTS:
            of_payload = manifest == LISTS[1]
            for line in (self.attempt(manifest, lambda manifest=manifest: self.text(manifest)) or "").splitlines():
                match = re.match(r"([0-9a-f]{64})  (\S+)\Z", line)
                if not match or match[2] in listed or match[2].startswith("data/") is not of_payload:
                    self.wrong.append(f"{manifest} has a line that is not of its form: {line[:120]!a}")
                else:
                    listed[match[2]] = match[1]
        for name in sorted(set(NEEDED) - set(self.files)):
            self.wrong.append(f"{name!a} is missing")
        for name in sorted(set(listed) - set(self.files) - set(NEEDED)):
            self.wrong.append(f"{name!a} is missing")
        for name in self.files:
            if name not in listed and name != LISTS[0]:
                self.wrong.append(f"{name!a} was added: no manifest lists it")
            elif name in self.digests and listed.get(name, self.digests[name]) != self.digests[name]:
                self.wrong.append(f"{name!a} was changed: its SHA-256 is not that in the manifest")
            if name.startswith("data/") and not any(re.match(each + r"\Z", name) for each in PLACES.values()):
                self.wrong.append(f"{name!a} has no place in such a package")

    def checkpoint(self, key: Key) -> Checkpoint:
        """Verify the checkpoint."""
        return checkpoint_from(self.text("data/ledger/checkpoint.txt"), key, [], 0)

    def check_entries(self, signed: Checkpoint) -> dict[int, dict[str, Any]]:
        """Verify that all entries are in the ledger; gives those that are, by number."""
        note = self.text("data/ledger/checkpoint.txt")
        found = {}
        for name, match in self.named("entry"):
            entry = self.attempt(name, lambda name=name, match=match: self.entry(name, match, signed, note))
            if entry:
                found[entry["seq"]] = entry
        for name, match in self.named("proof"):
            if f"data/ledger/entries/{match[1]}.json" not in self.files:
                self.wrong.append(f"{name!a} proves an entry that is missing")
        return found

    def entry(self, name: str, match: re.Match[str], signed: Checkpoint, note: str) -> dict[str, Any]:
        """Verify that an entry is in the ledger of the checkpoint, which was verified."""
        leaf = self.text(name).encode()
        entry = entry_from(leaf)
        raw = self.text(f"data/ledger/entries/{match[1]}.proof")
        index, path, rest = path_from(raw, "c2sp.org/tlog-proof@v1\nindex ")
        if rest != note:
            refuse("its proof is for another checkpoint")
        if str(entry["seq"]) != match[1] or entry["seq"] != index:
            refuse("it is not the entry that its name says")
        if root_with(leaf_hash(leaf), index, signed.size, path) != signed.root:
            refuse("it is not in the ledger that was signed")
        return entry

    def check_events(self, entries: dict[int, dict[str, Any]]) -> list[tuple[int, dict[str, Any]]]:
        """Verify that all events are those of their entries; gives those that are, with the entry's number."""
        found, used = [], set()
        for name, match in self.named("event"):
            event = self.attempt(name, lambda name=name, match=match: self.event(name, match, entries))
            used.add(int(match[1]))
            if event:
                found.append((int(match[1]), event))
        for number in sorted(set(entries) - used):
            self.wrong.append(f"entry {number} binds no event that is here: an event is missing")
        return sorted(found, key=lambda each: each[1]["seq"])

    def event(self, name: str, match: re.Match[str], entries: dict[int, dict[str, Any]]) -> dict[str, Any]:
        """Verify an event."""
        entry = entries.get(int(match[1])) or refuse(
            f"entry {match[1]}, which would bind it, does not hold or is missing"
        )
        event = json.loads(verify_event(self.text(name), entry) or refuse("an erased event says nothing"))
        if str(event["seq"]) != match[2]:
            refuse("it is not the event that its name says")
        return event

    def check_originals(self, events: list[tuple[int, dict[str, Any]]]) -> dict[str, str]:
        """Compare original files with what the events of their arrival say; gives what holds, by SHA-256."""
        came: dict[str, list[tuple[int, dict[str, Any], dict[str, Any]]]] = {}
        for number, event in events:
            if event["what"] == "ingest":
                told = self.attempt(f"event {event['seq']}", lambda event=event: json.loads(event["details"]))
                came.setdefault(str(event["about"]), []).append((number, event, told or {}))
        found, here = {}, set()
        for name, match in self.named("original"):
            said, size = came.get(match[1], []), self.sizes.get(name)
            digest = self.digests.get(name, "")
            same = [each for each in said if (each[2].get("sha256"), each[2].get("size")) == (digest, size)]
            stated = {each[2]["sha256"] for each in said if "sha256" in each[2]}
            here.add(match[1])
            if not same or len(stated) != 1:
                self.wrong.append(f"{name!a} is not the file that the ledger binds: its SHA-256 or size is another")
            else:
                number, event, _ = same[0]
                found[digest] = f"{name!a} came in {moment(event['at_us'])} (event {event['seq']}, entry {number})"
        for about in sorted(set(came) - here):
            self.wrong.append(f"the original file {about!a}, of whose arrival an event tells, is missing")
        return found

    def check_flights(self, originals: dict[str, str]) -> int:
        """Verify that the facts of each flight are about it, and that its sources are among the files that hold."""
        facts = self.named("facts")
        for name, match in facts:
            self.attempt(name, lambda name=name, match=match: self.facts(name, match[1], originals))
        return len(facts)

    def facts(self, name: str, flight: str, originals: dict[str, str]) -> None:
        """Verify the facts of a flight as far as they can be."""
        told = json.loads(self.text(name))
        if told["id"] != flight:
            refuse("these are the facts of another flight")
        if not told["sources"] or not {each["sha256"] for each in told["sources"]} <= set(originals):
            refuse("a file that tells of this flight is missing, or does not hold")

    def check_witnesses(self, key: Key, signed: Checkpoint, witnesses: list[Key], least: int) -> list[str]:
        """Verify what witnesses cosigned; gives what holds, a line each."""
        if "data/ledger/cosigned.txt" not in self.files:
            return [] if not witnesses and not least else refuse("no witness cosigned it")
        raw, growth = self.text("data/ledger/cosigned.txt"), self.text("data/ledger/growth.txt")
        known = {(each.name, each.key_id) for each in [key, *witnesses]}
        text, signatures = note_from(raw)
        lines = raw[len(text) + 1 :].splitlines(True)
        kept = [lines[at] for at, each in enumerate(signatures) if each[:2] in known]
        older = checkpoint_from(f"{text}\n{''.join(kept)}", key, witnesses, least)
        old, path, note = path_from(growth, "old ")
        if note != self.text("data/ledger/checkpoint.txt") or old != older.size:
            refuse("growth.txt is about other checkpoints")
        if not 0 < old <= signed.size or grown(old, signed.size, path, older.root) != (older.root, signed.root):
            refuse("the ledger does not begin with what witnesses saw")
        seen = [
            f"{name} saw the ledger of {older.size} entries at {moment(at_s * 1000000)}: it binds all below that number"
            for name, at_s in sorted(older.seen.items())
        ]
        others = len(signatures) - len(kept)
        return [*seen, *([f"{others} witnesses whose key was not given signed too; not verified"] if others else [])]


def key_line(text: str) -> Key:
    """Read a file that holds a key and nothing else."""
    return key_from(text[:-1]) if text.endswith("\n") else refuse("that is no line")


def moment(at_us: int) -> str:
    """Write a time, UTC microseconds, for people."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_us // 1000000))


def report_bag(bag: Bag, given: str, witnesses: list[Key], least: int) -> list[str]:
    """Verify a package as far as it goes; gives what holds, a line each, and leaves what does not in `bag.wrong`."""
    bag.check_lists()
    key = bag.attempt("data/ledger/key.txt", lambda: key_line(bag.text("data/ledger/key.txt")))
    if given:
        if key != key_from(given):
            bag.wrong.append("'data/ledger/key.txt' is not the key that was given")
        key = key_from(given)
    signed = bag.attempt("data/ledger/checkpoint.txt", lambda: bag.checkpoint(key)) if key else None
    if signed is None:
        return []
    entries = bag.check_entries(signed)
    events = bag.check_events(entries)
    originals = bag.check_originals(events)
    flights = bag.check_flights(originals)
    if not originals or not flights:
        bag.wrong.append("there is no original file, or no flight, to verify")
    seen = bag.attempt("data/ledger/cosigned.txt", lambda: bag.check_witnesses(key, signed, witnesses, least))
    return [
        f"{len(bag.files)} files are as they were packed",
        f"ledger {key.name}: {signed.size} entries, root {signed.root.hex()}, signed by key {key.key_id.hex()}",
        *(f"original {line}" for line in originals.values()),
        *(
            f"event {event['seq']}, one of {entries[number]['events']} of entry {number}: {event['what']!a} by "
            f"{event['who']!a}, {moment(event['at_us'])}"
            for number, event in events
        ),
        *(seen or []),
    ]


def main_bag(asked: argparse.Namespace) -> int:
    """Verify a package, and say what that proves; gives 0 where it holds, 1 where it does not."""
    bag = Bag(Path(asked.files[0]))
    try:
        witnesses = [key_from(each) for each in asked.witness]
        lines = report_bag(bag, asked.key, witnesses, asked.cosigners or bool(witnesses))
    except Refusal as why:
        bag.wrong.append(str(why))
        lines = []
    if bag.wrong:
        sys.stdout.write("".join(f"DOES NOT HOLD: {each}\n" for each in bag.wrong))
        return 1
    sys.stdout.write("".join(f"holds: {line}\n" for line in lines))
    sys.stdout.write(NOT_PROVED)
    if not asked.key:
        sys.stdout.write(
            "The key came with the package. Get it from its owner by another way, and give it with --key.\n"
        )
    if not asked.witness:
        sys.stdout.write("No witness's key was given: its owner could have written the whole ledger anew.\n")
    return 0


def read_text(name: str, most: int = MOST_BYTES) -> str:
    """Read a file, UTF-8 with no newlines changed."""
    with Path(name).open("rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        refuse("a file is too long")
    try:
        return data.decode()
    except UnicodeDecodeError:
        refuse("a file is not UTF-8")


def report(asked: argparse.Namespace) -> list[str]:
    """Verify what was asked for; gives what holds, a line each."""
    key, witnesses = key_from(asked.key), [key_from(each) for each in asked.witness]
    texts = [read_text(each) for each in asked.files]
    lines = []
    if asked.what == "checkpoint":
        signed = checkpoint_from(texts[0], key, witnesses, asked.cosigners)
    elif asked.what == "growth":
        signed = verify_growth(texts[1], texts[0], key, witnesses, asked.cosigners)
        lines.append("it begins with the older ledger")
    else:
        entry, signed = verify_entry(texts[0], texts[1].encode(), key, witnesses, asked.cosigners)
        lines.append(f"entry {entry['seq']} is in it: {entry['verb']}, with {entry['events']} events")
        for text in texts[2:]:
            lines.append(f"event of it: {verify_event(text, entry) or 'erased'}")
    seen = [f"cosigned by {name} at {seconds} (POSIX seconds)" for name, seconds in sorted(signed.seen.items())]
    return [f"ledger {signed.origin}: {signed.size} entries, root {signed.root.hex()}", *seen, *lines]


def main(argv: list[str]) -> int:
    """Verify what is named on the command line; gives 0 where it holds, 1 where it does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("what", nargs="?", default="bag", choices=("bag", "checkpoint", "entry", "growth"))
    parser.add_argument("files", nargs="*")
    parser.add_argument("--key", default="", help="of the ledger: name+hash+base64")
    parser.add_argument("--witness", action="append", default=[], help="key of one who may have cosigned")
    parser.add_argument("--cosigners", type=int, default=0, help="how many witnesses must have cosigned")
    asked = parser.parse_args(argv)
    if asked.what == "bag":
        asked.files = asked.files or [str(Path(__file__).resolve().parent)]
        return main_bag(asked)
    if len(asked.files) < {"checkpoint": 1, "entry": 2, "growth": 2}[asked.what] or not asked.key:
        parser.error("a file or the key is missing")
    try:
        lines = report(asked)
    except Refusal as why:
        sys.stdout.write(f"DOES NOT HOLD: {why}\n")
        return 1
    sys.stdout.write("".join(f"holds: {line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The first element of a document, from its first bytes, without parsing it."""

from __future__ import annotations

import re

BOM = b"\xef\xbb\xbf"
_BEFORE = re.compile(rb"\s*+(?:<\?[^>]{0,4096}+>|<!--(?:(?!-->).){0,65536}+-->|<!DOCTYPE[^>\[]{0,4096}+>)", re.DOTALL)
_ROOT = re.compile(rb"\s*+<(?:[A-Za-z_][\w.\-]{0,63}:)?([A-Za-z_][\w.\-]{0,63})(?=[\s/>])")


def root_of(head: bytes) -> str:
    """Give the local name of the first element; empty where the bytes do not begin like XML."""
    at = len(BOM) if head.startswith(BOM) else 0
    while before := _BEFORE.match(head, at):
        at = before.end()
    root = _ROOT.match(head, at)
    return root[1].decode("ascii", "replace") if root else ""


def begin_of(data: memoryview) -> int:
    """Give the first byte that is no byte order mark and no white space: some writers put a line before the head."""
    head = bytes(data[:4096])
    at = len(BOM) if head.startswith(BOM) else 0
    return at + len(head[at:]) - len(head[at:].lstrip())

"""
Trees by pymerkle, a program apart from ours, in a process of its own.

Reads a JSON list of trees, each a list of leaves in hexadecimal digits; writes for each the roots of all its sizes, and
the hashes of the inclusion proof of each leaf in the whole.
"""

import json
import sys

from pymerkle import InmemoryTree


def tree(leaves):
    made = InmemoryTree(algorithm="sha256")
    for leaf in leaves:
        made.append_entry(bytes.fromhex(leaf))
    sizes = range(1, len(leaves) + 1)
    roots = [made.get_root(size).hex() for size in sizes]
    paths = [sorted(made.prove_inclusion(at, len(leaves)).serialize()["path"]) for at in sizes]
    return {"roots": roots, "paths": paths}


json.dump([tree(each) for each in json.load(sys.stdin)], sys.stdout)

"""A process that keeps batches, killed at any moment: what it acknowledged is there, and nothing is there by half."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.keep_builders import open_vault

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("GROUNDSIDE_KILLS", "8"))
PROGRAM = """
import hashlib, pathlib, random, sys
from tests.keep_builders import open_vault
vault, chance = open_vault(pathlib.Path(sys.argv[1])), random.Random(int(sys.argv[2]))
print("begun", flush=True)
while True:
    with vault.batch() as batch:
        kept = []
        for number in range(chance.randrange(1, 40)):
            content = chance.randbytes(chance.randrange(1, 40_000))
            kept.append(batch.put([content, hashlib.sha256(content).digest()]).object_id)
            if number == 5:
                print("writing", flush=True)
        batch.flush()
        print("\\n".join(f"kept {each}" for each in kept), flush=True)
"""


def killed(folder: Path, seed: int, after_s: float) -> list[str]:
    """Run it until some time after its first word; give the ids that it acknowledged."""
    paths = [str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    command = [sys.executable, "-c", PROGRAM, str(folder), str(seed)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    assert process.stdout
    assert process.stdout.readline() == b"begun\n"
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read().decode()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    return [line[5:] for line in said.rpartition("\n")[0].split("\n") if line.startswith("kept ")]


def test_killed_amid_a_batch_nothing_acknowledged_is_lost_and_nothing_half_is_to_be_seen(tmp_path: Path):
    chance, acknowledged = random.Random(7), set[str]()
    for kill in range(KILLS):
        acknowledged |= set(killed(tmp_path, kill, chance.uniform(0, 0.12)))
    vault = open_vault(tmp_path)
    there = set(vault.ids())
    assert acknowledged <= there
    for each in there:
        content = vault.read(each)
        assert hashlib.sha256(content[:-32]).digest() == content[-32:], "half an object is to be seen"
    assert len(acknowledged) > KILLS
    vault.sweep(None, older_than_s=-1)
    assert list((tmp_path / "incoming").iterdir()) == []
    assert set(vault.ids()) == there

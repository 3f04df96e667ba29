"""Kernels under the address and undefined-behaviour sanitizers: every seed, and every input that once broke one."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from fuzz.native_run import HARNESSES, KERNELS, ROOT, built, harnesses, inputs, kernels_of, replay

pytestmark = pytest.mark.skipif(not (shutil.which("gcc") or shutil.which("clang")), reason="no C compiler")

FAULTS = {
    "read_past_the_end": "return data[size] == 7;",
    "shift_too_far": "return 1 << (size + 32) == 7;",
    "leak": "return malloc(size + 100) == NULL;",
}


@pytest.mark.parametrize("name", harnesses())
def test_no_kernel_breaks_a_promise_on_any_seed_or_find(name: str):
    assert inputs(name)
    done = replay(HARNESSES / f"{name}.c", ROOT / ".fuzz" / "native-replay" / name, inputs(name))
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    assert done.stderr.decode().split() == [str(path) for path in inputs(name)]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_sanitizers_see_a_planted_fault(fault: str, tmp_path: Path):
    harness, file = tmp_path / "planted.c", tmp_path / "input"
    harness.write_text(
        "#include <stdint.h>\n#include <stdlib.h>\nint LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) "
        f"{{ (void)data; {FAULTS[fault]} }}\n"
    )
    file.write_bytes(bytes(1 << 16))
    done = replay(harness, tmp_path / "planted", [file])
    assert done.returncode != 0
    assert any(word in done.stderr for word in (b"AddressSanitizer", b"runtime error", b"LeakSanitizer"))


def test_every_kernel_has_a_harness():
    fuzzed = {kernel for name in harnesses() for kernel in kernels_of(HARNESSES / f"{name}.c")}
    assert set(KERNELS.glob("[!_]*.c")) <= fuzzed


def test_a_harness_is_built_again_when_what_it_includes_changes(tmp_path: Path):
    harness = HARNESSES / "gather.c"
    assert kernels_of(harness) == [KERNELS / "gather.c"]
    driver = (ROOT / "fuzz" / "replay.c",)
    compiler = (shutil.which("gcc") or "clang", "-O0")
    first = built(harness, tmp_path / "gather", compiler, driver).stat().st_mtime_ns
    assert built(harness, tmp_path / "gather", compiler, driver).stat().st_mtime_ns == first
    os.utime(tmp_path / "gather", (0, 0))
    assert built(harness, tmp_path / "gather", compiler, driver).stat().st_mtime_ns >= first

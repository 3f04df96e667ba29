"""A root key told by a program: of a hardware token, or of a secret manager."""

from __future__ import annotations

import os
import select
import shlex
import subprocess
import time

from groundside.errors import BadSetting, Refused
from groundside.keep.keys.key_file import MOST_BYTES

LONGEST_S = 60.0
"""How long a program may take: someone may have to touch a token."""


def output_of(command: str, longest_s: float = LONGEST_S) -> bytes:
    """
    Run a program and give what it writes to standard output, at most 4,096 bytes.

    No shell is asked. The program has the terminal for its own questions; what it writes to standard error is shown.

    Raises:
        BadSetting: the command line has an open quote, or there is no such program.
        Refused: the program failed, took too long or wrote too much. No message carries what it wrote.
    """
    try:
        words = shlex.split(command)
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    except (ValueError, OSError) as error:
        what = "The command that should tell the root key cannot be run."
        raise BadSetting(what, try_this="correct the setting root_key: command:PROGRAM ARGUMENTS") from error
    try:
        return _read(process, time.monotonic() + longest_s)
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _read(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    handle, got = process.stdout.fileno() if process.stdout else -1, b""
    while len(got) <= MOST_BYTES:
        if not select.select([handle], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise _refused("took too long")
        piece = os.read(handle, MOST_BYTES + 1)
        if not piece:
            return _ended(process, deadline, got)
        got += piece
    raise _refused("wrote more than a key")


def _ended(process: subprocess.Popen[bytes], deadline: float, got: bytes) -> bytes:
    try:
        code = process.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise _refused("took too long") from error
    if code:
        why = f"failed with exit code {code}"
        raise _refused(why)
    return got


def _refused(why: str) -> Refused:
    what = f"The command that should tell the root key {why}."
    return Refused(what, try_this="run it by hand; it must write 64 hexadecimal digits to standard output")

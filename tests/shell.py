"""The command line in this very process: as `groundside` would run, without the second that a process takes to start."""

import io
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from groundside.see.cli import main


def shell(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """
    Run one command by the function that the installed program calls, and give its output and exit code.

    What is written must be UTF-8, as on a terminal; what is raised beyond an exit is a defect and goes on to the test.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code: object = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["groundside", *map(str, words)])
        for name, value in environment.items():
            patch.setenv(name, value)
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main.run()
            except SystemExit as ended:
                code = ended.code or 0
    assert isinstance(code, int), code
    said = [each.buffer.getvalue().decode() for each in (out, err)]  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(words, code, *said)

"""
Fuzz one decoder with atheris: python -m fuzz.decoder FORMAT [libFuzzer options] [corpus folders].

Whatever breaks a promise of tests/promises.py, hangs, or takes more memory than allowed ends the run, and the input
that did it is left where -artifact_prefix says.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["groundside.decode"]):
    from groundside.decode.known import formats, named

    formats()  # loads the plug-ins, so that they too are instrumented

from tests.promises import hold


def main() -> None:
    chosen = named(sys.argv[1]) if len(sys.argv) > 1 else None
    if chosen is None:
        sys.exit("which format? One of: " + ", ".join(f.name for f in formats()))

    def one_input(data: bytes) -> None:
        hold(chosen, data)

    atheris.Setup([sys.argv[0], *sys.argv[2:]], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

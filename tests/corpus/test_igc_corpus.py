"""No real IGC file is held here yet: nothing else may be taken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundside.decode.formats.igc import FORMAT

pytestmark = pytest.mark.corpus


def test_no_file_of_the_corpus_is_taken_for_igc(corpus: Path):
    assert FORMAT.experimental
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                assert not FORMAT.recognises(stream.read(65536)), path.name

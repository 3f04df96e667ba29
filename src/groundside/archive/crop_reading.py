"""A folder of raw captures: what is in it, and the bytes of one file at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from groundside.arrive.folder import Arrival, NotTaken, contents, walk
from groundside.decode.captures.grouping import SUFFIXES, band_of, captures_of
from groundside.decode.captures.pixels import pixels_of
from groundside.decode.captures.tags import NotAnImage
from groundside.errors import BadRequest, GroundsideError, NotFound
from groundside.model.capture import Band, Capture
from groundside.model.progress import Step

MOST_FILE_BYTES = 512 << 20


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one file or capture; the others go on."""

    file: str
    what: str


class Folder:
    """
    A folder of raw captures, grouped by what the files say.

    Args:
        root: the folder.
        without: a folder below it not to be entered.
        progress: told how far it is.

    Raises:
        NotFound: there is no such folder.
        BadRequest: nothing in it is a multispectral capture.
    """

    def __init__(self, root: Path, without: Path | None, progress: Callable[[Step], None]) -> None:
        if not root.is_dir():
            what = f"There is no folder {root}."
            raise NotFound(what, try_this="name the folder that holds the images")
        self.problems: list[Trouble] = []
        self._files: dict[str, Arrival] = {}
        bands = self._bands(root, without, progress)
        self.captures, doubled = captures_of(bands)
        self.problems.extend(Trouble(file, what) for file, what in doubled)
        if not self.captures:
            first = f" {self.problems[0].file}: {self.problems[0].what}." if self.problems else ""
            what = f"{root} holds no multispectral capture.{first}"
            raise BadRequest(
                what, try_this="name a folder of the raw TIFF images of a MicaSense, Sequoia or DJI camera"
            )

    def _bands(self, root: Path, without: Path | None, progress: Callable[[Step], None]) -> list[Band]:
        apart = without.resolve() if without is not None else None
        found = list(walk([root], lambda path: apart is not None and path.resolve() == apart))
        self.problems.extend(Trouble(one.name, one.why) for one in found if isinstance(one, NotTaken))
        files = [one for one in found if isinstance(one, Arrival) and one.path.suffix.lower() in SUFFIXES]
        total, done = sum(one.size for one in files), 0
        out: list[Band] = []
        for number, file in enumerate(files):
            progress(Step(number, len(files), done, total, file.name))
            name = file.path.relative_to(root).as_posix()
            self._files[name] = file
            try:
                out.append(band_of(self._bytes(name), name))
            except (NotAnImage, GroundsideError) as why:
                self.problems.append(Trouble(name, why.what if isinstance(why, GroundsideError) else str(why)))
            done += file.size
        return out

    def size_of(self, name: str) -> int:
        """Give a file's size in bytes."""
        return self._files[name].size

    def pixels(self, name: str) -> NDArray[Any]:
        """
        Read the digital numbers of one file.

        Raises:
            NotAnImage: cut short or damaged.
            Unreadable, TooLarge, Conflict: as of `arrive.folder.contents`.
        """
        return pixels_of(self._bytes(name))

    def _bytes(self, name: str) -> bytes:
        return b"".join(contents(self._files[name], MOST_FILE_BYTES))

    def capture_of(self, file: str) -> Capture | None:
        """Find the capture that a file belongs to, by its path, its name below the folder, or its bare name."""
        asked = f"/{Path(file).as_posix()}"
        of_file = {f"/{band.file}": capture for capture in self.captures for band in capture.bands}
        as_path = [name for name in of_file if asked.endswith(name)]
        as_name = [name for name in of_file if name.endswith(asked)]
        named = max(as_path, key=len, default=None) or next(iter(as_name), None)
        return of_file[named] if named else None

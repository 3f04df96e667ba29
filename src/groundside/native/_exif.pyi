from groundside.native.exif import Walked

def walk(
    data: bytes | memoryview, at: int, big: bool, keys: dict[int, str], most_bytes: int, most_numbers: int
) -> Walked | None: ...
def packet(
    data: bytes | memoryview, keys: dict[str, str], spaces: dict[str, str]
) -> dict[str, str | tuple[str, ...]] | None: ...

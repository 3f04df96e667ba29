from groundside.native.exif import Walked

def walk(
    data: bytes | memoryview, at: int, big: bool, keys: dict[int, str], most_bytes: int, most_numbers: int
) -> Walked | None: ...

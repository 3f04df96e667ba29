"""Real pictures with faces, out of the wheel of scikit-image (tests/install_tools.sh); nothing of that package is run."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

PEER = Path(__file__).parent / "peers" / "scikit-image" / ".venv"
PORTRAIT_FACE = (178.0, 63.0, 90.0, 113.0)
"""Left, top, width and height of the face in the portrait: what YuNet says of it at full size."""
FACE_SIZES = (16, 20, 24, 32, 48, 64, 96, 128, 160)
LFW_FACES = 100
"""The first so many of the small pictures are faces of different people, the others are none."""


def _file(name: str) -> Path:
    found = next(PEER.glob(f"lib/python3*/site-packages/skimage/data/{name}"), None)
    if found is None:
        pytest.skip("no pictures with faces: tests/install_tools.sh gets them")
    return found


def portrait() -> np.ndarray:
    """The astronaut: red, green, blue; 512 by 512, one face."""
    with Image.open(_file("astronaut.png")) as opened:
        return np.asarray(opened.convert("RGB"))


def texture(name: str, width: int, height: int) -> np.ndarray:
    """A real texture without a face, mirrored again and again to a size."""
    with Image.open(_file(name)) as opened:
        small = np.asarray(opened.convert("RGB"))
    rows, columns = -(-height // small.shape[0]) - 1, -(-width // small.shape[1]) - 1
    return np.pad(small, ((0, rows * small.shape[0]), (0, columns * small.shape[1]), (0, 0)), "symmetric")[
        :height, :width
    ]


def many_faces(size: int, others: bool = False) -> np.ndarray:
    """A hundred small pictures of Labeled Faces in the Wild on grey, each of so many pixels: faces, or what is none."""
    every = np.load(_file("lfw_subset.npy"), allow_pickle=False)
    those = every[LFW_FACES:] if others else every[:LFW_FACES]
    cell = size * 3
    sheet = np.full((10 * cell, 10 * cell), 120, np.uint8)
    how = cv2.INTER_AREA if size < 25 else cv2.INTER_CUBIC
    for number, each in enumerate(those):
        top, left = (cell * at + size for at in divmod(number, 10))
        sheet[top : top + size, left : left + size] = cv2.resize(
            (each * 255).astype(np.uint8), (size, size), interpolation=how
        )
    return np.repeat(sheet[:, :, None], 3, axis=2)


def pasted(
    scene: np.ndarray, turned: int = 0, sizes: tuple[int, ...] = FACE_SIZES
) -> tuple[np.ndarray, list[tuple[int, tuple[float, ...]]]]:
    """Paste the portrait into a scene with its face at some sizes; gives the scene, and each size with its box."""
    out, person, truth = scene.copy(), portrait(), []
    x, y = 100, 100
    for size in sizes:
        k = size / PORTRAIT_FACE[3]
        small = np.rot90(cv2.resize(person, None, fx=k, fy=k, interpolation=cv2.INTER_AREA), turned)
        if x + small.shape[1] > out.shape[1]:
            x, y = 100, y + 800
        out[y : y + small.shape[0], x : x + small.shape[1]] = small
        left, top, wide, high = (value * k for value in PORTRAIT_FACE)
        if turned == 2:
            left, top = small.shape[1] - left - wide, small.shape[0] - top - high
        truth.append((size, (x + left, y + top, wide, high)))
        x += small.shape[1] + 60
    return out, truth


def overlap(box, truth) -> float:
    """Share of what a box and a true one cover together that both cover."""
    x, y, wide, high = truth
    across = min(box.x + box.width, x + wide) - max(box.x, x)
    down = min(box.y + box.height, y + high) - max(box.y, y)
    both = max(across, 0.0) * max(down, 0.0)
    return both / (box.width * box.height + wide * high - both)


def share_hidden(box, truth) -> float:
    """Share of a true box that a found one covers."""
    x, y, wide, high = truth
    across = min(box.x + box.width, x + wide) - max(box.x, x)
    down = min(box.y + box.height, y + high) - max(box.y, y)
    return max(across, 0.0) * max(down, 0.0) / (wide * high)

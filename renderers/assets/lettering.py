"""Letters and digits as strokes of a flat pen, for signs, number plates and shop fronts.  Renderers floor.

Writing looks along +x and is read from there: to the reader's right is +y.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from renderers.assets.flat import End, moved, pen, scaled
from renderers.assets.forms import Floats, quads
from renderers.mesh import Mesh

SIGN = "traffic_sign"
Line = Sequence[tuple[float, float]]

# Strokes in a unit cell (0.6 wide, 1 high) as a seven-segment reader would recognise them, with rounder turns.
_NAUGHT: Line = (
    (0.16, 0),
    (0.44, 0),
    (0.6, 0.2),
    (0.6, 0.8),
    (0.44, 1),
    (0.16, 1),
    (0, 0.8),
    (0, 0.2),
    (0.16, 0),
)
GLYPHS: dict[str, tuple[Line, ...]] = {
    "0": (_NAUGHT,),
    "1": (((0.1, 0.78), (0.36, 1), (0.36, 0)),),
    "2": (((0, 0.78), (0.14, 1), (0.46, 1), (0.6, 0.8), (0.56, 0.58), (0, 0), (0.6, 0)),),
    "3": (
        ((0, 0.9), (0.14, 1), (0.46, 1), (0.6, 0.8), (0.46, 0.54), (0.22, 0.54)),
        ((0.46, 0.54), (0.6, 0.3), (0.46, 0), (0.14, 0), (0, 0.12)),
    ),
    "4": (((0.44, 0), (0.44, 1), (0, 0.3), (0.6, 0.3)),),
    "5": (((0.56, 1), (0.06, 1), (0.02, 0.56), (0.42, 0.6), (0.6, 0.38), (0.5, 0.06), (0.3, 0), (0.08, 0), (0, 0.1)),),
    "6": (
        ((0.52, 1), (0.24, 0.9), (0.02, 0.5), (0, 0.22), (0.14, 0), (0.46, 0), (0.6, 0.2), (0.6, 0.38), (0.46, 0.56)),
        ((0.46, 0.56), (0.14, 0.56), (0, 0.36)),
    ),
    "7": (((0, 1), (0.6, 1), (0.2, 0)),),
    "8": (
        ((0.14, 0.54), (0, 0.72), (0.14, 1), (0.46, 1), (0.6, 0.72), (0.46, 0.54), (0.14, 0.54)),
        ((0.14, 0.54), (0, 0.28), (0.14, 0), (0.46, 0), (0.6, 0.28), (0.46, 0.54)),
    ),
    "9": (
        ((0.08, 0), (0.36, 0.1), (0.58, 0.5), (0.6, 0.78), (0.46, 1), (0.14, 1), (0, 0.8), (0, 0.62), (0.14, 0.44)),
        ((0.14, 0.44), (0.46, 0.44), (0.6, 0.64)),
    ),
    "A": (((0, 0), (0.3, 1), (0.6, 0)), ((0.12, 0.34), (0.48, 0.34))),
    "B": (
        ((0, 0.53), (0.4, 0.53), (0.54, 0.66), (0.54, 0.87), (0.4, 1), (0, 1), (0, 0), (0.44, 0), (0.6, 0.14),
         (0.6, 0.4), (0.44, 0.53)),
    ),
    "C": (((0.6, 0.82), (0.44, 1), (0.16, 1), (0, 0.8), (0, 0.2), (0.16, 0), (0.44, 0), (0.6, 0.18)),),
    "D": (((0, 0), (0, 1), (0.36, 1), (0.6, 0.76), (0.6, 0.24), (0.36, 0), (0, 0)),),
    "E": (((0.58, 1), (0, 1), (0, 0), (0.58, 0)), ((0, 0.53), (0.5, 0.53))),
    "F": (((0.58, 1), (0, 1), (0, 0)), ((0, 0.5), (0.48, 0.5))),
    "G": (
        ((0.6, 0.82), (0.44, 1), (0.16, 1), (0, 0.8), (0, 0.2), (0.16, 0), (0.44, 0), (0.6, 0.2), (0.6, 0.46),
         (0.34, 0.46)),
    ),
    "I": (((0.3, 0), (0.3, 1)),),
    "J": (((0.5, 1), (0.5, 0.2), (0.36, 0), (0.14, 0), (0, 0.16)),),
    "K": (((0, 0), (0, 1)), ((0.58, 1), (0.04, 0.44)), ((0.2, 0.58), (0.6, 0))),
    "L": (((0, 1), (0, 0), (0.56, 0)),),
    "M": (((0, 0), (0, 1), (0.3, 0.42), (0.6, 1), (0.6, 0)),),
    "N": (((0, 0), (0, 1), (0.6, 0), (0.6, 1)),),
    "R": (((0, 0), (0, 1), (0.42, 1), (0.58, 0.85), (0.58, 0.64), (0.42, 0.49), (0, 0.49)), ((0.34, 0.49), (0.6, 0))),
    "U": (((0, 1), (0, 0.2), (0.16, 0), (0.44, 0), (0.6, 0.2), (0.6, 1)),),
    "V": (((0, 1), (0.3, 0), (0.6, 1)),),
    "W": (((0, 1), (0.14, 0), (0.3, 0.6), (0.46, 0), (0.6, 1)),),
    "X": (((0, 0), (0.6, 1)), ((0, 1), (0.6, 0))),
    "Y": (((0, 1), (0.3, 0.48), (0.6, 1)), ((0.3, 0.48), (0.3, 0))),
    "Z": (((0.02, 1), (0.58, 1), (0.02, 0), (0.6, 0)),),
    "Q": (_NAUGHT, ((0.36, 0.26), (0.62, -0.06))),
    "&": (((0.6, 0), (0.12, 0.7), (0.16, 0.92), (0.3, 1), (0.42, 0.9), (0.42, 0.72), (0.06, 0.36), (0.04, 0.14),
           (0.18, 0), (0.36, 0), (0.6, 0.36)),),
    "-": (((0.1, 0.48), (0.5, 0.48)),),
    ".": (((0.3, -0.1), (0.3, 0.1)),),
    "/": (((0.02, -0.05), (0.58, 1.05)),),
    "!": (((0.3, 1), (0.3, 0.32)), ((0.3, 0.1), (0.3, -0.1))),
    "'": (((0.3, 1), (0.3, 0.75)),),
    " ": (),
    "S": (
        ((0.58, 0.86), (0.44, 1), (0.16, 1), (0, 0.84), (0.03, 0.64), (0.16, 0.54), (0.44, 0.46), (0.57, 0.36),
         (0.6, 0.16), (0.44, 0), (0.14, 0), (0, 0.14)),
    ),
    "T": (((0, 1), (0.6, 1)), ((0.3, 1), (0.3, 0))),
    "O": (_NAUGHT,),
    "P": (((0, 0), (0, 1), (0.42, 1), (0.6, 0.84), (0.6, 0.62), (0.42, 0.46), (0, 0.46)),),
    "H": (((0, 0), (0, 1)), ((0.6, 0), (0.6, 1)), ((0, 0.5), (0.6, 0.5))),
}  # fmt: skip


def strokes(lines: Sequence[Line], width_m: float, x_m: float, material: str, semantic: str = SIGN) -> Mesh:
    """Lines of (right, up) as seen by the reader, drawn with a flat pen."""
    corners: list[Floats] = []
    for line in lines:
        points = np.asarray(line, float)
        for before, after in pairwise(points):
            along = (after - before) / max(float(np.linalg.norm(after - before)), 1e-9)
            side = np.array((-along[1], along[0])) * width_m / 2
            a, b = before - along * width_m * 0.35, after + along * width_m * 0.35
            corners.append(np.array([a - side, b - side, b + side, a + side]))
    flat = np.array(corners)
    # Whoever looks along -x at the plate has +y to the right.
    return quads(
        np.stack([np.full(flat.shape[:2], x_m), flat[..., 0], flat[..., 1]], axis=-1), material, semantic
    )


def text(
    word: str,
    height_m: float,
    middle_m: tuple[float, float],
    x_m: float,
    material: str,
    bold: float = 0.17,
    semantic: str = SIGN,
    step: float = 0.86,
) -> Mesh:
    """A word of `GLYPHS`, centred about (right, up); letters follow each other after `step` heights."""
    left = middle_m[0] - (len(word) * step - (step - 0.6)) * height_m / 2
    low = middle_m[1] - height_m / 2
    lines = [
        [(left + (k * step + p) * height_m, low + q * height_m) for p, q in line]
        for k, letter in enumerate(word)
        for line in GLYPHS[letter]
    ]
    return strokes(lines, bold * height_m, x_m, material, semantic)


# Letters that are wider or narrower than the cell of the others, in heights.
WIDTHS = {
    "I": 0.0,
    "1": 0.36,
    "M": 0.72,
    "W": 0.84,
    "J": 0.5,
    " ": 0.3,
    ".": 0.0,
    "!": 0.0,
    "'": 0.0,
    "-": 0.4,
}
GAP = 0.16  # between letters, in heights, besides the pen's width


def ink(
    word: str, height_m: float, middle: tuple[float, float], bold: float = 0.17, end: End = "flat"
) -> BaseGeometry:
    """A word as an area of (right, up), set with each letter's own width and with rounded bends."""
    return moved(scaled(_set(word, bold, end), height_m), *middle)


@lru_cache(maxsize=512)
def _set(word: str, bold: float, end: End) -> BaseGeometry:
    """The word in letters one high about the origin."""
    left, tall = (bold - length_m(word, 1.0, bold)) / 2, 1.0 - bold
    lines: list[Line] = []
    for letter in word:
        wide = WIDTHS.get(letter, 0.6)
        low_u, span = (0.3, 1.0) if wide < 0.1 else (0.0, 0.6)
        if letter == "1":
            low_u, span = 0.1, 0.26
        elif letter == "-":
            low_u, span = 0.1, 0.4
        lines += [
            [(left + (p - low_u) / span * max(wide, 0.02) * tall, (q - 0.5) * tall) for p, q in line]
            for line in _letter(letter)
        ]
        left += wide * tall + GAP + bold
    # Sharp corners of A, M and N end at the line, as those of a typeface do.
    return shapely.intersection(pen(lines, bold, end, "mitre"), shapely.box(-1e3, -0.5, 1e3, 0.5))


@lru_cache(maxsize=64)
def _letter(letter: str) -> tuple[Line, ...]:
    return tuple(_rounded(line) for line in GLYPHS[letter])


def length_m(word: str, height_m: float, bold: float = 0.17) -> float:
    """How long a word of `ink` is."""
    tall = height_m * (1.0 - bold)
    inner = sum(WIDTHS.get(letter, 0.6) * tall + bold * height_m for letter in word)
    return inner + GAP * height_m * max(len(word) - 1, 0)


def _rounded(line: Line) -> list[tuple[float, float]]:
    """The line with its blunt corners cut once more (Chaikin 1974); sharp ones, as of an E, stay."""
    points = [np.asarray(p, float) for p in line]
    closed = len(points) > 3 and bool(np.allclose(points[0], points[-1]))
    found: list[tuple[float, float]] = [] if closed else [(float(points[0][0]), float(points[0][1]))]
    count = len(points)
    for k in range(0 if closed else 1, count - 1):
        before, here, after = points[k - 1 if k else count - 2], points[k], points[k + 1]
        one, two = here - before, after - here
        bend = np.degrees(
            np.arccos(np.clip(one @ two / max(np.linalg.norm(one) * np.linalg.norm(two), 1e-9), -1, 1))
        )
        if bend < 75.0:
            found.extend((float(p[0]), float(p[1])) for p in (here - 0.3 * one, here + 0.3 * two))
        else:
            found.append((float(here[0]), float(here[1])))
    found.append(found[0] if closed else (float(points[-1][0]), float(points[-1][1])))
    return found

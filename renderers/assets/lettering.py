"""Letters and digits as strokes of a flat pen, for signs, number plates and shop fronts.  Renderers floor.

Writing looks along +x and is read from there: to the reader's right is +y.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

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
    " ": (),
    "S": (
        ((0.58, 0.88), (0.44, 1), (0.16, 1), (0, 0.84), (0.02, 0.64), (0.56, 0.38)),
        ((0.56, 0.38), (0.6, 0.16), (0.44, 0), (0.14, 0), (0, 0.12)),
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

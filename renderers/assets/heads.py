"""Heads: neck, skull with a hint of a face, hair and what is worn on it.  Renderers floor.

All measures are in head heights (chin to crown); a shell's rows are (height over the chin, shift along x, half depth,
half width) from below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renderers.assets.forms import ellipsoid, tower, tube
from renderers.mesh import Mesh

Shell = Sequence[tuple[float, float, float, float]]
SIDES = 14

SKULL: Shell = (
    (0.00, 0.17, 0.12, 0.10), (0.05, 0.13, 0.20, 0.17), (0.18, 0.06, 0.31, 0.255), (0.35, 0.00, 0.385, 0.305),
    (0.52, -0.02, 0.415, 0.330), (0.70, -0.03, 0.420, 0.335), (0.85, -0.04, 0.355, 0.285), (0.95, -0.04, 0.22, 0.18),
    (1.00, -0.04, 0.06, 0.05),
)  # fmt: skip
# The uppermost rows reach 1.1: hair, cloth or helmet lies that much over the crown.
TOP = 1.10
HAIR: Shell = (
    (0.22, -0.17, 0.20, 0.20), (0.30, -0.15, 0.30, 0.315), (0.50, -0.11, 0.365, 0.352), (0.66, -0.075, 0.395, 0.360),
    (0.78, -0.045, 0.425, 0.360), (0.90, -0.045, 0.385, 0.325), (1.00, -0.045, 0.285, 0.240),
    (1.06, -0.045, 0.175, 0.145), (TOP, -0.045, 0.05, 0.04),
)  # fmt: skip
LONG_HAIR: Shell = (
    (-0.32, -0.28, 0.09, 0.20), (-0.12, -0.25, 0.15, 0.29), (0.25, -0.20, 0.22, 0.355), (0.62, -0.12, 0.33, 0.375),
    (0.80, -0.10, 0.30, 0.33),
)  # fmt: skip
BALD: Shell = (
    (0.70, -0.035, 0.42, 0.335),
    (0.86, -0.04, 0.38, 0.31),
    (0.98, -0.04, 0.28, 0.23),
    (1.06, -0.04, 0.15, 0.12),
    (TOP, -0.04, 0.04, 0.03),
)
CAP: Shell = (
    (0.66, -0.03, 0.430, 0.362),
    (0.80, -0.03, 0.432, 0.365),
    (0.93, -0.03, 0.380, 0.320),
    (1.03, -0.03, 0.260, 0.215),
    (TOP, -0.03, 0.06, 0.05),
)
BRIM: Shell = ((0.655, 0.44, 0.25, 0.26), (0.675, 0.45, 0.25, 0.26), (0.70, 0.34, 0.16, 0.24))
BEANIE: Shell = (
    (0.58, -0.045, 0.42, 0.35), (0.60, -0.045, 0.455, 0.38), (0.73, -0.045, 0.455, 0.38), (0.75, -0.045, 0.435, 0.365),
    (0.90, -0.045, 0.395, 0.33), (1.01, -0.045, 0.285, 0.24), (1.07, -0.045, 0.16, 0.135), (TOP, -0.045, 0.05, 0.04),
)  # fmt: skip
HOOD: Shell = (
    (-0.12, -0.10, 0.22, 0.33), (0.10, -0.15, 0.34, 0.39), (0.40, -0.13, 0.42, 0.41), (0.70, -0.075, 0.465, 0.41),
    (0.88, -0.06, 0.42, 0.355), (1.00, -0.06, 0.31, 0.26), (1.07, -0.06, 0.17, 0.14), (TOP, -0.06, 0.05, 0.04),
)  # fmt: skip
HELMET: Shell = (
    (0.52, -0.05, 0.44, 0.37), (0.58, -0.02, 0.49, 0.405), (0.76, -0.02, 0.50, 0.415), (0.90, -0.03, 0.445, 0.37),
    (1.02, -0.04, 0.315, 0.26), (1.08, -0.04, 0.17, 0.14), (TOP, -0.04, 0.05, 0.04),
)  # fmt: skip
FULL_HELMET: Shell = (
    (-0.10, 0.00, 0.40, 0.36), (0.00, 0.01, 0.48, 0.42), (0.25, 0.02, 0.53, 0.45), (0.55, 0.00, 0.54, 0.455),
    (0.80, -0.02, 0.49, 0.42), (0.96, -0.03, 0.37, 0.32), (1.06, -0.03, 0.20, 0.17), (TOP, -0.03, 0.05, 0.04),
)  # fmt: skip
VISOR: Shell = (
    (0.32, 0.10, 0.45, 0.41),
    (0.40, 0.13, 0.445, 0.43),
    (0.62, 0.11, 0.445, 0.42),
    (0.70, 0.08, 0.43, 0.39),
)
WORN = ("short", "long", "bun", "bald", "cap", "beanie", "hood", "helmet", "full_helmet")


@dataclass(frozen=True, slots=True)
class Skull:
    """Size and place of a head: heights over the base of the neck, metres."""

    chin_m: float
    tall_m: float  # chin to crown, without hair
    neck_m: float  # radius of the neck
    forward_m: float  # of the skull's axis before the neck's


def head_mesh(skull: Skull, worn: str, hair: str, semantic: str) -> Mesh:
    """A head on its neck; the origin is the base of the neck, the nose points along +x."""
    t, x0 = skull.tall_m, skull.forward_m

    def z(share: float) -> float:
        return skull.chin_m + share * t

    def shell(rows: Shell, material: str) -> Mesh:
        return tower(
            [(z(s), x0 + dx * t, 0.0, rx * t, ry * t) for s, dx, rx, ry in rows], SIDES, material, semantic
        )

    neck_path = [
        (-0.4 * x0, 0, -0.12 * t),
        (-0.15 * x0, 0, 0.0),
        (0.15 * x0, 0, z(0.12)),
        (0.3 * x0, 0, z(0.25)),
    ]
    pieces = [
        tube(neck_path, np.array((1.10, 1.0, 0.92, 0.90)) * skull.neck_m, 10, "skin", semantic),
        shell(SKULL, "skin"),
    ]
    face = x0 + 0.385 * t
    if worn == "full_helmet":
        return Mesh.join([*pieces, shell(FULL_HELMET, "helmet"), shell(VISOR, "visor")])
    nose = [(face - 0.03 * t, 0, z(0.54)), (face + 0.045 * t, 0, z(0.41)), (face - 0.03 * t, 0, z(0.36))]
    pieces.append(tube(nose, np.array((0.03, 0.055, 0.04)) * t, 6, "skin", semantic))
    for sign in (1.0, -1.0):
        eye, ear = (face - 0.05 * t, sign * 0.14 * t, z(0.53)), (x0 - 0.03 * t, sign * 0.335 * t, z(0.45))
        pieces.append(ellipsoid(eye, (0.035 * t, 0.055 * t, 0.028 * t), "eye_nose", semantic, 4, 6))
        brow = (face - 0.055 * t, sign * 0.15 * t, z(0.62))
        pieces.append(ellipsoid(brow, (0.03 * t, 0.075 * t, 0.016 * t), hair, semantic, 4, 6))
        if worn not in ("hood", "long"):
            pieces.append(ellipsoid(ear, (0.07 * t, 0.035 * t, 0.12 * t), "skin", semantic, 5, 6))
    pieces.append(
        ellipsoid((face - 0.055 * t, 0, z(0.21)), (0.03 * t, 0.11 * t, 0.016 * t), "hair", semantic, 4, 6)
    )
    if worn in ("short", "long", "bun"):
        pieces.append(shell(HAIR, hair))
    elif worn in ("cap", "beanie", "helmet"):  # what shows of the hair below
        pieces.append(shell(HAIR[:5], hair))
    if worn == "long":
        pieces.append(shell(LONG_HAIR, hair))
    if worn == "bun":
        pieces.append(
            ellipsoid((x0 - 0.46 * t, 0, z(0.72)), (0.16 * t, 0.16 * t, 0.15 * t), hair, semantic, 6, 10)
        )
    if worn == "cap":
        pieces.extend((shell(CAP, "cloth_b"), shell(BRIM, "cloth_b")))
    shells = {
        "bald": (BALD, "skin"),
        "beanie": (BEANIE, "cloth_b"),
        "hood": (HOOD, "cloth_a"),
        "helmet": (HELMET, "helmet"),
    }
    if worn in shells:
        pieces.append(shell(*shells[worn]))
    return Mesh.join(pieces)

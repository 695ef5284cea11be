"""Beacons of emergency and road services: light bars and lone domes, and where their light leaves.  Renderers floor.

Two halves flash in turn (`sim.lights`): the materials `beacon_blue_left` and `beacon_blue_right`, likewise red and
amber.  A builder adds `light_bar` or `dome` to its body and `beacon_lamps` of that body to its lamps, and its row of
`scenarios.bodies` says `beacon=True`.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from renderers.assets.fittings import Rgb, centre_of
from renderers.loft import Floats, box, loft, placed, revolve, superellipse
from renderers.materials import MATERIAL_ID
from renderers.mesh import LampSpec, Mesh
from sim.trace import Lamp

Hue = Literal["blue", "red", "amber"]
COLORS: dict[Hue, Rgb] = {"blue": (0.02, 0.09, 1.0), "red": (1.0, 0.02, 0.01), "amber": (1.0, 0.36, 0.02)}
# On the axis, effective: UN R65 asks 120 cd of blue, 170 of red and 230 of amber beacons by day, and no more than
# 1700 (blue) to 3000; a modern bar gives some times the least.
BEACON_CD: dict[Hue, float] = {"blue": 400.0, "red": 500.0, "amber": 700.0}
BITS = {"left": Lamp.BEACON_LEFT, "right": Lamp.BEACON_RIGHT}


def _pod(
    from_y_m: float, to_y_m: float, depth_m: float, height_m: float, material: str, semantic: str
) -> Mesh:
    """A rounded lens lying across the vehicle, its foot on z = 0."""
    rows: list[Floats] = []
    for t, grow in ((0.0, 0.55), (0.08, 0.88), (0.25, 1.0), (0.75, 1.0), (0.92, 0.88), (1.0, 0.55)):
        ring = superellipse(depth_m / 2 * grow, height_m / 2 * grow, 3.2, 12)
        y = from_y_m + t * (to_y_m - from_y_m)
        rows.append(np.stack([ring[:, 0], np.full(12, y), height_m / 2 + ring[:, 1]], axis=1))
    return loft(rows, material, semantic, crease_deg=60.0)


def light_bar(
    width_m: float,
    semantic: str,
    at_m: tuple[float, float, float],
    left: Hue = "blue",
    right: Hue = "blue",
    depth_m: float = 0.28,
    height_m: float = 0.11,
) -> Mesh:
    """A bar across the roof: a lens on each side, a plain middle, a carrier and two feet; `at_m` is its foot."""
    half, middle = width_m / 2.0, 0.16 * width_m
    foot = 0.035
    pieces = [
        _pod(middle / 2 + 0.005, half, depth_m, height_m, f"beacon_{left}_left", semantic),
        _pod(-half, -middle / 2 - 0.005, depth_m, height_m, f"beacon_{right}_right", semantic),
        _pod(-middle / 2, middle / 2, 0.94 * depth_m, 0.92 * height_m, "car_trim", semantic),
        box((0.80 * depth_m, 0.96 * width_m, 0.02), "car_trim", semantic, 0.0, (0.0, 0.0, 0.004)),
    ]
    lifted = [placed(piece, z=foot) for piece in pieces]
    for side in (-1.0, 1.0):
        lifted.append(
            box(
                (0.5 * depth_m, 0.06, foot + 0.03),
                "car_trim",
                semantic,
                0.0,
                (0.0, side * 0.7 * half, (foot - 0.03) / 2),
            )
        )
    return placed(Mesh.join(lifted), *at_m)


def dome(
    semantic: str,
    at_m: tuple[float, float, float],
    hue: Hue = "amber",
    half: Literal["left", "right"] = "left",
    radius_m: float = 0.07,
    height_m: float = 0.15,
) -> Mesh:
    """A lone beacon: a dome on a dark socket; `at_m` is its foot."""
    lens = [
        (radius_m, 0.03), (0.97 * radius_m, 0.6 * height_m), (0.80 * radius_m, 0.86 * height_m),
        (0.45 * radius_m, 0.98 * height_m), (0.0, height_m),
    ]  # fmt: skip
    socket = [(0.0, 0.0), (1.12 * radius_m, 0.0), (1.12 * radius_m, 0.035), (0.0, 0.036)]
    return placed(
        Mesh.join(
            [
                revolve(lens, f"beacon_{hue}_{half}", semantic, "z", 14),
                revolve(socket, "car_trim", semantic, "z", 14),
            ]
        ),
        *at_m,
    )


def beacon_lamps(mesh: Mesh, part: int = 0, axes: Sequence[float] = (1.0, -1.0)) -> tuple[LampSpec, ...]:
    """The light of every half of every beacon of a mesh, ahead and astern."""
    lamps: list[LampSpec] = []
    for hue, color in COLORS.items():
        for half, bit in BITS.items():
            material = f"beacon_{hue}_{half}"
            if not (mesh.material == MATERIAL_ID[material]).any():
                continue
            lens = mesh.triangles[mesh.material == MATERIAL_ID[material]]
            reach = 0.5 * float(np.ptp(mesh.vertices_m[lens, 0]))
            x, y, z = (float(v) for v in centre_of(mesh, material, 0.0))
            for axis in axes:
                at = (x + axis * (min(reach, 0.3) + 0.02), y, z)
                lamps.append(
                    LampSpec(int(bit), at, (axis, 0.0, 0.0), "beacon", BEACON_CD[hue], color, part, material)
                )
    return tuple(lamps)

"""How lorries and trailers are lit and marked: rear lamps, side markers, stripes, tape, words.  Renderers floor.

Stations are metres behind the foremost point, which lies at x = 0.  Pieces of one side are drawn on the left and
mirrored by the caller with `fittings.mirrored_body`, so that left indicators become right ones.
"""

from collections.abc import Sequence

import numpy as np

from renderers.assets.fittings import plate
from renderers.assets.lettering import text
from renderers.assets.lorry_frame import SEMANTIC, WIDE_M
from renderers.loft import Floats, box, panel, rotation, translation
from renderers.mesh import Mesh

STRIPE_M = 0.10  # of the warning marking: DIN 30710 asks for 100 mm measured across


def markers(stations_m: Sequence[float] | Floats, z_m: float = 0.93, y_m: float = WIDE_M) -> Mesh:
    """Left side markers of UN R48, one every 3 m at most."""
    return Mesh.join(
        [
            box((0.11, 0.024, 0.045), "lamp_marker_amber", SEMANTIC, 0.0, (-s, y_m - 0.012, z_m))
            for s in stations_m
        ]
    )


def cluster(
    end_m: float, y_m: float = 0.93, z_m: float = 0.82, wide_m: float = 0.46, tall_m: float = 0.135
) -> Mesh:
    """The left rear lamps in one housing whose face lies at `end_m`: indicator outside, then brake, tail, reversing."""
    x = -end_m
    pieces = [box((0.09, wide_m + 0.04, tall_m + 0.03), "car_trim", SEMANTIC, 0.008, (x + 0.05, y_m, z_m))]
    left = y_m + wide_m / 2
    for share, material in (
        (0.24, "lamp_indicator_left"),
        (0.26, "lamp_brake"),
        (0.28, "lamp_tail"),
        (0.22, "lamp_reverse"),
    ):
        wide = wide_m * share
        lens = box((0.03, wide - 0.012, tall_m), material, SEMANTIC, 0.01, (x + 0.012, left - wide / 2, z_m))
        pieces.append(lens)
        left -= wide
    return Mesh.join(pieces)


def rear_end(length_m: float, bar_m: float = 0.52, plated: bool = True) -> list[Mesh]:
    """The underrun guard with its marking, and the plate; both sides."""
    x = -length_m + 0.07
    pieces = [
        box((0.10, 2.36, 0.15), "metal_dark", SEMANTIC, 0.02, (x + 0.05, 0.0, bar_m)),
        box((0.10, 0.10, 0.50), "metal_dark", SEMANTIC, 0.0, (x + 0.06, 0.48, bar_m + 0.22)),
        box((0.10, 0.10, 0.50), "metal_dark", SEMANTIC, 0.0, (x + 0.06, -0.48, bar_m + 0.22)),
        hatching(-x + 0.002, 0.30, 1.16, bar_m - 0.065, bar_m + 0.065),
        hatching(-x + 0.002, -1.16, -0.30, bar_m - 0.065, bar_m + 0.065),
    ]
    if plated:
        pieces.append(plate(SEMANTIC, (x - 0.008, 0.0, bar_m), False))
    return pieces


def hatching(
    station_m: float, low_y: float, high_y: float, low_z: float, high_z: float, ahead: bool = False
) -> Mesh:
    """Red and white stripes that point downwards and outwards, on a plate that faces astern (or ahead)."""
    outwards = 1.0 if low_y + high_y >= 0.0 else -1.0
    step = STRIPE_M * np.sqrt(2.0)
    rectangle = [(low_y, low_z), (high_y, low_z), (high_y, high_z), (low_y, high_z)]
    values = [outwards * y + z for y, z in rectangle]
    pieces = []
    first = int(np.floor(min(values) / step))
    for k in range(first, int(np.ceil(max(values) / step))):
        clipped = _between(rectangle, outwards, k * step, (k + 1) * step)
        if len(clipped) < 3 or _area(clipped) < 1e-5:
            continue
        corners = [(-station_m, y, z) for y, z in clipped]
        material = "contour_red" if k % 2 else "contour_white"
        pieces.append(panel(corners if ahead else corners[::-1], material, SEMANTIC))
    return Mesh.join(pieces)


def _between(
    points: list[tuple[float, float]], slope: float, low: float, high: float
) -> list[tuple[float, float]]:
    """A convex polygon clipped to low <= slope * y + z <= high (Sutherland and Hodgman 1974)."""
    for sign, limit in ((1.0, low), (-1.0, -high)):
        kept: list[tuple[float, float]] = []
        for k, here in enumerate(points):
            before = points[k - 1]
            a = sign * (slope * before[0] + before[1]) - limit
            b = sign * (slope * here[0] + here[1]) - limit
            if (a >= 0.0) != (b >= 0.0):
                t = a / (a - b)
                kept.append((before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1])))
            if b >= 0.0:
                kept.append(here)
        points = kept
    return points


def _area(points: list[tuple[float, float]]) -> float:
    p: Floats = np.array(points)
    q = np.roll(p, -1, axis=0)
    return abs(float((p[:, 0] * q[:, 1] - q[:, 0] * p[:, 1]).sum())) / 2.0


def side_tape(
    first_m: float,
    last_m: float,
    z_m: float,
    y_m: float,
    material: str = "contour_white",
    tall_m: float = 0.05,
) -> Mesh:
    """Contour tape along the left flank, in pieces as it is stuck on."""
    pieces = []
    count = max(1, round((last_m - first_m) / 1.2))
    for a, b in zip(
        np.linspace(first_m, last_m, count + 1)[:-1], np.linspace(first_m, last_m, count + 1)[1:], strict=True
    ):
        corners = [
            (-a - 0.02, y_m, z_m),
            (-b + 0.02, y_m, z_m),
            (-b + 0.02, y_m, z_m + tall_m),
            (-a - 0.02, y_m, z_m + tall_m),
        ]
        pieces.append(panel(corners, material, SEMANTIC))
    return Mesh.join(pieces)


def back_tape(
    station_m: float,
    half_m: float,
    low_m: float,
    high_m: float,
    material: str = "contour_red",
    wide_m: float = 0.05,
) -> Mesh:
    """Contour tape round the back: a closed frame."""
    strips = (
        (-half_m, half_m, low_m, low_m + wide_m),
        (-half_m, half_m, high_m - wide_m, high_m),
        (-half_m, -half_m + wide_m, low_m + wide_m, high_m - wide_m),
        (half_m - wide_m, half_m, low_m + wide_m, high_m - wide_m),
    )
    return Mesh.join([facing_back(station_m, *strip, material) for strip in strips])


def facing_back(
    station_m: float, low_y: float, high_y: float, low_z: float, high_z: float, material: str
) -> Mesh:
    """A flat rectangle that faces astern."""
    corners = [
        (-station_m, high_y, low_z),
        (-station_m, low_y, low_z),
        (-station_m, low_y, high_z),
        (-station_m, high_y, high_z),
    ]
    return panel(corners, material, SEMANTIC)


def words(
    word: str,
    tall_m: float,
    at: tuple[float, float],
    reach_m: float,
    side: str,
    material: str,
    bold: float = 0.2,
    step: float = 0.86,
) -> Mesh:
    """A word on a flat side: `at` is (station, z) on flanks and (y, z) on front and back, `reach_m` how far out."""
    flat = text(word, tall_m, (0.0, 0.0), 0.0, material, bold, SEMANTIC, step)
    yaw = {"left": np.pi / 2, "right": -np.pi / 2, "front": 0.0, "back": np.pi}[side]
    place = {
        "left": (-at[0], reach_m, at[1]),
        "right": (-at[0], -reach_m, at[1]),
        "front": (reach_m, at[0], at[1]),
        "back": (-reach_m, at[0], at[1]),
    }[side]
    return flat.moved(translation(*place) @ rotation("z", yaw))

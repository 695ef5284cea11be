"""The cab of a large van, cut off behind its doors, for whoever builds a body of his own onto it.  Renderers floor.

It stands with its foremost point at x = 0; stations are metres behind it, heights above the road.
"""

from functools import lru_cache

import numpy as np

from renderers.assets.carving import carve, flank, from_ahead, from_the_side, level, nose, shrunk, softened
from renderers.assets.fittings import mirrored_body, seat, steering_wheel
from renderers.assets.shell import (
    FLAT_SIDE,
    Shape,
    Skin,
    arch,
    groove,
    half_mesh,
    joint,
    loft_half,
    paint,
)
from renderers.loft import both_sides, box, panel, sheet, tube, two_faced
from renderers.mesh import Mesh

SEMANTIC = "car"
AXLE_M, RADIUS_M, TRACK_M = 1.00, 0.345, 1.74
END_M, HALF_M = 2.50, 0.99
SEAT = (1.76, 0.43, 1.00)  # station, to the left, height of the hips
COWL_M, HEADER_M = 0.92, 1.92

SHAPE = Shape(
    length_m=END_M,
    half_width_m=HALF_M,
    top=(
        (0.16, 1.06), (0.40, 1.18), (0.70, 1.29), (0.90, 1.40), (1.04, 1.53), (1.40, 1.90), (1.70, 2.17), (1.95, 2.32),
        (2.20, 2.38), (2.46, 2.39),
    ),
    belt=((0.16, 0.96), (0.40, 1.08), (0.80, 1.20), (1.20, 1.27), (2.50, 1.30)),
    bottom=((0.16, 0.25), (0.70, 0.23), (1.40, 0.22), (2.50, 0.24)),
    plan=((0.16, 0.93), (0.50, 0.98), (1.00, 1.0), (2.50, 1.0)),
    nose_m=0.16,
    tail_m=0.04,
    nose_bow_m=0.15,
    tail_bow_m=0.0,
    nose_square=3.8,
    tail_square=9.0,
    nose_z_m=0.62,
    tail_z_m=1.30,
    lean=0.10,
    cabin_square=6.5,
    side=FLAT_SIDE,
    stations=(0.90, 1.02, 2.0),
    spacing_m=0.19,
)  # fmt: skip


@lru_cache(maxsize=2)
def van_cab(mirror_y_m: float = 1.22) -> Mesh:
    """The cab with its inside and mirrors."""
    skin = loft_half(SHAPE)
    _glass(skin)
    _face(skin)
    reach = RADIUS_M + 0.055
    paint(skin, arch(AXLE_M, RADIUS_M, reach + 0.04, 0.6), "plastic")
    paint(skin, arch(AXLE_M, RADIUS_M, reach, 0.6), None, None)
    carve(
        skin,
        ((0.0, 0.0), (3.0, 0.0), (3.0, 0.42), (0.0, 0.42)),
        "plastic",
        from_the_side,
        flank(HALF_M, 0.15),
    )
    paint(skin, lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5), "underbody", ("car_paint", "plastic"))
    for station in (1.16, 2.26):
        groove(skin, joint(station), lambda s: np.maximum.reduce([0.44 - s.z, 0.6 - s.y, s.z - 2.18]))
    groove(skin, level(0.45), lambda s: np.maximum.reduce([1.16 - s.station, s.station - 2.26, 0.6 - s.y]))
    shell = mirrored_body(half_mesh(skin, SEMANTIC))
    return Mesh.join([shell, _inside(), both_sides(Mesh.join([_mirror(mirror_y_m), _well()]))])


def _glass(skin: Skin) -> None:
    def screen(s: Skin, edge: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        return np.asarray(
            np.max(
                [
                    COWL_M + 0.06 * s.across**2 + edge - s.station,
                    s.station - HEADER_M + edge,
                    (s.across - 0.91) * 0.75 + edge,
                    0.02 - s.rise,
                ],
                axis=0,
            )
        )

    paint(skin, lambda s: screen(s, 0.0), "car_trim")
    paint(skin, lambda s: screen(s, 0.028), "glass", ("car_trim",))
    window = ((1.12, 1.345), (2.18, 1.345), (2.18, 2.06), (1.74, 2.06), (1.40, 1.78))
    carve(skin, softened(window, 0.04), "car_trim", from_the_side, flank(HALF_M, 0.34))
    carve(
        skin,
        shrunk(softened(window, 0.04), 0.022),
        "glass",
        from_the_side,
        flank(HALF_M, 0.34),
        ("car_trim",),
    )


def _face(skin: Skin) -> None:
    here = nose(0.62)
    grille = softened(((-0.4, 0.70), (0.50, 0.72), (0.58, 0.92), (0.50, 1.00), (-0.4, 1.02)), 0.03)
    carve(skin, grille, "car_trim", from_ahead, here)
    for z in (0.78, 0.86, 0.94):
        carve(
            skin,
            ((-0.4, z), (0.46, z), (0.46, z + 0.018), (-0.4, z + 0.018)),
            "metal_dark",
            from_ahead,
            here,
            ("car_trim",),
        )
    carve(skin, ((-0.4, 0.32), (0.66, 0.34), (0.76, 0.48), (-0.4, 0.48)), "car_trim", from_ahead, here)
    lamp = ((0.60, 0.86), (1.10, 0.92), (1.10, 1.16), (0.86, 1.16), (0.64, 1.02))
    carve(skin, lamp, "car_trim", from_ahead, here)
    carve(skin, shrunk(lamp, 0.014), "lamp_head", from_ahead, here, ("car_trim",))
    carve(
        skin,
        ((0.36, 0.0), (0.9, 0.0), (0.9, 2.0), (0.36, 2.0)),
        "lamp_indicator_left",
        from_the_side,
        here,
        ("lamp_head",),
    )
    groove(skin, level(0.62), lambda s: np.maximum(s.station - 0.56, 0.72 - s.y))
    groove(
        skin,
        lambda s: s.y - 0.76 - 0.03 * (s.station - 0.8),
        lambda s: np.maximum.reduce([0.30 - s.station, s.station - COWL_M - 0.05, 0.2 - s.rise]),
    )


def _inside() -> Mesh:
    w, back = 0.90, END_M - 0.08
    pieces = [
        panel(
            [(-0.98, w, 1.22), (-back, w, 1.16), (-back, -w, 1.16), (-0.98, -w, 1.22)], "interior", SEMANTIC
        ),
        box((0.03, 1.5, 1.1), "interior", SEMANTIC, 0.0, (-back, 0.0, 1.72)),
        box((0.36, 1.5, 0.16), "interior", SEMANTIC, 0.05, (-1.30, 0.0, 1.26)),
        steering_wheel(-1.50, SEAT[1], 1.36, SEMANTIC),
    ]
    pieces += [seat(-SEAT[0] - 0.20, y, 1.12, 0.50, 0.64, SEMANTIC) for y in (SEAT[1], -SEAT[1])]
    return Mesh.join(pieces)


def _mirror(outer_m: float) -> Mesh:
    """The left mirror on its arm."""
    y, z, x = outer_m - 0.09, 1.55, -1.20
    housing = box((0.14, 0.18, 0.34), "plastic", SEMANTIC, 0.04, (x, y, z))
    glass = panel(
        [(x - 0.072, y + u * 0.065, z + v * 0.13) for u, v in ((1, -1), (-1, -1), (-1, 1), (1, 1))],
        "mirror",
        SEMANTIC,
    )
    foot = tube([(x - 0.04, HALF_M - 0.03, z - 0.12), (x, y, z - 0.10)], 0.03, "plastic", SEMANTIC, 6)
    return Mesh.join([housing, glass, foot])


def _well() -> Mesh:
    radius = RADIUS_M + 0.05
    angle = np.linspace(-0.3, np.pi + 0.3, 12)
    x, z = -AXLE_M + radius * np.cos(angle), RADIUS_M + radius * np.sin(angle)
    rows = np.stack([np.stack([x, np.full(12, y), z], axis=1) for y in (0.60, HALF_M - 0.02)])
    return two_faced(sheet(rows, "underbody", SEMANTIC))

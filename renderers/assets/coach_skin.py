"""The skin of coaches and short buses: windows in a band, doors, lamps, flaps, two colours.  Renderers floor.

Stations are metres behind the foremost point; heights are above the road.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from renderers.assets.carving import (
    carve,
    flank,
    from_ahead,
    from_the_side,
    level,
    nose,
    shrunk,
    softened,
    tail,
)
from renderers.assets.fittings import mirrored_body
from renderers.assets.shell import (
    FLAT_SIDE,
    Curve,
    Shape,
    Skin,
    arch,
    groove,
    half_mesh,
    joint,
    liner,
    loft_half,
    paint,
)
from renderers.loft import both_sides
from renderers.mesh import Mesh
from scenarios.bodies import Body

SEMANTIC = "bus"


@dataclass(frozen=True, slots=True)
class Coach:
    """Proportions of a bus whose deck lies above its wheels or between them."""

    length_m: float
    half_width_m: float
    top: Curve
    sill_m: float  # lower and upper edge of the side windows
    ceiling_m: float
    screen_m: tuple[float, float]  # foot and top of the windscreen
    nose_rake: float
    deck_m: float
    bottom_m: float
    pillars_m: tuple[float, ...]
    doors_m: tuple[tuple[float, float], ...]
    seat: tuple[float, float, float]  # of the driver: station, to the left, height of the hips
    row_m: float  # from seat to seat
    luggage: bool  # flaps in the flanks below the deck
    side_glass: str = "glass_dark"
    sign_m: float = 0.0  # foot of a destination display over the screen, where there is one


def _shape(made: Coach) -> Shape:
    end, low = made.length_m, made.bottom_m
    return Shape(
        length_m=end,
        half_width_m=made.half_width_m,
        top=made.top,
        belt=((0.18, made.ceiling_m - 0.15), (end, made.ceiling_m - 0.15)),
        bottom=((0.18, low + 0.04), (1.2, low), (end - 2.6, low), (end - 0.12, low + 0.12)),
        plan=((0.18, 0.975), (0.60, 1.0), (end - 0.6, 1.0), (end - 0.12, 0.98)),
        nose_m=0.18,
        tail_m=0.12,
        nose_bow_m=0.22,
        tail_bow_m=0.07,
        nose_square=4.2,
        tail_square=6.0,
        nose_z_m=0.95,
        tail_z_m=1.5,
        nose_rake=made.nose_rake,
        nose_rake_z_m=1.05,
        rake_reach_m=1.3,
        tail_rake=0.05,
        tail_rake_z_m=1.3,
        lean=0.06,
        cabin_square=5.5,
        side=FLAT_SIDE,
        stations=(0.5, 1.5),
        spacing_m=0.45,
        bow_m=0.0,
    )


@lru_cache(maxsize=8)
def coach_shell(made: Coach, body: Body, pattern: int) -> Mesh:
    """The skin of both sides with its lining; `pattern` is one of three ways to lay on the second colour."""
    plain = loft_half(_shape(made))
    left, right = _cut(made, body, pattern, False), _cut(made, body, pattern, True)
    inside = liner(plain, SEMANTIC, lambda s: np.maximum(made.ceiling_m + 0.04 - s.z, 0.9 - s.station), 0.0)
    return Mesh.join(
        [mirrored_body(half_mesh(left, SEMANTIC), half_mesh(right, SEMANTIC)), both_sides(inside)]
    )


def _cut(made: Coach, body: Body, pattern: int, kerb: bool) -> Skin:
    """One half of the skin, drawn as a left half; the kerb's side has the doors."""
    skin = loft_half(_shape(made))
    w, end = made.half_width_m, made.length_m
    side, low, high = flank(w, 0.32), made.sill_m, made.ceiling_m
    _graphics(skin, made, pattern)
    coats = ("car_paint", "car_paint_b")
    # One dark band of glass: panes with narrow seams.
    start = made.pillars_m[0] if made.luggage else 0.75
    band = softened(
        (
            (start - 0.55, low),
            (end - 0.30, low),
            (end - 0.42, high),
            (start - 0.95 if made.luggage else 0.85, high),
        ),
        0.10,
    )
    carve(skin, band, "car_trim", from_the_side, side, coats)
    edges = [start - 0.35, *made.pillars_m[1 if made.luggage else 0 :], end - 0.50]
    for a, b in pairwise(edges):
        pane = softened(
            (
                (a + 0.025, low + 0.04),
                (b - 0.025, low + 0.04),
                (b - 0.025, high - 0.05),
                (a + 0.025, high - 0.05),
            ),
            0.04,
        )
        carve(skin, pane, made.side_glass, from_the_side, side, ("car_trim",))
    # The driver's window reaches lower.
    s0 = 0.50 + made.nose_rake * 0.5
    cab = softened(
        (
            (s0, made.screen_m[0] + 0.22),
            (1.36, made.screen_m[0] + 0.22),
            (1.36, made.sill_m + (0.02 if made.luggage else 0.9)),
            (s0 + 0.22, made.sill_m + (0.02 if made.luggage else 0.9)),
        ),
        0.06,
    )
    if not kerb:
        carve(skin, cab, "car_trim", from_the_side, side, coats)
        carve(skin, shrunk(cab, 0.03), "glass", from_the_side, side, ("car_trim", made.side_glass))
    else:
        for first, last in made.doors_m:
            door = (
                (first, low_edge(made)),
                (last, low_edge(made)),
                (last, min(high, 2.42)),
                (first, min(high, 2.42)),
            )
            carve(
                skin,
                softened(door, 0.05),
                "car_trim",
                from_the_side,
                side,
                (*coats, "car_trim", made.side_glass),
            )
            leaves = (
                ((first, last),)
                if made.luggage
                else ((first, (first + last) / 2), ((first + last) / 2, last))
            )
            for a, b in leaves:
                leaf = (
                    (a + 0.05, low_edge(made) + 0.12),
                    (b - 0.05, low_edge(made) + 0.12),
                    (b - 0.05, min(high, 2.42) - 0.06),
                    (a + 0.05, min(high, 2.42) - 0.06),
                )
                carve(skin, softened(leaf, 0.05), "glass", from_the_side, side, ("car_trim",))
    _front_and_back(skin, made, coats)
    reach = body.wheel_radius_m + 0.10
    for axle in body.axles_m:
        paint(skin, arch(axle, body.wheel_radius_m, reach + 0.05, 0.7), "plastic", (*coats, "car_trim"))
        paint(skin, arch(axle, body.wheel_radius_m, reach, 0.7), None, None)
    paint(skin, lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5), "underbody", (*coats, "plastic"))
    flaps = np.arange(2.95, end - 1.5, 1.15) if made.luggage else np.arange(3.4, end - 0.6, 1.5)
    for station in flaps:
        if all(abs(float(station) - axle) > reach for axle in body.axles_m):
            groove(
                skin,
                joint(float(station)),
                lambda s: np.maximum(s.z - made.deck_m - 0.1, 0.9 * w - s.y),
                0.012,
                coats,
            )
    groove(
        skin,
        level(made.deck_m + 0.1 if made.luggage else 0.70),
        lambda s: np.maximum(0.9 * w - s.y, 1.6 - s.station),
        0.012,
        coats,
    )
    return skin


def low_edge(made: Coach) -> float:
    """Foot of the doors."""
    return made.bottom_m + 0.10


def _graphics(skin: Skin, made: Coach, pattern: int) -> None:
    """Second colour: a rising sweep, a skirt, or the whole rear."""
    w, end = made.half_width_m, made.length_m
    low, high = made.bottom_m, made.top[3][1] + 0.3
    side = flank(w, 0.5)
    if pattern == 0:
        carve(
            skin,
            ((end * 0.48, -0.1), (end + 0.5, -0.1), (end + 0.5, high), (end * 0.80, high)),
            "car_paint_b",
            from_the_side,
            lambda m: m[:, 0] < -end * 0.3,
        )
    elif pattern == 1:
        carve(
            skin,
            ((-1.0, -0.1), (end + 1.0, -0.1), (end + 1.0, low + 0.42), (-1.0, low + 0.42)),
            "car_paint_b",
            from_the_side,
            lambda m: m[:, 0] < 9.0,
        )
    else:
        for k, wide in enumerate((0.55, 0.30, 0.16)):
            at = end * 0.62 + 0.95 * k
            carve(
                skin,
                ((at, -0.1), (at + wide, -0.1), (at + wide + 1.3, high), (at + 1.3, high)),
                "car_paint_b",
                from_the_side,
                side,
            )


def _front_and_back(skin: Skin, made: Coach, coats: tuple[str, ...]) -> None:
    w, end = made.half_width_m, made.length_m
    foot, head = made.screen_m
    here = nose(0.62 + made.nose_rake * 2.0)
    screen = softened(((-0.4, foot), (w - 0.05, foot + 0.03), (w - 0.10, head), (-0.4, head)), 0.10)
    carve(skin, screen, "car_trim", from_ahead, here, (*coats, "car_trim"))
    carve(skin, shrunk(screen, 0.035), "glass", from_ahead, here, ("car_trim",))
    if made.sign_m:
        carve(
            skin,
            (
                (-0.4, made.sign_m),
                (w - 0.14, made.sign_m),
                (w - 0.16, made.sign_m + 0.26),
                (-0.4, made.sign_m + 0.26),
            ),
            "car_trim",
            from_ahead,
            here,
            coats,
        )
    lamp = ((w - 0.52, 0.60), (w + 0.2, 0.66), (w + 0.2, 0.90), (w - 0.34, 0.82))
    carve(skin, lamp, "car_trim", from_ahead, nose(0.5), coats)
    carve(skin, shrunk(lamp, 0.02), "lamp_head", from_ahead, nose(0.5), ("car_trim",))
    carve(
        skin,
        ((0.24, 0.0), (0.7, 0.0), (0.7, 2.0), (0.24, 2.0)),
        "lamp_indicator_left",
        from_the_side,
        nose(0.5),
        ("lamp_head",),
    )
    carve(
        skin,
        ((-0.4, 0.36), (w - 0.36, 0.36), (w - 0.44, 0.56), (-0.4, 0.56)),
        "car_trim",
        from_ahead,
        nose(0.45),
        coats,
    )
    carve(
        skin,
        ((w - 0.30, 0.40), (w - 0.10, 0.40), (w - 0.10, 0.50), (w - 0.30, 0.50)),
        "lamp_fog",
        from_ahead,
        nose(0.45),
        coats,
    )
    back = tail(end, 0.45)
    glass = softened(
        (
            (-0.4, max(1.55, made.sill_m + 0.12)),
            (w - 0.16, max(1.55, made.sill_m + 0.12)),
            (w - 0.22, made.ceiling_m - 0.06),
            (-0.4, made.ceiling_m - 0.06),
        ),
        0.08,
    )
    carve(skin, glass, "car_trim", from_ahead, back, coats)
    carve(skin, shrunk(glass, 0.03), "glass_dark", from_ahead, back, ("car_trim",))
    for k, material in enumerate(("lamp_reverse", "lamp_tail", "lamp_brake", "lamp_indicator_left")):
        z = 0.87 + k * 0.16
        lens = ((w - 0.20, z), (w - 0.07, z), (w - 0.07, z + 0.145), (w - 0.20, z + 0.145))
        carve(skin, lens, material, from_ahead, back, coats)
    grille = softened(((-0.4, 0.94), (w - 0.34, 0.94), (w - 0.34, 1.30), (-0.4, 1.30)), 0.04)
    carve(skin, grille, "car_trim", from_ahead, back, coats)
    for z in (1.02, 1.11, 1.20):
        carve(
            skin,
            ((-0.4, z), (w - 0.38, z), (w - 0.38, z + 0.03), (-0.4, z + 0.03)),
            "metal_dark",
            from_ahead,
            back,
            ("car_trim",),
        )
    groove(skin, level(0.84), lambda s: np.maximum(end - 0.30 - s.station, s.y - w + 0.05), 0.012, coats)
    groove(skin, level(1.46), lambda s: np.maximum(end - 0.30 - s.station, s.y - w + 0.22), 0.012, coats)

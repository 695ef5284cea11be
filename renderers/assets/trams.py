"""The tram: three low sections on two bogies, joined by bellows, with a cab at each end.  Renderers floor.

It is one rigid body: short enough for bends of streets, and its pantograph lies folded, as at a depot.
"""

from collections.abc import Callable
from functools import lru_cache

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
from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, repainted
from renderers.assets.lorry_frame import Axle, finished
from renderers.assets.lorry_marks import markers, words
from renderers.assets.shell import FLAT_SIDE, Shape, Skin, groove, half_mesh, joint, liner, loft_half, paint
from renderers.loft import Floats, both_sides, box, cylinder, panel, revolve, translation, tube
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

SEMANTIC = "train"
MARKET = {"white": 34.0, "red": 26.0, "yellow": 18.0, "blue": 9.0, "green": 7.0, "silver": 6.0}
LIVERIES: tuple[Rgb, ...] = (
    (0.42, 0.03, 0.03), (0.60, 0.60, 0.58), (0.03, 0.10, 0.36), (0.62, 0.40, 0.03), (0.06, 0.26, 0.12),
    (0.10, 0.10, 0.11),
)  # fmt: skip
LENGTH_M, HALF_M, FLOOR_M = 16.60, 1.25, 0.42
SILL_M, CEILING_M = 1.12, 2.52
BELLOWS_M = ((5.42, 5.92), (10.68, 11.18))  # stations
DOORS_M = ((3.92, 5.22), (6.30, 7.60), (9.00, 10.30), (11.38, 12.68))
CAB_M = 1.95  # of each end
DRIVER = (1.55, 0.18, 1.02)  # station, to the left, height of the hips

SHAPE = Shape(
    length_m=LENGTH_M,
    half_width_m=HALF_M,
    top=(
        (0.22, 2.78),
        (0.55, 2.98),
        (1.1, 3.08),
        (2.0, 3.10),
        (14.6, 3.10),
        (15.5, 3.08),
        (16.05, 2.98),
        (16.38, 2.78),
    ),
    belt=((0.22, 2.30), (16.38, 2.30)),
    bottom=((0.22, 0.30), (2.0, 0.24), (14.6, 0.24), (16.38, 0.30)),
    plan=((0.22, 0.90), (0.7, 0.965), (1.6, 1.0), (15.0, 1.0), (15.9, 0.965), (16.38, 0.90)),
    nose_m=0.22,
    tail_m=0.22,
    nose_bow_m=0.30,
    tail_bow_m=0.30,
    nose_square=3.6,
    tail_square=3.6,
    nose_z_m=0.80,
    tail_z_m=0.80,
    nose_rake=0.24,
    tail_rake=0.24,
    nose_rake_z_m=0.95,
    tail_rake_z_m=0.95,
    rake_reach_m=1.5,
    lean=0.05,
    cabin_square=5.0,
    side=FLAT_SIDE,
    stations=tuple(
        s + d
        for pair in BELLOWS_M
        for s, d in ((pair[0], -0.02), (pair[0], 0.0), (pair[1], 0.0), (pair[1], 0.02))
    ),
    spacing_m=0.42,
    bow_m=0.0,
)


def build_tram(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A tram in the colours of its town."""
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    rng = stream(look_seed, "look", model)
    livery = LIVERIES[int(rng.integers(len(LIVERIES)))]
    pieces = [_shell(int(rng.integers(3))), _inside(), _outside(), *_line(look_seed)]
    whole = [repainted(piece, {"car_paint": paint_material}) for piece in pieces]
    axles = [Axle(s, "single", body.wheel_radius_m, body.track_m) for s in body.axles_m]
    wheels = [_wheel(body.wheel_radius_m)] * len(axles)
    return finished(model, size_m, whole, axles, (tint, livery, (0.4, 0.26, 0.18)), SEMANTIC, wheels)


def _wheel(radius_m: float) -> Mesh:
    """A left wheel of steel: tread, flange behind it, web."""
    profile = [
        (0.0, -0.07), (radius_m * 0.86, -0.07), (radius_m, -0.065), (radius_m * 0.985, 0.05), (radius_m * 0.84, 0.06),
        (radius_m * 0.6, 0.02),
        (radius_m * 0.3, 0.05), (0.0, 0.05),
    ]  # fmt: skip
    return revolve(profile, "brake_disc", SEMANTIC, "y", 20)


@lru_cache(maxsize=4)
def _shell(pattern: int) -> Mesh:
    left = _cut(pattern)
    inside = liner(_sections(), SEMANTIC, lambda s: np.maximum(CEILING_M + 0.03 - s.z, 1.4 - s.station), 0.0)
    return Mesh.join([mirrored_body(half_mesh(left, SEMANTIC)), both_sides(inside)])


def _sections() -> Skin:
    """The uncut skin; bellows stand back behind the sections."""
    skin = loft_half(SHAPE)
    for first, last in BELLOWS_M:
        inner = (skin.station > first - 0.005) & (skin.station < last + 0.005)
        skin.position[inner, 1] *= 0.93
        skin.position[inner & (skin.z > 2.0), 2] -= 0.10
    return skin


def _cut(pattern: int) -> Skin:
    skin = _sections()
    side, coats = flank(HALF_M, 0.32), ("car_paint", "car_paint_b")
    everywhere = flank(0.0, 0.1)
    if pattern == 0:
        carve(
            skin,
            ((-1.0, 2.60), (20.0, 2.60), (20.0, 4.0), (-1.0, 4.0)),
            "car_paint_b",
            from_the_side,
            everywhere,
        )
    elif pattern == 1:
        carve(
            skin,
            ((-1.0, -1.0), (20.0, -1.0), (20.0, 0.62), (-1.0, 0.62)),
            "car_paint_b",
            from_the_side,
            everywhere,
        )
    else:
        for low, high in ((-1.0, 3.1), (13.5, 20.0)):
            carve(
                skin,
                (
                    (low, -1.0),
                    (high, -1.0),
                    (high - 0.9 if low < 0 else high, 4.0),
                    (low if low < 0 else low + 0.9, 4.0),
                ),
                "car_paint_b",
                from_the_side,
                everywhere,
            )
    for first, last in BELLOWS_M:
        carve(
            skin,
            ((first - 0.03, -1.0), (last + 0.03, -1.0), (last + 0.03, 4.0), (first - 0.03, 4.0)),
            "rubber",
            from_the_side,
            everywhere,
            coats,
        )
    ends = (CAB_M, BELLOWS_M[0][0], BELLOWS_M[0][1], BELLOWS_M[1][0], BELLOWS_M[1][1], LENGTH_M - CAB_M)
    for first, last in zip(ends[0::2], ends[1::2], strict=True):
        a, b = first + 0.06, last - 0.06
        band = softened(((a, SILL_M), (b, SILL_M), (b, CEILING_M), (a, CEILING_M)), 0.08)
        carve(skin, band, "car_trim", from_the_side, side, coats)
    for first, last in DOORS_M:
        door = ((first, 0.36), (last, 0.36), (last, CEILING_M + 0.02), (first, CEILING_M + 0.02))
        carve(skin, door, "car_trim", from_the_side, side, (*coats, "car_trim"))
        middle = (first + last) / 2
        for a, b in ((first + 0.05, middle - 0.03), (middle + 0.03, last - 0.05)):
            pane = softened(((a, 0.50), (b, 0.50), (b, CEILING_M - 0.06), (a, CEILING_M - 0.06)), 0.05)
            carve(skin, pane, "glass", from_the_side, side, ("car_trim",))
    for a, b in ((2.08, 3.80), (7.72, 8.88), (12.80, 14.52)):
        pane = softened(
            ((a, SILL_M + 0.04), (b, SILL_M + 0.04), (b, CEILING_M - 0.05), (a, CEILING_M - 0.05)), 0.06
        )
        carve(skin, pane, "glass", from_the_side, side, ("car_trim",))
    for ahead in (True, False):
        _cab_end(skin, coats, ahead)
    paint(skin, lambda s: np.maximum(s.normal[:, 2] + 0.7, s.z - 0.5), "underbody", (*coats, "rubber"))
    for bogie in (2.85, 13.75):  # skirts over the bogies lift off
        for station in (bogie - 1.15, bogie + 1.15):
            groove(skin, joint(station), lambda s: np.maximum(s.z - 0.86, 0.9 - s.y), 0.014, coats)
        groove(
            skin,
            level(0.86),
            _beside(bogie),
            0.014,
            coats,
        )
    return skin


def _beside(bogie_m: float) -> Callable[[Skin], Floats]:
    """Within a skirt's length of a bogie, on the flank."""
    return lambda s: np.maximum(np.abs(s.station - bogie_m) - 1.15, 0.9 - s.y)


def _cab_end(skin: Skin, coats: tuple[str, ...], ahead: bool) -> None:
    """A windscreen with the corner windows, the display over it, lamps below."""
    side = flank(HALF_M, 0.45)

    def at(station: float) -> float:
        return station if ahead else LENGTH_M - station

    def turned(outline: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        moved = tuple((at(s), z) for s, z in outline)
        return moved if ahead else moved[::-1]

    reach = nose(1.15) if ahead else tail(LENGTH_M, 1.15)
    screen = softened(((-0.4, 1.10), (0.96, 1.14), (0.90, 2.46), (-0.4, 2.46)), 0.12)
    carve(skin, screen, "car_trim", from_ahead, reach, coats)
    carve(skin, shrunk(screen, 0.03), "glass", from_ahead, reach, ("car_trim",))
    corner = turned(softened(((0.62, 1.18), (1.72, 1.18), (1.72, 2.44), (1.02, 2.44)), 0.08))
    carve(skin, corner, "car_trim", from_the_side, side, coats)
    carve(skin, shrunk(corner, 0.03), "glass", from_the_side, side, ("car_trim",))
    carve(
        skin, ((-0.4, 2.50), (0.74, 2.50), (0.72, 2.76), (-0.4, 2.76)), "car_trim", from_ahead, reach, coats
    )
    lamp = ((0.58, 0.72), (1.02, 0.80), (1.02, 0.98), (0.62, 0.90))
    carve(skin, lamp, "car_trim", from_ahead, reach, coats)
    if ahead:
        carve(skin, shrunk(lamp, 0.02), "lamp_head", from_ahead, reach, ("car_trim",))
        carve(
            skin,
            ((0.86, 0.0), (1.3, 0.0), (1.3, 2.0), (0.86, 2.0)),
            "lamp_indicator_left",
            from_ahead,
            reach,
            ("lamp_head",),
        )
    else:
        for k, material in enumerate(("lamp_reverse", "lamp_tail", "lamp_brake", "lamp_indicator_left")):
            y = 0.59 + 0.105 * k
            lens = (
                (y, 0.745 + 0.015 * k),
                (y + 0.098, 0.76 + 0.015 * k),
                (y + 0.098, 0.92 + 0.015 * k),
                (y, 0.90 + 0.015 * k),
            )
            carve(skin, lens, material, from_ahead, reach, ("car_trim",))
    carve(skin, ((-0.4, 0.20), (1.3, 0.20), (1.3, 0.52), (-0.4, 0.52)), "plastic", from_ahead, reach, coats)
    groove(
        skin,
        level(0.66),
        lambda s: np.maximum((s.station if ahead else LENGTH_M - s.station) - 1.0, s.y - 1.1),
        0.012,
        coats,
    )


def _inside() -> Mesh:
    """Floor, seats face to face, poles, walls of the cabs with the driver's desk."""
    w = HALF_M - 0.07
    pieces = [
        panel(
            [
                (-0.5, w, FLOOR_M),
                (-LENGTH_M + 0.5, w, FLOOR_M),
                (-LENGTH_M + 0.5, -w, FLOOR_M),
                (-0.5, -w, FLOOR_M),
            ],
            "interior",
            SEMANTIC,
        )
    ]
    for end in (-CAB_M - 0.03, -LENGTH_M + CAB_M + 0.03):
        pieces.append(box((0.04, 2 * w - 0.1, 0.75), "interior", SEMANTIC, 0.0, (end, 0.0, 0.80)))
        pieces.append(box((0.04, 0.9, 1.3), "glass_dark", SEMANTIC, 0.0, (end, 0.55, 1.85)))
    for station in (2.3, 3.0, 3.7, 8.1, 8.6, 12.9, 13.6, 14.3):
        for y in (w - 0.27, w - 0.74, -w + 0.74, -w + 0.27):
            pieces.append(box((0.08, 0.42, 0.70), "seat", SEMANTIC, 0.0, (-station, y, FLOOR_M + 0.82)))
            pieces.append(
                box((0.40, 0.42, 0.08), "seat", SEMANTIC, 0.0, (-station + 0.20, y, FLOOR_M + 0.48))
            )
    for first, last in DOORS_M:
        for y in (0.45, -0.45):
            for x in (-first + 0.1, -last - 0.1):
                pieces.append(
                    tube([(x, y, FLOOR_M), (x, y, 2.74)], 0.018, "paint_yellow", SEMANTIC, 5, caps=False)
                )
    station, y, hips = DRIVER
    pieces.append(box((0.34, 1.5, 0.30), "interior", SEMANTIC, 0.05, (-0.98, 0.0, hips + 0.02)))
    pieces.append(box((0.12, 0.5, 1.0), "seat", SEMANTIC, 0.04, (-station - 0.16, y, hips + 0.30)))
    return Mesh.join(pieces)


def _outside() -> Mesh:
    """Roof units, the folded pantograph, cameras for mirrors, ribs of the bellows, frames of the bogies."""
    top, pieces = BODIES["tram"].size_m[2], []
    for station, long, wide in ((3.4, 2.4, 1.7), (7.3, 1.3, 1.5), (13.3, 2.6, 1.7)):
        pieces.append(box((long, wide, 0.30), "car_paint_b", SEMANTIC, 0.05, (-station, 0.0, 3.20)))
        pieces.append(box((long - 0.5, wide - 0.5, 0.04), "car_trim", SEMANTIC, 0.0, (-station, 0.0, 3.355)))
    x = -9.2  # the pantograph: a base, two arms folded over each other, the head with its strips
    pieces.append(box((1.5, 0.9, 0.10), "metal_dark", SEMANTIC, 0.02, (x, 0.0, 3.14)))
    for y in (0.36, -0.36):
        pieces.append(
            cylinder(0.05, 0.18, "barrier_red", SEMANTIC, "z", 8).moved(translation(x + 0.6, y, 3.10))
        )
    pieces.append(
        tube(
            [(x + 0.65, 0.0, 3.24), (x - 0.75, 0.0, 3.36), (x + 0.60, 0.0, top - 0.10)],
            0.035,
            "metal_galvanised",
            SEMANTIC,
            6,
        )
    )
    for dx in (0.45, 0.75):
        bow = [
            (x + dx, -0.80, top - 0.16),
            (x + dx, -0.58, top - 0.035),
            (x + dx, 0.58, top - 0.035),
            (x + dx, 0.80, top - 0.16),
        ]
        pieces.append(tube(bow, 0.025, "metal_dark", SEMANTIC, 6))
    for first, last in BELLOWS_M:
        for station in np.linspace(first + 0.09, last - 0.09, 4):
            pieces.append(
                both_sides(
                    box((0.05, 0.04, 2.5), "rubber", SEMANTIC, 0.015, (-float(station), HALF_M - 0.085, 1.62))
                )
            )
    left = [
        box((0.08, 0.07, 0.16), "plastic", SEMANTIC, 0.02, (-1.25, HALF_M - 0.025, 2.56)),
        markers((4.9, 8.3, 11.9), 0.70, HALF_M + 0.012),
    ]
    pieces.append(mirrored_body(Mesh.join(left)))
    for station in (2.85, 13.75):
        pieces.append(box((2.2, 1.7, 0.20), "underbody", SEMANTIC, 0.03, (-station, 0.0, 0.30)))
    for end in (-0.30, -LENGTH_M + 0.30):
        pieces.append(box((0.25, 0.6, 0.14), "metal_dark", SEMANTIC, 0.03, (end, 0.0, 0.36)))
    return Mesh.join(pieces)


def _line(look_seed: int) -> list[Mesh]:
    """Number and place of the line on the front's display, the town's name on the flanks."""
    rng = stream(look_seed, "look", "line")
    word = f"{int(rng.integers(1, 30))} {('HAUPTBAHNHOF', 'MESSE', 'SUEDSTADT', 'UNI')[int(rng.integers(4))]}"
    tall = min(0.15, 1.3 / (0.86 * len(word)))
    sign = words(word, tall, (0.0, 2.63), 0.0, "front", "signal_amber", 0.17)
    bent = sign.vertices_m.copy()
    bent[:, 0] = (
        -0.105
        - SHAPE.nose_rake * (bent[:, 2] - SHAPE.nose_rake_z_m)
        - SHAPE.nose_bow_m * (bent[:, 1] / HALF_M) ** 2
    )
    pieces = [Mesh(bent, sign.triangles, sign.normals, sign.uv_m, sign.material, sign.semantic)]
    number = f"{int(rng.integers(100, 999))}"
    pieces += [
        words(number, 0.18, (2.4, 0.98), HALF_M + 0.004, side, "plate_ink", 0.16)
        for side in ("left", "right")
    ]
    return pieces

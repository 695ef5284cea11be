"""Who comes when one calls: the ambulance on a van's cab, the fire engine with a crew's cab.  Renderers floor.

Stations are metres behind the foremost point; heights are above the road.
"""

from dataclasses import replace

import numpy as np

from renderers.assets.beacons import beacon_lamps, dome, light_bar
from renderers.assets.campers import shell_of
from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted
from renderers.assets.lorry_cab import DAY, FACES, Cab, cab
from renderers.assets.lorry_frame import Axle, beams, finished, flap, locker, mudguard, rails, tank
from renderers.assets.lorry_marks import back_tape, cluster, hatching, markers, side_tape, words
from renderers.assets.van_cab import AXLE_M, van_cab
from renderers.assets.wheels import alloy_wheel
from renderers.loft import both_sides, box, panel, sheet, tube
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

SEMANTIC = "truck"
MARKET = {"white": 58.0, "yellow": 42.0}
FIRE_MARKET = {"red": 96.0, "yellow": 4.0}
AMBULANCE_TRIM: tuple[Rgb, ...] = (
    (0.55, 0.035, 0.02),
    (0.60, 0.12, 0.01),
    (0.02, 0.12, 0.42),
    (0.02, 0.22, 0.08),
)
FIRE_TRIM: tuple[Rgb, ...] = ((0.62, 0.62, 0.60), (0.62, 0.44, 0.02), (0.50, 0.50, 0.49))
FIRE_CAB = replace(
    DAY,
    length_m=3.15,
    half_width_m=1.20,
    sill_m=1.58,
    screen_top_m=2.56,
    top_m=2.78,
    axle_m=1.46,
    crew=True,
    mirror_y_m=1.43,
)


def build_ambulance(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """An ambulance with a box body."""
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    trim = AMBULANCE_TRIM[int(stream(look_seed, "look", model).integers(len(AMBULANCE_TRIM)))]
    scale = min(size_m[0] / body.size_m[0], size_m[2] / body.size_m[2])
    wheel = alloy_wheel(body.wheel_radius_m * scale, 0.22, body.wheel_radius_m * scale * 0.64, 8, "car")
    axles = [
        Axle(s, k, body.wheel_radius_m, body.track_m)
        for s, k in zip(body.axles_m, ("steered", "single"), strict=True)
    ]
    pieces = [repainted(p, {"car_paint": paint_material}) for p in (van_cab(1.24), *_ambulance(look_seed))]
    made = finished(model, size_m, pieces, axles, (tint, trim, (0.4, 0.26, 0.18)), "car", [wheel, wheel])
    return replace(made, lamps=(*made.lamps, *beacon_lamps(made.parts[0].mesh)))


def build_fire_engine(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A fire engine with a pump, lockers and a ladder."""
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, FIRE_MARKET)
    rng = stream(look_seed, "look", model)
    trim = FIRE_TRIM[int(rng.integers(len(FIRE_TRIM)))]
    style: Cab = replace(FIRE_CAB, mirror_y_m=body.size_m[1] / 2)
    axles = [
        Axle(s, k, body.wheel_radius_m, body.track_m)
        for s, k in zip(body.axles_m, ("steered", "twin"), strict=True)
    ]
    pieces = [
        cab(style, int(rng.integers(FACES))),
        both_sides(rails(0.6, 7.9)),
        beams(axles),
        plate(SEMANTIC, (0.012, 0.0, style.bumper_m + 0.17), True),
        *_fire_engine(look_seed),
    ]
    whole = [repainted(p, {"car_paint": paint_material}) for p in pieces]
    made = finished(model, size_m, whole, axles, (tint, trim, (0.4, 0.26, 0.18)), SEMANTIC)
    return replace(made, lamps=(*made.lamps, *beacon_lamps(made.parts[0].mesh)))


def _band(first_m: float, last_m: float, low_m: float, high_m: float, y_m: float, material: str) -> Mesh:
    """A stripe on the left flank."""
    corners = [(-first_m, y_m, low_m), (-last_m, y_m, low_m), (-last_m, y_m, high_m), (-first_m, y_m, high_m)]
    return panel(corners, material, SEMANTIC)


def _squares(first_m: float, last_m: float, low_m: float, y_m: float, pitch_m: float = 0.55) -> Mesh:
    """Two rows of squares in turn, reflecting, on the left flank."""
    pieces = []
    for k, station in enumerate(np.arange(first_m, last_m - 0.5 * pitch_m, pitch_m)):
        end = min(float(station) + pitch_m, last_m)
        for row in (0, 1):
            material = "car_paint_b" if (k + row) % 2 else "contour_yellow"
            low = low_m + 0.20 * row
            pieces.append(_band(float(station), end, low, low + 0.20, y_m, material))
    return Mesh.join(pieces)


def _ambulance(seed: int) -> list[Mesh]:
    rng = stream(seed, "look", "ambulance")
    first, last, half, axle = 2.30, 6.42, 1.09, AXLE_M + 3.65
    outline = [
        (first, 0.42),
        (first - 0.02, 2.10),
        (first + 0.16, 2.58),
        (first + 0.5, 2.66),
        (last - 0.12, 2.66),
        (last, 2.56),
        (last, 0.50),
        (last - 0.1, 0.42),
    ]
    angle = np.linspace(0.0, np.pi, 14)
    rim = [(-axle + 0.405 * np.cos(a), half + 0.004, 0.31 + 0.405 * np.sin(a)) for a in angle]
    squares = rng.random() < 0.55
    left = [
        tube(rim, 0.022, "plastic", SEMANTIC, 5),
        panel([(x, y - 0.002, z) for x, y, z in rim][::-1], "underbody", SEMANTIC),
        box((1.0, 0.02, 0.46), "glass_dark", SEMANTIC, 0.0, (-first - 0.85, half + 0.002, 1.86)),
        box((0.8, 0.02, 0.46), "glass_dark", SEMANTIC, 0.0, (-last + 1.0, half + 0.002, 1.86)),
        cluster(last + 0.02, 0.86, 0.84, 0.30, 0.18),
        markers((3.1, last - 0.5), 0.62, half + 0.02),
        box((0.02, 0.10, 0.05), "reflector_red", SEMANTIC, 0.0, (-last - 0.02, 0.86, 0.66)),
        box((last - first, 0.03, 0.18), "plastic", SEMANTIC, 0.0, (-(first + last) / 2, half - 0.008, 0.49)),
        # Scene lights along the upper edge, red tail lamps in the corners.
        box((0.30, 0.03, 0.10), "lamp_reverse", SEMANTIC, 0.0, (-first - 1.2, half + 0.006, 2.44)),
        box((0.30, 0.03, 0.10), "lamp_reverse", SEMANTIC, 0.0, (-last + 1.0, half + 0.006, 2.44)),
        box((0.04, 0.12, 0.10), "lamp_marker_red", SEMANTIC, 0.0, (-last - 0.005, half - 0.18, 2.42)),
        _squares(first + 0.05, last - 0.02, 1.06, half + 0.003)
        if squares
        else _band(first + 0.05, last - 0.02, 1.10, 1.42, half + 0.003, "contour_red"),
    ]
    if not squares:
        left.append(_band(first + 0.05, last - 0.02, 1.02, 1.06, half + 0.003, "car_paint_b"))
        left.append(_band(first + 0.05, last - 0.02, 1.46, 1.50, half + 0.003, "car_paint_b"))
    word = ("AMBULANCE", "AMBULANZ", "RETTUNG", "NOTARZT")[int(rng.integers(4))]
    pieces = [
        shell_of(outline, half, 0.06),
        mirrored_body(Mesh.join(left)),
        both_sides(_band(1.17, 2.22, 1.06, 1.22, 0.985, "car_paint_b")),
        *(
            words(word, 0.26, ((first + last) / 2, 2.26), half + 0.004, side, "car_paint_b", 0.2)
            for side in ("left", "right")
        ),
        words(word, 0.16, (0.0, 2.40), last + 0.006, "back", "car_paint_b", 0.2),
        # Rear doors with windows; hatching below.
        box((0.02, 0.62, 0.52), "glass_dark", SEMANTIC, 0.0, (-last - 0.002, 0.40, 1.88)),
        box((0.02, 0.62, 0.52), "glass_dark", SEMANTIC, 0.0, (-last - 0.002, -0.40, 1.88)),
        box((0.012, 0.02, 1.8), "panel_gap", SEMANTIC, 0.0, (-last, 0.0, 1.45)),
        hatching(last + 0.004, 0.06, 0.98, 1.06, 1.50),
        hatching(last + 0.004, -0.98, -0.06, 1.06, 1.50),
        box((0.10, 1.9, 0.12), "metal_dark", SEMANTIC, 0.02, (-last + 0.0, 0.0, 0.44)),
        plate(SEMANTIC, (0.004, 0.0, 0.56), True),
        plate(SEMANTIC, (-last - 0.016, 0.0, 0.76), False),
        light_bar(1.30, SEMANTIC, (-first - 0.30, 0.0, 2.635)),
        dome(SEMANTIC, (-last + 0.22, 0.86, 2.655), "blue", "right"),
        dome(SEMANTIC, (-last + 0.22, -0.86, 2.655), "blue", "left"),
        # A sliding door on the kerb's side.
        *(
            box((0.015, 0.014, 1.75), "panel_gap", SEMANTIC, 0.0, (-first - d, -half - 0.001, 1.45))
            for d in (0.28, 1.45)
        ),
        box((0.16, 0.03, 0.05), "car_trim", SEMANTIC, 0.0, (-first - 1.30, -half - 0.012, 1.30)),
        box((1.0, 0.20, 0.03), "metal_dark", SEMANTIC, 0.0, (-first - 0.85, -half + 0.12, 0.36)),
    ]
    return pieces


def _shutter(first_m: float, last_m: float, low_m: float, high_m: float, y_m: float) -> Mesh:
    """A left roller shutter: slats of aluminium, a bar to lift it by, a frame."""
    count = round((high_m - low_m) / 0.085)
    z = np.repeat(np.linspace(low_m, high_m, count + 1), 2)[1:-1]
    depth = np.tile((0.010, -0.004), count)
    rows = np.stack(
        [np.stack([np.full(len(z), -s), y_m + depth, z], axis=1) for s in (first_m, last_m)], axis=1
    )
    middle = -(first_m + last_m) / 2
    return Mesh.join(
        [
            sheet(rows, "aluminium", SEMANTIC, 10.0),
            box(
                (0.55 * (last_m - first_m), 0.045, 0.035),
                "metal_dark",
                SEMANTIC,
                0.0,
                (middle, y_m + 0.02, low_m + 0.10),
            ),
            box(
                (last_m - first_m + 0.05, 0.012, 0.04),
                "car_trim",
                SEMANTIC,
                0.0,
                (middle, y_m, high_m + 0.02),
            ),
        ]
    )


def _ladder(first_m: float, last_m: float, y_m: float, z_m: float) -> Mesh:
    """A ladder that lies on the roof."""
    pieces = [
        box(
            (last_m - first_m, 0.04, 0.09),
            "aluminium",
            SEMANTIC,
            0.0,
            (-(first_m + last_m) / 2, y_m + dy, z_m),
        )
        for dy in (0.22, -0.22)
    ]
    for station in np.arange(first_m + 0.15, last_m, 0.30):
        pieces.append(
            tube([(-station, y_m - 0.22, z_m), (-station, y_m + 0.22, z_m)], 0.018, "aluminium", SEMANTIC, 5)
        )
    return Mesh.join(pieces)


def _fire_engine(seed: int) -> list[Mesh]:
    rng = stream(seed, "look", "fire engine")
    first, last, half, low, high = 3.22, 8.14, 1.24, 0.62, 2.92
    body = [(first, low + 0.35), (first, high), (last, high), (last, low + 0.35)]
    rear = BODIES["truck.fire_engine"].axles_m[1]
    left = [
        _shutter(first + 0.12, first + 1.28, 0.98, high - 0.20, half),
        _shutter(first + 1.40, rear + 0.68 - 0.10, 1.30, high - 0.20, half),
        _shutter(rear + 0.70, last - 0.14, 0.98, high - 0.20, half),
        box(
            (rear - 0.62 - first, 0.05, 0.36),
            "car_paint",
            SEMANTIC,
            0.0,
            (-(first + rear - 0.62) / 2, half - 0.025, 0.80),
        ),
        box(
            (last - rear - 0.64, 0.05, 0.36),
            "car_paint",
            SEMANTIC,
            0.0,
            (-(rear + 0.64 + last) / 2, half - 0.025, 0.80),
        ),
        _band(first + 0.02, last - 0.02, high - 0.17, high - 0.07, half + 0.002, "contour_yellow"),
        _band(first + 0.02, rear - 0.64, 0.66, 0.76, half + 0.002, "contour_yellow"),
        _band(rear + 0.66, last - 0.02, 0.66, 0.76, half + 0.002, "contour_yellow"),
        _band(0.30, 2.5, 1.26, 1.38, 1.203, "car_paint_b"),
        side_tape(0.9, 2.4, 1.20, 1.203, "contour_yellow"),
        tank(2.42, 3.0),
        locker(3.1, rear - 0.7, 0.45, 0.66),
        mudguard(rear, 0.50),
        flap(rear + 0.62),
        cluster(last + 0.02, 1.02, 0.84, 0.36, 0.15),
        markers((3.5, 5.2, 7.6), 0.66, half + 0.02),
        box((0.30, 0.03, 0.10), "lamp_reverse", SEMANTIC, 0.0, (-5.4, half + 0.006, high - 0.28)),
        # Handrail along the roof.
        tube(
            [
                (-first - 0.1, half - 0.06, high),
                (-first - 0.1, half - 0.06, high + 0.14),
                (-last + 0.1, half - 0.06, high + 0.14),
                (-last + 0.1, half - 0.06, high),
            ],
            0.022,
            "aluminium",
            SEMANTIC,
            6,
        ),
    ]
    word = ("FEUERWEHR", "FIRE", "FIRE RESCUE", "POMPIERS")[int(rng.integers(4))]
    tall = min(0.24, 1.0 / (0.8 * len(word)))
    pieces = [
        shell_of(body, half, 0.02),
        mirrored_body(Mesh.join(left)),
        *(
            words(word, tall, (1.95, 1.06), 1.204, side, "contour_white", 0.2, 0.8)
            for side in ("left", "right")
        ),
        words("112", 0.24, (0.0, 2.60), last + 0.008, "back", "contour_white", 0.2),
        words(word, 0.13, (0.0, FIRE_CAB.sill_m - 0.10), 0.02, "front", "contour_white", 0.2),
        # Back: the pump's shutter, reflecting chevrons beside it, a ladder to the roof.
        box((0.02, 1.30, 1.50), "aluminium", SEMANTIC, 0.0, (-last - 0.002, 0.0, 1.72)),
        *(
            box((0.012, 1.28, 0.012), "metal_dark", SEMANTIC, 0.0, (-last - 0.012, 0.0, 1.02 + 0.10 * k))
            for k in range(15)
        ),
        hatching(last + 0.004, 0.68, 1.20, 1.02, 2.60),
        hatching(last + 0.004, -1.20, -0.68, 1.02, 2.60),
        back_tape(last + 0.004, half - 0.02, high - 0.24, high - 0.04, "contour_red"),
        box((0.22, 2.4, 0.14), "metal_dark", SEMANTIC, 0.02, (-last + 0.05, 0.0, 0.62)),
        plate(SEMANTIC, (-last - 0.012, 0.0, 0.84), False),
        _ladder(first + 0.3, last - 0.05, 0.55, high + 0.22),
        _ladder(first + 0.9, last - 0.05, -0.45, high + 0.14),
        box((1.6, 0.5, 0.22), "car_paint", SEMANTIC, 0.02, (-first - 1.4, -0.95, high + 0.11)),
        *(box((0.06, 0.55, 0.20), "metal_dark", SEMANTIC, 0.0, (-s, 0.55, high + 0.09)) for s in (4.2, 7.2)),
        light_bar(1.90, SEMANTIC, (-0.62, 0.0, FIRE_CAB.top_m - 0.03)),
        dome(SEMANTIC, (-last + 0.22, 1.05, high + 0.0), "blue", "left", 0.08, 0.19),
        dome(SEMANTIC, (-last + 0.22, -1.05, high + 0.0), "blue", "right", 0.08, 0.19),
    ]
    if rng.random() < 0.6:  # a hose reel's tube along the roof
        pieces.append(
            tube(
                [(-first - 0.5, 0.98, high + 0.12), (-last + 0.7, 0.98, high + 0.12)],
                0.11,
                "cargo_box",
                SEMANTIC,
                10,
            )
        )
    return pieces

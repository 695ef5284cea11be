"""Lorries on rigid frames: curtains, tankers, mixers, refuse and tipping lorries.  Renderers floor."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from renderers.assets.beacons import beacon_lamps, dome
from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted
from renderers.assets.lorry_bodies import curtain_body, tank_body
from renderers.assets.lorry_cab import DAY, FACES, LOW, SLEEPER, Cab, cab
from renderers.assets.lorry_frame import (
    SEMANTIC,
    WIDE_M,
    Axle,
    air_tanks,
    beams,
    exhaust,
    finished,
    flap,
    guard,
    locker,
    mudguard,
    rails,
    spare_wheel,
    tank,
)
from renderers.assets.lorry_marks import cluster, hatching, markers, rear_end
from renderers.assets.lorry_works import mixer_drum, mixer_gear, refuse_body, tipper_body
from renderers.loft import both_sides, box, loft, rotation, tube
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from scenarios.chance import stream

MARKET = {
    "white": 46.0, "blue": 14.0, "red": 14.0, "grey": 8.0, "silver": 6.0, "green": 5.0, "yellow": 4.0, "orange": 3.0,
}  # fmt: skip
MUNICIPAL = {"orange": 46.0, "white": 34.0, "green": 14.0, "blue": 6.0}
LIVERIES: tuple[Rgb, ...] = (
    (0.62, 0.62, 0.60), (0.030, 0.090, 0.30), (0.42, 0.030, 0.030), (0.050, 0.20, 0.090), (0.60, 0.40, 0.04),
    (0.10, 0.11, 0.12), (0.50, 0.17, 0.03), (0.05, 0.28, 0.33), (0.34, 0.34, 0.33),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Lorry:
    """What a model is made of: its cab, where its frame ends, and what stands on it."""

    cab: Cab
    load: Callable[[int], list[Mesh]]
    frame_m: tuple[float, float] = (0.5, 8.0)  # stations
    kinds: tuple[str, ...] = ("steered", "twin", "twin")
    more: Callable[[int], tuple[Part, ...]] = lambda _: ()


def _curtain(seed: int) -> list[Mesh]:
    return [
        curtain_body(2.05, 10.58, 1.20, 3.94, seed),
        *rear_end(10.58),
        _both(
            tank(2.55, 3.75), locker(4.1, 5.0), guard(3.95, 5.55), air_tanks(2.4), flap(8.35), cluster(10.56)
        ),
        _both(mudguard(6.33, 0.50), mudguard(7.67, 0.50), guard(8.5, 10.2)),
        spare_wheel(9.3),
    ]


def _tanker(seed: int) -> list[Mesh]:
    return [
        tank_body(2.00, 9.70, 1.18, 3.44, seed),
        *rear_end(9.78),
        _both(
            tank(2.30, 3.10),
            locker(3.35, 5.0, 0.42, 1.0, "aluminium"),
            air_tanks(2.1),
            flap(7.8),
            cluster(9.76),
        ),
        _both(mudguard(5.78, 0.50), mudguard(7.12, 0.50), guard(7.95, 9.3)),
    ]


def _mixer(seed: int) -> list[Mesh]:
    return [
        mixer_gear(1.98, 9.18, 3.84),
        *rear_end(9.0),
        _both(
            tank(4.15, 5.05),
            air_tanks(2.2),
            flap(8.05, 0.7),
            cluster(8.98),
            guard(3.85, 5.15),
            markers((2.3, 5.2, 8.4), 1.08),
        ),
        _both(mudguard(3.20, 0.52), mudguard(5.95, 0.52), mudguard(7.30, 0.52)),
        exhaust(1.86, -1.02, 0.9, 3.0),
    ]


def _drum(seed: int) -> tuple[Part, ...]:
    tilted = mixer_drum(seed).moved(rotation("y", np.radians(13.0)))
    return (Part("drum", tilted, "fixed", -1, (-2.62, 0.0, 2.06)),)


def _refuse(seed: int) -> list[Mesh]:
    return [
        refuse_body(2.00, 10.18, 1.14, 3.58, seed),
        _both(
            tank(2.4, 3.3),
            locker(3.5, 4.3),
            air_tanks(2.2),
            guard(3.4, 4.75),
            flap(7.6),
            cluster(9.62, 0.98, 0.90, 0.40),
        ),
        _both(mudguard(5.45, 0.50), mudguard(6.85, 0.50)),
        hatching(10.188, 0.62, 1.18, 1.14, 1.44),
        hatching(10.188, -1.18, -0.62, 1.14, 1.44),
        plate(SEMANTIC, (-9.60, 0.0, 0.86), False),
        exhaust(1.82, 1.02, 1.1, 2.9),
        dome(SEMANTIC, (-0.95, 0.80, LOW.top_m + 0.01), "amber", "left"),
        dome(SEMANTIC, (-0.95, -0.80, LOW.top_m + 0.01), "amber", "right"),
    ]


def _dump(seed: int) -> list[Mesh]:
    return [
        tipper_body(2.02, 8.38, 1.22, 3.29, seed),
        *rear_end(8.36, 0.60, plated=False),
        _both(
            tank(2.35, 3.35), locker(3.5, 4.2), air_tanks(2.2), flap(7.45, 0.75), cluster(8.34, 0.93, 0.92)
        ),
        _both(mudguard(5.25, 0.54), mudguard(6.65, 0.54), guard(3.4, 4.5)),
        exhaust(1.88, -1.02, 1.0, 2.8),
    ]


def _tractor_unit(seed: int) -> list[Mesh]:
    """Behind the cab: tanks and fairings, hoses in coils, the fifth wheel, guards over the driven axle."""
    left = [
        tank(2.30, 3.95, low_m=0.40),
        box((0.75, 0.04, 1.9), "car_paint", SEMANTIC, 0.015, (-2.50, 1.20, 1.85)),
        box((1.62, 0.04, 0.18), "car_paint", SEMANTIC, 0.015, (-3.12, 1.235, 0.95)),
        mudguard(5.08, 0.50),
        flap(5.72, 0.7),
        cluster(5.93, 0.88, 0.80, 0.40),
        markers((2.9, 3.8), 0.84, WIDE_M - 0.015),
    ]
    plate_rows = [
        np.array(
            [
                (-4.05, 0.42 * k, 1.10),
                (-5.10, 0.42 * k, 1.02),
                (-5.10, 0.42 * k, 1.08),
                (-4.05, 0.42 * k, 1.17),
            ]
        )
        for k in (1.0, -1.0)
    ]
    pieces = [
        _both(*left),
        loft(plate_rows, "metal_dark", SEMANTIC),
        box((0.30, 0.9, 0.20), "metal_dark", SEMANTIC, 0.0, (-4.55, 0.0, 1.0)),
        box((0.7, 0.9, 0.03), "aluminium", SEMANTIC, 0.0, (-3.3, 0.0, 1.05)),
        plate(SEMANTIC, (-5.935, 0.0, 0.78), False),
        box((0.05, 1.3, 0.20), "metal_dark", SEMANTIC, 0.0, (-5.90, 0.0, 0.80)),
        box((0.03, 0.55, 0.05), "contour_red", SEMANTIC, 0.0, (-5.92, 0.0, 0.95)),
        exhaust(2.42, -0.95, 1.0, 2.6),
    ]
    turn = np.linspace(0.0, 10.0 * np.pi, 60)
    for y, material in ((0.30, "barrier_red"), (0.0, "car_trim"), (-0.30, "paint_yellow")):
        coil = np.stack([-2.42 + 0.09 * np.cos(turn), y + 0.09 * np.sin(turn), 1.95 - turn * 0.022], axis=1)
        pieces.append(tube(coil, 0.016, material, SEMANTIC, 4))
    return pieces


HIGH_DAY = replace(DAY, sill_m=1.72, screen_top_m=2.66, top_m=2.92)
SITE = replace(
    DAY,
    sill_m=1.74,
    screen_top_m=2.62,
    top_m=2.80,
    axle_m=1.40,
    wheel_radius_m=0.54,
    bumper_m=0.42,
    half_width_m=1.14,
)

LORRIES: dict[str, Lorry] = {
    "truck.tractor_unit": Lorry(SLEEPER, _tractor_unit, (0.6, 5.9), ("steered", "twin")),
    "truck.curtain": Lorry(HIGH_DAY, _curtain, (0.6, 10.4), ("steered", "twin", "single")),
    "truck.tanker": Lorry(DAY, _tanker, (0.6, 9.6), ("steered", "twin", "single")),
    "truck.mixer": Lorry(SITE, _mixer, (0.6, 8.9), ("steered", "steered", "twin", "twin"), _drum),
    "truck.refuse": Lorry(replace(LOW, axle_m=1.45), _refuse, (0.6, 9.0), ("steered", "twin", "single")),
    "truck.dump": Lorry(SITE, _dump, (0.6, 8.3), ("steered", "twin", "twin")),
}  # fmt: skip


def build_lorry(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A lorry of the table."""
    made, body = LORRIES[model], BODIES[model]
    paint_material, tint = choose_paint(
        model, look_seed, color, MUNICIPAL if model == "truck.refuse" else MARKET
    )
    rng = stream(look_seed, "look", model)
    livery = LIVERIES[int(rng.integers(len(LIVERIES)))]
    axles = [
        Axle(station, kind, body.wheel_radius_m, body.track_m if kind != "twin" else body.track_m + 0.10)
        for station, kind in zip(body.axles_m, made.kinds, strict=True)
    ]
    style = replace(made.cab, wheel_radius_m=body.wheel_radius_m, mirror_y_m=body.size_m[1] / 2)
    pieces = [
        cab(style, int(rng.integers(FACES))),
        both_sides(rails(*made.frame_m)),
        beams(axles),
        box((0.9, 0.74, 0.55), "underbody", SEMANTIC, 0.05, (-1.5, 0.0, 0.82)),
        plate(SEMANTIC, (0.012, 0.0, style.bumper_m + 0.17), True),
        *made.load(look_seed),
    ]
    whole = [repainted(piece, {"car_paint": paint_material}) for piece in pieces]
    parts = [replace(p, mesh=repainted(p.mesh, {"car_paint": paint_material})) for p in made.more(look_seed)]
    asset = finished(model, size_m, whole, axles, (tint, livery, (0.4, 0.26, 0.18)), more=parts)
    return replace(asset, lamps=(*asset.lamps, *beacon_lamps(asset.parts[0].mesh)))


def _both(*left: Mesh) -> Mesh:
    return mirrored_body(Mesh.join(list(left)))

"""Trailers: semitrailers with curtains or a tank, and the small box that a car draws.  Renderers floor."""

from collections.abc import Callable

import numpy as np

from renderers.assets.fittings import Rgb, choose_paint, mirrored_body, plate, repainted
from renderers.assets.lorries import LIVERIES
from renderers.assets.lorry_bodies import curtain_body, tank_body
from renderers.assets.lorry_frame import (
    SEMANTIC,
    WIDE_M,
    Axle,
    beams,
    finished,
    flap,
    guard,
    locker,
    rails,
    spare_wheel,
)
from renderers.assets.lorry_marks import cluster, hatching, markers, rear_end
from renderers.assets.wheels import alloy_wheel
from renderers.loft import both_sides, box, cylinder, loft, sheet, translation, tube, two_faced
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.chance import stream

MARKET = {"white": 30.0, "blue": 20.0, "red": 18.0, "grey": 12.0, "green": 8.0, "yellow": 7.0, "orange": 5.0}
CLASS = "trailer"


def build_trailer(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A trailer of the table; its paint is what its graphics are printed in."""
    body = BODIES[model]
    paint_material, tint = choose_paint(model, look_seed, color, MARKET)
    livery = LIVERIES[int(stream(look_seed, "look", model).integers(len(LIVERIES)))]
    tints: tuple[Rgb, Rgb, Rgb] = (tint, livery, (0.4, 0.26, 0.18))
    make: Callable[[int], list[Mesh]] = {
        "trailer.curtain": _curtain_semi,
        "trailer.tank": _tank_semi,
        "trailer.small": _small,
    }[model]
    pieces = [repainted(piece, {"car_paint": paint_material}) for piece in make(look_seed)]
    axles = [Axle(station, "single", body.wheel_radius_m, body.track_m, 0.37) for station in body.axles_m]
    wheels = None
    if model == "trailer.small":
        wheels = [alloy_wheel(body.wheel_radius_m, 0.17, body.wheel_radius_m * 0.62, 5, CLASS)]
    else:
        pieces.append(beams(axles))
    return finished(model, size_m, pieces, axles, tints, CLASS, wheels)


def legs(station_m: float, foot_m: float = 0.36) -> Mesh:
    """The left landing leg, wound up."""
    y = 0.86
    return Mesh.join(
        [
            box((0.15, 0.15, 0.80), "metal_galvanised", SEMANTIC, 0.01, (-station_m, y, 0.78)),
            box((0.11, 0.11, 0.30), "metal_dark", SEMANTIC, 0.0, (-station_m, y, 0.48)),
            box((0.28, 0.28, 0.03), "metal_dark", SEMANTIC, 0.0, (-station_m, y, foot_m)),
            tube([(-station_m, y, 0.74), (-station_m - 0.75, 0.46, 1.02)], 0.03, "metal_dark", SEMANTIC, 5),
        ]
    )


def _gear(body_axles: tuple[float, ...], radius_m: float) -> Mesh:
    """Left mudguards over single wheels: quarter shells joined by a rail."""
    pieces = []
    for station in body_axles:
        radius = radius_m + 0.07
        angle = np.linspace(0.25, np.pi - 0.25, 8)
        x, z = -station + radius * np.cos(angle), radius_m + radius * np.sin(angle)
        rows = np.stack([np.stack([x, np.full(8, y), z], axis=1) for y in (WIDE_M - 0.03, 0.80)])
        pieces.append(two_faced(sheet(rows, "plastic", SEMANTIC)))
    return Mesh.join(pieces)


def _curtain_semi(seed: int) -> list[Mesh]:
    axles, end = BODIES["trailer.curtain"].axles_m, 13.60
    left = Mesh.join(
        [
            legs(4.15),
            guard(4.6, 7.2),
            locker(5.35, 6.35, 0.50, 0.98, "aluminium"),
            _gear(axles, 0.49),
            flap(11.35),
            cluster(end - 0.02, 0.90, 0.84, 0.56, 0.14),
            box((2.6, 0.05, 0.06), "metal_dark", SEMANTIC, 0.0, (-12.2, 0.60, 0.98)),
        ]
    )
    return [
        curtain_body(0.02, end, 1.24, 3.99, seed),
        mirrored_body(left),
        both_sides(rails(0.4, 13.4, 1.18, 0.16)),
        both_sides(rails(3.4, 13.2, 1.06, 0.24)),
        box((2.4, 1.1, 0.04), "metal_dark", SEMANTIC, 0.0, (-1.6, 0.0, 1.12)),
        cylinder(0.045, 0.14, "metal_galvanised", SEMANTIC, "z", 10).moved(translation(-1.6, 0.0, 0.98)),
        *rear_end(end),
        spare_wheel(12.2, 0.0, 0.68),
        *_couplings(0.02),
    ]


def _couplings(front_m: float) -> list[Mesh]:
    """Sockets of air and current on the front wall."""
    pieces = [box((0.04, 0.62, 0.16), "metal_dark", SEMANTIC, 0.0, (-front_m, 0.0, 1.52))]
    for y, material in ((0.22, "barrier_red"), (0.0, "car_trim"), (-0.22, "paint_yellow")):
        pieces.append(box((0.06, 0.09, 0.09), material, SEMANTIC, 0.01, (-front_m - 0.01, y, 1.52)))
    return [piece.moved(translation(-0.02, 0.0, 0.0)) for piece in pieces]


def _tank_semi(seed: int) -> list[Mesh]:
    axles, end = BODIES["trailer.tank"].axles_m, 11.58
    left = Mesh.join(
        [
            legs(3.9),
            guard(4.3, 6.1),
            _gear(axles, 0.49),
            flap(10.2),
            cluster(end - 0.02, 0.90, 0.84, 0.56, 0.14),
        ]
    )
    return [
        tank_body(0.02, end - 0.1, 1.30, 3.64, seed, ("33/1203", "30/1202", "23/1965")[seed % 3]),
        mirrored_body(left),
        both_sides(rails(0.4, 3.6, 1.30, 0.22)),
        both_sides(rails(3.4, 11.4, 1.26, 0.32)),
        box((2.2, 1.1, 0.04), "metal_dark", SEMANTIC, 0.0, (-1.4, 0.0, 1.10)),
        cylinder(0.045, 0.14, "metal_galvanised", SEMANTIC, "z", 10).moved(translation(-1.4, 0.0, 0.96)),
        *rear_end(end),
    ]


def _small(seed: int) -> list[Mesh]:
    """A box on one axle: a drawbar in a V, its jockey wheel, a body of ply or with a sheet over hoops."""
    rng = stream(seed, "look", "small trailer")
    first, last, wide, floor = 1.18, 3.68, 0.62, 0.50
    covered = rng.random() < 0.65
    top = 1.78
    board = floor + 0.36
    middle, long = -(first + last) / 2, last - first
    pieces: list[Mesh] = [
        box((long, 2 * wide, 0.05), "cargo_wood", SEMANTIC, 0.0, (middle, 0.0, floor)),
        box((long, 2 * wide + 0.02, 0.07), "metal_galvanised", SEMANTIC, 0.0, (middle, 0.0, floor - 0.06)),
    ]
    for y in (wide, -wide):
        pieces.append(
            box((long, 0.035, board - floor), "aluminium", SEMANTIC, 0.005, (middle, y, (board + floor) / 2))
        )
    for x in (-first - 0.02, -last + 0.02):
        pieces.append(
            box((0.035, 2 * wide, board - floor), "aluminium", SEMANTIC, 0.005, (x, 0.0, (board + floor) / 2))
        )
    if covered:  # a sheet over hoops, a little slack between them
        rings = []
        outline = [
            (wide + 0.015, board - 0.10),
            (wide + 0.015, top - 0.12),
            (wide - 0.10, top),
            (-wide + 0.10, top),
            (-wide - 0.015, top - 0.12),
            (-wide - 0.015, board - 0.10),
        ]
        for share in np.linspace(0.0, 1.0, 7):
            slack = 0.985 if round(share * 6) % 2 else 1.0
            rings.append(
                [
                    (
                        -first + 0.01 - share * (long + 0.02),
                        y * slack,
                        board - 0.1 + (z - board + 0.1) * slack,
                    )
                    for y, z in outline
                ]
            )
        pieces.append(loft(rings, "tarpaulin" if rng.random() < 0.5 else "curtain", SEMANTIC))
    else:
        pieces.append(
            box(
                (long - 0.06, 2 * wide - 0.04, top - board),
                "car_paint_b",
                SEMANTIC,
                0.03,
                (middle, 0.0, (top + board) / 2),
            )
        )
        pieces.append(
            box(
                (long - 0.3, 2 * wide - 0.3, 0.03),
                "metal_galvanised",
                SEMANTIC,
                0.01,
                (middle, 0.0, top - 0.014),
            )
        )
        for y in (0.28, -0.28):
            pieces.append(
                box((0.03, 0.05, 0.10), "metal_galvanised", SEMANTIC, 0.0, (-last + 0.01, y, board + 0.35))
            )
    bar = [(-0.10, 0.02, 0.44), (-0.9, 0.28, 0.44), (-first - 0.4, wide - 0.08, 0.44)]
    left = [
        tube(bar, 0.032, "metal_galvanised", SEMANTIC, 6),
        _arch_guard(2.35, 0.29, wide + 0.03, wide + 0.23),
        cluster(last + 0.01, wide - 0.12, 0.48, 0.24, 0.10),
        markers((1.6, 3.1), 0.46, wide + 0.03),
        box((0.02, 0.05, 0.05), "reflector_red", SEMANTIC, 0.0, (-last - 0.02, wide - 0.32, 0.46)),
        box((0.03, 0.06, 0.05), "lamp_marker_white", SEMANTIC, 0.0, (-first + 0.02, wide - 0.03, 0.56)),
    ]
    pieces.append(mirrored_body(Mesh.join(left)))
    pieces += [
        cylinder(0.055, 0.10, "metal_dark", SEMANTIC, "z", 10).moved(translation(-0.06, 0.0, 0.40)),
        box((0.30, 0.07, 0.07), "metal_dark", SEMANTIC, 0.01, (-0.17, 0.0, 0.45)),
        tube([(-0.55, 0.12, 0.16), (-0.55, 0.12, 0.72)], 0.024, "metal_galvanised", SEMANTIC, 6),
        cylinder(0.09, 0.05, "rubber", SEMANTIC, "y", 12).moved(translation(-0.55, 0.095, 0.17)),
        box((0.06, 2 * wide - 0.1, 0.06), "underbody", SEMANTIC, 0.0, (-2.35, 0.0, 0.29)),
        plate(SEMANTIC, (-last - 0.022, 0.0, 0.62), False),
        hatching(last + 0.003, 0.42, 0.60, board - 0.16, board - 0.02),
        hatching(last + 0.003, -0.60, -0.42, board - 0.16, board - 0.02),
    ]
    return pieces


def _arch_guard(station_m: float, radius_m: float, inner_m: float, outer_m: float) -> Mesh:
    """A left mudguard over a small wheel that stands beside the body."""
    radius = radius_m + 0.06
    angle = np.linspace(0.05, np.pi - 0.05, 10)
    x, z = -station_m + radius * np.cos(angle), radius_m + radius * np.sin(angle)
    rows = np.stack([np.stack([x, np.full(10, y), z], axis=1) for y in (outer_m, inner_m)])
    side = np.stack([rows[0], np.stack([x, np.full(10, outer_m), z - 0.05 * np.sin(angle)], axis=1)])
    return Mesh.join(
        [two_faced(sheet(rows, "plastic", SEMANTIC)), two_faced(sheet(side, "plastic", SEMANTIC))]
    )

"""What lorries and trailers carry their loads in: curtains and tanks, with their marks.  Renderers floor.

Stations are metres behind the foremost point, which lies at x = 0; a body reaches from one station to another.
"""

import numpy as np

from renderers.assets.fittings import mirrored_body
from renderers.assets.lorry_frame import WIDE_M
from renderers.assets.lorry_marks import back_tape, facing_back, markers, side_tape, words
from renderers.loft import (
    both_sides,
    box,
    cylinder,
    loft,
    panel,
    sheet,
    superellipse,
    translation,
    tube,
)
from renderers.mesh import Mesh
from scenarios.chance import stream

SEMANTIC = "truck"
FIRMS = (
    "NORDWIND", "TRANSALPA", "KORVEX", "MERCATA", "HALVOR", "PORTUNA", "VELOCARGO", "RUNDLAUF", "OSTERIA", "FRIGOLUX",
    "BALTICO", "WERRA", "SILVANO", "ARDEN",
)  # fmt: skip


def firm(look_seed: int) -> str:
    """The invented haulier whose name is on a vehicle."""
    return FIRMS[int(stream(look_seed, "look", "firm").integers(len(FIRMS)))]


def curtain_body(first_m: float, last_m: float, floor_m: float, top_m: float, look_seed: int) -> Mesh:
    """Curtains between an aluminium roof and floor, a solid front wall, two doors behind, marks and a name."""
    rng = stream(look_seed, "look", "curtain")
    long, wide = last_m - first_m, WIDE_M
    low, high = floor_m, top_m
    middle = -first_m - long / 2
    left: list[Mesh] = [
        box((long, 0.05, 0.16), "aluminium", SEMANTIC, 0.008, (middle, wide - 0.025, low + 0.02)),
        box((long, 0.05, 0.12), "aluminium", SEMANTIC, 0.012, (middle, wide - 0.028, high - 0.065)),
        _curtain(first_m + 0.10, last_m - 0.10, low + 0.08, high - 0.10, wide - 0.020),
        side_tape(first_m + 0.1, last_m - 0.1, low + 0.0, wide + 0.0002 - 0.0, "contour_white"),
        markers(np.linspace(first_m + 0.6, last_m - 0.5, 6), low - 0.10),
    ]
    for corner in (first_m + 0.05, last_m - 0.05):
        left.append(
            box(
                (0.10, 0.10, high - low),
                "aluminium",
                SEMANTIC,
                0.015,
                (-corner, wide - 0.05, (high + low) / 2),
            )
        )
    for station in np.arange(first_m + 0.45, last_m - 0.2, 0.62):  # the straps that hold the curtain down
        left.append(
            box((0.045, 0.012, 0.34), "car_trim", SEMANTIC, 0.0, (-float(station), wide - 0.008, low + 0.18))
        )
    # Upper corners of the flank are marked too (R104: at least the upper corners).
    for station, way in ((first_m + 0.12, 1), (last_m - 0.12, -1)):
        a, b = sorted((station, station + way * 0.30))
        left.append(side_tape(a, b, high - 0.17, wide - 0.0075, "contour_white"))
    pieces = [
        mirrored_body(Mesh.join(left)),
        box((long - 0.02, 2 * wide - 0.06, 0.05), "cargo_box", SEMANTIC, 0.02, (middle, 0.0, high - 0.025)),
        box((long - 0.02, 2 * wide - 0.10, 0.16), "metal_dark", SEMANTIC, 0.0, (middle, 0.0, low)),
        box(
            (0.06, 2 * wide - 0.08, high - low - 0.05),
            "cargo_box",
            SEMANTIC,
            0.01,
            (-first_m - 0.04, 0.0, (high + low) / 2),
        ),
        _rear_doors(last_m, low, high),
    ]
    name = firm(look_seed)
    tall = float(rng.uniform(0.55, 0.95)) * min(1.0, long / (0.95 * len(name)))
    station, z = (
        first_m + long * float(rng.uniform(0.42, 0.55)),
        (low + high) / 2 + float(rng.uniform(0.0, 0.35)),
    )
    ink = "cargo_box" if rng.random() < 0.55 else "car_paint"
    for side in ("left", "right"):
        pieces.append(
            words(name, tall, (station, z), wide - 0.011, side, ink, float(rng.uniform(0.16, 0.26)))
        )
    if rng.random() < 0.6:
        pieces.append(
            both_sides(_swoosh(first_m + 0.2, last_m - 0.2, low + 0.14, z - tall * 0.8, wide - 0.014, ink))
        )
    if rng.random() < 0.7:
        fits = min(0.20, 1.6 * (wide - 0.62) / (0.86 * len(name)))  # on the left door
        pieces.append(words(name, fits, (0.62, high - 0.55), last_m + 0.004, "back", ink, 0.2))
    return Mesh.join(pieces)


def _curtain(first_m: float, last_m: float, low_m: float, high_m: float, y_m: float) -> Mesh:
    """A left curtain with soft folds over its poles."""
    station = np.linspace(first_m, last_m, max(12, round((last_m - first_m) / 0.22)))
    fold = 0.006 * np.cos(2 * np.pi * station / 0.62) - 0.003
    rows = [
        np.stack([-station, np.full(len(station), y_m) + fold * depth, np.full(len(station), z)], axis=1)
        for z, depth in ((low_m, 0.3), ((low_m + high_m) / 2, 1.0), (high_m, 0.3))
    ]
    return sheet(np.stack(rows), "curtain", SEMANTIC)


def _swoosh(first_m: float, last_m: float, low_m: float, high_m: float, y_m: float, material: str) -> Mesh:
    """A band that climbs along the left flank."""
    corners = [
        (-first_m, y_m, low_m),
        (-last_m, y_m, low_m),
        (-last_m, y_m, low_m + 0.10),
        (-first_m, y_m, high_m),
    ]
    return panel(corners, material, SEMANTIC)


def _rear_doors(end_m: float, low: float, high: float, wall: str = "cargo_box") -> Mesh:
    """Two doors with bars, hinges and seals, red tape round them."""
    wide, x = WIDE_M, -end_m
    pieces = [
        box(
            (0.05, 2 * wide - 0.12, high - low - 0.10),
            wall,
            SEMANTIC,
            0.0,
            (x + 0.055, 0.0, (high + low) / 2),
        ),
        facing_back(end_m - 0.028, -0.012, 0.012, low + 0.10, high - 0.10, "panel_gap"),
        box((0.06, 2 * wide - 0.04, 0.10), "aluminium", SEMANTIC, 0.01, (x + 0.035, 0.0, high - 0.06)),
        back_tape(end_m - 0.026, wide - 0.13, low + 0.12, high - 0.13),
    ]
    for y in (-0.80, -0.30, 0.30, 0.80):
        bar = [(x + 0.016, y, low + 0.05), (x + 0.016, y, high - 0.12)]
        pieces.append(tube(bar, 0.016, "metal_galvanised", SEMANTIC, 6))
        pieces.append(
            box(
                (0.03, 0.16, 0.05),
                "metal_galvanised",
                SEMANTIC,
                0.0,
                (x + 0.016, y - 0.06 * np.sign(y), low + 0.62),
            )
        )
    for z in np.linspace(low + 0.35, high - 0.35, 4):
        hinge = box((0.05, 0.14, 0.07), "metal_galvanised", SEMANTIC, 0.0, (x + 0.03, wide - 0.10, float(z)))
        pieces.append(both_sides(hinge))
    return Mesh.join(pieces)


def tank_body(
    first_m: float, last_m: float, low_m: float, high_m: float, look_seed: int, class_no: str = "33/1203"
) -> Mesh:
    """A tank of rounded section with domed ends, its walkway and covers on top, hoses in a tray, plates of ADR."""
    rng = stream(look_seed, "look", "tank")
    skin = ("stainless", "aluminium", "cargo_box", "car_paint_b")[int(rng.integers(4))]
    wide, tall = WIDE_M - 0.035, (high_m - 0.26 - low_m) / 2
    z = low_m + tall
    square = 2.9 if rng.random() < 0.6 else 2.25
    section = superellipse(wide, tall, square, 32)
    dome = ((0.0, 0.30), (0.05, 0.62), (0.13, 0.82), (0.25, 0.94), (0.42, 1.0))
    rows = [(first_m + a, s) for a, s in dome] + [(last_m - a, s) for a, s in reversed(dome)]
    rings = [
        np.stack([np.full(32, -station), section[:, 0] * s, z + section[:, 1] * s], axis=1)
        for station, s in rows
    ]
    pieces = [loft(rings, skin, SEMANTIC, crease_deg=50.0)]
    for share in np.linspace(0.10, 0.90, max(3, round((last_m - first_m) / 1.6))):  # stiffening bands
        station = first_m + (last_m - first_m) * float(share)
        ring = [
            np.stack([np.full(32, -station + dx), section[:, 0] * 1.008, z + section[:, 1] * 1.008], axis=1)
            for dx in (0.03, -0.03)
        ]
        pieces.append(loft(ring, "metal_galvanised", SEMANTIC, crease_deg=50.0))
    # Walkway with its folding rail, covers of the compartments.
    top = z + tall
    long = last_m - first_m - 1.0
    middle = -(first_m + last_m) / 2
    for y in (0.34, -0.34):
        pieces.append(box((long, 0.05, 0.16), "aluminium", SEMANTIC, 0.0, (middle, y, top + 0.03)))
    for station in np.linspace(first_m + 0.9, last_m - 0.9, 4):
        cover = cylinder(0.25, 0.10, "aluminium", SEMANTIC, "z", 14)
        pieces.append(cover.moved(translation(-float(station), 0.0, top - 0.01)))
    rail_z = high_m - 0.02
    rail = [
        (middle + long / 2, 0.36, top + 0.1),
        (middle + long / 2 - 0.3, 0.36, rail_z),
        (middle - long / 2, 0.36, rail_z),
        (middle - long / 2, 0.36, top + 0.1),
    ]
    pieces.append(tube(rail, 0.018, "metal_galvanised", SEMANTIC, 6))
    # Skirt, hose trays, belt stripe.
    left = [
        tube(
            [(-first_m - 0.4, WIDE_M - 0.22, low_m + 0.06), (-last_m + 0.4, WIDE_M - 0.22, low_m + 0.06)],
            0.085,
            "car_trim",
            SEMANTIC,
            10,
        ),
        markers(np.linspace(first_m + 0.5, last_m - 0.4, 5), low_m - 0.05, WIDE_M),
        box(
            (last_m - first_m - 0.2, 0.04, 0.10),
            "aluminium",
            SEMANTIC,
            0.0,
            (middle, WIDE_M - 0.045, low_m - 0.05),
        ),
        side_tape(first_m + 0.2, last_m - 0.2, low_m - 0.08, WIDE_M - 0.022, "contour_yellow"),
    ]
    pieces.append(mirrored_body(Mesh.join(left)))
    # Back: ladder, plates.
    x = -last_m
    for y in (-0.42, -0.78):
        pieces.append(
            tube(
                [(x + 0.04, y, low_m - 0.25), (x + 0.03, y, top - 0.05), (x + 0.45, y, top + 0.08)],
                0.02,
                "aluminium",
                SEMANTIC,
                6,
            )
        )
    for dz in np.arange(low_m - 0.15, top - 0.1, 0.30):
        pieces.append(
            tube(
                [(x + 0.04, -0.42, float(dz)), (x + 0.04, -0.78, float(dz))], 0.016, "aluminium", SEMANTIC, 5
            )
        )
    pieces += adr_plate(last_m + 0.02, 0.55, low_m + 0.35, class_no)
    pieces.append(_placard(last_m + 0.02, 0.05, low_m + 0.40))
    name = firm(look_seed)
    size = min(0.38, 0.5 * (last_m - first_m) / (0.86 * len(name)))
    ink = "car_paint" if skin != "car_paint_b" else "cargo_box"
    for side in ("left", "right"):
        flat = words(name, size, ((first_m + last_m) / 2, z + 0.06), 0.0, side, ink, 0.2)
        out = wide * (1.0 - np.abs((flat.vertices_m[:, 2] - z) / tall) ** square) ** (1.0 / square) + 0.017
        bent = flat.vertices_m.copy()
        bent[:, 1] = out if side == "left" else -out
        pieces.append(Mesh(bent, flat.triangles, flat.normals, flat.uv_m, flat.material, flat.semantic))
    return Mesh.join(pieces)


def adr_plate(station_m: float, y_m: float, z_m: float, number: str) -> list[Mesh]:
    """The orange plate of dangerous goods facing astern: danger number above, substance below."""
    high, low = number.split("/")
    plate = box((0.012, 0.42, 0.32), "adr_orange", SEMANTIC, 0.0, (-station_m, y_m, z_m))
    line = facing_back(station_m + 0.0065, y_m - 0.20, y_m + 0.20, z_m - 0.008, z_m + 0.008, "plate_ink")
    upper = words(high, 0.10, (y_m, z_m + 0.08), station_m + 0.0075, "back", "plate_ink")
    lower = words(low, 0.10, (y_m, z_m - 0.08), station_m + 0.0075, "back", "plate_ink")
    back = [(-station_m + 0.03, y_m, z_m), (-station_m + 0.6, y_m, z_m)]
    return [plate, line, upper, lower, tube(back, 0.015, "metal_dark", SEMANTIC, 5)]


def _placard(station_m: float, y_m: float, z_m: float) -> Mesh:
    """A red diamond on its corner, with a white edge, facing astern."""
    pieces = []
    for reach, material, out in ((0.215, "barrier_white", 0.0), (0.195, "barrier_red", 0.002)):
        corners = [(y_m, z_m - reach), (y_m + reach, z_m), (y_m, z_m + reach), (y_m - reach, z_m)]
        pieces.append(panel([(-station_m - out, y, z) for y, z in corners[::-1]], material, SEMANTIC))
        pieces.append(panel([(-station_m + 0.01, y, z) for y, z in corners], "metal_dark", SEMANTIC))
    return Mesh.join(
        [
            *pieces,
            tube(
                [(-station_m + 0.01, y_m, z_m), (-station_m + 0.6, y_m, z_m)],
                0.015,
                "metal_dark",
                SEMANTIC,
                5,
            ),
        ]
    )

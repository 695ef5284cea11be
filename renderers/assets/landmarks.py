"""Buildings of their own: a church with its tower, a petrol station with its canopy.  Renderers floor.

The middle of the front is at the origin, the front looks along +x and everything lies behind it.
"""

import numpy as np

from renderers.assets.flat import Layer, Picture, area, block, disc, pen
from renderers.assets.forms import placed, quads, tower
from renderers.assets.lettering import ink, length_m
from renderers.assets.pictograms import bent
from renderers.assets.walls import BUILDING
from renderers.loft import box
from renderers.mesh import LampSpec, Mesh
from scenarios.chance import stream

CHURCH_LOT_M = (13.0, 34.0)  # width along the street, depth
STATION_LOT_M = (24.0, 26.0)
# Under a canopy: 100 to 150 lx on the ground (EN 12464-2, fuel filling areas), from lamps of 5 m height.
STATION_LIGHT = LampSpec(
    0, (-8.0, 0.0, 4.6), (0.0, 0.0, -1.0), "street", 3600.0, (1.0, 0.92, 0.80), material="backlit_white"
)


def _lancet(wide: float, high: float, frame: str) -> Picture:
    """A pointed window with its stone frame."""
    half = wide / 2

    def arch(grow: float) -> list[tuple[float, float]]:
        h, w = high + grow, half + grow
        curve = bent((w, 0.62 * h), (0.72 * w, 0.84 * h), (0.0, h), steps=4)
        return [(-w, -grow), (w, -grow), *curve, *((-u, v) for u, v in curve[-2::-1])]

    bars = pen([[(0.0, 0.0), (0.0, 0.9 * high)], [(-half, 0.55 * high), (half, 0.55 * high)]], 0.05, "flat")
    return Picture((Layer(area(arch(0.14)), frame), Layer(area(arch(0.0)), "window"),
                    Layer(bars.intersection(area(arch(0.0))), frame)))  # fmt: skip


def _gable(
    width: float, depth: float, eaves: float, rise: float, wall: str, tile: str, x0: float
) -> list[Mesh]:
    """A nave from x0 back: ridge along x, gables before and behind, eaves on both sides."""
    w, over = width / 2, 0.35
    x1, ridge, low = x0 - depth, eaves + rise, eaves - over * rise / w
    foot = -1.2
    walls = [
        [(x0, -w, foot), (x0, w, foot), (x0, w, eaves), (x0, -w, eaves)], [(x0, -w, eaves), (x0, w, eaves),
            (x0, 0, ridge), (x0, 0, ridge)],
        [(x1, w, foot), (x1, -w, foot), (x1, -w, eaves), (x1, w, eaves)], [(x1, w, eaves), (x1, -w, eaves),
            (x1, 0, ridge), (x1, 0, ridge)],
        [(x0, w, foot), (x1, w, foot), (x1, w, eaves), (x0, w, eaves)], [(x1, -w, foot), (x0, -w, foot),
            (x0, -w, eaves), (x1, -w, eaves)],
    ]  # fmt: skip
    a, b = x0 + 0.25, x1 - 0.25
    roofs = [
        [(a, w + over, low), (a, 0, ridge + 0.12), (b, 0, ridge + 0.12), (b, w + over, low)][::-1],
        [(a, -w - over, low), (a, 0, ridge + 0.12), (b, 0, ridge + 0.12), (b, -w - over, low)],
    ]
    under = [[(p[0], p[1], p[2] - 0.14) for p in face[::-1]] for face in roofs]
    return [
        quads(walls, wall, BUILDING),
        quads(roofs, tile, BUILDING),
        quads(under, "wood", BUILDING),
    ]


def church(look_seed: int) -> Mesh:
    """A village church: a square tower with a clock and a spire before a nave with pointed windows."""
    rng = stream(look_seed, "church")
    wall = str(rng.choice(("plaster_white", "stone", "brick_dark", "plaster_ochre")))
    tile, frame = str(rng.choice(("roof_tile", "roof_dark"))), str(rng.choice(("stone", "concrete")))
    side, tall = float(rng.uniform(4.6, 5.6)), float(rng.uniform(15.0, 20.0))
    spire, nave, eaves = (
        float(rng.uniform(7.0, 14.0)),
        float(rng.uniform(17.0, 23.0)),
        float(rng.uniform(6.5, 8.0)),
    )
    half = side / 2
    pieces = [box((side, side, tall + 1.2), wall, BUILDING, centre_m=(-half, 0.0, (tall - 1.2) / 2))]
    pieces += [
        box((side + 0.3, side + 0.3, 0.3), frame, BUILDING, centre_m=(-half, 0.0, z))
        for z in (tall, 0.58 * tall, 0.3)
    ]
    top, e = tall + spire, half + 0.25
    ring = [(-half + e, -e), (-half + e, e), (-half - e, e), (-half - e, -e)]
    faces = [
        [(*ring[k], tall + 0.15), (*ring[(k + 1) % 4], tall + 0.15), (-half, 0, top), (-half, 0, top)]
        for k in range(4)
    ]
    pieces.append(quads(faces, str(rng.choice((tile, "metal_galvanised"))), BUILDING))
    pieces.append(box((0.06, 0.06, 1.6), "metal_dark", BUILDING, centre_m=(-half, 0.0, top + 0.7)))
    pieces.append(box((0.06, 0.8, 0.06), "metal_dark", BUILDING, centre_m=(-half, 0.0, top + 1.05)))
    clock = Picture((Layer(disc(0.85, (0.0, 0.0), 8), "print_black"), Layer(disc(0.78, (0.0, 0.0), 8), "print_white"),
                     Layer(pen([[(0.0, 0.0), (0.0, 0.62)], [(0.0, 0.0), (0.36, 0.22)]], 0.07),
                         "print_black")))  # fmt: skip
    sound = _lancet(1.1, 2.2, frame)
    for turn in (0.0, np.pi / 2, -np.pi / 2):
        on = [clock.mesh(half + 0.02, BUILDING).moved(placed(0.0, (0.0, 0.0, 0.72 * tall))),
              sound.mesh(half + 0.02, BUILDING).moved(placed(0.0, (0.0, 0.0, tall - 3.0)))]  # fmt: skip
        pieces += [mesh.moved(placed(turn, (-half, 0.0, 0.0))) for mesh in on]
    door = Picture((Layer(_lancet(2.0, 3.2, frame).layers[0].shape, frame),
        Layer(_lancet(2.0, 3.2, frame).layers[1].shape, "door_wood"),
                    Layer(pen([[(0.0, 0.0), (0.0, 3.1)]], 0.03, "flat"), "metal_dark")))  # fmt: skip
    pieces.append(door.mesh(0.02, BUILDING).moved(placed(0.0, (0.0, 0.0, 0.36))))
    pieces += [
        box(
            (1.4 - 0.45 * k, 3.2 - 0.4 * k, 0.18),
            "stone",
            BUILDING,
            centre_m=(0.5 - 0.2 * k, 0, 0.09 + 0.18 * k),
        )
        for k in range(2)
    ]
    pieces += _gable(10.0, nave, eaves, 5.2, wall, tile, -side + 0.2)
    high = eaves - 2.4
    for k in range(round(nave / 4.2)):
        x = -side - 2.4 - 4.2 * k
        for turn in (np.pi / 2, -np.pi / 2):
            lancet = _lancet(1.15, high, frame).mesh(0.02, BUILDING)
            pieces.append(lancet.moved(placed(turn, (x, 5.0 * np.sign(turn), 1.6))))
            pieces.append(
                box(
                    (0.6, 0.5, eaves - 1.2),
                    wall,
                    BUILDING,
                    centre_m=(x - 2.1, 5.2 * float(np.sign(turn)), (eaves - 1.2) / 2),
                )
            )
    apse = tower(
        [(-1.2, -side - nave, 0, 3.2, 3.4), (eaves - 1.5, -side - nave, 0, 3.2, 3.4)], 10, wall, BUILDING
    )
    cap = tower(
        [(eaves - 1.6, -side - nave, 0, 3.5, 3.7), (eaves + 1.4, -side - nave, 0, 0.3, 0.3)],
        10,
        tile,
        BUILDING,
    )
    return Mesh.join([*pieces, apse, cap])


def petrol_station(look_seed: int) -> Mesh:
    """Pumps under a canopy, a shop behind them, and the tall sign with the prices."""
    rng = stream(look_seed, "station")
    color, name = (
        ("print_blue", "AQUILO"),
        ("print_red", "NORVIA"),
        ("print_forest", "VERDANT"),
        ("print_orange", "ZAPPO"),
    )[int(rng.integers(4))]
    plain = color.replace("backlit", "print")  # of what is not lit from within
    deep, wide, high = 9.0, float(rng.uniform(13.0, 18.0)), 5.2
    middle = -8.0
    pieces = [
        box((deep, wide, 0.75), color, BUILDING, centre_m=(middle, 0.0, high)),
        box((deep + 0.1, wide + 0.1, 0.14), "backlit_white", BUILDING, centre_m=(middle, 0.0, high - 0.12)),
        box((deep - 0.6, wide - 0.6, 0.05), "backlit_white", BUILDING, centre_m=(middle, 0.0, high - 0.39)),
        box((0.6, 20.0, 1.2), "concrete", BUILDING, centre_m=(-25.6, 0.0, -0.1)),
    ]
    letters = Picture((Layer(ink(name, 0.48, (0.0, 0.0), 0.18), "backlit_white"),)).mesh(0.0, BUILDING)
    pieces.append(letters.moved(placed(0.0, (middle + deep / 2 + 0.06, 0.0, high + 0.05))))
    for y in (-wide / 2 + 2.2, wide / 2 - 2.2):
        for x in (middle - 1.9, middle + 1.9):
            pieces.append(box((0.32, 0.32, high), "plastic_light", "pole", centre_m=(x, y, high / 2 - 0.2)))
    for y in np.linspace(-wide / 2 + 3.6, wide / 2 - 3.6, 3 if wide > 15 else 2):
        for x in (middle - 1.9, middle + 1.9):
            island = box((1.2, 2.6, 0.16), "kerb", "static_object", 0.03, (x, float(y), 0.06))
            body = box((0.55, 0.95, 1.55), plain, "static_object", 0.03, (x, float(y), 0.92))
            head = box((0.60, 1.0, 0.38), "print_white", "static_object", 0.03, (x, float(y), 1.82))
            pieces += [island, body, head]
            for s in (-1, 1):
                pieces.append(
                    box(
                        (0.02, 0.45, 0.30),
                        "print_black",
                        "static_object",
                        centre_m=(x + s * 0.285, float(y), 1.32),
                    )
                )
                pieces.append(
                    box(
                        (0.09, 0.05, 0.30),
                        "rubber",
                        "static_object",
                        centre_m=(x + s * 0.30, float(y) + 0.38, 1.05),
                    )
                )
    shop = -19.0
    pieces.append(box((6.0, 14.0, 3.8), "plaster_white", BUILDING, centre_m=(shop - 3.0, 0.0, 1.6)))
    pieces.append(box((6.4, 14.4, 0.5), plain, BUILDING, centre_m=(shop - 3.0, 0.0, 3.7)))
    for k in range(7):
        y = -6.3 + 1.8 * k
        pane = [
            [
                (shop + 0.02, y + 0.05, 0.3),
                (shop + 0.02, y + 1.72, 0.3),
                (shop + 0.02, y + 1.72, 2.8),
                (shop + 0.02, y + 0.05, 2.8),
            ]
        ]
        pieces.append(quads(pane, "shop_window", BUILDING))
    word = Picture((Layer(ink("SHOP", 0.36, (0.0, 0.0), 0.18), "print_white"),)).mesh(0.0, BUILDING)
    pieces.append(word.moved(placed(0.0, (shop + 0.22, 0.0, 3.7))))
    pieces.append(_totem(color, name, look_seed).moved(placed(0.0, (-0.8, wide / 2 + 2.0, 0.0))))
    return Mesh.join(pieces)


def _totem(color: str, name: str, look_seed: int) -> Mesh:
    """The sign with prices, 6 m high, the same from both sides."""
    rng = stream(look_seed, "prices")
    rows = [Layer(block(1.7, 5.0, (0.0, 2.5), 0.06), color)]
    tall = 0.34 * min(1.0, 1.4 / length_m(name, 0.34, 0.18))
    rows.append(Layer(ink(name, tall, (0.0, 4.4), 0.18), "backlit_white"))
    for k in range(4):
        price = f"1.{int(rng.integers(40, 99)):02d}"
        rows += [Layer(block(1.45, 0.66, (0.0, 3.55 - 0.82 * k)), "backlit_black"),
                 Layer(ink(price, 0.40, (0.05, 3.55 - 0.82 * k), 0.16), "backlit_yellow")]  # fmt: skip
    face = Picture(tuple(rows))
    sides = [face.mesh(0.16, "static_object").moved(placed(turn, (0.0, 0.0, 1.0))) for turn in (0.0, np.pi)]
    return Mesh.join([*sides, face.rim(0.16, -0.16, "metal_dark", "static_object").moved(placed(0.0, (0.0, 0.0, 1.0))),
                      box((0.24, 1.3, 1.4), "metal_dark", "pole", centre_m=(0.0, 0.0, 0.4))])  # fmt: skip

"""What people step under or into on a pavement: bus shelters, kiosks, telephone boxes, parasols.  Renderers floor."""

import numpy as np

from renderers.assets import signs_vienna
from renderers.assets.flat import Layer, Picture, block
from renderers.assets.forms import placed, quads, tower, tube
from renderers.assets.hoardings import CITY_LIGHT_M
from renderers.assets.lettering import ink
from renderers.assets.posters import poster
from renderers.assets.signs import plate
from renderers.loft import box, cylinder
from renderers.mesh import Mesh
from scenarios.chance import stream

THING = "static_object"
AWNINGS = ("print_red", "print_navy", "print_forest", "print_cream", "print_orange", "print_teal")


def bus_shelter(look_seed: int = 0) -> Mesh:
    """A glass shelter of 4 m with its open front along +x: roof, bench, time-table, lit posters at one end."""
    dark = str(stream(look_seed, "shelter").choice(("metal_dark", "metal_galvanised", "plaster_green")))
    wide, high = CITY_LIGHT_M
    pieces = [
        box((1.75, 4.4, 0.09), dark, THING, 0.03, (-0.75, 0, 2.46)),
        box((1.60, 4.2, 0.02), "plastic_light", THING, centre_m=(-0.75, 0, 2.40)),
        box((0.36, 2.3, 0.05), "wood", THING, 0.015, (-1.22, 0.6, 0.47)),
        box((0.05, 0.75, 1.1), "plastic_light", THING, centre_m=(-1.46, -0.95, 1.45)),
        box((0.012, 4.0, 2.0), "glass", THING, centre_m=(-1.5, 0, 1.28)),
        box((1.30, 0.012, 2.0), "glass", THING, centre_m=(-0.82, 2.02, 1.28)),
        box((0.14, wide + 0.12, high + 0.20), dark, THING, 0.02, (0.0, 0.0, 1.30)).moved(
            placed(np.pi / 2, (-0.82, -2.05, 0.0))
        ),
    ]
    for k, turn in enumerate((np.pi / 2, -np.pi / 2)):
        lit = poster(wide, high, look_seed * 2 + k, backlit=True, seen_from_m=11.0).mesh(0.072, THING)
        pieces.append(lit.moved(placed(turn, (-0.82, -2.05, 0.445))))
    bars = [(x, y) for x in (-1.5, -0.14) for y in (-2.05, 2.05)]
    pieces += [
        tube([(x, y, -0.15), (x, y, 2.44)], (0.035, 0.035), 8, dark, "pole")
        for x, y in bars
        if (x, y) != (-0.14, -2.05)
    ]
    pieces += [box((0.30, 0.05, 0.44), dark, THING, centre_m=(-1.24, y, 0.22)) for y in (-0.3, 1.5)]
    for v in (0.28, 2.30):
        pieces.append(box((0.03, 4.1, 0.04), dark, THING, centre_m=(-1.5, 0.0, v)))
    stop = plate(signs_vienna.bus_stop()).moved(placed(0.0, (0.25, 2.6, 2.3)))
    pieces += [stop, tube([(0.2, 2.6, -0.3), (0.2, 2.6, 2.75)], (0.03, 0.03), 8, "metal_galvanised", "pole"),
               box((0.03, 0.42, 0.6), "plastic_light", THING, centre_m=(0.24, 2.6, 1.45))]  # fmt: skip
    return Mesh.join(pieces)


def kiosk(look_seed: int) -> Mesh:
    """A newsagent's kiosk: counter under a flap, papers and posters beside it, a lantern roof."""
    rng = stream(look_seed, "kiosk")
    color = str(rng.choice(("plaster_green", "plaster_blue", "metal_dark", "brick_dark", "door_wood")))
    name = str(rng.choice(("KIOSK", "NEWS", "PRESS", "COFFEE", "FLOWERS")))
    pieces = [
        box((2.2, 3.0, 2.35), color, "building", 0.03, (-1.2, 0, 1.175)),
        box((2.8, 3.6, 0.10), "metal_dark", "building", 0.02, (-1.2, 0, 2.42)),
        tower(
            [(2.46, -1.2, 0, 1.2, 1.5), (2.85, -1.2, 0, 0.55, 0.7),
                (2.9, -1.2, 0, 0.1, 0.12)], 8, "roof_dark", "building",
            square=5.0,
        ),
        box((0.34, 1.7, 0.05), "door_wood", THING, centre_m=(0.02, 0.0, 1.05)),
    ]  # fmt: skip
    board = Picture((Layer(block(2.6, 0.34, (0.0, 0.17)), "print_white"),
                     Layer(ink(name, 0.22, (0.0, 0.17), 0.17), "print_red")))  # fmt: skip
    pieces.append(board.mesh(0.205, "building").moved(placed(0.0, (0.0, 0.0, 2.02))))
    pieces.append(box((0.30, 2.62, 0.36), color, "building", centre_m=(0.05, 0.0, 2.20)))
    pieces.append(quads([[(-0.095, -0.8, 1.10), (-0.095, 0.8, 1.10), (-0.095, 0.8, 1.98), (-0.095, -0.8, 1.98)]],
                        "shop_window", "building"))  # fmt: skip
    for side in (-1.0, 1.0):
        for row in range(3):
            sheet = poster(
                0.28, 0.38, look_seed * 7 + row, "portrait" if row != 1 else "words", seen_from_m=22.0
            ).mesh(-0.06, THING)
            pieces.append(sheet.moved(placed(0.0, (0.0, side * 1.15, 0.55 + 0.42 * row))))
    sheet = poster(*CITY_LIGHT_M, look_seed, seen_from_m=11.0).mesh(0.0, THING)
    pieces.append(sheet.moved(placed(np.pi / 2, (-1.2, 1.505, 0.45))))
    return Mesh.join(pieces)


def phone_box(look_seed: int) -> Mesh:
    """A telephone box of four panes under a roof, or the red one of cast iron."""
    red = bool(stream(look_seed, "phone").uniform() < 0.4)
    color = "print_red" if red else "metal_dark"
    pieces = [
        box((0.95, 0.95, 0.12), "concrete", THING, centre_m=(-0.45, 0, 0.02)),
        box((0.95, 0.95, 0.30), color, THING, 0.03, (-0.45, 0, 2.30)),
    ]
    if red:
        pieces.append(
            tower([(2.44, -0.45, 0, 0.46, 0.46), (2.53, -0.45, 0, 0.30, 0.30)], 12, color, THING, square=4.0)
        )
    word = Picture((Layer(block(0.7, 0.15, (0.0, 0.075), 0.01), "print_white"),
                    Layer(ink("TELEPHONE", 0.085, (0.0, 0.075), 0.17), "print_black")))  # fmt: skip
    for turn in (0.0, np.pi / 2, np.pi, -np.pi / 2):
        side = [
            word.mesh(0.477, THING).moved(placed(0.0, (0.0, 0.0, 2.2))),
            box((0.06, 0.06, 2.1), color, THING, centre_m=(0.42, 0.42, 1.1)),
        ]
        if turn != np.pi:
            side.append(
                quads(
                    [[(0.44, -0.4, 0.12), (0.44, 0.4, 0.12), (0.44, 0.4, 2.15), (0.44, -0.4, 2.15)]],
                    "glass",
                    THING,
                )
            )
            side += [
                box((0.02, 0.8, 0.025), color, THING, centre_m=(0.445, 0.0, v))
                for v in np.arange(0.45, 2.1, 0.33)
            ]
            side += (
                [box((0.02, 0.025, 2.0), color, THING, centre_m=(0.445, u, 1.12)) for u in (-0.22, 0.22)]
                if red
                else []
            )
        else:
            side.append(box((0.03, 0.84, 2.05), color, THING, centre_m=(0.43, 0.0, 1.12)))
        pieces.append(Mesh.join(side).moved(placed(turn, (-0.45, 0.0, 0.0))))
    pieces.append(box((0.14, 0.34, 0.55), "metal_dark", THING, centre_m=(-0.76, 0.0, 1.35)))
    return Mesh.join(pieces)


def parasol(look_seed: int) -> Mesh:
    """A café's umbrella of eight panels, open, on its foot; half of them alternate with white."""
    rng = stream(look_seed, "parasol")
    color = str(rng.choice(AWNINGS))
    second = color if rng.uniform() < 0.5 else "print_white"
    radius, low, top, hem = 1.45, 2.12, 2.66, 0.16
    pieces = [
        tube([(0, 0, 0.0), (0, 0, top + 0.10)], (0.036, 0.036), 7, "wood", THING),
        box((0.5, 0.5, 0.09), "concrete", THING, 0.02, (0, 0, 0.045)),
    ]
    turn = np.arange(9) * np.pi / 4 + np.pi / 8
    rim = [(radius * float(np.cos(t)), radius * float(np.sin(t)), low) for t in turn]
    for k in range(8):
        a, b, c = rim[k], rim[k + 1], (0.0, 0.0, top)
        # The hem hangs from the ribs, deepest between them.
        middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        deep, short = low - hem, low - 0.4 * hem
        cloth = [(a, b, c, c), ((a[0], a[1], short), (*middle, deep), (*middle, low), a),
                 ((*middle, deep), (b[0], b[1], short), b, (*middle, low))]  # fmt: skip
        material = second if k % 2 else color
        pieces += [quads(cloth, material, THING), quads([row[::-1] for row in cloth], material, THING)]
        stay = [(0.0, 0.0, 1.95), (0.55 * a[0], 0.55 * a[1], low + 0.45 * (top - low) - 0.02)]
        pieces.append(tube(stay, (0.008, 0.008), 4, "wood", THING))
    return Mesh.join(pieces)


def cafe(look_seed: int) -> Mesh:
    """A round table with four chairs, in half of all cases under a parasol."""
    rng = stream(look_seed, "cafe")
    color = str(rng.choice(("metal_dark", "wood", "plaster_green", "print_red")))
    pieces = [
        cylinder(0.36, 0.025, "metal_galvanised" if color != "wood" else "wood", THING, segments=14).moved(
            placed(0.0, (0, 0, 0.72))
        ),
        cylinder(0.025, 0.72, "metal_dark", THING, segments=6),
        cylinder(0.22, 0.025, "metal_dark", THING, segments=10),
    ]
    for k in range(int(rng.integers(2, 5))):
        turn = k * np.pi / 2 + float(rng.uniform(-0.35, 0.35))
        out = float(rng.uniform(0.58, 0.72))
        pieces.append(_chair(color).moved(placed(turn, (out * np.cos(turn), out * np.sin(turn), 0.0))))
    if rng.uniform() < 0.5:
        pieces.append(parasol(look_seed).moved(placed(0.0, (-0.55, 0.0, 0.0))))
    return Mesh.join(pieces)


def _chair(color: str) -> Mesh:
    """A chair that looks along -x."""
    pieces = [
        box((0.40, 0.40, 0.03), color, THING, centre_m=(0.0, 0.0, 0.45)),
        box((0.03, 0.40, 0.14), color, THING, centre_m=(0.21, 0.0, 0.80)),
        box((0.03, 0.40, 0.05), color, THING, centre_m=(0.20, 0.0, 0.62)),
    ]
    for x, y, top in ((-0.17, -0.17, 0.45), (-0.17, 0.17, 0.45), (0.19, -0.18, 0.86), (0.19, 0.18, 0.86)):
        pieces.append(box((0.026, 0.026, top), color, THING, centre_m=(x, y, top / 2)))
    return Mesh.join(pieces)

"""Printed people, faces, cars and bicycles, in three tones each: light, body colour and shade.  Renderers floor.

Everything is drawn in our own outlines, in a unit height or length, standing on up = 0; colours are names of
`materials.print.COLORS`.
"""

from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry

from renderers.assets.flat import area, block, disc, merged, mirrored, moved, pen, ring, scaled
from renderers.assets.pictograms import bent

Shape = BaseGeometry
Layers = list[tuple[Shape, str]]


@dataclass(frozen=True, slots=True)
class Model:
    """Colours of somebody on a poster, names of `materials.print.COLORS`."""

    skin: str  # and its shade is skin + "_shade"
    hair: str
    hair_light: str
    top: str
    top_dark: str
    legs: str
    legs_dark: str
    long_hair: bool
    open_mouth: bool


def cast(rng: np.random.Generator) -> Model:
    """Somebody."""
    hair = {"brown": "umber", "black": "black", "blond": "brown", "umber": "black", "grey": "dark"}
    color = str(rng.choice(list(hair)))
    tops = {"red": "wine", "blue": "navy", "white": "grey", "teal": "forest", "yellow": "orange", "dark": "black",
            "pink": "violet", "green": "forest", "cream": "brown"}  # fmt: skip
    top = str(rng.choice(list(tops)))
    legs = {"navy": "black", "blue": "navy", "dark": "black", "cream": "brown", "grey": "dark"}
    leg = str(rng.choice(list(legs)))
    return Model(
        str(rng.choice(("skin_a", "skin_a", "skin_b", "skin_c"))), hair[color], color, top, tops[top], leg, legs[leg],
        bool(rng.uniform() < 0.5), bool(rng.uniform() < 0.7),
    )  # fmt: skip


def both(*points: tuple[float, float]) -> Shape:
    """A smooth outline from its right half, given from below to above."""
    right = bent(*points, steps=5)
    return area([*right, *((-u, v) for u, v in reversed(right))])


# -------------------------------------------------------------------------------------------------------- people
def head(who: Model) -> Layers:
    """A face from the front, chin at up = -0.5, crown at 0.5, with its neck."""
    skin, shade = who.skin, f"{who.skin}_shade"
    face = both(
        (0.0, -0.50), (0.13, -0.47), (0.25, -0.33), (0.315, -0.10), (0.335, 0.12), (0.30, 0.34), (0.0, 0.47)
    )
    dark = face.difference(moved(face, -0.10, 0.03))
    neck = block(0.34, 0.56, (0.0, -0.60), 0.05)
    layers: Layers = []
    if who.long_hair:
        layers += [
            (
                both((0.20, -0.86), (0.46, -0.78), (0.47, -0.30), (0.45, 0.20), (0.30, 0.50), (0.0, 0.575)),
                who.hair,
            ),
            (
                area(bent((-0.40, -0.60), (-0.44, 0.05), (-0.34, 0.34), (-0.36, 0.0), (-0.34, -0.60))),
                who.hair_light,
            ),
        ]
    layers += [
        (neck, skin), (neck.intersection(moved(face, 0.02, -0.13)), shade), (block(0.12, 0.56, (0.13, -0.60)), shade),
        (merged(*(scaled(moved(disc(1.0, (0.0, 0.0), 3), s * 5.4, -0.1), 0.062, 0.105) for s in (-1, 1))), shade),
        (face, skin), (dark, shade),
    ]  # fmt: skip
    for side in (-1.0, 1.0):
        eye = area(bent((side * 0.20, 0.045), (side * 0.13, 0.078), (side * 0.062, 0.045), (side * 0.13, 0.018),
                        (side * 0.20, 0.045), steps=4))  # fmt: skip
        layers += [
            (
                area([(side * 0.05, 0.02), (side * 0.06, 0.10), (side * 0.22, 0.10), (side * 0.22, 0.02)]),
                shade,
            ),
            (eye, "white"),
            (disc(0.034, (side * 0.13, 0.048), 3), "umber" if who.skin != "skin_a" else "blue"),
            (disc(0.015, (side * 0.13, 0.048), 2), "black"),
            (disc(0.008, (side * 0.13 + 0.012, 0.058), 2), "white"),
            (pen([bent((side * 0.21, 0.045), (side * 0.13, 0.082), (side * 0.058, 0.045))], 0.014), "black"),
            (
                pen([bent((side * 0.235, 0.125), (side * 0.15, 0.158), (side * 0.055, 0.135))], 0.026),
                who.hair,
            ),
        ]
    layers += [
        (area([(0.012, 0.05), (0.038, -0.10), (0.060, -0.135), (0.0, -0.150), (-0.045, -0.132), (0.012, -0.115)]),
            shade),
        (pen([[(-0.030, -0.143), (-0.018, -0.146)], [(0.022, -0.146), (0.036, -0.142)]], 0.013), "umber"),
        (area(bent((-0.135, -0.255), (-0.045, -0.232), (0.0, -0.242), (0.045, -0.232), (0.135, -0.255), (0.0, -0.325),
                   (-0.135, -0.255), steps=4)), "lips"),
    ]  # fmt: skip
    if who.open_mouth:
        teeth = area(
            bent((-0.105, -0.256), (0.0, -0.252), (0.105, -0.256), (0.0, -0.296), (-0.105, -0.256), steps=4)
        )
        layers.append((teeth, "white"))
    layers.append((pen([bent((-0.06, -0.352), (0.0, -0.362), (0.06, -0.352))], 0.016), shade))
    front = both((0.335, 0.02), (0.375, 0.12), (0.365, 0.34), (0.22, 0.52), (0.0, 0.555))
    bare = both((0.0, -0.2), (0.26, -0.1), (0.285, 0.16), (0.20, 0.29), (0.0, 0.335))
    if who.long_hair:
        bare = moved(scaled(bare, 1.05, 0.95), -0.05, 0.02)
    cap = front.difference(bare)
    layers += [
        (cap, who.hair),
        (cap.intersection(area(bent((-0.34, 0.10), (-0.30, 0.42), (0.0, 0.54), (0.0, 0.46), (-0.22, 0.36),
            (-0.34, 0.10)))),
         who.hair_light),
    ]  # fmt: skip
    return layers


def put(layers: Layers, by: float, at: tuple[float, float], flip: bool = False) -> Layers:
    return [(moved(scaled(mirrored(s) if flip else s, by), *at), m) for s, m in layers]


def bust(who: Model) -> Layers:
    """Head and shoulders; the head is one high, the shoulders end at -1.6."""
    body = both((0.98, -1.70), (0.94, -1.20), (0.80, -0.90), (0.42, -0.76), (0.20, -0.70))
    coat_light = area(
        bent((-0.94, -1.70), (-0.90, -1.20), (-0.76, -0.94), (-0.60, -0.90), (-0.66, -1.30), (-0.70, -1.70))
    )
    lapel = area([(0.20, -0.72), (0.40, -0.95), (0.26, -1.30), (0.04, -1.70), (0.0, -1.28)])
    shirt = area([(-0.20, -0.70), (0.20, -0.70), (0.02, -1.34), (-0.02, -1.34)])
    jacket: Layers = [
        (body, who.top), (body.intersection(block(0.5, 2.0, (0.78, -1.2))), who.top_dark),
        (coat_light, who.top), (shirt, "white" if who.top != "white" else "sky"),
        (merged(lapel, mirrored(lapel)), who.top_dark),
        (pen([[(0.40, -0.95), (0.26, -1.30), (0.04, -1.70)]], 0.012, "flat"), "black"),
        (pen([[(0.60, -1.70), (0.64, -1.25)], [(-0.60, -1.70), (-0.64, -1.25)]], 0.014, "flat"), who.top_dark),
    ]  # fmt: skip
    return [*jacket, *head(who)]


def figure(who: Model, walks: bool) -> Layers:
    """Somebody from head to foot, one high, standing or walking towards the reader."""
    leg = area([(0.010, 0.50), (0.105, 0.50), (0.098, 0.27), (0.080, 0.055), (0.022, 0.055), (0.022, 0.27)])
    other = mirrored(leg)
    if walks:
        other = area(
            [(-0.010, 0.50), (-0.105, 0.50), (-0.092, 0.29), (-0.062, 0.10), (-0.012, 0.10), (-0.024, 0.29)]
        )
    shoe = area(
        bent((0.018, 0.06), (0.085, 0.06), (0.10, 0.02), (0.08, 0.0), (0.03, 0.0), (0.018, 0.06), steps=3)
    )
    torso = both((0.112, 0.47), (0.108, 0.56), (0.105, 0.66), (0.128, 0.76), (0.118, 0.815), (0.042, 0.845))
    sleeve = area(
        [
            (0.105, 0.825),
            (0.150, 0.785),
            (0.175, 0.66),
            (0.178, 0.53),
            (0.138, 0.53),
            (0.130, 0.66),
            (0.108, 0.74),
        ]
    )
    hand = scaled(moved(disc(1.0, (0.0, 0.0), 3), 7.5, 16.7), 0.021, 0.030)
    shadow = scaled(moved(disc(1.0, (0.0, 0.0), 4), 0.1, 0.35), 0.19, 0.020)
    shirt = area([(-0.036, 0.842), (0.036, 0.842), (0.012, 0.50), (-0.012, 0.50)])
    return [
        (shadow, "dark"),
        (merged(leg, other), who.legs), (block(0.034, 0.42, (0.088, 0.28)).intersection(leg), who.legs_dark),
        (block(0.022, 0.40, (-0.030, 0.29)).intersection(other), who.legs_dark),
        (pen([[(0.03, 0.27), (0.085, 0.285)], [(-0.03, 0.28), (-0.08, 0.29)]], 0.006), who.legs_dark),
        (merged(shoe, moved(mirrored(shoe), 0.012 if walks else 0.0, 0.04 if walks else 0.0)), "black"),
        (merged(hand, mirrored(hand)), who.skin),
        (merged(sleeve, mirrored(sleeve)), who.top), (sleeve, who.top_dark),
        (torso, who.top), (shirt, "white" if who.top != "white" else "sky"),
        (area([(0.05, 0.47), (0.112, 0.47), (0.105, 0.66), (0.128, 0.76), (0.118, 0.80), (0.085, 0.74)]),
            who.top_dark),
        (merged(*(area([(s * 0.036, 0.842), (s * 0.062, 0.79), (s * 0.012, 0.62)]) for s in (1, -1))), who.top_dark),
        *put(head(who), 0.138, (0.0, 0.928)),
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------------- machines
def wheel(at: tuple[float, float], radius: float) -> Layers:
    spokes = [
        [(at[0], at[1]), (at[0] + 0.62 * radius * float(np.cos(a)), at[1] + 0.62 * radius * float(np.sin(a)))]
        for a in np.arange(5) * 2 * np.pi / 5 + 0.3
    ]
    return [
        (disc(radius, at, 6), "black"), (disc(0.68 * radius, at, 5), "dark"),
        (ring(0.64 * radius, 0.06 * radius, at, 5), "white"),
        (pen(spokes, 0.16 * radius, "flat"), "grey"), (disc(0.14 * radius, at, 3), "white"),
    ]  # fmt: skip


def car(paint: str, dark: str) -> Layers:
    """A car from the side that drives to the left, one long."""
    shell = area(
        bent((-0.49, 0.10), (-0.50, 0.17), (-0.46, 0.215), (-0.30, 0.245), (-0.21, 0.262), (-0.09, 0.345),
            (0.04, 0.366),
             (0.20, 0.352), (0.36, 0.268), (0.47, 0.248), (0.495, 0.20), (0.49, 0.10), steps=4)
    )  # fmt: skip
    glass = area(bent((-0.185, 0.262), (-0.085, 0.333), (0.035, 0.350), (0.19, 0.336), (0.30, 0.268), (0.0, 0.258),
                      (-0.185, 0.262), steps=4))  # fmt: skip
    wells = merged(disc(0.088, (-0.315, 0.088), 5), disc(0.088, (0.305, 0.088), 5))
    lower = shell.intersection(block(1.0, 0.06, (0.0, 0.115)))
    shine = shell.intersection(
        area(bent((-0.48, 0.205), (-0.1, 0.228), (0.48, 0.222), (0.48, 0.206), (-0.1, 0.212), (-0.48, 0.192)))
    )
    return [
        (scaled(moved(disc(1.0, (0.0, 0.0), 5), 0.0, 0.55), 0.52, 0.022), "black"),
        (shell, paint), (shell.intersection(block(1.0, 0.09, (0.0, 0.165))), dark), (lower, "black"),
        (block(0.92, 0.018, (0.0, 0.098)), dark), (shine, "white"), (wells, "black"),
        (glass, "navy"), (glass.intersection(area([(-0.16, 0.25), (0.0, 0.36), (0.10, 0.36), (-0.06, 0.25)])), "sky"),
        (pen([[(0.045, 0.255), (0.055, 0.352)]], 0.014, "flat"), dark),
        (pen([[(-0.155, 0.11), (-0.165, 0.258)], [(0.05, 0.11), (0.045, 0.255)], [(0.21, 0.17),
            (0.245, 0.262)]], 0.0035, "flat"), "black"),
        (merged(block(0.035, 0.008, (0.0, 0.222), 0.003), block(0.035, 0.008, (0.20, 0.224), 0.003)), "black"),
        (area([(-0.495, 0.185), (-0.47, 0.212), (-0.40, 0.222), (-0.43, 0.192)]), "white"),
        (area([(0.49, 0.205), (0.478, 0.240), (0.42, 0.246), (0.43, 0.215)]), "red"),
        (area([(-0.19, 0.258), (-0.165, 0.262), (-0.16, 0.285), (-0.185, 0.282)]), paint),
        *wheel((-0.315, 0.078), 0.078), *wheel((0.305, 0.078), 0.078),
    ]  # fmt: skip


def cyclist(who: Model, frame: str) -> Layers:
    """Somebody on a bicycle, riding to the left, one high."""
    hub, back = (-0.30, 0.20), (0.30, 0.20)
    wheels: Layers = []
    for at in (hub, back):
        spokes = [
            [at, (at[0] + 0.18 * float(np.cos(a)), at[1] + 0.18 * float(np.sin(a)))]
            for a in np.arange(10) * np.pi / 5
        ]
        wheels += [
            (pen(spokes, 0.003, "flat"), "grey"),
            (ring(0.188, 0.020, at), "black"),
            (ring(0.176, 0.006, at), "grey"),
        ]
    tubes = pen([[(-0.22, 0.42), (0.10, 0.44), (back[0], back[1]), (0.02, 0.20), (-0.22, 0.40)], [(0.02, 0.20),
        (0.12, 0.50)],
                 [hub, (-0.21, 0.46)]], 0.022)  # fmt: skip
    return [
        (scaled(moved(disc(1.0, (0.0, 0.0), 5), 0.0, 0.3), 0.5, 0.016), "dark"),
        *wheels,
        (pen([[(0.10, 0.52), (0.07, 0.36), (0.10, 0.14)]], 0.062), who.legs_dark),
        (tubes, frame), (pen([[(-0.21, 0.46), (-0.24, 0.53), (-0.16, 0.55)]], 0.018), "black"),
        (pen([[(0.07, 0.515), (0.20, 0.52)]], 0.030), "black"),
        (pen([[(0.11, 0.545), (-0.07, 0.40), (0.0, 0.15)]], 0.075), who.legs), (pen([[(0.09, 0.52),
            (-0.04, 0.415)]], 0.03), who.legs_dark),
        (area([(-0.03, 0.10), (0.03, 0.17), (0.01, 0.10)]), "black"), (block(0.11, 0.035, (-0.015, 0.115), 0.015),
            "black"),
        (area(bent((0.16, 0.53), (0.15, 0.66), (0.07, 0.79), (-0.02, 0.80), (-0.06, 0.73), (0.03, 0.60),
            (0.05, 0.52), (0.16, 0.53), steps=4)),
         who.top),
        (area(bent((0.16, 0.53), (0.15, 0.66), (0.08, 0.76), (0.10, 0.64), (0.10, 0.53), (0.16, 0.53), steps=4)),
            who.top_dark),
        (pen([[(0.0, 0.755), (-0.05, 0.635), (-0.165, 0.575)]], 0.045), who.top_dark), (disc(0.022, (-0.17, 0.57),
            3), who.skin),
        (pen([[(-0.02, 0.79), (-0.045, 0.84)]], 0.055), f"{who.skin}_shade"),
        (scaled(moved(disc(1.0, (0.0, 0.0), 5), -1.15, 11.9), 0.058, 0.074), who.skin),
        (area(bent((-0.125, 0.90), (-0.10, 0.945), (-0.04, 0.965), (0.005, 0.93), (0.0, 0.885), (-0.02, 0.905),
            (-0.125, 0.90), steps=4)),
         "red"),
        (area([(-0.128, 0.875), (-0.112, 0.895), (-0.112, 0.862)]), who.skin), (disc(0.007, (-0.098, 0.888), 2),
            "black"),
    ]  # fmt: skip

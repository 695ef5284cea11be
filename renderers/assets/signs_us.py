"""Faces of signs of the United States' manual (MUTCD 2009), in the sizes for conventional roads.  Renderers floor.

STOP and YIELD 750 and 900 mm, speed limits 600 x 750, warning diamonds with sides of 750 mm, work signs 900 (tables
2B-1, 2C-2 and 6F-1 of the manual).  A face stands on up = 0 about right = 0.
"""

from collections.abc import Callable

import numpy as np
from shapely.geometry.base import BaseGeometry

from renderers.assets import pictograms as draw
from renderers.assets.flat import (
    Picture,
    area,
    block,
    disc,
    grown,
    merged,
    mirrored,
    moved,
    pen,
    ring,
    softened,
    turned,
)
from renderers.assets.lettering import ink, length_m
from renderers.assets.signs_vienna import fitted, lefted, picture, regular, squeezed

Shape = BaseGeometry
INCH_M = 0.0254
DIAMOND_M = 0.75


def plate(width: float, height: float, corner: float = 0.035) -> Shape:
    return block(width, height, (0.0, height / 2), corner)


def framed(
    plate_: Shape, color: str, border: str, *symbols: tuple[Shape, str], inset: float = 0.012
) -> Picture:
    """A plate with a thin border drawn a little inside its edge."""
    line = 0.014
    return picture(
        (plate_, color), (grown(plate_, -inset, round_=True), border),
        (grown(plate_, -inset - line, round_=True), color), *symbols,
    )  # fmt: skip


def lines(*rows: tuple[str, float, float], wide: float, bold: float = 0.17) -> Shape:
    """Words one over another: (word, height of its letters, height of its middle); long ones are set narrower."""
    drawn = []
    for word, tall, up in rows:
        long = length_m(word, tall, bold)
        drawn.append(squeezed(word, tall, (0.0, up), min(long * 0.88, wide), bold))
    return merged(*drawn)


# --------------------------------------------------------------------------------------------------- regulation
def stop() -> Picture:
    across = 30 * INCH_M
    octagon = regular(8, across, (0.0, across / 2))
    return picture(
        (octagon, "white"), (grown(octagon, -0.019), "red"),
        (squeezed("STOP", 10 * INCH_M, (0.0, across / 2), 0.62, 0.20), "white"),
    )  # fmt: skip


def give_way() -> Picture:
    side = 0.9 + 2 * 0.05 * (np.sqrt(3) - 1)  # before its corners are rounded
    tall = side * np.sqrt(3) / 2
    sharp = area([(-side / 2, tall), (0.0, 0.0), (side / 2, tall)])
    outer = grown(grown(sharp, -0.05), 0.05, round_=True)
    return picture(
        (outer, "white"), (grown(outer, -0.012), "red"), (grown(sharp, -0.135), "white"),
        (squeezed("YIELD", 0.085, (0.0, tall - 0.215), 0.30, 0.18), "red"),
    )  # fmt: skip


def speed_limit(value: str) -> Picture:
    shown = "".join(letter for letter in value if letter.isdigit()) or "25"
    words = merged(
        lines(("SPEED", 0.10, 0.645), ("LIMIT", 0.10, 0.495), wide=0.46),
        squeezed(shown, 0.26, (0.0, 0.22), 0.19 * len(shown), 0.18),
    )
    return framed(plate(0.60, 0.75), "white", "black", (words, "black"))


def do_not_enter() -> Picture:
    side = 0.75
    words = lines(("DO NOT", 0.095, 0.60), ("ENTER", 0.095, 0.15), wide=0.42)
    return picture(
        (plate(side, side), "white"), (disc(0.36, (0.0, side / 2), 9), "red"),
        (block(0.56, 0.125, (0.0, side / 2)), "white"), (words, "white"),
    )  # fmt: skip


def wrong_way() -> Picture:
    return framed(
        plate(0.90, 0.60),
        "red",
        "white",
        (lines(("WRONG", 0.17, 0.42), ("WAY", 0.17, 0.18), wide=0.7), "white"),
    )


def one_way(left: bool) -> Picture:
    arrow = draw.arrow([(-0.42, 0.15), (0.42, 0.15)], 0.165, 1.55)
    word = squeezed("ONE WAY", 0.085, (-0.02, 0.15), 0.46, 0.17)
    return picture((plate(0.90, 0.30, 0.02), "black"), (mirrored(arrow) if left else arrow, "white"),
                   (moved(word, 0.04, 0.0) if left else word, "black"))  # fmt: skip


def keep_right() -> Picture:
    island = merged(disc(0.05, (-0.13, 0.46), 4), block(0.10, 0.22, (-0.13, 0.57)))
    path = draw.arrow(
        draw.bent((-0.13, 0.08), (-0.11, 0.24), (0.06, 0.38), (0.10, 0.50), (0.10, 0.69)), 0.075, 2.2
    )
    return framed(plate(0.60, 0.75), "white", "black", (merged(island, path), "black"))


def banned(symbol: Shape) -> Picture:
    """A movement that is forbidden: black under a red ring."""
    at = (0.0, 0.30)
    circle = merged(ring(0.235, 0.05, at), pen([[(-0.17, 0.47), (0.17, 0.13)]], 0.05, "flat"))
    return framed(
        plate(0.60, 0.60),
        "white",
        "black",
        (fitted(symbol, at, 0.30, 0.26), "black"),
        (circle, "red"),
        inset=0.0,
    )


def no_parking() -> Picture:
    words = lines(("NO", 0.085, 0.375), ("PARKING", 0.05, 0.285), ("ANY TIME", 0.05, 0.205), wide=0.24)
    arrows = merged(
        draw.arrow([(0.0, 0.09), (0.12, 0.09)], 0.022, 2.6),
        draw.arrow([(0.0, 0.09), (-0.12, 0.09)], 0.022, 2.6),
    )
    return framed(plate(0.30, 0.45, 0.025), "white", "red", (merged(words, arrows), "red"), inset=0.006)


def crossbuck() -> Picture:
    """RAILROAD CROSSING on two crossed boards of 1.2 m."""
    arm = block(1.2, 0.225, (0.0, 0.5), 0.01)
    one, two = turned(arm, 45.0, (0.0, 0.5)), turned(arm, -45.0, (0.0, 0.5))
    shape = merged(one, two)
    rail = merged(*(
        turned(squeezed(word, 0.12, (u, 0.5), 0.40, 0.17), angle, (0.0, 0.5))
        for word, u, angle in (("RAIL", -0.36, -45.0), ("ROAD", 0.36, -45.0))
    ))  # fmt: skip
    cross = merged(*(
        turned(squeezed(word, 0.12, (u, 0.5), 0.40, 0.17), 45.0, (0.0, 0.5))
        for word, u in (("CROS", -0.36), ("SING", 0.36))
    ))  # fmt: skip
    return picture((shape, "white"), (merged(rail, cross), "black"))


# ------------------------------------------------------------------------------------------------------ warning
def diamond(color: str, *symbols: tuple[Shape, str], side: float = DIAMOND_M) -> Picture:
    half = side / np.sqrt(2)
    outer = turned(block(side, side, (0.0, half), 0.045), 45.0, (0.0, half))
    return framed(outer, color, "black", *symbols)


def warns(
    shape: Callable[[], Shape],
    high: float = 0.56,
    wide: float = 0.56,
    flip: bool = False,
    color: str = "yellow",
) -> Callable[[str], Picture]:
    def face(value: str) -> Picture:
        symbol = mirrored(shape()) if flip else shape()
        return diamond(color, (fitted(symbol, (0.0, DIAMOND_M / np.sqrt(2)), high, wide), "black"))

    return face


def works(*words: str) -> Picture:
    """An orange diamond of 900 mm with words."""
    half = 0.9 / np.sqrt(2)
    rows = [(word, 0.125, half + 0.17 * ((len(words) - 1) / 2 - k)) for k, word in enumerate(words)]
    drawn = merged(*(
        squeezed(word, tall, (0.0, up), min(length_m(word, tall) * 0.85, 0.95 - 1.6 * abs(up - half)), 0.17)
        for word, tall, up in rows
    ))  # fmt: skip
    return diamond("orange", (drawn, "black"), side=0.9)


def signal_ahead() -> Picture:
    half = DIAMOND_M / np.sqrt(2)
    return diamond(
        "yellow", (block(0.22, 0.58, (0.0, half), 0.03), "black"), (disc(0.075, (0.0, half + 0.18)), "red"),
        (disc(0.075, (0.0, half)), "yellow"), (disc(0.075, (0.0, half - 0.18)), "green"),
    )  # fmt: skip


def stop_ahead() -> Picture:
    half = DIAMOND_M / np.sqrt(2)
    octagon = regular(8, 0.33, (0.0, half + 0.14))
    arrow = draw.arrow([(0.0, half - 0.33), (0.0, half - 0.06)], 0.08, 2.4)
    return diamond("yellow", (arrow, "black"), (grown(octagon, 0.008), "white"), (octagon, "red"),
                   (squeezed("STOP", 0.10, (0.0, half + 0.14), 0.26, 0.19), "white"))  # fmt: skip


def chevron(left: bool) -> Picture:
    """W1-8, 600 x 750."""
    shape = area([(-0.16, 0.05), (0.0, 0.05), (0.19, 0.375), (0.0, 0.70), (-0.16, 0.70), (0.03, 0.375)])
    return picture((plate(0.60, 0.75), "yellow"), (mirrored(shape) if left else shape, "black"))


def school() -> Picture:
    """The pentagon of a school crossing, fluorescent yellow-green."""
    outer = softened(area([(-0.375, 0.0), (0.375, 0.0), (0.375, 0.44), (0.0, 0.80), (-0.375, 0.44)]), 0.03)
    two = merged(fitted(draw.walker(), (-0.10, 0.36), 0.50), fitted(draw.walker(), (0.15, 0.33), 0.40))
    return framed(outer, "yellow_green", "black", (two, "black"))


def advisory(value: str) -> Picture:
    """A plate below a warning: a speed in MPH."""
    shown = "".join(letter for letter in value if letter.isdigit()) or "30"
    words = merged(
        squeezed(shown, 0.20, (0.0, 0.28), 0.28, 0.18), squeezed("MPH", 0.075, (0.0, 0.10), 0.20, 0.17)
    )
    return framed(plate(0.45, 0.45), "yellow", "black", (words, "black"), inset=0.006)


# -------------------------------------------------------------------------------------------------------- guide
def guide(value: str) -> Picture:
    """A green board of a freeway with the number of its exit above."""
    words = merged(
        lefted("LAKESIDE AVE", 0.33, -1.65, 1.65),
        lefted("DOWNTOWN", 0.33, -1.65, 1.05),
        lefted("1/2 MILE", 0.27, -1.65, 0.42),
    )
    board = block(4.0, 2.1, (0.0, 1.05), 0.12)
    tab = block(1.5, 0.55, (1.15, 2.36), 0.08)
    edge = merged(board, tab)
    inner = merged(grown(board, -0.035, round_=True), grown(tab, -0.035, round_=True))
    out = draw.arrow([(1.15, 0.30), (1.45, 0.75)], 0.15, 2.5)
    number = ink(f"EXIT {value or '27'}", 0.26, (1.15, 2.36), 0.16)
    return picture((edge, "white"), (inner, "green"), (merged(words, out, number), "white"))


def shield(value: str) -> Picture:
    """An interstate's shield, 600 mm."""
    outline = area(draw.bent((-0.22, 0.60), (-0.30, 0.42), (-0.26, 0.20), (0.0, 0.0), (0.26, 0.20), (0.30, 0.42),
                             (0.22, 0.60),
                             (0.11, 0.555), (0.0, 0.60), (-0.11, 0.555), (-0.22, 0.60), steps=4))  # fmt: skip
    inner = grown(outline, -0.014)
    top = inner.intersection(block(1.0, 0.4, (0.0, 0.625)))
    rest = inner.intersection(block(1.0, 0.41, (0.0, 0.205)))
    shown = "".join(letter for letter in value if letter.isdigit()) or "95"
    return picture(
        (outline, "white"), (top, "red"), (rest, "blue"),
        (squeezed(shown, 0.24, (0.0, 0.25), 0.17 * len(shown), 0.18), "white"),
        (squeezed("INTERSTATE", 0.055, (0.0, 0.485), 0.40, 0.17), "white"),
    )  # fmt: skip


def street_name(value: str) -> Picture:
    word = value or "OAK ST"
    return framed(plate(length_m(word, 0.11, 0.16) + 0.2, 0.23, 0.02), "green", "green",
                  (ink(word, 0.11, (0.0, 0.115), 0.16), "white"))  # fmt: skip


FACES: dict[str, Callable[[str], Picture]] = {
    "stop_us": lambda value: stop(), "yield_us": lambda value: give_way(), "speed_limit_us": speed_limit,
    "do_not_enter_us": lambda value: do_not_enter(), "wrong_way_us": lambda value: wrong_way(),
    "one_way_us": lambda value: one_way(left=value == "left"), "keep_right_us": lambda value: keep_right(),
    "no_left_turn_us": lambda value: banned(mirrored(draw.turning())),
    "no_u_turn_us": lambda value: banned(draw.u_turn()),
    "no_parking_us": lambda value: no_parking(), "crossbuck_us": lambda value: crossbuck(),
    "curve_right_us": warns(draw.bend), "curve_left_us": warns(draw.bend, flip=True),
    "turn_right_us": warns(draw.turning, 0.42), "winding_us": warns(draw.double_bend, 0.62),
    "pedestrians_us": warns(draw.walker, 0.60), "deer_us": warns(draw.deer, 0.6, 0.56),
    "bicycle_us": warns(draw.bicycle, 0.5, 0.60), "slippery_us": warns(draw.skid, 0.56),
    "merge_us": warns(draw.merging, 0.60), "two_way_us": warns(draw.oncoming, 0.54),
    "cattle_us": warns(draw.cow, 0.4, 0.6),
    "signal_ahead_us": lambda value: signal_ahead(), "stop_ahead_us": lambda value: stop_ahead(),
    "school_us": lambda value: school(), "chevron_right_us": lambda value: chevron(left=False),
    "chevron_left_us": lambda value: chevron(left=True), "advisory_us": advisory,
    "road_work_us": lambda value: works("ROAD", "WORK", "AHEAD"),
    "one_lane_us": lambda value: works("ONE LANE", "ROAD", "AHEAD"),
    "workers_us": warns(draw.digger, 0.56, color="orange"), "guide_us": guide, "interstate_us": shield,
    "street_name_us": street_name,
}  # fmt: skip

"""Faces of the signs of the Vienna Convention, in the sizes that central Europe uses.  Renderers floor.

Triangles have sides of 900 mm, discs a diameter of 600 mm, the octagon 900 mm across, squares 600 mm (size 2 of the
German VwV-StVO, which most countries' standards share).  A face stands on up = 0 about right = 0.
"""

from collections.abc import Callable

import numpy as np
from shapely.geometry.base import BaseGeometry

from renderers.assets import pictograms as draw
from renderers.assets.flat import (
    Layer,
    Picture,
    area,
    block,
    disc,
    grown,
    merged,
    mirrored,
    moved,
    pen,
    scaled,
    softened,
    turned,
)
from renderers.assets.lettering import ink, length_m

RADIUS_M = 0.30
SIDE_M = 0.90
SQUARE_M = 0.60
MIDDLE = (0.0, RADIUS_M)
Shape = BaseGeometry


def picture(*layers: tuple[Shape, str]) -> Picture:
    return Picture(tuple(Layer(shape, f"sign_{color}") for shape, color in layers))


def fitted(shape: Shape, middle: tuple[float, float], high: float, wide: float = 10.0) -> Shape:
    """A symbol scaled to a height (or to a width, where that is less) about a place."""
    u0, v0, u1, v1 = shape.bounds
    by = min(high / (v1 - v0), wide / (u1 - u0))
    return moved(scaled(moved(shape, -(u0 + u1) / 2, -(v0 + v1) / 2), by), *middle)


def squeezed(word: str, tall: float, middle: tuple[float, float], wide: float, bold: float = 0.17) -> Shape:
    """A word in narrow letters that is `wide` long."""
    plain = ink(word, tall, (0.0, 0.0), bold)
    return moved(scaled(plain, wide / length_m(word, tall, bold), 1.0), *middle)


def regular(sides: int, across: float, middle: tuple[float, float]) -> Shape:
    """A regular outline that stands on a side, `across` wide between two sides."""
    angle = (np.arange(sides) + 0.5) * 2 * np.pi / sides - np.pi / 2
    radius = across / 2 / np.cos(np.pi / sides)
    return area(
        [(middle[0] + radius * float(np.cos(a)), middle[1] + radius * float(np.sin(a))) for a in angle]
    )


# ---------------------------------------------------------------------------------------------------- triangles
def triangle(shrink: float = 0.0, up: bool = True) -> Shape:
    """The plate of a warning sign, rounded, or what lies `shrink` inside it."""
    side = SIDE_M + 2 * 0.045 * (np.sqrt(3) - 1)  # of the triangle before its corners are rounded
    tall = side * np.sqrt(3) / 2
    sharp = area([(-side / 2, 0.0), (side / 2, 0.0), (0.0, tall)])
    plate = grown(grown(sharp, -0.045 - shrink), 0.045 if shrink == 0 else 0.012, round_=True)
    return plate if up else turned(plate, 180.0, (0.0, tall / 2))


def warning(symbol: Shape, high: float, at: float = 0.235, wide: float = 0.46) -> Picture:
    return picture(
        (triangle(), "white"), (triangle(0.014), "red"), (triangle(0.085), "white"),
        (fitted(symbol, (0.0, at), high, wide), "black"),
    )  # fmt: skip


def lights() -> Picture:
    """Signals ahead: three lenses in their colours."""
    plain = warning(draw.mark(), 0.01).layers[:3]
    lamps = [
        (block(0.17, 0.42, (0.0, 0.285), 0.03), "black"), (disc(0.055, (0.0, 0.41)), "red"),
        (disc(0.055, (0.0, 0.285)), "yellow"), (disc(0.055, (0.0, 0.16)), "green"),
    ]  # fmt: skip
    return Picture((*plain, *picture(*lamps).layers))


def give_way() -> Picture:
    return picture(
        (triangle(up=False), "white"),
        (triangle(0.012, up=False), "red"),
        (triangle(0.098, up=False), "white"),
    )


# -------------------------------------------------------------------------------------------------------- discs
def ban(*symbols: tuple[Shape, str], bar: bool = False) -> Picture:
    """A white disc in a red ring, perhaps struck through."""
    layers = [
        (disc(RADIUS_M, MIDDLE, 9), "white"),
        (disc(0.294, MIDDLE, 9), "red"),
        (disc(0.235, MIDDLE, 9), "white"),
    ]
    if bar:
        cross = pen([[(-0.19, 0.49), (0.19, 0.11)]], 0.05, "flat")
        return picture(*layers, *symbols, (cross, "red"))
    return picture(*layers, *symbols)


def ends(*symbols: tuple[Shape, str]) -> Picture:
    """A white disc with a band of thin dark stripes: the end of limits."""
    stripes = merged(
        *(
            pen([[(-0.3 + d, 0.0 - d), (0.3 + d, 0.6 - d)]], 0.014, "flat")
            for d in np.linspace(-0.06, 0.06, 5)
        )
    )
    inner = disc(0.285, MIDDLE, 9)
    return picture(
        (disc(RADIUS_M, MIDDLE, 9), "black"),
        (inner, "white"),
        *symbols,
        (stripes.intersection(inner), "black"),
    )


def order(*symbols: tuple[Shape, str]) -> Picture:
    """A blue disc."""
    return picture((disc(RADIUS_M, MIDDLE, 9), "white"), (disc(0.29, MIDDLE, 9), "blue"), *symbols)


def number(value: str, tall: float = 0.26) -> Shape:
    shown = "".join(letter for letter in value if letter in "0123456789.") or "50"
    bold = 0.19
    tall = min(tall, tall * 0.40 / length_m(shown, tall, bold))
    return ink(shown, tall, MIDDLE, bold)


def overtaking(left: str, right: Shape) -> Picture:
    """Two vehicles from behind, the one that passes in red."""
    one = (
        fitted(draw.truck_side(), (-0.10, 0.30), 0.5, 0.17)
        if left == "truck"
        else fitted(draw.car_front(), (-0.105, 0.30), 0.5, 0.185)
    )
    return ban((one, "red"), (fitted(right, (0.105, 0.30), 0.5, 0.185), "black"))


def no_stopping(cross: bool) -> Picture:
    bars = [[(-0.19, 0.49), (0.19, 0.11)]] + ([[(0.19, 0.49), (-0.19, 0.11)]] if cross else [])
    return picture(
        (disc(RADIUS_M, MIDDLE, 9), "white"), (disc(0.294, MIDDLE, 9), "red"), (disc(0.235, MIDDLE, 9), "blue"),
        (pen(bars, 0.055, "flat"), "red"),
    )  # fmt: skip


def way(angle_deg: float) -> Shape:
    """A straight arrow about the disc's middle, turned counter-clockwise from up."""
    return turned(draw.arrow([(0.0, 0.09), (0.0, 0.51)], 0.085, 2.7), angle_deg, MIDDLE)


def turn_arrow() -> Shape:
    return draw.arrow([(-0.11, 0.10), (-0.11, 0.33), (0.19, 0.33)], 0.085, 2.5)


def two_ways() -> Shape:
    """Straight on or to the right."""
    return merged(
        draw.arrow([(-0.06, 0.08), (-0.06, 0.52)], 0.075, 2.6),
        draw.arrow([(-0.06, 0.10), (-0.06, 0.25), (0.20, 0.25)], 0.075, 2.4),
    )


# ------------------------------------------------------------------------------------------------------- boards
def board(
    color: str, *symbols: tuple[Shape, str], size: tuple[float, float] = (SQUARE_M, SQUARE_M)
) -> Picture:
    """A rectangle with rounded corners and a thin white edge."""
    w, h = size
    edge = "black" if color in ("white", "yellow") else "white"
    corner = min(0.04, 0.15 * h)
    return picture(
        (block(w, h, (0.0, h / 2), corner), edge),
        (block(w - 0.024, h - 0.024, (0.0, h / 2), corner * 0.7), color),
        *symbols,
    )


def zebra_sign() -> Picture:
    inside = area([(-0.25, 0.075), (0.25, 0.075), (0.0, 0.51)])
    stripes = merged(*(area([(u - 0.022, 0.085), (u + 0.022, 0.085), (u + 0.016, 0.115), (u - 0.016, 0.115)])
                       for u in np.linspace(-0.18, 0.18, 6)))  # fmt: skip
    walks = fitted(mirrored(draw.walker()), (0.005, 0.255), 0.27)
    return board("blue", (softened(inside, 0.008), "white"), (merged(walks, stripes), "black"))


def priority(ended: bool = False) -> Picture:
    """The diamond of a priority road."""
    half = SQUARE_M / np.sqrt(2)

    def diamond(inset: float) -> Shape:
        return softened(
            turned(block(SQUARE_M - 2 * inset, SQUARE_M - 2 * inset, (0.0, half)), 45.0, (0.0, half)), 0.02
        )

    layers = [
        (diamond(0.0), "white"),
        (diamond(0.012), "black"),
        (diamond(0.020), "white"),
        (diamond(0.095), "yellow"),
    ]
    if ended:
        stripes = merged(*(pen([[(-0.34 + d, half - 0.30 - d), (0.34 + d, half + 0.30 - d)]], 0.016, "flat")
                           for d in np.linspace(-0.055, 0.055, 4)))  # fmt: skip
        layers.append((stripes.intersection(diamond(0.020)), "black"))
    return picture(*layers)


def stop() -> Picture:
    octagon = regular(8, 0.9, (0.0, 0.45))
    return picture(
        (octagon, "white"),
        (grown(octagon, -0.02), "red"),
        (squeezed("STOP", 0.31, (0.0, 0.45), 0.74, 0.20), "white"),
    )


def motorway_symbol() -> Shape:
    """Two carriageways under a bridge."""
    lanes = [
        area([(s * 0.05, 0.0), (s * 0.30, 0.0), (s * 0.10, 0.86), (s * 0.03, 0.86)]) for s in (1.0, -1.0)
    ]
    bridge = merged(
        block(0.92, 0.10, (0.0, 0.55)), block(0.07, 0.16, (-0.40, 0.45)), block(0.07, 0.16, (0.40, 0.45))
    )
    road = merged(*lanes).difference(grown(bridge, 0.035))
    return merged(road, bridge)


def struck(face: Picture, wide: float = 0.055, color: str = "red") -> Picture:
    """The same face, struck through: the end of what it says."""
    u0, v0, u1, v1 = face.outline.bounds
    bar = pen([[(u0 + 0.03, v0 + 0.03), (u1 - 0.03, v1 - 0.03)]], wide, "flat")
    return Picture((*face.layers, *picture((bar, color)).layers))


def dead_end() -> Picture:
    return board("blue", (block(0.10, 0.34, (0.0, 0.22)), "white"), (block(0.34, 0.10, (0.0, 0.43)), "red"))


def zone(value: str) -> Picture:
    """A zone with a speed limit."""
    round_ = ban((number(value or "30"), "black"))
    moved_up = tuple(
        Layer(moved(scaled(layer.shape, 0.86), 0.0, 0.22), layer.material) for layer in round_.layers
    )
    return Picture((*board("white", size=(0.60, 0.80)).layers, *moved_up,
                    *picture((ink("ZONE", 0.115, (0.0, 0.115), 0.18), "black")).layers))  # fmt: skip


def play_street() -> Picture:
    """Home zone: people and a ball before a house and a car."""
    house = merged(area([(0.16, 0.30), (0.28, 0.42), (0.40, 0.30)]), block(0.19, 0.20, (0.28, 0.22)))
    house = house.difference(merged(block(0.055, 0.06, (0.245, 0.24)), block(0.055, 0.06, (0.32, 0.24))))
    return board(
        "blue",
        (house, "white"), (fitted(draw.led_child(), (-0.29, 0.33), 0.34), "white"),
        (fitted(draw.runner(), (-0.06, 0.24), 0.24), "white"), (disc(0.03, (0.06, 0.12), 4), "white"),
        (fitted(draw.car_side(), (0.25, 0.08), 0.3, 0.26), "white"),
        size=(0.90, 0.60),
    )  # fmt: skip


def town(name: str, ended: bool = False) -> Picture:
    word = name or "ELMFIELD"
    tall = min(0.15, 0.15 * 1.02 / length_m(word, 0.15, 0.16))
    face = board(
        "yellow", (ink(word, tall, (0.0, 0.36), 0.16), "black"),
        (ink("ROAD DISTRICT", 0.07, (0.0, 0.15), 0.15), "black"),
        size=(1.2, 0.55),
    )  # fmt: skip
    return struck(face, 0.05) if ended else face


PLACES = (
    "HARBOUR",
    "ELMFIELD",
    "AIRPORT",
    "NORTHGATE",
    "LAKESIDE",
    "STONEBRIDGE",
    "OLD MILL",
    "CENTRE",
    "WESTERN HILLS",
)


def lefted(word: str, tall: float, left: float, up: float, bold: float = 0.15) -> Shape:
    return ink(word, tall, (left + length_m(word, tall, bold) / 2, up), bold)


def motorway_board() -> Picture:
    """A large blue board over or beside a motorway: an exit and what lies ahead."""
    words = merged(
        lefted("CITY NORTH", 0.28, -0.75, 1.98),
        lefted("HARBOUR", 0.28, -0.75, 1.48),
        lefted("AIRPORT", 0.28, -0.75, 0.62),
    )
    up = draw.arrow([(-1.35, 1.15), (-1.35, 2.15)], 0.17, 2.6)
    out = draw.arrow([(-1.62, 0.30), (-1.40, 0.52), (-1.10, 0.82)], 0.15, 2.5)
    return board("blue", (merged(words, up, out, block(3.6, 0.018, (0.0, 1.05))), "white"), size=(4.0, 2.4))


def pointer(color: str, value: str) -> Picture:
    """A signpost's arm that points to the right."""
    word = value or "LAKESIDE"
    wide = max(1.0, length_m(word, 0.105, 0.16) + 0.42)
    h, tip = 0.35, 0.20
    outer = softened(
        area(
            [(-wide / 2, 0.0), (wide / 2 - tip, 0.0), (wide / 2, h / 2), (wide / 2 - tip, h), (-wide / 2, h)]
        ),
        0.012,
    )
    dark = "black" if color in ("white", "yellow") else "white"
    return picture((outer, dark), (grown(outer, -0.014), color),
                   (lefted(word, 0.105, -wide / 2 + 0.09, 0.175, 0.16), dark))  # fmt: skip


def street_name(value: str) -> Picture:
    word = value or "MILL LANE"
    tall = 0.085
    return board(
        "blue", (ink(word, tall, (0.0, 0.10), 0.15), "white"), size=(length_m(word, tall, 0.15) + 0.16, 0.20)
    )


def chevrons(left: bool, count: int = 3, color: str = "red") -> Picture:
    """The guide board of a tight bend: chevrons in a row."""
    wide, h = 0.5 * count, 0.5
    marks = merged(*(
        area([(u, 0.0), (u + 0.2, 0.0), (u + 0.40, h / 2), (u + 0.2, h), (u, h), (u + 0.2, h / 2)])
        for u in np.arange(count) * 0.5 - wide / 2 + 0.05
    ))  # fmt: skip
    plate = block(wide, h, (0.0, h / 2), 0.02)
    return picture((plate, "white"), (mirrored(marks) if left else marks, color))


def bus_stop() -> Picture:
    at = (0.0, 0.225)
    return picture(
        (disc(0.225, at, 8), "green"), (disc(0.190, at, 8), "yellow"), (ink("H", 0.2, at, 0.2), "green")
    )


def plus(value: str) -> Picture:
    """The plate below a sign: a distance or a word."""
    word = value or "100 M"
    return board(
        "white",
        (ink(word, 0.12, (0.0, 0.165), 0.15), "black"),
        size=(max(0.6, length_m(word, 0.12, 0.15) + 0.1), 0.33),
    )


def warn(
    draws: Callable[[], Shape], high: float = 0.40, at: float = 0.25, wide: float = 0.40, flip: bool = False
) -> Callable[[str], Picture]:
    return lambda value: warning(mirrored(draws()) if flip else draws(), high, at, wide)


def bans(draws: Callable[[], Shape], high: float, wide: float, bar: bool = False) -> Callable[[str], Picture]:
    return lambda value: ban((fitted(draws(), MIDDLE, high, wide), "black"), bar=bar)


def orders(draws: Callable[[], Shape], high: float, wide: float = 0.4) -> Callable[[str], Picture]:
    return lambda value: order((fitted(draws(), MIDDLE, high, wide), "white"))


def serves(symbol: Shape, color: str = "black") -> Picture:
    """Something to be had ahead: a white square on blue."""
    return board("blue", (block(0.40, 0.40, (0.0, 0.30)), "white"), (symbol, color))


def shared() -> Shape:
    """People above, a bicycle below."""
    return merged(
        fitted(draw.led_child(), (0.0, 0.42), 0.20),
        block(0.5, 0.014, (0.0, 0.295)),
        fitted(draw.bicycle(), (0.0, 0.18), 0.2, 0.27),
    )


FACES: dict[str, Callable[[str], Picture]] = {
    # Danger.
    "warning": warn(draw.mark, 0.36),
    "curve_right": warn(draw.bend, 0.38), "curve_left": warn(draw.bend, 0.38, flip=True),
    "double_bend": warn(draw.double_bend, 0.40), "slippery": warn(draw.skid, 0.36, 0.24),
    "narrow_road": warn(draw.narrowing, 0.36, 0.24), "bump": warn(draw.hump, 0.20, 0.20),
    "roadworks": warn(draw.digger, 0.34, 0.235), "queue": warn(draw.queue, 0.34, 0.22),
    "two_way": warn(draw.oncoming, 0.34, 0.24), "signals": lambda value: lights(),
    "pedestrians": warn(draw.walker, 0.40, 0.25), "children": warn(draw.children, 0.34, 0.225, 0.42),
    "cyclists": warn(draw.bicycle, 0.3, 0.22, 0.36), "animals": warn(draw.deer, 0.36, 0.235, 0.38),
    "cattle": warn(draw.cow, 0.3, 0.21, 0.42), "level_crossing": warn(draw.train, 0.3, 0.22, 0.40),
    "tram_crossing": warn(draw.tram, 0.38, 0.25), "priority_next": warn(draw.crossroads, 0.40, 0.25),
    "merge": warn(draw.merging, 0.40, 0.25), "roundabout_ahead": warn(draw.roundabout, 0.30, 0.22),
    # Who goes first.
    "yield": lambda value: give_way(), "stop": lambda value: stop(), "priority": lambda value: priority(),
    "priority_end": lambda value: priority(ended=True),
    # What is forbidden.
    "no_entry": lambda value: picture((disc(RADIUS_M, MIDDLE, 9), "white"), (disc(0.29, MIDDLE, 9), "red"),
                                      (block(0.42, 0.11, MIDDLE), "white")),
    "no_vehicles": lambda value: ban(), "no_trucks": bans(draw.truck_side, 0.3, 0.36),
    "no_cars": bans(draw.car_front, 0.3, 0.30), "no_motorcycles": bans(draw.motorcycle, 0.28, 0.3),
    "no_cycling": bans(draw.bicycle, 0.3, 0.33), "no_walking": bans(draw.walker, 0.36, 0.3),
    "no_overtaking": lambda value: overtaking("car", draw.car_front()),
    "no_overtaking_trucks": lambda value: overtaking("truck", draw.car_front()),
    "no_u_turn": bans(draw.u_turn, 0.30, 0.3, bar=True), "no_left_turn": lambda value: ban(
        (fitted(mirrored(draw.turning()), MIDDLE, 0.26), "black"), bar=True),
    "no_stopping": lambda value: no_stopping(cross=True), "no_parking": lambda value: no_stopping(cross=False),
    "speed_limit": lambda value: ban((number(value), "black")),
    "speed_limit_end": lambda value: ends((number(value), "black")), "limits_end": lambda value: ends(),
    "no_overtaking_end": lambda value: ends(
        (fitted(draw.car_front(), (-0.11, 0.3), 0.3, 0.18), "black"),
        (fitted(draw.car_front(), (0.11, 0.3), 0.3, 0.18), "black")),
    "height_limit": lambda value: ban((merged(
        ink(value or "3.8M", 0.14, MIDDLE, 0.18), area([(-0.06, 0.50), (0.06, 0.50), (0.0, 0.43)]),
        area([(-0.06, 0.10), (0.06, 0.10), (0.0, 0.17)])), "black")),
    "weight_limit": lambda value: ban((ink(value or "7.5T", 0.16, MIDDLE, 0.18), "black")),
    # What must be done.
    "straight": lambda value: order((way(0.0), "white")), "right": lambda value: order((turn_arrow(), "white")),
    "left": lambda value: order((mirrored(turn_arrow()), "white")),
    "straight_or_right": lambda value: order((two_ways(), "white")),
    "keep_right": lambda value: order((way(-135.0), "white")), "keep_left": lambda value: order((way(135.0), "white")),
    "roundabout": orders(draw.roundabout, 0.42), "cycle_way": orders(draw.bicycle, 0.3, 0.40),
    "foot_way": orders(draw.led_child, 0.40), "shared_way": lambda value: order((shared(), "white")),
    # What is so.
    "crossing": lambda value: zebra_sign(),
    "parking": lambda value: board("blue", (ink("P", 0.40, (0.02, 0.30), 0.20), "white")),
    "motorway": lambda value: board("blue", (fitted(motorway_symbol(), (0.0, 0.3), 0.44, 0.5), "white")),
    "motorway_end": lambda value: struck(board("blue", (fitted(motorway_symbol(), (0.0, 0.3), 0.44, 0.5), "white"))),
    "motor_road": lambda value: board("blue", (fitted(draw.car_front(), (0.0, 0.31), 0.4, 0.42), "white")),
    "dead_end": lambda value: dead_end(), "bus_stop": lambda value: bus_stop(),
    "tram_stop": lambda value: bus_stop(), "zone": zone, "play_street": lambda value: play_street(),
    "play_street_end": lambda value: struck(play_street()),
    "one_way": lambda value: board(
        "blue", (draw.arrow([(-0.32, 0.15), (0.33, 0.15)], 0.10, 2.3), "white"), size=(0.8, 0.3)),
    "hospital": lambda value: board("blue", (ink("H", 0.36, (0.0, 0.3), 0.2), "white")),
    "fuel": lambda value: serves(fitted(draw.fuel(), (0.0, 0.30), 0.32)),
    "first_aid": lambda value: serves(merged(block(0.26, 0.085, (0.0, 0.3)), block(0.085, 0.26, (0.0, 0.3))), "red"),
    "town": town, "town_end": lambda value: town(value, ended=True), "street_name": street_name,
    "direction": lambda value: motorway_board(), "pointer": lambda value: pointer("yellow", value),
    "pointer_white": lambda value: pointer("white", value), "chevron_right": lambda value: chevrons(left=False),
    "chevron_left": lambda value: chevrons(left=True), "plate": plus,
    "plain": lambda value: board("white", size=(0.5, 0.4)),
}  # fmt: skip

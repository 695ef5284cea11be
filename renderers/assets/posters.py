"""Posters: printed people and machines before a background, with a line of text.  Renderers floor.

They are the classic trap of detectors: life-size people who are paper (`printed.py`).
"""

from functools import lru_cache

import numpy as np

from renderers.assets.flat import (
    Layer,
    Picture,
    area,
    block,
    disc,
    turned,
)
from renderers.assets.lettering import ink, length_m
from renderers.assets.pictograms import bent
from renderers.assets.printed import Layers, bust, car, cast, cyclist, figure, put
from renderers.mesh import Mesh
from scenarios.chance import stream

SUBJECTS = ("portrait", "figure", "couple", "car", "cyclist", "child", "words")
SLOGANS = (
    "FRESH EVERY DAY", "NOW OPEN", "DRIVE THE FUTURE", "YOUR CITY", "SUMMER SALE", "ON TOUR", "VOTE",
    "LIVE BETTER", "HELLO AGAIN",
    "GO FURTHER", "ALL NEW", "COME HOME", "MADE TO LAST", "30 YEARS YOUNG", "MORE JOY", "BE THERE",
)  # fmt: skip
MINUTE = 3e-4  # rad
CAMPAIGNS = (
    24  # different bills of one kind behind shop windows: whoever prints one prints it for the whole town
)
# Colours of a field, and the second one that goes with each.
GROUNDS = {
    "white": "grey", "cream": "orange", "sky": "white", "yellow": "orange", "teal": "sky", "red": "wine",
    "navy": "blue",
    "pink": "cream", "green": "forest",
}  # fmt: skip
BRANDS = ("NORVIA", "LUMEO", "ZAPPO", "KELTRA", "ORIVO", "BELLAMO", "TANDEM", "VERDANT", "AQUILO", "MONDAY")


def poster(
    wide: float,
    high: float,
    look_seed: int,
    subject: str = "",
    backlit: bool = False,
    seen_from_m: float = 4.0,
) -> Picture:
    """A poster with its lower edge at up = 0, of one of `SUBJECTS` or any.

    Outlines keep to what an eye tells apart from `seen_from_m`, about a minute of arc.
    """
    rng = stream(look_seed, "poster")
    what = subject or str(rng.choice(SUBJECTS, p=(0.24, 0.22, 0.12, 0.16, 0.11, 0.07, 0.08)))
    back = str(rng.choice(list(GROUNDS)))
    frame = block(wide, high, (0.0, high / 2))
    behind = _background(wide, high, back, what, rng)
    layers: Layers = [(frame, back), *behind]
    layers += _subject(what, wide, high, rng)
    layers += _writing(wide, high, "navy" if len(behind) > 2 else back, what, rng)
    begin = "backlit_" if backlit else "print_"
    blur = MINUTE * seen_from_m
    kept = [(shape.simplify(blur), color) for shape, color in layers if shape.area > 12.0 * blur**2]
    return Picture(tuple(Layer(shape, begin + color) for shape, color in kept))


@lru_cache(maxsize=2 * CAMPAIGNS)
def bill(campaign: int, subject: str = "") -> Mesh:
    """A small poster that looks along +x, as hangs behind the windows of shops: a person who is paper."""
    return poster(0.60, 0.85, campaign, subject, seen_from_m=18.0).mesh(0.0, "building")


def _background(wide: float, high: float, back: str, what: str, rng: np.random.Generator) -> Layers:
    """What stands behind: a field of colour, hills under a paling sky, or an evening."""
    roll = rng.uniform()
    if roll < 0.45 and what != "words":
        day = back in ("sky", "white", "navy", "teal", "green")
        bands = (
            ("blue", "azure", "sky", "pale", "white") if day else ("navy", "violet", "dusk", "wine", "orange")
        )
        layers: Layers = [
            (
                area([(-wide, low * high), (wide, (low - 0.05) * high), (wide, 2 * high), (-wide, 2 * high)]),
                name,
            )
            for low, name in zip((0.1, 0.42, 0.55, 0.68, 0.82), bands[::-1], strict=True)
        ]
        hills = bent((-0.6 * wide, 0.0), (-0.5 * wide, 0.30 * high), (-0.12 * wide, 0.40 * high),
            (0.2 * wide, 0.29 * high),
                     (0.5 * wide, 0.37 * high), (0.6 * wide, 0.0))  # fmt: skip
        near = bent(
            (-0.6 * wide, 0.0),
            (-0.5 * wide, 0.20 * high),
            (0.0, 0.17 * high),
            (0.5 * wide, 0.23 * high),
            (0.6 * wide, 0.0),
        )
        dark, light = ("forest", "green") if bands[0] == "blue" else ("navy", "umber")
        road = area(
            [
                (-0.10 * wide, 0.0),
                (0.34 * wide, 0.0),
                (0.06 * wide, 0.185 * high),
                (0.04 * wide, 0.185 * high),
            ]
        )
        return [*layers, (area(hills), dark), (area(near), light), (road, "grey")]
    if roll < 0.8:
        field = (
            area([(-wide, 0.0), (wide, 0.0), (wide, 0.30 * high), (-wide, 0.16 * high)]),
            disc(0.42 * min(wide, high), (0.22 * wide, 0.62 * high), 8),
            area([(-wide / 2, 0.0), (wide / 2, high), (wide / 2, 0.0)]),
        )[int(rng.integers(3))]
        return [(field, GROUNDS[back])]
    return []


def _subject(what: str, wide: float, high: float, rng: np.random.Generator) -> Layers:
    broad = wide > 1.2 * high
    if what == "portrait":
        by = 0.62 * high / 1.6 if broad else min(0.44 * high, 0.52 * wide)
        at = (float(rng.choice((-0.24, 0.24))) * wide if broad else 0.0, by * 1.55 if broad else by * 1.62)
        return put(bust(cast(rng)), by * (1.25 if broad else 1.0), at, bool(rng.uniform() < 0.5))
    if what in ("figure", "child"):
        by = (0.86 if what == "figure" else 0.62) * high
        aside = float(rng.uniform(-0.32, 0.32)) * wide if broad else 0.0
        return put(
            figure(cast(rng), bool(rng.uniform() < 0.5)), by, (aside, 0.05 * high), bool(rng.uniform() < 0.5)
        )
    if what == "couple":
        by = min(0.84 * high, 1.5 * wide)
        middle = 0.22 * wide if broad else 0.0
        return [
            *put(figure(cast(rng), walks=True), by, (middle - 0.19 * by, 0.06 * high)),
            *put(figure(cast(rng), walks=False), 0.93 * by, (middle + 0.17 * by, 0.05 * high), flip=True),
        ]
    if what == "car":
        paint, dark = (
            ("red", "wine"),
            ("sky", "blue"),
            ("white", "grey"),
            ("orange", "wine"),
            ("teal", "forest"),
        )[int(rng.integers(5))]
        by = 0.86 * wide if not broad else min(0.62 * wide, 2.0 * high)
        return put(
            car(paint, dark), by, (0.14 * wide if broad else 0.0, 0.10 * high), bool(rng.uniform() < 0.5)
        )
    if what == "cyclist":
        by = min(0.80 * high, 0.95 * wide)
        return put(
            cyclist(cast(rng), str(rng.choice(("red", "white", "teal")))),
            by,
            (0.18 * wide if broad else 0.0, 0.06 * high),
        )
    size = min(0.30 * wide, 0.26 * high)
    rows: Layers = []
    for k, color in enumerate(("black", "red", "white", "yellow")):
        grown_ = size * (1.0 - 0.23 * k)
        shape = (
            disc(grown_, (0.0, 0.52 * high), 8)
            if rng.uniform() < 0.6
            else block(1.7 * grown_, 1.7 * grown_, (0.0, 0.52 * high))
        )
        rows.append((turned(shape, float(rng.uniform(0, 40)), (0.0, 0.52 * high)), color))
    return rows


def _writing(wide: float, high: float, back: str, what: str, rng: np.random.Generator) -> Layers:
    color = "black" if back in ("white", "cream", "sky", "yellow", "pink") else "white"
    broad = wide > 1.2 * high
    slogan, brand = str(rng.choice(SLOGANS)), str(rng.choice(BRANDS))
    top = 0.10 * high if what == "words" else 0.075 * high
    tall = min(top, top * 0.86 * wide / length_m(slogan, top, 0.17))
    rows: Layers = []
    if broad and what not in ("car", "couple", "cyclist"):
        tall *= 0.62
        rows.append((ink(slogan, tall, (0.0, 0.88 * high), 0.17), color))
    else:
        rows.append((ink(slogan, tall, (0.0, 0.93 * high), 0.17), color))
    name = 0.055 * high
    long = length_m(brand, name, 0.18)
    if long < 0.6 * wide:
        at = (-0.47 * wide + long / 2 + 0.03 * high, 0.075 * high)
        label = block(long + 0.06 * high, 0.095 * high, at, 0.01 * high)
        paper, letters = ("white", "red") if back == "red" else ("red", "white")
        rows += [(label, paper), (ink(brand, name, at, 0.18), letters)]
    return rows

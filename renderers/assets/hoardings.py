"""Where posters hang: billboards, advertising columns, lit frames, hoardings of building sites.  Renderers floor.

A bill of eighteen sheets is 3.56 x 2.52 m, a city light 1.16 x 1.71 m,
as billposters cut them; an American bulletin is
14.6 x 4.3 m on one pole.  The foot is at the origin, the picture looks along +x.
"""

import numpy as np

from renderers.assets.flat import Picture
from renderers.assets.forms import Floats, placed, tower, tube, unit
from renderers.assets.posters import SUBJECTS, poster
from renderers.loft import box
from renderers.mesh import Mesh
from scenarios.chance import stream

THING = "static_object"
POLE = "pole"
BILL_M = (3.56, 2.52)
CITY_LIGHT_M = (1.16, 1.71)
COLUMN_RADIUS_M = 0.60
STRIP_M = 0.24  # a poster on a round column is cut into strips this wide


def billboard(look_seed: int) -> Mesh:
    """A bill of eighteen sheets on two steel legs."""
    rng = stream(look_seed, "billboard")
    wide, high = BILL_M
    low = float(rng.uniform(0.9, 2.6))
    picture = poster(wide, high, look_seed, seen_from_m=11.0).mesh(0.0, THING)
    edge = 0.09
    color = str(rng.choice(("metal_galvanised", "metal_dark", "plaster_green")))
    pieces = [
        picture.moved(placed(0.0, (0.085, 0.0, low + edge))),
        box(
            (0.06, wide + 2 * edge, high + 2 * edge),
            "sign_back",
            THING,
            centre_m=(0.05, 0.0, low + edge + high / 2),
        ),
    ]
    for v in (low + edge / 2, low + high + 1.5 * edge):
        pieces.append(box((0.05, wide + 2 * edge, edge), color, THING, centre_m=(0.10, 0.0, v)))
    for side in (-1, 1):
        pieces.append(
            box(
                (0.05, edge, high),
                color,
                THING,
                centre_m=(0.10, side * (wide + edge) / 2, low + edge + high / 2),
            )
        )
        y = side * 0.3 * wide
        pieces.append(box((0.12, 0.12, low + high + 0.4), color, POLE, centre_m=(-0.04, y, (low + high) / 2)))
        if low > 1.2:
            pieces.append(tube([(-0.9, y, -0.1), (-0.08, y, low + 0.6)], (0.04, 0.04), 6, color, POLE))
    return Mesh.join(pieces)


def bulletin(look_seed: int) -> Mesh:
    """The large board of American highways, on one pole with a catwalk and lamps below."""
    wide, high, low = 14.6, 4.27, 7.0
    picture = poster(wide, high, look_seed, seen_from_m=25.0).mesh(0.0, THING)
    pieces = [
        picture.moved(placed(0.0, (0.46, 0.0, low))),
        box((0.30, wide + 0.2, high + 0.2), "sign_back", THING, centre_m=(0.30, 0.0, low + high / 2)),
        tower([(-0.4, 0, 0, 0.42, 0.42), (low + 0.8, 0, 0, 0.36, 0.36)], 14, "metal_galvanised", POLE),
        box((0.5, 5.0, 0.45), "metal_galvanised", POLE, centre_m=(0.0, 0.0, low + 0.6)),
        box((0.75, wide, 0.06), "metal_galvanised", THING, centre_m=(0.85, 0.0, low - 0.55)),
    ]
    for y in np.linspace(-0.42, 0.42, 5) * wide:
        pieces.append(box((0.9, 0.05, 0.08), "metal_galvanised", THING, centre_m=(0.6, float(y), low - 0.45)))
        pieces.append(box((0.20, 0.45, 0.12), "metal_dark", THING, centre_m=(1.25, float(y), low - 0.40)))
    return Mesh.join(pieces)


def city_light(look_seed: int, high_m: float = 2.7) -> Mesh:
    """A lit frame on one foot, as stands on pavements; a poster on either side."""
    wide, high = CITY_LIGHT_M
    low = high_m - high - 0.16
    pieces = [
        box((0.20, wide + 0.18, high + 0.30), "metal_dark", THING, 0.03, (0.0, 0.0, low + high / 2)),
        box((0.16, 0.42, low), "metal_dark", THING, centre_m=(0.0, 0.0, low / 2 - 0.04)),
        box((0.26, 0.9, 0.06), "concrete", THING, centre_m=(0.0, 0.0, 0.0)),
    ]
    for k, turn in enumerate((0.0, np.pi)):
        sheet = poster(wide, high, look_seed * 2 + k, backlit=True, seen_from_m=11.0).mesh(0.102, THING)
        pieces.append(sheet.moved(placed(turn, (0.0, 0.0, low))))
    return Mesh.join(pieces)


def _wrapped(picture: Picture, radius: float) -> Mesh:
    """A picture bent round an upright column, its middle at +x."""
    flat = picture.mesh(0.0, THING, STRIP_M)
    angle = flat.vertices_m[:, 1] / radius
    around = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(len(angle))])
    points: Floats = around * radius
    points[:, 2] = flat.vertices_m[:, 2]
    return Mesh(
        points.astype(np.float32),
        flat.triangles,
        unit(around).astype(np.float32),
        flat.uv_m,
        flat.material,
        flat.semantic,
    )


def advertising_column(look_seed: int) -> Mesh:
    """A round column of 1.2 m with posters of several sizes and a cap."""
    rng = stream(look_seed, "column")
    r = COLUMN_RADIUS_M
    cap = str(rng.choice(("metal_dark", "plaster_green", "concrete")))
    profile = [
        (-0.1, 0, 0, r + 0.10, r + 0.10), (0.22, 0, 0, r + 0.10, r + 0.10), (0.26, 0, 0, r - 0.006, r - 0.006),
        (2.78, 0, 0, r - 0.006, r - 0.006),
    ]  # fmt: skip
    roof = [
        (2.78, 0, 0, r + 0.14, r + 0.14), (2.90, 0, 0, r + 0.16, r + 0.16), (3.00, 0, 0, 0.8 * r, 0.8 * r),
        (3.16, 0, 0, 0.45 * r, 0.45 * r), (3.28, 0, 0, 0.06, 0.06), (3.45, 0, 0, 0.02, 0.02),
    ]  # fmt: skip
    pieces = [tower(profile, 28, "concrete", THING), tower(roof, 28, cap, THING)]
    turn, step = float(rng.uniform(0, 2 * np.pi)), 2 * np.pi / 3
    for k in range(3):
        here = turn + k * step
        tall = _wrapped(poster(1.19, 1.68, look_seed * 11 + k, seen_from_m=13.0), r)
        pieces.append(tall.moved(placed(here, (0.0, 0.0, 0.36))))
        for half in (-1, 1):
            small = _wrapped(
                poster(0.57, 0.62, look_seed * 11 + 5 + 2 * k + half, "words", seen_from_m=22.0), r
            )
            pieces.append(small.moved(placed(here + half * 0.31 / r, (0.0, 0.0, 2.09))))
    return Mesh.join(pieces)


def hoarding(length_m: float, look_seed: int) -> Mesh:
    """The boards round a building site, along +x from the origin, with bills pasted on their face (towards -y)."""
    rng = stream(look_seed, "hoarding")
    high = float(rng.uniform(2.1, 2.6))
    color = str(rng.choice(("wood", "plaster_blue", "plaster_white", "plaster_green", "sign_back")))
    panels = max(1, round(length_m / 1.25))
    step = length_m / panels
    pieces = []
    for k in range(panels):
        x = (k + 0.5) * step
        pieces.append(
            box((step - 0.012, 0.03, high - 0.05), color, "fence", centre_m=(x, 0.0, high / 2 + 0.02))
        )
        pieces.append(
            box((0.09, 0.07, high + 0.25), "wood", "fence", centre_m=(k * step + 0.05, 0.06, high / 2 - 0.12))
        )
    pieces.append(box((length_m, 0.05, 0.07), "wood", "fence", centre_m=(length_m / 2, 0.03, high + 0.03)))
    x, number = float(rng.uniform(0.1, 0.9)), 0
    while x < length_m - 1.3:
        wide = float(rng.choice((0.84, 0.84, 1.19)))
        what = str(rng.choice(SUBJECTS))
        sheet = poster(wide, wide * 1.41, look_seed * 13 + int(rng.integers(3)), what, seen_from_m=12.0).mesh(
            0.0, THING
        )
        at = (x + wide / 2, -0.019, 0.45 + float(rng.uniform(0.0, 0.25)))
        pieces.append(sheet.moved(placed(-np.pi / 2, at)))
        number += 1
        x += wide + float(rng.choice((0.03, 0.05, 1.4)))
        if number >= 4:
            break
    return Mesh.join(pieces)


def pasted(wide: float, high: float, look_seed: int, subject: str = "") -> Mesh:
    """A picture painted or pasted straight on a wall, its lower edge at z = 0."""
    return poster(wide, high, look_seed, subject).mesh(0.0, THING)


def post_plate(look_seed: int) -> Mesh:
    """Two bills back to back round a lamp post, as before elections; their lower edge 2.2 m up."""
    wide, high = 0.594, 0.841
    pieces = []
    for k, turn in enumerate((0.0, np.pi)):
        sheet = poster(wide, high, look_seed * 2 + k, "portrait" if k == 0 else "", seen_from_m=12.0).mesh(
            0.0, THING
        )
        board = box(
            (0.008, wide + 0.02, high + 0.02), "plastic_light", THING, centre_m=(-0.006, 0.0, high / 2)
        )
        pieces.append(Mesh.join([sheet, board]).moved(placed(turn, (0.10 if k == 0 else -0.10, 0.0, 2.2))))
    return Mesh.join(pieces)


def site_fence(look_seed: int) -> Mesh:
    """A hoarding of 7.5 m that looks along +x, for contact sheets."""
    return hoarding(7.5, look_seed).moved(placed(np.pi / 2, (0.0, -3.75, 0.0)))

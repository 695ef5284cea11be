"""Traffic signs on their posts: plates that look along +x, with backs, clamps, age and dents.  Renderers floor.

What is on the faces stands in `signs_vienna` and `signs_us`, as layers of outlines; here they become plates, get a post
that suits their size and their country, and as old as `look_seed` makes them.
"""

from dataclasses import replace

import numpy as np

from renderers.assets import signs_us, signs_vienna
from renderers.assets.flat import Layer, Picture, block, disc, moved
from renderers.assets.forms import placed, tube
from renderers.assets.lettering import SIGN
from renderers.loft import box, rotation
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh
from scenarios.chance import stream

FACES = {**signs_vienna.FACES, **signs_us.FACES}
SHEET_M = 0.003  # of aluminium
HIGH_M, WIDE_M = 2.1, 1.3  # lower edge over paths where people walk; boards wider than this have two posts
RURAL_M = 1.5
# What fades first: sheeting of the same colour after ten or fifteen years (EN 12899-1 lets it lose half its gain).
WORN = {f"sign_{c}": f"sign_{c}_worn" for c in ("white", "yellow", "red", "blue", "green", "orange")}
STICKERS = ("sign_yellow", "plaster_blue", "sign_black", "plaster_rose", "plastic_light", "cone_orange")


def face(kind: str, value: str = "") -> Picture:
    """What a sign shows, its lower edge at up = 0."""
    if kind not in FACES:
        raise KeyError(f"no sign {kind!r}; there are {', '.join(FACES)}")
    drawn = FACES[kind](value)
    low = float(drawn.outline.bounds[1])
    return Picture(tuple(Layer(moved(layer.shape, 0.0, -low), layer.material) for layer in drawn.layers))


def plate(picture: Picture) -> Mesh:
    """A sheet of metal with a picture on it; large ones have rails behind."""
    u0, v0, u1, v1 = picture.outline.bounds
    pieces = [
        picture.mesh(0.0, SIGN),
        picture.back(-SHEET_M, "sign_back", SIGN),
        picture.rim(0.0, -SHEET_M, "sign_back", SIGN),
    ]
    if u1 - u0 > WIDE_M:
        wide = 0.9 * (u1 - u0)
        pieces += [
            box(
                (0.035, wide, 0.06),
                "metal_galvanised",
                SIGN,
                centre_m=(-SHEET_M - 0.018, (u0 + u1) / 2, float(v)),
            )
            for v in np.linspace(v0 + 0.12 * (v1 - v0), v0 + 0.80 * (v1 - v0), max(2, round((v1 - v0) / 0.8)))
        ]
    return Mesh.join(pieces)


def sign(
    kind: str,
    value: str = "",
    lower_edge_m: float = HIGH_M,
    scale: float = 1.0,
    posts: int = 1,
    look_seed: int | None = None,
    below: str = "",
) -> Mesh:
    """A sign on its post(s): the foot at the origin, the plate looks along +x.

    Without a `look_seed` it is as good as new.  `below` is the word on a smaller plate under it.
    """
    american = kind.endswith("_us")
    shown = plate(face(kind, value))
    if below:
        under = face("advisory_us" if american and below[:1].isdigit() else "plate", below)
        shown = Mesh.join(
            [plate(under), shown.moved(placed(0.0, (0.0, 0.0, under.outline.bounds[3] + 0.03)))]
        )
    grown = np.diag((scale, scale, scale, 1.0))
    radius = 0.030 if posts == 1 else 0.07
    grown[:3, 3] = (radius + 0.012 + SHEET_M, 0.0, lower_edge_m)
    plates = shown.moved(grown)
    low, high = (plates.vertices_m[:, 1].min(), plates.vertices_m[:, 1].max())
    top = float(plates.vertices_m[:, 2].max()) - 0.05
    if kind == "crossbuck_us":
        top -= 0.5
    feet = [0.0] if posts == 1 else [float(low) * 0.7, float(high) * 0.7]
    pieces = [_post(y, top, radius, american and posts == 1) for y in feet]
    pieces += [
        box((0.016, 2 * radius + 0.03, 0.03), "metal_galvanised", "pole", centre_m=(radius + 0.006, y, z))
        for y in feet
        for z in np.linspace(lower_edge_m + 0.12 * (top - lower_edge_m), top - 0.06, 2)
    ]  # the clamps
    whole = Mesh.join([*pieces, plates])
    return whole if look_seed is None else aged(whole, plates, look_seed)


def _post(y: float, top: float, radius: float, channel: bool) -> Mesh:
    if channel:  # a square perforated tube, as most American signs have
        return box((0.05, 0.05, top + 0.3), "metal_galvanised", "pole", centre_m=(0.0, y, (top - 0.3) / 2))
    return tube([(0, y, -0.3), (0, y, top)], (radius, radius), 10, "metal_galvanised", "pole")


def aged(whole: Mesh, plates: Mesh, look_seed: int) -> Mesh:
    """What years and vandals make of a sign: faded sheeting, stickers behind it, a post that a bumper has met."""
    rng = stream(look_seed, "sign")
    made = whole
    if rng.uniform() < 0.3:
        material = made.material.copy()
        for fresh, worn in WORN.items():
            material[material == MATERIAL_ID[fresh]] = MATERIAL_ID[worn]
        made = replace(made, material=material)
    if rng.uniform() < 0.35:
        made = Mesh.join([made, *_stickers(plates, rng)])
    turn, lean, way = rng.normal(scale=0.05), abs(rng.normal(scale=0.012)), rng.uniform(0, 2 * np.pi)
    if rng.uniform() < 0.08:
        lean = float(rng.uniform(0.05, 0.13))
    across = rotation("z", way) @ rotation("y", lean) @ rotation("z", -way)
    return made.moved(across @ rotation("z", turn))


def _stickers(plates: Mesh, rng: np.random.Generator) -> list[Mesh]:
    """Small ones on the back, where nobody minds."""
    low, high = plates.vertices_m.min(axis=0), plates.vertices_m.max(axis=0)
    back = float(low[0]) - 0.0015
    found = []
    for k in range(int(rng.integers(1, 4))):
        w, h = float(rng.uniform(0.05, 0.10)), float(rng.uniform(0.04, 0.09))
        patch = block(w, h, (0.0, 0.0), 0.01)
        color = STICKERS[int(rng.integers(len(STICKERS)))]
        dot = Layer(disc(0.28 * min(w, h), (0.0, 0.0), 3), "plastic_light" if k % 2 else "sign_black")
        shape = Picture((Layer(patch, color), dot))
        at = placed(
            np.pi,
            (
                back - 0.001 * k,
                0.3 * (low[1] + high[1]) + float(rng.uniform(-0.3, 0.3)) * float(high[1] - low[1]),
                float((low[2] + high[2]) / 2) + float(rng.uniform(-0.2, 0.2)) * float(high[2] - low[2]),
            ),
        )
        found.append(shape.mesh(0.0, SIGN).moved(at))
    return found


def by_the_road(kind: str, look_seed: int) -> Mesh:
    """A sign as it stands somewhere: at the height of its place and with one of its usual values."""
    rng = stream(look_seed, "sign", "place")
    values = {
        "speed_limit": ("30", "50", "70", "80", "100", "120"), "speed_limit_us": ("25", "35", "45", "55", "65"),
        "town": ("ELMFIELD", "NORTHGATE", "STONEBRIDGE"), "pointer": signs_vienna.PLACES,
        "pointer_white": signs_vienna.PLACES, "street_name": ("MILL LANE", "STATION ROAD", "PARK STREET"),
        "street_name_us": ("OAK ST", "MAPLE AVE", "3RD ST", "LAKE DR"), "interstate_us": ("95", "80", "5"),
        "speed_limit_end": ("60", "80"), "advisory_us": ("25", "35"), "zone": ("30",),
    }  # fmt: skip
    value = str(rng.choice(values[kind])) if kind in values else ""
    wide = face(kind, value).outline.bounds
    posts = 2 if wide[2] - wide[0] > WIDE_M else 1
    low = {
        "direction": 1.8,
        "guide_us": 2.1,
        "chevron_right": 0.8,
        "chevron_left": 0.8,
        "town": 1.5,
        "town_end": 1.5,
    }
    lower = low.get(kind, HIGH_M if rng.uniform() < 0.7 else RURAL_M)
    return sign(kind, value, lower, posts=posts, look_seed=look_seed)

"""Deer and dogs as jointed four-footed bodies.  Renderers floor.

Outlines are measured in side view on the animal of the nominal box (roe and fallow deer about 0.85 m at the
withers, dogs of shepherd size 0.55 m) and stretched to the box that is asked for.
"""

from dataclasses import dataclass, replace

import numpy as np

from renderers.assets.forms import Floats, ellipsoid, tube, unit
from renderers.mesh import Asset, Mesh, Part
from scenarios.chance import stream

ANIMAL = "animal"
SIDES = 12
Rgb = tuple[float, float, float]
Outline = tuple[tuple[float, float, float], ...]  # (x, z, half height) from behind to the front


@dataclass(frozen=True, slots=True)
class Build:
    """Side view of an animal standing, in metres of its nominal box."""

    size_m: tuple[float, float, float]
    trunk: Outline
    trunk_width: float  # of its height
    neck: Outline
    head: Outline
    tail: Outline
    front: Outline  # leg: shoulder, ..., carpus, fetlock, ground; (x, z, radius)
    hind: Outline  # leg: hip, stifle, hock, fetlock, ground
    leg_half: tuple[float, float]  # sideways: front, hind
    root_z: float
    ear_m: float
    fur: str
    belly: str


DEER = Build(
    size_m=(1.75, 0.55, 1.45),
    trunk=((-0.565, 0.90, 0.04), (-0.545, 0.90, 0.12), (-0.46, 0.885, 0.175), (-0.28, 0.865, 0.175),
           (-0.05, 0.835, 0.180),
           (0.16, 0.815, 0.200), (0.30, 0.835, 0.195), (0.40, 0.880, 0.155), (0.46, 0.915, 0.09)),
    trunk_width=0.74,
    neck=((0.30, 0.86, 0.12), (0.37, 0.93, 0.135), (0.47, 1.06, 0.098), (0.545, 1.17, 0.075), (0.59, 1.235, 0.070)),
    head=((0.545, 1.235, 0.045), (0.585, 1.262, 0.080), (0.645, 1.255, 0.080), (0.72, 1.215, 0.056),
           (0.795, 1.170, 0.042),
          (0.835, 1.150, 0.036), (0.855, 1.140, 0.015)),
    tail=((-0.545, 0.955, 0.03), (-0.595, 0.90, 0.042), (-0.61, 0.82, 0.018)),
    front=((0.30, 0.80, 0.105), (0.315, 0.66, 0.075), (0.285, 0.52, 0.043), (0.295, 0.43, 0.036), (0.290, 0.40, 0.034),
           (0.288, 0.22, 0.021), (0.288, 0.11, 0.026), (0.305, 0.045, 0.026), (0.315, 0.0, 0.030)),
    hind=((-0.42, 0.86, 0.145), (-0.385, 0.72, 0.120), (-0.40, 0.60, 0.075), (-0.48, 0.46, 0.038), (-0.505, 0.42, 0.036),
          (-0.485, 0.24, 0.023), (-0.475, 0.11, 0.027), (-0.455, 0.045, 0.027), (-0.445, 0.0, 0.030)),
    leg_half=(0.095, 0.105),
    root_z=0.84,
    ear_m=0.15,
    fur="fur_deer",
    belly="fur_deer_light",
)  # fmt: skip
DOG = Build(
    size_m=(0.95, 0.32, 0.68),
    trunk=((-0.335, 0.475, 0.03), (-0.32, 0.475, 0.075), (-0.26, 0.465, 0.100), (-0.12, 0.455, 0.092),
           (0.02, 0.440, 0.108),
           (0.13, 0.430, 0.122), (0.21, 0.445, 0.115), (0.26, 0.470, 0.08), (0.285, 0.485, 0.04)),
    trunk_width=0.78,
    neck=((0.17, 0.455, 0.080), (0.21, 0.480, 0.090), (0.255, 0.515, 0.076), (0.285, 0.548, 0.070)),
    head=((0.255, 0.550, 0.045), (0.290, 0.563, 0.072), (0.330, 0.564, 0.072), (0.368, 0.546, 0.052),
           (0.415, 0.532, 0.043),
          (0.452, 0.526, 0.038), (0.467, 0.524, 0.015)),
    tail=((-0.315, 0.51, 0.022), (-0.365, 0.49, 0.026), (-0.405, 0.42, 0.028), (-0.415, 0.33, 0.020),
           (-0.395, 0.28, 0.008)),
    front=((0.185, 0.43, 0.062), (0.195, 0.36, 0.045), (0.175, 0.27, 0.030), (0.182, 0.215, 0.026),
           (0.180, 0.195, 0.024),
           (0.180, 0.10, 0.019), (0.184, 0.045, 0.021), (0.200, 0.020, 0.022), (0.212, 0.0, 0.022)),
    hind=((-0.235, 0.445, 0.078), (-0.205, 0.36, 0.062), (-0.225, 0.28, 0.040), (-0.285, 0.185, 0.023),
           (-0.292, 0.165, 0.022),
          (-0.280, 0.09, 0.018), (-0.275, 0.045, 0.020), (-0.258, 0.020, 0.022), (-0.246, 0.0, 0.022)),
    leg_half=(0.062, 0.066),
    root_z=0.44,
    ear_m=0.062,
    fur="fur_dog",
    belly="fur_dog",
)  # fmt: skip
DOG_COATS: tuple[Rgb, ...] = (
    (0.030, 0.024, 0.020), (0.24, 0.13, 0.06), (0.42, 0.30, 0.17), (0.11, 0.065, 0.035), (0.52, 0.48, 0.42),
           (0.17, 0.16, 0.15),
)  # fmt: skip
BUILDS: dict[str, Build] = {"animal.deer": DEER, "animal.dog": DOG}


def build_animal(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """The asset of `animal.deer` or `animal.dog`, standing; colour and clothing words do not apply to animals."""
    del color, clothing
    rng = stream(look_seed, "animal", model)
    nominal = BUILDS[model]
    deer = model == "animal.deer"
    antlers = 0.0
    if deer and rng.uniform() < 0.5:
        antlers = float(rng.uniform(0.6, 1.0))
    stretch = tuple(a / b for a, b in zip(size_m, nominal.size_m, strict=True))
    body = _stretched(nominal, stretch[0], stretch[2], size_m)
    coat = DOG_COATS[int(rng.integers(len(DOG_COATS)))]
    parts = _parts(body, stretch[1], antlers, deer)
    return Asset(model, size_m, parts, tints=(coat, (0.3, 0.3, 0.3), (0.5, 0.5, 0.5)))


def _stretched(build: Build, along: float, up: float, size_m: tuple[float, float, float]) -> Build:
    def grown(line: Outline) -> Outline:
        return tuple((x * along, z * up, r * up) for x, z, r in line)

    return replace(
        build,
        size_m=size_m,
        trunk=grown(build.trunk),
        neck=grown(build.neck),
        head=grown(build.head),
        tail=grown(build.tail),
        front=grown(build.front),
        hind=grown(build.hind),
        root_z=build.root_z * up,
        ear_m=build.ear_m * up,
    )


def _line(
    outline: Outline, pivot: tuple[float, float], material: str, width: float, sides: int = SIDES
) -> Mesh:
    """A limb drawn in side view, relative to its pivot."""
    rows = np.asarray(outline)
    path = np.column_stack([rows[:, 0] - pivot[0], np.zeros(len(rows)), rows[:, 1] - pivot[1]])
    return tube(path, rows[:, 2], sides, material, ANIMAL, flatten=width)


def _parts(body: Build, broad: float, antlers: float, deer: bool) -> tuple[Part, ...]:
    trunk_x = 0.0
    root = (trunk_x, body.root_z)
    trunk = [_line(body.trunk, root, body.fur, body.trunk_width * broad, 16)]
    if deer:  # the white rump, by which deer know one another from behind
        x, z, _ = body.trunk[1]
        half = body.trunk[2][2]
        trunk.append(
            ellipsoid(
                (x + 0.012, 0, z + 0.03 - root[1]),
                (0.055, half * 0.55, half * 0.75),
                body.belly,
                ANIMAL,
                6,
                10,
            )
        )
    else:
        x, z, r = body.trunk[5]
        trunk.append(
            ellipsoid((x, 0, z - root[1] - 0.1 * r), (1.6 * r, 0.8 * r, 0.95 * r), body.fur, ANIMAL, 6, 10)
        )
    parts = [Part("trunk", Mesh.join(trunk), "pelvis", -1, (root[0], 0.0, root[1]))]
    neck_at = body.neck[0][:2]
    parts.append(Part("neck", _line(body.neck, neck_at, body.fur, 0.80), "neck", 0, _from(neck_at, root)))
    head_at = body.neck[-1][:2]
    parts.append(Part("head", _head(body, head_at, antlers, deer), "head", 1, _from(head_at, neck_at)))
    tail_at = body.tail[0][:2]
    tail = _line(body.tail, tail_at, body.belly if deer else body.fur, 0.8, 8)
    parts.append(Part("tail", tail, "tail", 0, _from(tail_at, root)))
    for name, outline, half in (
        ("front", body.front, body.leg_half[0]),
        ("hind", body.hind, body.leg_half[1]),
    ):
        for side, sign in (("left", 1.0), ("right", -1.0)):
            parts.extend(_leg(f"{name}_{side}", outline, sign * half * broad, root, len(parts), body.fur))
    return tuple(parts)


def _from(at: tuple[float, float], parent: tuple[float, float], y: float = 0.0) -> tuple[float, float, float]:
    return (at[0] - parent[0], y, at[1] - parent[1])


def _leg(
    name: str, outline: Outline, y: float, root: tuple[float, float], first: int, fur: str
) -> tuple[Part, Part, Part]:
    """Shoulder or thigh down to the carpus or hock, the cannon below it, and the foot."""
    upper, lower, foot = outline[:5], outline[3:8], outline[6:]
    at, knee, hoof = upper[0][:2], outline[4][:2], outline[6][:2]
    slim = _rounded_top(upper)
    shoe = np.asarray(foot)
    path = np.column_stack([shoe[:, 0] - hoof[0], np.zeros(len(shoe)), shoe[:, 1] - hoof[1]])
    return (
        Part(f"leg_{name}", _line(slim, at, fur, 0.62, 10), f"leg_{name}", 0, _from(at, root, y)),
        Part(f"cannon_{name}", _line(lower, knee, fur, 0.85, 8), f"knee_{name}", first, _from(knee, at)),
        Part(
            f"hoof_{name}",
            tube(path, shoe[:, 2], 8, "eye_nose", ANIMAL),
            f"hoof_{name}",
            first + 1,
            _from(hoof, knee),
        ),
    )


def _rounded_top(upper: Outline) -> Outline:
    """The thigh's top, rounded off so that it melts into the trunk."""
    x, z, r = upper[0]
    return ((x, z + 0.75 * r, 0.45 * r), (x, z + 0.35 * r, 0.85 * r), *upper)


def _head(body: Build, at: tuple[float, float], antlers: float, deer: bool) -> Mesh:
    pieces = [_line(body.head, at, body.fur, 0.72)]
    head = np.asarray(body.head) - (at[0], at[1], 0.0)
    crown, brow, nose = head[1], head[2], head[-2]
    half = 0.72 * crown[2]
    pieces.append(
        ellipsoid(
            (nose[0] + 0.35 * nose[2], 0, nose[1] + 0.25 * nose[2]),
            (nose[2] * 0.55, nose[2] * 0.6, nose[2] * 0.5),
            "eye_nose",
            ANIMAL,
            5,
            8,
        )
    )
    for sign in (1.0, -1.0):
        pieces.append(
            ellipsoid(
                (brow[0] + 0.25 * brow[2], sign * 0.86 * half, brow[1] + 0.28 * brow[2]),
                (0.016 * body.size_m[0], 0.012, 0.2 * brow[2]),
                "eye_nose",
                ANIMAL,
                5,
                6,
            )
        )
        root = np.array((crown[0] - 0.2 * crown[2], sign * half * 0.75, crown[1] + 0.62 * crown[2]))
        way = unit(np.array((-0.35, sign * 0.95, 0.75)) if deer else np.array((-0.05, sign * 0.30, 1.0)))
        tip = root + way * body.ear_m
        middle = root + way * body.ear_m * 0.5
        pieces.append(
            tube(
                [root, middle, tip],
                np.array((0.35, 0.42, 0.06)) * body.ear_m * (0.62 if deer else 0.8),
                6,
                body.fur,
                ANIMAL,
                flatten=0.45,
            )
        )
        if antlers > 0.0:
            pieces.extend(_antler(crown, sign, antlers, body))
    return Mesh.join(pieces)


def _antler(crown: Floats, sign: float, grown: float, body: Build) -> list[Mesh]:
    """A beam with two tines that ends below the box's lid."""
    lid = body.size_m[2] - (body.neck[-1][1] + crown[1] + 0.8 * crown[2]) - 0.012
    root = np.array((crown[0] - 0.01, sign * 0.035, crown[1] + 0.8 * crown[2]))
    beam = [
        root,
        root + np.array((-0.03, sign * 0.05, 0.45 * lid * grown)),
        root + np.array((-0.015, sign * 0.075, lid * grown)),
    ]
    tine = [beam[1], beam[1] + (0.06, sign * 0.02, 0.30 * lid)]
    back = [beam[1] + (0.0, 0.0, 0.1 * lid), beam[1] + (-0.055, sign * 0.03, 0.36 * lid)]
    return [
        tube(beam, (0.015, 0.012, 0.004), 6, "antler", ANIMAL),
        tube(tine, (0.010, 0.003), 5, "antler", ANIMAL),
        tube(back, (0.009, 0.003), 5, "antler", ANIMAL),
    ]

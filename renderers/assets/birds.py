"""Birds on the ground: geese and pigeons, two legs, folded wings, a neck that nods at every step.  Renderers floor.

Lengths and masses are means of the greylag goose (0.84 m stretched, 3.3 kg) and the feral pigeon (0.33 m, 0.30 kg):
Svensson, Collins Bird Guide, 2009.
"""

from dataclasses import dataclass

import numpy as np

from renderers.assets.animal_builds import Rows
from renderers.assets.animal_skin import ANIMAL, skin
from renderers.assets.animals import within
from renderers.assets.coats import Coat, Mark, Where, clouds, dyed
from renderers.assets.forms import Floats, ellipsoid, tower, tube
from renderers.loft import extrude
from renderers.mesh import Asset, Mesh, Part
from scenarios.chance import stream

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Bird:
    """A bird standing, in metres of its nominal box; rows are (x, z, half depth, half width)."""

    size_m: tuple[float, float, float]
    body: Rows
    wing: Rows
    wing_y: tuple[tuple[float, float], ...]  # (x, how far its middle lies from the body's)
    tail: Rows
    neck: Rows
    head: Rows
    bill: Rows
    hip: tuple[float, float, float]
    hock: tuple[float, float]
    leg_r: float
    foot: float  # length of the middle toe
    webbed: bool


GOOSE = Bird(
    (0.80, 0.34, 0.79),
    body=((-0.3, 0.335, 0.02, 0.06), (-0.25, 0.335, 0.055, 0.085), (-0.15, 0.335, 0.102, 0.122),
          (-0.03, 0.33, 0.128, 0.142),
          (0.08, 0.34, 0.128, 0.138), (0.16, 0.36, 0.108, 0.112), (0.215, 0.39, 0.072, 0.075),
          (0.24, 0.41, 0.03, 0.035)),
    wing=((0.14, 0.37, 0.02, 0.008), (0.1, 0.37, 0.072, 0.02), (-0.04, 0.37, 0.088, 0.024),
          (-0.17, 0.385, 0.062, 0.018),
          (-0.29, 0.385, 0.034, 0.010), (-0.37, 0.375, 0.008, 0.004)),
    wing_y=((-0.37, 0.025), (-0.25, 0.072), (-0.10, 0.122), (0.02, 0.134), (0.14, 0.110)),
    tail=((-0.24, 0.345, 0.030, 0.075), (-0.33, 0.340, 0.018, 0.080), (-0.395, 0.335, 0.006, 0.060)),
    neck=((0.14, 0.375, 0.085, 0.08), (0.205, 0.455, 0.052, 0.048), (0.232, 0.55, 0.035, 0.032),
          (0.225, 0.64, 0.03, 0.028),
          (0.235, 0.70, 0.030, 0.028)),
    head=((0.205, 0.722, 0.018, 0.02), (0.232, 0.735, 0.036, 0.031), (0.268, 0.727, 0.033, 0.028),
          (0.298, 0.712, 0.024, 0.019)),
    bill=((0.29, 0.712, 0.023, 0.018), (0.325, 0.7, 0.016, 0.014), (0.352, 0.692, 0.009, 0.01),
          (0.36, 0.69, 0.003, 0.005)),
    hip=(0.0, 0.075, 0.29), hock=(-0.025, 0.125), leg_r=0.0095, foot=0.085, webbed=True,
)  # fmt: skip
PIGEON = Bird(
    (0.36, 0.15, 0.255),
    body=((-0.1, 0.105, 0.01, 0.02), (-0.08, 0.107, 0.024, 0.033), (-0.03, 0.112, 0.046, 0.052),
          (0.02, 0.124, 0.056, 0.058),
          (0.06, 0.143, 0.053, 0.054), (0.085, 0.163, 0.040, 0.042), (0.095, 0.18, 0.018, 0.02)),
    wing=((0.07, 0.15, 0.008, 0.004), (0.045, 0.14, 0.034, 0.009), (-0.01, 0.126, 0.036, 0.01),
          (-0.07, 0.116, 0.022, 0.007),
          (-0.135, 0.105, 0.006, 0.003)),
    wing_y=((-0.135, 0.016), (-0.07, 0.036), (0.0, 0.052), (0.07, 0.046)),
    tail=((-0.07, 0.108, 0.014, 0.024), (-0.12, 0.098, 0.009, 0.026), (-0.172, 0.088, 0.004, 0.028)),
    neck=((0.055, 0.155, 0.042, 0.040), (0.080, 0.183, 0.026, 0.025), (0.095, 0.208, 0.019, 0.018)),
    head=((0.08, 0.222, 0.01, 0.01), (0.094, 0.228, 0.018, 0.016), (0.112, 0.226, 0.017, 0.0145),
          (0.126, 0.22, 0.009, 0.007)),
    bill=((0.123, 0.220, 0.0065, 0.005), (0.135, 0.217, 0.0045, 0.0035), (0.147, 0.212, 0.0015, 0.0015)),
    hip=(0.005, 0.028, 0.095), hock=(-0.008, 0.052), leg_r=0.0042, foot=0.032, webbed=False,
)  # fmt: skip
BIRDS: dict[str, Bird] = {"animal.goose": GOOSE, "animal.pigeon": PIGEON}


def build_bird(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """The asset of a model of `BIRDS`, standing; colour and clothing words do not apply to animals."""
    del color, clothing
    rng = stream(look_seed, "bird", model)
    coat = _goose(rng) if model == "animal.goose" else _pigeon(rng)
    bird = BIRDS[model]
    plump = float(rng.uniform(0.90, 1.06))
    scale = np.array(size_m) / bird.size_m * (1.0, plump, 1.0)
    parts = []
    for made, at in _parts(bird, coat):
        mesh = dyed(made.mesh, at, made.name, coat)
        pivot = np.array(made.pivot_m) * scale
        stretched = mesh.moved(np.diag((*scale, 1.0)))
        parts.append(
            Part(
                made.name,
                stretched,
                made.joint,
                made.parent,
                (float(pivot[0]), float(pivot[1]), float(pivot[2])),
            )
        )
    return Asset(model, size_m, within(tuple(parts), size_m), tints=coat.tints)


# ---------------------------------------------------------------------------------------------------- plumage
def _goose(rng: np.random.Generator) -> Coat:
    kind = str(rng.choice(("greylag", "canada", "white")))
    if kind == "white":
        return Coat(((0.60, 0.58, 0.54), (0.60, 0.58, 0.54), (0.52, 0.20, 0.035)))
    edge = clouds(rng, 0.12)
    bars: Where = lambda p: np.sin(2 * np.pi * (p[:, 0] / 0.045 + 0.15 * edge(p))) - 0.55  # noqa: E731
    stern: Where = lambda p: np.minimum(-0.17 - p[:, 0], 0.335 - p[:, 2])  # noqa: E731
    if kind == "greylag":
        return Coat(
            ((0.165, 0.130, 0.098), (0.29, 0.25, 0.205), (0.50, 0.185, 0.050)),
            (Mark(1, bars, ("trunk",)), Mark(1, stern, ("trunk",)), Mark(1, lambda p: -0.245 - p[:, 0], ("tail",))),
        )  # fmt: skip
    chin: Where = lambda p: np.minimum(0.288 - p[:, 0], np.minimum(0.738 - p[:, 2], p[:, 0] - 0.232))  # noqa: E731
    return Coat(
        ((0.125, 0.098, 0.072), (0.55, 0.51, 0.46), (0.016, 0.014, 0.013)),
        (
            Mark(1, stern, ("trunk",)),
            Mark(1, lambda p: np.minimum(p[:, 0] - 0.10, 0.40 - p[:, 2] + 0.02 * edge(p)), ("trunk",)),
            Mark(2, lambda p: p[:, 2] - 0.43 + 0.006 * edge(p), ("neck",)),
            Mark(2, lambda p: p[:, 2], ("head",)),
            Mark(1, chin, ("head",)),
            Mark(2, lambda p: -0.26 - p[:, 0], ("tail",)),
        ),
        words=frozenset(("dark bill",)),
    )  # fmt: skip


def _pigeon(rng: np.random.Generator) -> Coat:
    kind = str(rng.choice(("blue bar", "blue bar", "chequer", "white", "brown")))
    feet = (0.36, 0.085, 0.060)
    if kind == "white":
        return Coat(((0.60, 0.58, 0.55), (0.60, 0.58, 0.55), feet))
    pale, dark = (
        ((0.20, 0.215, 0.24), (0.050, 0.052, 0.060))
        if kind != "brown"
        else ((0.28, 0.20, 0.145), (0.11, 0.062, 0.042))
    )
    spots = clouds(rng, 0.035)
    marks = [
        Mark(1, lambda p: p[:, 2] - 0.168, ("neck",)),
        Mark(1, lambda p: p[:, 2], ("head",)),
        Mark(1, lambda p: -0.150 - p[:, 0], ("tail",)),
    ]
    if kind == "chequer":
        marks.append(Mark(1, lambda p: np.minimum(spots(p) - 0.1, np.abs(p[:, 1]) - 0.03), ("trunk",)))
    else:  # two bars across the folded wing

        def bars(p: Floats) -> Floats:
            lean = 0.35 * (p[:, 2] - 0.12)
            rear = 0.007 - np.abs(p[:, 0] + 0.075 - lean)
            fore = 0.008 - np.abs(p[:, 0] + 0.035 - lean)
            outer: Floats = np.minimum(np.maximum(rear, fore), np.abs(p[:, 1]) - 0.030)
            return outer

        marks.append(Mark(1, bars, ("trunk",)))
        marks.append(Mark(1, lambda p: -0.105 - p[:, 0], ("trunk",)))
    return Coat((pale, dark, feet), tuple(marks))


# ---------------------------------------------------------------------------------------------------- body
def _parts(bird: Bird, coat: Coat) -> list[tuple[Part, Floats]]:
    plain, bare = coat.material(0), "beak_dark" if "dark bill" in coat.words else "beak"
    root = (0.0, bird.hip[2])
    trunk = [skin(bird.body, root, plain, 18, 14)]
    for sign in (1.0, -1.0):
        wing = skin(bird.wing, root, plain, 28, 10)
        points = wing.vertices_m.astype(np.float64)
        x, y = np.array(bird.wing_y).T
        points[:, 1] += sign * np.interp(points[:, 0], x, y)
        # It follows the round of the back: the upper edge lies further inside.
        points[:, 1] -= (
            sign * 0.55 * np.maximum(points[:, 2] + root[1] - np.interp(points[:, 0], *_line(bird.wing)), 0.0)
        )
        trunk.append(
            Mesh(
                points.astype(np.float32),
                wing.triangles,
                wing.normals,
                wing.uv_m,
                wing.material,
                wing.semantic,
            )
        )
    neck_at, head_at, tail_at = bird.neck[0][:2], bird.neck[-1][:2], bird.tail[0][:2]
    head = [skin(bird.head, head_at, plain, 10, 12), skin(bird.bill, head_at, bare, 6, 8)]
    eye = bird.head[2]
    r = 0.16 * eye[2]
    for sign in (1.0, -1.0):
        place = (
            eye[0] - head_at[0] - 0.2 * eye[2],
            sign * 0.93 * eye[3],
            eye[1] + 0.25 * eye[2] - head_at[1],
        )
        head.append(ellipsoid(place, (r, 0.5 * r, r), "eye_nose", ANIMAL, 5, 6))

    made = [
        _part("trunk", Mesh.join(trunk), "pelvis", -1, (root[0], 0.0, root[1]), (0.0, 0.0, 0.0)),
        _part("neck", skin(bird.neck, neck_at, plain, 12, 12), "neck", 0, _middle(neck_at), _middle(root)),
        _part("head", Mesh.join(head), "head", 1, _middle(head_at), _middle(neck_at)),
        _part("tail", skin(bird.tail, tail_at, plain, 8, 10), "tail", 0, _middle(tail_at), _middle(root)),
    ]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        made.extend(_leg(bird, side, sign, len(made), plain, bare, root))
    return made


def _line(rows: Rows) -> tuple[Floats, Floats]:
    table = np.array(sorted(rows))
    return table[:, 0], table[:, 1]


def _leg(
    bird: Bird, side: str, sign: float, first: int, plain: str, bare: str, root: tuple[float, float]
) -> list[tuple[Part, Floats]]:
    """Feathered shank to the hock, bare tarsus below it, and toes, with webs between them on what swims."""
    x, y, z = bird.hip
    y *= sign
    hx, hz = bird.hock
    r, ankle = bird.leg_r, 1.4 * bird.leg_r
    shank = tube(
        [(0, 0, 0.2 * z), (0.5 * (hx - x), 0, 0.6 * (hz - z)), (hx - x, 0, hz - z)],
        (3.4 * r, 2.6 * r, 1.2 * r),
        8,
        plain,
        ANIMAL,
    )
    tarsus = tube(
        [(0, 0, 0.5 * r), (0.35 * (x - hx), 0, 0.5 * (ankle - hz)), (x - hx, 0, ankle - hz)],
        (1.25 * r, 0.9 * r, r),
        7,
        bare,
        ANIMAL,
    )
    toes = []
    for angle, length in (
        (0.0, bird.foot),
        (0.62, 0.88 * bird.foot),
        (-0.62, 0.88 * bird.foot),
        (np.pi, 0.35 * bird.foot),
    ):
        way = np.array((np.cos(angle), np.sin(angle), 0.0))
        low = np.array((0.0, 0.0, -ankle + 0.55 * r))
        toes.append(
            tube(
                np.array([(0.0, 0.0, -0.4 * ankle), low + way * 0.35 * length, low + way * length]),
                (0.85 * r, 0.55 * r, 0.35 * r),
                6,
                bare,
                ANIMAL,
            )
        )
    if bird.webbed:
        f = bird.foot
        tips = [(0.1 * f, 0.0)] + [
            (f * k * np.cos(a), f * k * np.sin(a))
            for a, k in ((-0.62, 0.85), (-0.31, 0.76), (0.0, 0.95), (0.31, 0.76), (0.62, 0.85))
        ]
        toes.append(extrude(tips, 0.5 * r, bare, ANIMAL).moved(_down(-ankle + 0.1 * r)))
    toes.append(tower(((-0.8 * ankle, 0, 0, 1.3 * r, 1.3 * r), (0.4 * ankle, 0, 0, r, r)), 7, bare, ANIMAL))
    hip, hock, foot = (x, y, z), (hx, y, hz), (x, y, ankle)
    return [
        _part(f"leg_{side}", shank, f"leg_hind_{side}", 0, hip, _middle(root)),
        _part(f"tarsus_{side}", tarsus, f"knee_hind_{side}", first, hock, hip),
        _part(f"foot_{side}", Mesh.join(toes), f"hoof_hind_{side}", first + 1, foot, hock),
    ]


def _middle(at: tuple[float, float]) -> Point:
    return (at[0], 0.0, at[1])


def _part(name: str, mesh: Mesh, joint: str, parent: int, at: Point, parent_at: Point) -> tuple[Part, Floats]:
    """A part whose pivot lies at a point of the resting bird, and that point."""
    here = np.array(at)
    x, y, z = (float(v) for v in here - parent_at)
    return Part(name, mesh, joint, parent, (x, y, z)), here


def _down(z_m: float) -> Floats:
    matrix = np.eye(4)
    matrix[2, 3] = z_m
    return matrix

"""What lies on roads and was no load: branches, bags, balls, warning triangles, fallen signs.  Renderers floor."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from renderers.assets.debris import Size, whole
from renderers.assets.foliage import leaf_cards
from renderers.assets.forms import Floats, tube, unit
from renderers.assets.signs import sign
from renderers.loft import box, extrude, loft, rotation, surface, translation
from renderers.loft import tube as bar
from renderers.mesh import Asset, Mesh
from scenarios.chance import stream
from scenarios.taxonomy import SEMANTIC_ID

GOLDEN = (1.0 + np.sqrt(5.0)) / 2.0


def _as(mesh: Mesh, semantic: str) -> Mesh:
    return replace(mesh, semantic=np.full_like(mesh.semantic, SEMANTIC_ID[semantic]))


def build_branch(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A bough torn off by the wind: a bent stem with a pale break, side branches pressed to the ground, leaves."""
    rng = stream(look_seed, "look", model)
    t = np.linspace(0.0, 1.0, 9)
    stem = np.stack(
        [
            -1.6 + 3.0 * t,
            0.30 * np.sin(2.2 * t + rng.uniform(0, 1)) - 0.1,
            0.10 + 0.30 * np.sin(np.pi * t) * rng.uniform(0.5, 1),
        ],
        1,
    )
    pieces = [tube(stem, np.interp(t, (0, 1), (0.075, 0.018)), 9, "bark", "debris")]
    pieces.append(
        tube([stem[0] - (0.015, 0, 0), stem[0] + (0.004, 0, 0.004)], (0.055, 0.07), 9, "cargo_wood", "debris")
    )
    spots: list[Floats] = []
    for k in range(9):
        share = 0.22 + 0.75 * k / 8
        foot = np.array([np.interp(share, t, stem[:, i]) for i in range(3)])
        side = 1.0 if k % 2 else -1.0
        long = (0.95 - 0.55 * share) * rng.uniform(0.8, 1.2)
        way = unit(np.array((0.75, side * rng.uniform(0.6, 1.0), rng.uniform(-0.15, 0.75))))
        tip = foot + way * long
        tip[2] = max(tip[2], 0.05)
        middle = (foot + tip) / 2 + (0, 0, 0.05)
        pieces.append(tube([foot, middle, tip], (0.030, 0.018, 0.006), 6, "bark", "debris"))
        spots.append(
            foot + (tip - foot) * rng.uniform(0.35, 1.05, size=(26, 1)) + rng.normal(scale=0.10, size=(26, 3))
        )
    places = np.concatenate(spots)
    places[:, 2] = np.abs(places[:, 2]) + 0.03
    outward = unit(places - (places.mean(0) * (1, 1, 0)) + (0, 0, 0.3))
    length = rng.uniform(0.12, 0.24, len(places))
    cards = leaf_cards(
        rng, places, outward, length, 0.72, "leaf" if rng.random() < 0.7 else "leaf_light", 0.6
    )
    return whole(model, size_m, [*pieces, _as(cards, "debris")])


def build_bag(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A full refuse bag: thin glossy film in folds, slumped on the ground, gathered to a knot."""
    rng = stream(look_seed, "look", model)
    sides, rows = 28, 15
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    profile = np.array((
        (0.0, 0.10), (0.0, 0.215), (0.03, 0.262), (0.10, 0.285), (0.20, 0.275), (0.30, 0.235), (0.38, 0.17),
        (0.43, 0.095), (0.455, 0.035), (0.475, 0.022), (0.50, 0.040), (0.53, 0.070), (0.56, 0.085),
    ))  # fmt: skip
    s = np.linspace(0, len(profile) - 1, rows)
    z, r = (np.interp(s, np.arange(len(profile)), profile[:, k]) for k in range(2))
    folds = np.zeros((rows, sides))
    for n in (3, 5, 7, 11, 13):
        folds += rng.normal(scale=0.16 / n) * np.cos(
            n * angle + rng.uniform(0, 6.3) + 1.2 * np.sin(s / 3)[:, None]
        )
    sharp = np.interp(z, (0, 0.35, 0.56), (0.6, 1.0, 1.8))[:, None]
    crumple = rng.normal(scale=0.012, size=(rows, sides)) * (r > 0.12)[:, None]
    radius = r[:, None] * (1 + folds * sharp) + crumple
    lift = (0.010 * rng.normal(size=(rows, sides))) * (z > 0.02)[:, None]
    points = np.stack([radius * np.cos(angle), 0.9 * radius * np.sin(angle), z[:, None] + lift], -1)
    material = str(rng.choice(("bag_black", "bag_blue", "bag_white"), p=(0.5, 0.25, 0.25)))
    return whole(model, size_m, [loft(points, material, "debris", True, 25.0)])


def build_ball(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A football: white with twelve dark pentagons, about its centre at half its height."""
    points, faces, dark = _icosahedron(9)
    pieces = []
    for chosen, material in ((~dark, "ball_white"), (dark, "ball_black")):
        pieces.append(surface(points, faces[chosen], material, "debris", crease_deg=180.0))
    return whole(model, size_m, pieces)


def _icosahedron(split: int) -> tuple[Floats, NDArray[np.int64], NDArray[np.bool_]]:
    """Unit sphere of an icosahedron whose faces are split; and which triangles lie in the pentagons that cutting its
    corners off at a third of the edges leaves (what makes it a football)."""
    edge = [(0.0, a, b * GOLDEN) for a in (-1, 1) for b in (-1, 1)]
    corners = unit(np.array([*edge, *((z, x, y) for x, y, z in edge), *((y, z, x) for x, y, z in edge)]))
    near = corners @ corners.T > 0.4
    np.fill_diagonal(near, False)
    points: list[Floats] = []
    faces: list[list[int]] = []
    dark: list[bool] = []
    for i, j, k in combinations(range(12), 3):
        if not (near[i, j] and near[j, k] and near[i, k]):
            continue
        outward = np.dot(np.cross(corners[j] - corners[i], corners[k] - corners[i]), corners[i]) > 0.0
        face = corners[[i, j, k] if outward else [i, k, j]]
        steps = [(a, b) for a in range(split + 1) for b in range(split + 1 - a)]
        row = {step: len(points) + number for number, step in enumerate(steps)}
        points += [unit(((split - a - b) * face[0] + a * face[1] + b * face[2]) / split) for a, b in steps]
        for a, b in steps:
            for three in (((a, b), (a + 1, b), (a, b + 1)), ((a + 1, b), (a + 1, b + 1), (a, b + 1))):
                if all(step in row for step in three):
                    faces.append([row[step] for step in three])
                    share = np.array([(split - a - b, a, b) for a, b in three]).mean(axis=0) / split
                    dark.append(bool(share.max() > 2.0 / 3.0))
    _, first, back = np.unique(np.round(np.array(points), 9), axis=0, return_index=True, return_inverse=True)
    return np.array(points)[first], back.reshape(-1)[np.array(faces)], np.array(dark)


def build_warning_triangle(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A warning triangle (UN R27): a retro-reflecting red frame around a fluorescent one, on four wire feet."""
    side = 0.50
    pieces: list[Mesh] = []
    tall = side * np.sqrt(3) / 2
    low = 0.045
    for outer, inner, material, deep in (
        (1.0, 0.62, "reflector_red", 0.012),
        (0.62, 0.36, "warning_orange", 0.010),
    ):
        middle = np.array((0.0, low + tall / 3))
        shape = np.array(((-side / 2, low), (side / 2, low), (0.0, low + tall)))
        big, small = middle + (shape - middle) * outer, middle + (shape - middle) * inner
        for k in range(3):
            quad = [big[k], big[(k + 1) % 3], small[(k + 1) % 3], small[k]]
            pieces.append(extrude(quad, deep, material, "barrier", "x").moved(translation(-deep / 2, 0, 0)))
    pieces.append(box((0.016, side - 0.06, 0.010), "metal_dark", "barrier", 0.0, (0, 0, low - 0.004)))
    for y in (-0.19, 0.19):
        pieces.append(
            bar([(-0.14, y, 0.004), (0.0, y, low), (0.14, y, 0.004)], 0.004, "metal_dark", "barrier", 6)
        )
    return whole(model, size_m, pieces)


def build_fallen_sign(
    model: str, look_seed: int, size_m: Size, color: str | None = None, clothing: str | None = None
) -> Asset:
    """A roadworks sign that the wind has thrown on its back, post and all."""
    kind = ("warning", "speed_limit", "no_entry")[look_seed % 3]
    mesh = sign(kind, "30" if kind == "speed_limit" else "", lower_edge_m=0.9)
    fallen = _as(mesh.moved(rotation("y", -np.pi / 2)), "debris")
    return whole(model, size_m, [fallen])

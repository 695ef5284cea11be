"""Ivy and wild vine that climb the fronts of houses.  Renderers floor.

Leaves grow in tongues from the ground up, cut back around windows and doors as people do; what is bare in winter is
the vine's wood alone.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.assets import buildings
from renderers.assets.foliage import VEGETATION, leaf_cards
from renderers.assets.forms import Floats, tube
from renderers.assets.plans import Plan
from renderers.assets.walls import style_of
from renderers.mesh import Mesh
from scenarios.chance import stream

LEAVES_PER_M2 = 125.0
KEPT_CLEAR_M = 0.10  # around openings
MOST_LEAVES = 3600
LEAVES = {"spring": "leaf_light", "autumn": "leaf_autumn"}  # of wild vine; in summer like a tree's


def grows_on(plan: Plan) -> bool:
    """Whether a front has room for it: no shop, no column of windows that juts out."""
    bays = max(1, round(plan.width_m / style_of(plan.kind, plan.look_seed).bay_m))
    return (
        plan.kind in ("house", "townhouse", "block")
        and not plan.shop
        and buildings.bay_of(plan, bays, bays // 2 if plan.look_seed % 2 else 0) < 0
    )


def ivy(plan: Plan, look_seed: int, season: str) -> Mesh:
    """What climbs the front of a plan's house, in the frame of the house."""
    rng = stream(look_seed, "ivy")
    vine = bool(rng.random() < 0.4)
    width, top = plan.width_m, plan.eaves_m - 0.15
    # Tongues about their roots: most begin at a corner of the house and thin out from there.
    corner = float(rng.choice((0.0, width)))
    count = int(rng.integers(5, 9))
    root = np.clip(np.abs(corner - rng.exponential(0.28 * width, count)), 0.1, width - 0.1)
    tall = top * rng.uniform(0.45, 1.05, count) * np.exp(-np.abs(root - corner) / (1.2 * width))
    wide = rng.uniform(0.5, 1.5, count)

    def edge(u: Floats) -> Floats:
        reach = tall[:, None] * np.exp(-(((u[None] - root[:, None]) / wide[:, None]) ** 4))
        rough = 1.0 + 0.14 * np.sin(5.3 * u + root[0]) + 0.10 * np.sin(13.1 * u + 2.0 * root[1])
        found: Floats = np.minimum(reach.max(axis=0) * rough, top)
        return found

    drawn = int(width * top * LEAVES_PER_M2)
    u, z = rng.uniform(0.0, width, drawn), rng.uniform(0.0, top, drawn)
    # Towards the edge of a tongue leaves stand apart.
    kept = rng.uniform(0.0, 1.0, drawn) < (edge(u) - z) / 0.45
    kept &= ~_in_openings(plan, u, z)
    u, z = u[kept][:MOST_LEAVES], z[kept][:MOST_LEAVES]  # in no order: a large one is thinner all over
    pieces = [_stem(rng, float(r), float(t), width) for r, t in zip(root, tall, strict=True) if t > 0.8]
    if not (vine and season == "winter"):
        spots = np.stack([rng.uniform(0.05, 0.17, len(u)), u - width / 2, z], axis=1)
        outward = np.tile((1.0, 0.0, -0.15), (len(u), 1))
        material = LEAVES.get(season, "leaf") if vine else "hedge"
        pieces.append(leaf_cards(rng, spots, outward, rng.uniform(0.11, 0.21, len(u)), 0.85, material, 0.28))
    return Mesh.join(pieces)


def _stem(rng: np.random.Generator, root: float, tall: float, width: float) -> Mesh:
    """Wood from the ground into a tongue, winding a little."""
    z = np.linspace(-0.1, 0.7 * tall, 6)
    y = np.clip(root + np.concatenate([[0.0], rng.normal(0.0, 0.09, 5)]), 0.05, width - 0.05) - width / 2
    path = np.stack([np.full(6, 0.04), y, z], axis=1)
    return tube(path, np.linspace(0.025, 0.008, 6), 4, "bark", VEGETATION, caps=(False, False))


def _in_openings(plan: Plan, u: Floats, z: Floats) -> NDArray[np.bool_]:
    """Which spots of a front lie before its windows, its door or its balconies."""
    style = style_of(plan.kind, plan.look_seed)
    bays = max(1, round(plan.width_m / style.bay_m))
    room = plan.width_m / bays
    bay = np.minimum((u / room).astype(int), bays - 1)
    floor = np.floor((z - 0.35) / plan.floor_m).astype(int)
    above, aside = z - 0.35 - floor * plan.floor_m, np.abs(u - (bay + 0.5) * room)
    door_bay = bays // 2 if plan.look_seed % 2 else 0
    wide, tall = style.window_m
    half = np.full(len(u), min(wide, room - 0.6) / 2 + KEPT_CLEAR_M)
    low, high = np.full(len(u), 0.9 - KEPT_CLEAR_M), np.full(len(u), 0.9 + tall + KEPT_CLEAR_M)
    entrance = (bay == door_bay) & (floor <= 0)
    balcony = (floor > 0) & (bay % 2 == plan.look_seed % 2) & style.balconies
    half[entrance], low[entrance], high[entrance] = 0.85, -1.0, 2.9
    half[balcony], low[balcony], high[balcony] = 1.4, -0.3, 2.6
    before: NDArray[np.bool_] = (aside < half) & (above > low) & (above < high)
    return before


def overgrown(look_seed: int) -> Mesh:
    """A house with what climbs it."""
    for k in range(99):
        plan = buildings.plan(("townhouse", "house")[look_seed % 2], look_seed + 997 * k)
        if grows_on(plan):
            return Mesh.join(
                [buildings.build(plan), ivy(plan, look_seed, ("summer", "autumn")[look_seed // 2 % 2])]
            )
    raise AssertionError("no plan of a hundred has a front for ivy")

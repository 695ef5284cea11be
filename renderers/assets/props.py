"""Things of roadworks: the cone and the striped barrier.  Renderers floor."""

import numpy as np

from renderers.assets.fittings import fitted
from renderers.loft import box, extrude, loft, revolve, superellipse, translation
from renderers.mesh import Asset, Mesh, Part
from scenarios.chance import stream


def build_cone(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A traffic cone: square foot, orange body, retro-reflecting bands (EN 13422)."""
    semantic = "traffic_cone"
    rng = stream(look_seed, "look", model)
    height, foot = 0.75, 0.035
    low, high = 0.135, 0.028  # radii of the body at foot and tip

    def radius(z: float) -> float:
        return low + (high - low) * (z - foot) / (height - foot)

    bands = ((0.33, 0.47), (0.56, 0.66)) if rng.random() < 0.6 else ((0.36, 0.58),)
    edges = [foot, *(z for band in bands for z in band), height]
    pieces = []
    for k in range(len(edges) - 1):
        bottom, top = edges[k], edges[k + 1]
        white = k % 2 == 1
        grow = 0.0015 if white else 0.0
        pieces.append(
            revolve(
                [(radius(bottom) + grow, bottom), (radius(top) + grow, top)],
                "retro_band" if white else "cone_orange",
                semantic,
                segments=24,
            )
        )
    pieces.append(
        revolve([(high, height), (high * 0.75, height), (0.0, height - 0.01)], "cone_orange", semantic)
    )
    rings = [
        np.column_stack([superellipse(0.2 * s, 0.2 * s, 7.0, 28), np.full(28, z)])
        for z, s in ((0.0, 0.97), (0.006, 1.0), (0.026, 1.0), (foot, 0.93))
    ]
    pieces.append(loft(rings, "rubber" if rng.random() < 0.4 else "cone_orange", semantic))
    mesh = fitted(
        Mesh.join(pieces), (-size_m[0] / 2, -size_m[1] / 2, 0.0), (size_m[0] / 2, size_m[1] / 2, size_m[2])
    )
    return Asset(model, size_m, (Part("body", mesh),))


def build_barrier(
    model: str,
    look_seed: int,
    size_m: tuple[float, float, float],
    color: str | None = None,
    clothing: str | None = None,
) -> Asset:
    """A plastic road barrier: slanted red and white stripes on two boards between feet."""
    semantic = "barrier"
    rng = stream(look_seed, "look", model)
    deep, wide = 0.5, 2.0
    slope = 0.9 if rng.random() < 0.5 else -0.9
    pieces: list[Mesh] = []
    for low, high in ((0.74, 1.0), (0.32, 0.54)):
        pieces += _striped_board(wide, low, high, slope, semantic)
    for y in (-0.78, 0.0, 0.78):
        pieces.append(box((0.05, 0.07, 0.96), "plastic_light", semantic, 0.012, (0.0, y, 0.49)))
    foot = [
        (-deep / 2, 0.0),
        (deep / 2, 0.0),
        (deep / 2, 0.05),
        (0.07, 0.11),
        (-0.07, 0.11),
        (-deep / 2, 0.05),
    ]
    for y in (-0.78, 0.78):
        # The outline lies in (z, x) for an extrusion along y.
        prism = extrude([(z, x) for x, z in foot], 0.22, "rubber", semantic, "y")
        pieces.append(prism.moved(translation(0.0, y - 0.11, 0.0)))
    mesh = fitted(
        Mesh.join(pieces), (-size_m[0] / 2, -size_m[1] / 2, 0.0), (size_m[0] / 2, size_m[1] / 2, size_m[2])
    )
    return Asset(model, size_m, (Part("body", mesh),))


def _striped_board(wide: float, low: float, high: float, slope: float, semantic: str) -> list[Mesh]:
    """A board of slanted stripes, red and white by turns."""
    pitch, lean = 0.25, slope * (high - low)
    cuts = np.arange(-wide / 2 - abs(lean) - pitch, wide / 2 + abs(lean) + pitch, pitch)
    board = []
    for k, start in enumerate(cuts):
        corners = [(start, low), (start + pitch, low), (start + pitch + lean, high), (start + lean, high)]
        stripe = _clipped(corners, wide / 2)
        if len(stripe) >= 3:
            material = "barrier_red" if k % 2 else "barrier_white"
            board.append(extrude(stripe, 0.04, material, semantic, "x").moved(translation(-0.02, 0.0, 0.0)))
    return board


def _clipped(outline: list[tuple[float, float]], limit: float) -> list[tuple[float, float]]:
    """The convex outline between -limit and limit of its first coordinate (Sutherland and Hodgman 1974)."""
    for sign in (1.0, -1.0):
        kept: list[tuple[float, float]] = []
        for k, (u, v) in enumerate(outline):
            pu, pv = outline[k - 1]
            here, before = sign * u - limit, sign * pu - limit
            if (here < 0.0) != (before < 0.0):
                t = before / (before - here)
                kept.append((pu + t * (u - pu), pv + t * (v - pv)))
            if here < 0.0:
                kept.append((u, v))
        outline = kept
    return outline

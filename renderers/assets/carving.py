"""Crisp figures on a vehicle's skin, however small beside its triangles.  Renderers floor.

`shell.paint` follows a field and needs a vertex inside every figure.  Here a convex polygon is cut along its edges, so
that slats, lamps and steps a few centimetres wide come out whole on a coarse skin.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.assets.shell import REMOVED, Outline, Skin, cut
from renderers.loft import Floats
from renderers.materials import MATERIAL_ID

Plane = Callable[[Skin], tuple[Floats, Floats]]  # two coordinates of every vertex
Region = Callable[[Floats], NDArray[np.bool_]]  # (T, 3) middles of triangles to those that may be cut


def from_ahead(skin: Skin) -> tuple[Floats, Floats]:
    """(y, z): figures on nose and tail."""
    return skin.y, skin.z


def from_the_side(skin: Skin) -> tuple[Floats, Floats]:
    """(station, z): figures on the flank."""
    return skin.station, skin.z


def nose(reach_m: float) -> Region:
    """What lies before a station."""
    return lambda middle: -middle[:, 0] < reach_m


def tail(length_m: float, reach_m: float) -> Region:
    """What lies within `reach_m` of the end."""
    return lambda middle: -middle[:, 0] > length_m - reach_m


def flank(half_width_m: float, depth_m: float = 0.25) -> Region:
    """What lies near the widest line."""
    return lambda middle: middle[:, 1] > half_width_m - depth_m


def level(z_m: float) -> Callable[[Skin], Floats]:
    """A horizontal line, as `shell.groove` draws joints along."""
    return lambda skin: skin.z - z_m


def softened(outline: Outline, radius_m: float) -> Outline:
    """A convex outline with its corners cut off."""
    points = np.array(outline, np.float64)
    out: list[tuple[float, float]] = []
    for k, point in enumerate(points):
        for other in (points[k - 1], points[(k + 1) % len(points)]):
            way = other - point
            length = float(np.linalg.norm(way))
            step = point + way * min(radius_m / max(length, 1e-9), 0.4)
            out.append((float(step[0]), float(step[1])))
    return tuple(out)


def shrunk(outline: Outline, by_m: float) -> Outline:
    """A convex outline (counter-clockwise) with every edge moved inwards."""
    points = np.array(outline, np.float64)
    ahead = np.roll(points, -1, axis=0) - points
    inward = np.stack([-ahead[:, 1], ahead[:, 0]], axis=1) / np.linalg.norm(ahead, axis=1, keepdims=True)
    out = []
    for k, point in enumerate(points):
        pair = np.stack([inward[k - 1], inward[k]])
        moved = np.linalg.solve(pair, pair @ point + by_m)
        out.append((float(moved[0]), float(moved[1])))
    return tuple(out)


def carve(
    skin: Skin,
    outline: Outline,
    material: str | None,
    plane: Plane,
    region: Region,
    only: Sequence[str] = ("car_paint",),
) -> None:
    """Give the material to the inside of a convex polygon, counter-clockwise in the plane's coordinates."""
    points = np.array(outline, np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    kinds = [MATERIAL_ID[name] for name in only]
    ahead = np.roll(points, -1, axis=0) - points
    outward = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / np.linalg.norm(ahead, axis=1, keepdims=True)

    def near() -> NDArray[np.bool_]:
        u, v = plane(skin)
        tu, tv = u.take(skin.triangles), v.take(skin.triangles)
        inside: NDArray[np.bool_] = (triples.greatest(tu) > low[0]) & (triples.least(tu) < high[0])
        inside &= (triples.greatest(tv) > low[1]) & (triples.least(tv) < high[1])
        for p, n in zip(
            points, outward, strict=True
        ):  # what lies beyond one edge need not be cut along another
            inside &= triples.least((tu - p[0]) * n[0] + (tv - p[1]) * n[1]) < -1e-6
        return inside & np.isin(skin.tag, kinds) & region(skin.middle())

    for point, out in zip(points, outward, strict=True):
        u, v = plane(skin)
        cut(skin, (u - point[0]) * out[0] + (v - point[1]) * out[1], near())
    u, v = plane(skin)
    middle_u, middle_v = (triples.mean(value.take(skin.triangles)) for value in (u, v))
    beyond = [
        (middle_u - p[0]) * n[0] + (middle_v - p[1]) * n[1] for p, n in zip(points, outward, strict=True)
    ]
    chosen = (np.max(beyond, axis=0) < 0.0) & np.isin(skin.tag, kinds) & region(skin.middle())
    skin.tag[chosen] = REMOVED if material is None else MATERIAL_ID[material]

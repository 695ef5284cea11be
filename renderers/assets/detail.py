"""Levels of detail: the same asset with a third, a fifteenth or a hundredth of its triangles.  Renderers floor.

Each level is thinned from the finer one (`renderers.assets.collapse`), all parts at once, so that triangles go where
they are missed most.  From the middle level on nobody looks through panes, joints between panels are painted over,
what cannot be seen from outside is gone, and lamps, reflectors and plates are flat patches of the size that they show.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renderers.assets.collapse import thinned, welded
from renderers.assets.drums import drum, plain_drum
from renderers.assets.levels import FAR, MIDDLE, NEAR, TRIANGLES
from renderers.assets.outlines import likenesses
from renderers.assets.patching import bounds_of, corners_of, patches_on, pieces, some_of
from renderers.assets.registry import PEOPLE
from renderers.assets.views import seen
from renderers.assets.wrap import closed, skin, unroll
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Mesh
from scenarios.bodies import BODIES
from scenarios.taxonomy import ACTOR_CLASSES

PATCHES = np.array([m.glow >= 0 or m.name.startswith("reflector_") or m.name == "plate" for m in MATERIALS])
THIN = np.array([m.name in ("panel_gap", "plate_ink", "lamp_housing") for m in MATERIALS])
SHADE = np.array(
    [float(np.dot(m.rgb, (0.21, 0.72, 0.07))) * (0.5 if m.tint >= 0 else 1.0) for m in MATERIALS]
)
GLASS = np.array([m.transmission > 0 and "glass" in m.name for m in MATERIALS])
HEAVY_M = 6.5
LOST_M = {MIDDLE: 0.04, FAR: 0.15}  # pieces smaller than this are left out, unless they reach the box
WHEEL = {NEAR: 400, MIDDLE: 12, FAR: 6}  # triangles, then corners, of a wheel
SPOKED = {NEAR: 1100, MIDDLE: 150, FAR: 90}  # triangles of a wheel that one looks through
SKIN = (24, 16)  # rows and columns of what is wrapped around a body before it is thinned to the far level
SMALL = 0.14  # pieces below this share of their part's diagonal hang on the body: mirrors, handles, wipers
LEAST = {NEAR: 60, MIDDLE: 16, FAR: 6}  # of a limb
BODY = 0.5  # of all triangles at least are for what does not roll and does not shine


def at_level(finer: Asset, level: int) -> Asset:
    """The asset of `level`, from the next finer one; parts that share a mesh go on sharing it."""
    kind = kind_of(finer)
    meshes = {id(part.mesh): part.mesh for part in finer.parts}
    times = {key: sum(id(part.mesh) == key for part in finer.parts) for key in meshes}
    radius = {id(part.mesh): part.radius_m for part in finer.parts}
    wheels = [key for key in meshes if radius[key] > 0.0]
    others = [key for key in meshes if key not in wheels]
    made = {key: _wheel(meshes[key], level, kind == "two_wheeler", radius[key]) for key in wheels}
    lamps = {key: _shining(meshes[key]) for key in others} if level != NEAR else {}
    spent = sum(times[key] * len(made[key].triangles) for key in wheels)
    spent += sum(2 * len(np.unique(pieces(lamp))) for lamp in lamps.values() if lamp is not None)
    target = max(TRIANGLES[kind][level - 1] - spent, BODY * TRIANGLES[kind][level - 1])
    bare = [meshes[key] for key in others]
    if level != NEAR:
        bare = [_plain(mesh) for mesh in bare]
        if finer.lamps:
            bare = [_outer(mesh, level) for mesh in bare]
    counts = [times[key] for key in others]
    thin, _ = thinned(bare, counts, target, LEAST[level], level == FAR and bool(finer.lamps))
    if level == FAR and finer.lamps:
        thin = _or_wrapped(bare, thin, counts, target)
    for key, mesh in zip(others, thin, strict=True):
        lamp = lamps.get(key)
        made[key] = mesh if lamp is None else Mesh.join([mesh, *patches_on(lamp, mesh)])
    return replace(finer, parts=tuple(replace(part, mesh=made[id(part.mesh)]) for part in finer.parts))


def kind_of(asset: Asset) -> str:
    """The row of `levels.TRIANGLES`."""
    body = BODIES[asset.model]
    kind = ACTOR_CLASSES[body.actor_class]
    if asset.model in PEOPLE:
        return "person"
    if kind.semantic == "animal":
        return "animal"
    if sum(part.radius_m > 0.0 for part in asset.parts) < 4 and not body.track_m:
        return "two_wheeler"
    return "heavy" if max(asset.size_m) > HEAVY_M or body.axles_m else "car"


def _wheel(mesh: Mesh, level: int, spoked: bool, radius_m: float) -> Mesh:
    """Fewer triangles for a wheel: thinned, and from the middle level on a drum, if one cannot look through it."""
    if level == NEAR or spoked:
        quota = SPOKED[level] if spoked else WHEEL[level]
        return thinned([mesh if level == NEAR else _plain(mesh)], [1], quota, free=level == FAR)[0][0]
    return (drum if level == MIDDLE else plain_drum)(mesh, WHEEL[level], radius_m)


def _or_wrapped(bare: list[Mesh], thin: list[Mesh], times: list[int], target: float) -> list[Mesh]:
    """Bodies thinned to the far level, or closed skins around them thinned as far, where those look more alike.

    Where a body is made of many sheets and bars there is little to collapse across; a skin is one surface.
    """
    skins = [_wrapped(mesh) if len(mesh.triangles) > target / 2 else None for mesh in bare]
    rows = [k for k, mesh in enumerate(skins) if mesh is not None]
    if not rows:
        return thin
    other, _ = thinned([mesh or thin[k] for k, mesh in enumerate(skins)], times, target, LEAST[FAR], True)
    found = list(thin)
    for k in rows:
        one, two = likenesses(corners_of(bare[k]), [corners_of(other[k]), corners_of(thin[k])])
        if one > two:
            found[k] = other[k]
    return found


def _wrapped(mesh: Mesh) -> Mesh | None:
    """A closed skin around the large pieces of a body; with mirrors and what else hangs on it."""
    corner = corners_of(mesh)
    piece = pieces(mesh)
    size = np.linalg.norm(np.subtract(*reversed(bounds_of(corner, piece))), axis=1)
    large = (size >= SMALL * np.linalg.norm(np.ptp(corner.reshape(-1, 3), axis=0)))[piece]
    core = corner[large]
    if not large.any():
        return None
    codes, dense = np.unique(
        (mesh.material.astype(np.int64) * 256 + mesh.semantic)[large], return_inverse=True
    )
    low, high = core.reshape(-1, 3).min(axis=0), core.reshape(-1, 3).max(axis=0)
    picture = unroll(core, dense.reshape(-1), int((high - low).argmax()), np.ones(len(core), np.bool_))
    if picture is None:
        return None
    points, triangles, found = skin(picture, *SKIN, SHADE[codes // 256])
    at, to = points.min(axis=0), points.max(axis=0)
    points = low + (points - at) * (high - low) / np.maximum(to - at, 1e-9)
    code = codes[found]
    made = closed(points, triangles, (code // 256).astype(np.int16), (code % 256).astype(np.uint8))
    return made if large.all() else Mesh.join([made, some_of(mesh, ~large)])


def _shining(mesh: Mesh) -> Mesh | None:
    chosen = PATCHES[mesh.material]
    return some_of(mesh, chosen) if chosen.any() else None


def _plain(mesh: Mesh) -> Mesh:
    """The mesh with blind panes, and with what is thin or becomes a patch painted like its surroundings."""
    material = np.where(GLASS[mesh.material], MATERIAL_ID["glass_blind"], mesh.material).astype(np.int16)
    unknown = THIN[material] | PATCHES[material]
    if unknown.all():
        return replace(mesh, material=material)
    if unknown.any():
        material, left = _spread(mesh, material, unknown)
        return some_of(replace(mesh, material=material), ~left)
    return replace(mesh, material=material)


def _spread(
    mesh: Mesh, material: NDArray[np.int16], unknown: NDArray[np.bool_]
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Materials of neighbours for triangles whose own does not count, and which ones have no neighbours with any."""
    face = welded(mesh)[mesh.triangles]
    start, end = face.reshape(-1), np.roll(face, -1, axis=1).reshape(-1)
    edge = np.minimum(start, end) * (int(face.max()) + 1) + np.maximum(start, end)
    order = np.argsort(edge, kind="stable")
    same = edge[order][1:] == edge[order][:-1]
    one, two = order[:-1][same] // 3, order[1:][same] // 3
    one, two = np.concatenate([one, two]), np.concatenate([two, one])
    material, unknown = material.copy(), unknown.copy()
    while True:
        reached = unknown[one] & ~unknown[two]
        if not reached.any():
            return material, unknown
        material[one[reached]] = material[two[reached]]
        unknown[one[reached]] = False


def _outer(mesh: Mesh, level: int) -> Mesh:
    """What shows from outside, without the smallest pieces."""
    corner = corners_of(mesh)
    piece = pieces(mesh)
    low, high = bounds_of(corner, piece)
    edge = ((low < low.min(axis=0) + 0.005) | (high > high.max(axis=0) - 0.005)).any(axis=1)
    large = edge | (np.linalg.norm(high - low, axis=1) >= LOST_M[level])
    shown = large[piece]
    if level == MIDDLE:  # the far level is made from it
        shown &= seen(corner, np.zeros(len(corner), np.bool_))
    return some_of(mesh, shown) if shown.any() else mesh

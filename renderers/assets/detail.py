"""Levels of detail: the same asset with a third, a fifteenth or a hundredth of its triangles.  Renderers floor.

Each level is thinned from the finer one (`renderers.assets.collapse`), all parts at once, so that triangles go where
they are missed most.  From the middle level on nobody looks through panes, joints between panels are painted over,
what cannot be seen from outside is gone, and lamps, reflectors and plates are flat patches of the size that they show.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from renderers import triples
from renderers.assets.cartons import folded
from renderers.assets.collapse import thinned, welded
from renderers.assets.drums import drum, plain_drum
from renderers.assets.levels import FAR, MIDDLE, NEAR, TRIANGLES
from renderers.assets.outlines import likenesses
from renderers.assets.patching import bounds_of, corners_of, patches_on, pieces
from renderers.assets.registry import PEOPLE
from renderers.assets.views import seen
from renderers.assets.wrap import closed, skin, unroll
from renderers.loft import face_normals
from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES
from scenarios.taxonomy import ACTOR_CLASSES

PATCHES = np.array([m.glow >= 0 or m.name.startswith("reflector_") or m.name == "plate" for m in MATERIALS])
THIN = np.array([m.name in ("panel_gap", "plate_ink", "lamp_housing") for m in MATERIALS])
SHADE = np.array(
    [float(np.dot(m.rgb, (0.21, 0.72, 0.07))) * (0.5 if m.tint >= 0 else 1.0) for m in MATERIALS]
)
GLASS = np.array([m.transmission > 0 and "glass" in m.name for m in MATERIALS])
RETRO = np.array([m.retro > 0.0 for m in MATERIALS])  # lasers see tape from afar
HEAVY_M = 6.5
LOST_M = {MIDDLE: 0.04, FAR: 0.15}  # pieces smaller than this are left out, unless they reach the box
FAR_PX = 38.0  # nothing is seen longer at the far level
LOST_PX2 = 2.2  # pieces that cover so little of that are left out: strokes of letters, steps, hoses
SEEN_M, SEEN_PX = 0.025, (200, 480)  # a pixel of the pictures that tell what shows from outside; their sides
WHEEL = {NEAR: 400, MIDDLE: 12}  # triangles, then corners, of a wheel
SPOKED = {NEAR: 1100, MIDDLE: 150, FAR: 90}  # triangles of a wheel that one looks through
SKIN = (24, 16)  # rows and columns of what is wrapped around a body before it is thinned to the far level
SMALL = 0.14  # pieces below this share of their part's diagonal hang on the body: mirrors, handles, wipers
FLUSH_M = 0.008  # wheels stand out from the flanks of cartons
HANGING = 14  # triangles of all that hangs on a carton
ALIKE = 0.05  # of its outline a carton may miss more than what is thinned: its paint is whole
LEAST = {NEAR: 60, MIDDLE: 16, FAR: 6}  # of a limb
SMALL_M2 = {MIDDLE: 0.0, FAR: 0.012}  # lamps so small are a pixel or two: one triangle each
BODY = 0.4  # of all triangles at least are for what does not roll and does not shine


def at_level(finer: Asset, level: int) -> Asset:
    """The asset of `level`, from the next finer one; parts that share a mesh go on sharing it."""
    kind = kind_of(finer)
    meshes = {id(part.mesh): part.mesh for part in finer.parts}
    times = {key: sum(id(part.mesh) == key for part in finer.parts) for key in meshes}
    radius = {id(part.mesh): part.radius_m for part in finer.parts}
    wheels = [key for key in meshes if radius[key] > 0.0]
    others = [key for key in meshes if key not in wheels]
    side = {id(part.mesh): -1.0 if _place(finer, part)[1] < 0.0 else 1.0 for part in finer.parts}
    made = {key: _wheel(meshes[key], level, kind == "two_wheeler", radius[key], side[key]) for key in wheels}
    lamps = {key: _shining(meshes[key]) for key in others} if level != NEAR else {}
    spent = sum(times[key] * len(made[key].triangles) for key in wheels)
    spent += sum(_patches(lamp, SMALL_M2[level]) for lamp in lamps.values() if lamp is not None)
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
    if level == FAR and kind == "car":
        whole = [_or_folded(mesh, other, target, finer) for mesh, other in zip(bare, thin, strict=True)]
        if any(new is not old for new, old in zip(whole, thin, strict=True)):
            made |= {key: _flush(made[key], finer, key) for key in wheels}
        thin = whole
    for key, mesh in zip(others, thin, strict=True):
        lamp = lamps.get(key)
        made[key] = mesh if lamp is None else Mesh.join([mesh, *patches_on(lamp, mesh, SMALL_M2[level])])
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


def _wheel(mesh: Mesh, level: int, spoked: bool, radius_m: float, side: float) -> Mesh:
    """Fewer triangles for a wheel: thinned, and from the middle level on a drum, if one cannot look through it."""
    if level == NEAR or spoked:
        quota = SPOKED[level] if spoked else WHEEL[level]
        return thinned([mesh if level == NEAR else _plain(mesh)], [1], quota, free=level == FAR)[0][0]
    return drum(mesh, WHEEL[level], radius_m) if level == MIDDLE else plain_drum(mesh, radius_m, side)


def _place(asset: Asset, part: Part) -> tuple[float, float]:
    """Where a part stands at rest: forward, left."""
    x, y, _ = part.pivot_m
    while part.parent >= 0:
        part = asset.parts[part.parent]
        x, y = x + part.pivot_m[0], y + part.pivot_m[1]
    return x, y


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


def _or_folded(mesh: Mesh, thin: Mesh, target: float, finer: Asset) -> Mesh:
    """A carton for the body of a car, with mirrors and what else hangs on it; what is thin already where none fits."""
    if len(mesh.triangles) <= target:
        return thin
    corner, large = corners_of(mesh), _core(mesh)
    axles = sorted({round(_place(finer, part)[0], 3) for part in finer.parts if part.radius_m > 0.0})
    codes, dense = np.unique(
        (mesh.material.astype(np.int64) * 256 + mesh.semantic)[large], return_inverse=True
    )
    made = folded(corner[large], dense.reshape(-1), codes // 256 == MATERIAL_ID["glass_blind"], axles)
    if made is None:
        return thin
    code = codes[made.material.astype(np.int64) * 256 + made.semantic]
    made = replace(made, material=(code // 256).astype(np.int16), semantic=(code % 256).astype(np.uint8))
    if not large.all():
        rest, _ = thinned([mesh.only(~large)], [1], HANGING, LEAST[FAR], True)
        made = Mesh.join([made, *rest])
    one, two = likenesses(corner, [corners_of(made), corners_of(thin)])
    return made if one > two - ALIKE else thin


def _flush(wheel: Mesh, finer: Asset, key: int) -> Mesh:
    """A wheel whose outer wall lies on the flank of a carton, which has no arches."""
    part = next(part for part in finer.parts if id(part.mesh) == key)
    y = _place(finer, part)[1]
    body = finer.parts[0].mesh.vertices_m
    near = np.hypot(body[:, 0] - _place(finer, part)[0], body[:, 2] - part.radius_m) < 1.5 * part.radius_m
    far = float(np.abs(body[near, 1]).max()) if near.any() else abs(y)
    side = -1.0 if y < 0.0 else 1.0
    points = wheel.vertices_m.copy()
    outer = points[:, 1] * side > 0.0
    points[outer, 1] = side * max(
        min(far + FLUSH_M, finer.size_m[1] / 2) - abs(y), float(np.abs(points[:, 1]).max())
    )
    return replace(wheel, vertices_m=points)


def _core(mesh: Mesh) -> NDArray[np.bool_]:
    """The triangles of large pieces."""
    corner, piece = corners_of(mesh), pieces(mesh)
    size = triples.length(np.subtract(*reversed(bounds_of(corner, piece))))
    large: NDArray[np.bool_] = (size >= SMALL * np.linalg.norm(np.ptp(corner.reshape(-1, 3), axis=0)))[piece]
    return large


def _wrapped(mesh: Mesh) -> Mesh | None:
    """A closed skin around the large pieces of a body; with mirrors and what else hangs on it."""
    corner, large = corners_of(mesh), _core(mesh)
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
    return made if large.all() else Mesh.join([made, mesh.only(~large)])


def _shining(mesh: Mesh) -> Mesh | None:
    chosen = PATCHES[mesh.material]
    return mesh.only(chosen) if chosen.any() else None


def _patches(lamps: Mesh, small_m2: float) -> int:
    """About how many triangles the patches of lamps will have."""
    area = triples.length(face_normals(lamps.vertices_m.astype(np.float64), lamps.triangles)) / 2
    piece = np.bincount(pieces(lamps), area)
    return int(np.where(piece < small_m2, 1, 2).sum())


def _plain(mesh: Mesh) -> Mesh:
    """The mesh with blind panes, and with what is thin or becomes a patch painted like its surroundings."""
    material = np.where(GLASS[mesh.material], MATERIAL_ID["glass_blind"], mesh.material).astype(np.int16)
    unknown = THIN[material] | PATCHES[material]
    if unknown.all():
        return replace(mesh, material=material)
    if unknown.any():
        material, left = _spread(mesh, material, unknown)
        return replace(mesh, material=material).only(~left)
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
    long_m = float((high.max(axis=0) - low.min(axis=0)).max())
    edge = ((low < low.min(axis=0) + 0.005) | (high > high.max(axis=0) - 0.005)).any(axis=1)
    lost_m = LOST_M[level]
    large = triples.length(high - low) >= (lost_m if level == MIDDLE else max(lost_m, 2 * long_m / FAR_PX))
    if level == FAR:
        area = triples.length(face_normals(mesh.vertices_m.astype(np.float64), mesh.triangles)) / 2
        large &= np.bincount(piece, area) > LOST_PX2 * (long_m / FAR_PX) ** 2
    shown = (edge | large)[piece] | (RETRO & (level == FAR))[mesh.material]
    if level == MIDDLE:  # the far level is made from it
        size_px = int(np.clip(long_m / SEEN_M, *SEEN_PX))
        shown &= seen(corner, np.zeros(len(corner), np.bool_), size_px)
    return mesh.only(shown) if shown.any() else mesh

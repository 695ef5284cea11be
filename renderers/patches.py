"""Patches on the finished ground: films, stains, worn paint and holes, cut into the very triangles of the road.

Renderers floor.  The ground below a patch keeps its shape and its class; under a film only its material changes
(`renderers.materials.films`), so that paint under ice is still paint.  What stands up or goes down is made in
`renderers.patch_forms`.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from renderers.materials import MATERIAL_ID, MATERIALS
from renderers.materials.films import FILMS
from renderers.mesh import Mesh
from renderers.mesh_cut import Pieces, cut
from renderers.patch_forms import bowl, fallen_leaves, heap
from scenarios.taxonomy import SEMANTIC_ID
from sim.patches import LaidPatch
from sim.roads.network import RoadNetwork

GROUND = tuple(SEMANTIC_ID[name] for name in ("road", "road_marking", "parking", "sidewalk", "kerb"))
PAINT = SEMANTIC_ID["road_marking"]
UPRIGHT = 0.5  # faces steeper than this are no ground
ABOVE_M, BELOW_M = 0.06, 0.8  # of the road's surface: what lies in between is cut
GONE = ""  # in place of a film: nothing is left
# Bands of a patch from its middle outwards: (metres outside its edge up to which it reaches, film).
BANDS: dict[str, tuple[tuple[float, str], ...]] = {
    "puddle": ((-0.05, "puddle"), (0.0, "shallow"), (0.09, "damp")),
    "ice": ((-0.09, "ice"), (-0.03, "ice_thin"), (0.03, "ice_rim")),
    "oil": (
        (-0.16, "oil"), (-0.10, "oil_thin"), (-0.07, "sheen_gold"), (-0.045, "sheen_rose"), (-0.02, "sheen_blue"),
        (0.03, "stain"),
    ),
    "leaves": ((-0.05, "litter"),),
    "tar_seam": ((0.0, "tar"),),
    "pothole": ((0.0, GONE),),
}  # fmt: skip
CHIP_M = 0.03  # size of what is missing from faded paint
CHIPPED = 0.45  # share of the paint that is gone where it is faded


def with_patches(
    mesh: Mesh,
    instance: NDArray[np.int32],
    network: RoadNetwork,
    patches: Sequence[LaidPatch],
    origin_m: NDArray[np.float64],
) -> tuple[Mesh, NDArray[np.int32]]:
    """The static world with its patches, in order; triangles that are no ground stay as they are."""
    for patch in patches:
        mesh, instance = _with(mesh, instance, network, patch, origin_m)
    return mesh, instance


def _with(
    mesh: Mesh,
    instance: NDArray[np.int32],
    network: RoadNetwork,
    patch: LaidPatch,
    origin_m: NDArray[np.float64],
) -> tuple[Mesh, NDArray[np.int32]]:
    area = shapely.transform(patch.area, lambda points: points - origin_m[:2])
    added: list[Mesh] = []
    zones: list[tuple[BaseGeometry, str]] = []
    if patch.kind == "missing_markings":
        zones = [(area, GONE)]
    elif patch.kind == "faded_markings":
        painted = _ground_rows(mesh, network, area, True, origin_m)
        zones = [(chips(area, patch, mesh.vertices_m[mesh.triangles[painted], :2]), GONE), (area, "faded")]
    elif patch.kind == "snow_bank":
        added.append(heap(network, patch, origin_m))
    else:
        zones = _bands(area, BANDS[patch.kind])
    if patch.kind == "pothole":
        added.append(bowl(network, patch, origin_m))
    if patch.kind == "leaves":
        added.append(fallen_leaves(network, patch, origin_m))
    if zones:
        only_paint = patch.kind.endswith("markings")
        mesh, instance = _cut_zones(mesh, instance, network, zones, only_paint, origin_m)
    if added:
        none = np.zeros(sum(len(m.triangles) for m in added), np.int32)
        mesh, instance = Mesh.join([mesh, *added]), np.concatenate([instance, none])
    return mesh, instance


def _bands(area: BaseGeometry, bands: tuple[tuple[float, str], ...]) -> list[tuple[BaseGeometry, str]]:
    """Nested zones; narrow patches have narrow bands, so that something is left of their middle."""
    x0, y0, x1, y1 = area.bounds
    scale = min(1.0, 0.5 * min(x1 - x0, y1 - y0) / 0.4) if len(bands) > 1 else 1.0
    return [(area.buffer(reach * scale, quad_segs=3) if reach else area, film) for reach, film in bands]


def _cut_zones(
    mesh: Mesh,
    instance: NDArray[np.int32],
    network: RoadNetwork,
    zones: list[tuple[BaseGeometry, str]],
    only_paint: bool,
    origin_m: NDArray[np.float64],
) -> tuple[Mesh, NDArray[np.int32]]:
    """Each zone takes what the zones before it have left."""
    rows = _ground_rows(mesh, network, zones[-1][0], only_paint, origin_m)
    if len(rows) == 0:
        return mesh, instance
    left = Pieces.of(mesh, rows)
    done: list[Pieces] = []
    for area, film in zones:
        inside, left = cut(left, area)
        if film != GONE:
            inside.mesh.material[:] = _filmed(film)[inside.mesh.material]
            done.append(inside)
    fresh = Pieces.join([*done, left])
    kept = np.ones(len(mesh.triangles), bool)
    kept[rows] = False
    rest = Mesh(
        mesh.vertices_m,
        mesh.triangles[kept],
        mesh.normals,
        mesh.uv_m,
        mesh.material[kept],
        mesh.semantic[kept],
    )
    return Mesh.join([rest, fresh.mesh]), np.concatenate([instance[kept], instance[fresh.source]])


def _ground_rows(
    mesh: Mesh, network: RoadNetwork, area: BaseGeometry, only_paint: bool, origin_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Triangles of the ground whose boxes meet the area's."""
    x0, y0, x1, y1 = area.bounds
    wanted = (PAINT,) if only_paint else GROUND
    rows: NDArray[np.int64] = np.flatnonzero(np.isin(mesh.semantic, wanted))
    corners = mesh.vertices_m[mesh.triangles[rows]].astype(np.float64)
    low, high = corners.min(axis=1), corners.max(axis=1)
    near = (low[:, 0] <= x1) & (high[:, 0] >= x0) & (low[:, 1] <= y1) & (high[:, 1] >= y0)
    rows, corners = rows[near], corners[near]
    if len(rows) == 0:
        return rows
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    flat = normal[:, 2] > UPRIGHT * np.maximum(np.linalg.norm(normal, axis=1), 1e-12)
    middle = corners.mean(axis=1) + origin_m
    above = middle[:, 2] - network.height(middle[:, 0], middle[:, 1])
    level = flat & (above < ABOVE_M) & (above > -BELOW_M)
    found: NDArray[np.int64] = np.asarray(rows[level], np.int64)
    return found


def _filmed(film: str) -> NDArray[np.int16]:
    """(M,) row of each material under a film; what no film is made for stays, and tar is simply tar."""
    to = np.arange(len(MATERIALS), dtype=np.int16)
    if film not in FILMS:
        to[[row for row, m in enumerate(MATERIALS) if m.texture.startswith("asphalt")]] = MATERIAL_ID[film]
        return to
    for row, m in enumerate(MATERIALS):
        base = m.name.split("+")[0]  # of two films the later one counts
        to[row] = MATERIAL_ID.get(f"{base}+{film}", row)
    return to


def chips(area: BaseGeometry, patch: LaidPatch, paint_m: NDArray[np.float32]) -> BaseGeometry:
    """Where faded paint has flaked off: many small ragged bits, of which those count that meet paint (N, 3, 2)."""
    rng = patch.random("chips")
    x0, y0, x1, y1 = area.bounds
    # Lines may lie anywhere in the area, and the next one must not change where the others have flaked off.
    count = min(int(area.area * CHIPPED / (2.0 * CHIP_M**2)), 40_000)
    x, y = rng.uniform(x0, x1, count), rng.uniform(y0, y1, count)
    inside = shapely.contains_xy(area, x, y)
    x, y = x[inside], y[inside]
    size = CHIP_M * np.exp(rng.normal(0.0, 0.5, len(x)))
    turn = np.sort(rng.uniform(0.0, 2.0 * np.pi, (len(x), 7)), axis=1)
    reach = size[:, None] * rng.uniform(0.5, 1.3, turn.shape)
    rings = np.stack([x[:, None] + 1.6 * reach * np.cos(turn), y[:, None] + reach * np.sin(turn)], axis=2)
    # Joining all of them takes seconds, and most lie where there is nothing to flake off.
    low, high = rings.min(axis=1), rings.max(axis=1)
    paint = shapely.STRtree(np.asarray(shapely.polygons(paint_m.astype(np.float64)), object))
    met, _ = paint.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]), predicate="intersects")
    rings = rings[np.unique(met)]
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    return (
        shapely.union_all(shapely.make_valid(shapely.polygons(closed))) if len(rings) else shapely.Polygon()
    )

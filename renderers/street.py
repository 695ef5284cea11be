"""The street as triangles: lanes, kerbs, junctions, paint, barriers and the ground around.  Renderers floor."""

from collections.abc import Callable

import numpy as np
import shapely

from renderers.mesh import Mesh
from renderers.street_furniture import lay_barriers
from renderers.street_ground import footprint, lay_ground
from renderers.street_heights import Heights
from renderers.street_paint import lay_paint
from renderers.street_sheets import Array, Sheets, cells, cut_triangles
from sim.roads.lanes import DRIVABLE, WALKABLE
from sim.roads.network import LaneStrip, RoadNetwork

STEP_M = 0.008  # a height difference between neighbouring lanes that gets a face
SKIRT_M = 0.45  # how far the outer faces of the road's slab go down
SEAM_M = 0.03  # junction surfaces reach this far under the roads that end at them
JUNCTION_CELL_M = 3.0  # junction surfaces are cut into cells of this size, so that they follow the grade
NARROW_BORDER_M = 0.45  # borders up to this width are kerb stones

# What a lane of a type is made of where the map does not say: (material, semantic class).
KINDS: dict[str, tuple[str, str]] = {
    "parking": ("asphalt", "parking"),
    "sidewalk": ("paving", "sidewalk"),
    "walking": ("paving", "sidewalk"),
    "curb": ("kerb", "kerb"),
    "median": ("grass", "terrain"),
    "none": ("grass", "terrain"),
    "restricted": ("asphalt_old", "road"),
    "tram": ("gravel", "terrain"),
    "rail": ("gravel", "terrain"),
}
# Words of OpenDRIVE's <material surface="..."> and of built roads.
SURFACES: dict[str, tuple[str, str | None]] = {
    "asphalt": ("asphalt", None),
    "concrete": ("concrete", None),
    "paving": ("paving", None),
    "pavement": ("paving", None),
    "cobble": ("cobble", None),
    "gravel": ("gravel", None),
    "grass": ("grass", "terrain"),
    "soil": ("soil", "terrain"),
}


def street_mesh(
    network: RoadNetwork, seed: int = 0, origin_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> Mesh:
    """Everything of the road and the ground, in world coordinates minus `origin_m`."""
    sheets = Sheets()
    strips = network.strips()
    plain = [s for s in strips if s.junction is None]
    crossing = [s for s in strips if s.junction is not None]
    _lay_lanes(sheets, plain)
    _lay_junctions(sheets, network, plain, crossing)
    lay_paint(sheets, network, seed)
    lay_barriers(sheets, network)
    lay_ground(sheets, network, seed)
    return sheets.mesh(origin_m)


def surface_of(strip: LaneStrip) -> tuple[str, str]:
    """(material, semantic class) of a lane's surface."""
    material, semantic = KINDS.get(strip.kind, ("asphalt", "road"))
    if strip.kind == "border":
        width = float(np.median(np.linalg.norm(strip.outer_m - strip.inner_m, axis=1)))
        material, semantic = ("kerb", "kerb") if width < NARROW_BORDER_M else ("grass", "terrain")
    elif strip.kind == "biking" and strip.raised:
        material, semantic = "asphalt_old", "sidewalk"
    if strip.material in SURFACES:
        word, meaning = SURFACES[strip.material]
        if strip.kind == "curb":
            return material, semantic
        material = word
        if meaning is not None and strip.kind not in DRIVABLE:
            semantic = meaning
        elif semantic == "terrain":
            # An island that one steps up to, as Cityscapes counts it; flush with the lanes it is part of the road.
            semantic = "sidewalk" if strip.raised else "road"
    return material, semantic


# ------------------------------------------------------------------------------------------------------------ lanes
def _sides(strips: list[LaneStrip]) -> dict[tuple[str, int, int], list[LaneStrip]]:
    """Strips by (road, section, side), from the inside out."""
    found: dict[tuple[str, int, int], list[LaneStrip]] = {}
    for strip in strips:
        found.setdefault((strip.road, strip.section, 1 if strip.lane > 0 else -1), []).append(strip)
    return {key: sorted(row, key=lambda s: abs(s.lane)) for key, row in found.items()}


def _lay_lanes(sheets: Sheets, strips: list[LaneStrip]) -> None:
    sides = _sides(strips)
    for (road, section, sign), row in sides.items():
        t = np.zeros(len(row[0].s_m))
        for k, strip in enumerate(row):
            outer_t = t + sign * np.linalg.norm(strip.outer_m - strip.inner_m, axis=1)
            _lay_strip(sheets, strip, t, outer_t)
            t = outer_t
            if k + 1 < len(row):
                _lay_step(sheets, strip.outer_m, row[k + 1].inner_m, strip.s_m, sign)
            else:
                _lay_step(
                    sheets, strip.outer_m, strip.outer_m - np.array([0.0, 0.0, SKIRT_M]), strip.s_m, sign
                )
        other = sides.get((road, section, -sign))
        if sign > 0 and other is not None:
            _lay_step(sheets, other[0].inner_m, row[0].inner_m, row[0].s_m, 1)
        elif other is None:
            _lay_step(
                sheets, row[0].inner_m - np.array([0.0, 0.0, SKIRT_M]), row[0].inner_m, row[0].s_m, sign
            )


def _lay_strip(sheets: Sheets, strip: LaneStrip, inner_t: Array, outer_t: Array) -> None:
    material, semantic = surface_of(strip)
    if strip.lane > 0:
        sheets.ribbon(strip.inner_m, strip.outer_m, strip.s_m, (inner_t, outer_t), material, semantic)
    else:
        sheets.ribbon(strip.outer_m, strip.inner_m, strip.s_m, (outer_t, inner_t), material, semantic)
    if strip.raised:
        for end in (0, -1):
            _lay_cap(sheets, strip, end)


def _lay_cap(sheets: Sheets, strip: LaneStrip, end: int) -> None:
    """The face that closes a raised strip where it begins or ends."""
    high = np.stack([strip.inner_m[end], strip.outer_m[end]])
    if (strip.lane > 0) != (end == 0):
        high = high[::-1]
    # seen from outside the band runs to the left of the outward direction
    low = high - np.array([0.0, 0.0, SKIRT_M])
    width = float(np.linalg.norm(high[1] - high[0]))
    if width > 1e-3:
        sheets.wall(low[::-1], high[::-1], np.array([0.0, width]), "concrete", "kerb")


def _lay_step(sheets: Sheets, inside: Array, outside: Array, s: Array, sign: int) -> None:
    """The face between two lines one above the other, visible from the lower side.

    `inside` belongs to the surface nearer the reference line, `outside` to the one further out on side `sign`.
    """
    if len(inside) != len(outside):
        return
    rise = outside[:, 2] - inside[:, 2]
    if np.max(np.abs(rise)) < STEP_M:
        return
    up = float(np.sum(rise)) > 0.0  # the outer surface is higher: its face looks inwards
    low, high = (inside, outside) if up else (outside, inside)
    # A wall faces the right of its way: along s that is outwards on the right side, inwards on the left one.
    ahead = (sign > 0) == up
    if not ahead:
        low, high, s = low[::-1], high[::-1], s[::-1]
    deep = float(np.max(np.abs(rise))) > SKIRT_M - 1e-6
    sheets.wall(low, high, s, "concrete" if deep else "kerb", "kerb")


# -------------------------------------------------------------------------------------------------------- junctions
def _lay_junctions(
    sheets: Sheets, network: RoadNetwork, plain: list[LaneStrip], crossing: list[LaneStrip]
) -> None:
    """Connecting roads overlap one another: their carriageways are drawn as one area, the rest as what is left."""
    if not crossing:
        return
    # Later claims lose: roads outside keep their surface, then carriageways, then sidewalks, then the rest.
    taken = shapely.union_all([footprint(s) for s in plain if _near(s, crossing)] or [shapely.Polygon()])
    order: list[tuple[str, Callable[[LaneStrip], bool]]] = [
        ("asphalt", lambda s: s.kind in DRIVABLE or s.kind in ("shoulder", "parking", "stop", "restricted")),
        (
            "paving",
            lambda s: s.kind in WALKABLE or s.kind in ("curb", "biking") or (s.kind == "border" and s.raised),
        ),
        ("rest", lambda s: True),
    ]
    left = list(crossing)
    for _, wanted in order:
        group = [s for s in left if wanted(s)]
        left = [s for s in left if not wanted(s)]
        by_look: dict[tuple[str, str, bool], list[LaneStrip]] = {}
        for strip in group:
            by_look.setdefault((*surface_of(strip), strip.raised), []).append(strip)
        for (material, semantic, raised), row in by_look.items():
            whole = shapely.union_all([footprint(s) for s in row])
            if not raised:
                # reach a little under the neighbours: a seam of two meshes may not show the sky
                area = whole.buffer(SEAM_M, join_style="mitre").difference(taken.buffer(-SEAM_M))
            else:
                area = whole.difference(taken)
            taken = taken.union(whole)
            _lay_area(sheets, area, material, semantic, Heights.over(row), raised)


def _near(strip: LaneStrip, crossing: list[LaneStrip]) -> bool:
    """Whether a strip's box comes near any junction strip's box."""
    low, high = strip.inner_m[:, :2].min(0), strip.inner_m[:, :2].max(0)
    for other in crossing:
        a, b = other.inner_m[:, :2].min(0), other.inner_m[:, :2].max(0)
        if np.all(low - 15.0 < b) and np.all(a < high + 15.0):
            return True
    return False


def _lay_area(
    sheets: Sheets,
    area: shapely.Geometry,
    material: str,
    semantic: str,
    field: Heights,
    raised: bool,
) -> None:
    """A polygon at the height of the lanes that it was made of, with faces around it when it is raised."""
    for polygon in shapely.get_parts(area):
        if polygon.geom_type != "Polygon" or polygon.area < 1e-4:
            continue
        corners = cut_triangles(cells(polygon, JUNCTION_CELL_M))
        if len(corners) == 0:
            continue
        z = field.at(corners.reshape(-1, 2)).reshape(-1, 3)
        drop = 0.0 if raised else 0.001  # the seam under the neighbours must not flicker
        sheets.area(corners, z - drop, material, semantic)
        if raised:
            for ring in (polygon.exterior, *polygon.interiors):
                _lay_rim(sheets, np.array(ring.coords)[:, :2], field)


def _lay_rim(sheets: Sheets, ring: Array, field: Heights) -> None:
    """Faces down from the edge of a raised area."""
    line = shapely.segmentize(shapely.LinearRing(ring), JUNCTION_CELL_M)
    if not shapely.is_ccw(line):
        line = shapely.reverse(line)
    points = shapely.get_coordinates(line)
    z = field.at(points)
    high = np.concatenate([points, z[:, None]], 1)
    u = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    sheets.wall(high - np.array([0.0, 0.0, SKIRT_M]), high, u, "kerb", "kerb")

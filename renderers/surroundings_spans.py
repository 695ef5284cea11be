"""What spans roads: tunnels and parapets that maps state, overpasses and gantries on motorways.  Renderers floor."""

import numpy as np
import shapely

from renderers.assets import signs, signs_vienna
from renderers.assets.forms import Floats, placed, quads, tube
from renderers.loft import box
from renderers.mesh import Mesh
from renderers.street_faces import sign_faces
from renderers.surroundings_site import Site, Spot
from sim.roads.lanes import DRIVABLE
from sim.roads.network import RoadObject

SPANS = ("bridge", "tunnel")
BORE_M = (
    5.2  # clear height of a tunnel: 4.7 m for traffic and room for lamps and signs (RAST-Vorschrift: 4.5 m)
)
SHELL_M = 0.6
PARAPET_M = 1.1
OVERPASS_M = 5.3  # clear height below the deck
LAMPS_EVERY_M = 8.0


def lay_span(site: Site, thing: RoadObject) -> None:
    """The tunnel over a stretch of road, or the parapets of its bridge."""
    assert thing.outline_m is not None
    count = len(thing.outline_m) // 2
    right, left = thing.outline_m[:count], thing.outline_m[count:][::-1]
    origin = thing.position_m
    mesh = (
        tunnel(right - origin, left - origin)
        if thing.kind == "tunnel"
        else bridge(right - origin, left - origin, thing.name)
    )
    site.put(mesh, Spot(float(origin[0]), float(origin[1]), 0.0, 0.0), float(origin[2]))


def _aside(right: Floats, left: Floats, by_m: float) -> tuple[Floats, Floats]:
    """Both edges moved apart by a distance each."""
    across = left - right
    across[:, 2] = 0.0
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
    return right - by_m * across, left + by_m * across


def _band(low: Floats, high: Floats, material: str, semantic: str) -> Mesh:
    """Faces between two lines; they look to the right of the way along `low` when `high` lies above it."""
    return quads(np.stack([low[:-1], low[1:], high[1:], high[:-1]], axis=1), material, semantic)


def tunnel(right: Floats, left: Floats) -> Mesh:
    """Walls and a flat roof along two edges (N, 3), seen from within and without, and a portal at either end."""
    up = np.array((0.0, 0.0, 1.0))
    near, far = _aside(right, left, 0.12), _aside(right, left, 0.12 + SHELL_M)
    (r0, l0), (r1, l1) = near, far
    pieces = [
        _band(l0, l0 + BORE_M * up, "tunnel_wall", "tunnel"),
        _band(r0[::-1], r0[::-1] + BORE_M * up, "tunnel_wall", "tunnel"),
        _band(l0 + BORE_M * up, r0 + BORE_M * up, "concrete", "tunnel"),
        _band(r1 - up, r1 + (BORE_M + SHELL_M) * up, "concrete", "tunnel"),
        _band(l1[::-1] - up, l1[::-1] + (BORE_M + SHELL_M) * up, "concrete", "tunnel"),
        _band(r1 + (BORE_M + SHELL_M) * up, l1 + (BORE_M + SHELL_M) * up, "concrete", "tunnel"),
    ]  # fmt: skip
    for end, step in ((0, 1), (-1, -1)):
        inside, outside = (r0[end], l0[end]), (r1[end], l1[end])
        out = r0[end] - r0[end + step]
        out = out / np.linalg.norm(out)
        pieces.append(_portal(inside, outside, out))
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(0.5 * (r0 + l0), axis=0), axis=1))])
    middle = 0.5 * (r0 + l0)
    for s in np.arange(LAMPS_EVERY_M / 2, length[-1], LAMPS_EVERY_M):
        at = [float(np.interp(s, length, middle[:, k])) for k in range(3)]
        way = middle[min(int(np.searchsorted(length, s)), len(middle) - 1)] - middle[0]
        lamp = box((1.2, 0.25, 0.08), "signal_white", "tunnel", centre_m=(0.0, 0.0, BORE_M - 0.05))
        pieces.append(lamp.moved(placed(float(np.arctan2(way[1], way[0])), at)))
    return Mesh.join(pieces)


def _portal(inside: tuple[Floats, Floats], outside: tuple[Floats, Floats], out: Floats) -> Mesh:
    """The face of the shell round the opening, and a headwall above it."""
    up = np.array((0.0, 0.0, 1.0))
    top, crown = BORE_M, BORE_M + SHELL_M + 0.9
    (ri, li), (ro, lo) = inside, outside
    faces = [
        [ro - up, ri - up, ri + crown * up, ro + crown * up], [li - up, lo - up, lo + crown * up, li + crown * up],
        [ri + top * up, li + top * up, li + crown * up, ri + crown * up],
    ]  # fmt: skip
    front = np.array(faces) + 0.35 * out
    normal = np.cross(front[0, 1] - front[0, 0], front[0, 2] - front[0, 1])
    if float(normal @ out) < 0.0:
        front = front[:, ::-1]
    back = front[:, ::-1] - 0.35 * out
    lid = np.array([[ro, lo, lo + 0.35 * out, ro + 0.35 * out]]) + crown * up
    lid = lid if np.cross(lid[0, 1] - lid[0, 0], lid[0, 2] - lid[0, 1])[2] > 0 else lid[:, ::-1]
    reveal = np.array([[ri - up, ri + top * up, ri + top * up + 0.35 * out, ri - up + 0.35 * out],
                       [li - up, li + top * up, li + top * up + 0.35 * out, li - up + 0.35 * out]])  # fmt: skip
    both = np.concatenate([reveal, reveal[:, ::-1]])
    return Mesh.join([quads(front, "stone", "tunnel"), quads(back, "stone", "tunnel"), quads(lid, "stone", "tunnel"),
                      quads(both, "stone", "tunnel")])  # fmt: skip


def bridge(right: Floats, left: Floats, kind: str) -> Mesh:
    """Parapets outside the edges (N, 3): walls of concrete or brick, or posts and rails of steel or wood."""
    up = np.array((0.0, 0.0, 1.0))
    near, far = _aside(right, left, 0.04), _aside(right, left, 0.34)
    solid = kind not in ("steel", "wood")
    material = {"brick": "brick_dark", "wood": "wood", "steel": "metal_galvanised"}.get(
        kind, "barrier_concrete"
    )
    tall = PARAPET_M if solid else 0.18
    pieces = []
    for inner, outer in ((near[0][::-1], far[0][::-1]), (near[1], far[1])):
        pieces += [
            _band(inner - 0.1 * up, inner + tall * up, material if solid else "concrete", "bridge"),
            _band(
                outer[::-1] - 1.0 * up, outer[::-1] + tall * up, material if solid else "concrete", "bridge"
            ),
            _band(inner + tall * up, outer + tall * up, "concrete", "bridge"),
        ]
        for end in (0, -1):
            cap = np.array(
                [[inner[end] - up, outer[end] - up, outer[end] + tall * up, inner[end] + tall * up]]
            )
            pieces += [quads(cap, "concrete", "bridge"), quads(cap[:, ::-1], "concrete", "bridge")]
        if not solid:
            line = 0.5 * (inner + outer)
            pieces += [
                tube(line + h * up, np.full(len(line), 0.03), 6, material, "bridge")
                for h in (0.62, PARAPET_M)
            ]
            pieces += [
                box((0.07, 0.07, PARAPET_M - 0.15), material, "bridge").moved(placed(0.0, foot + 0.63 * up))
                for foot in line
            ]
    return Mesh.join(pieces)


# ---------------------------------------------------------------------------------------------------- motorways
def _across(site: Site, s_m: float) -> tuple[Floats, Floats] | None:
    """The outer edges of everything that is paved at a station of a built road, right and left."""
    network, road_id = site.network, site.network.main
    if network.source_xml is not None or road_id not in network.roads:
        return None
    paved = [(low, high) for _, kind, low, high in network.lanes_at(road_id, s_m)
             if kind in DRIVABLE or kind in ("shoulder", "border")]  # fmt: skip
    if not paved:
        return None
    right, left = min(low for low, _ in paved), max(high for _, high in paved)
    return network.point(road_id, s_m, right - 2.2), network.point(road_id, s_m, left + 2.2)


def lay_over_motorway(site: Site) -> None:
    """A gantry with boards, and now and then an overpass, beyond where the ego's way ends."""
    rng = site.random("spans")
    way = np.asarray(site.way.coords)
    place = site.network.locate(float(way[-1, 0]), float(way[-1, 1]))
    road = site.network.roads.get(place.road)
    if road is None or place.road != site.network.main:
        return
    gantry, bridge_s = (
        place.s_m + float(rng.uniform(40.0, 120.0)),
        place.s_m + float(rng.uniform(90.0, 190.0)),
    )
    if rng.uniform() < 0.5 and gantry < road.length_m - 5.0:
        lay_gantry(site, gantry)
    if rng.uniform() < 0.3 and abs(bridge_s - gantry) > 25.0 and bridge_s < road.length_m - 10.0:
        lay_overpass(site, bridge_s)


def lay_gantry(site: Site, s_m: float) -> bool:
    """A portal of steel over the road with boards for both directions."""
    ends = _across(site, s_m)
    if ends is None:
        return False
    right, left = ends
    span = float(np.linalg.norm((left - right)[:2]))
    across = np.arctan2(left[1] - right[1], left[0] - right[0])
    beam = 6.6
    pieces = [
        *(box((0.35, 0.35, beam + 1.4), "metal_galvanised", "pole", 0.03, (0.0, y,
            (beam - 0.4) / 2)) for y in (0.0, span)),
        *(box((0.22, span, 0.20), "metal_galvanised", "pole", centre_m=(0.0, span / 2, z)) for z in (beam,
            beam + 1.1)),
    ]  # fmt: skip
    for k in range(int(span / 1.6)):
        y0, y1 = k * 1.6 + 0.2, (k + 1) * 1.6 + 0.2
        low, high = (beam, beam + 1.1) if k % 2 else (beam + 1.1, beam)
        pieces.append(
            tube([(0, y0, low), (0, min(y1, span), high)], (0.05, 0.05), 6, "metal_galvanised", "pole")
        )
    board = signs.plate(signs_vienna.motorway_board())
    pieces.append(board.moved(placed(np.pi, (-0.16, 0.27 * span, beam - 0.35))))
    pieces.append(board.moved(placed(0.0, (0.16, 0.73 * span, beam - 0.35))))
    # Along +y runs the beam; +x is the way of the road's own direction.
    whole = Mesh.join(pieces)
    spot = Spot(float(right[0]), float(right[1]), float(across) - np.pi / 2, s_m)
    site.put_faced(whole, sign_faces(whole, "direction"), spot, float(min(right[2], left[2])))
    return True


def lay_overpass(site: Site, s_m: float) -> bool:
    """A bridge of concrete that carries a lesser road across: abutments, a deck with parapets, piers beside the road."""
    ends = _across(site, s_m)
    if ends is None:
        return False
    right, left = ends
    span = float(np.linalg.norm((left - right)[:2]))
    across = np.arctan2(left[1] - right[1], left[0] - right[0])
    for end, away in ((right, -1.0), (left, 1.0)):
        far = end[:2] + away * 62.0 * np.array((np.cos(across), np.sin(across)))
        site.block(shapely.LineString([end[:2], far]).buffer(13.0))
    wide, deep, reach = 9.0, 1.3, 26.0
    low = OVERPASS_M
    whole = span + 2 * reach
    pieces = [
        box((wide, whole, deep), "concrete", "bridge", centre_m=(0.0, span / 2, low + deep / 2)),
        *(box((0.30, whole, 1.0), "barrier_concrete", "bridge", centre_m=(x, span / 2,
            low + deep + 0.5)) for x in (-wide / 2, wide / 2)),
        *(box((0.05, whole, 0.06), "metal_galvanised", "bridge", centre_m=(x, span / 2,
            low + deep + 1.2)) for x in (-wide / 2, wide / 2)),
    ]  # fmt: skip
    for y in (-1.6, span + 1.6):
        for x in (-0.32 * wide, 0.0, 0.32 * wide):
            pieces.append(box((0.8, 0.8, low + 2.0), "concrete", "bridge", 0.06, (x, y, (low - 2.0) / 2)))
        pieces.append(box((wide - 0.6, 1.0, 0.7), "concrete", "bridge", centre_m=(0.0, y, low - 0.3)))
    for side, edge in ((-1.0, -reach * 0.55), (1.0, span + reach * 0.55)):
        y0, y1 = edge, edge + side * (reach * 0.45 + 16.0)
        slope = edge - side * 8.0
        top, foot = low + 0.2, -1.5
        half = wide / 2 + 0.5
        ends_ = sorted((y0, y1))
        bank = [
            [(-half - 7, slope, foot), (half + 7, slope, foot), (half, y0, top), (-half, y0, top)],
            [(-half, ends_[0], top), (half, ends_[0], top), (half, ends_[1], top), (-half, ends_[1], top)],
        ]
        flanks = [
            [(x, y0, top), (x, y1, top), (x + f, y1, foot), (x + f, y0, foot)]
            for x, f in ((half, 9.0), (-half, -9.0))
        ]
        corners = [
            [(x, y0, top), (x + f, y0, foot), (x + 0.8 * f, slope, foot), (x + 0.8 * f, slope, foot)]
            for x, f in ((half, 9.0), (-half, -9.0))
        ]
        for face in (*bank, *flanks, *corners):
            pieces.append(_upwards(np.array(face), "grass", "terrain"))
        end_ = np.array([[(-half - 9, y1, foot), (half + 9, y1, foot), (half, y1, top), (-half, y1, top)]])
        pieces.append(quads(end_ if side < 0 else end_[:, ::-1], "grass", "terrain"))
    site.put(Mesh.join(pieces), Spot(float(right[0]), float(right[1]), float(across) - np.pi / 2, s_m),
             float(min(right[2], left[2])))  # fmt: skip
    return True


def _upwards(face: Floats, material: str, semantic: str) -> Mesh:
    """A face turned so that it can be seen from above."""
    normal = np.cross(face[2] - face[0], face[3] - face[1])
    return quads([face if normal[2] > 0.0 else face[::-1]], material, semantic)

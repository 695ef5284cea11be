"""The building site beside a road: which ground is free, how high it is, and what already stands.  Renderers floor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from renderers.assets import SOURCES, plants, shrubs, trees
from renderers.assets.forms import placed
from renderers.mesh import LampSpec, Mesh
from renderers.shelf import kept_mesh
from renderers.street_faces import Face, hung
from renderers.street_ground import Ground, ground
from renderers.sway import Tree, split, split_hedge
from scenarios.chance import stream
from sim.roads.network import RoadNetwork

Floats = NDArray[np.float64]
IN_VIEW_M = 150.0  # single things are built up to this far from the ego's way
AHEAD_M = 200.0  # and beside its way beyond where it ends
BACKDROP_M = 500.0  # woods and skylines up to this far
NEAR_M = 28.0  # plants lose detail beyond this distance from the ego's way, and gain it below
FINEST = 1.8  # times the detail of a plant, close by
TRIANGLES = 700_000  # about as many as surroundings may have
DETAILS = (0.12, 0.25, 0.4, 0.6, 0.8, 1.0, 1.4, 2.0)  # of plants
VARIANTS = 5  # different individuals of a kind of plant
SWAY_M = 30.0  # trees up to this far from the ego's way move in the wind
SOWN_M = 70.0  # further off a field of crops is ground
MOST_SWAYING = 40  # trees, of five parts each
SWAYING = (*trees.SPECIES, "conifer", "pine", "palm")
BUSHES = ("bush", "bush_autumn")
MOST_HEDGED = 30  # pieces of hedges that sway
BUSH_SWAY_M, MOST_BUSHES, FINE_BUSH_M = 14.0, 12, 8.0  # bushes that sway, and those with leaves of their own
FINE_HEDGE = 3.0  # times the leaves of hedges that sway
# 30 and 38 degrees: leaves stay on all year below the one (Florida, Cairo), palms line streets up to the other (Sicily).
EVERGREEN_RAD, PALMS_RAD = 0.524, 0.663
MOST_MESHES = 512  # plants, and as many houses, that are kept on disk
MOST_THINGS = 2048  # and things of towns, which are smaller


def season_of(day: str | None, latitude_rad: float | None, snow_depth_m: float, air_degC: float) -> str:
    """summer, autumn or winter: by the calendar, or by snow and frost where there is none."""
    if snow_depth_m > 0.003:
        return "winter"
    if latitude_rad is not None and abs(latitude_rad) < EVERGREEN_RAD:
        return "summer"
    if day is None:
        return "winter" if air_degC < 0.0 else "summer"
    month = date.fromisoformat(day).month
    if latitude_rad is not None and latitude_rad < 0.0:
        month = (month + 5) % 12 + 1
    if month in (12, 1, 2, 3):
        return "winter"
    return "autumn" if month in (10, 11) else "summer"


def palms_at(latitude_rad: float | None) -> float:
    """Share of palms among the trees of a place; none where no place is stated."""
    if latitude_rad is None or abs(latitude_rad) > PALMS_RAD:
        return 0.0
    return 0.6 if abs(latitude_rad) < EVERGREEN_RAD else 0.35


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a line beside the road, looking back at it."""

    x_m: float
    y_m: float
    yaw_rad: float  # of the thing's +x axis, towards the road
    s_m: float  # along the line

    def beside(self, back_m: float, right_m: float = 0.0) -> "Spot":
        """A spot further from the road and to the right of somebody who looks at it from the road."""
        c, s = np.cos(self.yaw_rad), np.sin(self.yaw_rad)
        return Spot(
            self.x_m - back_m * c - right_m * s, self.y_m - back_m * s + right_m * c, self.yaw_rad, self.s_m
        )


@dataclass(slots=True)
class Site:
    """Free ground and what has been put on it."""

    network: RoadNetwork
    seed: int
    season: str
    heading_rad: float  # of the ego at the start: its traffic lights are green
    held: bool  # unless people cross its way: then they are red
    land: Ground
    outline: BaseGeometry  # of all lanes and sidewalks
    view: BaseGeometry
    way: BaseGeometry  # the ego's
    walked: BaseGeometry = field(
        default_factory=shapely.Point
    )  # where anybody walks or drives in the scenario
    crossings_m: list[float] = field(default_factory=list)  # stations of crossings on the main road
    pieces: list[tuple[Mesh, Floats]] = field(default_factory=list)
    lamps: list[LampSpec] = field(default_factory=list)
    feet: list[tuple[float, float]] = field(default_factory=list)  # of everything that was placed, for tests
    trees: list[Tree] = field(default_factory=list)  # that sway in the wind
    faces: list[Face] = field(default_factory=list)  # of signs and lights, in the world
    lights: dict[int, int] = field(
        default_factory=dict
    )  # places of the map's lights by the id() of their signal
    switched: NDArray[np.uint8] | None = None  # (L,) what they show first; None where nothing changes them
    heads: list[tuple[int, float, int, Floats]] = field(
        default_factory=list
    )  # of those that change: light, lower edge, lenses, world_from_mast
    palms: float = 0.0  # share of the trees
    bushes: int = 0  # of those that sway, with the pieces of hedges
    hedged: int = 0  # pieces of hedges that sway
    triangles: int = 0
    _taken: list[BaseGeometry] = field(default_factory=list)

    def random(self, *names: str | int) -> np.random.Generator:
        return stream(self.seed, "surroundings", *names)

    @property
    def full(self) -> bool:
        return self.triangles >= TRIANGLES

    def height(self, x_m: float, y_m: float) -> float:
        return float(self.land.height(np.array([(x_m, y_m)]))[0])

    def claim(self, lot: BaseGeometry, clear_m: float = 0.0) -> bool:
        """Take a lot if it is off the road, in view and nobody else's."""
        if not self.view.intersects(lot) or self.outline.distance(lot) < max(clear_m, 1e-3):
            return False
        if self._taken and bool(shapely.intersects(np.array(self._taken, dtype=object), lot).any()):
            return False
        self._taken.append(lot)
        return True

    def block(self, area: BaseGeometry) -> None:
        """Keep an area free."""
        self._taken.append(area)

    def put(
        self, mesh: Mesh, spot: Spot, z_m: float | None = None, turn_rad: float = 0.0, scale: float = 1.0
    ) -> Floats:
        """Stand a mesh on the ground (or at `z_m`); returns world_from_mesh."""
        foot = self.height(spot.x_m, spot.y_m) if z_m is None else z_m
        matrix = placed(spot.yaw_rad + turn_rad, (spot.x_m, spot.y_m, foot), scale)
        self.pieces.append((mesh, matrix))
        self.feet.append((spot.x_m, spot.y_m))
        self.triangles += len(mesh.triangles)
        return matrix

    def put_faced(
        self,
        mesh: Mesh,
        faces: Sequence[Face],
        spot: Spot,
        z_m: float | None = None,
        turn_rad: float = 0.0,
        scale: float = 1.0,
    ) -> Floats:
        """Stand a mesh on the ground and enter the signs or lights on it; returns world_from_mesh."""
        matrix = self.put(mesh, spot, z_m, turn_rad, scale)
        self.faces += hung(faces, matrix)
        return matrix

    def put_lamp(self, made: tuple[Mesh, LampSpec], spot: Spot, z_m: float | None = None) -> None:
        """Stand a street lamp and enter its light."""
        mesh, lamp = made
        matrix = self.put(mesh, spot, z_m)
        at = matrix[:3, :3] @ np.array(lamp.position_m) + matrix[:3, 3]
        axis = matrix[:3, :3] @ np.array(lamp.axis)
        self.lamps.append(
            LampSpec(
                lamp.bits,
                (float(at[0]), float(at[1]), float(at[2])),
                (float(axis[0]), float(axis[1]), float(axis[2])),
                lamp.kind,
                lamp.intensity_cd,
                lamp.color,
                material=lamp.material,
            )
        )

    def grow(
        self, kind: str, spot: Spot, rng: np.random.Generator, detail: float = 1.0, clear_m: float = 0.4
    ) -> bool:
        """Plant one, if there is room for its stem."""
        if self.full or not self.claim(
            shapely.Point(spot.x_m, spot.y_m).buffer(clear_m, quad_segs=2), clear_m
        ):
            return False
        far = float(self.way.distance(shapely.Point(spot.x_m, spot.y_m)))
        wanted = detail * min(FINEST, NEAR_M / max(far, 1.0))
        if kind in BUSHES and far < FINE_BUSH_M:
            wanted = DETAILS[-1]
        level = min(DETAILS, key=lambda known: abs(known - wanted))
        mesh = _variant(kind, self.seed % 7919, int(rng.integers(VARIANTS)), level)
        turn, scale = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.82, 1.18))
        bush = kind in BUSHES and far < BUSH_SWAY_M and self.bushes - self.hedged < MOST_BUSHES
        grown = len(self.trees) - self.bushes
        if bush or (kind in SWAYING and far < SWAY_M and grown < MOST_SWAYING):
            self.bushes += bush
            self._let_sway(mesh, kind, spot, turn, scale)
        else:
            self.put(mesh, spot, turn_rad=turn, scale=scale)
        return True

    def _let_sway(self, mesh: Mesh, kind: str, spot: Spot, turn_rad: float, scale: float) -> None:
        """Plant a tree that the wind moves: no part of the static mesh."""
        foot = (spot.x_m, spot.y_m, self.height(spot.x_m, spot.y_m))
        upright = mesh.moved(placed(spot.yaw_rad + turn_rad, (0.0, 0.0, 0.0), scale))
        self.trees.append(split(upright, foot, not kind.startswith("bare")))
        self.feet.append((spot.x_m, spot.y_m))
        self.triangles += len(mesh.triangles)

    def put_hedge(
        self,
        length_m: float,
        height_m: float,
        look_seed: int,
        detail: float,
        start: Spot,
        depth_m: float = 0.7,
    ) -> None:
        """A hedge that begins at a spot and runs along the road; near the ego's way the wind moves its leaves."""
        yaw = start.yaw_rad + np.pi / 2
        middle = (start.x_m + 0.5 * length_m * np.cos(yaw), start.y_m + 0.5 * length_m * np.sin(yaw))
        far = float(self.way.distance(shapely.Point(*middle)))
        if far - length_m / 2 > BUSH_SWAY_M or self.hedged >= MOST_HEDGED:
            self.put(shrubs.hedge(length_m, height_m, look_seed, detail, depth_m), start, turn_rad=np.pi / 2)
            return
        self.put(shrubs.hedge_core(length_m, height_m, depth_m), start, turn_rad=np.pi / 2)
        leaves = shrubs.hedge_leaves(length_m, height_m, look_seed, FINE_HEDGE * detail, depth_m)
        foot = (start.x_m, start.y_m, self.height(start.x_m, start.y_m))
        grown = split_hedge(leaves, foot, yaw)
        self.hedged += len(grown)
        self.bushes += len(grown)  # no trees: those are counted apart
        self.trees.extend(grown)
        self.triangles += len(leaves.triangles)

    def sow(self, kind: str, spot: Spot, number: int, length_m: float) -> None:
        """A piece of a row of crops along the road, if nobody has the ground."""
        far = float(self.way.distance(shapely.Point(spot.x_m, spot.y_m)))
        if self.full or far > SOWN_M or not self.claim(lot_at(spot, length_m, 0.7, 0.0), 2.0):
            return
        wanted = min(0.4, 0.25 * NEAR_M / max(far, 1.0))
        level = min(DETAILS, key=lambda known: abs(known - wanted))
        self.put(_variant(kind, self.seed % 7919, number % VARIANTS, level), spot, turn_rad=np.pi / 2)

    def lay_backdrop(
        self, setback_m: float, conifers: float, share: float = 1.0, stretch_m: float = 120.0
    ) -> None:
        """A far edge of woods as flat outlines, in stretches that cover `share` of the way round."""
        step = 7.0
        for number, spot in enumerate(self.spots(setback_m, step, beyond_m=BACKDROP_M - IN_VIEW_M)):
            if self.random("backdrop", int(setback_m), int(spot.s_m // stretch_m)).uniform() >= share:
                continue
            rng = self.random("backdrop tree", int(setback_m), number)
            place = spot.beside(float(rng.uniform(0, 12)), float(rng.uniform(-3, 3)))
            needled = "pine" if self.palms > 0.0 else "conifer"
            kind = needled if rng.uniform() < conifers else self.tree(rng, 0.0)
            mesh = _outline(kind, int(rng.integers(8)))
            self.put(
                mesh, place, turn_rad=float(rng.uniform(-0.6, 0.6)), scale=float(rng.uniform(0.85, 1.35))
            )

    def tree(self, rng: np.random.Generator, conifers: float = 0.15) -> str:
        """A kind of tree that fits the season and the place."""
        if self.palms > 0.0 and rng.uniform() < self.palms:
            return "palm"
        if rng.uniform() < conifers:
            return "conifer" if rng.uniform() < 0.65 and self.palms == 0.0 else "pine"
        kinds = {
            "summer": ("broadleaf", "linden", "maple", "birch", "linden", "broadleaf", "poplar"),
            "autumn": ("autumn", "autumn_oak", "autumn_birch", "bare_linden", "autumn"),
            "winter": ("bare", "bare_linden", "bare_birch", "bare_poplar", "bare", "bare_linden"),
        }[self.season]
        return str(rng.choice(kinds))

    def shrub(self, rng: np.random.Generator) -> str:
        kinds = {
            "summer": ("bush", "bush", "grass", "reeds"),
            "autumn": ("bush_autumn", "bush", "reeds"),
            "winter": ("reeds", "reeds", "bush"),
        }
        return str(rng.choice(kinds[self.season]))

    def lines(self, setback_m: float) -> Iterator[shapely.LineString]:
        """Lines all along the road at a distance, the road on their left."""
        grown = self.outline.buffer(setback_m, quad_segs=4)
        for polygon in shapely.get_parts(grown):
            oriented = shapely.geometry.polygon.orient(polygon, 1.0)
            for ring in (oriented.exterior, *oriented.interiors):
                if ring.length > 12.0:
                    yield shapely.LineString(ring.coords)

    def spots(
        self, setback_m: float, step_m: float, phase_m: float = 0.0, beyond_m: float = 0.0
    ) -> Iterator[Spot]:
        """Spots along the road at a distance and a spacing, as far as they are in view (or `beyond_m` outside it)."""
        view = self.view if beyond_m == 0.0 else self.view.buffer(beyond_m, quad_segs=2)
        shapely.prepare(view)
        for line in self.lines(setback_m):
            for s in np.arange(phase_m, line.length, step_m):
                spot = spot_on(line, float(s))
                if view.contains(shapely.Point(spot.x_m, spot.y_m)):
                    yield spot

    def mesh(self, origin_m: tuple[float, float, float]) -> Mesh:
        """Everything as one mesh in world coordinates minus `origin_m`."""
        back = np.eye(4)
        back[:3, 3] = -np.asarray(origin_m)
        if not self.pieces:
            empty = np.zeros((0, 3), np.float32)
            return Mesh(
                empty,
                np.zeros((0, 3), np.int32),
                empty,
                np.zeros((0, 2), np.float32),
                np.zeros(0, np.int16),
                np.zeros(0, np.uint8),
            )
        return Mesh.join([mesh.moved(back @ matrix) for mesh, matrix in self.pieces])


@lru_cache(maxsize=64)
def _outline(kind: str, number: int) -> Mesh:
    return kept_mesh("plants", (kind, number), SOURCES, MOST_MESHES, lambda: plants.outline(kind, number))


@lru_cache(maxsize=256)
def _variant(kind: str, seed: int, number: int, detail: float) -> Mesh:
    look = seed * VARIANTS + number
    return kept_mesh(
        "plants", (kind, look, detail), SOURCES, MOST_MESHES, lambda: plants.plant(kind, look, detail)
    )


def spot_on(line: shapely.LineString, s_m: float) -> Spot:
    """The spot at a distance along a line whose road lies to the left."""
    s = s_m % line.length
    a, b = line.interpolate(s), line.interpolate(min(s + 0.5, line.length))
    if s + 0.5 > line.length:
        a, b = line.interpolate(s - 0.5), line.interpolate(s)
    yaw = float(np.arctan2(b.y - a.y, b.x - a.x)) + np.pi / 2
    here = line.interpolate(s)
    return Spot(float(here.x), float(here.y), yaw, s_m)


def lot_at(spot: Spot, width_m: float, depth_m: float, front_m: float = 0.0) -> shapely.Polygon:
    """The rectangle behind a spot, as wide as `width_m`."""
    c, s = np.cos(spot.yaw_rad), np.sin(spot.yaw_rad)
    corners = [
        (front_m, -width_m / 2),
        (front_m, width_m / 2),
        (-depth_m, width_m / 2),
        (-depth_m, -width_m / 2),
    ]
    return shapely.Polygon([(spot.x_m + c * x - s * y, spot.y_m + s * x + c * y) for x, y in corners])


def site_for(
    network: RoadNetwork, seed: int, season: str, ways: list[Floats], heading_rad: float, held: bool = False
) -> Site:
    """The free ground along a road; what actors pass over stays free."""
    land = ground(network, seed)
    if ways and len(ways[0]) > 1:
        way: BaseGeometry = shapely.LineString(ways[0]).simplify(1.0)
    elif ways:
        way = shapely.Point(ways[0][0])
    else:
        way = shapely.box(*network.extent)
    if ways:
        ahead = ways[0][-1] + AHEAD_M * np.array((np.cos(heading_rad), np.sin(heading_rad)))
        seen = way.union(shapely.LineString([ways[0][-1], ahead]))
    else:
        seen = way
    site = Site(
        network,
        seed,
        season,
        heading_rad,
        held,
        land,
        cast(BaseGeometry, land.outline),
        seen.buffer(IN_VIEW_M, quad_segs=4),
        way,
    )
    lines = [shapely.LineString(track) if len(track) > 1 else shapely.Point(track[0]) for track in ways]
    site.walked = shapely.union_all([line.simplify(0.1).buffer(0.5, quad_segs=2) for line in lines])
    shapely.prepare(site.view)
    shapely.prepare(site.outline)
    shapely.prepare(site.walked)
    for path in lines:
        corridor = path.simplify(0.1).buffer(1.6, quad_segs=2)
        if not site.outline.contains(corridor):
            site.block(corridor)
    return site

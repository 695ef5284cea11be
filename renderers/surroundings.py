"""Everything that stands beside the road: houses, trees, lamps, signs, fences.  Renderers floor.

What is placed depends only on the road, the date and the weather at the start, and on streams named after what is
placed, so that a hedge more never moves a house.  Nothing stands on a lane, a sidewalk or an actor's way; the places
are worked out in the plane, heights come from the ground that the street is drawn with.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from renderers import surroundings_fields as fields
from renderers import surroundings_map as maps
from renderers import surroundings_town as town
from renderers.assets import pavement
from renderers.lit_lenses import Lenses, lenses_of
from renderers.mesh import LampSpec, Mesh
from renderers.street_age import AGES, age_of
from renderers.street_faces import Face
from renderers.street_tread import lay_tread
from renderers.street_wear import lay_wear
from renderers.surroundings_site import Site, Spot, palms_at, season_of, site_for
from renderers.sway import Tree
from scenarios.taxonomy import PEOPLE
from sim.cycle_stands import BICYCLES
from sim.light_groups import lights_of
from sim.trace import WorldTrace
from sim.weather import WeatherTrack, weather_track

LOOK_AHEAD_M = 25.0  # people who cross beyond where the ego stops were crossing before it
STAND_M = 0.23  # from the middle of a bicycle to the hoop it leans on
KINDS: dict[str, Callable[[Site], None]] = {
    "town": town.lay_town,
    "suburb": town.lay_suburb,
    "country": fields.lay_country,
    "forest": fields.lay_forest,
    "highway": fields.lay_highway,
    "bare": lambda site: None,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands beside the road, T triangles: one mesh moved by -`origin_m`, and the street lamps in the world."""

    mesh: Mesh
    instance: NDArray[np.int32]  # (T,) id of labelled static things; 0: none
    lamps: tuple[LampSpec, ...]
    origin_m: tuple[float, float, float]
    trees: tuple[Tree, ...] = ()  # which the wind moves
    faces: tuple[Face, ...] = ()  # of signs and traffic lights, in the world
    lenses: tuple[Lenses, ...] = ()  # of traffic lights that change


def surroundings(trace: WorldTrace, origin_m: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Surroundings:
    """Lay out and build the surroundings of a trace's road."""
    scenario = trace.concrete.scenario
    season = _season(trace)
    site = site_for(
        trace.road, trace.concrete.seed, season, _ways(trace), _heading(trace), _people_cross(trace)
    )
    site.lights = {id(signal): row for row, signal in enumerate(lights_of(trace.road))}
    site.switched = None if trace.lights is None else trace.lights[0]
    site.palms = palms_at(trace.concrete.base_world.clock.latitude_rad)
    site.crossings_m = list(scenario.world.road.crossings_m or [])
    age = age_of(trace.concrete)
    lay_wear(site, worn=age != "new")
    lay_tread(site, AGES[age][0], worn=age != "new")
    maps.lay_own_things(site)
    maps.lay_crossing_signs(site, site.crossings_m)
    KINDS.get(trace.road.surroundings, fields.lay_country)(site)
    _lay_stands(site, trace)
    mesh = site.mesh(origin_m)
    return Surroundings(
        mesh,
        np.zeros(len(mesh.triangles), np.int32),
        tuple(site.lamps),
        origin_m,
        tuple(site.trees),
        tuple(site.faces),
        tuple(lenses_of(trace, *head) for head in site.heads),
    )


def _lay_stands(site: Site, trace: WorldTrace) -> None:
    """A hoop at the left of each bicycle of the background, which leans that way."""
    for column, actor in enumerate(trace.actors):
        if actor.name.startswith(BICYCLES):
            (x, y), yaw = trace.position_m[0, column, :2], float(trace.rotation_rad[0, column, 0])
            at = Spot(float(x) - STAND_M * np.sin(yaw), float(y) + STAND_M * np.cos(yaw), yaw, 0.0)
            site.put(pavement.bicycle_stand(), at, float(site.network.height(at.x_m, at.y_m)[0]))


def base_weather(trace: WorldTrace) -> WeatherTrack:
    """The weather that trees grow and sway in; a twin shows what stands in its base, or its labels would differ."""
    if trace.concrete.twin is None:
        return trace.weather
    return weather_track(trace.concrete.base_world, trace.concrete.scenario.capture.duration_s)


def _season(trace: WorldTrace) -> str:
    """When everything grew."""
    clock, start = trace.concrete.base_world.clock, base_weather(trace).states[0]
    return season_of(clock.date, clock.latitude_rad, start.snow_depth_m, start.air_degC)


def _ways(trace: WorldTrace) -> list[NDArray[np.float64]]:
    """Where each actor goes, (T, 2), the ego's way first and lengthened backwards, where rear cameras look."""
    ways = []
    for column, actor in sorted(enumerate(trace.actors), key=lambda pair: not pair[1].is_ego):
        way = trace.position_m[trace.present[:, column], column, :2]
        if len(way):
            ways.append(way[:: max(1, len(way) // 200)])
            if actor.is_ego:
                along = np.array((np.cos(_heading(trace)), np.sin(_heading(trace))))
                ways[0] = np.concatenate([way[:1] - 40.0 * along, ways[0]])
    return ways


def _heading(trace: WorldTrace) -> float:
    for column, actor in enumerate(trace.actors):
        if actor.is_ego:
            return float(trace.rotation_rad[0, column, 0])
    return 0.0


def _people_cross(trace: WorldTrace) -> bool:
    """Whether anybody on foot walks over the way that the ego takes."""
    ego = next((column for column, actor in enumerate(trace.actors) if actor.is_ego), None)
    if ego is None or len(trace.time_ns) < 2:
        return False
    along = np.array((np.cos(_heading(trace)), np.sin(_heading(trace)))) * LOOK_AHEAD_M
    driven = trace.position_m[:, ego, :2]
    way = shapely.LineString([*driven[::20], driven[-1] + along]).buffer(1.0)
    return any(
        way.intersects(shapely.LineString(trace.position_m[::20, column, :2]))
        for column, actor in enumerate(trace.actors)
        if actor.actor_class in PEOPLE and len(trace.time_ns) > 20
    )

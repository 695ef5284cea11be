"""A radar's view of a scenario: one scan of detections at an instant.  Renderers floor.

Definitions and sources are in docs/radar.md.
"""

import numpy as np
from numpy.typing import NDArray

from renderers.faults import ActiveFaults
from renderers.optics import mount_matrix
from renderers.radar_actors import Post, ghosts, targets
from renderers.radar_cells import false_alarms, found, measured
from renderers.radar_echoes import Echoes
from renderers.radar_mirrors import mirrors_of
from renderers.radar_model import RadarModel
from renderers.radar_scan import RadarScan
from renderers.radar_world import clutter, fan_of, rain
from renderers.stage import VELOCITY_STEP_NS, Stage
from scenarios.schema import Radar
from sim.weather import WeatherState

Floats = NDArray[np.float64]


def observe(
    stage: Stage,
    name: str,
    radar: Radar[float],
    time_ns: int,
    threads: int = 1,
    faults: ActiveFaults | None = None,
) -> RadarScan:
    """One scan of radar `name` of the ego: all that it sends and receives in it counts as sent at `time_ns`."""
    faults = faults or ActiveFaults(name, 0, 0)
    scene = stage.scene(time_ns)
    model = RadarModel.of(radar, scene.weather)
    ego_from_radar = mount_matrix(faults.true_mount(radar.mount), optical=False)
    now, later = stage.instant(time_ns), stage.instant(time_ns + VELOCITY_STEP_NS)
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    world_from_radar = now.world_from_actor(ego) @ ego_from_radar
    moved = (later.world_from_actor(ego) @ ego_from_radar)[:3, 3] - world_from_radar[:3, 3]
    velocity = moved / (VELOCITY_STEP_NS * 1e-9)
    ground_m = float(now.position_m[ego, 2])
    post = Post(stage, scene, now, later, name, model, world_from_radar, velocity, ground_m, threads)

    some = [targets(post, radar.bounces)]
    fan = fan_of(scene, world_from_radar, model, post.chance("fan"), threads)
    if radar.ghosts:
        some.append(ghosts(post, mirrors_of(fan, world_from_radar, ground_m)))
    if radar.clutter:
        some.append(clutter(fan, model, world_from_radar, velocity, post.chance("clutter")))
    wind = _wind(scene.weather)
    some.append(rain(fan, model, world_from_radar, velocity, wind, post.chance("rain")))
    echoes = _dimmed(Echoes.joined(some), faults, model.facts.field_rad)

    peaks = [found(echoes, model, post.chance("noise")), false_alarms(model, post.chance("false alarms"))]
    own = world_from_radar[:3, :3].T @ velocity
    columns = measured(peaks, echoes, model, own, post.chance("measurement"))
    return RadarScan(
        sensor=name,
        model=model.name,
        time_ns=scene.time_ns,
        world_from_radar=world_from_radar,
        ego_from_radar=ego_from_radar,
        radar_velocity_mps=own,
        stated_ego_from_radar=mount_matrix(radar.mount, optical=False) if faults.moved else None,
        **columns,  # type: ignore[arg-type]
    )


def _wind(weather: WeatherState) -> Floats:
    """(3,) where air, and rain with it, goes; `wind_from_rad` is clockwise from north."""
    blows = weather.wind_from_rad + np.pi
    return weather.wind_mps * np.array([np.sin(blows), np.cos(blows), 0.0])


def _dimmed(echoes: Echoes, faults: ActiveFaults, field_rad: float) -> Echoes:
    """What mud or snow on the radome leaves, out and back."""
    if not len(echoes.range_m):
        return echoes
    way = np.stack(
        [np.cos(echoes.azimuth_rad), np.sin(echoes.azimuth_rad), np.zeros(len(echoes.range_m))], axis=1
    )
    clear = faults.beam_clearance(way, field_rad)
    echoes.amplitude[:] *= clear  # power passes twice, so its root once
    return echoes.those(clear > 0.0)

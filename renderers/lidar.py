"""A lidar's view of a scenario: every firing at its own time, from its own place.  Renderers floor.

Definitions and sources are in docs/lidar.md.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from renderers.faults import ActiveFaults
from renderers.frame_light import air_numbers
from renderers.frames import Cause, LidarSweep
from renderers.kernels import beams
from renderers.kernels import detect as receiver
from renderers.kernels.air import A_COLUMNS
from renderers.lidar_casting import Returns, cast
from renderers.lidar_models import LidarModel, Make, firings, lidar_model
from renderers.lidar_returns import STRONGEST, Pulses, Reports, reports
from renderers.lidar_slices import FIRINGS_PER_SLICE, Track, parts_of, slices_of
from renderers.lidar_strays import crosstalk, halos, sees_sun, sun_points
from renderers.lidar_strays import towards as sun_of
from renderers.mist import Met, MistInBeams
from renderers.optics import mount_matrix
from renderers.scene import SEEN_BY_SENSORS
from renderers.stage import Stage
from renderers.tracer import prepare_each
from scenarios.chance import stream
from scenarios.lidars import facts_of
from scenarios.schema import Lidar
from scenarios.taxonomy import SEMANTIC_ID
from sim.slices import in_slices
from sim.weather import WeatherState

Floats = NDArray[np.float32]

SUN_LX = 1e5  # daylight whose noise equals the receiver's own; reasoned: full sun costs a sixth of the range
NOWHERE = (
    Cause.GHOST,
    Cause.MIXED,
    Cause.BLOOM,
    Cause.SUN,
    Cause.CROSSTALK,
)  # what belongs to no matter at its place
BLOCKED, DEAD = 70, 71  # reasons beside the receiver's own: a covered window, a dead laser
LOST = {
    receiver.SKY: "sky",
    receiver.NEAR: "near",
    receiver.FAR: "range",
    receiver.DARK: "dark",
    receiver.SPECULAR: "specular",
    receiver.ATTENUATED: "attenuated",
}


def scan(
    stage: Stage,
    name: str,
    lidar: Lidar[float],
    time_ns: int,
    threads: int = 1,
    model: LidarModel | None = None,
    faults: ActiveFaults | None = None,
) -> LidarSweep:
    """One sweep of lidar `name` of the ego about the reference time; `model` replaces the receiver of the rig's model.

    Faults take beams away and move the sensor; the sweep's poses and points are those of where it really is.
    """
    faults = faults or ActiveFaults(name, 0, 0)
    make = Make.of(lidar)
    model = model or lidar_model(make)
    shots = firings(make, time_ns)
    count = len(shots.laser)
    ego_from_lidar = mount_matrix(faults.true_mount(lidar.mount), optical=False)
    track = Track.of(stage, ego_from_lidar, time_ns, model.rate_hz)
    scene = stage.scene(time_ns)
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    if _stands_free(stage, ego, ego_from_lidar):
        seen = np.where(scene.actor == ego, SEEN_BY_SENSORS, 0).astype(np.uint8)
        scene = replace(scene, mask=scene.mask | seen)
    seed = int(stream(stage.seed, "lidar", name, time_ns).integers(1 << 32))
    bias = stream(stage.seed, "lidar", name, "bias").normal(0.0, 1.0, len(model.ring)) * model.range_bias_m

    direction, start = track.rays(shots, threads)  # in the world, each at its own time
    world_from_lidar = track.middle()

    returns = Returns.none(count)
    mode = lidar.returns or STRONGEST
    met: list[Pulses] = []
    mist = MistInBeams(stage.airborne, time_ns)
    clouds = Met.none(count)
    index = shots.step * len(model.ring) + shots.laser
    slices = slices_of(make)
    parts = parts_of(stage, model, scene, world_from_lidar, slices)
    edges = np.concatenate(
        [part[:-1] for part in parts] + [parts[-1][-1:]]
    )  # steps between which actors stand still
    middle_ns = np.round((edges[:-1] + edges[1:]) * 0.5 * model.step_ns + model.begin_ns).astype(np.int64)
    poses = stage.poses_between([time_ns + int(offset) for offset in middle_ns])
    pose_of = np.cumsum([0] + [len(part) - 1 for part in parts])
    origin = np.ascontiguousarray(world_from_lidar[:3, 3])
    ready = prepare_each(scene, poses, origin)
    weather = scene.weather

    def work(begin: int, end: int) -> None:
        for k in range(begin, end):
            piece, view = slices[k].parted(parts[k])
            views = ready[pose_of[k] : pose_of[k + 1]]
            aim, at = np.empty((2, len(piece.rows), 3), np.float32)
            beams.begin_from(piece.rows, direction, start, origin, aim, at)
            pulses = cast(views, view, weather, model, aim, at, piece, ego, returns, mode != STRONGEST)
            after_s = float(shots.offset_ns[piece.rows].mean()) * 1e-9
            if len(mist.balls.number):
                begun = start[piece.rows]
                middle = begun.mean(axis=0)
                mist.meet(
                    seed, index, piece.rows, aim, (begun - middle).astype(np.float32), middle, after_s,
                    returns.range_m, model.overlap_m, model.pulse_m, clouds,
                )  # fmt: skip
                if pulses is not None:
                    pulses = pulses.through(mist, seed, index, direction, start, middle, after_s, model)
            if pulses is not None:
                met.append(pulses)

    in_slices(work, len(slices), threads, 1)

    height = (start[:, 2] - _ground_m(stage, time_ns)).astype(np.float32)
    measured = np.zeros(count, np.float32)
    intensity = np.zeros(count, np.float32)
    true = np.zeros(count, np.float32)
    numbers = receiver_numbers(model, weather)
    threshold = float(numbers[receiver.D_THRESHOLD])
    strays = [halos(make, model, shots, returns.echo, returns.range_m)]
    towards_sun = sun_of(weather)
    if sees_sun(scene, world_from_lidar[:3, 3], direction, towards_sun, weather):
        strays.append(sun_points(model, direction, towards_sun, weather, threshold, seed, index))
    if lidar.interference:
        chance = stream(stage.seed, "lidar", name, "interference")
        strays.append(
            crosstalk(model, shots, returns.range_m, weather, threshold, lidar.interference, chance, time_ns)
        )
    for some in strays:
        returns.take(some, weather, model)
    air = air_numbers(weather, 0.0)
    assert len(air) == A_COLUMNS
    laser_bias = bias[shots.laser].astype(np.float32)
    rise = direction[:, 2].astype(np.float32)

    clear = faults.beam_clearance(shots.direction, np.radians(facts_of(lidar.model).field_deg))
    clear2 = (clear * clear).astype(np.float32)  # out through the window and back
    returns.echo[:] *= clear2

    def decide(begin: int, end: int) -> None:
        receiver.detect(
            seed,
            index,
            height,
            rise,
            returns.echo,
            returns.range_m,
            returns.cause,
            returns.shiny,
            laser_bias,
            clouds.spray_m,
            clouds.depth,
            clouds.puff_m,
            clouds.puff_echo,
            clouds.puff_cause,
            air,
            numbers,
            begin,
            end,
            measured,
            intensity,
            true,
        )

    in_slices(decide, count, threads, FIRINGS_PER_SLICE)
    strongest = (measured, intensity, true, returns.cause)
    pulses = Pulses.joined([*met, *(Pulses.of_strays(some) for some in strays)]) if met else Pulses.none()
    reported = Reports.of(*strongest)
    if mode != STRONGEST:
        pulses.echo[:] *= clear2[pulses.row]
        reported = reports(
            mode,
            model.returns,
            seed,
            index,
            height,
            rise,
            laser_bias,
            pulses,
            air,
            numbers,
            strongest,
            threads,
        )
    silent = np.isin(model.ring[shots.laser], faults.dead_rings(len(model.ring)))
    reported.silence(clear <= 0.0, BLOCKED)
    reported.silence(silent, DEAD)
    kept, rank = np.nonzero(reported.cause.T < receiver.SKY)  # in firing order
    cause = reported.cause[rank, kept]
    raw, steady = np.empty((len(kept), 3), np.float32), np.empty((len(kept), 3), np.float32)
    for n in range(len(reported.cause)):
        those = np.flatnonzero(rank == n)
        rows = kept[those]
        own, moved = np.empty((2, len(rows), 3), np.float32)

        def report(begin: int, end: int, n: int, rows: NDArray[np.int64], own: Floats, moved: Floats) -> None:
            beams.points_of(
                rows, reported.measured_m[n], shots.direction, shots.start_m, direction, start, world_from_lidar,
                begin, end, own, moved,
            )  # fmt: skip

        in_slices(
            partial(report, n=n, rows=rows, own=own, moved=moved), len(rows), threads, FIRINGS_PER_SLICE
        )
        if len(those) == len(kept):
            raw, steady = own, moved
        else:
            raw[those], steady[those] = own, moved
    solid = (cause == Cause.SURFACE) | (cause == Cause.GLASS)
    owner = reported.owner[rank, kept]
    triangle = np.where(solid, pulses.owned(owner, "triangle", returns.triangle[kept]), 0)
    own_id = scene.geometry.instance[triangle]
    placement = np.where(solid, pulses.owned(owner, "placement", returns.placement[kept]), 0)
    instance = np.where(own_id != 0, own_id, scene.instance[placement])
    unreal = np.where(np.isin(cause, NOWHERE), SEMANTIC_ID["void"], SEMANTIC_ID["airborne"])
    unreal[cause == Cause.EGO] = SEMANTIC_ID["ego_vehicle"]
    cosine = pulses.owned(owner, "cosine", returns.cosine[kept])
    return LidarSweep(
        sensor=name,
        model=model.name,
        time_ns=scene.time_ns,
        world_from_lidar=world_from_lidar,
        ego_from_lidar=ego_from_lidar,
        xyz_m=steady,
        raw_xyz_m=raw,
        intensity=reported.intensity[rank, kept],
        ring=model.ring[shots.laser[kept]],
        offset_ns=shots.offset_ns[kept],
        instance=np.where(solid, instance, 0).astype(np.int32),
        semantic=np.where(solid, scene.geometry.semantic[triangle], unreal).astype(np.uint8),
        cause=cause,
        range_m=reported.true_m[rank, kept],
        cos_incidence=np.where(solid, cosine, 0.0).astype(np.float32),
        return_index=rank.astype(np.uint8),
        fired=count,
        lost=_losses(reported.cause[0]),
        stated_ego_from_lidar=mount_matrix(lidar.mount, optical=False) if faults.moved else None,
    )


def _losses(cause: NDArray[np.uint8]) -> dict[str, int]:
    """Firings without a return by reason; faults are named only where there are some."""
    counted = {reason: int((cause == code).sum()) for code, reason in LOST.items()}
    faulty = {reason: int((cause == code).sum()) for code, reason in ((BLOCKED, "blocked"), (DEAD, "dead"))}
    return counted | {reason: count for reason, count in faulty.items() if count}


def _stands_free(stage: Stage, ego: int, ego_from_lidar: NDArray[np.float64]) -> bool:
    """Whether the sensor stands outside the box of the ego: one that is built into the body looks out of a cut-out."""
    length, width, height = stage.trace.actors[ego].size_m
    x, y, z = ego_from_lidar[:3, 3]
    return bool(abs(x) > length / 2 or abs(y) > width / 2 or not 0.0 < z < height)


def receiver_numbers(model: LidarModel, weather: WeatherState) -> NDArray[np.float64]:
    """(D_COLUMNS,) numbers of kernels.detect for a model in a weather."""
    numbers = np.zeros(receiver.D_COLUMNS)
    # Sheets promise their range in full sun, whose photons make noise as the root of their number.
    daylight = weather.sky_illuminance_lx + weather.sun_illuminance_lx * max(
        np.sin(weather.sun_elevation_rad), 0.0
    )
    noise = np.sqrt((1.0 + daylight / SUN_LX) / 2.0)
    numbers[receiver.D_THRESHOLD] = noise * 0.1 / model.range_at_10_percent_m**2
    numbers[receiver.D_NEAR_M] = model.near_m
    numbers[receiver.D_FAR_M] = model.far_m
    numbers[receiver.D_OVERLAP_M] = model.overlap_m
    numbers[receiver.D_PULSE_M] = model.pulse_m
    numbers[receiver.D_STEP_M] = model.range_step_m
    numbers[receiver.D_NOISE_M] = model.range_noise_m
    numbers[receiver.D_LEVELS] = model.levels
    numbers[receiver.D_ROOT] = {"calibrated": 0.0, "compensated": 1.0, "raw": 2.0}[model.intensity]
    numbers[receiver.D_GAIN] = model.gain
    numbers[receiver.D_RAIN] = weather.rain_mm_per_h
    numbers[receiver.D_SNOW] = weather.snow_mm_per_h
    numbers[receiver.D_BETA] = weather.fog_backscatter_per_m_sr + weather.dust_backscatter_per_m_sr
    if weather.dust_backscatter_per_m_sr > 0.0:
        numbers[receiver.D_DUST] = weather.dust_backscatter_per_m_sr / numbers[receiver.D_BETA]
    return numbers


def _ground_m(stage: Stage, time_ns: int) -> float:
    """Height of the road below the ego: fog lies on it."""
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    return float(stage.instant(time_ns).position_m[ego, 2])

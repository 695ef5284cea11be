"""A lidar's view of a scenario: every firing at its own time, from its own place.  Renderers floor.

Definitions and sources are in docs/lidar.md.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.faults import ActiveFaults
from renderers.frame_light import FIELD_M, air_numbers
from renderers.frames import Cause, LidarSweep
from renderers.kernels import beams
from renderers.kernels import detect as receiver
from renderers.kernels import lidar as surface
from renderers.kernels.air import A_COLUMNS
from renderers.lidar_edges import AROUND, MIDDLE, MIXED_M, around, at_edges
from renderers.lidar_models import LidarModel, Make, firings, lidar_model
from renderers.lidar_slices import FIRINGS_PER_SLICE, Slice, Track, parts_of, slices_of
from renderers.materials import MATERIALS
from renderers.mist import Met, MistInBeams
from renderers.optics import mount_matrix
from renderers.puddles import puddle_field
from renderers.scene import SEEN_BY_SENSORS
from renderers.stage import Stage
from renderers.tracer import Hits, PreparedScene, prepare
from scenarios.chance import stream
from scenarios.schema import Lidar
from scenarios.taxonomy import SEMANTIC_ID
from sim.kernels.jit import in_slices
from sim.weather import WeatherState

Floats = NDArray[np.float32]

LAYERS = 3  # surfaces behind one another that a beam may pass: two panes and what is behind them
PASSES = 0.02  # shares of a beam below this are not followed
SKIN_M = 2e-3  # a beam goes on this far behind a pane
SUN_LX = 1e5  # daylight whose noise equals the receiver's own; reasoned: full sun costs a sixth of the range
SNOW_RHO = {905: 0.85, 1550: 0.12}  # ice absorbs at 1550 nm (Warren 1982)
SHINY = 0.3  # a mirror or a pane that takes so much of the beam is named as the reason for its loss
BLOCKED, DEAD = 70, 71  # reasons beside the receiver's own: a covered window, a dead laser
LOST = {
    receiver.SKY: "sky",
    receiver.NEAR: "near",
    receiver.FAR: "range",
    receiver.DARK: "dark",
    receiver.SPECULAR: "specular",
    receiver.ATTENUATED: "attenuated",
}


@dataclass(frozen=True, slots=True)
class _Returns:
    """The strongest return of each firing, before the receiver."""

    echo: Floats  # share of the beam included; 0: nothing met
    range_m: Floats
    placement: NDArray[np.int32]
    triangle: NDArray[np.int32]
    cosine: Floats
    cause: NDArray[np.uint8]
    shiny: NDArray[np.uint8]

    @staticmethod
    def none(count: int) -> "_Returns":
        return _Returns(
            np.zeros(count, np.float32),
            np.full(count, np.inf, np.float32),
            np.full(count, -1, np.int32),
            np.full(count, -1, np.int32),
            np.zeros(count, np.float32),
            np.zeros(count, np.uint8),
            np.zeros(count, np.uint8),
        )


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

    returns = _Returns.none(count)
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
    weather = scene.weather

    def work(begin: int, end: int) -> None:
        for k in range(begin, end):
            piece = slices[k]
            origin = start[piece.rows].mean(axis=0)
            views = [
                prepare(replace(scene, world_from_part=poses[n]), origin)
                for n in range(pose_of[k], pose_of[k + 1])
            ]
            aim, at = (
                direction[piece.rows].astype(np.float32),
                (start[piece.rows] - origin).astype(np.float32),
            )
            view = np.searchsorted(parts[k], piece.first_step + piece.step, side="right") - 1
            _cast(views, view, weather, model, aim, at, piece, ego, returns)
            if len(mist.balls.number):
                mist.meet(
                    seed, index, piece.rows, aim, at, origin, float(shots.offset_ns[piece.rows].mean()) * 1e-9,
                    returns.range_m, model.overlap_m, model.pulse_m, clouds,
                )  # fmt: skip

    in_slices(work, len(slices), threads, 1)

    height = (start[:, 2] - _ground_m(stage, time_ns)).astype(np.float32)
    measured = np.zeros(count, np.float32)
    intensity = np.zeros(count, np.float32)
    true = np.zeros(count, np.float32)
    numbers = receiver_numbers(model, weather)
    air = air_numbers(weather, 0.0)
    assert len(air) == A_COLUMNS
    laser_bias = bias[shots.laser].astype(np.float32)
    rise = direction[:, 2].astype(np.float32)

    clear = faults.beam_clearance(shots.direction)
    returns.echo[:] *= (clear * clear).astype(np.float32)  # out through the window and back

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
    returns.cause[clear <= 0.0] = BLOCKED
    returns.cause[np.isin(model.ring[shots.laser], faults.dead_rings(len(model.ring)))] = DEAD
    kept = np.flatnonzero(returns.cause < receiver.SKY)
    cause = returns.cause[kept]
    raw, steady = np.empty((len(kept), 3), np.float32), np.empty((len(kept), 3), np.float32)

    def report(begin: int, end: int) -> None:
        beams.points_of(
            kept, measured, shots.direction, shots.start_m, direction, start, world_from_lidar,
            begin, end, raw, steady,
        )  # fmt: skip

    in_slices(report, len(kept), threads, FIRINGS_PER_SLICE)
    own_body = cause == Cause.EGO
    solid = (cause == Cause.SURFACE) | (cause == Cause.GLASS)
    triangle = np.where(solid, returns.triangle[kept], 0)
    own = scene.geometry.instance[triangle]
    instance = np.where(own != 0, own, scene.instance[np.where(solid, returns.placement[kept], 0)])
    nowhere = (cause == Cause.GHOST) | (cause == Cause.MIXED)
    unreal = np.where(nowhere, SEMANTIC_ID["void"], SEMANTIC_ID["airborne"])
    unreal[own_body] = SEMANTIC_ID["ego_vehicle"]
    return LidarSweep(
        sensor=name,
        model=model.name,
        time_ns=scene.time_ns,
        world_from_lidar=world_from_lidar,
        ego_from_lidar=ego_from_lidar,
        xyz_m=steady,
        raw_xyz_m=raw,
        intensity=intensity[kept],
        ring=model.ring[shots.laser[kept]],
        offset_ns=shots.offset_ns[kept],
        instance=np.where(solid, instance, 0).astype(np.int32),
        semantic=np.where(solid, scene.geometry.semantic[triangle], unreal).astype(np.uint8),
        cause=cause,
        range_m=true[kept],
        cos_incidence=np.where(solid, returns.cosine[kept], 0.0).astype(np.float32),
        fired=count,
        lost=_losses(returns.cause),
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


def _cast(
    views: list[PreparedScene],
    view: NDArray[np.int64],
    weather: WeatherState,
    model: LidarModel,
    direction: Floats,
    offset: Floats,
    piece: Slice,
    ego: int,
    returns: _Returns,
) -> None:
    """Find the strongest return of the firings of one slice: surfaces, what is behind panes, mirror pictures.

    `view` (B,) is the row of `views` in which the actors stand as they did at a firing; it never falls.
    """
    scene = views[0].scene
    ground = _ground_numbers(weather, model, views[0].origin_m)
    rotation = np.ascontiguousarray(scene.world_from_part[:, :, :3].reshape(-1, 9), np.float32)
    table = material_table(model.wavelength_nm)
    count = len(piece.rows)
    best = _Returns.none(count)
    best_power = np.zeros(count, np.float32)
    extinction, overlap = np.float32(2.0 * weather.extinction_per_m), np.float32(model.overlap_m)
    geometry = scene.geometry
    kept = (
        best_power, best.echo, best.range_m, best.placement, best.triangle, best.cosine, best.cause,
    )  # fmt: skip

    def met_by(aim: Floats, at: Floats, near: Floats, who: NDArray[np.int64]) -> _Asked:
        hits = _trace(views, view[who], aim, at, near, 2.0 * model.far_m)
        asked = _Asked.of(hits)
        surface.echoes(
            aim, at, hits.range_m, hits.placement, hits.triangle, hits.u, hits.v,
            rotation, geometry.corners_m, geometry.normal, geometry.material, table, ground, puddle_field(),
            0, len(aim), asked.echo, asked.cosine, asked.through, asked.mirror, asked.normal,
        )  # fmt: skip
        return asked

    def ask(
        aim: Floats,
        at: Floats,
        near: Floats,
        share: Floats,
        before: Floats,
        who: NDArray[np.int64],
        kind: int,
    ) -> _Asked:
        asked = met_by(aim, at, near, who)
        hits = asked.hits
        beams.keep_strongest(
            who, share, before, kind, SHINY, hits.range_m, hits.placement, hits.triangle,
            asked.echo, asked.cosine, asked.through, asked.mirror, scene.actor, ego, extinction, overlap,
            asked.total, *kept, best.shiny,
        )  # fmt: skip
        return asked

    everyone = np.arange(count)
    whole = np.ones(count, np.float32)
    none = np.zeros(count, np.float32)
    first = ask(direction, offset, none, whole, none, everyone, Cause.SURFACE)
    edge = np.flatnonzero(at_edges(first.hits, piece.ring, piece.step, model))
    if len(edge):
        whole[edge] = MIDDLE
        aim = around(direction[edge], model.divergence_rad)
        who = np.repeat(edge, aim.shape[1])
        rim = met_by(aim.reshape(-1, 3), offset[who], np.zeros(len(who), np.float32), who)
        one, other = first.hits, rim.hits
        beams.mix(
            edge, MIDDLE, AROUND, model.pulse_m, MIXED_M,
            first.echo, one.range_m, one.placement, one.triangle, first.cosine,
            rim.echo, other.range_m, other.placement, other.triangle, rim.cosine,
            scene.actor, ego, extinction, overlap, *kept,
        )  # fmt: skip
    behind, who, share = first, everyone, whole
    for _ in range(1, LAYERS):
        passed = share * behind.through**2  # there and back
        on = np.flatnonzero(passed > PASSES)
        if not len(on):
            break
        who, share = who[on], passed[on]
        near = behind.total[on] + np.float32(SKIN_M)
        behind = ask(
            direction[who], offset[who], near, share, np.zeros(len(who), np.float32), who, Cause.GLASS
        )
    water = np.flatnonzero(first.mirror**2 > PASSES)
    if len(water):
        normal = first.normal[water]
        aim = direction[water]
        aim = aim - 2.0 * np.sum(aim * normal, axis=1, keepdims=True) * normal
        at = offset[water] + direction[water] * first.total[water, None]
        ask(
            np.ascontiguousarray(aim, np.float32),
            at.astype(np.float32),
            np.full(len(water), SKIN_M, np.float32),
            (whole[water] * first.mirror[water] ** 2).astype(np.float32),
            first.total[water],
            water,
            Cause.GHOST,
        )
    for name in ("echo", "range_m", "placement", "triangle", "cosine", "cause", "shiny"):
        getattr(returns, name)[piece.rows] = getattr(best, name)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one round of rays met."""

    echo: Floats
    cosine: Floats
    through: Floats
    mirror: Floats
    normal: Floats  # (R, 3)
    hits: Hits
    total: Floats  # whole way to what was met; inf: nothing

    @staticmethod
    def of(hits: Hits) -> "_Asked":
        """Room for the answers about these hits."""
        count = len(hits.range_m)
        echo, cosine, through, mirror, total = np.zeros((5, count), np.float32)
        return _Asked(echo, cosine, through, mirror, np.zeros((count, 3), np.float32), hits, total)


def _trace(
    views: list[PreparedScene],
    view: NDArray[np.int64],
    aim: Floats,
    at: Floats,
    near: Floats,
    far: float,
) -> Hits:
    """Hits of rays, each in its own view; `view` never falls."""
    if len(views) == 1:
        return views[0].trace(aim, at, near, far)
    cut = np.searchsorted(view, np.arange(len(views) + 1))
    spans = [(k, slice(cut[k], cut[k + 1])) for k in range(len(views)) if cut[k + 1] > cut[k]]
    pieces = [views[k].trace(aim[span], at[span], near[span], far) for k, span in spans]
    return Hits(
        np.concatenate([piece.range_m for piece in pieces]),
        np.concatenate([piece.placement for piece in pieces]),
        np.concatenate([piece.triangle for piece in pieces]),
        np.concatenate([piece.u for piece in pieces]),
        np.concatenate([piece.v for piece in pieces]),
    )


@lru_cache(maxsize=4)
def material_table(wavelength_nm: int) -> NDArray[np.float64]:
    """(M, L_COLUMNS) rows of kernels.lidar for a laser."""
    rows = [
        (
            m.rho_905 if wavelength_nm < 1200 else m.rho_1550,
            m.roughness,
            m.metallic,
            m.clearcoat,
            m.transmission,
            m.retro,
            m.porosity,
            m.flat_water,
            m.snow,
            m.film,
        )
        for m in MATERIALS
    ]
    return np.array(rows, np.float64)


def _ground_numbers(
    weather: WeatherState, model: LidarModel, origin_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    ground = np.zeros(surface.Y_COLUMNS)
    ground[surface.Y_WET] = weather.wetness
    ground[surface.Y_FILM_M] = weather.water_film_m
    ground[surface.Y_PUDDLE] = weather.puddle_cover
    ground[surface.Y_SNOW_M] = weather.snow_depth_m
    ground[surface.Y_ICE] = weather.ice_cover
    ground[surface.Y_SNOW_RHO] = SNOW_RHO[905 if model.wavelength_nm < 1200 else 1550]
    ground[surface.Y_X] = origin_m[0] % FIELD_M
    ground[surface.Y_Y] = origin_m[1] % FIELD_M
    return ground


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

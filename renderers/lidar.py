"""A spinning lidar's view of a scenario: every firing at its own time, from its own place.  Renderers floor.

A turn is cut into slices of a few milliseconds, and finer where something fast is near.  Within a slice the sensor
moves from firing to firing; the actors stand where they are in its middle, less than a centimetre from where they were.
Definitions and sources are in docs/lidar.md.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.faults import ActiveFaults
from renderers.frames import Cause, LidarSweep
from renderers.kernels import detect as receiver
from renderers.kernels import lidar as surface
from renderers.kernels.air import A_COLUMNS
from renderers.lidar_edges import MIDDLE, around, at_edges, mixed
from renderers.lidar_models import RATE_HZ, Firings, LidarModel, firings, lidar_model
from renderers.materials import MATERIALS
from renderers.mist import MistInBeams
from renderers.optics import mount_matrix
from renderers.passes import FIELD_M, air_numbers
from renderers.puddles import puddle_field
from renderers.scene import SEEN_BY_SENSORS, Scene
from renderers.stage import Stage
from renderers.tracer import Hits, PreparedScene, prepare
from scenarios.chance import stream
from scenarios.schema import Lidar
from scenarios.taxonomy import SEMANTIC_ID
from sim.kernels.jit import in_slices
from sim.weather import WeatherState

Floats = NDArray[np.float32]

SLICES = 32
KEYS = 9  # poses of the ego and of all parts are exact at so many times of a turn and interpolated between
LAYERS = 3  # surfaces behind one another that a beam may pass: two panes and what is behind them
PASSES = 0.02  # shares of a beam below this are not followed
SKIN_M = 2e-3  # a beam goes on this far behind a pane
FIRINGS_PER_SLICE = 4096
BLOCK = 8  # a packet is so many rings by so many steps; slices end between packets
ASIDE_M, ASIDE_RAD = 0.01, 3e-4  # an actor may stand so far from its place, the larger of both
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
    """One turn of lidar `name` of the ego about the reference time; `model` replaces the receiver of the rig's model.

    Faults take beams away and move the sensor; the sweep's poses and points are those of where it really is.
    """
    faults = faults or ActiveFaults(name, 0, 0)
    model = model or lidar_model(lidar.model)
    shots = firings(lidar.model)
    count = len(shots.laser)
    ego_from_lidar = mount_matrix(faults.true_mount(lidar.mount), optical=False)
    track = _Track.of(stage, ego_from_lidar, time_ns)
    scene = stage.scene(time_ns)
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    if _stands_free(stage, ego, ego_from_lidar):
        seen = np.where(scene.actor == ego, SEEN_BY_SENSORS, 0).astype(np.uint8)
        scene = replace(scene, mask=scene.mask | seen)
    seed = int(stream(stage.seed, "lidar", name, time_ns).integers(1 << 32))
    bias = stream(stage.seed, "lidar", name, "bias").normal(0.0, 1.0, len(model.ring)) * model.range_bias_m

    rotation, position = track.poses(shots.offset_ns)  # world_from_lidar at each firing
    direction = np.einsum("nij,nj->ni", rotation, shots.direction)
    start = position + np.einsum("nij,nj->ni", rotation, shots.start_m)
    world_from_lidar = np.eye(4)
    world_from_lidar[:3, :3], world_from_lidar[:3, 3] = (
        part[0] for part in track.poses(np.zeros(1, np.int64))
    )

    returns = _Returns.none(count)
    mist = MistInBeams(stage.spray, time_ns)
    spray_m, spray_depth = np.full(count, np.inf, np.float32), np.zeros(count, np.float32)
    index = shots.step * len(model.ring) + shots.laser
    blocks = -(-model.steps // BLOCK)
    cuts = np.minimum(np.linspace(0, blocks, SLICES + 1).astype(np.int64) * BLOCK, model.steps)
    first = np.searchsorted(shots.step, cuts)  # firings of a step never overtake those of the next one
    parts = [
        _parts(stage, model, scene, world_from_lidar, int(cuts[k]), int(cuts[k + 1])) for k in range(SLICES)
    ]
    edges = np.concatenate(
        [part[:-1] for part in parts] + [cuts[-1:]]
    )  # steps between which actors stand still
    middle_ns = np.round((edges[:-1] + edges[1:]) * 0.5 * model.step_ns - 0.5e9 / RATE_HZ).astype(np.int64)
    poses = stage.poses_between([time_ns + int(offset) for offset in middle_ns])
    pose_of = np.cumsum([0] + [len(part) - 1 for part in parts])
    weather = scene.weather

    def work(begin: int, end: int) -> None:
        for k in range(begin, end):
            rows = np.arange(first[k], first[k + 1])
            rows = rows[_packet_order(shots, model, rows)]
            origin = start[first[k] : first[k + 1]].mean(axis=0)
            views = [
                prepare(replace(scene, world_from_part=poses[n]), origin)
                for n in range(pose_of[k], pose_of[k + 1])
            ]
            _cast(
                views,
                np.searchsorted(parts[k], shots.step[rows], side="right") - 1,
                weather,
                model,
                shots,
                direction[rows].astype(np.float32),
                (start[rows] - origin).astype(np.float32),
                rows,
                ego,
                returns,
            )
            if len(mist.clouds.number):
                mist.meet(
                    seed, index, rows, direction[rows].astype(np.float32), (start[rows] - origin).astype(np.float32),
                    origin, float(shots.offset_ns[rows].mean()) * 1e-9, returns.range_m, spray_m, spray_depth,
                )  # fmt: skip

    in_slices(work, SLICES, threads, 1)

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
            spray_m,
            spray_depth,
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
    raw = shots.start_m[kept] + shots.direction[kept] * measured[kept, None]
    world = start[kept] + direction[kept] * measured[kept, None]
    steady = (world - world_from_lidar[:3, 3]) @ world_from_lidar[:3, :3]
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
        xyz_m=steady.astype(np.float32),
        raw_xyz_m=raw.astype(np.float32),
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


def _parts(
    stage: Stage,
    model: LidarModel,
    scene: Scene,
    world_from_lidar: NDArray[np.float64],
    first_step: int,
    last_step: int,
) -> NDArray[np.int64]:
    """Steps at which a slice is cut again, its ends included: nothing fast in its sector stands too far aside."""
    slice_ns = (last_step - first_step) * model.step_ns
    offset_ns = 0.5 * (first_step + last_step) * model.step_ns - 0.5e9 / RATE_HZ
    now = stage.instant(scene.time_ns + round(offset_ns))
    ahead = -2.0 * np.pi * RATE_HZ * offset_ns * 1e-9
    forward = world_from_lidar[:2, :2] @ (np.cos(ahead), np.sin(ahead))
    reach = np.pi * RATE_HZ * slice_ns * 1e-9 + np.abs(model.azimuth_rad).max() + 0.1
    most = 1.0
    for k, actor in enumerate(stage.trace.actors):
        speed = float(np.linalg.norm(now.velocity_mps[k]))
        if actor.is_ego or not now.present[k] or speed * slice_ns * 0.5e-9 < ASIDE_M:
            continue
        place = now.position_m[k, :2] - world_from_lidar[:2, 3]
        half = 0.5 * float(np.hypot(actor.size_m[0], actor.size_m[1]))
        near = max(float(np.hypot(*place)) - half, 0.1)
        off = abs(np.arctan2(forward[0] * place[1] - forward[1] * place[0], forward @ place))
        if near < model.far_m and off < reach + np.arctan2(half, near):
            most = max(most, speed * slice_ns * 0.5e-9 / max(ASIDE_M, ASIDE_RAD * near))
    blocks = -(-(last_step - first_step) // BLOCK)
    each = max(int(blocks / most), 1)
    cuts = first_step + np.append(np.arange(0, blocks, each), blocks) * BLOCK
    ends: NDArray[np.int64] = np.minimum(cuts, last_step)
    return ends


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
    shots: Firings,
    direction: Floats,
    offset: Floats,
    rows: NDArray[np.int64],
    ego: int,
    returns: _Returns,
) -> None:
    """Find the strongest return of the firings `rows` of one slice: surfaces, what is behind panes, mirror pictures.

    `view` (R,) is the row of `views` in which the actors stand as they did at a firing; it never falls.
    """
    scene = views[0].scene
    ground = _ground_numbers(weather, model, views[0].origin_m)
    rotation = np.ascontiguousarray(scene.world_from_part[:, :, :3].reshape(-1, 9), np.float32)
    table = material_table(model.wavelength_nm)
    best = _Returns.none(len(rows))
    best_power = np.zeros(len(rows), np.float32)
    extinction = np.float32(2.0 * weather.extinction_per_m)

    def met_by(aim: Floats, at: Floats, near: Floats, who: NDArray[np.int64]) -> _Asked:
        hits = _trace(views, view[who], aim, at, near, 2.0 * model.far_m)
        asked = _Asked.of(len(aim))
        geometry = scene.geometry
        surface.echoes(
            aim, at, hits.range_m, hits.placement, hits.triangle, hits.u, hits.v,
            rotation, geometry.corners_m, geometry.normal, geometry.material, table, ground, puddle_field(),
            0, len(aim), asked.echo, asked.cosine, asked.through, asked.mirror, asked.normal,
        )  # fmt: skip
        return replace(asked, hits=hits)

    def power_of(echo: Floats, total: Floats) -> Floats:
        gated = np.maximum(total, np.float32(model.overlap_m))
        met = echo > 0.0
        return np.where(met, echo * np.exp(-extinction * np.where(met, total, 0.0)) / (gated * gated), 0.0)

    def cause_of(placement: NDArray[np.int32], kind: int) -> NDArray[np.uint8]:
        own = (placement >= 0) & (scene.actor[np.maximum(placement, 0)] == ego) & (kind != Cause.GHOST)
        return np.where(own, Cause.EGO, kind).astype(np.uint8)

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
        echo = asked.echo * share
        total = np.where(echo > 0.0, hits.range_m + before, np.float32(np.inf)).astype(np.float32)
        power = power_of(echo, total)
        # What lies beyond the gate still tells why nothing was seen.
        better = power > best_power[who]
        won = who[better]
        best_power[won] = power[better]
        best.echo[won] = echo[better]
        best.range_m[won] = total[better]
        best.placement[won] = hits.placement[better]
        best.triangle[won] = hits.triangle[better]
        best.cosine[won] = asked.cosine[better]
        best.cause[won] = cause_of(hits.placement[better], kind)
        best.shiny[who] |= ((asked.mirror > SHINY) | (asked.through > SHINY)).astype(np.uint8)
        return replace(asked, total=total, share=share)

    count = len(rows)
    everyone = np.arange(count)
    ones = np.ones(count, np.float32)
    none = np.zeros(count, np.float32)
    first = ask(direction, offset, none, ones, none, everyone, Cause.SURFACE)
    whole = ones
    edge = np.flatnonzero(at_edges(first.hits, shots, model, rows))
    if len(edge):
        whole = np.ones(count, np.float32)
        whole[edge] = MIDDLE
        aim = around(direction[edge], model.divergence_rad)
        who = np.repeat(edge, aim.shape[1])
        flat = np.ascontiguousarray(aim.reshape(-1, 3))
        sub = met_by(flat, offset[who], np.zeros(len(who), np.float32), who)
        blend = mixed(first, sub, edge, model.pulse_m, power_of, cause_of)
        best_power[edge] = blend.power
        best.range_m[edge] = blend.range_m
        far = np.where(blend.power > 0.0, blend.range_m, 0.0)
        gated = np.maximum(far, np.float32(model.overlap_m))
        best.echo[edge] = blend.power * gated * gated * np.exp(extinction * far)
        best.placement[edge], best.triangle[edge] = blend.placement, blend.triangle
        best.cosine[edge], best.cause[edge] = blend.cosine, blend.cause
    behind, who = replace(first, share=whole), everyone
    for _ in range(1, LAYERS):
        share = behind.share * behind.through**2  # there and back
        on = np.flatnonzero(share > PASSES)
        if not len(on):
            break
        who, share = who[on], share[on]
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
        getattr(returns, name)[rows] = getattr(best, name)


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
    share: Floats  # of the beam that came so far and back

    @staticmethod
    def of(count: int) -> "_Asked":
        echo, cosine, through, mirror, total, share = np.zeros((6, count), np.float32)
        normal = np.zeros((count, 3), np.float32)
        return _Asked(echo, cosine, through, mirror, normal, Hits.empty(0), total, share)


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


@dataclass(frozen=True, slots=True)
class _Track:
    """The lidar's pose over one turn: exact at the keys, between them linear and along the shorter turn."""

    offset_ns: NDArray[np.int64]  # (K,)
    place_m: NDArray[np.float64]  # (K, 3)
    angle_rad: NDArray[np.float64]  # (K, 3) of the ego: yaw, pitch, roll, unwrapped
    ego_from_lidar: NDArray[np.float64]  # (4, 4)

    @staticmethod
    def of(stage: Stage, ego_from_lidar: NDArray[np.float64], time_ns: int) -> "_Track":
        half = round(0.5e9 / RATE_HZ)
        offsets = np.linspace(-half, half, 2 * KEYS - 1).round().astype(np.int64)
        ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
        instants = [stage.instant(time_ns + int(offset)) for offset in offsets]
        return _Track(
            offsets,
            np.array([now.position_m[ego] for now in instants]),
            np.unwrap(np.array([now.rotation_rad[ego] for now in instants]), axis=0),
            ego_from_lidar,
        )

    def poses(self, offset_ns: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """world_from_lidar: (N, 3, 3) rotations and (N, 3) positions."""
        turn = self._world_from_ego(offset_ns)
        place = np.stack([np.interp(offset_ns, self.offset_ns, self.place_m[:, k]) for k in range(3)], axis=1)
        return turn @ self.ego_from_lidar[:3, :3], place + turn @ self.ego_from_lidar[:3, 3]

    def _world_from_ego(self, offset_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Rotations as sim.trace.pose_matrix makes them, for many times at once."""
        yaw, pitch, roll = (np.interp(offset_ns, self.offset_ns, self.angle_rad[:, k]) for k in range(3))
        cy, cp, cr = np.cos(yaw), np.cos(pitch), np.cos(roll)
        sy, sp, sr = np.sin(yaw), np.sin(pitch), np.sin(roll)
        out = np.empty((len(offset_ns), 3, 3))
        out[:, 0, 0], out[:, 0, 1], out[:, 0, 2] = cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr
        out[:, 1, 0], out[:, 1, 1], out[:, 1, 2] = sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr
        out[:, 2, 0], out[:, 2, 1], out[:, 2, 2] = -sp, cp * sr, cp * cr
        return out


def _packet_order(shots: Firings, model: LidarModel, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """An order of a slice's firings in which each packet is eight rings by eight steps, and steps go on by eights."""
    step = shots.step[rows] - shots.step[rows[0]]
    ring = model.ring[shots.laser[rows]].astype(np.int64)
    block = (step // BLOCK) * (len(model.ring) // BLOCK) + ring // BLOCK
    return np.lexsort((step % BLOCK, ring % BLOCK, block))


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
    numbers[receiver.D_ROOT] = 1.0 if model.intensity == "compensated" else 0.0
    numbers[receiver.D_GAIN] = model.gain
    numbers[receiver.D_RAIN] = weather.rain_mm_per_h
    numbers[receiver.D_SNOW] = weather.snow_mm_per_h
    numbers[receiver.D_BETA] = weather.fog_backscatter_per_m_sr
    return numbers


def _ground_m(stage: Stage, time_ns: int) -> float:
    """Height of the road below the ego: fog lies on it."""
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    return float(stage.instant(time_ns).position_m[ego, 2])

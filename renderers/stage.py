"""The set of one scenario: all geometry built once, and where everything stands at any time.  Renderers floor.

Every part of every actor has one fixed row among the placements of all scenes of a stage; row 0 is the static world.
Who is not there yet, or no longer, keeps the row with an empty mask.  The last rows are trees in the wind, and
lenses of traffic lights that change.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from renderers.assets import build, parked
from renderers.assets.drivers import crewed, driven
from renderers.assets.keypoints import coco_keypoints
from renderers.assets.levels import FULL, NEAR
from renderers.assets.pose import DOOR, articulate
from renderers.extent import Extent, extent_of, hull_of, moves_limbs
from renderers.geometry import build_geometry
from renderers.kernels.placing import mix_poses
from renderers.lit_lenses import Lenses, Switching, face_at
from renderers.materials import GLOW
from renderers.materials.soiled import tint_rows
from renderers.mesh import Asset, LampSpec, Mesh
from renderers.patches import with_patches
from renderers.puddles import hollows
from renderers.resolving import levels_of_detail
from renderers.scene import CASTS_SHADOW, LAMP_KINDS, SEEN_BY_SENSORS, Geometry, LampTable, Scene
from renderers.soiling import dents_of, dirt_of
from renderers.street import street_mesh
from renderers.street_age import age_of, aged
from renderers.street_faces import Face
from renderers.surroundings import base_weather, surroundings
from renderers.sway import Swaying, Tree
from renderers.vehicle_points import vehicle_keypoints
from renderers.wiper import Wiper
from scenarios.bodies import LYING, POSED
from scenarios.chance import stream
from scenarios.own_assets import enter
from sim.patches import LaidPatch, lay_patches
from sim.plumes import Airborne
from sim.trace import Lamp, WorldInstant, WorldTrace

VELOCITY_STEP_NS = (
    2_000_000  # velocities are differences of poses this far apart: limbs and wheels need no formulas
)
KEY_NS = 12_500_000  # a wheel turns by less than a right angle in it, up to 40 m/s
ORIGIN_GRID_M = 50.0
# Which lamps light which column of materials.GLOW.
GLOW_BITS: dict[str, int] = {
    "head": Lamp.LOW_BEAM | Lamp.HIGH_BEAM | Lamp.HEAD_DAYTIME,
    "tail": Lamp.TAIL,
    "brake": Lamp.BRAKE,
    "indicator_left": Lamp.INDICATOR_LEFT,
    "indicator_right": Lamp.INDICATOR_RIGHT,
    "fog": Lamp.FOG_FRONT | Lamp.FOG_REAR,
    "reverse": Lamp.REVERSE,
    "window": 0,
    "signal": 0,
    "poster": 0,
    "poster_dim": 0,
    "beacon_left": Lamp.BEACON_LEFT,
    "beacon_right": Lamp.BEACON_RIGHT,
}


@dataclass(frozen=True, slots=True)
class StaticSet:
    """What never moves: the mesh in the world moved by -`origin_m`, ids of labelled triangles, lamps in the world."""

    mesh: Mesh
    instance: NDArray[np.int32]  # (T,) 0 where nothing is labelled
    lamps: tuple[LampSpec, ...]
    origin_m: NDArray[np.float64]  # (3,)
    trees: tuple[Tree, ...] = ()  # which the wind moves
    faces: tuple[Face, ...] = ()  # of signs and traffic lights, in the world
    lenses: tuple[Lenses, ...] = ()  # of traffic lights that change


class Stage:
    """A scenario ready to be seen: `scene(time_ns)` is the world at an instant for the tracer."""

    def __init__(
        self, trace: WorldTrace, static: StaticSet | None = None, assets: Sequence[Asset] | None = None
    ):
        """Build the static set and the assets of the trace, unless they are given (one asset per actor)."""
        enter(trace.concrete.assets)
        self.trace = trace
        self.static = static_set(trace) if static is None else static
        self.assets: tuple[Asset, ...] = tuple(
            [_asset(trace, column, level) for column, level in enumerate(levels_of_detail(trace))]
            if assets is None
            else assets
        )
        parts = [part.mesh for asset in self.assets for part in asset.parts]
        swayed = [mesh for tree in self.static.trees for mesh in tree.parts]
        lenses = [mesh for head in self.static.lenses for _, mesh in head.pictures]
        meshes, trees = _distinct([*parts, *swayed, *lenses])
        self.geometry: Geometry = build_geometry(
            self.static.mesh, self.static.instance, meshes, self.static.origin_m
        )
        counts = [len(asset.parts) for asset in self.assets]
        self.tree = np.concatenate([[0], 1 + trees]).astype(np.int32)
        columns = np.repeat(np.arange(len(counts)), counts)
        self.actor = np.concatenate([[-1], columns, np.full(len(swayed) + len(lenses), -1)]).astype(np.int32)
        self.first = 1 + np.concatenate([[0], np.cumsum(counts)]).astype(
            np.int64
        )  # placement rows of each actor
        ids = np.array([0, *(a.instance_id for a in trace.actors)], np.int32)
        self.instance = ids[self.actor + 1]
        tints = np.array([np.ones((3, 3)), *(asset.tints for asset in self.assets)], np.float32)
        self.tint = np.ascontiguousarray(tint_rows(tints)[self.actor + 1])
        concrete = trace.concrete
        self.seed = int(stream(concrete.seed, "sensors", concrete.sample).integers(1 << 31))
        self.switching = Switching.of(self.static.lenses)
        self.first_lens = len(self.tree) - len(lenses)  # row of theirs among the placements
        self.swaying = Swaying.of(self.static.trees, concrete.seed)
        self._wind = base_weather(trace)
        self.airborne = Airborne.of(trace, hollows, () if trace.road is None else patches_of(trace))
        self.metered: dict[
            str, dict[int, float]
        ] = {}  # log cd/m2 by camera and step, as renderers.camera keeps it
        self.sees_ego: dict[
            tuple[str, int, int, bytes], bool
        ] = {}  # by camera, as renderers.own_body asks once
        self.series: dict[
            str, object
        ] = {}  # readings of a whole clip by sensor, as renderers.navigation keeps them
        self.wipers: dict[
            float | None, Wiper
        ] = {}  # by how often they wipe, as renderers.droplets keeps them,
        self.fallen: dict[tuple[object, ...], NDArray[np.float64]] = {}  # and what fell on panes, by time
        doors = 0 if trace.doors is None else trace.doors.shape[2]
        self._posed: tuple[NDArray[np.float64], NDArray[np.float64]] = (
            np.full(
                (len(self.assets), 5 + doors), np.nan
            ),  # what poses depend on, by actor: see _articulated
            np.zeros((int(self.first[-1]) - 1, 4, 4)),
        )
        # The arms of who directs traffic move while nothing else about them does.
        self._beckons = np.array([any(p.joint == "beckon" for p in a.parts) for a in self.assets], bool)
        self._given = assets is not None
        self._kept: Scene | None = None
        self._hulls: dict[int, Asset] = {}  # of whoever moves limbs and was asked for

    def instant(self, time_ns: int) -> WorldInstant:
        """The world's state at any time; outside the trace everything goes on as it last moved."""
        inside = int(np.clip(time_ns, self.trace.time_ns[0], self.trace.time_ns[-1]))
        now = self.trace.at(inside)
        if inside == time_ns:
            return now
        seconds = (time_ns - inside) * 1e-9
        rotation = now.rotation_rad.copy()
        rotation[:, 0] += seconds * now.yaw_rate_radps
        return replace(
            now,
            time_ns=int(time_ns),
            position_m=now.position_m + seconds * now.velocity_mps,
            rotation_rad=rotation,
        )

    def path(
        self, column: int, times_ns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(K, 3) places and (K, 3) roll, pitch and yaw of one actor, as `instant` has them, at K times."""
        inside = np.clip(times_ns, self.trace.time_ns[0], self.trace.time_ns[-1])
        place, turn, velocity, yaw_rate = self.trace.way(column, inside)
        beyond_s = ((times_ns - inside) * 1e-9)[:, None]
        turn[:, :1] += beyond_s * yaw_rate[:, None]
        return place + beyond_s * velocity, turn

    def poses(self, instant: WorldInstant) -> NDArray[np.float64]:
        """(P, 3, 4) world_from_part of every placement."""
        out = np.empty((len(self.tree), 3, 4))
        out[0, :, :3] = np.eye(3)
        out[0, :, 3] = self.static.origin_m
        world_from_actor = instant.world_from_actors()
        owner = self.actor[1 : self.first[-1]]
        placed = world_from_actor[owner, :3] @ self._articulated(instant)
        out[1 : self.first[-1]] = np.where(instant.present[owner, None, None], placed, out[0])
        if len(self.static.trees):
            wind = self._wind.at(instant.time_ns)
            trees = slice(self.first[-1], self.first_lens)
            out[trees] = self.swaying.poses(instant.time_ns, wind.wind_mps, wind.wind_from_rad)
        out[self.first_lens :] = self.switching.poses
        return out

    def faces(self, instant: WorldInstant) -> tuple[Face, ...]:
        """Signs and traffic lights, as they are at an instant."""
        return tuple(face_at(face, instant) for face in self.static.faces)

    def poses_between(self, times_ns: Sequence[int]) -> NDArray[np.float64]:
        """(S, P, 3, 4) world_from_part at increasing times: exact every `KEY_NS` or less, interpolated between.

        Joint angles are the dear part of a pose, so a lidar's turn is not made of as many of them as it has slices.
        """
        first, last = times_ns[0], times_ns[-1]
        keys = np.linspace(first, last, max(2, -(-(last - first) // KEY_NS) + 1)).round().astype(np.int64)
        exact = np.array([self.poses(self.instant(int(key))) for key in keys])
        times = np.array(times_ns, np.int64)
        k = np.minimum(np.searchsorted(keys, times, side="right") - 1, len(keys) - 2)
        mixed = np.empty((len(times), *exact.shape[1:]))
        mix_poses(exact, k, (times - keys[k]) / np.maximum(keys[k + 1] - keys[k], 1), mixed)
        return mixed

    def _articulated(self, instant: WorldInstant) -> NDArray[np.float64]:
        """(Q, 4, 4) actor_from_part of all parts of actors, remembered for those about whom nothing changes.

        Most cars of a street are parked.  Rows of who is absent mean nothing.
        """
        driven = (instant.wheel_rad, instant.steer_rad, instant.gait, instant.gait_phase, instant.speed_mps)
        doors = np.zeros((len(self.assets), 0)) if instant.doors is None else instant.doors
        key = np.column_stack([*driven, doors]).astype(np.float64)
        known_key, known = self._posed
        stale = instant.present & (self._beckons | (key != known_key).any(axis=1))
        if not stale.any():
            return known
        # Whoever reads the old ones on another thread goes on with them.
        posed, last = known.copy(), np.where(stale[:, None], key, known_key)
        for column in np.flatnonzero(stale):
            rows = slice(self.first[column] - 1, self.first[column + 1] - 1)
            posed[rows] = articulate(self.assets[column], instant, int(column))
        self._posed = (last, posed)
        return posed

    def extent(self, instant: WorldInstant, column: int) -> Extent:
        """The box of an actor in its own frame: the tight one of who moves limbs, the model's of what is rigid."""
        actor = self.trace.actors[column]
        if not moves_limbs(self.assets[column]):
            return Extent(np.array((0.0, 0.0, 0.5 * actor.size_m[2])), actor.size_m)
        return extent_of(self._hull(column), instant, column)

    def keypoints(self, instant: WorldInstant, column: int) -> dict[str, NDArray[np.float64]]:
        """Places in the world of an actor's key points by kind: `person` (17, 3), `vehicle` (16, 3); those it has.

        As its box, they follow from the world alone, not from the level of detail.
        """
        asset = self.assets[column]
        if asset.keypoints and moves_limbs(asset):
            asset = self._hull(column)
        kinds = {"person": coco_keypoints(asset, instant, column)}
        if not self._given:  # an asset that is given need not be of its actor's model
            kinds["vehicle"] = vehicle_keypoints(self.trace.actors[column], asset, instant, column)
        return {kind: places for kind, places in kinds.items() if len(places)}

    def _hull(self, column: int) -> Asset:
        """The outermost vertices of an actor that moves limbs, whatever level of detail a rig asks for."""
        hull = self._hulls.get(column)
        if hull is None:  # two threads may both make it: it is the same
            made = self.assets[column] if self._given else _asset(self.trace, column, FULL)
            hull = self._hulls[column] = hull_of(made)
        return hull

    def scene(self, time_ns: int) -> Scene:
        """The world at `time_ns` for sensors: the last one is kept, since all sensors of a rig ask for the same."""
        kept = self._kept
        if kept is None or kept.time_ns != time_ns:
            kept = self._kept = self._scene(time_ns)
        return kept

    def _scene(self, time_ns: int) -> Scene:
        now = self.instant(time_ns)
        weather = self.trace.weather.at(time_ns)
        world_from_part = self.poses(now)
        lamps = self._lamps(now, weather.street_lamps_lit)  # while the joints of now are remembered
        later = self.poses(self.instant(time_ns + VELOCITY_STEP_NS))
        step_s = VELOCITY_STEP_NS * 1e-9
        velocity = (later[:, :, 3] - world_from_part[:, :, 3]) / step_s
        turn = later[:, :, :3] @ np.transpose(world_from_part[:, :, :3], (0, 2, 1))
        spin = _rotation_vector(turn) / step_s
        return Scene(
            time_ns=int(time_ns),
            geometry=self.geometry,
            tree=self.tree,
            world_from_part=world_from_part,
            velocity_mps=velocity,
            spin_radps=spin,
            instance=self.instance,
            actor=self.actor,
            mask=self._mask(now),
            glow=self._glow(now, weather.street_lamps_lit),
            tint=self.tint,
            lamps=lamps,
            weather=weather,
            seed=self.seed,
        )

    def _mask(self, now: WorldInstant) -> NDArray[np.uint8]:
        """Who is there is seen and casts shadows; the ego casts shadows but never stands before its own sensors."""
        ego = np.array([a.is_ego for a in self.trace.actors], bool)
        bits = np.where(ego, CASTS_SHADOW, SEEN_BY_SENSORS | CASTS_SHADOW) * now.present
        both = np.array([SEEN_BY_SENSORS | CASTS_SHADOW])
        mask: NDArray[np.uint8] = np.concatenate([both, bits]).astype(np.uint8)[self.actor + 1]
        mask[self.first_lens :][~self.switching.there(now)] = 0
        return mask

    def _glow(self, now: WorldInstant, town_lit: bool) -> NDArray[np.float32]:
        lit = np.zeros((len(self.assets) + 1, len(GLOW)), np.float32)
        for column, name in enumerate(GLOW):
            lit[1:, column] = (now.lamps & np.uint16(GLOW_BITS[name])) != 0
        for name in ("window", "poster", "poster_dim"):
            lit[0, GLOW.index(name)] = town_lit
        lit[0, GLOW.index("signal")] = 1.0
        return np.ascontiguousarray(lit[self.actor + 1])

    def _lamps(self, now: WorldInstant, town_lit: bool) -> LampTable:
        """Lit lamps in the world: those of the present actors, then the street's."""
        specs: list[LampSpec] = []
        poses: list[NDArray[np.float64]] = []
        world_from_actor, posed = now.world_from_actors(), self._articulated(now)
        for column, asset in enumerate(self.assets):
            bits = int(now.lamps[column]) if now.present[column] else 0
            for spec in asset.lamps if bits else ():
                if spec.bits & bits:
                    pose = world_from_actor[column]
                    if spec.part >= 0 and asset.parts[spec.part].joint.startswith(DOOR):
                        pose = pose @ posed[self.first[column] - 1 + spec.part]
                    specs.append(spec)
                    poses.append(pose)
        if town_lit:
            specs += self.static.lamps
            poses += [np.eye(4)] * len(self.static.lamps)
        pose = np.array(poses, np.float64).reshape(-1, 4, 4)
        at = np.array([s.position_m for s in specs], np.float64).reshape(-1, 3, 1)
        axis = np.array([s.axis for s in specs], np.float64).reshape(-1, 3, 1)
        return LampTable(
            position_m=(pose[:, :3, :3] @ at)[:, :, 0] + pose[:, :3, 3],
            axis=(pose[:, :3, :3] @ axis)[:, :, 0],
            up=np.ascontiguousarray(pose[:, :3, 2]),
            intensity_cd=np.array([s.intensity_cd for s in specs], np.float64),
            color=np.array([s.color for s in specs], np.float64).reshape(-1, 3),
            kind=np.array([LAMP_KINDS.index(s.kind) for s in specs], np.int32),
        )


def _asset(trace: WorldTrace, column: int, level: int) -> Asset:
    """What an actor looks like; vehicles that are driven have somebody in them, if one can look through their panes."""
    a = trace.actors[column]
    amount, soil = dirt_of(trace, column)
    made = build(
        a.model, a.look_seed, a.size_m, a.color, a.clothing, a.state, a.build, a.carries, level, amount, soil,
        trace.road.signs == "us", dents_of(trace, column),
    )  # fmt: skip
    if a.state in LYING or a.state in POSED:
        return made
    if not driven(trace, column):
        return parked(made)
    return crewed(made, a.look_seed, a.state, level) if level <= NEAR else made


def static_set(trace: WorldTrace) -> StaticSet:
    """The street and everything that stands beside it."""
    ego = next((k for k, a in enumerate(trace.actors) if a.is_ego), 0)
    start = trace.position_m[0, ego] if len(trace.actors) else np.zeros(3)
    # Meshes are float32: near the ego's start they are exact to micrometres, wherever on Earth the map lies.
    origin = np.round(start / ORIGIN_GRID_M) * ORIGIN_GRID_M
    at = (float(origin[0]), float(origin[1]), float(origin[2]))
    street = aged(street_mesh(trace.road, trace.concrete.seed, at), age_of(trace.concrete))
    beside = surroundings(trace, at)
    instance = np.concatenate([np.zeros(len(street.triangles), np.int32), beside.instance])
    patches = patches_of(trace)
    mesh, instance = with_patches(Mesh.join([street, beside.mesh]), instance, trace.road, patches, origin)
    return StaticSet(mesh, instance, tuple(beside.lamps), origin, beside.trees, beside.faces, beside.lenses)


def patches_of(trace: WorldTrace) -> tuple[LaidPatch, ...]:
    """Where the local conditions of a trace's road lie."""
    return lay_patches(trace.road, trace.concrete.scenario.world.patches, trace.concrete.seed)


def _distinct(meshes: list[Mesh]) -> tuple[list[Mesh], NDArray[np.int64]]:
    """The different meshes among these, and which of them each is: wheels of a car share one tree."""
    known: dict[bytes, int] = {}
    same: dict[int, int] = {}  # the very same object needs no second look
    kept: list[Mesh] = []
    row = np.empty(len(meshes), np.int64)
    for k, mesh in enumerate(meshes):
        if id(mesh) in same:
            row[k] = same[id(mesh)]
            continue
        digest = blake2b(digest_size=16)
        for array in (mesh.vertices_m, mesh.triangles, mesh.normals, mesh.uv_m, mesh.material, mesh.semantic):
            digest.update(np.ascontiguousarray(array).tobytes())
        key = digest.digest()
        if key not in known:
            known[key] = len(kept)
            kept.append(mesh)
        row[k] = same[id(mesh)] = known[key]
    return kept, row


def _rotation_vector(rotation: NDArray[np.float64]) -> NDArray[np.float64]:
    """(P, 3) axis times angle of (P, 3, 3) rotations by less than half a turn."""
    skew = 0.5 * np.stack(
        [
            rotation[:, 2, 1] - rotation[:, 1, 2],
            rotation[:, 0, 2] - rotation[:, 2, 0],
            rotation[:, 1, 0] - rotation[:, 0, 1],
        ],
        axis=1,
    )
    sine = np.linalg.norm(skew, axis=1)
    angle = np.arctan2(sine, 0.5 * (np.trace(rotation, axis1=1, axis2=2) - 1.0))
    scale = np.where(sine > 1e-12, angle / np.maximum(sine, 1e-12), 1.0)
    vector: NDArray[np.float64] = skew * scale[:, None]
    return vector

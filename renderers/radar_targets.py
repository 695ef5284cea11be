"""What of an actor scatters radar waves: where, how much of it into which direction, how it moves.  Renderers floor.

Vehicles are plates that mirror, corners and wheel houses that can be seen from a sector, and an underbody (the
reflection centres of Buehren and Yang 2006); people, animals and riders are their limbs, which move as the gait moves
them.  Cross sections are such that the whole stays in the published bands at 76 to 77 GHz: people -10 to 0 dBsm
(Yamada 2005: -8), bicycles -5 to 5, motorcycles 5 to 10, cars 10 to 20 by aspect, lorries 20 to 35.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.mesh import Asset
from renderers.radar_echoes import STEADY, SWERLING_1, SWERLING_3
from renderers.scene import Scene
from renderers.stage import Stage
from scenarios.bodies import BODIES, opened_by, opening_shift, shut_size
from sim.trace import Actor, WorldInstant

Floats = NDArray[np.float64]

PLATE, CORNER = 0.0, 1.0
ROUND = 1e3  # degrees: from every side alike
MIRROR_SHARE = 0.3  # of pi R^2, which a flat mirror has at range R (its image is at 2 R): bodies are curved
FACE = 0.8  # of a face that is flat enough to mirror

# kind, place in the box (shares of length and width from the middle, of the height from the ground), direction it
# faces and half width at half power in degrees, dBsm, vertical half extent in metres.
_CAR = np.array(
    [
        (PLATE, 0.5, 0.0, 0.40, 0.0, 12.0, 14.0, 0.10),
        (PLATE, -0.5, 0.0, 0.45, 180.0, 12.0, 16.0, 0.10),
        (PLATE, 0.0, 0.5, 0.40, 90.0, 7.0, 20.0, 0.20),
        (PLATE, 0.0, -0.5, 0.40, -90.0, 7.0, 20.0, 0.20),
        (CORNER, 0.46, 0.42, 0.40, 45.0, 50.0, 7.0, 0.08),
        (CORNER, 0.46, -0.42, 0.40, -45.0, 50.0, 7.0, 0.08),
        (CORNER, -0.46, 0.42, 0.45, 135.0, 50.0, 7.0, 0.08),
        (CORNER, -0.46, -0.42, 0.45, -135.0, 50.0, 7.0, 0.08),
        (CORNER, 0.30, 0.46, 0.25, 90.0, 45.0, 4.0, 0.05),
        (CORNER, 0.30, -0.46, 0.25, -90.0, 45.0, 4.0, 0.05),
        (CORNER, -0.30, 0.46, 0.25, 90.0, 45.0, 4.0, 0.05),
        (CORNER, -0.30, -0.46, 0.25, -90.0, 45.0, 4.0, 0.05),
        (CORNER, 0.0, 0.0, 0.15, 0.0, ROUND, 0.0, 0.03),
    ]
)
_LORRY = np.array(
    [
        (PLATE, 0.5, 0.0, 0.35, 0.0, 10.0, 24.0, 0.30),
        (PLATE, -0.5, 0.0, 0.50, 180.0, 8.0, 28.0, 0.40),
        (PLATE, 0.0, 0.5, 0.45, 90.0, 5.0, 30.0, 0.40),
        (PLATE, 0.0, -0.5, 0.45, -90.0, 5.0, 30.0, 0.40),
        (CORNER, 0.48, 0.45, 0.30, 45.0, 50.0, 15.0, 0.20),
        (CORNER, 0.48, -0.45, 0.30, -45.0, 50.0, 15.0, 0.20),
        (CORNER, -0.48, 0.45, 0.40, 135.0, 50.0, 16.0, 0.20),
        (CORNER, -0.48, -0.45, 0.40, -135.0, 50.0, 16.0, 0.20),
        (CORNER, -0.48, 0.0, 0.16, 180.0, 60.0, 15.0, 0.05),
        (CORNER, 0.20, 0.45, 0.20, 90.0, 50.0, 14.0, 0.10),
        (CORNER, 0.20, -0.45, 0.20, -90.0, 50.0, 14.0, 0.10),
        (CORNER, -0.25, 0.45, 0.20, 90.0, 50.0, 14.0, 0.10),
        (CORNER, -0.25, -0.45, 0.20, -90.0, 50.0, 14.0, 0.10),
        (CORNER, 0.0, 0.0, 0.18, 0.0, ROUND, 9.0, 0.05),
    ]
)
# Vehicles that are bodies of plates: their table, and dB more or less than it.
PLATED: dict[str, tuple[NDArray[np.float64], float]] = {
    "car": (_CAR, 0.0),
    "police_car": (_CAR, 0.0),
    "van": (_CAR, 2.0),
    "pickup": (_CAR, 2.0),
    "ambulance": (_CAR, 3.0),
    "motorhome": (_CAR, 3.0),
    "caravan": (_CAR, -2.0),  # glass fibre over a steel chassis
    "truck": (_LORRY, 0.0),
    "bus": (_LORRY, 0.0),
    "tram": (_LORRY, 2.0),
    "trailer": (_LORRY, -2.0),
    "fire_engine": (_LORRY, 0.0),
    "construction_vehicle": (_LORRY, 0.0),
    "tractor": (_LORRY, -3.0),
}
# Everybody else: dBsm from ahead, dB more from the side, how it fluctuates.
LIMBED: dict[str, tuple[float, float, int]] = {
    "pedestrian": (-6.0, -1.0, SWERLING_1),
    "child": (-9.0, -1.0, SWERLING_1),
    "construction_worker": (-5.0, -1.0, SWERLING_1),
    "police_officer": (-6.0, -1.0, SWERLING_1),
    "wheelchair": (0.0, 1.0, SWERLING_1),
    "stroller": (-4.0, 1.0, SWERLING_1),
    "bicycle": (-3.0, 5.0, SWERLING_3),
    "e_scooter": (-4.0, 1.0, SWERLING_3),
    "motorcycle": (5.0, 4.0, SWERLING_3),
    "animal": (-6.0, 3.0, SWERLING_1),
    "dog": (-12.0, 3.0, SWERLING_1),
    "cat": (-20.0, 3.0, SWERLING_1),
    "horse": (0.0, 4.0, SWERLING_1),
    "cow": (0.0, 4.0, SWERLING_1),
    "sheep": (-8.0, 3.0, SWERLING_1),
    "bird": (-25.0, 2.0, SWERLING_1),
    "traffic_cone": (-14.0, 0.0, STEADY),  # plastic; its sheeting is a film of metal
    "barrier": (5.0, 0.0, SWERLING_1),
    "debris": (-5.0, 0.0, SWERLING_1),
    "ball": (-22.0, 0.0, STEADY),
    "warning_triangle": (-6.0, 0.0, STEADY),
}
WHEEL_DBSM = 2.0  # of a rim in its wheel house, from the side
RIM_SHARE = 0.10  # of it that turns at the top, and as much at the bottom: the spokes' Doppler
WHEELS = ("wheel", "steered_wheel")


CENTRE_FIELDS = ("position_m", "velocity_mps", "rcs_m2", "spread_m", "ground_m", "kind", "column")


@dataclass(frozen=True, slots=True)
class Centres:
    """K scattering centres as seen from one place; rows are the same centres from any place."""

    position_m: Floats  # (K, 3) world
    velocity_mps: Floats  # (K, 3) world
    rcs_m2: Floats  # (K,)
    spread_m: Floats  # (K,) vertical half extent
    ground_m: Floats  # (K,) height of the road below
    kind: NDArray[np.uint8]  # (K,) of fluctuation
    column: NDArray[np.int64]  # (K,) of the trace

    @staticmethod
    def joined(some: Sequence["Centres"]) -> "Centres":
        return Centres(*(np.concatenate([getattr(part, name) for part in some]) for name in CENTRE_FIELDS))

    def those(self, rows: NDArray[np.int64]) -> "Centres":
        """The centres of these rows."""
        return Centres(*(getattr(self, name)[rows] for name in CENTRE_FIELDS))


def lobe(away_rad: Floats, half_rad: Floats) -> Floats:
    """Share of its peak that a centre sends so far beside its direction; a half at `half_rad`."""
    share: Floats = 2.0 ** -((away_rad / half_rad) ** 2)
    return share


def near_limit_m2(range_m: Floats) -> Floats:
    """No body sends back more than a part of what a flat mirror would at this range."""
    limit: Floats = MIRROR_SHARE * np.pi * range_m**2
    return limit


def centres_of(
    stage: Stage, scene: Scene, now: WorldInstant, later: WorldInstant, columns: Sequence[int], eye_m: Floats
) -> Centres | None:
    """The centres of these actors from a place in the world; None of nobody."""
    some = []
    for column in columns:
        actor = stage.trace.actors[column]
        frame = now.world_from_actor(column)
        step_s = (later.time_ns - now.time_ns) * 1e-9
        motion = (later.world_from_actor(column) - frame) / step_s
        if actor.actor_class in PLATED:
            size_m, middle = _shut(actor)
            plates = _plated(
                column, *PLATED[actor.actor_class], size_m, frame @ middle, motion @ middle, eye_m
            )
            some.append(plates)
            some.append(_wheels(column, stage.assets[column], int(stage.first[column]), scene, frame, eye_m))
        else:
            some.append(
                _limbed(
                    column,
                    LIMBED[actor.actor_class],
                    stage.assets[column],
                    int(stage.first[column]),
                    scene,
                    frame,
                    eye_m,
                )
            )
    if not some:
        return None
    seen = Centres.joined(some)
    return seen if len(seen.rcs_m2) else None


def _shut(actor: Actor) -> tuple[tuple[float, float, float], Floats]:
    """Size of a vehicle without the reach of its doors, and (4, 4) where its middle is in the actor's frame."""
    middle = np.eye(4)
    if not opened_by(actor.state):
        return actor.size_m, middle
    body = BODIES[actor.model]
    middle[:2, 3] = np.negative(opening_shift(body, actor.size_m, actor.state))
    return shut_size(body, actor.size_m, actor.state), middle


def _made(
    column: int,
    place: Floats,
    velocity: Floats,
    rcs: Floats,
    spread: Floats,
    ground_m: float,
    kind: int,
    eye_m: Floats,
) -> Centres:
    count = len(rcs)
    limited = np.minimum(rcs, near_limit_m2(np.linalg.norm(place - eye_m, axis=1)))
    return Centres(
        place, velocity, limited, spread, np.full(count, ground_m), np.full(count, kind, np.uint8),
        np.full(count, column),
    )  # fmt: skip


def _plated(
    column: int,
    table: Floats,
    more_db: float,
    size_m: tuple[float, float, float],
    frame: Floats,
    motion: Floats,
    eye_m: Floats,
) -> Centres:
    size = np.array(size_m)
    eye = frame[:3, :3].T @ (eye_m - frame[:3, 3])
    local = table[:, 1:4] * size
    plate = table[:, 0] == PLATE
    for axis in (0, 1):  # a plate mirrors where the ray meets it at right angles, or at its edge next to that
        flat = plate & (table[:, 1 + axis] == 0.0)
        local[flat, axis] = np.clip(eye[axis], -0.5 * FACE * size[axis], 0.5 * FACE * size[axis])
    away = eye - local
    aside = np.arctan2(away[:, 1], away[:, 0]) - np.radians(table[:, 4])
    aside = np.abs(np.remainder(aside + np.pi, 2.0 * np.pi) - np.pi)
    rcs = 10.0 ** (0.1 * (table[:, 6] + more_db)) * lobe(aside, np.radians(table[:, 5]))
    place = local @ frame[:3, :3].T + frame[:3, 3]
    velocity = local @ motion[:3, :3].T + motion[:3, 3]
    return _made(column, place, velocity, rcs, table[:, 7], float(frame[2, 3]), SWERLING_1, eye_m)


def _turning(scene: Scene, row: int, radius_m: float) -> tuple[Floats, Floats]:
    """(3, 3) places and velocities of a wheel's hub, top and bottom."""
    hub, velocity = scene.world_from_part[row, :, 3], scene.velocity_mps[row]
    up = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.7 * radius_m], [0.0, 0.0, -0.7 * radius_m]])
    return hub + up, velocity + np.cross(scene.spin_radps[row], up)


def _wheels(column: int, asset: Asset, first: int, scene: Scene, frame: Floats, eye_m: Floats) -> Centres:
    """Rims in their wheel houses, seen from their own side."""
    places, velocities, rcs = [np.zeros((0, 3))], [np.zeros((0, 3))], [np.zeros(0)]
    eye = frame[:3, :3].T @ (eye_m - frame[:3, 3])
    for number, part in enumerate(asset.parts):
        if part.joint not in WHEELS:
            continue
        place, velocity = _turning(scene, first + number, part.radius_m)
        hub = frame[:3, :3].T @ (place[0] - frame[:3, 3])
        away = eye - hub
        aside = np.arctan2(away[1], away[0]) - np.copysign(0.5 * np.pi, hub[1])
        aside = np.abs(np.remainder(aside + np.pi, 2.0 * np.pi) - np.pi)
        whole = 10.0 ** (0.1 * WHEEL_DBSM) * float(lobe(aside, np.radians(45.0)))
        places.append(place)
        velocities.append(velocity)
        rcs.append(whole * np.array([1.0 - 2.0 * RIM_SHARE, RIM_SHARE, RIM_SHARE]))
    strength = np.concatenate(rcs)
    return _made(
        column, np.concatenate(places), np.concatenate(velocities), strength, np.full(len(strength), 0.1),
        float(frame[2, 3]), SWERLING_1, eye_m,
    )  # fmt: skip


def _limbed(
    column: int,
    words: tuple[float, float, int],
    asset: Asset,
    first: int,
    scene: Scene,
    frame: Floats,
    eye_m: Floats,
) -> Centres:
    """Every rigid part sends back by its size, from the middle of its box, at its own velocity."""
    ahead_dbsm, side_db, kind = words
    rows = np.arange(first, first + len(asset.parts))
    bounds = scene.geometry.bounds_m[scene.tree[rows]].astype(np.float64)
    sides = np.sort(bounds[:, 3:] - bounds[:, :3], axis=1)
    area = sides[:, 1] * sides[:, 2]
    away = frame[:3, :3].T @ (eye_m - frame[:3, 3])
    across = away[1] ** 2 / max(float(away[0] ** 2 + away[1] ** 2), 1e-9)
    whole = 10.0 ** (0.1 * (ahead_dbsm + side_db * across))
    places, velocities, rcs, spread = [], [], [], []
    for k, part in enumerate(asset.parts):
        share = whole * area[k] / max(float(area.sum()), 1e-9)
        if part.joint in WHEELS:
            place, velocity = _turning(scene, int(rows[k]), part.radius_m)
            parts = np.array([1.0 - 2.0 * RIM_SHARE, RIM_SHARE, RIM_SHARE])
        else:
            arm = scene.world_from_part[rows[k], :, :3] @ (0.5 * (bounds[k, :3] + bounds[k, 3:]))
            place = (scene.world_from_part[rows[k], :, 3] + arm)[None]
            velocity = (scene.velocity_mps[rows[k]] + np.cross(scene.spin_radps[rows[k]], arm))[None]
            parts = np.ones(1)
        places.append(place)
        velocities.append(velocity)
        rcs.append(share * parts)
        spread.append(np.full(len(parts), 0.25 * sides[k, 2]))
    return _made(
        column, np.concatenate(places), np.concatenate(velocities), np.concatenate(rcs), np.concatenate(spread),
        float(frame[2, 3]), kind, eye_m,
    )  # fmt: skip

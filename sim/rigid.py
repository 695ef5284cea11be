"""Rigid bodies of one event: a physics client built from scratch, stepped in lockstep with the traffic.  World floor.

The client is PyBullet's (Bullet, Coumans 2010) in DIRECT mode.  Bodies are added in a fixed order, the time step is
fixed and divides the traffic's, nothing is drawn from chance: the same event gives the same poses, to the last bit.
Vehicles are moved by their own traffic; here they are heavy boxes that are put where they are, with the velocity that
they have, before every step.  Gravity, wind and rolling resistance are applied as forces, to the loose bodies alone.
"""

import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.bodies import Body
from scenarios.errors import StormlaneError
from sim.kernels.traffic import G_MPS2
from sim.trace import pose_matrix

Floats = NDArray[np.float64]

STEPS_PER_TICK = 4  # 2.5 ms: a box that falls off a lorry moves 6 cm between two looks for contacts
SOLVER_ROUNDS = 60
HEAVY_KG = 1e6  # of what is moved from outside: nothing loose changes its way
AIR_KG_PER_M3 = 1.225  # ISA, sea level
GROUND, MOVERS, LOOSE = 1, 2, 4  # collision groups: the ground and the movers touch loose bodies only
FAR_M = -500.0  # where movers are kept that are nowhere near
BED_GRIP = (
    0.5  # share of friction that holds on a driven bed: shaking lifts the load (EN 12195-1 counts on none)
)
BALL_INERTIA = 2.0 / 3.0  # of m r^2: a shell
ON_EDGE = 0.5  # a disc rolls when its axis is nearer to level than this cosine
REATTACHMENT_STEPS = 6.26
MOVER_FRICTION, MOVER_RESTITUTION = 0.6, 0.5
REST_MPS, REST_RADPS, REST_TICKS = 4e-3, 0.02, 40  # slower for so long: it lies, until somebody comes near


@dataclass(frozen=True, slots=True)
class Block:
    """A cuboid of a mover, in the mover's frame (origin on the ground below its centre)."""

    half_m: tuple[float, float, float]
    centre_m: tuple[float, float, float]
    deck: bool = False  # what loads slide on


@dataclass(frozen=True, slots=True)
class Loose:
    """A body as it is let go."""

    body: Body
    size_m: tuple[float, float, float]
    world_from_body: Floats  # (4, 4) its origin is the middle of its lower face
    velocity_mps: Floats  # (3,) of that body's centre
    spin_radps: Floats  # (3,)


@dataclass(frozen=True, slots=True)
class Ground:
    """A triangle mesh of the road's surface, and how slippery it is compared with dry asphalt."""

    vertices_m: Floats  # (V, 3) relative to the origin of the event
    triangles: NDArray[np.int32]  # (T, 3)
    grip: float


def engine() -> Any:
    """The pybullet module.  It greets on standard error when it is loaded, where only our own messages belong."""
    if "pybullet" in sys.modules:
        return sys.modules["pybullet"]
    sys.stderr.flush()
    kept, silent = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 2)
    try:
        import pybullet  # noqa: PLC0415  # needed by few scenarios, and not to be had on every version of Python
    except ImportError as error:
        raise StormlaneError(
            "this scenario lets things fall or roll, which needs pybullet: install it (pip install pybullet; there are "
            "wheels for Python 3.11), or leave out release, roll and cargo that is not tied"
        ) from error
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(silent)
    return pybullet


class Event:
    """One physics client with its loose bodies; `close` it when the run is over."""

    def __init__(
        self,
        origin_m: Floats,
        ground: Ground,
        fixed: Sequence[tuple[Block, Floats]],
        loose: Sequence[Loose],
        step_s: float,
    ) -> None:
        """`fixed` are things that stand, with their world_from_thing."""
        self.origin_m = np.asarray(origin_m, np.float64)
        self.step_s = step_s / STEPS_PER_TICK
        self.loose = list(loose)
        self._p = engine()
        self._client: int = self._p.connect(self._p.DIRECT)
        self._p.setPhysicsEngineParameter(
            fixedTimeStep=self.step_s,
            numSolverIterations=SOLVER_ROUNDS,
            deterministicOverlappingPairs=1,
            enableConeFriction=1,
            physicsClientId=self._client,
        )
        self._lay(ground)
        for block, world_from_thing in fixed:
            body = self._add([block], 0.0, GROUND, LOOSE)
            self._put(body, world_from_thing)
        self._bodies = [self._let_go(thing) for thing in self.loose]
        self._movers: dict[str, int] = {}
        self._placed: dict[str, Floats] = {}
        self.rest_ticks = 0

    def close(self) -> None:
        if self._client >= 0:
            self._p.disconnect(self._client)
            self._client = -1

    # ------------------------------------------------------------------------------------------------- building
    def _lay(self, ground: Ground) -> None:
        p = self._p
        shape = p.createCollisionShape(
            p.GEOM_MESH,
            vertices=ground.vertices_m.tolist(),
            indices=ground.triangles.ravel().tolist(),
            flags=p.GEOM_FORCE_CONCAVE_TRIMESH | p.GEOM_CONCAVE_INTERNAL_EDGE,
            physicsClientId=self._client,
        )
        body = p.createMultiBody(0.0, shape, physicsClientId=self._client)
        # Bullet multiplies the coefficients of the two that touch: the ground's are 1, so that a body's own count.
        p.changeDynamics(
            body,
            -1,
            lateralFriction=ground.grip,
            restitution=1.0,
            rollingFriction=0.0,
            physicsClientId=self._client,
        )
        p.setCollisionFilterGroupMask(body, -1, GROUND, LOOSE, physicsClientId=self._client)

    def _add(self, blocks: Sequence[Block], mass_kg: float, group: int, mask: int) -> int:
        p = self._p
        shape = p.createCollisionShapeArray(
            shapeTypes=[p.GEOM_BOX] * len(blocks),
            halfExtents=[list(b.half_m) for b in blocks],
            collisionFramePositions=[list(b.centre_m) for b in blocks],
            physicsClientId=self._client,
        )
        body: int = p.createMultiBody(mass_kg, shape, physicsClientId=self._client)
        deck = any(b.deck for b in blocks)
        p.changeDynamics(
            body,
            -1,
            lateralFriction=BED_GRIP if deck else MOVER_FRICTION,
            restitution=MOVER_RESTITUTION,
            rollingFriction=0.0,
            linearDamping=0.0,
            angularDamping=0.0,
            physicsClientId=self._client,
        )
        p.setCollisionFilterGroupMask(body, -1, group, mask, physicsClientId=self._client)
        return body

    def _let_go(self, thing: Loose) -> int:
        p, (length, width, height) = self._p, thing.size_m
        body = thing.body
        if body.shape == "ball":
            shape = p.createCollisionShape(p.GEOM_SPHERE, radius=height / 2, physicsClientId=self._client)
        elif body.shape == "disc":
            shape = p.createCollisionShape(
                p.GEOM_CYLINDER, radius=length / 2, height=height, physicsClientId=self._client
            )
        else:
            half = [length / 2, width / 2, height / 2]
            shape = p.createCollisionShape(p.GEOM_BOX, halfExtents=half, physicsClientId=self._client)
        number: int = p.createMultiBody(body.mass_kg, shape, physicsClientId=self._client)
        p.changeDynamics(
            number,
            -1,
            lateralFriction=body.friction,
            restitution=body.restitution,
            rollingFriction=0.0,
            spinningFriction=0.0,
            linearDamping=0.0,
            angularDamping=0.0,
            activationState=p.ACTIVATION_STATE_DISABLE_SLEEPING,
            physicsClientId=self._client,
        )
        if body.shape == "ball":  # a shell, not a solid: I = 2/3 m r^2
            inertia = BALL_INERTIA * body.mass_kg * (height / 2) ** 2
            p.changeDynamics(number, -1, localInertiaDiagonal=[inertia] * 3, physicsClientId=self._client)
        p.setCollisionFilterGroupMask(
            number, -1, LOOSE, GROUND | MOVERS | LOOSE, physicsClientId=self._client
        )
        centre = np.eye(4)
        centre[2, 3] = height / 2
        self._put(number, thing.world_from_body @ centre)
        p.resetBaseVelocity(
            number, thing.velocity_mps.tolist(), thing.spin_radps.tolist(), physicsClientId=self._client
        )
        return number

    def _put(self, body: int, world_from_thing: Floats) -> None:
        place = (world_from_thing[:3, 3] - self.origin_m).tolist()
        self._p.resetBasePositionAndOrientation(
            body, place, quaternion_xyzw(world_from_thing[:3, :3]), physicsClientId=self._client
        )

    # ------------------------------------------------------------------------------------------------- stepping
    def lies(self) -> bool:
        """Whether everything has come to rest, so that nothing happens until somebody comes near."""
        return self.rest_ticks >= REST_TICKS

    def step(
        self,
        movers: Mapping[str, tuple[Sequence[Block], Floats, Floats]],
        wind_mps: Floats,
        shelter: "Shelter | None",
    ) -> list[tuple[int, str]]:
        """One tick.  `movers` holds of each mover nearby its blocks and its poses (position, yaw, pitch, roll) before
        and after.  Returns who touched whom: (number of a loose body, mover)."""
        p = self._p
        for name in [*self._movers]:
            if name not in movers:
                away = np.eye(4)
                away[:3, 3] = self.origin_m + np.array((0.0, 0.0, FAR_M))
                self._put(self._movers[name], away)
        for name, (blocks, _, _) in movers.items():
            if name not in self._movers:
                self._movers[name] = self._add(blocks, HEAVY_KG, MOVERS, LOOSE)
        tick_s = self.step_s * STEPS_PER_TICK
        touched: list[tuple[int, str]] = []
        for part in range(STEPS_PER_TICK):
            share = part / STEPS_PER_TICK
            for name, (_, before, after) in movers.items():
                number, turn = self._movers[name], after - before
                turn[3] = math.remainder(turn[3], 2.0 * math.pi)
                now = before + share * turn
                pose = pose_matrix(now[:3], now[3:])
                self._put(number, pose)
                spin = pose[:3, :3] @ np.array((turn[5], turn[4], 0.0)) + np.array((0.0, 0.0, turn[3]))
                p.resetBaseVelocity(
                    number,
                    (turn[:3] / tick_s).tolist(),
                    (spin / tick_s).tolist(),
                    physicsClientId=self._client,
                )
            self._push(wind_mps, shelter)
            p.stepSimulation(physicsClientId=self._client)
            for name in movers:
                for contact in p.getContactPoints(bodyA=self._movers[name], physicsClientId=self._client):
                    if contact[2] in self._bodies and contact[9] > 0.0:
                        pair = (self._bodies.index(contact[2]), name)
                        if pair not in touched:
                            touched.append(pair)
        moves = [p.getBaseVelocity(b, physicsClientId=self._client) for b in self._bodies]
        slow = all(
            math.hypot(*linear) < REST_MPS and math.hypot(*turning) < REST_RADPS for linear, turning in moves
        )
        self.rest_ticks = self.rest_ticks + 1 if slow else 0
        return touched

    def _push(self, wind_mps: Floats, shelter: "Shelter | None") -> None:
        """Gravity, the wind's drag, and what takes the speed of a ball."""
        p = self._p
        for thing, number in zip(self.loose, self._bodies, strict=True):
            place, turned = p.getBasePositionAndOrientation(number, physicsClientId=self._client)
            velocity = np.array(p.getBaseVelocity(number, physicsClientId=self._client)[0])
            rotation = np.array(p.getMatrixFromQuaternion(turned)).reshape(3, 3)
            air = wind_mps if shelter is None else shelter.air_mps(np.array(place) + self.origin_m, wind_mps)
            body, relative = thing.body, air - velocity
            speed = float(np.linalg.norm(relative))
            force = np.array((0.0, 0.0, -body.mass_kg * G_MPS2))
            if speed > 0.01:
                area = shown_area_m2(thing, rotation.T @ (relative / speed))
                force += 0.5 * AIR_KG_PER_M3 * body.drag * area * speed * relative
            if body.rolling > 0.0 and (body.shape == "ball" or abs(rotation[2, 2]) < ON_EDGE):
                force += self._rolling(thing, number, velocity)
            p.applyExternalForce(
                number, -1, force.tolist(), list(place), p.WORLD_FRAME, physicsClientId=self._client
            )

    def _rolling(self, thing: Loose, number: int, velocity: Floats) -> Floats:
        """Rolling resistance while something carries what is round: it slows down by the coefficient times gravity."""
        level = velocity * (1.0, 1.0, 0.0)
        speed = float(np.linalg.norm(level))
        touching = self._p.getContactPoints(bodyA=number, physicsClientId=self._client)
        if speed < 1e-6 or not touching:
            return np.zeros(3)
        # A force at the centre also takes the turning with it, so it has to slow the moment of inertia as well.
        mass = thing.body.mass_kg * (1.0 + (BALL_INERTIA if thing.body.shape == "ball" else 0.5))
        slowed = min(thing.body.rolling * G_MPS2, speed / self.step_s)
        drag: Floats = -mass * slowed * level / speed
        return drag

    def poses(self) -> list[tuple[Floats, Floats, Floats]]:
        """Of every loose body: world_from_body (4, 4), velocity of its origin, spin; all in the world."""
        found = []
        for thing, number in zip(self.loose, self._bodies, strict=True):
            place, turned = self._p.getBasePositionAndOrientation(number, physicsClientId=self._client)
            linear, spin = self._p.getBaseVelocity(number, physicsClientId=self._client)
            pose = np.eye(4)
            pose[:3, :3] = np.array(self._p.getMatrixFromQuaternion(turned)).reshape(3, 3)
            arm = -pose[:3, 2] * (thing.size_m[2] / 2)
            pose[:3, 3] = np.array(place) + self.origin_m + arm
            velocity = np.array(linear) + np.cross(np.array(spin), arm)
            found.append((pose, velocity, np.array(spin)))
        return found


@dataclass(frozen=True, slots=True)
class Shelter:
    """The lee of a lorry's cab: the air over the bed moves with the lorry, the less the further behind the cab.

    Behind a step of height h the flow lies on again after 6 to 7 h (Driver and Seegmiller, AIAA J. 23, 1985: 6.26).
    """

    pose: Floats  # (4, 4) world_from_truck
    velocity_mps: Floats  # (3,)
    front_m: float  # of the bed, in the truck's frame
    rear_m: float
    half_width_m: float
    cab_top_m: float

    def air_mps(self, place_m: Floats, wind_mps: Floats) -> Floats:
        """(3,) velocity of the air at a place."""
        x, y, z = self.pose[:3, :3].T @ (place_m - self.pose[:3, 3])
        step = self.cab_top_m - z
        if not self.rear_m <= x <= self.front_m or abs(y) > self.half_width_m or step <= 0.0:
            return wind_mps
        open_share = min((self.front_m - x) / (REATTACHMENT_STEPS * step), 1.0)
        mixed: Floats = wind_mps + (1.0 - open_share) * (self.velocity_mps - wind_mps)
        return mixed


def shown_area_m2(thing: Loose, way: Floats) -> float:
    """What a body shows to a wind along the unit vector `way` of its own frame."""
    length, width, height = thing.size_m
    if thing.body.shape == "ball":
        return math.pi * height * height / 4.0
    if thing.body.shape == "disc":
        return math.pi * length * length / 4.0 * abs(float(way[2])) + length * height * math.hypot(
            way[0], way[1]
        )
    return (
        abs(float(way[0])) * width * height
        + abs(float(way[1])) * length * height
        + abs(float(way[2])) * length * width
    )


def quaternion_xyzw(rotation: Floats) -> list[float]:
    """Unit quaternion of a (3, 3) rotation, from its half angles about the largest component (Shepperd 1978)."""
    m = rotation
    squares = np.array((m[0, 0], m[1, 1], m[2, 2], m.trace()))
    pick = int(np.argmax(squares))
    q = np.empty(4)
    if pick == 3:
        q[:] = (m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], 1.0 + m.trace())
    else:
        i, j, k = pick, (pick + 1) % 3, (pick + 2) % 3
        q[i] = 1.0 + 2.0 * m[i, i] - m.trace()
        q[j], q[k] = m[j, i] + m[i, j], m[k, i] + m[i, k]
        q[3] = m[k, j] - m[j, k]
    scaled: list[float] = (q / np.linalg.norm(q)).tolist()
    return scaled

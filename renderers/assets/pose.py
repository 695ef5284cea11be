"""How the parts of an asset stand at an instant: wheels that roll and steer, bodies that walk and run.  Renderers floor.

All angles here are about the axes of the parent part; positive pitch turns x down towards -z (leaning forward), so a
leg that swings forward has a negative one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from renderers.assets.forms import Floats, unit
from renderers.assets.paces import paces
from renderers.mesh import Asset, Mesh, Part
from scenarios.bodies import BODIES, DOORS
from sim.gait import SHANK, THIGH, joint_angles, quadruped_gait, stride_of
from sim.trace import Gait, WorldInstant

DOOR = "door:"  # how the joints of doors begin
ANKLE_BENDS_RAD = tuple(s * k / 20 for k in range(15) for s in ((-1.0, 1.0) if k else (1.0,)))
CARRIAGE_RAD = 0.13  # how far arms hang off a walker's flanks: 7 degrees, and less where the box has no room
BECKON_HZ, BECKON_RAD = 0.7, 1.9  # from the arm stretched out to the hand before the shoulder
AT_REST = (0.0, 0.0, 0.0)
PHASES = 24  # samples of a stride when its extent is measured


def articulate(asset: Asset, instant: WorldInstant, index: int) -> Floats:
    """(P, 4, 4) actor_from_part of every part of the actor in column `index` at this instant."""
    if asset.parts[0].joint == "pelvis":
        gait, phase = Gait(int(instant.gait[index])), float(instant.gait_phase[index])
        return _walking(_Same(asset), gait, phase, float(instant.speed_mps[index]))
    roll, steer = float(instant.wheel_rad[index]), float(instant.steer_rad[index])
    turns = {
        "wheel": (0.0, roll, 0.0),
        "steered_wheel": (0.0, roll, steer),
        "steer": (0.0, 0.0, steer),
        "crank": (0.0, roll / 2.4, 0.0),  # a city bicycle's middle gear: 38 teeth on 16
    }
    if any(part.joint == "beckon" for part in asset.parts):
        turns |= _signals(1e-9 * instant.time_ns + index)
    largest = max((part.radius_m for part in asset.parts), default=0.0)
    parts = list(asset.parts)
    for row, part in enumerate(parts):  # the angle is that of the largest wheels, as bodies give their radius
        if 0.0 < part.radius_m < largest and part.joint in ("wheel", "steered_wheel"):
            parts[row] = replace(part, joint=f"{part.joint} {part.radius_m:.4f}")
            turns[parts[row].joint] = (0.0, roll * largest / part.radius_m, turns[part.joint][2])
    return place(parts, turns | door_turns(parts, instant, index))


def door_turns(
    parts: Sequence[Part], instant: WorldInstant | None = None, index: int = 0
) -> dict[str, tuple[float, float, float]]:
    """Turns of the doors of an asset at an instant; all the way where nothing is said about doors."""
    turns: dict[str, tuple[float, float, float]] = {}
    for part in parts:
        if part.joint.startswith(DOOR):
            doors = None if instant is None else instant.doors
            share = 1.0 if doors is None else float(doors[index, DOORS.index(door_of(part.joint))])
            roll, pitch, yaw = part.open_rad
            turns[part.joint] = share * roll, share * pitch, share * yaw
    return turns


def door_of(joint: str) -> str:
    """The word of the language for a door's joint; two leaves have one word, `door:boot` and `door:boot:right`."""
    return joint.removeprefix(DOOR).partition(":")[0]


def _signals(time_s: float) -> dict[str, tuple[float, float, float]]:
    """The forearms of who directs traffic: the left one waves people past, the right one keeps the others back."""
    beat = 2.0 * np.pi * BECKON_HZ * time_s
    return {
        "beckon": (0.5 * BECKON_RAD * (1.0 - float(np.cos(beat))), 0.0, 0.0),
        "halt": (0.05 * float(np.sin(0.5 * beat)), 0.0, 0.0),
    }


def rotation(roll: float, pitch: float, yaw: float) -> Floats:
    """(3, 3) turn about x, then y, then z."""
    return _rotations(np.array((roll, pitch, yaw), np.float64))


def _rotations(turns_rad: Floats) -> Floats:
    """(..., 3, 3) of (..., 3) turns about x, then y, then z."""
    cosines, sines = np.cos(turns_rad), np.sin(turns_rad)
    cr, cp, cy = cosines[..., 0], cosines[..., 1], cosines[..., 2]
    sr, sp, sy = sines[..., 0], sines[..., 1], sines[..., 2]
    turned = np.empty((*turns_rad.shape, 3))
    turned[..., 0, 0] = cy * cp
    turned[..., 0, 1] = cy * sp * sr - sy * cr
    turned[..., 0, 2] = cy * sp * cr + sy * sr
    turned[..., 1, 0] = sy * cp
    turned[..., 1, 1] = sy * sp * sr + cy * cr
    turned[..., 1, 2] = sy * sp * cr - cy * sr
    turned[..., 2, 0] = -sp
    turned[..., 2, 1] = cp * sr
    turned[..., 2, 2] = cp * cr
    return turned


def place(parts: Sequence[Part], turns_rad: Mapping[str, tuple[float, float, float]]) -> Floats:
    """(P, 4, 4) root_from_part with joints turned by (roll, pitch, yaw); those that are not named stay at rest."""
    return _chained(parts, _of_parts(parts, turns_rad))


def _of_parts(parts: Sequence[Part], turns_rad: Mapping[str, tuple[float, float, float]]) -> Floats:
    """(P, 3) turns of all parts about their pivots."""
    return np.array([turns_rad.get(part.joint, AT_REST) for part in parts], np.float64)


def _chained(parts: Sequence[Part], turns_rad: Floats) -> Floats:
    """(..., P, 4, 4) root_from_part of one or many poses, whose (..., P, 3) turns are known."""
    placed = np.zeros((*turns_rad.shape[:-1], 4, 4))
    placed[..., :3, :3] = _rotations(turns_rad)
    placed[..., :3, 3] = np.array([part.pivot_m for part in parts])
    placed[..., 3, 3] = 1.0
    for row, part in enumerate(parts):  # parents come before their children
        if part.parent >= 0:
            placed[..., row, :, :] = placed[..., part.parent, :, :] @ placed[..., row, :, :]
    return placed


def posed_mesh(parts: Sequence[Part], turns_rad: Mapping[str, tuple[float, float, float]]) -> Mesh:
    """All parts as one rigid mesh in that pose."""
    placed = place(parts, turns_rad)
    return Mesh.join([part.mesh.moved(matrix) for part, matrix in zip(parts, placed, strict=True)])


def two_bone_reach(
    parts: Sequence[Part],
    turns_rad: Mapping[str, tuple[float, float, float]],
    upper: str,
    lower: str,
    targets_m: tuple[Sequence[float], Sequence[float]],
    bend: float,
    towards: Sequence[float] | None = None,
) -> dict[str, tuple[float, float, float]]:
    """Turns of both limbs `upper`/`lower` that bring their ends to the targets (left, right).

    Targets are relative to the root part's pivot.  `bend` is the sign of the lower joint's pitch: +1 for knees, which
    fold backwards, -1 for elbows.  The middle joint points `towards` a direction of the left limb in the frame of its
    parent: knees ahead, elbows down, out and back.  Out of reach, the limb points straight at the target.
    """
    found: dict[str, tuple[float, float, float]] = {}
    placed = place(parts, turns_rad)
    root = np.asarray(parts[0].pivot_m)
    pole = np.array(towards if towards is not None else (1.0, 0.15, 0.2) if bend > 0 else (-0.55, 0.30, -0.9))
    for side, target in zip(("left", "right"), targets_m, strict=True):
        first = next(k for k, part in enumerate(parts) if part.joint == f"{upper}_{side}")
        second = next(k for k, part in enumerate(parts) if part.joint == f"{lower}_{side}")
        elbow = np.asarray(parts[second].pivot_m)
        ends = [np.asarray(part.pivot_m) for part in parts if part.parent == second]
        # A shin ends in an ankle; a forearm in a palm, half a hand above the lowest finger.
        end = (
            ends[0] if ends else np.array((0.0, 0.0, 0.9 * float(parts[second].mesh.vertices_m[:, 2].min())))
        )
        parent = placed[parts[first].parent]
        wanted = parent[:3, :3].T @ (np.asarray(target, float) + root - parent[:3, 3]) - parts[first].pivot_m
        far = float(np.linalg.norm(wanted))
        low, high = 0.0, 2.75  # the more a limb is folded, the nearer is its end
        for _ in range(30):
            fold = 0.5 * (low + high)
            near = float(np.linalg.norm(elbow + rotation(0.0, bend * fold, 0.0) @ end)) < far
            low, high = (low, fold) if near else (fold, high)
        reached = elbow + rotation(0.0, bend * fold, 0.0) @ end
        swing = _frame(wanted, pole * (1.0, 1.0 if side == "left" else -1.0, 1.0)) @ _frame(reached, elbow).T
        found[f"{upper}_{side}"] = (
            float(np.arctan2(swing[2, 1], swing[2, 2])),
            float(-np.arcsin(np.clip(swing[2, 0], -1.0, 1.0))),
            float(np.arctan2(swing[1, 0], swing[0, 0])),
        )
        found[f"{lower}_{side}"] = (0.0, bend * fold, 0.0)
    return found


def _frame(along: Floats, beside: Floats) -> Floats:
    """(3, 3) with the first column along a vector and the second towards another one, square to it."""
    first = unit(along)
    second = unit(beside - first * float(first @ beside))
    return np.stack([first, second, np.cross(first, second)], axis=1)


# --------------------------------------------------------------------------------------------- bodies that walk
class _Same:
    """An asset as a key: itself, not its arrays."""

    __slots__ = ("asset",)

    def __init__(self, asset: Asset) -> None:
        self.asset = asset

    def __hash__(self) -> int:
        return id(self.asset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.asset is self.asset


def _walking(key: _Same, gait: Gait, phase: float, speed_mps: float) -> Floats:
    """actor_from_part of a body on legs: the lower foot stands on the ground, the whole stays inside the box."""
    amplitude, shift_m, mean_height_m = _stride(key, gait, int(np.ceil(speed_mps * 2 - 1e-9)))
    parts = key.asset.parts
    turns, sunk_m = _turns(key.asset, gait, phase, speed_mps, amplitude)
    placed = place(parts, turns)
    if sunk_m is None:
        _stand(parts, placed, gait, mean_height_m)
    else:
        placed[:, 2, 3] -= sunk_m
    for row, part in enumerate(parts):
        if part.joint == "ground":
            placed[row, 2, 3] = part.pivot_m[2]
    if gait in (Gait.WALK, Gait.RUN):
        _lift_toes(parts, placed)
        _lift_hooves(parts, placed)
    placed[:, 0, 3] += shift_m
    _hold_leads(parts, placed)
    return placed


def _hold_leads(parts: Sequence[Part], placed: Floats) -> None:
    """A lead begins at its place in the actor's frame, whatever the body does, and points at the hand or collar."""
    for row, part in enumerate(parts):
        if part.joint != "lead":
            continue
        start = np.asarray(part.pivot_m)
        grip = next(k for k, other in enumerate(parts) if other.joint == "grip")
        placed[row, :3, :3] = _frame(placed[grip, :3, 3] - start, np.array((0.0, 0.0, 1.0)))[:, (0, 2, 1)] * (
            1,
            -1,
            1,
        )
        placed[row, :3, 3] = start


def _lift_toes(parts: Sequence[Part], placed: Floats) -> None:
    """Turn the ankle of a foot that would press into the ground with toe or heel, as the stride of a full box does."""
    for row, part in enumerate(parts):
        if not part.joint.startswith("ankle"):
            continue
        rest = placed[row].copy()
        least, best = -np.inf, 0.0
        for bend in ANKLE_BENDS_RAD:
            placed[row, :3, :3] = rest[:3, :3] @ rotation(0.0, bend, 0.0)
            low = _lowest(part, placed[row])
            if low > least:
                least, best = low, bend
            if low > -0.002:
                break
        placed[row, :3, :3] = rest[:3, :3] @ rotation(0.0, best, 0.0)


def _lift_hooves(parts: Sequence[Part], placed: Floats) -> None:
    """Fold the leg whose hoof or paw would press into the ground: fore legs backwards, hind legs forwards."""
    for row, part in enumerate(parts):
        if not part.joint.startswith("hoof"):
            continue
        knee = part.parent
        upper, knee_from_hoof = placed[knee].copy(), np.linalg.inv(placed[knee]) @ placed[row]
        side = 1.0 if "front" in part.joint else -1.0
        for fold in np.linspace(0.0, 0.6, 25):
            placed[knee, :3, :3] = upper[:3, :3] @ rotation(0.0, side * float(fold), 0.0)
            placed[row] = placed[knee] @ knee_from_hoof
            if _lowest(part, placed[row]) > -0.0015:
                break


def _lowest(part: Part, matrix: Floats) -> float:
    return float((part.mesh.vertices_m @ matrix[2, :3]).min()) + float(matrix[2, 3])


def _stand(parts: Sequence[Part], placed: Floats, gait: Gait, mean_height_m: float) -> None:
    """Lift or lower the body so that its lowest foot touches the ground.

    A runner's hips do not sink below their mean height; where the legs do not reach the ground from there, that is
    the flight of the stride.  No gait lifts anybody above the standing height, which is the box's.
    """
    low = min(
        _lowest(part, matrix)
        for part, matrix in zip(parts, placed, strict=True)
        if part.joint.startswith(("ankle", "hoof"))
    )
    lift = -low
    if gait == Gait.RUN:
        lift = max(lift, mean_height_m - parts[0].pivot_m[2])
    placed[:, 2, 3] += min(lift, 0.0) if gait in (Gait.WALK, Gait.RUN) else lift


@lru_cache(maxsize=1024)
def _stride(key: _Same, gait: Gait, half_mps: int) -> tuple[float, float, float]:
    """How much of the full swing fits the asset's box: (amplitude, shift along x, mean height of the hips)."""
    parts, length_m = key.asset.parts, min(key.asset.size_m[0] - 0.02, 0.985 * key.asset.size_m[0])
    phases = np.arange(PHASES) / PHASES if gait in (Gait.WALK, Gait.RUN) else np.zeros(1)

    def extent(amplitude: float) -> tuple[float, float, float]:
        turns = [_turns(key.asset, gait, float(phase), half_mps / 2, amplitude)[0] for phase in phases]
        placed = _chained(parts, np.array([_of_parts(parts, pose) for pose in turns]))
        near, far = np.inf, -np.inf
        for row, part in enumerate(parts):
            if part.joint == "lead":
                continue
            x = placed[:, row, 0, :3] @ part.mesh.vertices_m.T
            near = min(near, float((x.min(axis=1) + placed[:, row, 0, 3]).min()))
            far = max(far, float((x.max(axis=1) + placed[:, row, 0, 3]).max()))
        for pose in placed:
            _stand(parts, pose, Gait.WALK, 0.0)
        return near, far, float(placed[:, 0, 2, 3].mean())

    low, high = 0.0, 1.0
    near, far, mean = extent(high)
    if far - near > length_m:
        for _ in range(6):
            middle = (low + high) / 2
            near, far, mean = extent(middle)
            low, high = (middle, high) if far - near <= length_m else (low, middle)
        high = low
        near, far, mean = extent(high)
    # As near to the middle as the box allows, so that starting to walk does not jerk the body.
    shift = float(np.clip(0.0, -length_m / 2 - near, length_m / 2 - far))
    return high, shift, mean


def _leg_ratio(parts: Sequence[Part], height_m: float) -> float:
    """How much wider than the gait's own legs these legs swing for the same step: shorter ones more."""
    bones = [-part.pivot_m[2] for part in parts if part.joint in ("knee_left", "ankle_left")]
    return (THIGH + SHANK) * height_m / sum(bones) if bones else 1.0


def _turns(
    asset: Asset, gait: Gait, phase: float, speed_mps: float, swing: float
) -> tuple[dict[str, tuple[float, float, float]], float | None]:
    """Turns of all joints, and how far the trunk sinks where that is known.

    `swing` narrows what limbs do in the air; what they do on the ground is up to the speed.
    """
    body, height_m = BODIES[asset.model], asset.size_m[2]
    stride = stride_of(body, gait, speed_mps, height_m)
    if body.hip_m > 0.0:
        if gait not in (Gait.WALK, Gait.RUN):
            return {}, None
        way = quadruped_gait(speed_mps, body.hip_m * height_m / body.size_m[2])
        return paces(asset, way, phase, stride, swing)
    turns = _person_turns(asset, gait, phase, speed_mps, stride, swing)
    off = _carriage(_Same(asset))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        turns[f"shoulder_{side}"] = (sign * off, *turns[f"shoulder_{side}"][1:])
    return turns | dict(asset.held), None


@lru_cache(maxsize=1024)
def _carriage(key: _Same) -> float:
    """Angle by which both arms are held off the body, as far as the asset's box is wide enough."""
    parts, room_m = key.asset.parts, 0.5 * key.asset.size_m[1] - 0.015
    for angle in CARRIAGE_RAD * np.linspace(1.0, 0.0, 6):
        rolled = {"shoulder_left": (float(angle), 0.0, 0.0), "shoulder_right": (-float(angle), 0.0, 0.0)}
        placed = place(parts, rolled | dict(key.asset.held))
        arms = [
            np.abs(p.mesh.vertices_m @ m[1, :3] + m[1, 3]).max()
            for p, m in zip(parts, placed, strict=True)
            if p.joint.startswith(("shoulder", "elbow"))
        ]
        if max(arms, default=0.0) <= room_m:
            return float(angle)
    return 0.0


def _person_turns(
    asset: Asset, gait: Gait, phase: float, speed_mps: float, stride_m: float, swing: float
) -> dict[str, tuple[float, float, float]]:
    angles = joint_angles(gait, phase, speed_mps, asset.size_m[2], stride_m, swing)
    ratio = _leg_ratio(asset.parts, asset.size_m[2])
    turns = {}
    for side in ("left", "right"):
        turns[f"hip_{side}"] = (0.0, -ratio * angles[f"hip_{side}"], 0.0)
        turns[f"knee_{side}"] = (0.0, np.sqrt(ratio) * angles[f"knee_{side}"], 0.0)
        for joint in ("ankle", "shoulder", "elbow"):
            turns[f"{joint}_{side}"] = (0.0, -angles[f"{joint}_{side}"], 0.0)
    if gait not in (Gait.WALK, Gait.RUN):
        turns["head"] = (0.0, 0.04, 0.0)
        return turns
    # The hip of the leading leg leads; the shoulders turn against it.
    twist = 0.14 * (angles["hip_right"] - angles["hip_left"])
    lean = 0.13 if gait == Gait.RUN else 0.03
    turns["pelvis"] = (0.0, 0.0, twist)
    turns["torso"] = (0.0, lean, -1.8 * twist)
    turns["head"] = (0.0, -0.6 * lean, 0.8 * twist)
    return turns

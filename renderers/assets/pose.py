"""How the parts of an asset stand at an instant: wheels that roll and steer, bodies that walk and run.  Renderers floor.

All angles here are about the axes of the parent part; positive pitch turns x down towards -z (leaning forward), so a
leg that swings forward has a negative one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from renderers.assets.forms import Floats, unit
from renderers.mesh import Asset, Mesh, Part
from sim.gait import SHANK, THIGH, joint_angles, quadruped_gait, quadruped_phases, stride_m
from sim.trace import Gait, WorldInstant

ANKLE_BENDS_RAD = tuple(s * k / 20 for k in range(15) for s in ((-1.0, 1.0) if k else (1.0,)))
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
    largest = max((part.radius_m for part in asset.parts), default=0.0)
    parts = list(asset.parts)
    for row, part in enumerate(parts):  # the angle is that of the largest wheels, as bodies give their radius
        if 0.0 < part.radius_m < largest and part.joint in ("wheel", "steered_wheel"):
            parts[row] = replace(part, joint=f"{part.joint} {part.radius_m:.4f}")
            turns[parts[row].joint] = (0.0, roll * largest / part.radius_m, turns[part.joint][2])
    return place(parts, turns)


def rotation(roll: float, pitch: float, yaw: float) -> Floats:
    """(3, 3) turn about x, then y, then z."""
    cr, cp, cy = np.cos((roll, pitch, yaw))
    sr, sp, sy = np.sin((roll, pitch, yaw))
    return np.array(
        (
            (cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr),
            (sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr),
            (-sp, cp * sr, cp * cr),
        )
    )


def place(parts: Sequence[Part], turns_rad: Mapping[str, tuple[float, float, float]]) -> Floats:
    """(P, 4, 4) root_from_part with joints turned by (roll, pitch, yaw); those that are not named stay at rest."""
    placed = np.empty((len(parts), 4, 4))
    for row, part in enumerate(parts):
        parent_from_part = np.eye(4)
        parent_from_part[:3, 3] = part.pivot_m
        if part.joint in turns_rad:
            parent_from_part[:3, :3] = rotation(*turns_rad[part.joint])
        placed[row] = parent_from_part if part.parent < 0 else placed[part.parent] @ parent_from_part
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
    way = quadruped_gait(speed_mps, key.asset.size_m[2])  # of animals; people have two legs whatever it says
    amplitude, shift_m, mean_height_m = _stride(key, gait, way, int(np.ceil(speed_mps * 2 - 1e-9)))
    parts = key.asset.parts
    placed = place(parts, _turns(key.asset, gait, way, phase, speed_mps, amplitude))
    _stand(parts, placed, gait, mean_height_m)
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
            if _lowest(part, placed[row]) > -0.003:
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
def _stride(key: _Same, gait: Gait, way: str, half_mps: int) -> tuple[float, float, float]:
    """How much of the full swing fits the asset's box: (amplitude, shift along x, mean height of the hips)."""
    parts, length_m = key.asset.parts, min(key.asset.size_m[0] - 0.02, 0.985 * key.asset.size_m[0])
    phases = np.arange(PHASES) / PHASES if gait in (Gait.WALK, Gait.RUN) else np.zeros(1)

    def extent(amplitude: float) -> tuple[float, float, float]:
        near, far, heights = np.inf, -np.inf, []
        for phase in phases:
            placed = place(parts, _turns(key.asset, gait, way, float(phase), half_mps / 2, amplitude))
            for part, matrix in zip(parts, placed, strict=True):
                if part.joint == "lead":
                    continue
                x = part.mesh.vertices_m @ matrix[0, :3]
                near, far = min(near, float(x.min() + matrix[0, 3])), max(far, float(x.max() + matrix[0, 3]))
            _stand(parts, placed, Gait.WALK, 0.0)
            heights.append(float(placed[0, 2, 3]))
        return near, far, float(np.mean(heights))

    low, high = 0.0, _leg_ratio(parts, key.asset.size_m[2])
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
    asset: Asset, gait: Gait, way: str, phase: float, speed_mps: float, amplitude: float
) -> dict[str, tuple[float, float, float]]:
    """Turns of all joints; `amplitude` shrinks the swing of the limbs."""
    if any(part.joint == "leg_hind_left" for part in asset.parts):
        return _animal_turns(asset, gait, way, phase, speed_mps, amplitude)
    return _person_turns(gait, phase, speed_mps, asset.size_m[2], amplitude) | dict(asset.held)


def _person_turns(
    gait: Gait, phase: float, speed_mps: float, height_m: float, amplitude: float
) -> dict[str, tuple[float, float, float]]:
    angles = joint_angles(gait, phase, speed_mps, height_m)
    turns = {}
    for side in ("left", "right"):
        for joint in ("hip", "ankle", "shoulder", "elbow"):
            turns[f"{joint}_{side}"] = (0.0, -amplitude * angles[f"{joint}_{side}"], 0.0)
        # Knees keep more of their bend than hips of their swing: a short stride is a bent one, not a stiff one.
        turns[f"knee_{side}"] = (0.0, np.sqrt(amplitude) * angles[f"knee_{side}"], 0.0)
    if gait not in (Gait.WALK, Gait.RUN):
        turns["head"] = (0.0, 0.04, 0.0)
        return turns
    # The hip of the leading leg leads; the shoulders turn against it.
    twist = 0.14 * amplitude * (angles["hip_right"] - angles["hip_left"])
    lean = 0.13 * amplitude if gait == Gait.RUN else 0.03
    turns["pelvis"] = (0.0, 0.0, twist)
    turns["torso"] = (0.0, lean, -1.8 * twist)
    turns["head"] = (0.0, -0.6 * lean, 0.8 * twist)
    return turns


# Share of the stride that a foot is on the ground: Alexander 1984.
DUTY = {"walk": 0.60, "trot": 0.45, "gallop": 0.30}
FOLD_RAD = {"walk": 0.75, "trot": 0.95, "gallop": 1.10}
WIDEST_RAD = 0.75  # of a leg's swing
BOB_M = 0.015  # of a walking bird's head, each way


def _animal_turns(
    asset: Asset, gait: Gait, way: str, phase: float, speed_mps: float, amplitude: float
) -> dict[str, tuple[float, float, float]]:
    """Legs of animals: each carries its foot back as fast as the body goes forward, and folds on its way forward."""
    if gait not in (Gait.WALK, Gait.RUN):
        return {}
    turns: dict[str, tuple[float, float, float]] = {}
    height_m = asset.size_m[2]
    joints = {part.joint: part for part in asset.parts}
    bird = "leg_front_left" not in joints
    if bird and way == "gallop":  # two legs run in turn
        way = "trot"
    carried_m = DUTY[way] * stride_m(gait, speed_mps, height_m)
    for leg, share in quadruped_phases(way, phase).items():
        if f"leg_{leg}" not in joints:
            continue
        long_m = asset.parts[0].pivot_m[2] + joints[f"leg_{leg}"].pivot_m[2]
        reach_m = min(0.5 * amplitude * carried_m, long_m * float(np.tan(WIDEST_RAD)))
        if share < DUTY[way]:  # on the ground: evenly backwards
            swing, fold = float(np.arctan((1.0 - 2.0 * share / DUTY[way]) * reach_m / long_m)), 0.0
        else:
            back = (share - DUTY[way]) / (1.0 - DUTY[way])
            swing = float(np.arctan(-np.cos(np.pi * back) * reach_m / long_m))
            fold = amplitude * FOLD_RAD[way] * float(np.sin(np.pi * back)) ** 1.5
        front = leg.startswith("front")
        # A carpus folds the foot backwards, a hock forwards; the upper leg makes room for either.
        turns[f"leg_{leg}"] = (0.0, -swing + (-0.45 * fold if front else 0.25 * fold), 0.0)
        turns[f"knee_{leg}"] = (0.0, 1.25 * fold if front else -0.95 * fold, 0.0)
        flat = swing if bird else 0.0
        turns[f"hoof_{leg}"] = (0.0, flat + (0.5 * fold if front else 0.6 * fold), 0.0)
    beat = 2 * np.pi * phase
    fast = way == "gallop"
    if fast:
        turns["pelvis"] = (0.0, float(0.10 * amplitude * np.sin(beat)), 0.0)
    nod = BOB_M / float(np.linalg.norm(joints["head"].pivot_m)) if bird else 0.10 if fast else 0.05
    turns["neck"] = (0.0, nod * float(np.sin(2 * beat)) + (0.25 if fast else 0.0), 0.0)
    if bird:
        turns["head"] = (0.0, -nod * float(np.sin(2 * beat)), 0.0)
    turns["tail"] = (0.0, 0.0, float(0.06 if bird else 0.25) * float(np.sin(2 * beat)))
    return turns

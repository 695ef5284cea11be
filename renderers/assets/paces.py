"""How animals set their feet: in a walk, trot or gallop, and birds on two legs.  Renderers floor.

A foot on the ground goes back exactly as fast as the body goes forward; its leg, two bones and a foot, follows by
the law of cosines.  The body sinks as far as the longest reach of its legs asks for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from renderers.mesh import Asset, Part
from sim.gait import DUTY, quadruped_phases

Turns = dict[str, tuple[float, float, float]]

LIFT = {"walk": 0.10, "trot": 0.13, "gallop": 0.17}  # of a foot in swing, of the leg's length
AHEAD = 0.92  # of half a step that a foot is set ahead of where it stands at rest
ROLL_FROM = 0.85  # of the time on the ground, when the heel begins to rise
ROLL_RAD, FLEXED_RAD = 0.45, 0.9  # of the foot as it leaves the ground and in swing
PITCH_RAD = 0.08  # of a galloping trunk
RISE = {"walk": 0.0, "trot": 0.04, "gallop": 0.05}  # of the trunk, of the leg's length
BOB_M = 0.015  # of a walking bird's head, each way
SPARE = 0.997  # of a leg's length that it is ever stretched to


@dataclass(frozen=True, slots=True)
class _Leg:
    """A leg at rest in the plane of its motion, x ahead and z up."""

    name: str
    hip: complex  # z + i x, as all points here: a positive pitch turns them by its angle
    upper: complex
    lower: complex
    toe: complex  # seen from the fetlock

    @property
    def long_m(self) -> float:
        return abs(self.upper) + abs(self.lower)


def reach_m(asset: Asset) -> tuple[float, float]:
    """(m, m): the shortest leg from hip to fetlock, and what the box leaves for one step of all feet."""
    legs = _legs(asset.parts)
    feet = [(leg.hip + leg.upper + leg.lower).imag for leg in legs]
    soles = [part.mesh.vertices_m[:, 0] for part in asset.parts if part.joint.startswith("hoof")]
    toe, heel = max(float(s.max()) for s in soles), min(float(s.min()) for s in soles)
    return min(leg.long_m for leg in legs), asset.size_m[0] - 0.02 - (max(feet) + toe - min(feet) - heel)


def paces(asset: Asset, way: str, phase: float, stride_m: float, amplitude: float) -> tuple[Turns, float]:
    """Turns of all joints and how far the trunk has sunk; `amplitude` shrinks what nods and wags."""
    legs = _legs(asset.parts)
    bird = len(legs) == 2
    if bird and way == "gallop":  # two legs run in turn
        way = "trot"
    half_m = 0.5 * DUTY[way] * stride_m
    beat = 2.0 * math.pi * phase
    pitch = PITCH_RAD * amplitude * math.sin(beat) if way == "gallop" else 0.0
    root = complex(asset.parts[0].pivot_m[2], asset.parts[0].pivot_m[0])
    hips = [root + (leg.hip - root) * _turn(pitch) for leg in legs]
    sunk_m = max(_sinks_m(leg, half_m) + (hip - leg.hip).real for leg, hip in zip(legs, hips, strict=True))
    rise_m = RISE[way] * legs[0].long_m
    sunk_m += 0.5 * rise_m * (1.0 + math.cos(2.0 * beat))
    turns: Turns = {"pelvis": (0.0, pitch, 0.0)} if pitch else {}
    for leg, hip in zip(legs, hips, strict=True):
        share = quadruped_phases(way, phase)[leg.name]
        ahead_m, up_m, tilt = _foot(share, DUTY[way], half_m, LIFT[way] * leg.long_m, leg.toe)
        rest = leg.hip + leg.upper + leg.lower
        swing, fold = _reach(leg, rest + complex(up_m, ahead_m) - (hip - sunk_m))
        turns[f"leg_{leg.name}"] = (0.0, swing - pitch, 0.0)
        turns[f"knee_{leg.name}"] = (0.0, fold, 0.0)
        turns[f"hoof_{leg.name}"] = (0.0, tilt - swing - fold, 0.0)
    nod = 0.10 if way == "gallop" else 0.05
    if bird:
        head = next(part for part in asset.parts if part.joint == "head")
        nod = BOB_M / math.hypot(*head.pivot_m)
        turns["head"] = (0.0, -nod * math.sin(2.0 * beat), 0.0)
    low = 0.25 if way == "gallop" else 0.0
    turns["neck"] = (0.0, (amplitude if not bird else 1.0) * nod * math.sin(2.0 * beat) + low, 0.0)
    turns["tail"] = (0.0, 0.0, amplitude * (0.06 if bird else 0.20) * math.sin(beat))
    return turns, sunk_m


def _foot(
    share: float, duty: float, half_m: float, lift_m: float, toe: complex
) -> tuple[float, float, float]:
    """(ahead, up, tilt) of a fetlock against its place at rest, `share` of a stride after its foot was set down."""
    if share < duty:
        on = share / duty
        roll = max(0.0, (on - ROLL_FROM) / (1.0 - ROLL_FROM))
        tilt = ROLL_RAD * roll * roll * (3.0 - 2.0 * roll)
        raised = toe - toe * _turn(tilt)
        # The toe stays where it is while the heel rises.
        return (AHEAD - 2.0 * on) * half_m + raised.imag, raised.real, tilt
    back = (share - duty) / (1.0 - duty)
    _, up_m, _ = _foot(duty * (1.0 - 1e-9), duty, half_m, lift_m, toe)
    start = math.asin(ROLL_RAD / FLEXED_RAD) / math.pi
    tilt = FLEXED_RAD * math.sin(math.pi * (start + (1.0 - start) * back))
    way = 0.5 * (1.0 - math.cos(math.pi * back))
    first = _foot(duty * (1.0 - 1e-9), duty, half_m, lift_m, toe)[0]
    return (
        first + way * (AHEAD * half_m - first),
        up_m * (1.0 - way) + lift_m * math.sin(math.pi * back) ** 1.3,
        tilt,
    )


def _sinks_m(leg: _Leg, half_m: float) -> float:
    """How far a hip comes down so that the leg reaches both ends of a step with its foot on the ground."""
    rest = leg.upper + leg.lower
    long_m = SPARE * leg.long_m
    needed = []
    for on in (0.0, ROLL_FROM, 1.0):
        ahead_m, up_m, _ = _foot(0.6 * min(on, 1.0 - 1e-9), 0.6, half_m, 0.0, leg.toe)
        along = min(abs(rest.imag + ahead_m), 0.98 * long_m)
        needed.append(-rest.real - up_m - math.sqrt(long_m * long_m - along * along))
    return max(0.0, *needed)


def _reach(leg: _Leg, target: complex) -> tuple[float, float]:
    """(swing of the leg, fold of its knee) that bring its fetlock to a place seen from the hip.

    A carpus folds the foot backwards, a hock forwards.
    """
    a, b, far = abs(leg.upper), abs(leg.lower), abs(target)
    cosine = (far * far - a * a - b * b) / (2.0 * a * b)
    side = 1.0 if leg.name.startswith("front") else -1.0
    fold = side * math.acos(max(-1.0, min(SPARE, cosine))) - _angle(leg.lower / leg.upper)
    fold = math.remainder(fold, 2.0 * math.pi)
    swing = _angle(target / (leg.upper + leg.lower * _turn(fold)))
    return swing, fold


def _turn(angle_rad: float) -> complex:
    return complex(math.cos(angle_rad), math.sin(angle_rad))


def _angle(point: complex) -> float:
    return math.atan2(point.imag, point.real)


def _legs(parts: Sequence[Part]) -> list[_Leg]:
    """All legs; the root part's pivot is in the actor's frame, the others' are in their parents'."""
    joints = {part.joint: part for part in parts}
    root = complex(parts[0].pivot_m[2], parts[0].pivot_m[0])
    legs = []
    for joint, part in joints.items():
        if not joint.startswith("leg_"):
            continue
        name = joint.removeprefix("leg_")
        hip, upper, lower = (
            complex(p.pivot_m[2], p.pivot_m[0])
            for p in (part, joints[f"knee_{name}"], joints[f"hoof_{name}"])
        )
        foot = joints[f"hoof_{name}"].mesh.vertices_m
        toe = complex(float(foot[:, 2].min()), 0.9 * float(foot[:, 0].max()))
        legs.append(_Leg(name, root + hip, upper, lower, toe))
    return legs

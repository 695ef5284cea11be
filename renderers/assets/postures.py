"""Postures of people who do not walk: sitting on the ground, kneeling, pointing, directing traffic.  Renderers floor."""

from collections.abc import Sequence

import numpy as np

from renderers.assets.forms import Floats
from renderers.assets.pose import place, two_bone_reach
from renderers.mesh import Part

Turns = dict[str, tuple[float, float, float]]


def posture(parts: Sequence[Part], pose: str) -> Turns:
    """Turns of the joints of a standing body for a word of `scenarios.bodies.POSED`."""
    return {"sitting": _sitting, "kneeling": _kneeling, "pointing": _pointing, "directing": _directing}[pose](
        parts
    )


def _joint(parts: Sequence[Part], turns: Turns, name: str) -> Floats:
    """Where a joint is, seen from the hips."""
    row = next(k for k, part in enumerate(parts) if part.joint == name)
    at: Floats = place(parts, turns)[row, :3, 3] - np.array(parts[0].pivot_m)
    return at


def _arms(parts: Sequence[Part], turns: Turns, left: Floats, right: Floats) -> Turns:
    return turns | two_bone_reach(parts, turns, "shoulder", "elbow", (tuple(left), tuple(right)), -1.0)


def _sitting(parts: Sequence[Part]) -> Turns:
    """On the ground, knees drawn up, hands on the shins."""
    turns: Turns = {"pelvis": (0.0, -0.22, 0.0), "torso": (0.0, 0.42, 0.0), "head": (0.0, -0.12, 0.0)}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        turns[f"hip_{side}"] = (0.10 * sign, -2.136, 0.0)
        turns[f"knee_{side}"] = (0.0, 1.816, 0.0)
        turns[f"ankle_{side}"] = (0.0, 0.54, 0.0)
    knees = [_joint(parts, turns, f"knee_{side}") for side in ("left", "right")]
    shin = np.array((0.05, 0.0, -0.12))
    return _arms(parts, turns, knees[0] + shin, knees[1] + shin)


def _kneeling(parts: Sequence[Part]) -> Turns:
    """On the right knee, the left foot ahead, hands together over it, as who ties a shoe or changes a wheel."""
    turns: Turns = {"torso": (0.0, 0.55, 0.0), "head": (0.0, 0.10, 0.0)}
    turns |= {"hip_left": (0.0, -1.62, 0.0), "knee_left": (0.0, 1.62, 0.0)}
    turns |= {"hip_right": (0.0, 0.10, 0.0), "knee_right": (0.0, 1.52, 0.0), "ankle_right": (0.0, 0.75, 0.0)}
    knee = _joint(parts, turns, "knee_left")
    ahead = np.array((0.13, 0.0, -0.14))
    beside = np.array((0.0, 0.14, 0.0))
    return _arms(parts, turns, knee + ahead + 0.15 * beside, knee + ahead - 0.85 * beside)


def _pointing(parts: Sequence[Part]) -> Turns:
    """The right arm stretched out ahead."""
    turns: Turns = {"torso": (0.0, 0.0, 0.10), "head": (0.0, 0.0, -0.05)}
    shoulder = _joint(parts, turns, "shoulder_right")
    aimed = _arms(parts, turns, shoulder, shoulder + np.array((2.0, -0.15, 0.06)))
    return turns | {k: v for k, v in aimed.items() if k.endswith("right")} | {"elbow_left": (0.0, -0.2, 0.0)}


def _directing(_: Sequence[Part]) -> Turns:
    """The right hand up to stop who comes, the left arm out to the side to let the others pass."""
    return {
        "shoulder_left": (1.42, 0.0, 0.0),
        "elbow_left": (0.0, -0.08, 0.0),
        "shoulder_right": (0.0, -2.70, -0.10),
        "elbow_right": (0.0, -0.35, 0.0),
    }

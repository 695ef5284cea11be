"""Whoever lies or poses: overturned vehicles, fallen riders by their machines, people and animals.  Renderers floor.

A lying actor's box stands upright, as datasets write boxes, and the mesh lies in it.  What a vehicle falls on is crushed
as far as its mirrors go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from renderers.assets.fittings import fitted
from renderers.assets.forms import Floats
from renderers.assets.people import figure
from renderers.assets.pose import place
from renderers.assets.postures import posture
from renderers.loft import rotation, translation
from renderers.mesh import Asset, Keypoint, LampSpec, Mesh, Part
from scenarios.bodies import BODIES, POSED
from scenarios.taxonomy import ANIMALS, SEMANTIC_ID

Turns = Mapping[str, tuple[float, float, float]]

# Somebody on the left side, legs drawn up, arms before the chest; (roll, pitch, yaw) of the joints while upright.
ON_LEFT: Turns = {
    "torso": (0.0, 0.12, 0.0),
    "head": (-0.15, 0.15, 0.0),
    "hip_left": (0.0, -0.35, 0.0),
    "knee_left": (0.0, 0.7, 0.0),
    "hip_right": (0.10, -0.85, 0.0),
    "knee_right": (0.0, 1.1, 0.0),
    "shoulder_left": (0.15, -1.1, 0.0),
    "elbow_left": (0.0, -0.8, 0.0),
    "shoulder_right": (0.0, -0.6, 0.0),
    "elbow_right": (0.0, -0.9, 0.0),
}
# A dead animal on its left side: neck stretched out, legs half drawn up, those above sunk to the ground.
DEAD: Turns = {
    "neck": (0.0, 0.30, 0.0),
    "head": (0.0, -0.25, 0.0),
    "tail": (0.0, -0.2, 0.0),
    **{f"leg_{end}_left": (0.06, pitch, 0.0) for end, pitch in (("front", -0.20), ("hind", 0.10))},
    **{f"leg_{end}_right": (0.22, pitch, 0.0) for end, pitch in (("front", 0.12), ("hind", -0.18))},
    "knee_front_left": (0.0, 0.45, 0.0),
    "knee_front_right": (0.0, 0.15, 0.0),
    "knee_hind_left": (0.0, -0.20, 0.0),
    "knee_hind_right": (0.0, -0.35, 0.0),
    "hoof_front_left": (0.0, 0.30, 0.0),
    "hoof_hind_right": (0.0, 0.25, 0.0),
}
RIDER_M = 1.74  # tall
THROWN_M = {
    "bicycle.city": (0.30, 0.95),
    "motorcycle.road": (0.45, 1.15),
}  # where the rider's hips come to lie
THROWN_YAW = -0.5
SIGNALS = {"forearm_left": "beckon", "forearm_right": "halt"}  # joints of who directs traffic


def mirrored_turns(turns: Turns) -> Turns:
    """The same posture on the other side."""
    swap = {"left": "right", "right": "left"}
    found = {}
    for joint, (roll, pitch, yaw) in turns.items():
        stem, _, side = joint.rpartition("_")
        found[f"{stem}_{swap[side]}" if side in swap else joint] = (-roll, pitch, -yaw)
    return found


def laid_down(made: Asset, look_seed: int, size_m: tuple[float, float, float], pose: str) -> Asset:
    """An asset that stands, made to lie or pose in a box of `size_m`; rigid from then on but for arms that direct."""
    body = BODIES[made.model]
    side = {"on_left_side": 1.0, "on_right_side": -1.0, "on_roof": 2.0}.get(pose, 0.0)
    turn = rotation("x", -side * np.pi / 2)
    turns: Turns = {}
    if made.model in THROWN_M:
        mesh, turn, marks = _thrown(made, look_seed, side)
    else:
        if pose in POSED:
            turns = posture(made.parts, pose)
        elif made.parts[0].joint == "pelvis":
            fallen = DEAD if body.actor_class in ANIMALS else ON_LEFT
            turns = fallen if side > 0 else mirrored_turns(fallen)
        mesh = _joined(made, turns)
        if body.flank_m > 0.0 and pose != "on_roof":
            mesh = _crushed(mesh, side, body.flank_m / 2)
        mesh = mesh.moved(turn)
        marks = _marks(made, turns, turn)
    length, width, height = size_m
    low, high = mesh.vertices_m.min(axis=0), mesh.vertices_m.max(axis=0)
    whole = fitted(mesh, (-length / 2, -width / 2, 0.0), (length / 2, width / 2, height))
    scale = np.array(size_m) / (high - low)
    shift = np.array((-length / 2, -width / 2, 0.0)) - low * scale
    lamps = tuple(_moved(lamp, turn, scale, shift) for lamp in made.lamps)
    keypoints = tuple(replace(k, part=0, at_m=_triple(scale * k.at_m + shift)) for k in marks)
    laid = replace(
        made, size_m=size_m, parts=(Part("body", whole),), lamps=lamps, held=(), keypoints=keypoints
    )
    return _signalling(made, laid, turns, scale, shift) if pose == "directing" else laid


def _signalling(made: Asset, laid: Asset, turns: Turns, scale: Floats, shift: Floats) -> Asset:
    """Who directs traffic, with forearms that move about the elbows; the box is that of the arm stretched out."""
    placed = place(made.parts, turns)
    size = np.diag((*scale, 1.0))
    rest = [
        Mesh.join([p.mesh.moved(m) for p, m in zip(made.parts, placed, strict=True) if p.name not in SIGNALS])
    ]
    parts = [Part("body", rest[0].moved(translation(*(float(v) for v in shift)) @ size))]
    rows: dict[int, tuple[int, Floats]] = {}
    for row, (part, matrix) in enumerate(zip(made.parts, placed, strict=True)):
        if part.name not in SIGNALS:
            continue
        turned = matrix.copy()
        turned[:3, 3] = 0.0
        at = _triple(scale * matrix[:3, 3] + shift)
        rows[row] = len(parts), size @ turned
        parts.append(Part(part.name, part.mesh.moved(size @ turned), SIGNALS[part.name], 0, at))
    keypoints = tuple(
        replace(old, part=rows[old.part][0], at_m=_at(rows[old.part][1], old.at_m))
        if old.part in rows
        else new
        for old, new in zip(made.keypoints, laid.keypoints, strict=True)
    )
    return replace(laid, parts=tuple(parts), keypoints=keypoints)


def _marks(made: Asset, turns: Turns, turn: Floats) -> tuple[Keypoint, ...]:
    """The key points of an asset whose joints are turned, and which is then turned as a whole."""
    placed = turn @ place(made.parts, turns)
    return tuple(replace(k, at_m=_at(placed[k.part], k.at_m)) for k in made.keypoints)


def _at(matrix: Floats, point: Sequence[float]) -> tuple[float, float, float]:
    return _triple(matrix[:3, :3] @ np.asarray(point) + matrix[:3, 3])


def _triple(point: Floats) -> tuple[float, float, float]:
    return float(point[0]), float(point[1]), float(point[2])


def _joined(made: Asset, turns: Turns) -> Mesh:
    placed = place(made.parts, turns)
    return Mesh.join([p.mesh.moved(m) for p, m in zip(made.parts, placed, strict=True)])


def _crushed(mesh: Mesh, side: float, flank_m: float) -> Mesh:
    """Nothing reaches further to the lower side than the flank."""
    points = mesh.vertices_m.copy()
    low = points[:, 1] * side  # on the left side the left is below
    points[:, 1] = np.where(low > flank_m, side * flank_m, points[:, 1])
    return replace(mesh, vertices_m=points)


def _thrown(made: Asset, look_seed: int, side: float) -> tuple[Mesh, Floats, tuple[Keypoint, ...]]:
    """A machine on its wheels and handlebar, and its rider on the ground beside it; key points are the rider's."""
    whole = _joined(made, {})
    machine = whole.only(whole.semantic != SEMANTIC_ID["rider"])
    far = np.abs(machine.vertices_m[:, 1]) > 0.12  # handlebar, pedals, mirrors
    best, turn = np.inf, np.eye(4)
    for angle in np.radians(
        np.arange(55.0, 91.0, 1.0)
    ):  # until what sticks out touches the ground with the wheels
        tried = rotation("x", -side * float(angle))
        z = machine.vertices_m @ tried[2, :3]
        gap = abs(float(z[far].min()) - float(z[~far].min()))
        if gap < best:
            best, turn = gap, tried
    machine = machine.moved(turn)
    machine = machine.moved(translation(0.0, 0.0, -float(machine.vertices_m[:, 2].min())))
    turns = ON_LEFT if side > 0 else mirrored_turns(ON_LEFT)
    rider = figure(RIDER_M, look_seed, turns, None, None, "", "rider")
    flat = rotation("z", side * THROWN_YAW) @ rotation("x", -side * np.pi / 2)
    x, y = THROWN_M[made.model]
    low = float((rider.mesh.vertices_m @ flat[2, :3]).min())
    flat = translation(x, side * y, -low) @ flat
    marks = tuple(replace(k, at_m=_at(flat, k.at_m)) for k in rider.keypoints)
    return Mesh.join([machine, rider.mesh.moved(flat)]), turn, marks


def _moved(lamp: LampSpec, turn: Floats, scale: Floats, shift: Floats) -> LampSpec:
    at = scale * (turn[:3, :3] @ np.array(lamp.position_m)) + shift
    axis = turn[:3, :3] @ np.array(lamp.axis)
    return replace(
        lamp,
        position_m=(float(at[0]), float(at[1]), float(at[2])),
        axis=(float(axis[0]), float(axis[1]), float(axis[2])),
        part=0 if lamp.part >= 0 else lamp.part,
    )

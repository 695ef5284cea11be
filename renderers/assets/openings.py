"""Doors, boots and bonnets that stand open: cut out of a car's skin, given thickness, hung on hinges.  Renderers floor.

A closed car keeps its skin whole.  One with something open is cut along the same joints; what opens becomes a part of
its own with a lining and a rim, and what it leaves gets a rim too.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.assets.cabin import WALL_M
from renderers.assets.forms import quads
from renderers.assets.shell import REMOVED, Field, Skin, curve, cut, half_mesh
from renderers.assets.style import Style, flank_y
from renderers.loft import Floats, both_sides, box, sheet
from renderers.materials import MATERIAL_ID
from renderers.mesh import Mesh

GLASS = ("glass", "glass_dark")
LID_M = 0.03  # thickness of lids and of window frames
SIDE_RAD = np.radians(63.0)  # the last notch of a door check
BOOT_LID_RAD, HATCH_RAD, TAILGATE_RAD, BONNET_RAD = 1.30, 1.45, -np.pi / 2, -0.85
LEAF_RAD = np.radians(-95.0)
RAIL_M, OUT_M = 40.0, 0.085  # radius of a sliding door's way, and how far out it comes
LOAD_LIP_M = 0.63  # height of the bumper that lids end at


@dataclass(frozen=True, slots=True)
class Opening:
    """What can be opened on the left half of a car, or across it."""

    lines: tuple[Field, ...]  # straight cuts; inside where all are negative
    near: Field  # where on the skin to look for them
    hinge_m: tuple[float, float, float]  # (station, y, z)
    axis: str
    angle_rad: float
    across: bool = False  # it spans both halves
    leaves: bool = False  # a leaf on either half, opened by one word


def openings(style: Style, skin: Skin) -> dict[str, Opening]:
    """What opens on a body: front, rear, boot, bonnet."""
    found = {}
    for k, name in enumerate(("front", "rear")[: len(style.doors) - 1]):
        found[name] = _side_door(style, k)
        if k > 0 and style.sliding:
            found[name] = _on_a_rail(style, k, found[name])
    if style.bed is not None:
        found["boot"] = _tailgate(style)
    elif style.bootline_m is not None:
        found["boot"] = _boot_lid(style, style.bootline_m)
    elif style.swages:
        found["boot"] = _rear_leaf(style)
    elif style.spare_wheel:
        found["boot"] = _side_hung(style)
    elif not style.open_top:
        found["boot"] = _hatch(style, skin)
    found["bonnet"] = _bonnet(style)
    return found


def _side_door(style: Style, k: int) -> Opening:
    (first, lean_first), (last, lean_last) = style.doors[k], style.doors[k + 1]
    sill, top = style.door_sill_m, style.window_top + 0.05

    def flank(s: Skin) -> Floats:
        return np.asarray(
            np.maximum.reduce([0.4 - s.y, first - 0.4 - s.station, s.station - last - 0.4, 0.1 - s.z])
        )

    z = 0.75
    station = first + lean_first * (z - 0.9)
    return Opening(
        (
            lambda s: first + lean_first * (s.z - 0.9) - s.station,
            lambda s: s.station - last - lean_last * (s.z - 0.9),
            lambda s: sill - s.z,
            lambda s: s.rise - top,
        ),
        flank,
        (station + 0.015, flank_y(style, station, z) - 0.012, z),
        "z",
        float(-SIDE_RAD),
    )


def _on_a_rail(style: Style, k: int, swung: Opening) -> Opening:
    """A sliding door: its rail runs back and outwards, an arc of so large a radius that it hardly turns."""
    (first, _), (last, _) = style.doors[k], style.doors[k + 1]
    way = 0.92 * (last - first)
    turn = way / RAIL_M
    _, y, z = swung.hinge_m
    # About that middle the door's own middle moves back by `way` and out by `OUT_M`, of which the bend takes a part.
    ahead = 0.5 * way + OUT_M / turn
    return replace(swung, hinge_m=(0.5 * (first + last) + ahead, y - RAIL_M, z), angle_rad=turn)


def _rear_leaf(style: Style) -> Opening:
    """The left one of two doors behind, hinged at the corner; the load space is behind it."""
    wide, low = style.shape.half_width_m - 0.165, style.plate_rear_z_m + 0.09
    high = (style.brake_high_m or 9.0) - 0.06
    tail = style.shape.length_m
    return Opening(
        (lambda s: tail - 0.28 - s.station, lambda s: s.y - wide, lambda s: low - s.z, lambda s: s.z - high),
        lambda s: np.asarray(np.maximum(tail - 0.4 - s.station, 0.3 - s.z)),
        (tail - 0.03, wide + 0.01, 0.5 * (low + high)),
        "z",
        LEAF_RAD,
        leaves=True,
    )


def _side_hung(style: Style) -> Opening:
    """A tailgate that carries the spare wheel and swings to the left."""
    wide = max(y for y, _ in style.rear_glass) + 0.055
    low, high = style.plate_rear_z_m + 0.10, max(z for _, z in style.rear_glass) + 0.05
    tail = style.shape.length_m
    return Opening(
        (lambda s: tail - 0.45 - s.station, lambda s: s.y - wide, lambda s: low - s.z, lambda s: s.z - high),
        lambda s: np.asarray(np.maximum(tail - 0.6 - s.station, 0.35 - s.z)),
        (tail - 0.03, wide + 0.01, 0.5 * (low + high)),
        "z",
        LEAF_RAD,
        across=True,
    )


def _boot_lid(style: Style, line: float) -> Opening:
    low = min(LOAD_LIP_M, style.plate_rear_z_m + 0.11) if style.plate_rear_z_m < LOAD_LIP_M else LOAD_LIP_M
    z = float(curve(style.shape.top)(np.array([line]))[0])
    return Opening(
        (lambda s: line - s.station, lambda s: s.y - 0.62, lambda s: low - s.z),
        lambda s: np.asarray(np.maximum(line - 0.2 - s.station, 0.4 - s.z)),
        (line, 0.0, z - 0.01),
        "y",
        BOOT_LID_RAD,
        across=True,
    )


def _hatch(style: Style, skin: Skin) -> Opening:
    start = style.rear_glass_from_m or style.shape.length_m - 0.8
    pane = np.isin(skin.tag, [MATERIAL_ID[g] for g in GLASS])
    points = skin.triangles[pane].reshape(-1)
    behind = points[(skin.station[points] > start) & (skin.y[points] < 0.3)]
    line = float(skin.station[behind].min()) - 0.055
    wide = min(max(y for y, _ in style.rear_glass) + 0.07, style.shape.half_width_m - 0.08)
    low = min(LOAD_LIP_M, style.plate_rear_z_m - 0.07) if style.plate_rear_z_m > 0.7 else LOAD_LIP_M
    z = float(curve(style.shape.top)(np.array([line]))[0])
    return Opening(
        (lambda s: line - s.station, lambda s: s.y - wide, lambda s: low - s.z),
        lambda s: np.asarray(np.maximum(line - 0.2 - s.station, 0.35 - s.z)),
        (line, 0.0, z - 0.015),
        "y",
        HATCH_RAD,
        across=True,
    )


def _tailgate(style: Style) -> Opening:
    assert style.bed is not None
    _, last, low = style.bed
    line, wide = last + 0.005, style.shape.half_width_m - 0.14
    return Opening(
        (lambda s: line - s.station, lambda s: s.y - wide, lambda s: low - s.z),
        lambda s: np.asarray(np.maximum(line - 0.2 - s.station, 0.4 - s.z)),
        (style.shape.length_m - 0.03, 0.0, low),
        "y",
        TAILGATE_RAD,
        across=True,
    )


def _bonnet(style: Style) -> Opening:
    ahead, astern = 0.33, style.cowl_m - 0.01
    z = float(curve(style.shape.top)(np.array([astern]))[0])
    return Opening(
        (
            lambda s: ahead - s.station,
            lambda s: s.station - astern,
            lambda s: s.y - style.bonnet_y_m - 0.03 * (s.station - 0.8),
            lambda s: 0.2 - s.rise,
        ),
        lambda s: np.asarray(np.maximum(s.station - astern - 0.2, -s.rise)),
        (astern, 0.0, z - 0.02),
        "y",
        BONNET_RAD,
        across=True,
    )


def cut_out(skin: Skin, opening: Opening) -> Skin:
    """The piece of the skin that opens; it is taken away from `skin`."""
    for line in opening.lines:
        where = (opening.near(skin)[skin.triangles] < 0.0).any(axis=1) & (skin.tag != REMOVED)
        cut(skin, line(skin), where)
    inside = skin.tag != REMOVED
    inside &= (opening.near(skin)[skin.triangles] < 0.0).all(axis=1)
    for line in opening.lines:
        inside &= line(skin)[skin.triangles].mean(axis=1) < 0.0
    piece = Skin(
        skin.position,
        skin.normal,
        skin.rise,
        skin.across,
        skin.triangles[inside],
        skin.tag[inside].copy(),
        skin.belt,
    )
    skin.tag[inside] = REMOVED
    return piece


def hung(piece: Skin, opening: Opening, semantic: str, shift_x_m: float) -> tuple[Mesh, Mesh]:
    """The left half of what opens: skin, lining and rim; and the rim of the hole that it leaves."""
    opaque = ~np.isin(piece.tag, [MATERIAL_ID[g] for g in GLASS])
    depth = np.full(len(piece.position), LID_M)
    if not opening.across:
        depth += (WALL_M - LID_M) * np.clip(1.0 - (piece.z - piece.belt(piece.station)) / 0.03, 0.0, 1.0)
    inner = piece.position - depth[:, None] * piece.normal
    inner[np.abs(piece.y) < 1e-9, 1] = 0.0
    lining = Skin(
        inner,
        -piece.normal,
        piece.rise,
        piece.across,
        np.ascontiguousarray(piece.triangles[opaque][:, (0, 2, 1)]),
        np.full(int(opaque.sum()), MATERIAL_ID["interior"], np.int64),
        piece.belt,
    )
    outer = [half_mesh(piece, semantic, shift_x_m), half_mesh(lining, semantic, shift_x_m)]
    rim = _edges(piece.triangles[opaque])
    outer.append(_band(piece.position, inner, rim, "car_paint", semantic, shift_x_m))
    border = _edges(piece.triangles)
    deep = piece.position - (1.2 * depth)[:, None] * piece.normal
    # Only along the cuts: elsewhere the piece ends at a wheel arch, or small triangles meet a large one.
    cuts = np.min([np.abs(line(piece)[border]).max(axis=1) for line in opening.lines], axis=0) < 1e-3
    hole = _band(piece.position, deep, border[cuts][:, ::-1], "car_paint", semantic, shift_x_m)
    return Mesh.join(outer), hole


def _edges(triangles: NDArray[np.int32]) -> NDArray[np.int64]:
    """(E, 2) directed edges that belong to one triangle only."""
    pairs = np.concatenate([triangles[:, (0, 1)], triangles[:, (1, 2)], triangles[:, (2, 0)]]).astype(
        np.int64
    )
    low, high = pairs.min(axis=1), pairs.max(axis=1)
    _, index, count = np.unique(low * (high.max() + 1) + high, return_index=True, return_counts=True)
    lone: NDArray[np.int64] = pairs[index[count == 1]]
    return lone


def _band(
    outer: Floats, inner: Floats, edges: NDArray[np.int64], material: str, semantic: str, shift_x_m: float
) -> Mesh:
    a, b = edges[:, 0], edges[:, 1]
    corners = np.stack([outer[b], outer[a], inner[a], inner[b]], axis=1) + np.array((shift_x_m, 0.0, 0.0))
    long = np.linalg.norm(corners[:, 0] - corners[:, 1], axis=1) > 2e-4
    level = np.abs(corners[..., 1]).max(axis=1) > 1e-6  # not between the two halves
    return quads(corners[long & level], material, semantic)


def pillar(style: Style, k: int, half: float) -> Mesh:
    """The left pillar behind door k from sill to roof, which stands free when its doors are open."""
    at, lean = style.doors[k + 1]
    top_z = float(curve(style.shape.top)(np.array([at]))[0]) - 0.07
    rows = []
    belt = float(curve(style.shape.belt)(np.array([at]))[0])
    y_belt = flank_y(style, at, belt)
    for z in (style.door_sill_m - 0.06, belt - 0.05, top_z):
        y = min(flank_y(style, at, min(z, belt)), y_belt) - 0.055
        if z > belt:
            y = y_belt - 0.06 - 1.15 * style.shape.lean * (z - belt)
        x = half - at - lean * (z - 0.9)
        wide = 0.09 if z < belt else 0.04
        rows.append(
            [
                (x - wide, y - 0.04, z),
                (x + wide, y - 0.04, z),
                (x + wide, y + 0.03, z),
                (x - wide, y + 0.03, z),
            ]
        )
    closed = [[*row, row[0]] for row in rows]
    return sheet(np.array(closed), "interior", "car")


def engine_bay(style: Style, half: float) -> Mesh:
    """What lies under the bonnet: a pit with an engine, a battery and a bottle in it."""
    first, last = 0.36, style.cowl_m - 0.03
    y, top = style.bonnet_y_m - 0.02, float(curve(style.shape.belt)(np.array([0.5 * style.cowl_m]))[0]) - 0.05
    low = top - 0.38
    left = np.array(
        [[(half - s, y, top), (half - s, y, low), (half - s, 0.0, low)] for s in (first, last)], np.float64
    )
    pieces = [both_sides(sheet(left, "underbody", "car"))]
    for s in (first, last):
        wall = [[(half - s, y, top), (half - s, -y, top)], [(half - s, y, low), (half - s, -y, low)]]
        pieces.append(sheet(np.array(wall), "underbody", "car"))
    middle = half - 0.5 * (first + last)
    pieces += [
        box((0.42, 0.62, 0.26), "interior", "car", 0.05, (middle, -0.08, top - 0.20)),
        box((0.24, 0.18, 0.19), "car_trim", "car", 0.01, (middle - 0.16, 0.46, top - 0.22)),
        box((0.16, 0.16, 0.18), "cargo_box", "car", 0.04, (middle - 0.10, -0.54, top - 0.20)),
        box((0.06, 2 * y - 0.06, 0.05), "car_trim", "car", 0.01, (half - first - 0.02, 0.0, top - 0.05)),
    ]
    return Mesh.join(pieces)


def load_space(style: Style, half: float, first: float) -> Mesh:
    """The tub behind the last seats, seen under an open boot."""
    last = style.shape.length_m - style.shape.tail_m - 0.10
    y = style.shape.half_width_m - 0.31
    top = LOAD_LIP_M + 0.02
    low = float(curve(style.shape.bottom)(np.array([first]))[0]) + 0.22
    left = np.array([[(half - s, y + 0.2, top + 0.1), (half - s, y, top), (half - s, y, low), (half - s, 0.0, low)]
                     for s in (first, last)])  # fmt: skip
    wall = np.array(
        [[(half - last, y, top), (half - last, -y, top)], [(half - last, y, low), (half - last, -y, low)]]
    )
    return Mesh.join([both_sides(sheet(left, "interior", "car")), sheet(wall, "interior", "car")])

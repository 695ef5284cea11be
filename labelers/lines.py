"""Lines between lanes in the world and in images, and the ground that vehicles may drive on.  Labels floor.

Both come from the road model; from the picture's truth they take only what stands in front.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import LINE_REACH_M, LINE_SLACK_M, LINE_SLACK_PX
from labelers.geometry import inverse_rigid
from labelers.kernels.pixels import mark_mapped
from labelers.keypoints import placed, rolled
from labelers.pixels import ray_table, world_from_rows
from labelers.records import ImageLine, Line
from renderers.frames import CameraFrame
from renderers.projection import inside_image
from scenarios.taxonomy import SEMANTIC_ID
from sim.roads.lane_lines import lane_lines
from sim.roads.lanes import DRIVABLE
from sim.roads.network import RoadNetwork

DRIVEN = DRIVABLE | {"parking"}
GROUND = tuple(SEMANTIC_ID[name] for name in ("road", "road_marking", "parking", "water", "terrain"))
IS_GROUND = np.isin(np.arange(256), GROUND)  # by taxonomy id
BESIDE_LANES = (*GROUND, SEMANTIC_ID["kerb"], SEMANTIC_ID["sidewalk"])
MAP_PX_PER_M, MAP_REACH_M = 10, 160.0  # of the map in which pixels look up lanes
MAP_SQUARE_M = 32.0  # a map serves all places of a square of that size
BESIDE_M = (-2.0, 6.0)  # stretch of road ahead of the ego's origin where its lines are told apart
HIGHEST_M = 2.0  # of a line's point above or below the ego there


@lru_cache(maxsize=4)
def all_lines(road: RoadNetwork) -> tuple[Line, ...]:
    """The lines of a network, numbered from 1."""
    return tuple(Line(k + 1, line.kind, line.color, line.points_m) for k, line in enumerate(lane_lines(road)))


def lines_near(road: RoadNetwork, world_from_ego: NDArray[np.float64]) -> tuple[Line, ...]:
    """Those of which a point lies within reach of the ego."""
    place = world_from_ego[:2, 3]
    return tuple(
        line for line in all_lines(road) if np.hypot(*(line.points_m[:, :2] - place).T).min() < LINE_REACH_M
    )


def image_lines(
    frame: CameraFrame, lines: Sequence[Line], world_from_ego: NDArray[np.float64]
) -> tuple[ImageLine, ...]:
    """What of the lines lies in the image, within reach, from the first point there to the last."""
    sides = ego_sides(lines, world_from_ego)
    found = []
    for line in lines:
        uv, depth = (
            placed(frame, line.points_m)
            if frame.rows is None
            else rolled(frame, line.points_m, line.points_m)
        )
        near = np.hypot(*(line.points_m[:, :2] - world_from_ego[:2, 3]).T) < LINE_REACH_M
        inside = near & inside_image(frame.model, uv)
        if not inside.any():
            continue
        first, last = np.flatnonzero(inside)[[0, -1]]
        run = slice(int(first), int(last) + 1)
        visible = inside & _unhidden(frame, line.points_m, uv, depth, inside)
        found.append(ImageLine(line.line_id, int(first), uv[run], visible[run], sides.get(line.line_id, 0)))
    return tuple(found)


def _unhidden(
    frame: CameraFrame,
    points_m: NDArray[np.float64],
    uv: NDArray[np.float64],
    depth: NDArray[np.float64],
    inside: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    column, row = np.rint(np.where(inside[:, None], uv, 0.0)).astype(int).T
    height = np.maximum(np.abs(frame.world_from_camera[2, 3] - points_m[:, 2]), 0.3)
    slack = LINE_SLACK_M + LINE_SLACK_PX * depth**2 / (frame.model.matrix[0, 0] * height)
    clear: NDArray[np.bool_] = frame.instance[row, column] == 0
    clear &= np.isin(frame.semantic[row, column], BESIDE_LANES)
    clear &= frame.depth_m[row, column] >= depth - slack
    return clear


def ego_sides(lines: Sequence[Line], world_from_ego: NDArray[np.float64]) -> dict[int, int]:
    """1 to 4 of the two lines next to the ego on either side, by id; kerbs do not count."""
    ego_from_world = inverse_rigid(world_from_ego)
    beside: list[tuple[float, int]] = []
    for line in lines:
        local = line.points_m @ ego_from_world[:3, :3].T + ego_from_world[:3, 3]
        here = (local[:, 0] > BESIDE_M[0]) & (local[:, 0] < BESIDE_M[1]) & (np.abs(local[:, 2]) < HIGHEST_M)
        if line.kind != "curb" and here.any():
            beside.append((float(local[here, 1].mean()), line.line_id))
    left = sorted(entry for entry in beside if entry[0] > 0.0)
    right = sorted((entry for entry in beside if entry[0] <= 0.0), reverse=True)
    sides = dict(zip((number for _, number in left[:2]), (2, 1), strict=False))
    return sides | dict(zip((number for _, number in right[:2]), (3, 4), strict=False))


def drivable(frame: CameraFrame, road: RoadNetwork) -> NDArray[np.bool_]:
    """(H, W) pixels that show ground of lanes for vehicles."""
    found = np.zeros(frame.depth_m.shape, bool)
    corner, plan = lane_map(road, *frame.world_from_camera[:2, 3].tolist())
    mark_mapped(
        ray_table(frame.model),
        frame.depth_m,
        frame.instance,
        frame.semantic,
        IS_GROUND,
        world_from_rows(frame),
        MAP_REACH_M,
        plan,
        corner,
        float(MAP_PX_PER_M),
        found,
    )
    return found


def lane_map(road: RoadNetwork, x_m: float, y_m: float) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Lanes for vehicles within MAP_REACH_M of a place: the map's south-west corner (2,) and 1 where lanes are.

    Rows go north, columns east, 0.1 m each.  All places of a square share a map, which is kept for the next frame.
    """
    square = (math.floor(x_m / MAP_SQUARE_M), math.floor(y_m / MAP_SQUARE_M))
    return MAP_SQUARE_M * np.array(square) - MAP_REACH_M, _lane_map(road, *square)


@lru_cache(maxsize=2)
def _lane_map(road: RoadNetwork, column: int, row: int) -> NDArray[np.uint8]:
    size = int((2 * MAP_REACH_M + MAP_SQUARE_M) * MAP_PX_PER_M)
    corner = MAP_SQUARE_M * np.array((column, row)) - MAP_REACH_M
    plan = np.zeros((size, size), np.uint8)
    fixed = 1 << 4  # sixteenths of a cell: borders lie to a centimetre
    for strip in road.strips():
        if strip.kind not in DRIVEN:
            continue
        edge = (np.concatenate([strip.inner_m[:, :2], strip.outer_m[::-1, :2]]) - corner) * MAP_PX_PER_M - 0.5
        if (edge.max(axis=0) < 0).any() or (edge.min(axis=0) > size).any():
            continue
        cv2.fillPoly(plan, [np.rint(edge * fixed).astype(np.int32)], 1, shift=4)
    return plan

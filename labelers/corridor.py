"""A band of ground ahead of the ego, and whether a reported box stands in it.  Labels floor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.detections import Found
from labelers.overlap import footprint
from labelers.records import Sample
from renderers.optics import pixel_rays

Floats = NDArray[np.float64]
SIGHT_M = np.arange(0.0, 250.0, 2.0)  # distances at which a sight ray is compared with the ground
HALVINGS = 8  # to the centimetre


@dataclass(frozen=True, slots=True)
class Corridor:
    """A band along a line on the ground, N points in driving direction."""

    points_m: Floats  # (N, 3) world
    half_width_m: Floats  # (N,)
    from_index: int = 0  # the sample from which it is the one that counts

    @staticmethod
    def read(entry: Mapping[str, Any]) -> "Corridor":
        """From the plain data that a dataset keeps."""
        return Corridor(
            np.array(entry["points_m"], np.float64).reshape(-1, 3),
            np.array(entry["half_width_m"], np.float64),
            int(entry["from"]),
        )

    def onto(self, places_m: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Station along the line, metres to its left, and height and half width there, of (M, 2 or 3) places."""
        start, way = self.points_m[:-1], np.diff(self.points_m, axis=0)
        length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
        apart = places_m[:, None, :2] - start[None, :, :2]
        share = np.clip((apart * way[:, :2]).sum(2) / length**2, 0.0, 1.0)
        off = apart - share[..., None] * way[:, :2]
        row = np.arange(len(places_m))
        k = np.argmin((off**2).sum(2), axis=1)
        near, part = apart[row, k], share[row, k]
        left = (way[k, 0] * near[:, 1] - way[k, 1] * near[:, 0]) / length[k]
        beyond = (off[row, k] ** 2).sum(1) > left**2 + 1e-6  # past an end: no longer beside the line
        station = np.concatenate(([0.0], np.cumsum(length)))[k] + part * length[k]
        height = start[k, 2] + part * way[k, 2]
        half = self.half_width_m[k] + part * (self.half_width_m[k + 1] - self.half_width_m[k])
        return station, np.where(beyond, np.inf, left), height, half


def feet(sample: Sample, by: str, found: Found, corridor: Corridor | None) -> Floats:
    """(K, 3) places in the world where a reported box meets the ground: its middle and its lower corners.

    An image box is followed down the sight rays of its lower edge to the ground, which is the corridor's where there
    is one and level with the ego elsewhere; a box above the horizon meets none.
    """
    if found.centre_m is not None:
        assert found.size_m is not None
        below = found.centre_m[2] - found.size_m[2] / 2
        corners = footprint(found.centre_m, found.size_m, found.yaw_rad)
        flat = np.concatenate((np.array([found.centre_m[:2]]), corners))
        local = np.column_stack((flat, np.full(len(flat), below)))
        placed: Floats = local @ sample.world_from_ego[:3, :3].T + sample.world_from_ego[:3, 3]
        return placed
    assert found.box_px is not None
    frame = sample.cameras[by]
    x0, _, x1, y1 = found.box_px
    # Half-open boxes end half a pixel after the centre of their last pixel, from which image coordinates count.
    lower = np.array([[(x0 + x1) / 2, y1], [x0, y1], [x1, y1]]) - 0.5
    rays = pixel_rays(frame.model, lower) @ frame.world_from_camera[:3, :3].T
    eye = frame.world_from_camera[:3, 3]
    reached = [_ground(eye, ray, float(sample.world_from_ego[2, 3]), corridor) for ray in rays]
    return np.array([place for place in reached if place is not None]).reshape(-1, 3)


def _ground(eye: Floats, ray: Floats, level_m: float, corridor: Corridor | None) -> Floats | None:
    """Where a sight ray first meets the ground; None where it does not within sight."""
    flat = float(np.hypot(ray[0], ray[1]))
    if corridor is None or flat < 1e-9:
        return eye + ray * ((level_m - eye[2]) / ray[2]) if ray[2] < -1e-9 else None
    ray = ray / flat  # metres along the ground
    away = SIGHT_M

    def above(metres: Floats) -> Floats:
        places = eye + metres[:, None] * ray
        clear: Floats = places[:, 2] - corridor.onto(places)[2]
        return clear

    heights = above(away)
    below = np.flatnonzero(heights <= 0.0)
    if not len(below) or below[0] == 0:
        return None
    low, high = float(away[below[0] - 1]), float(away[below[0]])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if above(np.array([middle]))[0] > 0.0 else (low, middle)
    return eye + high * ray


def stands_within(
    sample: Sample, by: str, found: Found, corridor: Corridor | None, range_m: float | None
) -> bool:
    """Whether a reported box stands in the corridor (None: anywhere) ahead of the ego and within range."""
    if corridor is None and range_m is None:
        return True
    places = feet(sample, by, found, corridor)
    ego = sample.world_from_ego[:3, 3]
    if range_m is not None:
        places = places[np.hypot(places[:, 0] - ego[0], places[:, 1] - ego[1]) <= range_m]
    if corridor is None or not len(places):
        return len(places) > 0
    own = corridor.onto(ego[None])[0][0]
    station, left, _, half = corridor.onto(places)
    return bool(np.any((station > own) & (np.abs(left) <= half)))


def corridor_at(corridors: Sequence[Corridor], index: int) -> Corridor | None:
    """The corridor that counts at a sample."""
    ahead = [corridor for corridor in corridors if corridor.from_index <= index]
    return ahead[-1] if ahead else None

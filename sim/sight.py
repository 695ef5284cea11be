"""How much of an actor a sensor sees: rays through its silhouette against everything solid nearer by.  World floor.

Rays go through the middles of a grid that covers the actor as the sensor sees it.  The share is of those that meet the
actor when it stands there alone: those that also lie in the sensor's field of view and meet nothing before it.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from scenarios.lidars import facts_of
from scenarios.radars import radar_facts
from scenarios.schema import Camera, Radar, ResolvedRig
from sim.solids import Solids
from sim.trace import pose_matrix

Floats = NDArray[np.float64]
LOOK_NS = 50_000_000  # sensors are asked twenty times a second
GRID = 20  # rays along each side of the grid
EYE_AHEAD = 0.1  # of the ego's length, before its middle: where a driver sits
EYE_HEIGHT = 0.82  # of the ego's height
NEAR_M = 0.05
FISHEYE_FIELD_RAD = np.radians(220.0)
WIDEST = 6.0  # tangent of the widest angle from the middle of the grid


class Lens(Protocol):
    """Which directions a sensor looks in."""

    def sees(self, local: Floats, range_m: Floats) -> NDArray[np.bool_]:
        """(R,) of directions (R, 3) in the sensor's frame, x forward, and the way to what is looked at."""


@dataclass(frozen=True, slots=True)
class AllRound:
    """A driver, who turns the head."""

    def sees(self, local: Floats, range_m: Floats) -> NDArray[np.bool_]:
        return np.ones(len(local), np.bool_)


@dataclass(frozen=True, slots=True)
class Beams:
    """A lidar or a radar, by the height of its beams, the width of its field and its reach."""

    low: float  # tangents of elevation
    high: float
    far_m: float
    half_rad: float = np.pi  # of its field, to each side

    def sees(self, local: Floats, range_m: Floats) -> NDArray[np.bool_]:
        rise = local[:, 2] / np.maximum(np.hypot(local[:, 0], local[:, 1]), 1e-9)
        inside: NDArray[np.bool_] = (rise >= self.low) & (rise <= self.high) & (range_m <= self.far_m)
        return inside & (np.abs(np.arctan2(local[:, 1], local[:, 0])) <= self.half_rad)


@dataclass(frozen=True, slots=True)
class Picture:
    """A camera's image: pinhole and Brown-Conrady lens in OpenCV's order (k1 k2 p1 p2 k3)."""

    width: int
    height: int
    focal: float
    centre: tuple[float, float]
    distortion: tuple[float, float, float, float, float]

    @staticmethod
    def of(camera: Camera[float]) -> "Picture":
        if camera.focal_px is not None:
            focal = float(camera.focal_px)
        else:
            assert camera.fov_rad is not None, "checked when the rig was loaded"
            focal = 0.5 * camera.width_px / float(np.tan(0.5 * camera.fov_rad))
        middle = ((camera.width_px - 1) / 2, (camera.height_px - 1) / 2)
        centre = (camera.centre_px[0], camera.centre_px[1]) if camera.centre_px is not None else middle
        return Picture(camera.width_px, camera.height_px, focal, centre, camera.distortion)

    def sees(self, local: Floats, range_m: Floats) -> NDArray[np.bool_]:
        ahead = local[:, 0] > 1e-6
        z = np.where(ahead, local[:, 0], 1.0)
        x, y = -local[:, 1] / z, -local[:, 2] / z
        k1, k2, p1, p2, k3 = self.distortion
        r2 = x * x + y * y
        radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
        growing = 1 + r2 * (3 * k1 + r2 * (5 * k2 + r2 * 7 * k3)) > 0.0  # beyond, the lens would fold back
        u = self.focal * (x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)) + self.centre[0]
        v = self.focal * (y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y) + self.centre[1]
        inside: NDArray[np.bool_] = (
            (u >= -0.5) & (u <= self.width - 0.5) & (v >= -0.5) & (v <= self.height - 0.5)
        )
        return inside & ahead & growing


@dataclass(frozen=True, slots=True)
class RoundPicture:
    """A fisheye's image: Kannala-Brandt in OpenCV's order (k1 k2 k3 k4), black beyond its field."""

    width: int
    height: int
    focal: float
    centre: tuple[float, float]
    bend: tuple[float, float, float, float]
    most_rad: float

    @staticmethod
    def of(camera: Camera[float]) -> "RoundPicture":
        assert camera.fisheye is not None
        if camera.focal_px is not None:
            focal = float(camera.focal_px)
        else:
            assert camera.fov_rad is not None, "checked when the rig was loaded"
            focal = 0.5 * camera.width_px / float(_bent(camera.fisheye, np.asarray(0.5 * camera.fov_rad)))
        middle = ((camera.width_px - 1) / 2, (camera.height_px - 1) / 2)
        centre = (camera.centre_px[0], camera.centre_px[1]) if camera.centre_px is not None else middle
        field = camera.field_rad if camera.field_rad is not None else FISHEYE_FIELD_RAD
        return RoundPicture(camera.width_px, camera.height_px, focal, centre, camera.fisheye, 0.5 * field)

    def sees(self, local: Floats, range_m: Floats) -> NDArray[np.bool_]:
        flat = np.hypot(local[:, 1], local[:, 2])
        angle = np.arctan2(flat, local[:, 0])
        scale = self.focal * _bent(self.bend, angle) / np.maximum(flat, 1e-12)
        u, v = self.centre[0] - local[:, 1] * scale, self.centre[1] - local[:, 2] * scale
        inside: NDArray[np.bool_] = (
            (u >= -0.5) & (u <= self.width - 0.5) & (v >= -0.5) & (v <= self.height - 0.5)
        )
        return inside & (angle <= self.most_rad)


def _bent(bend: tuple[float, float, float, float], angle: Floats) -> Floats:
    """Radius in a fisheye's image over its focal length (Kannala and Brandt 2006)."""
    k1, k2, k3, k4 = bend
    t2 = angle * angle
    bent: Floats = angle * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))
    return bent


@dataclass(frozen=True, slots=True)
class Eye:
    """A sensor on the ego."""

    ego_from_eye: Floats  # (4, 4) x forward, y left, z up
    lens: Lens


def eye_of(view: str, rig: ResolvedRig, ego_size_m: tuple[float, float, float]) -> Eye:
    """`ego`, the eye of its driver, or `ego.<sensor>`."""
    name = view.partition(".")[2]
    if not name:
        place = np.array((EYE_AHEAD * ego_size_m[0], 0.0, EYE_HEIGHT * ego_size_m[2]))
        return Eye(pose_matrix(place, np.zeros(3)), AllRound())
    sensor = rig.sensors[name]
    mount = sensor.mount
    pose = pose_matrix(
        np.array((mount.x_m, mount.y_m, mount.z_m)),
        np.array((mount.yaw_rad, mount.pitch_rad, mount.roll_rad)),
    )
    if isinstance(sensor, Camera):
        return Eye(pose, Picture.of(sensor) if sensor.fisheye is None else RoundPicture.of(sensor))
    if isinstance(sensor, Radar):
        figures = radar_facts(sensor)
        half = float(np.tan(0.5 * figures.beam_height_rad))
        return Eye(pose, Beams(-half, half, figures.far_m, 0.5 * figures.field_rad))
    facts = facts_of(sensor.model)
    low, high = np.tan(np.radians((facts.low_deg, facts.high_deg)))
    return Eye(pose, Beams(float(low), float(high), facts.far_m, float(np.radians(facts.field_deg / 2))))


def seen_share(world_from_eye: Floats, lens: Lens, target: Solids, others: Solids) -> float:
    """Share of the target's silhouette that is seen; boxes are in the world."""
    eye, rotation = world_from_eye[:3, 3], world_from_eye[:3, :3]
    grid = _grid(eye, target)
    if grid is None:
        return 1.0 if len(others) == 0 else 0.0  # the eye is inside the target: nothing can be told apart
    near = meet(eye, grid, target).min(0)
    hit = np.flatnonzero(np.isfinite(near))
    if len(hit) == 0:
        return 0.0
    way, near = grid[hit], near[hit]
    seen = lens.sees(way @ rotation, near)
    if seen.any() and len(others):
        between = _between(eye, way, float(near.max()), others)
        if len(between):
            seen &= meet(eye, way, between).min(0) >= near - NEAR_M
    return float(np.count_nonzero(seen)) / len(hit)


def meet(eye: Floats, way: Floats, boxes: Solids) -> Floats:
    """(K, R) metres along unit rays to where they enter boxes; inf where they do not.  Twin: naive_boxes.meet."""
    turned = boxes.rotation.transpose(0, 2, 1)
    o = (turned @ (eye - boxes.centre_m)[:, :, None])[:, :, 0]
    d = turned @ way.T  # (K, 3, R)
    enter: Floats = np.full((len(boxes), len(way)), -np.inf)
    leave: Floats = np.full((len(boxes), len(way)), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in range(
            3
        ):  # the slabs one by one: a reduction over an axis of three costs more than all the rest
            inverse = 1.0 / d[:, axis]
            # Infinite where a ray runs along the slab; a middle and a half width would lose such a ray.
            one = (-boxes.half_m[:, axis] - o[:, axis])[:, None] * inverse
            other = (boxes.half_m[:, axis] - o[:, axis])[:, None] * inverse
            enter = np.maximum(enter, np.minimum(one, other))
            leave = np.minimum(leave, np.maximum(one, other))
    met: Floats = np.where((enter <= leave) & (leave > 0.0), np.maximum(enter, 0.0), np.inf)
    return met


def _corners(boxes: Solids) -> Floats:
    """(K, 8, 3)."""
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
    corners: Floats = boxes.centre_m[:, None] + np.einsum(
        "kij,kcj->kci", boxes.rotation, signs * boxes.half_m[:, None]
    )
    return corners


def _frame(way: Floats) -> Floats:
    """(3, 3) rows forward, left, up of a view along a direction."""
    forward = way / np.linalg.norm(way)
    left = np.cross((0.0, 0.0, 1.0), forward)
    size = np.linalg.norm(left)
    left = left / size if size > 1e-9 else np.array((0.0, 1.0, 0.0))
    frame: Floats = np.stack((forward, left, np.cross(forward, left)))
    return frame


def _grid(eye: Floats, target: Solids) -> Floats | None:
    """(R, 3) unit rays through the middles of a grid over the target; None when the eye touches it."""
    corners = _corners(target).reshape(-1, 3) - eye
    frame = _frame(corners.mean(0)) if np.linalg.norm(corners.mean(0)) > NEAR_M else None
    if frame is None:
        return None
    local = corners @ frame.T
    ahead = local[:, 0] > NEAR_M
    if not ahead.any():
        return None
    flat = local[ahead, 1:] / local[ahead, :1]
    low, high = np.maximum(flat.min(0), -WIDEST), np.minimum(flat.max(0), WIDEST)
    if not ahead.all():  # so near that part of it lies beside the eye
        low, high = np.full(2, -WIDEST), np.full(2, WIDEST)
    steps = (np.arange(GRID) + 0.5) / GRID
    y, z = np.meshgrid(low[0] + steps * (high[0] - low[0]), low[1] + steps * (high[1] - low[1]))
    rays = np.stack((np.ones(y.size), y.ravel(), z.ravel()), 1) @ frame
    unit: Floats = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    return unit


def _between(eye: Floats, way: Floats, far_m: float, others: Solids) -> Solids:
    """Of some boxes those that can stand before the target: near the bundle of rays, and not beyond it."""
    axis = way.mean(0)
    axis /= np.linalg.norm(axis)
    spread = float(np.arccos(np.clip((way @ axis).min(), -1.0, 1.0)))
    reach = np.linalg.norm(others.half_m, axis=1)
    apart = others.centre_m - eye
    away = np.linalg.norm(apart, axis=1)
    wide = np.arcsin(np.clip(reach / np.maximum(away, 1e-9), 0.0, 1.0))
    turned = np.arccos(np.clip(apart @ axis / np.maximum(away, 1e-9), -1.0, 1.0))
    close = (away < reach) | ((turned <= spread + wide) & (away - reach <= far_m))
    return others.some(close)

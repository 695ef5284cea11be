"""The pane of glass before a camera: where its points are seen, and how far out of focus.  Renderers floor.

A windscreen leans back, a cover stands square before the lens, and before a fisheye it is a dome.  Places on it are
counted in metres to the right (a) and up the glass (b) from the point on the camera's axis.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.imager import PRESETS, Sensor
from renderers.optics import pixel_rays, project
from scenarios.schema import Camera

Array = NDArray[np.float64]

LEAN_RAD = np.radians(30.0)  # of a windscreen, from the horizontal: 27 to 35 degrees in cars
STEEPEST_COSINE = (
    0.3  # of the sight's angle to the glass's normal; flatter looks have no windscreen before them
)
WINDSCREEN_M, COVER_M = 0.08, 0.012  # before the lens
LOOKS_AHEAD_RAD = np.radians(40.0)
FARTHEST = 6.0  # distances of the glass: beyond, a windscreen ends in the scuttle
MARGIN_M = 4e-3  # around what is seen, so that drops hang in from outside
STEP_M = 1e-4  # for derivatives


@dataclass(frozen=True, slots=True)
class Pane:
    """A pane in the camera's frame."""

    kind: str  # windscreen, cover or dome
    distance_m: float
    axes: Array  # (3, 3) rows: right and up along the glass, outward normal
    low_m: Array  # (2,) of a and b that the camera sees
    high_m: Array  # (2,)
    pupil_m: float  # diameter of the lens's entrance pupil
    focus_m: float  # inf: far away
    aside: float = float("inf")  # widest x over z of the camera's rays

    @staticmethod
    def of(camera: Camera[float], model: CameraModel, ego_from_camera: Array) -> "Pane":
        """The pane that a rig's words put before a camera."""
        words = camera.window
        ahead = camera.fisheye is None and abs(camera.mount.yaw_rad) < LOOKS_AHEAD_RAD
        kind: str = words.mount or ("windscreen" if ahead else "cover")
        axes = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]])
        if kind == "windscreen":
            cosine, sine = np.cos(LEAN_RAD), np.sin(LEAN_RAD)
            in_ego = np.array([[0.0, -1.0, 0.0], [-cosine, 0.0, sine], [sine, 0.0, cosine]])
            leaning = in_ego @ ego_from_camera[:3, :3]
            if leaning[2, 2] > STEEPEST_COSINE:
                axes = leaning
            else:
                kind = "cover"
        if kind == "cover" and model.fisheye:
            kind = "dome"
        distance = float(words.distance_m or (WINDSCREEN_M if kind == "windscreen" else COVER_M))
        pixel = (
            PRESETS["automotive"].pixel_m
            if camera.imager is None
            else Sensor.of(camera.imager).preset.pixel_m
        )
        pupil = float(model.matrix[0, 0]) * pixel / camera.f_number
        focus = float("inf") if camera.focus_m is None else float(camera.focus_m)
        bare = Pane(kind, distance, axes, np.zeros(2), np.zeros(2), pupil, focus)
        rays = pixel_rays(model, _border(model))
        aside = float("inf") if model.fisheye else float(np.abs(rays[:, 0]).max())
        rim = bare.behind(rays)
        rim = rim[np.isfinite(rim).all(axis=1)]
        margin = MARGIN_M + 0.5 * pupil
        return Pane(
            kind, distance, axes, rim.min(axis=0) - margin, rim.max(axis=0) + margin, pupil, focus, aside
        )

    @property
    def area_m2(self) -> float:
        """Of the rectangle that holds all that is seen."""
        wide, tall = self.high_m - self.low_m
        return float(wide * tall)

    def behind(self, rays: Array) -> Array:
        """(..., 2) where rays (..., 3) from the lens pass the glass; NaN where they do not."""
        if self.kind == "dome":
            flat = np.hypot(rays[..., 0], rays[..., 1])
            arc = np.arctan2(flat, rays[..., 2]) * self.distance_m / np.maximum(flat, 1e-12)
            return np.stack([arc * rays[..., 0], -arc * rays[..., 1]], axis=-1)
        normal = self.axes[2]
        towards = rays @ normal
        reach = self.distance_m * normal[2] / np.where(towards > 1e-6, towards, np.nan)
        reach = np.where(reach * np.linalg.norm(rays, axis=-1) < FARTHEST * self.distance_m, reach, np.nan)
        place = rays * reach[..., None] - [0.0, 0.0, self.distance_m]
        return np.asarray(place @ self.axes[:2].T)

    def point_m(self, place_m: Array) -> Array:
        """(..., 3) camera frame of places (..., 2)."""
        if self.kind == "dome":
            arc = np.hypot(place_m[..., 0], place_m[..., 1])
            angle = arc / self.distance_m
            aside = np.sin(angle) / np.maximum(arc, 1e-12)
            way = np.stack([aside * place_m[..., 0], -aside * place_m[..., 1], np.cos(angle)], axis=-1)
            return np.asarray(way * self.distance_m)
        return np.asarray(place_m @ self.axes[:2] + [0.0, 0.0, self.distance_m])

    def in_sight(self, place_m: Array) -> NDArray[np.bool_]:
        """(N,) whether places are seen or close to what is: a leaning pane is seen wider where it is farther."""
        if not np.isfinite(self.aside):
            return np.ones(len(place_m), np.bool_)
        point = self.point_m(place_m)
        return np.asarray(np.abs(point[:, 0]) < self.aside * point[:, 2] + MARGIN_M + 0.5 * self.pupil_m)

    def frame_at(self, place_m: Array) -> tuple[Array, Array, Array]:
        """(..., 3) each: right and up along the glass and its outward normal at places, in the camera frame."""
        if self.kind != "dome":
            shape = (*place_m.shape[:-1], 3)
            right, up, normal = (np.broadcast_to(axis, shape) for axis in self.axes)
            return right, up, normal
        out = self.point_m(place_m) / self.distance_m
        right = np.stack([out[..., 2], np.zeros_like(out[..., 0]), -out[..., 0]], axis=-1)
        right /= np.maximum(np.linalg.norm(right, axis=-1, keepdims=True), 1e-9)
        return right, np.cross(out, right), out

    def seen_at(self, model: CameraModel, place_m: Array) -> tuple[Array, Array]:
        """(N, 2) pixels of places on the glass and (N, 2, 2) how they move over a metre of it; NaN where not seen."""
        ways = [np.zeros(2), np.array([STEP_M, 0.0]), np.array([0.0, STEP_M])]
        pixel, right, up = (project(model, self.point_m(place_m + way)) for way in ways)
        return pixel, np.stack([right - pixel, up - pixel], axis=-1) / STEP_M

    def confusion_px(self, model: CameraModel, away_m: Array) -> Array:
        """Diameter of the disc that a point at a distance becomes, in pixels."""
        return np.asarray(
            float(model.matrix[0, 0]) * self.pupil_m * np.abs(1.0 / away_m - 1.0 / self.focus_m)
        )


def _border(model: CameraModel) -> Array:
    """(N, 2) points along the rim of a picture, and within it for a fisheye whose field ends before the corners."""
    u, v = np.meshgrid(np.linspace(0, model.width_px - 1, 17), np.linspace(0, model.height_px - 1, 13))
    return np.stack([u, v], axis=-1).reshape(-1, 2)

"""One asset on an empty road, photographed from all sides: for contact sheets and tests.  Renderers floor.

The picture is that of the camera of any scenario; the infrared picture shows what a laser has to go by, the share of
its light that a surface sends straight back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from renderers.camera import render
from renderers.loft import panel
from renderers.materials import BELOW_DIRT, MATERIALS
from renderers.mesh import THICKNESSES, Asset, LampSpec, Mesh, Part
from renderers.optics import camera_model, pixel_rays
from renderers.scene import Geometry, Scene
from renderers.stage import Stage, StaticSet
from renderers.tracer import Hits, prepare
from scenarios import load_text, resolve
from scenarios.schema import Camera, Mount
from sim.simulate import simulate
from sim.trace import Actor, Gait, WorldTrace

Image = NDArray[np.uint8]
Floats = NDArray[np.float64]

FOV_DEG = 24.0  # of a short telephoto lens: proportions look as they do from across a street
MARGIN = 1.06  # room around the subject
GROUND_M = 400.0
TICK_NS = 10_000_000
LAYERS = 6  # sheets of glass and leaves that a beam is followed through
SCENARIO = """\
scenario: studio
world:
  clock: {{sun: {{elevation: 38 deg, azimuth: 165 deg}}}}
  weather: [{weather}]
  surface: {surface}
  road: {{preset: country_road, length: 100 m, surroundings: bare}}
actors:
  ego: {{model: car.sedan, start: {{lane: right, s: 20 m}}}}
capture: {{duration: 0.1 s, rate: 10 Hz}}
"""


@dataclass(frozen=True, slots=True)
class Day:
    """A weather and a surface, as scenarios write them."""

    weather: str = "{clouds: 2 okta, air: 15 degC}"  # an entry of `world.weather`
    surface: str = "{}"  # `world.surface`


CLEAR = Day()


@dataclass(frozen=True, slots=True)
class View:
    """Where the photographer stands, seen from the subject."""

    azimuth_deg: float  # 0: before its front, 90: on its left
    elevation_deg: float = 8.0


VIEWS: tuple[View, ...] = (View(-35.0), View(-90.0, 3.0), View(215.0, 12.0), View(0.0, 3.0))


@dataclass(frozen=True, slots=True)
class Posture:
    """How the subject stands or moves."""

    gait: Gait = Gait.NONE
    phase: float = 0.0
    speed_mps: float = 0.0
    steer_rad: float = 0.0
    lamps: int = 0


@dataclass(frozen=True, slots=True)
class Studio:
    """A subject and the stage it stands on; tick k of its trace belongs to view k."""

    stage: Stage
    camera: tuple[Camera[float], ...]

    @staticmethod
    def of(
        asset: Asset,
        views: Sequence[View] = VIEWS,
        posture: Posture = Posture(),
        day: Day = CLEAR,
        size_px: tuple[int, int] = (320, 240),
        ground: str = "asphalt",
        head_only: bool = False,
    ) -> "Studio":
        """The asset at the origin, its x axis forward; `head_only` leaves a thin post below it out of the frame."""
        sample = empty_road(day)
        corners = _corners(asset, head_only)
        tan = np.tan(np.radians(FOV_DEG / 2))
        eyes, cameras = [], []
        for view in views:
            azimuth, elevation = np.radians((view.azimuth_deg, view.elevation_deg))
            away = np.array(
                (np.cos(azimuth) * np.cos(elevation), np.sin(azimuth) * np.cos(elevation), np.sin(elevation))
            )
            middle = 0.5 * (corners.min(axis=0) + corners.max(axis=0))
            right = np.array((-np.sin(azimuth), np.cos(azimuth), 0.0))
            up = np.cross(away, right)
            relative = corners - middle
            wide, high = np.abs(relative @ right), np.abs(relative @ up)
            far = float(
                (np.maximum(wide / tan, high / tan * size_px[0] / size_px[1]) + relative @ away).max()
            )
            eye = middle + away * MARGIN * far
            eye[2] = max(float(eye[2]), 0.3)
            look = middle - eye
            eyes.append(np.array((eye[0], eye[1], np.arctan2(look[1], look[0]))))
            mount = Mount[float].model_construct(
                x_m=0.0, y_m=0.0, z_m=float(eye[2]), yaw_rad=0.0, roll_rad=0.0,
                pitch_rad=float(-np.arctan2(look[2], np.hypot(look[0], look[1]))),
            )  # fmt: skip
            cameras.append(
                Camera[float].model_construct(
                    mount=mount,
                    width_px=size_px[0],
                    height_px=size_px[1],
                    fov_rad=float(np.radians(FOV_DEG)),
                    focal_px=None,
                    centre_px=None,
                    distortion=(0.0,) * 5,
                )
            )
        nobody = Asset(asset.model, (1.0, 1.0, 1.0), (Part("body", _floor(0.01, "asphalt")),))
        still = StaticSet(_floor(GROUND_M, ground), np.zeros(2, np.int32), (), np.zeros(3))
        return Studio(
            Stage(_trace(sample, asset, np.array(eyes), posture), still, [nobody, asset]), tuple(cameras)
        )

    def photograph(self, view: int, threads: int = 1) -> Image:
        """(H, W, 3) sRGB: what a camera sees there."""
        return render(self.stage, "studio", self.camera[view], view * TICK_NS, threads).image

    def infrared(self, view: int, wavelength_nm: int = 905, threads: int = 1) -> NDArray[np.float32]:
        """(H, W) share of a laser's light that comes straight back, as if from a white wall; retro-reflectors exceed 1.

        What lies behind glass and between leaves is dimmed twice, on the way there and on the way back.
        """
        scene = self.stage.scene(view * TICK_NS)
        camera = self.camera[view]
        model = camera_model(camera)
        pose = self.stage.instant(view * TICK_NS).world_from_actor(0)
        turn = _turn(camera.mount.pitch_rad)
        rays = pixel_rays(
            model,
            np.stack(np.meshgrid(np.arange(model.width_px), np.arange(model.height_px)), -1).reshape(-1, 2),
        )
        direction = rays @ (pose[:3, :3] @ turn).T
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        origin = pose[:3, 3] + (0.0, 0.0, camera.mount.z_m)
        back = _sent_back(scene, origin, direction, wavelength_nm, threads)
        return back.reshape(model.height_px, model.width_px)


def of_mesh(mesh: Mesh, name: str, lamps: tuple[LampSpec, ...] = ()) -> Asset:
    """Scenery as an asset that stands still."""
    low, high = mesh.vertices_m.min(axis=0), mesh.vertices_m.max(axis=0)
    size = (float(high[0] - low[0]), float(high[1] - low[1]), float(high[2]))
    return Asset(name, size, (Part("body", mesh),), lamps)


def _corners(asset: Asset, head_only: bool) -> Floats:
    """The corners of what is really there, in the asset's frame."""
    placed = np.zeros((len(asset.parts), 3))
    points = []
    for row, part in enumerate(asset.parts):
        placed[row] = np.asarray(part.pivot_m) + (placed[part.parent] if part.parent >= 0 else 0.0)
        points.append(part.mesh.vertices_m + placed[row])
    every = np.concatenate(points)
    low, high = every.min(axis=0), every.max(axis=0)
    low[2] = max(float(low[2]), 0.0)
    if head_only:
        aside = np.abs(every[:, :2] - 0.5 * (low + high)[:2]).max(axis=1)
        head_m = float(every[aside > 0.4 * aside.max(), 2].min())
        low[2] = max(head_m - 0.3 * (float(high[2]) - head_m), float(low[2]))  # with the tips of diamonds
    return (
        np.stack(np.meshgrid(*zip(low, high, strict=True), indexing="ij"), -1)
        .reshape(-1, 3)
        .astype(np.float64)
    )


def _floor(half_m: float, material: str) -> Mesh:
    h = half_m
    return panel([(-h, -h, 0.0), (h, -h, 0.0), (h, h, 0.0), (-h, h, 0.0)], material, "road")


@lru_cache(maxsize=4)
def empty_road(day: Day = CLEAR) -> WorldTrace:
    """A trace of a road without anything beside it."""
    text = SCENARIO.format(weather=day.weather, surface=day.surface)
    return simulate(resolve(load_text(text, "studio.scenario.yaml"), 0, 0))


def _trace(sample: WorldTrace, asset: Asset, eyes: Floats, posture: Posture) -> WorldTrace:
    """The photographer walks from view to view, a tick each; nobody sees him, and he throws no shadow."""
    ticks = len(eyes) + 1
    rows = np.minimum(np.arange(ticks), len(eyes) - 1)
    where = np.zeros((ticks, 2, 3))
    where[:, 0, :2] = eyes[rows, :2]
    turn = np.zeros((ticks, 2, 3))
    turn[:, 0, 0] = eyes[rows, 2]
    still, subject = np.zeros((ticks, 2)), np.tile((0.0, 1.0), (ticks, 1))
    present = np.tile(np.array((False, True)), (ticks, 1))
    photographer = replace(sample.actors[0], is_ego=True)
    thing = Actor(2, "subject", asset.model, "car", asset.size_m, 0)
    return replace(
        sample,
        actors=(photographer, thing),
        events=(),
        time_ns=np.arange(ticks, dtype=np.int64) * TICK_NS,
        position_m=where,
        rotation_rad=turn,
        velocity_mps=np.zeros((ticks, 2, 3)),
        yaw_rate_radps=still,
        speed_mps=subject * posture.speed_mps,
        acceleration_mps2=still,
        steer_rad=subject * posture.steer_rad,
        wheel_rad=still,
        gait=(subject * posture.gait).astype(np.uint8),
        gait_phase=subject * posture.phase,
        lamps=(subject * posture.lamps).astype(np.uint16),
        present=present,
        ways=None,
    )


def _turn(pitch_rad: float) -> Floats:
    """body_from_camera of a camera that looks down by an angle: columns right, down, ahead in (forward, left, up)."""
    c, s = np.cos(pitch_rad), np.sin(pitch_rad)
    return np.array(((0.0, -s, c), (-1.0, 0.0, 0.0), (0.0, -c, -s)))


def _under_dirt(geometry: Geometry, row: NDArray[np.int32], hits: Hits) -> NDArray[np.int64]:
    """(R,) rows of materials where triangles `row` were met, by how thick dirt lies there; without its spots."""
    material = geometry.material[row].astype(np.int64)
    share = np.stack([1 - hits.u - hits.v, hits.u, hits.v], axis=1)
    level = np.round((geometry.dirt[row] * share).sum(axis=1) / THICKNESSES).astype(np.int64)
    dirty = (BELOW_DIRT[material] >= 0) & geometry.dirt[row].any(axis=1)
    return np.where(dirty, np.where(level > 0, material + level - 1, BELOW_DIRT[material]), material)


def _sent_back(
    scene: Scene, origin: Floats, direction: Floats, wavelength_nm: int, threads: int
) -> NDArray[np.float32]:
    geometry = scene.geometry
    rho = np.array([m.rho_905 if wavelength_nm < 1200 else m.rho_1550 for m in MATERIALS])
    through = np.array([m.transmission for m in MATERIALS])
    retro = np.array([m.retro for m in MATERIALS])
    prepared = prepare(scene, origin)
    total, left = np.zeros(len(direction)), np.ones(len(direction))
    near = np.zeros(len(direction), np.float32)
    for _ in range(LAYERS):
        hits = prepared.trace(direction.astype(np.float32), None, near, np.inf, threads=threads)
        met = (hits.triangle >= 0) & (left > 0.0)
        row = np.where(met, hits.triangle, 0)
        material = _under_dirt(geometry, row, hits)
        corner = geometry.normal[row].reshape(-1, 3, 3)
        u, v = hits.u[:, None], hits.v[:, None]
        normal = (1 - u - v) * corner[:, 0] + u * corner[:, 1] + v * corner[:, 2]
        turned = np.einsum("rij,rj->ri", scene.world_from_part[np.maximum(hits.placement, 0), :, :3], normal)
        turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
        cosine = np.abs(np.einsum("ri,ri->r", turned, direction))
        total += np.where(met, left * (rho[material] * cosine + retro[material] * cosine**2), 0.0)
        left = np.where(met, left * through[material] ** 2, 0.0)
        if not (left > 1e-3).any():
            break
        near = np.where(met, hits.range_m + 1e-3, near).astype(np.float32)
    return total.astype(np.float32)

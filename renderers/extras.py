"""Truth and signals that a scenario may ask for beside a picture: normals, albedo, flow.  Renderers floor.

All of it comes from the picture's own rays, so it fits the other truth pixel for pixel and no weather touches it.
"""

# mypy: allow-untyped-calls
# Kernels carry no annotations: numba infers their types from the arrays given here.

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renderers.frame_light import Light
from renderers.frames import CameraModel
from renderers.kernels import motion
from renderers.kernels.motion import N_COLUMNS
from renderers.kernels.surface import G_COLUMNS, G_PIXEL_RAD, G_X, G_Y, S_B, S_R, by_ray
from renderers.optics import fold_radius2
from renderers.passes import TILES_PER_SLICE, Bundle, resolved
from renderers.scene import Scene
from renderers.stage import Stage
from sim.slices import in_slices

_AT_ORIGIN = np.zeros((0, 3), np.float32)
STILL = 1e-9  # of a motion's numbers, which are turns and metres
LONGEST_PX = 96.0  # longer smears are cut: what moves so fast has no shape left

Floats = NDArray[np.float32]
Poses = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RowWorlds:
    """The bands of a picture with a rolling shutter."""

    time_ns: NDArray[np.int64]  # (B,)
    world_from_part: NDArray[np.float64]  # (B, P, 3, 4)
    starts: Floats  # (N, 3) of the rays, from the picture's origin


def lens_numbers(model: CameraModel) -> NDArray[np.float64]:
    """(N_COLUMNS,) a camera model as kernels take it."""
    K = model.matrix
    numbers = np.zeros(N_COLUMNS)
    numbers[:5] = K[0, 0], K[1, 1], K[0, 2], K[1, 2], K[0, 1]
    numbers[5 : 5 + len(model.distortion)] = model.distortion
    numbers[motion.N_FISHEYE] = float(model.fisheye)
    numbers[motion.N_MOST] = 0.5 * model.field_rad if model.fisheye else fold_radius2(model.distortion)
    return numbers


def flow_towards(
    stage: Stage,
    scene: Scene,
    bundle: Bundle,
    model: CameraModel,
    tiles_across: int,
    world_from_camera: Poses,
    ego_from_camera: Poses,
    time_ns: int,
    threads: int,
    rows: RowWorlds | None = None,
) -> Floats:
    """(H, W, 2) pixels, right and down, that what is seen moves until the picture of another time; NaN where it leaves.

    What is not there at that time has no flow either; who only hides behind something keeps it.  With a rolling shutter
    points go to where the other picture would have them in the row that they leave from.
    """
    origin = world_from_camera[:3, 3]
    starts, now, poses, times_ns = _two_times(stage, scene, time_ns, rows)
    ego = next(k for k, actor in enumerate(stage.trace.actors) if actor.is_ego)
    cameras = [stage.instant(t).world_from_actor(ego) @ ego_from_camera for t in times_ns]
    moved = np.stack(
        [then_from_now(a, b, origin, camera) for a, b, camera in zip(now, poses, cameras, strict=True)]
    )
    moved[:, _absent(stage, scene, time_ns)] = np.nan
    sky = np.stack([camera[:3, :3].T.reshape(9) for camera in cameras])
    flow = np.empty((model.height_px, model.width_px, 2), np.float32)
    lens, hits = lens_numbers(model), bundle.hits
    tiles_a_band = len(bundle.direction) // 64 if rows is None else tiles_across

    def work(start: int, stop: int) -> None:
        motion.flows(
            start,
            stop,
            tiles_across,
            tiles_a_band,
            bundle.direction,
            starts,
            hits.range_m,
            hits.placement,
            lens,
            moved,
            sky,
            flow,
        )

    in_slices(work, len(bundle.direction) // 64, threads, TILES_PER_SLICE)
    return flow


def flow_in_space(
    stage: Stage,
    scene: Scene,
    bundle: Bundle,
    model: CameraModel,
    tiles_across: int,
    world_from_camera: Poses,
    time_ns: int,
    rows: RowWorlds | None = None,
) -> Floats:
    """(H, W, 3) metres in world axes that the surface of each pixel moves until another time; NaN for the sky.

    Every part moves as it does (wheels, limbs, swaying trees); what is not there at that time is NaN.
    """
    origin = world_from_camera[:3, 3]
    starts, now, poses, _ = _two_times(stage, scene, time_ns, rows)
    here = np.eye(4)
    here[:3, 3] = origin
    moved = np.stack([then_from_now(a, b, origin, here) for a, b in zip(now, poses, strict=True)])
    moved[:, _absent(stage, scene, time_ns)] = np.nan
    still = np.abs(moved - np.append(np.eye(3).ravel(), np.zeros(3))).max(axis=2) < STILL
    hits = bundle.hits
    tiles_a_band = len(bundle.direction) // 64 if rows is None else tiles_across
    band = np.arange(len(bundle.direction)) // 64 // tiles_a_band
    flow = np.zeros((len(bundle.direction), 3), np.float32)
    flow[hits.placement < 0] = np.nan
    # Most of a picture stands still; the little that moves needs no kernel.
    goes = np.flatnonzero((hits.placement >= 0) & ~still[band, hits.placement])
    points = bundle.direction[goes].astype(np.float64) * hits.range_m[goes, None]
    points += starts[goes] if len(starts) else 0.0
    move = moved[band[goes], hits.placement[goes]]
    flow[goes] = np.einsum("nij,nj->ni", move[:, :9].reshape(-1, 3, 3), points) + move[:, 9:] - points
    return untiled(flow, model, tiles_across)


def _two_times(
    stage: Stage, scene: Scene, time_ns: int, rows: RowWorlds | None
) -> tuple[Floats, Poses, Poses, list[int]]:
    """Starts of rays, (B, P, 3, 4) world_from_part of a picture and at another time, and that time of every band."""
    if rows is None:
        now, then = scene.world_from_part[None], stage.poses(stage.instant(time_ns))[None]
        return _AT_ORIGIN, now, then, [time_ns]
    later = [int(t) + time_ns - scene.time_ns for t in rows.time_ns]
    return rows.starts, rows.world_from_part, stage.poses_between(later), later


def _absent(stage: Stage, scene: Scene, time_ns: int) -> NDArray[np.bool_]:
    """(P,) placements of actors who are not there at a time."""
    gone: NDArray[np.bool_] = ~np.concatenate([[True], stage.instant(time_ns).present])[scene.actor + 1]
    return gone


def then_from_now(
    now: NDArray[np.float64],  # (P, 3, 4) world_from_part
    then: NDArray[np.float64],  # (P, 3, 4)
    origin_m: NDArray[np.float64],  # (3,) that points now are counted from, in world axes
    world_from_then: NDArray[np.float64],  # (4, 4) of the camera at the other time
) -> NDArray[np.float64]:
    """(P, 12) rotation row by row and shift that bring points of each placement into the camera of another time."""
    back = np.transpose(now[:, :, :3], (0, 2, 1))
    turn = then[:, :, :3] @ back
    # Both shifts are taken from the origin first: coordinates of a map may be millions of metres.
    shift = (then[:, :, 3] - origin_m) - np.einsum("pij,pj->pi", turn, now[:, :, 3] - origin_m)
    camera = world_from_then[:3, :3].T
    rows = np.concatenate(
        [(camera @ turn).reshape(-1, 9), (shift + origin_m - world_from_then[:3, 3]) @ camera.T], 1
    )
    return np.ascontiguousarray(rows)


def normals(
    scene: Scene,
    bundle: Bundle,
    rays: Floats,
    model: CameraModel,
    tiles_across: int,
    world_from_camera: Poses,
    threads: int,
) -> Floats:
    """(H, W, 3) unit normals in the camera frame, towards the camera; 0 for the sky."""
    out = np.empty((model.height_px, model.width_px, 3), np.float32)
    turn = world_from_camera[:3, :3].T @ scene.world_from_part[:, :, :3]
    turn32 = np.ascontiguousarray(turn.reshape(-1, 9), np.float32)
    hits = bundle.hits

    def work(start: int, stop: int) -> None:
        motion.normals(
            start,
            stop,
            tiles_across,
            rays,
            hits.placement,
            hits.triangle,
            hits.u,
            hits.v,
            scene.geometry.normal,
            turn32,
            out,
        )

    in_slices(work, len(rays) // 64, threads, TILES_PER_SLICE)
    return out


def albedo(
    scene: Scene, light: Light, bundle: Bundle, model: CameraModel, tiles_across: int, threads: int
) -> Floats:
    """(H, W, 3) linear RGB reflectance of what is seen, dry and free of snow; 0 for the sky."""
    dry = np.zeros(G_COLUMNS, np.float32)
    kept = [G_PIXEL_RAD, G_X, G_Y]
    dry[kept] = light.ground[kept]
    surface = by_ray(resolved(scene, replace(light, ground=dry), bundle, threads))
    color = np.where(bundle.hits.triangle[:, None] >= 0, surface[:, S_R : S_B + 1], np.float32(0.0))
    return untiled(color, model, tiles_across)


def untiled(values: Floats, model: CameraModel, tiles_across: int) -> Floats:
    """(H, W, C) image of values (N, C) in tiles of 8 x 8."""
    down = len(values) // 64 // tiles_across
    image = values.reshape(down, tiles_across, 8, 8, -1).transpose(0, 2, 1, 3, 4)
    image = image.reshape(down * 8, tiles_across * 8, -1)
    return np.ascontiguousarray(image[: model.height_px, : model.width_px])


def smeared(image: Floats, flow: Floats, depth_m: Floats, threads: int) -> Floats:
    """The image as an exposure sees it whose points move by `flow` pixels meanwhile, centred on the frame's time."""
    moved = np.nan_to_num(flow, nan=0.0)
    speed = np.hypot(moved[..., 0], moved[..., 1])
    fastest = float(speed.max())
    if fastest < 1.0:
        return image
    moved *= np.minimum(1.0, LONGEST_PX / np.maximum(speed, 1e-6))[..., None]
    cell = int(np.ceil(0.5 * min(fastest, LONGEST_PX))) + 1
    out = np.empty_like(image)
    most = _fastest(moved, cell)
    in_slices(
        lambda a, b: motion.smear(a, b, image, moved, depth_m, most, cell, out), len(image), threads, 32
    )
    return out


def _fastest(flow: Floats, cell: int) -> Floats:
    """(h, w, 2) the fastest motion in each cell of so many pixels and the eight around it."""
    height, width = flow.shape[:2]
    rows, columns = -(-height // cell), -(-width // cell)
    padded = np.zeros((rows * cell, columns * cell, 2), np.float32)
    padded[:height, :width] = flow
    cells = (
        padded.reshape(rows, cell, columns, cell, 2).transpose(0, 2, 1, 3, 4).reshape(rows, columns, -1, 2)
    )
    best = np.take_along_axis(cells, (cells**2).sum(-1).argmax(-1)[..., None, None], 2)[:, :, 0]
    wide = np.pad(best, ((1, 1), (1, 1), (0, 0)))
    around = np.stack([wide[i : i + rows, j : j + columns] for i in range(3) for j in range(3)], 2)
    chosen = np.take_along_axis(around, (around**2).sum(-1).argmax(-1)[..., None, None], 2)[:, :, 0]
    return np.ascontiguousarray(chosen)

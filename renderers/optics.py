"""Where a pixel looks and where a point lands: mounts, pinholes, Brown-Conrady, fisheyes.  Renderers floor.

A camera frame is x right, y down, z forward; pixel centres lie at integer coordinates, so an image W pixels
wide spans -0.5 .. W - 0.5 and its middle is (W - 1) / 2.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renderers.frames import CameraModel
from renderers.kernels.beams import turned
from scenarios.errors import StormlaneError
from scenarios.lenses import WIDEST_DEG, fisheye_turns, pinhole_turns
from scenarios.schema import Camera, Mount
from sim.slices import in_slices
from sim.trace import pose_matrix

# Columns: the camera's x, y, z axes in a frame with x forward, y left, z up.
FORWARD_FROM_OPTICAL: NDArray[np.float64] = np.array(
    [[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
RAYS_PER_SLICE = 8192
NEWTON_STEPS = 12  # quadratic convergence reaches rounding in 4-6 steps for any lens that does not fold
WIDEST_RAD = np.radians(WIDEST_DEG)  # light reaches no fisheye from further back
PLANE_RAD = np.radians(
    150.0
)  # a fisheye's image plane ends so far off its axis, where pixels lose their shape


# Width, height, matrix, distortion, whether it is a fisheye and its field: a model as a key of what is kept for it.
ModelKey = tuple[int, int, bytes, bytes, bool, float]


def key_of(model: CameraModel) -> ModelKey:
    """What tells a camera model from others."""
    return (
        model.width_px,
        model.height_px,
        model.matrix.tobytes(),
        model.distortion.tobytes(),
        model.fisheye,
        model.field_rad,
    )


def model_of(key: ModelKey) -> CameraModel:
    """The camera model of a key."""
    width, height, matrix, distortion, fisheye, field_rad = key
    return CameraModel(
        width,
        height,
        np.frombuffer(matrix).reshape(3, 3),
        np.frombuffer(distortion),
        fisheye,
        field_rad,
    )


def mount_matrix(mount: Mount[float], optical: bool) -> NDArray[np.float64]:
    """(4, 4) ego_from_sensor; `optical` for a camera's frame (z forward), else x forward, y left, z up."""
    position = np.array([mount.x_m, mount.y_m, mount.z_m])
    matrix = pose_matrix(position, np.array([mount.yaw_rad, mount.pitch_rad, mount.roll_rad]))
    return matrix @ FORWARD_FROM_OPTICAL if optical else matrix


class LensError(StormlaneError, ValueError):
    """A lens whose image turns back within the picture."""


def camera_model(camera: Camera[float]) -> CameraModel:
    """Intrinsics of a rig's camera; ValueError where they contradict each other, LensError where the lens folds.

    `fov` spans the outer edges of the outer pixels in the middle row.
    """
    if (camera.fov_rad is None) == (camera.focal_px is None):
        raise ValueError("a camera needs exactly one of fov and focal")
    fisheye = camera.fisheye is not None
    coefficients = np.array(camera.fisheye if camera.fisheye is not None else camera.distortion, np.float64)
    if camera.focal_px is not None:
        focal = float(camera.focal_px)
    else:
        assert camera.fov_rad is not None
        half = 0.5 * camera.fov_rad
        focal = 0.5 * camera.width_px / float(_bent(coefficients, half) if fisheye else np.tan(half))
    centre = camera.centre_px or ((camera.width_px - 1) / 2, (camera.height_px - 1) / 2)
    matrix = np.array([[focal, 0.0, centre[0]], [0.0, focal, centre[1]], [0.0, 0.0, 1.0]])
    if fisheye:
        field = min(float(camera.field_rad or WIDEST_RAD), 2.0 * np.pi)
        model = CameraModel(camera.width_px, camera.height_px, matrix, coefficients, True, field)
        if 0.5 * field > fold_rad(coefficients) or focal <= 0.0:
            raise LensError(
                f"fisheye {camera.fisheye} folds the image "
                f"{np.degrees(fold_rad(coefficients)):.0f} degrees off the axis; "
                "use weaker coefficients or a narrower field"
            )
        return model
    model = CameraModel(camera.width_px, camera.height_px, matrix, coefficients)
    right, bottom = camera.width_px - 0.5, camera.height_px - 0.5
    rim = np.array([[-0.5, -0.5], [right, -0.5], [-0.5, bottom], [right, bottom]])
    if not np.allclose(project(model, pixel_rays(model, rim)), rim, atol=1e-6):
        raise LensError(
            f"distortion {camera.distortion} folds the image before its corners; "
            "use a longer focal length or weaker coefficients"
        )
    return model


def world_directions(
    rays: NDArray[np.float32], world_from_camera: NDArray[np.float64], threads: int = 1
) -> NDArray[np.float32]:
    """Camera-frame rays (N, 3) in world axes; the same ray has the same bits in pictures and in labels."""
    rays = np.ascontiguousarray(rays, np.float32)
    matrix = np.ascontiguousarray(world_from_camera[:3, :3], np.float32)
    out = np.empty(rays.shape, np.float32)
    in_slices(lambda start, stop: turned(rays, matrix, start, stop, out), len(rays), threads, RAYS_PER_SLICE)
    return out


def pixel_rays(model: CameraModel, pixels: ArrayLike) -> NDArray[np.float64]:
    """(..., 3) directions in the camera frame through (..., 2) image points (u, v).

    A pinhole's have z = 1; a fisheye's have length 1, and are NaN beyond the end of its image plane.
    """
    uv = np.asarray(pixels, dtype=np.float64)
    if model.fisheye:
        return _fisheye_rays(model, uv)
    K = model.matrix
    y_target = (uv[..., 1] - K[1, 2]) / K[1, 1]
    x_target = (uv[..., 0] - K[0, 2] - K[0, 1] * y_target) / K[0, 0]
    x, y = x_target.copy(), y_target.copy()
    if np.any(model.distortion):
        # Newton on the distortion polynomial; the usual fixed-point iteration stalls for wide lenses.
        for _ in range(NEWTON_STEPS):
            xd, yd, (xx, xy, yx, yy) = _distort(model.distortion, x, y)
            ex, ey = xd - x_target, yd - y_target
            det = xx * yy - xy * yx
            det = np.where(np.abs(det) < 1e-9, 1e-9, det)
            x -= (yy * ex - xy * ey) / det
            y -= (xx * ey - yx * ex) / det
    return np.stack([x, y, np.ones_like(x)], axis=-1)


def project(model: CameraModel, xyz_m: ArrayLike) -> NDArray[np.float64]:
    """(..., 2) image points of (..., 3) points in the camera frame; NaN behind the camera or outside its field.

    Also NaN where the lens polynomial has turned back: such points would appear mirrored inside the image.
    """
    xyz = np.asarray(xyz_m, dtype=np.float64)
    if model.fisheye:
        return fisheye_points(model, xyz, 0.5 * model.field_rad)
    ahead = xyz[..., 2] > 1e-9
    z = np.where(ahead, xyz[..., 2], 1.0)
    x, y = xyz[..., 0] / z, xyz[..., 1] / z
    K, seen = model.matrix, ahead
    if np.any(model.distortion):
        seen = ahead & (x * x + y * y < fold_radius2(model.distortion))
        x, y, _ = _distort(model.distortion, x, y)
    uv = np.empty((*x.shape, 2))
    uv[..., 0] = K[0, 0] * x + K[0, 1] * y + K[0, 2]
    uv[..., 1] = K[1, 1] * y + K[1, 2]
    uv[~seen] = np.nan
    return uv


def depth_of(model: CameraModel, xyz_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """(...,) what the depth image holds for points (..., 3) in the camera frame."""
    depth: NDArray[np.float64] = np.linalg.norm(xyz_m, axis=-1) if model.fisheye else xyz_m[..., 2]
    return depth


def lit_pixels(model: CameraModel) -> NDArray[np.bool_] | None:
    """(H, W) pixels that light reaches; None where it reaches all of them."""
    if not model.fisheye:
        return None
    v, u = np.mgrid[: model.height_px, : model.width_px].astype(np.float64)
    lit = _plane_radius(model, np.stack([u, v], axis=-1)) <= _bent(model.distortion, 0.5 * model.field_rad)
    return None if lit.all() else np.asarray(lit)


def fisheye_points(model: CameraModel, xyz: NDArray[np.float64], most_rad: float) -> NDArray[np.float64]:
    """(..., 2) image points of what lies within an angle off a fisheye's axis; NaN beyond."""
    flat = np.hypot(xyz[..., 0], xyz[..., 1])
    angle = np.arctan2(flat, xyz[..., 2])
    scale = _bent(model.distortion, angle) / np.maximum(flat, 1e-300)
    scale = np.where(flat > 1e-12, scale, 1.0 / np.maximum(xyz[..., 2], 1e-12))
    K = model.matrix
    x, y = xyz[..., 0] * scale, xyz[..., 1] * scale
    uv = np.stack([K[0, 0] * x + K[0, 1] * y + K[0, 2], K[1, 1] * y + K[1, 2]], axis=-1)
    seen = (angle <= most_rad + 1e-12) & ((flat > 1e-12) | (xyz[..., 2] > 0.0))
    return np.where(seen[..., None], uv, np.nan)


def fold_rad(coefficients: NDArray[np.float64]) -> float:
    """Angle off a fisheye's axis at which its image turns back; inf where it never does."""
    return float(np.sqrt(fisheye_turns(*(float(c) for c in coefficients))))


def plane_rad(model: CameraModel) -> float:
    """Angle off its axis at which a fisheye's image plane ends."""
    return float(min(PLANE_RAD, fold_rad(model.distortion)))


def _bent(coefficients: NDArray[np.float64], angle: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Radius in the image over the focal length, for angles off the axis (Kannala and Brandt 2006, OpenCV's order)."""
    k1, k2, k3, k4 = (float(c) for c in coefficients)
    t = np.asarray(angle, np.float64)
    t2 = t * t
    bent: NDArray[np.float64] = t * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4))))
    return bent


def _plane_radius(model: CameraModel, uv: NDArray[np.float64]) -> NDArray[np.float64]:
    K = model.matrix
    y = (uv[..., 1] - K[1, 2]) / K[1, 1]
    radius: NDArray[np.float64] = np.hypot((uv[..., 0] - K[0, 2] - K[0, 1] * y) / K[0, 0], y)
    return radius


def _fisheye_rays(model: CameraModel, uv: NDArray[np.float64]) -> NDArray[np.float64]:
    K = model.matrix
    y = (uv[..., 1] - K[1, 2]) / K[1, 1]
    x = (uv[..., 0] - K[0, 2] - K[0, 1] * y) / K[0, 0]
    radius = np.hypot(x, y)
    k1, k2, k3, k4 = (float(c) for c in model.distortion)
    end = plane_rad(model)
    # The polynomial rises up to the plane's end, so halving the bracket where Newton leaves it always arrives.
    low, high = np.zeros_like(radius), np.full_like(radius, end)
    angle = np.clip(radius, 0.0, end)
    for _ in range(3 * NEWTON_STEPS):
        t2 = angle * angle
        gap = angle * (1 + t2 * (k1 + t2 * (k2 + t2 * (k3 + t2 * k4)))) - radius
        slope = 1 + t2 * (3 * k1 + t2 * (5 * k2 + t2 * (7 * k3 + t2 * 9 * k4)))
        low, high = np.where(gap <= 0.0, angle, low), np.where(gap > 0.0, angle, high)
        step = angle - gap / np.maximum(slope, 1e-9)
        following = np.where((step >= low) & (step <= high), step, 0.5 * (low + high))
        if np.abs(following - angle).max(initial=0.0) < 1e-15:
            break
        angle = following
    sine = np.sin(angle) / np.maximum(radius, 1e-300)
    sine = np.where(radius > 1e-12, sine, 1.0)
    rays = np.stack([x * sine, y * sine, np.cos(angle)], axis=-1)
    beyond = radius > _bent(model.distortion, end)
    return np.where(beyond[..., None], np.nan, rays)


Derivatives = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _distort(
    coefficients: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], Derivatives]:
    """Distorted normalised coordinates and their derivatives (dx/dx, dx/dy, dy/dx, dy/dy).

    Brown 1966 in OpenCV's order k1 k2 p1 p2 k3: radial 1 + k1 r2 + k2 r4 + k3 r6, tangential p1, p2.
    """
    k1, k2, p1, p2, k3 = (float(c) for c in coefficients)
    r2 = x * x + y * y
    radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
    slope = 2 * (k1 + r2 * (2 * k2 + r2 * 3 * k3))  # d radial / d r2, times two
    xd = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    yd = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    cross = x * y * slope + 2 * p1 * x + 2 * p2 * y
    xx = radial + x * x * slope + 2 * p1 * y + 6 * p2 * x
    yy = radial + y * y * slope + 6 * p1 * y + 2 * p2 * x
    return xd, yd, (xx, cross, cross, yy)


def fold_radius2(coefficients: NDArray[np.float64]) -> float:
    """Squared normalised radius beyond which r * radial(r) decreases; inf where it never does."""
    k1, k2, _, _, k3 = (float(c) for c in coefficients)
    return pinhole_turns(k1, k2, k3)

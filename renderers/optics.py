"""Where a pixel looks and where a point lands: mounts, pinholes, Brown-Conrady distortion.  Renderers floor.

A camera frame is x right, y down, z forward; pixel centres lie at integer coordinates, so an image W pixels
wide spans -0.5 .. W - 0.5 and its middle is (W - 1) / 2.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renderers.frames import CameraModel
from scenarios.schema import Camera, Mount
from sim.trace import pose_matrix

# Columns: the camera's x, y, z axes in a frame with x forward, y left, z up.
FORWARD_FROM_OPTICAL: NDArray[np.float64] = np.array(
    [[0.0, 0.0, 1.0, 0.0], [-1.0, 0.0, 0.0, 0.0], [0.0, -1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)
NEWTON_STEPS = 12  # quadratic convergence reaches rounding in 4-6 steps for any lens that does not fold


def mount_matrix(mount: Mount[float], optical: bool) -> NDArray[np.float64]:
    """(4, 4) ego_from_sensor; `optical` for a camera's frame (z forward), else x forward, y left, z up."""
    position = np.array([mount.x_m, mount.y_m, mount.z_m])
    matrix = pose_matrix(position, np.array([mount.yaw_rad, mount.pitch_rad, mount.roll_rad]))
    return matrix @ FORWARD_FROM_OPTICAL if optical else matrix


def camera_model(camera: Camera[float]) -> CameraModel:
    """Intrinsics of a rig's camera; ValueError where they contradict each other or the lens folds."""
    if (camera.fov_rad is None) == (camera.focal_px is None):
        raise ValueError("a camera needs exactly one of fov and focal")
    if camera.focal_px is not None:
        focal = float(camera.focal_px)
    else:
        assert camera.fov_rad is not None
        focal = 0.5 * camera.width_px / float(np.tan(0.5 * camera.fov_rad))
    centre = camera.centre_px or ((camera.width_px - 1) / 2, (camera.height_px - 1) / 2)
    matrix = np.array([[focal, 0.0, centre[0]], [0.0, focal, centre[1]], [0.0, 0.0, 1.0]])
    model = CameraModel(
        camera.width_px, camera.height_px, matrix, np.array(camera.distortion, dtype=np.float64)
    )
    right, bottom = camera.width_px - 0.5, camera.height_px - 0.5
    rim = np.array([[-0.5, -0.5], [right, -0.5], [-0.5, bottom], [right, bottom]])
    if not np.allclose(project(model, pixel_rays(model, rim)), rim, atol=1e-6):
        raise ValueError(
            f"distortion {camera.distortion} folds the image before its corners; "
            "use a longer focal length or weaker coefficients"
        )
    return model


def pixel_rays(model: CameraModel, pixels: ArrayLike) -> NDArray[np.float64]:
    """(..., 3) directions in the camera frame with z = 1, through (..., 2) image points (u, v)."""
    uv = np.asarray(pixels, dtype=np.float64)
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
    """(..., 2) image points of (..., 3) points in the camera frame; NaN behind the camera.

    Also NaN where the lens polynomial has turned back: such points would appear mirrored inside the image.
    """
    xyz = np.asarray(xyz_m, dtype=np.float64)
    ahead = xyz[..., 2] > 1e-9
    z = np.where(ahead, xyz[..., 2], 1.0)
    x, y = xyz[..., 0] / z, xyz[..., 1] / z
    xd, yd, _ = _distort(model.distortion, x, y)
    K = model.matrix
    uv = np.stack([K[0, 0] * xd + K[0, 1] * yd + K[0, 2], K[1, 1] * yd + K[1, 2]], axis=-1)
    seen = ahead & (x * x + y * y < _fold_radius2(model.distortion))
    return np.where(seen[..., None], uv, np.nan)


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


def _fold_radius2(coefficients: NDArray[np.float64]) -> float:
    """Squared normalised radius beyond which r * radial(r) decreases; inf where it never does."""
    k1, k2, _, _, k3 = (float(c) for c in coefficients)
    roots = np.roots([7 * k3, 5 * k2, 3 * k1, 1.0]) if (k1 or k2 or k3) else np.empty(0)
    real = [float(r.real) for r in roots if abs(r.imag) < 1e-12 and r.real > 0]
    return min(real, default=float("inf"))

"""Whether a lens folds its own image: found in the rig, before anything is drawn.  Language floor.

Radii are in focal lengths from the principal point.  `renderers.optics` refuses the same lenses; the tangential terms of
a pinhole, which bend a corner by a percent or two, are left to it.
"""

import math
from collections.abc import Callable, Sequence

import numpy as np

from scenarios.draft import Draft, Exact
from scenarios.schema import Camera
from scenarios.tree import Path

WIDEST_DEG = 220.0  # a fisheye's field where a rig says nothing


def pinhole_turns(k1: float, k2: float, k3: float) -> float:
    """Squared radius at which Brown's radial polynomial turns back; inf where it never does."""
    return _least_positive_root((7 * k3, 5 * k2, 3 * k1, 1.0))


def fisheye_turns(k1: float, k2: float, k3: float, k4: float) -> float:
    """Squared angle off the axis, in radians, at which Kannala and Brandt's polynomial turns back; inf if never."""
    return _least_positive_root((9 * k4, 7 * k3, 5 * k2, 3 * k1, 1.0))


def _least_positive_root(polynomial: Sequence[float]) -> float:
    """Of a polynomial given from its highest term down."""
    if not any(polynomial[:-1]):
        return math.inf
    roots = [float(r.real) for r in np.roots(polynomial) if abs(r.imag) < 1e-12 and r.real > 0.0]
    return min(roots, default=math.inf)


def check_lens(path: Path, camera: Camera[Draft], wrong: Callable[[Path, str], None]) -> None:
    """An image that turns back within the picture would show two things in one place."""
    if (camera.fov_rad is None) == (camera.focal_px is None):
        return  # told by another check
    if camera.fisheye is not None:
        field = _number(camera.field_rad, math.radians(WIDEST_DEG))
        most = math.sqrt(fisheye_turns(*camera.fisheye))
        half = 0.5 * _number(camera.fov_rad, 0.0)
        if max(0.5 * field, half) > most:
            wrong(
                (*path, "fisheye"),
                f"these coefficients turn the image back {math.degrees(most):.0f} deg off the axis; "
                f"use weaker ones, or a field and fov of at most {math.floor(2.0 * math.degrees(most)):.0f} deg",
            )
        return
    k1, k2, _, _, k3 = camera.distortion
    most = math.sqrt(pinhole_turns(k1, k2, k3))
    if math.isinf(most):
        return
    focal = _number(camera.focal_px, 0.0) or 0.5 * camera.width_px / math.tan(
        0.5 * _number(camera.fov_rad, 1.0)
    )
    x, y = camera.centre_px or (0.5 * (camera.width_px - 1), 0.5 * (camera.height_px - 1))
    corner = math.hypot(max(x + 0.5, camera.width_px - 0.5 - x), max(y + 0.5, camera.height_px - 0.5 - y))
    reach = most * (1 + most**2 * (k1 + most**2 * (k2 + most**2 * k3)))
    if corner > reach * focal:
        wrong(
            (*path, "distortion"),
            f"these coefficients turn the image back {reach * focal:.0f} px from its middle, and a corner is "
            f"{corner:.0f} px away; use weaker ones or a longer focal length",
        )


def _number(draft: Draft | None, absent: float) -> float:
    value = draft.value if isinstance(draft, Exact) else absent
    return float(value) if isinstance(value, int | float) else absent

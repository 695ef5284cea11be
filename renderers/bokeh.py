"""What a lens does to colours off its axis and to what it is not focused on.  Renderers floor."""

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel

Floats = NDArray[np.float32]

LEAST_PX = 0.7  # diameter of a disc of confusion that shows
LAYERS = 5
MOST_PX = 60.0


def shifted_colours(image: Floats, model: CameraModel, corner_px: float) -> Floats:
    """The image with red drawn wider and blue narrower, `corner_px` apart at its corners (lateral colour)."""
    centre = model.matrix[:2, 2]
    radius = 0.5 * float(np.hypot(model.width_px, model.height_px))
    out = image.copy()
    for channel, sign in ((0, 0.5), (2, -0.5)):
        scale = 1.0 + sign * corner_px / radius
        turn = np.array([[scale, 0.0, centre[0] * (1 - scale)], [0.0, scale, centre[1] * (1 - scale)]])
        out[..., channel] = cv2.warpAffine(
            np.ascontiguousarray(image[..., channel]),
            turn,
            (model.width_px, model.height_px),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
    return out


def confusion_px(depth_m: Floats, focal_px: float, pupil_m: float, focus_m: float) -> Floats:
    """(H, W) diameter of the disc that a thin lens makes of a point: f D |1 / d - 1 / focus|."""
    inverse = np.where(np.isfinite(depth_m), 1.0 / np.maximum(depth_m, 0.05), 0.0)
    return np.asarray(np.minimum(focal_px * pupil_m * np.abs(inverse - 1.0 / focus_m), MOST_PX), np.float32)


def focused(image: Floats, depth_m: Floats, focal_px: float, pupil_m: float, focus_m: float) -> Floats:
    """The image of a lens of finite aperture: layers from far to near, each spread by discs and laid over the others.

    Behind a spread layer the sharp picture stands in for what it hides; that is what a screen cannot know.
    """
    disc = confusion_px(depth_m, focal_px, pupil_m, focus_m)
    if float(disc.max()) < LEAST_PX:
        return image
    near = np.isfinite(depth_m) & (depth_m < focus_m)
    out = image.copy()
    for beyond in (True, False):
        side = disc * (~near if beyond else near)
        top = float(side.max())
        if top < LEAST_PX:
            continue
        edges = LEAST_PX * (top / LEAST_PX) ** (np.arange(LAYERS + 1) / LAYERS)
        order = (
            range(LAYERS - 1, -1, -1) if beyond else range(LAYERS)
        )  # farthest from focus first, then nearest last
        for k in order:
            high = np.inf if k == LAYERS - 1 else edges[k + 1]
            alpha = ((side >= edges[k]) & (side < high)).astype(np.float32)
            if not alpha.any():
                continue
            spread = _disc(float(np.sqrt(edges[k] * edges[k + 1])))
            light = cv2.filter2D(image * alpha[..., None], -1, spread, borderType=cv2.BORDER_REFLECT_101)
            cover = np.asarray(cv2.filter2D(alpha, -1, spread, borderType=cv2.BORDER_REFLECT_101))
            out += light - out * np.minimum(cover, 1.0)[..., None]
    return out


def _disc(diameter_px: float) -> Floats:
    """A disc whose pixels sum to 1, its rim a pixel soft."""
    half = int(np.ceil(0.5 * diameter_px))
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    disc = np.clip(0.5 * diameter_px + 0.5 - np.hypot(x, y), 0.0, 1.0)
    return np.asarray(disc / disc.sum(), np.float32)

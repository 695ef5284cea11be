"""Statistics of rendered frames beside those of thirteen real driving frames; run from the root of the checkout.

    python benchmarks/picture_statistics.py [scenario ...]

The envelope is narrow evidence (13 frames, most of them by day): a frame outside is a reason to look, not an error.
"""

import sys
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.camera import render
from renderers.stage import Stage
from scenarios import load, resolve
from sim.app.clip import ClipPlan
from sim.app.preview import interesting_moment_ns
from sim.simulate import simulate

Array = NDArray[np.float64]

CATALOGUE = Path(__file__).parent.parent / "scenarios" / "catalogue"
ENVELOPE = {  # of real frames: least and most
    "luma mean": (85.0, 119.0),
    "luma sd": (39.0, 90.0),
    "clipped %": (0.0, 23.0),
    "saturation": (0.09, 0.33),
    "PSD slope": (-3.3, -2.4),
    "gx kurtosis": (18.0, 45.0),
    "mean |gx|": (1.9, 7.6),
    "noise": (0.4, 2.2),
}


def statistics(image: NDArray[np.uint8]) -> dict[str, float]:
    """The numbers of ENVELOPE for an sRGB picture (H, W, 3)."""
    rgb = image.astype(np.float64)
    luma = rgb @ [0.299, 0.587, 0.114]
    most, least = rgb.max(axis=2), rgb.min(axis=2)
    gx = np.diff(luma, axis=1)
    centred = gx - gx.mean()
    return {
        "luma mean": float(luma.mean()),
        "luma sd": float(luma.std()),
        "clipped %": float(100 * ((luma < 2) | (luma > 253)).mean()),
        "saturation": float(((most - least) / np.maximum(most, 1)).mean()),
        "PSD slope": _slope(luma),
        "gx kurtosis": float((centred**4).mean() / np.maximum((centred**2).mean(), 1e-9) ** 2),
        "mean |gx|": float(np.abs(gx).mean()),
        "noise": _noise(luma),
    }


def _slope(luma: Array) -> float:
    """Exponent of the radial power spectrum over the middle of its range."""
    side = min(luma.shape)
    left = (luma.shape[1] - side) // 2
    patch = luma[:side, left : left + side]
    window = np.hanning(side)[:, None] * np.hanning(side)
    power = np.abs(np.fft.fftshift(np.fft.fft2((patch - patch.mean()) * window))) ** 2
    y, x = np.indices(power.shape) - side // 2
    radius = np.hypot(x, y).astype(int)
    ring = np.bincount(radius.ravel(), power.ravel()) / np.maximum(np.bincount(radius.ravel()), 1)
    k = np.arange(8, side // 3)
    return float(np.polyfit(np.log(k), np.log(ring[k]), 1)[0])


def _noise(luma: Array) -> float:
    """Immerkaer 1996: the mean response to a mask that lines and edges cancel in."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)
    response = np.abs(cv2.filter2D(luma, -1, mask)[1:-1, 1:-1])
    return float(np.sqrt(np.pi / 2) / 6 * response.mean())


def main(names: list[str]) -> None:
    """Print a table of one frame of each scenario; a star marks what lies outside."""
    print(f"{'':28s}" + "".join(f"{name:>13s}" for name in ENVELOPE))
    print(f"{'real frames':28s}" + "".join(f"{f'{a:g}..{b:g}':>13s}" for a, b in ENVELOPE.values()))
    for path in sorted(CATALOGUE.glob("*.scenario.yaml")):
        name = path.name.removesuffix(".scenario.yaml")
        if names and name not in names:
            continue
        concrete = resolve(load(path), 0, 0)
        trace = simulate(concrete)
        moment = interesting_moment_ns(trace, ClipPlan.of(concrete).times_ns)
        sensor, words = sorted(concrete.rig.cameras.items())[0]
        values = statistics(render(Stage(trace), sensor, words, moment).image)
        cells = [
            f"{v:12.2f}{' ' if ENVELOPE[k][0] <= v <= ENVELOPE[k][1] else '*'}" for k, v in values.items()
        ]
        print(f"{name:28s}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

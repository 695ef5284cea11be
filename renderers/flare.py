"""What a lens makes of the sun and of bright lamps: spikes of its blades, ghosts of its surfaces.  Renderers floor.

Light is only moved: what spikes and ghosts get is taken from the image of the lamp.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.kernels.flare import add_ghost, add_spikes
from renderers.sky import LUMINANCE
from scenarios.chance import stream

Floats = NDArray[np.float32]
Array = NDArray[np.float64]

WAVELENGTH_M: Array = np.array([612e-9, 545e-9, 465e-9])  # of red, green and blue
BRIGHT = 60.0  # times the picture's median from which a pixel counts as a source
MOST_SOURCES = 48
FIRST_PX = 2.0  # spikes begin there; nearer in they are the image itself
FAINTEST = 5e-3  # of the median: spikes and ghosts below it are left out
# Share of the diffracted light that goes into spikes: blades of small fixed apertures are rounded (reasoned); and by how
# much their curvature fans each spike out.
EDGES = 0.2
FAN_RAD = math.radians(0.7)
ASIDE = np.linspace(-2.0, 2.0, 9)  # rays of a spike, in fans
DARKEST_CD_PER_M2 = 0.35  # medians below it are black in the picture
# Pairs of surfaces between which light goes to and fro: a lens of six elements has 66, of which this many are in focus
# enough to be seen (reasoned).
GHOSTS = 7
GHOST_FIELD_RAD = math.radians(70.0)  # beyond it sources light no ghosts


@dataclass(frozen=True, slots=True)
class Source:
    """One bright spot of an image."""

    u: float
    v: float
    total: Array  # (3,) cd/m2 px^2
    rows: NDArray[np.int64]  # its pixels
    columns: NDArray[np.int64]


def sources(image: Floats, median: float) -> list[Source]:
    """The brightest connected spots, the most light first."""
    luminance = image @ LUMINANCE.astype(np.float32)
    hot = luminance > BRIGHT * median
    if not hot.any():
        return []
    count, label = cv2.connectedComponents(hot.astype(np.uint8))
    rows, columns = np.nonzero(hot)
    which = label[rows, columns]
    light = np.bincount(which, luminance[rows, columns], count)
    found = []
    for k in np.argsort(-light, kind="stable")[:MOST_SOURCES]:
        if light[k] <= 0.0:
            break
        those = np.flatnonzero(which == k)
        y, x = rows[those], columns[those]
        weight = luminance[y, x] / light[k]
        total = image[y, x].astype(np.float64).sum(axis=0)
        found.append(Source(float(weight @ x), float(weight @ y), total, y, x))
    return found


def add_flare(
    image: Floats,
    model: CameraModel,
    aperture_m: float,
    blades: int,
    reflectance: float,
    name: str,
    seed: int,
) -> None:
    """Move light of bright spots into spikes and ghosts, in place.

    `aperture_m` is the width of the entrance pupil, `blades` its straight edges (0: a round hole without spikes) and
    `reflectance` what each coated surface sends back.
    """
    small = image[::8, ::8] @ LUMINANCE.astype(np.float32)
    median = max(float(np.median(small)), DARKEST_CD_PER_M2)
    found = sources(image, median)
    if not found:
        return
    lens = stream(seed, "camera", name, "lens")
    turn = float(lens.random()) * 2.0 * math.pi
    pairs = [_Pair.of(lens, k) for k in range(GHOSTS)]
    focal = float(model.matrix[0, 0])
    for source in found:
        lost = np.zeros(3)
        if blades:
            lost += _spikes(image, source, focal * WAVELENGTH_M / aperture_m, blades, turn, FAINTEST * median)
        if reflectance > 0.0:
            lost += _ghosts(image, source, model, pairs, blades, turn, reflectance, FAINTEST * median)
        kept = 1.0 - lost / np.maximum(source.total, 1e-12)
        image[source.rows, source.columns] *= kept.astype(np.float32)


def diffracted(radius_px: Array | float, per_aperture_px: Array | float) -> Array:
    """Share of the light that a round aperture diffracts beyond a radius: 2 / (pi v) of Fraunhofer's pattern.

    `per_aperture_px` is the wavelength over the width of the aperture, in pixels of the image.
    """
    return np.asarray(2.0 * np.asarray(per_aperture_px) / (math.pi**2 * np.asarray(radius_px)))


def _spikes(
    image: Floats, source: Source, per_aperture_px: Array, blades: int, turn: float, faintest: float
) -> Array:
    """(3,) light that went into the spikes: two for each blade, which coincide where their number is even."""
    begin = EDGES * diffracted(FIRST_PX, per_aperture_px)
    directions = blades if blades % 2 == 0 else 2 * blades
    # Light falls with the square of the distance along a spike.
    height, width = image.shape[:2]
    strength = float((source.total * EDGES * diffracted(1.0, per_aperture_px)).max())
    reach = math.sqrt(strength / directions / faintest)
    reach = min(reach, math.hypot(height, width))
    if reach <= FIRST_PX + 1.0:
        return np.zeros(3)
    fan = np.exp(-0.5 * ASIDE**2) / np.exp(-0.5 * ASIDE**2).sum()
    along = turn + 2.0 * math.pi * np.arange(directions)[:, None] / directions + ASIDE * FAN_RAD
    light = (source.total * begin) * (np.tile(fan, directions) / directions)[:, None]
    moved = np.zeros(3)
    add_spikes(
        image,
        source.u,
        source.v,
        np.cos(along).reshape(-1),
        np.sin(along).reshape(-1),
        FIRST_PX,
        reach,
        light,
        moved,
    )
    return moved


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two surfaces between which light goes to and fro: where its ghost lies, how large it is, what colour."""

    along: float  # of the source's way from the middle of the picture
    radius: float  # over the focal length
    tint: Array

    @staticmethod
    def of(lens: np.random.Generator, k: int) -> "_Pair":
        # Coatings are thinnest of reflection in the green: ghosts are green, magenta or blue by their two surfaces.
        along = float(lens.uniform(-1.4, -0.25) if k % 3 else lens.uniform(0.3, 0.8))
        tint = np.exp(lens.normal(0.0, 0.45, 3))
        return _Pair(along, float(np.exp(lens.uniform(math.log(0.012), math.log(0.09)))), tint / tint.mean())


def _ghosts(
    image: Floats, source: Source, model: CameraModel, pairs: list[_Pair], blades: int, turn: float,
    reflectance: float, faintest: float,
) -> Array:  # fmt: skip
    """(3,) light that went into the ghosts: the square of the reflectance each."""
    focal, middle = float(model.matrix[0, 0]), (float(model.matrix[0, 2]), float(model.matrix[1, 2]))
    du, dv = source.u - middle[0], source.v - middle[1]
    if math.hypot(du, dv) / focal > GHOST_FIELD_RAD:
        return np.zeros(3)
    moved = np.zeros(3)
    angles = turn + 2.0 * math.pi * np.arange(blades) / max(blades, 1)
    for pair in pairs:
        radius = pair.radius * focal
        light = source.total * reflectance**2 * pair.tint
        if float(light.max()) / (math.pi * radius**2) < faintest:
            continue
        u, v = middle[0] + pair.along * du, middle[1] + pair.along * dv
        area = float(_area(blades)) * radius**2
        add_ghost(image, u, v, radius, np.cos(angles), np.sin(angles), 1.5 / radius, light / area, moved)
    return moved


def _area(blades: int) -> float:
    """Of an aperture of radius 1."""
    return 0.5 * blades * math.sin(2.0 * math.pi / blades) if blades else math.pi

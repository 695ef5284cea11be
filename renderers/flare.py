"""What a lens makes of the sun and of bright lamps: spikes of its blades, ghosts of its surfaces.  Renderers floor.

Light is only moved: what spikes and ghosts get is taken from the image of the lamp.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.frames import CameraModel
from renderers.kernels.flare import (
    BAND,
    G_COLUMNS,
    G_R,
    G_RADIUS,
    SPOT_COLUMNS,
    SPOT_LIGHT,
    SPOT_R,
    SPOT_U,
    add_flares,
    find_bright,
    label_spots,
    take_from_spots,
    weigh_spots,
)
from renderers.passes import packed_index
from renderers.sky import LUMINANCE
from scenarios.chance import stream
from sim.slices import in_slices

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
SOFT_PX = 1.5  # width of a ghost's edge
ROWS_PER_SLICE = 64
GHOST_FIELD_RAD = math.radians(70.0)  # beyond it sources light no ghosts


@dataclass(frozen=True, slots=True)
class Sources:
    """S bright spots of an image, the most light first."""

    place_px: Array  # (S, 2) u, v of their middles
    total: Array  # (S, 3) cd/m2 px^2
    owner: NDArray[np.int64]  # (P,) which spot a pixel belongs to, -1: none
    pixels: NDArray[np.int32]  # (P,) row by row


def sources(image: Floats, median: float, threads: int = 1) -> Sources | None:
    """The brightest connected spots; None where nothing is bright."""
    height, width = image.shape[:2]
    hot = np.empty((height, width), np.uint8)
    weight = LUMINANCE.astype(np.float32)
    in_slices(
        lambda a, b: find_bright(a, b, image, weight, BRIGHT * median, hot), height, threads, ROWS_PER_SLICE
    )
    index = packed_index(hot.reshape(-1), threads)
    pixels = index[index >= 0]
    if not len(pixels):
        return None
    which, room = np.empty(len(pixels), np.int64), np.empty(height * width, np.int32)
    count = label_spots(pixels, width, hot.reshape(-1), room, which)
    sums = np.zeros((count, SPOT_COLUMNS))
    weigh_spots(pixels, which, width, image.reshape(-1, 3), LUMINANCE, sums)
    light = sums[:, SPOT_LIGHT]
    chosen = np.argsort(-light, kind="stable")[:MOST_SOURCES]
    chosen = chosen[light[chosen] > 0.0]
    row_of = np.full(count, -1)
    row_of[chosen] = np.arange(len(chosen))
    place = sums[chosen, SPOT_U:SPOT_R] / light[chosen, None]
    return Sources(place, sums[chosen, SPOT_R:], row_of[which], pixels)


def add_flare(
    image: Floats,
    model: CameraModel,
    aperture_m: float,
    blades: int,
    reflectance: float,
    name: str,
    seed: int,
    threads: int = 1,
) -> None:
    """Move light of bright spots into spikes and ghosts, in place.

    `aperture_m` is the width of the entrance pupil, `blades` its straight edges (0: a round hole without spikes) and
    `reflectance` what each coated surface sends back.
    """
    small = image[::8, ::8] @ LUMINANCE.astype(np.float32)
    median = max(float(np.median(small)), DARKEST_CD_PER_M2)
    found = sources(image, median, threads)
    if found is None:
        return
    lens = stream(seed, "camera", name, "lens")
    turn = float(lens.random()) * 2.0 * math.pi
    pairs = [_Pair.of(lens, k) for k in range(GHOSTS)]
    reach, light, ways = _spikes(found, model, aperture_m, blades, turn, FAINTEST * median)
    ghosts, owner = _ghosts(found, model, pairs, blades, reflectance, FAINTEST * median)
    edges = turn + 2.0 * math.pi * np.arange(blades)[:, None] / max(blades, 1)
    given = (
        found.place_px, reach, light, ways, FIRST_PX, ghosts, owner, np.hstack([np.cos(edges), np.sin(edges)]), SOFT_PX,
    )  # fmt: skip
    flat = image.reshape(-1, 3)
    own = flat[found.pixels]
    bands = -(-len(image) // BAND)
    moved = np.zeros((bands, len(reach), 3))
    in_slices(lambda a, b: add_flares(a, b, image, *given, moved), bands, threads, 1)
    lost = moved.sum(axis=0) / np.maximum(found.total, 1e-12)
    take_from_spots(found.pixels, found.owner, own, lost.astype(np.float32), flat)


def diffracted(radius_px: Array | float, per_aperture_px: Array | float) -> Array:
    """Share of the light that a round aperture diffracts beyond a radius: 2 / (pi v) of Fraunhofer's pattern.

    `per_aperture_px` is the wavelength over the width of the aperture, in pixels of the image.
    """
    return np.asarray(2.0 * np.asarray(per_aperture_px) / (math.pi**2 * np.asarray(radius_px)))


def _spikes(
    found: Sources, model: CameraModel, aperture_m: float, blades: int, turn: float, faintest: float
) -> tuple[Array, Array, Array]:
    """(S,) reach in pixels, (S, 3) light and (K, 3) rays: two spikes for each blade, which coincide in even numbers."""
    directions = blades if blades % 2 == 0 else 2 * blades
    if not directions:
        return np.zeros(len(found.total)), np.zeros_like(found.total), np.zeros((0, 3))
    per_aperture_px = float(model.matrix[0, 0]) * WAVELENGTH_M / aperture_m
    # Light falls with the square of the distance along a spike.
    strength = (found.total * EDGES * diffracted(1.0, per_aperture_px)).max(axis=1)
    reach = np.minimum(np.sqrt(strength / directions / faintest), math.hypot(model.width_px, model.height_px))
    reach[reach <= FIRST_PX + 1.0] = 0.0
    fan = np.exp(-0.5 * ASIDE**2) / np.exp(-0.5 * ASIDE**2).sum()
    along = turn + 2.0 * math.pi * np.arange(directions)[:, None] / directions + ASIDE * FAN_RAD
    ways = np.stack(
        [np.cos(along).ravel(), np.sin(along).ravel(), np.tile(fan / directions, directions)], axis=1
    )
    return reach, found.total * (EDGES * diffracted(FIRST_PX, per_aperture_px)), ways


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
    found: Sources,
    model: CameraModel,
    pairs: list[_Pair],
    blades: int,
    reflectance: float,
    faintest: float,
) -> tuple[Array, NDArray[np.int64]]:
    """(G, G_COLUMNS) ghosts and their sources (G,): of each pair of surfaces the square of the reflectance."""
    focal, middle = float(model.matrix[0, 0]), model.matrix[:2, 2]
    aside = found.place_px - middle
    near = np.hypot(*aside.T) / focal <= GHOST_FIELD_RAD
    tables, owners = [np.zeros((0, G_COLUMNS))], [np.zeros(0, np.int64)]
    for pair in pairs if reflectance > 0.0 else ():
        radius = pair.radius * focal
        light = found.total * reflectance**2 * pair.tint
        rows = np.flatnonzero(near & (light.max(axis=1) / (math.pi * radius**2) >= faintest))
        table = np.empty((len(rows), G_COLUMNS))
        table[:, :2], table[:, G_RADIUS] = middle + pair.along * aside[rows], radius
        table[:, G_R:] = light[rows] / (_area(blades) * radius**2)
        tables.append(table)
        owners.append(rows)
    return np.concatenate(tables), np.concatenate(owners)


def _area(blades: int) -> float:
    """Of an aperture of radius 1."""
    return 0.5 * blades * math.sin(2.0 * math.pi / blades) if blades else math.pi

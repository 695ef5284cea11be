"""What materials and surfaces are to kernels: their columns, wet albedo, the field of the ground.  Renderers floor."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.prefetch import prefetch

F = np.float32

# Columns of a material row.
(M_R, M_G, M_B, M_ROUGH, M_METAL, M_COAT, M_THROUGH, M_RETRO) = range(8)
(M_POROUS, M_FLAT, M_SNOW, M_TINT, M_GLOW, M_TILE, M_FILM, M_FILM_ROUGH) = range(8, 16)
(M_BELOW, M_COLUMNS) = range(16, 18)  # M_BELOW: see materials.BELOW_DIRT
# Columns of surfaces (T, S_COLUMNS, 64), T tiles of 64 rays: a tile's column is one run of memory, so that kernels that
# take a tile at a time read and write vectors, and of those columns alone that they need.
(S_NX, S_NY, S_NZ, S_R, S_G, S_B, S_ROUGH, S_METAL) = range(8)
(S_COAT, S_COAT_ROUGH, S_F0, S_THROUGH, S_RETRO, S_ER, S_EG, S_EB) = range(8, 16)
S_COLUMNS = 16
TILE_BITS = 6
WITHIN = (1 << TILE_BITS) - 1
LINE_BITS = 4  # numbers that memory hands over at once
# Columns of the ground's state.
(G_WET, G_FILM_M, G_PUDDLE, G_SNOW_M, G_ICE, G_PIXEL_RAD, G_X, G_Y, G_LIT, G_RAIN) = range(10)
(G_RUT_X, G_RUT_Y, G_RUT_PITCH, G_COLUMNS) = range(10, 14)

FIELD_PITCH_M = 0.06  # metres per texel of the periodic ground field: puddles and patches of snow
WATER_F0 = 0.02  # Fresnel at normal incidence, n = 1.33
COAT_F0 = 0.04  # n = 1.5
# Lekner and Dorf 1988, n = 1.33: reflectance of the film from outside, and what it sends back from inside.
FILM_OUTSIDE = 0.066
FILM_INSIDE = 0.472
BIAS_M = 2e-3


def room_for_surfaces(count: int) -> NDArray[np.float32]:
    """(T, S_COLUMNS, 64) room for the surfaces of `count` rays, the last tile filled up."""
    return np.empty(((count + WITHIN) >> TILE_BITS, S_COLUMNS, WITHIN + 1), np.float32)


def by_ray(surface: NDArray[np.float32]) -> NDArray[np.float32]:
    """(N, S_COLUMNS) the same surfaces ray by ray; a copy."""
    return np.ascontiguousarray(surface.transpose(0, 2, 1)).reshape(-1, S_COLUMNS)


@fast_inner_kernel
def fetch(flat, ray, column):
    """Have one number of a ray's surface fetched; `flat` are all surfaces, one after the other."""
    r = np.uintp(ray)
    tile = (r >> np.uintp(TILE_BITS)) * np.uintp(S_COLUMNS) + np.uintp(column)
    prefetch(flat, (tile << np.uintp(TILE_BITS)) + (r & np.uintp(WITHIN)))


@fast_inner_kernel
def fetch_columns(flat, first, column, count):
    """Have `count` columns of the surfaces of a tile fetched, which begins at ray `first`.

    A few at a time, with other work between: at more than a processor has on their way it stops and waits.
    """
    begin = (np.uintp(S_COLUMNS) * np.uintp(first)) + (np.uintp(column) << np.uintp(TILE_BITS))
    for k in range(count << TILE_BITS >> LINE_BITS):
        prefetch(flat, begin + np.uintp(k << LINE_BITS))


@fast_inner_kernel
def fetch_rays(array, first, columns):
    """Have what a flat array (columns N,) holds of a tile's rays fetched, which begin at `first`."""
    begin = np.uintp(columns) * np.uintp(first)
    for k in range(columns << TILE_BITS >> LINE_BITS):
        prefetch(array, begin + np.uintp(k << LINE_BITS))


@fast_inner_kernel
def of_ray(surface, ray, column):
    """One number of a ray's surface."""
    r = np.uintp(ray)
    return surface[r >> np.uintp(TILE_BITS), np.uintp(column), r & np.uintp(WITHIN)]


@fast_kernel
def wet_albedo(albedo: float) -> float:
    """Diffuse albedo of a rough surface under a film of water (Lekner and Dorf 1988).  Twin: naive_camera.wet_albedo.

    What the film itself mirrors is not part of it: the water's own gloss stands for that.
    """
    absorbed = (F(1) - F(FILM_OUTSIDE)) * (F(1) - albedo) / (F(1) - F(FILM_INSIDE) * albedo)
    return F(1) - F(FILM_OUTSIDE) - absorbed


@fast_kernel
def field_at(field, x, y):
    """Periodic square field of bytes at (x, y) texels, bilinear, in [0, 1]."""
    n = field.shape[0]
    i = math.floor(y)
    j = math.floor(x)
    fy = y - F(i)
    fx = x - F(j)
    i0 = int(i) & (n - 1)
    j0 = int(j) & (n - 1)
    i1 = (i0 + 1) & (n - 1)
    j1 = (j0 + 1) & (n - 1)
    top = F(field[i0, j0]) * (F(1) - fx) + F(field[i0, j1]) * fx
    low = F(field[i1, j0]) * (F(1) - fx) + F(field[i1, j1]) * fx
    return (top * (F(1) - fy) + low * fy) * F(1.0 / 255.0)

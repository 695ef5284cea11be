"""The rays of a tile and the surfaces they met, lane by lane for wide vector code.  Renderers floor, arrays only.

A tile's 64 rays lie in rows of one flat array, so that the compiler sees that no two rows overlap: loops over lanes
have no branches, but weights and selections.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.gloss import bent, film_share
from renderers.kernels.surface import (
    S_COLUMNS,
    S_NX,
    S_R,
    S_ROUGH,
)
from sim.kernels.extremes import greater, lesser
from sim.kernels.jit import fast_inner_kernel

F = np.float32
LANES = 64
# Where the rows of a tile begin: direction, normal that is seen and its cosine, point, whether anything was met.
(DX, DY, DZ, NX, NY, NZ, NV, PX, PY, PZ, LIVE) = range(0, 11 * LANES, LANES)
# The body's colour, the base's own gloss, what lies on it; the shares that film or coat send back and let through.
(BODY_R, BODY_G, BODY_B, GLOSS_R, GLOSS_G, GLOSS_B, ROUGH, METAL) = range(704, 19 * LANES, LANES)
(COAT, COAT_ROUGH, F0, THROUGH, COAT_SHARE, UNDER) = range(1216, 25 * LANES, LANES)
# What the lights work with: film's share or 0 and alpha, the base's share or 0 and alpha; where something of the surface
# sends light back to its lamp, the way towards the lamp at hand, cosine and light that arrives.
(FILM, FILM_A, BASE, BASE_A, TX, TY, TZ, COSINE, ARRIVES) = range(1600, 34 * LANES, LANES)
# Of all lights: irradiance, radiance that is sent back; of the point: shares of sun and sky that it sees, and what
# near things send it.
(ER, EG, EB, OUT_R, OUT_G, OUT_B, SUN, OPEN, NEAR_R, NEAR_G, NEAR_B) = range(2176, 45 * LANES, LANES)
# Of mirror images: height of the way they come, its row and column in a table of the sky, what rays found there, and
# whether the surface shows any images.
(MIRROR_Z, SKY_V, SKY_U, SEEN_R, SEEN_G, SEEN_B, GLOSSY) = range(2880, 52 * LANES, LANES)
# Of films that lamps light: cosine of the normal to the eye, and what `gloss.smith_ggx` makes of their share and alpha.
(FACING, LOBE, NARROW, STEEP, FLAT) = range(3328, 57 * LANES, LANES)
ROWS = 57
# Which lanes are worked on, as a tuple whose length picks from FROM and TO: the type tells the compiler the trip counts.
WHOLE, QUARTER = (), (0,)
FROM, TO = (0, 0), (LANES, LANES // 4)


@fast_inner_kernel
def prepare(lane, part):
    """Fill the rows DX to UNDER that follow from what was looked up before; whether any ray met something.

    Surfaces of rays that met nothing are zeros.  Returns the greatest and the least of LIVE, and the least of THROUGH.
    """
    begin, end = FROM[len(part)], TO[len(part)]
    some = F(0)
    every = F(1)
    leafiest = F(0)
    for k in range(begin, end):
        some = greater(some, lane[LIVE + k])
        every = lesser(every, lane[LIVE + k])
        leafiest = lesser(leafiest, lane[THROUGH + k])
        x = lane[DX + k]
        y = lane[DY + k]
        z = lane[DZ + k]
        scale = F(1) / math.sqrt(x * x + y * y + z * z)
        x *= scale
        y *= scale
        z *= scale
        nx, ny, nz, nv = bent(lane[NX + k], lane[NY + k], lane[NZ + k], x, y, z)
        lane[DX + k] = x
        lane[DY + k] = y
        lane[DZ + k] = z
        lane[NX + k] = nx
        lane[NY + k] = ny
        lane[NZ + k] = nz
        lane[NV + k] = nv
        share = film_share(lane[COAT + k], lane[F0 + k], lane[COAT_ROUGH + k], nv)
        lane[COAT_SHARE + k] = share
        lane[UNDER + k] = F(1) - share
        metal = lane[METAL + k]
        lane[GLOSS_R + k] = F(0.04) + (lane[BODY_R + k] - F(0.04)) * metal
        lane[GLOSS_G + k] = F(0.04) + (lane[BODY_G + k] - F(0.04)) * metal
        lane[GLOSS_B + k] = F(0.04) + (lane[BODY_B + k] - F(0.04)) * metal
        lane[BODY_R + k] *= F(1) - metal
        lane[BODY_G + k] *= F(1) - metal
        lane[BODY_B + k] *= F(1) - metal
    return some, every, leafiest


@fast_inner_kernel
def load_tile(first, way, triangle, flat, near, lane):
    """Look up directions, surfaces and what is around them, for the tile that begins at ray `first`.

    All arrays are flattened, or the compiler would not know how far apart their rows lie and look numbers up one by one:
    `way` (3 N,), `flat` (S_COLUMNS N,) the surfaces, `near` (4 N,).  Fills rows of `lane` (ROWS * LANES,).
    """
    column = np.uintp(S_COLUMNS) * np.uintp(first)
    for k in range(LANES):
        r = np.uintp(first) + np.uintp(k)
        lane[DX + k] = way[np.uintp(3) * r]
        lane[DY + k] = way[np.uintp(3) * r + np.uintp(1)]
        lane[DZ + k] = way[np.uintp(3) * r + np.uintp(2)]
        lane[LIVE + k] = F(1) if triangle[r] >= 0 else F(0)
    for k in range(LANES):
        r = np.uintp(first) + np.uintp(k)
        lane[OPEN + k] = near[np.uintp(4) * r]
        lane[NEAR_R + k] = near[np.uintp(4) * r + np.uintp(1)]
        lane[NEAR_G + k] = near[np.uintp(4) * r + np.uintp(2)]
        lane[NEAR_B + k] = near[np.uintp(4) * r + np.uintp(3)]
    for k in range(3 * LANES):  # columns that stand in one order here and there
        lane[NX + k] = flat[column + np.uintp(S_NX * LANES + k)]
    for k in range(3 * LANES):
        lane[BODY_R + k] = flat[column + np.uintp(S_R * LANES + k)]
    for k in range(6 * LANES):
        lane[ROUGH + k] = flat[column + np.uintp(S_ROUGH * LANES + k)]


@fast_inner_kernel
def load_points(first, begin, lane):
    """Look up where the tile's points lie, in `begin` (3 N,): only lamps stand near enough to ask."""
    for k in range(LANES):
        r = np.uintp(3) * (np.uintp(first) + np.uintp(k))
        lane[PX + k] = begin[r]
        lane[PY + k] = begin[r + np.uintp(1)]
        lane[PZ + k] = begin[r + np.uintp(2)]

"""What near things send to a point: their light of sun, sky and street lamps in their own colour.

Whether the sun sees them is asked of a coarse picture of the scene as the sun sees it: two maps, the second coarser and
wider, hold how far towards the sun the first thing lies.  Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.sky import (
    GROUND_B,
    GROUND_G,
    GROUND_R,
    STREET_B,
    STREET_G,
    STREET_R,
    SUN_B,
    SUN_G,
    SUN_R,
    SUN_Z,
    irradiance,
)
from renderers.kernels.soil import PER_LEVEL, is_dirty, row_at
from renderers.kernels.surface import (
    G_SNOW_M,
    G_WET,
    M_B,
    M_BELOW,
    M_G,
    M_POROUS,
    M_R,
    M_SNOW,
    M_TINT,
    wet_albedo,
)
from renderers.kernels.weathering import SNOW_B, SNOW_G, SNOW_R
from sim.kernels.jit import fast_kernel
from sim.kernels.prefetch import prefetch

F = np.float32
AHEAD = 12  # rays, the numbers of whose triangles are fetched before they are asked for
PI = np.float32(math.pi)
OPEN_THERE = 0.75  # share of the sky that what lights others sees itself: the middle of a street
NEAR_THERE = 0.8  # brightness of what hides the rest of it, beside the ground's
WALL_STREET = 0.4  # of the street lamps' light on the ground that falls on walls
SUNNY = 0.5  # share of the sun that things about it get
DIM_M = 0.8  # of sky and near things, what stands so near gets half: the asking point's own surface hides the rest
SNOW_HIDES_PER_M = 150.0  # share of the ground that snow of a depth hides
SNOW_KEPT = 0.6  # of its white under ruts and dirt
STEEPEST = 8.0  # metres towards the sun for one across: a plane seen so flatly has no more depth in a cell
SLACK = 0.15  # of a cell's width that a point may lie below what the sun sees: relief throws no shadow on its own wall
FREE = 1e9  # farther towards the sun than anything


@fast_kernel
def sunlit_at(maps, corner, cell, side, up, towards, nx, ny, nz, x, y, z):
    """Share of the sun that a point of a surface with a normal sees, between the four cells about it.

    `maps` (2, rows, columns) metres towards the sun; `corner` (2, 2) and `cell` (2, 2) metres aside and up.  What lies
    beyond both maps sees the sun.  The surface's own plane tells how deep it lies in each of the four cells.
    """
    facing = nx * towards[0] + ny * towards[1] + nz * towards[2]
    if facing <= F(0):
        return F(0)
    a = x * side[0] + y * side[1] + z * side[2]
    b = x * up[0] + y * up[1] + z * up[2]
    t = x * towards[0] + y * towards[1] + z * towards[2]
    steep = F(1) / facing
    aslant = min(max(-(nx * side[0] + ny * side[1] + nz * side[2]) * steep, F(-STEEPEST)), F(STEEPEST))
    upward = min(max(-(nx * up[0] + ny * up[1] + nz * up[2]) * steep, F(-STEEPEST)), F(STEEPEST))
    rows = maps.shape[1]
    columns = maps.shape[2]
    for level in range(2):
        wide = cell[level, 0]
        high = cell[level, 1]
        u = (a - corner[level, 0]) / wide - F(0.5)
        v = (b - corner[level, 1]) / high - F(0.5)
        if u < F(0) or v < F(0) or u >= F(columns - 1) or v >= F(rows - 1):
            continue
        j = int(u)
        i = int(v)
        fu = u - F(j)
        fv = v - F(i)
        own = t + F(SLACK) * wide * min(steep, F(STEEPEST))
        seen = F(0)
        for q in range(4):
            di = q >> 1
            dj = q & 1
            plane = own + aslant * wide * (F(dj) - fu) + upward * high * (F(di) - fv)
            if plane >= maps[level, i + di, j + dj]:
                seen += (fv if di else F(1) - fv) * (fu if dj else F(1) - fu)
        return seen
    return F(1)


@fast_kernel
def shine(
    start, stop, begin, direction, limit, met, triangle, distance, rotation, normals, material, dirt, materials, tint,
    ground, sh, numbers, ground_rgb, maps, corner, cell, axes, sent,
):  # fmt: skip
    """Radiance (M, 3) that rays [start, stop) get of what they met, in the mean over its texture; 0 from the sky.

    What stands there gets the sun where the maps show it, the sky and near things as the middle of a street does, the
    less of these the nearer the asking point is, and the mean light of street lamps.  Rays down that met nothing within
    `limit` end on open ground.  `axes` (3, 3): towards the sun, aside, up.
    """
    towards = axes[0]
    side = axes[1]
    up = axes[2]
    sunny = numbers[SUN_G] > F(0) and maps.shape[1] > 1
    wet = ground[G_WET]
    snow = min(ground[G_SNOW_M] * F(SNOW_HIDES_PER_M), F(1)) * F(SNOW_KEPT)
    around_r = (
        numbers[GROUND_R] - F(1 - SUNNY) * ground_rgb[0] * numbers[SUN_R] * max(numbers[SUN_Z], F(0)) / PI
    )
    around_g = (
        numbers[GROUND_G] - F(1 - SUNNY) * ground_rgb[1] * numbers[SUN_G] * max(numbers[SUN_Z], F(0)) / PI
    )
    around_b = (
        numbers[GROUND_B] - F(1 - SUNNY) * ground_rgb[2] * numbers[SUN_B] * max(numbers[SUN_Z], F(0)) / PI
    )
    of_triangle, soiled = normals.reshape(-1), dirt.reshape(-1)
    for k in range(start, stop):
        soon = max(triangle[min(k + AHEAD, stop - 1)], 0)
        prefetch(of_triangle, 9 * soon)
        prefetch(material, soon)
        prefetch(soiled, 3 * soon)
        sent[k, 0] = F(0)
        sent[k, 1] = F(0)
        sent[k, 2] = F(0)
        way = limit[k]
        p = met[k]
        if way <= F(0) or (p < 0 and direction[k, 2] > F(0)):
            continue
        nx = F(0)
        ny = F(0)
        nz = F(1)
        red = ground_rgb[0]
        green = ground_rgb[1]
        blue = ground_rgb[2]
        open_there = F(1)
        if p >= 0:
            way = distance[k]
            n = triangle[k]
            x = normals[n, 0]
            y = normals[n, 1]
            z = normals[n, 2]
            nx = rotation[p, 0] * x + rotation[p, 1] * y + rotation[p, 2] * z
            ny = rotation[p, 3] * x + rotation[p, 4] * y + rotation[p, 5] * z
            nz = rotation[p, 6] * x + rotation[p, 7] * y + rotation[p, 8] * z
            if nx * direction[k, 0] + ny * direction[k, 1] + nz * direction[k, 2] > F(0):
                nx = -nx
                ny = -ny
                nz = -nz
            kind = int(material[n])
            below = int(materials[kind, M_BELOW])
            if is_dirty(dirt, n, below):  # its mean will do
                level = F(int(dirt[n, 0]) + int(dirt[n, 1]) + int(dirt[n, 2])) * (PER_LEVEL / F(3))
                kind = row_at(kind, below, int(level + F(0.5)))
            red = materials[kind, M_R]
            green = materials[kind, M_G]
            blue = materials[kind, M_B]
            row = int(materials[kind, M_TINT])
            if row >= 0:
                red *= tint[p, row, 0]
                green *= tint[p, row, 1]
                blue *= tint[p, row, 2]
            soaked = wet * materials[kind, M_POROUS] * (F(0.45) + F(0.55) * max(nz, F(0)))
            red += (wet_albedo(red) - red) * soaked
            green += (wet_albedo(green) - green) * soaked
            blue += (wet_albedo(blue) - blue) * soaked
            white = snow * materials[kind, M_SNOW] * min(max((nz - F(0.25)) * F(2.5), F(0)), F(1))
            red += (F(SNOW_R) - red) * white
            green += (F(SNOW_G) - green) * white
            blue += (F(SNOW_B) - blue) * white
            open_there = F(OPEN_THERE)
        dim = way / (way + F(DIM_M))
        er, eg, eb = irradiance(sh, nx, ny, nz)
        near = F(NEAR_THERE) * (F(1) - open_there * (F(0.5) + F(0.5) * nz)) * PI
        lamps = F(WALL_STREET) + F(1 - WALL_STREET) * max(nz, F(0))
        er = (er * open_there + near * around_r + numbers[STREET_R] * lamps) * dim
        eg = (eg * open_there + near * around_g + numbers[STREET_G] * lamps) * dim
        eb = (eb * open_there + near * around_b + numbers[STREET_B] * lamps) * dim
        if sunny:
            facing = nx * towards[0] + ny * towards[1] + nz * towards[2]
            if facing > F(0):
                sun = facing * sunlit_at(
                    maps, corner, cell, side, up, towards, nx, ny, nz,
                    begin[k, 0] + way * direction[k, 0],
                    begin[k, 1] + way * direction[k, 1],
                    begin[k, 2] + way * direction[k, 2],
                )  # fmt: skip
                er += numbers[SUN_R] * sun
                eg += numbers[SUN_G] * sun
                eb += numbers[SUN_B] * sun
        sent[k, 0] = er * red / PI
        sent[k, 1] = eg * green / PI
        sent[k, 2] = eb * blue / PI

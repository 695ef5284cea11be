"""Mirror images between the rays that were traced for them: means over one surface.  Renderers floor, arrays only.

On rough films one pixel of every other square of 2 x 2 is traced, on varnish one of each.  Those in and about a tile lie
in a grid of eight columns, so that what lies so far to a side of each is so far along in it: loops over the grid's rows
at once are vectors.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.marks import FILLED, SHARED_ROUGHNESS, TRACED
from renderers.kernels.paths import tiled
from renderers.kernels.surface import S_COLUMNS, S_NX, S_NY, S_NZ, of_ray
from sim.kernels.extremes import greater
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.lines import on_lines
from sim.kernels.loose_sixteen import COUNT, load, store, twice, where

F = np.float32
U = np.uintp
WIDE = 8  # columns of the grid; a tile has four squares of 2 x 2 pixels, the rest is what lies about it
LANES = 4 * WIDE  # of its squares, of which every other four mean nothing
GRID = 12 * WIDE  # room for the largest step from the last of them
NOTHING, NOBODY = -2, -3  # placements of what was not traced, and of who asks nothing
# Rows of the grid: range, roughness, light, weight; and of the lanes, after it: range, roughness, sums.
(G_RANGE, G_ROUGH, G_R, G_G, G_B, G_WEIGHT) = range(0, 6 * GRID, GRID)
(RANGE, ROUGH, NEAR, RED, GREEN, BLUE, TOTAL) = range(6 * GRID, 6 * GRID + 7 * LANES, LANES)
ROOM = 6 * GRID + 7 * LANES
# To fill in pixels, each square stands twice in a row of its grid: eight pixels of a row then look at eight numbers that
# lie side by side, and the two rows of a square at the same ones.  Rows of the grid: placement, range, roughness, light.
DOUBLE, BESIDE = 16, 9  # columns; squares that a pixel looks at, its own among them
# And, for varnish, normal.
(D_THING, D_RANGE, D_ROUGH, D_R, D_G, D_B, D_NX, D_NY, D_NZ) = range(0, 9 * 6 * DOUBLE, 6 * DOUBLE)
(MINE, F_R, F_G, F_B, F_TOTAL) = range(54 * DOUBLE, 54 * DOUBLE + 5 * 64, 64)  # of a tile: placement, sums
DOUBLE_ROOM = 54 * DOUBLE + 5 * 64


def _nearness() -> NDArray[np.float32]:
    """(BESIDE * COUNT,) weights of squares on smooth varnish, for the pixels that look at them: two rows of eight."""
    pixel = np.arange(COUNT)
    side = np.arange(BESIDE)[:, None]
    across, along = 2 * (side % 3 - 1) - (pixel & 1), 2 * (side // 3 - 1) - pixel // 8
    own = np.where(side == BESIDE // 2, 1.5, 1.0)
    return (np.maximum(5 - across**2 - along**2, 0) * own).astype(np.float32).reshape(-1)


NEARNESS = _nearness()


@fast_inner_kernel
def _look_about(
    left, top, ring, width, height, tiles_across, range_m, placement, rough, mirror, traced, lane, thing
):
    """Fill the grid with what was traced in a tile and `ring` squares about it."""
    for k in range(GRID):
        thing[k] = NOTHING
    for k in range(6 * GRID):
        lane[k] = F(0)
    for gy in range(4 + 2 * ring):
        y = top + 2 * (gy - ring)
        if y < 0 or y >= height:
            continue
        for gx in range(4 + 2 * ring):
            x = left + 2 * (gx - ring)
            if x < 0 or x >= width:
                continue
            n = tiled(x, y, tiles_across)
            if mirror[n] == TRACED:
                k = gy * WIDE + gx
                thing[k] = placement[n]
                lane[G_RANGE + k] = range_m[n]
                lane[G_ROUGH + k] = rough[n]
                lane[G_R + k] = traced[n, 0]
                lane[G_G + k] = traced[n, 1]
                lane[G_B + k] = traced[n, 2]


@fast_inner_kernel
def _ask(first, dx, dy, share, range_m, placement, rough, lane, thing):
    """Fill the lanes with the pixels (dx, dy) of a tile's squares, near what is within a `share` of their range."""
    for k in range(LANES):
        r = first + (2 * (k >> 3) + dy) * 8 + 2 * (k & 3) + dx
        lane[RANGE + k] = range_m[r]
        lane[NEAR + k] = share * range_m[r]
        lane[ROUGH + k] = rough[r]
        thing[GRID + k] = placement[r] if k & 4 == 0 else NOBODY
    for k in range(RED, TOTAL + LANES):
        lane[k] = F(0)


@fast_kernel
def smooth_mirrors(
    start, stop, width, height, tiles_across, mean_light, range_m, placement, rough, mirror, traced, smooth
):
    """Spread traced mirror images of rough films in tiles [start, stop) over a diamond of 13 traced rays.

    Rare bright samples are held back by `mean_light`, or one lit window would sparkle all over the road.
    """
    lane = np.empty(ROOM, np.float32)
    thing = np.empty(GRID + LANES, np.int32)
    eights = mirror.view(np.uint64)
    for tile in range(start, stop):
        some = np.uint64(0)
        for k in range(8):
            some |= eights[np.uintp(8) * np.uintp(tile) + np.uintp(k)]
        if some == np.uint64(0):
            continue
        first = tile * 64
        films = False
        for r in range(first, first + 64):
            if mirror[r] == TRACED:
                films = films or rough[r] > F(SHARED_ROUGHNESS)
                for c in range(3):
                    smooth[r, c] = traced[r, c]
        if not films:
            continue
        left = (tile % tiles_across) * 8
        top = (tile // tiles_across) * 8
        _look_about(
            left, top, 2, width, height, tiles_across, range_m, placement, rough, mirror, traced, lane, thing
        )
        _ask(first, 0, 0, F(0.12), range_m, placement, rough, lane, thing)
        for k in range(GRID):
            most = max(lane[G_R + k], lane[G_G + k], lane[G_B + k])
            lane[G_WEIGHT + k] = F(1) / (mean_light * F(4) + most)
        for j in range(-2, 3):
            for i in range(abs(j) - 2, 3 - abs(j)):
                away = np.uint64((2 + j) * WIDE + 2 + i)
                for k in range(LANES):
                    n = np.uint64(k) + away
                    alike = (
                        (thing[n] == thing[GRID + k])
                        & (abs(lane[np.uint64(G_RANGE) + n] - lane[RANGE + k]) <= lane[NEAR + k])
                        & (abs(lane[np.uint64(G_ROUGH) + n] - lane[ROUGH + k]) <= F(0.08))
                    )
                    w = lane[np.uint64(G_WEIGHT) + n] if alike else F(0)
                    lane[RED + k] += w * lane[np.uint64(G_R) + n]
                    lane[GREEN + k] += w * lane[np.uint64(G_G) + n]
                    lane[BLUE + k] += w * lane[np.uint64(G_B) + n]
                    lane[TOTAL + k] += w
        for k in range(LANES):
            r = first + (k >> 3) * 16 + 2 * (k & 3)
            if k & 4 == 0 and mirror[r] == TRACED and rough[r] > F(SHARED_ROUGHNESS):
                share = F(1) / lane[TOTAL + k]
                smooth[r, 0] = lane[RED + k] * share
                smooth[r, 1] = lane[GREEN + k] * share
                smooth[r, 2] = lane[BLUE + k] * share


@fast_kernel
def fill_mirrors(
    start,
    stop,
    width,
    height,
    tiles_across,
    range_m,
    placement,
    rough,
    surface,
    mirror,
    traced,
    image,
    weight,
):
    """Give rays of tiles [start, stop) on rough films the mean of the mirror images traced around them.

    The four pixels of a square look at the same nine traced ones.
    """
    lane = on_lines(DOUBLE_ROOM)
    eights, pictures, columns = mirror.view(np.uint64), image.reshape(-1), surface.reshape(-1)
    for tile in range(start, stop):
        some = np.uint64(0)
        for k in range(8):
            some |= eights[np.uintp(8) * np.uintp(tile) + np.uintp(k)]
        if some == np.uint64(0):
            continue
        first = tile * 64
        films = sharp = varnished = F(0)
        for k in range(64):
            r = U(first) + U(k)
            film = rough[r] > F(SHARED_ROUGHNESS)
            films = greater(films, F(1) if film & (mirror[r] != 0) else F(0))
            sharp = greater(sharp, F(1) if (not film) & (mirror[r] == TRACED) else F(0))
            varnished = greater(varnished, F(1) if (not film) & (mirror[r] == FILLED) else F(0))
        if sharp > F(0):
            for r in range(first, first + 64):
                if mirror[r] == TRACED and rough[r] <= F(SHARED_ROUGHNESS):
                    for c in range(3):
                        image[r, c] = traced[r, c]
                    weight[r] = F(1)
        left = (tile % tiles_across) * 8
        top = (tile // tiles_across) * 8
        if films > F(0) or varnished > F(0):
            _lay_out(left, top, width, height, tiles_across, range_m, placement, rough, mirror, traced, lane)
            for k in range(64):
                lane[MINE + k] = F(placement[U(first) + U(k)])
        if films > F(0):
            _fill_films(first, range_m, rough, lane)
            _take_over(first, mirror, lane, pictures, weight)
        if varnished > F(0):
            _lay_out_normals(left, top, width, height, tiles_across, surface, mirror, lane)
            _fill_varnish(first, range_m, rough, columns, lane)
            for k in range(64):
                lane[F_TOTAL + k] = lane[F_TOTAL + k] if mirror[U(first) + U(k)] == FILLED else F(0)
            _take_over(first, mirror, lane, pictures, weight)


@fast_inner_kernel
def _lay_out(left, top, width, height, tiles_across, range_m, placement, rough, mirror, traced, lane):
    """Fill the double grid with what was traced in a tile and one square about it."""
    for k in range(6 * DOUBLE):
        lane[D_THING + k] = F(NOTHING)
    for k in range(D_RANGE, D_B + 6 * DOUBLE):
        lane[k] = F(0)
    for gy in range(6):
        y = top + 2 * (gy - 1)
        if y < 0 or y >= height:
            continue
        for gx in range(6):
            x = left + 2 * (gx - 1)
            if x < 0 or x >= width:
                continue
            n = tiled(x, y, tiles_across)
            if mirror[n] == TRACED:
                for twin in range(2):
                    k = gy * DOUBLE + 2 * gx + twin
                    lane[D_THING + k] = F(placement[n])
                    lane[D_RANGE + k] = range_m[n]
                    lane[D_ROUGH + k] = rough[n]
                    lane[D_R + k] = traced[n, 0]
                    lane[D_G + k] = traced[n, 1]
                    lane[D_B + k] = traced[n, 2]


@fast_inner_kernel
def _lay_out_normals(left, top, width, height, tiles_across, surface, mirror, lane):
    """The same for the normals of what was traced."""
    for gy in range(6):
        y = top + 2 * (gy - 1)
        if y < 0 or y >= height:
            continue
        for gx in range(6):
            x = left + 2 * (gx - 1)
            if x < 0 or x >= width:
                continue
            n = tiled(x, y, tiles_across)
            if mirror[n] == TRACED:
                k = gy * DOUBLE + 2 * gx
                lane[D_NX + k] = lane[D_NX + k + 1] = of_ray(surface, n, S_NX)
                lane[D_NY + k] = lane[D_NY + k + 1] = of_ray(surface, n, S_NY)
                lane[D_NZ + k] = lane[D_NZ + k + 1] = of_ray(surface, n, S_NZ)


@fast_inner_kernel
def _fill_films(first, range_m, rough, lane):
    """Means for the pixels of a tile on films, and the weight of each: 0 where there is none."""
    for square in range(4):  # rows of squares, of two rows of pixels each
        part = U(COUNT * square)
        mine = load(lane, U(MINE) + part)
        far, film = load(range_m, U(first) + part), load(rough, U(first) + part)
        near = far * F(0.08)
        red = green = blue = total = near * F(0)
        for side in range(BESIDE):
            at = U((square + side // 3) * DOUBLE + 2 * (side % 3))
            bonus = F(1.5) if side == BESIDE // 2 else F(1)  # that of the own square
            w = bonus / (F(1) + F(40) * abs(twice(lane, U(D_ROUGH) + at) - film))
            w = where(abs(twice(lane, U(D_THING) + at) - mine), F(0.5), w, F(0))
            w = where(abs(twice(lane, U(D_RANGE) + at) - far), near, w, F(0))
            red += w * twice(lane, U(D_R) + at)
            green += w * twice(lane, U(D_G) + at)
            blue += w * twice(lane, U(D_B) + at)
            total += w
        _divide(red, green, blue, where(film, F(SHARED_ROUGHNESS), F(0), total), lane, part)


@fast_inner_kernel
def _fill_varnish(first, range_m, rough, columns, lane):
    """The same on smooth varnish: nearest first, and only where the surface looks the same way."""
    normals = U(S_COLUMNS) * U(first)
    for square in range(4):
        part = U(COUNT * square)
        mine = load(lane, U(MINE) + part)
        far, film = load(range_m, U(first) + part), load(rough, U(first) + part)
        x = load(columns, normals + U(64 * S_NX) + part)
        y = load(columns, normals + U(64 * S_NY) + part)
        z = load(columns, normals + U(64 * S_NZ) + part)
        near = far * F(0.08)
        red = green = blue = total = near * F(0)
        for side in range(BESIDE):
            at = U((square + side // 3) * DOUBLE + 2 * (side % 3))
            alike = x * twice(lane, U(D_NX) + at) + y * twice(lane, U(D_NY) + at)
            alike += z * twice(lane, U(D_NZ) + at)
            w = max(alike - F(0.9), F(0)) * load(NEARNESS, U(COUNT * side))
            w = where(abs(twice(lane, U(D_THING) + at) - mine), F(0.5), w, F(0))
            w = where(abs(twice(lane, U(D_RANGE) + at) - far), near, w, F(0))
            red += w * twice(lane, U(D_R) + at)
            green += w * twice(lane, U(D_G) + at)
            blue += w * twice(lane, U(D_B) + at)
            total += w
        _divide(red, green, blue, where(film, F(SHARED_ROUGHNESS), total, F(0)), lane, part)


@fast_inner_kernel
def _divide(red, green, blue, total, lane, part):
    """Keep the means of sixteen pixels."""
    share = F(1) / max(total, F(1e-20))
    store(lane, U(F_R) + part, red * share)
    store(lane, U(F_G) + part, green * share)
    store(lane, U(F_B) + part, blue * share)
    store(lane, U(F_TOTAL) + part, total)


@fast_inner_kernel
def _take_over(first, mirror, lane, pictures, weight):
    """Give a tile's pixels that mirror anything the means that were found for them."""
    for k in range(64):
        lane[F_TOTAL + k] = lane[F_TOTAL + k] if mirror[U(first) + U(k)] != 0 else F(0)
    for k in range(64):
        r = U(3) * (U(first) + U(k))
        found = lane[F_TOTAL + k] > F(0)
        pictures[r] = lane[F_R + k] if found else pictures[r]
        pictures[r + U(1)] = lane[F_G + k] if found else pictures[r + U(1)]
        pictures[r + U(2)] = lane[F_B + k] if found else pictures[r + U(2)]
    for k in range(64):
        r = U(first) + U(k)
        weight[r] = F(1) if lane[F_TOTAL + k] > F(0) else weight[r]

"""Rays that a picture sends on: through panes, off mirrors, between pixels at edges.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np
from numpy.typing import NDArray

from renderers.kernels.surface import (
    S_COAT_ROUGH,
    S_EB,
    S_EG,
    S_ER,
    S_NX,
    S_NY,
    S_NZ,
    TILE_BITS,
    WITHIN,
    fetch,
    fetch_rays,
    of_ray,
)
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.prefetch import prefetch
from sim.kernels.random import hash_u32

F = np.float32
LEAST_STEP = (
    0.10  # of luminance between neighbours: a tenth of it, on one pixel of five, is below a byte's step
)
SAMPLES = 3  # extra samples of an edge pixel, in a turned triangle about its middle
OFFSET_U, OFFSET_V = (-0.36, 0.08, 0.28), (-0.06, 0.36, -0.30)  # pixels to the right and down
NEAR = 9  # pixels: one and those about it
GRID_ROW = 16  # numbers of a row of a tile, of which nine mean something
AHEAD = 8  # pixels on edges, of which what is asked is fetched
FOURTHS, HALVES = 4, 2  # parts of the spread of mirrored rays that squares of a tile share
HELD = 64  # pairs of pixels, before any of them is looked at closely


def _strata() -> NDArray[np.int64]:
    """(16, 2) parts of the spread of rays along two axes, for the squares of 2 x 2 pixels of a tile, row by row.

    The eight of one colour of a chess board have each of FOURTHS by HALVES parts once, so that means over a few of them
    are more even than those of rays that spread by chance.
    """
    y, x = np.divmod(np.arange(16), 4)
    number = 2 * y + x // 2
    return np.stack([number % FOURTHS, number // FOURTHS], axis=-1)


STRATA = _strata()


@fast_kernel
def aim_onwards(start, stop, index, direction, offset_m, ahead, begin, limit):
    """Rays [start, stop) that go straight on behind the panes of rays `index` (-1: none)."""
    for k in range(start, stop):
        r = index[k]
        if r < 0:
            limit[k] = F(0)
            for c in range(3):
                ahead[k, c] = F(1)
                begin[k, c] = F(0)
            continue
        limit[k] = F(1e30)
        x = direction[r, 0]
        y = direction[r, 1]
        z = direction[r, 2]
        step = F(0.012) / math.sqrt(x * x + y * y + z * z)
        for c in range(3):
            ahead[k, c] = direction[r, c]
            begin[k, c] = offset_m[r, c] + direction[r, c] * step


@fast_inner_kernel
def within(part, parts, bits):
    """A number from -1 to 1 in one of so many parts of that span, by ten random bits."""
    share = F(np.int32(bits & np.uint32(1023))) * F(1 / 1024)
    return (F(part) + share) * F(2 / parts) - F(1)


@fast_kernel
def aim_mirrored(start, stop, index, seed, direction, surface, offset_m, ahead, begin, limit):
    """Rays [start, stop) off the mirrors of rays `index`, spread by the roughness of the film or coat.

    Those of the squares of a tile share the spread: each has a part of it, in which it falls by chance.
    """
    for k in range(start, stop):
        r = index[k]
        if r < 0:
            limit[k] = F(0)
            for c in range(3):
                ahead[k, c] = F(1)
                begin[k, c] = F(0)
            continue
        limit[k] = F(1e30)
        x = direction[r, 0]
        y = direction[r, 1]
        z = direction[r, 2]
        scale = F(1) / math.sqrt(x * x + y * y + z * z)
        x *= scale
        y *= scale
        z *= scale
        spread = of_ray(surface, r, S_COAT_ROUGH) * of_ray(surface, r, S_COAT_ROUGH) * F(1.1)
        bits = hash_u32(r, seed, 31)
        square = (r >> 1) & 3 | (r >> 2) & 12
        nx = of_ray(surface, r, S_NX) + spread * within(STRATA[square, 0], FOURTHS, bits)
        ny = of_ray(surface, r, S_NY) + spread * within(STRATA[square, 1], HALVES, bits >> np.uint32(10))
        nz = of_ray(surface, r, S_NZ) + spread * within(0, 1, bits >> np.uint32(20))
        scale = F(1) / math.sqrt(nx * nx + ny * ny + nz * nz)
        nx *= scale
        ny *= scale
        nz *= scale
        twice = F(2) * (x * nx + y * ny + z * nz)
        x -= twice * nx
        y -= twice * ny
        z -= twice * nz
        # A mirror image never comes from below its own surface.
        under = x * of_ray(surface, r, S_NX) + y * of_ray(surface, r, S_NY) + z * of_ray(surface, r, S_NZ)
        if under < F(0.01):
            x += of_ray(surface, r, S_NX) * (F(0.01) - under)
            y += of_ray(surface, r, S_NY) * (F(0.01) - under)
            z += of_ray(surface, r, S_NZ) * (F(0.01) - under)
        ahead[k, 0] = x
        ahead[k, 1] = y
        ahead[k, 2] = z
        for c in range(3):
            begin[k, c] = offset_m[r, c]


@fast_kernel
def put_out(start, stop, triangle, material, lens, surface):
    """Let those of rays [start, stop) send no light of their own whose material is a `lens` (materials,)."""
    for r in range(start, stop):
        if triangle[r] >= 0 and lens[material[triangle[r]]]:
            surface[r >> TILE_BITS, S_ER, r & WITHIN] = F(0)
            surface[r >> TILE_BITS, S_EG, r & WITHIN] = F(0)
            surface[r >> TILE_BITS, S_EB, r & WITHIN] = F(0)


@fast_kernel
def tiled(x, y, tiles_across):
    """The ray of pixel (x, y)."""
    return ((y >> 3) * tiles_across + (x >> 3)) * 64 + ((y & 7) << 3) + (x & 7)


@fast_inner_kernel
def neighbours(r, width, height, tiles_across, near):
    """Fill `near` (NEAR,) with the rays of a pixel and of those about it, row by row; -1 beyond the picture."""
    tile = r >> 6
    x = (tile % tiles_across) * 8 + (r & 7)
    y = (tile // tiles_across) * 8 + ((r >> 3) & 7)
    column = r & 7
    row = (r >> 3) & 7
    if 0 < column < 7 and 0 < row < 7 and x + 1 < width and y + 1 < height:  # all of them in its own tile
        for i in range(3):
            near[i] = r - 9 + i
            near[3 + i] = r - 1 + i
            near[6 + i] = r + 7 + i
        return
    for i in range(NEAR):
        a = x + i % 3 - 1
        b = y + i // 3 - 1
        inside = a >= 0 and b >= 0 and a < width and b < height
        near[i] = tiled(a, b, tiles_across) if inside else -1


@fast_inner_kernel
def apart(a, b, direction, range_m, placement, triangle, material, surface):
    """Whether two neighbouring rays met different things, so that a pixel between them needs more samples."""
    if (triangle[a] < 0) != (triangle[b] < 0):
        return True
    if triangle[a] < 0 or triangle[a] == triangle[b]:
        return False
    if placement[a] != placement[b] or material[triangle[a]] != material[triangle[b]]:
        return True
    nx = of_ray(surface, a, S_NX)
    ny = of_ray(surface, a, S_NY)
    nz = of_ray(surface, a, S_NZ)
    if nx * of_ray(surface, b, S_NX) + ny * of_ray(surface, b, S_NY) + nz * of_ray(surface, b, S_NZ) < F(
        0.85
    ):
        return True
    # Distance of b's point from a's plane.
    x = direction[b, 0] * range_m[b] - direction[a, 0] * range_m[a]
    y = direction[b, 1] * range_m[b] - direction[a, 1] * range_m[a]
    z = direction[b, 2] * range_m[b] - direction[a, 2] * range_m[a]
    return abs(x * nx + y * ny + z * nz) > F(0.06) + F(0.01) * range_m[a]


@fast_kernel
def find_edges(
    start,
    stop,
    tiles_across,
    direction,
    range_m,
    placement,
    triangle,
    material,
    surface,
    radiance,
    floor,
    edge,
):
    """Mark pixels of tiles [start, stop) that differ from a neighbour, and those neighbours inside the tile.

    Who shows another triangle in another light than the pixel to the right or below is found for a tile at once.
    """
    flat, surfaces = radiance.reshape(-1), surface.reshape(-1)
    row = np.empty(64, np.float32)
    light = np.zeros(10 * GRID_ROW, np.float32)
    met = np.zeros(10 * GRID_ROW, np.int32)
    aside, under = np.zeros(8 * GRID_ROW, np.uint8), np.zeros(8 * GRID_ROW, np.uint8)
    some_aside, some_under = aside.view(np.uint64), under.view(np.uint64)
    pairs = np.empty((HELD + 128, 2), np.uintp)  # whose surfaces are on their way
    held = 0
    for tile in range(start, stop):
        first = tile * 64
        look_at_tile(tile, tiles_across, triangle, flat, row, light, met)
        for k in range(8 * GRID_ROW):
            one, right, below = light[k], light[k + 1], light[k + GRID_ROW]
            steps_right = abs(one - right) > F(LEAST_STEP) * (min(one, right) + floor)
            steps_below = abs(one - below) > F(LEAST_STEP) * (min(one, below) + floor)
            aside[k] = np.uint8((met[k] != met[k + 1]) & steps_right)
            under[k] = np.uint8((met[k] != met[k + GRID_ROW]) & steps_below)
        for k in range(64):
            edge[np.uintp(first) + np.uintp(k)] = False
        for y in range(8):
            if (some_aside[2 * y] | some_under[2 * y]) == np.uint64(0):
                continue
            for x in range(8):
                r = first + 8 * y + x
                if aside[GRID_ROW * y + x] != 0:
                    n = r + 1 if x < 7 else r + 64 - 7
                    hold(r, n, direction, range_m, placement, triangle, material, surfaces, pairs, held)
                    held += 1
                if under[GRID_ROW * y + x] != 0:
                    n = r + 8 if y < 7 else r + 64 * tiles_across - 56
                    hold(r, n, direction, range_m, placement, triangle, material, surfaces, pairs, held)
                    held += 1
        if held >= HELD or tile + 1 == stop:
            for k in range(held):
                r, n = pairs[np.uintp(k), 0], pairs[np.uintp(k), 1]
                if apart(r, n, direction, range_m, placement, triangle, material, surface):
                    edge[r] = True
                    if r >> np.uintp(TILE_BITS) == n >> np.uintp(TILE_BITS):
                        edge[n] = True
            held = 0


@fast_inner_kernel
def hold(a, b, direction, range_m, placement, triangle, material, surfaces, pairs, at):
    """Keep two neighbouring rays for later, and have fetched what `apart` asks of them."""
    pairs[np.uintp(at), 0] = np.uintp(a)
    pairs[np.uintp(at), 1] = np.uintp(b)
    for ray in (np.uintp(a), np.uintp(b)):
        for column in (S_NX, S_NY, S_NZ):
            fetch(surfaces, ray, column)
        prefetch(material, np.uintp(triangle[ray]))
        prefetch(placement, ray)
        prefetch(range_m, ray)
        prefetch(direction, np.uintp(3) * ray)


@fast_inner_kernel
def look_at_tile(tile, tiles_across, triangle, radiance, row, light, met):
    """Lay out a tile's luminance and triangles in rows of GRID_ROW, with the column to its right and the row below.

    Where the picture ends they are those of the tile itself.  `row` (64,) has room.
    """
    first = np.uintp(64) * np.uintp(tile)
    right = first + np.uintp(64)
    if tile % tiles_across + 1 >= tiles_across:
        right = first + np.uintp(7)
    below = first + np.uintp(64) * np.uintp(tiles_across)
    if below >= np.uintp(triangle.shape[0]):
        below = first + np.uintp(56)
    # Nothing else has it fetched in time.
    fetch_rays(triangle, first + np.uintp(128), 1)
    fetch_rays(radiance, first + np.uintp(128), 3)
    below_next = below + np.uintp(64)
    prefetch(triangle, below_next)
    prefetch(radiance, np.uintp(3) * below_next)
    prefetch(radiance, np.uintp(3) * below_next + np.uintp(16))
    for k in range(64):
        row[k] = luminance(radiance, first + np.uintp(k))
    for y in range(8):
        for x in range(8):
            light[GRID_ROW * y + x] = row[8 * y + x]
        for x in range(8):
            met[GRID_ROW * y + x] = triangle[first + np.uintp(8 * y + x)]
    for x in range(8):
        light[8 * GRID_ROW + x] = luminance(radiance, below + np.uintp(x))
        met[8 * GRID_ROW + x] = triangle[below + np.uintp(x)]
    for y in range(8):
        r = right + np.uintp(8 * y)
        light[GRID_ROW * y + 8] = luminance(radiance, r)
        met[GRID_ROW * y + 8] = triangle[r]


@fast_inner_kernel
def luminance(radiance, ray):
    """Of radiance (3 N,), cd/m2."""
    at = np.uintp(3) * ray
    return (
        F(0.2126) * radiance[at]
        + F(0.7152) * radiance[at + np.uintp(1)]
        + F(0.0722) * radiance[at + np.uintp(2)]
    )


@fast_kernel
def aim_between(start, stop, index, direction, right, down, ahead):
    """Extra rays [start, stop) of edge pixels: SAMPLES for each of `index`.

    `right` and `down` (N, 3), or (1, 3) for all, are how a ray changes over a pixel.
    """
    for k in range(start, stop):
        r = index[k // SAMPLES]
        q = k % SAMPLES
        u = F(OFFSET_U[q])
        v = F(OFFSET_V[q])
        for c in range(3):
            if r >= 0:
                n = min(r, right.shape[0] - 1)
                ahead[k, c] = direction[r, c] + u * right[n, c] + v * down[n, c]
            else:
                ahead[k, c] = F(1)


@fast_kernel
def blend(
    start, stop, index, width, height, tiles_across, half_light,
    sample_range, sample_placement, sample_triangle,
    range_m, placement, triangle, material, radiance, out,
):  # fmt: skip
    """Mean colour of edge pixels [start, stop): each sample wears the colour of the neighbour that saw the same thing.

    The light of one pixel stands in for another's on the same surface (Chajdas et al. 2011, subpixel reconstruction),
    which costs visibility only.  Bright samples are held back so that an edge against the sky still has steps.
    """
    near = np.zeros(NEAR, np.int32)
    colour = radiance.reshape(-1)
    for k in range(start, stop):
        later = np.uintp(max(index[min(k + AHEAD, stop - 1)], 0))
        prefetch(triangle, later)
        prefetch(placement, later)
        prefetch(range_m, later)
        prefetch(radiance, np.uintp(3) * later)
        r = index[k]
        if r < 0:
            continue
        neighbours(r, width, height, tiles_across, near)
        own = np.uintp(3) * np.uintp(r)
        light = luminance(colour, np.uintp(r))
        w = F(0.8) / (half_light + light)
        total = w
        red = w * colour[own]
        green = w * colour[own + np.uintp(1)]
        blue = w * colour[own + np.uintp(2)]
        for q in range(SAMPLES):
            s = k * SAMPLES + q
            hit = sample_triangle[s]
            best = r
            least = F(1e30)
            if hit < 0:
                if triangle[r] < 0:
                    least = F(0)
            elif triangle[r] == hit and placement[r] == sample_placement[s]:
                least = F(60) * abs(range_m[r] - sample_range[s]) / sample_range[s]
            for i in range(NEAR if least >= F(1) else 0):  # no neighbour costs less than 1
                n = near[i]
                if n < 0 or (hit < 0) != (triangle[n] < 0):
                    continue
                aside = i % 3 - 1
                below = i // 3 - 1
                cost = F(aside * aside + below * below)
                if hit >= 0:
                    if placement[n] != sample_placement[s]:
                        continue
                    cost += F(60) * abs(range_m[n] - sample_range[s]) / sample_range[s]
                    if triangle[n] != hit:
                        cost += F(2)
                        if material[triangle[n]] != material[hit]:
                            cost += F(40)
                if cost < least:
                    least = cost
                    best = n
            seen = np.uintp(3) * np.uintp(best)
            light = luminance(colour, np.uintp(best))
            w = F(1) / (half_light + light)
            total += w
            red += w * colour[seen]
            green += w * colour[seen + np.uintp(1)]
            blue += w * colour[seen + np.uintp(2)]
        out[k, 0] = red / total
        out[k, 1] = green / total
        out[k, 2] = blue / total

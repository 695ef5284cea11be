"""Light that a lens spreads: images made smaller and drawn up again.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import numpy as np

from renderers.kernels.drawn_up import hold_rows, row_between
from sim.kernels.jit import fast_inner_kernel, fast_kernel
from sim.kernels.loose_sixteen import COUNT, load, store

F = np.float32
NARROW = 2  # lobes that are not blurred on a smaller picture


@fast_kernel
def shrink_rows(start, stop, image, down, across, out):
    """Rows [start, stop) of `out` (h, w, 3): means over `down` rows and `across` columns each of an image."""
    length = np.uintp(3 * image.shape[1])
    columns = np.uintp(out.shape[1])
    step = np.uintp(3 * across)
    flat, written = image.reshape(-1), out.reshape(-1)
    share = F(1) / F(down * across)
    line = np.empty(length, np.float32)
    for y in range(start, stop):
        first = length * np.uintp(y * down)
        for x in range(length):
            line[np.uintp(x)] = flat[first + np.uintp(x)]
        for q in range(1, down):
            here = first + length * np.uintp(q)
            for x in range(length):
                line[np.uintp(x)] += flat[here + np.uintp(x)]
        begin = np.uintp(3) * columns * np.uintp(y)
        for j in range(columns):
            at, to = step * np.uintp(j), begin + np.uintp(3) * np.uintp(j)
            red, green, blue = line[at], line[at + np.uintp(1)], line[at + np.uintp(2)]
            for k in range(1, across):
                next_ = at + np.uintp(3 * k)
                red += line[next_]
                green += line[next_ + np.uintp(1)]
                blue += line[next_ + np.uintp(2)]
            written[to] = red * share
            written[to + np.uintp(1)] = green * share
            written[to + np.uintp(2)] = blue * share


@fast_inner_kernel
def draw_across(small, q, width, row, wide):
    """Fill `wide` (3 width,) with row `q` of a small image (h, w, 3), by way of `row` (3 w,)."""
    columns = small.shape[1]
    for j in range(columns):
        for c in range(3):
            row[3 * j + c] = small[q, j, c]
    across = F(columns) / F(width)
    for x in range(width):
        u = min(max((F(x) + F(0.5)) * across - F(0.5), F(0)), F(columns - 1))
        j = min(int(u), columns - 2)
        fu = u - F(j)
        for c in range(3):
            near = row[3 * j + c]
            wide[3 * x + c] = near + (row[3 * j + 3 + c] - near) * fu


@fast_kernel
def gather_lobes(start, stop, lobes, shares, level, glare):
    """Rows [start, stop) of the light (h, w, 4) that a lens spreads: `lobes` of their own sizes, and the `level`.

    Of the lobes the first NARROW are as large as the light.
    """
    height = glare.shape[0]
    width = glare.shape[1]
    first_lobe, second_lobe = lobes[0].reshape(-1), lobes[1].reshape(-1)
    levels, written = level.reshape(-1), glare.reshape(-1)
    # Colours lie apart from one another, in rows that vectors of sixteen fill.
    reach = np.uintp((width + COUNT - 1) // COUNT * COUNT)
    size = np.uintp(3) * reach
    total = np.empty(size, np.float32)
    row = np.empty(width, np.float32)
    wide = np.empty(np.uintp(2 * len(lobes)) * size, np.float32)
    held = np.full(2 * len(lobes), -1, np.int64)
    for y in range(start, stop):
        for x in range(size):
            total[np.uintp(x)] = F(0)
        for q in range(NARROW, len(lobes)):
            small = lobes[q]
            i, share = row_between(y, F(small.shape[0]) / F(height), small.shape[0])
            begin = np.uintp(2 * q) * size
            two = wide[begin : begin + np.uintp(2) * size]
            per_pixel = F(small.shape[1]) / F(width)
            above, below = hold_rows(small, 3, i, per_pixel, reach, row, held[2 * q : 2 * q + 2], two)
            more, factor = shares[q] * share, shares[q] * (F(1) - share)
            for x in range(np.uintp(0), size, np.uintp(COUNT)):
                sums = load(total, x) + load(two, above + x) * factor + load(two, below + x) * more
                store(total, x, sums)
        first = np.uintp(width) * np.uintp(y)
        own, next_ = shares[0], shares[1]
        for x in range(np.uintp(width)):
            pixel = first + np.uintp(x)
            at, to = np.uintp(3) * pixel, np.uintp(4) * pixel
            k = np.uintp(x)
            written[to] = total[k] + own * first_lobe[at] + next_ * second_lobe[at]
            at += np.uintp(1)
            written[to + np.uintp(1)] = total[reach + k] + own * first_lobe[at] + next_ * second_lobe[at]
            at += np.uintp(1)
            written[to + np.uintp(2)] = (
                total[np.uintp(2) * reach + k] + own * first_lobe[at] + next_ * second_lobe[at]
            )
            written[to + np.uintp(3)] = levels[pixel]


@fast_kernel
def add_soft(start, stop, small, image):
    """Add to rows [start, stop) of an image a smaller one, drawn up bilinearly."""
    tall = small.shape[0]
    height = image.shape[0]
    length = 3 * image.shape[1]
    pixels = image.reshape(-1)
    row = np.empty(3 * small.shape[1], np.float32)
    # Of the smaller one's rows an even and an odd one, drawn up across.
    wide = np.empty(2 * length, np.float32)
    held = np.full(2, -2, np.int64)  # of one row alone the one above has number -1
    for y in range(start, stop):
        i, share = row_between(y, F(tall) / F(height), tall)
        for q in range(i, i + 2):
            if held[q & 1] != q:
                held[q & 1] = q
                draw_across(small, q, image.shape[1], row, wide[(q & 1) * length : ((q & 1) + 1) * length])
        above = np.uintp((i & 1) * length)
        below = np.uintp(length) - above
        first = np.uintp(length * y)
        for x in range(length):
            near = wide[above + np.uintp(x)]
            pixels[first + np.uintp(x)] += near + (wide[below + np.uintp(x)] - near) * share

"""Where the points of a picture were and will be, how it smears, how surfaces stand.  Renderers floor, arrays only."""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from sim.kernels.jit import fast_kernel, kernel

F = np.float32
# Numbers of a lens: focal lengths, centre, skew, distortion, whether it is a fisheye, the squared radius or
# the angle beyond which it shows nothing.
(N_FX, N_FY, N_CX, N_CY, N_SKEW, N_K1, N_K2, N_K3, N_K4, N_K5, N_FISHEYE, N_MOST, N_COLUMNS) = range(13)


@kernel
def landing(x, y, z, lens):
    """Image point (u, v) of a point in the camera frame; NaN where the lens shows none.  Twin: optics.project."""
    if lens[N_FISHEYE] > 0.0:
        flat = math.sqrt(x * x + y * y)
        angle = math.atan2(flat, z)
        if angle > lens[N_MOST] or (flat < 1e-12 and z <= 0.0):
            return np.nan, np.nan
        t2 = angle * angle
        bent = angle * (1.0 + t2 * (lens[N_K1] + t2 * (lens[N_K2] + t2 * (lens[N_K3] + t2 * lens[N_K4]))))
        scale = bent / flat if flat > 1e-12 else 1.0 / z
        a = x * scale
        b = y * scale
    else:
        if z <= 1e-9:
            return np.nan, np.nan
        a = x / z
        b = y / z
        r2 = a * a + b * b
        if r2 >= lens[N_MOST]:
            return np.nan, np.nan
        radial = 1.0 + r2 * (lens[N_K1] + r2 * (lens[N_K2] + r2 * lens[N_K5]))
        p1 = lens[N_K3]
        p2 = lens[N_K4]
        bent = a * radial + 2.0 * p1 * a * b + p2 * (r2 + 2.0 * a * a)
        b = b * radial + p1 * (r2 + 2.0 * b * b) + 2.0 * p2 * a * b
        a = bent
    return lens[N_FX] * a + lens[N_SKEW] * b + lens[N_CX], lens[N_FY] * b + lens[N_CY]


@kernel
def flows(
    start,
    stop,
    tiles_across,
    tiles_a_band,
    direction,
    start_m,
    range_m,
    placement,
    lens,
    then_from_now,
    sky_turn,
    flow,
):
    """Pixels that the points of tiles [start, stop) move, between the picture's time and another.

    `then_from_now` (B, P, 12) brings a point of a placement, from the common origin and in world axes, into the frame of
    the camera at the other time, row by row with the shift at the end; `sky_turn` (B, 9) a direction.  Bands of tiles
    have times of their own, and rays start at `start_m` (N, 3) or, when it is empty, at the origin.  NaN where the point
    has no pixel then.  Twin: naive_motion.flow.
    """
    height = flow.shape[0]
    width = flow.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        band = tile // tiles_a_band
        for lane in range(64):
            v = top + lane // 8
            u = left + lane % 8
            if v >= height or u >= width:
                continue
            r = tile * 64 + lane
            p = placement[r]
            x = float(direction[r, 0])
            y = float(direction[r, 1])
            z = float(direction[r, 2])
            if p < 0:
                a = sky_turn[band, 0] * x + sky_turn[band, 1] * y + sky_turn[band, 2] * z
                b = sky_turn[band, 3] * x + sky_turn[band, 4] * y + sky_turn[band, 5] * z
                c = sky_turn[band, 6] * x + sky_turn[band, 7] * y + sky_turn[band, 8] * z
            else:
                t = float(range_m[r])
                x *= t
                y *= t
                z *= t
                if start_m.shape[0] > 0:
                    x += float(start_m[r, 0])
                    y += float(start_m[r, 1])
                    z += float(start_m[r, 2])
                m = then_from_now
                a = m[band, p, 0] * x + m[band, p, 1] * y + m[band, p, 2] * z + m[band, p, 9]
                b = m[band, p, 3] * x + m[band, p, 4] * y + m[band, p, 5] * z + m[band, p, 10]
                c = m[band, p, 6] * x + m[band, p, 7] * y + m[band, p, 8] * z + m[band, p, 11]
            tu, tv = landing(a, b, c, lens)
            flow[v, u, 0] = np.float32(tu - float(u))
            flow[v, u, 1] = np.float32(tv - float(v))


@kernel
def normals(start, stop, tiles_across, direction, placement, triangle, u, v, corner_normal, turn, out):
    """Unit normals of tiles [start, stop) in the camera frame, towards the camera; 0 for the sky.

    Interpolated between the corners, without the relief of textures; `turn` (P, 9) is camera_from_part.
    """
    height = out.shape[0]
    width = out.shape[1]
    for tile in range(start, stop):
        top = (tile // tiles_across) * 8
        left = (tile % tiles_across) * 8
        for lane in range(64):
            y = top + lane // 8
            x = left + lane % 8
            if y >= height or x >= width:
                continue
            r = tile * 64 + lane
            k = triangle[r]
            if k < 0:
                for c in range(3):
                    out[y, x, c] = F(0)
                continue
            w = F(1) - u[r] - v[r]
            nx = w * corner_normal[k, 0] + u[r] * corner_normal[k, 3] + v[r] * corner_normal[k, 6]
            ny = w * corner_normal[k, 1] + u[r] * corner_normal[k, 4] + v[r] * corner_normal[k, 7]
            nz = w * corner_normal[k, 2] + u[r] * corner_normal[k, 5] + v[r] * corner_normal[k, 8]
            p = placement[r]
            a = turn[p, 0] * nx + turn[p, 1] * ny + turn[p, 2] * nz
            b = turn[p, 3] * nx + turn[p, 4] * ny + turn[p, 5] * nz
            c = turn[p, 6] * nx + turn[p, 7] * ny + turn[p, 8] * nz
            scale = F(1) / math.sqrt(max(a * a + b * b + c * c, F(1e-20)))
            # `direction` is in the camera frame here: what looks away is the back of a surface with two sides.
            if a * direction[r, 0] + b * direction[r, 1] + c * direction[r, 2] > F(0):
                scale = -scale
            out[y, x, 0] = a * scale
            out[y, x, 1] = b * scale
            out[y, x, 2] = c * scale


@kernel
def held(start, stop, tiles_a_band, placement, now_from_band, offset_m):
    """Bring points of tiles [start, stop) from the time of their band to the picture's own, in place.

    `now_from_band` (B, P, 12) rotates and shifts points of a placement, from the common origin and in world axes.
    """
    for tile in range(start, stop):
        band = tile // tiles_a_band
        for r in range(tile * 64, tile * 64 + 64):
            p = placement[r]
            if p < 0:
                continue
            x = float(offset_m[r, 0])
            y = float(offset_m[r, 1])
            z = float(offset_m[r, 2])
            m = now_from_band
            for c in range(3):
                offset_m[r, c] = np.float32(
                    m[band, p, 3 * c] * x
                    + m[band, p, 3 * c + 1] * y
                    + m[band, p, 3 * c + 2] * z
                    + m[band, p, 9 + c]
                )


@fast_kernel
def in_front(near_m, far_m):
    """0..1 how surely one depth lies before another: 1 from a tenth of it on."""
    if near_m > F(1e20):
        return F(0)
    return min(max((min(far_m, F(1e20)) - near_m) / (F(0.1) * near_m), F(0)), F(1))


@fast_kernel
def smear(start, stop, image, flow, depth_m, fastest, cell_px, out):
    """Rows [start, stop) of an image as an exposure sees them whose points move by `flow` (H, W, 2) pixels meanwhile.

    A pixel's own light comes from along its own way: of its surface, and of what lies behind where that ends.  Over it
    passes what lies in front and moves, found along the fastest way near by (`fastest` (h, w, 2), by cells), for the
    share of the exposure that it covers the pixel (after McGuire et al. 2012, who mix where this lays over).
    """
    height = image.shape[0]
    width = image.shape[1]
    for y in range(start, stop):
        for x in range(width):
            fx = fastest[y // cell_px, x // cell_px, 0]
            fy = fastest[y // cell_px, x // cell_px, 1]
            far2 = fx * fx + fy * fy
            if far2 < F(1):
                for c in range(3):
                    out[y, x, c] = image[y, x, c]
                continue
            own_x = flow[y, x, 0]
            own_y = flow[y, x, 1]
            own2 = own_x * own_x + own_y * own_y
            depth = depth_m[y, x]
            red = image[y, x, 0]
            green = image[y, x, 1]
            blue = image[y, x, 2]
            total = F(1)
            if own2 > F(0.25):
                count = min(max(int(math.sqrt(own2)), 2), 64)
                for k in range(count):
                    t = (F(k) + F(0.5)) / F(count) - F(0.5)
                    a = math.floor(F(x) + own_x * t + F(0.5))
                    b = math.floor(F(y) + own_y * t + F(0.5))
                    if a < 0 or b < 0 or a >= width or b >= height or (a == x and b == y):
                        continue
                    w = F(1) - in_front(depth_m[b, a], depth)
                    red += image[b, a, 0] * w
                    green += image[b, a, 1] * w
                    blue += image[b, a, 2] * w
                    total += w
            red /= total
            green /= total
            blue /= total
            dx = fx - own_x
            dy = fy - own_y
            if dx * dx + dy * dy > F(0.25):
                count = min(max(int(math.sqrt(far2)) + 1, 4), 64)
                cover = F(0)
                over_r = F(0)
                over_g = F(0)
                over_b = F(0)
                for k in range(count):
                    t = (F(k) + F(0.5)) / F(count) - F(0.5)
                    a = math.floor(F(x) + fx * t + F(0.5))
                    b = math.floor(F(y) + fy * t + F(0.5))
                    if a < 0 or b < 0 or a >= width or b >= height:
                        continue
                    w = in_front(depth_m[b, a], depth)
                    if w <= F(0):
                        continue
                    # Its own way must reach the pixel: half of it, taken along the way that was looked along.
                    along = (flow[b, a, 0] * fx + flow[b, a, 1] * fy) / far2
                    if abs(along) < F(1e-3):
                        continue
                    need = abs(t) / abs(along)
                    if need > F(0.5):
                        continue
                    w = w / max(abs(along), F(0.05))
                    cover += w
                    over_r += image[b, a, 0] * w
                    over_g += image[b, a, 1] * w
                    over_b += image[b, a, 2] * w
                share = min(cover / F(count), F(1))
                if share > F(0):
                    red += (over_r / cover - red) * share
                    green += (over_g / cover - green) * share
                    blue += (over_b / cover - blue) * share
            out[y, x, 0] = red
            out[y, x, 1] = green
            out[y, x, 2] = blue

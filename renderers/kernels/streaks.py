"""Where particles that fall pass during an exposure and how much they cover, and crowns where they hit the ground.

Renderers floor, arrays only.
"""

# mypy: ignore-errors
# numba types these functions when it compiles them; numpy's stubs do not know float32 arithmetic.

import math

import numpy as np

from renderers.kernels.particles import P_ALPHA, P_B, P_DEPTH, P_G, P_HALF, P_R, P_U0, P_U1, P_V0, P_V1
from sim.kernels.jit import inner_kernel, kernel

LEAST_DEPTH_M = 0.1  # both ends of what is drawn lie farther ahead
LEAST_CROWN_DEPTH_M = 0.5
MOST_OPAQUE = 0.95


@inner_kernel
def depth_at(x, y, z, fisheye):
    """What the depth image of a lens holds for a point of the camera's frame."""
    return math.sqrt(x * x + y * y + z * z) if fisheye else z


@kernel
def pass_by(position, fall_mps, drift_m, down_m, fisheye, rows, begin, end, away):
    """Write which of particles (K, 3) stay before the lens, where they begin and end (K, 3), and their mean depth.

    All move by `drift_m` (3,) during the exposure, and by `down_m` (3,) for each m/s that they fall.  Returns how many.
    """
    count = 0
    for k in range(position.shape[0]):
        x, y, z = position[k, 0], position[k, 1], position[k, 2]
        dx = 0.5 * (drift_m[0] + fall_mps[k] * down_m[0])
        dy = 0.5 * (drift_m[1] + fall_mps[k] * down_m[1])
        dz = 0.5 * (drift_m[2] + fall_mps[k] * down_m[2])
        rows[count] = k
        begin[count, 0], begin[count, 1], begin[count, 2] = x - dx, y - dy, z - dz
        end[count, 0], end[count, 1], end[count, 2] = x + dx, y + dy, z + dz
        away[count] = depth_at(x, y, z, fisheye)
        first = depth_at(x - dx, y - dy, z - dz, fisheye)
        last = depth_at(x + dx, y + dy, z + dz, fisheye)
        count += 1 if (first > LEAST_DEPTH_M) & (last > LEAST_DEPTH_M) else 0
    return count


@kernel
def cover(first, last, away, rows, diameter_m, focal_px, blur_px_m, half, alpha):
    """Write half the width in pixels and the opacity of streaks from `first` to `last` (K, 2); 0 if they miss the lens.

    `blur_px_m` by the depth is the circle of confusion, in pixels.
    """
    for k in range(first.shape[0]):
        sharp = diameter_m[rows[k]] * focal_px / away[k]
        blur = blur_px_m / away[k]
        wide = math.sqrt(max(sharp, 1.0) ** 2 + (0.6 * blur) ** 2)
        du, dv = last[k, 0] - first[k, 0], last[k, 1] - first[k, 1]
        length = math.sqrt(du * du + dv * dv)
        # The drop's own area, spread over all that its image passes during the exposure.
        share = 0.25 * math.pi * sharp**2 / (length * wide + 0.25 * math.pi * wide**2)
        half[k] = 0.5 * wide
        alpha[k] = min(share, MOST_OPAQUE) if share >= 0.0 else 0.0  # a nan is not


@kernel
def fill(chosen, first, last, half, alpha, away, even, share, lux, out):
    """Write streaks `chosen` (N,) of (K,) to `out` (N, P_COLUMNS): each shows `even` (3,) and a share of its lux."""
    for n in range(chosen.shape[0]):
        k = chosen[n]
        out[n, P_U0], out[n, P_V0] = first[k, 0], first[k, 1]
        out[n, P_U1], out[n, P_V1] = last[k, 0], last[k, 1]
        out[n, P_HALF] = half[k]
        out[n, P_ALPHA] = alpha[k]
        out[n, P_DEPTH] = away[k]
        out[n, P_R] = even[0] + share * lux[n, 0]
        out[n, P_G] = even[1] + share * lux[n, 1]
        out[n, P_B] = even[2] + share * lux[n, 2]


@kernel
def turn_chosen(position, chosen, axes, point):
    """Write those `chosen` (N,) of points (K, 3) of the camera's frame to `point` (N, 3), in axes of the world.

    `axes` (3, 3) has those of the camera in columns.
    """
    for n in range(chosen.shape[0]):
        k = chosen[n]
        x, y, z = position[k, 0], position[k, 1], position[k, 2]
        point[n, 0] = x * axes[0, 0] + y * axes[0, 1] + z * axes[0, 2]
        point[n, 1] = x * axes[1, 0] + y * axes[1, 1] + z * axes[1, 2]
        point[n, 2] = x * axes[2, 0] + y * axes[2, 1] + z * axes[2, 2]


@kernel
def strew(beside, reach_m, axes, below, fisheye, rows, at):
    """Write which places (K, 2), shares of a square, lie before the lens, and where (K, 3); returns how many.

    `axes` (3, 3) has those of the camera in columns, `below` (3,) is the ground below the camera, in its frame.
    """
    count = 0
    for k in range(beside.shape[0]):
        east, north = (2.0 * beside[k, 0] - 1.0) * reach_m, (2.0 * beside[k, 1] - 1.0) * reach_m
        x = east * axes[0, 0] + north * axes[1, 0] + below[0]
        y = east * axes[0, 1] + north * axes[1, 1] + below[1]
        z = east * axes[0, 2] + north * axes[1, 2] + below[2]
        rows[count] = k
        at[count, 0], at[count, 1], at[count, 2] = x, y, z
        count += 1 if depth_at(x, y, z, fisheye) > LEAST_CROWN_DEPTH_M else 0
    return count


@kernel
def stand(uv, rows, at, up, off_m, near_m, depth_m, semantic, is_ground, fisheye, away):
    """Keep of `rows` and `at` (K, 3) what a picture shows as ground at `uv` (K, 2), put where it shows it.

    `off_m` is how high the camera is above the plane below the ego; what lies farther than `near_m` off it is no
    ground that is asked.  Writes its depth too, and returns how many are kept.
    """
    height, width = depth_m.shape
    count = 0
    for k in range(uv.shape[0]):
        across, down = uv[k, 0], uv[k, 1]
        if not ((across >= 0.0) & (across <= width - 1.0) & (down >= 0.0) & (down <= height - 1.0)):
            continue  # so is a nan
        row, column = np.int64(np.rint(down)), np.int64(np.rint(across))
        there = np.float64(depth_m[row, column])
        share = there / depth_at(at[k, 0], at[k, 1], at[k, 2], fisheye)
        if not np.isfinite(share) or not is_ground[semantic[row, column]]:
            continue
        x, y, z = at[k, 0] * share, at[k, 1] * share, at[k, 2] * share
        if abs(x * up[0] + y * up[1] + z * up[2] + off_m) < near_m:
            rows[count] = rows[k]
            at[count, 0], at[count, 1], at[count, 2] = x, y, z
            away[count] = depth_at(x, y, z, fisheye)
            count += 1
    return count


@kernel
def raise_crowns(rows, at, up, diameter_m, beside, high, above_m, foot, top):
    """Write feet and tops (K, 3) of crowns at the first K of `at`.

    The third number of `beside` (N, 3) is how far each has come.
    """
    for k in range(foot.shape[0]):
        tall = high * diameter_m[rows[k]] * math.sin(math.pi * beside[rows[k], 2]) + above_m
        for c in range(3):
            foot[k, c] = at[k, c] + above_m * up[c]
            top[k, c] = at[k, c] + tall * up[c]


@kernel
def spread(first, last, rows, away, diameter_m, beside, wide_px, opacity, half, alpha):
    """Write half the width in pixels and the opacity of crowns (K,); 0 where they miss the lens.

    `wide_px` is what a crown of a drop of 1 m is at 1 m when it ends.
    """
    for k in range(first.shape[0]):
        phase = beside[rows[k], 2]
        wide = wide_px * diameter_m[rows[k]] * math.sqrt(phase) / away[k]
        tall = max(abs(last[k, 0] - first[k, 0]), abs(last[k, 1] - first[k, 1]))
        # A sheet narrower than a pixel covers a part of it.
        share = opacity * math.sin(math.pi * phase) * min(wide, 1.0) * min(tall, 1.0)
        half[k] = max(0.5 * wide, 0.5)
        alpha[k] = share if np.isfinite(first[k, 0] + first[k, 1] + last[k, 0] + last[k, 1]) else 0.0

"""Rays on their way out and back: pictures turned to the world, a lidar's beams and what returns.  Renderers floor.

Arrays only.  Definitions are those of renderers.lidar and renderers.lidar_edges, which call these a slice at a time.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

# Causes, as in frames.Cause.
SURFACE, GHOST, EGO, MIXED = 0, 5, 7, 8
RIM = 6  # rays about the middle of a beam
RIM_SHARE = math.sqrt(0.75)  # of the 1/e^2 radius: with a third in the middle, a Gaussian's second moments
UNFIRED = -2  # stands for what a beam met that was not fired
NOTHING_M = np.float32(1e6)  # stands for the range of a ray that met nothing


@kernel
def turned(
    rays: NDArray[np.float32],  # (N, 3)
    matrix: NDArray[np.float32],  # (3, 3)
    start: int,
    stop: int,
    out: NDArray[np.float32],  # (N, 3)
) -> None:
    """Rays [start, stop) under a matrix; a ray's bits do not depend on the company it keeps, as in libraries."""
    flat, turns = rays.reshape(-1), out.reshape(-1)
    ax, ay, az = matrix[0, 0], matrix[0, 1], matrix[0, 2]
    bx, by, bz = matrix[1, 0], matrix[1, 1], matrix[1, 2]
    cx, cy, cz = matrix[2, 0], matrix[2, 1], matrix[2, 2]
    for n in range(start, stop):
        at = np.uintp(3) * np.uintp(n)
        x, y, z = flat[at], flat[at + np.uintp(1)], flat[at + np.uintp(2)]
        turns[at] = ax * x + ay * y + az * z
        turns[at + np.uintp(1)] = bx * x + by * y + bz * z
        turns[at + np.uintp(2)] = cx * x + cy * y + cz * z


@kernel
def leave(
    offset_ns: NDArray[np.int64],  # (N,) when each beam is fired
    key_ns: NDArray[np.int64],  # (K,) when the ego's pose is known; evenly spaced
    place_m: NDArray[np.float64],  # (K, 3)
    angle_rad: NDArray[np.float64],  # (K, 3) yaw, pitch, roll, unwrapped
    mount: NDArray[np.float64],  # (4, 4) ego_from_lidar
    own_direction: NDArray[np.float64],  # (N, 3) lidar's frame
    own_start_m: NDArray[np.float64],  # (N, 3)
    start: int,
    stop: int,
    direction: NDArray[np.float64],  # (N, 3) out: world
    start_m: NDArray[np.float64],  # (N, 3) out
) -> None:
    """World rays of firings [start, stop); between the keys the ego's place and angles are linear.

    The turn is that of sim.trace.pose_matrix.
    """
    last = len(key_ns) - 2
    pitch_ns = (key_ns[-1] - key_ns[0]) / (len(key_ns) - 1)
    angle = np.empty(3)
    place = np.empty(3)
    turn = np.empty((3, 3))
    for n in range(start, stop):
        t = offset_ns[n]
        if n == start or t != offset_ns[n - 1]:  # beams that are fired together leave from one pose
            k = min(max(int((t - key_ns[0]) / pitch_ns), 0), last)
            while k > 0 and t < key_ns[k]:
                k -= 1
            while k < last and t >= key_ns[k + 1]:
                k += 1
            f = (t - key_ns[k]) / (key_ns[k + 1] - key_ns[k])
            for axis in range(3):
                angle[axis] = angle_rad[k, axis] + f * (angle_rad[k + 1, axis] - angle_rad[k, axis])
                place[axis] = place_m[k, axis] + f * (place_m[k + 1, axis] - place_m[k, axis])
            cy, cp, cr = math.cos(angle[0]), math.cos(angle[1]), math.cos(angle[2])
            sy, sp, sr = math.sin(angle[0]), math.sin(angle[1]), math.sin(angle[2])
            turn[0, 0], turn[0, 1], turn[0, 2] = cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr
            turn[1, 0], turn[1, 1], turn[1, 2] = sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr
            turn[2, 0], turn[2, 1], turn[2, 2] = -sp, cp * sr, cp * cr
        dx, dy, dz = own_direction[n, 0], own_direction[n, 1], own_direction[n, 2]
        sx, sy, sz = own_start_m[n, 0], own_start_m[n, 1], own_start_m[n, 2]
        # From the lidar to the ego, then to the world.
        ax = mount[0, 0] * dx + mount[0, 1] * dy + mount[0, 2] * dz
        ay = mount[1, 0] * dx + mount[1, 1] * dy + mount[1, 2] * dz
        az = mount[2, 0] * dx + mount[2, 1] * dy + mount[2, 2] * dz
        bx = mount[0, 0] * sx + mount[0, 1] * sy + mount[0, 2] * sz + mount[0, 3]
        by = mount[1, 0] * sx + mount[1, 1] * sy + mount[1, 2] * sz + mount[1, 3]
        bz = mount[2, 0] * sx + mount[2, 1] * sy + mount[2, 2] * sz + mount[2, 3]
        for axis in range(3):
            direction[n, axis] = turn[axis, 0] * ax + turn[axis, 1] * ay + turn[axis, 2] * az
            start_m[n, axis] = place[axis] + turn[axis, 0] * bx + turn[axis, 1] * by + turn[axis, 2] * bz


@kernel
def begin_from(
    rows: NDArray[np.int64],  # (B,) firings
    direction: NDArray[np.float64],  # (N, 3) world
    start_m: NDArray[np.float64],  # (N, 3)
    origin_m: NDArray[np.float64],  # (3,)
    aim: NDArray[np.float32],  # (B, 3) out
    offset_m: NDArray[np.float32],  # (B, 3) out: starts from the origin
) -> None:
    """Some firings as rays whose starts are counted from an origin.  Twin: numpy's rows."""
    for b in range(len(rows)):
        for axis in range(3):
            aim[b, axis] = direction[rows[b], axis]
            offset_m[b, axis] = start_m[rows[b], axis] - origin_m[axis]


@kernel
def hand_over(
    rows: NDArray[np.int64],  # (B,) firings
    echo: NDArray[np.float32],  # (B,) of the strongest return, as all that follow
    range_m: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    cosine: NDArray[np.float32],
    cause: NDArray[np.uint8],
    shiny: NDArray[np.uint8],
    all_echo: NDArray[np.float32],  # (N,) out, as all that follow
    all_range_m: NDArray[np.float32],
    all_placement: NDArray[np.int32],
    all_triangle: NDArray[np.int32],
    all_cosine: NDArray[np.float32],
    all_cause: NDArray[np.uint8],
    all_shiny: NDArray[np.uint8],
) -> None:
    """Put what beams of a slice brought where the sweep keeps it.  Twin: numpy's rows."""
    for b in range(len(rows)):
        n = rows[b]
        all_echo[n] = echo[b]
        all_range_m[n] = range_m[b]
        all_placement[n] = placement[b]
        all_triangle[n] = triangle[b]
        all_cosine[n] = cosine[b]
        all_cause[n] = cause[b]
        all_shiny[n] = shiny[b]


@kernel
def power_at(
    echo: np.float32, total_m: np.float32, extinction: np.float32, overlap_m: np.float32
) -> np.float32:
    """Power of an echo from a range; `extinction` counts both ways.  Twin: naive_lidar."""
    if echo <= np.float32(0.0):
        return np.float32(0.0)
    gated = max(total_m, overlap_m)
    return echo * np.float32(math.exp(-extinction * total_m)) / (gated * gated)


@kernel
def cause_of(placement: int, kind: int, actor: NDArray[np.int32], ego: int) -> int:
    """Why a point is there: the ego's own body is named as such, but for its mirror pictures."""
    if kind != GHOST and placement >= 0 and actor[placement] == ego:
        return EGO
    return kind


@kernel
def keep_strongest(
    who: NDArray[np.int64],  # (R,) beam of each ray
    share: NDArray[np.float32],  # (R,) of the beam
    before_m: NDArray[np.float32],  # (R,) way that the ray has behind it
    kind: int,
    shiny_share: float,
    range_m: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    echo: NDArray[np.float32],  # (R,) of the surface alone
    cosine: NDArray[np.float32],
    through: NDArray[np.float32],
    mirror: NDArray[np.float32],
    actor: NDArray[np.int32],  # (P,)
    ego: int,
    extinction: np.float32,
    overlap_m: np.float32,
    total_m: NDArray[np.float32],  # (R,) out: whole way; inf: nothing
    best_power: NDArray[np.float32],  # (B,) of the beams, in and out, as all that follow
    best_echo: NDArray[np.float32],
    best_range_m: NDArray[np.float32],
    best_placement: NDArray[np.int32],
    best_triangle: NDArray[np.int32],
    best_cosine: NDArray[np.float32],
    best_cause: NDArray[np.uint8],
    shiny: NDArray[np.uint8],
) -> None:
    """Keep what rays brought where it is stronger than what their beams hold."""
    for r in range(len(who)):
        w = who[r]
        sent = echo[r] * share[r]
        total_m[r] = range_m[r] + before_m[r] if sent > np.float32(0.0) else np.float32(np.inf)
        power = power_at(sent, total_m[r], extinction, overlap_m)
        # What lies beyond the gate still tells why nothing was seen.
        if power > best_power[w]:
            best_power[w] = power
            best_echo[w] = sent
            best_range_m[w] = total_m[r]
            best_placement[w] = placement[r]
            best_triangle[w] = triangle[r]
            best_cosine[w] = cosine[r]
            best_cause[w] = cause_of(placement[r], kind, actor, ego)
        if mirror[r] > shiny_share or through[r] > shiny_share:
            shiny[w] = 1


@kernel
def find_edges(
    ring: NDArray[np.int64],  # (B,)
    step: NDArray[np.int64],  # (B,) from 0
    range_m: NDArray[np.float32],
    placement: NDArray[np.int32],
    triangle: NDArray[np.int32],
    in_line: NDArray[np.bool_],  # (rings - 1,) whether a ring looks to the same side as the next one
    apart: NDArray[np.int64],  # (rings,) steps from one firing to the next
    bend: float,
    nearness: NDArray[np.float64],  # (rings, steps) room to work
    part: NDArray[np.int64],  # (rings, steps) room to work
    edge: NDArray[np.bool_],  # (B,) out
) -> None:
    """Mark the beams of a slice that stand at an edge between two surfaces, seen from their neighbours."""
    rings, steps = nearness.shape
    nearness[:] = 0.0
    part[:] = UNFIRED
    for b in range(len(ring)):
        if triangle[b] >= 0:
            nearness[ring[b], step[b]] = np.float32(1.0) / max(range_m[b], np.float32(1e-3))
        part[ring[b], step[b]] = placement[b]
    for b in range(len(ring)):
        i, j = ring[b], step[b]
        here = nearness[i, j]
        # The first and the last of a slice are their own neighbours.
        before = nearness[i, j - apart[i] if j >= apart[i] else j]
        after = nearness[i, j + apart[i] if j + apart[i] < steps else j]
        met = abs(before - 2.0 * here + after) > bend * max(before, after, here, 1e-6)
        if i + 1 < rings and in_line[i] and part[i + 1, j] != UNFIRED and part[i + 1, j] != part[i, j]:
            met = True
        if i > 0 and in_line[i - 1] and part[i - 1, j] != UNFIRED and part[i - 1, j] != part[i, j]:
            met = True
        edge[b] = met


@kernel
def rim_of(
    beams: NDArray[np.int64],  # (E,) rows of `direction`
    direction: NDArray[np.float32],  # (B, 3)
    along_rad: float,  # half a beam's divergence along the scan
    across_rad: float,
    aim: NDArray[np.float32],  # (RIM * E, 3) out: unit
) -> None:
    """Rays about the middle of beams: a hexagon that has two of its corners along the scan."""
    for e in range(len(beams)):
        x, y, z = direction[beams[e], 0], direction[beams[e], 1], direction[beams[e], 2]
        flat = max(math.sqrt(x * x + y * y), np.float32(1e-6))
        lx, ly = -y / flat, x / flat
        ux, uy, uz = -z * ly, z * lx, x * ly - y * lx
        for q in range(RIM):
            a = np.float32(RIM_SHARE * along_rad * math.cos(q * math.pi / 3.0))
            b = np.float32(RIM_SHARE * across_rad * math.sin(q * math.pi / 3.0))
            px, py, pz = x + a * lx + b * ux, y + a * ly + b * uy, z + b * uz
            length = math.sqrt(px * px + py * py + pz * pz)
            aim[RIM * e + q, 0] = px / length
            aim[RIM * e + q, 1] = py / length
            aim[RIM * e + q, 2] = pz / length


@kernel
def mix(
    beams: NDArray[np.int64],  # (E,)
    middle_share: float,
    rim_share: float,
    pulse_m: float,
    mixed_m: float,
    first_echo: NDArray[np.float32],  # (B,) of the middle rays
    first_range_m: NDArray[np.float32],
    first_placement: NDArray[np.int32],
    first_triangle: NDArray[np.int32],
    first_cosine: NDArray[np.float32],
    rim_echo: NDArray[np.float32],  # (RIM * E,)
    rim_range_m: NDArray[np.float32],
    rim_placement: NDArray[np.int32],
    rim_triangle: NDArray[np.int32],
    rim_cosine: NDArray[np.float32],
    actor: NDArray[np.int32],
    ego: int,
    extinction: np.float32,
    overlap_m: np.float32,
    best_power: NDArray[np.float32],  # (B,) out, as all that follow
    best_echo: NDArray[np.float32],
    best_range_m: NDArray[np.float32],
    best_placement: NDArray[np.int32],
    best_triangle: NDArray[np.int32],
    best_cosine: NDArray[np.float32],
    best_cause: NDArray[np.uint8],
) -> None:
    """The strongest return of beams at edges; echoes that overlap in time are one echo at their mean range."""
    total = np.empty(1 + RIM, np.float32)
    power = np.empty(1 + RIM, np.float32)
    for e in range(len(beams)):
        w = beams[e]
        for q in range(1 + RIM):
            if q == 0:
                sent = first_echo[w] * np.float32(middle_share)
                total[q] = first_range_m[w] if sent > np.float32(0.0) else NOTHING_M
            else:
                sent = rim_echo[RIM * e + q - 1] * np.float32(rim_share)
                total[q] = rim_range_m[RIM * e + q - 1] if sent > np.float32(0.0) else NOTHING_M
            power[q] = power_at(sent, total[q], extinction, overlap_m)
        leader = 0
        strongest = np.float32(-1.0)
        for q in range(1 + RIM):
            summed = np.float32(0.0)
            for other in range(1 + RIM):
                if abs(total[q] - total[other]) < pulse_m:
                    summed += power[other]
            if summed > strongest:
                strongest = summed
                leader = q
        at = total[leader]
        most = 0
        energy = np.float32(0.0)
        mean = np.float32(0.0)
        largest = np.float32(-1.0)
        for q in range(1 + RIM):
            grouped = power[q] if abs(at - total[q]) < pulse_m else np.float32(0.0)
            energy += grouped
            mean += grouped * total[q]
            if grouped > largest:
                largest = grouped
                most = q
        mean /= max(energy, np.float32(1e-30))
        own = first_placement[w] if most == 0 else rim_placement[RIM * e + most - 1]
        pulled = abs(mean - total[most]) > mixed_m or own != first_placement[w]
        best_power[w] = energy
        best_range_m[w] = mean if energy > np.float32(0.0) else np.float32(np.inf)
        far = mean if energy > np.float32(0.0) else np.float32(0.0)
        gated = max(far, overlap_m)
        best_echo[w] = energy * gated * gated * np.float32(math.exp(extinction * far))
        best_placement[w] = own
        best_triangle[w] = first_triangle[w] if most == 0 else rim_triangle[RIM * e + most - 1]
        best_cosine[w] = first_cosine[w] if most == 0 else rim_cosine[RIM * e + most - 1]
        best_cause[w] = MIXED if pulled else cause_of(own, SURFACE, actor, ego)


@kernel
def points_of(
    kept: NDArray[np.int64],  # (K,) firings that returned something
    measured_m: NDArray[np.float32],  # (N,)
    own_direction: NDArray[np.float64],  # (N, 3) lidar's frame at each firing
    own_start_m: NDArray[np.float64],
    direction: NDArray[np.float64],  # (N, 3) world
    start_m: NDArray[np.float64],
    world_from_lidar: NDArray[np.float64],  # (4, 4) at the reference time
    start: int,
    stop: int,
    raw_m: NDArray[np.float32],  # (K, 3) out
    steady_m: NDArray[np.float32],  # (K, 3) out
) -> None:
    """Points [start, stop): as measured, and in the sensor's frame at the reference time."""
    away = np.empty(3)
    for k in range(start, stop):
        n = kept[k]
        t = measured_m[n]
        for axis in range(3):
            raw_m[k, axis] = own_start_m[n, axis] + own_direction[n, axis] * t
            away[axis] = start_m[n, axis] + direction[n, axis] * t - world_from_lidar[axis, 3]
        for axis in range(3):
            steady_m[k, axis] = (
                away[0] * world_from_lidar[0, axis]
                + away[1] * world_from_lidar[1, axis]
                + away[2] * world_from_lidar[2, axis]
            )

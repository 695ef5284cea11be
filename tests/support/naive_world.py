"""Slow twins of the world's kernels, in plain Python."""

import cmath
import math

import numpy as np
from shapely import LineString, Polygon

from sim.kernels import traffic as k

MASK = 0xFFFFFFFF


def hash_u32(a: int, b: int, c: int) -> int:
    """Twin of sim.kernels.random.hash_u32, in unbounded integers."""
    x, y, z = (((v & MASK) * 1664525 + 1013904223) & MASK for v in (a, b, c))
    x = (x + y * z) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    x, y, z = (v ^ (v >> 16) for v in (x, y, z))
    x = (x + y * z) & MASK
    y = (y + z * x) & MASK
    z = (z + x * y) & MASK
    z = ((z ^ (z >> 16)) * 0x85EBCA6B) & MASK
    z = ((z ^ (z >> 13)) * 0xC2B2AE35) & MASK
    return z ^ (z >> 16)


# --------------------------------------------------------------------------------------------------------- traffic
def path_at(samples, s):
    """Twin of sim.kernels.traffic.path_at, on the rows of one path; columns x, y, yaw, curvature, speed."""
    place = s / k.PATH_STEP_M
    last = len(samples) - 1
    index = min(max(math.floor(place), 0), last - 1)
    share = min(max(place - index, 0.0), 1.0)
    x, y, yaw, curvature, speed = (1 - share) * samples[index] + share * samples[index + 1]
    over = (place - index - share) * k.PATH_STEP_M
    if over != 0.0:
        curvature = 0.0
    return x + over * math.cos(yaw), y + over * math.sin(yaw), yaw, curvature, speed


def onto_path(samples, x, y, s, rounds):
    """Twin of sim.kernels.traffic.onto_path, with complex numbers for the plane."""
    for step in range(rounds + 1):
        px, py, yaw, curvature, _ = path_at(samples, s)
        local = complex(x - px, y - py) * cmath.exp(-1j * yaw)
        if step < rounds:
            s += local.real / max(1.0 - curvature * local.imag, 0.2)
    return s, local.imag


def idm(speed, wish, gap, leader, a_max, headway):
    """Twin of sim.kernels.traffic.idm."""
    gentle = -k.COMFORT_BRAKE_MPS2
    free = gentle if wish < 0.1 else max(a_max * (1 - (speed / wish) ** 4), gentle)
    closing = speed * (speed - leader) / (2 * math.sqrt(a_max * k.COMFORT_BRAKE_MPS2))
    wanted = k.STANDSTILL_GAP_M + max(0.0, speed * headway + closing)
    return free - a_max * (wanted / max(gap, 0.1)) ** 2


def shift_at(order, time):
    """Twin of sim.kernels.traffic.shift_at: derivatives by the chain rule of the half cosine."""
    start, over, before, after = order[[k.SHIFT_START_S, k.SHIFT_OVER_S, k.SHIFT_FROM_M, k.SHIFT_TO_M]]
    if time < start:
        return (before, 0.0, 0.0) if time < start + over else (after, 0.0, 0.0)
    if time >= start + over:
        return after, 0.0, 0.0
    u, du = (time - start) / over, 1 / over
    if order[k.SHIFT_SHAPE] == k.LINEAR:
        return before + (after - before) * u, (after - before) * du, 0.0
    half = (after - before) / 2
    return (
        before + half * (1 - math.cos(math.pi * u)),
        half * math.pi * du * math.sin(math.pi * u),
        half * (math.pi * du) ** 2 * math.cos(math.pi * u),
    )


def boxes(state, spec, things):
    """Twin of sim.kernels.traffic.see_vehicles; returns the new table of things."""
    seen = things.copy()
    for v, (row, fixed) in enumerate(zip(state, spec, strict=True)):
        forward = np.array([math.cos(row[k.YAW]), math.sin(row[k.YAW])])
        seen[v, [k.BX, k.BY]] = row[[k.X, k.Y]] + fixed[k.REAR_TO_CENTRE] * forward
        seen[v, k.BYAW] = row[k.YAW]
        seen[v, [k.BVX, k.BVY]] = row[k.SPEED] * forward
        seen[v, [k.BHALF_LENGTH, k.BHALF_WIDTH]] = fixed[[k.HALF_LENGTH, k.HALF_WIDTH]]
    return seen


def outline(box):
    """The box of a thing as a shapely polygon."""
    cos, sin = math.cos(box[k.BYAW]), math.sin(box[k.BYAW])
    signs = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    corners = [(a * box[k.BHALF_LENGTH], b * box[k.BHALF_WIDTH]) for a, b in signs]
    return Polygon([(box[k.BX] + a * cos - b * sin, box[k.BY] + a * sin + b * cos) for a, b in corners])


def in_sight(v, state, spec, b, things):
    """Twin of sim.kernels.traffic.in_sight, by intersecting polygons."""
    ahead = spec[v, k.REAR_TO_CENTRE] + k.EYE_AHEAD * spec[v, k.HALF_LENGTH]
    eye = state[v, k.X] + ahead * math.cos(state[v, k.YAW]), state[v, k.Y] + ahead * math.sin(state[v, k.YAW])
    sight = LineString([eye, things[b, [k.BX, k.BY]]])
    others = [c for c in range(len(state)) if c not in (v, b)]
    tall = [c for c in others if things[c, k.BHEIGHT] >= things[b, k.BHEIGHT] - k.HIDING_M]
    return not any(sight.crosses(outline(things[c])) or sight.within(outline(things[c])) for c in tall)


def leader(v, state, spec, low, high, samples, things):
    """Twin of sim.kernels.traffic.leader: every candidate first, then the nearest."""
    candidates = []
    centre = state[v, k.S] + spec[v, k.REAR_TO_CENTRE]
    for b, box in enumerate(things):
        away = complex(box[k.BX] - state[v, k.X], box[k.BY] - state[v, k.Y]) * cmath.exp(
            -1j * state[v, k.YAW]
        )
        if b == v or box[k.BKIND] == k.PARKED or away.real < 0 or abs(away) > k.SIGHT_M:
            continue
        s, t = onto_path(samples, box[k.BX], box[k.BY], state[v, k.S] + away.real, 4)
        yaw = path_at(samples, s)[2]
        if s <= centre:
            continue
        cos, sin = abs(math.cos(box[k.BYAW] - yaw)), abs(math.sin(box[k.BYAW] - yaw))
        half_along = cos * box[k.BHALF_LENGTH] + sin * box[k.BHALF_WIDTH]
        half_across = sin * box[k.BHALF_LENGTH] + cos * box[k.BHALF_WIDTH]
        motion = complex(box[k.BVX], box[k.BVY]) * cmath.exp(-1j * yaw)
        inside = t - half_across <= high and t + half_across >= low
        if not inside and (box[k.BKIND] == k.AFOOT or motion.imag * spec[v, k.NEAR_SIDE] >= k.CROSSING_MPS):
            later = t + k.FORESIGHT_S * motion.imag
            comes = min(t, later) - half_across <= high and max(t, later) + half_across >= low
            inside = comes and in_sight(v, state, spec, b, things)
        if inside:
            candidates.append((s - half_along - centre - spec[v, k.HALF_LENGTH], motion.real))
    return min(candidates, default=(math.inf, 0.0))


def drive(state, spec, order, paths, things, grip, time, dt):
    """Twin of sim.kernels.traffic.drive; `paths` is a list of sample tables.  Returns (state, order, things)."""
    things = boxes(state, spec, things)
    new, new_order = state.copy(), order.copy()
    for v in range(len(state)):
        if order[v, k.MODE] == k.UNDRIVEN:
            new[v, k.ACCEL] = 0.0
            continue
        new[v], new_order[v] = _drive_one(v, state, spec, order[v].copy(), paths[v], things, grip, time, dt)
    return new, new_order, things


def _drive_one(v, state, spec, order, samples, things, grip, time, dt):
    row, fixed = state[v].copy(), spec[v]
    speed, mode = row[k.SPEED], order[k.MODE]
    offset, rate, bend = shift_at(order, time)
    if fixed[k.WOBBLE_M] > 0:
        w = 2 * math.pi * k.WOBBLE_HZ
        swing = fixed[k.WOBBLE_M] * min(speed, 1.0) * cmath.exp(1j * (w * time + fixed[k.WOBBLE_PHASE]))
        offset, rate, bend = offset + swing.imag, rate + w * swing.real, bend - w * w * swing.imag
    mu = float(np.interp(speed * 3.6, (50.0, 90.0, 130.0), grip[v]))
    if mode == k.STEADY:
        wanted = np.clip(
            k.STEADY_GAIN_PER_S * (order[k.WISH] - speed), -fixed[k.MAX_BRAKE], fixed[k.MAX_ACCEL]
        )
    else:
        side = fixed[k.HALF_WIDTH] + k.CORRIDOR_MARGIN_M
        span = sorted((row[k.T], order[k.SHIFT_TO_M]))
        gap, leader_speed = leader(v, state, spec, span[0] - side, span[1] + side, samples, things)
        limits = [path_at(samples, row[k.S] + ahead * speed)[4] for ahead in (0.0, k.BEND_AHEAD_S)]
        wish = min(order[k.WISH], *limits)
        wanted = idm(speed, wish, gap, leader_speed, 0.6 * fixed[k.MAX_ACCEL], fixed[k.HEADWAY_S])
        if mode == k.BRAKING:
            wanted = min(wanted, -order[k.BRAKE_AT])
    wanted = max(min(wanted, 0.5 * mu * k.G_MPS2), -min(fixed[k.MAX_BRAKE], mu * k.G_MPS2))
    accel = row[k.ACCEL] + float(np.clip(wanted - row[k.ACCEL], -k.JERK_MPS3 * dt, k.JERK_MPS3 * dt))
    after = speed + accel * dt
    if mode == k.BRAKING and after <= order[k.WISH]:
        order[k.ARRIVED] = 1.0
        after = min(speed, order[k.WISH])
    after = max(after, 0.0)
    accel, mean = (after - speed) / dt, (after + speed) / 2

    _, _, path_yaw, curvature, _ = path_at(samples, row[k.S])
    moving = max(mean, 2.0)
    turned = math.remainder(row[k.YAW] - path_yaw - math.atan2(rate, moving), 2 * math.pi)
    forward = curvature / max(1 - curvature * row[k.T], 0.2) + bend / moving**2
    reach = max(2.5, 0.55 * moving)
    command = forward * math.cos(turned) - (row[k.T] - offset) / reach**2 - 2 * math.sin(turned) / reach
    most = math.sqrt(max((mu * k.G_MPS2) ** 2 - accel**2, 0.04)) / max(mean**2, 0.1)
    target = math.atan(fixed[k.WHEELBASE] * float(np.clip(command, -most, most)))
    target = float(np.clip(target, -k.MAX_STEER_RAD, k.MAX_STEER_RAD))
    room = k.STEER_RATE_RADPS * dt
    steer = row[k.STEER] + float(np.clip(target - row[k.STEER], -room, room))

    turn = mean * math.tan(steer) / fixed[k.WHEELBASE] * dt
    way = mean * dt * cmath.exp(1j * (row[k.YAW] + turn / 2))
    row[[k.X, k.Y]] += (way.real, way.imag)
    row[k.YAW] += turn
    row[[k.SPEED, k.ACCEL, k.STEER]] = after, accel, steer
    row[k.S], row[k.T] = onto_path(samples, row[k.X], row[k.Y], row[k.S] + mean * dt, 2)
    return row, order


def comfortable_speed(curvature, limit, lateral, brake):
    """Twin of sim.kernels.traffic.comfortable_speed: the lowest cone of braking over all samples ahead."""
    own = np.minimum(limit, np.sqrt(lateral / np.maximum(np.abs(curvature), 1e-6)))
    ahead = np.arange(len(own)) * k.PATH_STEP_M
    return np.array(
        [np.sqrt((own[i:] ** 2 + 2 * brake * (ahead[i:] - ahead[i])).min()) for i in range(len(own))]
    )

"""One step of every driven vehicle at once: who is ahead, how hard to brake, where to steer.  World floor.

Arrays in, arrays out, float64 throughout (a map may lie ten kilometres from its origin).  Columns are named by the
constants below.  A vehicle follows its own lane path, whose samples lie `PATH_STEP_M` apart in one table shared by
all; everything else on the road is a row of `things`, the vehicles themselves first.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.kernels.jit import kernel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PATH_STEP_M = 0.5
G_MPS2 = 9.80665

# state (V, 8): what moves.  s is the station of the rear axle on the vehicle's path, t its metres to the left of it.
S, T, X, Y, YAW, SPEED, ACCEL, STEER = range(8)
# spec (V, 10): what stays; NEAR_SIDE is +1 where traffic keeps right and -1 where it keeps left
(
    HALF_LENGTH,
    HALF_WIDTH,
    WHEELBASE,
    REAR_TO_CENTRE,
    MAX_ACCEL,
    MAX_BRAKE,
    WOBBLE_M,
    WOBBLE_PHASE,
    HEADWAY_S,
    NEAR_SIDE,
) = range(10)
# order (V, 9): what the driver means to do
MODE, WISH, BRAKE_AT, SHIFT_START_S, SHIFT_OVER_S, SHIFT_FROM_M, SHIFT_TO_M, SHIFT_SHAPE, ARRIVED = range(9)
UNDRIVEN, IDM, STEADY, BRAKING = range(4)  # values of MODE
SINUSOIDAL, LINEAR = range(2)  # values of SHIFT_SHAPE
# path (P, 5): samples of all paths
PX, PY, PYAW, PCURVATURE, PSPEED = range(5)
# things (B, 9): boxes on the ground that drivers see
BX, BY, BYAW, BVX, BVY, BHALF_LENGTH, BHALF_WIDTH, BHEIGHT, BKIND = range(9)
PARKED, ON_ROAD, AFOOT = range(3)  # values of BKIND: parked cars hide others but are no leaders

# Intelligent driver model (Treiber, Hennecke and Helbing, Phys. Rev. E 62, 2000), city values.
STANDSTILL_GAP_M = 2.0
COMFORT_BRAKE_MPS2 = 2.0
DELTA = 4.0
SIGHT_M = 160.0
CORRIDOR_MARGIN_M = 0.25  # kept free to either side of the body
JERK_MPS3 = 25.0  # brakes build up in about a third of a second
STEER_RATE_RADPS = 0.9
MAX_STEER_RAD = 0.65
STEADY_GAIN_PER_S = 2.0
FORESIGHT_S = 1.5  # a driver brakes for somebody who will be in the way within this time, once in sight
CROSSING_MPS = 1.0  # sideways speed from which a vehicle is crossing rather than keeping its lane
BEND_AHEAD_S = 1.2  # the model lags behind a falling wish by about this time
EYE_AHEAD = 0.2  # of half the length: where a driver sits
HIDING_M = 0.2  # who is taller than a car by this much is seen over it
WOBBLE_HZ = 0.9  # riders balance about once a second


@kernel
def path_at(path: Floats, first: int, count: int, s_m: float) -> tuple[float, float, float, float, float]:
    """(x, y, yaw, curvature, speed) at a station; straight on beyond the ends.  Twin: naive_world.path_at."""
    place = s_m / PATH_STEP_M
    k = int(np.floor(place))
    k = min(max(k, 0), count - 2)
    f = place - k
    inside = min(max(f, 0.0), 1.0)
    a, b = first + k, first + k + 1
    x = path[a, PX] + inside * (path[b, PX] - path[a, PX])
    y = path[a, PY] + inside * (path[b, PY] - path[a, PY])
    yaw = path[a, PYAW] + inside * (path[b, PYAW] - path[a, PYAW])
    beyond = (f - inside) * PATH_STEP_M
    x += beyond * math.cos(yaw)
    y += beyond * math.sin(yaw)
    curvature = path[a, PCURVATURE] + inside * (path[b, PCURVATURE] - path[a, PCURVATURE])
    if beyond != 0.0:
        curvature = 0.0
    return x, y, yaw, curvature, path[a, PSPEED] + inside * (path[b, PSPEED] - path[a, PSPEED])


@kernel
def onto_path(
    path: Floats, first: int, count: int, x: float, y: float, guess_m: float, rounds: int
) -> tuple[float, float]:
    """(s, t) of a place on a path, by Newton steps along the tangent.  Twin: naive_world.onto_path."""
    s = guess_m
    for _ in range(rounds):
        px, py, yaw, curvature, _ = path_at(path, first, count, s)
        along = (x - px) * math.cos(yaw) + (y - py) * math.sin(yaw)
        left = (y - py) * math.cos(yaw) - (x - px) * math.sin(yaw)
        s += along / max(1.0 - curvature * left, 0.2)
    px, py, yaw, _, _ = path_at(path, first, count, s)
    return s, (y - py) * math.cos(yaw) - (x - px) * math.sin(yaw)


@kernel
def idm(speed: float, wish: float, gap_m: float, leader_mps: float, a_max: float, headway_s: float) -> float:
    """IDM acceleration; gap_m = inf on a free road.  Twin: naive_world.idm."""
    free: float = 1.0 - (speed / max(wish, 0.1)) ** DELTA
    if wish < 0.1:
        free = -COMFORT_BRAKE_MPS2 / a_max
    # Slowing down to a lower wish is done gently; the model's own term would brake at any strength.
    free = max(free, -COMFORT_BRAKE_MPS2 / a_max)
    closing = speed - leader_mps
    wanted = STANDSTILL_GAP_M + max(
        0.0, speed * headway_s + speed * closing / (2.0 * math.sqrt(a_max * COMFORT_BRAKE_MPS2))
    )
    crowding = wanted / max(gap_m, 0.1)
    accel: float = a_max * (free - crowding * crowding)
    return accel


@kernel
def shift_at(order: Floats, time_s: float) -> tuple[float, float, float]:
    """Lateral offset of an order row, with its first and second time derivative.  Twin: naive_world.shift_at."""
    start, over = order[SHIFT_START_S], order[SHIFT_OVER_S]
    before, after = order[SHIFT_FROM_M], order[SHIFT_TO_M]
    if time_s >= start + over:
        return after, 0.0, 0.0
    if time_s < start:
        return before, 0.0, 0.0
    share = (time_s - start) / over
    way = after - before
    if order[SHIFT_SHAPE] == LINEAR:
        return before + way * share, way / over, 0.0
    w = math.pi / over
    return (
        before + way * 0.5 * (1.0 - math.cos(math.pi * share)),
        way * 0.5 * w * math.sin(math.pi * share),
        way * 0.5 * w * w * math.cos(math.pi * share),
    )


@kernel
def see_vehicles(state: Floats, spec: Floats, things: Floats) -> None:
    """Write the vehicles' boxes and velocities into the first rows of `things`."""
    for v in range(state.shape[0]):
        cos, sin = math.cos(state[v, YAW]), math.sin(state[v, YAW])
        things[v, BX] = state[v, X] + spec[v, REAR_TO_CENTRE] * cos
        things[v, BY] = state[v, Y] + spec[v, REAR_TO_CENTRE] * sin
        things[v, BYAW] = state[v, YAW]
        things[v, BVX] = state[v, SPEED] * cos
        things[v, BVY] = state[v, SPEED] * sin
        things[v, BHALF_LENGTH] = spec[v, HALF_LENGTH]
        things[v, BHALF_WIDTH] = spec[v, HALF_WIDTH]


@kernel
def in_sight(v: int, state: Floats, spec: Floats, b: int, things: Floats) -> bool:
    """Whether the driver of v sees b past all vehicles.  Twin: naive_world.in_sight."""
    cos, sin = math.cos(state[v, YAW]), math.sin(state[v, YAW])
    ahead = spec[v, REAR_TO_CENTRE] + EYE_AHEAD * spec[v, HALF_LENGTH]
    ex, ey = state[v, X] + ahead * cos, state[v, Y] + ahead * sin
    for c in range(state.shape[0]):
        if c in (v, b) or things[c, BHEIGHT] < things[b, BHEIGHT] - HIDING_M:
            continue
        # Slab test in the frame of the box: the stretch of the line of sight that is inside both pairs of sides.
        cc, sc = math.cos(things[c, BYAW]), math.sin(things[c, BYAW])
        dx, dy = ex - things[c, BX], ey - things[c, BY]
        px, py = dx * cc + dy * sc, dy * cc - dx * sc
        dx, dy = things[b, BX] - ex, things[b, BY] - ey
        ux, uy = dx * cc + dy * sc, dy * cc - dx * sc
        enter, leave = 0.0, 1.0
        for p, u, half in ((px, ux, things[c, BHALF_LENGTH]), (py, uy, things[c, BHALF_WIDTH])):
            if abs(u) < 1e-9:
                if abs(p) > half:
                    leave = -1.0
            else:
                one, other = (-half - p) / u, (half - p) / u
                enter = max(enter, min(one, other))
                leave = min(leave, max(one, other))
        if enter < leave:
            return False
    return True


@kernel
def leader(
    v: int,
    state: Floats,
    spec: Floats,
    low_m: float,
    high_m: float,
    path: Floats,
    first: int,
    count: int,
    things: Floats,
) -> tuple[float, float]:
    """(gap from the front bumper, speed along the path) of the nearest thing in the corridor [low, high].

    People and animals count from the moment they can be seen heading for the corridor; so do vehicles that come
    from the near side, which have the right of way where nothing says otherwise: from the right where traffic keeps
    right (Vienna Convention, article 18.4), mirrored where it keeps left.  Twin: naive_world.leader.
    """
    best, best_speed = np.inf, 0.0
    cos, sin = math.cos(state[v, YAW]), math.sin(state[v, YAW])
    centre = state[v, S] + spec[v, REAR_TO_CENTRE]
    front = centre + spec[v, HALF_LENGTH]
    for b in range(things.shape[0]):
        if b == v or things[b, BKIND] == PARKED:
            continue
        dx, dy = things[b, BX] - state[v, X], things[b, BY] - state[v, Y]
        ahead = dx * cos + dy * sin
        if ahead < 0.0 or dx * dx + dy * dy > SIGHT_M * SIGHT_M:
            continue
        s, t = onto_path(path, first, count, things[b, BX], things[b, BY], state[v, S] + ahead, 4)
        if s <= centre:
            continue
        _, _, yaw, _, _ = path_at(path, first, count, s)
        turn = things[b, BYAW] - yaw
        c, n = abs(math.cos(turn)), abs(math.sin(turn))
        half_along = c * things[b, BHALF_LENGTH] + n * things[b, BHALF_WIDTH]
        half_across = n * things[b, BHALF_LENGTH] + c * things[b, BHALF_WIDTH]
        gap = s - half_along - front
        if gap >= best:
            continue
        right, left = t - half_across, t + half_across
        if right > high_m or left < low_m:
            sideways = things[b, BVY] * math.cos(yaw) - things[b, BVX] * math.sin(yaw)
            if things[b, BKIND] != AFOOT and spec[v, NEAR_SIDE] * sideways < CROSSING_MPS:
                continue
            right, left = right + min(FORESIGHT_S * sideways, 0.0), left + max(FORESIGHT_S * sideways, 0.0)
            if right > high_m or left < low_m or not in_sight(v, state, spec, b, things):
                continue
        best = gap
        best_speed = things[b, BVX] * math.cos(yaw) + things[b, BVY] * math.sin(yaw)
    return best, best_speed


@kernel
def drive(
    state: Floats,
    spec: Floats,
    order: Floats,
    path: Floats,
    path_first: Ints,
    path_count: Ints,
    things: Floats,
    grip: Floats,
    time_s: float,
    step_s: float,
) -> None:
    """Advance every driven vehicle by one step, in place.  Twin: naive_world.drive.

    All decide on the same instant (`things` is filled first), so their order does not matter.  `grip` (V, 3) is the
    friction coefficient at 50, 90 and 130 km/h.  The body is a kinematic bicycle about the rear axle; steering is
    path tracking with curvature feed-forward and critically damped feedback (after Samson, IEEE Trans. Robotics
    11(1), 1995), limited by rate, by the steering lock and by what grip allows.
    """
    see_vehicles(state, spec, things)
    for v in range(state.shape[0]):
        mode = order[v, MODE]
        if mode == UNDRIVEN:
            state[v, ACCEL] = 0.0
            continue
        first, count = path_first[v], path_count[v]
        speed = state[v, SPEED]
        offset, offset_rate, offset_bend = shift_at(order[v], time_s)
        if spec[v, WOBBLE_M] > 0.0:
            w = 2.0 * math.pi * WOBBLE_HZ
            phase = w * time_s + spec[v, WOBBLE_PHASE]
            swing = spec[v, WOBBLE_M] * min(speed, 1.0)
            offset += swing * math.sin(phase)
            offset_rate += swing * w * math.cos(phase)
            offset_bend -= swing * w * w * math.sin(phase)
        kmh = min(max(speed * 3.6, 50.0), 130.0)
        if kmh < 90.0:
            mu = grip[v, 0] + (grip[v, 1] - grip[v, 0]) * (kmh - 50.0) / 40.0
        else:
            mu = grip[v, 1] + (grip[v, 2] - grip[v, 1]) * (kmh - 90.0) / 40.0

        # ------------------------------------------------------------------------------------------- pedals
        if mode == STEADY:
            wanted = min(
                max(STEADY_GAIN_PER_S * (order[v, WISH] - speed), -spec[v, MAX_BRAKE]), spec[v, MAX_ACCEL]
            )
        else:
            # The corridor covers where the vehicle is and where it is going, so a lane change respects both lanes.
            side = spec[v, HALF_WIDTH] + CORRIDOR_MARGIN_M
            low = min(state[v, T], order[v, SHIFT_TO_M]) - side
            high = max(state[v, T], order[v, SHIFT_TO_M]) + side
            gap, leader_mps = leader(v, state, spec, low, high, path, first, count, things)
            wish = order[v, WISH]
            here = path_at(path, first, count, state[v, S])[4]
            bend = min(here, path_at(path, first, count, state[v, S] + BEND_AHEAD_S * speed)[4])
            wanted = idm(
                speed, min(wish, bend), gap, leader_mps, 0.6 * spec[v, MAX_ACCEL], spec[v, HEADWAY_S]
            )
            if mode == BRAKING:
                wanted = min(wanted, -order[v, BRAKE_AT])
        wanted = max(-min(spec[v, MAX_BRAKE], mu * G_MPS2), min(wanted, 0.5 * mu * G_MPS2))
        room = JERK_MPS3 * step_s
        accel = state[v, ACCEL] + min(max(wanted - state[v, ACCEL], -room), room)
        after = speed + accel * step_s
        floor = order[v, WISH] if mode == BRAKING else 0.0
        if mode == BRAKING and after <= floor:
            order[v, ARRIVED] = 1.0
            after = min(speed, floor)
        after = max(after, 0.0)
        accel = (after - speed) / step_s
        mean = 0.5 * (speed + after)

        # ---------------------------------------------------------------------------------------- steering
        _, _, path_yaw, curvature, _ = path_at(path, first, count, state[v, S])
        moving = max(mean, 2.0)
        heading = path_yaw + math.atan2(offset_rate, moving)
        bent = curvature / max(1.0 - curvature * state[v, T], 0.2) + offset_bend / (moving * moving)
        error = state[v, T] - offset
        turned = state[v, YAW] - heading
        turned -= 2.0 * math.pi * math.floor((turned + math.pi) / (2.0 * math.pi))
        length = max(2.5, 0.55 * moving)  # metres over which an error is taken back
        command = bent * math.cos(turned) - error / (length * length) - 2.0 * math.sin(turned) / length
        sideways = math.sqrt(max((mu * G_MPS2) ** 2 - accel * accel, 0.04))
        most = sideways / max(mean * mean, 0.1)
        command = min(max(command, -most), most)
        target = min(max(math.atan(spec[v, WHEELBASE] * command), -MAX_STEER_RAD), MAX_STEER_RAD)
        swing_room = STEER_RATE_RADPS * step_s
        steer = state[v, STEER] + min(max(target - state[v, STEER], -swing_room), swing_room)

        # -------------------------------------------------------------------------------------------- body
        turn = mean * math.tan(steer) / spec[v, WHEELBASE] * step_s
        middle = state[v, YAW] + 0.5 * turn
        state[v, X] += mean * math.cos(middle) * step_s
        state[v, Y] += mean * math.sin(middle) * step_s
        state[v, YAW] += turn
        state[v, SPEED] = after
        state[v, ACCEL] = accel
        state[v, STEER] = steer
        s, t = onto_path(path, first, count, state[v, X], state[v, Y], state[v, S] + mean * step_s, 2)
        state[v, S] = s
        state[v, T] = t


@kernel
def comfortable_speed(curvature: Floats, limit: Floats, lateral_mps2: float, brake_mps2: float) -> Floats:
    """Speed at every path sample so that bends are taken gently and reached with ease.  Twin: naive_world."""
    speed = np.empty(curvature.shape[0])
    for k in range(curvature.shape[0]):
        speed[k] = min(limit[k], math.sqrt(lateral_mps2 / max(abs(curvature[k]), 1e-6)))
    for k in range(curvature.shape[0] - 2, -1, -1):
        reachable = math.sqrt(speed[k + 1] ** 2 + 2.0 * brake_mps2 * PATH_STEP_M)
        speed[k] = min(speed[k], reachable)
    return speed

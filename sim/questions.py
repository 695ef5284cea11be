"""What can be asked of moments of the world: distances, gaps, times to meet, places, light.  World floor.

All along-road measures run along the first actor's own lane path, between bumpers.  What will never happen takes
infinitely long.  Every answer has one value for each moment.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scenarios.evaluation import AreaOf, Around, Handle, NearestOf, PathOf
from scenarios.functions import LIGHTS
from sim.kernels.traffic import PATH_STEP_M
from sim.moments import Floats, Moments
from sim.trace import Ways

SLOW_MPS = 1e-3
ONTO_ROUNDS = 6
CHUNK = 128  # moments whose crossings are looked for at once
Answer = NDArray[Any]  # (N,) floats or truths


def ask(m: Moments, name: str, args: tuple[Handle, ...]) -> Answer:
    """The answer of a function of the language, for every moment."""
    if not args and name in WEATHER:
        return m.weather(WEATHER[name])
    return _QUESTIONS[name](m, *args)


# The language's names of the weather, and those of WeatherState.
WEATHER = {
    "rain": "rain_mm_per_h",
    "snow": "snow_mm_per_h",
    "fog": "fog_mor_m",
    "visibility": "visibility_m",
    "clouds": "cloud_okta",
    "wind": "wind_mps",
    "air": "air_degC",
    "sun": "sun_elevation_rad",
    "illuminance": "illuminance_lx",
    "friction": "friction",
    "wetness": "wetness",
    "water_film": "water_film_m",
    "snow_depth": "snow_depth_m",
}


# ------------------------------------------------------------------------------------------------------ who is meant
def _one(m: Moments, name: Handle) -> int:
    assert isinstance(name, str), "checked when the file was loaded"
    return m.who.column(name)


def _other(m: Moments, first: int, handle: Handle) -> NDArray[np.intp]:
    """(N,) column of the second actor at every moment; -1 where there is nobody."""
    if isinstance(handle, NearestOf):
        return nearest(m, m.x_m[:, first], m.y_m[:, first], handle.class_word, without=first)
    return np.full(m.count, _one(m, handle), np.intp)


def nearest(m: Moments, x_m: Floats, y_m: Floats, class_word: str, without: int) -> NDArray[np.intp]:
    """(N,) column of whoever of a class has its middle nearest to a place; -1 where there is nobody."""
    columns = m.who.of_class(class_word)
    columns = columns[columns != without]
    if len(columns) == 0:
        return np.full(m.count, -1, np.intp)
    away = np.hypot(m.x_m[:, columns] - x_m[:, None], m.y_m[:, columns] - y_m[:, None])
    away[~m.present[:, columns]] = np.inf
    best = np.argmin(away, axis=1)
    return np.where(np.isfinite(away[np.arange(m.count), best]), columns[best], -1)


def _at(values: NDArray[Any], columns: NDArray[np.intp]) -> NDArray[Any]:
    picked: NDArray[Any] = values[np.arange(len(columns)), columns] if values.ndim == 2 else values[columns]
    return picked


# ------------------------------------------------------------------------------------------------- along a lane path
def on_way(ways: Ways, way: int, s_m: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """(x, y, yaw, curvature, width, station on its road) at stations of an actor's path; s_m (N,) or (N, K)."""
    first, count = ways.first[:, way], ways.count[:, way]
    if s_m.ndim == 2:
        first, count = first[:, None], count[:, None]
    place = s_m / PATH_STEP_M
    k = np.clip(np.floor(place), 0, count - 2).astype(np.int64)
    f = place - k
    inside = np.clip(f, 0.0, 1.0)
    a = ways.rows[first + k]
    b = ways.rows[first + k + 1]
    mixed = a + inside[..., None] * (b - a)
    x, y, yaw, curvature, width, station = np.moveaxis(mixed, -1, 0)
    beyond = (f - inside) * PATH_STEP_M
    curvature = np.where(beyond != 0.0, 0.0, curvature)
    return x + beyond * np.cos(yaw), y + beyond * np.sin(yaw), yaw, curvature, width, station


def onto_way(ways: Ways, way: int, x_m: Floats, y_m: Floats, guess_m: Floats) -> tuple[Floats, Floats]:
    """(s, t) of places on an actor's path, by Newton steps along the tangent."""
    s = guess_m
    for _ in range(ONTO_ROUNDS):
        px, py, yaw, curvature, _, _ = on_way(ways, way, s)
        cos, sin = np.cos(yaw), np.sin(yaw)
        along = (x_m - px) * cos + (y_m - py) * sin
        left = (y_m - py) * cos - (x_m - px) * sin
        s = s + along / np.maximum(1.0 - curvature * left, 0.2)
    px, py, yaw, _, _, _ = on_way(ways, way, s)
    return s, (y_m - py) * np.cos(yaw) - (x_m - px) * np.sin(yaw)


def _half_along(m: Moments, columns: NDArray[np.intp], yaw_rad: Floats) -> Floats:
    turn = _at(m.yaw_rad, columns) - yaw_rad
    half: Floats = np.abs(np.cos(turn)) * _at(m.who.half_length_m, columns) + np.abs(np.sin(turn)) * _at(
        m.who.half_width_m, columns
    )
    return half


def _own(m: Moments, way: int) -> tuple[Floats, Floats]:
    """(N,) station of the middle and half the room taken along the path."""
    s = m.ways.along_m[:, way]
    yaw = on_way(m.ways, way, s)[2]
    return s, _half_along(m, np.full(m.count, way, np.intp), yaw)


def _gap(m: Moments, first: int, other: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Bumper to bumper along the first's path (negative when behind or beside), and the other's speed along it."""
    s_own, half = _own(m, first)
    x, y = _at(m.x_m, other), _at(m.y_m, other)
    yaw = m.yaw_rad[:, first]
    ahead = (x - m.x_m[:, first]) * np.cos(yaw) + (y - m.y_m[:, first]) * np.sin(yaw)
    s, _ = onto_way(m.ways, first, x, y, s_own + ahead)
    yaw = on_way(m.ways, first, s)[2]
    gap = s - s_own - _half_along(m, other, yaw) - half
    along = _at(m.vx_mps, other) * np.cos(yaw) + _at(m.vy_mps, other) * np.sin(yaw)
    nobody = (other < 0) | ~_at(m.present, other)
    return np.where(nobody, np.inf, gap), np.where(nobody, 0.0, along)


def _time(distance_m: Floats, speed_mps: Floats) -> Floats:
    moving = speed_mps > SLOW_MPS
    times: Floats = np.where(moving, distance_m / np.where(moving, speed_mps, 1.0), np.inf)
    return times


def ttc(m: Moments, first: Handle, second: Handle) -> Answer:
    own = _one(m, first)
    own_mps = m.ways.along_mps[:, own]
    if isinstance(second, PathOf):
        return _time(to_crossing(m, own, _one(m, second.actor)), own_mps)
    gap, other_mps = _gap(m, own, _other(m, own, second))
    return np.where(gap < 0.0, np.inf, _time(gap, own_mps - other_mps))


def thw(m: Moments, first: Handle, second: Handle) -> Answer:
    own = _one(m, first)
    gap, _ = _gap(m, own, _other(m, own, second))
    return np.where(gap < 0.0, np.inf, _time(gap, m.ways.along_mps[:, own]))


def gap(m: Moments, first: Handle, second: Handle) -> Answer:
    own = _one(m, first)
    return _gap(m, own, _other(m, own, second))[0]


def station(m: Moments, first: Handle) -> Answer:
    own = _one(m, first)
    return on_way(m.ways, own, m.ways.along_m[:, own])[5]


# ----------------------------------------------------------------------------------------------- where ways cross
def to_crossing(m: Moments, first: int, second: int) -> Floats:
    """Metres from the first's front bumper to where the other's way crosses its path; inf where it does not."""
    s_own, half = _own(m, first)
    start = np.maximum(((s_own - half) / PATH_STEP_M).astype(np.int64), 0)
    here = np.stack((m.x_m[:, second], m.y_m[:, second]), 1)
    goal = m.ways.goal_m[:, second]
    crossed = np.full(m.count, np.inf)
    afoot = np.isfinite(goal[:, 0])
    for row in range(0, m.count, CHUNK):
        part = slice(row, row + CHUNK)
        if afoot[part].any():
            crossed[part] = _line_crosses(m, part, first, start[part], here[part], goal[part])
    if not afoot.all():
        driven = ~afoot
        crossed[driven] = _paths_cross(m, first, second, start)[driven]
    reached: Floats = np.maximum(crossed * PATH_STEP_M - s_own - half, 0.0)
    return reached


def _line_crosses(
    m: Moments, part: slice, first: int, start: NDArray[np.int64], here: Floats, goal: Floats
) -> Floats:
    """Where along the first's path (in samples) the straight lines from `here` to `goal` first cross it."""
    begin, count = m.ways.first[part, first], m.ways.count[part, first]
    longest = int((count - start).max())
    if longest < 2:
        return np.full(len(here), np.inf)
    steps: NDArray[np.int64] = np.arange(longest)[None, :]
    index = np.minimum(start[:, None] + steps, count[:, None] - 1)
    path = m.ways.rows[begin[:, None] + index][:, :, :2]
    along = _crossings(path[:, :-1], np.diff(path, axis=1), here[:, None, :], (goal - here)[:, None, :])
    there = ~np.isnan(along) & (steps[:, :-1] + start[:, None] < count[:, None] - 1)
    found: Floats = start + np.where(there, along + steps[:, :-1], np.inf).min(1)
    return found


def _paths_cross(m: Moments, first: int, second: int, start: NDArray[np.int64]) -> Floats:
    """Where along the first's path (in samples) the second's lane path, as far as it lies ahead, first crosses it."""
    ways = m.ways
    passed = np.maximum((ways.along_m[:, second] / PATH_STEP_M).astype(np.int64), 0)
    found = np.full(m.count, np.inf)
    keys = np.stack(
        (ways.first[:, first], ways.count[:, first], ways.first[:, second], ways.count[:, second]), 1
    )
    for key in np.unique(keys, axis=0):
        pair = tuple(key.tolist())
        if pair not in m.meetings:
            m.meetings[pair] = _meetings(*(ways.rows[at : at + n, :2] for at, n in (pair[:2], pair[2:])))
        meets = m.meetings[pair]
        for moment in np.flatnonzero((keys == key).all(1)):
            ahead = meets[(meets[:, 0] >= start[moment]) & (meets[:, 1] >= passed[moment]), 0]
            if len(ahead):
                found[moment] = ahead.min()
    return found


def _meetings(a: Floats, b: Floats) -> Floats:
    """(K, 2) places in samples along both polylines where they cross."""
    found = []
    way = np.diff(b, axis=0)
    low, high = np.minimum(b[:-1], b[1:]), np.maximum(b[:-1], b[1:])
    for k in range(len(a) - 1):
        lo, hi = np.minimum(a[k], a[k + 1]), np.maximum(a[k], a[k + 1])
        near = np.flatnonzero(((low <= hi) & (high >= lo)).all(1))
        if len(near) == 0:
            continue
        step = np.broadcast_to(a[k + 1] - a[k], (len(near), 2))
        start = np.broadcast_to(a[k], (len(near), 2))
        along = _crossings(start, step, b[near], way[near])
        back = _crossings(b[near], way[near], start, step)
        for hit in np.flatnonzero(~np.isnan(along)):
            found.append((k + along[hit], near[hit] + back[hit]))
    return np.array(found).reshape(-1, 2)


def _crossings(a: Floats, u: Floats, b: Floats, w: Floats) -> Floats:
    """How far along the segments a + u the segments b + w cross them, 0 to 1; nan where they do not."""
    cross = u[..., 0] * w[..., 1] - u[..., 1] * w[..., 0]
    d = b - a
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (d[..., 0] * w[..., 1] - d[..., 1] * w[..., 0]) / cross
        across = (d[..., 0] * u[..., 1] - d[..., 1] * u[..., 0]) / cross
        hit = (along >= 0.0) & (along <= 1.0) & (across >= 0.0) & (across <= 1.0)
    met: Floats = np.where(hit, along, np.nan)
    return met


# ------------------------------------------------------------------------------------------------ over the ground
def distance(m: Moments, first: Handle, second: Handle) -> Answer:
    own = _one(m, first)
    if isinstance(second, PathOf):
        return to_crossing(m, own, _one(m, second.actor))
    other = _other(m, own, second)
    p, q = corners(m, np.full(m.count, own, np.intp)), corners(m, other)
    apart = np.minimum(_points_to_edges(p, q), _points_to_edges(q, p))
    apart[~(_separated(p, q) | _separated(q, p))] = 0.0
    return np.where((other < 0) | ~_at(m.present, other), np.inf, apart)


def corners(m: Moments, columns: NDArray[np.intp]) -> Floats:
    """(N, 4, 2) outlines of bodies on the ground, counter-clockwise."""
    yaw = _at(m.yaw_rad, columns)
    cos, sin = np.cos(yaw), np.sin(yaw)
    forward = np.stack((cos, sin), -1) * _at(m.who.half_length_m, columns)[:, None]
    left = np.stack((-sin, cos), -1) * _at(m.who.half_width_m, columns)[:, None]
    centre = np.stack((_at(m.x_m, columns), _at(m.y_m, columns)), -1)
    return np.stack(
        (centre + forward + left, centre - forward + left, centre - forward - left, centre + forward - left),
        1,
    )


def _separated(p: Floats, q: Floats) -> NDArray[np.bool_]:
    """Whether an edge direction of the rectangles p separates them from q."""
    free = np.zeros(len(p), np.bool_)
    for edge in (p[:, 0] - p[:, 1], p[:, 1] - p[:, 2]):
        shadow_p, shadow_q = np.einsum("nkc,nc->nk", p, edge), np.einsum("nkc,nc->nk", q, edge)
        free |= (shadow_p.max(1) < shadow_q.min(1)) | (shadow_q.max(1) < shadow_p.min(1))
    return free


def _points_to_edges(p: Floats, q: Floats) -> Floats:
    way = np.roll(q, -1, axis=1) - q
    d = p[:, :, None, :] - q[:, None, :, :]
    share = np.clip((d * way[:, None]).sum(-1) / np.maximum((way * way).sum(-1), 1e-12)[:, None], 0.0, 1.0)
    apart: Floats = np.sqrt(((d - share[..., None] * way[:, None]) ** 2).sum(-1)).min((1, 2))
    return apart


def range_(m: Moments, first: Handle, second: Handle) -> Answer:
    assert isinstance(first, str), "checked when the file was loaded"
    owner, dot, _ = first.partition(".")
    own = _one(m, owner)
    x, y = m.x_m[:, own], m.y_m[:, own]
    if dot:
        forward, left = m.view_m(first)
        cos, sin = np.cos(m.yaw_rad[:, own]), np.sin(m.yaw_rad[:, own])
        x, y = x + forward * cos - left * sin, y + forward * sin + left * cos
    if isinstance(second, NearestOf):
        other = nearest(m, x, y, second.class_word, without=own)
    else:
        other = _other(m, own, second)
    away = np.hypot(_at(m.x_m, other) - x, _at(m.y_m, other) - y)
    return np.where((other < 0) | ~_at(m.present, other), np.inf, away)


def speed(m: Moments, first: Handle) -> Answer:
    own = _one(m, first)
    return np.hypot(m.vx_mps[:, own], m.vy_mps[:, own])


def acceleration(m: Moments, first: Handle) -> Answer:
    along: Floats = m.acceleration_mps2[:, _one(m, first)]
    return along


# ------------------------------------------------------------------------------------------------------------ areas
def in_area(m: Moments, columns: NDArray[np.intp], area: Handle) -> NDArray[np.bool_]:
    """(N, K) whether the bodies of some columns are in an area.

    A lane holds whose middle lies between its borders; a path is the strip that its owner sweeps ahead of its front,
    and holds whoever reaches into it; a distance is to the middle of a body.
    """
    assert isinstance(area, AreaOf | Around), "checked when the file was loaded"
    own = m.who.column(area.actor)
    x, y = m.x_m[:, columns], m.y_m[:, columns]
    there = m.present[:, columns]
    if isinstance(area, Around):
        away = np.hypot(x - m.x_m[:, own, None], y - m.y_m[:, own, None])
        near: NDArray[np.bool_] = there & (away <= area.radius_m)
        return near
    s_own, half_own = _own(m, own)
    yaw = m.yaw_rad[:, own, None]
    ahead = (x - m.x_m[:, own, None]) * np.cos(yaw) + (y - m.y_m[:, own, None]) * np.sin(yaw)
    s, t = onto_way(m.ways, own, x, y, s_own[:, None] + ahead)
    _, _, yaw, _, width, _ = on_way(m.ways, own, s)
    inside = (s >= 0.0) & (s <= ((m.ways.count[:, own] - 1) * PATH_STEP_M)[:, None])
    if area.part == "lane":
        between: NDArray[np.bool_] = there & inside & (np.abs(t) <= width / 2)
        return between
    turn = m.yaw_rad[:, columns] - yaw
    cos, sin = np.abs(np.cos(turn)), np.abs(np.sin(turn))
    along = cos * m.who.half_length_m[columns] + sin * m.who.half_width_m[columns]
    across = sin * m.who.half_length_m[columns] + cos * m.who.half_width_m[columns]
    reaches = np.abs(t) <= m.who.half_width_m[own] + across
    swept: NDArray[np.bool_] = there & reaches & (s + along >= (s_own + half_own)[:, None])
    return swept


def in_lane(m: Moments, first: Handle, area: Handle) -> Answer:
    return in_area(m, np.array([_one(m, first)], np.intp), area)[:, 0]


def count(m: Moments, class_word: Handle, area: Handle) -> Answer:
    assert isinstance(class_word, str), "checked when the file was loaded"
    assert isinstance(area, AreaOf | Around), "checked when the file was loaded"
    columns = m.who.of_class(class_word)
    columns = columns[columns != m.who.column(area.actor)]
    if len(columns) == 0:
        return np.zeros(m.count)
    inside: Floats = in_area(m, columns, area).sum(1).astype(np.float64)
    return inside


# ------------------------------------------------------------------------------------------------- what has happened
def event(m: Moments, mark: Handle) -> Answer:
    assert isinstance(mark, str), "checked when the file was loaded"
    passed: NDArray[np.bool_] = m.time_s >= m.marks.get(mark, np.inf) - 1e-9
    return passed


def collided(m: Moments, first: Handle, second: Handle | None = None) -> Answer:
    return m.touched(_one(m, first), None if second is None else _one(m, second))


def visible(m: Moments, target: Handle, view: Handle) -> Answer:
    assert isinstance(view, str), "checked when the file was loaded"
    ego = m.who.column(view.partition(".")[0])
    return m.sight(view, _other(m, ego, target))


# ---------------------------------------------------------------------------------------------------- traffic lights
PASSED_M = 0.3  # over the line; then the next light counts


def _next_light(m: Moments, handle: Handle) -> tuple[Floats, NDArray[np.int64]]:
    """(N,) metres from an actor's front to where it stops for the next light, and the light; inf and -1 without."""
    own = _one(m, handle)
    gap, light = np.full(m.count, np.inf), np.full(m.count, -1, np.int64)
    if m.lights is None or own >= m.ways.first.shape[1]:
        return gap, light
    front = m.ways.along_m[:, own] + m.who.half_length_m[own]
    keys = np.stack((m.ways.first[:, own], m.ways.count[:, own]), 1)
    for first, count in np.unique(keys, axis=0).tolist():
        stations, lights = m.stops(first, count)
        if not len(stations):
            continue
        rows = np.flatnonzero((keys == (first, count)).all(1))
        ahead = np.searchsorted(stations, front[rows] - PASSED_M)
        there = ahead < len(stations)
        gap[rows[there]] = stations[ahead[there]] - front[rows[there]]
        light[rows[there]] = lights[ahead[there]]
    return gap, light


def stop_line(m: Moments, first: Handle) -> Answer:
    return np.maximum(_next_light(m, first)[0], 0.0)


def light_shows(m: Moments, first: Handle, word: Handle) -> Answer:
    _, light = _next_light(m, first)
    if m.lights is None:
        return np.zeros(m.count, np.bool_)
    shown = np.take_along_axis(m.lights, np.maximum(light, 0)[:, None], axis=1)[:, 0]
    shows: NDArray[np.bool_] = (light >= 0) & (shown == LIGHTS.index(str(word)))
    return shows


_QUESTIONS: dict[str, Callable[..., Answer]] = {
    "ttc": ttc,
    "thw": thw,
    "gap": gap,
    "distance": distance,
    "range": range_,
    "speed": speed,
    "acceleration": acceleration,
    "stop_line": stop_line,
    "light": light_shows,
    "s": station,
    "visible": visible,
    "in_lane": in_lane,
    "collided": collided,
    "count": count,
    "event": event,
}

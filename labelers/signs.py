"""Traffic signs and lights: what they say, where they hang, and what cameras see of them.  Labels floor.

The stage knows every face that it has drawn.  What covers it is found as for actors, with its own triangles alone;
what is visible of that follows from the planes of class and depth.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from labelers.definitions import FACING_COS, SIGN_REACH_M, SIGN_SLACK, SIGN_SLACK_M
from labelers.keypoints import placed, rolled
from labelers.records import ImageSign, Lens, Sign
from renderers.frames import CameraFrame
from renderers.optics import lit_pixels, plane_rad
from renderers.projection import NEAR_M, inside_image
from renderers.sign_facts import meaning, official_code
from renderers.stage import Stage
from renderers.street_faces import LIGHT, SIGN, Face
from scenarios.taxonomy import SEMANTIC_ID
from sim.light_groups import lanes_told, lights_of
from sim.roads.network import RoadNetwork
from sim.trace import WorldInstant, euler_rad

CLASS = {SIGN: SEMANTIC_ID["traffic_sign"], LIGHT: SEMANTIC_ID["traffic_light"]}
FINE = 7  # cells to a pixel's side where silhouettes are drawn; odd, so that one lies on its centre
MOST_CELLS = 4_000_000  # of a drawing; larger silhouettes get coarser cells
FRONT_GRID = 12  # samples of a front to each side
SAME_WAY = 0.6  # cosine between a lane's traffic and a reader's way of looking
LINE_BEHIND_M, LINE_AHEAD_M, LINE_BESIDE_M = 30.0, 4.0, 12.0  # where a light's stop line may lie before it
LIGHT_MEANS = {
    "vehicles": {
        "red": "stop",
        "red_amber": "stop, about to go",
        "amber": "stop if possible",
        "green": "go",
        "flashing_amber": "beware",
        "flashing_green": "go, about to end",
        "off": "",
    },
    "walkers": {"red": "do not walk", "green": "walk", "off": ""},
}

Points = NDArray[np.float64]


@lru_cache(maxsize=4)
def all_signs(faces: tuple[Face, ...], road: RoadNetwork | None) -> tuple[Sign, ...]:
    """The signs and lights of a stage, numbered from 1."""
    return tuple(_sign(k + 1, face, road) for k, face in enumerate(faces))


def signs_near(
    stage: Stage, road: RoadNetwork | None, instant: WorldInstant, world_from_ego: NDArray[np.float64]
) -> tuple[Sign, ...]:
    """Those within reach of the ego, with what they say at an instant."""
    place, faces = world_from_ego[:2, 3], stage.faces(instant)
    return tuple(
        _saying(sign, faces[sign.sign_id - 1])
        for sign in all_signs(stage.static.faces, road)
        if np.hypot(*(sign.centre_m[:2] - place)) < SIGN_REACH_M
    )


def _saying(sign: Sign, face: Face) -> Sign:
    """A sign with what its face shows."""
    if face.kind != LIGHT:
        return sign
    return replace(sign, state=face.state, meaning=_told(face), lenses=_lenses(face))


def _told(face: Face) -> str:
    """What a face means."""
    return (
        LIGHT_MEANS[face.code].get(face.state, "") if face.kind == LIGHT else meaning(face.code, face.value)
    )


def _lenses(face: Face) -> tuple[Lens, ...]:
    return tuple(Lens(b.color, b.symbol, b.lit, b.at_m, b.radius_m) for b in face.bulbs)


def _sign(number: int, face: Face, road: RoadNetwork | None) -> Sign:
    pose = face.world_from_face
    light = face.kind == LIGHT
    return Sign(
        sign_id=number,
        kind=face.kind,
        code=face.code,
        official="" if light else official_code(face.code),
        value=face.value,
        meaning=_told(face),
        state=face.state,
        lenses=_lenses(face),
        centre_m=pose[:3, 3].copy(),
        rotation_rad=np.array(euler_rad(pose[:3, :3])),
        size_m=face.size_m,
        lanes=() if road is None or face.code == "walkers" else _lanes(face, road),
        stop_line_m=_stop_line(face, road)
        if road is not None and light and face.code == "vehicles"
        else None,
    )


def _lanes(face: Face, road: RoadNetwork) -> tuple[str, ...]:
    """Lanes whose traffic looks at a face: of a light as the map tells, else those at its foot."""
    if face.light >= 0:
        light = lights_of(road)[face.light]
        told = [f"{t.road}/{lane}" for t in light.tells for lane in lanes_told(road, light, t)]
        if told or any(t.lanes for t in light.tells):
            return tuple(sorted(dict.fromkeys(told)))
    x, y = (float(v) for v in face.world_from_face[:2, 3])
    name, s, _ = road.locate(x, y)
    here = road.roads[name]
    step = 0.5 if s + 0.5 <= here.length_m else -0.5
    along = (road.point(name, s + step, 0.0) - road.point(name, s, 0.0))[:2] / step
    toward = -float(along @ face.world_from_face[:2, 0]) / max(float(np.linalg.norm(along)), 1e-9)
    if abs(toward) < SAME_WAY:
        return ()
    section = here.section_at(s)
    drives = {(n, lane) for r, n, lane in road.drivable() if r == name and n == section}
    return tuple(f"{name}/{lane}" for n, lane in sorted(drives) if here.direction(lane, n) * toward > 0.0)


def _stop_line(face: Face, road: RoadNetwork) -> Points | None:
    """The nearest stop line before a light, across the way of who looks at it."""
    at, ahead = face.world_from_face[:3, 3], -face.world_from_face[:2, 0]
    ahead = ahead / np.linalg.norm(ahead)
    best: tuple[float, Points] | None = None
    for mark in road.paint:
        if mark.kind != "stop_line":
            continue
        ends = mark.centre_m[[0, -1]]
        across = (ends[1] - ends[0])[:2]
        gap = (ends.mean(axis=0) - at)[:2]
        before, beside = float(gap @ ahead), abs(float(gap[0] * ahead[1] - gap[1] * ahead[0]))
        if (
            -LINE_BEHIND_M < before < LINE_AHEAD_M
            and beside < LINE_BESIDE_M
            and abs(float(across @ ahead)) < 0.5 * float(np.linalg.norm(across))
        ):
            far = float(np.hypot(before, beside))
            if best is None or far < best[0]:
                best = far, ends.copy()
    return None if best is None else best[1]


def image_signs(frame: CameraFrame, faces: Sequence[Face], signs: Sequence[Sign]) -> tuple[ImageSign, ...]:
    """What of these signs' silhouettes lies in an image, and what of that is visible; `faces` are all of the stage."""
    found = []
    for sign in signs:
        face = faces[sign.sign_id - 1]
        seen = _seen(frame, sign, face)
        if seen is not None:
            found.append(seen)
    return tuple(found)


def _put(frame: CameraFrame, world_m: Points) -> tuple[Points, Points]:
    return placed(frame, world_m) if frame.rows is None else rolled(frame, world_m, world_m)


def _world(face: Face, local_m: NDArray[np.floating]) -> Points:
    out: Points = local_m @ face.world_from_face[:3, :3].T + face.world_from_face[:3, 3]
    return out


def _seen(frame: CameraFrame, sign: Sign, face: Face) -> ImageSign | None:
    half = 0.5 * np.asarray(face.size_m)
    corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    uv, depth = _put(_unbounded(frame), _world(face, corners))
    height, width = frame.instance.shape
    if np.isnan(uv).all() or (not frame.model.fisheye and depth.min() < NEAR_M):
        return None  # beside the lens: nothing of it is in the image
    low, high = np.nanmin(uv, axis=0), np.nanmax(uv, axis=0)
    if (high < -0.5).any() or low[0] > width - 0.5 or low[1] > height - 0.5:
        return None
    drawn = _silhouette(frame, face)
    if drawn is None:
        return None
    (x0, y0), mask = drawn
    window = np.s_[y0 : y0 + mask.shape[0], x0 : x0 + mask.shape[1]]
    away = frame.world_from_camera[:3, 3] - face.world_from_face[:3, 3]
    first, last = float(depth.min()), float(depth.max())
    if frame.model.fisheye:  # along rays the middle of a face is nearer than its corners
        outside = np.maximum(np.abs(face.world_from_face[:3, :3].T @ away) - half, 0.0)
        first = float(np.linalg.norm(outside))
    slack = SIGN_SLACK_M + SIGN_SLACK * last
    shows = mask & (frame.semantic[window] == CLASS[face.kind]) & (frame.instance[window] == 0)
    shows &= (frame.depth_m[window] > first - slack) & (frame.depth_m[window] < last + slack)
    visible, whole = int(np.count_nonzero(shows)), int(np.count_nonzero(mask))
    cosine = float(face.world_from_face[:3, 0] @ away) / max(float(np.linalg.norm(away)), 1e-9)
    bounds = _bounds(mask, x0, y0)
    assert bounds is not None
    return ImageSign(
        sign_id=sign.sign_id,
        visible=_bounds(shows, x0, y0),
        amodal=bounds,
        visible_px=visible,
        unoccluded_px=whole,
        occlusion=1.0 - visible / whole,
        truncation=_truncation(frame, face, corners),
        facing="side" if abs(cosine) < FACING_COS else "front" if cosine > 0.0 else "back",
        transmittance=float(frame.transmittance[window][shows].mean()) if visible else 0.0,
    )


def _unbounded(frame: CameraFrame) -> CameraFrame:
    """The same frame without the rim of a fisheye's field, across which a face goes on without a place of its own."""
    if not frame.model.fisheye:
        return frame
    return replace(frame, model=replace(frame.model, field_rad=2.0 * plane_rad(frame.model)))


def _truncation(frame: CameraFrame, face: Face, corners_m: Points) -> float:
    if inside_image(frame.model, _put(frame, _world(face, corners_m))[0]).all():
        return 0.0
    half = 0.5 * np.asarray(face.size_m)
    steps = (np.arange(FRONT_GRID) + 0.5) / FRONT_GRID * 2.0 - 1.0
    y, z = np.meshgrid(steps * half[1], steps * half[2])
    front = np.column_stack([np.full(y.size, half[0]), y.ravel(), z.ravel()])
    return 1.0 - float(inside_image(frame.model, _put(frame, _world(face, front))[0]).mean())


def _silhouette(frame: CameraFrame, face: Face) -> tuple[tuple[int, int], NDArray[np.bool_]] | None:
    """First pixel and mask of the pixels whose centres a face's triangles cover; None where none does."""
    uv, _ = _put(_unbounded(frame), _world(face, face.outline_m.reshape(-1, 3).astype(np.float64)))
    uv = uv.reshape(-1, 3, 2)
    uv = uv[np.isfinite(uv).all(axis=(1, 2))]  # beyond a fisheye's plane there is no place in the image
    if not len(uv):
        return None
    height, width = frame.instance.shape
    x0, y0 = np.maximum(np.floor(uv.min(axis=(0, 1))).astype(int), 0).tolist()
    x1, y1 = (np.minimum(np.ceil(uv.max(axis=(0, 1))).astype(int) + 1, (width, height))).tolist()
    if x1 <= x0 or y1 <= y0:
        return None
    fine = FINE if (x1 - x0) * (y1 - y0) * FINE * FINE < MOST_CELLS else 1
    cells = np.zeros(((y1 - y0) * fine, (x1 - x0) * fine), np.uint8)
    at = np.clip((uv - (x0, y0) + 0.5) * fine - 0.5, -1e4, 1e4)
    (ax, ay), (bx, by) = (at[:, 1] - at[:, 0]).T, (at[:, 2] - at[:, 0]).T
    turn = ax * by - ay * bx
    # Of a closed body one side covers what the other does; of a sheet there is only one, whichever way it looks.
    both = (turn > 0.0).any() and (turn < 0.0).any() and face.kind == LIGHT
    at = at[turn < 0.0] if both else at
    for triangle in np.rint(at * 16).astype(np.int32):
        cv2.fillConvexPoly(cells, triangle, 1, cv2.LINE_8, 4)
    mask = cells[fine // 2 :: fine, fine // 2 :: fine].astype(bool)
    lit = lit_pixels(frame.model)
    if lit is not None:
        mask &= lit[y0:y1, x0:x1]
    return ((x0, y0), mask) if mask.any() else None


def _bounds(mask: NDArray[np.bool_], x0: int, y0: int) -> tuple[float, float, float, float] | None:
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(rows):
        return None
    return (
        float(x0 + columns[0]),
        float(y0 + rows[0]),
        float(x0 + columns[-1] + 1),
        float(y0 + rows[-1] + 1),
    )

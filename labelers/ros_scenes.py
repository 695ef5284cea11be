"""Lane lines, signs and traffic lights as scenes that Foxglove draws, and what of lines and bodies lies in a picture.

Every line, sign and head is an entity of its own, whose metadata say in words what it is and, of a light, what it
shows; an entity lives until the next sample's takes its place.  Labels floor.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.geometry import quaternion_wxyz
from labelers.records import ImageLine, ImageSkeleton, Line, Sign
from sim.trace import pose_matrix

Words = dict[str, Any]
Time = Words

STRIP, POINTS, STRIP_2D = 0, 1, 3  # LinePrimitive's type; PointsAnnotation's
PAINT = {
    "white": (1.0, 1.0, 1.0),
    "yellow": (1.0, 0.85, 0.1),
    "orange": (1.0, 0.55, 0.1),
    "red": (1.0, 0.1, 0.1),
    "blue": (0.2, 0.4, 1.0),
    "green": (0.1, 0.9, 0.3),
    "": (0.55, 0.55, 0.55),  # kerbs
}
LAMPS = {
    "red": (1.0, 0.1, 0.05),
    "amber": (1.0, 0.7, 0.0),
    "green": (0.1, 1.0, 0.5),
    "white": (1.0, 1.0, 1.0),
}
HOUSING, JOINT, HIDDEN_JOINT = (0.2, 0.2, 0.2), (0.1, 1.0, 1.0), (0.0, 0.4, 0.4)
DARK = 0.15  # of a lamp's colour where it is not lit
LINE_M = 0.12  # as wide as lines are drawn


def color(rgb: tuple[float, float, float], opacity: float = 1.0) -> Words:
    """A foxglove_msgs/Color."""
    return dict(zip("rgb", rgb, strict=True)) | {"a": opacity}


def pose(matrix: NDArray[np.float64]) -> Words:
    """A geometry_msgs/Pose."""
    w, x, y, z = (value + 0.0 for value in quaternion_wxyz(matrix))
    place = dict(zip("xyz", (float(value) + 0.0 for value in matrix[:3, 3]), strict=True))
    return {"position": place, "orientation": {"x": x, "y": y, "z": z, "w": w}}


def _entity(time: Time, frame: str, life: Time, name: str, metadata: dict[str, str]) -> Words:
    told = [{"key": key, "value": value} for key, value in metadata.items()]
    return {"timestamp": time, "frame_id": frame, "id": name, "lifetime": life, "metadata": told}


def line_scene(time: Time, frame: str, life: Time, lines: Sequence[Line]) -> Words:
    """A SceneUpdate of lines between lanes."""
    entities = []
    for line in lines:
        drawn = {
            "type": STRIP,
            "pose": pose(np.eye(4)),
            "thickness": LINE_M,
            "points": line.points_m,
            "color": color(PAINT.get(line.color, PAINT["white"])),
        }
        about = {"kind": line.kind, "color": line.color}
        entities.append(_entity(time, frame, life, f"line {line.line_id}", about) | {"lines": [drawn]})
    return {"entities": entities}


def sign_scene(time: Time, frame: str, life: Time, signs: Sequence[Sign]) -> Words:
    """A SceneUpdate of signs and heads of lights, with a ball for each lens."""
    entities = []
    for sign in signs:
        matrix = pose_matrix(sign.centre_m, sign.rotation_rad)
        size = dict(zip("xyz", (float(value) for value in sign.size_m), strict=True))
        rgb = HOUSING if sign.kind == "light" else PAINT["white"]
        about = {
            "kind": sign.kind,
            "code": sign.code,
            "official": sign.official,
            "value": sign.value,
            "meaning": sign.meaning,
            "state": sign.state,
            "lanes": " ".join(sign.lanes),
        }
        balls = []
        for lens in sign.lenses:
            at = np.eye(4)
            at[:3, 3] = lens.at_m
            hue = LAMPS.get(lens.color, LAMPS["white"])
            shown = hue if lens.lit else (DARK * hue[0], DARK * hue[1], DARK * hue[2])
            wide = dict.fromkeys("xyz", 2.0 * lens.radius_m)
            balls.append({"pose": pose(matrix @ at), "size": wide, "color": color(shown)})
        cube = {"pose": pose(matrix), "size": size, "color": color(rgb, 0.8)}
        entity = _entity(time, frame, life, f"{sign.kind} {sign.sign_id}", about)
        entities.append(entity | {"cubes": [cube], "spheres": balls})
    return {"entities": entities}


def line_annotations(time: Time, lines: Sequence[Line], seen: Sequence[ImageLine]) -> Words:
    """ImageAnnotations of the lines in a picture: a strip for each run of points that have a place there."""
    colors = {line.line_id: line.color for line in lines}
    drawn = []
    for line in seen:
        placed = np.flatnonzero(np.isfinite(line.uv_px).all(axis=1))
        for run in np.split(placed, np.flatnonzero(np.diff(placed) > 1) + 1):
            if len(run) > 1:
                rgb = PAINT.get(colors.get(line.line_id, "white"), PAINT["white"])
                drawn.append(_points(time, STRIP_2D, line.uv_px[run], rgb, 2.0))
    return {"points": drawn}


def body_annotations(time: Time, seen: Sequence[ImageSkeleton]) -> Words:
    """ImageAnnotations of the key points in the picture: bright ones are visible, dark ones hidden."""
    drawn = [
        _points(time, POINTS, body.uv_px[body.visibility == grade], rgb, 4.0)
        for body in seen
        for grade, rgb in ((1, HIDDEN_JOINT), (2, JOINT))
    ]
    return {"points": [one for one in drawn if len(one["points"])]}


def _points(
    time: Time, kind: int, uv_px: NDArray[np.float64], rgb: tuple[float, float, float], wide: float
) -> Words:
    # Annotations count from the picture's corner, our pixels from the middle of the first.
    words: Words = {"timestamp": time, "type": kind, "points": uv_px + 0.5, "thickness": wide}
    return words | {"outline_color": color(rgb), "fill_color": color(rgb)}

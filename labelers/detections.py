"""What a system under test reports: boxes with a class, a score and maybe a track, by sensor or output.  Labels floor.

A detector is any callable from a `Sample` to `{"cam_front": [Found(...), ...], "lidar_top": [...], "fused": [...]}`.
Image boxes are half-open pixels (x0, y0, x1, y1) of that camera; boxes in space are given in the ego's frame (x
forward, y left, z up from the ground below the ego's middle) by their centre.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from labelers.records import Box, Sample
from scenarios.errors import StormlaneError, nearest


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a system reports: a box in an image, or a box in space."""

    actor_class: str
    box_px: Box | None = None
    centre_m: tuple[float, float, float] | None = None  # ego frame
    size_m: tuple[float, float, float] | None = None  # length, width, height
    yaw_rad: float = 0.0  # ego frame
    score: float = 1.0
    track: str | int | None = None

    def __post_init__(self) -> None:
        if (self.box_px is None) == (self.centre_m is None):
            raise ValueError("a found thing has either box_px or centre_m and size_m")
        if (self.centre_m is None) != (self.size_m is None):
            raise ValueError("a box in space has both centre_m and size_m")
        numbers = (
            *(self.box_px or ()),
            *(self.centre_m or ()),
            *(self.size_m or ()),
            self.yaw_rad,
            self.score,
        )
        if not all(map(math.isfinite, numbers)):
            raise ValueError("the numbers of a found thing are finite")


Report = Mapping[str, Sequence[Found]]  # by sensor, or by the name of an output such as "fused"
Detector = Callable[[Sample], Report]


def found_2d(
    boxes_px: ArrayLike,
    classes: Sequence[str],
    scores: ArrayLike | None = None,
    tracks: Sequence[str | int] | None = None,
) -> list[Found]:
    """Found things from arrays: (N, 4) boxes, N classes, and perhaps N scores and tracks."""
    boxes = np.asarray(boxes_px, np.float64).reshape(-1, 4)
    rest = _columns(len(boxes), classes, scores, tracks)
    return [
        Found(name, (box[0], box[1], box[2], box[3]), score=score, track=track)
        for box, (name, score, track) in zip(boxes.tolist(), rest, strict=True)
    ]


def found_3d(
    centres_m: ArrayLike,
    sizes_m: ArrayLike,
    yaws_rad: ArrayLike,
    classes: Sequence[str],
    scores: ArrayLike | None = None,
    tracks: Sequence[str | int] | None = None,
) -> list[Found]:
    """Found things from arrays: (N, 3) centres and sizes (length, width, height), (N,) yaw, all in the ego's frame."""
    centres = np.asarray(centres_m, np.float64).reshape(-1, 3)
    sizes = np.asarray(sizes_m, np.float64).reshape(-1, 3)
    yaws = np.asarray(yaws_rad, np.float64).reshape(-1)
    rest = _columns(len(centres), classes, scores, tracks)
    return [
        Found(name, None, (c[0], c[1], c[2]), (s[0], s[1], s[2]), yaw, score, track)
        for c, s, yaw, (name, score, track) in zip(
            centres.tolist(), sizes.tolist(), yaws.tolist(), rest, strict=True
        )
    ]


def _columns(
    count: int,
    classes: Sequence[str],
    scores: ArrayLike | None,
    tracks: Sequence[str | int] | None,
) -> list[tuple[str, float, str | int | None]]:
    certain = np.ones(count) if scores is None else np.asarray(scores, np.float64).reshape(-1)
    named: Sequence[str | int | None] = [None] * count if tracks is None else tracks
    if not len(classes) == len(certain) == len(named) == count:
        raise ValueError(f"{count} boxes need {count} classes, scores and tracks")
    return list(zip(classes, certain.tolist(), named, strict=True))


# --------------------------------------------------------------------------------------------------------- JSON files
_KEYS = ("class", "box", "centre", "size", "yaw", "score", "track")


def read_detections(path: Path) -> Detector:
    """A detector that plays back a JSON file: `{clip: {"0": {"cam_front": [{"class": ..., "box": [...]}]}}}`.

    A found thing has `class`, either `box` or `centre` and `size` (and `yaw`), and perhaps `score` and `track`.
    Raises StormlaneError where the file holds anything else.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StormlaneError(f"{path}: {error.strerror}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise StormlaneError(f"{path}: this is no JSON: {error}") from None
    table: dict[str, dict[int, dict[str, list[Found]]]] = {}
    for clip, frames in _mapping(data, str(path)).items():
        for index, report in _mapping(frames, f"{path}: {clip}").items():
            where = f"{path}: {clip}: {index}"
            if not index.isdigit():
                raise StormlaneError(f"{path}: {clip}: frames are numbered from 0, not {index!r}")
            table.setdefault(clip, {})[int(index)] = {
                by: [
                    _found(entry, f"{where}: {by} {k}")
                    for k, entry in enumerate(_list(things, f"{where}: {by}"))
                ]
                for by, things in _mapping(report, where).items()
            }
    return lambda sample: table.get(sample.clip, {}).get(sample.index, {})


def _found(entry: Any, where: str) -> Found:
    for key in _mapping(entry, where):
        if key not in _KEYS:
            raise StormlaneError(f"{where}: unknown key {key!r}; {nearest(key, _KEYS)}")
    if not isinstance(entry.get("class"), str):
        raise StormlaneError(f'{where}: a found thing needs a class, such as "class": "car"')
    try:
        return Found(
            entry["class"],
            _numbers(entry, "box", 4),
            _numbers(entry, "centre", 3),
            _numbers(entry, "size", 3),
            float(entry.get("yaw", 0.0)),
            float(entry.get("score", 1.0)),
            entry.get("track"),
        )
    except (TypeError, ValueError) as error:
        raise StormlaneError(f"{where}: {error}") from None


def _numbers(entry: Mapping[str, Any], key: str, count: int) -> Any:
    if key not in entry:
        return None
    values = entry[key]
    if not isinstance(values, list) or len(values) != count:
        raise ValueError(f"{key} has {count} numbers")
    return tuple(float(value) for value in values)


def _mapping(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise StormlaneError(f"{where}: a mapping is needed here")
    return data


def _list(data: Any, where: str) -> Sequence[Any]:
    if not isinstance(data, list):
        raise StormlaneError(f"{where}: a list of found things is needed here")
    return data

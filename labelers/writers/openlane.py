"""OpenLane's lane lines in 2D and 3D: one JSON file and one picture for each frame of each camera.  Labels floor.

As in OpenLane, points are in a camera frame whose x is forward, y left, z up, and `extrinsic` brings it to the vehicle's
(same axes, origin on the ground below the middle of our ego).  Points that no image holds are left out, so that `uv`,
`xyz` and `visibility` have as many each.  Categories are its own; kerbs are 20 and 21.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labelers.clock import clip_start
from labelers.definitions import DEFINITIONS
from labelers.records import ImageLine, Line, Sample
from labelers.tags import slices
from labelers.writers.base import Clip, refuse_fisheyes
from labelers.writers.files import json_bytes, picture_bytes, plain, write_bytes
from renderers.frames import CameraFrame
from renderers.optics import FORWARD_FROM_OPTICAL

UNKNOWN = 0
LEFT_KERB, RIGHT_KERB = 20, 21
# By colour: broken, solid, both broken, both solid, left broken and right solid, left solid and right broken.
FORMS = ("broken", "solid", "broken broken", "solid solid", "broken solid", "solid broken")
CATEGORIES = {"white": (1, 2, 3, 4, 5, 6), "yellow": (7, 8, 9, 10, 11, 12)}
COLORS = {"orange": "yellow", "amber": "yellow"}
LEAST_POINTS = 2


def category(line: Line, against: bool, left: bool) -> int:
    """OpenLane's number; `against`: the line runs towards the camera, `left`: it is to the left of it."""
    if line.kind == "curb":
        return LEFT_KERB if left else RIGHT_KERB
    kind = " ".join(reversed(line.kind.split())) if against else line.kind
    color = COLORS.get(line.color, line.color)
    if color not in CATEGORIES or kind not in FORMS:
        return UNKNOWN
    return CATEGORIES[color][FORMS.index(kind)]


def lane_words(line: Line, seen: ImageLine, frame: CameraFrame) -> dict[str, Any] | None:
    """One lane line, from near to far; None where fewer than two of its points lie in the image."""
    points = line.points_m[seen.first : seen.first + len(seen.uv_px)]
    optical = (points - frame.world_from_camera[:3, 3]) @ frame.world_from_camera[:3, :3]
    local = optical @ FORWARD_FROM_OPTICAL[:3, :3].T
    inside = np.isfinite(seen.uv_px).all(axis=1)
    inside &= (seen.uv_px >= -0.5).all(axis=1)
    inside &= (seen.uv_px < (frame.model.width_px - 0.5, frame.model.height_px - 0.5)).all(axis=1)
    if np.count_nonzero(inside) < LEAST_POINTS:
        return None
    local, uv, visible = local[inside], seen.uv_px[inside], seen.visible[inside]
    against = bool(local[-1, 0] < local[0, 0])
    order = slice(None, None, -1 if against else 1)
    return {
        "category": category(line, against, left=bool(local[order][0, 1] > 0.0)),
        "visibility": visible[order].astype(float),
        "uv": uv[order].T,
        "xyz": local[order].T,
        "attribute": seen.side,
        "track_id": line.line_id,
    }


@dataclass(frozen=True, slots=True)
class OpenLane:
    """The OpenLane format; everything but lane lines is left out."""

    name: str = "openlane"
    needs: frozenset[str] = frozenset({"boxes3d"})

    def open(self, root: Path, clip: Clip) -> "OpenLaneClipWriter":
        refuse_fisheyes(clip, tuple(clip.concrete.rig.cameras), "OpenLane")
        return OpenLaneClipWriter(root, clip)

    def finalize(self, root: Path, fragments: Sequence[tuple[Clip, dict[str, Any]]]) -> list[Path]:
        """Lists of frames: all, and one for each split and slice, as OpenLane has its test cases."""
        sets: dict[str, list[str]] = {}
        for clip, fragment in fragments:
            for entry in fragment["frames"]:
                for name in ("all", *([clip.split] if clip.split else []), *entry["slices"]):
                    sets.setdefault(name, []).append(f"{entry['path']}\n")
        files = {f"list/{name}.txt": "".join(sorted(paths)).encode() for name, paths in sorted(sets.items())}
        about = {
            "definitions": DEFINITIONS,
            "clips": {clip.clip_id: {"dropped": fragment["dropped"]} for clip, fragment in fragments},
        }
        files["stormlane.json"] = json_bytes(about, indent=1)
        for path, data in files.items():
            write_bytes(root / path, data)
        return [Path(path) for path in files]


class OpenLaneClipWriter:
    """Writes the pictures and lane lines of one clip; every camera is a segment."""

    def __init__(self, root: Path, clip: Clip) -> None:
        self._root, self._clip = root, clip
        self._start_us = round(clip_start(clip.concrete).timestamp() * 1e6)
        self._frames: list[dict[str, Any]] = []
        self._dropped: dict[str, int] = {}

    def add(self, sample: Sample) -> list[Path]:
        """Write picture and JSON of every camera."""
        written: list[Path] = []
        lines = {line.line_id: line for line in sample.labels.lines}
        for name in sorted(sample.cameras):
            frame = sample.cameras[name]
            stem = f"{self._clip.clip_id}_{name}/{self._start_us + frame.time_ns // 1000}"
            picture, labels = Path("images") / f"{stem}.jpg", Path("lane3d") / f"{stem}.json"
            found = [
                lane_words(lines[seen.line_id], seen, frame)
                for seen in sample.labels.image_lines.get(name, ())
            ]
            kept = [words for words in found if words is not None]
            if len(kept) < len(found):
                reason = "lines with a single point in the image"
                self._dropped[reason] = self._dropped.get(reason, 0) + len(found) - len(kept)
            words = {
                "intrinsic": frame.model.matrix,
                "extrinsic": extrinsic(frame),
                "lane_lines": kept,
                "file_path": f"{stem}.jpg",
            }
            write_bytes(self._root / picture, picture_bytes(frame))
            write_bytes(self._root / labels, json_bytes(words))
            written += [picture, labels]
            self._frames.append({"path": f"{stem}.jpg", "slices": sorted(slices(sample.labels.tags))})
        return written

    def close(self) -> dict[str, Any]:
        """The clip's frames and the slices they belong to."""
        fragment: dict[str, Any] = plain({"files": [], "dropped": self._dropped, "frames": self._frames})
        return fragment


def extrinsic(frame: CameraFrame) -> NDArray[np.float64]:
    """(4, 4) vehicle_from_camera, both x forward, y left, z up; as the calibration states it."""
    stated: NDArray[np.float64] = frame.calibration @ np.linalg.inv(FORWARD_FROM_OPTICAL)
    return stated

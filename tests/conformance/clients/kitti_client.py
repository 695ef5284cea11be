"""Reads a KITTI folder with Datumaro and scores its own labels with KITTI's protocol (AP40).

Runs in the client's environment: `kitti_client.py <dataset>`.  The protocol is that of the object benchmark: minimum
heights, occlusion and truncation limits per difficulty, neighbouring classes neither right nor wrong, DontCare
regions, precision at 40 recall positions.  Precision is interpolated over all detections, where the published program
samples at most 41 of the ground truth's scores; on sets of thousands of objects the two agree, on small sets only
this one can reach 100.
"""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from datumaro import Dataset
from PIL import Image
from shapely.geometry import Polygon

MIN_HEIGHT = (40.0, 25.0, 25.0)  # easy, moderate, hard
MAX_OCCLUSION = (0, 1, 2)
MAX_TRUNCATION = (0.15, 0.30, 0.50)
MIN_OVERLAP = {"Car": 0.7, "Pedestrian": 0.5, "Cyclist": 0.5}
NEIGHBOUR = {"Car": "Van", "Pedestrian": "Person_sitting", "Cyclist": ""}
SHIFT_M = 0.6


@dataclass(frozen=True)
class Thing:
    kind: str
    truncated: float
    occluded: int
    alpha: float
    box: tuple[float, float, float, float]
    size: tuple[float, float, float]  # height, width, length
    place: tuple[float, float, float]
    rotation: float
    score: float = 0.0

    def corners(self) -> np.ndarray:
        """(8, 3) in the camera frame."""
        height, width, length = self.size
        x = np.array([1, 1, -1, -1, 1, 1, -1, -1]) * length / 2
        y = np.array([0, 0, 0, 0, -1, -1, -1, -1]) * height
        z = np.array([1, -1, -1, 1, 1, -1, -1, 1]) * width / 2
        c, s = np.cos(self.rotation), np.sin(self.rotation)
        return np.stack([c * x + s * z, y, -s * x + c * z], axis=1) + np.array(self.place)

    def ground(self) -> Polygon:
        return Polygon(self.corners()[:4, [0, 2]])


def overlap(a: Thing, b: Thing, kind: str) -> float:
    """IoU in the image, from above, or in space."""
    if kind == "image":
        width = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
        height = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
        if width <= 0 or height <= 0:
            return 0.0
        area = [(t.box[2] - t.box[0]) * (t.box[3] - t.box[1]) for t in (a, b)]
        return width * height / (sum(area) - width * height)
    common = a.ground().intersection(b.ground()).area
    if kind == "ground":
        return common / (a.ground().area + b.ground().area - common)
    low, high = max(a.place[1] - a.size[0], b.place[1] - b.size[0]), min(a.place[1], b.place[1])
    common *= max(0.0, high - low)
    return common / (float(np.prod(a.size)) + float(np.prod(b.size)) - common)


def average_precision(
    truth: list[list[Thing]], found: list[list[Thing]], name: str, level: int, kind: str
) -> float | None:
    """AP40 in percent; None when no object of the class is in the difficulty."""
    scored: list[tuple[float, bool]] = []
    wanted = 0
    for objects, results in zip(truth, found, strict=True):
        candidates = []
        for thing in objects:
            if thing.kind not in (name, NEIGHBOUR[name]):
                continue
            ignored = (
                thing.kind != name
                or thing.occluded > MAX_OCCLUSION[level]
                or thing.truncated > MAX_TRUNCATION[level]
                or thing.box[3] - thing.box[1] <= MIN_HEIGHT[level]
            )
            candidates.append([thing, ignored, False])
            wanted += not ignored
        regions = [thing for thing in objects if thing.kind == "DontCare"]
        for result in sorted((r for r in results if r.kind == name), key=lambda r: -r.score):
            free = [c for c in candidates if not c[2] and overlap(c[0], result, kind) >= MIN_OVERLAP[name]]
            free.sort(key=lambda c: (c[1], -overlap(c[0], result, kind)))
            if free:
                free[0][2] = True
                if not free[0][1]:
                    scored.append((result.score, True))
                continue
            small = result.box[3] - result.box[1] < MIN_HEIGHT[level]
            if not small and not any(_within(result, region) for region in regions):
                scored.append((result.score, False))
    if not wanted:
        return None
    scored.sort(reverse=True)
    hits = np.cumsum([hit for _, hit in scored])
    recall = hits / wanted
    precision = hits / np.arange(1, len(hits) + 1)
    points = [precision[recall >= k / 40 - 1e-9].max(initial=0.0) for k in range(1, 41)]
    return 100.0 * float(np.mean(points))


def _within(result: Thing, region: Thing) -> bool:
    """Whether most of a detection lies in a DontCare region."""
    width = min(result.box[2], region.box[2]) - max(result.box[0], region.box[0])
    height = min(result.box[3], region.box[3]) - max(result.box[1], region.box[1])
    area = (result.box[2] - result.box[0]) * (result.box[3] - result.box[1])
    return width > 0 and height > 0 and width * height / area > MIN_OVERLAP.get(result.kind, 0.5)


def moved(thing: Thing, along_m: float, across_m: float) -> tuple[float, float, float]:
    """The place of a thing moved along its own length and width."""
    x, y, z = thing.place
    c, s = np.cos(thing.rotation), np.sin(thing.rotation)
    return (x + c * along_m + s * across_m, y, z - s * along_m + c * across_m)


def scores(
    truth: list[list[Thing]], along_m: float = 0.0, across_m: float = 0.0
) -> dict[str, dict[str, float]]:
    """AP40 of the truth as results, moved in its own frame, for every class and difficulty that occurs."""
    number, found = 0, []
    for objects in truth:
        results = []
        for thing in objects:
            if thing.kind in MIN_OVERLAP:
                number += 1
                place = moved(thing, along_m, across_m)
                results.append(replace(thing, place=place, score=1.0 - 1e-5 * number))
        found.append(results)
    table: dict[str, dict[str, float]] = {}
    for name in MIN_OVERLAP:
        for level, word in enumerate(("easy", "moderate", "hard")):
            for kind in ("image", "ground", "space"):
                value = average_precision(truth, found, name, level, kind)
                if value is not None:
                    table.setdefault(f"{name} {word}", {})[kind] = value
    return table


def extents(truth: list[list[Thing]], axis: int) -> dict[str, list[float]]:
    """Smallest and largest extent of the scored classes along an axis of (height, width, length)."""
    table = {}
    for name in MIN_OVERLAP:
        sizes = [thing.size[axis] for objects in truth for thing in objects if thing.kind == name]
        if sizes:
            table[name] = [min(sizes), max(sizes)]
    return table


def calibration(path: Path) -> dict[str, np.ndarray]:
    rows = {}
    for line in path.read_text().splitlines():
        name, _, values = line.partition(":")
        rows[name] = np.array(values.split(), float)
    return rows


def main() -> None:
    root = Path(sys.argv[1]) / "training"
    dataset = Dataset.import_from(str(root), "kitti3d")
    names = dataset.categories()[next(k for k in dataset.categories() if k.name == "label")]
    truth: list[list[Thing]] = []
    box_gaps, alphas, inside, agree = [], [], [], []
    for item in dataset:
        objects = []
        for annotation in item.annotations:
            values = annotation.attributes
            objects.append(
                Thing(
                    names[annotation.label].name,
                    values["truncated"],
                    values["occluded"],
                    values["alpha"],
                    tuple(annotation.points),
                    tuple(values["dimensions"]),
                    tuple(values["location"]),
                    values["rotation_y"],
                )
            )
        truth.append(objects)
        width, height = Image.open(root / "image_2" / f"{item.id}.png").size
        agree.append(tuple(item.media.size) == (height, width))
        calib = calibration(root / "calib" / f"{item.id}.txt")
        P2, velo = calib["P2"].reshape(3, 4), np.vstack([calib["Tr_velo_to_cam"].reshape(3, 4), [0, 0, 0, 1]])
        scan = root / "velodyne" / f"{item.id}.bin"
        points = np.fromfile(scan, np.float32).reshape(-1, 4) if scan.exists() else np.zeros((0, 4))
        local = (np.c_[points[:, :3], np.ones(len(points))] @ velo.T)[:, :3]
        for thing in objects:
            if thing.kind == "DontCare":
                continue
            alphas.append(
                abs(
                    (thing.rotation - np.arctan2(thing.place[0], thing.place[2]) - thing.alpha + np.pi)
                    % (2 * np.pi)
                    - np.pi
                )
            )
            corners = thing.corners()
            if corners[:, 2].min() > 0.5 and thing.truncated == 0:
                flat = corners @ P2[:, :3].T + P2[:, 3]
                uv = flat[:, :2] / flat[:, 2:]
                low, high = uv.min(axis=0), uv.max(axis=0)
                # Positive where the 2D box sticks out of the projected cuboid.
                box_gaps.append(
                    float(
                        max(
                            low[0] - thing.box[0],
                            low[1] - thing.box[1],
                            thing.box[2] - high[0],
                            thing.box[3] - high[1],
                        )
                    )
                )
            offset = local - np.array(thing.place)
            c, s = np.cos(thing.rotation), np.sin(thing.rotation)
            along = np.stack(
                [c * offset[:, 0] - s * offset[:, 2], s * offset[:, 0] + c * offset[:, 2]], axis=1
            )
            height, width, length = thing.size
            inside.append(
                int(
                    np.count_nonzero(
                        (np.abs(along[:, 0]) <= length / 2)
                        & (np.abs(along[:, 1]) <= width / 2)
                        & (offset[:, 1] <= 0)
                        & (offset[:, 1] >= -height)
                    )
                )
            )
    kinds = sorted({thing.kind for objects in truth for thing in objects})
    print(
        json.dumps(
            {
                "frames": len(truth),
                "present": kinds,
                "sizes_agree": all(agree),
                "worst_box_gap_px": max(box_gaps, default=0.0),
                "worst_alpha_rad": float(max(alphas, default=0.0)),
                "objects_with_points": int(np.count_nonzero(inside)),
                "objects": len(inside),
                "oracle": scores(truth),
                "moved_m": SHIFT_M,
                "moved_along": scores(truth, along_m=SHIFT_M),
                "moved_across": scores(truth, across_m=SHIFT_M),
                "min_overlap": MIN_OVERLAP,
                "lengths_m": extents(truth, 2),
                "widths_m": extents(truth, 1),
            }
        )
    )


if __name__ == "__main__":
    main()

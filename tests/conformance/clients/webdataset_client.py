"""Reads shards with webdataset's own decoders and holds what is in a sample against its labels.

Runs in the client's environment: `webdataset_client.py <dataset>`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import webdataset as wds

SHIFT_PX = 3  # by so much boxes are moved that must no longer bound their masks


def bounds(mask: np.ndarray) -> list[float]:
    rows, columns = np.nonzero(mask)
    return [float(v) for v in (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)]


def inside(points: np.ndarray, cuboid: dict[str, Any]) -> np.ndarray:
    yaw = cuboid["rotation_rad"][0]
    turned = np.array([[np.cos(yaw), -np.sin(yaw), 0], [np.sin(yaw), np.cos(yaw), 0], [0, 0, 1]])
    local = (points - cuboid["centre_m"]) @ turned
    return np.all(np.abs(local) <= np.array(cuboid["size_m"]) / 2 + 1e-4, axis=1)


def main() -> None:
    root = Path(sys.argv[1])
    shards = [str(root / "shards" / name) for name in (root / "shards/all.txt").read_text().split()]
    keys, boxes, wrong, moved, points_wrong, points = [], 0, 0, 0, 0, 0
    kinds: set[str] = set()
    readings: dict[str, int] = {}
    fall, later = [], True
    for sample in wds.WebDataset(shards, shardshuffle=False).decode("rgb8"):
        keys.append(sample["__key__"])
        kinds |= {name for name in sample if not name.startswith("__")}
        labels = sample["json"]
        for camera, listed in labels["boxes"].items():
            picture, instance = sample[f"{camera}.jpg"], sample[f"{camera}.instance.png"]
            if instance.ndim == 3:
                instance = instance[..., 0]
            assert picture.shape[:2] == instance.shape
            for box in listed:
                if box["visible"] is None:
                    continue
                boxes += 1
                found = bounds(instance == box["instance_id"])
                wrong += found != box["visible"]
                moved += found != [v + SHIFT_PX for v in box["visible"]]
        for lidar, words in labels["lidars"].items():
            table = sample[f"{lidar}.npy"]
            column = {name: table[:, k] for k, name in enumerate(words["columns"])}
            pose = np.array(labels["world_from_ego"]) @ np.array(words["ego_from_lidar"])
            world = table[:, :3].astype(np.float64) @ pose[:3, :3].T + pose[:3, 3]
            for cuboid in labels["cuboids"]:
                mine = column["instance"] == cuboid["instance_id"]
                points += int(mine.sum())
                points_wrong += int(np.count_nonzero(~inside(world[mine], cuboid)))
        for name in (*labels["imus"], *labels["gnss"]):
            series = sample[f"{name}.npz"]
            readings[name] = readings.get(name, 0) + len(series["time_ns"])
            later &= bool((np.diff(series["time_ns"]) > 0).all())
            if name in labels["imus"]:
                fall += [float(v) for v in series["accel_mps2"][:, 2]]
    slices = {path.stem: len(path.read_text().split()) for path in sorted((root / "shards").glob("*.txt"))}
    print(
        json.dumps(
            {
                "keys": keys,
                "kinds": sorted(kinds),
                "boxes": boxes,
                "wrong": wrong,
                "moved": moved,
                "points": points,
                "points_outside": points_wrong,
                "slices": slices,
                "readings": readings,
                "later": later,
                "fall_mps2": float(np.mean(fall)),
            }
        )
    )


if __name__ == "__main__":
    main()

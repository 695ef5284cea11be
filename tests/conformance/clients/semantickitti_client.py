"""Opens sequences with pykitti and scores their own point labels by SemanticKITTI's protocol.

Runs in the client's environment: `semantickitti_client.py <dataset>`.  semantic-kitti-api has no package, so its two
scores are computed here as it defines them: intersection over union of the learned classes from one confusion matrix
whose ignored column is cleared (auxiliary/np_ioueval.py), and panoptic quality of instances of at least 50 points
that match above half (auxiliary/eval_np.py; Kirillov et al. 2019), each scan on its own.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pykitti
import yaml

MIN_POINTS = 50  # of an instance, evaluate_panoptic.py
SHIFTED = 7  # every so manieth point is given a wrong class


class Scores:
    """Confusion of classes and matches of instances."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.size = len(config["learning_map_inv"])
        self.ignored = [key for key, value in config["learning_ignore"].items() if value]
        self.confusion = np.zeros((self.size, self.size), np.int64)
        self.quality = np.zeros((self.size, 4))  # sum of overlaps, matched, only predicted, only true

    def add(self, found: tuple[np.ndarray, np.ndarray], true: tuple[np.ndarray, np.ndarray]) -> None:
        np.add.at(self.confusion, (found[0], true[0]), 1)
        counted = ~np.isin(true[0], self.ignored)
        for kind in range(self.size):
            if kind in self.ignored:
                continue
            mine, theirs = (
                {
                    number: counted & (classes == kind) & (instances == number)
                    for number in np.unique(instances[classes == kind])
                }
                for classes, instances in (found, true)
            )
            mine, theirs = (
                {k: m for k, m in group.items() if m.sum() >= MIN_POINTS} for group in (mine, theirs)
            )
            matched = set()
            for mask in mine.values():
                overlaps = [
                    (np.count_nonzero(mask & other) / np.count_nonzero(mask | other), number)
                    for number, other in theirs.items()
                ]
                best = max(overlaps, default=(0.0, -1))
                if best[0] > 0.5:
                    matched.add(best[1])
                    self.quality[kind] += (best[0], 1, 0, 0)
                else:
                    self.quality[kind, 2] += 1
            self.quality[kind, 3] += len(set(theirs) - matched)

    def iou(self) -> dict[int, float]:
        conf = self.confusion.copy()
        conf[:, self.ignored] = 0
        hit = np.diag(conf)
        union = conf.sum(axis=1) + conf.sum(axis=0) - hit
        present = [k for k in range(self.size) if k not in self.ignored and conf[:, k].sum()]
        return {k: float(hit[k] / union[k]) for k in present}

    def panoptic(self) -> dict[int, float]:
        total = self.quality[:, 1] + (self.quality[:, 2] + self.quality[:, 3]) / 2
        return {k: float(self.quality[k, 0] / total[k]) for k in range(self.size) if total[k]}


def main() -> None:
    root = Path(sys.argv[1])
    config = yaml.safe_load((root / "semantic-kitti.yaml").read_text())
    lut = np.zeros(max(config["learning_map"]) + 100, np.int64)  # as the API does: unknown labels become 0
    lut[list(config["learning_map"])] = list(config["learning_map"].values())
    names = {k: config["labels"][config["learning_map_inv"][k]] for k in config["learning_map_inv"]}
    oracle, shifted = Scores(config), Scores(config)
    points, moved_on = np.zeros(oracle.size, np.int64), np.zeros(oracle.size, np.int64)  # by true class
    answer: dict[str, Any] = {"frames": 0, "unknown": 0, "pairs": True, "raw": [], "on_ground": []}
    travelled_m: list[float] = []
    thing_points = 0
    for sequence in sorted(path.name for path in (root / "sequences").iterdir()):
        data = pykitti.odometry(str(root), sequence)
        labels = sorted((root / "sequences" / sequence / "labels").glob("*.label"))
        answer["pairs"] &= len(labels) == len(data) == len(data.poses) == len(data.velo_files)
        for index, path in enumerate(labels):
            raw = np.fromfile(path, np.uint32)
            scan = data.get_velo(index)
            answer["pairs"] &= len(raw) == len(scan)
            answer["pairs"] &= data.get_cam2(index).size == data.get_cam2(0).size
            answer["unknown"] += int(np.count_nonzero(~np.isin(raw & 0xFFFF, list(config["labels"]))))
            answer["raw"] = sorted(set(answer["raw"]) | set(np.unique(raw & 0xFFFF).tolist()))
            classes, instances = lut[raw & 0xFFFF], raw >> 16
            thing_points += int(np.count_nonzero(instances))
            oracle.add((classes, instances), (classes, instances))
            wrong = classes.copy()
            moved = np.arange(len(wrong)) % SHIFTED == 0
            wrong[moved] = wrong[moved] % (oracle.size - 1) + 1
            points += np.bincount(classes, minlength=oracle.size)
            moved_on += np.bincount(classes[moved], minlength=oracle.size)
            shifted.add((wrong, instances), (classes, instances))
            # What stands still is at one place in the first camera's frame, if poses and calibration are right.
            camera = scan[:, :3] @ data.calib.T_cam0_velo[:3, :3].T + data.calib.T_cam0_velo[:3, 3]
            start = camera @ data.poses[index][:3, :3].T + data.poses[index][:3, 3]
            answer["on_ground"].append(float(np.median(start[(raw & 0xFFFF) == 40][:, 1])))
        travelled_m.append(float(np.linalg.norm(data.poses[-1][:3, 3] - data.poses[0][:3, 3])))
        answer["frames"] += len(labels)
    answer |= {
        "iou": {names[k]: v for k, v in oracle.iou().items()},
        "panoptic": {names[k]: v for k, v in oracle.panoptic().items()},
        "shifted": {names[k]: v for k, v in shifted.iou().items()},
        "expected": {},
        "thing_points": thing_points,
        "travelled_m": travelled_m,
    }
    # By counting: a class loses its moved points and gains those of the class before it.
    moved_on[oracle.ignored] = 0
    for kind in oracle.iou():
        gained = moved_on[kind - 1 if kind > 1 else oracle.size - 1]
        answer["expected"][names[kind]] = float((points[kind] - moved_on[kind]) / (points[kind] + gained))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

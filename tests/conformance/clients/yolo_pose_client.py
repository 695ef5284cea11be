"""Opens the tree of poses with Ultralytics' own dataset and scores it against itself with its own validator.

Runs in the client's environment: `yolo_pose_client.py <dataset>/pose <folder for its settings>`.  No model takes part:
predictions are the labels of each batch, as they are or with every key point moved to a known similarity.
"""

# ruff: noqa: E402  # its settings have to stand before it is imported

import json
import math
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

ROOT, SETTINGS = Path(sys.argv[1]), Path(sys.argv[2])
os.environ |= {"YOLO_CONFIG_DIR": str(SETTINGS), "YOLO_OFFLINE": "true", "YOLO_VERBOSE": "false"}
(SETTINGS / "Ultralytics").mkdir(parents=True)
(SETTINGS / "Ultralytics/Arial.ttf").touch()  # or it is fetched, for plots that nobody draws

# The validator imports torchvision for models' suppression of doubles, which no prediction here goes through; the wheel
# that a package index has does not load beside a torch without CUDA.
sys.modules["torchvision"] = ModuleType("torchvision")

import numpy as np
import torch
from ultralytics.cfg import get_cfg
from ultralytics.data import build_dataloader, build_yolo_dataset
from ultralytics.data.utils import check_det_dataset
from ultralytics.models.yolo.pose import PoseValidator

SIMILARITY = 0.72


def moved(points: torch.Tensor, boxes: torch.Tensor, sigma: np.ndarray, similarity: float) -> torch.Tensor:
    """Key points moved to the right until each is that similar: exp(-d^2 / (2 (2 sigma)^2 area))."""
    area = 0.53 * (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    reach = 2.0 * torch.tensor(sigma, dtype=torch.float32) * math.sqrt(-2.0 * math.log(similarity))
    there = points.clone()
    there[..., 0] += reach[None] * area.sqrt()[:, None]
    return there


def score(data: dict[str, Any], similarity: float) -> tuple[dict[str, float], list[Any]]:
    """Ultralytics' averages, and its labels of every picture."""
    config = get_cfg(overrides={"task": "pose", "imgsz": 320, "plots": False, "rect": True, "split": "val"})
    pictures = build_yolo_dataset(config, data["val"], 4, data, mode="val", rect=True)
    loader = build_dataloader(pictures, 4, 0, shuffle=False)
    validator = PoseValidator(loader, save_dir=SETTINGS / "runs", args=vars(config))
    validator.data, validator.device = data, torch.device("cpu")
    validator.init_metrics(SimpleNamespace(names=data["names"]))
    for raw in loader:
        batch = validator.preprocess(raw)
        found = []
        for number in range(len(batch["im_file"])):
            truth = validator._prepare_batch(number, batch)
            found.append(
                {
                    "bboxes": truth["bboxes"].clone(),
                    "cls": truth["cls"].clone().float(),
                    "conf": torch.full((len(truth["cls"]),), 0.9),
                    "keypoints": moved(truth["keypoints"], truth["bboxes"], validator.sigma, similarity),
                }
            )
        validator.update_metrics(found, batch)
    return {name: float(value) for name, value in validator.get_stats().items()}, pictures.labels


def main() -> None:
    data = check_det_dataset(str(ROOT / "data.yaml"))
    oracle, labels = score(data, 1.0 - 1e-9)
    spoilt, _ = score(data, SIMILARITY)
    answer: dict[str, Any] = {
        "pictures": len(labels),
        "people": sum(len(one["cls"]) for one in labels),
        "points": sum(int((one["keypoints"][..., 2] > 0).sum()) for one in labels),
        "shapes": sorted({tuple(one["keypoints"].shape[1:]) for one in labels}),
        "shape": data["kpt_shape"],
        "names": data["names"],
        "flip": data.get("flip_idx"),
        "oracle": oracle,
        "spoilt": spoilt,
        "similarity": SIMILARITY,
    }
    print()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

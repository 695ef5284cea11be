"""Opens both trees with supervision, scores their labels against themselves, and holds boxes against outlines.

Runs in the client's environment: `yolo_client.py <dataset>`.  The scores are supervision's own mean average precision
over the overlaps 0.50 to 0.95.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import supervision as sv
import yaml
from supervision.metrics import MeanAveragePrecision, MetricTarget

SHIFT_SHARE = 0.2  # of a box's own width


def opened(tree: Path, masks: bool) -> sv.DetectionDataset:
    return sv.DetectionDataset.from_yolo(
        images_directory_path=str(tree / "images"),
        annotations_directory_path=str(tree / "labels"),
        data_yaml_path=str(tree / "data.yaml"),
        force_masks=masks,
    )


def score(truth: list[sv.Detections], target: MetricTarget, shift: float) -> float:
    found = []
    for labels in truth:
        moved = labels.xyxy.copy()
        moved[:, [0, 2]] += shift * (moved[:, 2] - moved[:, 0])[:, None]
        found.append(
            sv.Detections(
                xyxy=moved,
                mask=labels.mask,
                class_id=labels.class_id,
                confidence=np.full(len(labels), 0.9),
            )
        )
    metric = MeanAveragePrecision(metric_target=target)
    return float(metric.update(found, truth).compute().map50_95)


def main() -> None:
    root = Path(sys.argv[1])
    boxes, outlines = opened(root / "detect", False), opened(root / "segment", True)
    flat, shaped = [], []
    gaps: list[float] = []
    answer: dict[str, Any] = {"images": len(boxes), "same_images": True, "same_things": True}
    for (path, _, labels), (other, _, masks) in zip(boxes, outlines, strict=True):
        answer["same_images"] &= Path(path).name == Path(other).name
        answer["same_things"] &= labels.class_id.tolist() == masks.class_id.tolist()
        for box, mask in zip(labels.xyxy, masks.mask, strict=True):
            rows, columns = np.nonzero(mask)
            drawn = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            gaps.append(float(np.abs(box - drawn).max()))
        flat.append(labels)
        shaped.append(masks)
    listed = {
        task: [
            (root / task / line).resolve().is_file()
            for line in (root / task / yaml.safe_load((root / task / "data.yaml").read_text())["val"])
            .read_text()
            .split()
        ]
        for task in ("detect", "segment")
    }
    answer |= {
        "listed": {task: [len(found), all(found)] for task, found in listed.items()},
        "slices": sorted(path.stem for path in (root / "detect").glob("*.txt")),
        "classes": boxes.classes[:3],
        "present": sorted({boxes.classes[number] for labels in flat for number in labels.class_id}),
        "things": sum(len(labels) for labels in flat),
        "mask_pixels": [int(mask.sum()) for labels in shaped for mask in labels.mask],
        "worst_gap_px": max(gaps),
        "boxes": score(flat, MetricTarget.BOXES, 0.0),
        "masks": score(shaped, MetricTarget.MASKS, 0.0),
        "shifted": score(flat, MetricTarget.BOXES, SHIFT_SHARE),
        "shift_share": SHIFT_SHARE,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

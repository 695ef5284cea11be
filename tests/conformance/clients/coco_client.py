"""Opens a dataset with pycocotools and scores its own labels; checks the panoptic files pixel by pixel.

Runs in the client's environment: `coco_client.py <dataset>`.  panopticapi has no package, so the panoptic half of the
format's rules (its evaluation.py) is checked here: ids in the PNG and in the JSON are the same, each with its area and
box, segments of stuff are one per class, and panoptic quality of the truth against itself is 1.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pycocotools import mask as masks
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

SIGMAS = (
    np.array(
        [0.26, 0.25, 0.25, 0.35, 0.35, 0.79, 0.79, 0.72, 0.72, 0.62, 0.62, 1.07, 1.07, 0.87, 0.87, 0.89, 0.89]
    )
    / 10.0
)
SIMILARITY = 0.72  # of moved key points: five of COCO's ten thresholds lie below
SHIFT_SHARE = 0.2  # of a box's own width


def average_precision(truth: COCO, kind: str, shift_share: float) -> float:
    """COCO's AP of the truth as results, boxes moved to the right by a share of their width."""
    results = []
    for annotation in truth.dataset["annotations"]:
        if annotation["iscrowd"]:
            continue
        row = {key: annotation[key] for key in ("image_id", "category_id")} | {"score": 0.9}
        if kind == "bbox":
            x, y, width, height = annotation["bbox"]
            row["bbox"] = [x + shift_share * width, y, width, height]
        else:
            row["segmentation"] = annotation["segmentation"]
        results.append(row)
    evaluation = COCOeval(truth, truth.loadRes(results), kind)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return float(evaluation.stats[0])


def keypoint_precision(people: COCO, similarity: float) -> float:
    """COCO's AP of key points, all of them moved to the right so far that the similarity is a given one."""
    results = []
    for annotation in people.dataset["annotations"]:
        if not annotation["num_keypoints"]:
            continue
        points = np.array(annotation["keypoints"], float).reshape(-1, 3)
        # Similarity exp(-d^2 / (2 area (2 sigma)^2)) of every point.
        points[:, 0] += 2.0 * SIGMAS * np.sqrt(-2.0 * np.log(similarity) * annotation["area"])
        row = {key: annotation[key] for key in ("image_id", "category_id")}
        results.append(row | {"keypoints": points.ravel().tolist(), "score": 0.9})
    evaluation = COCOeval(people, people.loadRes(results), "keypoints")
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    return float(evaluation.stats[0])


def keypoint_faults(people: COCO, truth: COCO) -> list[str]:
    """What COCO's rules for key points forbid: counts that are wrong, points outside, people of other annotations."""
    faults = []
    (category,) = people.dataset["categories"]
    images = {image["id"]: image for image in people.dataset["images"]}
    known = {annotation["id"]: annotation for annotation in truth.dataset["annotations"]}
    for annotation in people.dataset["annotations"]:
        points = np.array(annotation["keypoints"], float).reshape(-1, 3)
        if len(points) != len(category["keypoints"]):
            faults.append(f"{annotation['id']}: {len(points)} key points")
        if annotation["num_keypoints"] != np.count_nonzero(points[:, 2]):
            faults.append(f"{annotation['id']}: num_keypoints")
        image, inside = images[annotation["image_id"]], points[points[:, 2] > 0]
        size = (image["width"] - 0.5, image["height"] - 0.5)
        if len(inside) and ((inside[:, :2] < -0.5).any() or (inside[:, :2] > size).any()):
            faults.append(f"{annotation['id']}: outside the image")
        if (points[points[:, 2] == 0] != 0).any():
            faults.append(f"{annotation['id']}: a place of what is not labelled")
        seen = inside[inside[:, 2] == 2]
        mask = masks.decode(annotation["segmentation"])
        # The pixel of a visible point is the person's, or that of what it holds or rides.
        x, y, wide, tall = annotation["bbox"]
        if len(seen) and mask[np.rint(seen[:, 1]).astype(int), np.rint(seen[:, 0]).astype(int)].mean() < 0.5:
            faults.append(f"{annotation['id']}: visible points beside the mask")
        if known.get(annotation["id"], {}).get("bbox") != [x, y, wide, tall]:
            faults.append(f"{annotation['id']}: not the instance of this number")
    return faults


def exact_masks(truth: COCO) -> dict[str, int]:
    """Areas and boxes as pycocotools computes them from the masks, against the stated ones."""
    wrong = 0
    for annotation in truth.dataset["annotations"]:
        rle = annotation["segmentation"]
        wrong += int(masks.area(rle)) != annotation["area"]
        wrong += masks.toBbox(rle).tolist() != annotation["bbox"]
    return {"annotations": len(truth.dataset["annotations"]), "wrong": wrong}


def panoptic_faults(root: Path, panoptic: dict[str, Any], truth: COCO) -> list[str]:
    """Everything in the panoptic files that their rules forbid."""
    faults: list[str] = []
    things = {category["id"]: bool(category["isthing"]) for category in panoptic["categories"]}
    by_image: dict[int, list[dict[str, Any]]] = {}
    for annotation in truth.dataset["annotations"]:
        by_image.setdefault(annotation["image_id"], []).append(annotation)
    for annotation in panoptic["annotations"]:
        name = annotation["file_name"]
        plane = np.asarray(Image.open(root / "panoptic" / name), np.int64)
        ids = plane[..., 0] + 256 * plane[..., 1] + 65536 * plane[..., 2]
        listed = {segment["id"]: segment for segment in annotation["segments_info"]}
        if set(np.unique(ids).tolist()) - {0} != set(listed):
            faults.append(f"{name}: ids of PNG and JSON differ")
        stuff = [s["category_id"] for s in listed.values() if not things[s["category_id"]]]
        if len(stuff) != len(set(stuff)):
            faults.append(f"{name}: two segments of one class of stuff")
        for number, segment in listed.items():
            rows, columns = np.nonzero(ids == number)
            if len(rows) != segment["area"]:
                faults.append(f"{name}: area of {number}")
            box = [columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1]
            if [float(value) for value in box] != segment["bbox"]:
                faults.append(f"{name}: box of {number}")
        for instance in by_image.get(annotation["image_id"], []):
            mask = masks.decode(instance["segmentation"]).astype(bool)
            numbers = np.unique(ids[mask])
            if len(numbers) != 1 or listed[int(numbers[0])]["category_id"] != instance["category_id"]:
                faults.append(f"{name}: an instance is not one segment")
    return faults


def panoptic_quality(root: Path, panoptic: dict[str, Any]) -> float:
    """PQ (Kirillov et al. 2019) of the truth against itself, mean over the classes present."""
    found: dict[int, list[float]] = {}
    for annotation in panoptic["annotations"]:
        plane = np.asarray(Image.open(root / "panoptic" / annotation["file_name"]), np.int64)
        ids = plane[..., 0] + 256 * plane[..., 1] + 65536 * plane[..., 2]
        for segment in annotation["segments_info"]:
            if segment["iscrowd"]:
                continue
            mine = ids == segment["id"]
            union = np.count_nonzero(mine) + segment["area"] - np.count_nonzero(mine)
            found.setdefault(segment["category_id"], []).append(np.count_nonzero(mine) / union)
    return float(
        np.mean([np.sum(np.array(ious)[np.array(ious) > 0.5]) / len(ious) for ious in found.values()])
    )


def main() -> None:
    root = Path(sys.argv[1])
    truth = COCO(str(root / "annotations" / "instances.json"))
    people = COCO(str(root / "annotations" / "person_keypoints.json"))
    panoptic = json.loads((root / "annotations" / "panoptic.json").read_text())
    sizes = [Image.open(root / "images" / image["file_name"]).size for image in truth.dataset["images"]]
    stated = [(image["width"], image["height"]) for image in truth.dataset["images"]]
    categories = {category["id"]: category["name"] for category in truth.dataset["categories"]}
    print(
        json.dumps(
            {
                "images": len(sizes),
                "sizes_agree": sizes == stated,
                "present": sorted({categories[a["category_id"]] for a in truth.dataset["annotations"]}),
                "masks": exact_masks(truth),
                "bbox": average_precision(truth, "bbox", 0.0),
                "segm": average_precision(truth, "segm", 0.0),
                "shifted": average_precision(truth, "bbox", SHIFT_SHARE),
                "shift_share": SHIFT_SHARE,
                "people": sum(a["num_keypoints"] > 0 for a in people.dataset["annotations"]),
                "keypoints": keypoint_precision(people, 1.0),
                "keypoints_moved": keypoint_precision(people, SIMILARITY),
                "keypoint_faults": keypoint_faults(people, truth),
                "panoptic_faults": panoptic_faults(root, panoptic, truth),
                "panoptic_quality": panoptic_quality(root, panoptic),
            }
        )
    )


if __name__ == "__main__":
    main()

"""Scores labelIds and instanceIds against themselves with cityscapesScripts and redraws its polygons.

Runs in the client's environment: `cityscapes_client.py <dataset> <scratch>`.  The spoilt results give every second
row of the picture's lower half to another class, so that what each class loses follows from counting.
"""

import json
import os
import sys
from pathlib import Path

root, scratch = Path(sys.argv[1]), Path(sys.argv[2])
os.environ["CITYSCAPES_DATASET"] = str(root)  # read while the scripts are imported
os.environ["CITYSCAPES_RESULTS"] = str(scratch)

import cityscapesscripts.evaluation.evalInstanceLevelSemanticLabeling as instance_level  # noqa: E402, N813
import cityscapesscripts.evaluation.evalPixelLevelSemanticLabeling as pixel_level  # noqa: E402, N813
import numpy as np  # noqa: E402
from cityscapesscripts.evaluation.evalPanopticSemanticLabeling import (  # noqa: E402
    evaluatePanoptic,
)
from cityscapesscripts.helpers.annotation import Annotation  # noqa: E402
from cityscapesscripts.helpers.labels import id2label, labels  # noqa: E402
from cityscapesscripts.preparation.createPanopticImgs import convert2panoptic  # noqa: E402
from cityscapesscripts.preparation.json2labelImg import createLabelImage  # noqa: E402
from PIL import Image  # noqa: E402


def pixel_scores(found: list[Path], true: list[Path]) -> dict[str, float]:
    """IoU of every class that is evaluated and present."""
    pixel_level.args.evalInstLevelScore = False
    pixel_level.args.JSONOutput = False
    pixel_level.args.quiet = True
    scores = pixel_level.evaluateImgLists(
        [str(path) for path in found], [str(path) for path in true], pixel_level.args
    )
    return {
        name: float(score)
        for name, score in scores["classScores"].items()
        if not np.isnan(score) and not next(entry for entry in labels if entry.name == name).ignoreInEval
    }


def main() -> None:
    scratch.mkdir(parents=True, exist_ok=True)
    truth = sorted((root / "gtFine").glob("*/*/*_gtFine_labelIds.png"))
    pictures = sorted((root / "leftImg8bit").glob("*/*/*_leftImg8bit.png"))
    spoilt, answer = [], {"images": len(truth), "pictures": len(pictures)}
    names_agree = [p.name.replace("leftImg8bit", "") for p in pictures] == [
        p.name.replace("gtFine_labelIds", "") for p in truth
    ]
    redrawn, colors, instances = [], 0, 0
    points, moved = np.zeros(256, np.int64), np.zeros((256, 256), np.int64)
    for path in truth:
        label = np.asarray(Image.open(path))
        instance = np.asarray(Image.open(str(path).replace("labelIds", "instanceIds")))
        color = np.asarray(Image.open(str(path).replace("labelIds", "color")))
        base = np.where(instance >= 1000, instance // 1000, instance)
        instances += int(np.count_nonzero(base != label))
        instances += int(np.count_nonzero([not id2label[int(n) // 1000].hasInstances
                                           for n in np.unique(instance[instance >= 1000])]))  # fmt: skip
        for number in np.unique(label):
            colors += int(np.count_nonzero(color[label == number] != id2label[int(number)].color))
        words = Annotation()
        words.fromJsonFile(str(path).replace("labelIds.png", "polygons.json"))
        redrawn.append(float(np.mean(np.asarray(createLabelImage(words, "ids")) == label)))
        wrong = label.copy()
        rows = slice(label.shape[0] // 2, None, 2)
        wrong[rows] = np.where(label[rows] == 7, 8, 7)
        points += np.bincount(label.ravel(), minlength=256)
        np.add.at(moved, (label[rows].ravel(), wrong[rows].ravel()), 1)
        spoilt.append(scratch / path.name)
        Image.fromarray(wrong).save(spoilt[-1])
    oracle, spoilt_scores = pixel_scores(truth, truth), pixel_scores(spoilt, truth)
    shifted = {name: spoilt_scores[name] for name in oracle}
    ignored = [entry.id for entry in labels if entry.ignoreInEval and entry.id >= 0]
    moved[ignored] = 0  # what is not evaluated counts for nobody
    expected = {}
    for name in oracle:
        number = next(entry.id for entry in labels if entry.name == name)
        lost, gained = moved[number].sum(), moved[:, number].sum()
        expected[name] = float((points[number] - lost) / (points[number] + gained))
    convert2panoptic(str(root / "gtFine"), str(scratch), useTrainId=False, setNames=["val"])
    words, planes = scratch / "cityscapes_panoptic_val.json", scratch / "cityscapes_panoptic_val"
    panoptic = evaluatePanoptic(str(words), str(planes), str(words), str(planes), str(scratch / "pq.json"))
    present = {entry.name for entry in labels if not entry.ignoreInEval and points[entry.id]}
    per_class = {
        id2label[int(number)].name: float(row["pq"]) for number, row in panoptic["per_class"].items()
    }
    answer |= {
        "names_agree": names_agree,
        "wrong_instances": instances,
        "wrong_colors": colors,
        "redrawn": min(redrawn),
        "oracle": oracle,
        "shifted": shifted,
        "expected": expected,
        "panoptic": {name: per_class[name] for name in present},
        "instance_ap": instance_scores(truth),
    }
    print(json.dumps(answer))


def instance_scores(truth: list[Path]) -> dict[str, float]:
    """AP of the instances given back as masks, for classes present."""
    listed = []
    for path in truth:
        instance = np.asarray(Image.open(str(path).replace("labelIds", "instanceIds")))
        rows = []
        for number in np.unique(instance[instance >= 1000]):
            mask = scratch / f"{path.stem}_{number}.png"
            Image.fromarray(((instance == number) * 255).astype(np.uint8)).save(mask)
            rows.append(f"{mask.name} {int(number) // 1000} 0.9\n")
        prediction = scratch / f"{path.stem}.txt"
        prediction.write_text("".join(rows))
        listed.append(str(prediction))
    args = instance_level.args
    args.predictionPath, args.quiet, args.JSONOutput = str(scratch), True, False
    # It keeps its notes in the working directory, and their writer does not know numpy 2's numbers.
    instance_level.writeDict2JSON = lambda *_: None
    args.distanceAvailable, args.overlaps = False, np.arange(0.5, 1.0, 0.05)
    instance_level.setInstanceLabels(args)
    scores = instance_level.evaluateImgLists(
        listed, [str(p).replace("labelIds", "instanceIds") for p in truth], args
    )
    return {
        name: float(values["ap"])
        for name, values in scores["averages"]["classes"].items()
        if not np.isnan(values["ap"])
    }


if __name__ == "__main__":
    main()

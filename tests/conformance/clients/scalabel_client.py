"""Opens Scalabel labels with scalabel and scores them against themselves: boxes, masks, and cuboids by projection.

Runs in the client's environment: `scalabel_client.py <labels.json> <images>`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scalabel.eval.detect import evaluate_det
from scalabel.eval.ins_seg import evaluate_ins_seg
from scalabel.label.io import load
from scalabel.label.typing import Frame
from scalabel.vis.geometry import Label3d

SHIFT_SHARE = 0.2  # of a box's own width


def guesses(frames: list[Frame], shift: float) -> list[Frame]:
    found = [frame.copy(deep=True) for frame in frames]
    for frame in found:
        for label in frame.labels:
            label.score = 0.9
            move = shift * (label.box2d.x2 - label.box2d.x1 + 1)
            label.box2d.x1 += move
            label.box2d.x2 += move
    return found


def main() -> None:
    data = load(sys.argv[1], nprocs=1)
    frames, config = data.frames, data.config
    kinds: dict[str, set[str]] = {}
    inside: list[float] = []
    limbs = {"people": 0, "visible": 0, "in_box": 0, "dangling": 0}
    for frame in frames:
        focal, centre = np.array(frame.intrinsics.focal), np.array(frame.intrinsics.center)
        for label in frame.labels:
            kinds.setdefault(f"{frame.videoName} {label.id}", set()).add(label.category)
            if label.graph is not None:
                limbs["people"] += 1
                known = {node.id for node in label.graph.nodes}
                limbs["dangling"] += sum(
                    not {edge.source, edge.target} <= known for edge in label.graph.edges
                )
                for node in label.graph.nodes:
                    if node.visibility == "V" and label.category == "pedestrian":
                        x, y = node.location[:2]
                        limbs["visible"] += 1
                        box = label.box2d
                        limbs["in_box"] += box.x1 - 1 <= x <= box.x2 + 1 and box.y1 - 1 <= y <= box.y2 + 1
            whole = not (label.attributes["occluded"] or label.attributes["truncated"])
            if label.box3d is None or not whole or label.category not in ("car", "truck", "pedestrian"):
                continue
            corners = np.array(Label3d.from_box3d(label.box3d).vertices)
            pixels = corners[:, :2] / corners[:, 2:] * focal + centre
            low, high = pixels.min(axis=0), pixels.max(axis=0)
            box = np.array([[label.box2d.x1, label.box2d.y1], [label.box2d.x2, label.box2d.y2]])
            if box[0].min() > 0 and np.all(box[1] < (frame.size.width - 1, frame.size.height - 1)):
                inside.append(float(max(np.abs(low - box[0]).max(), np.abs(high - box[1]).max())))
    answer: dict[str, Any] = {
        "frames": len(frames),
        "videos": len({frame.videoName for frame in frames}),
        "pictures": sum((Path(sys.argv[2]) / frame.videoName / frame.name).is_file() for frame in frames),
        "attributes": sorted({frame.attributes["weather"] for frame in frames}),
        "times": sorted({frame.attributes["timeofday"] for frame in frames}),
        "one_kind_per_track": all(len(found) == 1 for found in kinds.values()),
        "present": sorted(set().union(*kinds.values())),
        "worst_gap_px": max(inside),
        "limbs": limbs,
        "compared": len(inside),
        "shift_share": SHIFT_SHARE,
        "boxes": evaluate_det(frames, guesses(frames, 0.0), config, nproc=1).summary()["AP"],
        "shifted": evaluate_det(frames, guesses(frames, SHIFT_SHARE), config, nproc=1).summary()["AP"],
        "masks": evaluate_ins_seg(frames, guesses(frames, 0.0), config, nproc=1).summary()["AP"],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

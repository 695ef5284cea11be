"""Scores tracks of a KITTI tracking dataset against themselves with TrackEval.

Runs in the client's environment: `kitti_tracking_client.py <dataset> <scratch>`.  Beside the truth it scores boxes
moved by a fifth of their width (overlap 2/3: HOTA's detection accuracy survives the thresholds up to there) and
tracks whose ids change half-way through each sequence.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import trackeval

SHIFT_SHARE = 0.2


def rows_of(path: Path) -> list[list[str]]:
    return [line.split() for line in path.read_text().splitlines()]


def result(row: list[str], shift: float, track: int) -> str:
    """A row of results: the label with a score."""
    left, right = float(row[6]), float(row[8])
    moved = shift * (right - left)
    box = [f"{left + moved:.3f}", row[7], f"{right + moved:.3f}", row[9]]
    return " ".join([row[0], str(track), *row[2:6], *box, *row[10:17], "1.0"]) + "\n"


def scores(root: Path, folder: Path, split: str) -> dict[str, Any]:
    config = {
        "GT_FOLDER": str(root / "training"),
        "TRACKERS_FOLDER": str(folder),
        "SPLIT_TO_EVAL": split,
        "PRINT_CONFIG": False,
    }
    evaluator = trackeval.Evaluator(
        {"PRINT_CONFIG": False, "PRINT_RESULTS": False, "TIME_PROGRESS": False, "OUTPUT_SUMMARY": False,
         "OUTPUT_DETAILED": False, "PLOT_CURVES": False, "OUTPUT_EMPTY_CLASSES": False}
    )  # fmt: skip
    found, _ = evaluator.evaluate(
        [trackeval.datasets.Kitti2DBox(config)], [trackeval.metrics.HOTA(), trackeval.metrics.CLEAR(),
                                                  trackeval.metrics.Identity()]
    )  # fmt: skip
    answer: dict[str, Any] = {}
    for tracker, by_sequence in found["Kitti2DBox"].items():
        whole = by_sequence["COMBINED_SEQ"]
        answer[tracker] = {
            kind: {
                "objects": int(whole[kind]["CLEAR"]["CLR_TP"] + whole[kind]["CLEAR"]["CLR_FN"]),
                "HOTA": float(np.mean(whole[kind]["HOTA"]["HOTA"])),
                "DetA": float(np.mean(whole[kind]["HOTA"]["DetA"])),
                "MOTA": float(whole[kind]["CLEAR"]["MOTA"]),
                "IDF1": float(whole[kind]["Identity"]["IDF1"]),
                "IDSW": int(whole[kind]["CLEAR"]["IDSW"]),
            }
            for kind in ("car", "pedestrian")
        }
    return answer


def main() -> None:
    root, scratch, split = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    labels = root / "training" / "label_02"
    columns, truncated, kinds, tracks, switches = set(), set(), set(), set(), {"Car": 0, "Pedestrian": 0}
    sorted_rows = True
    for path in sorted(labels.glob("*.txt")):
        rows = rows_of(path)
        columns |= {len(row) for row in rows}
        truncated |= {row[3] for row in rows}
        kinds |= {row[2] for row in rows}
        real = [row for row in rows if row[2] != "DontCare"]
        tracks |= {(path.stem, row[1], row[2]) for row in real}
        keys = [(int(row[0]), row[1]) for row in real]
        sorted_rows &= [k[0] for k in keys] == sorted(k[0] for k in keys) and len(set(keys)) == len(keys)
        half = (max(int(row[0]) for row in rows) + 1) // 2
        for kind in switches:
            for track in {row[1] for row in real if row[2] == kind}:
                frames = [int(row[0]) for row in real if row[1] == track]
                switches[kind] += min(frames) < half <= max(frames)
        for name, shift in (("oracle", 0.0), ("shifted", SHIFT_SHARE), ("switched", 0.0)):
            target = scratch / name / "data" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            late = 1000 if name == "switched" else 0
            target.write_text(
                "".join(result(row, shift, int(row[1]) + late * (int(row[0]) >= half)) for row in real)
            )
    answer = {
        "columns": sorted(columns),
        "truncated": sorted(truncated),
        "kinds": sorted(kinds),
        "one_kind_per_track": len({track[:2] for track in tracks}) == len(tracks),
        "sorted": sorted_rows,
        "switches": switches,
        "shift_share": SHIFT_SHARE,
        **scores(root, scratch, split),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

"""Opens logs with av2's loaders and scores their annotations with its detection evaluation.

Runs in the client's environment: `argoverse2_client.py <split folder>`.  Without torch, which only its training loaders
need; the evaluation runs in this process alone.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from av2.datasets.sensor.av2_sensor_dataloader import AV2SensorDataLoader
from av2.evaluation.detection.eval import evaluate
from av2.evaluation.detection.utils import DetectionCfg
from av2.utils.io import read_city_SE3_ego, read_feather, read_lidar_sweep

MOVED_M = 0.6


def averages(truth: pd.DataFrame, found: pd.DataFrame, kinds: list[str]) -> dict[str, dict[str, float]]:
    config = DetectionCfg(categories=tuple(kinds), eval_only_roi_instances=False)
    table = evaluate(found, truth, config, n_jobs=1)[2]
    return {
        kind: {name: float(table.loc[kind, name]) for name in ("AP", "ATE", "ASE", "AOE")} for kind in kinds
    }


def main() -> None:
    root = Path(sys.argv[1])
    loader = AV2SensorDataLoader(root, root)
    answer: dict[str, Any] = {"logs": sorted(loader.get_log_ids()), "sweeps": 0, "pictures": 0, "compared": 0}
    answer |= {"recount_wrong": 0, "projected": 0, "ahead_mps": []}
    tables = []
    for log in answer["logs"]:
        stamps = loader.get_ordered_log_lidar_timestamps(log)
        answer["sweeps"] += len(stamps)
        camera = loader.get_log_pinhole_camera(log, "ring_front_center")
        poses = read_city_SE3_ego(root / log)
        ways = [poses[stamp].translation for stamp in stamps]
        answer["ahead_mps"] += [
            float(np.linalg.norm(b - a) / ((t - s) * 1e-9))
            for a, b, s, t in zip(ways, ways[1:], stamps, stamps[1:], strict=False)
        ]
        for stamp in stamps:
            path = root / log / "sensors" / "lidar" / f"{stamp}.feather"
            points = read_lidar_sweep(path).astype(np.float64)
            pictures = list((root / log / "sensors/cameras/ring_front_center").glob(f"{stamp}.jpg"))
            answer["pictures"] += len(pictures)
            rows = read_feather(root / log / "annotations.feather")
            rows = rows[rows.timestamp_ns == stamp]
            for cuboid, stated in zip(
                loader.get_labels_at_lidar_timestamp(log, stamp), rows.num_interior_pts, strict=True
            ):
                answer["compared"] += 1
                inside = int(cuboid.compute_interior_points(points)[1].sum())
                answer["recount_wrong"] += int(inside != stated)
                _, _, valid = camera.project_ego_to_img(cuboid.vertices_m)
                answer["projected"] += int(np.count_nonzero(valid))
        table = read_feather(root / log / "annotations.feather")
        tables.append(table.assign(log_id=log))
    truth = pd.concat(tables, ignore_index=True)
    # What no point fell on is no truth to the evaluation, and finding it would be a mistake.
    found = truth[truth.num_interior_pts > 0].drop(columns="num_interior_pts").assign(score=0.9)
    kinds = sorted(truth[truth.num_interior_pts > 0].category.unique())
    moved = found.copy()
    moved["tx_m"] += MOVED_M
    answer |= {
        "present": kinds,
        "oracle": averages(truth, found, kinds),
        "moved": averages(truth, moved, kinds),
        "moved_m": MOVED_M,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

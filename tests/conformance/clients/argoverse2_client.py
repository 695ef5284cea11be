"""Opens logs with av2's loaders and scores their annotations with its detection evaluation.

Runs in the client's environment: `argoverse2_client.py <split folder> [<folder of scene flow> <folder to write to>]`.
Without torch, which only its training loaders need; the evaluation runs in this process alone.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from av2.datasets.sensor.av2_sensor_dataloader import AV2SensorDataLoader
from av2.evaluation.detection.eval import evaluate
from av2.evaluation.detection.utils import DetectionCfg
from av2.evaluation.scene_flow.constants import CATEGORY_TO_INDEX
from av2.evaluation.scene_flow.eval import evaluate_directories, results_to_dict
from av2.utils.io import read_city_SE3_ego, read_feather, read_lidar_sweep

MOVED_M = 0.6


def averages(truth: pd.DataFrame, found: pd.DataFrame, kinds: list[str]) -> dict[str, dict[str, float]]:
    config = DetectionCfg(categories=tuple(kinds), eval_only_roi_instances=False)
    table = evaluate(found, truth, config, n_jobs=1)[2]
    return {
        kind: {name: float(table.loc[kind, name]) for name in ("AP", "ATE", "ASE", "AOE")} for kind in kinds
    }


def scores(truth: Path, folder: Path, beside_m: float) -> dict[str, Any]:
    """av2's evaluation of the truth itself, or of it with every end that far to the side."""
    for path in sorted(truth.rglob("*.feather")):
        table = pd.read_feather(path)
        table["flow_ty_m"] = (table["flow_ty_m"].astype(float) + beside_m).astype(np.float16)
        there = folder / path.relative_to(truth)
        there.parent.mkdir(parents=True, exist_ok=True)
        table[["flow_tx_m", "flow_ty_m", "flow_tz_m", "is_dynamic"]].to_feather(there)
    return {
        name: float(value) for name, value in results_to_dict(evaluate_directories(truth, folder)).items()
    }


def flows(root: Path, loader: AV2SensorDataLoader, truth: Path, folder: Path) -> dict[str, Any]:
    """Flow against what follows from annotations and poses by av2's own geometry, and its scores."""
    told: dict[str, Any] = {
        "files": 0,
        "points": 0,
        "rows_wrong": 0,
        "class_wrong": 0,
        "off_m": 0.0,
        "actors": 0,
    }
    told |= {"still_off_m": 0.0, "dynamic": {}}
    for log in sorted(loader.get_log_ids()):
        poses = read_city_SE3_ego(root / log)
        table = read_feather(root / log / "annotations.feather")
        stamps = loader.get_ordered_log_lidar_timestamps(log)
        for stamp, after in pairwise(stamps):
            flow = pd.read_feather(truth / log / f"{stamp}.feather")
            points = read_lidar_sweep(root / log / "sensors/lidar" / f"{stamp}.feather").astype(np.float64)
            told["files"] += 1
            told["points"] += len(flow)
            told["rows_wrong"] += int(len(flow) != len(points))
            vectors = flow[["flow_tx_m", "flow_ty_m", "flow_tz_m"]].to_numpy().astype(float)
            next_from_ego = poses[after].inverse().compose(poses[stamp])
            rigid = next_from_ego.transform_point_cloud(points) - points
            still = flow.category_indices == 0
            gaps = np.linalg.norm(vectors - rigid, axis=1)
            told["still_off_m"] = max(told["still_off_m"], float(gaps[still].max()))
            tracks = [table[table.timestamp_ns == t].track_uuid.tolist() for t in (stamp, after)]
            now, then = (loader.get_labels_at_lidar_timestamp(log, t) for t in (stamp, after))
            later = dict(zip(tracks[1], then.cuboids, strict=True))
            for track, cuboid in zip(tracks[0], now.cuboids, strict=True):
                inside = cuboid.compute_interior_points(points)[1] & ~still.to_numpy()
                if not inside.any() or track not in later:
                    continue
                told["actors"] += 1
                index = CATEGORY_TO_INDEX[str(cuboid.category)]
                told["class_wrong"] += int((flow.category_indices[inside] != index).sum())
                move = later[track].dst_SE3_object.compose(cuboid.dst_SE3_object.inverse())
                meant = move.transform_point_cloud(points[inside]) - points[inside]
                told["off_m"] = max(
                    told["off_m"], float(np.linalg.norm(vectors[inside] - meant, axis=1).max())
                )
                told["dynamic"].setdefault(str(cuboid.category), set()).update(
                    flow.is_dynamic[inside].tolist()
                )
    told["dynamic"] = {name: sorted(values) for name, values in told["dynamic"].items()}
    told["oracle"] = scores(truth, folder / "oracle", 0.0)
    told["moved"] = scores(truth, folder / "moved", 0.08)
    return told


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
    if len(sys.argv) > 2:
        answer["flow"] = flows(root, loader, Path(sys.argv[2]), Path(sys.argv[3]))
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

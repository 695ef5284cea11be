"""Which format was opened by which reader in which version, and how it went: the table that a run prints.

Versions are those of the pinned environments; docs/formats.md holds the same rows.
"""

from pathlib import Path

CLIENTS = Path(__file__).resolve().parent / "clients"

# Client script -> format, its reader's packages, environment (its own where "").
READERS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "argoverse2": ("argoverse2", ("av2",), ""),
    "cityscapes": ("cityscapes", ("cityscapesScripts",), ""),
    "coco": ("coco", ("pycocotools",), ""),
    "croissant": ("card, croissant.json", ("mlcroissant",), ""),
    "kitti": ("kitti", ("datumaro",), ""),
    "kitti_raw": ("kitti_raw", ("pykitti",), "semantickitti"),
    "kitti_tracking": ("kitti_tracking", ("trackeval",), ""),
    "las": ("las", ("laspy",), ""),
    "mcap": ("mcap", ("mcap", "mcap-ros2-support", "rosbags"), ""),
    "nuimages": ("nuimages", ("nuscenes-devkit",), "nuscenes"),
    "nuscenes": ("nuscenes", ("nuscenes-devkit",), ""),
    "nuscenes_infos": ("nuscenes, infos of mmdet3d and OpenPCDet", ("nuscenes-devkit",), "nuscenes"),
    "openlabel": ("openlabel", ("vcd",), ""),
    "osi": ("osi", ("betterosi",), ""),
    "pcd": ("pcd", ("pypcd4",), ""),
    "rerun": ("show --rerun, convert --format rerun", ("rerun-sdk",), ""),
    "scalabel": ("scalabel", ("scalabel",), ""),
    "semantickitti": ("semantickitti", ("pykitti",), ""),
    "waymo": ("waymo", ("waymo-open-dataset-tf-2-12-0",), ""),
    "webdataset": ("webdataset", ("webdataset",), ""),
    "yolo": ("yolo", ("supervision",), ""),
    "yolo_pose": ("yolo, poses", ("ultralytics",), ""),
}
WORDS = {"passed": "holds", "failed": "FAILS", "skipped": "not run"}


def pins(environment: str) -> dict[str, str]:
    """Versions of an environment's packages, by lower-case name."""
    lines = (CLIENTS / f"{environment}.txt").read_text(encoding="utf-8").splitlines()
    return {name.lower(): version for name, _, version in (line.partition("==") for line in lines)}


def row(client: str) -> tuple[str, str]:
    """Format, and its readers with their versions."""
    form, packages, environment = READERS[client]
    held = pins(environment or client)
    return form, ", ".join(f"{name} {held[name.lower()]}" for name in packages)


def table(results: dict[str, list[str]]) -> list[str]:
    """A line a client that was asked: `results` are the outcomes of its tests."""
    rows = [("format", "reader", "result")]
    for client in sorted(results):
        outcomes = results[client]
        worst = next(kind for kind in ("failed", "skipped", "passed") if kind in outcomes)
        rows.append((*row(client), f"{WORDS[worst]} ({len(outcomes)} tests)"))
    wide = [max(len(line[column]) for line in rows) for column in range(2)]
    return [f"{form:<{wide[0]}}  {reader:<{wide[1]}}  {result}" for form, reader, result in rows]

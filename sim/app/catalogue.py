"""What is shipped, by name: scenarios, models, rigs, formats.  Roof."""

import difflib
from collections.abc import Iterator
from pathlib import Path

import scenarios
from scenarios.errors import StormlaneError

SUFFIX = ".scenario.yaml"
# What each format holds, and what reads it (docs/formats.md).
FORMATS_TOLD = {
    "native": "everything, lossless but for JPEG pictures: Parquet and arrays, read by labelers.native_reader",
    "nuscenes": "nuScenes v1.0: cuboids, sweeps, radar, lidarseg, panoptic, own splits; for its devkit and mmdet3d",
    "kitti": "KITTI object: one camera, one lidar, label_2; mmdet3d's and OpenPCDet's info files beside it",
    "coco": "COCO: instances, people's key points and panoptic of every camera; for pycocotools",
    "kitti_tracking": "KITTI tracking: a sequence a clip; for TrackEval",
    "semantickitti": "KITTI odometry with SemanticKITTI's class and instance of every point",
    "cityscapes": "Cityscapes: ids, instances and polygons of every pixel; for cityscapesScripts",
    "openlabel": "ASAM OpenLABEL 1.0: cuboids, boxes and tags of the operational domain, in JSON",
    "yolo": "YOLO: detect, segment and pose trees of every camera; for Ultralytics, supervision",
    "scalabel": "Scalabel, the format of BDD100K: boxes, masks and cuboids of every camera",
    "nuimages": "nuImages: boxes and masks of every camera; for nuscenes-devkit",
    "webdataset": "WebDataset: shards for training, a tar a clip",
    "argoverse2": "Argoverse 2 sensor: cuboids, one lidar, ring cameras, scene flow; for av2",
    "openlane": "OpenLane: lane lines in pictures and in space, and nothing else",
    "occ3d": "Occ3D-nuScenes: voxels of clips with capture: {also: [occupancy]}",
    "waymo": "Waymo v2: Parquet components with range images; for waymo-open-dataset",
    "kitti_raw": "KITTI raw: pictures, sweeps, oxts and tracklets; for pykitti",
    "mcap": "MCAP: ROS 2 messages of all sensors and labels; for Foxglove, RViz, rosbags",
    "osi": "ASAM OSI 3.8: ground truth traces without pictures and points",
    "pcd": "PCD 0.7: one file a sweep with every field of every point",
    "las": "LAS 1.4: one file a sweep in the world's frame, ASPRS classes",
    "rerun": "recordings for the rerun viewer, one a clip; of stormlane convert alone",
}  # fmt: skip


def find_scenario(given: Path) -> Path:
    """`given` if it is a file, else the catalogue entry of that name; an error names near ones."""
    if given.is_file():
        return given
    shipped = scenarios.catalogue()
    if str(given) in shipped:
        return shipped[str(given)]
    near = difflib.get_close_matches(given.name.removesuffix(SUFFIX), shipped, 1)
    hint = f"; did you mean {near[0]}?" if near else f"; the catalogue has {', '.join(shipped)}"
    raise StormlaneError(f"{given}: no such file, and no scenario of that name{hint}")


def story(path: Path) -> str:
    """The comment lines at the top of a scenario file, as one line."""
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        text = line.lstrip("# ").strip()
        if text and not text.startswith("yaml-language-server"):
            lines.append(text)
    return " ".join(lines)


def listing(what: str) -> Iterator[str]:
    """Lines for `stormlane list`."""
    makers = {
        "scenarios": _scenarios,
        "models": _models,
        "rigs": _rigs,
        "weathers": _weathers,
        "formats": _formats,
    }
    if what != "all" and what not in makers:
        raise StormlaneError(f"nothing called {what!r} to list; known: all, {', '.join(makers)}")
    for name, maker in makers.items():
        if what in ("all", name):
            if what == "all":
                yield f"{name}:"
            yield from (f"  {line}" if what == "all" else line for line in maker())


def _scenarios() -> Iterator[str]:
    for name, path in scenarios.catalogue().items():
        yield f"{name:26} {story(path)}"


def _models() -> Iterator[str]:
    from scenarios.bodies import BODIES

    for body in BODIES.values():
        length, width, height = body.size_m
        yield f"{body.model:26} {body.actor_class}, {length:.2f} x {width:.2f} x {height:.2f} m"


def _rigs() -> Iterator[str]:
    for name, path in scenarios.rigs().items():
        yield f"{name:26} {story(path)}"


def _weathers() -> Iterator[str]:
    for name, path in scenarios.weathers().items():
        yield f"{name:26} {story(path)}"


def _formats() -> Iterator[str]:
    for name, told in FORMATS_TOLD.items():
        yield f"{name:26} {told}"

"""Validates every document with VCD, walks it through its API, and projects its cuboids with VCD's own scene.

Runs in the client's environment: `openlabel_client.py <dataset>`.  The schema is the standard's (draft 7), as VCD
carries it.  Cuboids are brought from the world into each camera and through its intrinsics by VCD alone: the bounds
of their eight corners are those of the silhouette of a box, and a cuboid half a length further on has other bounds.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from vcd import core, scl, utils

ROUNDING_M = 1e-5  # of float32 points


def corners(values: list[float], forward_share: float) -> np.ndarray:
    """(4, 8) homogeneous corners in the world; the box is moved by a share of its length."""
    centre, quaternion, size = np.array(values[:3]), values[3:7], np.array(values[7:])
    turned = np.asarray(utils.q2R(*quaternion))
    signs = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]).T / 2
    signs[0] += forward_share
    return np.vstack([centre[:, None] + turned @ (signs * size[:, None]), np.ones(8)])


def overlap(a: list[float], b: list[float]) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def main() -> None:
    root = Path(sys.argv[1])
    answer: dict[str, Any] = {"documents": 0, "frames": 0, "objects": 0, "cuboids": 0, "missing_files": 0}
    answer |= {
        "overlaps": [],
        "moved_overlaps": [],
        "tags": [],
        "types": [],
        "miscounted": 0,
        "key_points": 0,
        "key_points_outside": 0,
    }
    inside = within = 0
    for path in sorted((root / "openlabel").glob("*.json")):
        document = core.OpenLABEL()
        document.load_from_file(str(path), validation=True)
        scene, plain = scl.Scene(document), document.get_root()
        answer["documents"] += 1
        bounds = plain["ontologies"]["0"]
        tags = {tag["type"]: tag.get("tag_data") for tag in plain["tags"].values()}
        assert bounds["boundary_mode"] == "include" and set(tags) <= set(bounds["boundary_list"])
        answer["tags"].append(tags)
        for frame in sorted(plain["frames"]):
            properties = document.get_frame(frame)["frame_properties"]
            answer["frames"] += 1
            for stream in properties["streams"].values():
                answer["missing_files"] += not (root / stream["uri"]).is_file()
            for number in document.get_objects():
                solid = document.get_object_data(number, "shape3D", frame)
                if solid is None:
                    continue
                answer["cuboids"] += 1
                answer["types"].append(document.get_object(number)["type"])
                for name, stream in plain["streams"].items():
                    if stream["type"] == "lidar":
                        points = np.fromfile(root / properties["streams"][name]["uri"], np.float32)
                        points = points.reshape(-1, 4).astype(np.float64).T
                        points[3] = 1.0
                        world = scene.transform_points3d_4xN(points, name, "world", frame)
                        turned = np.asarray(utils.q2R(*solid["val"][3:7]))
                        local = turned.T @ (world[:3] - np.array(solid["val"][:3])[:, None])
                        half = np.array(solid["val"][7:])[:, None] / 2
                        # Points of a box lie on its faces: rounding puts some of them on either side.
                        least, most = (
                            int(np.all(np.abs(local) <= half + margin, axis=0).sum())
                            for margin in (-ROUNDING_M, ROUNDING_M)
                        )
                        stated = {a["name"]: a["val"] for a in solid["attributes"]["num"]}["lidar_points"]
                        inside += int(stated)
                        within += most
                        answer["miscounted"] += int(not least <= stated <= most)
                        continue
                    flat = document.get_object_data(number, f"{name}_amodal", frame)
                    if flat is None:
                        continue
                    for part in ("left_shoulder", "right_hip", "left_ankle"):
                        point = document.get_object_data(number, f"{name}_{part}", frame)
                        if point is not None:
                            u, v = point["val"]
                            left, top, wide, tall = flat["val"]
                            answer["key_points"] += 1
                            near = abs(u + 0.5 - left) <= wide / 2 + 1 and abs(v + 0.5 - top) <= tall / 2 + 1
                            answer["key_points_outside"] += int(not near)
                    camera = scene.get_camera(name)
                    x, y, w, h = flat["val"]
                    stated_box = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
                    size = stream["stream_properties"]["intrinsics_pinhole"]
                    edges = (size["width_px"], size["height_px"])
                    if min(stated_box[:2]) <= 0 or stated_box[2] >= edges[0] or stated_box[3] >= edges[1]:
                        continue  # cut at the image
                    for share, key in ((0.0, "overlaps"), (0.5, "moved_overlaps")):
                        there = scene.transform_points3d_4xN(
                            corners(solid["val"], share), "world", name, frame
                        )
                        pixels, _ = camera.project_points3d(there)
                        # Pixel centres are at whole numbers, borders of our boxes half a pixel beside them.
                        low, high = pixels[:2].min(axis=1) + 0.5, pixels[:2].max(axis=1) + 0.5
                        projected = [float(v) for v in (*low, *high)]
                        answer[key].append(overlap(projected, stated_box))
        answer["objects"] += len(document.get_objects())
    answer["types"] = sorted(set(answer["types"]))
    answer["points_inside"] = inside
    answer["points_within_rounding"] = within
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

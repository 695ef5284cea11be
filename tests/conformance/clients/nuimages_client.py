"""Opens nuImages tables with the nuScenes devkit, decodes every mask, and checks what they say of each other.

Runs in the environment of nuscenes: `nuimages_client.py <dataset> <version>`.  The devkit has no evaluation of
nuImages: what it decodes is held against itself instead, and boxes moved by a fifth of their width no longer hold
their masks.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from nuimages import NuImages
from nuimages.utils.utils import name_to_index_mapping
from PIL import Image
from pycocotools import mask as masks

SHIFT_SHARE = 0.2  # of a box's own width


def main() -> None:
    root, version = Path(sys.argv[1]), sys.argv[2]
    data = NuImages(dataroot=str(root), version=version, verbose=False, lazy=False)
    names = {row["token"]: row["name"] for row in data.category}
    attributes = {row["token"]: row["name"] for row in data.attribute}
    pairs: dict[str, set[str]] = {}
    outside = moved_outside = wrong_size = wrong_pixels = wrong_road = instances = 0
    for sample in data.sample:
        row = data.get("sample_data", sample["key_camera_token"])
        assert row["sample_token"] == sample["token"]
        sensor = data.shortcut("sample_data", "sensor", row["token"])
        assert sensor["modality"] == "camera" and sensor["channel"].startswith("CAM_")
        wrong_size += Image.open(root / row["filename"]).size != (row["width"], row["height"])
        semantic, instance = data.get_segmentation(row["token"])
        objects = [entry for entry in data.object_ann if entry["sample_data_token"] == row["token"]]
        instances += len(objects)
        wrong_pixels += int(len(np.unique(instance[instance > 0])) != len(objects))
        for entry in objects:
            name = names[entry["category_token"]]
            pairs.setdefault(name, set()).update(attributes[t] for t in entry["attribute_tokens"])
            rle = {"size": entry["mask"]["size"], "counts": base64.b64decode(entry["mask"]["counts"])}
            left, top, width, height = masks.toBbox(rle)
            x0, y0, x1, y1 = entry["bbox"]
            outside += int(left < x0 or top < y0 or left + width > x1 or top + height > y1)
            further = SHIFT_SHARE * (x1 - x0)
            moved_outside += int(left < x0 + further or left + width > x1 + further)
        roads = [entry for entry in data.surface_ann if entry["sample_data_token"] == row["token"]]
        number = name_to_index_mapping(data.category)["flat.driveable_surface"]
        covered = sum(
            int(masks.area({"size": e["mask"]["size"], "counts": base64.b64decode(e["mask"]["counts"])}))
            for e in roads
        )
        wrong_road += int(covered != np.count_nonzero(semantic == number))
    data.render_image(data.sample_data[0]["token"], out_path=str(root / "picture.png"))
    answer: dict[str, Any] = {
        "samples": len(data.sample),
        "objects": instances,
        "attributes": {name: sorted(found) for name, found in pairs.items()},
        "outside": outside,
        "wrong_size": wrong_size,
        "wrong_pixels": wrong_pixels,
        "wrong_road": wrong_road,
        "moved_outside": moved_outside,
        "speeds": sorted({round(row["speed"], 3) for row in data.ego_pose}),
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

"""Opens PCD files with pypcd4: `pcd_client.py <folder>`."""

import json
import sys
from pathlib import Path

import numpy as np
from boxes import within
from pypcd4 import PointCloud


def main() -> None:
    root = Path(sys.argv[1])
    files, inside, stated, worst_m = 0, 0, 0, 0.0
    for clip in sorted(root.glob("*/clip.json")):
        for sample in json.loads(clip.read_text())["samples"]:
            for entry in sample["lidars"].values():
                cloud = PointCloud.from_path(root / entry["file"])
                files += 1
                data = cloud.pc_data
                pose = np.array(entry["world_from_lidar"], float).reshape(4, 4)
                worst_m = max(
                    worst_m, float(np.abs(np.array(cloud.metadata.viewpoint[:3]) - pose[:3, 3]).max())
                )
                own = np.stack([data["x"], data["y"], data["z"]], axis=1).astype(float)
                world = own @ pose[:3, :3].T + pose[:3, 3]
                for cuboid in sample["cuboids"]:
                    near = within(world, cuboid)
                    mine = data["instance"] == cuboid["instance_id"]
                    inside += int((mine & near).sum())
                    stated += int(mine.sum())
    print(
        json.dumps(
            {
                "files": files,
                "fields": list(cloud.fields),
                "points": int(cloud.points),
                "worst_m": worst_m,
                "inside": inside,
                "stated": stated,
                "rings": sorted({int(k) for k in np.unique(data["ring"])}),
                "range_gap_m": float(np.abs(np.linalg.norm(own, axis=1) - data["range_m"]).max()),
            }
        )
    )


if __name__ == "__main__":
    main()

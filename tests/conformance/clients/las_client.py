"""Opens LAS files with laspy: `las_client.py <folder>`."""

import json
import sys
from pathlib import Path

import laspy
import numpy as np
from boxes import within


def main() -> None:
    root = Path(sys.argv[1])
    about = json.loads((root / "stormlane.json").read_text())
    files, inside, stated, worst_m, worst_return, classes, seconds = 0, 0, 0, 0.0, 0, set(), []
    for clip in sorted(root.glob("*/clip.json")):
        for sample in json.loads(clip.read_text())["samples"]:
            for entry in sample["lidars"].values():
                cloud = laspy.read(root / entry["file"])
                files += 1
                pose = np.array(entry["world_from_lidar"], float).reshape(4, 4)
                own = np.stack([cloud["sensor_x"], cloud["sensor_y"], cloud["sensor_z"]], axis=1).astype(
                    float
                )
                world = np.stack([cloud.x, cloud.y, cloud.z], axis=1)
                worst_m = max(worst_m, float(np.abs(own @ pose[:3, :3].T + pose[:3, 3] - world).max()))
                worst_return = max(
                    worst_return,
                    int((np.asarray(cloud.return_number) > np.asarray(cloud.number_of_returns)).sum()),
                )
                classes |= {int(k) for k in np.unique(cloud.classification)}
                assert np.all(world >= cloud.header.mins - 1e-9) and np.all(world <= cloud.header.maxs + 1e-9)
                seconds.append(float(cloud.gps_time[0]))
                for cuboid in sample["cuboids"]:
                    near = within(world, cuboid)
                    mine = cloud["instance"] == cuboid["instance_id"]
                    inside += int((mine & near).sum())
                    stated += int(mine.sum())
    print(
        json.dumps(
            {
                "files": files,
                "version": str(cloud.header.version),
                "format": cloud.header.point_format.id,
                "extra": list(cloud.point_format.extra_dimension_names),
                "told": list(about["fields"]),
                "worst_m": worst_m,
                "worst_return": worst_return,
                "classes": sorted(classes),
                "inside": inside,
                "stated": stated,
                "mean_intensity": float(np.mean(cloud.intensity / 65535.0)),
                "step_s": seconds[1] - seconds[0],
                "first_s": seconds[0],
            }
        )
    )


if __name__ == "__main__":
    main()

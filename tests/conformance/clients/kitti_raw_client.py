"""Opens drives with pykitti: poses, calibration, sweeps and pictures.

Runs in SemanticKITTI's environment, which has pykitti: `kitti_raw_client.py <dataset> <date> <drive>`.  Tracklets are
read from their XML here, because pykitti leaves them.
"""

import json
import sys
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pykitti


def main() -> None:
    root, date, drive = sys.argv[1:]
    raw = pykitti.raw(root, date, drive)
    answer: dict[str, Any] = {"frames": len(raw), "stamps": [str(stamp) for stamp in raw.timestamps]}
    poses = [packet.T_w_imu for packet in raw.oxts]
    answer["places"] = [pose[:3, 3].round(6).tolist() for pose in poses]
    answer["ahead_mps"] = [packet.packet.vf for packet in raw.oxts]
    answer["east_mps"] = [packet.packet.ve for packet in raw.oxts]
    answer["down"] = [packet.packet.az for packet in raw.oxts]
    answer["pictures"] = [list(raw.get_cam2(k).size) for k in range(len(raw))]
    tree = ElementTree.parse(f"{root}/{date}/{date}_drive_{drive}_sync/tracklet_labels.xml")
    items = tree.getroot()[0].findall("item")
    answer["kinds"] = sorted(item.findtext("objectType") for item in items)
    answer |= {"poses": sum(len(item.find("poses").findall("item")) for item in items)}
    answer |= {"inside": [], "moved": [], "ground": []}
    world: dict[str, list[list[float]]] = {}
    for k in range(len(raw)):
        points = raw.get_velo(k)[:, :3].astype(np.float64)
        imu_from_velo = np.linalg.inv(raw.calib.T_velo_imu)
        answer["ground"].append(float((points @ imu_from_velo[:3, :3].T + imu_from_velo[:3, 3])[:, 2].min()))
        for item in items:
            rows = item.find("poses").findall("item")
            row = k - int(item.findtext("first_frame"))
            if not 0 <= row < len(rows):
                continue
            x, y, z, yaw = (float(rows[row].findtext(name)) for name in ("tx", "ty", "tz", "rz"))
            size = np.array([float(item.findtext(name)) for name in "lwh"])
            local = points - (x, y, z + size[2] / 2)
            cosine, sine = np.cos(yaw), np.sin(yaw)
            turned = np.column_stack(
                [
                    cosine * local[:, 0] + sine * local[:, 1],
                    cosine * local[:, 1] - sine * local[:, 0],
                    local[:, 2],
                ]
            )
            answer["inside"].append(int((np.abs(turned) <= size / 2 + 1e-3).all(axis=1).sum()))
            answer["moved"].append(
                int((np.abs(turned - (size[0], 0, 0)) <= size / 2 - 1e-3).all(axis=1).sum())
            )
            here = poses[k] @ imu_from_velo @ [x, y, z, 1.0]
            world.setdefault(item.findtext("objectType"), []).append(here[:3].round(3).tolist())
            # The foot of a thing, seen through the stated camera.
            seen = raw.calib.P_rect_20 @ np.append((raw.calib.T_cam2_velo @ [x, y, z, 1.0])[:3], 1.0)
            answer.setdefault("feet", []).append(
                [float(seen[0] / seen[2]), float(seen[1] / seen[2]), float(seen[2])]
            )
    answer["world"] = world
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

"""Opens recordings with mcap's reader and with rosbags, and follows tf from points to cuboids and pixels.

Runs in the client's environment: `mcap_client.py <dataset>`.
"""

import io
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from mcap.reader import make_reader
from mcap_ros2.reader import read_ros2_messages
from PIL import Image
from rosbags.highlevel import AnyReader
from rosbags.typesys import Stores, get_typestore


def rigid(pose: Any, place: str = "translation", turn: str = "rotation") -> np.ndarray:
    q, t = getattr(pose, turn), getattr(pose, place)
    w, x, y, z = q.w, q.x, q.y, q.z
    matrix = np.eye(4)
    matrix[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    matrix[:3, 3] = t.x, t.y, t.z
    return matrix


def cloud(message: Any) -> np.ndarray:
    kinds = {2: "u1", 4: "<u2", 5: "<i4", 7: "<f4"}
    fields = message.fields
    kind = np.dtype(
        {
            "names": [field.name for field in fields],
            "formats": [kinds[field.datatype] for field in fields],
            "offsets": [field.offset for field in fields],
            "itemsize": message.point_step,
        }
    )
    return np.frombuffer(bytes(message.data), kind)


def scenery(
    held: dict[str, Any],
    base: np.ndarray,
    map_from_base: np.ndarray,
    camera_from_base: np.ndarray,
    answer: Any,
) -> None:
    """Depth under lidar points, drivable ground, lines in the map and in the picture, lights."""
    info = held["/cam_front/camera_info"]
    plane = held["/cam_front/depth"]
    assert plane.encoding == "32FC1"
    depth = np.frombuffer(bytes(plane.data), "<f4").reshape(plane.height, plane.width)
    matrix = np.reshape(info.k, (3, 3))
    local = base @ camera_from_base[:3, :3].T + camera_from_base[:3, 3]
    uvw = local[local[:, 2] > 0.5] @ matrix.T
    u, v = np.rint(uvw[:, :2] / uvw[:, 2:]).astype(int).T
    ok = (u >= 0) & (u < info.width) & (v >= 0) & (v < info.height)
    for name, column in (("depth_off_m", u[ok]), ("depth_moved_m", np.minimum(u[ok] + 25, info.width - 1))):
        answer[name].append(float(np.median(np.abs(depth[v[ok], column] - uvw[ok, 2]))))
    plane = held["/cam_front/drivable"]
    ground = np.frombuffer(bytes(plane.data), "u1").reshape(plane.height, plane.width)
    row, column = np.nonzero(ground == 255)
    places = np.linalg.inv(matrix) @ np.stack([column, row, np.ones(len(row))]) * depth[row, column]
    map_from_camera = map_from_base @ np.linalg.inv(camera_from_base)
    answer["road_off_m"].append(float(np.abs(map_from_camera[2, :3] @ places + map_from_camera[2, 3]).max()))
    drawn = []
    for entity in held["/lane_lines"].entities:
        told = {pair.key: pair.value for pair in entity.metadata}
        answer["lines"].add((entity.id, told["kind"], told["color"]))
        assert entity.frame_id == "map" and entity.lines[0].type == 0
        points = np.array([(point.x, point.y, point.z) for point in entity.lines[0].points])
        camera_from_map = np.linalg.inv(map_from_camera)
        local = points @ camera_from_map[:3, :3].T + camera_from_map[:3, 3]
        uvw = local[local[:, 2] > 0.1] @ matrix.T
        if len(uvw):
            drawn.append(uvw[:, :2] / uvw[:, 2:] + 0.5)
    for strip in held["/cam_front/lines"].points:
        for point in strip.points:
            gap = min(float(np.hypot(*(places - (point.x, point.y)).T).min()) for places in drawn)
            answer["line_off_px"] = max(answer["line_off_px"], gap)
    answer["joints"] += sum(len(body.points) for body in held["/cam_front/keypoints"].points)
    for entity in held["/signs"].entities:
        told = {pair.key: pair.value for pair in entity.metadata}
        lit = [ball.color.r + ball.color.g > 0.9 for ball in entity.spheres]
        heights = [ball.pose.position.z for ball in entity.spheres]
        answer["heads"].append([entity.id, told["code"], told["state"], lit, heights])


def readings(one: Any, answer: Any) -> None:
    """What an inertial sensor or a receiver says."""
    if one.header.frame_id == "imu":
        answer["imu"][0] += 1
        answer["imu"][1].add(round(one.linear_acceleration.z, 5))
        answer["imu"][2].add(one.orientation_covariance[0])
    else:
        answer["gps"].append([one.status.status, one.latitude, one.longitude])


def main() -> None:
    bags = sorted((Path(sys.argv[1]) / "bags").glob("*.mcap"))
    answer: dict[str, Any] = {"bags": [bag.stem for bag in bags], "topics": {}, "points": 0, "outside": 0}
    answer |= {
        "boxes": 0,
        "box_gap_px": 0.0,
        "cuboids": 0,
        "on_pixels": [],
        "annotated": 0,
        "same": 0,
        "moved": 0,
    }
    answer |= {
        "depth_off_m": [],
        "depth_moved_m": [],
        "line_off_px": 0.0,
        "lines": set(),
        "joints": 0,
        "heads": [],
    }
    answer |= {"radar": [], "imu": [0, set(), set()], "gps": []}
    answer |= {"road_off_m": [], "classes": set(), "markers": 0, "ahead_m": []}
    for bag in bags:
        with bag.open("rb") as handle:
            reader = make_reader(handle, validate_crcs=True)
            summary = reader.get_summary()
            counts = {
                summary.channels[channel].topic: count
                for channel, count in summary.statistics.channel_message_counts.items()
            }
            answer["topics"] = counts
            answer["messages"] = summary.statistics.message_count
            answer["ordered"] = [m.log_time for _, _, m in reader.iter_messages(["/tf"])]
        by_time: dict[int, dict[str, Any]] = {}
        mounts: dict[str, np.ndarray] = {}
        for message in read_ros2_messages(bag):
            topic, ros = message.channel.topic, message.ros_msg
            if topic == "/tf_static":
                for one in ros.transforms:
                    mounts[one.child_frame_id] = rigid(one.transform)
            else:
                by_time.setdefault(message.log_time_ns, {})[topic] = ros
        places = []
        for held in by_time.values():
            for one in (held.get("/imu/data"), held.get("/gps/fix")):
                if one is not None:
                    readings(one, answer)
            if "/tf" not in held:
                continue
            table = cloud(held["/radar_front/points"])
            answer["fields"] = list(table.dtype.names)
            map_from_radar = rigid(held["/tf"].transforms[0].transform) @ mounts["radar_front"]
            centres = {int(d.id): d.bbox.center.position for d in held["/detections"].detections}
            for row in table[table["instance"] > 0]:
                x, y, _ = map_from_radar[:3, :3] @ [row[axis] for axis in "xyz"] + map_from_radar[:3, 3]
                centre = centres[int(row["instance"])]
                answer["radar"].append(float(np.hypot(x - centre.x, y - centre.y)))
            map_from_base = rigid(held["/tf"].transforms[0].transform)
            places.append(map_from_base[0, 3])
            table = cloud(held["/lidar_top/points"])
            xyz = np.column_stack([table[axis] for axis in "xyz"]).astype(np.float64)
            base = xyz @ mounts["lidar_top"][:3, :3].T + mounts["lidar_top"][:3, 3]
            world = base @ map_from_base[:3, :3].T + map_from_base[:3, 3]
            answer["markers"] += len(held["/cuboids"].markers)
            for found in held["/detections"].detections:
                answer["cuboids"] += 1
                answer["classes"].add(found.results[0].hypothesis.class_id)
                inverse = np.linalg.inv(rigid(found.bbox.center, "position", "orientation"))
                mine = world[table["instance"] == int(found.id)]
                local = mine @ inverse[:3, :3].T + inverse[:3, 3]
                half = np.array([found.bbox.size.x, found.bbox.size.y, found.bbox.size.z]) / 2
                answer["points"] += len(mine)
                answer["outside"] += int((np.abs(local) > half + 1e-3).any(axis=1).sum())
                answer["moved"] += int((np.abs(local - (0.6, 0, 0)) > half + 1e-3).any(axis=1).sum())
            scenery(held, base, map_from_base, np.linalg.inv(mounts["cam_front"]), answer)
            picture = Image.open(io.BytesIO(bytes(held["/cam_front/image/compressed"].data)))
            info = held["/cam_front/camera_info"]
            assert picture.size == (info.width, info.height)
            plane = held["/cam_front/instance"]
            ids = np.frombuffer(bytes(plane.data), "<u2").reshape(plane.height, plane.width)
            for found in held["/cam_front/detections"].detections:
                rows, columns = np.nonzero(ids == int(found.id))
                stated = found.bbox.center.position
                gap = (columns.min() + columns.max()) / 2 - stated.x, (rows.min() + rows.max()) / 2 - stated.y
                wide = np.ptp(columns) + 1 - found.bbox.size_x, np.ptp(rows) + 1 - found.bbox.size_y
                answer["boxes"] += 1
                answer["box_gap_px"] = max(
                    answer["box_gap_px"], *(abs(float(value)) for value in (*gap, *wide))
                )
            answer["annotated"] += len(held["/cam_front/annotations"].points)
            camera_from_base = np.linalg.inv(mounts["cam_front"])
            seen = (base @ camera_from_base[:3, :3].T + camera_from_base[:3, 3])[table["instance"] > 0]
            own = table["instance"][table["instance"] > 0]
            uvw = seen @ np.reshape(info.k, (3, 3)).T
            u, v = np.rint(uvw[:, 0] / uvw[:, 2]).astype(int), np.rint(uvw[:, 1] / uvw[:, 2]).astype(int)
            ok = (seen[:, 2] > 0.1) & (u >= 0) & (u < info.width) & (v >= 0) & (v < info.height)
            answer["on_pixels"].append(float(np.mean(ids[v[ok], u[ok]] == own[ok])))
        answer["ahead_m"].append(places)
        # A second reader finds the same messages and values.
        with AnyReader([bag], default_typestore=get_typestore(Stores.EMPTY)) as other:
            for connection, stamp, raw in other.messages():
                if connection.topic == "/lidar_top/points":
                    found = other.deserialize(raw, connection.msgtype)
                    first = by_time[stamp]["/lidar_top/points"]
                    answer["same"] += int(bytes(found.data) == bytes(first.data))
                elif connection.topic == "/detections":
                    found = other.deserialize(raw, connection.msgtype)
                    first = by_time[stamp]["/detections"]
                    answer["same"] += int(
                        [one.bbox.center.position.x for one in found.detections]
                        == [one.bbox.center.position.x for one in first.detections]
                    )
                else:
                    other.deserialize(raw, connection.msgtype)
    answer["imu"] = [answer["imu"][0], *(sorted(values) for values in answer["imu"][1:])]
    answer["lines"] = sorted(answer["lines"])
    answer["classes"] = Counter(answer["classes"])
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

"""Opens traces with betterosi, which has OSI's own message definitions.

Runs in the client's environment: `osi_client.py <dataset>`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import betterosi
import numpy as np
from betterosi.io import _has_unknown_fields


def plan(points: Any) -> np.ndarray:
    return np.array([(point.x, point.y) for point in points])


def beside(line: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Signed distances of places from a line, positive to its left; of those that lie along it."""
    starts, ways = line[:-1], np.diff(line, axis=0)
    lengths = np.linalg.norm(ways, axis=1)
    starts, ways, lengths = (
        values[lengths > 0.0] for values in (starts, ways, lengths)
    )  # where two pieces meet
    ways = ways / lengths[:, None]
    found = []
    for place in places:
        gap = place - starts
        along = (gap * ways).sum(axis=1)
        held = (along >= -1e-6) & (along <= lengths + 1e-6)
        if held.any():
            across = ways[held, 0] * gap[held, 1] - ways[held, 1] * gap[held, 0]
            found.append(across[np.argmin(np.abs(across))])
    return np.array(found)


def road(message: Any) -> dict[str, Any]:
    """How lanes, their boundaries and the ways between them fit together."""
    lines = {one.id.value: plan(p.position for p in one.boundary_line) for one in message.lane_boundary}
    lanes = {one.id.value: one.classification for one in message.lane}
    told: dict[str, Any] = {"lanes": len(lanes), "kinds": {}, "wrong_side": 0, "moved": 0, "unshared": 0}
    told |= {"gaps_m": [], "ways": [], "outline_m": 0.0, "dangling": 0}
    told["hosts"] = [number for number, lane in lanes.items() if lane.is_host_vehicle_lane]
    for number, lane in lanes.items():
        told["kinds"][lane.type.name] = told["kinds"].get(lane.type.name, 0) + 1
        left, right = (
            [one.value for one in ids] for ids in (lane.left_lane_boundary_id, lane.right_lane_boundary_id)
        )
        free = [one.value for one in lane.free_lane_boundary_id]
        told["dangling"] += len({*left, *right, *free} - set(lines))
        if lane.type.name == "INTERSECTION":
            told["ways"] += [
                [pair.antecessor_lane_id.value, pair.successor_lane_id.value] for pair in lane.lane_pairing
            ]
            told["outline_m"] += sum(
                float(np.linalg.norm(np.diff(lines[one], axis=0), axis=1).sum()) for one in free
            )
            continue
        for one in lane.left_adjacent_lane_id:
            other = lanes.get(one.value)
            if other is not None and other.type.name == lane.type.name == "DRIVING":
                shared = {value.value for value in other.right_lane_boundary_id} & set(left)
                told["unshared"] += int(not shared)
        if lane.type.name != "DRIVING":
            continue
        centre = plan(lane.centerline)
        middle = np.concatenate([centre, (centre[1:] + centre[:-1]) / 2])
        edges = [np.concatenate([lines[one] for one in ids]) for ids in (left, right)]
        told["wrong_side"] += int(
            (beside(edges[0], middle) > -0.5).sum() + (beside(edges[1], middle) < 0.5).sum()
        )
        way = np.gradient(middle[: len(centre)], axis=0)
        across = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.linalg.norm(way, axis=1)[:, None]
        told["moved"] += int((beside(edges[0], centre + 4.0 * across) > -0.5).any())
        for pair in lane.lane_pairing:
            after = lanes.get(pair.successor_lane_id.value) if pair.successor_lane_id else None
            if after is not None and after.type.name == "DRIVING":
                ends = [
                    line[-1 if lane_.centerline_is_driving_direction == exit_ else 0]
                    for line, lane_, exit_ in ((centre, lane, True), (plan(after.centerline), after, False))
                ]
                told["gaps_m"].append(float(np.linalg.norm(ends[0] - ends[1])))
        if lane.is_host_vehicle_lane:
            host = next(
                one for one in message.moving_object if one.id.value == message.host_vehicle_id.value
            ).base.position
            told["host_off_m"] = float(np.abs(beside(centre, np.array([(host.x, host.y)]))).min())
            told["host_lane"] = number
    told["boundaries"] = sorted(
        {(one.classification.type.name, one.classification.color.name) for one in message.lane_boundary}
    )
    return told


def pose(base: Any) -> list[float]:
    return [base.position.x, base.position.y, base.position.z, base.orientation.yaw]


def sign(message: Any) -> dict[str, Any]:
    kind = message.main_sign.classification
    value = [kind.value.value, kind.value.value_unit.name, kind.value.text] if kind.value else []
    return {
        "type": kind.type.name,
        "value": value,
        "number": [kind.country, kind.code, kind.sub_code],
        "pose": pose(message.main_sign.base),
        "below": [one.base.position.z for one in message.supplementary_sign],
        "lanes": [one.value for one in kind.assigned_lane_id],
    }


def light(message: Any) -> dict[str, Any]:
    kind = message.classification
    return {
        "id": message.id.value,
        "words": [kind.color.name, kind.icon.name, kind.mode.name],
        "pose": pose(message.base),
        "lanes": [one.value for one in kind.assigned_lane_id],
    }


def main() -> None:
    answer: dict[str, Any] = {"traces": [], "frames": [], "unknown": 0, "objects": {}, "hosts": []}
    for path in sorted((Path(sys.argv[1]) / "traces").glob("*.osi")):
        answer["traces"].append(path.name)
        messages = list(betterosi.read(path))
        answer["frames"].append(len(messages))
        for message in messages:
            answer["unknown"] += int(_has_unknown_fields(message))
            version = message.version
            answer["version"] = [version.version_major, version.version_minor, version.version_patch]
            host = [one for one in message.moving_object if one.id.value == message.host_vehicle_id.value]
            answer["hosts"].append(
                [host[0].base.position.x, host[0].base.position.z, host[0].base.velocity.x]
            )
            for one in message.moving_object:
                if one is not host[0]:
                    base = one.base
                    where = [base.position.x, base.position.y, base.position.z]
                    size = [base.dimension.length, base.dimension.width, base.dimension.height]
                    kind = [one.type.name]
                    if one.type.name == "VEHICLE":
                        kind.append(one.vehicle_classification.type.name)
                    words = {"where": where, "size": size, "yaw": base.orientation.yaw, "kind": kind}
                    words["speed"] = [base.velocity.x, base.velocity.y, base.velocity.z]
                    answer["objects"].setdefault(one.id.value, []).append(words)
            answer["lines"] = [
                [line.classification.type.name, line.classification.color.name, len(line.boundary_line)]
                for line in message.lane_boundary
            ]
            answer["road"] = road(message)
            answer.setdefault("signs", []).append([sign(one) for one in message.traffic_sign])
            answer.setdefault("lights", []).append([light(one) for one in message.traffic_light])
            weather = message.environmental_conditions
            answer["weather"] = [weather.precipitation.name, weather.unix_timestamp]
            answer["midnight_s"] = weather.time_of_day.seconds_since_midnight
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

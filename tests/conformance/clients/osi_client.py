"""Opens traces with betterosi, which has OSI's own message definitions.

Runs in the client's environment: `osi_client.py <dataset>`.
"""

import json
import sys
from pathlib import Path
from typing import Any

import betterosi
from betterosi.io import _has_unknown_fields


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
            weather = message.environmental_conditions
            answer["weather"] = [weather.precipitation.name, weather.unix_timestamp]
            answer["midnight_s"] = weather.time_of_day.seconds_since_midnight
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

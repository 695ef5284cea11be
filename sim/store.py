"""A trace as one file: arrays beside the lock text from which road and weather are built again.  World floor.

The file is a plain zip of .npy arrays and two texts, readable with numpy and any zip tool.  Names are sorted and times
fixed, so that the same trace gives the same bytes.
"""

import io
import json
import zipfile
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from scenarios import lock
from scenarios.errors import StormlaneError
from sim.roads import network_for
from sim.trace import Actor, Event, Ways, WorldTrace
from sim.weather import weather_track

VERSION = 2
LOCK = "scenario.lock.yaml"
FACTS = "trace.json"
SOME = ("doors", "lights")  # arrays that a trace need not have
ARRAYS = tuple(
    f.name
    for f in fields(WorldTrace)
    if f.name not in ("concrete", "road", "weather", "actors", "events", "ways", *SOME)
)
WAYS = tuple(f.name for f in fields(Ways))
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
MOST_BYTES = 4 << 30  # of one array: refuses a file that is no trace before memory is taken


def save(trace: WorldTrace, path: Path) -> None:
    """Write a trace; the file appears whole or not at all."""
    facts = {
        "stormlane_trace": VERSION,
        "actors": [asdict(actor) for actor in trace.actors],
        "events": [asdict(event) for event in trace.events],
    }
    members = {
        LOCK: lock.dump(trace.concrete).encode(),
        FACTS: json.dumps(facts, indent=1, sort_keys=True).encode(),
    }
    arrays = {name: getattr(trace, name) for name in ARRAYS}
    if trace.ways is not None:
        arrays |= {f"ways.{name}": getattr(trace.ways, name) for name in WAYS}
    arrays |= {name: getattr(trace, name) for name in SOME if getattr(trace, name) is not None}
    for name, array in arrays.items():
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
        members[f"{name}.npy"] = buffer.getvalue()
    partial = path.with_name(path.name + ".partial")
    with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(members):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, members[name])
    partial.replace(path)


def load(path: Path) -> WorldTrace:
    """Read a trace; road and weather are built again from the lock text inside."""
    try:
        with zipfile.ZipFile(path) as archive:
            if any(info.file_size > MOST_BYTES for info in archive.infolist()):
                raise StormlaneError(f"{path}: too large to be a trace")
            concrete = lock.load(archive.read(LOCK).decode())
            facts = json.loads(archive.read(FACTS))
            arrays = {
                name: np.lib.format.read_array(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False)
                for name in (*ARRAYS, *SOME, *(f"ways.{part}" for part in WAYS))
                if name in ARRAYS or f"{name}.npy" in archive.namelist()
            }
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise StormlaneError(f"{path}: not a stored trace ({error})") from error
    if facts.get("stormlane_trace") != VERSION:
        raise StormlaneError(
            f"{path}: written by another version of the trace format; simulate the scenario again"
        )
    ways = {part: arrays.pop(f"ways.{part}") for part in WAYS if f"ways.{part}" in arrays}
    scenario = concrete.scenario
    return WorldTrace(
        concrete=concrete,
        road=network_for(scenario.world.road, concrete.road_xml, concrete.seed),
        weather=weather_track(scenario.world, scenario.capture.duration_s),
        actors=tuple(Actor(**{**a, "size_m": tuple(a["size_m"])}) for a in facts["actors"]),
        events=tuple(Event(**e) for e in facts["events"]),
        ways=Ways(**ways) if ways else None,
        **arrays,
    )

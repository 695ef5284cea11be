"""The lock file: one concrete scenario as text, complete and exact, to be run again anywhere.  Language floor.

JSON (which is YAML as well): names carry units, floats are written with all their digits, the OpenDRIVE map rides
along compressed.  The same Concrete always gives the same bytes, and loading them gives an equal Concrete.
"""

import base64
import json
import zlib
from dataclasses import fields
from typing import Any

from pydantic import ValidationError

from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.files import MAX_MAP_BYTES
from scenarios.resolved import Concrete
from scenarios.schema import ResolvedRig, ResolvedScenario
from scenarios.walk import dotted

VERSION = 1
MAX_TEXT_BYTES = 128 * 1024 * 1024
_LINE = 100  # characters of encoded map per line, so that the file can be opened in an editor


def dump(concrete: Concrete) -> str:
    """The lock text."""
    packed = None if concrete.road_xml is None else _pack(concrete.road_xml)
    content: dict[str, Any] = {
        "stormlane_lock": VERSION,
        "clip": concrete.clip_id,
        "seed": concrete.seed,
        "sample": concrete.sample,
        "overrides": list(concrete.overrides),
        "params": concrete.params,
        "point": concrete.point,
        "scenario": concrete.scenario.model_dump(exclude_none=True),
        "rig": concrete.rig.model_dump(exclude_none=True),
        "road_xml": packed,
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def load(text: str, name: str = "lock file") -> Concrete:
    """The Concrete of a lock text; raises ScenarioErrors when it is not one."""
    content = _content(text, name)
    try:
        scenario = ResolvedScenario.model_validate(content["scenario"])
        rig = ResolvedRig.model_validate(content["rig"])
    except ValidationError as error:
        raise ScenarioErrors(
            ScenarioError(
                name, 0, 0, f"{dotted(tuple(d['loc']))}: {(d.get('ctx') or {}).get('message', d['msg'])}"
            )
            for d in error.errors(include_url=False)
        ) from None
    try:
        return Concrete(
            scenario=scenario,
            rig=rig,
            seed=int(content["seed"]),
            sample=int(content["sample"]),
            point={str(k): float(u) for k, u in content["point"].items()},
            params={str(k): v if isinstance(v, str) else float(v) for k, v in content["params"].items()},
            road_xml=None if content["road_xml"] is None else _unpack(content["road_xml"]),
            overrides=tuple(str(o) for o in content["overrides"]),
        )
    except (ValueError, TypeError, AttributeError, zlib.error) as error:
        raise _wrong(name, f"the lock is damaged: {error}") from None


def _content(text: str, name: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT_BYTES:
        raise _wrong(name, f"the lock is larger than {MAX_TEXT_BYTES >> 20} MiB")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ScenarioErrors(
            [ScenarioError(name, error.lineno, error.colno, f"the lock is damaged: {error.msg}")]
        ) from None
    except RecursionError:
        raise _wrong(name, "the lock is nested too deeply") from None
    if not isinstance(content, dict) or "stormlane_lock" not in content:
        raise _wrong(name, 'this is not a lock file: "stormlane_lock" is missing')
    if content["stormlane_lock"] != VERSION:
        raise _wrong(
            name, f"the lock has version {content['stormlane_lock']}; this program reads version {VERSION}"
        )
    needed = ["scenario", "rig", *(f.name for f in fields(Concrete) if f.compare)]
    missing = [key for key in dict.fromkeys(needed) if key not in content]
    if missing:
        raise _wrong(name, f"the lock is damaged: {', '.join(missing)} missing")
    return content


def _pack(xml: bytes) -> list[str]:
    text = base64.b64encode(zlib.compress(xml, 9)).decode("ascii")
    return [text[i : i + _LINE] for i in range(0, len(text), _LINE)]


def _unpack(lines: list[str]) -> bytes:
    inflater = zlib.decompressobj()
    xml = inflater.decompress(base64.b64decode("".join(lines), validate=True), MAX_MAP_BYTES)
    if not inflater.eof:
        raise ValueError(f"the map is larger than {MAX_MAP_BYTES >> 20} MiB, or cut off")
    return xml


def _wrong(name: str, message: str) -> ScenarioErrors:
    return ScenarioErrors([ScenarioError(name, 0, 0, message)])

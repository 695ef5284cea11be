"""The lock file: one concrete scenario as text, complete and exact, to be run again anywhere.  Language floor.

JSON (which is YAML as well): names carry units, floats are written with all their digits, the OpenDRIVE map rides
along compressed.  It says which engine it was written for and which files it comes from, by their digests, and ends
with a digest of itself.  The same Concrete always gives the same bytes, and loading them gives an equal Concrete.
"""

import base64
import hashlib
import json
import zlib
from dataclasses import fields
from typing import Any

from pydantic import BaseModel, ValidationError

from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.own_assets import MAX_MESH_BYTES, OwnAsset
from scenarios.resolved import Concrete, Found, ResolvedWorld, Twin
from scenarios.schema import ResolvedOwnAsset, ResolvedRig, ResolvedScenario
from scenarios.walk import dotted

VERSION = 3
LANGUAGE = 1
MAX_TEXT_BYTES = 512 * 1024 * 1024
_LINE = 100  # characters of encoded map per line, so that the file can be opened in an editor


def dump(concrete: Concrete) -> str:
    """The lock text."""
    packed = None if concrete.road_xml is None else _pack(concrete.road_xml)
    twin = concrete.twin
    content: dict[str, Any] = {
        "stormlane_lock": VERSION,
        "language": LANGUAGE,
        "engine": concrete.engine,
        "clip": concrete.clip_id,
        "seed": concrete.seed,
        "sample": concrete.sample,
        "variant": concrete.variant,
        "twin": None if twin is None else {"lamps": twin.lamps, "base_world": _plain(twin.base_world)},
        "found": {name: [f.kind, f.value, f.at_s] for name, f in concrete.found.items()},
        "overrides": list(concrete.overrides),
        "assets": [
            {"file": a.file, "words": _plain(a.words), "mesh": _pack(a.mesh)} for a in concrete.assets
        ],
        "sources": dict(concrete.sources),
        "params": concrete.params,
        "point": concrete.point,
        "scenario": _plain(concrete.scenario),
        "rig": _plain(concrete.rig),
        "road_xml": packed,
    }
    content["sha256"] = _digest(content)
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(part: BaseModel) -> Any:
    return part.model_dump(exclude_none=True)


def _digest(content: dict[str, Any]) -> str:
    """sha256 of what a lock says, however it is laid out."""
    said = {key: value for key, value in content.items() if key != "sha256"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def load(text: str, name: str = "lock file") -> Concrete:
    """The Concrete of a lock text; raises ScenarioErrors when it is not one."""
    content = _content(text, name)
    try:
        scenario = ResolvedScenario.model_validate(content["scenario"])
        rig = ResolvedRig.model_validate(content["rig"])
        kept = content["twin"]
        assets = tuple(
            OwnAsset(ResolvedOwnAsset.model_validate(a["words"]), str(a["file"]), _unpack(a["mesh"]))
            for a in content["assets"]
        )
        twin = None if kept is None else Twin(ResolvedWorld.model_validate(kept["base_world"]), kept["lamps"])
    except ValidationError as error:
        raise ScenarioErrors(
            ScenarioError(
                name, 0, 0, f"{dotted(tuple(d['loc']))}: {(d.get('ctx') or {}).get('message', d['msg'])}"
            )
            for d in error.errors(include_url=False)
        ) from None
    except (TypeError, KeyError) as error:
        raise _wrong(name, f"the lock is damaged: twin or assets: {error}") from None
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
            variant=str(content["variant"]),
            found={str(n): Found(kind, float(v), float(at)) for n, (kind, v, at) in content["found"].items()},
            assets=assets,
            twin=twin,
            sources=tuple((str(name), str(sha)) for name, sha in content["sources"].items()),
            engine=str(content["engine"]),
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
    needed = [f.name for f in fields(Concrete) if f.name != "source"]
    missing = [key for key in (*needed, "sha256") if key not in content]
    if missing:
        raise _wrong(name, f"the lock is damaged: {', '.join(missing)} missing")
    if content["sha256"] != _digest(content):
        raise _wrong(
            name,
            "the lock is damaged or was edited: its content does not match its sha256; "
            "change the scenario file instead",
        )
    return content


def _pack(xml: bytes) -> list[str]:
    text = base64.b64encode(zlib.compress(xml, 9)).decode("ascii")
    return [text[i : i + _LINE] for i in range(0, len(text), _LINE)]


def _unpack(lines: list[str]) -> bytes:
    inflater = zlib.decompressobj()
    xml = inflater.decompress(base64.b64decode("".join(lines), validate=True), MAX_MESH_BYTES)
    if not inflater.eof:
        raise ValueError(f"the map is larger than {MAX_MESH_BYTES >> 20} MiB, or cut off")
    return xml


def _wrong(name: str, message: str) -> ScenarioErrors:
    return ScenarioErrors([ScenarioError(name, 0, 0, message)])

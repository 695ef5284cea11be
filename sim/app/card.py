"""The card of a dataset: README.md, clips.csv and Croissant metadata, whatever its format.  Roof.

Croissant (docs.mlcommons.org/croissant) describes datasets to machines.  Files are named with their checksums or as
sets, and two tables can be read through it: `clips`, a row a clip, and `classes`, a row a class of actors.  Nothing says
when or where a dataset was made, so that the card is a function of its content like every other file.
"""

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from labelers.definitions import DEFINITIONS, VERSION
from labelers.writers.base import Clip
from labelers.writers.files import json_bytes, write_bytes
from scenarios.taxonomy import ACTOR_CLASSES, SEMANTICS
from sim.app.told import many
from sim.app.version import engine_version

LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"
KINDS = {
    "images": ("image/jpeg", ("**/*.jpg", "**/*.png")),
    "documents": ("application/json", ("**/*.json",)),
    "tables": ("application/vnd.apache.parquet", ("**/*.parquet",)),
    "columns": ("application/vnd.apache.arrow.file", ("**/*.feather",)),
    "clouds": ("application/octet-stream", ("**/*.bin", "**/*.npz", "**/*.npy.zst")),
    "texts": ("text/plain", ("**/*.txt",)),
    "shards": ("application/x-tar", ("**/*.tar",)),
    "recordings": ("application/octet-stream", ("**/*.mcap", "**/*.osi")),
}
CLIP_COLUMNS = {
    "clip": "sc:Text",
    "scenario": "sc:Text",
    "description": "sc:Text",
    "variant": "sc:Text",
    "seed": "sc:Integer",
    "sample": "sc:Integer",
    "split": "sc:Text",
    "rate_hz": "sc:Float",
    "samples": "sc:Integer",
    "images": "sc:Integer",
    "sweeps": "sc:Integer",
    "points": "sc:Integer",
}
CLASS_COLUMNS = {
    "class": "sc:Text",
    "tracks": "sc:Integer",
    "cuboids": "sc:Integer",
    "boxes": "sc:Integer",
    "semantic": "sc:Text",
    "nuscenes": "sc:Text",
    "kitti": "sc:Text",
    "coco": "sc:Text",
}


def write_card(
    root: Path,
    form: str,
    clips: Sequence[tuple[Clip, Mapping[str, Any]]],
    dropped: Mapping[str, int],
    endings: Sequence[str],
) -> list[Path]:
    """Write the card of a dataset; each clip comes with its tally, `endings` are those of the dataset's files."""
    clip_rows = [_clip_row(clip, tally) for clip, tally in clips]
    class_rows = _class_rows([tally for _, tally in clips])
    tables = {"clips.csv": _csv(clip_rows, CLIP_COLUMNS), "classes.csv": _csv(class_rows, CLASS_COLUMNS)}
    name = f"stormlane-{form}"
    files = {
        **tables,
        "croissant.json": json_bytes(_croissant(name, form, tables, endings, clips), indent=1),
        "README.md": _readme(name, form, clip_rows, class_rows, dropped).encode(),
    }
    for path, data in files.items():
        write_bytes(root / path, data)
    return [Path(path) for path in files]


def _clip_row(clip: Clip, tally: Mapping[str, Any]) -> dict[str, Any]:
    concrete, totals = clip.concrete, tally.get("totals", {})
    return {
        "clip": clip.clip_id,
        "scenario": concrete.scenario.scenario,
        "description": " ".join(concrete.scenario.description.split()),
        "variant": concrete.variant,
        "seed": concrete.seed,
        "sample": concrete.sample,
        "split": clip.split,
        "rate_hz": clip.rate_hz,
        **{name: totals.get(name, 0) for name in ("samples", "images", "sweeps", "points")},
    }


def _class_rows(tallies: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    sums: dict[str, Counter[str]] = {kind: Counter() for kind in ("tracks", "cuboids", "boxes")}
    for tally in tallies:
        for kind, counter in sums.items():
            counter.update(tally.get(kind, {}))
    present = [name for name in ACTOR_CLASSES if sums["cuboids"][name] or sums["boxes"][name]]
    return [
        {
            "class": name,
            **{kind: counter[name] for kind, counter in sums.items()},
            "semantic": ACTOR_CLASSES[name].semantic,
            "nuscenes": ACTOR_CLASSES[name].nuscenes,
            "kitti": ACTOR_CLASSES[name].kitti,
            "coco": ACTOR_CLASSES[name].coco,
        }
        for name in present
    ]


def _csv(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def _croissant(
    name: str,
    form: str,
    tables: Mapping[str, bytes],
    endings: Sequence[str],
    clips: Sequence[tuple[Clip, Mapping[str, Any]]],
) -> dict[str, Any]:
    files: list[dict[str, Any]] = [
        {
            "@type": "cr:FileObject",
            "@id": path,
            "name": path,
            "contentUrl": path,
            "encodingFormat": "text/csv",
            "sha256": hashlib.sha256(data).hexdigest(),
        }
        for path, data in tables.items()
    ]
    for kind, (encoding, globs) in KINDS.items():
        held = [
            glob for glob in globs if any(ending.endswith(glob.removeprefix("**/*")) for ending in endings)
        ]
        if held:
            words = {"@type": "cr:FileSet", "@id": kind, "name": kind, "encodingFormat": encoding}
            files.append(words | {"includes": held})
    records = [
        _records("clips", "clips.csv", CLIP_COLUMNS, "One row a clip: what it shows and how much it holds."),
        _records(
            "classes", "classes.csv", CLASS_COLUMNS, "Classes of actors, counted, in other datasets' words."
        ),
    ]
    scenarios = sorted({clip.concrete.scenario.scenario for clip, _ in clips})
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": name,
        "description": f"Simulated driving in the format {form}: {len(clips)} clips of {', '.join(scenarios)}.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": LICENCE,
        "version": engine_version().split("+")[0],
        "distribution": files,
        "recordSet": records,
    }


def _records(name: str, path: str, columns: Mapping[str, str], told: str) -> dict[str, Any]:
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"{name}/{column}",
            "name": column,
            "dataType": kind,
            "source": {"fileObject": {"@id": path}, "extract": {"column": column}},
        }
        for column, kind in columns.items()
    ]
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "description": told, "field": fields}


def _readme(
    name: str,
    form: str,
    clip_rows: Sequence[Mapping[str, Any]],
    class_rows: Sequence[Mapping[str, Any]],
    dropped: Mapping[str, int],
) -> str:
    totals = {kind: sum(row[kind] for row in clip_rows) for kind in ("samples", "images", "sweeps", "points")}
    by_scenario: dict[str, list[Mapping[str, Any]]] = {}
    for row in clip_rows:
        by_scenario.setdefault(row["scenario"], []).append(row)
    counts = ", ".join(many(count, kind.removesuffix("s")) for kind, count in totals.items())
    lines = [
        "---",
        f"pretty_name: {name}",
        "license: cc0-1.0",
        "task_categories: [object-detection, image-segmentation, depth-estimation]",
        "tags: [autonomous-driving, synthetic, lidar, camera]",
        "---",
        "",
        f"# {name}",
        "",
        f"Simulated driving in the format `{form}`: {many(len(clip_rows), 'clip')} with {counts}.",
        f"Made by Stormlane {engine_version()}; every clip can be made again from its lock in `.stormlane/locks`.",
        "",
        "## What it shows",
        "",
        "| scenario | clips | samples | what happens |",
        "|---|---|---|---|",
    ]
    for scenario, rows in sorted(by_scenario.items()):
        samples = sum(row["samples"] for row in rows)
        lines.append(f"| {scenario} | {len(rows)} | {samples} | {rows[0]['description']} |")
    splits = Counter(row["split"] or "none" for row in clip_rows)
    lines += [
        "",
        "Splits: "
        + ", ".join(f"{split} {many(count, 'clip')}" for split, count in sorted(splits.items()))
        + ".",
    ]
    lines += ["", "## Classes and their names in other datasets", ""]
    lines.append("| class | tracks | cuboids | boxes | semantic | nuScenes | KITTI | COCO |")
    lines.append("|" + "---|" * len(CLASS_COLUMNS))
    for row in class_rows:
        lines.append("| " + " | ".join(str(row[column]) or "-" for column in CLASS_COLUMNS) + " |")
    lines += [
        "",
        "Counts are those of the samples that went into the format: boxes of visible masks, cuboids seen or not.",
    ]
    if dropped:
        lines += ["", "Labels that the format or a filter left out:", ""]
        lines += [f"- {count:,} {reason}" for reason, count in sorted(dropped.items())]
    lines += [
        "",
        "Classes of pixels and points (id, name; Cityscapes, SemanticKITTI, nuScenes lidarseg):",
        "",
    ]
    lines += [
        f"- {kind.id} {kind.name}: {kind.cityscapes}, {kind.semantic_kitti}, {kind.nuscenes}"
        for kind in SEMANTICS
    ]
    lines += ["", f"## Definitions (version {VERSION})", ""]
    lines += [f"- **{term}**: {text}" for term, text in sorted(DEFINITIONS.items())]
    lines += [
        "",
        "## Licence",
        "",
        "Nobody was filmed: everything is computed from scenario files. The program's authors claim no rights in what",
        "it makes (CC0 1.0); whoever publishes these data may choose another licence, here and in croissant.json, and",
        "must where scenarios brought maps or meshes of their own, whose licences go on.",
        "",
        "## For machines",
        "",
        "`croissant.json` describes the files (MLCommons Croissant 1.0); `clips` and `classes` can be read through it.",
        "",
    ]
    return "\n".join(lines)

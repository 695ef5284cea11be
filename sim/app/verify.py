"""`stormlane verify`: the labels of a native dataset, proved or refuted.  Roof."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from labelers.native_reader import NativeDataset
from labelers.proofs.shared import Violation
from labelers.records import Sample
from labelers.verify import RULES, check_pair, check_sample
from scenarios.errors import StormlaneError
from sim.app.convert import check_native
from sim.app.dataset import DatasetFolder
from sim.app.parallel import answers
from sim.app.pictures import sheet, write_picture
from sim.app.progress import counting
from sim.app.told import many
from sim.store import load as load_trace

FILES = "files"
ALL_RULES = {FILES: "every file is there and is the one that was written", **RULES}
PICTURES_OF_A_RULE = 2  # in a clip: the hundredth frame with the same fault tells nothing new
TOLD = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """A clip to look at, picklable."""

    root: str
    clip_id: str
    pictures: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was looked at and what was found."""

    clips: int = 0
    samples: int = 0
    looked_at: Counter[str] = field(default_factory=Counter)  # by rule
    violations: tuple[Violation, ...] = ()
    pictures: tuple[tuple[str, str], ...] = ()  # place of a sample, file that shows it

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(
            self.clips + other.clips,
            self.samples + other.samples,
            self.looked_at + other.looked_at,
            self.violations + other.violations,
            self.pictures + other.pictures,
        )

    def broken(self) -> Counter[str]:
        """Violations by rule."""
        return Counter(violation.rule for violation in self.violations)


def verify(root: Path, pictures: Path | None = None, workers: int = 0, quiet: bool = False) -> Verdict:
    """Look at every sample of a native dataset with every rule.

    A picture of each sample in which something is found is written into `pictures` (the dataset's own
    .stormlane/verify unless said otherwise).  Raises StormlaneError where there is no such dataset.
    """
    folder = DatasetFolder(root)
    check_native(folder)
    clip_ids = NativeDataset.open(root).clip_ids
    if not clip_ids:
        raise StormlaneError(f"{root}: the dataset has no clips, so nothing can be said of it")
    shown = pictures or root / ".stormlane" / "verify"
    questions = [Asked(str(root), clip_id, str(shown)) for clip_id in clip_ids]
    whole = Verdict()
    with counting(len(questions), "verifying clips", quiet) as one_more:
        for verdict in answers(verify_clip, questions, workers):
            whole += verdict
            one_more()
    return whole


def verify_clip(asked: Asked) -> Verdict:
    """Look at one clip; called in a worker."""
    folder = DatasetFolder(Path(asked.root))
    found = list(_files(folder, asked.clip_id))
    looked: Counter[str] = Counter({FILES: len((folder.record(asked.clip_id) or {"files": ()})["files"])})
    pictures: list[tuple[str, str]] = []
    drawn: Counter[str] = Counter()
    samples = 0
    try:
        trace = load_trace(folder.trace_path(asked.clip_id))
        # A ball that is kicked, falls off a kerb or meets one changes its speed at once: tracks cannot bound it.
        balls = {actor.instance_id for actor in trace.actors if actor.actor_class == "ball"}
        before: Sample | None = None
        for sample in NativeDataset.open(folder.root).clip(asked.clip_id).samples():
            samples += 1
            looked += _looked_at(sample, before)
            wrong = check_sample(sample, trace.road.height, trace)
            if before is not None:
                wrong += check_pair(before, _without(sample, balls))
            before = sample
            found += wrong
            news = {v.rule for v in wrong if drawn[v.rule] < PICTURES_OF_A_RULE}
            if news:
                drawn.update(news)
                path = Path(asked.pictures) / f"{asked.clip_id}-{sample.index:06d}.png"
                told = "; ".join(f"{v.rule}: {v.place.split('/', 2)[-1]} {v.fact}" for v in wrong[:3])
                write_picture(path, sheet(sample, told))
                pictures.append((f"{asked.clip_id}/{sample.index:06d}", str(path)))
    except StormlaneError as error:
        found.append(Violation(FILES, asked.clip_id, str(error)))
    except (OSError, ValueError, KeyError, EOFError) as error:
        # Planes, tables and traces are read by four libraries, each of which has its own error for a broken file.
        found.append(Violation(FILES, asked.clip_id, f"cannot be read after {samples} samples: {error}"))
    return Verdict(1, samples, looked, tuple(found), tuple(pictures))


def _without(sample: Sample, numbers: set[int]) -> Sample:
    kept = tuple(c for c in sample.labels.cuboids if c.instance_id not in numbers)
    return sample if not numbers else replace(sample, labels=replace(sample.labels, cuboids=kept))


def _files(folder: DatasetFolder, clip_id: str) -> Iterator[Violation]:
    record = folder.record(clip_id)
    if record is None:
        yield Violation(FILES, clip_id, "its record in .stormlane/done is missing or broken")
        return
    for name, (digest, _) in sorted(record["files"].items()):
        path = folder.root / name
        if not path.is_file():
            yield Violation(FILES, clip_id, f"{name} is missing")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            yield Violation(FILES, clip_id, f"{name} is not the file that was written")


def _looked_at(sample: Sample, before: Sample | None) -> Counter[str]:
    """How many things each rule has to look at in a sample."""
    boxes = sum(len(kept) for kept in sample.labels.boxes.values())
    cuboids, cameras = len(sample.labels.cuboids), len(sample.cameras)
    points = sum(len(sweep.xyz_m) for sweep in sample.lidars.values())
    flowing = moving = 0
    if before is not None:
        flowing = sum(
            name in sample.cameras and frame.extras.flow_forward is not None
            for name, frame in before.cameras.items()
        )
        moving = sum(
            frame.extras.flow_3d.size // 3
            for frame in before.cameras.values()
            if frame.extras.flow_3d is not None
        )
    return Counter(
        {
            "visible box": boxes,
            "fractions": boxes,
            "cuboid box": boxes,
            "amodal mask": boxes,
            "contrast": boxes,
            "depth": sum(int(np.count_nonzero(frame.instance)) for frame in sample.cameras.values()),
            "points": points,
            "points in depth": points if cameras else 0,
            "taxonomy": cuboids,
            "feet": cuboids,
            "tracks": cuboids if before is not None else 0,
            "flow": flowing,
            "flow in space": moving,
            "key points": len(sample.labels.skeletons)
            + sum(map(len, sample.labels.image_skeletons.values())),
            "lane lines": len(sample.labels.lines) + sum(map(len, sample.labels.image_lines.values())),
            "drivable": sum(int(mask.sum()) for mask in sample.labels.drivable.values()),
            "signs": len(sample.labels.signs) + sum(map(len, sample.labels.image_signs.values())),
            "bird's-eye map": int(sample.labels.birdseye is not None),
            "free space": sum(len(found.row) for found in sample.labels.free_space.values()),
            "occupancy": int(sample.labels.occupancy is not None),
            "scene flow": sum(map(len, sample.labels.scene_flow.values())),
            "captions": int("caption" in sample.labels.tags),
            "radar": sum(len(scan.range_m) for scan in sample.radars.values()),
            "inertial": sum(len(readings.time_ns) for readings in sample.imus.values()),
            "satellites": sum(len(fixes.time_ns) for fixes in sample.gnss.values()),
            "world": cuboids + 1,
        }
    )


UNITS = {
    FILES: "files", "visible box": "boxes", "fractions": "boxes", "cuboid box": "boxes", "amodal mask": "boxes",
    "contrast": "boxes", "depth": "pixels", "points": "points", "points in depth": "points", "taxonomy": "cuboids",
    "feet": "cuboids", "tracks": "cuboids", "flow": "pairs of pictures", "key points": "skeletons",
    "lane lines": "lines", "drivable": "pixels", "world": "actors", "signs": "signs", "bird's-eye map": "maps",
    "free space": "columns", "occupancy": "grids", "scene flow": "points", "captions": "captions",
    "flow in space": "pixels", "radar": "detections", "inertial": "readings", "satellites": "fixes",
}  # fmt: skip


ASKED_FOR = {
    "flow": "flow",
    "bird's-eye map": "birdseye",
    "free space": "free_space",
    "occupancy": "occupancy",
    "scene flow": "scene_flow",
    "flow in space": "flow_3d",
}


def lines_of(root: Path, verdict: Verdict) -> Iterator[str]:
    """What holds and what does not, and where."""
    broken = verdict.broken()
    yield f"{root}: {many(verdict.clips, 'clip')}, {many(verdict.samples, 'sample')}"
    for rule, statement in ALL_RULES.items():
        seen = verdict.looked_at[rule]
        if broken[rule]:
            word = f"BROKEN {broken[rule]:,}x"
        else:
            word = "holds" if seen else "not asked"
        amount = f"{seen:,} {UNITS[rule]}" if seen else _nothing(rule)
        yield f"  {word:>12}  {rule:<16} {statement} ({amount})"
    for violation in verdict.violations[:TOLD]:
        yield f"{violation.place}: {violation.rule}: {violation.fact}"
    if len(verdict.violations) > TOLD:
        yield f"... and {len(verdict.violations) - TOLD:,} more; --json prints all"
    for place, path in verdict.pictures[:TOLD]:
        yield f"{place} is shown in {path}"


def _nothing(rule: str) -> str:
    word = ASKED_FOR.get(rule)
    return "none captured" if word is None else f"none captured: capture: {{also: [{word}]}}"


def as_json(verdict: Verdict) -> dict[str, Any]:
    """Everything that was found."""
    return {
        "clips": verdict.clips,
        "samples": verdict.samples,
        "rules": {
            rule: {"looked_at": verdict.looked_at[rule], "violations": verdict.broken()[rule]}
            for rule in ALL_RULES
        },
        "violations": [{"rule": v.rule, "place": v.place, "fact": v.fact} for v in verdict.violations],
        "pictures": dict(verdict.pictures),
    }

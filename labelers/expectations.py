"""Judges what a system under test reports against what its scenario expects of it.  Labels floor.

A dataset keeps for every clip what is expected in plain data (`sim.expected` writes it: times, instances, corridors),
so judging needs labels and reports only, no simulator.  docs/perception_tests.md says what each word asks for.
"""

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from labelers.corridor import Corridor, corridor_at, stands_within
from labelers.detections import Detector, Found, Report
from labelers.geometry import inverse_rigid
from labelers.overlap import iou_2d, iou_3d
from labelers.records import Box2D, Cuboid, Sample
from scenarios.errors import StormlaneError
from scenarios.taxonomy import meaning

SLACK_S = 1e-6  # times of samples are whole nanoseconds, those of moments are not
Outcome = Literal["passed", "failed", "not applicable"]


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation in one clip, with every name and moment settled."""

    id: str
    kind: Literal["detect", "track", "no_false"]
    by: tuple[str, ...]
    begin: str  # what it waits for, in words
    begin_s: float | None  # None: it never happened
    end_s: float | None = None
    targets: tuple[int, ...] = ()  # instances, any of which will do
    target: str = ""
    classes: tuple[str, ...] = ("any",)
    iou: float = 0.5
    within_s: float | None = None
    recall: float | None = None
    hold_s: float = 0.0
    id_switches: int = 0
    corridors: tuple[Corridor, ...] | None = None  # None: anywhere
    range_m: float | None = None
    rate_per_frame: float = 0.0

    def asks_about(self, time_s: float) -> bool:
        """Whether a moment lies between its beginning and its end."""
        if self.begin_s is None or time_s < self.begin_s - SLACK_S:
            return False
        return self.end_s is None or time_s <= self.end_s + SLACK_S


@dataclass(frozen=True, slots=True)
class ClipExpectations:
    """All that one clip expects."""

    clip: str
    scenario: str
    expected: tuple[Expected, ...]

    @staticmethod
    def read(data: Mapping[str, Any]) -> "ClipExpectations":
        """From the plain data that a dataset keeps."""
        bands = {
            name: tuple(Corridor.read(entry) for entry in entries)
            for name, entries in data["corridors"].items()
        }
        expected = []
        for entry in data["expected"]:
            values = dict(entry)
            region = values.pop("region", "anywhere")
            values["corridors"] = None if region == "anywhere" else bands[region]
            for name in ("by", "targets", "classes"):
                if name in values:
                    values[name] = tuple(values[name])
            expected.append(Expected(**values))
        return ClipExpectations(data["clip"], data["scenario"], tuple(expected))


def read_expectations(root: Path) -> dict[str, ClipExpectations]:
    """What the clips of a native dataset expect, by clip; clips that expect nothing are left out."""
    found: dict[str, ClipExpectations] = {}
    for path in sorted((root / "clips").glob("*/expectations.json")):
        try:
            entry = ClipExpectations.read(json.loads(path.read_text(encoding="utf-8")))
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            raise StormlaneError(
                f"{path}: these are no expectations of ours; render the clip again"
            ) from None
        found[entry.clip] = entry
    return found


# ------------------------------------------------------------------------------------------------------ what comes out
@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one expectation in one clip."""

    id: str
    scenario: str
    clip: str
    outcome: Outcome
    told: str  # numbers and reason
    numbers: dict[str, float]  # found_after_s, recall, id_switches, false, frames


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one expectation in all clips of its scenario."""

    id: str
    scenario: str
    outcome: Outcome
    told: str
    verdicts: tuple[Verdict, ...]

    @property
    def line(self) -> str:
        """One line for a report."""
        return f"{self.scenario}: {self.id}: {self.outcome}: {self.told}"


def judge(
    samples: Iterable[Sample],
    expectations: Mapping[str, ClipExpectations],
    detector: Detector,
    min_score: float = 0.0,
) -> list[Judgement]:
    """Show all samples to a detector and judge what it reports; found things below `min_score` do not count."""
    watching: dict[str, list[_Watch]] = {}
    for sample in samples:
        clip = expectations.get(sample.clip)
        if clip is None:
            continue
        if sample.clip not in watching:
            watching[sample.clip] = [_Watch(expected, clip) for expected in clip.expected]
        report = detector(sample)
        for watch in watching[sample.clip]:
            watch.see(sample, report, min_score)
    by_id: dict[tuple[str, str], list[_Watch]] = {}
    for watches in watching.values():
        for watch in watches:
            by_id.setdefault((watch.clip.scenario, watch.expected.id), []).append(watch)
    return [_judgement(watches) for watches in by_id.values()]


# ------------------------------------------------------------------------------------------------------------ watching
@dataclass(frozen=True, slots=True)
class _Look:
    """One frame as one expectation sees it."""

    time_s: float
    findable: bool
    found: bool
    track: str | int | None
    best: float  # largest overlap with the target, of any class
    called: str  # the class under which it was found, where that is a wrong one


@dataclass
class _Watch:
    """Follows one expectation through one clip."""

    expected: Expected
    clip: ClipExpectations
    looks: list[_Look] = field(default_factory=list)
    false: list[int] = field(default_factory=list)  # by frame
    outputs: set[str] = field(default_factory=set)  # all that the detector gave

    def see(self, sample: Sample, report: Report, min_score: float) -> None:
        self.outputs.update(report)
        for output, reported in report.items():
            if output not in sample.cameras and any(thing.box_px is not None for thing in reported):
                raise StormlaneError(
                    f"image boxes are reported for {output!r}, which is no camera ({', '.join(sample.cameras)}); "
                    "give boxes in space: centre_m and size_m in the ego's frame"
                )
        time_s = sample.time_ns * 1e-9
        if not self.expected.asks_about(time_s):
            return
        things = [
            (by, thing) for by in self.expected.by for thing in report.get(by, ()) if thing.score >= min_score
        ]
        if self.expected.kind == "no_false":
            self.false.append(sum(self._is_false(sample, by, thing) for by, thing in things))
        else:
            self.looks.append(self._look(sample, time_s, things))

    def _look(self, sample: Sample, time_s: float, things: Sequence[tuple[str, Found]]) -> _Look:
        expected = self.expected
        best, called = 0.0, ""
        hit: tuple[float, Found] | None = None
        for by, thing in things:
            shared = max((overlap(sample, by, thing, target) for target in expected.targets), default=0.0)
            best = max(best, shared)
            if shared < expected.iou:
                continue
            if not counts_as(thing.actor_class, expected.classes):
                called = thing.actor_class
            elif hit is None or shared > hit[0]:
                hit = shared, thing
        findable = any(_shown(sample, by, target) for by in expected.by for target in expected.targets)
        track = None if hit is None else hit[1].track
        return _Look(time_s, findable, hit is not None, track, best, called)

    def _is_false(self, sample: Sample, by: str, thing: Found) -> bool:
        """Whether a thing of the class is reported, in the region, where nothing of what it may mean is."""
        expected = self.expected
        means = meaning(thing.actor_class)
        wanted = frozenset().union(*map(meaning, expected.classes))
        if "any" not in expected.classes and not means & wanted:
            return False
        if "any" in expected.classes:
            means = meaning("any")  # whatever it is called, something must be there
        corridor = None if expected.corridors is None else corridor_at(expected.corridors, sample.index)
        if not stands_within(sample, by, thing, corridor, expected.range_m):
            return False
        return not any(
            cuboid.actor_class in means and overlap(sample, by, thing, cuboid.instance_id) >= expected.iou
            for cuboid in sample.labels.cuboids
        )


def counts_as(reported: str, wanted: Sequence[str]) -> bool:
    """Whether a reported class will do: all that it may mean must be among what is wanted."""
    if "any" in wanted:
        return True
    means = meaning(reported)
    return bool(means) and means <= frozenset().union(*map(meaning, wanted))


def overlap(sample: Sample, by: str, thing: Found, instance_id: int) -> float:
    """Intersection over union of a found thing with the label of an instance; 0 where it has none.

    An image box is held against the visible and the amodal box, whichever fits better: detectors are trained on either.
    """
    if thing.box_px is not None:
        box = _box(sample, by, instance_id)
        labels = () if box is None else (box.visible, box.amodal)
        return max((iou_2d(thing.box_px, label) for label in labels if label is not None), default=0.0)
    cuboid = _cuboid(sample, instance_id)
    if cuboid is None:
        return 0.0
    assert thing.centre_m is not None and thing.size_m is not None
    ego_from_world = inverse_rigid(sample.world_from_ego)
    centre = ego_from_world[:3, :3] @ cuboid.centre_m + ego_from_world[:3, 3]
    ego_yaw = float(np.arctan2(sample.world_from_ego[1, 0], sample.world_from_ego[0, 0]))
    turned = float(cuboid.rotation_rad[0]) - ego_yaw
    return iou_3d(thing.centre_m, thing.size_m, thing.yaw_rad, centre.tolist(), cuboid.size_m, turned)


def _box(sample: Sample, camera: str, instance_id: int) -> Box2D | None:
    return next((b for b in sample.labels.boxes.get(camera, ()) if b.instance_id == instance_id), None)


def _cuboid(sample: Sample, instance_id: int) -> Cuboid | None:
    return next((c for c in sample.labels.cuboids if c.instance_id == instance_id), None)


def _shown(sample: Sample, by: str, instance_id: int) -> bool:
    """Whether an instance shows in a sensor; in any of the rig's where an output of several is asked."""
    if by in sample.cameras:
        box = _box(sample, by, instance_id)
        return box is not None and box.visible_px > 0
    cuboid = _cuboid(sample, instance_id)
    if cuboid is None:
        return False
    if by in sample.lidars:
        return cuboid.lidar_points.get(by, 0) > 0
    if by in sample.radars:
        return sample.radars[by].points_on(instance_id) > 0
    return cuboid.visible_fraction > 0.0 or any(cuboid.lidar_points.values())


# ------------------------------------------------------------------------------------------------------------- judging
def _judgement(watches: Sequence[_Watch]) -> Judgement:
    first = watches[0]
    if first.expected.kind == "no_false":
        return _judge_false(watches)
    verdicts = tuple(_judge_clip(watch) for watch in watches)
    failed = [v for v in verdicts if v.outcome == "failed"]
    passed = [v for v in verdicts if v.outcome == "passed"]
    if failed:
        told = f"{failed[0].clip}: {failed[0].told}"
        if len(verdicts) > 1:
            told = f"in {len(failed)} of {len(failed) + len(passed)} clips, first {told}"
        return Judgement(first.expected.id, first.clip.scenario, "failed", told, verdicts)
    outcome: Outcome = "passed" if passed else "not applicable"
    told = (passed or list(verdicts))[0].told
    if len(passed) > 1:
        told = f"in {len(passed)} clips, first {told}"
    return Judgement(first.expected.id, first.clip.scenario, outcome, told, verdicts)


def _judge_clip(watch: _Watch) -> Verdict:
    expected = watch.expected
    if expected.begin_s is None:
        return _verdict(watch, "not applicable", f"{expected.begin} never came")
    if not expected.targets:
        return _verdict(watch, "not applicable", f"there is no {expected.target} in this clip")
    if not watch.looks:
        return _verdict(
            watch, "not applicable", f"no frame lies after {expected.begin} at {expected.begin_s:.2f} s"
        )
    missing = _missing_output(watch)
    if missing:
        return _verdict(watch, "failed", missing)
    return _judge_detect(watch) if expected.kind == "detect" else _judge_track(watch)


def _missing_output(watch: _Watch) -> str:
    if watch.outputs & set(watch.expected.by):
        return ""
    asked = " or ".join(repr(by) for by in watch.expected.by)
    given = ", ".join(map(repr, sorted(watch.outputs))) or "nothing"
    return f"the detector reports no {asked}; it reports {given}"


def _judge_detect(watch: _Watch) -> Verdict:
    expected, looks = watch.expected, watch.looks
    assert expected.begin_s is not None
    hits = [look for look in looks if look.found]
    late = hits[0].time_s - expected.begin_s if hits else float("inf")
    since = f"{expected.begin} at {expected.begin_s:.2f} s"
    if expected.within_s is not None and late > expected.within_s + SLACK_S:
        deadline = expected.begin_s + expected.within_s
        if not hits and looks[-1].time_s < deadline - SLACK_S:
            return _verdict(watch, "not applicable", f"the clip ends before {deadline:.2f} s")
        shown = f"not found within {expected.within_s * 1e3:.0f} ms of {since}"
        how = f"found {late * 1e3:.0f} ms after it" if hits else _never(looks)
        return _verdict(watch, "failed", f"{shown}; {how}", found_after_s=late)
    if not hits:
        return _verdict(watch, "failed", f"not found after {since}; {_never(looks)}", found_after_s=late)
    told = f"found {late * 1e3:.0f} ms after {since}"
    if expected.recall is None:
        return _verdict(watch, "passed", told, found_after_s=late)
    until = hits[0].time_s + expected.hold_s + SLACK_S
    held = [look for look in looks if look.findable and hits[0].time_s <= look.time_s <= until]
    recall = sum(look.found for look in held) / len(held) if held else 1.0
    outcome: Outcome = "passed" if recall >= expected.recall - 1e-12 else "failed"
    shown = f"{told}, then in {sum(k.found for k in held)} of {len(held)} frames of {expected.hold_s:g} s"
    asked = "" if outcome == "passed" else f" (recall {recall:.3f}, wanted {expected.recall:g})"
    return _verdict(watch, outcome, shown + asked, found_after_s=late, recall=recall)


def _never(looks: Sequence[_Look]) -> str:
    """Why nothing was found: what came nearest to it."""
    called = next((look.called for look in looks if look.called), "")
    if called:
        return f"never found as wanted, but as {called!r}"
    best = max(look.best for look in looks)
    return f"never found (best overlap {best:.2f})" if best > 0.0 else "never found"


def _judge_track(watch: _Watch) -> Verdict:
    expected = watch.expected
    hits = [look for look in watch.looks if look.found]
    if not hits:
        return _verdict(watch, "failed", f"{expected.target} was never found, so it has no track")
    if any(look.track is None for look in hits):
        return _verdict(watch, "failed", "found things carry no track; give each one its identity")
    switches = sum(a.track != b.track for a, b in itertools.pairwise(hits))
    outcome: Outcome = "passed" if switches <= expected.id_switches else "failed"
    told = f"{switches} changes of identity in {len(hits)} frames, {expected.id_switches} allowed"
    return _verdict(watch, outcome, told, id_switches=float(switches), frames=float(len(hits)))


def _judge_false(watches: Sequence[_Watch]) -> Judgement:
    """False finds are counted over all clips together: a rate of 0.02 means little in one."""
    expected = watches[0].expected
    verdicts = []
    for watch in watches:
        if missing := (_missing_output(watch) if watch.false else ""):
            verdicts.append(_verdict(watch, "failed", missing))
            continue
        outcome: Outcome = "passed" if watch.false else "not applicable"
        told = f"{sum(watch.false)} in {len(watch.false)} frames"
        numbers = {"false": float(sum(watch.false)), "frames": float(len(watch.false))}
        verdicts.append(_verdict(watch, outcome, told, **numbers))
    broken = [v for v in verdicts if v.outcome == "failed"]
    frames = sum(len(watch.false) for watch in watches)
    false = sum(sum(watch.false) for watch in watches)
    rate = false / frames if frames else 0.0
    told = (
        f"{false} false finds in {frames} frames: {rate:.4g} per frame, {expected.rate_per_frame:g} allowed"
    )
    outcome = "failed" if rate > expected.rate_per_frame + 1e-12 else "passed"
    if broken:
        outcome, told = "failed", broken[0].told
    elif not frames:
        outcome, told = "not applicable", f"no frame lies after {expected.begin}"
    return Judgement(expected.id, watches[0].clip.scenario, outcome, told, tuple(verdicts))


def _verdict(watch: _Watch, outcome: Outcome, told: str, **numbers: float) -> Verdict:
    return Verdict(watch.expected.id, watch.clip.scenario, watch.clip.clip, outcome, told, numbers)

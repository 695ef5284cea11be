"""One clip from scenario to labelled samples.  Roof: the six verbs in a row."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from labelers.captions import scene_tags
from labelers.label import label
from labelers.records import Sample
from labelers.tags import fault_tags
from renderers.camera import render
from renderers.faults import ActiveFaults
from renderers.lidar import scan
from renderers.navigation import gnss_of, imu_of
from renderers.quality import Quality
from renderers.radar import observe
from renderers.stage import Stage
from scenarios.resolved import Concrete
from sim.simulate import simulate
from sim.trace import WorldTrace


@dataclass(frozen=True, slots=True)
class ClipPlan:
    """When a clip is sampled: sample k at (k + 1) / rate, so that every lidar has half a revolution before it."""

    times_ns: tuple[int, ...]
    rate_hz: float

    @staticmethod
    def of(concrete: Concrete) -> "ClipPlan":
        capture = concrete.scenario.capture
        count = max(round(capture.duration_s * capture.rate_hz), 1)
        return ClipPlan(tuple(round((k + 1) * 1e9 / capture.rate_hz) for k in range(count)), capture.rate_hz)


def render_sample(stage: Stage, clip_id: str, index: int, time_ns: int, threads: int = 1) -> Sample:
    """All sensors of the rig at one time, labelled."""
    trace = stage.trace
    rig = trace.concrete.rig
    capture = trace.concrete.scenario.capture
    outputs, quality = capture.outputs, Quality.of(capture.quality, capture.paths)
    faults = {name: ActiveFaults.at(trace.concrete, name, time_ns) for name in sorted(rig.sensors)}
    missing = [name for name, active in faults.items() if active.drops(time_ns)]
    cameras = {}
    also = trace.concrete.scenario.capture.also
    if "camera" in outputs:
        cameras = {
            name: render(
                stage, name, words, time_ns, threads, faults=faults[name], also=also, quality=quality
            )
            for name, words in sorted(rig.cameras.items())
            if name not in missing
        }
    lidars = {}
    if "lidar" in outputs:
        lidars = {
            name: scan(stage, name, words, time_ns, threads=threads, faults=faults[name])
            for name, words in sorted(rig.lidars.items())
            if name not in missing
        }
    radars = {}
    if "radar" in outputs:
        radars = {
            name: observe(stage, name, words, time_ns, threads=threads, faults=faults[name])
            for name, words in sorted(rig.radars.items())
            if name not in missing
        }
    labels = label(stage, time_ns, cameras, lidars, threads=threads, also=also)
    instant = trace.at(time_ns)
    column = trace.index("ego")
    told = scene_tags(
        trace.concrete,
        trace.road,
        instant.world_from_actor(column),
        instant.velocity_mps[column],
        trace.actors[column].size_m,
        labels.cuboids,
        labels.tags,
    )
    labels = replace(labels, tags=labels.tags | told | fault_tags(faults, missing))
    # The first sample has all that was read since the clip began.
    before_ns = -1 if index == 0 else time_ns - round(1e9 / capture.rate_hz)
    ego = trace.index("ego")
    return Sample(
        clip=clip_id,
        index=index,
        time_ns=time_ns,
        world_from_ego=instant.world_from_actor(ego),
        ego_velocity_mps=np.array(instant.velocity_mps[ego]),
        cameras=cameras,
        lidars=lidars,
        labels=labels,
        radars=radars,
        imus={
            name: imu_of(stage, name, words).between(before_ns, time_ns)
            for name, words in sorted(rig.imus.items() if "imu" in outputs else ())
        },
        gnss={
            name: gnss_of(stage, name, words).between(before_ns, time_ns)
            for name, words in sorted(rig.gnss.items() if "gnss" in outputs else ())
        },
    )


def clip_samples(concrete: Concrete, threads: int = 1, trace: WorldTrace | None = None) -> Iterator[Sample]:
    """All samples of a clip, in order; `threads` samples are under way at once.

    Kernels release the interpreter lock and share the read-only stage, so whole samples are dealt to threads: no
    thread ever waits for another inside a frame, and the bytes do not depend on their number.
    """
    stage = Stage(trace if trace is not None else simulate(concrete))
    plan = ClipPlan.of(concrete)
    if threads <= 1:
        for index, time_ns in enumerate(plan.times_ns):
            yield render_sample(stage, concrete.clip_id, index, time_ns)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="sample") as pool:
        waiting: list[Future[Sample]] = []
        upcoming = iter(enumerate(plan.times_ns))
        try:
            # A window of a few samples bounds the memory: a 720p sample with its truth planes is about 20 MB.
            for index, time_ns in upcoming:
                waiting.append(pool.submit(render_sample, stage, concrete.clip_id, index, time_ns))
                if len(waiting) > threads:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()

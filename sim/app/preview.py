"""One moment of a scenario as a picture.  Roof."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from labelers.records import Sample
from scenarios import load, resolve
from scenarios.errors import StormlaneError
from scenarios.resolved import Concrete
from sim.simulate import simulate
from sim.trace import WorldTrace
from sim.verdict import judge

TRIED = 12  # samples among which one is looked for that is valid


@dataclass(frozen=True, slots=True)
class Moment:
    """Which moment of which sample of a scenario is shown."""

    at_s: float | None = None  # by default the interesting one
    seed: int = 0
    sample: int | None = None  # by default the first that is valid
    overrides: tuple[str, ...] = ()
    variant: str = ""
    tell: Callable[[str], None] = print  # hears why a sample that is not valid would not be rendered

    def of(self, path: Path) -> Concrete:
        """The sample of a scenario file; the first of all where the first dozen are not valid."""
        file = load(path, self.overrides, self.variant)
        if self.sample is not None:
            return resolve(file, self.seed, self.sample)
        for number in range(TRIED):
            concrete = resolve(file, self.seed, number)
            if not judge(simulate(concrete)).broken:
                if number > 0:
                    self.tell(f"{concrete.scenario.scenario}: sample {number}, the first that is valid")
                return concrete
        return resolve(file, self.seed, 0)


def preview_file(path: Path, out: Path, moment: Moment) -> float:
    """Write the preview of one sample, valid or not; returns the moment shown, in seconds."""
    return preview_sample(moment.of(path), out, moment.at_s, moment.tell)


def preview_sample(
    concrete: Concrete, out: Path, at_s: float | None = None, tell: Callable[[str], None] = print
) -> float:
    """The same for a sample that is at hand."""
    from sim.app.pictures import sheet, write_picture

    taken = taken_at(concrete, at_s, tell)
    title = (
        f"{concrete.scenario.scenario} {concrete.variant}  seed {concrete.seed} sample {concrete.sample}  "
        f"{taken.time_ns * 1e-9:.2f} s   "
        + "  ".join(
            f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in concrete.params.items()
        )
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, sheet(taken, title))
    return taken.time_ns * 1e-9


def contact_sheet(paths: Sequence[Path], out: Path, moment: Moment) -> None:
    """Write one picture of many scenarios: what the first camera of each sees, with visible boxes."""
    from sim.app.pictures import contacts, write_picture
    from sim.app.progress import counting

    taken: list[tuple[str, Sample]] = []
    with counting(len(paths), "previewing") as one_more:
        for path in paths:
            concrete = moment.of(path)
            sample = taken_at(concrete, moment.at_s, moment.tell)
            # Only the first camera is shown; the rest of a sample is hundreds of megabytes over a catalogue.
            name = min(sample.cameras, default="")
            cameras = {name: sample.cameras[name]} if name else {}
            taken.append((concrete.scenario.scenario, replace(sample, cameras=cameras, lidars={})))
            one_more()
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, contacts(taken))


def taken_at(concrete: Concrete, at_s: float | None, tell: Callable[[str], None]) -> Sample:
    """The rendered, labelled sample at a moment."""
    from renderers.stage import Stage
    from sim.app.clip import ClipPlan, render_sample
    from sim.app.warmup import warm_up_when_cold

    trace = simulate(concrete)
    for clause in judge(trace).broken:
        tell(f"{concrete.scenario.scenario}: not valid, so never rendered into a dataset: {clause}")
    plan = ClipPlan.of(concrete)
    last_s = plan.times_ns[-1] * 1e-9
    if at_s is not None and not 0.0 <= at_s <= last_s:
        raise StormlaneError(f"--at {at_s:g}: the clip lasts from 0 to {last_s:g} s")
    wanted_ns = interesting_moment_ns(trace, plan.times_ns) if at_s is None else round(at_s * 1e9)
    warm_up_when_cold()
    time_ns = min(plan.times_ns, key=lambda t: (abs(t - wanted_ns), t))
    index = plan.times_ns.index(time_ns)
    return render_sample(Stage(trace), concrete.clip_id, index, time_ns, os.cpu_count() or 1)


def interesting_moment_ns(trace: WorldTrace, times_ns: Sequence[int]) -> int:
    """The moment worth a picture: a scenario's mover is in sight ahead of the ego, close to its path, about 12 m away.

    Only actors that the author wrote count; those that move come first, then those that stand (a stopped truck).
    """
    from sim.truth import Truth

    ego = trace.index("ego")
    wrote = [
        k
        for k, actor in enumerate(trace.actors)
        if not actor.is_ego and not actor.name.startswith("background.")
    ]
    truth = Truth(trace)
    # What lay on a truck has no name that an expression could ask for; it is taken as seen.
    seen = {
        k: truth.series(f"visible({trace.actors[k].name}, ego)")
        for k in wrote
        if trace.actors[k].name in trace.concrete.scenario.actors
    }

    def strangeness(time_ns: int) -> float:
        instant = trace.at(time_ns)
        pose = instant.world_from_actor(ego)
        tick = int(np.searchsorted(truth.time_s, time_ns * 1e-9 - 1e-6))
        best = float("inf")
        for k in wrote:
            ahead, left, _ = (instant.position_m[k] - pose[:3, 3]) @ pose[:3, :3]
            if ahead > 4.5:
                stands = trace.speed_mps[:, k].max() < 0.3
                hidden = 1.0 - float(seen[k][min(tick, len(seen[k]) - 1)]) if k in seen else 0.0
                best = min(best, abs(ahead - 12.0) + 3.0 * abs(left) + 30.0 * stands + 40.0 * hidden)
        return best

    return min(times_ns, key=lambda t: (strangeness(t), t)) if wrote else times_ns[len(times_ns) // 2]

"""One moment of a scenario as a picture.  Roof."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from scenarios import load, resolve
from scenarios.errors import StormlaneError
from scenarios.resolved import Concrete
from sim.trace import WorldTrace


def preview_file(
    path: Path,
    out: Path,
    at_s: float | None,
    seed: int,
    sample: int,
    overrides: Sequence[str],
    variant: str = "",
    tell: Callable[[str], None] = print,
) -> float:
    """Write the preview of one sample; returns the moment shown, in seconds.

    A sample that is not valid is shown all the same; `tell` hears why it would not be rendered.
    """
    return preview_sample(resolve(load(path, tuple(overrides), variant), seed, sample), out, at_s, tell)


def preview_sample(
    concrete: Concrete, out: Path, at_s: float | None = None, tell: Callable[[str], None] = print
) -> float:
    """The same for a sample that is at hand."""
    from renderers.stage import Stage
    from sim.app.clip import ClipPlan, render_sample
    from sim.app.pictures import sheet, write_picture
    from sim.app.warmup import warm_up_when_cold
    from sim.simulate import simulate
    from sim.verdict import judge

    trace = simulate(concrete)
    for clause in judge(trace).broken:
        tell(f"not valid, so never rendered into a dataset: {clause}")
    plan = ClipPlan.of(concrete)
    last_s = plan.times_ns[-1] * 1e-9
    if at_s is not None and not 0.0 <= at_s <= last_s:
        raise StormlaneError(f"--at {at_s:g}: the clip lasts from 0 to {last_s:g} s")
    wanted_ns = interesting_moment_ns(trace, plan.times_ns) if at_s is None else round(at_s * 1e9)
    warm_up_when_cold()
    time_ns = min(plan.times_ns, key=lambda t: (abs(t - wanted_ns), t))
    taken = render_sample(
        Stage(trace), concrete.clip_id, plan.times_ns.index(time_ns), time_ns, os.cpu_count() or 1
    )
    title = (
        f"{concrete.scenario.scenario} {concrete.variant}  seed {concrete.seed} sample {concrete.sample}  "
        f"{time_ns * 1e-9:.2f} s   "
        + "  ".join(
            f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in concrete.params.items()
        )
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    write_picture(out, sheet(taken, title))
    return time_ns * 1e-9


def interesting_moment_ns(trace: WorldTrace, times_ns: Sequence[int]) -> int:
    """The moment worth a picture: a scenario's mover stands ahead of the ego, close to its path, about 12 m away.

    Only actors that the author wrote count; those that move come first, then those that stand (a stopped truck).
    """
    ego = trace.index("ego")
    wrote = [
        k
        for k, actor in enumerate(trace.actors)
        if not actor.is_ego and not actor.name.startswith("background.")
    ]

    def strangeness(time_ns: int) -> float:
        instant = trace.at(time_ns)
        pose = instant.world_from_actor(ego)
        best = float("inf")
        for k in wrote:
            ahead, left, _ = (instant.position_m[k] - pose[:3, 3]) @ pose[:3, :3]
            if ahead > 4.5:
                stands = trace.speed_mps[:, k].max() < 0.3
                best = min(best, abs(ahead - 12.0) + 3.0 * abs(left) + 30.0 * stands)
        return best

    return min(times_ns, key=lambda t: (strangeness(t), t)) if wrote else times_ns[len(times_ns) // 2]

"""Reading and simulating scenarios without rendering.  Roof."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from scenarios import Family
from scenarios.errors import ScenarioErrors
from scenarios.reader import is_rig, load_rig
from scenarios.resolved import Concrete
from scenarios.sampling import Spread, Tally
from sim.app.filling import draw_members
from sim.app.told import many

if TYPE_CHECKING:
    from sim.starts import Inside


def check_file(
    path: Path,
    spread: Spread,
    overrides: Sequence[str],
    simulate_too: bool,
    variants: Sequence[str] = (),
    strict: bool = False,
) -> Iterator[str]:
    """One line per sample: its parameters and what happened, then what `require` and `valid` rejected; one of a rig.

    Raises StormlaneError for what is wrong with the file, two that begin inside each other in every sample among it;
    `strict` takes warnings for errors.
    """
    if is_rig(path):
        rig = load_rig(path, overrides)
        kinds = (("camera", rig.cameras), ("lidar", rig.lidars), ("radar", rig.radars))
        yield f"ok {path}: a rig with {', '.join(many(len(of), kind) for kind, of in kinds)}"
        return
    members, tally = Family.load(path, tuple(overrides)).members(variants), Tally()
    warnings = list(dict.fromkeys(str(warning) for file in members for warning in file.warnings))
    if strict and warnings:
        raise ScenarioErrors(warning for file in members for warning in file.warnings)
    yield from (f"warning: {warning}" for warning in warnings)
    if any(file.assets for file in members):
        from sim.app.own_assets import fit

        fit(members)
    written = {file.variant: file.draft.valid for file in members}
    judged = Tally(what="valid", of="simulated")
    stuck: list[tuple[Concrete, list[Inside]]] = []
    for concrete in draw_members(members, spread, tally):
        params = ", ".join(
            f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in concrete.params.items()
        )
        named = f" {concrete.variant}" if concrete.variant else ""
        broken: tuple[str, ...] = ()
        line = f"{path} sample {concrete.sample}{named}" + (f": {params}" if params else "")
        if simulate_too:
            from sim.encounters import told, who_of
            from sim.simulate import simulate
            from sim.starts import inside_at_start
            from sim.verdict import judge

            begun = perf_counter()
            trace = simulate(concrete)
            actors = trace.concrete.scenario.encounters
            for name, found in trace.concrete.found.items():
                line += f"; {name}: {told(found, who_of(actors[name]))}"
            events = ", ".join(f"{e.name} at {e.time_ns * 1e-9:.2f} s" for e in trace.events)
            line += f"; {len(trace.actors)} actors, {trace.time_ns[-1] * 1e-9:.1f} s"
            line += f" in {perf_counter() - begun:.2f} s" + (f"; {events}" if events else "")
            verdict = judge(trace, written[concrete.variant])
            line += "".join(f"; {clause}" for clause in verdict.broken)
            broken = tuple(clause.text for clause in verdict.broken)
            judged.add(broken)
            stuck.append((concrete, inside_at_start(trace)))
        yield f"{'rejected' if broken else 'ok'} {line}"
    _refuse_stuck(stuck)
    yield from tally.lines()
    yield from judged.lines()
    if judged.rejected:
        yield f"accepted {judged.drawn - judged.rejected} of {judged.drawn} simulated samples"


def _refuse_stuck(samples: Sequence[tuple[Concrete, Sequence["Inside"]]]) -> None:
    """StormlaneError where two begin inside each other whatever is drawn; a single sample of many is merely rejected."""
    if not samples or (len(samples) == 1 and samples[0][0].point):
        return
    for pair in samples[0][1]:
        if all((pair.one, pair.other) in ((p.one, p.other) for p in pairs) for _, pairs in samples):
            who = pair.other.partition(".")[0]
            told = f"{pair.other} starts inside {pair.one}: {pair.told}"
            raise samples[0][0].wrong(("actors", who, "start"), told)

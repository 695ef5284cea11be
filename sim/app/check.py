"""Reading and simulating scenarios without rendering.  Roof."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from scenarios import Family
from scenarios.sampling import Spread, Tally, draw_all


def check_file(
    path: Path,
    spread: Spread,
    overrides: Sequence[str],
    simulate_too: bool,
    variants: Sequence[str] = (),
) -> Iterator[str]:
    """One line per sample: its parameters and what happened, then what `require` rejected; errors for what is wrong."""
    members, tally = Family.load(path, tuple(overrides)).members(variants), Tally()
    for concrete in draw_all(members, spread, tally):
        params = ", ".join(
            f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in concrete.params.items()
        )
        named = f" {concrete.variant}" if concrete.variant else ""
        line = f"ok {path} sample {concrete.sample}{named}" + (f": {params}" if params else "")
        if simulate_too:
            from sim.encounters import told, who_of
            from sim.simulate import simulate

            begun = perf_counter()
            trace = simulate(concrete)
            actors = trace.concrete.scenario.encounters
            for name, found in trace.concrete.found.items():
                line += f"; {name}: {told(found, who_of(actors[name]))}"
            events = ", ".join(f"{e.name} at {e.time_ns * 1e-9:.2f} s" for e in trace.events)
            line += f"; {len(trace.actors)} actors, {trace.time_ns[-1] * 1e-9:.1f} s"
            line += f" in {perf_counter() - begun:.2f} s" + (f"; {events}" if events else "")
        yield line
    yield from tally.lines()

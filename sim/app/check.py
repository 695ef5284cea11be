"""Reading and simulating scenarios without rendering.  Roof."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

from scenarios import load, resolve


def check_file(
    path: Path, samples: int, seed: int, overrides: Sequence[str], simulate_too: bool
) -> Iterator[str]:
    """One line per sample: its parameters and what happened; ScenarioError for what is wrong."""
    file = load(path, tuple(overrides))
    for sample in range(samples):
        concrete = resolve(file, seed, sample)
        params = ", ".join(
            f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in concrete.params.items()
        )
        line = f"ok {path} sample {sample}" + (f": {params}" if params else "")
        if simulate_too:
            from sim.simulate import simulate

            begun = perf_counter()
            trace = simulate(concrete)
            events = ", ".join(f"{e.name} at {e.time_ns * 1e-9:.2f} s" for e in trace.events)
            line += f"; {len(trace.actors)} actors, {trace.time_ns[-1] * 1e-9:.1f} s"
            line += f" in {perf_counter() - begun:.2f} s" + (f"; {events}" if events else "")
        yield line

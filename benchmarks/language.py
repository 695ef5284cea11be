"""Prints what the language costs on this machine: loading, checking the catalogue, drawing legal samples.

    .venv/bin/python benchmarks/language.py

Nothing is rendered.  Machines differ and are noisy: read the figures as orders of magnitude.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import scenarios
from scenarios.sampling import Spread, Tally, draw, legal

REQUIRE = ["$ego_speed > 9 m/s", "$child_speed < $ego_speed"]  # of child_behind_van; rejects about a third


def median_s(work: Callable[[], object], runs: int = 7) -> float:
    """Median seconds of some runs, after one that is not counted."""
    work()
    took = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


def check_s(paths: list[Path]) -> float:
    """Seconds of `stormlane check` on all of them without simulating, the start of Python included."""
    command = [sys.executable, "-m", "sim.app.cli", "check", "--no-simulate", *map(str, paths)]
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - begun


def demanding(folder: str) -> scenarios.ScenarioFile:
    """The child scenario with two clauses that reject some of its samples."""
    text = scenarios.catalogue()["child_behind_van"].read_text(encoding="utf-8")
    head, _, _ = text.partition("\nrequire:")
    if "\nrequire:" in text:
        raise SystemExit("child_behind_van has clauses of its own now; let this benchmark use them")
    clauses = "".join(f'  - "{clause}"\n' for clause in REQUIRE)
    path = Path(folder) / "demanding.scenario.yaml"
    path.write_text(f"{head.rstrip()}\nrequire:\n{clauses}", encoding="utf-8")
    return scenarios.load(path)


def sampled(file: scenarios.ScenarioFile, method: str) -> dict[str, float]:
    """Samples per second, drawn and tested, and resolved."""

    def test() -> None:
        tally = Tally()
        for _ in legal(file, Spread(method, 2000), tally=tally):
            pass
        drawn.append(tally.drawn)

    drawn: list[int] = []
    tested_s = median_s(test, 3)
    resolved_s = median_s(lambda: list(draw(file, Spread(method, 100))), 3)
    return {
        f"{method}: drawn and tested against require (samples/s)": drawn[-1] / tested_s,
        f"{method}: legal and resolved (samples/s)": 100 / resolved_s,
    }


def measure() -> dict[str, float]:
    """All figures by name."""
    catalogue = scenarios.catalogue()
    largest = max(catalogue.values(), key=lambda path: path.stat().st_size)
    figures = {
        f"load {largest.name} (ms)": 1e3 * median_s(lambda: scenarios.load(largest)),
        f"stormlane check --no-simulate, {len(catalogue)} files (s)": min(
            check_s(list(catalogue.values())) for _ in range(3)
        ),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = demanding(folder)
    for method in ("random", "sobol"):
        figures |= sampled(file, method)
    return figures


def main() -> None:
    for name, value in measure().items():
        print(f"{name:72} {value:12.1f}")


if __name__ == "__main__":
    main()

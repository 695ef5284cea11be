"""Samples of scenarios as questions that travel to other processes.  Roof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from scenarios import Family, resolve
from scenarios.reader import ScenarioFile
from scenarios.resolved import Concrete
from scenarios.sampling import Spread, Tally


@dataclass(frozen=True, slots=True)
class Draw:
    """One sample to draw and simulate: small, and the same in any process."""

    path: str
    overrides: tuple[str, ...]
    variant: str
    seed: int
    sample: int
    point: tuple[tuple[str, float], ...]

    def file(self) -> ScenarioFile:
        """The scenario, or the variant, that it is a sample of."""
        return family(self.path, self.overrides).member(self.variant)

    def concrete(self) -> Concrete:
        """The sample itself."""
        return resolve(self.file(), self.seed, self.sample, dict(self.point))


def draws_of(
    path: Path, overrides: Sequence[str], variants: Sequence[str], spread: Spread, tally: Tally
) -> Iterator[Draw]:
    """The samples of a scenario and its variants that `require` lets pass; what it rejects is counted in `tally`."""
    from sim.app.filling import draw_members

    overrides = tuple(overrides)
    members = family(str(path), overrides).members(variants)
    for concrete in draw_members(members, spread, tally):
        point = tuple(concrete.point.items())
        yield Draw(str(path), overrides, concrete.variant, concrete.seed, concrete.sample, point)


@lru_cache(maxsize=64)
def family(path: str, overrides: tuple[str, ...]) -> Family:
    """A scenario file with its variants, read once in a process."""
    return Family.load(path, overrides)

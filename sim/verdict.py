"""Whether what happened is what its author meant: the clauses of `valid`, judged on a trace.  World floor.

That nobody begins inside somebody else goes without saying: it is a clause of every scenario.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sim.starts import inside_at_start
from sim.trace import WorldTrace
from sim.truth import Truth
from sim.weather import weather_track


@dataclass(frozen=True, slots=True)
class Clause:
    """What became of one clause."""

    name: str  # valid[1]: its place in the file; start: of every scenario
    text: str  # as the author wrote it, or with the sample's values in the place of parameters
    holds: bool
    told: str = ""  # why it does not hold

    def __str__(self) -> str:
        return f'{self.name} "{self.text}"' + (f" {self.told}" if self.told else "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Starts that fail, and all clauses in the order of the file."""

    clauses: tuple[Clause, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.broken

    @property
    def broken(self) -> tuple[Clause, ...]:
        """The clauses that reject the sample."""
        return tuple(clause for clause in self.clauses if not clause.holds)


def judge(trace: WorldTrace, written: Sequence[str] = ()) -> Verdict:
    """Every clause on its own; `written` are their texts as the file has them, for messages."""
    starts = tuple(Clause("start", pair.text, False, pair.told) for pair in inside_at_start(trace))
    settled = trace.concrete.scenario.valid
    if not settled:
        return Verdict(starts)
    truth = Truth(_as_simulated(trace))
    shown = written if len(written) == len(settled) else settled
    found = [truth.judge(text) for text in settled]
    own = tuple(Clause(f"valid[{k}]", shown[k], one.holds, one.told) for k, one in enumerate(found))
    return Verdict(starts + own)


def _as_simulated(trace: WorldTrace) -> WorldTrace:
    """A twin is valid when its base is: what it shows happened in the base's weather."""
    concrete = trace.concrete
    if concrete.twin is None:
        return trace
    track = weather_track(concrete.base_world, concrete.scenario.capture.duration_s)
    return replace(trace, concrete=concrete.base(), weather=track)

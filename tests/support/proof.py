"""How much is proved: everything under `make proof`, a sample that never changes otherwise.

Continuous integration runs the sample after every change; the whole sweep is for releases.
"""

import os
import random
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")

WHOLE = os.environ.get("STORMLANE_PROOF", "0") not in ("", "0")


def often(count: int) -> int:
    """How many examples hypothesis tries: other ones every time, and ten times as many under `make proof`."""
    return count * (10 if WHOLE else 1)


def some(things: Iterable[T], share: int, stratum: Callable[[T], Hashable] = lambda thing: None) -> list[T]:
    """One in `share` of the things, at least one of every stratum; all of them under `make proof`."""
    everything = list(things)
    if WHOLE:
        return everything
    strata: dict[Hashable, list[int]] = {}
    for index, thing in enumerate(everything):
        strata.setdefault(stratum(thing), []).append(index)
    rng = random.Random("a sample of the proof")
    chosen: set[int] = set()
    for members in strata.values():
        chosen.update(rng.sample(members, -(-len(members) // share)))
    return [everything[index] for index in sorted(chosen)]

"""Correlated parameters: a Gaussian copula over their coordinates, every marginal left as it is.  Language floor.

Independent coordinates u become normal numbers, are mixed by the Cholesky factor of the correlation matrix, and become
coordinates again (Nelsen, An Introduction to Copulas, 2nd ed., 2006, 2.3).  The first parameter of a group keeps its own
coordinate, and a parameter added at the end changes none of those before it.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.distributions import Joint
from scenarios.distributions.continuous import normal_cdf, normal_ppf
from scenarios.draft import Broken, Draft, Drawn
from scenarios.errors import nearest
from scenarios.schema import Correlation
from scenarios.tree import Path


@dataclass(frozen=True, slots=True)
class Copula:
    """One group of correlated coordinates."""

    names: tuple[str, ...]  # of coordinates, such as `params.rain`
    factor: tuple[tuple[float, ...], ...]  # lower triangular, Cholesky's

    def bind(self, own: Mapping[str, float]) -> dict[str, float]:
        """The correlated coordinates that follow from independent ones."""
        z = [normal_ppf(own[name]) for name in self.names]
        bound = {self.names[0]: own[self.names[0]]}
        for name, row in zip(self.names[1:], self.factor[1:], strict=True):
            bound[name] = normal_cdf(math.fsum(a * b for a, b in zip(row, z, strict=False)))
        return bound

    def loosen(self, wanted: Mapping[str, float], own: Mapping[str, float]) -> dict[str, float]:
        """Independent coordinates from which `bind` gives the wanted ones; those not wanted keep their own.

        Where strong correlation makes what is wanted all but impossible, it comes as near as floats allow.
        """
        z: list[float] = []
        loose: dict[str, float] = {}
        for name, row in zip(self.names, self.factor, strict=True):
            if name in wanted:
                rest = math.fsum(a * b for a, b in zip(row, z, strict=False))
                loose[name] = normal_cdf((normal_ppf(wanted[name]) - rest) / row[len(z)])
            else:
                loose[name] = own[name]
            z.append(normal_ppf(loose[name]))
        return loose


def copulas(
    groups: Sequence[Correlation], drafts: Mapping[str, Draft], wrong: Callable[[Path, str], None]
) -> tuple[Copula, ...]:
    """The groups of a file; `wrong(path, message)` hears of those that make no sense."""
    found = []
    group_of: dict[str, int] = {}
    for k, group in enumerate(groups):
        complaints: list[tuple[Path, str]] = []
        for i, name in enumerate(group.params):
            message = _unfit(name, drafts) or _taken(name, k, group_of)
            if message:
                complaints.append((("correlate", k, "params", i), message))
            group_of.setdefault(name, k)
        matrix = None if complaints else _matrix(group, ("correlate", k), complaints)
        for path, message in complaints:
            wrong(path, message)
        if matrix is not None and not any(isinstance(drafts[name], Broken) for name in group.params):
            factor = np.linalg.cholesky(matrix)
            rows = tuple(tuple(float(x) for x in row) for row in factor)
            found.append(Copula(tuple(f"params.{name}" for name in group.params), rows))
    return tuple(found)


def _unfit(name: str, drafts: Mapping[str, Draft]) -> str | None:
    if name not in drafts:
        return (
            f'there is no parameter "{name}"; {nearest(name, drafts) if drafts else "the file has no params"}'
        )
    draft = drafts[name]
    if isinstance(draft, Broken):
        return None
    if not isinstance(draft, Drawn):
        return f'"{name}" is not random by itself; correlate parameters that have a distribution or a range'
    if isinstance(draft.distribution, Joint):
        return f'"{name}" is a column of a table, whose rows say already what comes together'
    return None


def _taken(name: str, group: int, group_of: Mapping[str, int]) -> str | None:
    if name not in group_of:
        return None
    where = "twice in this group" if group_of[name] == group else "in another group already"
    return f'"{name}" is {where}; put all that are correlated with each other into one group'


def _matrix(group: Correlation, path: Path, complaints: list[tuple[Path, str]]) -> Any:
    """The correlation matrix; None when it is none."""
    n = len(group.params)
    if (group.rho is None) == (group.matrix is None):
        complaints.append((path, 'correlated parameters need either "rho" or "matrix"'))
        return None
    if group.rho is not None:
        least = -1.0 / (n - 1)
        if group.rho <= least:
            shown = (
                f"{n} parameters cannot all be correlated by {group.rho:g}; at least by more than {least:.3g}"
            )
            complaints.append(((*path, "rho"), shown))
            return None
        return np.full((n, n), group.rho) + (1.0 - group.rho) * np.eye(n)
    message = _misshapen(group.matrix or [], group.params)
    matrix = None if message else np.array(group.matrix, dtype=float)
    if matrix is not None and float(np.linalg.eigvalsh(matrix)[0]) < 1e-9:
        message = _contradiction(matrix, group.params)
    if message:
        complaints.append(((*path, "matrix"), message))
        return None
    return matrix


def _misshapen(rows: list[list[float]], names: Sequence[str]) -> str | None:
    n = len(names)
    if len(rows) != n or any(len(row) != n for row in rows):
        return f"{n} parameters need a matrix of {n} rows with {n} numbers each"
    for i in range(n):
        if rows[i][i] != 1.0:
            return f"{names[i]} with itself is 1, not {rows[i][i]:g}"
        for j in range(i):
            if rows[i][j] != rows[j][i]:
                pair = f"{names[j]} and {names[i]}"
                return (
                    f"the matrix is not symmetric: {pair} are {rows[j][i]:g} above and {rows[i][j]:g} below"
                )
            if not -1.0 < rows[i][j] < 1.0:
                return f"{names[j]} and {names[i]} are {rows[i][j]:g}; a correlation lies between -1 and 1"
    return None


def _contradiction(matrix: Any, names: Sequence[str]) -> str:
    """Which one correlation cannot be with the others as they are; or by how much all must shrink."""
    n = len(names)
    for i in range(n):
        for j in range(i):
            ends = _possible(matrix, i, j)
            if ends is not None and not ends[0] < matrix[i, j] < ends[1]:
                shown = f"{names[j]} and {names[i]} cannot be {matrix[i, j]:g}"
                return f"{shown} when the others are as they are: between {ends[0]:.3g} and {ends[1]:.3g}"
    shrink = 0.999 / (1.0 - float(np.linalg.eigvalsh(matrix)[0]))
    return (
        f"these correlations contradict each other; they fit together when all are multiplied by {shrink:.3g}"
    )


def _possible(matrix: Any, i: int, j: int) -> tuple[float, float] | None:
    """Between which ends the correlation of i and j may lie, given all others; None when those do not fit either."""
    rest = [k for k in range(len(matrix)) if k not in (i, j)]
    inner = matrix[np.ix_(rest, rest)]
    if rest and float(np.linalg.eigvalsh(inner)[0]) < 1e-9:
        return None
    a, b = matrix[i, rest], matrix[j, rest]
    through_a, through_b = (np.linalg.solve(inner, row) if rest else row for row in (a, b))
    left = (1.0 - float(a @ through_a)) * (1.0 - float(b @ through_b))
    if left <= 0.0 or 1.0 - float(a @ through_a) <= 0.0:
        return None
    middle = float(a @ through_b)
    return middle - math.sqrt(left), middle + math.sqrt(left)

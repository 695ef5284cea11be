"""Coverage as text for a terminal: bins with bars, holes marked, crosses as matrices.  Roof."""

from collections.abc import Iterator, Sequence

from sim.app.coverage import Coverage, ScenarioCoverage

BAR = 24  # characters
CELL = 7
HOLE = "!"


def lines_of(coverage: Coverage) -> Iterator[str]:
    """Everything that was counted, scenario by scenario."""
    for name, entry in sorted(coverage.scenarios.items()):
        yield from _scenario(name, entry)
        yield ""
    holes = sum(1 for entry in coverage.scenarios.values() for _ in entry.tally.holes())
    yield f"coverage {100 * coverage.share():.1f} %, " + (f"{holes} holes" if holes else "no holes")


def _scenario(name: str, entry: ScenarioCoverage) -> Iterator[str]:
    tally = entry.tally
    yield f"{name}: {tally.samples} samples" + (f", {entry.refused} rejected" if entry.refused else "")
    for clause, count in entry.rejected.most_common():
        yield f"  {count:6} by {clause}"
    for item in tally.plan.items:
        yield from _item(item, entry)
    for cross in tally.plan.crosses:
        yield from _cross(cross, entry)
    if entry.odd:
        yield ""
        yield "operational domain (counted, not asked for)"
        width = max(map(len, entry.odd))
        for thing, counts in entry.odd.items():
            yield f"  {thing:{width}}  " + ", ".join(
                f"{word} {count}" for word, count in counts.most_common()
            )


def _item(name: str, entry: ScenarioCoverage) -> Iterator[str]:
    tally = entry.tally
    item = tally.plan.items[name]
    most = max([tally.count(name, (b,)) for b in item.bins], default=0)
    width = max(map(len, item.bins))
    yield ""
    yield f"{name}  at least {item.at_least} each"
    for b in item.bins:
        count = tally.count(name, (b,))
        missing = count < item.at_least
        bar = "#" * round(BAR * count / most) if most else ""
        yield f"  {b:{width}} {count:6}{HOLE if missing else ' '} {bar}".rstrip()
    if tally.outside[name]:
        yield f"  {'outside':{width}} {tally.outside[name]:6}"


def _cross(name: str, entry: ScenarioCoverage) -> Iterator[str]:
    tally = entry.tally
    cross = tally.plan.crosses[name]
    *_, last = cross.items
    columns = tally.plan.items[last].bins
    rows = list(dict.fromkeys(cell[:-1] for cell in tally.plan.cells(name)))
    width = max(len(_joined(row)) for row in rows)
    cells = [max(len(column), CELL) for column in columns]
    yield ""
    yield f"{name} = {' x '.join(cross.items)}  at least {cross.at_least} each"
    yield (
        f"  {'':{width}} "
        + "".join(f"{column:>{size}}  " for column, size in zip(columns, cells, strict=True)).rstrip()
    )
    for row in rows:
        shown = ""
        for column, size in zip(columns, cells, strict=True):
            count = tally.count(name, (*row, column))
            shown += f"{count:>{size}}{HOLE if count < cross.at_least else ' '} "
        yield f"  {_joined(row):{width}} {shown}".rstrip()
    if tally.outside[name]:
        yield f"  {'outside':{width}} {tally.outside[name]}"


def _joined(row: Sequence[str]) -> str:
    return ", ".join(row)

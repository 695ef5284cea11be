"""Checks of what a scenario should cover and of what it expects of a system under test.  Language floor."""

from collections.abc import Iterator, Sequence

from scenarios.coverage import Plan
from scenarios.coverage_block import marks_of, study_cover
from scenarios.draft import NAME, Draft, Exact
from scenarios.errors import ScenarioError, listing, nearest
from scenarios.expressions import Known
from scenarios.params import Params
from scenarios.schema import DraftRig, DraftScenario, Expect
from scenarios.taxonomy import DETECTED_AS
from scenarios.tree import Path, Tree


def check_cover(draft: DraftScenario, params: Params, tree: Tree, problems: list[ScenarioError]) -> Plan:
    """The coverage plan of a scenario; what is wrong with it goes to `problems`."""

    def report(path: Path, message: str, at_key: bool) -> None:
        problems.append(tree.error(("cover", *path), message, at_key=at_key))

    known = Known(
        params.kinds, tuple(draft.actors), marks_of(draft), clip=True, sensors=None, broken=params.broken
    )
    return study_cover(draft.cover, params, known, report)


# ------------------------------------------------------------------------------------------------------- expectations
KINDS = ("detect", "track", "no_false")
# Words that say more of one kind, and of none of the others.
_GOES_WITH = {"within": ("detect",), "hold": ("detect",), "rate": ("no_false",)}
_FIELDS = {"within": "within_s", "hold": "hold", "rate": "rate"}
CARGO = "cargo"


def check_expect(draft: DraftScenario, rig: DraftRig, tree: Tree, problems: list[ScenarioError]) -> None:
    """What a scenario expects of a system under test: whom, by what, from when on."""
    checker = _Expectations(draft, rig, tree, problems)
    for k, expect in enumerate(draft.expect):
        checker.expect(("expect", k), expect)


class _Expectations:
    def __init__(
        self, draft: DraftScenario, rig: DraftRig, tree: Tree, problems: list[ScenarioError]
    ) -> None:
        self.draft, self.tree, self.problems = draft, tree, problems
        self.sensors = list(rig.sensors)
        self.marks = marks_of(draft)
        self.ids: set[str] = set()

    def wrong(self, path: Path, message: str, at_key: bool = False) -> None:
        self.problems.append(self.tree.error(path, message, at_key=at_key))

    def expect(self, path: Path, expect: Expect[Draft]) -> None:
        if not NAME.fullmatch(expect.id):
            self.wrong((*path, "id"), f'"{expect.id}" is not a name; use letters, digits and _')
        if expect.id in self.ids:
            self.wrong(
                (*path, "id"), f'"{expect.id}" is expected twice; give each expectation a name of its own'
            )
        self.ids.add(expect.id)
        given = [kind for kind in KINDS if getattr(expect, kind) is not None]
        if not given:
            self.wrong(path, f"an expectation is one of {listing(KINDS)}")
        for kind in given[1:]:
            self.wrong(
                (*path, kind),
                f'an expectation is one thing; "{given[0]}" is given as well, so put "{kind}" into one of its own',
                at_key=True,
            )
        if len(given) == 1:
            self.words(path, expect, given[0])
        self.window(path, expect)
        for kind, word, target in self.targets(expect):
            self.target((*path, kind, word), target)
        for where, classes in self.classes(expect):
            for at, name in _each(classes):
                if name not in DETECTED_AS:
                    self.wrong((*path, *where, *at), f'unknown class "{name}"; {nearest(name, DETECTED_AS)}')
        for where, by in self.outputs(expect):
            for at, name in _each(by):
                self.output((*path, *where, *at), name)

    def words(self, path: Path, expect: Expect[Draft], kind: str) -> None:
        """Words that belong to another kind of expectation."""
        for word, kinds in _GOES_WITH.items():
            if getattr(expect, _FIELDS[word]) is not None and kind not in kinds:
                self.wrong(
                    (*path, word), f'"{word}" goes with "{kinds[0]}", and here is "{kind}"', at_key=True
                )
        within, rate = expect.within_s, self.draft.capture.rate_hz
        rate_hz = rate.value if isinstance(rate, Exact) else rate if isinstance(rate, float) else None
        if not isinstance(within, Exact) or not isinstance(within.value, float) or rate_hz is None:
            return
        if within.value < 1.0 / float(rate_hz) - 1e-9:
            between = f"{1e3 / float(rate_hz):g} ms"
            message = (
                f'"{within.text}" is shorter than the {between} between frames; capture at a higher rate'
            )
            self.wrong((*path, "within"), message)

    def window(self, path: Path, expect: Expect[Draft]) -> None:
        if expect.once is not None and expect.from_ is not None:
            self.wrong(
                (*path, "from"), 'an expectation begins by "once" or "from"; here both are given', at_key=True
            )
        for word, mark in (("from", expect.from_), ("until", expect.until)):
            if mark is not None and mark not in self.marks:
                hint = nearest(mark, self.marks) if self.marks else 'no actor has a step "mark: ..."'
                self.wrong((*path, word), f'there is no mark "{mark}"; {hint}')
        if expect.until is not None and expect.until == expect.from_:
            self.wrong((*path, "until"), f'this begins and ends at "{expect.until}"; nothing lies between')

    def targets(self, expect: Expect[Draft]) -> Iterator[tuple[str, str, str]]:
        if expect.detect is not None:
            yield "detect", "target", expect.detect.target
        if expect.track is not None:
            yield "track", "target", expect.track.target

    def target(self, path: Path, name: str) -> None:
        carriers = [actor for actor, words in self.draft.actors.items() if words.cargo is not None]
        known = [n for n in self.draft.actors if n != "ego"]
        known += [CARGO, *(f"{carrier}.{CARGO}" for carrier in carriers)] if carriers else []
        if name == "ego":
            self.wrong(path, "the ego is the system under test and cannot find itself")
        elif name == CARGO and not carriers and name not in self.draft.actors:
            self.wrong(path, "nobody carries cargo here; give a truck cargo: {model: box.cardboard}")
        elif name not in known:
            self.wrong(path, f'there is no actor "{name}"; {nearest(name, known)}')

    def classes(self, expect: Expect[Draft]) -> Iterator[tuple[Path, str | list[str]]]:
        if expect.detect is not None:
            yield ("detect", "as"), expect.detect.as_
        if expect.no_false is not None:
            yield ("no_false", "class"), expect.no_false.class_

    def outputs(self, expect: Expect[Draft]) -> Iterator[tuple[Path, str | list[str]]]:
        for kind in KINDS:
            part = getattr(expect, kind)
            if part is not None:
                yield (kind, "by"), part.by

    def output(self, path: Path, name: str) -> None:
        """Any name may be a fused output, but one that is nearly a sensor's is a typo."""
        if not NAME.fullmatch(name):
            self.wrong(
                path,
                f'"{name}" is not a name; write a sensor such as {next(iter(self.sensors), "cam_front")}',
            )
        elif name not in self.sensors and "did you mean" in (hint := nearest(name, self.sensors)):
            self.wrong(path, f'the rig has no sensor "{name}"; {hint}')


def _each(words: str | Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Words with their places: one by itself, or several in a list."""
    if isinstance(words, str):
        yield (), words
    else:
        yield from (((k,), word) for k, word in enumerate(words))

"""Checks of what a scenario should cover and of what it expects of a system under test.  Language floor."""

from scenarios.coverage import Plan, marks_of, study_cover
from scenarios.errors import ScenarioError
from scenarios.expressions import Known
from scenarios.params import Params
from scenarios.schema import DraftScenario
from scenarios.tree import Path, Tree


def check_cover(draft: DraftScenario, params: Params, tree: Tree, problems: list[ScenarioError]) -> Plan:
    """The coverage plan of a scenario; what is wrong with it goes to `problems`."""

    def report(path: Path, message: str, at_key: bool) -> None:
        problems.append(tree.error(("cover", *path), message, at_key=at_key))

    known = Known(params.kinds, tuple(draft.actors), marks_of(draft), running=True)
    return study_cover(draft.cover, params, known, report)

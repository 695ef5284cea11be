"""Every expression of a scenario: its grammar, its names, its dimensions.  Language floor."""

from collections.abc import Callable
from dataclasses import replace

from scenarios import expressions
from scenarios.checks_shared import all_steps
from scenarios.encounters import check_eyes
from scenarios.expressions import ExpressionError, Known
from scenarios.params import Params, words_of
from scenarios.schema import DraftRig, DraftScenario
from scenarios.tree import Path
from scenarios.walk import Text, texts


def known_names(draft: DraftScenario, params: Params, rig: DraftRig | None) -> Known:
    """All that expressions of this file can name; without a rig any sensor is believed."""
    marks = [s.mark for a in draft.actors.values() for _, s in all_steps(a) if s.mark is not None]
    words = {
        name: words_of(params.root(draft)) for name, draft in params.drafts.items() if name in params.kinds
    }
    sensors = None if rig is None else tuple(rig.sensors)
    return Known(
        params.kinds, tuple(draft.actors), tuple(dict.fromkeys(marks)), sensors=sensors,
        words={name: tuple(known) for name, known in words.items() if known}, broken=params.broken,
    )  # fmt: skip


def at(known: Known, when: str) -> Known:
    """What an expression can ask that is looked at before the run, while it runs, or after it."""
    return replace(known, running=when != "params", clip=when == "clip")


def check_expressions(
    draft: DraftScenario, params: Params, rig: DraftRig | None, wrong: Callable[[Path, str], None]
) -> None:
    """`wrong(path, message)` hears of every expression that makes no sense."""
    known = known_names(draft, params, rig)
    for text in texts(draft):
        try:
            expr = expressions.parse(text.text)
            if any(p in params.drafts and p not in params.kinds for p in expressions.parameters(expr)):
                continue  # the parameter itself is reported
            check_kind(text, expr, at(known, text.says.when))
        except ExpressionError as error:
            wrong(text.path, str(error))
    check_eyes(draft, at(known, "now"), wrong)


def check_kind(text: Text, expr: expressions.Expr, known: Known) -> None:
    """Refuses an expression that does not give what its place asks for."""
    if text.says.kind == "condition":
        expressions.infer_condition(expr, known)
    elif text.says.when == "clip":
        expressions.infer_settled(expr, known)
    else:
        expressions.infer(expr, known)

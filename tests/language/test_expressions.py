"""Expressions mean what a person would take them to mean."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import units
from scenarios.expressions import (
    Expr,
    ExpressionError,
    Known,
    PathOf,
    evaluate,
    infer,
    infer_condition,
    number,
    parameters,
    parse,
    substitute,
)
from scenarios.syntax import Between, Binary, Call, Compare, Logic, Name, Not, Number, Param, Unary

SPEED = units.DIMENSIONS["speed"].powers
LENGTH = units.DIMENSIONS["length"].powers
TIME = units.DIMENSIONS["time"].powers
RAIN = units.DIMENSIONS["rain"].powers
KNOWN = Known(
    {"v": SPEED, "gap": LENGTH, "rain": RAIN, "n": (), "lamps": "word"}, ("ego", "child"), ("reveal",)
)


@dataclass
class World:
    """A scope with fixed answers that remembers what it was asked."""

    time_s: float = 2.0
    answers: dict[str, float | bool] = field(default_factory=dict)
    asked: list[tuple[str, tuple[str | PathOf, ...]]] = field(default_factory=list)

    def call(self, name: str, args: tuple[str | PathOf, ...]) -> float | bool:
        self.asked.append((name, args))
        return self.answers[name]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("8 - 4 - 2", 2.0),
        ("8 / 4 / 2", 1.0),
        ("-2 * 3", -6.0),
        ("--2", 2.0),
        ("50 %", 0.5),
        ("36 km/h", 10.0),
        ("36 km/h * 2 s", 20.0),
        ("min(3, 1, 2)", 1.0),
        ("max(3 m, 400 cm)", 4.0),
        ("abs(-3 m)", 3.0),
        ("time", 2.0),
        ("time >= 2 s", True),
        ("time < 2 s", False),
        ("time == 2 s and not time != 2 s", True),
        ("1 < 2 or 1 / 0 < 0", True),
        ("time in 1..3 s", True),
        ("time in 2100..3000 ms", False),
        ("not time in 1 s..3 s", False),
        ("1 > 2 and 2 > 1 or 3 > 2", True),
        ("1 / 0 == 2 / 0", True),
        ("-1 / 0 < 0", True),
        ("0 / 0 == 0 / 0", False),
    ],
)
def test_expressions_are_calculated(text: str, value: float | bool) -> None:
    assert evaluate(parse(text), World()) == value


def test_the_world_is_asked_with_names_and_paths() -> None:
    world = World(answers={"ttc": 1.2, "event": True})
    expr = parse("ttc(ego, path(child)) <= 1.5 s and event(reveal)")
    infer_condition(expr, KNOWN)
    assert evaluate(expr, world) is True
    assert world.asked == [("ttc", ("ego", PathOf("child"))), ("event", ("reveal",))]


def test_what_is_decided_is_not_asked() -> None:
    world = World(answers={"ttc": math.inf})
    assert evaluate(parse("ttc(ego, child) < 1 s and event(reveal)"), world) is False
    assert world.asked == [("ttc", ("ego", "child"))]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0.25 s * $v", LENGTH),
        ("$gap / $v", TIME),
        ("$v / 2 s", units.DIMENSIONS["acceleration"].powers),
        ("$gap / $gap", ()),
        ("0 + $gap", LENGTH),
        ("min($v, 90 km/h)", SPEED),
        ("distance(ego, child)", LENGTH),
        ("gap(ego, child)", LENGTH),
        ("thw(ego, child)", TIME),
        ("speed(ego)", SPEED),
        ("s(ego)", LENGTH),
        ("speed(ego) > 0", "truth"),
        ("1 / 2 s", units.DIMENSIONS["frequency"].powers),
    ],
)
def test_dimensions_follow_from_the_parts(text: str, kind: object) -> None:
    assert infer(parse(text), KNOWN) == kind


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$v + $gap", 'a speed and a length cannot be added in "$v + $gap"'),
        ("$v - 2 s", 'a speed and a time cannot be subtracted in "$v - 2.0 s"'),
        ("$v < 3 m", '"$v < 3.0 m" compares a speed with a length; both sides need the same kind'),
        (
            "time in 1..3 m",
            '"time in 1.0 m..3.0 m" compares a time with a length; both sides need the same kind',
        ),
        ("min($v, 3 m)", "min() compares a speed and a length; both sides need the same kind"),
        ("$w > 1", "there is no parameter $w; known here: v, gap, rain, n, lamps"),
        ("$lamps > 1", "$lamps is a word and cannot be calculated with"),
        ("ego > 1", '"ego" is an actor, but a quantity is needed there'),
        ("ego.cam_front > 1", '"ego.cam_front" stands only inside a function, such as count(any, ego.lane)'),
        ("v > 1 m/s", '"v" is a parameter; write $v'),
        ("reveal", '"reveal" is a mark; ask for it with event(reveal)'),
        ("ttc > 1 s", '"ttc" is a function; write it like ttc(ego, path(child))'),
        ("ttc(ego) > 1 s", "ttc() takes 2 arguments, such as ttc(ego, path(child)); here it has 1"),
        ("speed(ego, child) > 1", "speed() takes one argument, such as speed(ego); here it has 2"),
        (
            "gap(ego, path(child)) > 1 m",
            'gap() takes an actor or nearest(...), such as gap(ego, van), not "path(child)"',
        ),
        ("speed(3) > 1", 'speed() takes an actor, such as speed(ego), not "3.0"'),
        ("event(revael)", 'there is no mark "revael"; did you mean "reveal"?'),
        ("event(1)", 'event() takes the name of a mark, such as event(reveal), not "1.0"'),
        (
            "path(child)",
            '"path(child)" is a path, but a condition is needed here (such as "path(child) <= ...")',
        ),
        ("$v", '"$v" is a speed, but a condition is needed here (such as "$v <= ...")'),
        ("$v and 1 > 2", '"and" joins conditions, and "$v" is none'),
        ("not $v", '"not" joins conditions, and "$v" is none'),
        ("abs(1, 2) > 0", "abs() takes one argument; here it has 2"),
        ("min() > 0", "min() takes at least one argument"),
        ("__import__('os') > 1", 'unknown function "__import__"; known here: ttc, thw, gap'),
        ("count(child) > 1", "count() takes 2 arguments, such as count(debris, ego.lane); here it has 1"),
    ],
)
def test_what_makes_no_sense_is_refused(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        infer_condition(parse(text), KNOWN)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a value is missing before the end of the expression"),
        ("1 +", "a value is missing before the end of the expression"),
        ("1 < 2 < 3", 'comparisons do not chain; write "a < b and b < c", or "b in a..c"'),
        ("(1 + 2", '")" for the "(" before it is missing before the end of the expression'),
        ("min(1, 2", '")" after the arguments of min is missing before the end of the expression'),
        ("1 2", 'unexpected "2" at character 3'),
        ("time > 3 sec", '"3 sec" has an unknown unit; known here: '),
        ("time > 3sec", '"3sec" has an unknown unit; known here: '),
        ("a & b", '"&" at character 3 does not belong in an expression; write "and"'),
        ("time = 2 s", '"=" at character 6 does not belong in an expression; compare with "=="'),
        ("$ + 1", '"$" at character 1 stands before no name'),
        (
            "time in 3 s",
            '".." between the ends of the range after "in" is missing before the end of the expression',
        ),
        ("(" * 60 + "1" + ")" * 60, "the expression is nested more than 50 deep"),
        (
            "speed(ego) > 1 'm/s'",
            '"\'" at character 16 does not belong in an expression; a quoted word is made of',
        ),
        ("1 + " * 1000 + "1", "the expression is longer than 2000 characters"),
    ],
)
def test_bad_grammar_says_where_it_breaks(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert str(caught.value).startswith(message)


def test_the_unit_behind_a_range_speaks_for_both_ends() -> None:
    assert parse("time in 500..1500 ms") == Between(Name("time"), Number(0.5, "s"), Number(1.5, "s"))


def test_a_unit_is_the_longest_that_fits() -> None:
    assert parse("3 m/s") == Number(3.0, "m/s")
    assert parse("3 m / s(ego)") == Binary("/", Number(3.0, "m"), Call("s", (Name("ego"),)))
    assert parse("3 m/s(ego)") == Binary("/", Number(3.0, "m"), Call("s", (Name("ego"),)))
    assert parse("6 /km") == Number(6.0, "/km")


def test_parameters_are_replaced_everywhere() -> None:
    expr = parse("ttc(ego, path(child)) <= $t and not speed(ego) in $a..$b or max($t, -$c) > 0")
    assert parameters(expr) == ["t", "a", "b", "c"]
    values = {"t": number(1.5, "s"), "a": number(-2.0, "m/s"), "b": number(3.0, "m/s"), "c": number(1.0, "s")}
    assert str(substitute(expr, values)) == (
        "ttc(ego, path(child)) <= 1.5 s and not speed(ego) in -2.0 m/s..3.0 m/s or max(1.5 s, -1.0 s) > 0.0"
    )


UNITS = st.sampled_from(sorted({d.unit for d in units.DIMENSIONS.values() if d.units and d.name != "slope"}))
NUMBERS = st.builds(Number, st.floats(0, 1e12, allow_nan=False), UNITS)
NAMES = st.sampled_from(["ego", "child", "x1", "time"])


def _nodes(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        st.builds(Unary, st.just("-"), inner),
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(Call, st.sampled_from(["min", "max", "ttc"]), st.lists(inner, max_size=3).map(tuple)),
        st.builds(Compare, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner),
        st.builds(Between, inner, inner, inner),
        st.builds(Logic, st.sampled_from(["and", "or"]), inner, inner),
        st.builds(Not, inner),
    )


EXPRESSIONS = st.recursive(
    st.one_of(NUMBERS, st.builds(Param, NAMES), st.builds(Name, NAMES)), _nodes, max_leaves=12
)


@given(EXPRESSIONS)
def test_the_text_of_an_expression_reads_back_as_the_same(expr: Expr) -> None:
    assert parse(str(expr)) == expr


@given(st.floats(allow_nan=False, allow_infinity=False), UNITS)
def test_a_literal_of_either_sign_reads_back_as_the_same(value: float, unit: str) -> None:
    literal = number(value, unit)
    assert parse(str(literal)) == literal
    assert evaluate(literal, World()) == value


@given(st.text(alphabet="ego($x12.,)+-*/<>=! andormsk%", max_size=40))
def test_any_text_parses_or_is_clearly_refused(text: str) -> None:
    try:
        expr = parse(text)
    except ExpressionError as error:
        assert str(error)
    else:
        assert parse(str(expr)) == expr

"""What is asked of a finished clip: windows, extremes over time, words; and what makes no sense there."""

import pytest

from scenarios import units
from scenarios.expressions import (
    ExpressionError,
    Known,
    infer,
    infer_condition,
    infer_settled,
    parse,
    substitute,
    varies,
)
from scenarios.functions import FUNCTIONS, stopping_distance_m
from scenarios.nodes import Between, Binary, Call, Compare, Logic, Name, Not, Number, Window, Word

SPEED = units.DIMENSIONS["speed"].powers
LENGTH = units.DIMENSIONS["length"].powers
TIME = units.DIMENSIONS["time"].powers
PARAMS = {
    "v": SPEED, "gap": LENGTH, "t": TIME, "visibility": LENGTH, "n": (), "cut_gap": LENGTH, "speed": SPEED,
    "ego_speed": SPEED, "rain": units.DIMENSIONS["rain"].powers, "cargo": "word", "lamps": "word",
    "start_time": units.DIMENSIONS["time_of_day"].powers,
}  # fmt: skip
CLIP = Known(
    PARAMS,
    ("ego", "child", "cutter", "flatbed", "van"),
    ("reveal", "drop", "cut_in"),
    clip=True,
    sensors=("cam_front", "lidar_top"),
    words={"lamps": ("lit", "dark"), "cargo": ("box.cardboard", "mattress")},
)
NOW = Known(PARAMS, CLIP.actors, CLIP.marks, sensors=CLIP.sensors, words=CLIP.words)
BEFORE = Known(PARAMS, running=False, words=CLIP.words)

FROM_THE_MODEL_FILES = [
    ("require", "$cut_gap > 0.25 s * $speed"),
    ("require", "stopping_distance($ego_speed) > 8 m"),
    ("valid", "visible(child, ego.cam_front) < 0.05 before reveal"),
    ("valid", "max(visible(child, ego.cam_front)) > 0.6 within 2 s after reveal"),
    ("valid", "count(debris, ego.lane) >= 1 at drop + 1.5 s"),
    ("valid", "min(ttc(ego, cutter)) in 0.6..4.0 s"),
    ("valid", "not collided(cutter, flatbed)"),
    ("once", "visible(child, ego.cam_front) >= 0.35"),
    ("once", "range(ego, nearest(cargo)) <= min(80 m, 0.7 * $visibility)"),
]


@pytest.mark.parametrize(("where", "text"), FROM_THE_MODEL_FILES)
def test_what_the_model_files_ask_is_understood(where: str, text: str) -> None:
    infer_condition(parse(text), BEFORE if where == "require" else CLIP)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("thw(ego, cutter) at cut_in", TIME),
        ("min(ttc(ego, child))", TIME),
        ("$rain", units.DIMENSIONS["rain"].powers),
        ("$cargo", "word"),
        ("max(speed(ego)) - min(speed(ego))", SPEED),
        ("mean(speed(ego)) within 2 s before reveal", SPEED),
        ("(speed(ego) at reveal) / (speed(cutter) at drop + 1 s)", ()),
        ("first(visible(child, ego) > 0.3)", TIME),
        ("min(gap(ego, nearest(vehicle)))", LENGTH),
        ("collided(ego, child)", "truth"),
        ("sun() at start", units.DIMENSIONS["angle"].powers),
        ("max(illuminance())", units.DIMENSIONS["illuminance"].powers),
    ],
)
def test_what_a_clip_is_worth_has_a_kind(text: str, kind: object) -> None:
    assert infer_settled(parse(text), CLIP) == kind


def test_every_function_s_own_example_is_understood() -> None:
    known = Known(PARAMS, CLIP.actors, CLIP.marks, clip=True, sensors=CLIP.sensors)
    for name, signature in FUNCTIONS.items():
        expr = parse(signature.example)
        if isinstance(signature.result, str) and signature.result in ("path", "thing", "area"):
            inside = {"path": "ttc(ego, {})", "thing": "range(ego, {})", "area": "count(any, {})"}
            expr = parse(inside[signature.result].format(signature.example))
            infer(expr, known)
        else:
            assert infer(expr, known) == signature.result, name


# ------------------------------------------------------------------------------------------------------------ grammar
A, B = Name("a"), Name("b")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a < 1 before e", Window("before", Compare("<", A, Number(1.0, "")), Name("e"))),
        ("not a before e", Window("before", Not(A), Name("e"))),
        ("not (a before e)", Not(Window("before", A, Name("e")))),
        (
            "a before e and b after f",
            Logic("and", Window("before", A, Name("e")), Window("after", B, Name("f"))),
        ),
        ("a at drop + 1.5 s", Window("at", A, Binary("+", Name("drop"), Number(1.5, "s")))),
        ("a within 2 s after e", Window("within after", A, Name("e"), Number(2.0, "s"))),
        ("a within 250 ms before e", Window("within before", A, Name("e"), Number(0.25, "s"))),
        ("a during 1..3 s", Window("during", A, Number(1.0, "s"), Number(3.0, "s"))),
        (
            "a in 0..1 s before e",
            Window("before", Between(A, Number(0.0, "s"), Number(1.0, "s")), Name("e")),
        ),
        ("(a at e) > b", Compare(">", Window("at", A, Name("e")), B)),
        ("a after first(b)", Window("after", A, Call("first", (B,)))),
        ("$lamps == 'lit'".replace("$lamps", "a"), Compare("==", A, Word("lit"))),
        ('a != "box.cardboard"', Compare("!=", A, Word("box.cardboard"))),
        ("f()", Call("f", ())),
    ],
)
def test_windows_and_words_bind_as_they_read(text: str, tree: object) -> None:
    assert parse(text) == tree
    assert parse(str(tree)) == tree


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a before e before f", '"before" at character 12 is a second window; a condition has one'),
        ("a within 2 s", '"after" or "before" is missing before the end of the expression; write it like'),
        ("a within 2 s at e", '"after" or "before" is missing before "at" at character 14'),
        ("a during 3 s", '".." between the ends of the time after "during" is missing before the end'),
        ("a before", "a value is missing before the end of the expression"),
        ("before e", 'a value is missing before "before" at character 1'),
        ("a at", "a value is missing before the end of the expression"),
        (
            "a == 'two words'",
            '"\'" at character 6 does not belong in an expression; a quoted word is made of',
        ),
        ("a ^ 2", '"^" at character 3 does not belong in an expression; write a product'),
    ],
)
def test_a_broken_window_says_where(text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert str(caught.value).startswith(says)


def test_words_take_the_place_of_word_parameters() -> None:
    expr = substitute(
        parse("$lamps == lit or $cargo != 'mattress'"), {"lamps": Word("dark"), "cargo": Word("x")}
    )
    assert str(expr) == '"dark" == lit or "x" != "mattress"'
    assert parse(str(expr)) == expr


def test_what_changes_over_time_is_known() -> None:
    for text in ("speed(ego)", "time", "2 * gap(ego, van)", "rain()", "stopping_distance(speed(ego))"):
        assert varies(parse(text)), text
    for text in (
        "3 m",
        "$v",
        "min(speed(ego))",
        "speed(ego) at reveal",
        "first(event(reveal))",
        "max($a, $b)",
    ):
        assert not varies(parse(text)), text
    assert varies(parse("max(speed(ego), $v)"))


# --------------------------------------------------------------------------------------- what makes no sense, and why
WRONG = [
    (
        CLIP,
        "visible(child)",
        "visible() takes 2 arguments, such as visible(child, ego.cam_front); here it has 1",
    ),
    (
        CLIP,
        "visible(child, ego.cam_frnt) > 0.5",
        'the ego has no sensor "cam_frnt"; did you mean "cam_front"?',
    ),
    (
        CLIP,
        "visible(child, van) > 0.5",
        "visible() looks with ego or with a sensor such as ego.cam_front, not",
    ),
    (CLIP, "visible(child, van.cam) > 0.5", 'only the ego carries sensors; "van.cam" is none'),
    (CLIP, "visible(chld, ego) > 0.5", 'there is no actor "chld"; did you mean "child"?'),
    (CLIP, "visible(path(child), ego) > 0.5", "visible() takes an actor or nearest(...), such as"),
    (
        CLIP,
        "visible(child, ego) > 0.5 m",
        '"visible(child, ego) > 0.5 m" compares a plain number or a share with',
    ),
    (
        CLIP,
        "visible(child, ego.cam_front) before reveal",
        "has many values there; take its min(), max()",
    ),
    (
        CLIP,
        "count(debirs, ego.lane) > 0",
        'count() takes a class, and "debirs" is none; did you mean "debris"?',
    ),
    (
        CLIP,
        "count(debris, ego.lan) > 0",
        "count() takes an area: ego.lane, ego.path or around(ego, 30 m), not",
    ),
    (
        CLIP,
        "count(debris, egoo.lane) > 0",
        'count() takes an area, such as ego.lane, and there is no actor "egoo"; did',
    ),
    (
        CLIP,
        "count(debris, around(ego, 3 s)) > 0",
        "around() takes a length there, such as around(ego, 30 m), and",
    ),
    (
        CLIP,
        "count(debris, around(ego, gap(ego, van))) > 0",
        "around() takes a distance that does not change, not",
    ),
    (
        CLIP,
        "count(debris, ego) > 0",
        'count() takes an area: ego.lane, ego.path or around(ego, 30 m), not "ego"',
    ),
    (CLIP, "count(debris, ego.lane) > 1 m", "compares a plain number or a share with a length"),
    (
        CLIP,
        "collided() or collided(ego)",
        "collided() takes 1 or 2 arguments, such as collided(ego, child); here",
    ),
    (
        CLIP,
        "collided(ego, path(child))",
        'collided() takes an actor, such as collided(ego, child), not "path(child)"',
    ),
    (
        CLIP,
        "collided(ego, child) > 0",
        '"collided(ego, child)" is a condition, but a quantity is needed there',
    ),
    (
        CLIP,
        "range(ego, path(child)) < 1 m",
        "range() takes an actor or nearest(...), such as range(ego, nearest(",
    ),
    (
        CLIP,
        "range(ego, nearest(ego)) < 1 m",
        'nearest() takes a class, and "ego" is none; known here: car, van',
    ),
    (CLIP, "nearest(car) < 1 m", '"nearest(car)" is whoever is nearest, but a quantity is needed there'),
    (CLIP, "around(ego, 3 m) < 1 m", '"around(ego, 3.0 m)" is an area, but a quantity is needed there'),
    (
        CLIP,
        "ego.cam_front > 0.5",
        '"ego.cam_front" stands only inside a function, such as visible(child',
    ),
    (
        CLIP,
        "in_lane(child, child) > 0",
        "in_lane() takes an area: child.lane, child.path or around(child, 30 m)",
    ),
    (CLIP, "min(ttc(ego, cutter)) in 0.6..4.0 m", "compares a time with a length"),
    (
        CLIP,
        "speed(ego) > 3 m",
        '"speed(ego) > 3.0 m" compares a speed with a length; both sides need the same kind',
    ),
    (CLIP, "max($v) > 3 m/s", 'max() of one quantity is taken over time, and "$v" does not change'),
    (
        CLIP,
        "max(max(speed(ego))) > 3 m/s",
        'max() of one quantity is taken over time, and "max(speed(ego))" does not',
    ),
    (CLIP, "max(event(reveal)) > 0", '"event(reveal)" is a condition, but a quantity is needed there'),
    (CLIP, "mean() > 0", "mean() takes at least one argument"),
    (
        CLIP,
        "rises(speed(ego))",
        'rises() takes a condition, such as rises(speed(ego) < 5 m/s), not "speed(ego)"',
    ),
    (
        CLIP,
        "first(speed(ego)) > 1 s",
        "first() takes a condition, such as first(visible(child, ego) > 0.3), not",
    ),
    (CLIP, "event(ego)", 'there is no mark "ego"; known here: reveal, drop, cut_in'),
    (CLIP, "speed(ego) > 1 m/s before revel", 'there is no mark "revel"; did you mean "reveal"?'),
    (CLIP, "speed(ego) > 1 m/s before ego", '"ego" is an actor, but a quantity is needed there'),
    (
        CLIP,
        "speed(ego) > 1 m/s at 3 m",
        '"3.0 m" is no moment; write a mark, start, end or a time, such as',
    ),
    (CLIP, "speed(ego) > 1 m/s at drop + 3 m", '"3.0 m" is no moment'),
    (
        CLIP,
        "speed(ego) > 1 m/s at drop + reveal",
        '"drop + reveal" adds two moments; add a time, such as',
    ),
    (CLIP, "speed(ego) > 1 m/s at time", '"time" changes over time and is no moment'),
    (CLIP, "speed(ego) > 1 m/s at ttc(ego, van)", '"ttc(ego, van)" changes over time and is no moment'),
    (
        CLIP,
        "speed(ego) > 1 m/s within 3 m after drop",
        '"within" takes a time, such as "within 2 s after reveal"',
    ),
    (
        CLIP,
        "speed(ego) > 1 m/s within time after drop",
        '"within" takes a time that does not change, not "time"',
    ),
    (CLIP, "reveal > 1 s", '"reveal" is a mark; ask for it with event(reveal)'),
    (CLIP, "start > 1 s", '"start" is a moment; write it behind before, after or at'),
    (CLIP, "rain > 1 mm/h", '"rain" is a parameter; write $rain'),
    (CLIP, "wetness > 0.5", '"wetness" is a function; write it like wetness()'),
    (CLIP, "rain(ego) > 1 mm/h", "rain() takes no argument, such as rain(); here it has 1"),
    (
        CLIP,
        "rain() > 1 mm",
        '"rain() > 0.001 m" compares a rain rate with a length; both sides need the same kind',
    ),
    (CLIP, "illuminance() < 400", "compares an illuminance with a plain number or a share"),
    (
        CLIP,
        "stopping_distance(3 m) > 1 m",
        "stopping_distance() takes a speed there, such as stopping_distance($e",
    ),
    (CLIP, "stopping_distance($v, 2 s) > 1 m", "stopping_distance() takes a plain number or a share there"),
    (CLIP, "stopping_distance() > 1 m", "stopping_distance() takes 1 to 3 arguments"),
    (CLIP, "stopping_distance(ego) > 1 m", 'and "ego" is an actor'),
    (CLIP, "$lamps > 1", "$lamps is a word and cannot be calculated with"),
    (CLIP, "$lamps + 1 > 1", "$lamps is a word and cannot be calculated with"),
    (CLIP, "$lamps == 3", "compares a word with a plain number or a share"),
    (CLIP, "$lamps == lti", '$lamps is never "lti"; did you mean "lit"?'),
    (CLIP, "$lamps == 'on'", '$lamps is never "on"; known here: lit, dark'),
    (CLIP, "$lamps < lit", "$lamps is a word and cannot be calculated with; ask with == or !="),
    (CLIP, "$lamps", '"$lamps" is a word, but a condition is needed here'),
    (CLIP, "$start_time > 3 s", "$start_time is a time of day and cannot be calculated with"),
    (CLIP, "visibel(child, ego) > 0.5", 'unknown function "visibel"; did you mean "visible"?'),
    (
        NOW,
        "max(speed(ego)) > 3 m/s",
        "max() of one quantity looks over a finished clip; while the scenario runs write",
    ),
    (
        NOW,
        "first(event(drop)) > 3 s",
        "first() looks back over a finished clip; a running scenario asks for event(...)",
    ),
    (
        NOW,
        "speed(ego) > 3 m/s after drop",
        '"after" looks at a finished clip; while the scenario runs write event(...)',
    ),
    (BEFORE, "speed(ego) > 3 m/s", "speed(...) is known only while the scenario runs"),
    (BEFORE, "rain() > 3 mm/h", "rain(...) is known only while the scenario runs"),
    (BEFORE, "$v > 3 m/s before reveal", '"before" is known only while the scenario runs'),
    (BEFORE, "time > 3 s", "time is known only while the scenario runs"),
]


@pytest.mark.parametrize(("known", "text", "says"), WRONG, ids=[row[1] for row in WRONG])
def test_what_makes_no_sense_is_refused(known: Known, text: str, says: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        infer_condition(parse(text), known)
    assert says in str(caught.value)
    assert "such as such" not in str(caught.value)


def test_a_quantity_with_many_values_is_no_item_to_count() -> None:
    with pytest.raises(
        ExpressionError, match=r"changes over time; take its min\(\), max\(\) or mean\(\), or say when"
    ):
        infer_settled(parse("speed(ego)"), CLIP)


def test_stopping_takes_the_reaction_and_the_brake() -> None:
    assert stopping_distance_m(10.0) == pytest.approx(10.0 + 100.0 / (2 * 0.8 * 9.80665))
    assert stopping_distance_m(10.0, 0.4, 0.0) == pytest.approx(100.0 / (2 * 0.4 * 9.80665))

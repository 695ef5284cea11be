"""What can never happen is said when a file is loaded, and is an error to whoever asks for strictness."""

from pathlib import Path

import pytest

import scenarios
from scenarios.errors import ScenarioErrors
from tests.support.wrong_files import RIG, RIGHT, edited

UNTIL = "ttc(ego, path(child)) <= 1.5 s"
DO = f"""\
      - wait: {{until: "{UNTIL}"}}
      - mark: reveal
      - walk: {{to: opposite_sidewalk, speed: 9 km/h}}
"""
CAPTURE = "capture: {duration: 5 s, rate: 10 Hz}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/small.yaml").write_text(RIG)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def warned(text: str) -> list[str]:
    Path("it.scenario.yaml").write_text(text)
    return [str(w).removeprefix("it.scenario.yaml:") for w in scenarios.load("it.scenario.yaml").warnings]


NEVER_WAITED_FOR = [
    ("time >= 20 s", '"time" lies between 0 s and 5 s'),
    ("time < 0 s", '"time" lies between 0 s and 5 s'),
    ("speed(ego) > 200 m/s", '"speed(ego)" lies between 0 m/s and 120 m/s'),
    ("visible(child, ego.cam_front) > 1.2", '"visible(child, ego.cam_front)" lies between 0 and 1'),
    ("friction() < 0 or wetness() > 2", '"friction()" lies between 0 and 1.5'),
    ("distance(ego, child) < -1 m", '"distance(ego, child)" is at least 0 m'),
    ("ttc(ego, child) in -3..-1 s", '"ttc(ego, child)" is at least 0 s'),
    ("$ego_speed > 60 km/h", '"$ego_speed" lies between 8.33333 and 13.8889'),
    ("$ego_speed * 2 s < 10 m", '"$ego_speed * 2.0 s" lies between 16.6667 and 27.7778'),
    (
        "stopping_distance($ego_speed) > 100 m",
        '"stopping_distance($ego_speed)" lies between 12.7592 m and 26.1829 m',
    ),
    ("rain() > 250 mm/h", '"rain()" lies between 0 mm/h and 200 mm/h'),
    ("count(any, ego.lane) < 0", '"count(any, ego.lane)" lies between 0 and 10000'),
    ("abs(gap(ego, child)) < 0 m", '"abs(gap(ego, child))" is at least 0 m'),
    ("min($ego_speed, 5 m/s) > 6 m/s", "is always"),
    ("max(speed(ego), 130 m/s) < 125 m/s", "is always 130 m/s"),
    ("event(reveal)", 'the mark "reveal" is never reached before it'),
    ("not event(reveal) and event(reveal)", 'the mark "reveal" is never reached before it'),
    ("speed(ego) < 3 m/s and speed(ego) > 5 m/s", "its parts contradict each other"),
    ("gap(ego, child) < 3 m and 5 m < gap(ego, child)", "its parts contradict each other"),
    ("speed(ego) in 3..5 m/s and speed(ego) > 6 m/s", "its parts contradict each other"),
    ("rises(time >= 0 s)", 'rises() waits for a change, and "time >= 0.0 s" always holds'),
    ("rises(speed(ego) > 200 m/s)", 'rises() waits for a change, and "speed(ego) > 200.0 m/s" never holds'),
    ("falls(time >= 0 s)", 'falls() waits for a change, and "time >= 0.0 s" always holds'),
    ("$lamps == lit and $lamps == 'dark' and time > 9 s", '"time" lies between 0 s and 5 s'),
    ("not time <= 5 s", ""),
]


@pytest.mark.parametrize(("until", "why"), NEVER_WAITED_FOR, ids=[row[0] for row in NEVER_WAITED_FOR])
def test_a_wait_that_never_ends_is_named(folder: Path, until: str, why: str) -> None:
    (told,) = warned(edited(RIGHT, UNTIL, until))
    assert told.startswith(f'30:23: "{until}" never holds'), told
    assert why in told
    with pytest.raises(ScenarioErrors, match="never holds"):
        scenarios.load("it.scenario.yaml", strict=True)


@pytest.mark.parametrize(
    "until",
    [
        UNTIL,
        "time >= 5 s",
        "time >= 4.9 s and speed(ego) > 3 m/s",
        "$ego_speed > 40 km/h",
        "$lamps == lit",
        "rises(distance(ego, child) < 8 m)",
        "visible(child, ego) > 0.99 or collided(ego)",
        "speed(ego) >= 3 m/s and speed(ego) <= 3 m/s",
        "not speed(ego) > 200 m/s",
        "ttc(ego, child) / time > 3",
    ],
)
def test_what_may_happen_is_left_alone(folder: Path, until: str) -> None:
    assert warned(edited(RIGHT, UNTIL, until)) == []
    assert scenarios.load("it.scenario.yaml", strict=True).warnings == ()


def do(*steps: str) -> str:
    return edited(RIGHT, DO, "".join(f"      - {step}\n" for step in steps))


def test_two_who_wait_for_each_other_wait_for_ever(folder: Path) -> None:
    text = do('wait: {until: "event(go)"}', "mark: reveal", "walk: {to: along, speed: 9 km/h}")
    text = edited(text, "      - drive: {speed: $ego_speed, driver: idm}\n", "WAIT")
    told = warned(edited(text, "WAIT", '      - wait: {until: "event(reveal)"}\n      - mark: go\n'))
    assert len(told) == 2
    assert all("never holds: the mark" in line for line in told)


def test_what_comes_after_the_clip_does_not_come(folder: Path) -> None:
    late = do("wait: {for: 4 s, after: 2 s}", "mark: reveal", 'wait: {until: "event(reveal)"}')
    assert len(warned(late)) == 1
    slow = do(
        'wait: {until: "time >= 4 s", after: 0.5..2 s}', "mark: reveal", 'wait: {until: "event(reveal)"}'
    )
    assert warned(slow) == []
    stuck = do('wait: {until: "time >= 9 s"}', "mark: reveal", 'wait: {until: "event(reveal)"}')
    assert [line.split(": ")[0] for line in warned(stuck)] == ["30:23", "32:23"]


def test_one_way_that_goes_on_is_enough(folder: Path) -> None:
    ways = "one_of: {0.4: [{wait: {until: 'time > 9 s'}}, {mark: a}], 0.6: [{mark: b}]}"
    told = warned(do(ways, "mark: reveal", "wait: {until: 'event(reveal)'}", "wait: {until: 'event(a)'}"))
    assert [line.split('"')[1] for line in told] == ["time > 9 s", "event(a)"]


def test_clauses_that_reject_every_sample_are_named(folder: Path) -> None:
    text = edited(
        RIGHT, CAPTURE, f'require: ["$ego_speed > 20 m/s"]\nvalid: ["max(speed(ego)) > 300 m/s"]\n{CAPTURE}'
    )
    told = warned(text)
    assert [line.split('"')[1] for line in told] == ["$ego_speed > 20 m/s", "max(speed(ego)) > 300 m/s"]
    assert told[0].startswith("35:11:") and told[1].startswith("36:9:")


def test_a_clause_about_a_mark_that_never_comes_is_named(folder: Path) -> None:
    never = do("wait: {until: 'time > 9 s'}", "mark: reveal")
    text = edited(never, CAPTURE, f'valid: ["speed(ego) > 0 before reveal"]\n{CAPTURE}')
    assert any('never holds: "reveal" is never reached' in line for line in warned(text))
    text = edited(RIGHT, CAPTURE, f'valid: ["speed(ego) >= 0 after 7 s"]\n{CAPTURE}')
    assert any('never holds: "7.0 s" is never reached' in line for line in warned(text))


def test_nothing_of_the_catalogue_is_impossible() -> None:
    for path in scenarios.files.catalogue().values():
        assert scenarios.load(path).warnings == (), path

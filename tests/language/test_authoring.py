"""Scenarios written in Python: what is built, changed and saved loads back equal."""

import copy
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import scenarios
from scenarios import authoring, tree, writing
from scenarios.authoring import (
    Actor,
    Capture,
    Clock,
    Drive,
    LinePiece,
    Look,
    Road,
    Scenario,
    Start,
    Step,
    Stop,
    Sun,
    Wait,
    Walk,
    WeatherKey,
    World,
    choice,
    drawn,
    formula,
    integers,
    log_uniform,
    normal,
    param,
    quantity,
    uniform,
)
from scenarios.errors import ScenarioErrors, StormlaneError
from scenarios.schema import Part
from tests.support.proof import often


def small() -> Scenario:
    return Scenario(
        scenario="small",
        params={"rain": log_uniform("2 mm/h", "30 mm/h"), "speed": "30..50 km/h"},
        world=World(
            clock=Clock(sun=Sun(elevation="20 deg", azimuth="140 deg")),
            weather=[
                WeatherKey(rain=param("rain"), clouds="7 okta"),
                WeatherKey(at="2 s", rain=formula("2 * $rain")),
            ],
            road=Road(build=[LinePiece(length="200 m")], lanes=2),
        ),
        actors={
            "ego": Actor(
                model="car.sedan", start=Start(s="20 m", speed="$speed"), do=[Drive(speed="$speed")]
            ),
            "walker": Actor(
                model="pedestrian.adult",
                look=Look(clothing=choice({"dark": 3, "bright": 1})),
                start=Start(s="80 m", offset="sidewalk"),
                do=[
                    Wait(until="ttc(ego, path(walker)) <= 2 s"),
                    Step(mark="out"),
                    Walk(to="along", speed="5 km/h"),
                ],
            ),
        },
        capture=Capture(duration="2 s"),
    )


def test_a_scenario_written_in_python_is_the_one_its_file_holds(tmp_path: Path) -> None:
    path = small().save(tmp_path / "small.scenario.yaml")
    assert Scenario.load(path) == small()
    assert scenarios.load(path).draft.actors == small().file().draft.actors
    assert path.read_text().startswith(
        "# yaml-language-server: $schema=./scenario.schema.json\nscenario: small\n"
    )


def test_samples_from_python_are_those_of_the_file(tmp_path: Path) -> None:
    path = small().save(tmp_path / "small.scenario.yaml")
    mine = small().sample(3, seed=7)
    assert [c.params for c in mine] == [
        scenarios.resolve(scenarios.load(path), 7, i).params for i in range(3)
    ]
    assert mine[0].scenario.world.weather[1].rain_mm_per_h == pytest.approx(2 * float(mine[0].params["rain"]))
    assert len(small().sample(8, method="sobol")) == 8


def test_a_catalogue_story_can_be_changed_and_saved(tmp_path: Path) -> None:
    scenario = Scenario.load("child_behind_van")
    scenario.params["rain"] = log_uniform("20 mm/h", "80 mm/h")
    scenario.actors["child"].do.append(Stop(for_s="1.5 s"))  # type: ignore[arg-type]
    scenario.require.append("$rain < 70 mm/h")
    again = Scenario.load(scenario.save(tmp_path / "mine.scenario.yaml"))
    assert again == scenario
    assert again.actors["child"].do[-1].stop is not None
    assert again != Scenario.load("child_behind_van")
    assert all(20 <= float(c.params["rain"]) < 70 for c in again.sample(20))


def test_plain_numbers_are_understood_where_the_name_says_the_unit() -> None:
    assert Drive(speed_mps=12.5) == Drive(speed="12.5 m/s")
    assert Start(s_m=20, curb_gap_m=0.3) == Start(s="20 m", curb_gap="0.3 m")
    assert Drive(speed=quantity(45, "km/h")) == Drive(speed="12.5 m/s")
    with pytest.raises(ValueError, match="needs a unit"):
        Drive(speed=12.5)
    with pytest.raises(ValueError, match="out of range"):
        Drive(speed_mps=120.0)


def test_every_part_of_the_schema_can_be_written() -> None:
    inside = {name for name in scenarios.schema.__all__ if _is_part(getattr(scenarios.schema, name))}
    assert inside - set(authoring.__all__) == {
        "Camera", "DraftOwnAsset", "DraftRig", "DraftScenario", "Gnss", "Imager", "Imu", "Lidar", "LidarDefinition",
        "Mount", "Part", "Radar", "ResolvedOwnAsset", "ResolvedRig", "ResolvedScenario", "Rig", "Window",
    }  # fmt: skip
    assert authoring.__all__ == sorted(authoring.__all__)


def _is_part(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, Part)


def test_mistakes_in_python_are_said_as_in_a_file(tmp_path: Path) -> None:
    with pytest.raises(StormlaneError, match="unknown distribution"):
        drawn("unifrom", [1, 2])
    with pytest.raises(StormlaneError, match="smaller end first"):
        uniform("50 km/h", "30 km/h")
    with pytest.raises(StormlaneError, match="unknown unit"):
        quantity(3, "mph/h")
    with pytest.raises(StormlaneError, match="value is missing"):
        formula("2 *")
    scenario = small()
    scenario.actors["walker"].do.insert(0, Step(wait=Wait(until="ttc(ego, wlaker) <= 2 s")))
    scenario.params["speed"] = "30..50 mm/h"  # type: ignore[assignment]
    with pytest.raises(ScenarioErrors) as caught:
        scenario.save(tmp_path / "wrong.yaml")
    told = str(caught.value)
    assert 'there is no actor "wlaker"; did you mean "walker"?' in told
    assert "$speed is a rain rate, but a speed is needed here" in told
    assert not (tmp_path / "wrong.yaml").exists()


def test_values_that_chance_picks_are_those_of_the_language() -> None:
    assert normal("9 km/h", "1 km/h", "7 km/h", "11 km/h").distribution.support() == pytest.approx(
        (7 / 3.6, 11 / 3.6)
    )
    assert integers(1, 3).distribution.ppf(0.99) == 3.0
    assert choice(["a", "b"]).distribution.ppf(0.1) == "a"


STORIES = {name: path.read_text() for name, path in scenarios.catalogue().items()}


@pytest.mark.parametrize("story", sorted(STORIES))
def test_a_story_survives_being_written(story: str) -> None:
    scenario = Scenario.load(story)
    file = scenarios.load(scenarios.catalogue()[story])
    written = scenario.file()
    assert written.draft == file.draft
    mine, theirs = scenarios.resolve(written, 3, 1), scenarios.resolve(file, 3, 1)
    assert (mine.scenario, mine.rig, mine.point) == (theirs.scenario, theirs.rig, theirs.point)
    assert all(len(line) <= 121 or '"' in line for line in scenario.to_yaml().splitlines())


# What values of the catalogue may become; a draft of them is right often enough.
VALUES: tuple[Any, ...] = (
    "12 m", "3..9 m", "0", 0.3, "30 %", "25 km/h", "-0.5 m", "20 deg", "$rain", "$ego_speed", "= 1.5 * $rain", "lit",
    {"uniform": ["5 km/h", "9 km/h"]}, {"choice": {"lit": 0.7, "dark": 0.3}}, {"choice": ["2 m", "3 m"]}, "16:35",
    {"normal": {"mean": "9 m", "sd": "1 m", "min": "5 m", "max": "12 m"}}, "2025-01-31", "08:00..09:30", "1e1 m", True,
)  # fmt: skip
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@settings(
    max_examples=often(30),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a file has too many lines to be made smaller one by one
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(sorted(STORIES)), st.integers(0, 10**6), st.integers(1, 4), TEXTS)
def test_every_right_draft_loads_back_equal(
    tmp_path: Path, story: str, seed: int, edits: int, words: str
) -> None:
    rng = random.Random(seed)
    data = copy.deepcopy(tree.read(STORIES[story], story).data)
    data["description"] = words
    data["tags"] = {"odd": words, "list": [words, "1", "true"]}
    for _ in range(edits):
        _mutate(data, rng)
    path = tmp_path / "edited.scenario.yaml"
    path.write_text(writing.document(data), encoding="utf-8")
    assert tree.read(path.read_text(encoding="utf-8"), "x").data == data  # the writer and the reader agree
    try:
        first = Scenario.load(path)
    except ScenarioErrors:
        return  # not every mutation is right
    again = Scenario.load(first.save(path))
    assert again == first
    assert again.file().draft == first.file().draft


def _mutate(data: Any, rng: random.Random) -> None:
    """Put another value somewhere, or take something out."""
    node = data
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        if isinstance(node[key], dict | list) and rng.random() < 0.9:
            node = node[key]
            continue
        if rng.random() < 0.3 and isinstance(node, dict) and node is not data:
            del node[key]
        else:
            node[key] = copy.deepcopy(rng.choice(VALUES))
        return

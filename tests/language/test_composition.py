"""A scenario put together from files is the scenario that its files together describe."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

import scenarios
from scenarios import Family, lock, tree
from scenarios.draft import Drawn, Exact
from scenarios.files import weathers
from scenarios.json_schema import scenario_schema
from scenarios.reader import ScenarioFile
from tests.language.test_wrong_compositions import write
from tests.support.wrong_files import RIG, RIGHT, edited


def test_whoever_changes_what_was_read_changes_no_second_reading() -> None:
    first, second = (tree.read("a: {b: [1, 2]}", "file") for _ in range(2))
    first.data["a"]["b"].append(3)
    first.forget(("a",))
    third = tree.read("a: {b: [1, 2]}", "file")
    assert second.data == third.data == {"a": {"b": [1, 2]}}
    assert second.place(("a", "b", 1)) == third.place(("a", "b", 1)) == tree.Place(1, 12, "file")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write(tmp_path, {"small.scenario.yaml": RIGHT, "rigs/small.yaml": RIG})
    monkeypatch.chdir(tmp_path)
    return tmp_path


def composed(folder: Path, text: str, *overrides: str, variant: str = "") -> ScenarioFile:
    write(folder, {"case.scenario.yaml": text})
    return scenarios.load("case.scenario.yaml", overrides, variant)


BASED = "scenario: case\nextends: small.scenario.yaml\n"


# --------------------------------------------------------------------------------------------------------- extends
def test_a_scenario_that_changes_nothing_is_its_base(folder: Path) -> None:
    base, same = scenarios.load("small.scenario.yaml"), composed(folder, BASED)
    assert same.draft.model_copy(update={"scenario": "small"}) == base.draft
    assert same.rig == base.rig


def test_mappings_merge_and_values_and_lists_are_replaced(folder: Path) -> None:
    text = BASED + (
        "world:\n"
        "  weather: [{clouds: 1 okta}]\n"
        "  road: {lanes: 3}\n"
        "actors:\n"
        "  child: {look: {clothing: dark}}\n"
        "  dog: {model: animal.dog, start: {s: 60 m, offset: sidewalk}}\n"
    )
    base, draft = scenarios.load("small.scenario.yaml").draft, composed(folder, text).draft
    assert len(draft.world.weather) == 1
    assert draft.world.road.lanes == 3
    assert draft.world.road.length_m == base.world.road.length_m
    assert draft.world.clock == base.world.clock
    look = draft.actors["child"].look
    assert look is not None and base.actors["child"].look is not None
    assert look.height_m == base.actors["child"].look.height_m
    assert look.clothing == Exact("dark", None, "dark")
    assert draft.actors["child"].do == base.actors["child"].do
    assert list(draft.actors) == ["ego", "child", "dog"]


def test_a_distribution_is_a_value_and_never_merges_with_another(folder: Path) -> None:
    text = BASED + "params: {rain: {uniform: [1 mm/h, 2 mm/h]}}\n"
    rain = composed(folder, text).draft.params["rain"]
    assert isinstance(rain, Drawn) and rain.distribution.support() == (1.0, 2.0)


def test_null_takes_out_what_the_base_brings(folder: Path) -> None:
    text = BASED + "background: null\nworld: {weather: null}\nactors: {child: null}\nparams: {rain: null}\n"
    draft = composed(folder, text).draft
    assert draft.background.traffic is None
    assert draft.world.weather == []
    assert list(draft.actors) == ["ego"]
    assert list(draft.params) == ["ego_speed", "lamps"]


def test_bases_form_chains(folder: Path) -> None:
    write(
        folder,
        {"mid/base.yaml": "extends: ../small.scenario.yaml\nworld: {road: {lanes: 3, length: 300 m}}\n"},
    )
    text = "scenario: case\nextends: mid/base.yaml\nworld: {road: {length: 400 m}}\n"
    road = composed(folder, text).draft.world.road
    assert (road.lanes, road.length_m) == (3, Exact(400.0, road.length_m.dimension, "400 m"))  # type: ignore[union-attr]


def test_a_story_of_the_catalogue_can_be_changed_by_its_name(folder: Path) -> None:
    file = composed(folder, "scenario: case\nextends: child_behind_van\nworld: {weather: dense_fog}\n")
    assert file.rig.rig == "front_cam_roof_lidar"
    assert scenarios.resolve(file).scenario.world.weather[0].fog is not None


def test_files_are_found_beside_the_file_that_names_them(folder: Path) -> None:
    write(folder, {"far/rigs/mine.yaml": edited(RIG, "rig: small", "rig: mine")})
    write(
        folder, {"far/base.yaml": "extends: ../small.scenario.yaml\nactors: {ego: {rig: rigs/mine.yaml}}\n"}
    )
    assert composed(folder, "scenario: case\nextends: far/base.yaml\n").rig.rig == "mine"


def test_the_command_line_still_wins(folder: Path) -> None:
    text = BASED + "world: {road: {lanes: 3}}\n"
    assert composed(folder, text, "world.road.lanes=4").draft.world.road.lanes == 4


def test_what_a_base_draws_is_drawn_alike_in_what_extends_it(folder: Path) -> None:
    base = scenarios.resolve(scenarios.load("small.scenario.yaml"), 3, 4)
    other = scenarios.resolve(composed(folder, BASED + "params: {x: 1..2 m}\n"), 3, 4)
    assert {name: other.point[name] for name in base.point} == base.point
    assert other.scenario.actors == base.scenario.actors


# --------------------------------------------------------------------------------------------------------- include
SQUALL = """\
description: Rain that grows.
params:
  rate: 10..20 mm/h
  grows: 3 s
world:
  weather:
    - {rain: "= 0.1 * $rate", clouds: 8 okta}
    - {at: 1 s, rain: $rate, over: $grows}
"""


def test_a_fragment_lies_under_the_file_and_over_its_base(folder: Path) -> None:
    write(folder, {"parts/squall.yaml": SQUALL})
    draft = composed(folder, BASED + "include: [parts/squall.yaml]\nparams: {grows: 5 s}\n").draft
    assert list(draft.params) == ["ego_speed", "rain", "lamps", "rate", "grows"]
    assert draft.params["grows"] == Exact(5.0, draft.params["grows"].dimension, "5 s")  # type: ignore[union-attr]
    assert len(draft.world.weather) == 2
    assert draft.description == ""


def test_an_include_sets_parameters_and_a_prefix_keeps_two_apart(folder: Path) -> None:
    write(
        folder,
        {"parts/squall.yaml": SQUALL, "parts/gusts.yaml": "params: {rate: 3 s}\nworld: {lighting: {}}\n"},
    )
    text = BASED + (
        "include:\n"
        "  - {file: parts/squall.yaml, params: {rate: 30 mm/h}, prefix: storm}\n"
        "  - parts/gusts.yaml\n"
    )
    concrete = scenarios.resolve(composed(folder, text), 1, 1)
    assert concrete.params["storm_rate"] == 30.0
    assert concrete.params["rate"] == 3.0
    assert concrete.scenario.world.weather[1].rain_mm_per_h == 30.0
    assert concrete.scenario.world.weather[1].over_s == 3.0


def test_one_fragment_reached_on_two_ways_is_there_once(folder: Path) -> None:
    write(
        folder,
        {
            "parts/common.yaml": 'params: {limit: 60 km/h}\nrequire: ["$ego_speed < $limit"]\n',
            "parts/a.yaml": "include: [common.yaml]\n",
            "parts/b.yaml": 'include: [common.yaml]\nrequire: ["$limit > 0 km/h"]\n',
        },
    )
    draft = composed(folder, BASED + "include: [parts/a.yaml, parts/b.yaml]\n").draft
    assert draft.require == ["$ego_speed < $limit", "$limit > 0 km/h"]


def test_statements_of_fragments_are_added_to_those_of_the_file(folder: Path) -> None:
    write(folder, {"parts/fast.yaml": 'require: ["$ego_speed > 35 km/h"]\n'})
    draft = composed(folder, BASED + 'include: [parts/fast.yaml]\nrequire: ["$rain > 9 mm/h"]\n').draft
    assert draft.require == ["$rain > 9 mm/h", "$ego_speed > 35 km/h"]


def test_fragments_may_include_fragments_from_their_own_folder(folder: Path) -> None:
    write(folder, {"parts/deep/squall.yaml": SQUALL, "parts/all.yaml": "include: [deep/squall.yaml]\n"})
    assert "rate" in composed(folder, BASED + "include: [parts/all.yaml]\n").draft.params


# -------------------------------------------------------------------------------------------------- names of things
def test_a_rig_goes_by_its_name(folder: Path) -> None:
    for rig in (*scenarios.rigs(), "small"):
        assert composed(folder, BASED + f"actors: {{ego: {{rig: {rig}}}}}\n").rig.rig == rig
        assert composed(folder, BASED, f"actors.ego.rig={rig}").rig.rig == rig


@pytest.mark.parametrize("name", sorted(weathers()))
def test_a_weather_of_the_package_goes_by_its_name(folder: Path, name: str) -> None:
    file = composed(folder, BASED + f"world: {{weather: {name}}}\n")
    drawn = [scenarios.resolve(file, 1, sample) for sample in range(8)]
    assert len({str(c.scenario.world.weather) for c in drawn}) == 8, "a weather is a kind of weather"
    own = [p for p in file.draft.params if p.startswith(f"{name}_")]
    assert own and set(file.draft.params) == {"ego_speed", "rain", "lamps", *own}
    lines = weathers()[name].read_text().splitlines()
    assert lines[0].startswith("# ") and lines[1] == "params:"


def test_a_weather_can_begin_among_other_keyframes(folder: Path) -> None:
    write(folder, {"weathers/squall.yaml": SQUALL})
    text = BASED + (
        "world:\n"
        "  weather:\n"
        "    - {clouds: 3 okta}\n"
        "    - {use: squall, at: 2 s, params: {rate: 30 mm/h}}\n"
        '    - {at: "= 8 s", rain: 1 mm/h}\n'
    )
    concrete = scenarios.resolve(composed(folder, text, "params.squall_grows=4 s"))
    keys = concrete.scenario.world.weather
    assert [key.at_s for key in keys] == [0.0, 2.0, 3.0, 8.0]
    assert [key.rain_mm_per_h for key in keys] == [None, 3.0, 30.0, 1.0]
    assert keys[2].over_s == 4.0


def test_a_weather_brings_its_surface_under_the_words_of_the_file(folder: Path) -> None:
    surface = composed(folder, BASED + "world: {weather: black_ice}\n").draft.world.surface
    assert surface.state == Exact("icy", None, "icy")
    text = BASED + "world: {weather: black_ice, surface: {state: damp}}\n"
    assert composed(folder, text).draft.world.surface.state == Exact("damp", None, "damp")


def test_a_weather_that_is_set_over_the_file_brings_its_surface_along(folder: Path) -> None:
    text = BASED + "world: {surface: {state: wet, puddles: {cover: 0.3, depth: 4 mm}}}\n"
    surface = composed(folder, text, "world.weather=clear").draft.world.surface
    assert (surface.state, surface.puddles) == (Exact("dry", None, "dry"), None)
    surface = composed(folder, text, "world.weather=clear", "world.surface.state=damp").draft.world.surface
    assert surface.state == Exact("damp", None, "damp")


# -------------------------------------------------------------------------------------------------------- variants
VARIED = (
    BASED
    + """\
variants:
  night: {set: {world.clock.time: "23:00", background: null}}
  fast:
    description: The same street, driven through too fast.
    set: {params.ego_speed: 50..60 km/h}
  clear:
    twin: true
    set: {world.weather: clear, world.lighting.street_lamps: dark}
  shower:
    twin: true
    lamps: base
    set:
      world.weather: [{rain: 3..9 mm/h}]
"""
)


def test_a_variant_is_the_scenario_with_some_values_set(folder: Path) -> None:
    base = composed(folder, VARIED)
    assert base.variants == ("night", "fast", "clear", "shower")
    night = composed(folder, VARIED, variant="night")
    assert night.draft.world.clock.time_s != base.draft.world.clock.time_s
    assert night.draft.background.traffic is None
    assert night.draft.actors == base.draft.actors
    concrete = scenarios.resolve(night, 1, 2)
    assert (concrete.variant, concrete.clip_id) == ("night", "case-0001-0002-night")
    assert scenarios.resolve(base, 1, 2).clip_id == "case-0001-0002"


def test_the_random_quantities_keep_their_values_in_all_variants(folder: Path) -> None:
    write(folder, {"case.scenario.yaml": VARIED})
    base, *others = [scenarios.resolve(f, 5, 6) for f in Family.load("case.scenario.yaml").members(["all"])]
    assert [c.variant for c in others] == ["night", "fast", "clear", "shower"]
    for other in others:
        common = base.point.keys() & other.point.keys()
        assert {name: other.point[name] for name in common} == {name: base.point[name] for name in common}
        assert len(common) >= 5


def test_a_twin_keeps_everything_but_the_weather(folder: Path) -> None:
    base = scenarios.resolve(composed(folder, VARIED), 1, 2)
    twin = scenarios.resolve(composed(folder, VARIED, variant="clear"), 1, 2)
    assert twin.scenario.actors == base.scenario.actors
    assert twin.scenario.world.road == base.scenario.world.road
    assert twin.scenario.world.weather != base.scenario.world.weather
    assert twin.scenario.world.lighting.street_lamps == "dark"
    assert twin.twin is not None and twin.twin.base_world == base.scenario.world
    assert twin.base().scenario == base.scenario and twin.base().clip_id == base.clip_id
    assert {name: twin.params[name] for name in base.params} == base.params


def test_typed_assignments_change_the_base_and_its_variants(folder: Path) -> None:
    for variant in ("", "night", "clear"):
        concrete = scenarios.resolve(composed(folder, VARIED, "params.ego_speed=36 km/h", variant=variant))
        assert concrete.params["ego_speed"] == 10.0
        assert concrete.base().params["ego_speed"] == 10.0


def test_variants_are_inherited_and_changed_like_everything_else(folder: Path) -> None:
    write(folder, {"varied.scenario.yaml": VARIED})
    text = (
        "scenario: heir\nextends: varied.scenario.yaml\n"
        "variants:\n  fast: null\n  night: {set: {world.clock.time: 22:00, capture.rate: 5 Hz, background: null}}\n"
    )
    file = composed(folder, text, variant="night")
    assert file.variants == ("night", "clear", "shower")
    assert file.draft.capture.rate_hz == Exact(5.0, file.draft.capture.rate_hz.dimension, "5 Hz")  # type: ignore[union-attr]
    assert file.draft.background.traffic is None


def test_a_fragment_can_bring_twins(folder: Path) -> None:
    write(folder, {"parts/twins.yaml": "variants: {clear: {twin: true, set: {world.weather: clear}}}\n"})
    assert composed(folder, BASED + "include: [parts/twins.yaml]\n", variant="clear").base is not None


@pytest.mark.parametrize("variant", ["", "night", "fast", "clear", "shower"])
def test_a_lock_holds_every_variant(folder: Path, variant: str) -> None:
    concrete = scenarios.resolve(composed(folder, VARIED, variant=variant), 7, 8)
    kept = lock.load(lock.dump(concrete))
    assert kept == concrete
    assert lock.dump(kept) == lock.dump(concrete)
    assert kept.clip_id == concrete.clip_id
    assert dict(kept.sources).keys() == {"case.scenario.yaml", "small.scenario.yaml", "rigs/small.yaml"} | (
        {"stormlane/weathers/clear.yaml"} if variant == "clear" else set[Any]()
    )


# ---------------------------------------------------------------------------------------------------------- editors
SCHEMA = scenario_schema()


def stands(text: str) -> bool:
    return jsonschema.Draft7Validator(SCHEMA).is_valid(tree.read(text, "file", nulls=True).data)


@pytest.mark.parametrize(
    "text",
    [
        VARIED,
        BASED + "world: {road: {lanes: 3}, surface: null}\nactors: {child: null, ego: {rig: surround_six}}\n",
        BASED + "background: null\nparams: {rain: null}\n",
        BASED + "world: {weather: heavy_rain}\n",
        BASED
        + "world: {weather: [{clouds: 3 okta}, {use: fog_bank, at: 2 s, params: {visibility: 80 m}}]}\n",
        "scenario: case\ninclude: [a.yaml, {file: b.yaml, params: {rain: 2 mm/h}, prefix: b}]\n",
        RIGHT,
        edited(RIGHT, "rig: rigs/small.yaml", "rig: small"),
    ],
)
def test_editors_accept_files_that_are_put_together(text: str) -> None:
    assert stands(text)


@pytest.mark.parametrize(
    "text",
    [
        "scenario: case\nworld: {weather: heavy_rain}\n",
        BASED + "wolrd: {weather: heavy_rain}\n",
        BASED + "world: {road: {lnes: 3}}\n",
        BASED + "world: {weather: [{use: fog_bank, rain: 3 mm/h}]}\n",
        BASED + "actors: {child: {do: [{walk: {speed: 3 km/h}}]}}\n",
        BASED + "extends: [a, b]\n".replace("extends", "include") + "variants: {night: {sets: {}}}\n",
        edited(RIGHT, "    lanes: 2\n", "    lanes: null\n"),
        edited(RIGHT, "    model: car.compact\n", ""),
    ],
)
def test_editors_underline_what_is_wrong_in_them(text: str) -> None:
    assert not stands(text)


def test_the_first_example_of_the_page_loads(folder: Path) -> None:
    page = (Path(__file__).parents[2] / "docs/composition.md").read_text()
    file = composed(folder, page.split("```yaml\n")[1].split("```")[0])
    assert "suv" not in file.draft.actors
    assert file.draft.world.surface.puddles is None
    for name in weathers():
        assert f"`{name}`" in page

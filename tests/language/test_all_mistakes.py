"""All mistakes of a file are said at once: one does not hide another, and none is only an echo of another."""

from pathlib import Path

import pytest

import scenarios
from scenarios.errors import ScenarioErrors
from tests.support.wrong_files import RIG, RIGHT, edited


def complaints(folder: Path, *edits: tuple[str, str]) -> list[str]:
    """`line: message` of everything that is said about RIGHT with these edits."""
    text = RIGHT
    for old, new in edits:
        text = edited(text, old, new)
    (folder / "rigs").mkdir(exist_ok=True)
    (folder / "rigs/small.yaml").write_text(RIG)
    (folder / "wrong.yaml").write_text(text)
    with pytest.raises(ScenarioErrors) as caught:
        scenarios.load(folder / "wrong.yaml")
    return [f"{e.line}: {e.message}" for e in caught.value.errors]


def test_a_wrong_unit_does_not_hide_a_dangling_name_elsewhere(tmp_path: Path) -> None:
    assert complaints(
        tmp_path,
        ("duration: 5 s", "duration: 5 m"),
        ("path(child)) <=", "path(chidl)) <="),
        ("rigs/small.yaml", "rigs/smal.yaml"),
        ("lamps: {choice: {lit: 0.7, dark: 0.3}}", "lamps: {choice: {lit: 0, dark: 0}}"),
    ) == [
        "6: a choice needs at least one value with a weight above 0",
        '21: there is no rig "rigs/smal.yaml" beside the scenario or in the package; did you mean "rigs/small.yaml"?',
        '30: there is no actor "chidl"; did you mean "child"?',
        '35: "5 m" is a length, but a time is needed here (such as "1.5 s")',
    ]


def test_mistakes_inside_a_misspelt_part_are_found_too(tmp_path: Path) -> None:
    assert complaints(
        tmp_path,
        ("\nworld:", "\nwolrd:"),
        ("preset: urban_street", "preset: urban_stret"),
        ("over: 3 s", "over: 3"),
        ("clouds: 8 okta", "clowds: 9 okta"),
    ) == [
        '7: unknown key "wolrd"; did you mean "world"?',
        '10: unknown key "clowds"; did you mean "clouds"?',
        '10: "9 okta" is out of range: a cloud cover here lies between 0 okta and 8 okta',
        '11: a time needs a unit: write "3 s"',
        '14: unknown word "urban_stret" for "preset"; did you mean "urban_street"?',
    ]


def test_a_broken_parameter_is_said_once_and_its_uses_are_not(tmp_path: Path) -> None:
    assert complaints(tmp_path, ("30..50 km/h", "30..50 kmh")) == [
        '4: "50 kmh" has an unknown unit "kmh"; did you mean "km/h"?'
    ]


def test_a_broken_actor_does_not_make_its_name_unknown(tmp_path: Path) -> None:
    told = complaints(
        tmp_path,
        ("    start: {s: 80 m, offset: sidewalk, facing: across}\n", ""),
        ("lanes: 2", "lanes: two"),
    )
    assert told == [
        '15: "lanes" needs a whole number, not "two"',
        '26: "child" needs "start", such as start: {lane: right, s: 30 m, speed: 40 km/h}',
    ]


def test_an_unknown_word_is_not_followed_by_what_it_left_undone(tmp_path: Path) -> None:
    assert complaints(tmp_path, ("- mark: reveal", "- repeat: 2"), ("speed: 9 km/h", "speed: 9 km")) == [
        '31: "repeat" is not supported yet',
        '32: "9 km" is a length, but a speed is needed here (such as "50 km/h")',
    ]


def test_a_parameter_that_is_wrong_itself_is_still_what_a_typo_may_mean(tmp_path: Path) -> None:
    end = "capture: {duration: 5 s, rate: 10 Hz}"
    assert complaints(
        tmp_path, ("[8 mm/h, 60 mm/h]", "[0 mm/h, 60 mm/h]"), (end, f'{end}\nrequire: ["$rein < 50 mm/h"]')
    ) == [
        "5: 0 mm/h must be more than 0, because its logarithm is taken",
        '36: there is no parameter $rein; did you mean "rain"?',
    ]


def test_mistakes_of_the_rig_come_with_those_of_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "rigs").mkdir()
    (tmp_path / "rigs/bad.yaml").write_text(
        edited(edited(RIG, "fov: 75 deg", "fov: 75"), "model: VLP-16", "model: VLP-61")
    )
    assert complaints(tmp_path, ("rigs/small.yaml", "rigs/bad.yaml"), ("lanes: 2", "lanes: 40")) == [
        '8: an angle needs a unit: write "75 deg"',
        '12: unknown word "VLP-61" for "model"; did you mean "VLP-16"?',
        '15: "lanes" is 40; it must lie between 1 and 12',
    ]


def test_a_cross_with_a_broken_parameter_is_not_followed_into_nothing(tmp_path: Path) -> None:
    told = complaints(
        tmp_path,
        ("lamps: {choice: {lit: 0.7, dark: 0.3}}", "lamps: {choice: {lit: 0.7, dark: often}}"),
        ("capture:", "cover: {rain: {of: $rain, bins: osi}, both: {cross: [rain, lamps]}}\ncapture:"),
    )
    assert told == ['6: the weight of "dark" must be a number that is not negative']


@pytest.mark.parametrize(
    ("params", "told"),
    [
        ("  far: $rein\n  lamps:", ['6: there is no parameter $rein; did you mean "rain"?']),
        ("  far: $away\n  away: $far\n  lamps:", ["the parameters go in a circle: $far -> $away -> $far"]),
    ],
)
def test_what_is_covered_by_a_broken_name_is_not_looked_for(
    tmp_path: Path, params: str, told: list[str]
) -> None:
    found = complaints(
        tmp_path, ("capture:", "cover: {far: {of: $far, every: 1 m}}\ncapture:"), ("  lamps:", params)
    )
    assert len(found) == 1 and found[0].endswith(told[0])


def test_settings_with_a_mistake_are_not_taken_for_a_wrong_word(tmp_path: Path) -> None:
    told = complaints(
        tmp_path,
        (
            "traffic: {vehicles: 0..6 /km}",
            "traffic: {vehicles: 0..6 /km, driver: {modle: idm, lane_change: mobile}}",
        ),
    )
    assert told == [
        '34: unknown key "modle"; did you mean "model"?',
        '34: unknown word "mobile" for "lane_change"; did you mean "mobil"?',
    ]


@pytest.mark.parametrize("width", ["1e200 km/h", "1e-200 km/h", "1e-320 km/h", "9999999999999999 km/h"])
def test_bins_of_any_width_are_counted_or_refused(tmp_path: Path, width: str) -> None:
    cover = f"cover: {{speed: {{of: $ego_speed, every: {width}}}}}\ncapture:"
    (told,) = complaints(tmp_path, ("capture:", cover))
    assert told.startswith("35: ") and "bin" in told


def test_a_range_at_the_end_of_all_numbers_has_no_bins(tmp_path: Path) -> None:
    cover = "cover: {far: {of: $far, every: 0.001 mm}}\ncapture:"
    (told,) = complaints(
        tmp_path, ("capture:", cover), ("  lamps:", "  far: {uniform: [1e300 m, 1e301 m]}\n  lamps:")
    )
    assert told.endswith("into bins that can be counted")

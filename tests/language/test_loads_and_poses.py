"""Cargo, balls and lying actors in files: what fits together, and what is said when it does not."""

from pathlib import Path

import pytest

from scenarios import load
from scenarios.errors import StormlaneError
from tests.support.wrong_files import RIG, RIGHT

TRUCK = "  truck:\n    model: {model}\n    start: {{lane: right, s: 60 m{start}}}\n{rest}"


def complaints(folder: Path, actor: str) -> list[str]:
    (folder / "rigs").mkdir(exist_ok=True)
    (folder / "rigs" / "small.yaml").write_text(RIG)
    file = folder / "a.scenario.yaml"
    file.write_text(RIGHT.replace("background:\n", f"{actor}background:\n"))
    try:
        load(file)
    except StormlaneError as error:
        return [line.removeprefix(f"{file}:") for line in str(error).splitlines()]
    return []


def actor(model: str, rest: str = "", start: str = "") -> str:
    return TRUCK.format(model=model, start=start, rest=rest)


CARGO = "    cargo: {items: 2..5, model: {choice: [tyre.truck, mattress]}}\n"


@pytest.mark.parametrize(
    "text",
    [
        actor("truck.flatbed", CARGO + "    do: [{release: {cargo: 2, push: {up: 0.5 m/s}}}]\n"),
        actor("truck.flatbed", "    cargo: {model: box.cardboard, tied: false}\n", ", speed: 30 km/h"),
        actor(
            "ball.football", "    do: [{wait: {for: 1 s}}, {roll: {speed: 2..4 m/s}}]\n", ", facing: across"
        ),
        actor("ball.football", "", ", facing: across, speed: 3 m/s"),
        actor("car.suv", "    lights: [hazard]\n", ", pose: on_roof"),
        actor("bicycle.city", "    do: [{mark: seen}]\n", ", pose: {choice: [on_left_side, on_right_side]}"),
    ],
)
def test_what_belongs_together_is_accepted(tmp_path: Path, text: str) -> None:
    assert complaints(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            actor("truck.box", CARGO),
            '36:5: "cargo" needs a bed, and truck.box has none; those with one: truck.flatbed',
        ),
        (
            actor("truck.flatbed", "    cargo: {model: matress}\n"),
            '36:20: unknown cargo "matress"; did you mean "mattress"?',
        ),
        (
            actor("truck.flatbed", "    do: [{release: {cargo: all}}]\n"),
            '36:11: "release" unties cargo, and truck has none; add cargo: {model: box.cardboard}',
        ),
        (
            actor("car.suv", "    do: [{roll: {speed: 2 m/s}}]\n"),
            '36:11: "roll" is for balls, such as ball.football; car.suv does not roll',
        ),
        (
            actor("box.cardboard", "", ", speed: 2 m/s"),
            "35:35: box.cardboard cannot move by itself; of things only a ball rolls, such as ball.football",
        ),
        (actor("bicycle.city", "", ", pose: on_roof"), '35:41: a bicycle.city cannot lie "on_roof"'),
        (
            actor("car.suv", "    do: [{brake: {at: 3 m/s^2}}]\n", ", pose: on_roof"),
            '36:11: who lies does not move; leave out "brake" or "pose"',
        ),
        (
            actor("car.suv", "", ", pose: on_roof, speed: 3 m/s"),
            '35:50: who lies does not move; leave out "speed" or "pose"',
        ),
        (
            actor("truck.flatbed", "    cargo: {model: ladder}\n", ", pose: on_left_side"),
            '36:5: a truck that lies carries nothing; leave out "cargo" or "pose"',
        ),
    ],
)
def test_what_does_not_is_refused_where_it_stands(tmp_path: Path, text: str, said: str) -> None:
    assert complaints(tmp_path, text) == [said]

"""A scenario in words, and its road from above."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

import scenarios
from scenarios.distributions import Choice, Exponential, LogUniform, Uniform
from scenarios.quantities import Quantity
from scenarios.units import DIMENSIONS
from sim.app.cli import app
from sim.app.explain import likely, middle
from sim.app.sketch import EGO, HUES, sketch
from sim.simulate import simulate
from tests.app.small import write_small

SPEED, RATIO = DIMENSIONS["speed"], DIMENSIONS["ratio"]


def test_everything_an_author_would_ask_is_told(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(path.read_text() + 'require: ["$rain < 12.5 mm/h", "$rain > 1 mm/h"]\n')
    result = CliRunner().invoke(app, ["explain", str(path)])
    assert result.exit_code == 0, result.output
    lines = [line.strip() for line in result.output.splitlines()]
    assert "What can vary (1 random quantities)" in lines
    assert (
        "params.rain  5 mm/h to 20 mm/h, evenly; half within 8.75 mm/h to 16.2 mm/h, median 12.5 mm/h"
        in lines
    )
    assert "ego: car.sedan (car), under test" in lines
    assert "sees with cam_front, lidar_top (small_rig)" in lines
    assert "drives at 30 km/h" in lines
    assert "walks along the road at 5 km/h" in lines
    assert "starts: ahead_of: ego, gap: 15 m, lane: right, speed: 30 km/h" in lines or any(
        line.startswith("starts: lane: right, ahead_of: ego, gap: 15 m") for line in lines
    )
    told = next(line for line in lines if line.startswith("Required of a sample"))
    share = int(told.split("(")[1].split("%")[0])
    assert 35 <= share <= 65  # half of all draws, counted on 200
    assert "$rain > 1 mm/h  (100%)" in lines
    heavy = next(line for line in lines if line.startswith("precipitation: heavy"))
    assert 70 <= int(heavy.split("heavy ")[1].split("%")[0]) <= 90  # (20 - 8.1) / 15 = 79 %


def test_a_distribution_is_told_in_the_authors_unit() -> None:
    fast = Quantity("params.v", "params.v", Uniform(10.0, 20.0), SPEED)
    assert likely(fast, "36..72 km/h").startswith(
        "36 km/h to 72 km/h, evenly; half within 45 km/h to 63 km/h"
    )
    assert likely(fast).startswith("10 m/s to 20 m/s")
    lamps = Quantity("params.lamps", "params.lamps", Choice(("lit", "dark"), (3.0, 1.0)), None)
    assert likely(lamps) == "lit 75%, dark 25%"
    assert likely(Quantity("x", "x", LogUniform(1.0, 100.0), RATIO)).endswith("median 10")
    assert likely(Quantity("x", "x", Exponential(1.0), RATIO)).startswith("98 % within 0.0101 to 4.61")
    ways = Quantity("actors.a.do.0.one_of", "c", Choice(("0.25", "0.75"), (0.25, 0.75)), None)
    assert likely(ways) == "ways 25%, 75%"


def test_the_road_from_above_shows_who_begins_where(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    out = tmp_path / "road.png"
    result = CliRunner().invoke(app, ["explain", str(path), "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert result.output.rstrip().endswith(f"{out}: the road from above")
    image = cv2.imread(str(out))
    assert image is not None and image.shape[1] == 1500

    def place(color: tuple[int, int, int]) -> np.ndarray:
        found = np.argwhere((np.abs(image.astype(int) - color) <= 2).all(-1))
        assert len(found) > 50
        return found.mean(0)

    ego, lead, walker = place(EGO), place(HUES[0]), place(HUES[1])
    assert ego[1] < lead[1]  # ahead is to the right
    assert walker[0] > ego[0] + 20  # the sidewalk of right-hand traffic is below
    trace = simulate(middle(scenarios.load(path)))
    again = sketch(trace, "small_rain", "note")
    assert np.array_equal(again, sketch(trace, "small_rain", "note"))


def test_a_picture_of_no_kind_is_refused_before_any_work(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["explain", str(write_small(tmp_path)), "--out", "road.txt"])
    assert result.exit_code == 2
    assert result.output.strip() == "road.txt: a picture's name ends in .png or .jpg"


@pytest.mark.parametrize("story", sorted(scenarios.catalogue()))
def test_the_middle_sample_lies_in_the_middle(story: str) -> None:
    concrete = middle(scenarios.load(scenarios.catalogue()[story]))
    assert set(concrete.point.values()) == {0.5}


def test_programs_of_traffic_lights_are_told() -> None:
    result = CliRunner().invoke(app, ["explain", "amber_dilemma_wet"])
    lines = [line.strip() for line in result.output.splitlines()]
    assert "then all traffic lights go to clearing" in lines
    at = lines.index("traffic lights all")
    assert lines[at + 1] == "go: green ahead, red across until a step changes it"
    assert lines[at + 2] == "clearing: amber ahead, red across for $amber"
    assert lines[at + 4] == "red ahead, red and amber across for 1 s"

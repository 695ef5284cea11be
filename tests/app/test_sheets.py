"""Contact sheets: every model can be photographed, and what is shown is what a laser would meet."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from renderers import studio
from renderers.assets.registry import BUILDERS, SCENERY
from renderers.loft import box
from renderers.materials import MATERIAL_ID
from scenarios.errors import StormlaneError
from sim.app.cli import app
from sim.app.infrared import SHOWN
from sim.app.sheets import chosen


def test_names_families_and_classes_choose() -> None:
    assert chosen([]) == [*BUILDERS, *SCENERY]
    assert chosen(["child"]) == ["pedestrian.child"]
    assert set(chosen(["car", "plant.linden"])) >= {"car.sedan", "car.suv", "plant.linden"}
    with pytest.raises(
        StormlaneError, match=r"no asset and no class called 'pedestrain'; did you mean pedestrian\?"
    ):
        chosen(["pedestrain"])


def test_a_sheet_holds_a_row_for_each_individual(tmp_path: Path) -> None:
    out = tmp_path / "deep" / "sheet.png"
    result = CliRunner().invoke(
        app, ["assets", "sheet", "prop.cone", "-n", "2", "--tile", "80", "-o", str(out)]
    )
    assert result.exit_code == 0, result.output
    image = cv2.imread(str(out))
    assert image.shape == (2 * (60 + 22), 5 * 80, 3)
    orange = (image[..., 2] > 120) & (image[..., 0] < 80)
    assert orange[22:82].sum() > 100
    assert orange[104:].sum() > 100


def test_a_grid_shows_each_once(tmp_path: Path) -> None:
    out = tmp_path / "grid.png"
    words = [
        "assets",
        "sheet",
        "prop.cone",
        "prop.barrier",
        "--grid",
        "-n",
        "5",
        "--tile",
        "80",
        "-o",
        str(out),
    ]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert cv2.imread(str(out)).shape == (2 * (60 + 16), 8 * 80, 3)


def test_infrared_is_what_comes_straight_back() -> None:
    # A white board whose face looks at the camera sends back its reflectance; turned away by 60 degrees, half of it.
    board = box((0.02, 2.0, 2.0), "plaster_white", "building", centre_m=(0.0, 0.0, 1.0))
    taken = studio.Studio.of(
        studio.of_mesh(board, "board"), [studio.View(0.0, 0.0), studio.View(60.0, 0.0)], size_px=(64, 48)
    )
    assert taken.infrared(0)[24, 32] == pytest.approx(0.78, abs=0.01)
    assert taken.infrared(1)[24, 32] == pytest.approx(0.39, abs=0.02)
    # Behind a pane it is dimmed twice: by what the pane lets through, on both ways.
    pane = box((0.001, 2.0, 2.0), "glass", "building", centre_m=(0.5, 0.0, 1.0))
    both = studio.of_mesh(studio.Mesh.join([board, pane]), "board")
    seen = studio.Studio.of(both, [studio.View(0.0, 0.0)], size_px=(64, 48)).infrared(0)[24, 32]
    assert seen < 0.78 * 0.72**2
    assert seen > 0.1


def test_wrong_words_are_refused_in_one_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        app, ["assets", "sheet", "prop.cone", "--lamps", "blue", "-o", str(tmp_path / "a.png")]
    )
    assert result.exit_code == 2
    assert "choose from lit, braking, hazards, beacon" in result.output
    assert np.all([not path.exists() for path in [tmp_path / "a.png"]])


def test_materials_that_people_ask_about_are_there() -> None:
    """The fur of deer got another name, and was left out of the table without a word."""
    assert [name for name in SHOWN if name not in MATERIAL_ID] == []


def test_a_grid_of_signs_shows_their_plates(tmp_path: Path) -> None:
    """The plates of signs on posts of two metres and more fill their tiles; they were eight pixels wide."""
    out = tmp_path / "signs.png"
    result = CliRunner().invoke(
        app, ["assets", "sheet", "sign.stop", "sign.no_parking_us", "--grid", "--tile", "160", "-o", str(out)]
    )
    assert result.exit_code == 0, result.output
    tiles = cv2.imread(str(out))[:120].astype(int)
    red = tiles[:, :160, 2] - tiles[:, :160, 1] > 60
    assert 0.15 < red.mean() < 0.6
    white = tiles[10:110, 160:].min(axis=2) > 150
    assert 0.1 < white.mean() < 0.6

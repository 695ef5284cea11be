"""`stormlane stats`: pictures of folders and of scenarios beside photographs."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

import scenarios
from renderers.image_statistics import REAL, ImageStatistics
from scenarios.sampling import Spread
from sim.app.cli import app
from sim.app.stats import (
    DARK,
    DAY,
    THICK,
    Frame,
    envelope_of,
    frames_of_folder,
    frames_of_scenarios,
    light_and_air,
    lines_of,
)
from tests.app.small import write_small
from tests.support.small_stage import weather


def write_pictures(folder: Path, count: int, contrast: float = 40.0) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for k in range(count):
        random = np.random.default_rng(k)
        rough = cv2.GaussianBlur(random.normal(0.0, 1.0, (96, 128, 3)), (0, 0), 3.0 + k % 3)
        picture = np.clip(
            110.0 + contrast * rough / rough.std() + random.normal(0.0, 1.0, rough.shape), 0, 255
        )
        assert cv2.imwrite(str(folder / f"{k:02d}.png"), picture.astype(np.uint8))


def test_a_folder_is_read_without_its_masks(tmp_path: Path) -> None:
    write_pictures(tmp_path / "images", 3)
    assert cv2.imwrite(str(tmp_path / "mask.png"), np.zeros((96, 128), np.uint8))
    assert cv2.imwrite(str(tmp_path / "depth.png"), np.zeros((96, 128, 3), np.uint16))
    (tmp_path / "broken.png").write_bytes(b"")
    found = frames_of_folder(tmp_path)
    assert [frame.name for frame in found] == [f"images/{k:02d}.png" for k in range(3)]
    picture = cv2.cvtColor(cv2.imread(str(tmp_path / "images" / "00.png")), cv2.COLOR_BGR2RGB)
    assert found[0].statistics == ImageStatistics.of(np.asarray(picture, np.uint8))


def test_photographs_of_ones_own_are_the_envelope(tmp_path: Path) -> None:
    write_pictures(tmp_path / "own", 6)
    write_pictures(tmp_path / "dull", 2, contrast=2.0)
    command = ["stats", str(tmp_path / "own"), "--against", str(tmp_path / "own"), "--fail-under", "100"]
    good = CliRunner().invoke(app, command)
    assert good.exit_code == 0, good.output
    assert "inside in all that is marked *: 100.0% of the frames" in good.output
    command[1] = str(tmp_path / "dull")
    bad = CliRunner().invoke(app, command)
    assert bad.exit_code == 1
    assert "furthest outside:" in bad.output
    assert "01.png" in bad.output
    told = json.loads(CliRunner().invoke(app, [*command, "--json"]).output)
    assert told["inside"] == 0.0
    assert all("spectrum_slope" in frame["outside"] for frame in told["frames"])


def test_mistakes_are_told(tmp_path: Path) -> None:
    write_pictures(tmp_path / "few", 2)
    few = CliRunner().invoke(app, ["stats", str(tmp_path / "few"), "--against", str(tmp_path / "few")])
    assert few.exit_code == 2
    assert "too few for an envelope" in few.output
    (tmp_path / "none").mkdir()
    none = CliRunner().invoke(app, ["stats", str(tmp_path / "none")])
    assert none.exit_code == 2
    assert "no pictures in there" in none.output


def test_nothing_named_is_the_whole_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def rendered(paths: list[Path], *_: object) -> list[Frame]:
        asked.extend(paths)
        return [Frame("a", ImageStatistics(*(1.0,) * 8))]

    monkeypatch.setattr("sim.app.stats.frames_of_scenarios", rendered)
    assert CliRunner().invoke(app, ["stats"]).exit_code == 0
    assert asked == list(scenarios.catalogue().values())


def test_frames_are_told_apart_by_light_and_air() -> None:
    noon = weather(sun_elevation_rad=0.8, sun_illuminance_lx=8e4, sky_illuminance_lx=1.2e4)
    low = replace(noon, sun_elevation_rad=0.02, sun_illuminance_lx=9e3, sky_illuminance_lx=1e3)
    night = replace(noon, sun_elevation_rad=-0.4, sun_illuminance_lx=0.0, sky_illuminance_lx=0.01)
    fog = replace(noon, fog_extinction_per_m=0.03)
    assert [light_and_air(state) for state in (noon, low, night, fog)] == [DAY, DAY, DARK, THICK]
    assert light_and_air(replace(fog, sky_illuminance_lx=0.0, sun_illuminance_lx=0.0)) == THICK
    like = {name: 0.5 * (low + high) for name, (low, high) in REAL.items()}
    good, flat = ImageStatistics(**like), ImageStatistics(**{**like, "gradient_kurtosis": 90.0})
    frames = [Frame("a", good, DAY), Frame("b", good, DAY), Frame("c", good, DARK), Frame("d", flat, DARK)]
    table = {line[:26].strip(): line[26:].split() for line in lines_of(frames, REAL, 13)}
    assert table["by day (2)"] == ["100.0%"] * 5
    assert table["dusk and night (2)"] == ["100.0%", "50.0%", "100.0%", "100.0%", "50.0%"]
    assert not any("by day" in line for line in lines_of(frames[:2], REAL, 13))


def test_the_whole_is_outside_where_a_median_or_a_mean_is() -> None:
    like = {name: 0.5 * (low + high) for name, (low, high) in REAL.items()}
    good, flat = ImageStatistics(**like), ImageStatistics(**{**like, "gradient_kurtosis": 90.0})

    def told(*kinds: ImageStatistics) -> str:
        lines = lines_of([Frame(str(k), kind) for k, kind in enumerate(kinds)], REAL, 13)
        return next(line for line in lines if line.startswith("on the whole"))

    assert told(good, good, good, good, flat).endswith("inside in all that is marked *")  # mean 43.2
    assert told(good, good, good, flat).endswith("outside in kurtosis of gradients")  # mean 46.1
    assert told(flat, flat, good).endswith("outside in kurtosis of gradients")


def test_scenarios_are_rendered_the_same_by_any_number_of_workers(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    spread = Spread("random", 2, 1)
    alone = frames_of_scenarios([path], spread, frames=2, workers=1)
    assert len(alone) == 4
    assert len({frame.name for frame in alone}) == 4
    assert alone == frames_of_scenarios([path], spread, frames=2, workers=2)
    table = list(lines_of(alone, REAL, 13, each=True))
    assert table[0].startswith("4 frames")
    assert any("further photographs" in line and "86%" in line and "of 13" in line for line in table)
    assert [line.split(":")[0].strip() for line in table[-4:]] == [frame.name for frame in alone]


def test_samples_that_are_not_valid_are_told(tmp_path: Path) -> None:
    path = write_small(tmp_path)
    path.write_text(path.read_text() + 'valid: ["max(speed(ego)) > 300 km/h"]\n')
    heard: list[str] = []
    assert frames_of_scenarios([path], Spread("random", 1, 1), workers=1, tell=heard.append) == []
    assert heard == ["1 of 1 samples left out: not valid, or without a camera"]


def test_the_published_envelope_is_the_default() -> None:
    assert envelope_of(None) == (REAL, 13)


@pytest.mark.parametrize("words", [["--samples", "0"], ["--frames", "0"]])
def test_numbers_are_checked(words: list[str], tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["stats", str(tmp_path), *words]).exit_code == 2

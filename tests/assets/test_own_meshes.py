"""Meshes of one's own: read, turned, fitted, checked, locked, and used like any model."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from typer.testing import CliRunner

import scenarios
from renderers.assets import build
from renderers.assets.fittings import extents
from renderers.assets.imported import build_own, check, contents
from renderers.loft import signed_volume
from renderers.materials import MATERIAL_ID
from renderers.stage import Stage
from scenarios import lock, own_assets
from scenarios.errors import ScenarioErrors
from scenarios.json_schema import asset_schema
from scenarios.own_assets import load_asset
from sim.app.cli import app
from sim.simulate import simulate
from tests.assets.own_meshes import ASSET, OBJ, glb

SCENARIO = """\
scenario: with_toy
assets: [toy.asset.yaml]
world:
  clock: {sun: {elevation: 30 deg, azimuth: 90 deg}}
  road: {preset: country_road, length: 150 m, surroundings: bare}
actors:
  ego: {model: car.sedan, start: {lane: right, s: 20 m, speed: 30 km/h}, do: [{drive: {speed: 30 km/h}}]}
  toy: {model: own.toy, start: {lane: right, ahead_of: ego, gap: 15 m, speed: 30 km/h}, do: [{drive: {speed: 30 km/h}}]}
capture: {duration: 0.5 s, rate: 10 Hz}
"""


@pytest.fixture(autouse=True)
def _unknown() -> Iterator[None]:
    """Every test leaves the models as it found them."""
    yield
    for model in list(own_assets.OWN):
        del own_assets.OWN[model], scenarios.bodies.BODIES[model]


def written(folder: Path, asset: str = ASSET, unit: float = 1.0) -> Path:
    (folder / "toy.glb").write_bytes(glb(unit))
    path = folder / "toy.asset.yaml"
    path.write_text(asset)
    return path


@pytest.mark.parametrize("unit", [1.0, 0.01])
def test_a_mesh_is_turned_and_fitted_whatever_its_axes_and_units(tmp_path: Path, unit: float) -> None:
    asset = build_own(load_asset(written(tmp_path, unit=unit)), (4.0, 1.8, 1.5))
    low, high = extents(asset)
    assert low == pytest.approx((-2.0, -0.9, 0.0), abs=1e-5)
    assert high == pytest.approx((2.0, 0.9, 1.5), abs=1e-5)
    by_name = {part.name: part for part in asset.parts}
    assert by_name["wheel_front_left"].pivot_m == pytest.approx((1.2, 0.8, 0.3), abs=1e-4)
    assert by_name["wheel_front_left"].joint == "steered_wheel"
    assert by_name["wheel_rear_right"].joint == "wheel"
    assert by_name["wheel_rear_right"].radius_m == pytest.approx(0.3, abs=1e-4)
    body = by_name["body"].mesh
    assert signed_volume(body) == pytest.approx(
        4.0 * 1.8 * 0.7 + 2.0 * 1.5 * 0.5, rel=1e-4
    )  # faces look outwards
    assert set(body.material) == {MATERIAL_ID["car_paint"], MATERIAL_ID["glass"]}
    assert asset.tints[0] == (1.0, 0.0, 0.0)


def test_names_of_an_obj_are_kept_without_its_material_file() -> None:
    held = contents(OBJ, ".obj")
    assert set(held.materials) == {"Old Wood", "Paint.001"}
    assert held.triangles == 12
    assert held.size("x", "z") == pytest.approx((2.0, 0.2, 0.05))


def test_a_scenario_drives_it_and_a_lock_carries_it(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "toy.scenario.yaml"
    path.write_text(SCENARIO)
    concrete = scenarios.resolve(scenarios.load(path), 0, 0)
    assert [asset.model for asset in concrete.assets] == ["own.toy"]
    text = lock.dump(concrete)
    del own_assets.OWN["own.toy"], scenarios.bodies.BODIES["own.toy"]
    (tmp_path / "toy.glb").unlink()
    again = lock.load(text)
    assert again == concrete
    assert lock.dump(again) == text
    trace = simulate(again)
    toy = trace.actors[trace.index("toy")]
    assert (toy.actor_class, toy.size_m) == ("car", (4.0, 1.8, 1.5))
    stage = Stage(trace)
    parts = {part.name for part in stage.assets[trace.index("toy")].parts}
    assert parts == {"body", "wheel_front_left", "wheel_front_right", "wheel_rear_left", "wheel_rear_right"}
    # Its wheels roll with the way that it drives.
    turned = trace.wheel_rad[-1, trace.index("toy")] - trace.wheel_rad[0, trace.index("toy")]
    driven = np.linalg.norm(
        trace.position_m[-1, trace.index("toy")] - trace.position_m[0, trace.index("toy")]
    )
    assert turned * 0.3 == pytest.approx(driven, rel=0.02)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("class: car", "class: cra", 'toy.asset.yaml:3:8: unknown class "cra"; did you mean "cat"?'),
        ("up: y", "up: z", "toy.asset.yaml:6:5: up (z) and forward (z) lie on one axis"),
        ("toy.glb", "tyo.glb", 'toy.asset.yaml:2:7: there is no mesh "tyo.glb" beside the scenario'),
        ("'#ff0000'", "red", 'toy.asset.yaml:12:13: "red" is not a colour; write it as "#a01c1c"'),
        ("mass: 1200 kg", "mass: 1000..1200 kg", "toy.asset.yaml:13:7: a model is the same in every sample"),
        ("4 m", "4 kg", "toy.asset.yaml:4:16:"),
        ("joint: wheel}", "joint: weel}", "toy.asset.yaml:10:25:"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    path = written(tmp_path, ASSET.replace(right, wrong))
    with pytest.raises(ScenarioErrors) as caught:
        load_asset(path)
    assert any(f"{tmp_path}/{told}" in str(error) for error in caught.value.errors), str(caught.value)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "car_paint",
            "car_pain",
            'materials.Paint: there is no material "car_pain"; did you mean "car_paint"?',
        ),
        ("Paint:", "Pant:", 'materials: nothing in the mesh is called "Pant"; it has Paint, GlassDark, Tyre'),
        (", '*': rubber", "", 'materials: "Tyre" of the mesh has none; add it, or "*" for all others'),
        ("wheel_rear_*", "rear_wheel_*", 'parts: nothing in the mesh is called "rear_wheel_*"; it has'),
        ("length: 4 m", "length: 5 m", "the mesh is 5 x 2.25 x 1.88 m when it is as long"),
    ],
)
def test_what_does_not_fit_the_mesh_is_told(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    asset = load_asset(written(tmp_path, ASSET.replace(right, wrong)))
    with pytest.raises(ScenarioErrors) as caught:
        check(asset)
    assert told in str(caught.value)


def test_vehicles_need_axles_and_two_models_two_names(tmp_path: Path) -> None:
    without = "\n".join(line for line in ASSET.splitlines() if not line.startswith("axles"))
    with pytest.raises(ScenarioErrors, match="a car drives and needs its axles"):
        load_asset(written(tmp_path, without))
    own_assets.enter([load_asset(written(tmp_path))])
    own_assets.enter([load_asset(written(tmp_path))])  # the same once more is no harm
    with pytest.raises(ScenarioErrors, match=r"own.toy is already that of .*; give it another name"):
        own_assets.enter([load_asset(written(tmp_path, ASSET.replace("1200", "1300")))])


def test_installed_packages_bring_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path)
    entry = type("Entry", (), {"name": "toys", "load": lambda self: lambda: [path]})()
    monkeypatch.setattr(
        own_assets, "entry_points", lambda group: [entry] if group == "stormlane.assets" else []
    )
    (tmp_path / "elsewhere").mkdir()
    scenario = tmp_path / "elsewhere" / "a.scenario.yaml"
    scenario.write_text(SCENARIO.replace("assets: [toy.asset.yaml]\n", ""))
    assert [asset.model for asset in scenarios.load(scenario).assets] == ["own.toy"]
    scenario.write_text(scenario.read_text().replace("own.toy", "own.tyo"))
    with pytest.raises(ScenarioErrors, match=r'unknown model "own\.tyo"; did you mean "own\.toy"'):
        scenarios.load(scenario)


def test_a_draft_of_an_asset_file_is_right_at_once(tmp_path: Path) -> None:
    (tmp_path / "My Toy.glb").write_bytes(glb(unit=0.01))
    run = CliRunner().invoke(app, ["assets", "import", str(tmp_path / "My Toy.glb"), "--class", "car"])
    assert run.exit_code == 0, run.output
    asset = load_asset(tmp_path / "My Toy.asset.yaml")
    words = asset.words
    assert (words.size.length_m, words.size.width_m, words.size.height_m) == pytest.approx((4.0, 1.8, 1.5))
    assert words.materials == {"Paint": "car_paint", "GlassDark": "glass", "Tyre": "rubber"}
    assert words.parts["wheel_front_left"].joint == "steered_wheel"
    assert words.parts["wheel_rear_left"].joint == "wheel"
    assert words.axles is not None
    assert words.axles.wheelbase_m == pytest.approx(2.4)
    assert words.axles.front_overhang_m == pytest.approx(0.8)
    assert "material GlassDark: glass, 12 triangles" in run.output
    again = CliRunner().invoke(app, ["assets", "import", str(tmp_path / "My Toy.glb"), "--class", "car"])
    assert again.exit_code == 2
    assert "exists already" in again.output


def test_checking_a_scenario_checks_its_meshes(tmp_path: Path) -> None:
    written(tmp_path, ASSET.replace("car_paint", "car_pain"))
    path = tmp_path / "toy.scenario.yaml"
    path.write_text(SCENARIO)
    for words in (["check", str(path)], ["render", str(path), "--out", str(tmp_path / "out")]):
        run = CliRunner().invoke(app, words)
        assert run.exit_code == 2
        assert 'toy.asset.yaml: materials.Paint: there is no material "car_pain"' in run.output


def test_a_package_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(self: object) -> None:
        raise ImportError("no module named toybox")

    entry = type("Entry", (), {"name": "toys", "value": "toys:models", "load": load})()
    monkeypatch.setattr(own_assets, "entry_points", lambda group: [entry])
    path = tmp_path / "a.scenario.yaml"
    path.write_text(SCENARIO.replace("assets: [toy.asset.yaml]\n", ""))
    with pytest.raises(
        ScenarioErrors, match="brings models as toys:models cannot be used: no module named toybox"
    ):
        scenarios.load(path)


def test_a_draft_keeps_names_that_yaml_would_trip_over(tmp_path: Path) -> None:
    (tmp_path / "plank.obj").write_bytes(OBJ.replace(b"Old Wood", b"Bob's: wood"))
    run = CliRunner().invoke(app, ["assets", "import", str(tmp_path / "plank.obj")])
    assert run.exit_code == 0, run.output
    assert "Bob's: wood" in load_asset(tmp_path / "plank.asset.yaml").words.materials


def test_junk_is_refused_without_a_traceback(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "toy.glb").write_bytes(b"junk")
    run = CliRunner().invoke(app, ["assets", "check", str(path)])
    assert run.exit_code == 2
    assert "mesh toy.glb: it cannot be read as glb" in run.output


def test_the_schema_knows_the_words() -> None:
    from ruamel.yaml import YAML

    schema = asset_schema()
    data = YAML(typ="safe").load(ASSET)
    jsonschema.validate(data, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, "clas": "car"}, schema)
    json.dumps(schema)


def test_the_model_is_built_like_any_other(tmp_path: Path) -> None:
    own_assets.enter([load_asset(written(tmp_path))])
    assert build("own.toy", 3, (4.0, 1.8, 1.5)).model == "own.toy"

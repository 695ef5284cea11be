"""A twin is the same sample in other weather: every label plane alike to the byte, every picture another."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from labelers.records import Box2D, Cuboid, Sample
from renderers.stage import Stage
from scenarios import Family, lock, resolve
from scenarios.errors import StormlaneError
from scenarios.resolved import Concrete
from scenarios.sampling import Spread
from sim.app.batch import render_batch
from sim.app.check import check_file
from sim.app.clip import render_sample
from sim.simulate import simulate
from sim.store import load as load_trace
from sim.store import save
from sim.trace import Lamp, WorldTrace
from sim.verdict import judge
from tests.app.small import SCENARIO, write_small
from tests.app.test_batch import tree

# The base is a winter's day on snow, its twins a summer noon and a night: seasons, grip and lamps would all differ.
VARIANTS = """\
variants:
  clear:
    twin: true
    set:
      world.weather: [{clouds: 1 okta, air: 24 degC}]
      world.surface: {state: dry}
      world.clock: {sun: {elevation: 55 deg, azimuth: 120 deg}}
  night:
    twin: true
    set: {world.weather: heavy_rain, world.clock.sun.elevation: -20 deg}
  night_unlit:
    twin: true
    lamps: base
    set: {world.clock.sun.elevation: -20 deg}
  slow:
    set: {actors.ego.start.speed: 10 km/h}
"""


def winter(folder: Path) -> Path:
    path = write_small(folder)
    text = SCENARIO.replace("[{rain: $rain, clouds: 6 okta, air: 8 degC}]", "snowfall")
    assert "weather: snowfall" in text
    text = text.replace("duration: 0.3 s", "duration: 0.2 s").replace(
        "do: [{drive: {speed: 30 km/h}}]\n  lead", "do: [{brake: {at: 9 m/s^2}}]\n  lead"
    )
    path.write_text(text + VARIANTS)
    return path


@pytest.fixture(scope="module")
def members(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Concrete]:
    path = winter(tmp_path_factory.mktemp("twins"))
    return {file.variant: resolve(file, 3, 1) for file in Family.load(path).members(["all"])}


@pytest.fixture(scope="module")
def traces(members: dict[str, Concrete]) -> dict[str, WorldTrace]:
    return {name: simulate(concrete) for name, concrete in members.items()}


def sample(trace: WorldTrace) -> Sample:
    return render_sample(Stage(trace), trace.concrete.clip_id, 1, 200_000_000)


MOVING = (
    "time_ns", "position_m", "rotation_rad", "velocity_mps", "yaw_rate_radps", "speed_mps", "acceleration_mps2",
    "steer_rad", "wheel_rad", "gait", "gait_phase", "present",
)  # fmt: skip


def test_everything_moves_in_a_twin_as_in_its_base(traces: dict[str, WorldTrace]) -> None:
    for name in ("clear", "night", "night_unlit"):
        assert traces[name].actors == traces[""].actors
        assert traces[name].events == traces[""].events
        for array in MOVING:
            assert getattr(traces[name], array).tobytes() == getattr(traces[""], array).tobytes()


def test_the_weather_of_the_base_alone_decides_how_well_tyres_hold(
    traces: dict[str, WorldTrace], members: dict[str, Concrete]
) -> None:
    grip = {name: trace.weather.at(0).friction for name, trace in traces.items()}
    assert grip[""] < 0.4
    assert grip["clear"] > 0.7
    # Simulated in its own weather the ego would stop sooner: that would be another sample.
    dry = members["clear"].scenario
    alone = simulate(Concrete(dry, members[""].rig, 3, 1, {}, {}))
    ego = alone.index("ego")
    assert alone.speed_mps[-1, ego] < traces["clear"].speed_mps[-1, ego] - 0.3


def test_lamps_follow_a_twins_own_light_unless_it_says_otherwise(traces: dict[str, WorldTrace]) -> None:
    column = traces[""].index("lead")
    lit = {name: int(trace.lamps[0, column]) for name, trace in traces.items()}
    assert lit["clear"] & Lamp.HEAD_DAYTIME and not lit["clear"] & Lamp.LOW_BEAM
    assert lit["night"] & Lamp.LOW_BEAM
    assert lit["night_unlit"] == lit[""]


def test_a_twin_is_valid_when_its_base_is(traces: dict[str, WorldTrace]) -> None:
    for clause, held in (("max(rain()) < 0.1 mm/h", True), ("max(rain()) > 5 mm/h", False)):
        for name in ("", "night"):
            trace = traces[name]
            scenario = trace.concrete.scenario.model_copy(update={"valid": [clause]})
            asked = replace(trace, concrete=replace(trace.concrete, scenario=scenario))
            assert judge(asked).accepted is held, f"{clause} in {name}"
    assert traces["night"].weather.states[0].rain_mm_per_h > 5.0


def test_another_variant_is_simulated_anew(traces: dict[str, WorldTrace]) -> None:
    assert traces["slow"].speed_mps[0, 0] == pytest.approx(10 / 3.6)


def of_any_weather(box: Box2D) -> Box2D:
    """A box without what weather does to its picture."""
    return replace(box, transmittance=1.0, contrast=0.0, detectable=False)


def test_labels_of_a_twin_are_alike_to_the_byte_and_pictures_are_not(traces: dict[str, WorldTrace]) -> None:
    base = sample(traces[""])
    for name in ("clear", "night"):
        twin = sample(traces[name])
        one, other = base.cameras["cam_front"], twin.cameras["cam_front"]
        for plane in ("instance", "semantic", "depth_m"):
            assert np.unique(getattr(one, plane)).size > 2
            assert getattr(one, plane).tobytes() == getattr(other, plane).tobytes(), f"{plane} of {name}"
        assert np.abs(one.image.astype(float) - other.image).mean() > 5.0
        assert base.world_from_ego.tobytes() == twin.world_from_ego.tobytes()
        assert len(base.labels.cuboids) >= 2
        assert [geometry(c) for c in base.labels.cuboids] == [geometry(c) for c in twin.labels.cuboids]
        boxes, theirs = base.labels.boxes["cam_front"], twin.labels.boxes["cam_front"]
        assert [of_any_weather(box) for box in boxes] == [of_any_weather(box) for box in theirs]


def geometry(cuboid: Cuboid) -> str:
    """All that a cuboid says but how many lidar points the weather left in it."""
    return repr([getattr(cuboid, f.name) for f in fields(cuboid) if f.name != "lidar_points"])


def test_a_twin_comes_back_from_its_lock_and_its_trace(
    traces: dict[str, WorldTrace], members: dict[str, Concrete], tmp_path: Path
) -> None:
    again = simulate(lock.load(lock.dump(members["night"])))
    assert again.position_m.tobytes() == traces["night"].position_m.tobytes()
    assert again.lamps.tobytes() == traces["night"].lamps.tobytes()
    save(traces["night"], tmp_path / "night.trace")
    stored = load_trace(tmp_path / "night.trace")
    assert stored.concrete == traces["night"].concrete
    assert stored.weather.states == traces["night"].weather.states


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("variants")
    path = winter(folder / "scenario")
    assert batch([path], folder / "one", ["base", "clear"], workers=1)
    return path, folder / "one", tree(folder / "one")


def batch(paths: list[Path], root: Path, variants: list[str], workers: int = 1) -> bool:
    return render_batch(
        paths, root, samples=1, seed=2, workers=workers, format_name="native", variants=variants, quiet=True
    )


def test_base_and_variants_render_in_one_run_with_any_workers(
    rendered: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    path, _, files = rendered
    done = [name for name in files if name.startswith(".stormlane/done/")]
    assert done == [
        ".stormlane/done/small_rain-0002-0000-clear.json",
        ".stormlane/done/small_rain-0002-0000.json",
    ]
    assert batch([path], tmp_path / "two", ["base", "clear"], workers=2)
    assert tree(tmp_path / "two") == files


def test_variants_can_be_added_to_a_dataset_and_continued(
    rendered: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    path, _, files = rendered
    assert batch([path], tmp_path / "d", [])
    assert batch([path], tmp_path / "d", ["clear"])
    (tmp_path / "d/.stormlane/done/small_rain-0002-0000-clear.json").unlink()
    assert batch([path], tmp_path / "d", ["base", "clear"])
    assert tree(tmp_path / "d") == files


def test_the_lock_of_a_twin_renders_the_same_bytes(
    rendered: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    _, root, files = rendered
    locks = [root / f".stormlane/locks/small_rain-0002-0000{end}.lock.yaml" for end in ("", "-clear")]
    assert batch(locks, tmp_path / "again", [])
    assert tree(tmp_path / "again") == files


def test_a_comment_more_renders_nothing_again(
    rendered: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    path = winter(tmp_path / "scenario")
    assert batch([path], tmp_path / "d", [])
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "d").rglob("*.jpg")}
    path.write_text("# a remark\n" + path.read_text())
    assert batch([path], tmp_path / "d", [])
    assert before and {p: p.stat().st_mtime_ns for p in (tmp_path / "d").rglob("*.jpg")} == before


def test_a_lock_of_another_engine_is_rendered_and_said(
    rendered: tuple[Path, Path, dict[str, str]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from sim.app.batch import _jobs

    _, root, _ = rendered
    kept = lock.load((root / ".stormlane/locks/small_rain-0002-0000.lock.yaml").read_text())
    (tmp_path / "old.lock.yaml").write_text(lock.dump(replace(kept, engine="0.0.1+older")))
    notes: list[str] = []
    (job,) = _jobs([tmp_path / "old.lock.yaml"], tmp_path / "d", 1, 0, "native", (), (), notes)
    assert job.lock_text == (root / ".stormlane/locks/small_rain-0002-0000.lock.yaml").read_text()
    (note,) = notes
    assert note.startswith(f"{tmp_path}/old.lock.yaml: made with engine 0.0.1+older; this is ")


def test_a_lock_has_no_variants_to_choose(
    rendered: tuple[Path, Path, dict[str, str]], tmp_path: Path
) -> None:
    kept = rendered[1] / ".stormlane/locks/small_rain-0002-0000.lock.yaml"
    with pytest.raises(StormlaneError, match="one finished sample; --variant is for scenario files"):
        batch([kept], tmp_path / "d", ["clear"])


def test_check_looks_at_every_variant(tmp_path: Path) -> None:
    path = winter(tmp_path)
    lines = list(check_file(path, Spread(), (), simulate_too=True, variants=["all"]))
    assert [line.split(":")[0] for line in lines] == [
        f"ok {path} sample 0{name}" for name in ("", " clear", " night", " night_unlit", " slow")
    ]

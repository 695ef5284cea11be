"""`stormlane verify` says what holds, finds what was spoilt on the disk, and shows it."""

import json
import shutil
from pathlib import Path

import cv2
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from labelers.writers.files import arrow_bytes
from sim.app.batch import render_batch
from sim.app.cli import app
from sim.app.dataset import DatasetFolder
from sim.app.verify import ALL_RULES, verify
from tests.app.small import write_small

OTHERS = """\
radars: {radar_front: {model: long_range, mount: {x: 2.3 m, z: 0.5 m}}}
imus: {imu: {mount: {z: 0.4 m}}}
gnss: {gps: {mount: {z: 1.5 m}}}
"""


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    path = write_small(folder / "scenario")
    with (folder / "scenario" / "rig.yaml").open("a", encoding="utf-8") as rig:
        rig.write(OTHERS)
    root = folder / "native"
    # A crossing has signs.
    words = (
        "capture.also=[flow, flow_3d, birdseye, free_space, occupancy, scene_flow]",
        "world.road.crossings=[60 m]",
    )
    assert render_batch(
        [path], root, samples=2, seed=5, workers=1, format_name="native", quiet=True, overrides=words
    )
    return root


@pytest.fixture
def spoilt(right: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(right, tmp_path / "native"))


def own(root: Path, clip_id: str, path: Path) -> None:
    """Note a changed file as the one that was written, as a faulty writer would."""
    folder = DatasetFolder(root)
    record = folder.record(clip_id)
    assert record is not None
    written = [root / name for name in record["files"]]
    assert path in written
    folder.keep(clip_id, record["job"], written, record["fragment"], record["tally"])


def test_all_rules_look_at_something_and_hold(right: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(right), "-w", "1"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert f"{right}: 2 clips, 6 samples" in lines
    for rule in ALL_RULES:
        (line,) = [line for line in lines if line[16:33] == f"{rule:<16} " and "holds" in line]
        assert "(0 " not in line
    assert not (right / ".stormlane/verify").exists()


def test_two_workers_find_the_same(right: Path) -> None:
    assert verify(right, workers=1, quiet=True) == verify(right, workers=2, quiet=True)


def test_labels_that_are_wrong_are_named_and_shown(spoilt: Path) -> None:
    clip_id = DatasetFolder(spoilt).clip_ids()[1]
    path = spoilt / "clips" / clip_id / "cuboids.parquet"
    table = pq.read_table(path)
    column = table.schema.get_field_index("yaw_rad")
    yaws = [yaw + 3.141592653589793 for yaw in table["yaw_rad"].to_pylist()]
    path.write_bytes(arrow_bytes(table.set_column(column, "yaw_rad", [yaws])))
    own(spoilt, clip_id, path)

    done = CliRunner().invoke(app, ["verify", str(spoilt), "-w", "1"])
    assert done.exit_code == 1
    assert "BROKEN" in done.output and "is turned by 180.000 degrees" in done.output
    assert f"{clip_id}/000000" in done.output
    pictures = sorted((spoilt / ".stormlane/verify").glob("*.png"))
    assert [path.name for path in pictures] == [f"{clip_id}-{index:06d}.png" for index in (0, 1)]
    assert cv2.imread(str(pictures[0])) is not None

    told = json.loads(CliRunner().invoke(app, ["verify", str(spoilt), "-w", "1", "--json"]).output)
    assert told["rules"]["world"]["violations"] > 0
    assert told["rules"]["files"]["violations"] == 0
    assert {v["place"].split("/")[0] for v in told["violations"]} == {clip_id}


def test_files_that_changed_vanished_or_broke_are_named(spoilt: Path) -> None:
    first, second = DatasetFolder(spoilt).clip_ids()
    image = next((spoilt / "clips" / first / "image").rglob("*.jpg"))
    image.write_bytes(image.read_bytes() + b"x")
    plane = next((spoilt / "clips" / second / "depth").rglob("*.zst"))
    plane.write_bytes(plane.read_bytes()[:40])
    sweep = next((spoilt / "clips" / second / "points").rglob("*.parquet"))
    sweep.unlink()
    facts = {v.fact.split(":")[0] for v in verify(spoilt, workers=1, quiet=True).violations}
    assert f"{image.relative_to(spoilt).as_posix()} is not the file that was written" in facts
    assert f"{plane.relative_to(spoilt).as_posix()} is not the file that was written" in facts
    assert f"{sweep.relative_to(spoilt).as_posix()} is missing" in facts
    assert any(fact.startswith("cannot be read after") for fact in facts)


def test_what_is_no_native_dataset_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(tmp_path)])
    assert done.exit_code == 2
    assert "is not a dataset of ours" in " ".join(done.output.split())

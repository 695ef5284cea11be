"""Converting a native dataset gives what rendering in the other format gives."""

import hashlib
import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from scenarios.errors import StormlaneError
from sim.app.batch import render_batch
from sim.app.cli import app
from sim.app.convert import convert
from tests.app.small import write_small

SPLITS = (("train", 0.5), ("val", 0.5))


def tree(root: Path) -> dict[str, str]:
    """sha256 of every file below `root` but the clips' records, which know how they were made."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    names = {path.relative_to(root).as_posix(): path for path in files}
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in names.items()
        if not name.startswith(".stormlane/done/") and name != ".stormlane/format"
    }


def render(path: Path, root: Path, form: str, samples: int = 2, *overrides: str) -> Path:
    assert render_batch(
        [path],
        root,
        samples=samples,
        seed=5,
        workers=1,
        format_name=form,
        quiet=True,
        splits=SPLITS,
        overrides=overrides,
    )
    return root


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("convert")
    path = write_small(folder / "scenario")
    return path, render(path, folder / "native", "native")


@pytest.mark.parametrize("form", ["native", "nuscenes", "coco", "waymo", "mcap", "osi"])
def test_a_converted_dataset_is_the_rendered_one(
    native: tuple[Path, Path], tmp_path: Path, form: str
) -> None:
    path, source = native
    assert convert(source, tmp_path / "converted", form, workers=1, quiet=True)
    made = tree(tmp_path / "converted")
    assert any(name.endswith((".jpg", "camera_image.parquet", ".mcap", ".osi")) for name in made)
    assert made == tree(render(path, tmp_path / "rendered", form))


@pytest.mark.parametrize(
    ("form", "folder"), [("kitti", "training/image_2"), ("kitti_raw", "*/*_sync/image_02/data")]
)
def test_kitti_s_lossless_pictures_are_the_decoded_ones(
    native: tuple[Path, Path], tmp_path: Path, form: str, folder: str
) -> None:
    path, source = native
    assert convert(source, tmp_path / "converted", form, workers=1, quiet=True)
    made, wanted = tree(tmp_path / "converted"), tree(render(path, tmp_path / "rendered", form))
    assert made.keys() == wanted.keys()
    different = {name for name in made if made[name] != wanted[name]}
    assert different == {name for name in made if name.endswith(".png")} != set()
    pictures = sorted((source / "clips").glob("*/image/cam_front/*.jpg"))
    copies = sorted((tmp_path / "converted").glob(f"{folder}/*.png"))
    assert len(pictures) == len(copies) == 6
    for picture, copy in zip(pictures, copies, strict=True):
        assert np.array_equal(cv2.imread(str(picture)), cv2.imread(str(copy)))


def test_two_workers_convert_to_the_same_bytes(native: tuple[Path, Path], tmp_path: Path) -> None:
    for workers in (1, 2):
        assert convert(native[1], tmp_path / str(workers), "coco", workers=workers, quiet=True)
    assert tree(tmp_path / "1") == tree(tmp_path / "2")


def test_only_new_clips_are_converted_again(native: tuple[Path, Path], tmp_path: Path) -> None:
    path, _ = native
    source, root = tmp_path / "native", tmp_path / "coco"
    render(path, source, "native", 1)
    assert convert(source, root, "coco", workers=1, quiet=True)
    before = {file: file.stat().st_mtime_ns for file in root.rglob("*.jpg")}
    render(path, source, "native", 2)
    assert convert(source, root, "coco", workers=1, quiet=True)
    after = {file: file.stat().st_mtime_ns for file in root.rglob("*.jpg")}
    assert len(before) == 3 and len(after) == 6
    assert before.items() <= after.items()
    assert tree(root) == tree(render(path, tmp_path / "rendered", "coco"))


def test_what_a_format_is_made_of_must_be_there(native: tuple[Path, Path], tmp_path: Path) -> None:
    path, _ = native
    source = render(path, tmp_path / "native", "native", 1, "capture.outputs=[camera, boxes2d]")
    with pytest.raises(
        StormlaneError, match="captured without boxes3d, instance, semantic, which coco is made of"
    ):
        convert(source, tmp_path / "coco", "coco", workers=1, quiet=True)
    assert not (tmp_path / "coco").exists()
    assert convert(source, tmp_path / "again", "native", workers=1, quiet=True)
    assert tree(tmp_path / "again") == tree(source)


def test_clips_that_are_not_finished_are_said(
    native: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "native"
    shutil.copytree(native[1], source)
    gone = sorted((source / ".stormlane/done").glob("*.json"))[-1]
    gone.unlink()
    assert convert(source, tmp_path / "coco", "coco", workers=1)
    assert "left out, as not finished: 1 clip" in capsys.readouterr().err
    kept = json.loads((tmp_path / "coco/annotations/instances.json").read_text())
    assert len(kept["images"]) == 3


def test_mistakes_are_answered_in_a_line(native: tuple[Path, Path], tmp_path: Path) -> None:
    coco = tmp_path / "coco"
    assert convert(native[1], coco, "coco", workers=1, quiet=True)
    (tmp_path / "empty").mkdir()
    for words, answer in (
        ([str(tmp_path / "empty"), "-f", "coco"], "is not a dataset of ours"),
        ([str(coco), "-f", "kitti"], "is a coco dataset; only the native format keeps all labels"),
        ([str(native[1]), "-f", "pascal"], "unknown format 'pascal'; known: native, nuscenes, kitti, coco, "),
    ):
        done = CliRunner().invoke(app, ["convert", *words, "-o", str(tmp_path / "out")])
        assert done.exit_code == 2, done.output
        assert answer in " ".join(done.output.split())
        assert not (tmp_path / "out").exists()
    done = CliRunner().invoke(app, ["convert", str(native[1]), "-f", "native", "-o", str(native[1])])
    assert done.exit_code == 2
    assert "is the dataset itself" in done.output


def test_filters_leave_labels_out_and_say_how_many(native: tuple[Path, Path], tmp_path: Path) -> None:
    words = ["convert", str(native[1]), "-f", "coco", "-o", str(tmp_path / "coco"), "-w", "1"]
    done = CliRunner().invoke(app, [*words, "--classes", "pedestrian", "--max-range", "60"])
    assert done.exit_code == 0, done.output
    said = " ".join(done.output.split())
    assert "labels left out by coco: " in said
    assert "6 of a class that is not asked for" in said  # the car ahead, in each sample
    kept = json.loads((tmp_path / "coco/annotations/instances.json").read_text())
    names = {row["id"]: row["name"] for row in kept["categories"]}
    found = {(names[row["category_id"]], row["iscrowd"]) for row in kept["annotations"]}
    assert ("person", 0) in found and ("car", 0) not in found
    assert "- 6 of a class that is not asked for" in (tmp_path / "coco/README.md").read_text()
    for more, answer in (
        (["--classes", "pedestrain"], "there is no class 'pedestrain' of actors; known: car, van"),
        (["-f", "native", "--min-points", "3"], "the native format keeps every label"),
    ):
        done = CliRunner().invoke(app, [*words[:-4], "-o", str(tmp_path / "other"), *more])
        assert done.exit_code == 2, done.output
        assert answer in " ".join(done.output.split())


FISHEYE = """\
  cam_rear:
    {width: 96, height: 96, fov: 180 deg, fisheye: [0.0, 0.0, 0.0, 0.0], mount: {x: -1 m, z: 1.4 m, yaw: 180 deg}}
"""


@pytest.fixture(scope="module")
def with_fisheye(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = write_small(tmp_path_factory.mktemp("wide") / "scenario")
    rig = path.parent / "rig.yaml"
    front = (
        rig.read_text()
        .replace("cameras: {cam_front: ", "cameras:\n  cam_front: ")
        .replace("}}}\n", "}}\n", 1)
    )
    head, lidars = front.split("lidars:")
    rig.write_text(f"{head}{FISHEYE}lidars:{lidars}")
    return path


def test_a_fisheye_is_refused_before_anything_is_simulated(
    with_fisheye: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("simulated")

    monkeypatch.setattr("sim.simulate.simulate", never)
    with pytest.raises(StormlaneError, match='camera "cam_rear" is a fisheye'):
        render(with_fisheye, tmp_path / "d", "nuscenes", 1)
    assert not (tmp_path / "d").exists()


def test_cameras_are_left_out_when_converting(with_fisheye: Path, tmp_path: Path) -> None:
    """One fisheye keeps no format from the others' pictures: the dataset is as if the rig had never had it."""
    source = render(with_fisheye, tmp_path / "native", "native", 1)
    run = CliRunner()
    args = ["convert", str(source), "--format", "nuscenes", "--workers", "1", "--out"]
    whole = run.invoke(app, [*args, str(tmp_path / "whole")])
    assert whole.exit_code == 2 and "--cameras" in whole.output and not (tmp_path / "whole").exists()
    unknown = run.invoke(app, [*args, str(tmp_path / "whole"), "--cameras", "cam_fron"])
    assert unknown.exit_code == 2 and 'has no camera "cam_fron"; did you mean "cam_front"' in unknown.output
    done = run.invoke(app, [*args, str(tmp_path / "some"), "--cameras", "cam_front"])
    assert done.exit_code == 0, done.output
    alone = render(with_fisheye, tmp_path / "alone", "nuscenes", 1, "rig.cameras.cam_rear=null")
    for name in ("sensor", "calibrated_sensor", "sample_data"):
        ours, theirs = (
            json.loads(next(root.glob(f"v1.0-*/{name}.json")).read_text())
            for root in (tmp_path / "some", alone)
        )
        assert len(ours) == len(theirs)
    pictures = {p.relative_to(tmp_path / "some") for p in (tmp_path / "some").rglob("*.jpg")}
    assert pictures == {p.relative_to(alone) for p in alone.rglob("*.jpg")}
    for picture in pictures:
        assert (tmp_path / "some" / picture).read_bytes() == (alone / picture).read_bytes()

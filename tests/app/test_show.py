"""`stormlane show` draws what a native dataset holds, and says what it does not hold."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from labelers.definitions import KEYPOINTS
from labelers.native_reader import NativeDataset
from labelers.records import ImageSign, Sign
from sim.app.cli import app
from sim.app.dataset import DatasetFolder
from sim.app.pictures import SIGN_COLOR, class_color, labelled, with_boxes, with_lines, with_signs
from tests.conformance.datasets import write


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("show") / "native"
    DatasetFolder(root).claim("native")
    return write("native", root)


def show(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["show", *(str(word) for word in words)])
    return done.exit_code, " ".join(done.output.split())


def test_a_picture_a_sample_and_all_of_them_small(dataset: Path, tmp_path: Path) -> None:
    code, said = show(dataset, "-o", tmp_path / "p", "--width", 800)
    assert (code, said) == (0, f"{tmp_path / 'p'}: 8 pictures and contact.jpg")
    names = sorted(path.name for path in (tmp_path / "p").iterdir())
    assert names == [
        "contact.jpg",
        *(f"toy-0000-000{clip}_00000{k}.jpg" for clip in (0, 1) for k in range(4)),
    ]
    assert cv2.imread(str(tmp_path / "p" / names[1])).shape[1] == 800
    code, said = show(dataset, "-o", tmp_path / "q", "--clip", "toy-0000-0001", "--most", 2)
    assert (
        said
        == f"{tmp_path / 'q'}: 2 pictures and contact.jpg; 2 more samples, see --most, --clip and --sample"
    )
    assert sorted(p.name[14:20] for p in (tmp_path / "q").glob("toy*")) == ["000000", "000003"]


def test_boxes_lines_and_limbs_are_where_the_labels_say(dataset: Path) -> None:
    sample = next(NativeDataset.open(dataset).clip("toy-0000-0000").samples([2]))
    assert sample.index == 2
    drawn = labelled(sample, "cam_front", sample.cameras["cam_front"].image.shape[1])
    box = next(box for box in sample.labels.boxes["cam_front"] if box.actor_class == "car")
    assert box.visible is not None
    x0, y0, _, y1 = (int(value) for value in box.visible)
    edge = drawn[(y0 + y1) // 2, x0].astype(int)
    assert np.abs(edge - class_color("car")).max() < 30
    frame = sample.cameras["cam_front"]
    line = sample.labels.image_lines["cam_front"][1]
    only = with_lines(np.zeros_like(frame.image), sample.labels.lines, (line,))
    k = int(np.flatnonzero(line.visible)[0])
    column, row = np.rint(line.uv_px[k]).astype(int)
    assert only[row, column, 0] > 150 > only[row, column, 2]  # yellow
    assert len(KEYPOINTS["person"]) == 17


def test_signs_are_framed_where_they_are_visible_and_say_what_they_are() -> None:
    size = (0.2, 0.4, 1.0)
    sign = Sign(7, "light", "vehicles", "", "", "stop", "red", (), np.zeros(3), np.zeros(3), size)
    near = ImageSign(7, (40.0, 30.0, 60.0, 70.0), (40.0, 30.0, 60.0, 70.0), 800, 800, 0.0, 0.0, "front", 1.0)
    hidden = replace(near, visible=None, visible_px=0, occlusion=1.0)
    black = np.zeros((120, 200, 3), np.uint8)
    drawn = with_signs(black, (sign,), (near,))
    assert (drawn[50, 39] == SIGN_COLOR).all() and (drawn[70, 45] == SIGN_COLOR).all()
    assert not drawn[32:69, 41:59].any()
    assert drawn[:29, 40:].any()  # its state, above it
    assert not with_signs(black, (sign,), (hidden,)).any()


def test_a_video_has_all_samples_and_their_rate(dataset: Path, tmp_path: Path) -> None:
    code, said = show(dataset, "--video", tmp_path / "v.mp4", "--clip", "toy-0000-0000", "--width", 640)
    assert code == 0, said
    assert "4 samples at 2 a second, 640 x " in said
    film = cv2.VideoCapture(str(tmp_path / "v.mp4"))
    assert film.get(cv2.CAP_PROP_FRAME_COUNT) == 4
    assert film.get(cv2.CAP_PROP_FPS) == 2.0
    good, picture = film.read()
    assert good and picture.shape[1] == 640
    assert picture.std() > 10


def test_mistakes_are_answered_in_a_line(dataset: Path, tmp_path: Path) -> None:
    for words, answer in (
        (["--clip", "tow"], "has no clip 'tow'; there are toy-0000-0000, toy-0000-0001"),
        (["--camera", "cam_back"], "has no camera 'cam_back'; there are cam_front"),
        (["--sample", 9], "has no such sample; they are numbered 0 to 3"),
        (["--video", tmp_path / "v.avi"], "a video is written as .mp4"),
        (["--rerun", tmp_path / "r.rdd"], "a recording is written as .rrd"),
    ):
        code, said = show(dataset, "-o", tmp_path / "out", *words)
        assert code == 2, said
        assert answer in said
        assert "Traceback" not in said
    code, said = show(tmp_path)
    assert code == 2
    assert "is not a dataset of ours" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("width", [160, 320, 1280])
def test_what_is_drawn_is_drawn_at_the_size_that_is_shown(dataset: Path, width: int) -> None:
    """Boxes stand where they belong in pictures of any size, and words never cover a small one."""
    sample = next(NativeDataset.open(dataset).clip("toy-0000-0000").samples([2]))
    wide = sample.cameras["cam_front"].image.shape[1]
    drawn = labelled(sample, "cam_front", width)
    assert drawn.shape[1] == width
    box = next(box for box in sample.labels.boxes["cam_front"] if box.actor_class == "car")
    assert box.visible is not None
    x0, y0, _, y1 = (round(value * width / wide) for value in box.visible)
    edge = drawn[(y0 + y1) // 2, max(x0 - 1, 0) : x0 + 2].astype(int)
    assert np.abs(edge - class_color("car")).max(axis=1).min() < 30
    alone = replace(box, visible=(0.0, 0.4 * width, 0.9 * width, 0.5 * width))
    black = np.zeros((width, width, 3), np.uint8)
    words = with_boxes(black, (replace(alone, amodal=None, visible_px=10_000),), sample.labels.cuboids)
    rows = words[: round(0.4 * width) - 1].any(axis=2)
    assert rows.any(axis=0).sum() <= 0.3 * width + 4 and rows.any(axis=1).sum() < 0.08 * width

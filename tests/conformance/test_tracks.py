"""TrackEval finds the tracks of our sequences perfect, and spoilt ones as wrong as they are."""

import math
from pathlib import Path

import pytest

from tests.conformance.datasets import write
from tests.conformance.environments import ask
from tests.conformance.expected import hota_drop

pytestmark = pytest.mark.conformance


def test_trackeval_finds_our_tracks_perfect(tmp_path: Path) -> None:
    answer = ask(
        "kitti_tracking", write("kitti_tracking", tmp_path / "data"), tmp_path / "scratch", "training"
    )
    assert answer["columns"] == [17]
    assert set(answer["truncated"]) <= {"0", "1", "2"}
    assert {"Car", "Cyclist", "Pedestrian", "Truck"} <= set(answer["kinds"])
    assert answer["one_kind_per_track"]
    assert answer["sorted"]
    for kind in ("car", "pedestrian"):
        oracle = answer["oracle"][kind]
        assert oracle.pop("objects") > 0
        assert oracle == {"HOTA": 1.0, "DetA": 1.0, "MOTA": 1.0, "IDF1": 1.0, "IDSW": 0}
        shifted = answer["shifted"][kind]
        assert shifted["DetA"] == pytest.approx(hota_drop(answer["shift_share"]))
        assert shifted["MOTA"] == 1.0  # which asks for half the overlap only
    # The car of each clip takes another id after two of its four frames.
    assert answer["switches"] == {"Car": 2, "Pedestrian": 0}
    car = answer["switched"]["car"]
    assert (car["IDSW"], car["MOTA"], car["IDF1"]) == (2, 1 - 2 / 8, 0.5)
    assert car["HOTA"] == pytest.approx(math.sqrt(1.0 * 0.5))


def test_trackeval_scores_a_slice(tmp_path: Path) -> None:
    answer = ask(
        "kitti_tracking", write("kitti_tracking", tmp_path / "data"), tmp_path / "scratch", "rain_heavy"
    )
    assert answer["oracle"]["car"]["objects"] == 4  # one of the two clips
    assert answer["oracle"]["car"]["HOTA"] == 1.0

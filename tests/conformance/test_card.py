"""mlcroissant accepts every dataset's metadata and reads its tables."""

from pathlib import Path

import pytest

from labelers.tally import Tally
from labelers.writers import FORMATS
from sim.app.card import write_card
from tests.conformance.environments import ask
from tests.labels import synthetic

pytestmark = pytest.mark.conformance


def test_mlcroissant_accepts_our_metadata_and_reads_clips_and_classes(tmp_path: Path) -> None:
    clip, tally = synthetic.clip(), Tally()
    writer = FORMATS["coco"].open(tmp_path, clip)
    for index in range(clip.sample_count):
        sample = synthetic.sample(index)
        tally.add(sample)
        writer.add(sample)
    FORMATS["coco"].finalize(tmp_path, [(clip, writer.close())])
    write_card(tmp_path, "coco", [(clip, tally.words())], {"outside the image": 3}, [".jpg", ".png", ".json"])
    answer = ask("croissant", tmp_path)
    assert answer["errors"] == []
    (row,) = answer["records"]["clips"]
    assert (row["clip"], row["scenario"], row["description"]) == (clip.clip_id, "toy", "boxes on a plane")
    assert (row["samples"], row["images"], row["sweeps"], row["rate_hz"]) == (4, 4, 4, 2.0)
    assert row["points"] == tally.totals["points"] > 10000
    kinds = {row["class"]: row for row in answer["records"]["classes"]}
    assert set(kinds) == {"bicycle", "car", "child", "truck"}
    assert kinds["car"]["tracks"] == 1
    assert kinds["car"]["cuboids"] == 4
    assert kinds["child"]["nuscenes"] == "human.pedestrian.child"
    assert answer["files"]["clips.csv"] is answer["files"]["classes.csv"] is True
    assert answer["files"]["images"] == 8  # four pictures, four panoptic planes
    assert answer["files"]["documents"] >= 3
    assert isinstance(answer["broken"], str)
    card = (tmp_path / "README.md").read_text()
    assert "| car | 1 | 4 | 4 | car | vehicle.car | Car | car |" in card
    assert "- 3 outside the image" in card
    assert "**occlusion**: 1 - visible_px / unoccluded_px." in card

"""rerun verifies what `stormlane show --rerun` records."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.app.dataset import DatasetFolder
from tests.conformance.datasets import write
from tests.conformance.environments import ask, client_python

pytestmark = pytest.mark.conformance

RECORD = "import sys; from sim.app.cli import main; sys.argv = ['stormlane', *sys.argv[1:]]; main()"


def test_rerun_verifies_our_recordings(tmp_path: Path) -> None:
    DatasetFolder(tmp_path / "native").claim("native")
    root = write("native", tmp_path / "native", clips=1, signs=True)
    # The recorder runs in our own environment with rerun's library behind it.
    library = next((client_python("rerun").parents[1] / "lib").glob("python*/site-packages"))
    paths = os.pathsep.join([*(path for path in sys.path if path), str(library)])
    clip = "toy-0000-0000"
    for words, made in (
        (("show", root, "--rerun", tmp_path / "r.rrd"), tmp_path / "r.rrd"),
        (("convert", root, "--out", tmp_path / "all", "--format", "rerun"), tmp_path / "all" / f"{clip}.rrd"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", RECORD, *words],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": paths},
        )
        assert done.returncode == 0, done.stderr
        answer = ask("rerun", made)
        assert answer["verified"]
        wanted = {"world/cuboids", "world/ego", "world/ego/lidar_top/points", "world/lines/1"}
        wanted |= {"world/signs", "world/lights"}
        wanted |= {
            f"world/ego/cam_front/{kind}" for kind in ("image", "boxes", "semantic", "depth", "keypoints")
        }
        assert wanted <= set(answer["entities"])
    assert [path.name for path in (tmp_path / "all").iterdir()] == [f"{clip}.rrd"]

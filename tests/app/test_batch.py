"""A dataset's bytes depend on file, seed and version only: not on workers, nor on being killed."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from scenarios.errors import StormlaneError
from sim.app.batch import render_batch
from tests.app.small import write_small


def tree(root: Path) -> dict[str, str]:
    """sha256 of every file below `root`."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("batch")
    path = write_small(folder / "scenario")
    assert render_batch(
        [path], folder / "whole", samples=3, seed=5, workers=1, format_name="native", quiet=True
    )
    return path, tree(folder / "whole")


def test_a_batch_leaves_every_frame_of_every_clip(undisturbed: tuple[Path, dict[str, str]]) -> None:
    _, files = undisturbed
    assert sum(name.endswith(".jpg") for name in files) == 9
    assert sum(name.startswith(".stormlane/done/") for name in files) == 3


@pytest.mark.slow
def test_two_workers_leave_the_same_bytes_as_one(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, files = undisturbed
    assert render_batch(
        [path], tmp_path / "d", samples=3, seed=5, workers=2, format_name="native", quiet=True
    )
    assert tree(tmp_path / "d") == files


@pytest.mark.slow
def test_a_killed_batch_continues_to_the_same_bytes(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, files = undisturbed
    root = tmp_path / "d"
    command = [
        sys.executable,
        "-m",
        "sim.app.cli",
        "render",
        str(path),
        "--out",
        str(root),
        "-n",
        "3",
        "--seed",
        "5",
        "-w",
        "1",
    ]
    victim = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 120
    while time.monotonic() < limit and not list(root.glob(".stormlane/done/*.json")):
        assert victim.poll() is None, "the batch ended before it could be killed"
        time.sleep(0.01)
    time.sleep(0.2)  # well inside the second clip
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    assert 0 < len(list(root.glob(".stormlane/done/*.json"))) < 3
    assert render_batch([path], root, samples=3, seed=5, workers=1, format_name="native", quiet=True)
    assert tree(root) == files


def test_a_damaged_clip_is_rendered_again(undisturbed: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    path, files = undisturbed
    root = tmp_path / "d"
    assert render_batch([path], root, samples=1, seed=5, workers=1, format_name="native", quiet=True)
    before = tree(root)
    victim = next(root.rglob("*.jpg"))
    victim.write_bytes(b"")
    assert render_batch([path], root, samples=1, seed=5, workers=1, format_name="native", quiet=True)
    assert tree(root) == before
    # A clip is the same whether it is rendered alone or with others.
    clip = {name: digest for name, digest in before.items() if name.startswith("clips/")}
    assert len(clip) > 10
    assert clip.items() <= files.items()


def test_two_formats_do_not_share_a_folder(undisturbed: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    path, _ = undisturbed
    (tmp_path / "d" / ".stormlane").mkdir(parents=True)
    (tmp_path / "d" / ".stormlane" / "format").write_text("kitti\n", encoding="utf-8")
    with pytest.raises(StormlaneError, match="already holds a kitti dataset"):
        render_batch([path], tmp_path / "d", samples=1, seed=5, workers=1, format_name="coco", quiet=True)


def test_a_folder_with_other_files_is_left_alone(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, _ = undisturbed
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(StormlaneError, match="not empty"):
        render_batch([path], tmp_path, samples=1, seed=5, workers=1, format_name="native", quiet=True)
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_a_lock_and_a_trace_render_the_same_clip_again(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, files = undisturbed
    kept = path.parent.parent / "whole" / ".stormlane"
    for source in ("locks/small_rain-0005-0001.lock.yaml", "traces/small_rain-0005-0001.trace"):
        root = tmp_path / Path(source).suffix
        assert render_batch(
            [kept / source], root, samples=1, seed=0, workers=1, format_name="native", quiet=True
        )
        again = {name: digest for name, digest in tree(root).items() if name.startswith("clips/")}
        assert len(again) > 10
        assert again.items() <= files.items()


def hears_ctrl_c() -> None:
    """A shell starts what runs in its background deaf to Ctrl-C, and whatever that starts inherits it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_batch_says_how_to_continue(
    undisturbed: tuple[Path, dict[str, str]], tmp_path: Path, workers: int
) -> None:
    path, _ = undisturbed
    root = tmp_path / "d"
    command = [sys.executable, "-m", "sim.app.cli", "render", str(path), "--out", str(root)]
    command += ["-n", "40", "--seed", "5", "-w", str(workers)]
    victim = subprocess.Popen(
        command,
        start_new_session=True,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hears_ctrl_c,  # noqa: PLW1509  # no thread of ours holds a lock that it needs
    )
    try:
        limit = time.monotonic() + 120
        while time.monotonic() < limit and not list(root.glob(".stormlane/done/*.json")):
            assert victim.poll() is None, "the batch ended before it could be interrupted"
            time.sleep(0.01)
        os.killpg(victim.pid, signal.SIGINT)  # what a terminal does on Ctrl-C: everyone hears it
        _, said = victim.communicate(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(victim.pid, signal.SIGKILL)  # forty clips are not rendered behind a test that failed
    assert victim.returncode == 130
    assert "continues from here" in said
    assert "Traceback" not in said

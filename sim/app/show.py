"""A native dataset as pictures, as a video, as a recording for rerun.  Roof."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from labelers.native_reader import NativeDataset
from labelers.records import Sample
from scenarios.errors import StormlaneError
from sim.app.convert import check_native
from sim.app.dataset import DatasetFolder
from sim.app.pictures import contacts, labelled, sheet, write_picture
from sim.app.progress import counting
from sim.app.tags import Image

CONTACT_COLUMNS, CONTACT_WIDTH_PX = 4, 2400


@dataclass(frozen=True, slots=True)
class Choice:
    """Samples of a dataset that somebody wants to see."""

    root: Path
    indices: tuple[tuple[str, int], ...]  # clip and sample, in order
    cameras: tuple[str, ...]  # () for all

    @staticmethod
    def of(root: Path, clips: Sequence[str], samples: Sequence[int], cameras: Sequence[str]) -> "Choice":
        """StormlaneError with what there is, where something is asked for that is not."""
        check_native(DatasetFolder(root))
        dataset = NativeDataset.open(root)
        for wanted in clips:
            if not any(name.startswith(wanted) for name in dataset.clip_ids):
                raise StormlaneError(f"{root} has no clip {wanted!r}; there are {_some(dataset.clip_ids)}")
        chosen = [
            name for name in dataset.clip_ids if not clips or any(name.startswith(wanted) for wanted in clips)
        ]
        known_cameras: set[str] = set()
        indices, present = [], set()
        for name in chosen:
            about = dataset.clip(name).about
            known_cameras |= {key for key, words in about["sensors"].items() if "width_px" in words}
            for entry in about["samples"]:
                present.add(entry["index"])
                if not samples or entry["index"] in samples:
                    indices.append((name, entry["index"]))
        for wanted in cameras:
            if wanted not in known_cameras:
                raise StormlaneError(
                    f"{root} has no camera {wanted!r}; there are {_some(sorted(known_cameras))}"
                )
        if not indices:
            if samples and present:
                raise StormlaneError(f"{root} has no such sample; they are numbered 0 to {max(present)}")
            raise StormlaneError(f"{root} has no samples")
        return Choice(root, tuple(indices), tuple(cameras))

    def spread(self, most: int) -> "Choice":
        """At most so many of them, evenly."""
        if len(self.indices) <= most:
            return self
        at = np.unique(np.linspace(0, len(self.indices) - 1, most).round().astype(int))
        return replace(self, indices=tuple(self.indices[k] for k in at.tolist()))

    def samples(self) -> Iterator[Sample]:
        """Read them, with the chosen cameras."""
        dataset = NativeDataset.open(self.root)
        for clip in dict.fromkeys(name for name, _ in self.indices):
            wanted = {index for name, index in self.indices if name == clip}
            for sample in dataset.clip(clip).samples(wanted):
                if self.cameras:
                    kept = {name: frame for name, frame in sample.cameras.items() if name in self.cameras}
                    yield replace(sample, cameras=kept)
                else:
                    yield sample


def show_pictures(choice: Choice, out: Path, most: int, width_px: int) -> list[str]:
    """A picture a sample, and all of them small in contact.jpg."""
    some = choice.spread(most)
    taken: list[tuple[str, Sample]] = []
    out.mkdir(parents=True, exist_ok=True)
    with counting(len(some.indices), "drawing") as one_more:
        for sample in some.samples():
            name = f"{sample.clip}_{sample.index:06d}"
            write_picture(out / f"{name}.jpg", sheet(sample, _title(sample), width_px))
            # Only the first camera goes on the contact sheet; the rest of a sample is tens of megabytes.
            first = dict(sorted(sample.cameras.items())[:1])
            taken.append((name, replace(sample, cameras=first, lidars={})))
            one_more()
    columns = min(CONTACT_COLUMNS, len(taken))
    write_picture(
        out / "contact.jpg", contacts(taken, CONTACT_WIDTH_PX * columns // CONTACT_COLUMNS, columns)
    )
    left = len(choice.indices) - len(some.indices)
    more = f"; {left} more samples, see --most, --clip and --sample" if left else ""
    return [f"{out}: {len(taken)} pictures and contact.jpg{more}"]


def show_video(choice: Choice, path: Path, width_px: int) -> list[str]:
    """All chosen samples as a film: the cameras side by side with labels, the sweep from above below them."""
    if path.suffix.lower() != ".mp4":
        raise StormlaneError(f"{path}: a video is written as .mp4; give it such a name")
    path.parent.mkdir(parents=True, exist_ok=True)
    rate_hz = _rate_hz(choice)
    film, size, count = None, (0, 0), 0
    with counting(len(choice.indices), "filming") as one_more:
        for sample in choice.samples():
            picture = _still(sample, width_px)
            if film is None:
                size = (picture.shape[1] & ~1, picture.shape[0] & ~1)  # codecs want even sizes
                film = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), rate_hz, size)
                if not film.isOpened():
                    raise StormlaneError(f"{path}: OpenCV cannot write videos here; draw pictures instead")
            if (picture.shape[1], picture.shape[0]) != size:  # a frame that never arrived, another clip's rig
                picture = np.asarray(cv2.resize(picture, size), np.uint8)
            film.write(np.ascontiguousarray(picture[..., ::-1]))
            count += 1
            one_more()
    assert film is not None, "a choice holds a sample"
    film.release()
    return [f"{path}: {count} samples at {rate_hz:g} a second, {size[0]} x {size[1]}"]


def _still(sample: Sample, width_px: int) -> Image:
    names = sorted(sample.cameras)
    columns = 1 if len(names) <= 1 else 2 if len(names) <= 4 else 3
    wide = width_px // columns
    tiles: list[Image] = []
    for name in names:
        tiles.append(labelled(sample, name, wide))
    tall = max((tile.shape[0] for tile in tiles), default=0)
    # Cameras of several shapes stand on one line, in fields of the tallest.
    fields = [np.pad(tile, ((0, tall - tile.shape[0]), (0, 0), (0, 0))) for tile in tiles]
    while len(fields) % columns:
        fields.append(np.zeros((tall, wide, 3), np.uint8))
    rows = [np.hstack(fields[k : k + columns]) for k in range(0, len(fields), columns)]
    # The sheet without cameras is the sweeps from above and a line of words.
    rows.append(sheet(replace(sample, cameras={}), _title(sample), wide * columns // 2 * 2))
    width = min(row.shape[1] for row in rows)
    return np.ascontiguousarray(np.vstack([row[:, :width] for row in rows]), np.uint8)


def record(choice: Choice, path: Path) -> list[str]:
    """All chosen samples as a recording for rerun."""
    from sim.app.rerun_export import write_recording

    if path.suffix.lower() != ".rrd":
        raise StormlaneError(f"{path}: a recording is written as .rrd; give it such a name")
    path.parent.mkdir(parents=True, exist_ok=True)
    with counting(len(choice.indices), "recording") as one_more:
        count = write_recording(choice.samples(), path, one_more)
    return [f"{path}: {count} samples; open it with: rerun {path}"]


def _rate_hz(choice: Choice) -> float:
    clip: dict[str, Any] = NativeDataset.open(choice.root).clip(choice.indices[0][0]).about
    times = [entry["time_ns"] for entry in clip["samples"]]
    return 1e9 / (times[1] - times[0]) if len(times) > 1 else 1.0


def _title(sample: Sample) -> str:
    tags = sample.labels.tags
    words = [f"{name} {tags[name]}" for name in ("light", "rain", "snow", "fog", "ground") if name in tags]
    return f"{sample.clip}  sample {sample.index}  {sample.time_ns * 1e-9:.2f} s   " + "  ".join(words)


def _some(names: Sequence[str], most: int = 8) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")

"""A native dataset in another format, without rendering anything again.  Roof."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from labelers.fewer_cameras import rig_without
from labelers.filters import Filters
from labelers.native_reader import NativeDataset
from labelers.writers import FORMATS
from scenarios.errors import StormlaneError, nearest
from scenarios.lock import load as load_lock
from sim.app.dataset import DatasetFolder
from sim.app.jobs import NO_FILTERS, Job, check_filters, filtered_digest, known_format, refuse_rig, run_jobs
from sim.app.told import many
from sim.app.version import engine_version


def convert(
    source: Path,
    root: Path,
    format_name: str,
    *,
    workers: int,
    quiet: bool = False,
    filters: Filters = NO_FILTERS,
    cameras: Sequence[str] | None = None,
) -> bool:
    """Write the native dataset in `source` to `root` in another format; False when interrupted.

    Labels, points, tables and splits come out as if the format had been rendered at once, byte for byte; so do JPEG
    pictures, which are handed on as they are.  Formats of lossless pictures get the decoded JPEG.  `cameras` are those
    that are written; None for all.
    Raises StormlaneError for a folder that is no such dataset, or lacks what the format is made of.
    """
    known_format(format_name)
    check_filters(filters, format_name)
    held = DatasetFolder(source)
    check_native(held)
    if root.resolve() == source.resolve():
        raise StormlaneError(f"{root} is the dataset itself; choose another folder with --out")
    jobs = list(_jobs(held, root, format_name, filters, cameras))
    return run_jobs(
        jobs, root, format_name, workers=workers, quiet=quiet, notes=_unfinished(held), splits=held.splits
    )


def check_native(held: DatasetFolder) -> None:
    """StormlaneError unless the folder holds a finished native dataset of this version's schema."""
    if held.format_name is None:
        raise StormlaneError(
            f"{held.root} is not a dataset of ours; give a folder that `stormlane render` wrote"
        )
    if held.format_name != "native":
        raise StormlaneError(
            f"{held.root} is a {held.format_name} dataset; only the native format keeps all labels "
            "as they are: render with --format native"
        )
    if not (held.root / "manifest.json").is_file():
        raise StormlaneError(f"{held.root} is not finished; give its `stormlane render` command once more")
    try:
        NativeDataset.open(held.root)
    except ValueError as error:
        raise StormlaneError(f"{error}; render it again with this version") from None


def _unfinished(held: DatasetFolder) -> list[str]:
    """A word on clips that a rendering began and did not finish; only finished ones are converted."""
    left = {path.name.split(".")[0] for path in held.lock_path("x").parent.glob("*.lock.yaml")} - set(
        held.clip_ids()
    )
    return [f"{held.root}: left out, as not finished: {many(len(left), 'clip')}"] if left else []


def left_out_of(source: Path, known: Sequence[str], cameras: Sequence[str] | None) -> tuple[str, ...]:
    """Those of a clip's cameras that are not among the ones asked for."""
    if cameras is None:
        return ()
    for name in cameras:
        if name not in known:
            raise StormlaneError(f'--cameras: {source} has no camera "{name}"; {nearest(name, known)}')
    return tuple(name for name in known if name not in cameras)


def _jobs(
    held: DatasetFolder, root: Path, format_name: str, filters: Filters, cameras: Sequence[str] | None
) -> Iterator[Job]:
    needs = FORMATS[format_name].needs
    for clip_id in NativeDataset.open(held.root).clip_ids:
        record = held.record(clip_id)
        if record is None:
            continue
        text = held.lock_path(clip_id).read_text(encoding="utf-8")
        concrete = load_lock(text)
        lacking = sorted(needs - set(concrete.scenario.capture.outputs))
        if lacking:
            raise StormlaneError(
                f"{held.root}: clip {clip_id} was captured without {', '.join(lacking)}, which {format_name} is "
                f"made of; render it again with `capture: {{outputs: [..., {', '.join(lacking)}]}}`"
            )
        left_out = left_out_of(held.root, list(concrete.rig.cameras), cameras)
        refuse_rig(format_name, rig_without(concrete, left_out))
        digest = hashlib.sha256("\0".join((record["job"], format_name, engine_version(), *left_out)).encode())
        yield Job(
            clip_id,
            text,
            format_name,
            str(root),
            filtered_digest(digest.hexdigest(), filters),
            len(_times(held, clip_id)),
            trace_path=str(held.trace_path(clip_id)),
            source=str(held.root),
            filters=filters,
            left_out=left_out,
        )


def _times(held: DatasetFolder, clip_id: str) -> list[int]:
    return [sample["time_ns"] for sample in NativeDataset.open(held.root).clip(clip_id).about["samples"]]

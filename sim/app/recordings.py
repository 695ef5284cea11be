"""A native dataset as recordings for rerun, one a clip.  Roof; needs the extra `rerun`.

They are no dataset of ours: a recording names its own instance, so its bytes are not those of the next one, and there is
neither a card nor a list of done jobs.  A clip whose file is there stays as it is.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from labelers.fewer_cameras import sample_without
from labelers.filters import Filters
from labelers.native_reader import NativeDataset
from labelers.records import Sample
from scenarios.errors import StormlaneError
from sim.app.convert import check_native, left_out_of
from sim.app.dataset import DatasetFolder
from sim.app.jobs import NO_FILTERS, check_filters
from sim.app.progress import counting
from sim.app.rerun_export import write_recording

RERUN = "rerun"


def record_clips(
    source: Path, root: Path, filters: Filters = NO_FILTERS, cameras: Sequence[str] | None = None
) -> list[str]:
    """Write `root/<clip>.rrd` for every clip that has none; what was written, in words."""
    check_filters(filters, RERUN)
    check_native(DatasetFolder(source))
    if DatasetFolder(root).format_name is not None:
        raise StormlaneError(f"{root} is a dataset; choose another folder with --out")
    dataset = NativeDataset.open(source)
    waiting = [name for name in dataset.clip_ids if not (root / f"{name}.rrd").is_file()]
    root.mkdir(parents=True, exist_ok=True)
    dropped: Counter[str] = Counter()

    def labelled(name: str) -> Iterator[Sample]:
        clip = dataset.clip(name)
        known = [sensor for sensor, facts in clip.about["sensors"].items() if facts["kind"] == "camera"]
        left_out = left_out_of(source, known, cameras)
        for whole in clip.samples():
            sample = sample_without(whole, left_out)
            yield filters.apply(sample, lambda reason: dropped.update([reason]))

    lengths = {name: len(dataset.clip(name).about["samples"]) for name in waiting}
    with counting(sum(lengths.values()), "recording") as one_more:
        for name in waiting:
            beside = root / f".{name}.tmp.rrd"
            write_recording(labelled(name), beside, one_more)
            beside.replace(root / f"{name}.rrd")
    lines = [f"{root}: {len(waiting)} recordings of {len(dataset.clip_ids)} clips written"]
    lines += [f"labels left out: {count} {reason}" for reason, count in sorted(dropped.items())]
    return [*lines, f"open them with: rerun {root}/*.rrd"]

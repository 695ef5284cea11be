"""`stormlane render`, `convert`, `verify` and `stats`: datasets are made, rewritten, proved and measured.  Roof."""

import math
from pathlib import Path
from typing import Annotated

import typer

from sim.app.options import (
    FORMAT_WORDS,
    Classes,
    Files,
    Level,
    MaxRange,
    Method,
    MinPixels,
    MinPoints,
    MinVisible,
    Over,
    Overrides,
    Seed,
    Variants,
    Workers,
    filters_of,
    names_in,
    with_quality,
)
from sim.app.plain import plain_errors


def render(
    files: Files,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Dataset folder; an interrupted one is continued.")
    ],
    samples: Annotated[
        int, typer.Option("--samples", "-n", min=1, help="Clips to draw from each scenario.")
    ] = 1,
    seed: Seed = 0,
    method: Method = "random",
    over: Over = None,
    workers: Workers = 0,
    format_: Annotated[str, typer.Option("--format", "-f", help=f"{FORMAT_WORDS}.")] = "native",
    overrides: Overrides = None,
    variants: Variants = None,
    quality: Level = None,
    min_pixels: MinPixels = 0,
    min_points: MinPoints = 0,
    min_visible: MinVisible = 0.0,
    max_range: MaxRange = math.inf,
    classes: Classes = None,
) -> None:
    """Simulate, render and label scenarios into a dataset.

    Every finished clip is recorded in the dataset folder, so a killed run goes on where it stopped when the same
    command is given again; the bytes do not depend on interruptions or on the number of workers.

    FILES may also be what a dataset keeps of its clips below .stormlane: a lock (*.lock.yaml: the same sample again,
    byte for byte) or a trace (*.trace: the simulated world, rendered without simulating it again).  A suite
    (*.suite.yaml) goes alone: it says itself what is rendered, how often and into which formats.

    Exit code 0: there is a dataset; 1: all samples were rejected, so it is empty; 2: a mistake; 130: interrupted.

    Example: stormlane render child_behind_van --out out/demo --samples 8 --format nuscenes
    """
    from scenarios.suite import suite_of
    from sim.app.batch import render_batch
    from sim.app.catalogue import find_scenario
    from sim.app.dataset import DatasetFolder

    with plain_errors():
        suite = suite_of(files)
        if suite is not None:
            from sim.app.suite import render_suite

            raise typer.Exit(0 if render_suite(suite, out, workers=workers) else 130)
        paths = [find_scenario(file) for file in files]
        finished = render_batch(
            paths,
            out,
            samples=samples,
            seed=seed,
            method=method,
            over=names_in(over),
            workers=workers,
            format_name=format_,
            overrides=with_quality(overrides, quality),
            variants=variants or (),
            filters=filters_of(min_pixels, min_points, min_visible, max_range, classes),
        )
        if finished and not DatasetFolder(out).clip_ids():
            # Whoever waits for a dataset must not take an empty folder for one.
            typer.echo(
                f"{out}: no sample was left to render; `stormlane check` says what rejects them", err=True
            )
            raise typer.Exit(1)
    raise typer.Exit(0 if finished else 130)


def convert(
    dataset: Annotated[
        Path,
        typer.Argument(help="A native dataset: the --out folder of `stormlane render`.", show_default=False),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder of the new dataset; an interrupted one is continued.")
    ],
    format_: Annotated[
        str, typer.Option("--format", "-f", help=f"{FORMAT_WORDS}; or rerun, a recording a clip.")
    ],
    workers: Workers = 0,
    min_pixels: MinPixels = 0,
    min_points: MinPoints = 0,
    min_visible: MinVisible = 0.0,
    max_range: MaxRange = math.inf,
    classes: Classes = None,
    cameras: Annotated[
        str | None,
        typer.Option(
            "--cameras", metavar="NAMES", help="Write only these cameras, such as cam_front,cam_left."
        ),
    ] = None,
) -> None:
    """Write a native dataset in another format, without rendering anything again.

    Labels, points, tables and splits are, byte for byte, those that rendering with --format gives, and so are JPEG
    pictures, which are handed on as they are; KITTI's PNG pictures are decoded from them.  Clips that are done stay
    done: render some more and convert once more, and only the new ones are written.

    Example: stormlane convert out/demo --out out/demo_coco --format coco
    """
    from sim.app.convert import convert as convert_dataset

    with plain_errors():
        if format_ == "rerun":
            from sim.app.recordings import record_clips

            filters = filters_of(min_pixels, min_points, min_visible, max_range, classes)
            for line in record_clips(dataset, out, filters, names_in(cameras)):
                typer.echo(line)
            return
        finished = convert_dataset(
            dataset,
            out,
            format_,
            workers=workers,
            filters=filters_of(min_pixels, min_points, min_visible, max_range, classes),
            cameras=names_in(cameras),
        )
    raise typer.Exit(0 if finished else 130)


def verify(
    dataset: Annotated[
        Path,
        typer.Argument(help="A native dataset: the --out folder of `stormlane render`.", show_default=False),
    ],
    pictures: Annotated[
        Path | None,
        typer.Option(
            "--pictures", metavar="FOLDER", help="Where samples with faults are shown; .stormlane/verify."
        ),
    ] = None,
    workers: Workers = 0,
    json_: Annotated[bool, typer.Option("--json", help="Print all that was found as JSON.")] = False,
) -> None:
    """Prove the labels of a native dataset, or show what is wrong with them.

    Its rules hold boxes against masks, cuboids against depth and lidar points, tracks against velocities, flow
    against geometry, and all of it against the simulated world and the files' checksums; none of them uses the code
    that made boxes, silhouettes and cuboids.  Says how much each rule looked at, and draws the samples in which one
    is broken.
    Exit code 1 if anything is.

    Example: stormlane verify out/demo
    """
    import json

    from sim.app.verify import as_json, lines_of
    from sim.app.verify import verify as verify_dataset

    with plain_errors():
        verdict = verify_dataset(dataset, pictures, workers, quiet=json_)
        if json_:
            typer.echo(json.dumps(as_json(verdict), indent=1))
        else:
            for line in lines_of(dataset, verdict):
                typer.echo(line)
    raise typer.Exit(1 if verdict.violations else 0)


def stats(
    what: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Scenario files or names, or folders of pictures or datasets; none: the whole catalogue.",
            show_default=False,
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option("--samples", "-n", min=1, help="Samples to draw of each scenario.")
    ] = 1,
    frames: Annotated[
        int, typer.Option("--frames", min=1, help="Moments of each sample; one is the interesting one.")
    ] = 1,
    seed: Seed = 0,
    method: Method = "random",
    workers: Workers = 0,
    overrides: Overrides = None,
    variants: Variants = None,
    quality: Level = None,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="FOLDER", help="Your own photographs instead of the published."),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="Print every frame.")] = False,
    fail_under: Annotated[
        float | None,
        typer.Option("--fail-under", min=0, max=100, help="Per cent of frames that must lie inside."),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print all numbers as JSON.")] = False,
) -> None:
    """Hold pictures against photographs: spectrum, gradients, saturation, noise, brightness.

    Scenarios are rendered (the first camera of the rig) and nothing is kept; folders are read as they are.  The
    envelope is that of thirteen frames of published driving datasets, all as bright as by day, or of photographs of
    your own; frames by day, at night and in thick air are also told apart.
    Exit code 1 if fewer than --fail-under per cent of the frames lie inside it in all that is marked with a star.

    Example: stormlane stats child_behind_van deer_snow -n 4 --against photographs/
    """
    import json

    import scenarios
    from scenarios.errors import StormlaneError
    from scenarios.sampling import Spread
    from sim.app.catalogue import find_scenario
    from sim.app.stats import (
        as_json,
        envelope_of,
        frames_of_folder,
        frames_of_scenarios,
        lines_of,
        share_inside,
    )

    with plain_errors():
        real, photographs = envelope_of(against)
        what = what or [Path(name) for name in scenarios.catalogue()]
        found = [frame for path in what if path.is_dir() for frame in frames_of_folder(path, workers)]
        stories = [find_scenario(path) for path in what if not path.is_dir()]
        if stories:
            found += frames_of_scenarios(
                stories, Spread(method, samples, seed), frames, with_quality(overrides, quality),
                variants or (), workers, lambda line: typer.echo(line, err=True),
            )  # fmt: skip
        if not found:
            raise StormlaneError("no picture came of it: no sample is valid, or the rig has no camera")
        if json_:
            typer.echo(json.dumps(as_json(found, real, photographs), indent=1))
        else:
            for line in lines_of(found, real, photographs, each):
                typer.echo(line)
        inside = share_inside(found, real)
    raise typer.Exit(1 if fail_under is not None and 100.0 * inside < fail_under else 0)

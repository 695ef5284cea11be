"""The `stormlane` command.  Roof: parses words, calls the pipeline, prints what happened.

Heavy packages are imported inside the commands, so that `stormlane --help` answers at once.  A user's mistake ends
with one line per fault and exit code 2, an interruption with 130; a traceback is always our own bug.
"""

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.app.assets_command import assets
from sim.app.lidar_command import lidar
from sim.app.memory import keep_freed_memory
from sim.app.plain import plain_errors
from sim.app.show_command import show

if TYPE_CHECKING:
    from labelers.filters import Filters

# Our own threads share the cores; a matrix product of a few thousand rows only loses time waiting for BLAS threads
# (measured: 3-5 ms against 30-120 ms with two busy cores).  Read once, when numpy is imported; workers inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Of `labelers.writers.FORMATS`, which is not imported for a line of help; a test holds them together.
FORMAT_WORDS = (
    "native, nuscenes, kitti, coco, kitti_tracking, semantickitti, cityscapes, openlabel, yolo, scalabel, nuimages, "
    "webdataset, argoverse2, openlane, occ3d, waymo, kitti_raw, mcap, osi, pcd, las"
)

app = typer.Typer(
    name="stormlane",
    help="Driving scenarios in bad weather, rendered to labelled camera and lidar data on a CPU.\n\n"
    "Start with: stormlane list, then stormlane preview FILE, then stormlane render FILE --out DIR.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(assets)
app.add_typer(lidar)
app.command()(show)

Files = Annotated[
    list[Path], typer.Argument(help="Scenario files, or names from `stormlane list`.", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Same file, seed and version give the same bytes.")]
Method = Annotated[
    str,
    typer.Option(
        "--method",
        "-m",
        help="random, sobol, halton, lhs, grid, pairwise or coverage: how samples are spread.",
    ),
]
Over = Annotated[
    str | None,
    typer.Option(
        "--over",
        metavar="PARAMS",
        help="Parameters of a grid or of pairs, such as rain,lamps; all by default.",
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help='Override a value, such as --set "params.rain=20 mm/h". Repeatable.',
    ),
]
Level = Annotated[
    str | None,
    typer.Option(
        "--quality",
        help="draft, standard, high or reference: what camera pictures are worth. Labels stay the same.",
    ),
]
Variants = Annotated[
    list[str] | None,
    typer.Option(
        "--variant",
        metavar="NAME",
        help="A variant of the scenario, `base` for the scenario itself, `all` for everything. Repeatable.",
    ),
]

MinPixels = Annotated[
    int, typer.Option("--min-pixels", min=0, help="Label only what shows so many visible pixels in an image.")
]
MinPoints = Annotated[
    int, typer.Option("--min-points", min=0, help="Label only what so many lidar points lie in.")
]
MinVisible = Annotated[
    float, typer.Option("--min-visible", min=0, max=1, help="Label only what is visible by this share.")
]
MaxRange = Annotated[
    float, typer.Option("--max-range", min=0, help="Label only what is so many metres away, or nearer.")
]
Classes = Annotated[
    str | None,
    typer.Option("--classes", metavar="NAMES", help="Label only these classes, such as car,pedestrian."),
]


@app.command()
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
    workers: Annotated[int, typer.Option("--workers", "-w", min=0, help="CPU cores to use; 0 for all.")] = 0,
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

    Example: stormlane render child_behind_van --out out/demo --samples 8 --format nuscenes
    """
    from scenarios.suite import suite_of
    from sim.app.batch import render_batch
    from sim.app.catalogue import find_scenario

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
            over=_names(over),
            workers=workers,
            format_name=format_,
            overrides=_with_quality(overrides, quality),
            variants=variants or (),
            filters=_filters(min_pixels, min_points, min_visible, max_range, classes),
        )
    raise typer.Exit(0 if finished else 130)


@app.command()
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
    workers: Annotated[int, typer.Option("--workers", "-w", min=0, help="CPU cores to use; 0 for all.")] = 0,
    min_pixels: MinPixels = 0,
    min_points: MinPoints = 0,
    min_visible: MinVisible = 0.0,
    max_range: MaxRange = math.inf,
    classes: Classes = None,
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

            filters = _filters(min_pixels, min_points, min_visible, max_range, classes)
            for line in record_clips(dataset, out, filters):
                typer.echo(line)
            return
        finished = convert_dataset(
            dataset,
            out,
            format_,
            workers=workers,
            filters=_filters(min_pixels, min_points, min_visible, max_range, classes),
        )
    raise typer.Exit(0 if finished else 130)


@app.command()
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
    workers: Annotated[int, typer.Option("--workers", "-w", min=0, help="CPU cores to use; 0 for all.")] = 0,
    json_: Annotated[bool, typer.Option("--json", help="Print all that was found as JSON.")] = False,
) -> None:
    """Prove the labels of a native dataset, or show what is wrong with them.

    Twelve rules hold boxes against masks, cuboids against depth and lidar points, tracks against velocities, flow
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


@app.command()
def check(
    files: Files,
    samples: Annotated[
        int, typer.Option("--samples", "-n", min=1, help="Samples to draw and simulate of each.")
    ] = 1,
    seed: Seed = 0,
    method: Method = "random",
    over: Over = None,
    overrides: Overrides = None,
    variants: Variants = None,
    simulate: Annotated[
        bool | None,
        typer.Option(
            "--simulate/--no-simulate",
            help="Also simulate the samples and judge what happened; by default for one file, or with -n.",
        ),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take warnings (what can never happen) for mistakes.")
    ] = False,
) -> None:
    """Read scenarios, draw samples and simulate them, without rendering anything.

    Every mistake of every file is named, one line each; on a terminal with the line of the file it speaks of. A
    sample that is not valid is called rejected, with the clause and the moment; at the end the rejections are counted.
    """
    from scenarios.sampling import Spread
    from scenarios.suite import suite_of
    from sim.app.catalogue import find_scenario
    from sim.app.check import check_file

    with plain_errors():
        suite = suite_of(files)
        if suite is not None:
            from sim.app.suite import check_suite

            for line in check_suite(suite, simulate is not False):
                typer.echo(line)
            raise typer.Exit(0)
    # Many files without a number of samples are read and drawn only, so that a whole collection is checked in a blink.
    simulated = simulate if simulate is not None else samples > 1 or len(files) == 1
    sound = True
    for file in files:
        try:
            with plain_errors():
                path, spread = find_scenario(file), Spread(method, samples, seed, _names(over))
                for line in check_file(path, spread, overrides or (), simulated, variants or (), strict):
                    typer.echo(line)
        except typer.Exit as exit_:  # the other files are looked at all the same
            if exit_.exit_code != 2:
                raise
            sound = False
    if not sound:
        raise typer.Exit(2)


@app.command()
def cover(
    what: Annotated[
        list[Path],
        typer.Argument(
            help="Scenario files or names, a suite, or folders of rendered datasets.", show_default=False
        ),
    ],
    samples: Annotated[
        int, typer.Option("--samples", "-n", min=1, help="Samples to draw of each scenario.")
    ] = 64,
    seed: Seed = 0,
    method: Method = "random",
    over: Over = None,
    workers: Annotated[int, typer.Option("--workers", "-w", min=0, help="CPU cores to use; 0 for all.")] = 0,
    overrides: Overrides = None,
    variants: Variants = None,
    simulate: Annotated[
        bool, typer.Option(help="Simulate every sample; --no-simulate counts parameters only.")
    ] = True,
    fail_under: Annotated[
        float | None,
        typer.Option(
            "--fail-under", min=0, max=100, help="Per cent of all bins that must be full; else all of them."
        ),
    ] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print all counts as JSON.")] = False,
) -> None:
    """Count what samples cover: bins, crosses and holes of each scenario's `cover`.

    Samples of scenarios are drawn and simulated, not rendered; a dataset's clips are counted as they were recorded.
    Exit code 0: everything that is asked for is there (or --fail-under per cent of it); 1: it is not; 2: a mistake.
    """
    import json

    from scenarios.sampling import Spread
    from scenarios.suite import suite_of
    from sim.app.coverage import cover_all
    from sim.app.coverage_text import lines_of

    needed = 1.0
    with plain_errors():
        suite = suite_of(what)
        if suite is not None:
            from sim.app.suite import cover_suite

            needed = suite.filled
            coverage = cover_suite(suite, simulate=simulate, workers=workers, quiet=json_)
        else:
            coverage = cover_all(
                what, spread=Spread(method, samples, seed, _names(over)), overrides=overrides or (),
                variants=variants or (), simulate=simulate, workers=workers, quiet=json_,
            )  # fmt: skip
        if json_:
            typer.echo(json.dumps(coverage.summary(), indent=1))
        else:
            for line in lines_of(coverage):
                typer.echo(line)
    if fail_under is not None:
        needed = fail_under / 100.0
    raise typer.Exit(0 if coverage.share() >= needed - 1e-12 else 1)


@app.command()
def stats(
    what: Annotated[
        list[Path],
        typer.Argument(
            help="Scenario files or names, or folders of pictures or datasets.", show_default=False
        ),
    ],
    samples: Annotated[
        int, typer.Option("--samples", "-n", min=1, help="Samples to draw of each scenario.")
    ] = 1,
    frames: Annotated[
        int, typer.Option("--frames", min=1, help="Moments of each sample; one is the interesting one.")
    ] = 1,
    seed: Seed = 0,
    method: Method = "random",
    workers: Annotated[int, typer.Option("--workers", "-w", min=0, help="CPU cores to use; 0 for all.")] = 0,
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
    envelope is that of thirteen frames of published driving datasets, or of photographs of your own.
    Exit code 1 if fewer than --fail-under per cent of the frames lie inside it in all that is marked with a star.

    Example: stormlane stats child_behind_van deer_snow -n 4 --against photographs/
    """
    import json

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
        real = envelope_of(against)
        found = [frame for path in what if path.is_dir() for frame in frames_of_folder(path, workers)]
        scenarios = [find_scenario(path) for path in what if not path.is_dir()]
        if scenarios:
            found += frames_of_scenarios(
                scenarios, Spread(method, samples, seed), frames, _with_quality(overrides, quality),
                variants or (), workers, lambda line: typer.echo(line, err=True),
            )  # fmt: skip
        if not found:
            raise StormlaneError("no picture came of it: no sample is valid, or the rig has no camera")
        if json_:
            typer.echo(json.dumps(as_json(found, real), indent=1))
        else:
            for line in lines_of(found, real, each):
                typer.echo(line)
        inside = share_inside(found, real)
    raise typer.Exit(1 if fail_under is not None and 100.0 * inside < fail_under else 0)


@app.command()
def preview(
    files: Files,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write, .png or .jpg.")] = Path(
        "preview.png"
    ),
    at: Annotated[
        float | None, typer.Option("--at", help="Seconds into the clip; by default the interesting moment.")
    ] = None,
    seed: Seed = 0,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Which sample of the scenario.")] = 0,
    overrides: Overrides = None,
    variant: Annotated[str, typer.Option("--variant", help="Show this variant of the scenario.")] = "",
    quality: Level = None,
) -> None:
    """Render one moment to a picture: each camera with boxes and masks, the lidar from above.

    Several files make one contact sheet of what their first cameras see.
    """
    from sim.app.catalogue import find_scenario
    from sim.app.preview import Moment, contact_sheet, preview_file

    with plain_errors():
        moment = Moment(
            at,
            seed,
            sample,
            _with_quality(overrides, quality),
            variant,
            lambda line: typer.echo(line, err=True),
        )
        paths = [find_scenario(file) for file in files]
        if len(paths) > 1:
            contact_sheet(paths, out, moment)
            typer.echo(f"{out}: {len(paths)} scenarios")
        else:
            moment_s = preview_file(paths[0], out, moment)
            typer.echo(f"{out}: {files[0]} at {moment_s:.2f} s")


@app.command()
def explain(
    file: Annotated[
        Path, typer.Argument(help="A scenario file, or a name from `stormlane list`.", show_default=False)
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also draw the road from above, .png or .jpg.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """Tell a scenario in words: what can vary and how likely, who does what, the weather, what must hold."""
    from sim.app.catalogue import find_scenario
    from sim.app.explain import check_picture, explain_file

    with plain_errors():
        check_picture(out)
        for line in explain_file(find_scenario(file), overrides or (), out):
            typer.echo(line)


@app.command("list")
def list_(
    what: Annotated[str, typer.Argument(help="scenarios, models, rigs, weathers, formats or all.")] = "all",
) -> None:
    """List what is shipped: scenarios, actor models, rigs, weathers, dataset formats."""
    from sim.app.catalogue import listing

    with plain_errors():
        for line in listing(what):
            typer.echo(line)


@app.command()
def fmt(
    files: Annotated[
        list[Path], typer.Argument(help="Scenarios, fragments, weathers or rigs.", show_default=False)
    ],
    check_only: Annotated[
        bool, typer.Option("--check", help="Change nothing; exit with 1 if a file would change.")
    ] = False,
) -> None:
    """Lay scenario files out: spacing, order of words, quotes around expressions. Comments stay.

    What a file says never changes. Every file that changed is named.
    """
    from sim.app.fmt import tidy

    sound, touched = True, False
    for path in files:
        try:
            with plain_errors():
                if tidy(path, write=not check_only):
                    touched = True
                    typer.echo(f"would change {path}" if check_only else f"changed {path}")
        except typer.Exit as exit_:  # the other files are laid out all the same
            if exit_.exit_code != 2:
                raise
            sound = False
    if not sound or (check_only and touched):
        raise typer.Exit(1 if sound else 2)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new project; created when absent.")] = Path(),
) -> None:
    """Start a project: a scenario and a rig to edit, editor schemas, a perception test."""
    from sim.app.starter import start_project

    with plain_errors():
        for path in start_project(folder):
            typer.echo(f"wrote {path}")
        typer.echo(f"next: stormlane preview {folder / 'my_first.scenario.yaml'}")


@app.command()
def doctor() -> None:
    """Tell whether this machine is fit: versions, cores, memory, disk, compiled kernels."""
    from sim.app.doctor import examine

    sound = True
    for fine, line in examine():
        sound &= fine
        typer.echo(("ok    " if fine else "WRONG ") + line)
    raise typer.Exit(0 if sound else 1)


@app.command()
def schema(
    what: Annotated[str, typer.Argument(help="scenario, rig, suite or asset.")] = "scenario",
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write instead of printing.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario, rig or suite files, for completion in editors."""
    from scenarios.errors import StormlaneError
    from scenarios.json_schema import asset_schema, dumped, rig_schema, scenario_schema, suite_schema

    with plain_errors():
        makers = {
            "scenario": scenario_schema,
            "rig": rig_schema,
            "suite": suite_schema,
            "asset": asset_schema,
        }
        if what not in makers:
            raise StormlaneError(f"there is no schema of {what!r}; known: {', '.join(makers)}")
        text = dumped(makers[what]())
        if out is None:
            typer.echo(text, nl=False)
        else:
            out.write_text(text, encoding="utf-8")


@app.command()
def warmup() -> None:
    """Compile all kernels now, with several processes, so that the first render starts at once."""
    from sim.app.warmup import warm_up

    with plain_errors():
        warm_up()


def _with_quality(overrides: list[str] | None, quality: str | None) -> tuple[str, ...]:
    """Assignments, with the one that `--quality` stands for."""
    return (*(overrides or ()), *([f"capture.quality={quality}"] if quality is not None else ()))


def _filters(
    min_pixels: int, min_points: int, min_visible: float, max_range_m: float, classes: str | None
) -> "Filters":
    from labelers.filters import Filters

    return Filters(min_pixels, min_points, min_visible, max_range_m, _names(classes) or ())


def _names(text: str | None) -> tuple[str, ...] | None:
    """`rain,lamps` as a list."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def main() -> None:
    """Entry point of the `stormlane` command."""
    keep_freed_memory()
    app(prog_name="stormlane")


if __name__ == "__main__":
    main()

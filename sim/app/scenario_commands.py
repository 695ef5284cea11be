"""Commands for authors: `stormlane check`, `cover`, `preview`, `explain`, `list`, `fmt`, `init` and `schema`.  Roof."""

from pathlib import Path
from typing import Annotated

import typer

from sim.app.options import (
    Files,
    Level,
    Method,
    Over,
    Overrides,
    Seed,
    Variants,
    Workers,
    names_in,
    with_quality,
)
from sim.app.plain import plain_errors


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
    Exit code 0: every file has a sample that can be rendered; 1: one has none; 2: a mistake.
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
    sound, hopeless = True, False
    for file in files:
        try:
            with plain_errors():
                path, spread = find_scenario(file), Spread(method, samples, seed, names_in(over))
                words = set()
                for line in check_file(path, spread, overrides or (), simulated, variants or (), strict):
                    typer.echo(line)
                    words.add(line.partition(" ")[0])
                hopeless |= "ok" not in words
        except typer.Exit as exit_:  # the other files are looked at all the same
            if exit_.exit_code != 2:
                raise
            sound = False
    if not sound:
        raise typer.Exit(2)
    if hopeless:
        raise typer.Exit(1)


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
    workers: Workers = 0,
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
                what, spread=Spread(method, samples, seed, names_in(over)), overrides=overrides or (),
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


def preview(
    files: Files,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write, .png or .jpg.")] = Path(
        "preview.png"
    ),
    at: Annotated[
        float | None, typer.Option("--at", help="Seconds into the clip; by default the interesting moment.")
    ] = None,
    seed: Seed = 0,
    sample: Annotated[
        int | None,
        typer.Option(
            "--sample", min=0, help="Which sample of the scenario; by default the first that is valid."
        ),
    ] = None,
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
            with_quality(overrides, quality),
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


def list_(
    what: Annotated[str, typer.Argument(help="scenarios, models, rigs, weathers, formats or all.")] = "all",
) -> None:
    """List what is shipped: scenarios, actor models, rigs, weathers, dataset formats."""
    from sim.app.catalogue import listing

    with plain_errors():
        for line in listing(what):
            typer.echo(line)


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


def init(
    folder: Annotated[Path, typer.Argument(help="Folder of the new project; created when absent.")] = Path(),
) -> None:
    """Start a project: a scenario and a rig to edit, editor schemas, a perception test."""
    from sim.app.starter import start_project

    with plain_errors():
        for path in start_project(folder):
            typer.echo(f"wrote {path}")
        typer.echo(f"next: stormlane preview {folder / 'my_first.scenario.yaml'}")


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

"""`stormlane show`: look at a dataset.  Roof."""

from pathlib import Path
from typing import Annotated

import typer

from sim.app.plain import plain_errors


def show(
    dataset: Annotated[
        Path,
        typer.Argument(help="A native dataset: the --out folder of `stormlane render`.", show_default=False),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where the pictures go.")] = Path(
        "show"
    ),
    clip: Annotated[
        list[str] | None,
        typer.Option("--clip", help="Only this clip, or all whose names begin so. Repeatable."),
    ] = None,
    sample: Annotated[
        list[int] | None, typer.Option("--sample", help="Only this sample. Repeatable.")
    ] = None,
    camera: Annotated[
        list[str] | None, typer.Option("--camera", help="Only this camera. Repeatable.")
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="At most so many pictures, spread over all that is chosen.")
    ] = 24,
    video: Annotated[
        Path | None,
        typer.Option(
            "--video", metavar="FILE.mp4", help="Write a video of all that is chosen instead of pictures."
        ),
    ] = None,
    rerun: Annotated[
        Path | None,
        typer.Option("--rerun", metavar="FILE.rrd", help="Write a recording for the rerun viewer instead."),
    ] = None,
    width: Annotated[
        int, typer.Option("--width", min=320, max=7680, help="Of pictures and videos, pixels.")
    ] = 1600,
) -> None:
    """Draw the labels of a native dataset: boxes, masks, key points, lane lines, signs, sweeps from above.

    A picture a sample, each camera with its labels beside its classes and the lidars from above with cuboids, and
    contact.jpg with all of them small. For Foxglove and RViz: stormlane convert --format mcap.

    Example: stormlane show out/demo --clip child_behind_van --camera cam_front --video demo.mp4
    """
    from sim.app.show import Choice, record, show_pictures, show_video

    with plain_errors():
        choice = Choice.of(dataset, clip or (), sample or (), camera or ())
        if rerun is not None:
            lines = record(choice, rerun)
        elif video is not None:
            lines = show_video(choice, video, width)
        else:
            lines = show_pictures(choice, out, most, width)
        for line in lines:
            typer.echo(line)

"""`stormlane lidar`: look at what a lidar measures.  Roof."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.app.plain import plain_errors

lidar = typer.Typer(
    name="lidar", help="Look at what lidars measure.", no_args_is_help=True, add_completion=False
)


@lidar.command()
def show(
    file: Annotated[
        Path, typer.Argument(help="A scenario file, or a name from `stormlane list`.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write, .png or .jpg.")] = Path(
        "lidar.png"
    ),
    by: Annotated[
        Literal["intensity", "range", "cause", "class", "ring"],
        typer.Option("--by", help="What colours a point; `cause` shows weather, ghosts and edges."),
    ] = "intensity",
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help="Look with this lidar instead of all of the rig's: VLP-16, OS1-128, AT128, Avia, ...",
        ),
    ] = "",
    height: Annotated[
        float, typer.Option("--height", min=0.1, max=10, help="Metres above the road, of such a lidar.")
    ] = 1.9,
    at: Annotated[
        float | None, typer.Option("--at", help="Seconds into the clip; its middle by default.")
    ] = None,
    reach: Annotated[
        float, typer.Option("--reach", min=5, max=300, help="Metres that the view from above shows.")
    ] = 50.0,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the sample.")] = 0,
    sample: Annotated[int, typer.Option("--sample", min=0, help="Which sample of the scenario.")] = 0,
    overrides: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="KEY=VALUE", help="Set a value of the scenario. Repeatable."),
    ] = None,
) -> None:
    """Draw one sweep: the range image (rings over azimuth, ahead in the middle) above the view from above.

    A wet night by cause, so that rain and mirror ghosts stand out:

    stormlane lidar show town_crossing --by cause -s "world.weather=[{rain: 30 mm/h}]" -o rain.png

    The rosette of a Livox in the same street:

    stormlane lidar show town_crossing -m Avia -o avia.png
    """
    from sim.app.catalogue import find_scenario
    from sim.app.lidar_view import shown

    with plain_errors():
        for line in shown(
            find_scenario(file), out, by, model, height, at, reach, seed, sample, tuple(overrides or ())
        ):
            typer.echo(line)


@lidar.command()
def stats(
    scans: Annotated[
        list[Path],
        typer.Argument(
            help="Native datasets, or scans of your own: folders or files of KITTI .bin, nuScenes .pcd.bin, .pcd, "
            ".las or .npy.",
            show_default=False,
        ),
    ],
    like: Annotated[
        str,
        typer.Option("--like", help="Recorded sensor beside them: HDL-64E or HDL-32E; by rings if left out."),
    ] = "",
    lidar_name: Annotated[
        str, typer.Option("--lidar", help="Which lidar of a dataset; its first by default.")
    ] = "",
    most: Annotated[
        int,
        typer.Option(
            "--scans", "-n", min=1, max=100_000, help="Scans of each path to look at, evenly spread."
        ),
    ] = 50,
    out: Annotated[Path | None, typer.Option("--json", help="Write the numbers there as well.")] = None,
) -> None:
    """Hold scans against recorded ones: points, ranges, rings, intensity of the ground, points of vehicles over range.

    A dataset, beside what KITTI recorded:

    stormlane lidar stats out/native

    Scans of one's own, in any of these formats:

    stormlane lidar stats ~/kitti/training/velodyne --scans 100 --json kitti.json
    """
    from sim.app.lidar_stats import told

    with plain_errors():
        for line in told(scans, most, lidar_name, like, out):
            typer.echo(line)

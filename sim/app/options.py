"""Options that several commands share, and what their words mean.  Roof."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from labelers.filters import Filters

# Of `labelers.writers.FORMATS`, which is not imported for a line of help; a test holds them together.
FORMAT_WORDS = (
    "native, nuscenes, kitti, coco, kitti_tracking, semantickitti, cityscapes, openlabel, yolo, scalabel, nuimages, "
    "webdataset, argoverse2, openlane, occ3d, waymo, kitti_raw, mcap, osi, pcd, las"
)

Files = Annotated[
    list[Path], typer.Argument(help="Scenario files, or names from `stormlane list`.", show_default=False)
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Same file, seed and version give the same bytes.")]
Workers = Annotated[int, typer.Option("--workers", "-w", min=0, help="CPU cores to use; 0 for all.")]
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


def with_quality(overrides: list[str] | None, quality: str | None) -> tuple[str, ...]:
    """Assignments, with the one that `--quality` stands for."""
    return (*(overrides or ()), *([f"capture.quality={quality}"] if quality is not None else ()))


def filters_of(
    min_pixels: int, min_points: int, min_visible: float, max_range_m: float, classes: str | None
) -> "Filters":
    from labelers.filters import Filters

    return Filters(min_pixels, min_points, min_visible, max_range_m, names_in(classes) or ())


def names_in(text: str | None) -> tuple[str, ...] | None:
    """`rain,lamps` as a list."""
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())

"""`stormlane assets`: look at what the scenes are made of.  Roof."""

from pathlib import Path
from typing import Annotated

import typer

from sim.app.plain import plain_errors

assets = typer.Typer(
    name="assets",
    help="Look at the models that scenes are made of.",
    no_args_is_help=True,
    add_completion=False,
)


@assets.callback()
def _group() -> None:
    """Keeps `sheet` a word of its own while it is the only one."""


@assets.command()
def sheet(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models, families or classes: car.sedan, car, animal, plant; all by default.",
            show_default=False,
        ),
    ] = None,
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", "-c", metavar="CLASS", help="The same, as an option. Repeatable."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="The picture to write, .png or .jpg.")] = Path(
        "assets.jpg"
    ),
    seeds: Annotated[int, typer.Option("--seeds", "-n", min=1, help="Individuals of each model.")] = 1,
    first: Annotated[int, typer.Option("--first", min=0, help="Seed of the first of them.")] = 0,
    weather: Annotated[
        str,
        typer.Option("--weather", "-w", help='A weather as in a scenario, such as "{snow_depth: 10 cm}".'),
    ] = "",
    lamps: Annotated[str, typer.Option("--lamps", help="lit, braking or hazards; dark by default.")] = "",
    width: Annotated[int, typer.Option("--tile", min=64, help="Width of a picture in pixels.")] = 400,
) -> None:
    """Write a contact sheet: each model from four sides, and as a 905 nm laser sees it."""
    from renderers.studio import CLEAR
    from scenarios.errors import StormlaneError
    from sim.app.sheets import LAMPS, chosen
    from sim.app.sheets import sheet as write
    from sim.app.warmup import warm_up_when_cold

    with plain_errors():
        if lamps not in LAMPS:
            raise StormlaneError(f"--lamps {lamps}: choose from {', '.join(filter(None, LAMPS))}")
        wanted = chosen([*(names or []), *(classes or [])])
        warm_up_when_cold()
        write(wanted, out, range(first, first + seeds), weather or CLEAR, lamps, (width, width * 3 // 4))
        typer.echo(f"{out}: {len(wanted)} models, {seeds} of each")

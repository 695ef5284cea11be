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


@assets.command()
def sheet(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="Models, families, classes or asset files: car.sedan, car, animal, plant; all by default.",
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
        str, typer.Option("--weather", "-w", help='A weather as in a scenario, such as "{rain: 10 mm/h}".')
    ] = "",
    surface: Annotated[
        str, typer.Option("--surface", help='A surface as in a scenario, such as "{snow_depth: 10 cm}".')
    ] = "",
    lamps: Annotated[
        str, typer.Option("--lamps", help="lit, braking, hazards or beacon; dark by default.")
    ] = "",
    dirt: Annotated[
        str, typer.Option("--dirt", help="On vehicles: clean, dusty, dirty or filthy.")
    ] = "clean",
    width: Annotated[int, typer.Option("--tile", min=16, help="Width of a picture in pixels.")] = 400,
    many: Annotated[bool, typer.Option("--grid", help="One picture of each, side by side.")] = False,
    detail: Annotated[
        int, typer.Option("--detail", min=0, max=3, help="Level of detail: 0 full, 1 near, 2 middle, 3 far.")
    ] = 0,
) -> None:
    """Write a contact sheet: each model from four sides, and as a 905 nm laser sees it."""
    from renderers.studio import CLEAR, Day
    from scenarios.errors import StormlaneError
    from sim.app.sheets import LAMPS, chosen, dirt_on, grid
    from sim.app.sheets import sheet as write
    from sim.app.warmup import warm_up_when_cold

    with plain_errors():
        if lamps not in LAMPS:
            raise StormlaneError(f"--lamps {lamps}: choose from {', '.join(filter(None, LAMPS))}")
        wanted = chosen([*(names or []), *(classes or [])])
        warm_up_when_cold()
        day = Day(weather or CLEAR.weather, surface or CLEAR.surface)
        tile, chosen_seeds = (width, width * 3 // 4), range(first, first + seeds)
        if many:
            grid(wanted, out, chosen_seeds, day, lamps, tile)
        else:
            write(wanted, out, chosen_seeds, day, lamps, tile, detail=detail, dirt=dirt_on(dirt, day))
        typer.echo(f"{out}: {len(wanted)} models, {seeds} of each")


@assets.command("import")
def import_(
    mesh: Annotated[Path, typer.Argument(help="A .glb, .obj, .stl or .ply file.", show_default=False)],
    class_: Annotated[
        str,
        typer.Option("--class", "-c", metavar="CLASS", help="Class of its labels, such as car or debris."),
    ] = "debris",
    forward: Annotated[
        str | None,
        typer.Option("--forward", help="Axis of the mesh that points ahead: x, -x, y, -y, z or -z."),
    ] = None,
    up: Annotated[str | None, typer.Option("--up", help="Axis of the mesh that points up.")] = None,
    length: Annotated[
        float | None,
        typer.Option("--length", min=0.01, help="Its length in metres; guessed from the mesh by default."),
    ] = None,
) -> None:
    """Write an asset file beside a mesh: a draft with its size, materials and wheels, to be looked over."""
    from scenarios.errors import StormlaneError
    from scenarios.own_assets import load_asset
    from sim.app.own_assets import called, draft, explained, file_beside

    with plain_errors():
        text = draft(mesh, class_, forward, up, length)
        out = file_beside(mesh)
        if out.exists():
            raise StormlaneError(
                f"{out} exists already; remove it first, or check it: stormlane assets check {out}"
            )
        out.write_text(text, encoding="utf-8")
        asset = load_asset(out)
        for line in explained(asset):
            typer.echo(line)
        typer.echo(f"{out}: look it over, then see it with: stormlane assets sheet {out}")
        typer.echo(called(asset))


@assets.command("check")
def check_(
    files: Annotated[list[Path], typer.Argument(help="Asset files (*.asset.yaml).", show_default=False)],
) -> None:
    """Hold asset files against their meshes and explain what becomes of every material and part."""
    from scenarios.own_assets import load_asset
    from sim.app.own_assets import explained

    with plain_errors():
        for file in files:
            for line in explained(load_asset(file)):
                typer.echo(line)


@assets.command()
def infrared(
    names: Annotated[
        list[str] | None, typer.Argument(help="Materials; the common ones by default.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A picture to write as well, .png or .jpg.")
    ] = None,
    lidar: Annotated[str, typer.Option("--lidar", help="The lidar that looks.")] = "HDL-64E",
) -> None:
    """Tell what a lidar makes of materials: intensity by angle, what passes, and from how far beams return."""
    from renderers.lidar_models import FILES
    from scenarios.errors import StormlaneError
    from sim.app.infrared import lines, measured, picture
    from sim.app.warmup import warm_up_when_cold

    with plain_errors():
        if lidar not in FILES:
            raise StormlaneError(f"--lidar {lidar}: known are {', '.join(FILES)}")
        warm_up_when_cold()
        rows = measured(names or [], lidar)
        for line in lines(rows):
            typer.echo(line)
        if out is not None:
            picture(rows, out)
            typer.echo(f"{out}: {len(rows)} materials", err=True)

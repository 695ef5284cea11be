"""The `stormlane` command.  Roof: parses words, calls the pipeline, prints what happened.

Heavy packages are imported inside the commands, so that `stormlane --help` answers at once.  A user's mistake ends
with one line per fault and exit code 2, an interruption with 130; a traceback is always our own bug.
"""

import os

import typer

from sim.app.assets_command import assets
from sim.app.dataset_commands import convert, render, stats, verify
from sim.app.lidar_command import lidar
from sim.app.memory import keep_freed_memory
from sim.app.plain import plain_errors
from sim.app.scenario_commands import check, cover, explain, fmt, init, list_, preview, schema
from sim.app.show_command import show

# Our own threads share the cores; a matrix product of a few thousand rows only loses time waiting for BLAS threads
# (measured: 3-5 ms against 30-120 ms with two busy cores).  Read once, when numpy is imported; workers inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

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
app.command("list")(list_)
for command in (render, convert, show, verify, stats, check, cover, preview, explain, fmt, init, schema):
    app.command()(command)


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
def warmup() -> None:
    """Compile all kernels now, with several processes, so that the first render starts at once."""
    from sim.app.warmup import warm_up

    with plain_errors():
        warm_up()


def main() -> None:
    """Entry point of the `stormlane` command."""
    keep_freed_memory()
    app(prog_name="stormlane")


if __name__ == "__main__":
    main()

"""A user's mistake ends with one line and exit code 2, an interruption with 130, and no traceback.  Roof."""

import sys

import typer


class plain_errors:  # noqa: N801  # reads as a statement: `with plain_errors():`
    """Turns our own exceptions into one line each and exit code 2, an interruption into 130."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            return
        if isinstance(error, KeyboardInterrupt):
            typer.echo("stopped", err=True)
            raise typer.Exit(130) from None
        from scenarios.errors import StormlaneError

        if isinstance(error, StormlaneError):
            from sim.app.told import told

            typer.echo(told(error, excerpts=sys.stderr.isatty()), err=True)
            raise typer.Exit(2) from None
        if isinstance(error, (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)):
            typer.echo(f"{error.filename}: {error.strerror}", err=True)
            raise typer.Exit(2) from None

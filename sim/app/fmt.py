"""`stormlane fmt`: files in the one layout.  Roof."""

import shutil
from pathlib import Path

from scenarios.errors import ScenarioError, ScenarioErrors
from scenarios.layout import laid_out
from scenarios.sources import read_tree


def tidy(path: Path, write: bool) -> bool:
    """Lay a file out; whether it is (or with `write` was) laid out otherwise.

    Raises ScenarioErrors for what is not YAML of ours.  A file is changed whole or not at all.
    """
    _, data = read_tree(path, nulls=True)
    result = laid_out(data.decode("utf-8-sig"), str(path)).encode()
    if result == data:
        return False
    if write:
        real = path.resolve()
        partial = real.with_name(real.name + ".partial")
        try:
            partial.write_bytes(result)
            shutil.copymode(real, partial)
            partial.replace(real)
        except OSError as error:
            partial.unlink(missing_ok=True)
            message = f"the file cannot be written: {error.strerror}"
            raise ScenarioErrors([ScenarioError(str(path), 0, 0, message)]) from None
    return True

"""Validates a dataset's Croissant metadata with mlcroissant and reads its records.

Runs in the client's environment: `croissant_client.py <dataset>`.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import mlcroissant as mlc


def text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value


def main() -> None:
    root = Path(sys.argv[1])
    dataset = mlc.Dataset(str(root / "croissant.json"))
    issues = dataset.metadata.issues
    answer: dict[str, Any] = {
        "errors": sorted(issues.errors),
        "warnings": len(issues.warnings),
        "records": {},
    }
    for table in ("clips", "classes"):
        rows = list(dataset.records(table))
        answer["records"][table] = [
            {key.partition("/")[2]: text(value) for key, value in row.items()} for row in rows
        ]
    answer["files"] = {}
    for part in dataset.metadata.distribution:
        if isinstance(part, mlc.FileObject):
            data = (root / part.content_url).read_bytes()
            answer["files"][part.id] = hashlib.sha256(data).hexdigest() == part.sha256
        else:
            answer["files"][part.id] = sum(len(list(root.glob(glob))) for glob in part.includes)
    # A file that is not what the metadata says is refused.
    broken = root / "clips.csv"
    broken.write_bytes(broken.read_bytes() + b"x\n")
    try:
        answer["broken"] = len(list(mlc.Dataset(str(root / "croissant.json")).records("clips")))
    except Exception as error:  # mlcroissant has no class of its own for it
        answer["broken"] = type(error).__name__
    print(json.dumps(answer, default=str))


if __name__ == "__main__":
    main()

"""Verifies a recording with rerun's own tool and names its entities.

Runs in the client's environment: `rerun_client.py <file>`.
"""

import json
import re
import subprocess
import sys
from pathlib import Path


def main() -> None:
    tool = Path(sys.executable).with_name("rerun")
    verified = subprocess.run(
        [tool, "rrd", "verify", sys.argv[1]], capture_output=True, text=True, check=False
    )
    printed = subprocess.run([tool, "rrd", "print", sys.argv[1]], capture_output=True, text=True, check=False)
    entities = set(re.findall(r"/?(world[\w/\-.]*)", printed.stdout))
    print(json.dumps({"verified": verified.returncode == 0, "entities": sorted(entities)}))


if __name__ == "__main__":
    main()

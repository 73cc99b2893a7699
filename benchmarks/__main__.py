"""Measure every claim, or those named, and show one JSON object; ends with 1 when one does not hold."""

import json
import sys
from importlib import import_module

CLAIMS = ("cached", "overhead", "start", "encode", "animatic", "consistency", "join", "preview", "wan")


def main(names: list[str]) -> int:
    """Measure the claims of these names, all of them when there are none."""
    measured = {name: import_module(f"benchmarks.{name}").measure() for name in names or CLAIMS}
    print(json.dumps(measured, indent=2, ensure_ascii=False))
    return 0 if all(claim["holds"] for claim in measured.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""All measurements at sizes that end within minutes; each has options of its own for the full sizes."""

from __future__ import annotations

import subprocess
import sys

SMALL = {
    "features": ["--customers", "100000", "--orders", "2000000"],
    "programme": ["--customers", "100000", "--entries"],
    "journal": [],
    "rendering": ["--customers", "2000"],
    "webhook": [],
    "steps": ["--customers", "50000"],
    "end_to_end": ["--customers", "50000", "--plain", "2000"],
}

if __name__ == "__main__":
    for name, options in SMALL.items():
        print(f"── {name} {' '.join(options)}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *options], check=True)

#!/usr/bin/env python3
"""Do the programs in README.md stand there as they are in examples/, where they are compiled and run?"""
import pathlib
import sys

root = pathlib.Path(__file__).resolve().parents[2]
readme = (root / "README.md").read_text()
different = [name for name in ("keep_registered.c", "one_shot.c")
             if f"```c\n{(root / 'examples' / name).read_text()}```\n" not in readme]
for name in different:
    print(f"README.md shows another program than examples/{name}")
sys.exit(1 if different else 0)

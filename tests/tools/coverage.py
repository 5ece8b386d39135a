#!/usr/bin/env python3
"""How much of lib/ do the unit tests run, in lines and in branches?

    coverage.py BUILD_DIR [--lines 95] [--branches 90] [--missing]

BUILD_DIR was compiled with gcc --coverage and its tests have run. Prints a table, with --missing also
the lines and branches that no test reaches. Fails below the given percentages.
"""
import argparse
import json
import pathlib
import subprocess
import sys


def files(build):
    """Name and lines of each source of the library, as gcov saw them."""
    notes = sorted(pathlib.Path(build, "CMakeFiles/sipreg.dir/lib").resolve().glob("*.gcno"))
    out = subprocess.run(["gcov", "--json-format", "--stdout", "--branch-probabilities", *notes],
                         cwd=build, check=True, capture_output=True, text=True).stdout
    for text in out.splitlines():
        for file in json.loads(text)["files"]:
            name = pathlib.Path(file["file"])
            if name.parent.name == "lib":
                yield name.name, file["lines"]


def tally(files):
    """Per file: {line: run?} and {(line, branch): taken?}, over all objects that contain it."""
    table = {}
    for name, lines in files:
        runs, taken = table.setdefault(name, ({}, {}))
        for line in lines:
            number = line["line_number"]
            runs[number] = runs.get(number, 0) + line["count"]
            for i, branch in enumerate(line["branches"]):
                taken[number, i] = taken.get((number, i), 0) + branch["count"]
    return table


def percent(counts):
    return 100.0 * sum(1 for n in counts if n) / len(counts) if counts else 100.0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--lines", type=float, default=0)
    parser.add_argument("--branches", type=float, default=0)
    parser.add_argument("--missing", action="store_true")
    args = parser.parse_args()

    table = tally(files(args.build))
    all_lines, all_branches = [], []
    print(f"{'':24}{'lines':>14}{'branches':>18}")
    for name, (runs, taken) in sorted(table.items()):
        all_lines += runs.values()
        all_branches += taken.values()
        if runs:
            print(f"{name:24}{percent(runs.values()):8.1f} % {len(runs):4}"
                  f"{percent(taken.values()):11.1f} % {len(taken):4}")
        if args.missing:
            for line in sorted(set([n for n, c in runs.items() if not c] +
                                   [n for (n, _), c in taken.items() if not c])):
                what = "never run" if not runs[line] else "a branch never taken"
                print(f"    {name}:{line}: {what}")
    lines, branches = percent(all_lines), percent(all_branches)
    print(f"{'all of lib/':24}{lines:8.1f} % {len(all_lines):4}{branches:11.1f} % {len(all_branches):4}")
    return 0 if lines >= args.lines and branches >= args.branches else 1


sys.exit(main())

#!/usr/bin/env python3
"""How much of lib/ do the unit tests run, in lines and in branches, and why not all of it?

    coverage.py BUILD_DIR

BUILD_DIR was compiled with gcc --coverage and its tests have run. Prints a table, and the lines and branches
that no test reaches. uncovered.txt says why none can: FILE | LINE | WHY. Fails if one is not explained, if an
explanation fits nothing any more, or if a line is never run at all.
"""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNCOVERED = pathlib.Path(__file__).with_name("uncovered.txt")
NEVER = "never run"


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


def missing(table):
    """FILE, LINE as text, and what is missing there."""
    for name, (runs, taken) in sorted(table.items()):
        source = (ROOT / "lib" / name).read_text().splitlines()
        for line in sorted(set([n for n, c in runs.items() if not c] +
                               [n for (n, _), c in taken.items() if not c])):
            yield name, source[line - 1].strip(), "a branch never taken" if runs[line] else NEVER


def explanations():
    for line in UNCOVERED.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, text, why = [part.strip() for part in line.split(" | ", 2)]
            yield pathlib.Path(name).name, text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
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
    lines, branches = percent(all_lines), percent(all_branches)
    print(f"{'all of lib/':24}{lines:8.1f} % {len(all_lines):4}{branches:11.1f} % {len(all_branches):4}")
    known, faults = set(explanations()), 0
    for name, text, what in missing(table):
        if what == NEVER or (name, text) not in known:
            faults += 1
            print(f"{name}: {what}: {text}")
        known.discard((name, text))
    for name, text in sorted(known):
        faults += 1
        print(f"{name}: explained, but there is nothing to explain: {text}")
    return 1 if faults else 0


sys.exit(main())

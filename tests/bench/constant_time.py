#!/usr/bin/env python3
"""Does it take as long to find a proof of the registrar (rspauth) wrong, wherever it is?

    constant_time.py BUILD_DIR        prints TAP

callgrind counts the instructions of verifying one whose first, middle or last digit is another one.
"""
import os
import pathlib
import re
import subprocess
import sys


def instructions(program, *words):
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--toggle-collect=measured_*",
         program, *words], env=dict(os.environ, LD_BIND_NOW="1"), capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"# {done.stderr}\nnot ok - {words}")
    return int(found[1])


def main():
    program = pathlib.Path(sys.argv[1]).resolve() / "constant_time"
    status = 0
    for algorithm, digits in (("MD5", 32), ("SHA-256", 64)):
        figures = [instructions(program, algorithm, str(index)) for index in (0, digits // 2, digits - 1)]
        good = len(set(figures)) == 1
        status |= not good
        print(f"# instructions by where a wrong digit stands, {algorithm}: {figures}")
        print("ok" if good else "not ok", f"- a wrong rspauth is found in a time that does not say where: {algorithm}")
    return status


if __name__ == "__main__":
    sys.exit(main())

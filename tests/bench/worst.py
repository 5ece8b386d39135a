#!/usr/bin/env python3
"""Does any answer cost more than its length justifies?

    worst.py BUILD_DIR      prints TAP, with the figures

For each shape of worst.c the instructions for 64 KB of it, through a client: at most 20 times those for
reading each octet once, and at most a little more than twice those for 32 KB. callgrind counts.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SIZE = 64 * 1024
TIMES = 20    # what reading each octet once takes
LINEAR = 2.2  # twice the size


def instructions(worst, shape, size, function):
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + folder + "/out",
             "--toggle-collect=" + function, worst, shape, str(size)],
            env=dict(os.environ, LD_BIND_NOW="1"), capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"# {done.stderr}\nnot ok - {shape}")
    return int(found[1])


def main():
    worst = pathlib.Path(sys.argv[1]).resolve() / "worst"
    shapes = subprocess.run([worst], check=True, capture_output=True, text=True).stdout.splitlines()
    octets = instructions(worst, shapes[0], SIZE, "measured_octets")
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        whole = list(pool.map(lambda s: instructions(worst, s, SIZE, "measured_receive"), shapes))
        half = list(pool.map(lambda s: instructions(worst, s, SIZE // 2, "measured_receive"), shapes))

    print(f"# to read each of {SIZE:,} octets once: {octets:,} instructions")
    failed = False
    for shape, all_of_it, half_of_it in sorted(zip(shapes, whole, half), key=lambda row: -row[1]):
        times, growth = all_of_it / octets, all_of_it / half_of_it
        good = times <= TIMES and growth <= LINEAR
        failed = failed or not good
        print(f"# {shape:36}{all_of_it:12,}{times:7.1f} times{growth:7.2f} times the half")
        print(f"{'ok' if good else 'not ok'} - {shape}: read in time that its length justifies")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

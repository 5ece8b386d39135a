#!/usr/bin/env python3
"""What does it cost to register, in instructions, and has that become more?

    bench.py BUILD_DIR              prints TAP, with the figures
    bench.py BUILD_DIR --record     makes today's figures the baseline

callgrind counts, so any machine gives nearly the same figure: compilers and C libraries differ by some
percent. A test fails if an operation takes over 10 % more than baseline.txt says.
"""
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BASELINE = HERE / "baseline.txt"
TOLERANCE = 1.10

OPERATIONS = {  # name: what, and what we aim for
    "read_401": ("read a 401: parse, challenge", 4500),
    "build_authenticated": ("build an authenticated REGISTER, MD5", 7500),
    "exchange": ("a client registers: REGISTER, 401, REGISTER, 200", 20000),
    "read_contacts": ("read a 200 with 100 contacts", 150000),
    "accept_contacts": ("a client accepts a 200 with 100 contacts", 150000),
}


def instructions(bench, name):
    """Within the functions measured_*, per operation."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=" + folder + "/out",
             "--toggle-collect=measured_*", bench, name, "10"],
            env=dict(os.environ, LD_BIND_NOW="1"), capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not found:
        raise SystemExit(f"# {done.stderr}\nnot ok - {name}")
    return int(found[1]) // 10


def code_size(*compiler):
    """Octets of code and constants of the library without its hash port, for the smallest code."""
    sources = [str(path) for path in sorted((HERE / "../../lib").resolve().glob("*.c"))
               if not path.name.startswith("hash_")]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*compiler, "-std=c99", "-Os", "-fno-asynchronous-unwind-tables", "-I",
                        HERE / "../../include", "-c", *sources], cwd=folder, check=True)
        objects = sorted(str(path) for path in pathlib.Path(folder).iterdir())
        out = subprocess.run(["size", *objects], check=True, capture_output=True, text=True).stdout
    return {pathlib.Path(name).stem: int(text) + int(data) + int(bss)
            for text, data, bss, _, _, name in (line.split()[:6] for line in out.splitlines()[1:])}


def print_code_size(machine, *compiler):
    if not shutil.which(compiler[0]):
        return
    sizes = code_size(*compiler)
    print(f"# octets of code for {machine}, {sum(sizes.values()):,} in all:",
          ", ".join(f"{name} {size}" for name, size in sizes.items()))


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    figures = {name: instructions(build / "bench", name) for name in OPERATIONS}
    if "--record" in sys.argv:
        BASELINE.write_text("".join(f"{name} {figure}\n" for name, figure in figures.items()))
    baseline = dict(line.split() for line in BASELINE.read_text().splitlines())

    print(f"# {'instructions':52}{'now':>9}{'baseline':>10}{'aim':>9}")
    failed = False
    for name, figure in figures.items():
        what, aim = OPERATIONS[name]
        print(f"# {what:52}{figure:9,}{int(baseline[name]):10,}{aim:9,}")
    for name, figure in figures.items():
        good = figure <= int(baseline[name]) * TOLERANCE
        failed = failed or not good
        print(f"{'ok' if good else 'not ok'} - {name} takes no more instructions than it did")

    print("#")
    print_code_size(platform.machine(), "gcc")
    print("# octets of", subprocess.run([build / "bench"], check=True, capture_output=True,
                                        text=True).stdout.strip().replace("\n", ", "))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Is every row of tests/conformance.md tested, by tests that there are, that pass, and that bite?

    conformance.py BUILD            the rows, and that their tests run and pass in build/BUILD
    conformance.py BUILD --bite     also: each of these tests fails under one fault of faults.txt
    conformance.py BUILD --find     writes faults.txt anew, as few faults as will do

A row names its tests, or begins with "planned:", "not ours:" and why. A core row may not be planned.
A fault in faults.txt is one of mutate.py's mutants, FILE | LINE | CHANGE, or FILE | LINE | replaced by:
ANOTHER LINE, for what no mutant does wrong.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import queue
import random
import re
import shutil
import subprocess
import sys
import tempfile

import mutate

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "conformance.md"
FAULTS = pathlib.Path(__file__).with_name("faults.txt")
TIERS = ("core", "ext", "ims")
BY_HAND = "replaced by: "

Row = collections.namedtuple("Row", "id tier tests reason")


# ---------------------------------------------------------------- the table

def rows():
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if not re.match(r"\| [A-Z]\w*-\S+ \|", line):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 5 or cells[2] not in TIERS or not cells[1] or not cells[3]:
            sys.exit(f"{TABLE.name}:{number}: not ID, level, tier, requirement, tests")
        reason = re.match(r"(planned|not ours): \S", cells[4])
        tests = [] if reason else re.findall(r"`(\w+/\w+)`", cells[4])
        if not reason and re.sub(r"`\w+/\w+`", "", cells[4]).strip():
            sys.exit(f"{TABLE.name}:{number}: neither tests nor why not: {cells[4]}")
        yield Row(cells[0], cells[2], tests, reason and reason[1])


def faults_of_rows(table, ran):
    """What is wrong with the rows, given the tests that ran and whether they passed."""
    seen = set()
    for row in table:
        if row.id in seen:
            yield f"{row.id} stands there twice"
        seen.add(row.id)
        if not row.tests and row.reason is None:
            yield f"{row.id} has no test"
        if row.reason == "planned" and row.tier == "core":
            yield f"{row.id} is core, and only planned"
        for test in row.tests:
            if test not in ran:
                yield f"{row.id}: {test} is not there, or did not run"
            elif not ran[test]:
                yield f"{row.id}: {test} fails"


def summary(table):
    for tier in TIERS:
        of_tier = [row for row in table if row.tier == tier]
        count = collections.Counter(row.reason or "tested" for row in of_tier)
        ours = len(of_tier) - count["not ours"]
        yield (f"{tier}: {count['tested']} of {ours} rows are tested, {count['planned']} planned; "
               f"{count['not ours']} more are not ours")


# ---------------------------------------------------------------- running

def results(program, name, environment=None, limit=60):
    """{file/function: passed} of one test program, as far as it got; raises TimeoutExpired."""
    done = subprocess.run([program], cwd=ROOT / "tests", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=limit,
                          env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP", **(environment or {})},
                          check=False)
    found = re.findall(rb"^(ok|not ok) \d+ - (\w+)(?! *# SKIP)", done.stdout, re.MULTILINE)
    return {f"{name}/{test.decode()}": verdict == b"ok" for verdict, test in found}


def run_all(build, names):
    ran = {}
    for name in sorted(names):
        program = build / f"test_{name}"
        if program.exists():
            ran.update(results(program, name))
    return ran


# ---------------------------------------------------------------- do they bite?

class Bench:
    """The library as a shared object that can be made with one file changed, and the test programs
    that use it. One folder of it for each worker."""

    FLAGS = ["-O1", "-fPIC", "-D_POSIX_C_SOURCE=200809L", "-DSIPREG_HASH_MBEDTLS"]

    def __init__(self, folder, jobs, names):
        self.folder, self.names = folder, sorted(names)
        for name in ("lib", "include/sipreg", "tests"):
            (folder / name).mkdir(parents=True)
            for path in (ROOT / name).glob("*.[ch]"):
                shutil.copy(path, folder / name)
        self.includes = [f"-I{folder / name}" for name in ("include", "lib", "tests")]
        sources = [path for path in (folder / "lib").glob("*.c") if path.name not in mutate.NOT_LINKED]
        helpers = [path for path in (folder / "tests").glob("*.c") if not path.stem.startswith("test_")]
        tests = [folder / "tests" / f"test_{name}.c" for name in self.names]
        self.texts = {f"lib/{path.name}": path.read_text() for path in sources}
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(self.compile, sources + helpers + tests))
        self.objects = {path.name: path.with_suffix(".o") for path in sources}
        self.link(folder / "libsipreg.so", self.objects.values())
        helpers = [path.with_suffix(".o") for path in helpers]
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda path: self.program(path, helpers), tests))
        self.places = queue.Queue()
        for number in range(jobs):
            (folder / f"place{number}").mkdir()
            self.places.put(folder / f"place{number}")

    def compile(self, path, out=None, folder=None):
        return mutate.compiler(*self.FLAGS, *self.includes, "-c", path, "-o",
                               out or path.with_suffix(".o"), folder=folder or self.folder)

    def link(self, out, objects):
        mutate.must(mutate.compiler("-shared", *objects, "-lmbedcrypto", "-o", out, folder=self.folder))

    def program(self, path, helpers):
        mutate.must(mutate.compiler(path.with_suffix(".o"), *helpers, "-rdynamic", f"-L{self.folder}",
                                    "-lsipreg", "-lcmocka", "-lmbedcrypto", "-o", path.with_suffix(""),
                                    folder=self.folder))

    def failing(self, mutant):
        """The tests that fail with this mutant; none if it is no C, or lets a test hang."""
        place = self.places.get()
        try:
            name = pathlib.Path(mutant.file).name
            source = place / name
            source.write_text(mutant.text)
            if self.compile(source, place / "changed.o", place).returncode != 0:
                return set()
            objects = [place / "changed.o" if key == name else path for key, path in self.objects.items()]
            self.link(place / "libsipreg.so", objects)
            failed = set()
            for name in self.names:
                ran = results(self.folder / "tests" / f"test_{name}", name,
                              {"LD_LIBRARY_PATH": str(place)}, 5)
                failed.update(test for test, passed in ran.items() if not passed)
            return failed
        except subprocess.TimeoutExpired:
            return set()
        finally:
            self.places.put(place)

    def all_mutants(self):
        for file, text in sorted(self.texts.items()):
            yield from mutate.mutants_of(file, text)

    def by_hand(self, key):
        """The mutant that is described as FILE | LINE | replaced by: ANOTHER; or None."""
        file, line, what = key.split(" | ", 2)
        lines = self.texts.get(file, "").split("\n")
        found = [index for index, one in enumerate(lines) if one.strip() == line]
        if not what.startswith(BY_HAND) or not found:
            return None
        lines[found[0]] = what[len(BY_HAND):]
        return mutate.Mutant(file, found[0] + 1, line, what, "\n".join(lines))


def key_of(mutant):
    return f"{mutant.file} | {mutant.line} | {mutant.what}"


def listed_faults():
    lines = FAULTS.read_text().splitlines() if FAULTS.exists() else []
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def bite(bench, wanted, jobs):
    """What is wrong: tests that no listed fault makes fail, faults that are not there or do nothing."""
    mutants = {key_of(mutant): mutant for mutant in bench.all_mutants()}
    keys = listed_faults()
    mutants.update((key, bench.by_hand(key)) for key in keys if key.count(" | ") == 2 and BY_HAND in key)
    mutants = {key: mutant for key, mutant in mutants.items() if mutant is not None}
    for key in keys:
        if key not in mutants:
            yield f"{FAULTS.name}: is not there: {key}"
    present = [key for key in keys if key in mutants]
    left = set(wanted)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for key, failed in zip(present, pool.map(lambda key: bench.failing(mutants[key]), present)):
            if not failed & set(wanted):
                yield f"{FAULTS.name}: no test fails: {key}"
            left -= failed
    for test in sorted(left):
        yield f"{test} fails under none of the faults"


def find(bench, wanted, jobs, only):
    """Tries mutants until each test has failed under one, those listed before, then the others in
    random order; few of them are kept."""
    mutants = list(bench.all_mutants())
    random.Random(1).shuffle(mutants)
    before = set(listed_faults())
    by_hand = [key for key in listed_faults() if BY_HAND in key]
    mutants = [mutant for mutant in mutants
               if only is None or only in mutant.file or key_of(mutant) in before]
    mutants += filter(None, map(bench.by_hand, by_hand))
    mutants.sort(key=lambda mutant: key_of(mutant) not in before)
    left, kept = set(wanted), {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for start in range(0, len(mutants), 4 * jobs):
            batch = mutants[start:start + 4 * jobs]
            for mutant, failed in zip(batch, pool.map(bench.failing, batch)):
                failed &= set(wanted)
                # what breaks much proves little of each test
                narrow = len(failed) <= len(wanted) // 12 or BY_HAND in mutant.what
                if failed & left and narrow:
                    kept[key_of(mutant)] = failed
                    left -= failed
                    write(kept)
            print(f"{start + len(batch)} of {len(mutants)} tried, {len(left)} tests left", flush=True)
            if not left:
                break
    return few(kept), left


def few(kept):
    """Of these faults as few as make the same tests fail, those that break the fewest of them first."""
    left = set().union(*kept.values())
    for key in sorted(kept, key=lambda key: -len(kept[key])):
        others = [kept[other] for other in kept if other != key]
        if others and set().union(*others) >= left:
            del kept[key]
    return kept


def write(kept):
    head = [line for line in FAULTS.read_text().splitlines() if line.startswith("#")] if FAULTS.exists() else []
    FAULTS.write_text("\n".join(head + sorted(kept)) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--bite", action="store_true")
    parser.add_argument("--find", action="store_true")
    parser.add_argument("--only", metavar="FILE", help="with --find: new faults in this file of lib/")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    table = list(rows())
    wanted = {test for row in table for test in row.tests}
    names = {test.partition("/")[0] for test in wanted}
    wrong = list(faults_of_rows(table, run_all(options.build.resolve(), names)))
    if (options.bite or options.find) and not wrong:
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
            bench = Bench(pathlib.Path(folder), options.jobs, names)
            if options.find:
                kept, left = find(bench, wanted, options.jobs, options.only)
                write(kept)
                wrong = [f"{test} fails under no mutant" for test in sorted(left)]
            else:
                wrong = list(bite(bench, wanted, options.jobs))
    for line in wrong:
        print(line)
    for line in summary(table):
        print(f"# {line}")
    return 1 if wrong else 0


sys.exit(main())

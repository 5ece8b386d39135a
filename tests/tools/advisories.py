#!/usr/bin/env python3
"""Is every group of tests/advisories.md caught by tests that there are, that ran, and that pass?

    advisories.py BUILD
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "tests" / "advisories.md"


def groups():
    """Number and tests of each row."""
    for line in TABLE.read_text().splitlines():
        if re.match(r"\| \d+ \|", line):
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            yield cells[0], re.findall(r"`(\w+/\w+)`", cells[-1])


def results(build, name):
    """{file/function: passed} of one test program."""
    program = build / f"test_{name}"
    if not program.exists():
        return {}
    done = subprocess.run(["env", "CMOCKA_MESSAGE_OUTPUT=TAP", program], cwd=ROOT / "tests", timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    found = re.findall(rb"^(ok|not ok) \d+ - (\w+)(?! *# SKIP)", done.stdout, re.MULTILINE)
    return {f"{name}/{test.decode()}": verdict == b"ok" for verdict, test in found}


def main():
    table = list(groups())
    ran = {}
    for name in sorted({test.partition("/")[0] for _, tests in table for test in tests}):
        ran.update(results(pathlib.Path(sys.argv[1]).resolve(), name))
    wrong = [f"group {number} has no test" for number, tests in table if not tests]
    wrong += [f"group {number}: {test} fails, did not run, or is not there"
              for number, tests in table for test in tests if not ran.get(test)]
    print("\n".join(wrong) or f"# {len(table)} groups")
    return 1 if wrong or not table else 0


sys.exit(main())

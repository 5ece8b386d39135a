"""The figures: what the logs of the runs say, and the table of README.md that is made of it.

A slice is one process of libFuzzer or AFL++ with a log of its own, TARGET.MODE.TIME.log. Executions of
all slices of libFuzzer are added up; the new coverage of a slice counts where it came in that sum, and
that of AFL++ where its slice stands among them. What a slice reaches by the corpus that it starts from is
not new: somebody else has found it, whose slice says so, or another build counts it differently.
"""
import pathlib
import re
import time

README = pathlib.Path(__file__).resolve().parent / "README.md"
START, END = "<!-- figures -->", "<!-- end of figures -->"


class Figures:
    def __init__(self):
        self.executions = self.sanitized = self.afl = 0
        self.edges = {"look": 0, "mass": 0}
        self.last_new = 0  # in executions: when the last edge came
        self.findings = 0

    def __str__(self):
        return (f"{self.executions:,} executions ({self.sanitized:,} sanitized; AFL++ {self.afl:,}), "
                f"{self.edges['look']} edges, the last one new after {self.last_new:,}")

    def add(self, mode, text):
        """One slice: `#N INITED cov: C` when it has read its corpus, `#N NEW cov: C ft: ...` for each new
        input, `#N DONE cov: C` at its end; `#N pulse cov: C` now and then, also while it reads."""
        done, started = 0, False
        for number, what, edges in re.findall(r"^#(\d+)\s+(\w+)\s+cov: (\d+)", text, re.M):
            done = int(number)
            started = started or what == "INITED"
            if what == "INITED":
                self.edges[mode] = int(edges)
            elif started and int(edges) > self.edges[mode]:
                self.edges[mode] = int(edges)
                self.last_new = self.executions + done
        self.executions += done
        self.sanitized += done if mode == "look" else 0

    def add_afl(self, folder):
        """One slice of AFL++, which marks the inputs that reach a new edge."""
        for stats in folder.glob("*/fuzzer_stats"):
            found = re.search(r"execs_done\s*: (\d+)", stats.read_text())
            self.afl += int(found[1]) if found else 0
        if any(",orig:" not in path.name for path in folder.glob("*/queue/*+cov")):
            self.last_new = self.executions


def of(work, target):
    figures = Figures()
    logs = sorted(work.glob(f"log/{target}.*.log"), key=lambda p: int(p.name.split(".")[2]))
    for log in logs:
        mode, at = log.name.split(".")[1:3]
        if mode == "afl":
            figures.add_afl(work / "afl" / target / at)
        else:
            figures.add(mode, log.read_text(errors="replace"))
    figures.findings = len(list(work.glob(f"findings/{target}-*")))
    return figures


def row(work, target):
    f = of(work, target)
    inputs = list((work / "small" / target).glob("*"))
    share = 100 * f.last_new / f.executions if f.executions else 0
    return (f"| {target} | {f.executions:,} | {f.sanitized:,} | {f.afl:,} | {f.edges['look']} | {share:.0f} % | "
            f"{len(inputs)}, {sum(p.stat().st_size for p in inputs):,} | {f.findings} |")


def table(work, targets):
    head = ["| target | executions | of them sanitized | AFL++, besides | edges | last new edge at | "
            "corpus: inputs, octets | findings |", "| --- " * 8 + "|"]
    return "\n".join(head + [row(work, target) for target in targets])


def record(work, targets):
    text = README.read_text()
    before, rest = text.split(START)
    after = rest.split(END)[1]
    day = time.strftime("%Y-%m-%d")
    README.write_text(f"{before}{START}\nLast recorded on {day}.\n\n{table(work, targets)}\n{END}{after}")

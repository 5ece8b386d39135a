#!/usr/bin/env python3
"""Do the tests bite? Breaks lib/ in one place at a time and sees whether a test notices.

    mutate.py                     the files that decide most (DEFAULT below)
    mutate.py lib/via.c ...       these
    mutate.py --check 90          fails, too, if less than 90 % of a file's mutants are killed
    mutate.py --lines 40-60 FILE  only these lines, for the inner loop

A mutant is the file with one thing changed: an operator, a constant, a condition that always or
never holds, a statement that is not there. It is killed if it makes any test fail, or hang: first
those named after the file, then the stories, then all others. What compiles to the same code as the
file itself is no mutant. What survives is printed as

    lib/x.c:LINE: what was changed [the line]

and is either a test to be written or a change that nobody could notice. The latter are listed, each
with its reason, in survivors.txt beside this file, one a line:

    lib/x.c | the line, without blanks around it | what was changed | why nobody notices

A survivor that is not listed is an error, and so is one that is listed, but not found any more, or
killed. What stands several times in lines of the same words is numbered. All work is done in a copy
of the tree under the temporary folder. Needs gcc, cmocka and mbedTLS; on two cores that have nothing
else to do the default takes four minutes.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SURVIVORS = pathlib.Path(__file__).with_name("survivors.txt")
DEFAULT = ["answers", "transaction", "binding", "schedule", "challenge", "digest"]
NOT_LINKED = ["hash_psa.c", "hash_openssl.c"]

# ---------------------------------------------------------------- tokens

TOKEN = re.compile(r"""
    (?P<skip>      \s+ | /\*.*?\*/ | ^[ \t]*\#(?:[^\n\\]|\\.|\\\n)*)
  | (?P<string>    "(?:\\.|[^"\\])*")
  | (?P<character> '(?:\\.|[^'\\])+')
  | (?P<number>    \b(?:0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b)
  | (?P<word>      [A-Za-z_]\w*)
  | (?P<operator>  <<=|>>=|->|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|.)
    """, re.VERBOSE | re.DOTALL | re.MULTILINE)

Token = collections.namedtuple("Token", "kind text start end")
NOWHERE = Token(None, "", 0, 0)

SWAPS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="],
    "!=": ["=="], "&&": ["||"], "||": ["&&"], "!": [""], "+": ["-"], "-": ["+"], "*": ["+"],
    "/": ["*"], "%": ["/"], "++": ["--"], "--": ["++"], "+=": ["-="], "-=": ["+="], "*=": ["/="],
    "/=": ["*="], "|=": ["&="], "&=": ["|="], "<<": [">>"], ">>": ["<<"], "^": ["|"], "|": ["&"],
    "&": ["|"],
}
WORDS = {"true": "false", "false": "true", "break": "", "continue": ""}
CONTROL = {"if", "while", "for", "switch"}
NO_STATEMENT = CONTROL | {"do", "else", "case", "default", "goto", "sizeof", "break", "continue"}
AFTER_NAME = {"=", "++", "--", "+=", "-=", "*=", "|=", "&=", "(", "->", "[", "."}


def tokens_of(text):
    found = (Token(m.lastgroup, m[0], m.start(), m.end()) for m in TOKEN.finditer(text))
    return [token for token in found if token.kind != "skip"]


def closing(tokens, i):
    """The index of the parenthesis that closes the one at i."""
    depth = 0
    for j in range(i, len(tokens)):
        depth += (tokens[j].text == "(") - (tokens[j].text == ")")
        if depth == 0:
            return j
    raise ValueError("unbalanced parentheses")


# ---------------------------------------------------------------- mutants

# what is to be replaced from start to end, by what, and how that is said
Change = collections.namedtuple("Change", "start end text what")


def operator_changes(tokens, i):
    before, token = tokens[i - 1], tokens[i]
    operand = before.text in (")", "]") or before.kind in ("word", "number", "character")
    if token.text in "*&-+" and not (operand and before.text not in ("return", "case")):
        if token.text in "-+":
            yield Change(token.start, token.end, "", f"{token.text} removed")
        return
    for text in SWAPS.get(token.text, []):
        what = f"{token.text} to {text}" if text else f"{token.text} removed"
        yield Change(token.start, token.end, text, what)


def number_changes(token):
    digits = token.text.rstrip("uUlL")
    suffix = token.text[len(digits):]
    value = int(digits, 0)
    for other in (value + 1, value - 1) if value > 0 else (value + 1,):
        yield Change(token.start, token.end, f"{other}{suffix}", f"{token.text} to {other}{suffix}")


def condition_changes(tokens, i, text):
    start, end = tokens[i + 1].start, tokens[closing(tokens, i + 1)].end
    word = tokens[i].text
    yield Change(start, end, f"(0 && {text[start:end]})", f"{word} never")
    if word == "if":
        yield Change(start, end, f"(1 || {text[start:end]})", "if always")


def statement_changes(tokens, i, text):
    end = next(token.end for token in tokens[i:] if token.text == ";")
    statement = " ".join(text[tokens[i].start:end].split())
    yield Change(tokens[i].start, end, ";", f"without {statement}")


def statement_starts(tokens):
    """The indices of tokens that may begin a statement."""
    starts, heads = set(), set()
    for i, token in enumerate(tokens):
        if token.text in CONTROL and tokens[i + 1].text == "(":
            heads.add(closing(tokens, i + 1))
        if token.text in (";", "{", "}", "else", "do", ":") or i in heads:
            starts.add(i + 1)
        if token.text == "for":  # what stands between its semicolons is no statement
            starts -= set(range(i, closing(tokens, i + 1)))
    return starts


def changes(text):
    """Everything that can be changed within braces."""
    tokens = tokens_of(text)
    starts = statement_starts(tokens)
    depth = 0
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else NOWHERE
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0:
            continue
        if token.kind == "operator":
            yield from operator_changes(tokens, i)
        elif token.kind == "number":
            yield from number_changes(token)
        elif token.kind == "character" and len(token.text) == 3:
            other = f"'{chr(ord(token.text[1]) + 1)}'"
            yield Change(token.start, token.end, other, f"{token.text} to {other}")
        elif token.text in WORDS:
            other = WORDS[token.text]
            what = f"{token.text} to {other}" if other else f"without {token.text};"
            yield Change(token.start, token.end, other, what)
        elif token.text in ("if", "while") and after.text == "(":
            yield from condition_changes(tokens, i, text)
        elif i in starts and token.kind == "word" and (
                (token.text not in NO_STATEMENT and after.text in AFTER_NAME)
                or (token.text == "return" and after.text == ";")):
            yield from statement_changes(tokens, i, text)


Mutant = collections.namedtuple("Mutant", "file number line what text")


def mutants_of(file, text):
    """The same change to the same line, or to another one of these words, is numbered."""
    seen = collections.Counter()
    for change in changes(text):
        number = text.count("\n", 0, change.start) + 1
        line = text.split("\n")[number - 1].strip()
        seen[line, change.what] += 1
        again = seen[line, change.what]
        what = change.what if again == 1 else f"{change.what} ({again})"
        yield Mutant(file, number, line, what,
                     text[:change.start] + change.text + text[change.end:])


# ---------------------------------------------------------------- building

SANITIZED = ["-O1", "-fPIC", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def compiler(*arguments, folder):
    return subprocess.run(["gcc", "-std=c99", "-w", *map(str, arguments)], cwd=folder,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def must(done):
    if done.returncode != 0:
        sys.exit(f"{' '.join(done.args)}\n{done.stdout}{done.stderr}")


class Workshop:
    """A copy of the tree with everything compiled once. The file that is mutated is a shared library
    of its own, so that a mutant costs one compilation, and the programs stay as they are."""

    def __init__(self, folder, jobs):
        self.folder, self.jobs = folder, jobs
        for name in ("lib", "include/sipreg", "tests"):
            (folder / name).mkdir(parents=True)
            for path in (ROOT / name).glob("*.[ch]"):
                shutil.copy(path, folder / name)
        self.includes = [f"-I{folder / name}" for name in ("include", "lib", "tests")]
        lib = [path for path in (folder / "lib").glob("*.c") if path.name not in NOT_LINKED]
        tests = sorted((folder / "tests").glob("*.c"))
        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            list(pool.map(self.compile, lib + tests))
        self.lib = {path.name: path.with_suffix(".o") for path in lib}
        self.helpers = [path.with_suffix(".o") for path in tests if not path.stem.startswith("test_")]
        self.tests = [path for path in tests if path.stem.startswith("test_")]

    def compile(self, path):
        define = [f"-Dmain=main_{path.stem}"] if path.stem.startswith("test_") else []
        must(compiler(*SANITIZED, *self.includes, *define, "-D_POSIX_C_SOURCE=200809L",
                      "-DSIPREG_HASH_MBEDTLS", "-c", path, "-o", path.with_suffix(".o"),
                      folder=self.folder))

    def shared_object(self, source, folder):
        """Compiles a version of a file to libmutant.so. False if it is no C."""
        done = compiler(*SANITIZED, *self.includes, "-shared", source, "-o", "libmutant.so",
                        folder=folder)
        return done.returncode == 0

    def code(self, source, folder):
        """What users would get of a version of a file; None if it is no C."""
        done = compiler("-O2", *self.includes, "-c", source, "-o", "code.o", folder=folder)
        return (folder / "code.o").read_bytes() if done.returncode == 0 else None

    def link(self, name, tests, objects):
        """A program that runs these tests one after the other, until one fails."""
        source = self.folder / f"{name}.c"
        mains = [f"main_{test.stem}" for test in tests]
        source.write_text("".join(f"int {main}(void);\n" for main in mains)
                          + "int main(void)\n{\n"
                          + "".join(f"    if ({main}() != 0)\n        return 1;\n" for main in mains)
                          + "    return 0;\n}\n")
        program = self.folder / name
        must(compiler(*SANITIZED, source, *(test.with_suffix(".o") for test in tests),
                      *self.helpers, *objects, "-rdynamic", f"-L{self.folder}", "-lmutant",
                      "-lcmocka", "-lmbedcrypto", "-o", program, folder=self.folder))
        return program

    def programs(self, file):
        """All tests, without the file, the most telling ones first."""
        def rank(path):
            own = path.stem == f"test_{file.stem}" or path.stem.startswith(f"test_{file.stem}_")
            return (not own, not path.stem.startswith("test_client_"), path.stem)

        def brings_hash(path):
            return re.search(r"^\w.*\bsipreg_hash_start\(", path.read_text(), re.MULTILINE)

        objects = [path for name, path in self.lib.items() if name != file.name]
        without = [path for path in objects if not path.stem.startswith("hash_")]
        plain = [path for path in sorted(self.tests, key=rank) if not brings_hash(path)]
        yield self.link("tests_of_" + file.stem, plain, objects)
        for path in self.tests:
            if brings_hash(path):
                yield self.link(f"{path.stem}_of_{file.stem}", [path], without)


# ---------------------------------------------------------------- judging

class Trial:
    """The mutants of one file, each tried by all tests."""

    def __init__(self, workshop, file):
        self.workshop, self.file, self.limit = workshop, file, 60.0
        original = workshop.folder / "lib" / file.name
        if not workshop.shared_object(original, workshop.folder):
            sys.exit(f"{file} does not compile")
        self.programs = list(workshop.programs(file))
        self.benches = queue.Queue()
        for number in range(workshop.jobs):
            bench = workshop.folder / f"{file.stem}_{number}"
            bench.mkdir()
            self.benches.put(bench)
        shutil.copy(original, bench)
        self.code = workshop.code(file.name, bench)
        workshop.shared_object(file.name, bench)
        began = time.monotonic()
        if not self.passes(bench):
            sys.exit(f"the tests fail without a change in {file}")
        self.limit = 3 + 5 * (time.monotonic() - began)

    def passes(self, bench):
        """Do all tests pass with the library in this folder?"""
        environment = {**os.environ, "LD_LIBRARY_PATH": str(bench), "ASAN_OPTIONS": "detect_leaks=0"}
        for program in self.programs:
            try:
                done = subprocess.run([program], cwd=self.workshop.folder / "tests",
                                      env=environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                      timeout=self.limit, check=False)
            except subprocess.TimeoutExpired:
                return False
            if done.returncode != 0:
                return False
        return True

    def verdict(self, mutant):
        bench = self.benches.get()
        try:
            (bench / self.file.name).write_text(mutant.text)
            code = self.workshop.code(self.file.name, bench)
            if code is None or code == self.code:
                return "none"
            self.workshop.shared_object(self.file.name, bench)
            return "survived" if self.passes(bench) else "killed"
        finally:
            self.benches.put(bench)


def explained():
    """What survivors.txt lists, by file, line and change."""
    entries = {}
    for line in SURVIVORS.read_text().splitlines() if SURVIVORS.exists() else []:
        if line.strip() and not line.startswith("#"):
            parts = line.split(" | ")
            if len(parts) != 4 or not all(part.strip() for part in parts):
                sys.exit(f"{SURVIVORS.name}: not of the form FILE | LINE | CHANGE | WHY: {line}")
            entries[tuple(part.strip() for part in parts[:3])] = parts[3]
    return entries


def judge(workshop, file, lines, reasons):
    """Prints what survived. Returns how many per cent are killed, and whether survivors.txt holds."""
    name = f"lib/{file.name}"
    trial = Trial(workshop, file)
    mutants = [mutant for mutant in mutants_of(name, (workshop.folder / name).read_text())
               if lines is None or lines[0] <= mutant.number <= lines[1]]
    count, used = collections.Counter(), set()
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(workshop.jobs) as pool:
        for mutant, verdict in zip(mutants, pool.map(trial.verdict, mutants)):
            key = (mutant.file, mutant.line, mutant.what)
            if verdict == "survived" and key in reasons:
                verdict = "explained"
                used.add(key)
            count[verdict] += 1
            if verdict == "survived":
                print(f"{name}:{mutant.number}: {mutant.what} [{mutant.line}]", flush=True)
    stale = [key for key in reasons if key[0] == name and key not in used and lines is None]
    for key in stale:
        print(f"{SURVIVORS.name}: does not survive, or is not there: {' | '.join(key)}")
    total = count["killed"] + count["survived"] + count["explained"]
    score = 100 * count["killed"] / max(total, 1)
    print(f"{name}: {count['killed']} of {total} killed, {score:.1f} %; {count['explained']} survive "
          f"for a reason, {count['survived']} for none; {time.monotonic() - began:.0f} s", flush=True)
    return score, not stale and not count["survived"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", metavar="FILE", help="answers, or lib/answers.c")
    parser.add_argument("--check", type=float, metavar="PERCENT", default=0)
    parser.add_argument("--lines", metavar="A-B")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    lines = options.lines and tuple(int(part) for part in options.lines.split("-"))
    files = [ROOT / "lib" / f"{pathlib.Path(name).stem}.c" for name in options.files or DEFAULT]
    for file in files:
        if not file.exists():
            sys.exit(f"there is no {file.relative_to(ROOT)}")
    reasons, good = explained(), True
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        workshop = Workshop(pathlib.Path(folder), options.jobs)
        for file in files:
            score, holds = judge(workshop, file, lines, reasons)
            good = good and holds and score >= options.check
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

"""objects.py - what is compiled for a target, and with which flags?"""
import hashlib
import pathlib
import re
import subprocess

from targets import spoken

HERE = pathlib.Path(__file__).resolve().parent
TESTS = HERE.parent
ROOT = TESTS.parent
BUILD = ROOT / "build/firmware"

CODE = ("-std=c99", "-Os", "-ffunction-sections", "-fdata-sections")
TESTING = ("-std=c99", "-ffunction-sections", "-fdata-sections", "-D_POSIX_C_SOURCE=200809L",
           "-DSIPREG_HASH_MBEDTLS", "-I", ROOT / "lib")
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wstrict-prototypes", "-Wundef", "-Wvla",
            "-Werror")
HASHES = ("md5.c", "sha256.c", "sha512.c", "platform_util.c")
OWN_HASH = '#include "failing_hash.h"'  # programs of their own, since each brings its own hash
OTHER_SYSTEM = ("test_secrets", "test_client_secrets")  # search the memory of a process of Linux


class Failure(Exception):
    """What went wrong, in words."""


def call(command, seconds=300, **options):
    """Its exit status, and what it said."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, timeout=seconds,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="latin-1",
                              **options)
    except subprocess.TimeoutExpired as expired:
        said = (expired.output or b"").decode("latin-1")
        raise Failure(f"no end within {seconds} seconds\n{spoken(said)[-2000:]}") from None
    except OSError as error:
        raise Failure(str(error)) from None
    return done.returncode, spoken(done.stdout)


def must(command, **options):
    status, output = call(command, **options)
    if status:
        raise Failure(f"{' '.join(str(word) for word in command)}\n{output[-3000:]}")
    return output


def fingerprint(text):
    return hashlib.sha1(text.encode()).hexdigest()[:12]


class Objects:
    """Compiles what it is asked for, once, and not again while nothing has changed."""

    def __init__(self, pool):
        self.pool, self.jobs = pool, {}
        sources = [*(ROOT / "include/sipreg").glob("*.h"), *(ROOT / "lib").glob("*.h"),
                   *TESTS.glob("*.h"), *HERE.glob("*.h")]
        self.newest = max(source.stat().st_mtime for source in sources)

    def compiled(self, source, *command):
        """The object, which is on its way."""
        result = BUILD / "objects" / fingerprint(" ".join(map(str, command))) / (source.stem + ".o")
        if result not in self.jobs:
            self.jobs[result] = self.pool.submit(self.compile, source, result, command)
        return result

    def compile(self, source, result, command):
        result.parent.mkdir(parents=True, exist_ok=True)
        newest = max(self.newest, source.stat().st_mtime)
        if not result.exists() or result.stat().st_mtime < newest:
            must([*command, "-c", source, "-o", result])

    def wait(self, objects):
        for result in objects:
            self.jobs[result].result()


class Build:
    """All objects of one target: the library, the hash behind it, the transcript, the unit tests."""

    def __init__(self, target, objects, mbedtls):
        self.target, self.objects = target, objects
        self.place = BUILD / re.sub(r"\W+", "-", target.name)
        self.place.mkdir(parents=True, exist_ok=True)
        self.include = ("-isystem", HERE, "-isystem", mbedtls / "include", "-I", ROOT / "include",
                        "-DMBEDTLS_CONFIG_FILE=<mbedtls_config.h>")
        self.port = [self.code(HERE / name) for name in target.port]
        self.library = [self.code(ROOT / "lib" / name, *WARNINGS, *target.warnings)
                        for name in (ROOT / "lib/sources.txt").read_text().split()]
        self.hash = [self.code(mbedtls / "library" / name) for name in HASHES]
        self.hash.append(self.code(ROOT / "lib/hash_mbedtls.c", *WARNINGS, *target.warnings))
        wraps = ("-DTRANSCRIPT_WRAPS",) if target.wraps else ()
        self.transcript = [self.code(HERE / "transcript.c", *WARNINGS, *wraps), *self.port]
        self.suites = [self.suite(names) for names in self.groups()]

    def code(self, source, *flags):
        """As in firmware."""
        return self.objects.compiled(source, self.target.compiler, *self.target.machine, *CODE,
                                     *self.include, *flags)

    def test(self, source, *flags):
        machine = self.target.tests_machine or self.target.machine
        return self.objects.compiled(source, self.target.compiler, *machine, *TESTING,
                                     self.target.tests_level, *self.include, *flags)

    def groups(self):
        """The names of the unit tests in each program."""
        if self.target.suites is not None:
            return [[name] for name in self.target.suites]
        tests = [path for path in sorted(TESTS.glob("test_*.c")) if path.stem not in OTHER_SYSTEM]
        alone = [path.stem for path in tests if OWN_HASH in path.read_text()]
        return [[path.stem for path in tests if path.stem not in alone], *([name] for name in alone)]

    def suite(self, names):
        """The objects of one program of unit tests."""
        return [*(self.test(TESTS / (name + ".c"), f"-Dmain=main_of_{name}") for name in names),
                *(self.test(TESTS / (name + ".c")) for name in self.target.shared),
                self.runner(names), *self.port]

    def runner(self, names):
        """Compiled with the list of these unit tests."""
        text = "".join([*(f"SUITE({name})\n" for name in names),
                        *(f"BEYOND({name})\n" for name in self.target.beyond)])
        place = BUILD / "suites" / fingerprint(text)
        place.mkdir(parents=True, exist_ok=True)
        (place / "suites.inc").write_text(text)
        return self.test(HERE / "runner.c", "-I", place)

    def all(self):
        return [*self.library, *self.hash, *self.transcript,
                *(one for suite in self.suites for one in suite)]

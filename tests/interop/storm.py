"""Many phones in one process (storm.c), and what has happened to them."""
import collections
import contextlib
import tempfile

from fixture import process, written

Line = collections.namedtuple("Line", "time phone what number")


@contextlib.contextmanager
def storm(tool, transport, address, port, count, base, expires, *outbound):
    """So many phones as long as the block lasts, and a function that gives their lines so far."""
    program = tool.build / "storm"
    if not program.exists():
        raise AssertionError(f"there is no {program}: build the tests first")
    words = [program, transport, address, port, count, base, expires, *outbound]
    with tempfile.TemporaryFile("w+") as out, process(words, stdout=out, stderr=out):
        def lines():
            rows = [line.split() for line in written(out).splitlines(keepends=True) if line.endswith("\n")]
            return [Line(int(time) / 1000, int(phone), what, int(number))
                    for time, phone, what, number in rows]
        yield lines


def registrations(lines):
    """How often each phone was registered."""
    return collections.Counter(line.phone for line in lines if line.what == "registered")

#!/usr/bin/env python3
"""Writes the library as two files, sipreg.c and sipreg.h, into FOLDER.

    examples/amalgamation/amalgamate.py FOLDER

Add both to a project, and link the crypto library: mbedTLS, unless SIPREG_HASH_PSA or SIPREG_HASH_OPENSSL
is defined. With SIPREG_HASH_FILE defined as "my_hash.c", the four functions of lib/hash.h are taken from
that source, which is included where they are declared. All that is not in sipreg.h is static: the compiler
sees the whole, leaves out what is not used, and makes smaller code of the rest.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIB, PUBLIC = ROOT / "lib", ROOT / "include/sipreg"
HASHES = {"psa": "defined(SIPREG_HASH_PSA)", "openssl": "defined(SIPREG_HASH_OPENSSL)", "mbedtls": "1"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(?:"(\w+\.h)"|<sipreg/(\w+\.h)>)[^\n]*\n', re.M)
COMMENT = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def sources():
    """Names of lib/*.c, lower floors first; the hash stands before those that use it."""
    names = [line.removesuffix(".c") for line in (LIB / "sources.txt").read_text().split()]
    return ["hash", *names]


def without_proofs(text):
    """The annotations for the prover go, /*@ ... */ and //@ ..."""
    return re.sub(r"^[ \t]*/\*@.*?\*/[ \t]*\n|^[ \t]*//@[^\n]*\n", "", text, flags=re.S | re.M)


def rename(text, names, prefix):
    """Prefixes these words; members, strings and comments stay as they are."""
    words = re.compile(r"(?<![\w.])(?<!->)(" + "|".join(sorted(names, key=len, reverse=True)) + r")\b") \
        if names else None
    out, at = [], 0
    for skipped in [*COMMENT.finditer(text), None]:
        code = text[at:skipped.start() if skipped else len(text)]
        out.append(words.sub(prefix + r"\1", code) if words else code)
        out.append(skipped[0] if skipped else "")
        at = skipped.end() if skipped else at
    return "".join(out)


def own_names(text):
    """What a source defines for itself at the top level: functions, tables, types, constants."""
    code = COMMENT.sub("", text)
    names = set(re.findall(r"^static\s[^;={(]*?\b(\w+)\s*(?:\[[^]]*\]\s*)*(?:=|;|\()", code, re.M))
    for body in re.findall(r"^enum\s*(?:\w+\s*)?\{(.*?)\}", code, re.M | re.S):
        names |= set(re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", body.strip()))
    names |= set(re.findall(r"^\} (\w+)\b", code, re.M))  # a table of a struct without a name
    names |= set(re.findall(r"^typedef\b[^;]*?\b(\w+)(?:\[[^]]*\])?;", code, re.M))
    return names


def own_macros(text):
    return re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", text, re.M)


def private(text, functions, tables):
    """Functions and tables that only the library knows become static."""
    for name in tables:
        text = re.sub(rf"^(?:extern )?(const [\w ]+\b{name}\[)", r"static \1", text, flags=re.M)
    for name in functions:
        text = re.sub(rf"^(?!static|extern)((?:const |struct |enum |unsigned |signed )*\w+[ *]+{name}\()", r"static \1",
                      text, flags=re.M)
    return text


class Amalgamation:
    def __init__(self):
        self.seen = set()
        headers = "".join(without_proofs(p.read_text()) for p in sorted(LIB.glob("*.h")))
        self.functions = sorted(set(re.findall(r"^(?!static|typedef|#)[\w *]+?\b(sipreg_\w+)\(",
                                               COMMENT.sub("", headers), re.M)))
        self.tables = re.findall(r"^extern [\w ]+\b(sipreg_\w+)\[", headers, re.M)

    def expand(self, text):
        """Internal headers where they are first included; the public ones came before."""
        def header(found):
            name = found[1]
            if name is None or name in self.seen:
                return ""
            self.seen.add(name)
            return self.expand(without_proofs((LIB / name).read_text()))
        return INCLUDE.sub(header, text)

    def source(self, name):
        text = without_proofs((LIB / f"{name}.c").read_text())
        macros = own_macros(text)
        text = self.expand(rename(text, own_names(text), f"sipreg_{name}__"))
        return text + "".join(f"#undef {macro}\n" for macro in macros)

    def hash(self):
        """One of the ports."""
        out = [self.expand('#include "hash.h"\n'), "#if defined(SIPREG_HASH_FILE)\n#include SIPREG_HASH_FILE\n"]
        for name, condition in HASHES.items():
            seen = set(self.seen)
            out.append(f"#elif {condition}\n{self.source(f'hash_{name}')}")
            self.seen = seen
        return "".join(out) + "#endif\n"

    def text(self):
        parts = [notice(), '#include "sipreg.h"\n']
        for name in sources():
            part = self.hash() if name == "hash" else self.source(name)
            parts.append(part)
        return private("".join(parts), self.functions, self.tables)


def notice():
    """Whence this comes, and the license, which must stay with it."""
    version = re.search(r'#define SIPREG_VERSION "(.*)"', (PUBLIC / "sipreg.h").read_text())[1]
    lines = (ROOT / "LICENSE").read_text().strip().splitlines()
    return f"/*\n * sipreg {version}, the whole library.\n *\n" + \
        "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def header():
    seen = set()

    def expand(name):
        if name in seen:
            return ""
        seen.add(name)
        return INCLUDE.sub(lambda found: expand(found[2] or found[1]), (PUBLIC / name).read_text())

    return expand("sipreg.h")


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sipreg.h").write_text(notice() + header())
    (folder / "sipreg.c").write_text(Amalgamation().text())


if __name__ == "__main__":
    main()

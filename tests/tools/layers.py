#!/usr/bin/env python3
"""Does every file include only what stands below it?

The library is a house of floors: a file includes headers of lower floors, and on its own floor only
those to its left. Public headers include only public headers that sipreg.h names before them and three
of the standard's. Only hash_* includes a crypto library. run.c gets by with the public API. Nobody knows
locate.c: it is the caller who asks it.

    layers.py [libsipreg.a]

With the built archive it looks at calls too: the structs that all floors speak in stand in the public
headers of messages, so an include alone does not show who calls whom.
"""
import pathlib
import re
import subprocess
import sys

FLOORS = [
    ["chars", "str", "cursor", "out", "ident", "hash"],
    ["names", "transport", "param", "uri", "uri_same", "nameaddr", "via", "locate"],
    ["frame", "stun", "response", "date", "warning", "options", "challenge", "digest", "authinfo",
     "fault", "credentials", "request"],
    ["transaction", "binding", "routes", "schedule", "session", "config", "redirect",
     "image"],
    ["state", "pings", "nat", "outbound", "answers", "outcome", "compose", "flow", "keepalive",
     "wish", "snapshot", "client"],
    ["run"],
]
BESIDE = ["error"]  # includes public headers only
ALONE = ["locate"]  # stands on its floor, but nobody includes or calls it

# The public headers, lowest first, and the first floor that may include them.
PUBLIC = {"types": 0, "config": 0, "request": 0, "response": 0, "digest": 0, "storage": 3, "client": 3,
          "locate": 1, "sipreg": 5}
PUBLIC_STANDARD = {"stdbool.h", "stddef.h", "stdint.h"}
STANDARD = PUBLIC_STANDARD | {"limits.h", "string.h"}
CRYPTO = ("mbedtls/", "psa/", "openssl/")

root = pathlib.Path(__file__).resolve().parents[2]
place = {name: (floor, column) for floor, names in enumerate(FLOORS)
         for column, name in enumerate(names)}


def includes(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return re.findall(r'^\s*#\s*include\s+([<"].*?[>"])', text, flags=re.M)


def fault_in_public(name, what):
    """Why the public header `name` may not include `what`, or None."""
    if what in PUBLIC_STANDARD:
        return None
    if what == "SIPREG_CONFIG_FILE":
        return None
    other = re.fullmatch(r"sipreg/(\w+)\.h", what)
    if not other or other[1] not in PUBLIC:
        return "public headers include only public headers and " + " ".join(sorted(PUBLIC_STANDARD))
    order = list(PUBLIC)
    if order.index(other[1]) >= order.index(name):
        return "it stands higher"
    return None


def question(stem):
    """The name under which a file has its place: the ports of the hash are one, the parts of locate too."""
    return next((name for name in ("hash", "locate") if stem.startswith(name + "_")), stem)


def fault_in_library(path, what):
    """Why the library's file `path` may not include `what`, or None."""
    name = question(path.stem)
    if what in STANDARD:
        return None
    if what.startswith(CRYPTO):
        return None if path.stem.startswith("hash_") else "only hash_*.c includes a crypto library"
    other = re.fullmatch(r"(?:sipreg/)?(\w+)\.h", what)
    if other and other[1] in ALONE and name not in ALONE:
        return "nobody knows it"
    other = re.fullmatch(r"sipreg/(\w+)\.h", what)
    if other:
        if other[1] not in PUBLIC:
            return "no such public header"
        if name in BESIDE or PUBLIC[other[1]] <= place[name][0]:
            return None
        return "it belongs to a higher floor"
    other = re.fullmatch(r"(\w+)\.h", what)
    if not other or question(other[1]) not in place:
        return "not a header that the library knows"
    if question(other[1]) == name:
        return None
    if name in BESIDE or name == "run":
        return "it uses the public API only"
    if place[question(other[1])] < place[name]:
        return None
    return "it stands higher, or to the right on the same floor"


def faults_in_calls(archive):
    """Which objects use symbols of objects that do not stand below them?"""
    home, uses = {}, []
    for line in subprocess.run(["nm", "-A", archive], check=True, capture_output=True,
                               text=True).stdout.splitlines():
        found = re.search(r":(\w+)\.c\.o:\S* +(\w) (sipreg_\w+)$", line)
        if found:
            name = question(found[1])
            if found[2] == "U":
                uses.append((name, found[3]))
            elif found[2].isupper():
                home[found[3]] = name
    for name, symbol in uses:
        other = home.get(symbol)
        if other is None or other in BESIDE or name not in place or other not in place:
            continue
        if other in ALONE and name not in ALONE or place[other] >= place[name] and other != name:
            yield f"{name}.c calls {symbol}() of {other}.c, which does not stand below it"


def main():
    faults, count = [], 0
    if len(sys.argv) > 1:
        faults += faults_in_calls(sys.argv[1])
    for path in sorted((root / "include/sipreg").glob("*.h")):
        if path.stem not in PUBLIC:
            faults.append(f"{path.relative_to(root)}: has no place in tests/tools/layers.py")
            continue
        for what in includes(path):
            count += 1
            fault = fault_in_public(path.stem, what[1:-1])
            if fault:
                faults.append(f"{path.relative_to(root)} includes {what}: {fault}")
    for path in sorted((root / "lib").glob("*.[ch]")):
        name = question(path.stem)
        if name not in place and name not in BESIDE:
            faults.append(f"{path.relative_to(root)}: has no place in tests/tools/layers.py")
            continue
        for what in includes(path):
            count += 1
            fault = fault_in_library(path, what[1:-1])
            if fault:
                faults.append(f"{path.relative_to(root)} includes {what}: {fault}")
    for fault in faults:
        print(fault)
    print(f"{count} includes, {len(faults)} out of place")
    return 1 if faults else 0


sys.exit(main())

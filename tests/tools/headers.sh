#!/bin/sh
# Does each public header compile alone, as C99 and as C++11, without a warning?
#   headers.sh [COMPILER C++COMPILER]...        prints TAP; gcc g++ clang clang++ unless told otherwise
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- gcc g++ clang clang++

both="-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wcast-qual -Wundef -Wvla -Werror"
status=0

compiles() { # NAME COMMAND...: with the header on standard input
    name=$1
    shift
    if printf '#include <sipreg/%s>\nextern int nothing_else;\n' "$header" | "$@" -Iinclude -fsyntax-only - 2>&1; then
        echo "ok - $name"
    else
        echo "not ok - $name"
        status=1
    fi
}

while [ $# -ge 2 ]; do
    for header in include/sipreg/*.h; do
        header=${header##*/}
        # shellcheck disable=SC2086
        compiles "$header, $1, C99" "$1" -x c -std=c99 $both -Wstrict-prototypes -Wmissing-prototypes
        # shellcheck disable=SC2086
        compiles "$header, $2, C++11" "$2" -x c++ -std=c++11 $both -Wold-style-cast
    done
    shift 2
done
exit $status

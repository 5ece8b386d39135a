#!/bin/bash
# Do analysers find anything in lib/? Prints TAP.
#
# gcc -fanalyzer, clang-tidy with the checks of .clang-tidy, cppcheck: what is not installed is skipped.
set -u
cd "$(dirname "$0")/../.."
jobs=$(nproc 2>/dev/null || echo 2)
files=$(ls lib/*.c)
status=0

judge() { # NAME OUTPUT: nothing said is nothing found
    if [ -z "$2" ]; then
        echo "ok - $1"
    else
        status=1
        printf '%s\nnot ok - %s\n' "$2" "$1"
    fi
}

try() { # PROGRAM OUTPUT_OF...
    local program=$1 name=$2
    shift 2
    if command -v "$program" >/dev/null; then
        judge "$name" "$("$@" 2>&1)"
    else
        echo "ok - $name # SKIP $program is not installed"
    fi
}

each() { # COMMAND...: for each file
    printf '%s\n' $files | xargs -P "$jobs" -I{} "$@"
}

tidy() { # counts of what was suppressed in headers of others are no findings
    each clang-tidy --quiet {} -- -std=c99 -Iinclude 2>&1 | grep -vE '^[0-9]+ warnings? generated\.$|^Suppressed|^Use -header'
}

try gcc "gcc -fanalyzer" each gcc -std=c99 -O2 -Iinclude -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
    -Wcast-qual -Wundef -Wvla -Wswitch-enum -fanalyzer -c {} -o /dev/null
try clang-tidy clang-tidy tidy
try cppcheck cppcheck cppcheck --quiet --std=c99 --enable=warning,performance,portability -USIPREG_CONFIG_FILE \
    --suppress=missingIncludeSystem --library=std -Iinclude -j "$jobs" lib
exit $status

#!/bin/bash
# Does each condition in lib/ decide something in some unit test (MC/DC)? Prints a table of what does, and
# fails below 95 %. By hand: it needs clang-19 and llvm-19. Expressions that contain a comparison of boolean
# expressions are beyond clang, which says so.
#
#   mcdc.sh [FILE...]     of these files of lib/, also the conditions that never decided
set -eu
cd "$(dirname "$0")/../.."
least=95
build=build/mcdc
flags='-g -O0 -fprofile-instr-generate -fcoverage-mapping -fcoverage-mcdc'
cmake -S . -B $build -DCMAKE_C_COMPILER=clang-19 -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS="$flags" \
    -DSIPREG_BUILD_SHARED=OFF -DSIPREG_BUILD_EXAMPLES=OFF >/dev/null
# shellcheck disable=SC2046
cmake --build $build -j "$(nproc)" --target $(basename -s .c tests/test_*.c) >/dev/null

rm -rf $build/profiles
mkdir $build/profiles
programs=()
for test in $build/test_*; do
    [ -x "$test" ] && [ -f "$test" ] || continue
    name=$(basename "$test")
    LLVM_PROFILE_FILE=$PWD/$build/profiles/$name.profraw env -C tests "../$test" >/dev/null 2>&1 ||
        { echo "$name fails"; exit 1; }
    programs+=(-object "$test")
done
llvm-profdata-19 merge -o $build/all.profdata $build/profiles/*.profraw

report() { # OPTIONS...
    llvm-cov-19 "$1" --instr-profile $build/all.profdata "${programs[@]:1}" "${@:2}"
}

for file; do
    report show --show-mcdc -sources "$file" | grep -B 30 'Coverage: *\(0\|[1-9][0-9]\?\)\.' || true
done
report report --show-mcdc-summary -sources lib/*.[ch] | awk -v least=$least '
    NF > 10 && $(NF - 2) > 0 && ($1 ~ /\.[ch]$/ || $1 == "TOTAL") { printf "%-24s %8s %% of %d conditions\n", $1, $NF + 0, $(NF - 2) }
    $1 == "TOTAL" { good = $NF + 0 >= least }
    END { exit !good }'

#!/bin/sh
# Would clang-format change any C file?
#   format.sh           names the files and exits with 1 if there are any
#   format.sh --fix     lets it
set -eu
cd "$(dirname "$0")/../.."
files=$(find lib include examples tests -name '*.[ch]' | sort)
status=0
for file in $files; do
    if [ "${1-}" = --fix ]; then
        clang-format -i "$file"
    elif ! clang-format "$file" | cmp -s - "$file"; then
        clang-format "$file" | diff "$file" - | sed -n "s|^[0-9][^<>]*\$|$file:&|p"
        status=1
    fi
done
exit $status

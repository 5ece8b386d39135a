#!/bin/bash
# Is nothing left of a password, or of what is made of it, once a call has ended? Prints TAP.
#
#   secrets.sh COMPILER...        at -O2, without sanitizers, with each hash library that is there
#
# tests/remains.h says how that is found out. The programs are linked with -z now, as the dynamic linker
# puts all registers on the stack when it looks for a function at its first call.
set -u -o pipefail
cd "$(dirname "$0")/../.."
jobs=$(nproc 2>/dev/null || echo 2)

have() { echo "#include <$1>" | gcc -E - >/dev/null 2>&1; }

status=0

try() { # COMPILER HASH LIBRARY SOURCES...
    local compiler=$1 hash=$2 library=$3 where=build/secrets/$1 test
    shift 3
    for test in test_secrets test_client_secrets; do
        if $compiler -std=c99 -O2 -D_POSIX_C_SOURCE=200809L -Iinclude -Ilib -o "$where/$hash" \
            "tests/$test.c" tests/remains.c tests/sent.c tests/support.c tests/line.c \
            "lib/hash_$hash.c" "$@" "$where"/*.o -lcmocka "$library" -pthread -Wl,-z,now; then
            env -C tests CMOCKA_MESSAGE_OUTPUT=TAP "../$where/$hash" |
                sed "s/^\(not \)\{0,1\}ok .* - /&$compiler, $hash: /" || status=1
        else
            echo "not ok - $compiler, $hash: build"
        fi
    done
}

for compiler in "$@"; do
    rm -rf "build/secrets/$compiler"
    mkdir -p "build/secrets/$compiler"
    find "$PWD/lib" -name '*.c' ! -name 'hash_*' -print0 |
        (cd "build/secrets/$compiler" &&
            xargs -0 -n 4 -P "$jobs" "$compiler" -std=c99 -O2 -I../../../include -c)
    try "$compiler" mbedtls -lmbedcrypto
    try "$compiler" psa -lmbedcrypto tests/tools/psa_init.c
    if have openssl/evp.h; then try "$compiler" openssl -lcrypto; fi
done
exit $status

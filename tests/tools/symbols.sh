#!/bin/sh
# Does the built library need, keep and export only what it promises?
#   symbols.sh BUILD_DIR        prints TAP
set -eu
archive=$1/libsipreg.a
shared=$1/libsipreg.so
include=$(dirname "$0")/../../include/sipreg
status=0
[ -e "$archive" ] # or there is nothing to look at

nothing() { # NAME: a test that passes if there is nothing on standard input
    if found=$(grep .); then
        echo "not ok - $1"
        echo "$found" | sed 's/^/# /'
        status=1
    else
        echo "ok - $1"
    fi
}

lacks() { # LIST: the lines of standard input that are not in LIST
    grep -vxF "$1" || true
}

# "object symbol" of what the archive's objects need, less what others of its objects define
defined=$(nm -g --defined-only "$archive" | awk 'NF == 3 { print $3 }')
needed=$(nm -A -u "$archive" | awk '{ sub(/:$/, "", $1); sub(/.*:/, "", $1); print $1, $NF }' |
    awk -v list="$defined" 'BEGIN { n = split(list, d); while (n) have[d[n--]] } !($2 in have)')

# The compiler's own helpers begin with two underscores.
echo "$needed" | grep -vE ' (mem(cpy|move|set|cmp|chr)|strlen|__.*|_GLOBAL_OFFSET_TABLE_)$' |
    grep -vE ' (mbedtls|psa|EVP|OPENSSL)_' |
    nothing "the archive needs no more than mem*, strlen and the hash library"
echo "$needed" | awk '$2 ~ /^(mbedtls|psa|EVP|OPENSSL)_/ && $1 !~ /^hash_/' |
    nothing "only hash_*.c needs the hash library"
echo "$defined" | grep -v '^sipreg_' | nothing "every global symbol starts with sipreg_"
objdump -h "$archive" | awk '/file format/ { file = $1 }
    ($2 == ".data" || $2 == ".bss" || $2 == "COMMON") && $3 !~ /^0+$/ { print file, $2 }' |
    nothing "nothing is kept in variables"

if [ -e "$shared" ]; then
    api=$(cat "$include"/*.h | tr '\n' ' ' | grep -o 'SIPREG_API [^;(]*[(;]' | grep -o 'sipreg_[a-z0-9_]*[(;]$' | tr -d '(;')
    exported=$(nm -D --defined-only "$shared" | awk '{ print $NF }')
    echo "$exported" | lacks "$api" | nothing "the shared library exports only what is public"
    echo "$api" | lacks "$exported" | nothing "the shared library exports all that is public"
fi
exit $status

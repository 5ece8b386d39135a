#!/bin/sh
# Runs a command of a newer Debian than this one, without installing it: its packages are downloaded from this
# machine's own mirror, unpacked into a folder, and started with their own loader and libraries.
#
#   newer.sh FOLDER SUITE PACKAGE COMMAND [ARGUMENTS...]
set -eu
folder=$1 suite=$2 package=$3 command=$4
shift 4

fetch() {
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/root"
    : >"$folder/status"
    mirror=$(grep -rhoE '^(URIs: *|deb +(\[[^]]*\] +)?)https?://[^ ]*/debian/? *' /etc/apt/sources.list \
        /etc/apt/sources.list.d 2>/dev/null | grep -oE 'https?://[^ ]*' | head -1)
    [ -n "$mirror" ] || { echo "newer.sh: this machine has no mirror of Debian" >&2; exit 1; }
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
        >"$folder/sources.list"
    set -- -o "Dir::Etc::sourcelist=$folder/sources.list" -o Dir::Etc::sourceparts=- \
        -o "Dir::State::lists=$folder/lists" -o "Dir::State::status=$folder/status" \
        -o "Dir::Cache=$folder/cache" -o APT::Install-Recommends=false -o APT::Sandbox::User=root
    apt-get "$@" -qq update
    apt-get "$@" -qq -y --download-only install "$package" >/dev/null
    for file in "$folder"/cache/archives/*.deb; do dpkg-deb -x "$file" "$folder/root"; done
    : >"$folder/root/.have-$package"
}

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
[ -e "$folder/root/.have-$package" ] || fetch
lib=$(dirname "$(find "$folder/root" -name 'ld-linux*.so.*' | head -1)")
exec "$lib"/ld-linux*.so.* --library-path "$lib:$folder/root/usr/lib" "$folder/root/usr/bin/$command" "$@"

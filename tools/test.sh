#!/usr/bin/env bash
# Builds Afferent and runs all its tests. On a fresh Debian 12 machine it first installs what that needs.
# test.sh [ctest arguments]
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in -h | --help) sed -n '2,3s/^# //p' "$0"; exit 0 ;; esac

export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
tools/packages.sh build
cmake --preset dev -DAFFERENT_SHARED="${AFFERENT_SHARED:-$PWD/../shared}" >build-configure.log || { cat build-configure.log; exit 1; }
grep '^-- vectors:' build-configure.log | sed 's/^-- //'
rm -f build-configure.log
cmake --build --preset dev
ctest --preset dev -j"$(nproc)" "$@"

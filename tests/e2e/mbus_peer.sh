#!/usr/bin/env bash
# Puts the M-Bus master libmbus, as node-mbus binds it, into FOLDER/node_modules; asks nobody when it is there.
# mbus_peer.sh FOLDER
set -euo pipefail
version=2.2.6
folder=$1
built=$folder/node_modules/node-mbus
[ -e "$built/build/Release/mbus.node" ] && grep -qs "\"version\": \"$version\"" "$built/package.json" && exit 0
mkdir -p "$folder"
npm install --prefix "$folder" --no-save --no-audit --no-fund --loglevel=error \
  --fetch-retries=1 --fetch-timeout=20000 "node-mbus@$version"
# Where npm leaves the building to us: the library is C++.
[ -e "$built/build/Release/mbus.node" ] || npm rebuild --prefix "$folder" --foreground-scripts node-mbus
test -e "$built/build/Release/mbus.node"

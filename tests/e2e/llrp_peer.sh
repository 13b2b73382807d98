#!/usr/bin/env bash
# Puts the reader library llrpjs into FOLDER/node_modules; asks nobody when it is there.
# llrp_peer.sh FOLDER
set -euo pipefail
version=1.0.1
folder=$1
grep -qs "\"version\": \"$version\"" "$folder/node_modules/llrpjs/package.json" && exit 0
mkdir -p "$folder"
exec npm install --prefix "$folder" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error \
  --fetch-retries=1 --fetch-timeout=20000 "llrpjs@$version"

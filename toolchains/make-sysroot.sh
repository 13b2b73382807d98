#!/usr/bin/env bash
# Makes the libraries that a cross build links against: a Debian 12 file tree of another architecture, unpacked only.
# make-sysroot.sh arm64|armhf [FOLDER]     default folder: build/sysroot/<target>
set -euo pipefail
target=${1:-}
case $target in arm64 | armhf) ;; *) echo "make-sysroot.sh: target is arm64 or armhf, not '$target'" >&2; exit 2 ;; esac
root=$(cd "$(dirname "$0")/.." && pwd)
sysroot=${2:-$root/build/sysroot/$target}

libraries=libc6-dev,libstdc++-12-dev,libpaho-mqtt-dev,libpaho-mqttpp-dev,libmosquitto-dev,libprotobuf-dev,libsqlite3-dev
libraries+=,libfmt-dev,libspdlog-dev,nlohmann-json3-dev,libtomlplusplus-dev,libcli11-dev,libssl-dev,libsystemd-dev,doctest-dev,libmodbus-dev,duktape-dev,libseccomp-dev

stamp="$libraries $(sha256sum <"$0")"
if [ -f "$sysroot/.made" ] && [ "$(cat "$sysroot/.made")" = "$stamp" ]; then exit 0; fi
rm -rf "$sysroot"
mkdir -p "$sysroot"

# The mirror is the one that this machine's own package sources name.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  grep -v '^#' | grep -oE '(https?|copy|file)://[^ ]+' | grep -v security | head -n 1 || true)
[ -n "$mirror" ] || { echo "make-sysroot.sh: no package source found in /etc/apt" >&2; exit 1; }

mmdebstrap --quiet --mode=root --variant=extract --arch="$target" --include="$libraries" \
  --skip=cleanup/apt/cache --skip=download/empty bookworm "$sysroot" "deb $mirror bookworm main"

# Links to absolute paths would lead out of the tree.
find "$sysroot" -type l -lname '/*' -print0 | while IFS= read -r -d '' link; do
  ln -snfr "$sysroot$(readlink "$link")" "$link"
done
echo "$stamp" >"$sysroot/.made"
echo "sysroot for $target: $sysroot"

#!/usr/bin/env bash
# Installs by name what a fresh Debian 12 machine needs. Sets: build (agent, tests, demo), checks (linters), cross (ARM).
# packages.sh SET...   does nothing, and asks nothing, where all of them are installed
set -euo pipefail

build=(g++ cmake ninja-build ccache pkg-config git ca-certificates
  libpaho-mqtt-dev libpaho-mqttpp-dev libmosquitto-dev libprotobuf-dev protobuf-compiler libsqlite3-dev libfmt-dev
  libspdlog-dev nlohmann-json3-dev libtomlplusplus-dev libcli11-dev libssl-dev libsystemd-dev doctest-dev libbenchmark-dev
  duktape-dev libseccomp-dev
  mosquitto libmodbus-dev openssl systemd tzdata python3-paho-mqtt python3-protobuf)
checks=(clang-19 clang-tidy-19 clang-format-19 libclang-rt-19-dev pyflakes3 shellcheck)
cross=(crossbuild-essential-arm64 crossbuild-essential-armhf qemu-user-static mmdebstrap)

wanted=()
for set in "$@"; do
  case $set in
    build) wanted+=("${build[@]}") ;;
    checks) wanted+=("${checks[@]}") ;;
    cross) wanted+=("${cross[@]}") ;;
    *) echo "packages.sh: unknown set '$set'; sets: build checks cross" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
echo "Installing ${missing[*]}"
# No service of a package is started: tests bring their own broker, on a port of their own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod 755 $policy
  trap '"${as_root[@]}" rm -f $policy' EXIT
fi
"${as_root[@]}" apt-get update -q
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"

#!/usr/bin/env bash
# Builds the fuzz targets and runs each for a while, two at a time; fails on the first finding and names its file.
# The seed is fixed, so that what is found can be found again.
# fuzz.sh [SECONDS [NAME...]]     default: 60 s each, all targets
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
cmake --preset asan ${AFFERENT_SHARED:+"-DAFFERENT_SHARED=$AFFERENT_SHARED"} >/dev/null
cmake --build --preset asan --target fuzzers
work=build/asan/fuzz/corpus
tools/fuzz_seeds.py "$work"

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for program in build/asan/bin/fuzz_*; do names+=("$(basename "$program")"); done
fi

run() {
  local name=$1
  mkdir -p "$work/$name" "build/asan/fuzz/findings"
  if "build/asan/bin/$name" -seed=1 -max_total_time="$seconds" -timeout=25 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
    -artifact_prefix="build/asan/fuzz/findings/$name-" "$work/$name" >"build/asan/fuzz/$name.log" 2>&1; then
    printf '%-20s %s runs, no finding\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "build/asan/fuzz/$name.log")"
  else
    printf '%-20s FOUND something; the end of build/asan/fuzz/%s.log:\n' "$name" "$name"
    tail -n 40 "build/asan/fuzz/$name.log"
    return 1
  fi
}
export -f run
export seconds work
printf '%s\n' "${names[@]}" | xargs -P2 -I{} bash -c 'run {}'

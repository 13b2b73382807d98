#!/bin/sh
# Prints how well the shipped presets find the labelled events of $AFFERENT_SHARED/anomaly: one line of figures a set,
# from the scorers that come with the data. Builds nothing. Without the data it says so and succeeds.
#
#   tools/anomaly-score.sh [BUILD]     BUILD: folder with bin/afferent, else build/release, then build/dev
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
data=${AFFERENT_SHARED:-$root/../shared}/anomaly

program=${1:+$1/bin/afferent}
for candidate in "$root"/build/release/bin/afferent "$root"/build/dev/bin/afferent; do
  [ -n "$program" ] && break
  [ -x "$candidate" ] && program=$candidate
done
if [ -z "$program" ] || [ ! -x "$program" ]; then
  echo "anomaly-score: there is no bin/afferent; build it first, or name the build folder" >&2
  exit 2
fi
if [ ! -d "$data" ]; then
  echo "anomaly-score: not run: there are no data in $data"
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

judge() {
  "$program" backtest --preset "$1" --root "$data/$2/data" --out "$work/$2"
}

# Of what a scorer prints, one line.
line() {
  printf '%-16s %s\n' "$1" "$(printf '%s\n' "$3" | grep "^$2" | sed "s/^$2 *//")"
}

judge anomaly nab
nab=$(python3 "$data/nab_score.py" --results "$work/nab" --labels "$data/nab/windows.json" --data "$data/nab/data" \
  --files "$data/nab/files.txt")
line "anomaly (NAB)" standard "$nab"
line "  low FP" reward_low_FP_rate "$nab"
line "  low FN" reward_low_FN_rate "$nab"

judge flood-onset flood
flood=$(python3 "$data/event_score.py" --results "$work/flood" --labels "$data/flood/windows_flood_onset.json" \
  --ignore "$data/flood/windows_flood_events_full.json" --files "$data/flood/files.txt")
line "flood-onset" best_F1 "$flood"
line "  at budget" at_budget "$flood"

judge household-leak household
household=$(python3 "$data/event_score.py" --results "$work/household" --labels "$data/household/windows_leak.json" \
  --ignore "$data/household/windows_leak_full.json" --files "$data/household/files.txt")
line "household-leak" best_F1 "$household"
line "  at budget" at_budget "$household"

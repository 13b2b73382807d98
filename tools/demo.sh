#!/usr/bin/env bash
# A storm over an underpass, in about half a minute: virtual meters and level sensors on a shared RS-485 line and on
# Modbus TCP, the agent, a broker of its own, and a subscriber that counts. Builds first, in build/demo; on a fresh Debian
# 12 machine it installs what that needs. Exit status 0 only if every reading arrived and every alert came.
# demo.sh [--keep]     --keep leaves the folder with logs, truth and readings
set -euo pipefail
cd "$(dirname "$0")/.."

keep=no
case "${1:-}" in
  "") ;;
  --keep) keep=yes ;;
  -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
  *) echo "demo.sh: unknown argument '$1'; see --help" >&2; exit 2 ;;
esac

build=build/demo
bin=$PWD/$build/bin
PATH=$PATH:/usr/sbin   # mosquitto
dir=
running=()             # pids, in the order in which they were started

end_process() {        # pid: asks it to end, and insists after 5 s
  kill -TERM "$1" 2>/dev/null || return 0
  for _ in $(seq 50); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

clean_up() {
  local status=$?
  trap - EXIT
  trap '' INT TERM HUP
  local i
  for ((i = ${#running[@]} - 1; i >= 0; i--)); do end_process "${running[i]}"; done
  if [ -z "$dir" ]; then exit $status; fi
  if [ $status -ne 0 ] && [ $status -lt 128 ]; then
    for log in "$dir"/*.log; do printf '\n== end of %s\n' "${log##*/}"; tail -n 8 "$log"; done >&2
  fi
  if [ $keep = yes ]; then echo "Kept: $dir"; else rm -rf "$dir"; fi
  exit $status
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

fail() { echo "demo.sh: $*" >&2; exit 1; }

start() {              # LOG COMMAND...: in the background; $! is its pid
  local log=$1
  shift
  "$@" >"$log" 2>&1 &
  running+=($!)
}

attend() {             # COMMAND...: in the background too, so that a signal ends it at once
  "$@" &
  running+=($!)
  local status=0
  wait $! || status=$?
  unset 'running[-1]'
  return $status
}

stop() {               # pid: ends well, and is no longer ours to end
  kill -TERM "$1"
  local status=0
  wait "$1" || status=$?
  local left=() pid
  for pid in "${running[@]}"; do [ "$pid" = "$1" ] || left+=("$pid"); done
  running=("${left[@]}")
  return $status
}

until_true() {         # SECONDS COMMAND...
  local i
  for ((i = 0; i < $1 * 10; i++)); do
    if "${@:2}" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  return 1
}

# -- build ------------------------------------------------------------------------------------------------------------
tools/packages.sh build
mkdir -p $build
echo "Building into $build; the first time this takes some minutes."
attend cmake -G Ninja -S . -B $build -DCMAKE_BUILD_TYPE=Release -DAFFERENT_TESTS=OFF -DAFFERENT_BENCH=OFF \
  >$build/configure.log 2>&1 || { cat $build/configure.log >&2; fail "cannot configure the build"; }
attend cmake --build $build --target afferentd afferent afferent-sim || fail "cannot build"

# -- broker, street, subscribers ----------------------------------------------------------------------------------------
dir=$(mktemp -d "${TMPDIR:-/tmp}/afferent-demo-XXXXXX")
free_port() { /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

broker_up() { grep -q ' running$' "$dir/broker.log"; }
broker_decided() { broker_up || ! kill -0 "$broker" 2>/dev/null; }
for attempt in 1 2 3; do   # somebody else may take the port first
  mqtt_port=$(free_port)
  printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest stderr\nlog_type all\n' "$mqtt_port" \
    >"$dir/broker.conf"
  start "$dir/broker.log" mosquitto -c "$dir/broker.conf"
  broker=$!
  until_true 10 broker_decided || true
  broker_up && break
  [ $attempt -lt 3 ] || fail "the broker does not start"
done

start "$dir/simulator.log" "$bin/afferent-sim" tools/demo/street.toml --dir "$dir" --truth "$dir/truth.jsonl"
simulator=$!
until_true 10 grep -q '^ready$' "$dir/simulator.log" || fail "the simulator does not start"

"$bin/afferent" sub --port "$mqtt_port" --json >"$dir/readings.jsonl" 2>"$dir/subscriber.log" &
subscriber=$!
running+=($!)
"$bin/afferent" sub --port "$mqtt_port" --topic 'afferent/v1/+/alert/#' >"$dir/alerts.txt" 2>"$dir/alerts.log" &
watcher=$!
running+=($!)
subscribed() { [ "$(grep -c 'Sending SUBACK' "$dir/broker.log")" -ge 2 ]; }
until_true 10 subscribed || fail "the subscribers do not reach the broker"

# -- agent ------------------------------------------------------------------------------------------------------------
sed -e "s|@DIR@|$dir|" -e "s|@MQTT_PORT@|$mqtt_port|" -e "s|@CABINET_PORT@|$(cat "$dir/cabinet.port")|" \
  tools/demo/agent.toml >"$dir/agent.toml"
start "$dir/agent.log" "$bin/afferentd" --config "$dir/agent.toml"
agent=$!
agent_status() { "$bin/afferent" status --json --socket "$dir/control.sock"; }
until_true 10 agent_status || fail "the agent does not start"

printf '\n'
printf '  %-8s%-*s  %s\n' \
  RS-485 $((${#dir} + 8)) "$dir/rs485-1" 'water meter (CJ/T 188, 2400 8E1), two level sensors (Modbus RTU, 9600 8N1)' \
  TCP $((${#dir} + 8)) "127.0.0.1:$(cat "$dir/cabinet.port")" 'level sensor of a pumping station (Modbus TCP)' \
  MQTT $((${#dir} + 8)) "127.0.0.1:$mqtt_port" 'a broker of its own'
printf '\nA storm begins: one hour in 30 seconds. Alerts as a platform receives them:\n\n'

# -- the storm ----------------------------------------------------------------------------------------------------------
paint() {
  [ -t 1 ] || { printf '  %s\n' "$1"; return; }
  local colour=0
  case $1 in
    *' cleared '*) colour='1;32' ;;
    *'ALERT blue '*) colour='1;34' ;;
    *'ALERT yellow '*) colour='1;33' ;;
    *'ALERT orange '*) colour='38;5;208' ;;
    *'ALERT red '*) colour='1;31' ;;
  esac
  printf '  \033[%sm%s\033[0m\n' "$colour" "$1"
}

cleared=no
exec 3<"$dir/alerts.txt"
for ((tick = 0; tick < 300; tick++)); do   # 60 s, twice what it takes
  while read -r line <&3; do
    paint "$line"
    case $line in *' cleared '*) cleared=yes ;; esac
  done
  [ $cleared = no ] || break
  for pid in "$broker" "$simulator" "$subscriber" "$watcher" "$agent"; do
    kill -0 "$pid" 2>/dev/null || fail "a part of the demo ended early"
  done
  sleep 0.2
done
exec 3<&-

# -- the account --------------------------------------------------------------------------------------------------------
stop "$simulator" || fail "the simulator did not end well"
settled() {
  agent_status >"$dir/status.json"
  /usr/bin/python3 -c 'import json, sys; s = json.load(open(sys.argv[1])); sys.exit(s["readings"] != s["delivery"]["delivered_readings"])' \
    "$dir/status.json"
}
until_true 15 settled || true              # the table tells
stop "$agent" || fail "the agent did not end well"
stop "$subscriber" || true                 # not 0 when messages are missing: the table tells
stop "$watcher" || true

printf '\nThe account:\n\n'
/usr/bin/python3 tools/demo/report.py "$dir/truth.jsonl" "$dir/readings.jsonl" "$dir/status.json" || fail "not all of it held"
printf '\nAll of it held.\n'

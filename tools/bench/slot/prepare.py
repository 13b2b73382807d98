#!/usr/bin/env python3
"""Writes the agent's configuration for a run of the side-by-side benchmark: one Modbus TCP port a device, one threshold
rule on every channel, the durable store in the run's folder."""
import os

env = os.environ
run = env["BENCH_RUN"]
devices, registers = int(env["BENCH_MB_DEVICES"]), int(env["BENCH_MB_REGS"])
period_ms = int(env["BENCH_PERIOD_MS"])
batch = 5 if env["BENCH_WORKLOAD"] == "w3" else 0

lines = [
    '[node]', 'id = "bench"', f'control_socket = "{run}/control.sock"',
    '[mqtt]', 'host = "127.0.0.1"', f'port = {env["BENCH_MQTT_PORT"]}',
    *([f'window = {env["AFFERENT_WINDOW"]}'] if "AFFERENT_WINDOW" in env else []),  # to find the best one
    '[store]', f'path = "{run}/store.db"',
    '[telemetry]', f'batch = {batch}',
]
for d in range(devices):
    lines += [
        '[[port]]', f'id = "port{d}"', 'kind = "tcp"', 'host = "127.0.0.1"', f'tcp_port = {int(env["BENCH_MB_PORT"]) + d}', 'modbus_tcp = true',
        '[[device]]', f'id = "d{d}"', 'driver = "modbus"', f'port = "port{d}"', 'domain = "water"', 'unit = 1',
        f'poll = "{period_ms} ms"',
        '[[device.register]]', 'channel = "r"', 'address = 0', f'count = {registers}',
    ]
for r in range(registers):
    lines += [
        '[[rule]]', f'id = "limit{r}"', 'kind = "threshold"', 'domain = "water"', f'channel = "r{r}"', 'above = 1000000',
        'severity = "red"',
    ]
with open(os.path.join(run, "afferent.toml"), "w") as file:
    file.write("\n".join(lines) + "\n")

#!/usr/bin/python3
"""Compares what the simulator served with what came out at the subscriber, and prints the closing table.

report.py TRUTH READINGS STATUS    JSON lines of afferent-sim and of `afferent sub --json`, JSON of `afferent status`
Exit status: 0 when nothing was lost and all alerts came, else 1.
"""
import difflib
import json
import sys
from collections import Counter, defaultdict

COLOURS = ("blue", "yellow", "orange", "red")


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def by_channel(rows):
    """(device, channel) -> values in order; numbers are rounded so that 0.1 + 0.2 is 0.3."""
    channels = defaultdict(list)
    for row in rows:
        value = row["value"]
        number = not isinstance(value, str)
        channels[row["device"], row["channel"]].append(f"{value:.9g}" if number else value)
    return channels


def compare(served, received):
    """How many served values did not arrive in their place, and how many arrived that nobody had served there."""
    lost = strange = 0
    for channel in sorted(served.keys() | received.keys()):
        ours, theirs = served[channel], received[channel]
        matcher = difflib.SequenceMatcher(a=ours, b=theirs, autojunk=False)
        same = sum(block.size for block in matcher.get_matching_blocks())
        lost += len(ours) - same
        strange += len(theirs) - same
        if same != len(ours) or same != len(theirs):
            print(f"  {channel[0]} {channel[1]}: {len(ours)} served, {len(theirs)} arrived, {same} the same in order",
                  file=sys.stderr)
    return lost, strange


def main(truth_path, readings_path, status_path):
    truth, messages = lines_of(truth_path), lines_of(readings_path)
    with open(status_path, encoding="utf-8") as file:
        status = json.load(file)
    readings = [m for m in messages if m["kind"] == "reading"]
    alerts = Counter()
    for alert in (m for m in messages if m["kind"] == "alert"):
        if alert["state"] in ("raised", "escalated"):
            alerts[alert["severity"]] += 1
        alerts["cleared"] += alert["state"] == "cleared"
    summary = next((m for m in messages if m["kind"] == "summary"), None)
    if summary is None:
        print("  the subscriber did not end well: no summary", file=sys.stderr)
        return 1
    faults = Counter(row["event"] for row in truth if row.get("event", "unsent") != "unsent")
    served = by_channel(row for row in truth if "channel" in row)
    lost, strange = compare(served, by_channel(readings))
    taken = status["readings"]
    struck = ", ".join(f"{count} {name}" for name, count in sorted(faults.items())) or "none"

    rows = [
        ("served by the street", sum(map(len, served.values())), "values, faults on the lines: " + struck),
        ("readings taken", taken, "counted by the agent"),
        ("delivered", len(readings), "distinct ones at the subscriber"),
        ("lost", lost, "served, but not delivered in order"),
        ("out of thin air", strange, "delivered, but never served"),
        ("holes, gaps", summary["holes"] + summary["gaps"], "in the sequences of messages"),
        ("duplicates", summary["duplicates"], "of messages, recognised by their sequence"),
        ("alerts", sum(alerts[c] for c in COLOURS), ", ".join(f"{c} {alerts[c]}" for c in COLOURS)
         + f", cleared {alerts['cleared']}"),
        ("bytes per reading", f"{summary['bytes_per_reading']:.1f}", "of MQTT payload"),
    ]
    for name, number, remark in rows:
        print(f"  {name:<22}{number:>8}   {remark}")

    wrong = []
    if not readings or taken != len(readings):
        wrong.append("what the agent took is not what was delivered")
    if lost or strange:
        wrong.append("served and delivered values differ")
    if summary["holes"] or summary["gaps"] or summary["unreadable"]:
        wrong.append("messages are missing or unreadable")
    missing = [c for c in (*COLOURS, "cleared") if not alerts[c]]
    if missing:
        wrong.append("no alert was " + ", ".join(missing))
    for why in wrong:
        print("  NOT WELL: " + why)
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

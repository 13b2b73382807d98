#!/usr/bin/python3
"""Recorded readings that are fed into a running agent are judged and published like the device's own, if they are allowed."""
import json
import os
import time

from support import EndToEnd, main, run_tool, tcp_device, threshold, wait_for

DAY = """timestamp,value
2026-07-01 14:00:00,110
2026-07-01 14:01:00,120
2026-07-01 14:02:00,nan
not a time,900
2026-07-01 14:03:00,250
2026-07-01 14:02:30,260
2026-07-01 14:04:00,240
"""
RECORDED = [110.0, 120.0, 250.0, 240.0]


class Replay(EndToEnd):
    def start(self, node):
        """An agent whose device has said its only reading, 1; its rule watches for more than 200."""
        broker, server = self.broker(), self.modbus()
        self.seen = self.subscriber(broker)
        self.running = self.agent(self.config(broker.port, tcp_device(server.port, poll="1 h"), threshold("r0", 200), node=node))
        wait_for(lambda: self.values() == [1.0], "the device's own reading")

    def values(self):
        return [reading.value for reading in self.seen.readings().get(("d1", "r0"), [])]

    def replay(self, *arguments, device="d1", channel="r0"):
        path = os.path.join(self.folder, "day.csv")
        with open(path, "w") as file:
            file.write(DAY)
        return run_tool("replay", "--socket", self.running.socket_path, "--device", device, "--channel", channel, *arguments, path)

    def test_a_recorded_level_raises_the_alert(self):
        self.start("replay = true")
        done = self.replay("--speed", "0")
        self.assertEqual((done.returncode, done.stdout), (0, "4 readings replayed, 3 skipped\n"), done.stderr)
        wait_for(lambda: len(self.values()) >= 5, "the replayed readings")
        self.assertEqual(self.values(), [1.0] + RECORDED)
        times = [reading.measured_ms for reading in self.seen.readings()["d1", "r0"]]
        self.assertEqual(times, [None] + [1782914400_000 + minute * 60_000 for minute in (0, 1, 3, 4)])
        alert = wait_for(self.seen.alerts, "the alert")[0]
        self.assertEqual((alert.rule, alert.device, alert.value), ("limit", "d1", 250.0))
        self.assertEqual(self.running.status()["replayed"], 4)
        table = run_tool("status", "--socket", self.running.socket_path).stdout
        self.assertIn("replayed 4 readings", table)
        self.assertIn("recorded readings are let in for channel 'r0' of device 'd1'", self.running.log)
        self.assert_contract(self.seen)

    def test_rows_come_at_their_pace(self):
        self.start("replay = true")
        before = int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
        done = self.replay("--json", "--speed", "60")
        self.assertEqual(json.loads(done.stdout), {"replayed": 4, "skipped": 3}, done.stderr)
        wait_for(lambda: len(self.values()) >= 5, "the replayed readings")
        last = self.seen.readings()["d1", "r0"][-1]
        self.assertGreaterEqual(last.boot_ms, before + 4000)  # 4 min of the recording

    def test_without_the_key_it_is_refused(self):
        self.start("")
        done = self.replay("--speed", "0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("`replay = true` in [node]", done.stderr)
        self.assertEqual(self.running.status()["replayed"], 0)
        self.assertEqual(self.running.status()["readings"], 2)
        self.assertEqual(self.seen.alerts(), [])

    def test_a_channel_that_does_not_exist_is_refused_with_those_that_do(self):
        self.start("replay = true")
        done = self.replay(channel="depth")
        self.assertEqual((done.returncode, done.stdout), (1, "0 readings replayed, 0 skipped\n"))
        self.assertIn("device 'd1' has no channel 'depth'; it has: r0, r1", done.stderr)
        self.assertEqual(self.running.status()["replayed"], 0)


if __name__ == "__main__":
    main()

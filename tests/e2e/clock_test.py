#!/usr/bin/python3
"""A clock that steps neither raises, hides nor reorders anything; readings from before the first sync can be placed."""
import os
import time

from counting import missing, newest, out_of_order
from support import EndToEnd, main, tcp_device, threshold, wait_for

MONTH = 30 * 86400  # s
UNSYNCED, SYNCED = 0, 2
ACTIVE = 7  # unit with an alert that stays active

RULES = threshold("level0", 50, rule="never", device="gauge", extra='hold = "1 h"') + threshold(
    "level0", 50, rule="always", device="gauge") + """
[[rule]]
id = "silent"
kind = "silent"
device = "d1"
channel = "r0"
severity = "yellow"
after = "1 min"
[[rule]]
id = "rate"
kind = "rate"
device = "d1"
channel = "r0"
severity = "orange"
rise = 60000
per = "10 min"
"""


class Clock(EndToEnd):
    def setUp(self):
        super().setUp()
        self.clock = os.path.join(self.folder, "clock")
        self.server = self.modbus()
        self.server.registers.fixed[ACTIVE, 0] = 100
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)

    def set_clock(self, state, offset=0):
        with open(self.clock + ".new", "w") as file:
            file.write(f"state = {state}\nutc_offset_s = {offset}\n")
        os.replace(self.clock + ".new", self.clock)

    def start(self):
        gauge = tcp_device(self.server.port, "gauge", "50 ms", 1, "flood", ACTIVE, "level")
        return self.agent(self.config(self.mqtt.port, tcp_device(self.server.port), gauge, RULES), clock=self.clock)

    def last_seal(self):
        return self.seen.accepted("telemetry")[-1].seal

    def utc_error(self, offset):
        """s by which the newest reading is placed wrong, if the node's clock is `offset` ahead."""
        arrival = self.seen.arrivals("telemetry")[-1]
        batch = arrival.message
        placed = (batch.base_ms * 1000 + batch.seal.utc_at_boot_us) / 1e6
        return abs(placed - offset - (time.time() - (time.monotonic() - arrival.at)))

    def step_to(self, offset):
        self.set_clock("synced", offset)
        wait_for(lambda: self.utc_error(offset) < 20, f"seals that know of a step to {offset} s")
        start = self.server.registers.count()
        wait_for(lambda: newest(self.seen) > start + 20, "readings after the step")

    def test_steps_of_a_month(self):
        self.set_clock("synced")
        agent = self.start()
        wait_for(self.seen.alerts, "the one alert")
        wait_for(lambda: newest(self.seen), "the first readings")  # alerts may overtake them
        self.step_to(0)
        boot = self.last_seal().boot
        for offset in (MONTH, 0, -MONTH, 0):
            self.step_to(offset)
            self.assertEqual([alert["rule"] for alert in agent.status()["alerts"]], ["always"])
        # Also across a restart, with a step while the agent was down.
        agent.sigkill()
        self.set_clock("synced", MONTH)
        agent.start()
        self.step_to(MONTH)
        self.assertEqual([alert.rule for alert in self.seen.alerts()], ["always"])
        self.assertEqual(self.last_seal().boot, boot)
        self.assertEqual(out_of_order(self.seen), [])
        self.assert_contract(self.seen)

    def test_readings_from_before_the_first_sync_can_be_placed(self):
        self.set_clock("unsynced", -MONTH)  # a machine that starts in the past and does not know it
        self.start()
        wait_for(lambda: newest(self.seen) > 20, "readings before the first sync")
        early = self.seen.arrivals("telemetry")[0]
        self.assertEqual((early.message.seal.clock, early.message.seal.utc_at_boot_us), (UNSYNCED, 0))
        self.assertTrue(all(a.message.seal.utc_at_boot_us == 0 for a in self.seen.arrivals("telemetry")))

        self.set_clock("synced")
        wait_for(lambda: self.last_seal().clock == SYNCED, "seals of a synchronised clock")
        wait_for(lambda: any(a.message.utc_at_boot_us for a in self.seen.arrivals("status")[-1:]), "UTC in the node's status")
        for known in (self.last_seal(), self.seen.arrivals("status")[-1].message):
            self.assertEqual(known.boot, early.message.seal.boot)
            placed = (early.message.base_ms * 1000 + known.utc_at_boot_us) / 1e6
            arrived = time.time() - (time.monotonic() - early.at)
            self.assertLess(abs(placed - arrived), 20)
        self.assertEqual(missing(self.server, self.seen), {})
        self.assert_contract(self.seen)


if __name__ == "__main__":
    main()

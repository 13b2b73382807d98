#!/usr/bin/python3
"""A full disk costs telemetry, and says how much; it costs no alert."""
import os
import subprocess

from counting import out_of_order
from support import EndToEnd, main, tcp_device, threshold, wait_for

GAUGE = 2  # unit of the device that raises the alert
FILLERS = 4
SMALL, LARGE = "3m", "12m"


class FullDisk(EndToEnd):
    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "tmpfs", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)
        self.server = self.modbus()
        self.server.registers.fixed[GAUGE, 0] = 0

    def run_until_full(self):
        """Returns with the broker away, the disk full, and an alert raised since."""
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)
        fillers = [tcp_device(self.server.port, f"d{number}", "20 ms", 100, unit=10 + number) for number in range(FILLERS)]
        gauge = tcp_device(self.server.port, "gauge", "100 ms", 1, "flood", GAUGE, "level")
        self.node = self.agent(self.config(self.mqtt.port, *fillers, gauge, threshold("level0", 50, device="gauge"),
                                           store=f'path = "{self.disk}/store.db"'))
        wait_for(lambda: self.seen.count() > 0, "the first readings")
        self.mqtt.stop()
        self.node.wait_status(lambda status: "disk full" in status["delivery"]["store_trouble"], "a full disk")
        self.node.wait_status(lambda status: status["delivery"]["dropped_readings"] > 0, "telemetry that is dropped")
        self.server.registers.fixed[GAUGE, 0] = 100
        self.node.wait_status(lambda status: status["alerts"], "the alert in the full time")

    def given(self):
        return len(self.server.registers.served())

    def finish(self):
        """Ends the agent and holds its accounts against what the devices gave."""
        self.node.wait_status(lambda status: not status["delivery"]["store_trouble"], "a store without trouble")
        self.wait_until_drained(self.node)
        before = self.seen.count()
        wait_for(lambda: self.seen.count() > before + 1000, "telemetry after the trouble")
        self.assertEqual(self.node.sigterm(), 0)
        given = self.given()

        def fillers_received():
            return sum(len(readings) for (device, _), readings in self.seen.readings().items() if device != "gauge")

        def accounted():
            return sum(gap.readings for gap in self.seen.gaps() if gap.stream == "water/telemetry")

        in_flight = FILLERS * 100  # answers that were on their way to an agent that stopped
        wait_for(lambda: given - in_flight <= fillers_received() + accounted() <= given,
                 lambda: f"{given} readings given, {fillers_received()} received, {accounted()} accounted for")
        self.assertGreater(accounted(), 0)
        self.assertEqual({gap.reason for gap in self.seen.gaps()}, {"disk full"})
        self.assertEqual(out_of_order(self.seen), [])
        self.assertEqual(len(self.seen.epochs()), 1)
        self.assertEqual([alert.device for alert in self.seen.alerts()], ["gauge"])
        self.assertEqual(self.unexplained(), [])

    def unexplained(self):
        """Violations of the contract other than telemetry with a sequence that a Gap accounts for."""
        if any(gap.first_sequence for gap in self.seen.gaps()):
            return [one for one in self.seen.violations() if "a loss" not in one]
        return self.seen.violations()

    def test_the_agent_recovers_when_the_broker_comes_back(self):
        self.run_until_full()
        self.mqtt.start()
        wait_for(self.seen.alerts, "the alert")
        self.finish()

    def test_the_agent_recovers_when_space_returns(self):
        self.run_until_full()
        subprocess.run(["mount", "-o", f"remount,size={LARGE}", self.disk], check=True)
        self.node.wait_status(lambda status: not status["delivery"]["store_trouble"], "a store without trouble")
        self.mqtt.start()
        self.finish()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The LLRP driver against an independent peer: a reader made with llrpjs, which node runs."""
import json
import os
import signal

from support import LOOPBACK, EndToEnd, Process, free_port, main, wait_for

READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "llrp_reader.js")
SETUP = ["DELETE_ROSPEC", "SET_READER_CONFIG", "ADD_ROSPEC", "ENABLE_ROSPEC", "START_ROSPEC"]
KEEPALIVE_MS = 1000


class Peer(EndToEnd):
    def setUp(self):
        super().setUp()
        self.port = free_port()
        self.reader = Process(self.folder, "llrp_reader")
        self.addCleanup(self.reader.close)
        self.reader.launch(["node", READER, str(self.port), str(KEEPALIVE_MS)])
        wait_for(lambda: "listening" in self.reader.log or not self.reader.running, lambda: f"the reader\n{self.reader.log}")
        self.assertTrue(self.reader.running, self.reader.log)
        broker = self.broker()
        self.subscriber_ = self.subscriber(broker)
        self.agent_ = self.agent(self.config(broker.port, f"""
[[port]]
id = "gate-port"
kind = "tcp"
host = "{LOOPBACK}"
tcp_port = {self.port}
[[device]]
id = "gate"
driver = "llrp"
port = "gate-port"
domain = "gas"
antennas = [1, 2]
keepalive = "{KEEPALIVE_MS} ms"
poll = "200 ms"
"""))

    def asked(self):
        """The names of the requests, in order."""
        return [line.split()[0] for line in self.reader.log.splitlines()]

    def tags(self):
        return [reading.value for reading in self.subscriber_.readings().get(("gate", "tag"), [])]

    def wait_tags(self, count):
        wait_for(lambda: len(self.tags()) >= count, lambda: f"{count} tags\n{self.reader.log}\n{self.agent_.log}")

    def test_reports_reach_the_broker_tag_by_tag(self):
        self.wait_tags(6)
        readings = {channel: [(reading.value, reading.quality) for reading in own][:6]
                    for (_, channel), own in self.subscriber_.readings().items()}
        self.assertEqual(readings["tag"], [("33B4257BF40C0E4000000190", 0), ("1FB41F712AC9C37AB79D618173188324001A", 0)] * 3)
        self.assertEqual(readings["antenna"], [(1, 0), (2, 0)] * 3)
        self.assertEqual(readings["rssi"], [(-50, 0), (-61, 0)] * 3)
        self.assertEqual([value for value, _ in readings["count"]], [1, 1, 2, 2, 3, 3])
        self.assertEqual([name for name in self.asked() if name in SETUP], SETUP)
        self.assertGreaterEqual(self.asked().count("KEEPALIVE_ACK"), 2)
        config = json.loads(next(line for line in self.reader.log.splitlines() if line.startswith("SET_READER_CONFIG")).split(" ", 1)[1])
        self.assertEqual(config["data"]["KeepaliveSpec"]["PeriodicTriggerValue"], KEEPALIVE_MS)
        status = self.agent_.wait_status(lambda status: status["devices"][0]["health"] == "good", "good health")
        self.assertEqual(status["devices"][0]["rejects"], 0)
        self.assertEqual(self.agent_.sigterm(), 0)
        wait_for(lambda: "CLOSE_CONNECTION" in self.asked(), lambda: f"the good-bye\n{self.reader.log}")
        self.assert_contract(self.subscriber_)

    def test_a_dropped_and_a_silent_connection_are_made_anew(self):
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            self.wait_tags(len(self.tags()) + 4)
            before = self.asked().count("START_ROSPEC")
            self.reader.process.send_signal(number)
            wait_for(lambda: self.asked().count("START_ROSPEC") > before, lambda: f"a new set-up\n{self.reader.log}\n{self.agent_.log}")
        self.wait_tags(len(self.tags()) + 4)
        self.assert_contract(self.subscriber_)


if __name__ == "__main__":
    main()

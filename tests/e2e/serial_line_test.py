#!/usr/bin/python3
"""A serial line that disappears comes back by itself; a bad frame costs a retry."""
import os

from counting import newest, out_of_order, received_counts
from serial_line import SerialLine
from support import EndToEnd, main, wait_for


def device(path):
    return f"""
[[port]]
id = "line-1"
kind = "serial"
path = "{path}"
baud = 115200
[[device]]
id = "d1"
driver = "modbus"
port = "line-1"
domain = "water"
unit = 1
poll = "50 ms"
reply_timeout = "10 s"
retries = 2
[[device.register]]
channel = "r"
address = 0
count = 2
"""


class Line(EndToEnd):
    def setUp(self):
        super().setUp()
        self.line = SerialLine(os.path.join(self.folder, "tty"))
        self.addCleanup(self.line.unplug)
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)

    def test_each_device_is_asked_at_the_rate_of_its_driver(self):
        self.line.plug_in()
        without = device(self.line.path).replace("baud = 115200\n", "")
        meter = '[[device]]\nid = "m"\ndriver = "cjt188"\nport = "line-1"\ndomain = "water"\npoll = "200 ms"\n'
        agent = self.agent(self.config(self.mqtt.port, without + meter))
        rates = set()
        wait_for(lambda: rates.add(self.line.baud()) or {2400, 9600} <= rates, "2400 baud for one, 9600 for the other")
        self.assertLessEqual(rates, {2400, 9600, 38400})  # the last is what a new pty has
        self.assertEqual(agent.sigterm(), 0)

    def test_a_line_that_disappears_and_returns(self):
        self.line.plug_in()
        agent = self.agent(self.config(self.mqtt.port, device(self.line.path)))
        for _ in range(3):
            start = self.line.registers.count()
            wait_for(lambda: newest(self.seen) > start + 10, "readings over the line")
            self.line.unplug()
            agent.wait_status(lambda status: status["devices"][0]["health"] != "good" and status["devices"][0]["last_error"],
                              "the line's absence in the status")
            self.line.plug_in()
        start = self.line.registers.count()
        wait_for(lambda: newest(self.seen) > start + 10, "readings over the line that returned")
        agent.wait_status(lambda status: status["devices"][0]["health"] == "good", "a device in good health")
        self.assertEqual(agent.sigterm(), 0)
        self.assert_contract(self.seen)
        self.assertEqual(out_of_order(self.seen), [])

    def test_a_line_that_is_absent_at_the_start(self):
        agent = self.agent(self.config(self.mqtt.port, device(self.line.path)))
        status = agent.wait_status(lambda status: status["devices"][0]["last_error"].startswith("port line-1:"),
                                   "the line's absence in the status")
        self.assertEqual(status["devices"][0]["health"], "silent")
        self.line.plug_in()
        wait_for(lambda: newest(self.seen) > 10, "readings over the line")

    def test_bad_frames_are_counted_and_asked_for_again(self):
        self.line.spoil = lambda number, answer: answer[:-1] + bytes([answer[-1] ^ 1]) if number % 5 == 0 else answer
        self.line.plug_in()
        agent = self.agent(self.config(self.mqtt.port, device(self.line.path)))
        status = agent.wait_status(lambda status: status["devices"][0]["rejects"] >= 5, "rejected frames in the status")
        self.assertIn("CRC", status["devices"][0]["last_error"])
        wait_for(lambda: newest(self.seen) > 20, "the good readings")
        spoiled = {count for count in range(1, newest(self.seen) + 1) if count % 5 == 0}
        counts = received_counts(self.seen)[0]
        self.assertEqual(spoiled & set(counts), set(), "a reading of a bad frame was published")
        self.assertEqual(set(range(1, counts[-1] + 1)) - spoiled - set(counts), set(), "a reading of a good frame is missing")
        self.assert_contract(self.seen)


if __name__ == "__main__":
    main()

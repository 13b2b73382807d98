#!/usr/bin/python3
"""The subscriber that docs/topics.md shows writes exactly what the devices gave away, and notices what is missing."""
import collections
import csv
import datetime
import math
import os
import re
import struct
import time

import paho.mqtt.client as mqtt

from messages import DESCRIPTORS, TelemetryBatch
from modbus_server import CountingModbus
from simulator import Simulator
from support import LOOPBACK, EndToEnd, Process, main, wait_for

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "topics.md")
COLUMNS = "utc boot boot_ms node device channel value quality".split()
# What a device gave away in one answer, {channel: (value, quality)}. It was received between `after` and `until`, boot time in
# ms; `until` is infinite for the last answer of a line, which may never have been received.
Given = collections.namedtuple("Given", "after until values")


def boot_ms():
    return time.clock_gettime(time.CLOCK_BOOTTIME) * 1000


class PageSubscriber(Process):
    """The program of the page, as an operator would copy it."""

    def __init__(self, folder, port):
        super().__init__(folder, "subscriber")
        self.csv_path = os.path.join(folder, "readings.csv")
        script = os.path.join(folder, "subscriber.py")
        with open(PAGE) as page:
            blocks = re.findall(r"^```python\n(.*?)^```$", page.read(), re.MULTILINE | re.DOTALL)
        assert len(blocks) == 1, f"{len(blocks)} programs on the page"
        with open(script, "w") as file:
            file.write(blocks[0])
        self.launch(["/usr/bin/python3", script, DESCRIPTORS, LOOPBACK, str(port), self.csv_path])

    def rows(self):
        """Complete rows so far."""
        if not os.path.exists(self.csv_path):
            assert self.running, self.log
            return []
        with open(self.csv_path, newline="") as file:
            text = file.read()
        complete = text[:text.rfind("\n") + 1]
        return [dict(zip(COLUMNS, row)) for row in csv.reader(complete.splitlines())]


class Bench:
    """A Modbus TCP device whose answers hold one of everything that a batch can express. It remembers each of them.

    The time of a reading has causal bounds: it was received after it was served and before the next request came on the
    same connection.
    """
    REGISTERS = """
[[device.register]]
channel = "level"
address = 0
type = "s16"
scale = 0.001
maximum = 1.5
[[device.register]]
channel = "volume"
address = 1
type = "u32"
[[device.register]]
channel = "noise"
address = 3
type = "f32"
[[device.register]]
channel = "flooded"
address = 5
type = "u16"
bit = 2
quantity = "boolean"
[[device.register]]
channel = "sometimes"
address = 6
no_value = [65535]
[[device.register]]
channel = "label"
address = 7
type = "text"
length = 3
"""

    def __init__(self):
        self.given = collections.defaultdict(list)  # unit -> its answers
        self._open = None
        self._server = CountingModbus()
        self._server.registers.answer = self._answer
        self.port = self._server.port
        self.close = self._server.close

    def _answer(self, unit, pdu, connection=0):
        function, first, count = struct.unpack(">BHH", pdu[:5])
        assert (function, first, count) == (3, 0, 10), "one request a poll"
        now = boot_ms()
        if self._open is not None:
            of_unit, index = self._open
            self.given[of_unit][index] = self.given[of_unit][index]._replace(until=now)
        number = len(self.given[unit])
        self._open = unit, number
        level = (number * 37) % 1700 - 100
        noise = struct.unpack(">f", struct.pack(">f", math.sin(number + unit)))[0]
        sometimes = 65535 if number % 3 == 0 else number
        label = f"n{number % 10000:05d}".encode()
        data = struct.pack(">hIfHH", level, 4_000_000_000 + number, noise, (number % 2) << 2 | 0xFFF1, sometimes) + label
        values = {"level": (level / 1000, "bad" if level > 1500 else "good"), "volume": (4_000_000_000 + number, "good"),
                  "noise": (noise, "good"), "flooded": (number % 2, "good"), "label": (label.decode(), "good")}
        if sometimes != 65535:
            values["sometimes"] = sometimes, "good"
        self.given[unit].append(Given(boot_ms(), math.inf, values))
        return bytes([function, len(data)]) + data


class Street(Simulator):
    """afferent-sim, with its own account of what it served."""
    SCENARIO = """
seed = 7
[[line]]
id = "bus"
kind = "pty"
[[line]]
id = "net"
kind = "tcp"
port_file = "net.port"
framing = "modbus_tcp"
[[device]]
id = "meter"
line = "bus"
driver = "cjt188"
options = { address = "00000000000101" }
channels.volume = { kind = "counter", start = 1234.5, rate = 3600 }
channels.valve = { kind = "steps", points = [VALVE] }
channels.meter_time = { kind = "clock" }
[[device]]
id = "radar"
line = "bus"
driver = "modbus"
profile = "vegapuls_c21"
options = { unit = 5, mounting_height = 5.2 }
channels.distance = { kind = "sine", mean = 4.5, amplitude = 0.5, period = "3 s", noise = 0.01 }
[[device]]
id = "sump"
line = "net"
driver = "modbus"
profile = "qdy30a"
options = { unit = 1 }
channels.level = { kind = "walk", start = 1.5, step = 0.05, every = "100 ms" }
""".replace("VALVE", ", ".join(f'[{3 * k}, "{"closed" if k % 2 else "open"}"]' for k in range(200)))
    LINE_OF = {"meter": "bus", "radar": "bus", "sump": "net"}

    def __init__(self, folder):
        super().__init__(folder, self.SCENARIO)
        self.folder = folder

    def agent_parts(self):
        with open(os.path.join(self.folder, "net.port")) as file:
            port = file.read().strip()
        return f"""
[[port]]
id = "bus"
kind = "serial"
path = "{self.folder}/bus"
[[port]]
id = "net"
kind = "tcp"
host = "{LOOPBACK}"
tcp_port = {port}
modbus_tcp = true
[[device]]
id = "meter"
driver = "cjt188"
port = "bus"
domain = "water"
address = "00000000000101"
poll = "300 ms"
reply_timeout = "10 s"
[[device]]
id = "radar"
driver = "modbus"
port = "bus"
domain = "flood"
profile = "vegapuls_c21"
unit = 5
mounting_height = 5.2
poll = "200 ms"
reply_timeout = "10 s"
[[device]]
id = "sump"
driver = "modbus"
port = "net"
domain = "flood"
profile = "qdy30a"
unit = 1
poll = "50 ms"
reply_timeout = "10 s"
"""

    def given(self):
        """The account as answers with their bounds: the one before and the one after on the same line."""
        answers, lines = {}, collections.defaultdict(list)
        for answer in self.answers():
            answers[answer.number] = answer.device, {channel: (value, "good") for channel, value in answer.values.items()}
            lines[self.LINE_OF[answer.device]].append((answer.number, answer.boot_ms))
        given = collections.defaultdict(list)
        for line in lines.values():
            times = [0, *(at for _, at in line), math.inf]
            for place, (number, _) in enumerate(line):
                device, values = answers[number]
                given[device].append(Given(times[place], times[place + 2], values))
        return given


class TopicsPage(EndToEnd):
    def page_subscriber(self, broker):
        subscriber = PageSubscriber(self.folder, broker.port)
        self.addCleanup(subscriber.close)
        # Its session exists once the broker has confirmed the subscription.
        wait_for(lambda: "Received SUBSCRIBE from readings-to-csv" in broker.log or not subscriber.running, "the subscription")
        self.assertTrue(subscriber.running, subscriber.log)
        return subscriber

    def port(self, bench):
        return f"""
[[port]]
id = "line"
kind = "tcp"
host = "{LOOPBACK}"
tcp_port = {bench.port}
modbus_tcp = true
"""

    def device(self, name, unit, domain, poll):
        return f"""
[[device]]
id = "{name}"
driver = "modbus"
port = "line"
domain = "{domain}"
unit = {unit}
poll = "{poll}"
reply_timeout = "10 s"
""" + Bench.REGISTERS

    def clock(self, text):
        path = os.path.join(self.folder, "clock")
        with open(path + ".new", "w") as file:
            file.write(text)
        os.replace(path + ".new", path)
        return path

    def assert_given_arrives(self, subscriber, given):
        # The last answer of a line may have been under way when the agent ended.
        sure = collections.Counter((device, channel) for device, answers in given.items() for answer in answers
                                   if not math.isinf(answer.until) for channel in answer.values)

        def lacking():
            return sure - collections.Counter((row["device"], row["channel"]) for row in subscriber.rows())

        wait_for(lambda: not lacking(), lambda: f"rows of {lacking()}\n{subscriber.log}")
        rows = subscriber.rows()
        self.assert_rows_are(rows, given)
        self.assertEqual(subscriber.log, "")
        return rows

    def assert_rows_are(self, rows, given):
        """`given`: device -> what it gave away, in order."""
        found = collections.defaultdict(list)
        for row in rows:
            found[row["device"], row["channel"]].append(row)
        channels = {(device, channel) for device, answers in given.items() for answer in answers for channel in answer.values}
        self.assertEqual(set(found), channels)
        for device, channel in channels:
            expected = [(answer, *answer.values[channel]) for answer in given[device] if channel in answer.values]
            own = found[device, channel]
            if len(own) < len(expected) and math.isinf(expected[-1][0].until):
                expected.pop()  # it was under way when the agent ended
            self.assertEqual(len(own), len(expected), f"{device} {channel}")
            for (answer, value, quality), row in zip(expected, own):
                got = row["value"] if isinstance(value, str) else float(row["value"])
                self.assertEqual((got, row["quality"]), (value, quality), f"{device} {channel} at {row['boot_ms']}")
                self.assertTrue(math.floor(answer.after) <= int(row["boot_ms"]) <= answer.until,
                                f"{device} {channel}: {answer.after} <= {row['boot_ms']} <= {answer.until}")

    def test_every_reading_arrives_once_with_its_value_time_and_quality(self):
        broker = self.broker(settings=("allow_anonymous true", "log_type all"))
        bench = Bench()
        self.addCleanup(bench.close)
        subscriber = self.page_subscriber(broker)
        clock = self.clock("state = unsynced\n")
        devices = (self.port(bench) + self.device("d1", 1, "flood", "20 ms") + self.device("d2", 2, "flood", "70 ms")
                   + self.device("d3", 3, "water", "110 ms"))
        agent = self.agent(self.config(broker.port, devices, batch="300 ms"), clock=clock)
        wait_for(lambda: len(subscriber.rows()) > 50, lambda: f"readings before the clock is set\n{agent.log}")
        self.clock("state = synced\n")
        wait_for(lambda: any(row["utc"] for row in subscriber.rows()), "readings with UTC")
        broker.stop()
        before = len(bench.given[1])
        wait_for(lambda: len(bench.given[1]) > before + 50, "polls while the broker is away")
        broker.start()
        back = len(bench.given[1])
        wait_for(lambda: sum(row["channel"] == "volume" and row["device"] == "d1" for row in subscriber.rows()) > back,
                 lambda: f"what was taken meanwhile\n{subscriber.log}")
        self.assertEqual(agent.sigterm(), 0)

        rows = self.assert_given_arrives(subscriber, {f"d{unit}": answers for unit, answers in bench.given.items()})
        self.assertEqual({row["node"] for row in rows}, {"node-1"})
        self.assertEqual(len({row["boot"] for row in rows}), 1)
        self.assert_utc(rows)

    def test_the_csv_is_what_the_simulator_says_it_served(self):
        broker = self.broker(settings=("allow_anonymous true", "log_type all"))
        simulator = Street(self.folder)
        self.addCleanup(simulator.close)
        subscriber = self.page_subscriber(broker)
        agent = self.agent(self.config(broker.port, simulator.agent_parts(), batch="500 ms"), clock=self.clock("state = synced\n"))
        wait_for(lambda: {row["value"] for row in subscriber.rows()} >= {"open", "closed"}, lambda: f"the valve to close\n{agent.log}")
        self.assertEqual(agent.sigterm(), 0)
        self.assertEqual(simulator.end(), 0)
        self.assert_given_arrives(subscriber, simulator.given())

    def assert_utc(self, rows):
        """What came before the first synchronisation has no UTC, all else the one UTC that belongs to its boot time."""
        known = [bool(row["utc"]) for row in rows]
        self.assertEqual(known, sorted(known))
        self.assertIn(False, known)
        utc_at_boot = max(time.time() - boot_ms() / 1000 for _ in range(5))  # a pause in between only lessens it
        for row in rows:
            if row["utc"]:
                utc = datetime.datetime.fromisoformat(row["utc"]).timestamp()
                self.assertAlmostEqual(utc, utc_at_boot + int(row["boot_ms"]) / 1000, delta=0.1)

    def test_losses_are_reported_duplicates_dropped_and_forged_seals_refused(self):
        broker = self.broker(settings=("allow_anonymous true", "log_type all"))
        subscriber = self.page_subscriber(broker)
        client = mqtt.Client("by-hand")
        client.connect(LOOPBACK, broker.port)
        client.loop_start()
        self.addCleanup(client.loop_stop)

        def publish(sequence, previous, epoch=1, node="n", domain="water", payload=None):
            batch = TelemetryBatch(base_ms=1000, device=["d"], polls=[1], poll_dt=[0], series=[0], channel=[1], exponent=[0],
                                   value=[sequence])
            batch.seal.node, batch.seal.epoch, batch.seal.sequence, batch.seal.previous = node, epoch, sequence, previous
            client.publish(f"afferent/v1/{domain}/telemetry/n/1", payload or batch.SerializeToString(), qos=1).wait_for_publish()

        publish(1, 0)
        publish(3, 1)                # sequences may have holes
        publish(1, 0)                # a duplicate
        publish(9, 7)                # 4 to 7 were lost
        publish(2, 0, domain="flood")  # another stream
        publish(10, 9, node="m")     # not the node of its topic
        publish(0, 0, payload=b"\xff\xff")
        publish(1, 0, epoch=2)       # a new epoch begins at its own first sequence
        publish(12, 11, epoch=1)     # 10 and 11 of the epoch before
        wait_for(lambda: len(subscriber.rows()) >= 6, lambda: f"the rows\n{subscriber.log}")
        self.assertEqual([row["value"] for row in subscriber.rows()], ["1", "3", "9", "2", "1", "12"])
        told = subscriber.log.splitlines()
        self.assertEqual([line.split(":")[0] for line in told], ["lost", "unreadable", "unreadable", "lost"], told)
        self.assertIn("after 3 up to 7", told[0])


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""Devices without bytes on a line, from the simulator to the subscriber: LoRaWAN through a broker, GPIO lines behind a socket,
Industrial I/O as a folder. What arrives is what the simulator says that it served."""
import itertools
import math
import os

from simulator import Simulator
from support import LOOPBACK, EndToEnd, main, run_tool, wait_for

BAD = 1  # quality


def same(one, other):
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def changes(values):
    return [value for value, _ in itertools.groupby(values)]


class Street(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)

    def simulator(self, scenario):
        simulator = Simulator(self.folder, scenario)
        self.addCleanup(simulator.close)
        return simulator

    def values(self, device, channel):
        return [reading.value for reading in self.seen.readings().get((device, channel), [])]

    def assert_same(self, read, served, what):
        self.assertEqual(len(read), len(served), what)
        for one, other in zip(read, served):
            self.assertTrue(same(one, other), f"{what}: {one} was read, {other} was served")


class LoRaWan(Street):
    """A device with its maker's codec, and one that the network server decodes. Uplinks get lost, come twice, and late."""
    EUIS = {"well": "24e124713b491234", "lid": "24e124713b499999"}
    LID = '[[{0}field]]\npath = "data.angle"\nchannel = "tilt"\n[[{0}field]]\npath = "battery.volt"\nchannel = "voltage"\nunit = "mV"\n'

    def scenario(self):
        faults = "".join(f'[[fault]]\nkind = "{kind}"\nline = "lns"\nprobability = {share}\n{more}' for kind, share, more in (
            ("silence", 0.2, ""), ("delay", 0.3, 'delay = "60 ms"\njitter = "60 ms"\n'),
            ("copy", 0.4, 'delay = "10 ms"\njitter = "60 ms"\n')))
        return f"""
seed = 11
[[line]]
id = "lns"
kind = "mqtt"
port = {self.mqtt.port}
[[device]]
id = "well"
line = "lns"
driver = "lorawan"
profile = "milesight_em500_swl"
push = "20 ms"
options = {{ dev_eui = "{self.EUIS['well']}" }}
channels.level = {{ kind = "walk", start = 1.5, step = 0.05, every = "10 ms", minimum = 0, maximum = 9 }}
channels.battery = 93
channels.rssi = {{ kind = "sine", mean = -80, amplitude = 20, period = "1 s" }}
[[device]]
id = "lid"
line = "lns"
driver = "lorawan"
push = "25 ms"
channels.tilt = {{ kind = "sine", mean = 30, amplitude = 29, period = "2 s" }}
channels.voltage = 3.6
[device.options]
dev_eui = "{self.EUIS['lid']}"
{self.LID.format('device.options.')}{faults}"""

    def parts(self):
        port = f'[[port]]\nid = "lns"\nkind = "mqtt"\nhost = "{LOOPBACK}"\ntcp_port = {self.mqtt.port}\n'
        well, lid = (f'[[device]]\nid = "{name}"\ndriver = "lorawan"\nport = "lns"\ndomain = "flood"\ndev_eui = "{eui}"\n'
                     for name, eui in self.EUIS.items())
        return port, well + 'profile = "milesight_em500_swl"\n', lid + self.LID.format("device.")

    def test_what_arrives_of_lost_repeated_and_late_uplinks_is_what_was_served(self):
        agent = self.agent(self.config(self.mqtt.port, *self.parts()))
        wait_for(lambda: "subscriptions" in agent.log, "the agent's subscription to the network server")
        simulator = self.simulator(self.scenario())
        enough = {"silence": 10, "delay": 10, "copy": 20}
        wait_for(lambda: all(simulator.events()[kind] >= count for kind, count in enough.items()), "all kinds of faults")
        simulator.end()
        for device, channels in (("well", ("level", "battery", "rssi", "snr")), ("lid", ("tilt", "voltage", "rssi"))):
            for channel in channels:
                served = simulator.values(device, channel)
                wait_for(lambda: len(self.values(device, channel)) >= len(served), lambda: f"{len(served)} of {device} {channel}")
                self.assert_same(self.values(device, channel), served, f"{device} {channel}")
        self.assertGreater(len(set(self.values("well", "level"))), 10)
        self.assertEqual([device["rejects"] for device in agent.status()["devices"]], [0, 0])
        self.assert_contract(self.seen)

    def test_a_device_that_is_not_configured_stands_in_the_status_and_is_not_published(self):
        agent = self.agent(self.config(self.mqtt.port, *self.parts()[:2]))
        wait_for(lambda: "subscriptions" in agent.log, "the agent's subscription to the network server")
        simulator = self.simulator(self.scenario())
        line, = agent.wait_status(lambda status: status["lines"][0]["heard_count"] > 0, "the stranger")["lines"]
        self.assertEqual((line["port"], line["open"], line["heard_count"]), ("lns", True, 1))
        self.assertIn(self.EUIS["lid"], line["heard"][0]["id"].lower())
        table = run_tool("status", "--socket", agent.socket_path).stdout
        self.assertRegex(table, f"line lns: 1 heard\n  (?i:{self.EUIS['lid']}), [0-9]+ times, last ")
        wait_for(lambda: len(self.values("well", "level")) > 0, "readings of the configured device")
        simulator.end()
        self.assertEqual({device for device, _ in self.seen.readings()}, {"well"})


class Gpio(Street):
    """A contact, a pulse counter whose events get lost, and an output."""
    PULSES_A_STEP = 20

    def scenario(self):
        # Pulses for 200 ms of each second and a half, so that who counts comes to a rest.
        climb = ", ".join(f"[{1.5 * k}, {100 + 0.01 * self.PULSES_A_STEP * k}], [{1.5 * k + 1.3}, {100 + 0.01 * self.PULSES_A_STEP * k}]"
                          for k in range(200))
        doors = ", ".join(f"[{0.4 * k}, {'true' if k % 2 else 'false'}]" for k in range(700))
        return f"""
[[line]]
id = "chip"
kind = "gpio"
[[device]]
id = "cover"
line = "chip"
driver = "gpio"
push = "10 ms"
options = {{ line = "17" }}
channels.open = {{ kind = "steps", points = [{doors}] }}
[[device]]
id = "meter"
line = "chip"
driver = "gpio"
push = "15 ms"
options = {{ line = "4", mode = "pulses", pulse_value = 0.01, start_value = 100.0 }}
channels.volume = {{ kind = "storm", points = [{climb}] }}
[[device]]
id = "pump"
line = "chip"
driver = "gpio"
options = {{ line = "6", mode = "output" }}
[[fault]]
kind = "silence"
device = "meter"
probability = 0.3
"""

    def parts(self):
        more = {"cover": 'line = "17"\n', "pump": 'line = "6"\nmode = "output"\n',
                "meter": 'line = "4"\nmode = "pulses"\npulse_value = 0.01\nstart_value = 100.0\n'}
        port = f'[[port]]\nid = "chip"\nkind = "gpio"\npath = "{self.folder}/chip"\n'
        return port, *(f'[[device]]\nid = "{name}"\ndriver = "gpio"\nport = "chip"\ndomain = "water"\npoll = "20 ms"\n{lines}'
                       for name, lines in more.items())

    def test_pulses_contact_and_output_are_as_served_though_events_get_lost(self):
        simulator = self.simulator(self.scenario())
        agent = self.agent(self.config(self.mqtt.port, *self.parts()))

        def counted():
            lost, pulses = self.values("meter", "pulses_lost"), self.values("meter", "pulses")
            served = simulator.values("meter", "pulses")
            return lost and lost[-1] > 0 and pulses[-1] >= 40 and served and pulses[-1] == served[-1]

        wait_for(counted, lambda: f"pulses as served: {simulator.values('meter', 'pulses')[-3:]}; "
                                  f"read: {self.values('meter', 'pulses')[-3:]}, lost {self.values('meter', 'pulses_lost')[-1:]}")
        # Pulses and volume of one poll have one time.
        series = self.seen.readings()
        pulses = {reading.boot_ms: reading.value for reading in series["meter", "pulses"]}
        for volume in series["meter", "volume"]:
            if volume.boot_ms in pulses:
                self.assertTrue(same(volume.value, 100 + 0.01 * pulses[volume.boot_ms]), volume)

        wait_for(lambda: len(simulator.values("cover", "open")) >= 6, "six movements of the cover")
        moved = simulator.values("cover", "open")
        wait_for(lambda: len(changes(self.values("cover", "open"))) >= len(moved), "as many movements")
        # Before the first edge the level of a stand-in's line is 0.
        self.assertEqual(changes([0, *self.values("cover", "open")])[:len(moved)], changes([0, *moved])[:len(moved)])

        for state, level in (("on", 1), ("off", 0)):
            done = run_tool("device", "pump", "set", f"state={state}", "--socket", agent.socket_path)
            self.assertEqual(done.returncode, 0, done.stderr)
            wait_for(lambda: simulator.values("pump", "output")[-1:] == [level], f"the pump to be {state}")
        simulator.end()
        self.assertFalse(os.path.exists(os.path.join(self.folder, "chip")))
        self.assert_contract(self.seen)


class Iio(Street):
    """A cover that is tilted now and then, and a current loop that breaks."""

    SCENARIO = f"""
[[line]]
id = "accel"
kind = "iio"
[[line]]
id = "adc"
kind = "iio"
[[device]]
id = "cover"
line = "accel"
driver = "iio"
push = "20 ms"
channels.tilt = {{ kind = "steps", points = [{", ".join(f"[{0.3 * k}, {40 * (k % 2)}]" for k in range(900))}] }}
[[device]]
id = "basin"
line = "adc"
driver = "iio"
push = "20 ms"
options = {{ mode = "loop", shunt = 100, high = 5.0 }}
channels.level = {{ kind = "walk", start = 2, step = 0.01, every = "20 ms", minimum = 0.5, maximum = 4 }}
channels.flag_broken_wire = {{ kind = "steps", points = [{", ".join(f"[{0.5 * k}, {'true' if k % 2 else 'false'}]" for k in range(540))}] }}
"""
    MORE = {"cover": ("accel", "samples = 1\n"), "basin": ("adc", 'mode = "loop"\nshunt = 100\nhigh = 5.0\n')}

    def parts(self):
        return (f'[[port]]\nid = "{port}"\nkind = "iio"\npath = "{self.folder}/{port}"\n[[device]]\nid = "{name}"\ndriver = "iio"\n'
                f'port = "{port}"\ndomain = "flood"\npoll = "20 ms"\n{more}' for name, (port, more) in self.MORE.items())

    def test_tilt_and_level_are_as_served_and_a_broken_wire_is_no_level(self):
        simulator = self.simulator(self.SCENARIO)
        self.agent(self.config(self.mqtt.port, *self.parts()))

        def enough():
            return (len(set(self.values("basin", "level"))) >= 30 and len(changes(self.values("basin", "flag_broken_wire"))) >= 3
                    and len(changes(self.values("cover", "tilt"))) >= 3)

        wait_for(enough, "levels, a broken wire and a tilted cover")
        read = {series: list(readings) for series, readings in self.seen.readings().items()}
        for series, channel in ((("basin", "level"), "level"), (("cover", "tilt"), "tilt")):
            taken = changes([reading.value for reading in read[series]])

            def all_served():
                served = iter(simulator.values(series[0], channel))
                return all(any(same(value, one) for one in served) for value in taken)

            wait_for(all_served, f"{series} in the order served: {taken}")  # what is served is written down right after
        broken = {reading.boot_ms for reading in read["basin", "flag_broken_wire"] if reading.value}
        for level in read["basin", "level"]:
            self.assertEqual(level.quality == BAD, level.boot_ms in broken, level)
        simulator.end()
        self.assertFalse(os.path.exists(os.path.join(self.folder, "adc")))
        self.assert_contract(self.seen)


if __name__ == "__main__":
    main()

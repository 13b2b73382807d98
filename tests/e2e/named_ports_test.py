#!/usr/bin/python3
"""What hangs on the gateway itself, through stand-ins: GPIO lines behind a unix socket, sensors as folders of files."""
import json
import os
import socket
import struct
import time

from support import GUARD, EndToEnd, main, run_tool, wait_for

BAD = 1  # quality


class Chip:
    """Speaks the kernel's events of 48 bytes: time, id (1 rising, 2 falling), line, number in all and on its line."""
    EVENT = struct.Struct("=QIIII24x")

    def __init__(self, path):
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen(4)
        self.server.settimeout(GUARD)
        self.agent = None
        self.numbers = {}

    def accept(self):
        self.agent, _ = self.server.accept()
        self.agent.settimeout(GUARD)
        self.numbers = {}

    def edge(self, line, level, skipped=0):
        number = self.numbers[line] = self.numbers.get(line, 0) + 1 + skipped
        self.agent.sendall(self.EVENT.pack(0, 1 if level else 2, line, number, number))

    def pulse(self, line):
        self.edge(line, True)
        self.edge(line, False)

    def driven(self):
        """Line and level of the next output that the agent drives."""
        event = self.EVENT.unpack(self.agent.recv(self.EVENT.size, socket.MSG_WAITALL))
        return event[2], event[1] == 1

    def close(self):
        for one in (self.agent, self.server):
            if one:
                one.close()


class NamedPorts(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)

    def readings(self, device, channel):
        return self.seen.readings().get((device, channel), [])

    def wait_for_value(self, device, channel, wanted):
        """The first reading from now on, or the last one before, that is `wanted`."""
        start = max(len(self.readings(device, channel)) - 1, 0)
        wait_for(lambda: any(reading.value == wanted for reading in self.readings(device, channel)[start:]),
                 lambda: f"{device} {channel} = {wanted}; it was {self.readings(device, channel)[-3:]}")

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path + ".new", "w") as file:
            file.write(text + "\n")
        os.rename(path + ".new", path)

    def test_contact_pulses_and_output_of_a_chip(self):
        path = os.path.join(self.folder, "chip")
        chip = Chip(path)
        self.addCleanup(chip.close)

        def device(name, line, more=""):
            return (f'[[device]]\nid = "{name}"\ndriver = "gpio"\nport = "chip"\ndomain = "water"\nline = "{line}"\n'
                    f'poll = "50 ms"\n{more}')

        agent = self.agent(self.config(
            self.mqtt.port, f'[[port]]\nid = "chip"\nkind = "gpio"\npath = "{path}"\n', device("cover", 17),
            device("meter", 4, 'mode = "pulses"\npulse_value = 0.01\nstart_value = 100.0\n'),
            device("pump", 6, 'mode = "output"\n')))
        chip.accept()
        self.wait_for_value("cover", "open", 0)
        chip.edge(17, True)
        self.wait_for_value("cover", "open", 1)
        for _ in range(250):
            chip.pulse(4)
        self.wait_for_value("meter", "pulses", 250)
        self.wait_for_value("meter", "volume", 102.5)
        chip.edge(4, True, skipped=20)
        self.wait_for_value("meter", "pulses", 261)
        self.wait_for_value("meter", "pulses_lost", 10)

        self.assertEqual(run_tool("device", "pump", "set", "state=on", "for=0.05", "--socket", agent.socket_path).returncode, 0)
        self.assertEqual([chip.driven(), chip.driven()], [(6, True), (6, False)])
        refused = run_tool("device", "cover", "set", "state=on", "--socket", agent.socket_path)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("the line is an input", refused.stderr)

        agent.sigterm()
        agent.start()
        chip.accept()
        chip.pulse(4)
        self.wait_for_value("meter", "pulses", 262)
        self.assert_contract(self.seen)

    def test_tilt_and_a_current_loop_from_files(self):
        for folder in ("accel", "adc"):
            os.mkdir(os.path.join(self.folder, folder))
        for name, text in {"accel/in_accel_scale": "0.00981", "accel/in_accel_x_raw": "0", "accel/in_accel_y_raw": "0",
                           "accel/in_accel_z_raw": "1000", "adc/in_voltage0_scale": "0.5", "adc/in_voltage0_raw": "2400"}.items():
            self.write(name, text)

        def device(name, port, more):
            return (f'[[port]]\nid = "{port}"\nkind = "iio"\npath = "./{port}"\n[[device]]\nid = "{name}"\ndriver = "iio"\n'
                    f'port = "{port}"\ndomain = "flood"\npoll = "50 ms"\n{more}')

        agent = self.agent(self.config(self.mqtt.port, device("cover", "accel", "sample_interval = 0\n"),
                                       device("basin", "adc", 'mode = "loop"\nshunt = 100\nhigh = 5.0\n')))
        self.wait_for_value("cover", "tilt", 0)
        self.wait_for_value("basin", "level", 2.5)
        self.write("adc/in_voltage0_raw", "0")
        self.wait_for_value("basin", "flag_broken_wire", 1)
        self.assertIn(BAD, [reading.quality for reading in self.readings("basin", "level")])
        self.write("accel/in_accel_x_raw", "1000")
        self.write("accel/in_accel_z_raw", "0")
        self.wait_for_value("cover", "tilt", 90)
        done = run_tool("device", "cover", "reference", "--json", "--socket", agent.socket_path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {"device": "cover", "command": "reference", "done": True, "found": []})
        self.wait_for_value("cover", "tilt", 0)
        agent.sigterm()
        stopped = int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
        agent.start()
        after = wait_for(lambda: [one.value for one in self.readings("cover", "tilt") if one.boot_ms > stopped],
                         "a tilt after the restart")
        self.assertEqual(after[0], 0)
        self.assert_contract(self.seen)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The Modbus driver against an independent peer: a server made with libmodbus, over RTU on a pty and over Modbus TCP."""
import os
import select
import struct
import threading
import tty

from support import BIN, LOOPBACK, EndToEnd, Process, main, wait_for

UNIT = 7
SERVER = os.environ.get("LIBMODBUS_SERVER", os.path.join(BIN, "libmodbus_server"))


def as_float(value):
    return struct.unpack(">f", struct.pack(">f", value))[0]


# channel -> its value in libmodbus_server.cpp, and where it is read from
EXPECTED = {
    "abcd": (as_float(3.14159274), 'address = 0\ntype = "f32"\norder = "ABCD"'),
    "cdab": (-2.5, 'address = 2\ntype = "f32"\norder = "CDAB"'),
    "dcba": (as_float(1.0e-3), 'address = 4\ntype = "f32"\norder = "DCBA"'),
    "badc": (65536.5, 'address = 6\ntype = "f32"\norder = "BADC"'),
    "s16": (-1234, 'address = 8\ntype = "s16"'),
    "u16": (65000, "address = 9"),
    "s32": (-100_000, 'address = 10\ntype = "s32"'),
    "u32": (123_456_789, 'address = 12\ntype = "u32"'),
    "s64": (-5_000_000_000, 'address = 14\ntype = "s64"'),
    "bcd": (1999, 'address = 18\ntype = "bcd16"'),
    "magnitude": (-5, 'address = 19\ntype = "sign_magnitude16"'),
    "set_flag": (1, 'address = 20\nbit = 5\nquantity = "boolean"'),
    "clear_flag": (0, 'address = 20\nbit = 4\nquantity = "boolean"'),
    "input": (432.1, "address = 0\nfunction = 4\nscale = 0.1"),
    "input_float": (as_float(-273.15), 'address = 1\nfunction = 4\ntype = "f32"'),
    "coil_on": (1, "address = 3\nfunction = 1"),
    "coil_off": (0, "address = 4\nfunction = 1"),
    "discrete_on": (1, "address = 9\nfunction = 2"),
    "discrete_off": (0, "address = 8\nfunction = 2"),
}
REGISTERS = "".join(f'[[device.register]]\nchannel = "{channel}"\n{where}\n' for channel, (_, where) in EXPECTED.items())
BEYOND = '[[device.register]]\nchannel = "beyond"\naddress = 40\n'  # the server has registers 0 to 39


class Bridge:
    """Two ptys, joined: what is written to one slave can be read from the other."""

    def __init__(self):
        self._masters, self._slaves = zip(*(os.openpty() for _ in range(2)))
        for slave in self._slaves:
            tty.setraw(slave)
        self.ends = [os.ttyname(slave) for slave in self._slaves]
        self._stop, self._stopped = os.pipe()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self):
        there = dict(zip(self._masters, reversed(self._masters)))
        while self._stop not in (ready := select.select([*self._masters, self._stop], [], [])[0]):
            for one in ready:
                os.write(there[one], os.read(one, 4096))

    def close(self):
        os.close(self._stopped)
        self._thread.join()
        for end in (*self._masters, *self._slaves, self._stop):
            os.close(end)


def device(name, registers, extra=""):
    return f"""
[[device]]
id = "{name}"
driver = "modbus"
port = "line"
domain = "water"
unit = {UNIT}
poll = "50 ms"
reply_timeout = "10 s"
{extra}
{registers}
"""


class Peer(EndToEnd):
    def server(self, *arguments):
        server = Process(self.folder, "libmodbus_server")
        self.addCleanup(server.close)
        server.launch([SERVER, *arguments])
        wait_for(lambda: server.log.endswith("\n") or not server.running, "the server")
        self.assertTrue(server.running, server.log)
        return server

    def assert_reads_all(self, port):
        broker = self.broker()
        subscriber = self.subscriber(broker)
        beyond = device("beyond", BEYOND)
        agent = self.agent(self.config(broker.port, port, device("peer", REGISTERS), beyond))
        wait_for(lambda: len(subscriber.readings().get(("peer", "discrete_off"), [])) >= 3, lambda: f"readings\n{agent.log}")
        readings = subscriber.readings()
        self.assertEqual({channel for name, channel in readings if name == "peer"}, set(EXPECTED))
        for channel, (value, _) in EXPECTED.items():
            own = readings["peer", channel]
            self.assertEqual({(reading.value, reading.quality) for reading in own}, {(value, 0)}, channel)
        by_name = {one["id"]: one for one in agent.wait_status(
            lambda status: all(one["polls"] and (one["id"] != "beyond" or one["last_error"]) for one in status["devices"]),
            "an answer of each device")["devices"]}
        self.assertEqual((by_name["peer"]["timeouts"], by_name["peer"]["rejects"]), (0, 0), by_name)
        self.assertEqual(by_name["peer"]["health"], "good")
        self.assertNotEqual(by_name["beyond"]["health"], "good")
        self.assertRegex(by_name["beyond"]["last_error"], "(?i)illegal data address")
        self.assertNotIn(("beyond", "beyond"), readings)
        self.assertEqual(agent.sigterm(), 0)
        self.assert_contract(subscriber)

    def test_rtu_on_a_serial_line(self):
        bridge = Bridge()
        self.addCleanup(bridge.close)
        self.server("rtu", bridge.ends[1])
        self.assert_reads_all(f'[[port]]\nid = "line"\nkind = "serial"\npath = "{bridge.ends[0]}"\nbaud = 19200\nframing = "8E1"\n')

    def test_modbus_tcp(self):
        port = self.server("tcp").log.strip()
        self.assert_reads_all(f'[[port]]\nid = "line"\nkind = "tcp"\nhost = "{LOOPBACK}"\ntcp_port = {port}\nmodbus_tcp = true\n')


if __name__ == "__main__":
    main()

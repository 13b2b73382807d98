#!/usr/bin/python3
"""Wired M-Bus against an independent peer: libmbus, which node runs, and the agent read the same simulated slaves."""
import json
import os
import re
import subprocess

from support import BIN, GUARD, LOOPBACK, EndToEnd, Process, main, wait_for

MASTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "mbus_master.js")

# channel -> its value, and how the peer writes it: unit and raw value
CHANNELS = {
    "volume": (1234.567, "Volume (m m^3)", 1234567),
    "volume@1": (1000.5, "Volume (m m^3)", 1000500),
    "volume_reverse": (0.25, "Volume (m m^3)", 250),
    "energy": (321.5, "Energy (100 Wh)", 3215),
    "flow": (1.5, "Volume flow (m m^3/h)", 1500),
    "power": (12.25, "Power (W)", 12250),
    "supply_temperature": (70.25, "Flow temperature (1e-2 deg C)", 7025),
    "return_temperature": (-4.5, "Return temperature (1e-2 deg C)", -450),
    "pressure": (350.5, "Pressure (m bar)", 3505),
    "voltage": (229.9, "1e-1  V", 2299),
    "operating_time": (14122, "Operating time (hours)", 14122),
    "meter_date@1": (1704067200, "Time Point (date)", "2024-01-01"),
    "meter_time": (1714657500, "Time Point (time & date)", "2024-05-02T13:45:00"),
}
SCENARIO = """
[[line]]
id = "bus"
kind = "tcp"
""" + "".join(f"""
[[device]]
id = "{name}"
line = "bus"
driver = "mbus"
options = {{ {options} }}
channels = {{ {channels} }}
""" for name, options, channels in (
    ("near", "address = 5", "flag_low_battery = true, " + ", ".join(f'"{c}" = {v}' for c, (v, _, _) in CHANNELS.items())),
    ("far", 'secondary = "12345678"', "volume = 7.5"),
    ("farther", 'secondary = "92345679", maker = "ELS", version = "33", medium = "03"', "volume = 8.5")))


class Peer(EndToEnd):
    def setUp(self):
        super().setUp()
        path = os.path.join(self.folder, "bus.toml")
        with open(path, "w") as file:
            file.write(SCENARIO)
        self.street = Process(self.folder, "afferent-sim")
        self.addCleanup(self.street.close)
        self.street.launch([os.path.join(BIN, "afferent-sim"), path])
        wait_for(lambda: "ready" in self.street.log or not self.street.running, lambda: f"the slaves\n{self.street.log}")
        self.assertTrue(self.street.running, self.street.log)
        self.port = int(re.search(r":(\d+)", self.street.log).group(1))

    def peer(self, *addresses):
        run = subprocess.run(["node", MASTER, str(self.port), *addresses], capture_output=True, text=True, timeout=GUARD)
        self.assertEqual(run.returncode, 0, run.stderr)
        return json.loads(run.stdout)

    def test_the_peer_reads_a_slave_of_three_telegrams_and_finds_all_by_their_secondary_addresses(self):
        told = self.peer("5", "12345678FFFFFFFF")
        near = told["answers"]["5"]
        self.assertEqual((near["SlaveInformation"]["Status"], near["SlaveInformation"]["Medium"]), (4, "Water"))
        records = [record for record in near["DataRecord"] if record["Function"] == "Instantaneous value"]
        self.assertEqual([(one["Unit"], one["Value"], one["StorageNumber"]) for one in records],
                         [(unit, raw, 1 if "@1" in channel else 0) for channel, (_, unit, raw) in CHANNELS.items()])
        self.assertEqual(near["DataRecord"][-1]["frame"], 2)
        self.assertEqual(told["answers"]["12345678FFFFFFFF"]["DataRecord"][0]["Value"], 7500)
        self.assertEqual(sorted(told["found"]), ["00000005D2040107", "12345678D2040107", "9234567993153303"])

    def test_the_agent_reads_what_the_peer_reads(self):
        broker = self.broker()
        subscriber = self.subscriber(broker)
        devices = "".join(f'[[device]]\nid = "{name}"\ndriver = "mbus"\nport = "bus"\ndomain = "water"\npoll = "200 ms"\n'
                          f'reply_timeout = "10 s"\n{address}\n'
                          for name, address in (("near", "address = 5"), ("far", 'secondary = "12345678"'),
                                                ("farther", 'secondary = "923FFFFF"')))
        agent = self.agent(self.config(broker.port, f"""
[[port]]
id = "bus"
kind = "tcp"
host = "{LOOPBACK}"
tcp_port = {self.port}
""", devices))
        wait_for(lambda: all(len(subscriber.readings().get(key, [])) >= 2 for key in
                             (("near", "meter_time"), ("far", "volume"), ("farther", "volume"))), lambda: f"readings\n{agent.log}")
        readings = subscriber.readings()
        read = {channel: {reading.value for reading in own} for (name, channel), own in readings.items() if name == "near"}
        for channel, (value, _, _) in CHANNELS.items():
            self.assertEqual(read[channel], {value}, channel)
        self.assertEqual(read["flag_low_battery"], {1})
        self.assertEqual(read["flag_permanent_error"], {0})
        self.assertEqual({reading.value for reading in readings["far", "volume"]}, {7.5})
        self.assertEqual({reading.value for reading in readings["farther", "volume"]}, {8.5})
        self.assertEqual(agent.sigterm(), 0)
        self.assert_contract(subscriber)


if __name__ == "__main__":
    main()

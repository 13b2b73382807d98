"""What all end-to-end tests share: a class derived from EndToEnd, and what they import from here.

Run one by hand: AFFERENT_BIN=build/dev/bin /usr/bin/python3 tests/e2e/broker_outage_test.py -v
"""
import shutil
import sys
import tempfile
import unittest

from messages import expand
from modbus_server import CountingModbus, Registers
from processes import BIN, LOOPBACK, Agent, Broker, Process, die_with_parent, free_port, run_agent_once, run_tool
from subscriber import CountingSubscriber
from waiting import GUARD, wait_for

__all__ = ["BIN", "GUARD", "LOOPBACK", "Agent", "Broker", "CountingModbus", "CountingSubscriber", "EndToEnd", "Process",
           "Registers", "die_with_parent", "expand", "free_port", "main", "run_agent_once", "run_tool", "tcp_device", "threshold",
           "wait_for"]


def tcp_device(port, name="d1", poll="50 ms", registers=2, domain="water", unit=1, channel="r", extra=""):
    """A port and a device that polls `registers` holding registers from 0; channels r0, r1, ..."""
    return f"""
[[port]]
id = "line-{name}"
kind = "tcp"
host = "{LOOPBACK}"
tcp_port = {port}
modbus_tcp = true
[[device]]
id = "{name}"
driver = "modbus"
port = "line-{name}"
domain = "{domain}"
unit = {unit}
poll = "{poll}"
reply_timeout = "10 s"
{extra}
[[device.register]]
channel = "{channel}"
address = 0
count = {registers}
"""


def threshold(channel, above, rule="limit", device="d1", severity="red", extra=""):
    return f"""
[[rule]]
id = "{rule}"
kind = "threshold"
device = "{device}"
channel = "{channel}"
above = {above}
severity = "{severity}"
{extra}
"""


class EndToEnd(unittest.TestCase):
    """A folder of its own and an orderly end of everything that a test starts."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="afferent-e2e-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def broker(self, **options):
        broker = Broker(self.folder, **options)
        self.addCleanup(broker.close)
        broker.start()
        return broker

    def modbus(self):
        server = CountingModbus()
        self.addCleanup(server.close)
        return server

    def subscriber(self, broker, **options):
        subscriber = CountingSubscriber(broker.port, **options)
        self.addCleanup(subscriber.close)
        return subscriber

    def config(self, broker_port, *parts, batch="0 s", node="", mqtt="", store=""):
        """The text of a configuration; `parts` are ports, devices and rules."""
        return f"""
[node]
id = "node-1"
area = "310104/013"
control_socket = "CONTROL_SOCKET"
{node}
[mqtt]
host = "{LOOPBACK}"
port = {broker_port}
backoff_max = "1 s"
{mqtt}
[store]
{store or f'path = "{self.folder}/store.db"'}
[telemetry]
batch = "{batch}"
""" + "".join(parts)

    def agent(self, toml, start=True, **options):
        agent = Agent(self.folder, toml, **options)
        self.addCleanup(agent.close)
        self.addCleanup(self._tell, agent)
        if start:
            agent.start()
        return agent

    def _tell(self, process):
        """The log of a failed test, so that a failure on a build machine can be understood."""
        result = self._outcome.result
        if any(test is self for test, _ in result.failures + result.errors):
            print(f"--- {process.log_path}\n{process.log[-4000:]}", file=sys.stderr)

    def assert_contract(self, subscriber):
        self.assertEqual(subscriber.violations(), [])

    def wait_until_drained(self, agent):
        """Until nothing waits but what was polled a moment ago."""
        agent.wait_status(lambda status: status["delivery"]["connected"] and status["delivery"]["backlog_messages"] < 20,
                          "a small backlog")


def main():
    unittest.main()

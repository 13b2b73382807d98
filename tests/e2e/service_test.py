#!/usr/bin/python3
"""What a service manager hears: ready, alive, stopping; and that the unit file is sound."""
import os
import socket
import subprocess

from support import EndToEnd, main, tcp_device, wait_for

UNIT = os.path.join(os.path.dirname(__file__), "..", "..", "agent", "app", "systemd", "afferentd.service")
WATCHDOG_US = 300_000


class Service(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mqtt = self.broker()  # before the manager is there, to which it would speak too
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.manager.close)
        path = os.path.join(self.folder, "notify")
        self.manager.bind(path)
        self.manager.setblocking(False)
        self.heard = []
        for name, value in (("NOTIFY_SOCKET", path), ("WATCHDOG_USEC", str(WATCHDOG_US))):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)

    def listen(self):
        try:
            while True:
                self.heard += self.manager.recv(4096).decode().split("\n")
        except BlockingIOError:
            return self.heard

    def test_ready_comes_after_the_start_then_signs_of_life_then_the_end(self):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.modbus().port)))
        wait_for(lambda: self.listen().count("WATCHDOG=1") >= 3, "three signs of life")
        self.assertIn("READY=1", self.heard)
        self.assertEqual(agent.sigterm(), 0)
        self.assertEqual(self.listen()[-1], "STOPPING=1")

    def test_a_refused_configuration_is_never_ready(self):
        agent = self.agent(self.config(1, "[[rule]]\n"), start=False)
        agent.start()
        self.assertEqual(agent.process.wait(60), 78)
        self.assertNotIn("READY=1", self.listen())

    def test_the_unit_file_is_sound(self):
        copy = os.path.join(self.folder, "afferentd.service")
        with open(UNIT) as file:
            text = file.read().replace("@CMAKE_INSTALL_FULL_SBINDIR@/afferentd", "/bin/true").replace("@CMAKE_INSTALL_FULL_DATADIR@", "/usr/share")
        with open(copy, "w") as file:
            file.write(text)
        checked = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))


if __name__ == "__main__":
    main()

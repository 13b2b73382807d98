#!/usr/bin/python3
"""What a platform hears of an agent that goes: by itself, killed, and come back."""
from support import EndToEnd, main, tcp_device, wait_for


class Will(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)
        self.node = self.agent(self.config(self.mqtt.port, tcp_device(self.modbus().port)))

    def last(self):
        statuses = self.seen.arrivals("status")
        return statuses[-1].message if statuses else None

    def wait_for_state(self, online):
        return wait_for(lambda: self.last() is not None and self.last().online == online and self.last(), f"online: {online}")

    def test_an_agent_that_is_stopped_says_farewell(self):
        session = self.wait_for_state(True).session
        self.assertEqual(self.node.sigterm(), 0)
        gone = self.wait_for_state(False)
        self.assertEqual(gone.session, session)
        self.assertEqual(gone.node, "node-1")  # its own words, not the will's

    def test_an_agent_that_is_killed_leaves_its_will_and_comes_back_with_another_session(self):
        first = self.wait_for_state(True).session
        self.node.sigkill()
        gone = self.wait_for_state(False)
        self.assertEqual(gone.session, first)
        self.node.start()
        self.assertNotEqual(self.wait_for_state(True).session, first)


if __name__ == "__main__":
    main()

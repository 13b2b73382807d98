#!/usr/bin/python3
"""What an agent finds when it starts: an alert that was active, another agent, a damaged store, a bad configuration."""
import glob
import os
import signal
import sqlite3

from counting import newest
from support import EndToEnd, main, run_agent_once, run_tool, tcp_device, threshold, wait_for

LEVEL = 5  # unit whose register the tests set
RAISED, CLEARED = 0, 5
FAILED, BAD_CONFIG = 1, 78


class Restart(EndToEnd):
    def setUp(self):
        super().setUp()
        self.server = self.modbus()
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)
        self.store = os.path.join(self.folder, "store.db")

    def wait_for_more(self, polls=10):
        start = self.server.registers.count()
        wait_for(lambda: newest(self.seen) > start + polls, "more readings")

    def test_an_active_alert_is_not_raised_twice(self):
        self.server.registers.fixed[LEVEL, 0] = 100
        toml = self.config(self.mqtt.port, tcp_device(self.server.port),
                           tcp_device(self.server.port, "gauge", "50 ms", 1, "flood", LEVEL, "level"),
                           threshold("level0", 50, device="gauge"))
        agent = self.agent(toml)
        wait_for(self.seen.alerts, "the alert")
        for _ in range(3):
            agent.sigkill()
            agent.start()
            self.wait_for_more()
            status = agent.wait_status(lambda status: status["alerts"], "the active alert")
            self.assertEqual([alert["id"].lower() for alert in status["alerts"]], [self.seen.alerts()[0].id.hex()])
        self.server.registers.fixed[LEVEL, 0] = 0
        wait_for(lambda: len(self.seen.alerts()) > 1, "the alert's end")
        self.wait_for_more()
        alerts = self.seen.alerts()
        self.assertEqual([alert.state for alert in alerts], [RAISED, CLEARED])
        self.assertEqual(alerts[0].id, alerts[1].id)
        self.assertEqual(alerts[0].first_ms, alerts[1].first_ms)
        self.assert_contract(self.seen)

    def test_a_second_agent_on_the_same_store_is_refused(self):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port)))
        self.wait_for_more()
        second = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port)), start=False, name="second")
        refused = run_agent_once(second.config_path)
        self.assertEqual(refused.returncode, BAD_CONFIG)
        self.assertIn(f"process {agent.pid}", refused.stderr)
        self.assertIn(self.store, refused.stderr)
        self.assertTrue(agent.running)
        self.wait_for_more()
        agent.sigkill()
        second.start()
        self.wait_for_more()
        self.assert_contract(self.seen)

    def damage(self, spoil, ended_by):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port)))
        self.wait_for_more()
        self.mqtt.stop()  # so that the store holds rows
        agent.wait_status(lambda status: status["delivery"]["backlog_messages"] > 10, "a backlog")
        agent.end(ended_by)
        spoil(self.store)
        self.mqtt.start()
        agent.start()
        self.wait_for_more()
        self.assertTrue(agent.running)
        self.assertEqual(len(glob.glob(self.store + ".damaged-*[0-9]Z")), 1, os.listdir(self.folder))
        self.assertEqual(len(self.seen.epochs()), 2)
        self.assertIn("damaged store", agent.log)
        self.assertIn("damaged", agent.status()["delivery"]["store_trouble"])
        self.assert_contract(self.seen)

    def test_a_store_of_garbage_is_set_aside(self):
        def spoil(path):
            with open(path, "r+b") as file:
                file.write(os.urandom(os.path.getsize(path)))
        self.damage(spoil, signal.SIGTERM)

    def test_a_store_that_was_cut_short_is_set_aside(self):
        page = 4096
        self.damage(lambda path: os.truncate(path, 3 * page + 100), signal.SIGTERM)

    def test_a_store_with_a_garbage_log_after_a_kill_does_not_stop_the_agent(self):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port)))
        self.wait_for_more()
        agent.sigkill()
        with open(self.store + "-wal", "r+b") as file:
            file.write(os.urandom(os.path.getsize(self.store + "-wal")))
        agent.start()
        self.wait_for_more()
        self.assertTrue(agent.running)

    def test_a_store_that_is_damaged_while_it_is_used_is_set_aside(self):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port, poll="1 ms", registers=100)))
        self.wait_for_more()
        self.mqtt.stop()
        more_than_caches = 6 << 20
        agent.wait_status(lambda status: status["delivery"]["backlog_bytes"] > more_than_caches, "rows that must be read back")
        # Opened first: the agent may set them aside between the two, and new ones have the old names then.
        files = [open(path, "r+b") for path in (self.store, self.store + "-wal")]
        for file in files:
            with file:
                file.write(os.urandom(os.fstat(file.fileno()).st_size))
        self.mqtt.start()
        agent.wait_status(lambda status: "damaged" in status["delivery"]["store_trouble"], "the damage in the status")
        self.wait_for_more()
        self.assertTrue(agent.running)
        self.assertEqual(len(glob.glob(self.store + ".damaged-*[0-9]Z")), 1, os.listdir(self.folder))
        self.assertEqual(len(self.seen.epochs()), 2)
        self.assertIn("damaged store", agent.log)

    def test_a_store_of_a_newer_version_is_refused_and_kept(self):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port)))
        self.wait_for_more()
        self.assertEqual(agent.sigterm(), 0)
        with sqlite3.connect(self.store) as database:
            database.execute("PRAGMA user_version = 9999")
        database.close()
        with open(self.store, "rb") as file:
            before = file.read()
        refused = run_agent_once(agent.config_path)
        self.assertEqual(refused.returncode, BAD_CONFIG)
        self.assertIn("newer", refused.stderr)
        with open(self.store, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_a_start_that_fails_for_no_fault_of_the_configuration_may_be_tried_again(self):
        agent = self.agent(self.config(self.mqtt.port, tcp_device(self.server.port)), start=False)
        with open(self.store, "wb") as file:
            file.write(b"garbage" * 1000)
        os.mkdir(self.store + ".setting-aside")  # so that the note of the setting aside cannot be written
        failed = run_agent_once(agent.config_path)
        self.assertEqual(failed.returncode, FAILED, failed.stderr)
        self.assertIn("set the damaged store aside", failed.stderr)

    def test_a_folder_that_is_not_there_is_told_with_the_line_that_names_it(self):
        text = self.config(self.mqtt.port, tcp_device(self.server.port))
        missing = os.path.join(self.folder, "missing", "x")
        for key, right in (("store.path", self.store), ("node.control_socket", "CONTROL_SOCKET")):
            agent = self.agent(text.replace(right, missing), start=False)
            refused = run_agent_once(agent.config_path)
            self.assertEqual(refused.returncode, BAD_CONFIG, refused.stderr)
            with open(agent.config_path) as file:
                number = next(index for index, line in enumerate(file.read().split("\n"), 1) if missing in line)
            self.assertIn(f"{agent.config_path}:{number}: {key}: ", refused.stderr)
            self.assertIn(missing, refused.stderr)

    def test_a_bad_configuration_is_refused_with_all_its_mistakes(self):
        text = self.config(self.mqtt.port, tcp_device(self.server.port), threshold("r0", 10))
        text = text.replace('kind = "tcp"', 'kind = "tpc"').replace('driver = "modbus"', 'driver = "modbuss"')
        text = text.replace('severity = "red"', 'severity = "crimson"').replace('[telemetry]', '[telemetry]\nbatches = 5')
        agent = self.agent(text, start=False)
        refused = run_agent_once(agent.config_path)
        self.assertEqual(refused.returncode, BAD_CONFIG)
        checked = run_tool("check", agent.config_path)
        self.assertNotEqual(checked.returncode, 0)
        with open(agent.config_path) as file:
            lines = file.read().split("\n")
        for wrong, right in (("tpc", "serial, tcp"), ("modbuss", "modbus"), ("crimson", "blue, yellow, orange, red"),
                             ("batches", "batch")):
            number = next(index for index, line in enumerate(lines, 1) if wrong in line)
            for said in (refused.stderr, checked.stdout + checked.stderr):
                line = next((line for line in said.split("\n") if f"{agent.config_path}:{number}" in line), "")
                self.assertIn(wrong, line, said)
                self.assertIn(right, line, said)
        self.assertFalse(os.path.exists(self.store))


if __name__ == "__main__":
    main()

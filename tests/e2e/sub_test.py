#!/usr/bin/python3
"""`afferent sub` as an operator uses it."""
import json
import os

from support import Broker, EndToEnd, main, run_tool, tcp_device


class Sub(EndToEnd):
    def hear(self, broker, count):
        """The sequences of the telemetry that a run of the command shows, which ends by itself."""
        done = run_tool("sub", "--port", str(broker.port), "--topic", "afferent/v1/+/telemetry/#", "--session", "desk",
                        "--count", str(count), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return list(dict.fromkeys(line["sequence"] for line in lines if line.get("kind") == "reading"))

    def test_a_session_brings_what_came_while_nobody_listened(self):
        broker, server = self.broker(), self.modbus()
        agent = self.agent(self.config(broker.port, tcp_device(server.port)))
        last = self.hear(broker, 3)[-1]
        agent.wait_status(lambda status: status["delivery"]["delivered_messages"] > last + 20, "messages in between")
        then = self.hear(broker, 10)
        self.assertGreaterEqual(len(then), 10)
        self.assertEqual(then, list(range(last + 1, last + 1 + len(then))))

    def test_a_password_file_of_no_use_is_named_with_what_is_wrong(self):
        empty = os.path.join(self.folder, "password")
        with open(empty, "w"):
            pass
        for path, wrong in ((empty, "its first line is empty"), ("/nowhere/password", "cannot be read: No such file")):
            refused = run_tool("sub", "--port", "1", "--username", "desk", "--password-file", path)
            self.assertEqual(refused.returncode, 2)
            self.assertIn(f"password file {path}: {wrong}", refused.stderr)

    def test_a_connection_that_comes_to_nothing_is_told_in_words(self):
        closed = Broker(self.folder, settings=("allow_anonymous false",))
        self.addCleanup(closed.close)
        closed.start()
        no_pem = os.path.join(self.folder, "ca.pem")
        with open(no_pem, "w") as file:
            file.write("not a certificate\n")
        for arguments, words in (
                (("--port", str(closed.port)), "refused the credentials: not authorized (135)"),
                (("--port", str(closed.port), "--session", "desk"), "refused the credentials: not authorized (5)"),
                (("--port", "1"), "cannot reach broker 127.0.0.1:1: nothing listens there"),
                (("--port", "1", "--ca-file", "/nowhere/ca.pem"), "CA file /nowhere/ca.pem: cannot be read: No such file"),
                (("--port", "1", "--ca-file", no_pem), f"CA file {no_pem}: holds no certificate in PEM form")):
            refused = run_tool("sub", *arguments)
            self.assertEqual(refused.returncode, 2)
            self.assertIn(words, refused.stderr)
            self.assertNotIn("MQTT error", refused.stderr)


if __name__ == "__main__":
    main()

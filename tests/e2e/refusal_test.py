#!/usr/bin/python3
"""What a broker refuses is visible in status and log, never fatal, and on MQTT 5 never lossy."""
import os
import subprocess

from counting import missing, newest, out_of_order, received_counts
from support import Broker, EndToEnd, main, tcp_device, threshold, wait_for

NODE, READER = "node-1", "reader"
ALL_KINDS = ("telemetry", "alert", "gap", "state", "status", "inventory")


class Refusal(EndToEnd):
    def guarded_broker(self, kinds=ALL_KINDS):
        passwords = os.path.join(self.folder, "passwords")
        self.acl = os.path.join(self.folder, "acl")
        for number, user in enumerate((NODE, READER)):
            subprocess.run(["mosquitto_passwd", "-b", *(["-c"] if number == 0 else []), passwords, user, "right"], check=True,
                           capture_output=True)
        self.allow(kinds)
        return self.broker(settings=("allow_anonymous false", f"password_file {passwords}", f"acl_file {self.acl}"))

    def allow(self, kinds):
        lines = [f"user {READER}", "topic read #", f"user {NODE}", *(f"topic write afferent/v1/+/{kind}/#" for kind in kinds)]
        with open(self.acl, "w") as file:
            file.write("\n".join(lines) + "\n")
        os.chmod(self.acl, 0o600)

    def write_password(self, password):
        path = os.path.join(self.folder, "password")
        with open(path, "w") as file:
            file.write(password + "\n")
        os.chmod(path, 0o600)
        return f'password_file = "{path}"'

    def assert_all_arrived(self, server, seen):
        """Everything up to now, from the very first reading on."""
        last = server.registers.count()
        wait_for(lambda: newest(seen) >= last, "all readings")
        self.assertEqual(received_counts(seen)[0][0], 1)
        self.assertEqual(missing(server, seen), {})
        self.assert_contract(seen)
        self.assertEqual(out_of_order(seen), [])

    def test_wrong_credentials(self):
        broker, server = self.guarded_broker(), self.modbus()
        seen = self.subscriber(broker, username=READER, password="right")
        mqtt = self.write_password("wrong")
        agent = self.agent(self.config(broker.port, tcp_device(server.port), mqtt=mqtt))
        status = agent.wait_status(lambda status: "credentials" in status["delivery"]["trouble"], "the refused credentials")
        self.assertFalse(status["delivery"]["connected"])
        wait_for(lambda: server.registers.count() > 20, "polls without a broker")
        self.write_password("right")
        agent.wait_status(lambda status: status["delivery"]["connected"] and not status["delivery"]["trouble"], "the connection")
        self.assert_all_arrived(server, seen)
        self.assertIn("refused the credentials", agent.log)

    def test_a_refused_topic_waits_and_others_go_on(self):
        broker, server = self.guarded_broker([kind for kind in ALL_KINDS if kind != "alert"]), self.modbus()
        seen = self.subscriber(broker, username=READER, password="right")
        mqtt = self.write_password("right")
        agent = self.agent(self.config(broker.port, tcp_device(server.port), threshold("r0", 10), mqtt=mqtt))
        agent.wait_status(lambda status: "water/alert is refused" in status["delivery"]["trouble"], "the refused topic")
        start = server.registers.count()
        wait_for(lambda: newest(seen) > start + 20, "telemetry beside the refused alert")
        self.assertEqual(seen.alerts(), [])

        broker.stop()
        self.allow(ALL_KINDS)
        broker.start()
        wait_for(seen.alerts, "the alert")
        agent.wait_status(lambda status: not status["delivery"]["trouble"], "a status without trouble")
        self.assert_all_arrived(server, seen)
        self.assertEqual(len(seen.alerts()), 1)
        self.assertIn("stream water/alert is refused", agent.log)

    def test_a_refused_retained_topic_does_not_hold_up_the_rest(self):
        # The broker of Debian 12 even closes the connection when it refuses.
        broker, server = self.guarded_broker([kind for kind in ALL_KINDS if kind not in ("status", "state")]), self.modbus()
        seen = self.subscriber(broker, username=READER, password="right")
        mqtt = self.write_password("right")
        agent = self.agent(self.config(broker.port, tcp_device(server.port), mqtt=mqtt))
        agent.wait_status(lambda status: "is refused" in status["delivery"]["trouble"], "the refused topic")
        for _ in range(3):
            self.assert_all_arrived(server, seen)

    def test_a_broker_that_is_not_there_at_the_start(self):
        server = self.modbus()
        broker = Broker(self.folder)
        self.addCleanup(broker.close)
        broker.start()
        seen = self.subscriber(broker)
        broker.stop()
        agent = self.agent(self.config(broker.port, tcp_device(server.port)))
        status = agent.wait_status(lambda status: "cannot reach broker" in status["delivery"]["trouble"], "the absent broker")
        self.assertFalse(status["delivery"]["connected"])
        wait_for(lambda: server.registers.count() > 20, "polls without a broker")
        broker.start()
        agent.wait_status(lambda status: status["delivery"]["connected"], "the connection")
        self.assert_all_arrived(server, seen)

    def test_mqtt_3_1_1_says_that_it_is_unconfirmed(self):
        broker, server = self.broker(), self.modbus()
        seen = self.subscriber(broker)
        agent = self.agent(self.config(broker.port, tcp_device(server.port), mqtt='version = "3.1.1"'))
        agent.wait_status(lambda status: status["delivery"]["confirmation"] == "unconfirmed (MQTT 3.1.1)"
                          and status["delivery"]["connected"], "a connection with MQTT 3.1.1")
        wait_for(lambda: server.registers.count() > 20, "polls")
        self.assert_all_arrived(server, seen)


if __name__ == "__main__":
    main()

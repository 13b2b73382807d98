#!/usr/bin/python3
"""TLS to a broker that wants client certificates: whom the agent trusts, what it says when it does not, and that nothing is lost."""
import os
import subprocess

from counting import missing, newest, received_counts
from support import Broker, EndToEnd, main, tcp_device, wait_for


class Tls(EndToEnd):
    def setUp(self):
        super().setUp()
        for authority in ("ours", "stranger"):
            self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                         f"/CN={authority}", "-keyout", self.path(authority, "key"), "-out", self.path(authority, "crt"))
        self.issue("ours", "server", "IP:127.0.0.1")
        self.issue("ours", "node", "DNS:node-1")
        self.issue("stranger", "impostor", "IP:127.0.0.1")
        self.server = self.modbus()

    def path(self, name, kind):
        return os.path.join(self.folder, f"{name}.{kind}")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def issue(self, authority, name, alternative):
        extensions = self.path(name, "ext")
        with open(extensions, "w") as file:
            file.write(f"subjectAltName={alternative}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", self.path(name, "key"), "-out", self.path(name, "csr"))
        self.openssl("x509", "-req", "-in", self.path(name, "csr"), "-CA", self.path(authority, "crt"), "-CAkey",
                     self.path(authority, "key"), "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", self.path(name, "crt"))

    def guarded(self, certificate):
        """A broker that shows `certificate` and wants one of ours. The subscriber has a listener of its own, without TLS."""
        return Broker(self.folder, settings=(
            "allow_anonymous true", f"cafile {self.path('ours', 'crt')}", f"certfile {self.path(certificate, 'crt')}",
            f"keyfile {self.path(certificate, 'key')}", "require_certificate true"))

    def trusting(self, client="node"):
        lines = ["tls = true", f'ca_file = "{self.path("ours", "crt")}"']
        if client:
            lines += [f'certificate_file = "{self.path(client, "crt")}"', f'key_file = "{self.path(client, "key")}"']
        return "\n".join(lines)

    def run_against(self, broker, mqtt):
        self.addCleanup(broker.close)
        broker.start()
        return self.agent(self.config(broker.port, tcp_device(self.server.port), mqtt=mqtt))

    def assert_kept(self, agent):
        """Polling goes on, and what is read waits in the store."""
        before = agent.status()["delivery"]["backlog_messages"]
        agent.wait_status(lambda status: status["delivery"]["backlog_messages"] > before + 20, "a growing backlog")
        self.assertFalse(agent.status()["delivery"]["connected"])

    def test_both_sides_show_certificates_of_our_authority(self):
        agent = self.run_against(self.guarded("server"), self.trusting())
        agent.wait_status(lambda status: status["delivery"]["connected"] and status["delivery"]["delivered_readings"] > 20,
                          "readings delivered over TLS")

    def test_an_impostor_gets_nothing_and_the_true_broker_everything(self):
        broker = self.guarded("impostor")
        agent = self.run_against(broker, self.trusting())
        agent.wait_status(lambda status: "certificate verify failed" in status["delivery"]["trouble"], "the distrusted broker")
        self.assert_kept(agent)
        self.assertEqual(agent.status()["delivery"]["delivered_readings"], 0)
        broker.stop()
        # The same port, now with the right certificate and a second one for the subscriber.
        # The subscriber's session is there before the agent's readings come.
        plain = Broker(self.folder)
        self.addCleanup(plain.close)
        plain.start()
        seen = self.subscriber(plain)
        plain.stop()
        true = self.guarded("server")
        true.port = broker.port
        true.settings += [f"listener {plain.port} 127.0.0.1"]
        self.addCleanup(true.close)
        true.start()
        agent.wait_status(lambda status: status["delivery"]["connected"], "the trusted broker")
        last = self.server.registers.count()
        wait_for(lambda: newest(seen) >= last, "all readings")
        self.assertEqual(received_counts(seen)[0][0], 1)
        self.assertEqual(missing(self.server, seen), {})
        self.assert_contract(seen)
        self.assertIn("certificate verify failed", agent.log)

    def test_a_broker_that_wants_a_certificate_refuses_an_agent_without_one(self):
        agent = self.run_against(self.guarded("server"), self.trusting(client=None))
        agent.wait_status(lambda status: status["delivery"]["trouble"], "the refusal")
        self.assert_kept(agent)


if __name__ == "__main__":
    main()

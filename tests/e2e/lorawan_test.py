#!/usr/bin/python3
"""LoRaWAN uplinks as ChirpStack publishes them, through a real broker and the codec's helper process, to readings."""
import base64
import json
import os

import paho.mqtt.client as mqtt

from support import LOOPBACK, EndToEnd, main, run_tool, wait_for

GOOD, HANGING = "24e124713b491234", "24e124713b499999"
CODEC = "function decodeUplink(input) { if (input.bytes[0] === 255) for (;;) {} return { data: { depth: input.bytes[1] } }; }"
ENCODER = "function encodeDownlink(input) { if (input.data.a) return { errors: ['a is not known'] }; return { bytes: [1, 2], fPort: 9 }; }"


class LoRaWan(EndToEnd):
    def setUp(self):
        super().setUp()
        self.mqtt = self.broker()
        self.seen = self.subscriber(self.mqtt)
        self.server = mqtt.Client("network-server", protocol=mqtt.MQTTv311)
        self.server.connect(LOOPBACK, self.mqtt.port)
        self.server.loop_start()
        self.addCleanup(self.server.loop_stop)
        self.addCleanup(self.server.disconnect)
        with open(os.path.join(self.folder, "depth.js"), "w") as file:
            file.write(CODEC)
        devices = "".join(
            f'[[device]]\nid = "{name}"\ndriver = "lorawan"\nport = "lns"\ndomain = "flood"\ndev_eui = "{eui}"\ncodec = "depth.js"\n'
            '[[device.field]]\npath = "depth"\nchannel = "level"\nquantity = "length"\nunit = "cm"\n'
            for name, eui in (("well", GOOD), ("hangs", HANGING)))
        self.node = self.agent(self.config(
            self.mqtt.port, f'[[port]]\nid = "lns"\nkind = "mqtt"\nhost = "{LOOPBACK}"\ntcp_port = {self.mqtt.port}\n', devices))
        self.node.wait_status(lambda status: status["delivery"]["connected"], "the connection")

    def uplink(self, eui, counter, payload):
        event = {"deduplicationId": f"{eui}-{counter}", "time": "2026-11-27T10:00:00Z",
                 "deviceInfo": {"applicationId": "app", "devEui": eui, "deviceName": eui}, "devAddr": "01020304", "fCnt": counter, "fPort": 85,
                 "data": base64.b64encode(bytes(payload)).decode(), "rxInfo": [{"gatewayId": "gw", "rssi": -70, "snr": 8.0}]}
        self.server.publish(f"application/app/device/{eui}/event/up", json.dumps(event), 1).wait_for_publish()

    def levels(self):
        return [reading.value for reading in self.seen.readings().get(("well", "level"), [])]

    def test_uplinks_become_readings_each_once_and_a_codec_that_hangs_delays_nobody_for_long(self):
        def first():
            self.uplink(GOOD, 1, [0, 5])  # again until the agent has subscribed; copies are dropped
            return self.levels()

        wait_for(first, "the first level")
        self.uplink(HANGING, 1, [255, 1])
        for counter in (2, 3):
            self.uplink(GOOD, counter, [0, 5 * counter])
            self.uplink(GOOD, counter, [0, 5 * counter])
        wait_for(lambda: len(self.levels()) >= 3, lambda: f"three levels; there were {self.levels()}")
        self.assertEqual(self.levels(), [0.05, 0.10, 0.15])
        hung = self.node.wait_status(lambda status: status["devices"][1]["rejects"] > 0, "the codec that was stopped")
        self.assertIn("200 ms", hung["devices"][1]["last_error"])
        self.assertEqual(hung["devices"][1]["health"], "degraded")
        self.assertEqual((hung["devices"][0]["rejects"], hung["devices"][0]["health"]), (0, "good"))

    def downlink(self, data):
        return run_tool("device", "well", "downlink", f"data={data}", "--socket", self.node.socket_path)

    def test_a_downlink_ends_as_the_codec_says_and_a_script_that_breaks_is_health(self):
        self.downlinks = []
        self.server.on_message = lambda client, data, message: self.downlinks.append((message.topic, json.loads(message.payload)))
        self.server.subscribe("application/+/device/+/command/down", 1)

        def known():
            self.uplink(GOOD, 1, [0, 5])
            return self.levels()

        wait_for(known, "the first level")
        refused = self.downlink('{"a":1}')
        self.assertEqual(refused.returncode, 1)
        self.assertIn("none of encodeDownlink", refused.stderr)
        with open(os.path.join(self.folder, "depth.js"), "w") as file:
            file.write(CODEC + "\n" + ENCODER)
        self.node.sigterm()
        self.node.start()
        self.node.wait_status(lambda status: status["delivery"]["connected"], "the connection")
        wait_for(lambda: self.downlink('{"b":1}').returncode == 0, "a downlink that is taken")
        wait_for(lambda: self.downlinks, "the downlink at the network server")
        self.assertEqual(self.downlinks[0][1]["fPort"], 9)
        refused = self.downlink('{"a":1}')
        self.assertEqual((refused.returncode, "a is not known" in refused.stderr), (1, True))

        self.node.sigterm()
        with open(os.path.join(self.folder, "depth.js"), "w") as file:
            file.write("function decodeUplink(input) { var x = ; }")
        checked = run_tool("check", self.node.config_path)
        self.assertEqual((checked.returncode, checked.stderr.count("SyntaxError")), (1, 2))
        self.node.start()
        broken = self.node.wait_status(lambda status: status["devices"][0]["rejects"] > 0, "the script that cannot be run")
        self.assertEqual([device["health"] for device in broken["devices"]], ["degraded", "degraded"])
        self.assertIn("SyntaxError", broken["devices"][0]["last_error"])


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""LoRaWAN uplinks as ChirpStack publishes them, through a real broker and the codec's helper process, to readings."""
import base64
import json
import os

import paho.mqtt.client as mqtt

from support import LOOPBACK, EndToEnd, main, wait_for

GOOD, HANGING = "24e124713b491234", "24e124713b499999"
CODEC = "function decodeUplink(input) { if (input.bytes[0] === 255) for (;;) {} return { data: { depth: input.bytes[1] } }; }"


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
        self.assertEqual(hung["devices"][0]["rejects"], 0)


if __name__ == "__main__":
    main()

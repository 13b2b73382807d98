"""A subscriber that loses nothing and notices everything: each message with its arrival, checked against its seal."""
import collections
import threading
import time

import paho.mqtt.client as mqtt

import messages
from processes import LOOPBACK
from waiting import wait_for

Arrival = collections.namedtuple("Arrival", "topic kind message retained at")


def without_seal(message):
    copy = type(message)()
    copy.CopyFrom(message)
    copy.ClearField("seal")
    return copy.SerializeToString(deterministic=True)


def stream_of(topic, message):
    return message.seal.node, message.seal.epoch, "/".join(topic.split("/")[2:4])


class CountingSubscriber:
    """A persistent session of QoS 1 that comes back by itself when the broker does."""

    def __init__(self, port, topics=("afferent/v1/#",), username=None, password=None):
        self._lock = threading.Lock()
        self._arrivals = []
        self._last = {}        # (node, epoch, domain/kind) -> the newest sequence
        self._accepted = []    # the messages that are not duplicates
        self._readings = collections.defaultdict(list)
        self._topics = [(topic, 1) for topic in topics]
        self._subscribed = threading.Event()
        self._client = mqtt.Client("counting-subscriber", clean_session=False, protocol=mqtt.MQTTv311)
        if username:
            self._client.username_pw_set(username, password)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(self._topics)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message
        self._client.connect(LOOPBACK, port)
        self._client.loop_start()
        wait_for(self._subscribed.is_set, "the subscription")

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()

    def _on_message(self, _client, _data, packet):
        kind = packet.topic.split("/")[3]
        message = messages.BY_KIND[kind]()
        message.ParseFromString(packet.payload)
        with self._lock:
            self._arrivals.append(Arrival(packet.topic, kind, message, packet.retain, time.monotonic()))
            if message.seal.sequence:
                self._accept(stream_of(packet.topic, message), kind, message)

    def _accept(self, stream, kind, message):
        """As a receiver does that follows the contract: a sequence that is not above the last one is dropped."""
        if message.seal.sequence <= self._last.get(stream, 0):
            return
        self._last[stream] = message.seal.sequence
        self._accepted.append((kind, message))
        if kind == "telemetry":
            for reading in messages.expand(message):
                self._readings[reading.device, reading.channel].append(reading)

    def arrivals(self, kind=None):
        """Everything so far, duplicates included, in order of arrival."""
        with self._lock:
            return [arrival for arrival in self._arrivals if kind in (None, arrival.kind)]

    def accepted(self, kind):
        """Messages of a kind in order, each once."""
        with self._lock:
            return [message for of, message in self._accepted if of == kind]

    def alerts(self):
        return self.accepted("alert")

    def gaps(self):
        return self.accepted("gap")

    def readings(self):
        """(device, channel) -> its readings in order, each once."""
        with self._lock:
            return {series: list(readings) for series, readings in self._readings.items()}

    def count(self):
        with self._lock:
            return sum(map(len, self._readings.values()))

    def epochs(self):
        return {arrival.message.seal.epoch for arrival in self.arrivals() if arrival.message.seal.sequence}

    def violations(self):
        """What breaks the delivery contract: losses, a changed duplicate, disorder. Empty when all is well."""
        last, contents, found = {}, {}, []
        for arrival in self.arrivals():
            seal = arrival.message.seal
            if seal.sequence == 0:
                continue  # a retained slot: the latest wins
            stream = stream_of(arrival.topic, arrival.message)
            content = without_seal(arrival.message)
            before = last.get(stream, 0)
            if seal.sequence <= before:
                if contents.get((stream, seal.sequence)) != content:
                    found.append(f"{stream}: sequence {seal.sequence} came after {before} and was not seen before")
                continue
            if seal.previous > before:
                found.append(f"{stream}: {before} then {seal.sequence} with previous {seal.previous}: a loss")
            if seal.previous >= seal.sequence:
                found.append(f"{stream}: {seal.sequence} names {seal.previous} as the one before it")
            last[stream] = seal.sequence
            contents[stream, seal.sequence] = content
        return found

    def duplicates(self):
        seen = collections.Counter((stream_of(arrival.topic, arrival.message), arrival.message.seal.sequence)
                                   for arrival in self.arrivals() if arrival.message.seal.sequence)
        return sum(count - 1 for count in seen.values())

"""The agent's messages in Python, from the descriptor set that the build makes, and how a batch is expanded."""
import collections
import os

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

from processes import BIN

DESCRIPTORS = os.path.join(BIN, "..", "share", "afferent", "afferent_v1.desc")
FIRST_NAMED_CHANNEL = 1000
TEXTS, REALS = 98, 99
ABSENT = 15

Reading = collections.namedtuple("Reading", "device channel boot_ms value quality measured_ms", defaults=[None])


def _load():
    files = descriptor_pb2.FileDescriptorSet()
    with open(DESCRIPTORS, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    wanted = ("TelemetryBatch", "Alert", "Gap", "NodeStatus", "DomainState", "Inventory")
    classes = {name: factory.GetPrototype(pool.FindMessageTypeByName("afferent.v1." + name)) for name in wanted}
    channels = pool.FindEnumTypeByName("afferent.v1.Channel").values_by_number
    names = {number: value.name[len("CHANNEL_"):].lower() for number, value in channels.items()}
    return classes, names


_classes, _channel_names = _load()
TelemetryBatch, Alert, Gap, NodeStatus, DomainState, Inventory = _classes.values()
BY_KIND = {"telemetry": TelemetryBatch, "alert": Alert, "gap": Gap, "status": NodeStatus, "state": DomainState,
           "inventory": Inventory}


def _poll_times(batch):
    """Per device the boot times of its polls in ms: offset, difference, then differences of differences."""
    times, next_dt = [], 0
    for count in batch.polls:
        at, step, polls = batch.base_ms, 0, []
        for index in range(count):
            dt = batch.poll_dt[next_dt]
            next_dt += 1
            step = dt if index < 2 else step + dt
            at += step
            polls.append(at)
        times.append(polls)
    return times


def _channel(batch, number):
    return batch.name[number - FIRST_NAMED_CHANNEL] if number >= FIRST_NAMED_CHANNEL else _channel_names[number]


def expand(batch):
    """All readings of a batch, series after series."""
    times = _poll_times(batch)
    exceptions = dict(zip(batch.exception[::2], batch.exception[1::2]))
    measured, index, at_ms = {}, 0, 0
    for next_index, difference in zip(batch.measured[::2], batch.measured[1::2]):
        index, at_ms = index + next_index, at_ms + difference
        measured[index] = at_ms
    readings, next_value = [], 0
    for device, channel, exponent in zip(batch.series, batch.channel, batch.exponent):
        whole = 0
        for at in times[device]:
            quality, measured_ms = exceptions.get(next_value, 0), measured.get(next_value)
            whole += batch.value[next_value]
            next_value += 1
            if quality == ABSENT:
                continue
            if exponent == TEXTS:
                value = batch.text[whole]
            elif exponent == REALS:
                value = batch.real[whole]
            else:
                value = whole * 10 ** exponent if exponent >= 0 else whole / 10 ** -exponent
            readings.append(Reading(batch.device[device], _channel(batch, channel), at, value, quality, measured_ms))
    return readings

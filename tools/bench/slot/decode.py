"""Expands a TelemetryBatch without protobuf: decode(topic, payload) -> [("device.register", value), ...] for W2 and W4."""


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        if tag & 7 == 0:
            value, at = varint(data, at)
        else:
            length, at = {1: (8, at), 5: (4, at)}.get(tag & 7) or varint(data, at)
            value, at = data[at:at + length], at + length
        yield tag >> 3, value


def packed(data):
    at, values = 0, []
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


def zigzag(value):
    return (value >> 1) ^ -(value & 1)


def decode(topic, payload):
    if "/telemetry/" not in topic:
        return []
    device, name, column = [], [], {}
    for number, value in fields(payload):
        if number == 2:
            device.append(value.decode())
        elif number == 7:
            name.append(value.decode())
        elif number in (3, 5, 6, 8, 10):
            column.setdefault(number, []).extend(packed(value))
    values = iter(map(zigzag, column.get(10, [])))
    readings = []
    for series, channel, exponent in zip(column[5], column[6], column[8]):
        total = 0
        for _ in range(column[3][series]):
            total += next(values)
            register = f"{device[series][1:]}.{name[channel - 1000][1:]}"  # of device d0, channel r3: 0.3
            readings.append((register, total * 10 ** zigzag(exponent)))
    return readings

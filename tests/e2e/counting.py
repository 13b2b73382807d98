"""Compares what a subscriber got with what counting registers gave away."""
import collections


def unwrapped(values):
    """Counts from readings of a 16 bit register that counts up and is seen at least every 65535."""
    base, before = 0, None
    for value in values:
        if before is not None and value < before:
            base += 1 << 16
        before = value
        yield base + int(value)


def received_counts(subscriber, device="d1", channel="r"):
    """Register number -> the counts that arrived, in order."""
    return {int(name[len(channel):]): list(unwrapped([reading.value for reading in readings]))
            for (of, name), readings in subscriber.readings().items() if of == device and name.startswith(channel)}


def newest(subscriber, register=0):
    """The last count of a register that arrived, 0 before the first."""
    own = subscriber.readings().get(("d1", f"r{register}"), [])
    return [0, *unwrapped(reading.value for reading in own)][-1]


def out_of_order(subscriber):
    """Pairs of neighbours whose boot time goes back."""
    return [(one, other) for readings in subscriber.readings().values() for one, other in zip(readings, readings[1:])
            if other.boot_ms < one.boot_ms]


def missing(server, subscriber, device="d1", unit=1):
    """Per register the counts that were given away before the last one that arrived, and did not arrive themselves."""
    arrived = received_counts(subscriber, device)
    lost = {}
    for register, counts in arrived.items():
        given = {served.count for served in server.registers.served() if (served.unit, served.register) == (unit, register)}
        gone = sorted(count for count in given - set(counts) if count < counts[-1])
        if gone:
            lost[register] = gone
    return lost


def lives(server, subscriber, device="d1", unit=1):
    """Per connection that the agent made: how many readings it was given, and which of these arrived, as a list of flags in
    the order in which they were given away."""
    arrived = {register: set(counts) for register, counts in received_counts(subscriber, device).items()}
    flags = collections.defaultdict(list)
    for served in server.registers.served():
        if served.unit == unit:
            flags[served.connection].append(served.count in arrived.get(served.register, ()))
    return flags

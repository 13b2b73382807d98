"""A Modbus device that makes each reading unique: a register holds how often it was read."""
import collections
import socket
import struct
import threading

from processes import LOOPBACK

READ_HOLDING, READ_INPUT = 3, 4
Served = collections.namedtuple("Served", "connection unit register count")


class Registers:
    """What a device answers. Thread-safe. `fixed` holds registers with a value set by the test; all others count."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counts = collections.Counter()
        self._served = []
        self.fixed = {}

    def answer(self, unit, pdu, connection=0):
        function, first, count = struct.unpack(">BHH", pdu[:5]) if len(pdu) >= 5 else (pdu[0] if pdu else 0, 0, 0)
        if function not in (READ_HOLDING, READ_INPUT) or not 1 <= count <= 125:
            illegal_function = 1
            return bytes([function | 0x80, illegal_function])
        with self._lock:
            values = [self._value(connection, unit, register) for register in range(first, first + count)]
        return bytes([function, 2 * count]) + struct.pack(f">{count}H", *values)

    def _value(self, connection, unit, register):
        if (unit, register) in self.fixed:
            return self.fixed[unit, register]
        self._counts[unit, register] += 1
        self._served.append(Served(connection, unit, register, self._counts[unit, register]))
        return self._counts[unit, register] & 0xFFFF

    def count(self, unit=1, register=0):
        """How often it was read so far, which is also the value that it gave last, before it wrapped."""
        with self._lock:
            return self._counts[unit, register]

    def served(self):
        """All readings in the order in which they were given away."""
        with self._lock:
            return list(self._served)


class CountingModbus:
    """A Modbus TCP server on a free port. `registers.fixed[unit, register] = value` sets a value to judge."""

    def __init__(self):
        self.registers = Registers()
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port = self._listener.getsockname()[1]
        self._connections = []
        self._lock = threading.Lock()
        self._open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._open = False
        with self._lock:
            sockets = [self._listener, *self._connections]
        for one in sockets:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()

    def _accept(self):
        number = 0
        while self._open:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection, number), daemon=True).start()

    def _serve(self, connection, number):
        with connection, connection.makefile("rb") as stream:
            try:
                while len(header := stream.read(7)) == 7:
                    transaction, protocol, length, unit = struct.unpack(">HHHB", header)
                    pdu = stream.read(length - 1)
                    answer = self.registers.answer(unit, pdu, number)
                    connection.sendall(struct.pack(">HHHB", transaction, protocol, len(answer) + 1, unit) + answer)
            except (OSError, ValueError):
                return

"""A serial line with Modbus RTU devices: a pty whose name can vanish and come back, like that of a USB adapter."""
import fcntl
import os
import select
import struct
import termios
import threading
import tty

from modbus_server import Registers

TCGETS2 = 0x802C542A
REQUEST = 8  # bytes of a read request: unit, function, first, count, CRC


def crc16(frame):
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc.to_bytes(2, "little")


class SerialLine:
    """Devices behind `path`, a symbolic link. `spoil(number, answer)` may change the bytes of an answer."""

    def __init__(self, path):
        self.path = path
        self.registers = Registers()
        self.spoil = lambda number, answer: answer
        self.answers = 0
        self._stop = None
        self._thread = None

    def plug_in(self):
        master, slave = os.openpty()
        tty.setraw(slave)
        os.symlink(os.ttyname(slave), self.path + ".new")
        os.replace(self.path + ".new", self.path)
        self._stop, stop = os.pipe()[::-1]
        self._thread = threading.Thread(target=self._serve, args=(master, slave, stop), daemon=True)
        self._thread.start()

    def baud(self):
        """Bits a second, as whoever has the line open has set it."""
        slave = os.open(self.path, os.O_RDWR | os.O_NOCTTY)
        try:
            termios2 = fcntl.ioctl(slave, TCGETS2, bytes(44))
        finally:
            os.close(slave)
        return struct.unpack_from("=I", termios2, 36)[0]

    def unplug(self):
        """The name goes, and whoever has the line open sees it hang up."""
        if self._thread is None:
            return
        os.unlink(self.path)
        os.close(self._stop)
        self._thread.join()
        self._thread = None

    def _serve(self, master, slave, stop):
        pending = b""
        while stop not in (ready := select.select([master, stop], [], [])[0]):
            assert master in ready
            pending += os.read(master, 256)
            while len(pending) >= REQUEST:
                request = pending[:REQUEST]
                if crc16(request[:-2]) != request[-2:]:
                    pending = pending[1:]
                    continue
                pending = pending[REQUEST:]
                answer = request[:1] + self.registers.answer(request[0], request[1:-2])
                self.answers += 1
                os.write(master, self.spoil(self.answers, answer + crc16(answer)))
        termios.tcflush(master, termios.TCIOFLUSH)
        for file in (slave, master, stop):
            os.close(file)

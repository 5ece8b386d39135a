"""A phone in QEMU: its console and buttons, its flash, its power, and what it says on the network.

QEMU's user networking is a NAT: the phone is 10.0.2.15, this machine's loopback is 10.0.2.2 to it, and
servers see it come from another port with each start.
"""
import contextlib
import re
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading

import workshop

sys.path.insert(0, str(workshop.ROOT / "tests/interop"))
from fixture import PASSWORD, can_bind, process, wait_for, written  # noqa: E402

DOMAIN, HOST = "sip.test", "registrar.sip.test"
FLASH_SIZE, SECTOR, SLOT = 8192, 4096, 512  # as host.h and save.c have it


ports = iter(range(25600, 25700, 2))  # each is given out once, since scenarios run at once
port_lock = threading.Lock()


def free_port():
    """A free one, with the one behind it, for servers on the loopback interface."""
    with port_lock:
        for port in ports:
            if can_bind("127.0.0.1", port) and can_bind("127.0.0.1", port + 1):
                return port
    raise AssertionError("there are no free ports")


class NameServer(threading.Thread):
    """Knows that HOST is 10.0.2.2, and of nothing else."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.port = free_port()
        self.socket.bind(("127.0.0.1", self.port))
        self.asked = 0

    def run(self):
        name = b"".join(bytes([len(label)]) + label.encode() for label in HOST.split(".")) + b"\0"
        while True:
            question, peer = self.socket.recvfrom(512)
            self.asked += 1
            known = question[12:] == name + b"\0\1\0\1"
            head = question[:2] + (b"\x81\x80" if known else b"\x81\x83")
            record = b"\xc0\x0c\0\1\0\1" + struct.pack(">IH", 60, 4) + bytes([10, 0, 2, 2])
            self.socket.sendto(head + struct.pack(">4H", 1, known, 0, 0) + question[12:] +
                               record * known, peer)


class Phone:
    """One that is switched on and off again, and keeps its flash."""

    def __init__(self, folder, image, names, port):
        self.folder, self.image, self.names, self.port = folder, image, names, port
        self.flash = folder / "flash"
        self.flash.write_bytes(b"\xff" * FLASH_SIZE)
        self.starts = 0

    def command(self, settings):
        settings = {"aor": f"sip:alice@{DOMAIN}", "password": PASSWORD, "server": HOST,
                    "port": self.port, "dns": "10.0.2.2", "dnsport": self.names.port,
                    "flash": self.flash, **settings}
        words = "".join(f",arg={name}={value}" for name, value in settings.items())
        return ["qemu-system-arm", "-M", "mps2-an385", "-display", "none", "-monitor", "none",
                "-serial", "stdio", "-nic", "user,id=net,model=lan9118", "-kernel", self.image,
                "-object", f"filter-dump,id=dump,netdev=net,file={self.dump}",
                "-semihosting-config", f"enable=on,target=native,arg=phone{words}"]

    @contextlib.contextmanager
    def on(self, **settings):
        """Switched on during the block; if it is still on at the end, the power is cut."""
        self.starts += 1
        self.dump = self.folder / f"{self.starts}.pcap"
        with tempfile.TemporaryFile("w+") as console, process(
                self.command(settings), stdin=subprocess.PIPE, stdout=console,
                stderr=subprocess.STDOUT) as child:
            try:
                yield Run(child, console, self.dump, self.port)
            finally:
                if child.poll() is None:
                    child.send_signal(signal.SIGKILL)


class Run:
    """The phone from its start until its power goes."""

    def __init__(self, child, console, dump, port):
        self.child, self.console, self.dump, self.port = child, console, dump, port

    def said(self):
        return written(self.console)

    def wait(self, what, times=1, seconds=30):
        """Until it has said so, so many times."""
        try:
            wait_for(what, lambda: len(re.findall(what, self.said())) >= times, seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; the phone said:\n{self.said()}") from None

    def press(self, key):
        self.child.stdin.write(key.encode())
        self.child.stdin.flush()

    def ended(self, seconds=10):
        """Its exit status."""
        return self.child.wait(seconds)

    # -------------------------------------------------------- what it said on the network

    def datagrams(self):
        """(to the server, octets) of each that it exchanged with the registrar."""
        octets, at = self.dump.read_bytes(), 24
        while at + 16 <= len(octets):
            length = struct.unpack_from("<I", octets, at + 8)[0]
            frame = octets[at + 16:at + 16 + length]
            at += 16 + length
            if frame[12:14] == b"\x08\0" and frame[23:24] == b"\x11":  # IPv4, UDP; no options
                source, target, size = struct.unpack_from(">3H", frame, 34)
                if self.port in (source, target):
                    yield target == self.port, frame[42:34 + size]

    def requests(self):
        return [Request(octets.decode()) for out, octets in self.datagrams()
                if out and octets.startswith(b"REGISTER ")]

    def statuses(self):
        return [int(octets.split()[1]) for out, octets in self.datagrams()
                if not out and octets.startswith(b"SIP/2.0 ")]

    def keepalives(self):
        return [octets for out, octets in self.datagrams() if out].count(b"\r\n\r\n")


class Request:
    """What is of interest in a REGISTER."""

    def __init__(self, text):
        self.call_id = re.search(r"^Call-ID: (.*)\r$", text, re.M)[1]
        self.cseq = int(re.search(r"^CSeq: (\d+)", text, re.M)[1])
        self.contacts = re.findall(r"^Contact: <([^>]*)>", text, re.M)
        count = re.search(r"\bnc=([0-9a-f]{8})", text)
        self.nonce_count = int(count[1], 16) if count else None

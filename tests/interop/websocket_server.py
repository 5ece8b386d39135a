"""A server for WebSockets that does what a scenario says, also what it must not."""
import base64
import contextlib
import hashlib
import re
import socket
import struct
import threading

from fixture import expect

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def frame(opcode, payload=b"", fin=True, key=None):
    """A frame; a server must not mask, so a key makes it a wrong one."""
    length = len(payload)
    head = bytes([fin << 7 | opcode])
    mask = 128 if key else 0
    if length < 126:
        head += bytes([mask | length])
    elif length < 65536:
        head += struct.pack(">BH", mask | 126, length)
    else:
        head += struct.pack(">BQ", mask | 127, length)
    return head + (key + masked(payload, key) if key else payload)


def masked(octets, key):
    return bytes(octet ^ key[i % 4] for i, octet in enumerate(octets))


class Peer:
    """The tool, as its server sees it."""

    def __init__(self, connection):
        connection.settimeout(50)
        self.connection = connection
        self.path, self.headers = None, {}

    def exactly(self, n):
        octets = b""
        while len(octets) < n:
            more = self.connection.recv(n - len(octets))
            if not more:
                raise AssertionError(f"the tool closed the connection after {octets!r}")
            octets += more
        return octets

    def send(self, octets):
        self.connection.sendall(octets)

    def read_handshake(self):
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            text += self.exactly(1)
        first, *lines = text.decode().split("\r\n")[:-2]
        method, self.path, version = first.split(" ")
        expect("method and version", (method, version), ("GET", "HTTP/1.1"))
        self.headers = dict(line.split(": ", 1) for line in lines)

    def answer(self, behind=b"", **changes):
        """Agrees, but for the headers that are changed (a_name="value", or None to leave it out)."""
        key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        headers = {"Upgrade": "websocket", "Connection": "keep-alive, Upgrade",
                   "Sec-WebSocket-Accept": base64.b64encode(hashlib.sha1(key.encode()).digest()).decode(),
                   "Sec-WebSocket-Protocol": "sip"}
        headers.update({name.replace("_", "-"): value for name, value in changes.items()})
        lines = [f"{name}: {value}\r\n" for name, value in headers.items() if value is not None]
        self.send(("HTTP/1.1 101 Switching Protocols\r\n" + "".join(lines) + "\r\n").encode() + behind)

    def agree(self, **changes):
        self.read_handshake()
        self.answer(**changes)

    def receive(self):
        """Opcode and payload of the next frame, which has to be whole and masked."""
        first, second = self.exactly(2)
        length = second & 127
        expect("FIN, and no reserved bits", first >> 4, 8)
        expect("a mask", second >> 7, 1)
        if length == 126:
            [length] = struct.unpack(">H", self.exactly(2))
        key = self.exactly(4)
        return first & 15, masked(self.exactly(length), key)

    def register(self):
        """The REGISTER that comes next, alone in its frame."""
        opcode, payload = self.receive()
        expect("opcode", opcode, TEXT)
        text = payload.decode()
        expect("one message", (text.count("SIP/2.0\r\n"), text[-4:]), (1, "\r\n\r\n"))
        return text

    def ok(self, register):
        """The answer to it; the binding lives as long as was asked for."""
        wanted = ("Via", "From", "To", "Call-ID", "CSeq")
        lines = [line for line in register.split("\r\n") if line.split(":")[0] in wanted]
        contact = re.search(r"^Contact: (<[^>]*>)", register, re.M).group(1)
        expires = re.search(r"^Expires: (\d+)", register, re.M)
        return ("SIP/2.0 200 OK\r\n" + "".join(f"{line}\r\n" for line in lines) +
                f"Contact: {contact};expires={expires.group(1) if expires else 3600}\r\n"
                "Content-Length: 0\r\n\r\n").encode()

    def gone(self):
        """The tool takes leave, and closes."""
        expect("last frame", self.receive(), (CLOSE, struct.pack(">H", 1000)))
        expect("after it", self.connection.recv(1), b"")


@contextlib.contextmanager
def server(*plays):
    """Listens as long as the block lasts; each play gets one connection. Its port."""
    faults = []

    def serve(listener):
        try:
            for play in plays:
                connection = listener.accept()[0]
                with connection:
                    play(Peer(connection))
        except Exception as fault:  # raised where the scenario is
            faults.append(fault)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)
        thread = threading.Thread(target=serve, args=[listener], daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        if not faults:
            thread.join(60)
    if faults:
        raise faults[0]

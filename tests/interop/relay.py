"""Networks that misbehave, in user space: a relay for datagrams and one for connections.

Both stand between phones and one server on the loopback interface, keep each phone apart from the
others, and remember what passed. They run in a thread of their own as long as their `with` lasts.
"""
import collections
import heapq
import itertools
import random
import re
import selectors
import socket
import struct
import threading
import time

SO_TIMESTAMPNS = 35  # socket(7): when the kernel received it, however late we are

Passed = collections.namedtuple("Passed", "time user branch to_server datagram copies")


def found(pattern, datagram):
    match = re.search(pattern, datagram)
    return match[1].decode() if match else ""


def user_of(datagram):
    """Whose registration a message belongs to."""
    return found(rb"\r\nTo:[^\r]*<sips?:([^@>]+)@", datagram)


def branch_of(datagram):
    """And which of its transactions."""
    return found(rb"\r\nVia:[^\r]*;branch=([^;\r]+)", datagram)


class Weather:
    """What a network does to one direction. Chances are between 0 and 1, delays in seconds.

    lose, double: the chances of a datagram. delay: from and to, each copy its own, so that they overtake
    each other. One seed gives the first, second, ... transaction of a user the same row of fates each
    time, in whatever order the users come. So it depends on the seed alone, not on how busy the machine
    is, at which sending a request and its answer get through.
    """

    def __init__(self, seed, lose=0.0, double=0.0, delay=(0.0, 0.0)):
        self.seed, self.lose, self.double, self.delay = seed, lose, double, delay
        self.dice = {}

    def fates(self, user, number):
        """The delay of each copy of the next datagram that goes on: none if it is lost."""
        name = f"{self.seed} {user} {number}"
        dice = self.dice.setdefault(name, random.Random(name))
        lost, doubled = dice.random() < self.lose, dice.random() < self.double
        delays = [dice.uniform(*self.delay) for _ in range(2)]
        return [] if lost else delays[:1 + doubled]


class Running(threading.Thread):
    """A relay's thread: hands ready sockets to the functions that were registered with them."""

    def __init__(self):
        super().__init__(daemon=True)
        self.selector, self.over = selectors.DefaultSelector(), False

    def watch(self, sock, function):
        sock.setblocking(False)
        self.selector.register(sock, selectors.EVENT_READ, function)

    def drop(self, sock):
        self.selector.unregister(sock)
        sock.close()

    def wait(self):
        return 0.05

    def run(self):
        while not self.over:
            for key, _ in self.selector.select(self.wait()):
                key.data(key.fileobj)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()
        for key in list(self.selector.get_map().values()):
            self.drop(key.fileobj)
        self.selector.close()


class Datagrams(Running):
    """A relay for UDP. What arrived stands in `passed`, with how many copies of it went on."""

    def __init__(self, port, to_server, to_phone):
        super().__init__()
        self.server, self.weather = ("127.0.0.1", port), {True: to_server, False: to_phone}
        self.passed, self.later, self.order = [], [], itertools.count()
        self.inside = {}  # a socket towards the server for each phone
        self.branches = collections.defaultdict(list)  # of each user
        self.outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.outside.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.outside.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.outside.bind(("127.0.0.1", 0))
        self.port = self.outside.getsockname()[1]
        self.watch(self.outside, self.from_phone)

    def from_phone(self, sock):
        datagram, extra, _, phone = sock.recvmsg(65535, 64)
        seconds, nanoseconds = struct.unpack("qq", extra[0][2])
        if phone not in self.inside:
            inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            inside.connect(self.server)
            self.inside[phone] = inside
            self.watch(inside, lambda ready: self.from_server(ready, phone))
        self.go_on(True, datagram, seconds + nanoseconds / 1e9, self.inside[phone].send)

    def from_server(self, sock, phone):
        try:
            datagram = sock.recv(65535)
        except OSError:  # an ICMP error: nobody listens there now
            return
        self.go_on(False, datagram, time.time(), lambda data: self.outside.sendto(data, phone))

    def go_on(self, to_server, datagram, when, send):
        user, branch = user_of(datagram), branch_of(datagram)
        if branch not in self.branches[user]:
            self.branches[user].append(branch)
        fates = self.weather[to_server].fates(user, self.branches[user].index(branch))
        self.passed.append(Passed(when, user, branch, to_server, datagram, len(fates)))
        for delay in fates:
            heapq.heappush(self.later, (time.monotonic() + delay, next(self.order), send, datagram))

    def wait(self):
        """Sends what is due; the seconds until more is."""
        while self.later and self.later[0][0] <= time.monotonic():
            _, _, send, datagram = heapq.heappop(self.later)
            try:
                send(datagram)
            except OSError:  # the phone has gone, or the server
                pass
        return min([0.05] + [max(0.0, due - time.monotonic()) for due, *_ in self.later[:1]])


class Connections(Running):
    """A relay for TCP, and TLS in it. It can cut, stall and refuse, and counts who came when.

    `arrivals` are the times (time.monotonic) of connections, `heard` the octets, by direction.
    """

    def __init__(self, port):
        super().__init__()
        self.server, self.arrivals, self.stalled = ("127.0.0.1", port), [], False
        self.heard = {True: b"", False: b""}
        self.other = {}  # of two sockets, for each the other one
        self.lock = threading.RLock()
        self.listener, self.port = None, 0
        self.accept()

    def accept(self):
        """Listens, at the port of before."""
        with self.lock:
            self.listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(("127.0.0.1", self.port))
            self.listener.listen(512)
            self.port = self.listener.getsockname()[1]
            self.watch(self.listener, self.arrived)

    def refuse(self):
        """Nobody listens until accept()."""
        with self.lock:
            self.drop(self.listener)
            self.listener = None

    def cut(self):
        """Resets every connection."""
        with self.lock:
            for sock in list(self.other):
                if sock in self.other:
                    self.end(sock, reset=True)

    def stall(self, stalled=True):
        """Connections stand and new ones are taken, but nothing passes."""
        with self.lock:
            self.stalled = stalled

    def arrived(self, listener):
        with self.lock:
            try:
                phone, _ = listener.accept()
            except OSError:  # it was closed meanwhile
                return
            self.arrivals.append(time.monotonic())
            server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            if server.connect_ex(self.server) != 0:
                phone.close()
                server.close()
                return
            self.other[phone], self.other[server] = server, phone
            self.watch(phone, lambda ready: self.pass_on(ready, True))
            self.watch(server, lambda ready: self.pass_on(ready, False))

    def pass_on(self, sock, to_server):
        with self.lock:
            if sock not in self.other or self.stalled:
                return
            try:
                octets = sock.recv(65536)
            except BlockingIOError:
                return
            except OSError:  # reset
                octets = b""
            self.heard[to_server] += octets
            try:
                self.other[sock].sendall(octets)
            except OSError:  # gone, or it takes no more
                octets = b""
            if not octets:
                self.end(sock)

    def end(self, sock, reset=False):
        for each in (sock, self.other.pop(sock)):
            self.other.pop(each, None)
            if reset:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.drop(each)

    def wait(self):
        if self.stalled:  # what is ready stays so
            time.sleep(0.05)
        return 0.05

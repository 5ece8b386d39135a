"""What all interop scenarios share: ports, servers, the tool, captures, and a way to report.

A scenario is a function; scenarios() runs a list of them and reports each as a test (TAP). It passes if
it returns, fails if it raises. Everything that is started is stopped by the `with` that started it, by
its process id, also when a scenario fails or we are told to stop (SIGTERM).
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

PASSWORD = "secret"

children = set()  # that run now
told_to_stop = threading.Event()


def give_up(*_):
    """Told to stop: ends the children, so that whoever waits for them fails, and every `with` ends."""
    told_to_stop.set()
    for child in list(children):
        child.terminate()
    sys.exit(1)


signal.signal(signal.SIGTERM, give_up)


class Skip(Exception):
    """Raised where a scenario cannot be played on this machine; says why."""


# ---------------------------------------------------------------- reporting

def play(function, arguments):
    """Runs a scenario; its docstring is the name of the test. Whether it went well, and the report."""
    name = function.__doc__.strip().rstrip(".")
    try:
        function(*arguments)
        return True, f"ok - {name}"
    except Skip as why:
        return True, f"ok - {name} # SKIP {why}"
    except Exception:  # a failed scenario must not keep the others from being played
        report = "".join(f"# {line}\n" for line in traceback.format_exc().splitlines())
        return False, report + f"not ok - {name}"


def scenarios(functions, *arguments, at_once=1):
    """Plays the scenarios and reports them in this order. Returns the exit status."""
    good = True
    with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
        for well, report in pool.map(lambda function: play(function, arguments), functions):
            print(report, flush=True)
            good = good and well
    return 0 if good else 1


def expect(what, value, wanted):
    if value != wanted:
        raise AssertionError(f"{what}: {value!r}, not {wanted!r}")


def wait_for(what, condition, seconds=10.0):
    """The first true value of condition(), asked again and again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not told_to_stop.is_set():
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"no {what} within {seconds} seconds")


# ---------------------------------------------------------------- ports and files

def can_bind(host, port):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(family, kind) as s:
            try:
                s.bind((host, port))
            except OSError:
                return False
    return True


def has_ipv6():
    return can_bind("::1", 0)


def free_ports(count):
    """The first of `count` free ports in a row, below those that the kernel gives to clients."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        top = int(file.read().split()[0])
    hosts = ["127.0.0.1"] + (["::1"] if has_ipv6() else [])
    first = 5100 + os.getpid() * 16 % (max(top, 7000) - 5100 - count)
    for port in list(range(first, top - count)) + list(range(5100, first)):
        if all(can_bind(host, port + i) for host in hosts for i in range(count)):
            return port
    raise Skip("there are no free ports")


@contextlib.contextmanager
def folder():
    """A folder that is gone afterwards. Under root it belongs to nobody, like the server in it."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="sipreg-"))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def certificates(path, names="DNS:localhost"):
    """ca.crt, and server.crt and server.key for these names, in the folder."""
    def openssl(*words):
        try:
            subprocess.run(["openssl", *words], cwd=path, check=True, capture_output=True)
        except FileNotFoundError:
            raise Skip("openssl is not installed")

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.crt", "-days", "30",
            "-subj", "/CN=Test CA", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *curve, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (path / "names").write_text(f"subjectAltName={names}\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "30", "-extfile", "names", "-out", "server.crt")


# ---------------------------------------------------------------- processes

@contextlib.contextmanager
def process(command, **options):
    """A child that is stopped afterwards, by its process id."""
    if told_to_stop.is_set():
        raise AssertionError("told to stop")
    options.setdefault("stdin", subprocess.DEVNULL)
    child = subprocess.Popen([str(word) for word in command], **options)
    children.add(child)
    try:
        yield child
    finally:
        stop(child)
        children.discard(child)


def stop(child):
    """Asks the child to end, then makes it. Its exit status."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return child.returncode


def written(file):
    """All that a child has written to its file so far.

    The child shares our position in it. So that is not moved: else it might write over its first lines.
    """
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode()


class Tool:
    """The program `sipreg` of a build."""

    def __init__(self, build):
        self.build = pathlib.Path(build).resolve()
        for program in ("sipreg", "sipreg-registrar"):
            if not (self.build / program).exists():
                raise SystemExit(f"there is no {self.build}/{program}: build the examples first")

    def command(self, *words):
        return [str(self.build / "sipreg"), *map(str, words)]

    def environment(self, password=PASSWORD):
        return dict(os.environ, SIPREG_PASSWORD=password)

    def run(self, *words, password=PASSWORD, seconds=60):
        """Exit status, standard output and standard error."""
        done = subprocess.run(self.command(*words), env=self.environment(password), text=True,
                              capture_output=True, stdin=subprocess.DEVNULL, timeout=seconds)
        return done.returncode, done.stdout, done.stderr

    def events(self, *words, status=0, **options):
        """Runs with --json, expects the exit status; the events."""
        code, out, err = self.run(*words, "--json", **options)
        if code != status:
            raise AssertionError(f"sipreg {' '.join(map(str, words))} ended with {code}, not {status}:"
                                 f"\n{out}{err}")
        return [json.loads(line) for line in out.splitlines()]

    @contextlib.contextmanager
    def running(self, *words, password=PASSWORD):
        """The tool as long as the block lasts, and a function that gives its events so far."""
        with tempfile.TemporaryFile("w+") as out, \
                process(self.command(*words, "--json"), stdout=out, stderr=subprocess.STDOUT,
                        env=self.environment(password)) as child:
            def events():
                lines = written(out).splitlines(keepends=True)
                return [json.loads(line) for line in lines if line[:1] == "{" and line[-1:] == "\n"]
            yield child, events


def only(events, kind):
    """The single event of this kind, which must be the last one."""
    events = list(events)
    found = [event for event in events if event["event"] == kind]
    if len(found) != 1 or events[-1] != found[0]:
        raise AssertionError(f"no single {kind} event at the end of {events}")
    return found[0]


# ---------------------------------------------------------------- a bad network

class Relay(threading.Thread):
    """Stands between the tool and a UDP server. `spoil` is asked for the datagrams that go on.

    spoil(to_server, number, datagram) gives a list: empty to lose it, others to add some. number
    counts the datagrams of that direction from 0.
    """

    def __init__(self, port, spoil):
        super().__init__(daemon=True)
        self.server, self.spoil = ("127.0.0.1", int(port)), spoil
        self.outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.outside.bind(("127.0.0.1", 0))
        self.inside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.inside.connect(self.server)
        self.port = self.outside.getsockname()[1]
        self.client, self.counts, self.over = None, [0, 0], False

    def run(self):
        while not self.over:
            for ready in select.select([self.outside, self.inside], [], [], 0.1)[0]:
                to_server = ready is self.outside
                datagram, peer = ready.recvfrom(65535)
                self.client = peer if to_server else self.client
                number = self.counts[to_server]
                self.counts[to_server] += 1
                for spoiled in self.spoil(to_server, number, datagram):
                    if to_server:
                        self.inside.send(spoiled)
                    else:
                        self.outside.sendto(spoiled, self.client)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()
        self.outside.close()
        self.inside.close()


# ---------------------------------------------------------------- captures

class Capture:
    """What went over some ports of the loopback interface, and tshark's opinion of it.

    tcp is what tshark takes connections there for: "http" where a WebSocket follows.
    """

    def __init__(self, path, ports, tcp="sip"):
        self.tcp = tcp
        self.file = pathlib.Path(path) / "capture.pcapng"
        self.ports = ports
        self.why_not = None  # not captured
        # A packet from this socket to itself shows how far the capture has come.
        self.marker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.marker.bind(("127.0.0.1", 0))
        self.mark = self.marker.getsockname()[1]

    @contextlib.contextmanager
    def running(self):
        """Captures during the block, if that can be done here."""
        if not shutil.which("tshark"):
            self.why_not = "tshark is not installed"
            yield
            return
        wanted = " or ".join(f"port {port}" for port in [self.mark, *self.ports])
        command = ["tshark", "-l", "-i", "lo", "-f", wanted, "-w", self.file, "-P", "-T", "fields",
                   "-e", "udp.dstport"]
        with tempfile.TemporaryFile("w+") as said, process(command, stdout=said, stderr=said) as child:
            def told(marks):
                def marked():
                    self.marker.sendto(b"mark", ("127.0.0.1", self.mark))
                    time.sleep(0.1)
                    if child.poll() is not None:
                        self.why_not = "tshark cannot capture here; is this user allowed to?"
                        return True
                    return written(said).split().count(str(self.mark)) > marks
                return marked

            try:
                wait_for("capture", told(0), 20)
            except AssertionError:
                self.why_not = "tshark sees nothing on the loopback interface"
            yield
            if not self.why_not:
                wait_for("end of the capture", told(written(said).split().count(str(self.mark))), 20)

    def fields(self, condition, *names):
        """The given fields of every packet that meets the condition, a list a packet."""
        if self.why_not:
            raise Skip(self.why_not)
        command = ["tshark", "-r", str(self.file), "-Y", condition, "-T", "fields"]
        for port in self.ports:
            command += ["-d", f"udp.port=={port},sip", "-d", f"tcp.port=={port},{self.tcp}"]
        for name in names:
            command += ["-e", name]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return [line.split("\t") for line in out.splitlines()]

    def judge(self):
        """Every message is one to tshark: SIP, not malformed, without an error of the expert."""
        ports = " || ".join(f"{kind}.port == {port}" for port in self.ports for kind in ("udp", "tcp"))
        expect("messages with errors", self.fields(
            f"({ports}) && (_ws.malformed || (sip && _ws.expert.severity >= 0x600000))",
            "frame.number", "_ws.expert.message"), [])
        udp = " || ".join(f"udp.port == {port}" for port in self.ports)
        expect("datagrams that are not SIP", self.fields(f"({udp}) && !sip && !icmp && !icmpv6",
                                                         "frame.number"), [])
        expect("answers 400 (Kamailio's sanity check)", self.fields("sip.Status-Code == 400",
                                                                    "sip.Status-Line"), [])
        if not self.fields("sip.Method == REGISTER", "frame.number"):
            raise AssertionError("no REGISTER was captured")

"""DNS servers for one scenario: dnsmasq, which knows the truth, and one that knows no good answer."""
import contextlib
import itertools
import shutil
import socket
import tempfile
import threading

from fixture import Skip, free_ports, process, wait_for

DOMAIN = "sip.test"
ports = itertools.count(free_ports(64))  # for many at once, so nobody takes one twice


@contextlib.contextmanager
def dns(*records, port=None, ttl=60):
    """dnsmasq, which knows these records and nothing else; the options that lead the tool there."""
    if not shutil.which("dnsmasq"):
        raise Skip("dnsmasq is not installed")
    port = port or next(ports)
    command = ["dnsmasq", "-k", f"--port={port}", "--listen-address=127.0.0.1", "--bind-interfaces",
               "--conf-file=/dev/null", "--pid-file=", "--log-facility=-", "--no-resolv", "--no-hosts",
               "--local=/test/", f"--local-ttl={ttl}", "--host-record=here.other.test,127.0.0.1",
               *("--" + record for record in records)]
    with tempfile.TemporaryFile("w+") as said, process(command, stdout=said, stderr=said) as child:
        def started():
            said.seek(0)
            text = said.read()
            if child.poll() is not None:
                raise AssertionError("dnsmasq ended: " + text)
            return ": started" in text
        wait_for("dnsmasq", started)
        yield ["--dns", f"127.0.0.1:{port}"]


def naptr(service, name, order=10, domain=DOMAIN):
    return f"naptr-record={domain},{order},50,s,{service},,{name}.{domain}"


def srv(port, priority=10, weight=0, service="_sip._udp", target="here.other.test", domain=DOMAIN):
    return f"srv-host={service}.{domain},{target},{port},{priority},{weight}"


class FaultyDns(threading.Thread):
    """Answers each question with what answer() makes of it."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer, self.asked = answer, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.port, self.over = self.socket.getsockname()[1], False

    def run(self):
        while not self.over:
            with contextlib.suppress(TimeoutError):
                question, peer = self.socket.recvfrom(4096)
                self.asked += 1
                self.socket.sendto(self.answer(question), peer)

    def __enter__(self):
        self.start()
        return ["--dns", f"127.0.0.1:{self.port}"]

    def __exit__(self, *_):
        self.over = True
        self.join()
        self.socket.close()

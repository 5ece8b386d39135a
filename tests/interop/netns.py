"""A phone behind a NAT, for the scenarios that need one: three network namespaces and what joins them.

    phone 10.0.0.2 ---- 10.0.0.1 router 192.0.2.1 ---- 192.0.2.2 registrar

The router is the kernel's own NAT (nftables, conntrack). It forgets a mapping after so many seconds of
silence, lets in what belongs to a mapping and drops the rest without a word, and can give every mapping
another port (rebind). All that needs root; where it is not permitted, network() raises Skip. Sockets
opened and processes started in `with namespace.inside():` belong to that namespace, also afterwards.
"""
import contextlib
import ctypes
import itertools
import os
import pathlib
import re
import shutil
import socket
import subprocess
import threading
import time

from fixture import Skip

PHONE, ROUTER, PUBLIC, REGISTRAR = "10.0.0.2", "10.0.0.1", "192.0.2.1", "192.0.2.2"

HOME = pathlib.Path("/run/netns")  # where ip keeps them
numbers = itertools.count(1)
libc = ctypes.CDLL(None, use_errno=True)

# The ports of mappings come from the one range or from the other.
RANGES = ("40000-44999", "50000-54999")
NFT = """
table ip nat {
    chain ways {
        type nat hook postrouting priority srcnat;
        oifname "wan" jump ports
    }
    chain ports {
    }
}
table ip filter {
    chain through {
        type filter hook forward priority filter;
        ct state invalid drop
        ct state established,related accept
        iifname "wan" drop
    }
    chain here {
        type filter hook input priority filter;
        iifname "wan" drop
    }
}
"""


def run(*words, text=None):
    """Runs a command that must succeed; its output."""
    try:
        done = subprocess.run([str(word) for word in words], input=text, text=True, capture_output=True)
    except FileNotFoundError:
        raise Skip(f"{words[0]} is not installed")
    if done.returncode != 0:
        raise OSError(f"{' '.join(map(str, words))}: {done.stderr.strip()}")
    return done.stdout


class Namespace:
    """One of them, which exists from the start to remove()."""

    def __init__(self, name):
        self.name = name
        run("ip", "netns", "add", name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *words):
        return run("ip", "-n", self.name, *words)

    def run(self, *words, text=None):
        return run("ip", "netns", "exec", self.name, *words, text=text)

    @contextlib.contextmanager
    def inside(self):
        """This thread is in there for as long as the block lasts."""
        with open("/proc/thread-self/ns/net") as outside, open(HOME / self.name) as here:
            enter(here)
            try:
                yield
            finally:
                enter(outside)


def enter(file):
    if libc.setns(file.fileno(), 0x40000000) != 0:  # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), "setns")


def remove(name):
    subprocess.run(["ip", "netns", "del", name], capture_output=True)


def sweep():
    """Removes what a process has left that was killed."""
    for path in HOME.glob("sipreg-*-*"):
        owner = re.fullmatch(r"sipreg-(\d+)-\d+-\w+", path.name)
        if owner and not os.path.exists(f"/proc/{owner[1]}"):
            remove(path.name)


class Network:
    """The three of them, joined."""

    def __init__(self, names, seconds):
        self.phone, self.router, self.registrar = map(Namespace, names)
        for end, device, middle in (self.phone, "eth0", "lan"), (self.registrar, "eth0", "wan"):
            end.ip("link", "add", device, "type", "veth", "peer", "name", middle,
                   "netns", self.router.name)
        for namespace, device, address in ((self.phone, "eth0", PHONE), (self.router, "lan", ROUTER),
                                           (self.router, "wan", PUBLIC),
                                           (self.registrar, "eth0", REGISTRAR)):
            namespace.ip("addr", "add", f"{address}/24", "dev", device)
            namespace.ip("link", "set", device, "up")
        self.phone.ip("route", "add", "default", "via", ROUTER)
        self.range = 0
        self.router.run("nft", "-f", "-", text=NFT)
        self.take_ports()
        self.forget_after(seconds)
        self.set("ipv4/ip_forward", 1)
        # A connection whose mapping is gone does not make itself a new one: it falls silent.
        self.set("netfilter/nf_conntrack_tcp_loose", 0)

    def set(self, name, value):
        with self.router.inside():
            pathlib.Path(f"/proc/sys/net/{name}").write_text(f"{value}\n")

    def take_ports(self):
        self.router.run("nft", "-f", "-", text=f"""
flush chain ip nat ports
add rule ip nat ports meta l4proto {{ tcp, udp }} masquerade to :{RANGES[self.range]} random
""")

    def forget_after(self, seconds):
        """So long a UDP mapping lives without traffic, from its next packet on."""
        self.set("netfilter/nf_conntrack_udp_timeout", seconds)
        self.set("netfilter/nf_conntrack_udp_timeout_stream", seconds)

    def rebind(self):
        """Every mapping is forgotten; new ones get ports from the other range."""
        self.range = 1 - self.range
        self.take_ports()
        self.router.run("conntrack", "-F")

    def mappings(self, protocol="udp"):
        """The outside ports of the mappings that live."""
        table = self.router.run("conntrack", "-L", "-p", protocol)
        return [int(port) for port in re.findall(rf"dst={re.escape(PUBLIC)} sport=\d+ dport=(\d+)", table)]


@contextlib.contextmanager
def network(seconds):
    """A Network whose router forgets after so many seconds, gone afterwards."""
    if os.geteuid() != 0:
        raise Skip("network namespaces need root")
    for tool in "ip", "nft", "conntrack":
        if not shutil.which(tool):
            raise Skip(f"{tool} is not installed")
    sweep()
    number = next(numbers)
    names = [f"sipreg-{os.getpid()}-{number}-{name}" for name in ("phone", "router", "registrar")]
    try:
        try:
            made = Network(names, seconds)
        except OSError as why:
            raise Skip(f"a network of namespaces with NAT is not permitted here: {why}")
        yield made
    finally:
        for name in names:
            remove(name)


class Ear(threading.Thread):
    """Hears every UDP datagram that comes to the phone, or leaves it: (time, came, source port, datagram)."""

    OUTGOING = 4  # PACKET_OUTGOING of packet(7)

    def __init__(self, namespace):
        super().__init__(daemon=True)
        self.heard, self.over = [], False
        with namespace.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
            self.socket.bind(("eth0", 0x0800))
        self.socket.settimeout(0.1)

    def run(self):
        while not self.over:
            try:
                packet, address = self.socket.recvfrom(65535)
            except socket.timeout:
                continue
            start = (packet[0] & 15) * 4
            if packet[9] == socket.IPPROTO_UDP:
                self.heard.append((time.monotonic(), address[2] != self.OUTGOING,
                                   int.from_bytes(packet[start:start + 2], "big"), packet[start + 8:]))

    def came(self, begin):
        """The datagrams that came to the phone and begin like this."""
        return [datagram for _, came, _, datagram in list(self.heard)
                if came and datagram.startswith(begin)]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over = True
        self.join()
        self.socket.close()

#!/usr/bin/env -S python3 -B
"""Does a phone behind a NAT register, and can it be reached through it?

    nat.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool

Each scenario has a network of its own (netns.py): the tool as the phone, a router that forgets mappings,
a Kamailio outside that relays OPTIONS to where the REGISTER came from. All are played at once, for they
mostly wait. Where network namespaces or NAT are not permitted they are skipped. A scenario is a function
below; add it to SCENARIOS.
"""
import contextlib
import re
import shutil
import sys
import time

from fixture import Tool, expect, folder, scenarios, told_to_stop, wait_for
from kamailio_edge import Edge
from netns import PHONE, PUBLIC, RANGES, REGISTRAR, Ear, network
from storm import registrations, storm

PORT = 5080  # in namespaces, where nobody else is


class World:
    """A network, and who is in it."""

    def __init__(self, tool, net, server, ear):
        self.tool, self.net, self.server, self.ear = tool, net, server, ear

    @contextlib.contextmanager
    def phone(self, *words):
        """The tool behind the NAT, registered; its events."""
        with contextlib.ExitStack() as stack:
            with self.net.phone.inside():
                command = ["register", f"sip:alice@{REGISTRAR}:{PORT}", *words]
                _, events = stack.enter_context(self.tool.running(*command))
            wait_for("registration", lambda: registered(events))
            yield events

    def is_reached(self, user="alice"):
        """Does an OPTIONS come through to the phone? Whether it answers does not matter."""
        before = len(self.ear.came(b"OPTIONS "))
        with self.net.registrar.inside():
            status = self.server.options(user, REGISTRAR)
        reached = len(self.ear.came(b"OPTIONS ")) > before
        if not reached:
            expect("status, as nobody can have answered", status, 408)
        return reached

    def wait_until_forgotten(self, seconds):
        """The time at which the router holds no mapping any more."""
        wait_for("end of the mapping", lambda: not self.net.mappings(), seconds)
        return time.monotonic()

    def contact(self):
        [contact] = self.server.contacts()
        return contact

    def seen_at(self):
        """The port by which the registrar knows the phone."""
        return int(re.fullmatch(rf"sip:{PUBLIC}:(\d+)", self.contact()["Received"])[1])


@contextlib.contextmanager
def world(tool, seconds):
    """One whose router forgets a mapping after so many seconds of silence."""
    with folder() as path, network(seconds) as net, contextlib.ExitStack() as stack:
        server = Edge(path, PORT, ["alice", "phone0"], [REGISTRAR])
        with net.registrar.inside():
            stack.enter_context(server.running())
        ear = stack.enter_context(Ear(net.phone))
        yield World(tool, net, server, ear)


def registered(events):
    return [event for event in events() if event["event"] == "registered"]


def port_range(port):
    return next((text for text in RANGES if int(text.split("-")[0]) <= port <= int(text.split("-")[1])), None)


# ---------------------------------------------------------------- scenarios

def learns(tool):
    """registered through a NAT: rport and received name the outside, where OPTIONS reach the phone"""
    with world(tool, 30) as here, here.phone():
        [port] = here.net.mappings()
        expect("range of the mapping", port_range(port), RANGES[0])
        answers = here.ear.came(b"SIP/2.0 ")
        expect("answers", [answer[8:11] for answer in answers], [b"401", b"200"])
        for answer in answers:
            via = re.search(rb"\r\nVia: (.*)\r\n", answer)[1].decode()
            expect(f"{via} has both", (f";rport={port}" in via, f";received={PUBLIC}" in via), (True, True))
        expect("the port that the registrar sees", here.seen_at(), port)
        expect("the contact is the inside", here.contact()["Address"].startswith(f"sip:alice@{PHONE}:"), True)
        expect("reached", here.is_reached(), True)


def forgotten(tool):
    """a mapping that died of silence: OPTIONS do not arrive until the next refresh has made another"""
    with world(tool, 2) as here, here.phone("--expires", 30) as events:
        expect("reached", here.is_reached(), True)
        here.wait_until_forgotten(8)
        expect("reached", here.is_reached(), False)
        expect("times registered", len(registered(events)), 1)  # there was no refresh meanwhile
        wait_for("refresh", lambda: len(registered(events)) == 2, 20)
        expect("reached", here.is_reached(), True)


def after_thirty(tool):
    """without keepalives a mapping dies 30 seconds after the last packet, and OPTIONS do not arrive"""
    with world(tool, 30) as here, here.phone():
        expect("reached", here.is_reached(), True)
        last = here.ear.heard[-1][0]
        end = here.wait_until_forgotten(40)
        expect(f"{end - last} s after the last packet", 28 < end - last < 33, True)
        expect("reached", here.is_reached(), False)


def stays_reachable(tool, *words):
    with world(tool, 30) as here, here.phone(*words) as events:
        before = here.net.mappings()
        for _ in range(3):
            told_to_stop.wait(22)
            expect("mappings", here.net.mappings(), before)
        expect("times registered", len(registered(events)), 1)
        expect("reached", here.is_reached(), True)
        return events()


def kept(tool):
    """outbound: STUN keeps the mapping of a NAT that forgets after 30 seconds, and OPTIONS arrive"""
    events = stays_reachable(tool, "--outbound")
    expect("outbound is in force", events[0].get("outbound"), True)
    expect("the server's Flow-Timer", events[0].get("keepalive"), 25)
    expect("kinds of events", [event["event"] for event in events], ["registered", "keepalive"])


def kept_open(tool):
    """without outbound blank lines keep it, where the user wants that, and OPTIONS arrive"""
    events = stays_reachable(tool, "--keepalive=20")
    expect("outbound is in force", events[0].get("outbound"), None)
    expect("kinds of events", [event["event"] for event in events], ["registered"])


def told(tool):
    """outbound: another port of the NAT is noticed by STUN, and the registrar is told at once"""
    with world(tool, 30) as here, here.phone("--outbound") as events:
        wait_for("first answer", lambda: "keepalive" in [event["event"] for event in events()], 30)
        before = here.seen_at()
        here.net.rebind()
        wait_for("registration", lambda: len(registered(events)) == 2, 40)
        expect("why", [event.get("error") for event in events() if event["event"] == "keepalive"][1],
               "another address, by a NAT that has forgotten us")
        expect("ranges", (port_range(before), port_range(here.seen_at())), RANGES)
        expect("reached", here.is_reached(), True)


def rebound(tool):
    """another port of the NAT in the midst of it: the refresh makes it known, and OPTIONS arrive there"""
    with world(tool, 30) as here, here.phone("--expires", 20) as events:
        before = here.seen_at()
        here.net.rebind()
        expect("reached by the old port", here.is_reached(), False)
        expect("times registered", len(registered(events)), 1)
        wait_for("refresh", lambda: len(registered(events)) == 2, 20)
        expect("ranges", (port_range(before), port_range(here.seen_at())), RANGES)
        expect("reached", here.is_reached(), True)
        expect("kinds of events", {event["event"] for event in events()}, {"registered"})


def silent(tool):
    """a TCP connection that the NAT has forgotten falls silent: given up after 64*T1, then another one"""
    with world(tool, 30) as here, contextlib.ExitStack() as stack:
        with here.net.phone.inside():
            lines = stack.enter_context(storm(tool, "tcp", REGISTRAR, PORT, 1, 3, 12))
        wait_for("registration", lambda: registrations(lines()))
        [before] = here.net.mappings("tcp")
        here.net.rebind()
        end = wait_for("end", lambda: next((line for line in lines() if line.what == "retrying"), None), 45)
        sent = [line for line in lines() if line.what == "send"]
        expect("the refresh is sent once", len(sent), 3)
        expect("64*T1", 31.9 < end.time - sent[-1].time < 34, True)
        wait_for("registration", lambda: registrations(lines())[0] == 2, 10)
        [after] = here.net.mappings("tcp")
        expect("ranges", (port_range(before), port_range(after)), RANGES)


SCENARIOS = [learns, forgotten, after_thirty, kept, kept_open, told, rebound, silent]


def main():
    tool = Tool(sys.argv[1])
    if not shutil.which("kamailio"):
        print("ok - NAT # SKIP kamailio is not installed")
        return 0
    return scenarios(SCENARIOS, tool, at_once=len(SCENARIOS))


if __name__ == "__main__":
    sys.exit(main())

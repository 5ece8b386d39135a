#!/usr/bin/env -S python3 -B
"""Does a phone register over a network that loses, doubles and delays, and come back without a storm?

    network.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool and `storm`

Kamailio behind relays on the loopback interface (relay.py): the tool over UDP, TCP and TLS, and 200
phones in one process (storm.c). All scenarios are played at once, for they mostly wait; each has a
Kamailio of its own, or users of its own. A scenario is a function below; add it to SCENARIOS.
"""
import collections
import contextlib
import json
import shutil
import subprocess
import sys
import time

from fixture import Tool, expect, folder, free_ports, only, process, scenarios, wait_for
from kamailio_edge import Edge
from kamailio_server import tls
from relay import Connections, Datagrams, Weather
from storm import registrations, storm

MANY, SOME, CROWD, FEW = 100, 20, 200, 5
USERS = [*(f"lossy{i}" for i in range(MANY)), *(f"twice{i}" for i in range(SOME)),
         *(f"few{i}" for i in range(FEW)), "still", "phone0"]

# RFC 3261 17.1.2: when a request is sent again over UDP, in seconds; at 64*T1 it is given up.
TIMER_E = [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]

BASE = 8  # seconds, of the crowd's back-off (RFC 5626 4.5)
CEILING = 2 * BASE  # of the first wait


class Setting:
    """What a scenario plays with."""

    def __init__(self, tool, folders):
        port = free_ports(4)
        self.tool = tool
        self.server = Edge(folders[0], port, USERS)
        self.restarted = Edge(folders[1], port + 2,
                              [f"{user}{i}" for user, count in (("phone", CROWD), ("few", FEW))
                               for i in range(count)])


@contextlib.contextmanager
def phones(setting, words, apart):
    """Tools that register once, started so many seconds apart."""
    with contextlib.ExitStack() as stack:
        running = []
        for each in words:
            running.append(stack.enter_context(process(
                setting.tool.command("register", *each, "--once", "--json"), stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, env=setting.tool.environment())))
            time.sleep(apart)
        yield running


def all_register(setting, relay, user, count):
    """So many tools register once through the relay; each has one binding afterwards."""
    words = [[f"sip:{user}{number}@localhost:{relay.port}"] for number in range(count)]
    with phones(setting, words, 0.05) as running:
        for child in running:
            out, _ = child.communicate(timeout=90)
            expect(f"exit status after {out}", child.returncode, 0)
            only(map(json.loads, out.splitlines()), "registered")
    held = collections.Counter(contact["AoR"] for contact in setting.server.contacts())
    expect("bindings", {name: held[name] for name in held if name.startswith(user)},
           {f"{user}{number}": 1 for number in range(count)})


def transactions(relay):
    """What phones sent, by branch: the rows of one transaction each."""
    rows = collections.defaultdict(list)
    for row in list(relay.passed):
        if row.to_server:
            rows[row.branch].append(row)
    return rows.values()


def keeps_to_timer_e(rows):
    """Every sending of a transaction is the same, and is due."""
    expect("different datagrams of one transaction", len({row.datagram for row in rows}), 1)
    sent = [row.time - rows[0].time for row in rows]
    if len(sent) > len(TIMER_E) or any(not due - 0.2 < time < due + 2 for time, due in zip(sent, TIMER_E)):
        raise AssertionError(f"sent at {sent}, not by timer E")


# ---------------------------------------------------------------- datagrams

def lossy(setting):
    """30 % lost both ways: 100 of 100 register over UDP, and send again by timer E alone"""
    # Of this seed nobody has such bad luck that a request is given up.
    with Datagrams(setting.server.port, Weather("there 43", lose=0.3), Weather("back 43", lose=0.3)) as relay:
        all_register(setting, relay, "lossy", MANY)
        for to_server in (True, False):
            copies = [row.copies for row in relay.passed if row.to_server == to_server]
            expect("about 30 % are lost", 0.2 < copies.count(0) / len(copies) < 0.4, True)
        sent = list(transactions(relay))
        for rows in sent:
            keeps_to_timer_e(rows)
        expect("several sendings of one", max(map(len, sent)) >= 5, True)


def doubled(setting):
    """half of it doubled, all delayed and out of order: everybody registers, with one binding each"""
    weather = [Weather(way, double=0.5, delay=(0, 0.8)) for way in ("there", "back")]
    with Datagrams(setting.server.port, *weather) as relay:
        all_register(setting, relay, "twice", SOME)
        expect("some were doubled", any(row.copies == 2 for row in relay.passed), True)
        for rows in transactions(relay):
            keeps_to_timer_e(rows)


# ---------------------------------------------------------------- connections

def busiest_second(times):
    return max((sum(begin <= time < begin + 1 for time in times) for begin in times), default=0)


def keeps_to_backoff(lines):
    """RFC 5626 4.5: one phone tried at once, in vain, waited as it should, and was there again."""
    kinds = [line.what for line in lines]
    expect("what happened", kinds,
           ["lost", "open", "lost", "retrying", "open", "up", "send", "send", "registered"])
    waits, again, done = lines[3], lines[4], lines[-1]
    expect("the first try comes at once", lines[1].time - lines[0].time < 2, True)
    wait = waits.number / 1000  # less the moment until it was told
    expect(f"the wait of {wait} s is in the upper half", CEILING / 2 - 0.2 <= wait <= CEILING, True)
    expect("it is waited for", -0.01 <= again.time - waits.time - wait < 2, True)
    expect("registered soon after", done.time - again.time < 5, True)


def crowd(setting):
    """a TCP server restarted with 200 phones: all registered within the bounds of RFC 5626 4.5, no storm"""
    server = setting.restarted
    with contextlib.ExitStack() as stack:
        relay = stack.enter_context(Connections(server.port))  # counts, and closes all at the same time
        with server.running():
            lines = stack.enter_context(storm(setting.tool, "tcp", "127.0.0.1", relay.port, CROWD, BASE,
                                              3600))
            few = stack.enter_context(secure(setting, server, server.tls))
            wait_for("200 registrations", lambda: len(registrations(lines())) == CROWD, 30)
            time.sleep(BASE + 1)  # a flow that fails at once is not worth a try at once
            before, came = len(lines()), len(relay.arrivals)
            relay.refuse()
            relay.cut()
        wait_for("back-off of everybody", lambda: sum(line.what == "retrying" for line in lines()) == CROWD)
        lost = [retrying(events) for events in few]
        with server.running():
            relay.accept()
            wait_for("200 registrations", lambda: list(registrations(lines()).values()) == [2] * CROWD,
                     CEILING + 10)
            after = lines()[before:]
            for events, seen in zip(few, lost):
                registered_again(events, seen)
            expect("contacts", len({contact["AoR"] for contact in server.contacts()}), CROWD + FEW)
    for phone in range(CROWD):
        keeps_to_backoff([line for line in after if line.phone == phone])
    # They are spread over half of CEILING at random: so many a second, and six deviations more. Each
    # sends two REGISTERs, since the new server does not know the nonces of the old one.
    average = CROWD / (CEILING / 2)
    most = average + 6 * average ** 0.5
    sent = [line.time for line in after if line.what == "send"]
    for what, times, bound in ("connections", relay.arrivals[came:], most), ("REGISTERs", sent, 2 * most):
        expect(f"at most {bound:.0f} {what} a second", busiest_second(times) <= bound, True)


@contextlib.contextmanager
def secure(setting, server, port):
    """A few tools that are registered over TLS, at a port where the server is reached: their events."""
    with contextlib.ExitStack() as stack:
        running = []
        for number in range(FEW):
            words = tls(f"few{number}", server)
            words[0] = f"sip:few{number}@localhost:{port}"
            child = setting.tool.running("register", *words, "--expires", 20)
            running.append(stack.enter_context(child)[1])
        for events in running:
            wait_for("registration", events)
        yield running


def retrying(events):
    """Waits until it has tried in vain and announces the next try; how many events there are by then.

    It may have announced before that it tries at once, or nearly so.
    """
    def last():
        return events()[-1]["event"] == "retrying" and events()[-1]["retry_in"] > 1 and events()
    so_far = wait_for("retry", last)
    expect("it waits, not beyond half of the binding", 5 <= so_far[-1]["retry_in"] <= 10, True)
    return len(so_far)


def registered_again(events, seen):
    """Waits for the registration, which must be the next event."""
    wait_for("next event", lambda: len(events()) > seen, 20)
    expect("next event", events()[seen]["event"], "registered")


def over_tls(setting):
    """connections over TLS cut, then refused: registered again when they are taken"""
    with Connections(setting.server.tls) as relay, secure(setting, setting.server, relay.port) as few:
        expect("connections", len(relay.arrivals), FEW)
        relay.refuse()
        relay.cut()
        lost = [retrying(events) for events in few]
        relay.accept()
        for events, seen in zip(few, lost):
            registered_again(events, seen)
        expect("connections", len(relay.arrivals), 2 * FEW)


def stalled(setting):
    """a connection that stands while nothing passes: given up after 64*T1"""
    with Connections(setting.server.port) as relay:
        relay.stall()
        begin = time.monotonic()
        event = only(setting.tool.events("register", f"sip:still@localhost:{relay.port}", "--transport", "tcp",
                                         "--once", status=3), "refused")
        expect("error", event["error"], f"no answer from 127.0.0.1:{relay.port} (TCP)")
        expect("64*T1", 31.9 < time.monotonic() - begin < 40, True)
        expect("connections", len(relay.arrivals), 1)


def outbound(setting):
    """a REGISTER with instance and reg-id: Require: outbound and Flow-Timer in the 200, one binding a flow"""
    for _ in range(2):  # the second time as after a reboot: from another port, with another Call-ID
        with Connections(setting.server.port) as relay, \
                storm(setting.tool, "tcp", "127.0.0.1", relay.port, 1, BASE, 3600, "outbound") as lines:
            wait_for("registration", lambda: registrations(lines()))
            answer = relay.heard[False].split(b"SIP/2.0 ")[-1].decode()
        expect("status", answer[:3], "200")
        for header in "Require: outbound", "Flow-Timer: 25":
            expect(f"{header} in {answer}", f"\r\n{header}\r\n" in answer, True)
        [contact] = [contact for contact in setting.server.contacts() if contact["AoR"] == "phone0"]
        expect("instance and reg-id", (contact["Instance"], contact["Reg-Id"]),
               ("<urn:uuid:00000000-0000-1000-8000-000000000000>", "1"))


SCENARIOS = [lossy, doubled, crowd, over_tls, stalled, outbound]


def main():
    tool = Tool(sys.argv[1])
    if not shutil.which("kamailio"):
        print("ok - a bad network # SKIP kamailio is not installed")
        return 0
    with folder() as first, folder() as second:
        setting = Setting(tool, [first, second])
        with setting.server.running():
            return scenarios(SCENARIOS, setting, at_once=len(SCENARIOS))


if __name__ == "__main__":
    sys.exit(main())

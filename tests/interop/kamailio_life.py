#!/usr/bin/env -S python3 -B
"""Does the tool `sipreg` keep a phone registered at Kamailio for a whole life, whatever happens in it?

    kamailio_life.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool

Some phones live at four Kamailios: a steady one, one whose nonces soon are too old, one that is restarted
and one that is stopped and started again. All scenarios are played at once, for they mostly wait; each
has users of its own. What went over UDP and TCP is captured, and looked at afterwards: by tshark, which
has to find it well-formed, and by JUDGEMENTS. A scenario is a function below; add it to SCENARIOS.
"""
import contextlib
import re
import shutil
import signal
import sys

from fixture import Capture, Relay, Tool, expect, folder, free_ports, only, scenarios, wait_for
from kamailio_server import Kamailio, aor, tls

USERS = ["anna", "anton", "berta", "blunt1", "blunt2", "blunt3", "blunt4", "carl", "cora", "dora", "emil",
         "frieda", "ida", "ilse", "ina", "moritz", "otto", "paul", "rita"]


class Setting:
    """What a scenario plays with."""

    def __init__(self, tool, folders):
        port = free_ports(8)
        self.tool = tool
        self.steady = Kamailio(folders[0], port, USERS, min_expires=4)
        self.forgetful = Kamailio(folders[1], port + 2, USERS, "SHA-256", min_expires=4, nonce_expire=2)
        self.restarted = Kamailio(folders[2], port + 4, USERS, min_expires=4)
        self.stopped = Kamailio(folders[3], port + 6, USERS, "SHA-256", min_expires=4)
        self.capture = Capture(folders[4], range(port, port + 8, 2))


def tcp(user, server):
    return [aor(user, server), "--transport", "tcp"]


def kinds(events):
    return [event["event"] for event in events]


def bindings(setting, *words):
    """The URIs of all contacts that the registrar holds."""
    event = only(setting.tool.events("query", *words), "bindings")
    return [contact["uri"] for contact in event["contacts"]]


@contextlib.contextmanager
def phones(setting, expires, *all_words):
    """Phones that are registered: for each the child and its events."""
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(setting.tool.running("register", *words, "--expires", expires))
                   for words in all_words]
        for _, events in running:
            reach(events, ["registered"])
        yield running


def reach(events, wanted, seconds=30):
    """Waits until as many events have come, which must be of these kinds."""
    wait_for(f"{wanted}", lambda: len(events()) >= len(wanted), seconds)
    expect("events", kinds(events()[:len(wanted)]), wanted)


def again(events, seconds=30):
    """Waits until it is registered for the second time, with nothing worse than retries between."""
    wait_for("second registration", lambda: kinds(events()).count("registered") >= 2, seconds)
    expect("kinds of events", set(kinds(events())) - {"retrying"}, {"registered"})


def connection_refused(events):
    """The event that says so."""
    return next((event for event in events()
                 if event["event"] == "retrying" and event["error"].endswith("Connection refused")), None)


def leave(child, events):
    """Lets a phone unregister."""
    child.send_signal(signal.SIGTERM)
    child.wait(10)
    expect("exit status", child.returncode, 0)
    expect("last event", events()[-1]["event"], "unregistered")


def live(setting, expires, wanted, *all_words):
    """Lets phones live until their events are these, then unregister."""
    with phones(setting, expires, *all_words) as running:
        for child, events in running:
            reach(events, wanted)
            leave(child, events)
            expect("events", kinds(events()), wanted + ["unregistered"])


# ---------------------------------------------------------------- scenarios

def stale(setting):
    """a nonce that is too old at the refresh, and stale=true: no refusal, over UDP and TCP"""
    live(setting, 8, ["registered"] * 3, [aor("anna", setting.forgetful)],
         tcp("anton", setting.forgetful))


def blunt(setting):
    """a nonce that is too old at the refresh, without stale=true: no refusal, over UDP and TCP"""
    live(setting, 8, ["registered"] * 3, [aor("blunt1", setting.forgetful)],
         tcp("blunt2", setting.forgetful))


def counted(setting):
    """refreshes with one nonce over UDP and TCP"""
    live(setting, 4, ["registered"] * 5, [aor("carl", setting.steady)], tcp("cora", setting.steady))


def replayed(setting):
    """a count that was used before is stale: the registrar does look at it"""
    requests = []

    def keep(to_server, _, datagram):
        if to_server:
            requests.append(datagram)
        return [datagram]

    with Relay(setting.steady.port, keep) as relay:
        only(setting.tool.events("register", f"sip:rita@localhost:{relay.port}", "--once"), "registered")
    answer = setting.steady.ask(re.sub(rb"branch=z9hG4bK\w+", b"branch=z9hG4bKagain", requests[-1]), 5)
    expect("status", answer.split()[1], b"401")
    expect("stale=true in the challenge", b"stale=true" in answer, True)


def too_brief(setting):
    """423: what Min-Expires says is asked for at once, and from then on"""
    with phones(setting, 2, [aor("berta", setting.steady)]) as [(child, events)]:
        reach(events, ["registered"] * 2)
        leave(child, events)
        expect("asked and granted", [(event["asked"], event["granted"]) for event in events()[:2]],
               [(4, 4)] * 2)


def full(setting):
    """a sixth contact where five are allowed: 503, and Retry-After is obeyed"""
    user = aor("dora", setting.steady)
    contacts = [f"sip:dora@192.0.2.{number}" for number in range(1, 7)]
    for contact in contacts[:5]:
        only(setting.tool.events("register", user, "--once", "--contact", contact), "registered")
    sixth = ["register", user, "--contact", contacts[5]]
    expect("status", only(setting.tool.events(*sixth, "--once", status=1), "refused")["status"], 503)
    with setting.tool.running(*sixth) as (_, events):
        reach(events, ["retrying"])
        expect("status", events()[0]["status"], 503)
        expect("retry_in between 100 and 105", 100 <= events()[0]["retry_in"] <= 105, True)
    only(setting.tool.events("remove", user, "--contact", contacts[0]), "unregistered")
    only(setting.tool.events(*sixth, "--once"), "registered")
    expect("bindings", sorted(bindings(setting, user)), contacts[1:])


def two_devices(setting):
    """two devices of one user: one goes, the other stays and refreshes"""
    user = aor("emil", setting.steady)
    with phones(setting, 4, [user], tcp("emil", setting.steady)) as [(first, its), (second, others)]:
        expect("number of bindings", len(bindings(setting, user)), 2)
        leave(first, its)
        left = bindings(setting, user)
        expect("number of bindings", len(left), 1)
        expect("over TCP", "transport=tcp" in left[0], True)
        seen = len(others())
        reach(others, ["registered"] * (seen + 2))
        expect("contacts", [contact["uri"] for contact in others()[-1]["contacts"]], left)
        leave(second, others)
    expect("bindings", bindings(setting, user), [])


def cleared(setting):
    """every binding removed by another: the phone is registered again at its next refresh"""
    user = aor("frieda", setting.steady)
    with phones(setting, 8, [user]) as [(child, events)]:
        before = bindings(setting, user)
        expect("number of bindings", len(before), 1)
        only(setting.tool.events("remove", user, "--all"), "unregistered")
        expect("bindings", bindings(setting, user), [])
        expect("events so far", kinds(events()), ["registered"])
        reach(events, ["registered"] * 2)
        expect("bindings", bindings(setting, user), before)
        leave(child, events)


def rebooted(setting):
    """the power fails three times: with --state each new process replaces its binding, never two at once"""
    user = aor("moritz", setting.steady)
    seen = set()
    with folder() as path:
        for _ in range(4):
            words = [user, "--state", path / "state", "--outbound"]
            with setting.tool.running("register", *words, "--expires", 60) as (child, events):
                reach(events, ["registered"])
                held = [contact["uri"] for contact in events()[-1]["contacts"]]
                expect("number of bindings", len(held), 1)
                expect("bindings", bindings(setting, user), held)
                seen.update(held)
                child.kill()
                child.wait()
        expect("number of addresses", len(seen), 4)
        only(setting.tool.events("remove", user, "--state", path / "state"), "unregistered")
        expect("bindings", bindings(setting, user), [])


def restarted(setting):
    """registrar restarted, it knows no bindings and no nonces: registered again at the next refresh"""
    server = setting.restarted
    words = [aor("blunt3", server)], tcp("blunt4", server), tls("ida", server)
    with contextlib.ExitStack() as stack:
        with server.running():
            running = stack.enter_context(phones(setting, 12, *words))
        with server.running():
            for each in words:
                expect("bindings", bindings(setting, *each), [])
            for child, events in running:
                again(events)
                leave(child, events)


def stopped(setting):
    """registrar stopped and started later: back-off is announced, then registered again"""
    server = setting.stopped
    words = [aor("otto", server)], tcp("paul", server), tls("ida", server)
    with contextlib.ExitStack() as stack:
        with server.running():
            running = stack.enter_context(phones(setting, 24, *words))
        for _, events in running:
            event = wait_for("refused connection", lambda: connection_refused(events), 30)
            expect("retry_in is 5 to 8", 5 <= event["retry_in"] <= 8, True)
        with server.running():
            for child, events in running:
                again(events)
                leave(child, events)


def closed(setting):
    """idle connections closed by the registrar: registered again at once, over TCP and TLS"""
    words = tcp("ilse", setting.steady), tls("ina", setting.steady)
    with phones(setting, 3600, *words) as running:
        for child, events in running:
            reach(events, ["registered"] * 2, 60)
            before, after = ([contact["uri"] for contact in event["contacts"]] for event in events()[:2])
            expect("numbers of bindings", (len(before), len(after)), (1, 1))
            expect("another connection, another contact", before != after, True)
            leave(child, events)
    for each in words:
        expect("bindings", bindings(setting, *each), [])


# ---------------------------------------------------------------- judgements

def ladder(setting, user):
    """Requests and answers of a user, without those that came twice: a dictionary each."""
    names = ["sip.Call-ID", "sip.CSeq", "sip.Status-Code", "sip.auth.nonce", "sip.auth.nc",
             "sip.auth.stale", "sip.Expires", "sip.Min-Expires"]
    found = setting.capture.fields(f"sip.to.user == \"{user}\" && !icmp && !icmpv6", *names)
    first = {}
    for row in found:
        first.setdefault(tuple(row[:3]), dict(zip(names, row)))
    return list(first.values())


def column(messages, name, answers=False):
    """What the requests, or the answers, have in this field."""
    return [message[name] for message in messages if bool(message["sip.Status-Code"]) == answers]


def judged(setting):
    """tshark finds all messages over UDP and TCP well-formed"""
    setting.capture.judge()


def too_old(setting, user, flag):
    """Each refresh is challenged and answered."""
    messages = ladder(setting, user)
    expect("statuses", column(messages, "sip.Status-Code", True), ["401", "200"] * 3 + ["200"])
    expect("stale", column(messages, "sip.auth.stale", True)[::2], ["", flag, flag, ""])
    expect("counts", column(messages, "sip.auth.nc"), ["", *["00000001", "00000002"] * 3])
    nonces = column(messages, "sip.auth.nonce")[1:]
    expect("nonces, each used twice", nonces[::2], nonces[1::2])
    expect("different nonces", len(set(nonces)), 3)


def stale_answered(setting):
    """stale=true did come, and the same request followed with the new nonce"""
    too_old(setting, "anna", "true")
    too_old(setting, "anton", "true")


def blunt_answered(setting):
    """another nonce without stale=true did come, and the same request followed with it"""
    too_old(setting, "blunt1", "")
    too_old(setting, "blunt2", "")


def nonce_counted(setting):
    """one nonce, its count rises by one from 1, and no request is challenged but the first"""
    for user in ("carl", "cora"):
        messages = ladder(setting, user)
        expect("statuses", column(messages, "sip.Status-Code", True), ["401"] + ["200"] * 6)
        expect("counts", column(messages, "sip.auth.nc"), [""] + [f"{n:08x}" for n in range(1, 7)])
        expect("different nonces", len(set(column(messages, "sip.auth.nonce")[1:])), 1)


def brief_once(setting):
    """423 came once, with Min-Expires; its nonce served on"""
    messages = ladder(setting, "berta")
    expect("statuses", column(messages, "sip.Status-Code", True), ["401", "423", "200", "200", "200"])
    expect("Min-Expires", column(messages, "sip.Min-Expires", True)[1], "4")
    expect("Expires", column(messages, "sip.Expires"), ["2", "2", "4", "4", "0"])
    expect("counts", column(messages, "sip.auth.nc"), [""] + [f"{n:08x}" for n in range(1, 5)])


def nonces_unknown(setting):
    """after a restart each nonce is unknown: challenged once, with stale=true and without"""
    for user, flag in (("blunt3", ""), ("blunt4", ""), ("otto", "true"), ("paul", "true")):
        life = ladder(setting, user)
        life = [message for message in life if message["sip.Call-ID"] == life[0]["sip.Call-ID"]]
        expect("statuses", column(life, "sip.Status-Code", True), ["401", "200", "401", "200", "200"])
        expect("stale", column(life, "sip.auth.stale", True)[2], flag)
        expect("different nonces", len(set(column(life, "sip.auth.nonce", True)) - {""}), 2)


SCENARIOS = [stale, blunt, counted, replayed, too_brief, full, two_devices, cleared, rebooted, restarted, stopped,
             closed]
JUDGEMENTS = [judged, stale_answered, blunt_answered, nonce_counted, brief_once, nonces_unknown]


def main():
    tool = Tool(sys.argv[1])
    if not shutil.which("kamailio"):
        print("ok - Kamailio # SKIP kamailio is not installed")
        return 0
    with contextlib.ExitStack() as stack:
        setting = Setting(tool, [stack.enter_context(folder()) for _ in range(5)])
        with setting.capture.running(), setting.steady.running(), setting.forgetful.running():
            status = scenarios(SCENARIOS, setting, at_once=len(SCENARIOS))
        return scenarios(JUDGEMENTS, setting) or status


if __name__ == "__main__":
    sys.exit(main())

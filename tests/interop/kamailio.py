#!/usr/bin/env -S python3 -B
"""Does the tool `sipreg` get along with a registrar that others wrote: Kamailio?

    kamailio.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool

Two Kamailios run on free loopback ports, one for MD5 and one for SHA-256. Everything that goes over UDP
and TCP is captured, and tshark has to find it well-formed. A scenario is a function below; add it to
SCENARIOS. Each has a user of its own in USERS, so that they do not see each other's bindings.
"""
import json
import shutil
import signal
import sys

from fixture import Capture, Skip, Tool, expect, folder, free_ports, has_ipv6, only, scenarios, wait_for
from kamailio_server import Kamailio, aor, tls

USERS = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan"]


class Setting:
    """What a scenario plays with."""

    def __init__(self, tool, md5, sha256, capture):
        self.tool, self.md5, self.sha256, self.capture = tool, md5, sha256, capture


def registers_once(tool, *words):
    """Registers, finds the contact among the bindings, removes it, finds it gone."""
    event = only(tool.events("register", *words, "--once", "--expires", 600), "registered")
    expect("granted", event["granted"], 600)
    expect("status", event["status"], 200)
    ours = [contact["uri"] for contact in event["contacts"]]
    expect("number of contacts", len(ours), 1)
    bindings = only(tool.events("query", *words), "bindings")
    expect("bindings", [contact["uri"] for contact in bindings["contacts"]], ours)
    only(tool.events("remove", *words, "--contact", ours[0]), "unregistered")
    bindings = only(tool.events("query", *words), "bindings")
    expect("bindings after the removal", bindings["contacts"], [])


# ---------------------------------------------------------------- scenarios

def udp(setting):
    """register, query and remove over UDP"""
    registers_once(setting.tool, aor("alice", setting.md5))


def tcp(setting):
    """register, query and remove over TCP"""
    registers_once(setting.tool, aor("bob", setting.md5), "--transport", "tcp")


def over_tls(setting):
    """register, query and remove over TLS, the certificate verified"""
    registers_once(setting.tool, *tls("carol", setting.md5))


def ipv6(setting):
    """register, query and remove over IPv6"""
    if not has_ipv6():
        raise Skip("this machine has no ::1")
    registers_once(setting.tool, aor("dave", setting.md5, "[::1]"))


def sha256(setting):
    """SHA-256 over UDP, TCP and TLS"""
    registers_once(setting.tool, aor("alice", setting.sha256))
    registers_once(setting.tool, aor("alice", setting.sha256), "--transport", "tcp")
    registers_once(setting.tool, *tls("alice", setting.sha256))


def default_expires(setting):
    """one hour is asked for and granted unless told otherwise"""
    event = only(setting.tool.events("register", aor("alice", setting.md5), "--once"), "registered")
    expect("asked", event["asked"], 3600)
    expect("granted", event["granted"], 3600)
    only(setting.tool.events("remove", aor("alice", setting.md5), "--all"), "unregistered")


def remove_all(setting):
    """remove --all removes the contacts of other devices too"""
    for port in (6001, 6002):
        setting.tool.events("register", aor("bob", setting.md5), "--once",
                            "--contact", f"sip:bob@192.0.2.1:{port}")
    bindings = only(setting.tool.events("query", aor("bob", setting.md5)), "bindings")
    expect("number of bindings", len(bindings["contacts"]), 2)
    only(setting.tool.events("remove", aor("bob", setting.md5), "--all"), "unregistered")
    bindings = only(setting.tool.events("query", aor("bob", setting.md5)), "bindings")
    expect("bindings", bindings["contacts"], [])


def wrong_password(setting):
    """a wrong password is refused after one answer to the challenge: exit status 1"""
    for words in ([aor("erin", setting.md5)], [aor("erin", setting.md5), "--transport", "tcp"],
                  tls("erin", setting.md5)):
        status, out, trace = setting.tool.run("register", *words, "--once", "--json", "--trace",
                                              password="wrong")
        expect("exit status", status, 1)
        expect("status", only(map(json.loads, out.splitlines()), "refused")["status"], 401)
        expect("requests with credentials", trace.count("\nAuthorization: "), 1)


def unknown_user(setting):
    """an unknown user is refused: exit status 1"""
    event = only(setting.tool.events("register", aor("nobody", setting.md5), "--once", status=1),
                 "refused")
    expect("status", event["status"], 403)


def unreachable(setting):
    """nobody at the other end: exit status 3 over UDP, TCP and TLS"""
    empty = free_ports(1)
    for transport in ("udp", "tcp", "tls"):
        setting.tool.events("register", f"sip:alice@localhost:{empty}", "--transport", transport,
                            "--once", status=3)


def not_trusted(setting):
    """a certificate of a stranger is refused: exit status 3"""
    words = tls("carol", setting.md5)
    words[-1] = setting.sha256.path / "ca.crt"
    setting.tool.events("register", *words, "--once", status=3)
    setting.tool.events("register", *words[:-2], "--insecure", "--once")
    setting.tool.events("remove", *words[:-2], "--insecure", "--all")


def too_brief(setting):
    """423: asks again for what the registrar demands"""
    event = only(setting.tool.events("register", aor("frank", setting.md5), "--once", "--expires", 10),
                 "registered")
    expect("granted", event["granted"], 60)


def stays(setting):
    """stays registered over refreshes, unregisters on SIGTERM"""
    server = setting.sha256  # grants short times
    for number, words in enumerate(([aor("grace", server)],
                                    [aor("heidi", server), "--transport", "tcp"],
                                    tls("ivan", server))):
        with setting.tool.running("register", *words, "--expires", 4) as (child, events):
            wait_for("third registered event", lambda: len(events()) >= 3, 20)
            child.send_signal((signal.SIGTERM, signal.SIGINT)[number % 2])
            child.wait(10)
            expect("exit status", child.returncode, 0)
            expect("events", {event["event"] for event in events()[:-1]}, {"registered"})
            expect("last event", events()[-1]["event"], "unregistered")
        bindings = only(setting.tool.events("query", *words), "bindings")
        expect("bindings", bindings["contacts"], [])


def judged(setting):
    """tshark finds all messages over UDP and TCP well-formed"""
    setting.capture.judge()


def answered_once(setting):
    """over UDP and TCP the wrong password was seen once"""
    answers = setting.capture.fields("sip.Method == REGISTER && sip.from.user == \"erin\" && sip.auth",
                                     "sip.Call-ID")
    expect("answers over UDP and TCP", len(answers), 2)
    expect("different calls", len({call for [call] in answers}), 2)


def nonce_reused(setting):
    """a refresh reuses the nonce instead of asking for another challenge"""
    first = setting.capture.fields("sip.Status-Code == 401 && sip.from.user == \"grace\"",
                                   "frame.number")
    sent = setting.capture.fields("sip.Method == REGISTER && sip.from.user == \"grace\" && sip.auth.nc",
                                  "sip.auth.nc")
    expect("challenges: of the registration, of the query", len(first), 2)
    expect("nonce counts", [count for [count] in sent][:3], ["00000001", "00000002", "00000003"])


SCENARIOS = [udp, tcp, over_tls, ipv6, sha256, default_expires, remove_all, wrong_password, unknown_user,
             unreachable, not_trusted, too_brief, stays]
JUDGEMENTS = [judged, answered_once, nonce_reused]


def main():
    tool = Tool(sys.argv[1])
    if not shutil.which("kamailio"):
        print("ok - Kamailio # SKIP kamailio is not installed")
        return 0
    with folder() as first, folder() as second, folder() as third:
        port = free_ports(4)
        md5 = Kamailio(first, port, USERS)
        sha256 = Kamailio(second, port + 2, USERS, algorithm="SHA-256", min_expires=1)
        setting = Setting(tool, md5, sha256, Capture(third, [md5.port, sha256.port]))
        with setting.capture.running(), md5.running(), sha256.running():
            status = scenarios(SCENARIOS, setting)
        return scenarios(JUDGEMENTS, setting) or status


if __name__ == "__main__":
    sys.exit(main())

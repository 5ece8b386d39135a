#!/usr/bin/env -S python3 -B
"""Do the tool and the example programs cope with a registrar that misbehaves: our own?

    registrar.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool, the registrar and the examples

Each scenario starts sipreg-registrar with the options that it needs; --play says what to do wrong with
which REGISTER (examples/registrar/README.md). A scenario is a function below; add it to SCENARIOS.
"""
import contextlib
import signal
import subprocess
import sys
import tempfile

from fixture import (PASSWORD, Capture, Relay, Tool, certificates, expect, folder, free_ports, only,
                     process, scenarios, wait_for)


class Registrar:
    """One that runs: where it listens, and how to reach it."""

    def __init__(self, said):
        self.ports = dict(word.split("=") for word in said.split()[1:])

    def words(self, transport="udp"):
        return [f"sip:alice@localhost:{self.ports[transport]}", "--transport", transport]


@contextlib.contextmanager
def registrar(tool, *options):
    command = [tool.build / "sipreg-registrar", "--user", f"alice:{PASSWORD}", *options]
    if not {"--udp", "--tcp", "--tls"} & set(options):
        command += ["--udp", 0, "--tcp", 0]
    with tempfile.TemporaryFile("w+") as said, process(command, stdout=said, stderr=said) as child:
        def ready():
            said.seek(0)
            text = said.read()
            if child.poll() is not None:
                raise AssertionError("sipreg-registrar ended: " + text)
            return text if text.startswith("ready") and text.endswith("\n") else None
        yield Registrar(wait_for("ready registrar", ready))


def once(tool, options, *words, transport="udp", status=0):
    """Registers once at a registrar with these options; the events."""
    with registrar(tool, *options) as server:
        return tool.events("register", *server.words(transport), "--once", *words, status=status)


def follow(tool, options, wanted, *words, transport="udp", seconds=30):
    """Keeps registered until these kinds of events have come, then unregisters; the events."""
    with registrar(tool, *options) as server, \
            tool.running("register", *server.words(transport), *words) as (child, events):
        def kinds():
            return [event["event"] for event in events()]
        wait_for(f"{wanted}", lambda: len(kinds()) >= len(wanted), seconds)
        expect("events", kinds()[:len(wanted)], wanted)
        child.send_signal(signal.SIGTERM)
        child.wait(40)
        return events()


# ---------------------------------------------------------------- scenarios

def every_challenge(tool, *options):
    """Registers with every algorithm and qop that the registrar knows."""
    for algorithm in ("MD5", "SHA-256", "SHA-512-256"):
        for session in ("", "-sess"):
            for qop in ("auth", "auth-int", "auth,auth-int", "none"):
                if session and qop == "none":
                    continue  # without qop there is no cnonce to make a session of
                only(once(tool, ["--algorithm", algorithm + session, "--qop", qop, *options]),
                     "registered")


def algorithms(tool):
    """every algorithm and qop that the registrar knows"""
    every_challenge(tool)


def judged(tool):
    """tshark finds every kind of credentials well-formed"""
    with folder() as path:
        port = free_ports(1)
        capture = Capture(path, [port])
        with capture.running():
            every_challenge(tool, "--udp", port)
            only(once(tool, ["--proxy", "--userhash", "--udp", port]), "registered")
        capture.judge()
        expect("requests with credentials", len(capture.fields("sip.auth.digest.response", "sip.CSeq")),
               22)


def several(tool):
    """several challenges in one 401"""
    only(once(tool, ["--algorithm", "SHA-512-256,SHA-256,MD5"]), "registered")


def proxy(tool):
    """407, userhash, Authentication-Info with nextnonce"""
    only(once(tool, ["--proxy"]), "registered")
    only(once(tool, ["--userhash", "--algorithm", "SHA-256"]), "registered")
    follow(tool, ["--authinfo", "--nextnonce"], ["registered", "registered"], "--expires", 4)


def over_tls(tool):
    """TLS, with the certificate verified"""
    with folder() as path:
        certificates(path)
        options = ["--tls", 0, "--cert", path / "server.crt", "--key", path / "server.key"]
        only(once(tool, options, "--ca", path / "ca.crt", transport="tls"), "registered")


def ipv6(tool):
    """IPv6"""
    with registrar(tool, "--listen", "::1", "--udp", 0) as server:
        only(tool.events("register", f"sip:alice@[::1]:{server.ports['udp']}", "--once"), "registered")


def spoiled(tool, spoil):
    """Registers once through a relay that spoils things; the events and the relay."""
    with registrar(tool) as server, Relay(server.ports["udp"], spoil) as relay:
        return tool.events("register", f"sip:alice@localhost:{relay.port}", "--once"), relay


def lost(tool):
    """lost requests and lost answers: sent again, the same octets"""
    requests = []

    def spoil(to_server, number, datagram):
        if to_server:
            requests.append(datagram)
        return [] if number in (0, 1, 3) else [datagram]

    only(spoiled(tool, spoil)[0], "registered")
    expect("different requests", len(set(requests)), 2)
    if len(requests) < 5:
        raise AssertionError(f"only {len(requests)} requests were sent")


def doubled(tool):
    """answers that come twice, late or in pieces"""
    only(once(tool, ["--play", "dup=3,dup=3"]), "registered")
    only(once(tool, ["--play", "delay=700*"]), "registered")
    only(once(tool, ["--play", "split*"], transport="tcp"), "registered")


def garbage(tool):
    """garbage before every answer does no harm"""
    def spoil(to_server, number, datagram):
        if to_server:
            return [datagram]
        head, _, rest = datagram.partition(b"\r\n")
        return [b"", b"\r\n\r\n", b"\0" * 40, bytes(range(256)), b"SIP/2.0 200 OK\r\n\r\n",
                datagram[:-30],                                   # cut short
                datagram.replace(b"z9hG4bK", b"z9hG4bKx"),        # another branch
                datagram.replace(b" REGISTER\r\n", b" INVITE\r\n"),
                b"SIP/3.0 200 OK\r\n" + rest, head[:12] + b"\0\r\n" + rest[:40],
                b"OPTIONS sip:alice@127.0.0.1 SIP/2.0\r\n" + rest, datagram]

    events, relay = spoiled(tool, spoil)
    only(events, "registered")
    expect("requests", relay.counts[True], 2)


def stale(tool):
    """a stale nonce is replaced without asking anybody"""
    only(once(tool, ["--play", "ok,challenge+stale,ok"]), "registered")
    follow(tool, ["--nonce-life", 1], ["registered", "registered"], "--expires", 6)


def challenged_for_ever(tool):
    """challenges without end: refused, exit status 1"""
    only(once(tool, ["--play", "challenge*"], status=1), "refused")
    once(tool, ["--play", "challenge+stale*"], status=1)


def busy(tool):
    """503 with Retry-After: waits at least so long"""
    for after, least in ((2, 2), (100, 100)):
        event = follow(tool, ["--play", f"ok,503/retry-after={after}"], ["retrying"])[0]
        expect("status", event["status"], 503)
        if not least <= event["retry_in"] <= least + 60:
            raise AssertionError(f"Retry-After is {after}, but retry_in {event['retry_in']}")


def too_brief(tool):
    """423: asks again for what the registrar demands"""
    event = only(once(tool, ["--min-expires", 90], "--expires", 20), "registered")
    expect("granted", event["granted"], 90)
    only(once(tool, ["--play", "ok,423/min-expires=120,ok"], "--expires", 20), "registered")


def shorter(tool):
    """less is granted than was asked for"""
    event = only(once(tool, ["--max-expires", 300]), "registered")
    expect("asked", event["asked"], 3600)
    expect("granted", event["granted"], 300)


def refused(tool):
    """403: exit status 1"""
    event = only(once(tool, ["--play", "ok,403"], status=1), "refused")
    expect("status", event["status"], 403)


def silent(tool):
    """no answer at all: exit status 3 after 32 seconds"""
    once(tool, ["--play", "drop*"], status=3)


def connection_lost(tool):
    """the connection is closed in the middle: connects again"""
    events = follow(tool, ["--play", "ok,close,ok"], ["retrying", "registered"], transport="tcp",
                    seconds=70)
    expect("last event", events[-1]["event"], "unregistered")


def others(tool):
    """other devices' contacts and their times are not taken for ours"""
    with registrar(tool) as server:
        for port in (6001, 6002):
            tool.events("register", *server.words(), "--once", "--expires", 900,
                        "--contact", f"sip:alice@192.0.2.1:{port}")
        event = only(tool.events("register", *server.words(), "--once", "--expires", 300), "registered")
        expect("granted", event["granted"], 300)
        expect("contacts", len(event["contacts"]), 3)


def two_programs(tool):
    """the README's two programs register"""
    with registrar(tool) as server:
        words = ["127.0.0.1", server.ports["udp"]]
        done = subprocess.run([tool.build / "one_shot", *words], timeout=40, capture_output=True,
                              text=True)
        expect("exit status of one_shot", (done.returncode, done.stdout), (0, "200 OK\n"))
        with tempfile.TemporaryFile("w+") as said, \
                process([tool.build / "keep_registered", *words], stdout=said) as child:
            def text():
                said.seek(0)
                return said.read()
            wait_for("registration", lambda: "registered for" in text())
            child.terminate()
            expect("exit status of keep_registered", child.wait(10), 0)
            if "unregistered" not in text():
                raise AssertionError("not unregistered: " + text())
        bindings = tool.events("query", "sip:alice@example.com", "--registrar",
                               f"sip:127.0.0.1:{server.ports['udp']}")
        expect("bindings of one_shot", len(only(bindings, "bindings")["contacts"]), 1)


def uri_name(uri):
    """A subjectAltName with a URI of any octets, in DER as openssl wants it."""
    name = b"\x86" + bytes([len(uri)]) + uri
    return "DER:" + ":".join(f"{octet:02x}" for octet in b"\x30" + bytes([len(name)]) + name)


def certificate_names(tool):
    """by which names of a certificate a registrar is known, and by which not"""
    names = {"URI:sip:localhost": 0, "URI:sip:localhost,DNS:other.example": 0, "DNS:LOCALHOST": 0,
             "URI:sip:other.example,DNS:localhost": 3, "URI:sips:localhost": 3, "DNS:*.localhost": 3,
             "URI:sip:alice@localhost": 3, "DNS:localhost.example": 3, "IP:127.0.0.1": 3,
             uri_name(b"sip:localhost"): 0, uri_name(b"sip:localhost\0.example"): 3}
    for name, status in names.items():
        with folder() as path:
            certificates(path, name)
            try:
                once(tool, ["--tls", 0, "--cert", path / "server.crt", "--key", path / "server.key"],
                     "--ca", path / "ca.crt", transport="tls", status=status)
            except AssertionError as wrong:
                raise AssertionError(f"{name}: {wrong}") from wrong


def remembered(tool):
    """--state: one binding over two runs; what is spoilt or another's is neither used nor overwritten"""
    with registrar(tool) as server, folder() as path:
        file, words = path / "state", [*server.words(), "--state", path / "state"]
        uris = []
        for _ in range(2):
            event = only(tool.events("register", *words, "--once"), "registered")
            uris += [contact["uri"] for contact in event["contacts"]]
        expect("contacts, one a run", len(set(uris)), 2)
        good = file.read_bytes()
        expect("only its owner may read it", file.stat().st_mode & 0o777, 0o600)
        expect("the password is in it", PASSWORD.encode() in good, False)
        bad = {"cut off or spoilt": [good[:-1], good[:-5] + bytes([good[-5] ^ 1]) + good[-4:]],
               "not a state file of sipreg": [b"", b"x\n", b"sipreg state 2\n" + good, good + b"x" * 9999]}
        for why, files in bad.items():
            for octets in files:
                file.write_bytes(octets)
                status, _, err = tool.run("register", *words, "--once")
                expect(f"exit status and complaint in {err}", (status, why in err), (2, True))
                expect("the file is as it was", file.read_bytes(), octets)
        file.write_bytes(good)
        status, _, err = tool.run("register", "sip:bob@localhost", "--state", file, "--once")
        expect("another AOR", (status, "of another AOR" in err, file.read_bytes()), (2, True, good))
        status, _, err = tool.run("register", *server.words(), "--state", path / "no" / "where", "--once")
        expect("a folder that is not there", (status, err.count("No such file")), (0, 1))
        only(tool.events("remove", *words), "unregistered")


SCENARIOS = [two_programs, algorithms, judged, several, proxy, over_tls, certificate_names, ipv6, lost,
             doubled, garbage, stale, challenged_for_ever, busy, too_brief, shorter, refused, silent,
             connection_lost, others, remembered]

if __name__ == "__main__":  # some scenarios mostly wait, so several are played at once
    sys.exit(scenarios(SCENARIOS, Tool(sys.argv[1]), at_once=8))

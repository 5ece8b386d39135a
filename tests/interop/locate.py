#!/usr/bin/env -S python3 -B
"""Does the tool find its server by the DNS, and the next one when that fails (RFC 3263)?

    locate.py BUILD_DIR           prints TAP; BUILD_DIR holds the tool and the registrar

The DNS is dnsmasq, the servers are sipreg-registrar, each scenario's own. A scenario is a function
below; add it to SCENARIOS.
"""
import contextlib
import pathlib
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from fixture import (Relay, Skip, Tool, certificates, expect, folder, has_ipv6, only,
                     process, scenarios, wait_for)
from nameserver import DOMAIN, FaultyDns, dns, naptr, ports, srv
from registrar import registrar

NONE = f"srv-host=_sip._udp.{DOMAIN}"  # the target is "."
USER = f"sip:alice@{DOMAIN}"


@contextlib.contextmanager
def mute():
    """The port of one that reads no datagram, and answers none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        yield s.getsockname()[1]


def located(tool, *words, status=0):
    """What "sipreg locate" shows, as (transport, address, port, name)."""
    events = tool.events("locate", *words, status=status)
    return [(event["transport"], event["address"], event["port"], event.get("name")) for event in events]


def not_located(tool, *words):
    """Why "sipreg locate" finds nothing."""
    event = only(tool.events("locate", *words, status=3), "refused")
    text = tool.run("locate", *words)
    expect("exit status and output", text[:2], (3, ""))
    expect("said on standard error", text[2], f"sipreg: {event['error']}\n")
    return event["error"]


def servers(events):
    """Kind of event, port and transport of the server."""
    return [(event["event"], int(event["server"].split(":")[-1]), event["transport"]) for event in events]


# ---------------------------------------------------------------- which servers, in which order?

def by_priority(tool):
    """locate: NAPTR, SRV by priority, addresses; each server once"""
    records = [naptr("SIP+D2U", "_sip._udp", 20), naptr("SIP+D2T", "_sip._tcp"),
               "host-record=two.other.test,127.0.0.2", "host-record=two.other.test,127.0.0.3",
               srv(5003, 30, target="two.other.test"), srv(5001, 10), srv(5001, 20),
               srv(5004, service="_sip._tcp")]
    wanted = [("TCP", "127.0.0.1", 5004, DOMAIN), ("UDP", "127.0.0.1", 5001, DOMAIN),
              ("UDP", "127.0.0.2", 5003, DOMAIN), ("UDP", "127.0.0.3", 5003, DOMAIN)]
    with dns(*records) as there:
        # RFC 3403 4.1: of NAPTR records those of another order are no alternatives
        expect("by NAPTR", located(tool, DOMAIN, *there), wanted[:1])
        expect("UDP only", sorted(located(tool, DOMAIN, *there, "--transport", "udp")), wanted[1:])
        expect("of a URI", located(tool, f"sip:bob@{DOMAIN};transport=tcp", *there), wanted[:1])
    with dns(*records[2:]) as there:
        expect("without NAPTR", sorted(located(tool, DOMAIN, *there)), wanted)
        order = [server[2] for server in located(tool, DOMAIN, *there)]
        expect("ports", order, [5004, 5001, 5003, 5003])


def by_weight(tool):
    """locate: within one priority the heavier server is mostly the first"""
    for light, heavy in ((5001, 5002), (5002, 5001)):  # in whichever order they stand in the answer
        with dns(srv(5001, weight=1 if light == 5001 else 99), srv(5002, weight=1 if light == 5002 else 99),
                 srv(5000, 5)) as there:
            runs = [[server[2] for server in located(tool, DOMAIN, *there)] for _ in range(8)]
        for run in runs:
            expect("servers", sorted(run), [5000, 5001, 5002])
            expect("the first", run[0], 5000)
        if sum(run[1] == heavy for run in runs) < 6:
            raise AssertionError(f"{heavy} is the heavier one: {runs}")


def addresses(tool):
    """locate: a domain with only A records, a CNAME, a port, an IP address"""
    with dns(f"host-record={DOMAIN},127.0.0.1", f"cname=alias.test,{DOMAIN}") as there:
        expect("A", located(tool, DOMAIN, *there), [("UDP", "127.0.0.1", 5060, DOMAIN)])
        expect("sips", located(tool, f"sips:{DOMAIN}", *there), [("TLS", "127.0.0.1", 5061, DOMAIN)])
        expect("CNAME", located(tool, "alias.test", *there), [("UDP", "127.0.0.1", 5060, "alias.test")])
        expect("port", located(tool, f"sip:{DOMAIN}:5070", *there), [("UDP", "127.0.0.1", 5070, DOMAIN)])
    nobody = ["--dns", f"127.0.0.1:{next(ports)}"]
    expect("IPv4", located(tool, "192.0.2.1", *nobody), [("UDP", "192.0.2.1", 5060, None)])
    expect("IPv6", located(tool, "sips:[2001:db8::1]", *nobody), [("TLS", "2001:db8::1", 5061, None)])
    expect("text", tool.run("locate", "sip:[2001:db8::1]:5070;transport=tcp", *nobody),
           (0, "TCP  [2001:db8::1]:5070\n", ""))
    expect("from /etc/hosts", located(tool, "localhost"), [("UDP", "127.0.0.1", 5060, "localhost")])


def ipv6(tool):
    """AAAA records: found, and registered at, over IPv6"""
    if not has_ipv6():
        raise Skip("there is no IPv6 here")
    with registrar(tool, "--listen", "::1", "--udp", 0) as server:
        port = int(server.ports["udp"])
        with dns("host-record=six.other.test,127.0.0.1,::1", srv(port, target="six.other.test")) as there:
            words = [*there, "--local", "::1"]
            expect("servers", located(tool, DOMAIN, *words),
                   [("UDP", "::1", port, DOMAIN)])
            event = only(tool.events("register", USER, "--once", *words), "registered")
            expect("server", event["server"], f"[::1]:{port}")


def nowhere(tool):
    """no such name, no such service, no such records: says so, exit status 3"""
    with dns(NONE, f"host-record={DOMAIN},127.0.0.1", "txt-record=text.test,nothing else") as there:
        for domain, why in (("none.test", "there is no such name"),
                            (f"{DOMAIN};transport=udp", "no such service (SRV record '.')"),
                            ("text.test", "no server that can be used")):
            said = not_located(tool, domain, *there)
            if why not in said or domain.split(";")[0] not in said:
                raise AssertionError(f"{domain}: {said}")
        event = only(tool.events("register", "sip:alice@none.test", *there, status=3), "refused")
        expect("error", event["error"], "cannot find the server of none.test: there is no such name")


def dns_fails(tool):
    """a DNS server that is not there, is silent, fails or answers nonsense: says so, exit status 3"""
    def failure(code):
        return lambda question: question[:2] + bytes([0x81, 0x80 | code]) + question[4:]

    def broken(question):  # one answer, which ends in the middle of its name
        end = question.index(b"\0", 12) + 5
        return question[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + question[12:end] + b"\x3f"

    def expected(why, words):
        said = not_located(tool, f"{DOMAIN};transport=udp", *words)
        expect("said", said, f"cannot find the server of {DOMAIN}: {why}")

    expected("no DNS server can tell", ["--dns", f"127.0.0.1:{next(ports)}"])
    for code in (2, 5):  # SERVFAIL, REFUSED
        with FaultyDns(failure(code)) as there:
            expected("no DNS server can tell", there)
    with FaultyDns(broken) as there:
        expected("the reply of the DNS server makes no sense", there)
    with mute() as port:
        expected("no DNS server answers", ["--dns", f"127.0.0.1:{port}"])


def dns_comes_back(tool):
    """register goes on trying while the DNS fails, since that is no answer"""
    with tool.running("register", USER, "--dns", f"127.0.0.1:{next(ports)}") as (child, events):
        event = wait_for("event", events)[0]
        expect("event", event["event"], "retrying")
        expect("goes on", child.poll(), None)
        if not 1 <= event["retry_in"] <= 60:
            raise AssertionError(f"retry_in {event['retry_in']}")


# ---------------------------------------------------------------- one fails, the next one serves

def failover(tool):
    """of three servers one is dead, one answers 503, the third registers; each is named"""
    with registrar(tool, "--play", "503*") as busy, registrar(tool) as good:
        dead = next(ports)
        for transport in ("udp", "tcp"):
            service = f"_sip._{transport}"
            upper = transport.upper()
            with dns(srv(good.ports[transport], 30, service=service),
                     srv(busy.ports[transport], 20, service=service),
                     srv(dead, 10, service=service)) as there:
                events = tool.events("register", USER, "--once", *there)
                expect("servers", servers(events), [
                    ("retrying", dead, upper), ("retrying", int(busy.ports[transport]), upper),
                    ("registered", int(good.ports[transport]), upper)])
                expect("error", events[0]["error"],
                       f"127.0.0.1:{dead} ({upper}): Connection refused")
                expect("status", events[1]["status"], 503)
                only(tool.events("query", USER, *there), "bindings")
                status, out, err = tool.run("register", USER, "--once", *there)
                expect("exit status", status, 0)
                if f"via 127.0.0.1:{good.ports[transport]} ({upper})\n" not in out:
                    raise AssertionError(out)
                failed = [line for line in err.splitlines() if line.endswith("; trying the next server")]
                expect("failures", failed, [
                    f"sipreg: failed: 127.0.0.1:{dead} ({upper}): Connection refused; "
                    "trying the next server",
                    f"sipreg: refused: 127.0.0.1:{busy.ports[transport]} ({upper}): "
                    "503 Service Unavailable; trying the next server"])


def dies(tool):
    """the server dies while we are registered: the next one at the refresh"""
    with registrar(tool) as second, contextlib.ExitStack() as first:
        before, after = (int(server.ports["udp"]) for server in
                         (first.enter_context(registrar(tool)), second))
        with dns(srv(before, 1), srv(after, 2)) as there, \
                tool.running("register", USER, *there, "--expires", 6) as (child, events):
            wait_for("registration", events)
            first.close()
            wait_for("second registration", lambda: len(events()) > 2)
            child.send_signal(signal.SIGTERM)
            child.wait(20)
            expect("servers", servers(events()), [
                ("registered", before, "UDP"), ("retrying", before, "UDP"), ("registered", after, "UDP"),
                ("unregistered", after, "UDP")])


def not_ours(tool):
    """--local with an address that is not ours, or a port that is taken: exit status 2"""
    with mute() as port:
        for local in ("192.0.2.77", f"127.0.0.1:{port}"):
            event = only(tool.events("register", "sip:alice@127.0.0.1", "--local", local, status=2),
                         "refused")
            if not event["error"].startswith(f"--local {local}"):
                raise AssertionError(event["error"])


def silence(tool):
    """a server that does not answer: the next one after 32 seconds"""
    with registrar(tool) as good, mute() as silent, \
            dns(srv(silent, 1), srv(good.ports["udp"], 2)) as there:
        events = tool.events("register", USER, "--once", *there)
        expect("servers", servers(events), [("retrying", silent, "UDP"),
                                            ("registered", int(good.ports["udp"]), "UDP")])
        expect("error", events[0]["error"], f"no answer from 127.0.0.1:{silent} (UDP)")


def all_fail(tool):
    """all servers fail: the last one's Retry-After counts, exit status 1 with --once"""
    with registrar(tool, "--play", "503/retry-after=100*") as busy:
        dead, last = next(ports), int(busy.ports["udp"])
        with dns(srv(dead, 1), srv(last, 2)) as there:
            with tool.running("register", USER, *there) as (_, events):
                wait_for("two events", lambda: len(events()) == 2)
                first, second = events()
            expect("servers", servers([first, second]),
                   [("retrying", dead, "UDP"), ("retrying", last, "UDP")])
            expect("retry_in", first["retry_in"], 0)
            if not 100 <= second["retry_in"] <= 160:
                raise AssertionError(f"Retry-After is 100, but retry_in {second['retry_in']}")
            only(tool.events("register", USER, "--once", *there, status=1), "refused")


def asked_again(tool):
    """a new flow after the TTL asks the DNS again"""
    with registrar(tool) as second, contextlib.ExitStack() as first, contextlib.ExitStack() as phone:
        before = int(first.enter_context(registrar(tool)).ports["tcp"])
        after, port = int(second.ports["tcp"]), next(ports)
        with dns(srv(before, service="_sip._tcp"), port=port, ttl=1) as there:
            child, events = phone.enter_context(
                tool.running("register", USER, *there, "--expires", 8))
            wait_for("registration", events)
        with dns(srv(after, service="_sip._tcp"), port=port):
            first.close()
            wait_for("third event", lambda: len(events()) > 2, 30)
            child.send_signal(signal.SIGTERM)
            child.wait(20)
        expect("servers", [event["server"] for event in events()],
               2 * [f"127.0.0.1:{before}"] + 2 * [f"127.0.0.1:{after}"])


def too_large(tool):
    """more than 1300 octets go over TCP, where there is a server for it, else over UDP"""
    large = ["--header", "X-Large: " + 1400 * "x"]
    with registrar(tool) as server:
        udp, tcp = (int(server.ports[name]) for name in ("udp", "tcp"))
        with dns(naptr("SIP+D2U", "_sip._udp"), srv(udp), srv(tcp, service="_sip._tcp")) as there:
            for more, last in (([], (udp, "UDP")), (large, (tcp, "TCP"))):
                event = only(tool.events("register", USER, "--once", *there, *more), "registered")
                expect("server", servers([event])[0][1:], last)
        with dns(naptr("SIP+D2U", "_sip._udp"), srv(udp)) as there:
            event = only(tool.events("register", USER, "--once", *there, *large), "registered")
            expect("server", servers([event])[0][1:], (udp, "UDP"))


def redirected(tool):
    """--follow-redirects: goes where a 3xx leads; without it that is a refusal"""
    with registrar(tool) as good:
        contact = f"302+header=Contact: <sip:{DOMAIN}:{good.ports['udp']}>"
        with registrar(tool, "--play", contact + "*") as first, \
                dns(f"host-record={DOMAIN},127.0.0.1", srv(first.ports["udp"])) as there:
            event = only(tool.events("register", USER, "--once", *there, status=1), "refused")
            expect("status", event["status"], 302)
            event = only(tool.events("register", USER, "--once", *there, "--follow-redirects"),
                         "registered")
            expect("server", servers([event])[0][1], int(good.ports["udp"]))


def rewritten(tool):
    """--contact-rewrite: the contact is where the registrar sees us"""
    with registrar(tool) as server, \
            Relay(server.ports["udp"], lambda *arguments: [arguments[2]]) as relay:
        seen = f"sip:alice@127.0.0.1:{relay.inside.getsockname()[1]}"
        events = tool.events("register", f"sip:alice@127.0.0.1:{relay.port}", "--once",
                             "--contact-rewrite")
        expect("contacts", [contact["uri"] for contact in events[-1]["contacts"]], [seen])


# ---------------------------------------------------------------- whose certificate?

def secure(tool):
    """TLS by SRV: the certificate must be for the domain, not for the SRV target"""
    for name, status in ((DOMAIN, 0), ("here.other.test", 3)):
        with folder() as path:
            certificates(path, f"DNS:{name}")
            with registrar(tool, "--tls", 0, "--cert", path / "server.crt", "--key",
                           path / "server.key") as server, \
                    dns(naptr("SIPS+D2T", "_sips._tcp"),
                        srv(server.ports["tls"], service="_sips._tcp")) as there:
                for user in (USER, f"sips:alice@{DOMAIN}"):
                    event = tool.events("register", user, "--once", *there, "--ca", path / "ca.crt",
                                        status=status)[-1]
                    expect("transport", event["transport"], "TLS")
                    if status != 0 and f"it is not for {DOMAIN}" not in event["error"]:
                        raise AssertionError(event["error"])


def server_name(tool):
    """TLS by SRV: the server is asked for by the name of the domain (SNI)"""
    names = []
    with folder() as path, socket.create_server(("127.0.0.1", 0)) as listening:
        certificates(path)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path / "server.crt", path / "server.key")
        context.sni_callback = lambda _, name, __: names.append(name)

        def serve():
            with contextlib.suppress(OSError), context.wrap_socket(
                    listening.accept()[0], server_side=True) as connection:
                connection.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with dns(srv(listening.getsockname()[1], service="_sips._tcp")) as there:
            tool.events("register", f"sips:alice@{DOMAIN}", "--once", *there, "--ca", path / "ca.crt",
                        status=3)
        thread.join(10)
    expect("names asked for", names, [DOMAIN])


def weakened(tool):
    """the DNS names TLS first and only TCP later: goes there, with a warning"""
    with folder() as path, contextlib.ExitStack() as first, contextlib.ExitStack() as phone:
        certificates(path, f"DNS:{DOMAIN}")
        server = first.enter_context(registrar(tool, "--tls", 0, "--cert", path / "server.crt",
                                               "--key", path / "server.key"))
        second, port = phone.enter_context(registrar(tool)), next(ports)
        with dns(naptr("SIPS+D2T", "_sips._tcp"), srv(server.ports["tls"], service="_sips._tcp"),
                 port=port, ttl=1) as there:
            output = phone.enter_context(tempfile.TemporaryFile("w+"))
            phone.enter_context(process(
                tool.command("register", USER, *there, "--expires", 8, "--ca", path / "ca.crt"),
                stdout=output, stderr=subprocess.STDOUT, env=tool.environment()))

            def said():
                output.seek(0)
                return output.read()
            wait_for("registration over TLS", lambda: "(TLS)\n" in said())
        with dns(naptr("SIP+D2T", "_sip._tcp"), srv(second.ports["tcp"], service="_sip._tcp"), port=port):
            first.close()
            wait_for("registration over TCP", lambda: "(TCP)\n" in said(), 30)
        warning = f"sipreg: WARNING: the DNS has offered TLS for {DOMAIN}, and does not now\n"
        expect("warnings", said().count(warning), 1)


# ---------------------------------------------------------------- another network

def inside(tool):
    """In a network of our own: registers, gets another address, and is seen there."""
    def ip(*words):
        subprocess.run(["ip", *words], check=True)

    ip("link", "set", "lo", "up")
    with registrar(tool, "--listen", "127.0.0.9", "--udp", 0, "--tcp", 0) as server:
        for transport in ("udp", "tcp"):
            address = f"127.0.1.{len(transport + server.ports[transport])}"
            user = f"sip:alice@127.0.0.9:{server.ports[transport]}"
            with tool.running("register", user, "--transport", transport) as (child, events):
                wait_for("registration", events)
                ip("route", "replace", "local", "127.0.0.9", "dev", "lo", "src", address, "table", "local")
                wait_for("second registration", lambda: len(events()) > 1)
                contacts = [contact["uri"] for contact in events()[1]["contacts"]]
                expect("contacts", [address in contact for contact in contacts], [True])
                ip("route", "delete", "local", "127.0.0.9", "table", "local")
                wait_for("third registration", lambda: len(events()) > 2)
                child.send_signal(signal.SIGTERM)
                child.wait(20)
                expect("events", [event["event"] for event in events()],
                       3 * ["registered"] + ["unregistered"])


def moves(tool):
    """another local address: registered again from there, the old contact removed"""
    network = ["unshare", "--map-root-user", "--net"]
    if not shutil.which("ip") or not shutil.which("unshare") or \
            subprocess.run([*network, "true"], capture_output=True).returncode != 0:
        raise Skip("no network of our own can be made here (unshare, ip)")
    done = subprocess.run([*network, sys.executable, "-B", pathlib.Path(__file__).resolve(), tool.build,
                           "--inside"], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(done.stdout + done.stderr)


SCENARIOS = [silence, dns_fails, by_priority, by_weight, addresses, ipv6, nowhere, dns_comes_back,
             failover, dies, not_ours, all_fail, asked_again, too_large, redirected, rewritten, secure,
             server_name, weakened, moves]

if __name__ == "__main__":
    if sys.argv[2:] == ["--inside"]:
        inside(Tool(sys.argv[1]))
    else:
        sys.exit(scenarios(SCENARIOS, Tool(sys.argv[1]), at_once=8))

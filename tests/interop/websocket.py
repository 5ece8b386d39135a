#!/usr/bin/env -S python3 -B
"""Does the tool `sipreg` register over WebSocket: at Kamailio, and at servers that do it wrong?

    websocket.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool

Kamailio has its websocket module beside the registrar of kamailio.cfg. The other server is websocket_server.py,
one connection after the other; each scenario says what it does with them. A scenario is a function
below; add it to WITH_KAMAILIO or to ALONE.
"""
import base64
import contextlib
import pathlib
import re
import signal
import socket
import struct
import sys
import threading

from fixture import Capture, Tool, expect, folder, free_ports, only, scenarios, wait_for
from kamailio import registers_once
from kamailio_server import Kamailio, aor
from websocket_server import BINARY, CLOSE, PING, PONG, TEXT, frame, server

MODULES = """
loadmodule "xhttp.so"
loadmodule "websocket.so"
tcp_accept_no_cl=yes
event_route[xhttp:request] {
	if ($hu != "/sip") {
		xhttp_reply("404", "Not Found", "", "");
		exit;
	}
	ws_handle_handshake();
}
"""


# ---------------------------------------------------------------- what scenarios expect

def once(setting, play, *words, status=0):
    """Registers once at a server that plays so; the events."""
    with server(play) as port:
        return setting.tool.events("register", f"sip:alice@localhost:{port}", "--transport", "ws", "--once",
                                   *words, status=status)


def registers(setting, play, *words):
    event = only(once(setting, play, *words), "registered")
    expect("transport", event["transport"], "WS")
    expect("number of contacts", len(event["contacts"]), 1)


def fails(setting, play, why):
    """It is not registered, and says why."""
    event = once(setting, play, status=3)[-1]
    expect("event", event["event"], "refused")
    if why not in event["error"]:
        raise AssertionError(f"{event['error']!r} does not say {why!r}")


def answers(send):
    """A play: agrees, and lets `send` answer the REGISTER."""
    def play(peer):
        peer.agree()
        send(peer, peer.ok(peer.register()))
        with contextlib.suppress(OSError, AssertionError):
            peer.connection.recv(1000)
    return play


# ---------------------------------------------------------------- scenarios with Kamailio

def ws(setting):
    """Kamailio: register, query and remove over ws"""
    registers_once(setting.tool, aor("alice", setting.server), "--transport", "ws", "--ws-path", "/sip")


def wss_words(setting, user):
    return [f"sip:{user}@localhost:{setting.server.tls}", "--transport", "wss", "--ws-path", "/sip"]


def wss(setting):
    """Kamailio: register, query and remove over wss, the certificate verified"""
    registers_once(setting.tool, *wss_words(setting, "bob"), "--ca", setting.server.path / "ca.crt")


def not_trusted(setting):
    """Kamailio: a certificate that nobody vouches for ends it, over wss too"""
    event = setting.tool.events("register", *wss_words(setting, "bob"), status=3)[-1]
    expect("event", event["event"], "refused")
    if "certificate" not in event["error"]:
        raise AssertionError(event)


def wrong_path(setting):
    """Kamailio: without the path there is no WebSocket, and the status says so"""
    event = setting.tool.events("query", aor("carol", setting.server), "--transport", "ws", status=3)[-1]
    if "404 Not Found" not in event["error"]:
        raise AssertionError(event)


def stays(setting):
    """Kamailio: stays registered over ws, and unregisters when interrupted"""
    words = [aor("dave", setting.server), "--transport", "ws", "--ws-path", "/sip"]
    with setting.tool.running("register", *words, "--expires", 6) as (child, events):
        wait_for("three registrations", lambda: len(events()) >= 3, 30)
        if {event["event"] for event in events()} != {"registered"}:
            raise AssertionError(events())
        child.send_signal(signal.SIGTERM)
        child.wait(10)
        expect("exit status", child.returncode, 0)
        expect("last event", events()[-1]["event"], "unregistered")
    expect("bindings", only(setting.tool.events("query", *words), "bindings")["contacts"], [])


def judged(setting):
    """Kamailio: tshark finds SIP in the frames, all of it well-formed"""
    setting.capture.judge()
    frames = setting.capture.fields("websocket && sip.Method == REGISTER", "frame.number")
    expect("ten requests at least", len(frames) >= 10, True)


# ---------------------------------------------------------------- scenarios with our own server

def handshake(setting):
    """asks for a WebSocket as RFC 6455 and 7118 say, and takes leave"""
    def play(peer):
        peer.agree()
        port = peer.connection.getsockname()[1]
        expect("path", peer.path, "/a/b?c=d")
        expect("length of the key", len(base64.b64decode(peer.headers.pop("Sec-WebSocket-Key"))), 16)
        expect("headers", peer.headers, {
            "Host": f"localhost:{port}", "Upgrade": "websocket", "Connection": "Upgrade",
            "Sec-WebSocket-Protocol": "sip", "Sec-WebSocket-Version": "13"})
        text = peer.register()
        expect("Via", bool(re.search(r"^Via: SIP/2.0/WS 127.0.0.1:\d+;", text, re.M)), True)
        expect("Contact", bool(re.search(r"^Contact: <sip:alice@127.0.0.1:\d+;transport=ws>", text, re.M)),
               True)
        peer.send(frame(TEXT, peer.ok(text)))
        peer.gone()

    registers(setting, play, "--ws-path", "/a/b?c=d")


def other_keys(setting):
    """keys and masks are others each time"""
    keys = set()

    def play(peer):
        peer.read_handshake()
        keys.add(peer.headers["Sec-WebSocket-Key"])
        peer.answer()
        keys.add(peer.exactly(8)[4:])  # behind two octets, and two of the length

    for _ in range(3):
        once(setting, play, status=3)
    expect("different keys and masks", len(keys), 6)


def refused(setting):
    """a handshake that is refused, or is none, is named"""
    def says(text):
        def play(peer):
            peer.read_handshake()
            peer.send(text)
        return play

    fails(setting, says(b"HTTP/1.1 403 Forbidden\r\n\r\n"), "refuses the WebSocket handshake: 403 Forbidden")
    fails(setting, says(b"HTTP/1.0 302 Moved\r\nLocation: /there\r\n\r\n"), "302 Moved")
    fails(setting, says(b"SIP/2.0 400 Bad\x1b[31m Request\r\n\r\n"), "HTTP: SIP/2.0 400 Bad?[31m Request")
    fails(setting, says(b"HTTP/1.1 101 Yes\r\nno header\r\n\r\n"), "no header")
    fails(setting, says(b"HTTP/1.1 101 Yes\r\n" + 1000 * b"A-header: of some length\r\n"), "has no end")
    fails(setting, says(b""), "closed the connection")


def half_agreed(setting):
    """a handshake that does not agree to all of it is refused, and says what is missing"""
    def agrees(**changes):
        return lambda peer: peer.agree(**changes)

    fails(setting, agrees(Sec_WebSocket_Protocol=None), "lacks 'Sec-WebSocket-Protocol: sip'")
    fails(setting, agrees(Sec_WebSocket_Protocol="chat"), "is not for sip but for: chat")
    fails(setting, agrees(Sec_WebSocket_Accept="s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "does not answer our key")
    fails(setting, agrees(Sec_WebSocket_Accept=None), "lacks Sec-WebSocket-Accept")
    fails(setting, agrees(Upgrade=None), "lacks 'Upgrade: websocket'")
    fails(setting, agrees(Upgrade="h2c"), "lacks 'Upgrade: websocket'")
    fails(setting, agrees(Connection="keep-alive"), "lacks 'Connection: Upgrade'")
    fails(setting, agrees(Sec_WebSocket_Extensions="permessage-deflate"), "permessage-deflate")


def cut(setting):
    """a message in two frames, with a ping between them, is one message"""
    def send(peer, ok):
        peer.send(frame(TEXT, ok[:100], fin=False) + frame(PING, b"are you there?"))
        expect("answer", peer.receive(), (PONG, b"are you there?"))
        peer.send(frame(0, ok[100:]))

    registers(setting, answers(send))


def drop_by_drop(setting):
    """handshake and frames may come octet by octet"""
    def play(peer):
        peer.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        whole = peer.send
        peer.send = lambda octets: [whole(octets[i:i + 1]) for i in range(len(octets))]
        peer.agree()
        peer.send(frame(TEXT, peer.ok(peer.register())))
        peer.gone()

    registers(setting, play)


def all_at_once(setting):
    """a frame right behind the handshake, and several in one piece, are read one by one"""
    def play(peer):
        peer.read_handshake()
        peer.answer(behind=frame(PING, b"already"))
        expect("answer", peer.receive(), (PONG, b"already"))
        ok = peer.ok(peer.register())
        peer.send(frame(TEXT, ok.replace(b"200 OK", b"100 Trying")) + frame(PONG) + frame(TEXT) +
                  frame(TEXT, b"hello") + frame(BINARY, ok) + frame(PING))
        with contextlib.suppress(OSError):
            peer.connection.recv(1000)

    registers(setting, play)


def wrong_frames(setting):
    """frames that must not be, or hold too much, end the connection, and the server learns why"""
    def sends(octets, code):
        def send(peer, ok):
            peer.send(octets(ok))
            opcode, payload = peer.receive()
            expect("frame", (opcode, payload[:2]), (CLOSE, struct.pack(">H", code) if code else b""))
        return answers(send)

    fails(setting, sends(lambda ok: frame(TEXT, ok, key=b"mask"), 1002), "no WebSocket frames")
    fails(setting, sends(lambda ok: frame(0, ok), 1002), "no WebSocket frames")
    fails(setting, sends(lambda ok: frame(TEXT, ok, fin=False) + frame(TEXT, ok), 1002),
          "no WebSocket frames")
    fails(setting, sends(lambda ok: ok, 1002), "no WebSocket frames")
    fails(setting, sends(lambda ok: frame(TEXT, ok + b"\xff\xfe"), 1007), "not UTF-8")
    fails(setting, sends(lambda ok: frame(TEXT, 65537 * b"x"), 1009), "too large")
    fails(setting, sends(lambda ok: frame(TEXT, b"x", fin=False) + 66 * frame(0, 1000 * b"x", fin=False),
                         1009), "too large")


def close(setting):
    """a close is answered, and its code is named"""
    def send(peer, ok):
        peer.send(frame(CLOSE, struct.pack(">H", 1001) + b"going away"))
        expect("answer", peer.receive(), (CLOSE, struct.pack(">H", 1001) + b"going away"))
        expect("after it", peer.connection.recv(1), b"")

    fails(setting, answers(send), "closed the WebSocket (code 1001)")


def never_ends(setting):
    """half a frame, or half a handshake, is waited for as long as for any answer"""
    def half_frame(peer):
        peer.agree()
        peer.send(frame(TEXT, peer.ok(peer.register()))[:50])
        peer.connection.recv(1)

    def half_handshake(peer):
        peer.read_handshake()
        peer.send(b"HTTP/1.1 101 Yes\r\nUpgr")
        peer.connection.recv(1)

    def late(play):
        fails(setting, play, "no answer from 127.0.0.1")

    threads = [threading.Thread(target=late, args=[half_frame])]
    threads[0].start()
    late(half_handshake)
    threads[0].join()


def recovers(setting):
    """after a close it comes back over another WebSocket, and registers again"""
    again = threading.Event()

    def first(peer):
        peer.agree()
        peer.send(frame(TEXT, peer.ok(peer.register())) + frame(CLOSE))

    def second(peer):
        peer.agree()
        peer.send(frame(TEXT, peer.ok(peer.register())))
        again.set()
        peer.send(frame(TEXT, peer.ok(peer.register())))  # the removal
        peer.gone()

    with server(first, second) as port, setting.tool.running(
            "register", f"sip:alice@localhost:{port}", "--transport", "ws", "--expires", 10) as (child, events):
        expect("a second connection", again.wait(50), True)
        wait_for("second registration",
                 lambda: [event["event"] for event in events()].count("registered") == 2)
        child.send_signal(signal.SIGTERM)
        child.wait(10)
        expect("exit status", child.returncode, 0)
        expect("last event", events()[-1]["event"], "unregistered")


class Setting:
    """What a scenario plays with."""

    def __init__(self, tool, kamailio=None, capture=None):
        self.tool, self.server, self.capture = tool, kamailio, capture


WITH_KAMAILIO = [ws, wss, not_trusted, wrong_path, stays]
ALONE = [handshake, other_keys, refused, half_agreed, cut, drop_by_drop, all_at_once, wrong_frames, close,
         never_ends, recovers]


def main():
    tool = Tool(sys.argv[1])
    code, _, err = tool.run("query", "sip:alice@127.0.0.1:9", "--transport", "ws")
    if code == 2 and "built without" in err:
        print("ok - WebSocket # SKIP the tool was built without wslay")
        return 0
    status = scenarios(ALONE, Setting(tool), at_once=4)
    if not list(pathlib.Path("/usr").glob("lib*/**/kamailio/modules/websocket.so")):
        print("ok - Kamailio # SKIP kamailio, or its websocket module, is not installed")
        return status
    with folder() as path, folder() as captured:
        kamailio = Kamailio(path, free_ports(2), ["alice", "bob", "carol", "dave"], min_expires=1)
        setting = Setting(tool, kamailio, Capture(captured, [kamailio.port], tcp="http"))
        with open(path / "kamailio.cfg", "a") as file:
            file.write(MODULES)
        with setting.capture.running(), kamailio.running():
            status = scenarios(WITH_KAMAILIO, setting, at_once=3) or status
        return scenarios([judged], setting) or status


if __name__ == "__main__":
    sys.exit(main())

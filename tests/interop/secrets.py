#!/usr/bin/env -S python3 -B
"""Does the tool keep a password to itself, wherever that came from and whatever goes wrong?

    secrets.py BUILD_DIR        prints TAP; BUILD_DIR holds the tool and the registrar

All that the tool writes, with --trace, --json and neither, is searched for the password, for what is made
of it alone (HA1) and for what it can be guessed by (the answers to challenges, with their cnonces).
"""
import base64
import contextlib
import hashlib
import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time

from fixture import Relay, Tool, certificates, expect, folder, process, scenarios, wait_for
from registrar import registrar

SECRET = "Tr0ub4dor&3-xyzzy"
USER = ["--user", f"carol:{SECRET}"]
VIEWS = [["--trace", "--json"], ["--trace"], ["--json"], []]


def made_of(password, realm="localhost"):
    """All that must not be seen of a password."""
    text = f"carol:{realm}:{password}".encode()
    found = [password.encode(), base64.b64encode(f"carol:{password}".encode())]
    for name in ("md5", "sha256", "sha512_256"):
        digest = hashlib.new(name, text)
        found += [digest.digest(), digest.hexdigest().encode(), digest.hexdigest().upper().encode()]
    return found


def search(what, octets, forbidden):
    for secret in forbidden:
        if secret in octets:
            raise AssertionError(f"{what} shows {secret!r}:\n{octets.decode(errors='replace')}")


class Ear:
    """A relay that remembers the answers to challenges, in both directions."""

    def __init__(self, port):
        self.answers = set()
        self.relay = Relay(port, self.listen)

    def listen(self, _to_server, _number, datagram):
        self.answers |= set(re.findall(rb'(?:response|cnonce|rspauth)="([^"]+)"', datagram))
        return [datagram]


def no_limit():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def run(tool, words, password=SECRET, way="environment", seconds=60):
    """Runs the tool, which gets the password in one of the ways; exit status and all that it wrote."""
    environment = {name: value for name, value in os.environ.items() if name != "SIPREG_PASSWORD"}
    with folder() as path:
        if way == "file":
            (path / "password").write_text(password + "\nand what stands behind it\n")
            (path / "password").chmod(0o600)
            words = [*words, "--password-file", path / "password"]
        elif way == "environment":
            environment["SIPREG_PASSWORD"] = password
        if way == "terminal":
            return on_terminal(tool.command(*words), environment, password, seconds)
        done = subprocess.run(tool.command(*words), env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds)
        return done.returncode, done.stdout


def on_terminal(command, environment, password, seconds):
    """Types the password in at its prompt; what the terminal shows is part of the output."""
    child, master = pty.fork()
    if child == 0:
        os.execve(command[0], command, environment)
    shown, typed, end = b"", False, time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            if not select.select([master], [], [], 0.2)[0]:
                continue
            try:
                octets = os.read(master, 65536)
            except OSError:
                break
            shown += octets
            if not octets:
                break
            if not typed and b"Password for" in shown:
                time.sleep(0.2)
                os.write(master, password.encode() + b"\n")
                typed = True
        else:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(master)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    expect("the prompt was there", typed, True)
    return status, shown


def words_for(server, transport="udp", port=None):
    return ["register", f"sip:carol@localhost:{port or server.ports[transport]}", "--transport", transport,
            "--once"]


def heard(tool, options, status, **how):
    """Registers through an ear in every view; nothing must be seen, and something heard."""
    for view in VIEWS:
        with registrar(tool, *USER, *options) as server:
            ear = Ear(server.ports["udp"])
            with ear.relay:
                code, octets = run(tool, [*words_for(server, port=ear.relay.port), *view], **how)
        expect(f"exit status, {octets.decode(errors='replace')}", code, status)
        if not ear.answers:
            raise AssertionError("no challenge was answered")
        search(f"the output with {view}", octets, [*made_of(how.get("password", SECRET)), *ear.answers])


# ---------------------------------------------------------------- scenarios

def file(tool):
    """a password from a file is not shown"""
    heard(tool, ["--authinfo"], 0, way="file")


def environment(tool):
    """a password from the environment is not shown"""
    heard(tool, ["--authinfo", "--nextnonce", "--algorithm", "SHA-256"], 0, way="environment")


def terminal(tool):
    """a password typed in at the terminal is not shown"""
    heard(tool, ["--proxy"], 0, way="terminal")


def option(tool):
    """a password among the arguments is refused, and not repeated"""
    for words in (["--password", SECRET], [f"--password={SECRET}"], [f"--passwd={SECRET}"], [f"-p{SECRET}"],
                  [f"--pass={SECRET}"], [f"--json={SECRET}"], ["--registrar", f"sip:carol:{SECRET}@localhost"],
                  ["--proxy", f"carol:{SECRET}@localhost"]):
        code, octets = run(tool, ["register", "sip:carol@localhost", *words])
        expect("exit status", code, 2)
        search(f"the complaint about {words[0]}", octets, [SECRET.encode()])
    for aor in (f"sip:carol:{SECRET}@localhost", f"carol:{SECRET}@localhost", f"sips:carol:{SECRET}@local host"):
        code, octets = run(tool, ["register", aor, "--trace"])
        expect("exit status", code, 2)
        search("the complaint about the AOR", octets, [SECRET.encode()])


def bad_passwords(tool):
    """a password that cannot be used is not shown in the complaint"""
    for password, way in ((SECRET + "x" * 600, "environment"), (SECRET + "x" * 600, "file"),
                          (SECRET + "\0more", "file")):
        code, octets = run(tool, ["register", "sip:carol@localhost", "--once"], password=password, way=way)
        expect("exit status", code, 2)
        search("the complaint", octets, [SECRET.encode()])


def failures(tool):
    """nor is it shown where the registrar refuses, is busy or knows somebody else only"""
    for play in ("ok,403", "challenge*", "challenge+stale*", "ok,503", "ok,423", "ok,foreign-contact"):
        for view in (["--trace", "--json"], ["--trace"]):
            with registrar(tool, *USER, "--play", play) as server:
                ear = Ear(server.ports["udp"])
                with ear.relay:
                    code, octets = run(tool, [*words_for(server, port=ear.relay.port), *view])
            expect(f"it has ended well, with {code}", code in (0, 1, 3), True)
            search(f"the output at {play}", octets, [*made_of(SECRET), *ear.answers])


def wrong(tool):
    """nor a wrong one"""
    heard(tool, [], 1, password="n0t-the-right-one")


def echoed(tool):
    """what a registrar sends back of an answer is masked too"""
    def spoil(to_server, _number, datagram):
        found = re.search(rb"Authorization: [^\r]*\r\n", datagram)
        if to_server:
            if found:
                said.append(found[0])
            return [datagram]
        more = b"".join([said[-1], b"Proxy-" + said[-1]]) if said else b""
        return [datagram.replace(b"Content-Length", more + b"Content-Length", 1)]

    for view in (["--trace", "--json"], ["--trace"]):
        said = []
        with registrar(tool, *USER) as server, Relay(server.ports["udp"], spoil) as relay:
            code, octets = run(tool, [*words_for(server, port=relay.port), *view])
        expect(f"exit status, {octets.decode()}", (code, len(said)), (0, 1))
        expect("headers that were shown", octets.count(b"Authorization: Digest"), 3)
        answers = re.findall(rb'(?:response|cnonce)="([^"]+)"', said[0])
        expect("values to be masked", len(answers), 2)
        search("the trace", octets, [*made_of(SECRET), *answers])


def connections(tool):
    """nor over TCP and TLS, nor where no connection is to be had"""
    with folder() as path:
        certificates(path)
        options = ["--tcp", 0, "--tls", 0, "--cert", path / "server.crt", "--key", path / "server.key"]
        with registrar(tool, *USER, *options) as server:
            for transport, more, status in (("tcp", [], 0), ("tls", ["--ca", path / "ca.crt"], 0), ("tls", [], 3)):
                code, octets = run(tool, [*words_for(server, transport), "--trace", "--json", *more])
                expect(f"exit status, {octets.decode()}", code, status)
                search(f"the output over {transport}", octets, made_of(SECRET))
                if re.search(rb'(response|cnonce)="(?!\*\*\*)', octets.replace(b"\\", b"")):
                    raise AssertionError(f"an answer is shown: {octets.decode()}")
    for words in (["register", "sip:carol@127.0.0.1:1;transport=tcp", "--once"],
                  ["register", "sip:carol@no-such-name.invalid", "--dns", "127.0.0.1:1", "--once"]):
        code, octets = run(tool, [*words, "--trace", "--json"])
        expect(f"exit status, {octets.decode()}", code, 3)
        search("the output", octets, made_of(SECRET))


def remembered(tool):
    """the state file has nothing of it"""
    with folder() as path, registrar(tool, *USER) as server:
        ear = Ear(server.ports["udp"])
        with ear.relay:
            for _ in range(2):
                expect("exit status", run(tool, [*words_for(server, port=ear.relay.port), "--state",
                                                 path / "state"])[0], 0)
        for name in path.iterdir():
            search("the state file", name.read_bytes(), [*made_of(SECRET), *ear.answers])


@contextlib.contextmanager
def kept(tool):
    """The tool, registered, in a folder of its own where cores may be dumped."""
    with folder() as path, registrar(tool, *USER) as server, tempfile.TemporaryFile("w+") as out:
        words = ["register", f"sip:carol@localhost:{server.ports['udp']}", "--json"]
        environment = dict(os.environ, SIPREG_PASSWORD=SECRET, ASAN_OPTIONS="handle_abort=0:disable_coredump=0")
        with process(tool.command(*words), stdout=out, stderr=out, env=environment, cwd=path,
                     preexec_fn=no_limit) as child:
            def registered():
                out.seek(0)
                return '"registered"' in out.read()
            wait_for("registration", registered)
            yield child, path


def core(tool):
    """a crash leaves no core, whatever the limits are"""
    with kept(tool) as (child, path):
        with open(f"/proc/{child.pid}/limits") as limits:
            line = next(line for line in limits if line.startswith("Max core file size"))
        expect("the limit", line.split()[4:6], ["0", "0"])
        os.kill(child.pid, signal.SIGABRT)
        status = os.waitpid(child.pid, 0)[1]
        child.returncode = -signal.SIGABRT  # we have waited for it
        expect("ended by", (os.WIFSIGNALED(status), os.WTERMSIG(status)), (True, signal.SIGABRT))
        expect("a core was dumped", os.WCOREDUMP(status), False)
        expect("files", list(path.iterdir()), [])


def from_outside(tool):
    """it does not stay in the environment, and others have no way in"""
    with kept(tool) as (child, _):
        expect("who owns its memory, as the kernel has it", os.stat(f"/proc/{child.pid}/mem").st_uid, 0)
        try:
            with open(f"/proc/{child.pid}/environ", "rb") as environ:
                octets = environ.read()
        except PermissionError:
            return
        expect("the variable is there", b"SIPREG_PASSWORD=" in octets, True)
        search("the environment", octets, [SECRET.encode()])


SCENARIOS = [file, environment, terminal, option, bad_passwords, failures, wrong, echoed, connections, remembered,
             core, from_outside]

if __name__ == "__main__":
    sys.exit(scenarios(SCENARIOS, Tool(sys.argv[1]), at_once=4))

#!/usr/bin/env -S python3 -B
"""Does the tool `sipreg` get along with Asterisk, whose SIP stack (PJSIP) is another one? On demand.

    asterisk.py BUILD_DIR FOLDER [SUITE]        prints TAP; BUILD_DIR holds the tool

Not part of tests/run: the first time it fetches some 80 MB of packages of another suite of Debian (sid
unless told otherwise) from the mirror that apt is configured for, and unpacks them, 215 MB, into FOLDER;
later it takes what is there. Nothing is installed, and it need not be root. Debian on x86-64 only.

Two Asterisks run on free loopback ports: one with MD5 and one that sends three challenges in each 401.
What goes over UDP and TCP is captured, and tshark has to find it well-formed. A scenario is a function
below; add it to SCENARIOS. Each has a user of its own in USERS.
"""
import contextlib
import getpass
import pathlib
import signal
import subprocess
import sys

from fixture import (PASSWORD, Capture, Tool, expect, folder, free_ports, only, process, scenarios,
                     wait_for)

USERS = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "ready"]
MODULES = """res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_statsd
    res_pjproject res_http_websocket res_pjsip res_pjsip_session res_pjsip_pubsub
    res_pjsip_authenticator_digest res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip
    res_pjsip_registrar res_pjsip_path res_pjsip_nat""".split()


# ---------------------------------------------------------------- Asterisk

def fetch(root, suite):
    """Unpacks Asterisk and all it needs into a folder, by a package list of its own."""
    own = root / ".apt"
    for name in ("state/lists/partial", "cache/archives/partial"):
        (own / name).mkdir(parents=True, exist_ok=True)
    (own / "status").write_text("")
    targets = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
                             check=True, capture_output=True, text=True).stdout.split()
    mirror = next(target for target in targets if "security" not in target)
    key = "/usr/share/keyrings/debian-archive-keyring.gpg"
    (own / "list").write_text(f"deb [signed-by={key}] {mirror} {suite} main\n")
    settings = {"Dir::State": own / "state", "Dir::State::status": own / "status",
                "Dir::Cache": own / "cache", "Dir::Etc::sourcelist": own / "list",
                "Dir::Etc::sourceparts": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
                "Debug::NoLocking": 1, "APT::Sandbox::User": getpass.getuser()}
    apt = ["apt-get", "-q", "-y"]
    for name, value in settings.items():
        apt += ["-o", f"{name}={value}"]
    for words in (["update"], ["--download-only", "--no-install-recommends", "install", "asterisk"]):
        subprocess.run(apt + words, check=True, stdout=subprocess.DEVNULL)
    for package in sorted((own / "cache/archives").glob("*.deb")):
        subprocess.run(["dpkg-deb", "-x", package, root], check=True)


class Asterisk:
    """Where one of them listens."""

    def __init__(self, path, root, port, algorithms):
        self.path, self.port = path, port
        libraries = root / "usr/lib/x86_64-linux-gnu"
        self.command = [libraries / "ld-linux-x86-64.so.2", "--library-path",
                        f"{libraries}:{libraries}/asterisk", root / "usr/sbin/asterisk"]
        folders = {name: path / name for name in ("astvarlibdir", "astdbdir", "astkeydir", "astagidir",
                                                  "astspooldir", "astrundir", "astlogdir")}
        for each in folders.values():
            each.mkdir()
        folders.update(astetcdir=path, astmoddir=libraries / "asterisk/modules",
                       astdatadir=root / "usr/share/asterisk")
        self.write("asterisk.conf", ["[directories]"] + [f"{n} => {f}" for n, f in folders.items()])
        self.write("modules.conf", ["[modules]", "autoload=no"] + [f"load={m}.so" for m in MODULES])
        self.write("pjsip.conf", [
            "[global]", "type=global", f"default_auth_algorithms_uas={algorithms}"] + [
            line for kind in ("udp", "tcp") for line in
            (f"[{kind}]", "type=transport", f"protocol={kind}", f"bind=127.0.0.1:{port}")] + [
            line for user in USERS for line in
            (f"[{user}]", "type=endpoint", f"auth={user}-auth", f"aors={user}",
             f"[{user}]", "type=aor", "max_contacts=5", "remove_existing=no", "minimum_expiration=4",
             "maximum_expiration=7200", "qualify_frequency=0", "support_path=yes",
             f"[{user}-auth]", "type=auth", "auth_type=userpass", f"username={user}",
             f"password={PASSWORD}", "realm=sip.test",
             f"nonce_lifetime={2 if user == 'grace' else 32}")])

    def write(self, name, lines):
        (self.path / name).write_text("\n".join(lines) + "\n")

    def version(self):
        return subprocess.run([*self.command, "-V"], check=True, capture_output=True, text=True).stdout

    @contextlib.contextmanager
    def running(self, tool):
        command = [*self.command, "-f", "-C", self.path / "asterisk.conf"]
        with open(self.path / "log", "w") as log, process(command, stdout=log, stderr=log) as child:
            def answers():
                if child.poll() is not None:
                    raise AssertionError("asterisk ended: " + (self.path / "log").read_text()[-2000:])
                return tool.run("query", f"sip:{USERS[-1]}@127.0.0.1:{self.port}")[0] == 0
            wait_for("answer of asterisk", answers, 20)
            yield self


class Setting:
    """What a scenario plays with."""

    def __init__(self, tool, md5, three, capture):
        self.tool, self.md5, self.three, self.capture = tool, md5, three, capture


def address(user, server, transport):
    return [f"sip:{user}@127.0.0.1:{server.port}", "--transport", transport]


def bindings(setting, *words):
    event = only(setting.tool.events("query", *words), "bindings")
    return [contact["uri"] for contact in event["contacts"]]


def whole(setting, *words, expires=6):
    """Registers, is found by a query, refreshes twice, removes its contact, is found no more."""
    with setting.tool.running("register", *words, "--expires", expires) as (child, events):
        wait_for("registered event", events)
        ours = bindings(setting, *words)
        expect("number of bindings", len(ours), 1)
        wait_for("two refreshes", lambda: len(events()) >= 3, 20)
        expect("bindings", bindings(setting, *words), ours)
        child.send_signal(signal.SIGTERM)
        child.wait(10)
        expect("exit status", child.returncode, 0)
        expect("events", [event["event"] for event in events()], ["registered"] * 3 + ["unregistered"])
    expect("bindings", bindings(setting, *words), [])


# ---------------------------------------------------------------- scenarios

def md5_udp(setting):
    """register, query, refresh, remove over UDP, MD5"""
    whole(setting, *address("alice", setting.md5, "udp"))


def md5_tcp(setting):
    """register, query, refresh, remove over TCP, MD5"""
    whole(setting, *address("bob", setting.md5, "tcp"))


def three_udp(setting):
    """register, query, refresh, remove over UDP, three challenges in one 401"""
    whole(setting, *address("carol", setting.three, "udp"))


def three_tcp(setting):
    """register, query, refresh, remove over TCP, three challenges in one 401"""
    whole(setting, *address("dave", setting.three, "tcp"))


def stale(setting):
    """a nonce that is too old at the refresh: three challenges with stale=true, no refusal"""
    whole(setting, *address("grace", setting.three, "udp"), expires=9)


def wrong_password(setting):
    """a wrong password is refused after one answer to the challenges: exit status 1"""
    for server in (setting.md5, setting.three):
        event = only(setting.tool.events("register", *address("erin", server, "udp"), "--once", status=1,
                                         password="wrong"), "refused")
        expect("status", event["status"], 401)


def full(setting):
    """a sixth contact where five are allowed: 403, exit status 1"""
    user = address("frank", setting.md5, "udp")
    contacts = [f"sip:frank@192.0.2.{number}" for number in range(1, 7)]
    for contact in contacts[:5]:
        only(setting.tool.events("register", *user, "--once", "--contact", contact), "registered")
    event = only(setting.tool.events("register", *user, "--once", "--contact", contacts[5], status=1),
                 "refused")
    expect("status", event["status"], 403)
    only(setting.tool.events("remove", *user, "--contact", contacts[1]), "unregistered")
    expect("bindings", sorted(bindings(setting, *user)), [contacts[0], *contacts[2:5]])
    only(setting.tool.events("remove", *user, "--all"), "unregistered")
    expect("bindings", bindings(setting, *user), [])


def judged(setting):
    """tshark finds all messages over UDP and TCP well-formed"""
    setting.capture.judge()


def signed(setting, user):
    """Of the requests with credentials: algorithm, nonce and count."""
    return setting.capture.fields(
        f"sip.Method == REGISTER && sip.to.user == \"{user}\" && sip.auth.digest.response",
        "sip.auth.algorithm", "sip.auth.nonce", "sip.auth.nc", "sip.Call-ID")


def best_taken(setting):
    """of three challenges the first, SHA-512-256, is answered, and its nonce serves the refreshes"""
    for user, server in (("alice", "MD5"), ("bob", "MD5"), ("carol", "SHA-512-256"),
                         ("dave", "SHA-512-256")):
        requests = signed(setting, user)
        expect("algorithms", {request[0] for request in requests}, {server})
        life = [request for request in requests if request[3] == requests[0][3]]
        expect("counts", [count for _, _, count, _ in life], [f"{n:08x}" for n in range(1, 5)])
        expect("different nonces", len({nonce for _, nonce, _, _ in life}), 1)


def challenged(setting, user):
    """Of the challenges that a user got: algorithms and stale flags."""
    return setting.capture.fields(f"sip.Status-Code == 401 && sip.to.user == \"{user}\"",
                                  "sip.auth.algorithm", "sip.auth.stale", "sip.Call-ID")


def three_seen(setting):
    """there were three challenges in a 401; stale=true did come, and was answered by a new nonce"""
    algorithms = {challenge[0].replace("\"", "") for challenge in challenged(setting, "carol")}
    expect("algorithms", algorithms, {"SHA-512-256,SHA-256,MD5"})
    life = challenged(setting, "grace")
    flags = [flag for _, flag, call in life if call == life[0][2]]
    expect("stale", flags, ["", *["true,true,true"] * 2])
    requests = signed(setting, "grace")
    counts = [count for _, _, count, call in requests if call == requests[0][3]]
    expect("counts", counts, ["00000001"] + ["00000002", "00000001"] * 2 + ["00000002"])


def answered_once(setting):
    """the wrong password was seen once by each server"""
    requests = signed(setting, "erin")
    expect("requests", len(requests), 2)
    expect("different calls", len({request[3] for request in requests}), 2)


SCENARIOS = [md5_udp, md5_tcp, three_udp, three_tcp, stale, wrong_password, full]
JUDGEMENTS = [judged, best_taken, three_seen, answered_once]


def main():
    tool, root = Tool(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    if not (root / "usr/sbin/asterisk").exists():
        fetch(root, *(sys.argv[3:] or ["sid"]))
    with folder() as first, folder() as second, folder() as third:
        port = free_ports(2)
        md5 = Asterisk(first, root, port, "MD5")
        three = Asterisk(second, root, port + 1, "SHA-512-256,SHA-256,MD5")
        print("#", md5.version().strip())
        setting = Setting(tool, md5, three, Capture(third, [md5.port, three.port]))
        with setting.capture.running(), md5.running(tool), three.running(tool):
            status = scenarios(SCENARIOS, setting, at_once=len(SCENARIOS))
        return scenarios(JUDGEMENTS, setting) or status


if __name__ == "__main__":
    sys.exit(main())

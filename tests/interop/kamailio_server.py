"""Kamailio, for the scenarios against it: a small registrar on free ports of the loopback interface."""
import contextlib
import glob
import os
import pathlib
import shutil
import socket
import time

from fixture import PASSWORD, Skip, certificates, has_ipv6, process, wait_for

HERE = pathlib.Path(__file__).resolve().parent


class Kamailio:
    """Where one of them listens. It can be stopped and started again: each running() is one run."""

    def __init__(self, path, port, users, algorithm="MD5", min_expires=60, nonce_expire=300):
        self.path, self.port, self.tls = path, port, port + 1
        modules = glob.glob("/usr/lib*/kamailio/modules") + glob.glob("/usr/lib*/*/kamailio/modules")
        if not modules:
            raise Skip("the modules of kamailio are not where they usually are")
        words = {"DIR": path, "MODULES": modules[0] + "/", "ALGORITHM": algorithm,
                 "MIN_EXPIRES": min_expires, "NONCE_EXPIRE": nonce_expire}
        config = (HERE / "kamailio.cfg").read_text()
        for name, value in words.items():
            config = config.replace(f"@{name}@", str(value))
        (path / "kamailio.cfg").write_text(config)
        (path / "tls.cfg").write_text(
            "[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"
            f"certificate = {path}/server.crt\nprivate_key = {path}/server.key\n")
        certificates(path)
        (path / "db").mkdir()
        (path / "db/version").write_text(
            "table_name(string) table_version(int)\nsubscriber:7\nversion:1\n")
        (path / "db/subscriber").write_text(
            "id(int,auto) username(string) domain(string) password(string) ha1(string) ha1b(string)\n" +
            "".join(f"{i}:{user}:localhost:{PASSWORD}:x:x\n" for i, user in enumerate(users, 1)))

    @contextlib.contextmanager
    def running(self):
        command = ["kamailio", "-f", self.path / "kamailio.cfg", "-DD", "-E", "-e", "-m", 64, "-M", 8,
                   "-Y", self.path, "-P", self.path / "pid", "-w", self.path]
        for host in ["127.0.0.1"] + (["[::1]"] if has_ipv6() else []):
            command += ["-l", f"udp:{host}:{self.port}", "-l", f"tcp:{host}:{self.port}",
                        "-l", f"tls:{host}:{self.tls}"]
        if os.geteuid() == 0:
            command += ["-u", "nobody", "-g", "nogroup"]
            for item in [self.path, *self.path.rglob("*")]:
                shutil.chown(item, "nobody", "nogroup")
        with open(self.path / "log", "a") as log, process(command, stdout=log, stderr=log) as child:
            def answers():
                if child.poll() is not None:
                    raise AssertionError("kamailio ended: " + (self.path / "log").read_text()[-2000:])
                return self.answers_options()
            wait_for("answer of kamailio", answers, 20)
            yield self

    def answers_options(self):
        number = time.monotonic_ns()
        request = (f"OPTIONS sip:localhost:{self.port} SIP/2.0\r\n"
                   f"Via: SIP/2.0/UDP 127.0.0.1;branch=z9hG4bK{number};rport\r\n"
                   "Max-Forwards: 70\r\nFrom: <sip:ready@localhost>;tag=1\r\n"
                   f"To: <sip:localhost:{self.port}>\r\nCall-ID: ready-{number}\r\n"
                   "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
        return self.ask(request.encode()).startswith(b"SIP/2.0 200")

    def ask(self, request, seconds=0.2):
        """The answer to a request over UDP that asks for rport; empty if there is none."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(seconds)
            s.connect(("127.0.0.1", self.port))
            try:
                s.send(request)
                return s.recv(4096)
            except OSError:
                return b""


def aor(user, server, host="localhost"):
    return f"sip:{user}@{host}:{server.port}"


def tls(user, server):
    return [f"sip:{user}@localhost:{server.tls}", "--transport", "tls", "--ca", server.path / "ca.crt"]

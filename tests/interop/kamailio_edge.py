"""Kamailio as a provider has it at his edge: for phones behind a NAT, or many, or on flows (edge.cfg)."""
import re
import socket
import subprocess
import time

from kamailio_server import HERE, Kamailio


class Edge(Kamailio):
    """Listens on loopback like every Kamailio of the scenarios, and at further addresses."""

    def __init__(self, path, port, users, addresses=()):
        super().__init__(path, port, users)
        modules = re.search(r'^mpath="(.*)"$', (path / "kamailio.cfg").read_text(), re.MULTILINE)[1]
        listen = "\n".join(f"listen={transport}:{address}:{port}"
                           for address in addresses for transport in ("udp", "tcp"))
        config = (HERE / "edge.cfg").read_text()
        for name, value in {"DIR": path, "MODULES": modules, "LISTEN": listen}.items():
            config = config.replace(f"@{name}@", str(value))
        (path / "kamailio.cfg").write_text(config)

    def contacts(self):
        """What it holds: a dictionary for each contact, with AoR, Address, Received, Reg-Id, ..."""
        command = ["kamcmd", "-s", f"unix:{self.path}/ctl", "ul.dump"]
        dump = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        found, user = [], None
        for name, value in re.findall(r"^\t*([\w-]+): (.*)$", dump, re.MULTILINE):
            if name == "AoR":
                user = value
            elif name == "Contact":
                found.append({"AoR": user})
            elif found:
                found[-1].setdefault(name, value)
        return found

    def options(self, user, address, seconds=8):
        """Sends OPTIONS to a user, as somebody else would; the status of the final answer, or None."""
        number = time.monotonic_ns()
        request = (f"OPTIONS sip:{user}@{address}:{self.port} SIP/2.0\r\n"
                   f"Via: SIP/2.0/UDP {address};branch=z9hG4bK{number};rport\r\n"
                   f"Max-Forwards: 70\r\nFrom: <sip:caller@{address}>;tag=1\r\n"
                   f"To: <sip:{user}@{address}>\r\nCall-ID: call-{number}\r\nCSeq: 1 OPTIONS\r\n"
                   "Content-Length: 0\r\n\r\n")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.connect((address, self.port))
            s.settimeout(seconds)
            s.send(request.encode())
            while True:
                status = int(s.recv(4096).split()[1])
                if status >= 200:
                    return status

"""The worst-case stack, from what gcc's -fcallgraph-info=su says of each function (*.ci).

A path is added up from the frames of its functions. It ends where the C library, the hash or the caller's
functions begin. Recursion, frames of no fixed size and indirect calls that nobody has named are faults.
"""
import re
import sys

# Who is called through a pointer, by whom. An empty list: the caller's own function, which is not ours to count.
INDIRECT = {
    "sipreg_ident": [], "sipreg_ident_number": [],  # random
    "find_credentials": [],  # credentials
    "sipreg_client_run": [], "perform": [],  # send, event, open, close
    "sipreg_client_deadline": ["deadline"], "sipreg_client_next": ["next"], "sipreg_client_pong": ["answer"],
    "accept_answer": ["learn"],  # keepalive.c
    "sipreg_request_fault": ["lists_fault", "headers_fault", "body_fault"],
}


class Graph:
    def __init__(self, folder):
        self.frames, self.calls, self.faults = {}, {}, []
        for path in sorted(folder.glob("*.ci")):
            self.read(path.read_text())
        self.known = {}

    def read(self, text):
        for name, label in re.findall(r'^node: \{ title: "([^"]+)" label: "([^"]*)"', text, re.M):
            frame = re.search(r"(\d+) bytes \(([\w,]+)\)", label)
            if frame:
                self.frames[name] = int(frame[1])
                if frame[2] != "static":
                    self.faults.append(f"{short(name)} has a frame of no fixed size")
        for caller, callee in re.findall(r'^edge: \{ sourcename: "([^"]+)" targetname: "([^"]+)"', text, re.M):
            self.calls.setdefault(caller, set()).add(callee)

    def callees(self, name):
        for callee in sorted(self.calls.get(name, ())):
            if callee != "__indirect_call":
                yield callee
            elif short(name) not in INDIRECT:
                self.faults.append(f"{short(name)} calls through a pointer: name whom in INDIRECT")
            else:
                yield from (full for full in self.frames if short(full) in INDIRECT[short(name)] and
                            (full.startswith("sipreg_") or "keepalive.c" in full or "fault.c" in full))

    def path(self, name, above=()):
        """Octets and names of the deepest path that begins here."""
        if name in above:
            self.faults.append("recursion: " + " > ".join(map(short, above + (name,))))
            return 0, ()
        if name not in self.known:
            deepest = max((self.path(callee, above + (name,)) for callee in self.callees(name)), default=(0, ()))
            self.known[name] = self.frames.get(name, 0) + deepest[0], (name,) + deepest[1]
        return self.known[name]


def short(name):
    return name.split(":")[-1].split(".")[0]


def entries(folder):
    """Public functions with their deepest paths, the worst first."""
    graph = Graph(folder)
    found = sorted((graph.path(name) for name in graph.frames if name.startswith("sipreg_")), reverse=True)
    if graph.faults:
        sys.exit("\n".join(sorted(set(graph.faults))))
    return found


def paths(folder):
    return [f"{octets:6d}  " + " > ".join(map(short, names)) for octets, names in entries(folder)]


def worst(folder):
    return entries(folder)[0][0]

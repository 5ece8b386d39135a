"""The corpora: many small inputs of a target, in the repository as one file a target.

    corpus/uri.pack     "PACK\\n", then each input behind its length, four octets, most significant first
    seeds/uri/          inputs that people have written, a file each
"""
import hashlib
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
MAGIC = b"PACK\n"
MOST = 60_000  # octets of one pack
KIN = {"osip": "response"}  # whose seeds and dictionary it has


def read_pack(path):
    data = path.read_bytes()[len(MAGIC):]
    while data:
        n = int.from_bytes(data[:4], "big")
        yield data[4:4 + n]
        data = data[4 + n:]


def write_pack(path, inputs):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(MAGIC + b"".join(len(i).to_bytes(4, "big") + i for i in inputs))


def unpack(target, folder):
    """What is known of the target, each input as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    pack = HERE / "corpus" / f"{target}.pack"
    known = list(read_pack(pack)) if pack.exists() else []
    known += [p.read_bytes() for p in sorted((HERE / "seeds" / KIN.get(target, target)).glob("*"))]
    for one in known:
        (folder / hashlib.sha1(one).hexdigest()).write_bytes(one)


def minimise(target, work):
    """work/small/target: as few and as small inputs as reach every edge that the corpus reaches."""
    small = work / "small" / target
    shutil.rmtree(small, ignore_errors=True)
    small.mkdir(parents=True)
    subprocess.run([work / f"{target}.look", "-merge=1", "-use_counters=0", small, work / "corpus" / target],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def keep(target, work):
    """The minimised corpus into the repository; where it would be too large, the smallest of it."""
    inputs = sorted((p.read_bytes() for p in (work / "small" / target).glob("*")), key=lambda i: (len(i), i))
    while sum(len(i) + 4 for i in inputs) > MOST:
        inputs.pop()
    write_pack(HERE / "corpus" / f"{target}.pack", inputs)

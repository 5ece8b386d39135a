"""mbedtls.py - where does the source of mbedTLS come from? From the distribution, whatever apt is set to.

apt gets folders and a list of sources of its own, so that nothing of the system's is changed.
"""
import os
import shutil
import subprocess

CODENAME = "bookworm"


def output(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **options).stdout


def site():
    """Where the system gets its packages from; empty: it has no lists of them yet."""
    return output("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
                  f"Codename: {CODENAME}").split("\n")[0]


def private_apt(place):
    """An environment in which apt knows the source packages of CODENAME."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    key = next(line for line in output("dpkg", "-L", "debian-archive-keyring").split("\n")
               if line.endswith("debian-archive-keyring.gpg"))
    (place / "sources.list").write_text(f"deb-src [signed-by={key}] {site()} {CODENAME} main\n")
    (place / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{place}/sources.list";\nDir::Etc::sourceparts "-";\n'
        f'Dir::State "{place}/state";\nDir::State::status "/dev/null";\nDir::Cache "{place}/cache";\n'
        'APT::Sandbox::User "root";\n')
    return dict(os.environ, APT_CONFIG=str(place / "apt.conf"))


def mbedtls_source(place):
    """The folder of its unpacked source, which is fetched if it is not there."""
    unpacked = place / "source"
    if not unpacked.exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        environment = private_apt(place / "apt")
        output("apt-get", "-qq", "update", env=environment)
        output("apt-get", "-qq", "source", "--download-only", "mbedtls", env=environment, cwd=place)
        output("dpkg-source", "--no-check", "-x", str(next(place.glob("*.dsc"))), "source", cwd=place)
    return unpacked

"""What the image is made of and with: packages, sources, the compiler; and how large it has become.

Everything stands under build/firmware. lwIP and mbedTLS are the distribution's source packages, or the
folders that the environment's LWIP and MBEDTLS name.
"""
import collections
import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build/firmware"

FLASH = 64 * 1024  # for all of it; 40 would be a small phone's, of which 18 are the library's
REST = 22 * 1024  # all but the library
RAM = 20 * 1024  # with the stack
STACK = 3 * 1024  # of 4096

# What has to be there, and the Debian package that it is in.
PROGRAMS = {
    "cmake": "cmake", "make": "make", "gcc": "gcc", "openssl": "openssl", "kamailio": "kamailio",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi", "qemu-system-arm": "qemu-system-arm",
    "dpkg-source": "dpkg-dev", "tshark": "tshark",
}
FILES = {
    "/usr/include/mbedtls/ssl.h": "libmbedtls-dev", "/usr/include/ares.h": "libc-ares-dev",
    "/usr/lib/picolibc/arm-none-eabi/include/stdio.h": "picolibc-arm-none-eabi",
}


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stdout[-3000:]}")
    return done.stdout


# ---------------------------------------------------------------- packages

def missing():
    packages = {package for program, package in PROGRAMS.items() if not shutil.which(program)}
    packages |= {package for file, package in FILES.items() if not pathlib.Path(file).exists()}
    if not list(pathlib.Path("/usr/lib").glob("**/kamailio/modules/tls.so")):
        packages.add("kamailio-tls-modules")
    return sorted(packages)


def install():
    """Installs what is missing where it can; what is still missing then ends the program."""
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    packages = missing()
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if packages and shutil.which("apt-get") and (not sudo or shutil.which("sudo")):
        print(f"# installing {' '.join(packages)}", flush=True)
        apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q",
               "-o", "DPkg::Lock::Timeout=300"]
        run(*apt, "update")
        run(*apt, "-y", "--no-install-recommends", "install", *packages)
        packages = missing()
    if packages:
        raise SystemExit(f"missing, by their names in Debian: {' '.join(packages)}")


# ---------------------------------------------------------------- sources

def private_apt(folder):
    """An environment in which apt knows the source packages, and the system's own stays as it is."""
    codename = re.search(r"VERSION_CODENAME=(\w+)", pathlib.Path("/etc/os-release").read_text())[1]
    known = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages",
                f"Codename: {codename}").splitlines()
    site = (known or ["http://deb.debian.org/debian"])[0]
    keys = sorted(pathlib.Path("/usr/share/keyrings").glob("debian-archive-keyring.*"))
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    signed = f"[signed-by={keys[0]}] " if keys else ""
    (folder / "sources.list").write_text(f"deb-src {signed}{site} {codename} main\n")
    (folder / "apt.conf").write_text(
        f'Dir::Etc::sourcelist "{folder}/sources.list";\nDir::Etc::sourceparts "-";\n'
        f'Dir::State "{folder}/state";\nDir::State::status "/dev/null";\n'
        f'Dir::Cache "{folder}/cache";\nAPT::Sandbox::User "root";\n')
    return dict(os.environ, APT_CONFIG=str(folder / "apt.conf"))


def sources():
    """Where lwIP and mbedTLS are."""
    folder = BUILD / "sources"
    found = {"lwip": os.environ.get("LWIP"), "mbedtls": os.environ.get("MBEDTLS")}
    wanted = [name for name in found if not found[name]]
    if any(not list(folder.glob(f"{name}-*/README*")) for name in wanted):
        print(f"# fetching the sources of {' and '.join(wanted)}", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        environment = private_apt(folder / "apt")
        run("apt-get", "-qq", "update", env=environment)
        run("apt-get", "-qq", "source", "--download-only", *wanted, env=environment, cwd=folder)
        for file in sorted(folder.glob("*.dsc")):
            run("dpkg-source", "--no-check", "-x", file.name, cwd=folder)
    for name in wanted:
        found[name] = str(next(folder.glob(f"{name}-*/")))
    return found


# ---------------------------------------------------------------- building

def make(out, *more):
    found = sources()
    run("make", "-C", HERE, "-j", os.cpu_count() or 1, f"OUT={out}", f"LWIP={found['lwip']}",
        f"MBEDTLS={found['mbedtls']}", *more)
    return out / "phone.elf"


def image():
    shutil.rmtree(BUILD / "image", ignore_errors=True)
    return make(BUILD / "image")


def image_with(name, option):
    """The same, with phone.c compiled with an option."""
    out = BUILD / name
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(BUILD / "image", out)
    (out / "glue/phone.o").unlink()
    return make(out, f"MORE={option}")


def host_programs():
    """The folder with the tool and the registrar."""
    out = BUILD / "host"
    cache = out / "CMakeCache.txt"
    if cache.exists() and f"CMAKE_HOME_DIRECTORY:INTERNAL={ROOT}\n" not in cache.read_text():
        shutil.rmtree(out)  # a build of a tree that has been moved since is of no use
    run("cmake", "-S", ROOT, "-B", out, "-DSIPREG_BUILD_TESTS=OFF", "-DSIPREG_BUILD_SHARED=OFF")
    run("cmake", "--build", out, "--parallel", os.cpu_count() or 1)
    return out


# ---------------------------------------------------------------- measuring

def sizes(elf):
    """Octets of flash by part of the image, and of RAM with the stack."""
    text = elf.with_suffix(".map").read_text()
    text = text[text.index("Linker script and memory map"):]
    flash, ram = collections.Counter(), 0
    for kind, size, file in re.findall(
            r"^ \.(text|rodata|vectors|data)\S*\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S+)$", text, re.M):
        part = re.search(r"/(lib|lwip|mbedtls|glue)/\S+\.o$", file)
        flash[part[1] if part else "libc"] += int(size, 16)
    for name in ("stack", "data", "bss"):
        ram += int(re.search(rf"^\.{name}\s+0x[0-9a-f]+\s+0x([0-9a-f]+)", text, re.M)[1], 16)
    return flash, ram


def symbols(elf):
    return run("arm-none-eabi-nm", elf).split()

"""targets.py - which machines does the matrix know, and how are programs for them built and run?"""
import dataclasses
import re

# picolibc brings start-up code and a linker script; semihosting brings output and the exit status.
SPECS = "--specs=picolibc.specs"
PICOLIBC = ("--oslib=semihost", "--crt0=hosted")
SEMIHOSTED = ("-nographic", "-monitor", "none", "-serial", "none", "-chardev", "stdio,id=out",
              "-semihosting-config", "enable=on,target=native,chardev=out")
CORTEX_PACKAGES = ("gcc-arm-none-eabi", "picolibc-arm-none-eabi", "qemu-system-arm")


# What the unit tests share.
SHARED = ("hostile", "line", "redirection", "reply", "sent", "skeleton", "snapshots", "story", "story_sent",
          "stun_message", "support", "zone")


@dataclasses.dataclass
class Target:
    name: str
    compiler: str
    packages: tuple
    machine: tuple = ()  # flags of all compilations
    warnings: tuple = ()  # of these, none for the library
    tests_machine: tuple = None  # the same, for tests that another target's can serve as well
    tests_level: str = "-O0"
    links: tuple = ()
    runs: tuple = ()  # the command in front of the program
    quick: bool = False
    wraps: bool = False  # the transcript's clock begins anew
    suites: tuple = None  # the unit tests that fit, one program each; all in one
    beyond: tuple = ()  # cases that the machine cannot do
    shared: tuple = SHARED  # what the unit tests need
    port: tuple = ()  # sources of this folder that it needs
    binutils: str = ""  # what stands in front of "size"
    environment: dict = dataclasses.field(default_factory=dict)


def spoken(output):
    """What a program has said: simavr colours it, and shows a line end as a full stop before it."""
    return re.sub(r"\.?\n(\x1b\[[0-9;]*m)+|\.\n(?=\x1b)", "\n", output.replace("\r", ""))


def memory(flash, flash_size, ram, ram_size, stack):
    return tuple(f"-Wl,--defsym=__{name}={value:#x}" for name, value in (
        ("flash", flash), ("flash_size", flash_size), ("ram", ram), ("ram_size", ram_size),
        ("stack_size", stack)))


def cortex(name, cpu, machine, flash=0, ram=0x20000000, more=(), **others):
    return Target(
        name, "arm-none-eabi-gcc", CORTEX_PACKAGES, machine=(SPECS, f"-mcpu={cpu}", "-mthumb"),
        # ARMv6-M is a part of the others: their tests need no compilation of their own.
        tests_machine=(SPECS, "-mcpu=cortex-m0", "-mthumb"),
        links=PICOLIBC + memory(flash, 0x400000, ram, 0x400000, 0x20000),
        runs=("qemu-system-arm", "-M", machine, *more, *SEMIHOSTED, "-kernel"), wraps=True,
        binutils="arm-none-eabi-", **others)


def cross(name, compiler, libraries, qemu, **others):
    triple = compiler.removesuffix("-gcc")
    return Target(name, compiler, (f"gcc-{triple}", libraries, "qemu-user"),
                  runs=(qemu, "-L", f"/usr/{triple}"), binutils=triple + "-", **others)


# 16 KB of memory, constants in it, too: a program for each of these, and cases that need more are skipped.
AVR_SUITES = tuple("test_" + name for name in (
    "authinfo binding challenge cursor date digest digest_failing digest_uri error frame hash ident image "
    "locate locate_again locate_answers locate_failover locate_order locate_refused nameaddr names options "
    "out param request response routes schedule str transaction transport uri via warning").split())
AVR_BEYOND = (
    # A message may have 32,767 octets, since results are of type int.
    "test_a_length_that_is_missing_wrong_or_contradicted_loses_the_framing",
    "test_a_line_that_never_ends_is_given_up",
    "test_the_body_is_as_long_as_content_length_says_and_the_rest_is_noise",
    "test_65535_octets_are_read_and_one_more_is_above_the_limit",
    "test_tags_and_unknown_headers_of_kilobytes_are_read",  # its printf knows widths up to 255
    "test_a_million_times_a_is_hashed_in_uneven_pieces",  # counts to a million by size_t
)

TARGETS = (
    Target("x86-64 gcc", "gcc", ("gcc", "libc6-dev"), quick=True),
    Target("x86-64 clang", "clang", ("clang",)),
    Target("x86-64 musl", "musl-gcc", ("musl-tools",), links=("-static",)),
    Target("i386", "gcc", ("gcc", "gcc-12-multilib"), quick=True,
           machine=("-m32", "-idirafter", "/usr/include/x86_64-linux-gnu")),
    # The board has 16 KB; a chip of the same core with more would do.
    cortex("Cortex-M0", "cortex-m0", "microbit", more=(
        "-global", "nrf51-soc.flash-size=0x400000", "-global", "nrf51-soc.sram-size=0x400000")),
    cortex("Cortex-M4", "cortex-m4", "mps2-an386", quick=True),
    cortex("Cortex-M7", "cortex-m7", "mps2-an500"),
    cortex("Cortex-M33", "cortex-m33", "mps2-an505", flash=0x10000000, ram=0x38000000),
    Target("RV32", "riscv64-unknown-elf-gcc",
           ("gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf", "qemu-system-misc"),
           machine=(SPECS, "-march=rv32imac", "-mabi=ilp32"), binutils="riscv64-unknown-elf-",
           links=PICOLIBC + memory(0x80000000, 0x400000, 0x80400000, 0x400000, 0x20000),
           runs=("qemu-system-riscv32", "-M", "virt", "-bios", "none", *SEMIHOSTED, "-kernel")),
    cross("mips, big-endian", "mips-linux-gnu-gcc", "libc6-dev-mips-cross", "qemu-mips", quick=True),
    cross("s390x, big-endian", "s390x-linux-gnu-gcc", "libc6-dev-s390x-cross", "qemu-s390x"),
    Target("AVR, 16-bit int", "avr-gcc", ("gcc-avr", "avr-libc", "simavr"),
           machine=("-mmcu=atmega1284p",),
           # Its gcc is an old one, and sizes of 16 bits are within limits of 65535.
           warnings=("-Wno-maybe-uninitialized", "-Wno-type-limits"), suites=AVR_SUITES,
           beyond=AVR_BEYOND, shared=("line", "sent", "stun_message", "support", "zone"), tests_level="-Os",
           links=("-Wl,--wrap=malloc",), port=("avr.c",), binutils="avr-",
           runs=("simavr", "-m", "atmega1284p", "-f", "16000000")),
    Target("Windows", "x86_64-w64-mingw32-gcc-win32", ("gcc-mingw-w64-x86-64-win32", "wine", "wine64"),
           links=("-static",), runs=("/usr/lib/wine/wine64",), environment={"WINEDEBUG": "-all"}),
)

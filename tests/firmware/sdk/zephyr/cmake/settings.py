"""prj.conf, read by Kconfig as Zephyr does: settings.py CONF[;CONF] MODULE...  Settings that Zephyr knows and the
example uses are declared in the Kconfig beside this; those that are unknown, or do not get their value, are an
error.
"""
import pathlib
import sys

import kconfiglib

HERE = pathlib.Path(__file__).resolve().parent
confs, modules = [pathlib.Path(name) for name in sys.argv[1].split(";") if name], sys.argv[2:]
root = "".join(f'source "{module}/zephyr/Kconfig"\n' for module in modules)
place = HERE.joinpath("Kconfig").read_text() + root
path = pathlib.Path("Kconfig.all")
path.write_text(place)
settings = kconfiglib.Kconfig(str(path), warn_to_stderr=False)
settings.warn_assign_undef = True
for conf in confs:
    settings.load_config(str(conf), replace=False)
if settings.warnings:
    sys.exit("\n".join(settings.warnings))
for line in "".join(conf.read_text() for conf in confs).splitlines():
    name, _, value = line.partition("=")
    if value and settings.syms[name.removeprefix("CONFIG_")].str_value != value:
        sys.exit(f"{name} does not get the value {value}")
print("\n".join(f"CONFIG_{symbol.name}=y" for symbol in settings.unique_defined_syms if symbol.str_value == "y"))

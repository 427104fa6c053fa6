"""Runs the hardware tests in a virtual machine with a stock Debian kernel, so that drivers meet real devices' drivers.

Called by ``./run hil``: in full; ``./run hil short`` plays less of the same, and ``./run hil record`` records anew what
keyboards send, for the ordinary suite. Other arguments go to pytest. QEMU emulates the processor, so no rights and no
hardware are needed. The machine sees this computer's files read-only, boots into the same Python, plugs USB devices
into itself (the kernel's own gadgets, uinput, uhid, a test camera), has others plugged in from outside
(:mod:`hil_cables`) and runs ``tests/hil``. Only the kernel is fetched, with apt, once.
"""

from __future__ import annotations

import os
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hil_cables import Cables

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scanner-hil"
SILENT_S_MAX = 900
"""The machine's console says something at least so often, seconds; else it hangs."""

RECORDINGS = ROOT / "tests" / "drivers" / "usb" / "recordings"
SHORT = {"SCANNER_HIL_CODES": "100", "SCANNER_HIL_CYCLES": "5"}
MODULES_FOR_ROOT = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
MODULES = (
    *(
        "usbhid",
        "hid-generic",
        "evdev",
        "xhci-pci",
        "ftdi_sio",
        "uinput",
        "uhid",
        "cdc-acm",
        "dummy_hcd",
        "libcomposite",
        "usb_f_hid",
    ),
    *("usb_f_acm", "vivid"),
)
PASSED = ("SCANNER_HIL_CODES", "SCANNER_HIL_CYCLES")
"""Settings of the tests that go into the machine."""

STATUS = re.compile(rb"HIL-STATUS (\d+)")
PACKAGES = {"qemu-system-x86_64": "qemu-system-x86", "busybox": "busybox-static", "dpkg-deb": "dpkg"}

INIT = """#!/bin/busybox sh
/bin/busybox mkdir -p /proc /sys /dev /host /up /whole
export PATH=/bin
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs dev /dev
for m in ROOT_MODULES; do busybox modprobe $m || echo "HIL no module $m"; done
busybox mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=262144,cache=loose,posixacl host /host
busybox mount -t tmpfs tmpfs /up
busybox mkdir -p /up/files /up/work
busybox mount -t overlay -o lowerdir=/host,upperdir=/up/files,workdir=/up/work overlay /whole
busybox mkdir -p /lib
busybox rm -rf /lib/modules
busybox ln -s /wholeMODULES_FOLDER /lib/modules
for m in USB_MODULES; do busybox modprobe $m || echo "HIL no module $m"; done
for m in proc sys dev; do busybox mount -o bind /$m /whole/$m; done
for m in tmp run; do busybox mount -t tmpfs tmpfs /whole/$m; done
busybox mount -t configfs configfs /whole/sys/kernel/config
busybox ip link set lo up
busybox chroot /whole /bin/sh -s </command
echo "HIL-STATUS $?"
busybox poweroff -f
"""


class CannotRun(Exception):
    """Why not, and what to type, in one sentence."""


def kernel() -> tuple[Path, Path]:
    """The kernel and its folder of modules; fetched and unpacked once. Raises :class:`CannotRun`."""
    missing = [package for tool, package in PACKAGES.items() if shutil.which(tool) is None]
    if missing:
        raise CannotRun(f"{', '.join(missing)} is missing; run: sudo apt-get install -y {' '.join(missing)}")
    if not list(CACHE.glob("kernel/boot/vmlinuz-*")):
        CACHE.mkdir(parents=True, exist_ok=True)
        said = subprocess.run(
            ["apt-cache", "depends", "linux-image-amd64"], capture_output=True, text=True, check=False
        ).stdout
        name = re.search(r"linux-image-\S*-amd64", said.partition("Depends:")[2])
        if name is None:
            raise CannotRun(
                "apt knows no linux-image-amd64; it needs Debian's package lists: sudo apt-get update"
            )
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            fetched = subprocess.run(
                ["apt-get", "download", name[0]], cwd=folder, capture_output=True, text=True, check=False
            )
            if fetched.returncode:
                raise CannotRun(f"{name[0]} could not be fetched: {fetched.stderr.strip()[-200:]}")
            (package,) = Path(folder).glob("*.deb")
            unpacked = Path(folder) / "kernel"
            subprocess.run(["dpkg-deb", "-x", str(package), str(unpacked)], check=True)
            (modules,) = (unpacked / "lib" / "modules").iterdir()
            subprocess.run(["/sbin/depmod", "-b", str(unpacked), modules.name], check=True)
            shutil.rmtree(CACHE / "kernel", ignore_errors=True)
            unpacked.rename(CACHE / "kernel")
    (image,) = (CACHE / "kernel" / "boot").glob("vmlinuz-*")
    (modules,) = (CACHE / "kernel" / "lib" / "modules").iterdir()
    return image, modules


def first_files(modules: Path, command: str) -> dict[str, tuple[int, bytes]]:
    """What the machine starts with: busybox, the modules that reach our files, and the script that goes on."""
    busybox = Path(shutil.which("busybox") or "/bin/busybox")
    files = {"bin/busybox": (0o100755, busybox.read_bytes())}
    inside = f"lib/modules/{modules.name}"
    depends = {
        line.partition(":")[0]: line.partition(":")[2].split()
        for line in (modules / "modules.dep").read_text().splitlines()
    }
    by_name = {Path(path).name.split(".")[0].replace("-", "_"): path for path in depends}
    wanted = [
        by_name[name.replace("-", "_")] for name in MODULES_FOR_ROOT if name.replace("-", "_") in by_name
    ]
    for path in {path for one in wanted for path in (one, *depends[one])}:
        files[f"{inside}/{path}"] = (0o100644, (modules / path).read_bytes())
    for index in ("modules.dep", "modules.order", "modules.builtin", "modules.alias", "modules.symbols"):
        if (modules / index).exists():
            files[f"{inside}/{index}"] = (0o100644, (modules / index).read_bytes())
    script = INIT
    for place, text in (
        ("ROOT_MODULES", " ".join(MODULES_FOR_ROOT)),
        ("MODULES_FOLDER", str(modules.parent)),
        ("USB_MODULES", " ".join(MODULES)),
    ):
        script = script.replace(place, text)
    files["command"] = (0o100644, command.encode())
    files["init"] = (0o100755, script.encode())
    return files


def archive(files: dict[str, tuple[int, bytes]]) -> bytes:
    """A cpio archive as the kernel unpacks it (``newc``)."""
    folders = {str(parent) for name in files for parent in Path(name).parents if str(parent) != "."}
    entries = [(name, 0o40755, b"") for name in sorted(folders)]
    entries += [(name, mode, data) for name, (mode, data) in files.items()]
    out = bytearray()
    for number, (name, mode, data) in enumerate([*entries, ("TRAILER!!!", 0, b"")], 1):
        fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        out += b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        out += b"\0" * (-len(out) % 4)
        out += data
        out += b"\0" * (-len(out) % 4)
    return bytes(out)


def run(arguments: list[str]) -> int:
    """Boot, run the tests, and give back their exit status. Raises :class:`CannotRun`."""
    image, modules = kernel()
    what, settings = "tests/hil", {name: os.environ[name] for name in PASSED if name in os.environ}
    if arguments[:1] == ["short"]:
        settings, arguments = SHORT | settings, arguments[1:]
    elif arguments[:1] == ["record"]:
        what, arguments = "tests/hil/record_layouts.py", arguments[1:]
    settings |= {"SCANNER_HIL": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    tests = [sys.executable, "-m", "pytest", what, "-p", "no:cacheprovider", "-n", "0", *arguments]
    said = shlex.join([*(f"{name}={value}" for name, value in settings.items()), *tests])
    command = f"cd {shlex.quote(str(ROOT))} && env HOME=/tmp {said} </dev/null\n"
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "start.cpio"
        start.write_bytes(archive(first_files(modules, command)))
        cables = Cables(Path(folder), RECORDINGS)
        machine = [
            *("qemu-system-x86_64", "-M", "pc", "-accel", "tcg", "-cpu", "max", "-m", "1536", "-nographic"),
            *("-no-reboot", "-nodefaults", "-serial", "stdio", "-kernel", str(image), "-initrd", str(start)),
            *("-append", "console=ttyS0 quiet panic=-1 loglevel=3 tsc=unstable"),
            *("-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"),
            *("-device", "virtio-9p-pci,fsdev=host,mount_tag=host"),
            *cables.arguments,
        ]
        status = _watched(machine, cables)
    if status is None:
        raise CannotRun("the virtual machine did not come to an end with the tests; its console is above")
    return status


def _watched(machine: list[str], cables: Cables) -> int | None:
    """The tests' exit status as the machine's console says it; what the console says goes on to ours."""
    status, line = None, b""
    with subprocess.Popen(machine, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        cables.hold()
        while select.select([process.stdout], [], [], SILENT_S_MAX)[0]:
            said = os.read(process.stdout.fileno(), 4096)
            if not said:
                break
            *whole, line = (line + said).split(b"\n")
            for found in filter(None, (STATUS.fullmatch(one.strip()) for one in whole)):
                status = int(found[1])
            sys.stdout.buffer.write(said)
            sys.stdout.flush()
        process.kill()  # off already, unless it hung
    return status


if __name__ == "__main__":
    try:
        sys.exit(run(sys.argv[1:]))
    except CannotRun as error:
        sys.stderr.write(f"The hardware-in-the-loop suite cannot run here: {error}\n")
        sys.exit(2)

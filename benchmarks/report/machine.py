"""Where it was measured."""
import os
import pathlib
import platform
import re
import shutil
import subprocess


def first_line_of(command):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return ""


def processor():
    names = re.findall(r"^model name\s*: (.+)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return names[0] if names else platform.machine()


def compiler(root, preset):
    cache = (root / f"build/{preset}/CMakeCache.txt").read_text()
    [path] = re.findall(r"^CMAKE_CXX_COMPILER:\w+=(.+)$", cache, re.MULTILINE)[:1]
    return first_line_of([path, "--version"])


def tbb_version():
    header = pathlib.Path("/usr/include/oneapi/tbb/version.h")
    if not header.exists():
        return "oneTBB"
    text = header.read_text()
    major, minor = (re.search(rf"#define TBB_VERSION_{part} (\d+)", text) for part in ("MAJOR", "MINOR"))
    return f"oneTBB {major[1]}.{minor[1]}" if major and minor else "oneTBB"


def go_version():
    if not shutil.which("go"):
        return ""
    found = re.search(r"go(\d[\d.]*)", first_line_of(["go", "version"]))
    return f"Go {found[1]}" if found else ""


def describe(root, preset="bench"):
    """One sentence. The load is that before anything is measured."""
    cores = len(os.sched_getaffinity(0))
    parts = [f"{cores} virtual cores of {processor()}", compiler(root, preset), tbb_version(), go_version()]
    load = os.getloadavg()[0]
    idle = "idle" if load < 0.3 * cores else f"busy with other things (load {load:.1f}), so that times are upper bounds"
    return ", ".join(part for part in parts if part) + f"; the machine was {idle}"

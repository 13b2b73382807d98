#!/usr/bin/env python3
"""Fails when a file includes what its folder may not (docs/architecture.md, the table of folders).

check_layers.py ROOT        check the tree
check_layers.py --self-test check that a forbidden include is found
"""
import pathlib
import re
import sys
import tempfile

# Folder -> folders of ours it may include beside itself, and libraries by the first part of their include path.
# The longest matching folder counts.
ALL_AGENT = ["agent/" + f for f in "core io config acquire rules codec outbox uplink control plugin assembly".split()]
LAYERS = {
    "agent/core": ([], []),
    "agent/io": (["agent/core"], ["mosquitto.h"]),
    "agent/config": (["agent/core"], ["toml++"]),
    "agent/acquire": (["agent/core"], []),
    "agent/rules": (["agent/core"], ["fmt"]),
    "agent/codec": (["agent/core", "afferent/v1"], ["google/protobuf"]),
    "agent/outbox": (["agent/core"], ["sqlite3.h"]),
    "agent/uplink": (["agent/core", "agent/outbox"], ["MQTTAsync.h", "MQTTProperties.h", "MQTTReasonCodes.h", "openssl"]),
    "agent/control": (["agent/core", "afferent/v1"], ["google/protobuf"]),
    "agent/plugin": (["agent/core"], ["dlfcn.h"]),
    "agent/assembly": (["agent/core", "agent/config", "agent/rules", "agent/plugin"], []),
    "agent/app": (ALL_AGENT + ["drivers"], ["spdlog", "systemd", "CLI"]),
    "drivers": (["agent/core", "drivers"], []),
    "drivers/common": (["agent/core"], []),
    "drivers/wmbus": (["agent/core", "drivers/common"], ["openssl"]),
    "tools": (ALL_AGENT + ["drivers", "tools", "afferent/v1"], ["CLI", "fmt", "nlohmann", "mqtt", "MQTTAsync.h", "benchmark", "google/protobuf", "duktape.h", "seccomp.h"]),
    "tests": (ALL_AGENT + ["agent/app", "drivers", "tools", "tests", "afferent/v1"],
              ["doctest", "nlohmann", "sqlite3.h", "mqtt", "MQTTAsync.h", "modbus", "google/protobuf", "mosquitto.h"]),
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
# Headers of Linux and POSIX: allowed everywhere but in the pure folders, which may use the C++ standard library only, and of
# that no header that is there for files or threads.
SYSTEM = re.compile(r"^(sys|linux|netinet|arpa|asm|net)/|^(stdlib|unistd|fcntl|poll|termios|signal|time|netdb|pty|pthread|sched|errno|ftw|link|malloc|spawn)\.h$")
IMPURE = {"filesystem", "future", "fstream", "iostream", "thread"}
READS_A_FILE = "agent/core/first_line.cpp"  # secrets are files of one line, for drivers too
PURE = ("agent/core", "agent/rules", "agent/acquire", "agent/codec", "drivers")


def layer_of(path):
    fits = [f for f in LAYERS if path == f or path.startswith(f + "/")]
    return max(fits, key=len) if fits else None


def fault(path, bracket, include):
    layer = layer_of(path)
    if layer is None:
        return None
    ours, libraries = LAYERS[layer]
    if re.match(r"(agent|drivers|tools|tests|afferent/v1)/", include):
        own = re.match(r"drivers/[^/]+/", path) if layer == "drivers" else None
        if own and include.startswith("drivers/") and not include.startswith(("drivers/common/", own.group(0))):
            return f"a driver may not include another driver: {include}"
        if include.startswith(layer + "/") or any(include.startswith(f + "/") for f in ours):
            return None
        return f"{layer} may not include {include}"
    if bracket == '"':
        return f"include from the root of the tree: {include}"
    if SYSTEM.match(include):
        return f"{layer} does no system calls: {include}" if layer.startswith(PURE) else None
    if any(include == lib or include.startswith(lib + "/") for lib in libraries):
        return None
    if include in IMPURE and layer.startswith(PURE) and path != READS_A_FILE:
        return f"{layer} opens no files and starts no threads: <{include}>"
    if "/" not in include and not include.endswith(".h"):
        return None  # the C++ standard library
    return f"{layer} may not include <{include}>"


def check(root):
    faults = []
    for folder in ("agent", "drivers", "tools", "tests"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in (".h", ".cpp"):
                continue
            path = file.relative_to(root).as_posix()
            for number, line in enumerate(file.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                why = match and fault(path, match.group(1), match.group(2))
                if why:
                    faults.append(f"{path}:{number}: {why}")
    return faults


def self_test():
    cases = {
        "agent/rules/a.cpp": ('#include "agent/outbox/store.h"', True),
        "agent/core/a.h": ("#include <spdlog/spdlog.h>", True),
        "agent/acquire/a.cpp": ("#include <unistd.h>", True),
        "drivers/modbus/a.cpp": ('#include "drivers/cjt188/cjt188.h"', True),
        "drivers/modbus/b.cpp": ('#include "drivers/common/crc.h"', False),
        "drivers/gpio/a.cpp": ("#include <fstream>", True),
        "agent/codec/a.cpp": ("#include <google/protobuf/a.pb.h>", False),
        "agent/config/a.cpp": ("#include <google/protobuf/a.pb.h>", True),
        "agent/outbox/a.cpp": ("#include <sqlite3.h>", False),
        "agent/io/a.cpp": ("#include <sys/epoll.h>", False),
    }
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, (line, _) in cases.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(line + "\n")
        found = {fault.split(":")[0] for fault in check(root)}
    expected = {path for path, (_, wrong) in cases.items() if wrong}
    return [] if found == expected else [f"self-test: found {sorted(found)}, expected {sorted(expected)}"]


if __name__ == "__main__":
    result = self_test() if sys.argv[1:] == ["--self-test"] else self_test() + check(pathlib.Path(sys.argv[1]))
    print("\n".join(result) or "layers: ok")
    sys.exit(bool(result))

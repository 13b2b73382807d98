#!/usr/bin/env python3
"""Seeds for the fuzz targets: fuzz_seeds.py FOLDER writes FOLDER/fuzz_<x>/ from the golden frames of the drivers.

Of a line of frames.txt each run of at least eight hexadecimal digits between bars is a seed, for the driver's own target and
for those that are named after a part of it (fuzz_mbus_records takes the frames of mbus)."""
import hashlib
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEX = re.compile(r"^(?:[0-9A-Fa-f]{2}\s*){4,}$")
# Targets that read something else than frames.
OTHERS = {"fuzz_config": ["docs/afferent.toml", "tools/demo/agent.toml"]}
# ... and what stands in no file here.
TEXTS = {"fuzz_tables": [
    b"tag,cylinder,owner,standard,capacity_kg,made,filled,inspected,status\n"
    b"33AA,C-1,\"Hu, Li\",GB 5842-2006,14.5,2020-02-29,2026-01-05,2024-05-31,in use\n33bb,C-2,,,50,,,,stolen\n",
    b"\xef\xbb\xbfid,latitude,longitude\r\ncam-1,31.2,121.4\r\n# old\r\n\"cam \"\"2\"\"\",-90,180\r\n"]}


def frames(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        for cell in line.split("|"):
            for part in re.split(r"[,;]", cell):
                if HEX.match(part.strip()):
                    yield bytes.fromhex("".join(part.split()))


def write(folder, seeds):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (folder / hashlib.sha1(seed).hexdigest()).write_bytes(seed)


def main():
    target = pathlib.Path(sys.argv[1])
    drivers = {path.parent.name: list(frames(path)) for path in ROOT.glob("drivers/*/frames.txt")}
    for source in [*ROOT.glob("drivers/*/fuzz_*.cpp"), *ROOT.glob("tools/*/fuzz_*.cpp"), *ROOT.glob("tests/**/fuzz_*.cpp")]:
        name = source.stem
        seeds = [seed for driver, found in drivers.items() if name[5:].startswith(driver) for seed in found]
        seeds += [(ROOT / path).read_bytes() for path in OTHERS.get(name, []) if (ROOT / path).exists()]
        write(target / name, seeds + TEXTS.get(name, []))


if __name__ == "__main__":
    main()

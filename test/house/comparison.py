#!/usr/bin/python3
"""Holds the comparison page against its record (bench/comparison.py check), and the check against faults planted for it.

comparison.py TOP WORK
"""

import pathlib
import re
import shutil
import subprocess
import sys

top, work = map(pathlib.Path, sys.argv[1:])
files = ["bench/comparison.json", "doc/comparison.md", "doc/picture/comparison.svg"]


def check(at):
    done = subprocess.run(
        [sys.executable, top / "bench" / "comparison.py", "check", at], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    return done.returncode == 0, done.stdout


good, said = check(top)
print(said)
if not good:
    sys.exit(1)


def changed(pattern, replacement):
    def change(text):
        result, count = re.subn(pattern, replacement, text, count=1)
        if count != 1 or result == text:
            sys.exit(f"nothing to plant a fault in: {pattern}")
        return result

    return change


faults = {
    "a figure of the page": (files[1], changed(r"(\n\| Rosenbrock 8, gradient \|[^\n]*)\d( \|)", r"\g<1>\g<1>\2")),
    "a row that is missing": (files[1], changed(r"\n\| Rosenbrock 8, gradient \|[^\n]*", "")),
    "another date": (files[1], changed(r"(\| date \| )\d", r"\g<1>3")),
    "a picture that is cut off": (files[2], lambda text: text[: len(text) // 2]),
    "a dot that is missing": (files[2], changed(r"<circle.*?</circle>\n", "")),
    "a record that was changed": (files[0], changed(r'("Rosenbrock 8, gradient",\s*)\d', r"\g<1>9")),
}
for what, (file, plant) in faults.items():
    shutil.rmtree(work, ignore_errors=True)
    for name in files:
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(top / name, work / name)
    (work / file).write_text(plant((work / file).read_text()))
    if check(work)[0]:
        sys.exit(f"not found: {what}")
    print(f"found: {what}")

#!/usr/bin/env python3
"""Flips one sign in `first` or `second` of each rule and shows that the laws find it, in every mode that reads it.

  mutate.py SOURCE WORK JOBS [--rules tanh,pow] [--every N] -- compiler flags...

Each mutant is a copy of one header of include/duet/math with one change: a binary + that is a -, or the reverse; a unary
minus that is gone; a returned number, or one of several, with the other sign. It is compiled for its rule alone
(modes.cpp) and run at the points of the laws (expected.cpp). A mode reads what was changed if it computes something
else there than without the change; it kills the mutant if a law that held there fails. The run succeeds if every mode
that reads a mutant kills it, and every mutant is killed by some mode.
"""

import argparse
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys

# Functions that several rules call for their derivatives, each with a rule to show it by.
HELPERS = {"power_slope": "pow_fixed_exponent", "power_curvature": "pow_fixed_exponent",
           "exp_minus_square": "erf", "shifted_exp": "log_sum_exp"}

# Of what no mode reads in the machine's numbers, it is asked in numbers of many digits too.
SCALARS = [[], ["-DDUET_MUTATED_DIGITS=50"]]


def matching(text, at):
    """The place of the bracket that closes the one at `at`."""
    depth = 0
    for i in range(at, len(text)):
        depth += text[i] in "([{"
        depth -= text[i] in ")]}"
        if depth == 0:
            return i
    raise ValueError("unbalanced")


def blanked(text):
    """The text with comments as spaces, all places kept."""
    return re.sub(r"//[^\n]*", lambda m: " " * len(m.group()), text)


def entries(text, begin, end):
    """The places of what commas at the top level divide."""
    found, depth, start = [], 0, begin
    for i in range(begin, end):
        depth += text[i] in "([{"
        depth -= text[i] in ")]}"
        if text[i] == "," and depth == 0:
            found.append((start, i))
            start = i + 1
    return found + [(start, end)]


def negated(text, begin, end):
    entry = text[begin:end]
    bare = entry.strip()
    if bare in ("zero{}", "") or bare.startswith(("second(", "partials")):
        return None
    if bare == "one{}":
        return "minus_one{}"
    if bare == "minus_one{}":
        return "one{}"
    return "-(" + bare + ")"


def mutations_of(text, begin, end):
    """(begin, end, replacement) for every sign between two places."""
    for m in re.finditer(r"return\b", text[begin:end]):
        first = begin + m.end()
        last = first
        while text[last] != ";":
            last = matching(text, last) + 1 if text[last] in "([{" else last + 1
        expression = text[first:last]
        if re.match(r"\s*partials\s*{", expression):
            brace = text.index("{", first)
            parts = entries(text, brace + 1, matching(text, brace))
        else:
            parts = [(first, last)]
        for p in parts:
            replacement = negated(text, *p)
            if replacement:
                yield p[0], p[1], " " + replacement
    i = begin
    while i < end:
        c = text[i]
        if c in "+-" and text[i + 1] not in "+->=" and text[i - 1] not in "+-eE":
            before = text[begin:i].rstrip()
            binary = before and (before[-1].isalnum() or before[-1] in "_)]}") and not before.endswith("return")
            if binary:
                yield i, i + 1, "-" if c == "+" else "+"
            elif c == "-" and not before.endswith(("<", ">", "=")):  # a bound, not a formula
                yield i, i + 1, " "
        i += 1


def functions_of(text):
    """(rule to show it by, name, begin, end) of every body that states derivatives."""
    structs = []
    for m in re.finditer(r"^struct (\w+)[^;{]*{", text, re.M):
        structs.append((m.group(1), m.start(), matching(text, m.end() - 1)))
    for m in re.finditer(r"auto (first|second)\(", text):
        brace = text.index("{", matching(text, m.end() - 1))
        owner = [s for s in structs if s[1] < m.start() < s[2]]
        if owner and owner[-1][0] not in ("two_pieces", "step_function"):
            yield owner[-1][0], m.group(1), brace, matching(text, brace)
    for name, rule in HELPERS.items():
        for m in re.finditer(r"auto " + name + r"\(", text):
            brace = text.index("{", matching(text, m.end() - 1))
            yield rule, name, brace, matching(text, brace)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


class mutant:
    def __init__(self, header, text, rule, function, begin, end, replacement):
        self.header, self.rule, self.function = header, rule, function
        self.text = text[:begin] + replacement + text[end:]
        self.where = f"{header}:{line_of(text, begin)}"
        line_begin = text.rfind("\n", 0, begin) + 1
        line_end = text.find("\n", end)
        self.line = " ".join((text[line_begin:begin] + replacement + text[end:line_end]).split())


def all_mutants(folder):
    for header in sorted(os.listdir(folder)):
        with open(os.path.join(folder, header)) as file:
            text = file.read()
        plain = blanked(text)
        for rule, function, begin, end in functions_of(plain):
            for m in mutations_of(plain, begin, end):
                yield mutant(header, text, rule, function, *m)


class laboratory:
    def __init__(self, source, work, command):
        self.source, self.work, self.command = source, work, command
        self.baselines = {}
        os.makedirs(work, exist_ok=True)
        expected = os.path.join(work, "expected")
        self.compile(os.path.join(source, "test/mutation/expected.cpp"), expected, ["-O1"])
        table = subprocess.run([expected], check=True, capture_output=True, text=True).stdout
        self.points = {}
        for line in table.splitlines():
            self.points.setdefault(line.split()[0], []).append(line)

    def compile(self, file, program, more):
        subprocess.run(self.command[:1] + more + self.command[1:] + [file, "-o", program], check=True,
                       capture_output=True)

    def observed(self, rule, name, scalar, include=None):
        """(mode, verdict, numbers) of each mode and point, None if it does not compile."""
        program = os.path.join(self.work, name)
        try:
            more = ["-O0", f"-DDUET_MUTATED_RULE={rule}"] + scalar + ([f"-I{include}"] if include else [])
            self.compile(os.path.join(self.source, "test/mutation/modes.cpp"), program, more)
        except subprocess.CalledProcessError as error:
            if include is None:
                sys.exit(error.stderr.decode())
            return None
        try:
            run = subprocess.run([program], input="\n".join(self.points[rule]) + "\n", capture_output=True, text=True,
                                 timeout=60)
        finally:
            os.remove(program)
        return [line.split(" ", 2) for line in run.stdout.splitlines()]

    def baseline(self, rule, scalar):
        key = (rule, *scalar)
        if key in self.baselines:
            return self.baselines[key]
        self.baselines[key] = self.observed(rule, f"baseline_{rule}", scalar)
        points = {}
        for mode, verdict, _ in self.baselines[key]:
            points.setdefault(mode, []).append(verdict == "holds")
        weak = [mode for mode, held in points.items() if sum(held) * 2 < len(held)]
        if weak:
            sys.exit(f"{rule}: without any change the laws fail at most points in {', '.join(weak)}")
        return self.baselines[key]

    def judge(self, number, m):
        """The modes that read the mutant, and those of them that kill it."""
        folder = os.path.join(self.work, f"mutant_{number}")
        headers = os.path.join(folder, "duet/math")
        os.makedirs(headers, exist_ok=True)
        with open(os.path.join(headers, m.header), "w") as file:
            file.write(m.text)
        reading, killing = set(), set()
        for scalar in SCALARS:
            before = self.baseline(m.rule, scalar)
            after = self.observed(m.rule, f"program_{number}", scalar, folder)
            if after is None:
                reading, killing = None, None
                break
            if len(after) != len(before):
                reading, killing = {"all"}, {"all"}  # it does not even come to its end
                break
            for (mode, held, number_before), (_, holds, number_after) in zip(before, after):
                if held == "holds" and holds == "fails":
                    killing.add(mode)
                if number_before != number_after or mode in killing:
                    reading.add(mode)
            if reading:
                break
        shutil.rmtree(folder)
        return reading, killing


def main():
    if "--" not in sys.argv:
        sys.exit(__doc__)
    split = sys.argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("source")
    parser.add_argument("work")
    parser.add_argument("jobs", type=int)
    parser.add_argument("--rules", default="")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args(sys.argv[1:split])
    mutants = list(all_mutants(os.path.join(options.source, "include/duet/math")))
    if options.rules:
        mutants = [m for m in mutants if m.rule in options.rules.split(",")]
    mutants = mutants[:: options.every]
    lab = laboratory(options.source, os.path.abspath(options.work), sys.argv[split + 1:])
    of_rule = {}
    for number, m in enumerate(mutants):
        of_rule.setdefault(m.rule, []).append((number, m))

    def judge_rule(rule):
        return [(m, *lab.judge(number, m)) for number, m in of_rule[rule]]

    seen, killed, invalid, survivors, by_mode = 0, 0, 0, [], {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for verdicts in pool.map(judge_rule, of_rule):
            for m, reading, killing in verdicts:
                if reading is None:
                    invalid += 1
                    print(f"does not compile: {m.where} {m.rule}::{m.function}: {m.line}", flush=True)
                    continue
                for mode in reading:
                    by_mode.setdefault(mode, [0, 0])[0] += 1
                for mode in killing:
                    by_mode.setdefault(mode, [0, 0])[1] += 1
                if killing and reading <= killing:
                    killed += 1
                    continue
                alive = sorted(reading - killing) if reading else ["every mode: none reads it"]
                survivors.append(m)
                print(f"survives in {', '.join(alive)}: {m.where} {m.rule}::{m.function}: {m.line}", flush=True)
            seen += len(verdicts)
            print(f"{verdicts[0][0].rule}: {seen} of {len(mutants)}, {killed} killed", file=sys.stderr, flush=True)
    compiled = len(mutants) - invalid
    print(f"{compiled} mutants of {len({m.rule for m in mutants})} rules, {killed} killed in every mode "
          f"that reads them; {invalid} more do not compile")
    for mode, (read, dead) in sorted(by_mode.items()):
        print(f"  {mode}: reads {read}, kills {dead}")
    sys.exit(1 if survivors else 0)


main()

#!/usr/bin/python3
"""The comparison page: runs the benches that set Duet beside other libraries and code written by hand, keeps what they print in
bench/comparison.json, and makes doc/comparison.md and doc/picture/comparison.svg of it.

  comparison.py run FOLDER [COMMAND]   runs the benches in FOLDER (COMMAND: how the page says to repeat it), writes all three
  comparison.py write                  writes page and picture anew from the record
  comparison.py check [TOP]            fails unless page and picture (of the repository TOP) say what the record says
"""

import datetime
import json
import math
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml

# Programs with a table of rivals: what the table is called on the page.
rival_benches = {
    "rival": "Forward mode: gradients, Jacobians and Hessians",
    "rival_reverse": "Reverse mode: gradients in scalar loops",
    "rival_sparse": "Sparse Jacobians",
    "rival_training": "Training steps, Eigen's own products",
    "rival_training_blas": "Training steps, products of a BLAS",
    "rival_solver": "A solver end to end",
}
# Programs that compare Duet with code written by hand alone.
hand_benches = {
    "gradient": "Gradients by the drivers, over those by hand",
    "jacobian": "Jacobians by the drivers, over those by hand",
    "hessian": "Hessians by the drivers, over those by hand",
    "reverse": "Reverse mode in scalar loops and in the structural form, over adjoints by hand",
}


# ---- what the benches print ----


def number(text):
    return None if text == "-" else float(text)


def setting_of(lines):
    match = re.match(r"compiler: (.*?), flags: *(.*?), vectors of (\d+) bytes", lines[0])
    if not match:
        sys.exit(f"this is not how a bench begins: {lines[0]}")
    return {"compiler": match[1], "flags": match[2], "vector bytes": int(match[3])}


def notes_of(lines, names):
    """What is said of libraries: their names at the beginning of a line after the table."""
    notes = {}
    for line in lines:
        for name in names:
            match = re.match(re.escape(name) + r" +(\S.*)", line)
            if match and not re.search(r"\d\s*$", line):
                notes[name] = match[1]
    return notes


def skipped_of(lines):
    return [line.split(": ", 1)[1] for line in lines if line.startswith("Not found, therefore not in the table: ")]


def rival_table(lines):
    """The table of rival/table.cpp: a name of 29 characters, then columns of 15; nanoseconds by hand, ratios to them."""
    head = next(i for i, line in enumerate(lines) if line.startswith("Time over that by hand"))
    columns = re.findall(r".{15}", lines[head][29:])
    columns = [c.strip() for c in columns]
    rows = []
    for line in lines[head + 2 :]:
        if not line.strip():
            break
        values = [number(v) for v in line[29:].split()]
        if len(values) != len(columns):
            sys.exit(f"{len(values)} figures for {len(columns)} columns: {line}")
        rows.append([line[:29].strip(), *values])
    return {"columns": columns, "rows": rows, "notes": notes_of(lines[head + 2 + len(rows) :], columns), "skipped": skipped_of(lines)}


def sparse_table(lines):
    """Milliseconds of each library, then the ratios to the first: made nanoseconds and ratios, in the form of the others."""
    head = next(i for i, line in enumerate(lines) if line.rstrip().endswith("ratio"))
    columns = re.findall(r"(\S+) ms", lines[head])
    rows = []
    for line in lines[head + 1 :]:
        if not line.strip():
            break
        values = [float(v) for v in line[40:].split()]
        ratios = values[len(columns) :]
        rows.append([line[:40].strip(), values[0] * 1e6, *ratios])
    return {"columns": columns, "rows": rows, "notes": notes_of(lines[head + 1 + len(rows) :], columns), "skipped": skipped_of(lines)}


def hand_table(lines):
    """Of run/interleaved.hpp: a name of 36 characters, columns of 13, and under them their units; or of run/reverse.cpp."""
    for i, line in enumerate(lines):
        if re.match(r" {36}.*\bns\b", line):
            columns = [c.strip() for c in re.findall(r".{13}", lines[i - 1][36:])]
            units = [c.strip() for c in re.findall(r".{13}", line[36:])]
            rows = []
            for row in lines[i + 1 :]:
                match = re.match(r"(\S.*?)" + r" +([\d.]+|inf)" * len(columns) + "$", row)  # long names push the figures
                if not match:
                    break
                rows.append([match[1], *map(float, match.groups()[1:])])
            return {"columns": [f"{c}, {u}" for c, u in zip(columns, units)], "rows": rows}
    rows = []
    for line in lines:
        match = re.match(r"(\S.*?) +([\d.]+)" + r" +([\d.]+)\| *[\d.]+" * 5 + " ", line)
        if match:
            rows.append([match[1], float(match[2]) * 1e3, *map(float, match.groups()[3:])])
    return {"columns": ["hand, ns", "recording, / hand", "sweep, / hand", "both, / hand", "evaluation and bytes of tape, / hand"], "rows": rows}


def run(folder, command):
    record = {"date": datetime.date.today().isoformat(), "processor": processor(), "command": command, "rivals": [], "hand": [], "missing": []}
    for benches, into in ((rival_benches, "rivals"), (hand_benches, "hand")):
        for name, title in benches.items():
            program = folder / f"bench_{name}"
            if not program.exists():
                record["missing"].append(title)
                continue
            print(program, flush=True)
            done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True)
            lines = done.stdout.splitlines()
            record["setting"] = setting_of(lines)
            parse = hand_table if into == "hand" else sparse_table if name == "rival_sparse" else rival_table
            table = parse(lines)
            if not table["rows"]:
                sys.exit(f"bench_{name} printed no table that could be read")
            record[into].append({"program": f"bench_{name}", "title": title, **table})
    return record


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return "unknown"


# ---- what follows from it ----


def against_duet(record):
    """Of each library, and of code by hand, its time over Duet's: {library: [(table, row, ratio)]}."""
    found = {}
    for table in record["rivals"]:
        columns = table["columns"]
        duet = columns.index("Duet")
        for name, *values in table["rows"]:
            # The first column is time; the ratios are to it.
            ratio = [1.0, *values[1:]]
            for column, r in zip(columns, ratio):
                if column not in ("Duet", "function") and r is not None:
                    library = "by hand" if column == "hand" else column
                    found.setdefault(library, []).append((table["title"], name, r / ratio[duet]))
    return found


def mean(ratios):
    return math.exp(sum(math.log(r) for r in ratios) / len(ratios))


def behind(record):
    """Rows where a library is faster than Duet: (row, table, library, Duet's time over its), the worst first. Not code by hand."""
    all = {library: rows for library, rows in against_duet(record).items() if library != "by hand"}
    found = [(row, table, library, 1 / r) for library, rows in all.items() for table, row, r in rows if r < 1]
    return sorted(found, key=lambda each: -each[3])


def figure(x):
    if x is None:
        return "-"
    return f"{x:,.0f}" if x >= 1000 else f"{x:.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}"


# ---- the page ----


def markdown_table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def page(record):
    setting = record["setting"]
    found = against_duet(record)
    compared = sum(len(rows) for library, rows in found.items() if library != "by hand")
    lost = behind(record)
    text = f"""<!-- Made by bench/comparison.py from bench/comparison.json: not to be edited. -->

# Comparison

Duet beside every library that could be installed here, and beside code written by hand, on the workloads of `bench/workload`. All
candidates of a row are timed alternately in one process, and first shown to compute the same; what stands here is the median of
the rounds' ratios. Figures vary by about a tenth from run to run.

| | |
|---|---|
| date | {record["date"]} |
| processor | {record["processor"]}, vectors of {setting["vector bytes"]} bytes, one thread |
| compiler | {setting["compiler"]} |
| flags | `{setting["flags"]}` |
| made by | `{record["command"]}` |

![Time over Duet's of each library, on each workload, and the geometric mean](picture/comparison.svg)

## Time over Duet's

More than 1: Duet is faster. Of several ways to use a library the fastest counts, row by row.

"""
    rows = []
    for library, all in found.items():
        ratios = [r for _, _, r in all]
        least, most = min(all, key=lambda a: a[2]), max(all, key=lambda a: a[2])
        rows.append([library, str(len(all)), figure(mean(ratios)), f"{figure(least[2])} ({least[1]})", f"{figure(most[2])} ({most[1]})"])
    text += markdown_table(["", "rows", "geometric mean", "least", "most"], rows) + "\n\n"
    text += f"## Where Duet is behind\n\nIn {len(lost)} of {compared} comparisons with a library"
    if lost:
        text += ", by Duet's time over the library's:\n\n"
        text += markdown_table(["row", "library", "Duet's time over its"], [[f"{row} ({table})", library, figure(r)] for row, table, library, r in lost])
    else:
        text += "."
    text += "\n"
    for table in record["rivals"]:
        text += f"\n## {table['title']}\n\n`{table['program']}`: time over that of the first column, which is in nanoseconds.\n\n"
        columns = table["columns"]
        head = ["", f"{'by hand' if columns[0] == 'hand' else columns[0]}, ns", *columns[1:]]
        text += markdown_table(head, [[name, *map(figure, values)] for name, *values in table["rows"]]) + "\n\n"
        for name, note in table["notes"].items():
            text += f"- {name}: {note}\n"
        for skipped in table["skipped"]:
            text += f"- not found, therefore not here: {skipped}\n"
    for table in record["hand"]:
        text += f"\n## {table['title']}\n\n`{table['program']}`\n\n"
        text += markdown_table(["", *table["columns"]], [[name, *map(figure, values)] for name, *values in table["rows"]]) + "\n"
    if record["missing"]:
        text += "\n## Not here\n\nWhat was not built when the page was made:\n\n"
        text += "".join(f"- {title}\n" for title in record["missing"])
    return text


# ---- the picture: a row a library, a dot a workload, a bar for the geometric mean ----


def picture(record):
    found = against_duet(record)
    names = sorted(found, key=lambda library: mean([r for _, _, r in found[library]]))
    left, right, top, step = 150, 740, 66, 30
    largest = max(r for all in found.values() for _, _, r in all)
    smallest = min(r for all in found.values() for _, _, r in all)
    low, high = math.floor(math.log10(smallest)), math.ceil(math.log10(largest))

    def at(ratio):
        return left + (right - left) * (math.log10(ratio) - low) / (high - low)

    bottom = top + step * len(names)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 780 {bottom + 56}" font-family="sans-serif" font-size="13">',
        "<title>Time over Duet's</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{left}" y="26" font-size="15" font-weight="bold" fill="#202020">time over Duet\'s: a dot a workload, a bar the geometric mean</text>',
        f'<text x="{at(1) - 8:.1f}" y="50" text-anchor="end" fill="#606060">Duet is behind</text>',
        f'<text x="{at(1) + 8:.1f}" y="50" fill="#606060">Duet is ahead</text>',
    ]
    for power in range(low, high + 1):
        x = at(10.0**power)
        color = "#202020" if power == 0 else "#d0d0d0"
        label = f"{10**power}" if power >= 0 else f"1/{10**-power}"
        lines.append(f'<line x1="{x:.1f}" y1="{top - 8}" x2="{x:.1f}" y2="{bottom}" stroke="{color}"/>')
        lines.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle" fill="#606060">{label}</text>')
    for i, library in enumerate(names):
        y = top + step * i + step / 2
        lines.append(f'<text x="{left - 12}" y="{y + 4:.1f}" text-anchor="end" fill="#202020">{library}</text>')
        for _, row, r in found[library]:
            lines.append(
                f'<circle cx="{at(r):.1f}" cy="{y:.1f}" r="4" fill="{"#b2182b" if r < 1 else "#2166ac"}" fill-opacity="0.45">'
                f"<title>{row}: {figure(r)}</title></circle>"
            )
        x = at(mean([r for _, _, r in found[library]]))
        lines.append(f'<rect x="{x - 1.5:.1f}" y="{y - 10:.1f}" width="3" height="20" fill="#202020"/>')
    setting = record["setting"]
    lines.append(
        f'<text x="{left}" y="{bottom + 44}" font-size="11" fill="#606060">{record["date"]}, {record["processor"]}, '
        f"{setting['compiler']}, {setting['flags']}</text>"
    )
    return "\n".join(lines) + "\n</svg>\n"


# ---- the check: read back what page and picture say, by other means than they were written ----


def check(top):
    faults = []
    record = json.loads((top / "bench" / "comparison.json").read_text())
    text = (top / "doc" / "comparison.md").read_text()
    for what in (record["date"], record["processor"], record["command"], record["setting"]["compiler"], record["setting"]["flags"]):
        if not what or what not in text:
            faults.append(f"the page does not say: {what!r}")
    tables = {}
    title = None
    for line in text.splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("| ") or line.startswith("|---"):
            tables.setdefault(title, []).append([cell.strip() for cell in line.strip("|").split("|")])
    for title, rows in tables.items():
        if len({len(row) for row in rows}) != 1:
            faults.append(f"{title}: rows of different lengths")

    def same(shown, value):
        if value is None:
            return shown == "-"
        shown = float(shown.replace(",", ""))
        return abs(shown - value) <= 0.0051 * max(1, abs(value))

    for table in record["rivals"] + record["hand"]:
        rows = tables.get(table["title"], [])[2:]
        if [row[0] for row in rows] != [row[0] for row in table["rows"]]:
            faults.append(f"{table['title']}: the rows are not those of the record")
            continue
        for shown, (name, *values) in zip(rows, table["rows"]):
            if len(shown) != len(values) + 1 or not all(map(same, shown[1:], values)):
                faults.append(f"{table['title']}, {name}: {shown[1:]} is not {values}")
    circles = 0
    try:
        root = xml.parse(top / "doc" / "picture" / "comparison.svg").getroot()
        circles = sum(1 for _ in root.iter("{http://www.w3.org/2000/svg}circle"))
    except xml.ParseError as error:
        faults.append(f"the picture is not well-formed: {error}")
    expected = sum(
        1 for t in record["rivals"] for row in t["rows"] for c, v in zip(t["columns"], row[1:]) if c not in ("Duet", "function") and v is not None
    )
    if circles != expected:
        faults.append(f"the picture has {circles} dots for {expected} comparisons")
    if text != page(record):
        faults.append("the page is not what comparison.py makes of the record: comparison.py write")
    if (top / "doc" / "picture" / "comparison.svg").read_text() != picture(record):
        faults.append("the picture is not what comparison.py makes of the record: comparison.py write")
    if faults:
        sys.exit("\n".join(faults))
    print(f"{len(record['rivals']) + len(record['hand'])} tables, {expected} comparisons")


def write(top, record):
    (top / "doc" / "comparison.md").write_text(page(record))
    (top / "doc" / "picture" / "comparison.svg").write_text(picture(record))


def main(arguments):
    top = pathlib.Path(__file__).resolve().parent.parent
    if len(arguments) in (2, 3) and arguments[0] == "run":
        record = run(pathlib.Path(arguments[1]), arguments[2] if len(arguments) == 3 else "make comparison")
        (top / "bench" / "comparison.json").write_text(json.dumps(record, indent=1) + "\n")
        write(top, record)
    elif arguments == ["write"]:
        write(top, json.loads((top / "bench" / "comparison.json").read_text()))
    elif arguments and arguments[0] == "check" and len(arguments) <= 2:
        check(pathlib.Path(arguments[1]) if len(arguments) == 2 else top)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])

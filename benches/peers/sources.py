"""What the Python rivals share: which files matter, where their columns are, and how a run is measured."""

import csv
import json
import re
import statistics
import sys
import time
from pathlib import Path

INDICATORS = {"ela": "ELA", "math": "MATH", "grad": "GRAD", "chronic": "CHRO", "susp": "SUSP", "cci": "CCI", "elpi": "ELPI"}
NAME = re.compile(r"(?:(ela|math|grad|chronic|susp|cci|elpi)download|(localindicators))(202[2-5]).*\.txt$")
IGNORED = ("ALL", "EO", "ELO", "RFP", "SBA", "CAA", "CAST")
# A bit for each question the law asks of a cell, put together for each agency and group.
QUESTIONS = [
    *(f"low_{name}_2022" for name in ("ELA", "MATH", "GRAD", "CHRO", "SUSP", "ELPI")),
    *(f"red_{name}_{year}" for year in (2023, 2024, 2025) for name in INDICATORS.values()),
    *(f"orange_{name}_{year}" for year in (2023, 2024, 2025) for name in ("ELA", "MATH")),
    "orange_ELPI_2025",
    "counts",
]
BIT = {question: 1 << bit for bit, question in enumerate(QUESTIONS)}
# Student groups in memory are numbers in this order, and a set of them has a bit for each.
GROUPS = ("AA", "AI", "AS", "EL", "FI", "FOS", "HI", "HOM", "LTEL", "MR", "PI", "SED", "SWD", "WH")
LABELS = sorted(GROUPS + IGNORED)
# Local indicators that count, and the two that count for county offices alone.
LOCAL, OFFICES = ("1", "2", "3", "6", "7"), ("9", "10")
# Keys in memory are numbers. Each copy of the state has this more in all its keys.
COPY = 10**14
HEADER = ["key", "kind", "da", "da_groups", "geolead", "geolead_groups", "dta", "dta_groups"]


class Source:
    """A file the list depends on. `indicator` is None for local indicators."""

    def __init__(self, path, indicator, year):
        self.path, self.indicator, self.year = str(path), indicator, year
        with open(path, "rb") as file:
            header = file.readline().decode("utf-8-sig").rstrip("\r\n")
        self.delimiter = "\t" if "\t" in header else "|"
        self.header = header.split(self.delimiter)
        self.places = {name.strip().lower(): name for name in self.header}
        # Charter schools are judged by 2024 and 2025 alone.
        self.charters = year >= 2024
        # Where the first columns are the usual ones, a row can be told from its start, before it is split into cells.
        self.usual = self.delimiter == "\t" and [name.strip().lower() for name in self.header[:6:5]] == ["cds", "charter_flag"]
        self.usual = self.usual and self.header[1].lower() == "rtype"
        self.wanted = "^[^\t]*\t(D|L|S\t[^\t]*\t[^\t]*\t[^\t]*\tY)\t" if self.charters else "^[^\t]*\t[DL]\t"
        self.by_status = year == 2022 or (year == 2023 and indicator == "CCI")

    def column(self, *names):
        """The header's spelling of a column, or None."""
        return next((self.places[name] for name in names if name in self.places), None)

    def place(self, name):
        """Where a column, in the header's spelling, is."""
        return self.header.index(name)


def sources(folder):
    """The files below a folder that the list depends on, and their bytes."""
    found = []
    for path in sorted(Path(folder).rglob("*.txt")):
        match = NAME.match(path.name.lower())
        if not match:
            continue
        indicator, local, year = match[1], match[2], int(match[3])
        if (indicator == "cci" and year == 2022) or (local and year < 2024):
            continue
        found.append(Source(path, INDICATORS.get(indicator), year))
    return found


def memory(field="VmHWM"):
    """The largest memory in use so far, in KiB; or another line of what the system says of this process."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(f"{field}:"))


def repeated(work, seconds=5, slow=30):
    """What `work()` gives, its median time in ms, and how often it was timed.

    The first run warms up, unless it takes more than `slow` seconds: then it is the one that counts. The others go on for some seconds, three
    at least and 51 at most.
    """
    begin = time.perf_counter()
    result = work()
    times = [time.perf_counter() - begin]
    if times[0] < slow:
        times.clear()
        begin = time.perf_counter()
        while len(times) < 3 or (len(times) < 51 and time.perf_counter() - begin < seconds):
            start = time.perf_counter()
            result = work()
            times.append(time.perf_counter() - start)
    return result, round(statistics.median(times) * 1e3, 3), len(times)


def names(groups):
    """A set of student groups as text."""
    return "+".join(label for bit, label in enumerate(LABELS) if (groups or 0) >> bit & 1)


def write(path, header, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_list(path, rows):
    """The list from its rows in memory, in the bytes the programs write when they start from files."""
    sets = [name.endswith("_groups") for name in HEADER]
    write(path, HEADER, ([f"{row[0]:014}", *(names(cell) if is_set else cell for cell, is_set in zip(row[1:], sets[1:]))] for row in sorted(rows)))


def write_reasons(path, rows):
    """Explanations from their rows in memory."""
    lines = sorted((f"{row[0]:014}", *("" if cell is None else str(cell) for cell in row[1:])) for row in rows)
    write(path, ["key", "pathway", "group", "year", "priority", "indicator", "color"], lines)


def evaluated(memory_of, folder, output, plan, copies):
    """Evaluation and explanations alone: loads once, then times both from memory to memory.

    `memory_of` gives a function for the list, one for the explanations, and one that reads the rows of the first copy of
    what these return.
    """
    start = time.perf_counter()
    make_list, explain, first = memory_of(folder, plan, copies)
    figures = {"copies": copies, "load_ms": round((time.perf_counter() - start) * 1e3, 3), "loaded_rss_kb": memory("VmRSS")}
    answers, figures["list_ms"], figures["list_runs"] = repeated(make_list)
    figures["list_peak_rss_kb"] = memory()
    agencies, rows = first(answers)
    if output:
        write_list(output, rows)
    eligible = copies * sum(any(cell in ("yes", "year_1", "year_2") for cell in (row[2], row[4], row[6])) for row in rows)
    figures |= {"agencies": agencies, "eligible": eligible, "list_ns_per_agency": round(figures["list_ms"] * 1e6 / agencies, 1)}
    answers, figures["explain_ms"], figures["explain_runs"] = repeated(explain)
    figures["reasons"], rows = first(answers)
    if output:
        write_reasons(output.removesuffix(".csv") + ".reasons.csv", rows)
    figures["explain_us_per_eligible"] = round(figures["explain_ms"] * 1e3 / max(eligible, 1), 3)
    return figures


def measured(run, memory_of, begin):
    """Runs `run(folder, output, plan)` by the command line; `--json` says on standard error how long it took.

    With `--evaluate COPIES`, evaluation and explanations alone.
    """

    def option(name, otherwise):
        return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else otherwise

    folder, output, plan = sys.argv[1], option("-o", None), option("--plan", "A")
    start = time.perf_counter()
    if "--evaluate" in sys.argv:
        figures = {"plan": plan, **evaluated(memory_of, folder, output, plan, int(option("--evaluate", "1")))}
    else:
        phases = run(folder, output, plan) or {}
        total = time.perf_counter() - start
        times = {"import_ms": round((start - begin) * 1e3, 3), **phases, "total_ms": round(total * 1e3, 3)}
        figures = {"plan": plan, **times}
    if "--json" in sys.argv or "--evaluate" in sys.argv:
        print(json.dumps({**figures, "peak_rss_kb": memory()}), file=sys.stderr)

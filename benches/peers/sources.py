"""What the Python rivals share: which files matter, where their columns are, and how a run is measured."""

import json
import re
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


def measured(run, begin):
    """Runs `run(folder, output, plan)` by the command line; `--json` says on standard error how long it took."""
    words = [word for word in sys.argv[1:] if word != "--json"]
    folder, output, plan = words[0], words[words.index("-o") + 1], words[words.index("--plan") + 1] if "--plan" in words else "A"
    start = time.perf_counter()
    phases = run(folder, output, plan) or {}
    total = time.perf_counter() - start
    if "--json" in sys.argv:
        peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
        times = {"import_ms": round((start - begin) * 1e3, 3), **phases, "total_ms": round(total * 1e3, 3)}
        figures = {"plan": plan, **times, "peak_rss_kb": peak}
        print(json.dumps(figures), file=sys.stderr)

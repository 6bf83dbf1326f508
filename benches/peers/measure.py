"""Runs the rivals that are there on one folder, checks that all answers are equal, and prints the medians as JSON.

Called by run.sh. A round runs each rival once, so that what else the machine does falls on all of them alike.
"""

import argparse
import filecmp
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
COPIES = "1,10,100,400"
# Memory in KiB that is left to the rest of the machine while evaluation is measured.
SPARE = 8 << 20


def loud(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def most_memory(pid):
    """VmHWM of a running process in KiB; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    except OSError:
        return 0


def spare_memory():
    """Memory in KiB that a program may take; None where the system does not say."""
    try:
        with open("/proc/meminfo") as file:
            available = next((int(line.split()[1]) for line in file if line.startswith("MemAvailable:")), None)
    except OSError:
        return None
    return available and max(available - SPARE, 0)


def run(words, most=None):
    """Runs a program; its last line of JSON, and the time with its start, on the clock and of the processor.

    One that takes more than `most` KiB is stopped, and the answer is then why.
    """
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(words, stdout=out, stderr=subprocess.STDOUT)
        # what the system keeps of a process that has ended may be the memory of this one, before it started the other
        peak = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, most_memory(process.pid))
            if most is not None and peak > most:
                process.kill()
                process.wait()
                return {"skipped": f"takes more than the {most >> 10} MB that are free beside {SPARE >> 20} GB for the rest of the machine"}
            time.sleep(0.004)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.perf_counter() - start
        out.seek(0)
        text = out.read().decode(errors="replace")
    if process.returncode:
        loud(f"FAILED: {' '.join(words)}\n{text[-2000:]}")
        return None
    line = next((line for line in reversed(text.splitlines()) if line.startswith("{")), "{}")
    figures = {"with_start_ms": wall * 1e3, "cpu_ms": (usage.ru_utime + usage.ru_stime) * 1e3, "peak_rss_kb": peak}
    return figures | {name: value for name, value in json.loads(line).items() if isinstance(value, (int, float))}


def summary(runs):
    """Median of each figure, and the least total."""
    figures = {name: round(statistics.median(run[name] for run in runs), 3) for name in runs[0]}
    for name in ("total_ms", "cpu_ms"):
        if name in figures:
            figures[f"least_{name}"] = round(min(run[name] for run in runs), 3)
    return figures


def evaluate(program, rivals, work, scales):
    """Evaluation and explanations alone of DuckDB and Polars, a process for each; and which answers differ.

    The first copy of the state must have the list that was made from files, and the same explanations by every plan.
    """
    found, differences, first_reasons = [], [], None
    for copies in scales:
        for name, words in rivals.items():
            loud(f"evaluation alone, {copies} times the state: {name}")
            output = work / f"{name}.evaluated.csv"
            reasons = output.with_suffix(".reasons.csv")
            output.unlink(missing_ok=True)
            reasons.unlink(missing_ok=True)
            figures = run([*words, "--evaluate", str(copies), "-o", str(output)], spare_memory())
            row = {"rival": name, "copies": copies, **(figures or {"skipped": "failed"})}
            found.append({name: cell for name, cell in row.items() if name not in ("with_start_ms", "cpu_ms")} | {"load": os.getloadavg()[0]})
            if "skipped" in row:
                loud(f"SKIPPED: {name}, {copies} times the state: {row['skipped']}")
                if not figures:
                    differences.append(f"{name} evaluated")
                continue
            loud(f"list {row['list_ms']} ms, explanations {row['explain_ms']} ms, memory {row['peak_rss_kb'] >> 10} MB")
            first_reasons = first_reasons or (reasons.read_bytes(), row["reasons"] // copies)
            same = filecmp.cmp(work / f"{program}.csv", output, shallow=False) and reasons.read_bytes() == first_reasons[0]
            if not same or row["reasons"] != first_reasons[1] * copies:
                differences.append(f"{name} evaluated")
                loud(f"DIFFERENT ANSWERS: {name} from memory, {copies} times the state, in {work}")
    return found, differences


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("data", type=Path)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--work", type=Path, required=True, help="where lists are written")
    options.add_argument("--limit", help="program")
    options.add_argument("--regorus", help="program")
    options.add_argument("--enact", help="program; its answers are the measure")
    options.add_argument("--python", help="with the packages of requirements.txt")
    options.add_argument("--copies", default=COPIES, help=f"how often the state is taken for evaluation alone ({COPIES})")
    options.add_argument("--skip", default="", help="rivals that could not be installed")
    options = options.parse_args()
    data, work = str(options.data), options.work
    work.mkdir(parents=True, exist_ok=True)
    skipped = options.skip.split()

    rivals = {}
    if options.limit:
        rivals["limit"] = [options.limit, data, "--json", "-o"]
        rivals["limit_1_thread"] = [options.limit, data, "--threads", "1", "--json", "-o"]
    for package in ("duckdb", "polars"):
        if package not in skipped:
            for plan in ("A", "B"):
                rivals[f"{package}_{plan}"] = [options.python, str(HERE / f"{package}_list.py"), data, "--plan", plan, "--json", "-o"]

    if options.enact:
        pathways = ["differentiated_assistance", "geolead_assistance", "direct_technical_assistance"]
        asked = [word for name in pathways for word in ("--pathway", name)]
        rivals["enact"] = [options.enact, "assess", "--dashboard", "2025", "--data", data, *asked, "--format", "csv", "-o"]

    # Files come from the cache for everyone.
    size = 0
    for path in options.data.rglob("*.txt"):
        with open(path, "rb") as file:
            while part := file.read(1 << 24):
                size += len(part)
    runs = {name: [] for name in rivals}
    for number in range(options.runs):
        loud(f"round {number + 1} of {options.runs}")
        for name, words in rivals.items():
            figures = run([*words, str(work / f"{name}.csv")])
            if figures:
                runs[name].append(figures)

    differences = [name for name, list_of in runs.items() if len(list_of) < options.runs]
    first = next(iter(rivals), None)
    for name in rivals:
        if name != "enact" and name not in differences and not filecmp.cmp(work / f"{first}.csv", work / f"{name}.csv", shallow=False):
            differences.append(name)
            loud(f"DIFFERENT ANSWERS: {name} and {first}, in {work}")

    result = {"bytes": size, "runs": options.runs, "skipped": skipped}
    result["rivals"] = {name: summary(list_of) for name, list_of in runs.items() if list_of}
    if options.limit and size < 1 << 30:
        result["evaluate"] = []
        for count in (2_259, 22_590, 225_900, 903_600):
            figures = run([options.limit, data, "--bench-eval", str(count), "--runs", "51"])
            if figures:
                result["evaluate"].append({name: figures[name] for name in figures if name not in ("with_start_ms", "cpu_ms")})
    from_memory = {name: words[:-2] for name, words in rivals.items() if name.startswith(("duckdb", "polars"))}
    if from_memory and size < 1 << 30:
        result["evaluate_peers"], different = evaluate(first, from_memory, work, map(int, options.copies.split(",")))
        differences += different
    if options.regorus and size < 1 << 30:
        figures = run([options.regorus, data])
        if figures:
            result["regorus"] = figures
        else:
            differences.append("regorus")
    if options.enact:
        answers = work / "enact.csv"
        compared = subprocess.run(
            [sys.executable, str(HERE / "compare.py"), str(answers), str(work / f"{first}.csv"), "--write", str(work / "enact.list.csv")],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        loud(compared.stdout.strip()[-3000:] + compared.stderr.strip()[-1000:])
        if compared.returncode:
            differences.append("enact")
    result["different"] = differences
    result["load"] = os.getloadavg()[0]
    print(json.dumps(result, indent=2))
    return 1 if differences else 0


sys.exit(main())

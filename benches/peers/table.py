"""Prints the figures of evaluation and explanations as the tables of docs/performance.md.

    python3 table.py target/bench/peers-1.json [target/bench/state.json]
"""

import json
import sys

RIVALS = ("duckdb_B", "duckdb_A", "polars_B", "polars_A")


def short(number):
    """Two or three digits that say something."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def table(head, rows):
    print("| " + " | ".join(head) + " |")
    print("|" + "--:|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print()


def main():
    with open(sys.argv[1]) as file:
        peers = json.load(file)
    state = {}
    if len(sys.argv) > 2:
        with open(sys.argv[2]) as file:
            state = json.load(file)
    found = {(row["copies"], row["rival"]): row for row in peers.get("evaluate_peers", [])}
    scales = sorted({copies for copies, _ in found})
    enact = {row["agencies"]: row["rows_ns"] for row in state.get("evaluate", [])}
    by_hand = {row["agencies"]: row["ns_per_agency_1_thread"] for row in peers.get("evaluate", [])}
    names = [rival.replace("duckdb", "DuckDB").replace("polars", "Polars").replace("_", ", plan ") for rival in RIVALS]

    def agencies(copies):
        return next((row["agencies"] for rival in RIVALS if "agencies" in (row := found.get((copies, rival), {}))), 0)

    def cells(copies, figure, unit=1.0):
        rows = [found.get((copies, rival), {}) for rival in RIVALS]
        return [short(row[figure] / unit) if figure in row else "skipped" if "skipped" in row else "" for row in rows]

    print("Evaluation, ns for each agency:\n")
    lines = []
    for copies in scales:
        count = agencies(copies)
        own = [short(values[count]) if count in values else "" for values in (enact, by_hand)]
        lines.append([f"{count:,} ({copies} x)", *own, *cells(copies, "list_ns_per_agency")])
    table(["agencies", "Enact", "by hand", *names], lines)

    print("Explanations, us for each eligible agency:\n")
    lines = []
    for copies in scales:
        one = next((row for rival in RIVALS if "eligible" in (row := found.get((copies, rival), {}))), {})
        own = short(state["explain_eligible_ms"] * 1e3 / state["eligible"]) if copies == 1 and state else ""
        lines.append([f"{one.get('eligible', 0):,}", f"{one.get('reasons', 0):,}", own, *cells(copies, "explain_us_per_eligible")])
    table(["eligible agencies", "rows", "Enact, as text", *names], lines)

    print("Peak memory of both, loading included, MB:\n")
    table(["agencies", *names], [[f"{agencies(copies):,} ({copies} x)", *cells(copies, "peak_rss_kb", 1000)] for copies in scales])
    loads = [row["load"] for row in found.values()]
    if loads:
        print(f"Load of the machine {min(loads):.1f} to {max(loads):.1f}.")


main()

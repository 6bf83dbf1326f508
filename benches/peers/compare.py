"""Lays Enact's answers beside a list, and reports every difference.

    enact assess --dashboard 2025 --data FOLDER --format csv -o answers.csv
    python3 compare.py answers.csv list.csv [--region DIGITS] [--write FILE]

The list has the columns of HEADER. Enact's answers, a line for each pathway, are turned into the same columns; `--write`
keeps them. An open answer is a difference, except where nothing but the published letters of 2025 is missing: the other
programs read no letters. The exit code is 1 if there is a difference.
"""

import argparse
import csv
import re
import sys

HEADER = ["key", "kind", "da", "da_groups", "geolead", "geolead_groups", "dta", "dta_groups"]
GROUPS = "AA AI AS EL FI FOS HI HOM LTEL MR PI SED SWD WH".split()
PATHWAYS = {"differentiated_assistance": "da", "geolead_assistance": "geolead", "direct_technical_assistance": "dta"}
MEMBER = re.compile(r"(\w+)(?: \(([^)]*)\))?(?: in ([\d, ]+))?$")


def members(cell):
    """`EL (P4, P5) in 2024; P1 in 2025` as (name, years); no years mean the year that is judged."""
    for part in filter(None, cell.split("; ")):
        name, _, years = MEMBER.match(part).groups()
        yield name, years.split(", ") if years else ["2025"]


def in_order(groups):
    return "+".join(group for group in GROUPS if group in groups)


def cells(row):
    """The answer and the groups of one of Enact's lines, as the list has them."""
    column = PATHWAYS[row["pathway"]]
    if row["answer"] == "undetermined":
        missing = row["open"].split("; ")
        letters = all(re.match(r"letter of \w+ in 2025$", cell) for cell in missing)
        return ("?letter" if letters else "?"), ""
    if row["answer"] == "not applicable":
        return "", ""
    if row["answer"] != "eligible":
        return "no", ""
    answer = "yes"
    found = list(members(row["members"]))
    if column == "da":
        if row["status"]:
            answer = {"Year 1": "year_1", "Year 2": "year_2"}.get(row["status"], row["status"])
        found = [name for name, years in found if "2025" in years]
        # One local indicator: Method 3, where no group meets the criteria by state indicators. With two it is Method 2.
        if sum(name not in GROUPS for name in found) == 1:
            found = []
    else:
        found = [name for name, _ in found]
    return answer, in_order(found)


def enact_list(path, region):
    agencies = {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["pathway"] in PATHWAYS and row["key"].startswith(region):
                column = PATHWAYS[row["pathway"]]
                agency = agencies.setdefault(row["key"], {"key": row["key"], "kind": row["kind"]})
                agency[column], agency[f"{column}_groups"] = cells(row)
    return agencies


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("answers", help="Enact's CSV")
    options.add_argument("list", help="the list to lay beside it")
    options.add_argument("--region", default="", help="only keys that start with these digits")
    options.add_argument("--write", help="keep Enact's answers in the columns of the list")
    options = options.parse_args()

    enact = enact_list(options.answers, options.region)
    with open(options.list, newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == HEADER, reader.fieldnames
        theirs = {row["key"]: row for row in reader if row["key"].startswith(options.region)}
    if options.write:
        with open(options.write, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(enact[key] for key in sorted(enact))

    differences = letters = 0
    for key in sorted(enact.keys() | theirs.keys()):
        if key not in theirs or key not in enact:
            differences += 1
            print(f"{key}: only in {'the list' if key in theirs else 'Enact'}")
            continue
        for column in HEADER[1:]:
            mine, other = enact[key].get(column, ""), theirs[key][column]
            if column.endswith("_groups") and enact[key].get(column.removesuffix("_groups"), "").startswith("?"):
                continue
            if mine == "?letter":
                letters += 1
            elif mine != other:
                differences += 1
                print(f"{key} {column}: Enact {mine or '-'}, list {other or '-'}")
    print(f"{len(enact)} agencies of Enact, {len(theirs)} of the list: {differences} differences, {letters} open for a published letter")
    return 1 if differences else 0


sys.exit(main())

"""Writes a folder of small, random indicator files, in which every branch of the law is taken.

    python3 random_data.py FOLDER [--seed N] [--counties N]

The numbers are not plausible: groups are small and colors bad far more often than in California, so that counts of two and
three, numbers of pupils of 15 and 30, and second years come up often. Answers of the programs are compared on these files
beside the large ones.
"""

import argparse
import random
from pathlib import Path

GROUPS = ["AA", "AI", "AS", "EL", "FI", "FOS", "HI", "HOM", "LTEL", "MR", "PI", "SED", "SWD", "WH"]
OTHERS = {"ela": ["ALL", "EO", "ELO", "RFP", "SBA", "CAA"], "math": ["ALL", "EO", "ELO", "RFP", "SBA", "CAA"]}
INDICATORS = {"ela": "ELA", "math": "MATH", "susp": "SUSP", "chronic": "CHRO", "grad": "GRAD", "elpi": "ELPI", "cci": "CCI"}
START = ["cds", "rtype", "schoolname", "districtname", "countyname", "charter_flag", "coe_flag", "dass_flag"]
LOCAL = [1, 2, 3, 6, 7]


def columns(indicator, year):
    names = list(START)
    if indicator == "susp":
        names.append("type")
    if indicator != "elpi" or year >= 2024:
        names.append("studentgroup")
    names += ["currdenom", "currstatus"]
    if year == 2022:
        return names + ["statuslevel", "reportingyear"]
    if indicator == "cci" and year == 2023:
        return names + ["statuslevel", "currnsizemet", "indicator", "reportingyear"]
    names += ["priordenom", "priorstatus", "change", "statuslevel", "changeLevel" if indicator == "susp" else "changelevel"]
    return names + ["color", "box", "currnsizemet", "priornsizemet", "accountabilitymet", "indicator", "reportingyear"]


class Agency:
    def __init__(self, key, kind, name, county, pick):
        self.key, self.kind, self.name, self.county = key, kind, name, county
        self.bad = pick.choice([0.05, 0.1, 0.25, 0.45, 0.7])
        share = pick.choice([0.05, 0.1, 0.5, 0.95])
        self.groups = [group for group in GROUPS if pick.random() < share]
        self.worst = set(pick.sample(GROUPS, pick.choice([0, 1, 3, 5, 7])))
        self.years = [year for year in (2022, 2023, 2024, 2025) if pick.random() < 0.97]

    def cells(self):
        if self.kind == "D":
            return [self.key, "D", "", self.name, self.county, "", "Y" if self.key[2:4] == "10" else "", ""]
        return [self.key, "S", self.name, "A District", self.county, "Y" if self.kind == "charter" else "", "", ""]


def agencies(pick, counties):
    for number in range(1, counties + 1):
        county = f"County {number}"
        yield Agency(f"{number:02}10{number:03}0000000", "D", f"{county} Office", county, pick)
        for district in range(24):
            start = f"{number:02}{60000 + district * 7 + number:05}"
            yield Agency(start + "0000000", "D", f"District {number}-{district}", county, pick)
            for school in range(pick.randrange(3)):
                yield Agency(f"{start}{100000 + school:07}", "charter", f"Charter {number}-{district}-{school}", county, pick)
            yield Agency(f"{start}{600000:07}", "school", f"School {number}-{district}", county, pick)


def rows(agency, indicator, year, pick):
    groups = [group for group in agency.groups if group != "LTEL" or year >= 2024] + OTHERS.get(indicator, ["ALL"])
    if indicator == "elpi":
        groups = [group for group in ("EL", "LTEL") if group in groups] if year >= 2024 else ["EL"]
    for group in groups:
        if pick.random() < 0.12:
            continue
        pupils = pick.choice([0, 11, 14, 15, 29, 30, 80, 1500] if pick.random() < 0.5 else [30, 80, 1500])
        bad = 0.97 if group in agency.worst else agency.bad
        level = pick.choices([1, 2, pick.choice([3, 4, 5])], [bad, bad / 2, 1 - bad])[0] if pupils >= 11 else 0
        least = 15 if group in ("FOS", "HOM", "LTEL") and agency.kind == "D" else 30
        color = level if pupils >= least and pick.random() < 0.9 else 0
        flag = "Y" if pupils >= least else pick.choice(["", "N"])
        yield {
            "studentgroup": "TOM" if group == "MR" and pick.random() < 0.2 else group,
            "currdenom": pupils,
            "currstatus": "" if pupils < 11 else "12.5",
            "statuslevel": level or pick.choice(["", 0]),
            "color": color or pick.choice(["", 0]),
            "currnsizemet": flag,
            "indicator": INDICATORS[indicator],
            "reportingyear": year,
        }


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("folder", type=Path)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--counties", type=int, default=12)
    options = options.parse_args()
    pick = random.Random(options.seed)
    everyone = list(agencies(pick, options.counties))
    for year in (2022, 2023, 2024, 2025):
        options.folder.mkdir(parents=True, exist_ok=True)
        for indicator in INDICATORS:
            if indicator == "cci" and year == 2022:
                continue
            names = columns(indicator, year)
            lines = []
            for agency in everyone:
                if year not in agency.years and not agency.key.endswith("0000000"):
                    continue
                for row in rows(agency, indicator, year, pick):
                    row.update(zip(START, agency.cells()))
                    lines.append([str(row.get(name, "")) for name in names])
            if pick.random() < 0.3:
                pick.shuffle(lines)
            if pick.random() < 0.3:
                order = list(range(len(names)))
                pick.shuffle(order)
                names = [names[i] for i in order]
                lines = [[line[i] for i in order] for line in lines]
            end = pick.choice(["\n", "\n", "\r\n"])
            text = end.join("\t".join(line) for line in [names, *lines]) + end
            (options.folder / f"{indicator}download{year}.txt").write_bytes(text.encode())
        if year >= 2023:
            local(options.folder / f"localindicators{year}.slim.txt", year, everyone, pick)


def local(path, year, everyone, pick):
    lines = [["cdsCode", "lea", "priorityNumber", "countyPerformance", "meetingDate", "year"]]
    answers = ["Met", "Not Met", "Not Met For Two or More Years", "Not Met for Two or More Years"]
    for agency in everyone:
        if agency.kind == "school" or pick.random() < 0.03:
            continue
        missed = pick.choice([0, 0, 0.1, 0.2, 0.5])
        for priority in LOCAL + ([9, 10] if agency.key[2:4] == "10" and agency.kind == "D" else []):
            answer = pick.choice(answers[2:]) if pick.random() < missed else pick.choice(answers[:2])
            lines.append([agency.key, agency.name, str(priority), answer, f"{year}-06-15", str(year)])
    path.write_text("\n".join("\t".join(line) for line in lines) + "\n")


main()

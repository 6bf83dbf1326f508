"""The list for the 2025 Dashboard with Polars.

    python3 polars_list.py FOLDER -o FILE [--plan A|B] [--json]

Plan A scans the files lazily and collects once, on the streaming engine. Plan B reads them one after the other, eagerly.
Both fold each row into a number with a bit for each question, and these with a bitwise or for each agency and group.
"""

import os
import time

BEGIN = time.perf_counter()
os.environ.setdefault("POLARS_MAX_THREADS", "2")

import polars as pl  # noqa: E402

from sources import BIT, HEADER, IGNORED, QUESTIONS, measured, sources  # noqa: E402

LISTED = 1 << len(QUESTIONS)
YEARS = (2022, 2023, 2024, 2025)
SMALL = ("FOS", "HOM", "LTEL")


def wanted(source):
    """The columns of a file that matter, by what they are, and the rows."""
    names = {"key": source.column("cds", "cdscode"), "rtype": source.column("rtype")}
    if source.charters:
        names["charter"] = source.column("charter_flag")
    group = source.column("studentgroup")
    if group or source.indicator != "ELPI" or source.year >= 2024:
        names["grp"] = group
    if not source.by_status:
        names["color"] = source.column("color")
    if source.by_status or source.year == 2025:
        names["status"] = source.column("statuslevel")
    if source.year in (2022, 2025):
        names["pupils"] = source.column("currdenom")
    elif source.by_status:
        names["enough"] = source.column("currnsizemet")
    rtype = pl.col(names["rtype"])
    rows = rtype.is_in(["D", "L"]) & (pl.col(names["key"]) != "99999990000000")
    if source.charters:
        rows = rows | ((rtype == "S") & (pl.col(names["charter"]) == "Y"))
    return names, rows


def fold(source, frame, names):
    """Key, group and a number with a bit for each question that the row answers with yes."""
    name, year = source.indicator, source.year
    key = pl.col(names["key"])
    group = pl.col(names["grp"]).replace("TOM", "MR") if "grp" in names else pl.lit("EL")
    color = pl.col(names["color"]) if "color" in names else None
    status = pl.col(names["status"]) if "status" in names else None
    if "pupils" in names:
        least = pl.when(group.is_in(SMALL) & key.str.ends_with("0000000")).then(15).otherwise(30)
        enough = pl.col(names["pupils"]).cast(pl.Int32, strict=False) >= least
    elif "enough" in names:
        enough = pl.col(names["enough"]) == "Y"
    if year == 2022:
        bits = [((status == "1") & enough, f"low_{name}_2022")]
    elif source.by_status:
        bits = [((status == "1") & enough, f"red_{name}_{year}")]
    else:
        bits = [(color == "1", f"red_{name}_{year}")]
        if name in ("ELA", "MATH") or (name == "ELPI" and year == 2025):
            bits.append((color.is_in(["1", "2"]), f"orange_{name}_{year}"))
    if year == 2025:
        levels = ["1", "2", "3", "4", "5"]
        significant = enough if name == "SUSP" else enough & status.is_in(levels)
        bits.append((color.is_in(levels) | significant, "counts"))
    number = pl.lit(LISTED if year == 2025 else 0, pl.Int64)
    for test, question in bits:
        number = number | pl.when(test).then(BIT[question]).otherwise(0).cast(pl.Int64)
    return frame.select(key.alias("key"), group.alias("grp"), number.alias("bits"))


OPTIONS = {"quote_char": None, "infer_schema": False, "truncate_ragged_lines": True}


def lazy(source):
    """A file's rows, from its lines where these tell by their start whether they are wanted: nine of ten are of schools."""
    names, rows = wanted(source)
    if not source.usual:
        return fold(source, pl.scan_csv(source.path, separator=source.delimiter, **OPTIONS).filter(rows), names)
    lines = pl.scan_lines(source.path, name="line").filter(pl.col("line").str.contains(source.wanted))
    cells = lines.select(pl.col("line").str.split("\t").alias("cells"))
    cells = cells.select(pl.col("cells").list.get(source.place(name), null_on_oob=True).alias(name) for name in names.values())
    return fold(source, cells.filter(pl.col(names["key"]) != "99999990000000"), names)


def eager(source):
    names, rows = wanted(source)
    frame = pl.read_csv(source.path, separator=source.delimiter, columns=list(names.values()), **OPTIONS).filter(rows)
    return fold(source, frame, names)


def local(frame, source):
    """For each agency: whether Priority 6 is missed, and how many others are."""
    key, priority = pl.col(source.column("cdscode", "cds")), pl.col(source.column("prioritynumber", "priorityid"))
    missed = pl.col(source.column("countyperformance")).str.to_lowercase() == "not met for two or more years"
    office = (key.str.slice(2, 2) == "10") & key.str.ends_with("0000000")
    others = missed & (priority.is_in(["1", "2", "3", "7"]) | (priority.is_in(["9", "10"]) & office))
    return frame.group_by(key.alias("key")).agg(
        (missed & (priority == "6")).any().alias(f"l6_{source.year}"),
        priority.filter(others).n_unique().alias(f"l_{source.year}"),
        pl.lit(source.year == 2025).first().alias(f"listed_{source.year}"),
    )


def ask(*questions):
    return (pl.col("bits") & sum(BIT[question] for question in questions)) != 0


def priorities(year):
    """Priorities 4, 5, 6 and 8 of one year, for an agency's group."""
    group = pl.col("grp")
    if year == 2022:
        p4 = (ask("low_ELA_2022") & ask("low_MATH_2022")) | ((group == "EL") & ask("low_ELPI_2022"))
        return [p4, ask("low_GRAD_2022", "low_CHRO_2022"), ask("low_SUSP_2022"), pl.lit(False)]
    p4 = (ask(f"red_ELA_{year}") & ask(f"orange_MATH_{year}")) | (ask(f"red_MATH_{year}") & ask(f"orange_ELA_{year}"))
    progress = ask(f"red_ELPI_{year}")
    if year == 2024:
        p4 = p4 | (group.is_in(["EL", "LTEL"]) & progress)
    else:
        p4 = p4 | ((group == "EL") & progress)
    if year == 2025:
        p4 = pl.when(group == "LTEL").then(ask("orange_ELPI_2025")).otherwise(p4)
    return [p4, ask(f"red_GRAD_{year}", f"red_CHRO_{year}"), ask(f"red_SUSP_{year}"), ask(f"red_CCI_{year}")]


def law(cells, locals_):
    """The answers. `cells` has a row for each cell, `locals_` a frame for 2024 and one for 2025."""
    folded = cells.group_by("key", "grp").agg(pl.col("bits").bitwise_or())
    marks = folded.with_columns(
        (ask("counts")).alias("counts"),
        ((pl.col("bits") & LISTED) != 0).alias("listed"),
        (~pl.col("grp").is_in(IGNORED)).alias("group"),
        *(test.alias(f"p{number}_{year}") for year in YEARS for number, test in zip((4, 5, 6, 8), priorities(year))),
    )
    real = pl.col("group")
    old = pl.col("grp") != "LTEL"
    marks = marks.with_columns(
        *(
            (
                real
                & (pl.sum_horizontal(pl.col(f"p{number}_{year}").cast(pl.UInt8) for number in (4, 5, 6, 8)) >= 2)
                & (old if year < 2024 else True)
            ).alias(f"h_{year}")
            for year in YEARS
        ),
        *(
            (real & (pl.col(f"p4_{year}") | pl.col(f"p5_{year}") | pl.col(f"p8_{year}"))).alias(f"s_{year}")
            for year in (2024, 2025)
        ),
        *((real & pl.col(f"p6_{year}")).alias(f"s6_{year}") for year in (2024, 2025)),
        (real & pl.col("counts")).alias("counts"),
    ).with_columns(
        (pl.sum_horizontal(pl.col(f"h_{year}").cast(pl.UInt8) for year in YEARS) >= 3).alias("often"),
        (pl.col("h_2023") & pl.col("h_2024") & pl.col("h_2025")).alias("lead"),
    )

    def groups(mark):
        return pl.col("grp").filter(pl.col(mark)).sort().str.join("+").alias(f"{mark}_groups")

    agencies = marks.group_by("key").agg(
        *(pl.col(name).any() for name in ("listed", "h_2024", "h_2025", "s_2024", "s_2025", "s6_2024", "s6_2025", "lead")),
        pl.col("often").sum().alias("many"),
        pl.col("counts").sum().alias("counting"),
        (pl.col("counts") & ~pl.col("often")).any().alias("missed"),
        groups("h_2025"),
        groups("lead"),
        groups("often"),
        groups("counts"),
    )
    for frame in locals_:
        agencies = agencies.join(frame, on="key", how="full", coalesce=True)
    agencies = agencies.with_columns(pl.col(pl.Boolean).fill_null(False)).with_columns(
        *(pl.col(name).fill_null(0) for name in ("many", "counting", "l_2024", "l_2025"))
    )
    charter = ~pl.col("key").str.ends_with("0000000")
    office = ~charter & (pl.col("key").str.slice(2, 2) == "10")

    def met(year):
        others, climate = pl.col(f"l_{year}"), pl.col(f"l6_{year}")
        two = (others >= 2) | ((others >= 1) & climate)
        three = (pl.col(f"s_{year}") & ((others >= 1) | climate)) | (pl.col(f"s6_{year}") & (others >= 1))
        return pl.col(f"h_{year}") | two | three

    broad = pl.col("many") >= 3
    small = pl.col("counting").is_between(1, 2) & ~pl.col("missed")
    district = ~charter & ~office
    return (
        agencies.filter(pl.col("listed") | pl.col("listed_2025"))
        .with_columns(
            pl.when(charter).then(pl.lit("charter")).when(office).then(pl.lit("county_office")).otherwise(pl.lit("district")).alias("kind"),
            met(2024).alias("met_2024"),
            met(2025).alias("met_2025"),
        )
        .with_columns(
            pl.when(charter & pl.col("met_2024") & pl.col("met_2025"))
            .then(pl.lit("yes"))
            .when(charter)
            .then(pl.lit("no"))
            .when(pl.col("met_2025"))
            .then(pl.lit("year_1"))
            .when(pl.col("met_2024"))
            .then(pl.lit("year_2"))
            .otherwise(pl.lit("no"))
            .alias("da")
        )
        .select(
            "key",
            "kind",
            "da",
            pl.when(pl.col("da").is_in(["yes", "year_1"])).then("h_2025_groups").alias("da_groups"),
            pl.when(district & pl.col("lead")).then(pl.lit("yes")).when(district).then(pl.lit("no")).alias("geolead"),
            pl.when(district).then("lead_groups").alias("geolead_groups"),
            pl.when(~charter & (broad | small)).then(pl.lit("yes")).when(~charter).then(pl.lit("no")).alias("dta"),
            pl.when(charter).then(None).when(broad).then("often_groups").when(small).then("counts_groups").alias("dta_groups"),
        )
        .select(pl.col(HEADER).replace("", None))
        .sort("key")
    )


def run(folder, output, plan):
    files = sources(folder)
    indicators = [source for source in files if source.indicator]
    others = [source for source in files if not source.indicator]
    if plan == "A":
        frames = [local(pl.scan_csv(source.path, separator=source.delimiter, **OPTIONS), source) for source in others]
        answers = law(pl.concat(map(lazy, indicators)), frames).collect(engine="streaming")
    else:
        frames = [local(pl.read_csv(source.path, separator=source.delimiter, **OPTIONS), source).lazy() for source in others]
        answers = law(pl.concat(map(eager, indicators)).lazy(), frames).collect()
    answers.write_csv(output)


measured(run, BEGIN)

"""The list for the 2025 Dashboard with Polars.

    python3 polars_list.py FOLDER -o FILE [--plan A|B] [--json]
    python3 polars_list.py FOLDER --evaluate COPIES [-o FILE] [--plan A|B]

Plan A scans the files lazily and collects once, on the streaming engine. Plan B reads them one after the other, eagerly.
Both fold each row into a number with a bit for each question, and these with a bitwise or for each agency and group.
With `--evaluate` the rows are first put into memory, in short types and with so many copies of the state: plan A a row for each cell,
plan B a row for each agency and group, both by key and on the streaming engine, which is the faster one. The list alone, and the
explanations alone, are then timed from frames in memory to a frame in memory.
"""

import os
import time

BEGIN = time.perf_counter()
os.environ.setdefault("POLARS_MAX_THREADS", "2")

import polars as pl  # noqa: E402

from sources import BIT, COPY, HEADER, IGNORED, LABELS, LOCAL, OFFICES, QUESTIONS, measured, sources  # noqa: E402

LISTED = 1 << len(QUESTIONS)
YEARS = (2022, 2023, 2024, 2025)
SMALL = ("FOS", "HOM", "LTEL")


class Text:
    """What is asked of keys and groups as they stand in files."""

    @staticmethod
    def charter(key):
        return ~key.str.ends_with("0000000")

    @staticmethod
    def office(key):
        return (key.str.slice(2, 2) == "10") & key.str.ends_with("0000000")

    @staticmethod
    def groups(mark):
        return pl.col("grp").filter(pl.col(mark)).sort().str.join("+").alias(f"{mark}_groups")


class Number:
    """The same of keys that are numbers, and of sets of groups that are bits: `grp_bit`."""

    @staticmethod
    def charter(key):
        return key % 10_000_000 != 0

    @staticmethod
    def office(key):
        return (key // 10_000_000_000 % 100 == 10) & (key % 10_000_000 == 0)

    @staticmethod
    def groups(mark):
        return pl.when(mark).then("grp_bit").otherwise(0).sum().alias(f"{mark}_groups")


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


def local_rows(frame, source):
    """A row for each agency and priority, and whether it is missed."""
    names = (("cdscode", "cds"), ("prioritynumber", "priorityid"), ("countyperformance",))
    key, priority, performance = (pl.col(source.column(*some)) for some in names)
    missed = performance.str.to_lowercase() == "not met for two or more years"
    return frame.select(key.alias("key"), priority.alias("priority"), missed.alias("missed"))


def counting(form):
    """Whether a local indicator is missed and counts for the agency."""
    priority = pl.col("priority")
    return pl.col("missed") & (priority.is_in(LOCAL) | (priority.is_in(OFFICES) & form.office(pl.col("key"))))


def local(frame, year, form):
    """For each agency: whether Priority 6 is missed, and how many others are."""
    priority = pl.col("priority")
    return frame.group_by("key").agg(
        (pl.col("missed") & (priority == "6")).any().alias(f"l6_{year}"),
        priority.filter(counting(form) & (priority != "6")).n_unique().alias(f"l_{year}"),
        pl.lit(year == 2025).first().alias(f"listed_{year}"),
    )


def ask(*questions):
    return (pl.col("bits") & sum(BIT[question] for question in questions)) != 0


def priorities(year):
    """Priority 4 by tests and by progress, and priorities 5, 6 and 8 of one year, for an agency's group."""
    group = pl.col("grp")
    if year == 2022:
        tests, progress = ask("low_ELA_2022") & ask("low_MATH_2022"), (group == "EL") & ask("low_ELPI_2022")
        return [tests, progress, ask("low_GRAD_2022", "low_CHRO_2022"), ask("low_SUSP_2022"), pl.lit(False)]
    tests = (ask(f"red_ELA_{year}") & ask(f"orange_MATH_{year}")) | (ask(f"red_MATH_{year}") & ask(f"orange_ELA_{year}"))
    progress = ask(f"red_ELPI_{year}")
    if year == 2024:
        progress = group.is_in(["EL", "LTEL"]) & progress
    else:
        progress = (group == "EL") & progress
    if year == 2025:
        tests = (group != "LTEL") & tests
        progress = progress | ((group == "LTEL") & ask("orange_ELPI_2025"))
    return [tests, progress, ask(f"red_GRAD_{year}", f"red_CHRO_{year}"), ask(f"red_SUSP_{year}"), ask(f"red_CCI_{year}")]


def fold_groups(cells):
    return cells.group_by("key", "grp").agg(pl.col("bits").bitwise_or())


def groups(folded):
    """What holds for each group, from the bits of each agency and group."""
    marks = folded.with_columns(
        (ask("counts")).alias("counts"),
        ((pl.col("bits") & LISTED) != 0).alias("listed"),
        (~pl.col("grp").is_in(IGNORED)).alias("group"),
        *(test.alias(f"{name}_{year}") for year in YEARS for name, test in zip(("tests", "progress", "p5", "p6", "p8"), priorities(year))),
    ).with_columns((pl.col(f"tests_{year}") | pl.col(f"progress_{year}")).alias(f"p4_{year}") for year in YEARS)
    real = pl.col("group")
    old = pl.col("grp") != "LTEL"
    return marks.with_columns(
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


def judged(marks, locals_, form):
    """What holds for each agency. `locals_` has a frame for 2024 and one for 2025."""
    agencies = marks.group_by("key").agg(
        *(pl.col(name).max() for name in ("listed", "h_2024", "h_2025", "s_2024", "s_2025", "s6_2024", "s6_2025", "lead")),
        pl.col("often").sum().alias("many"),
        pl.col("counts").sum().alias("counting"),
        (pl.col("counts") & ~pl.col("often")).max().alias("missed"),
        form.groups("h_2025"),
        form.groups("lead"),
        form.groups("often"),
        form.groups("counts"),
    )
    for frame in locals_:
        agencies = agencies.join(frame, on="key", how="full", coalesce=True)
    agencies = agencies.with_columns(pl.col(pl.Boolean).fill_null(False)).with_columns(
        *(pl.col(name).fill_null(0) for name in ("many", "counting", "l_2024", "l_2025"))
    )
    charter, office = form.charter(pl.col("key")), form.office(pl.col("key"))

    def met(year):
        others, climate = pl.col(f"l_{year}"), pl.col(f"l6_{year}")
        two = (others >= 2) | ((others >= 1) & climate)
        three = (pl.col(f"s_{year}") & ((others >= 1) | climate)) | (pl.col(f"s6_{year}") & (others >= 1))
        return pl.col(f"h_{year}") | two | three

    return (
        agencies.filter(pl.col("listed") | pl.col("listed_2025"))
        .with_columns(
            pl.when(charter).then(pl.lit("charter")).when(office).then(pl.lit("county_office")).otherwise(pl.lit("district")).alias("kind"),
            met(2024).alias("met_2024"),
            met(2025).alias("met_2025"),
            (pl.col("many") >= 3).alias("broad"),
            (pl.col("counting").is_between(1, 2) & ~pl.col("missed")).alias("small"),
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
    )


def law(marks, locals_, form):
    """The list."""
    charter, district = pl.col("kind") == "charter", pl.col("kind") == "district"
    broad, small = pl.col("broad"), pl.col("small")
    return (
        judged(marks, locals_, form)
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
    )


def reasons(marks, agencies, missed):
    """For each answer that is yes, the cells that carry it: of `marks`, of `agencies`, which are judged, and of local indicators missed.

    Which cells these are stands at `reasons` in duckdb_list.py.
    """
    found = []
    frame = marks.join(
        agencies.select(
            "key", "kind", "da", "broad", "small", "l_2024", "l6_2024", "l_2025", "l6_2025",
            pl.col("s_2024", "s_2025", "s6_2024", "s6_2025").name.prefix("a_"),
        ),
        on="key",
    )  # fmt: skip
    years = {2025: ["year_1", "yes"], 2024: ["year_2", "yes"]}
    district, charter, often = pl.col("kind") == "district", pl.col("kind") == "charter", pl.col("often")
    direct = ~charter & pl.when("broad").then(often).otherwise(pl.col("small") & pl.col("counts"))
    for year in YEARS:
        hit = pl.col(f"h_{year}")
        ways = [("dta", direct & hit, direct & hit)]
        if year >= 2023:
            lead = district & pl.col("lead")
            ways.append(("geolead", lead, lead))
        if year >= 2024:
            decides = pl.col("da").is_in(years[year])
            others, climate = pl.col(f"l_{year}") >= 1, pl.col(f"l6_{year}")
            # not of what is no group, such as all pupils
            ways.append(("da", decides & pl.col("group") & (hit | others | climate), decides & pl.col("group") & (hit | others)))
        word = "low" if year == 2022 else "red"

        def color(red, priority, low="Very Low"):
            if year == 2022 or (year == 2023 and priority == 8):
                return pl.lit(low)
            return pl.when(red).then(pl.lit("Red")).otherwise(pl.lit("Orange"))

        always = pl.lit(True)
        shown = [
            (4, "ELA", pl.col(f"tests_{year}"), color(ask(f"{word}_ELA_{year}"), 4)),
            (4, "MATH", pl.col(f"tests_{year}"), color(ask(f"{word}_MATH_{year}"), 4)),
            (4, "ELPI", pl.col(f"progress_{year}"), color(ask(f"{word}_ELPI_{year}"), 4)),
            (5, "GRAD", ask(f"{word}_GRAD_{year}"), color(always, 5)),
            (5, "CHRO", ask(f"{word}_CHRO_{year}"), color(always, 5, "Very High")),
            (6, "SUSP", pl.col(f"p6_{year}"), color(always, 6, "Very High")),
            (8, "CCI", pl.col(f"p8_{year}"), color(always, 8)),
        ]
        for pathway, by_others, by_climate in ways:
            for priority, indicator, test, shade in shown:
                found.append(
                    frame.filter(test & (by_climate if priority == 6 else by_others)).select(
                        "key",
                        pl.lit(pathway).alias("pathway"),
                        "grp",
                        pl.lit(year, pl.Int16).alias("year"),
                        pl.lit(priority, pl.UInt8).alias("priority"),
                        pl.lit(indicator).alias("indicator"),
                        shade.alias("color"),
                    )
                )
    for year, decides in years.items():
        others, climate = pl.col(f"l_{year}"), pl.col(f"l6_{year}")
        two = (others >= 2) | ((others >= 1) & climate)
        three = (pl.col(f"s_{year}") & ((others >= 1) | climate)) | (pl.col(f"s6_{year}") & (others >= 1))
        found.append(
            agencies.filter(pl.col("da").is_in(decides) & (two | three))
            .select("key")
            .join(missed[year], on="key")
            .select(
                "key",
                pl.lit("da").alias("pathway"),
                pl.lit(None, GROUP).alias("grp"),
                pl.lit(year, pl.Int16).alias("year"),
                "priority",
                pl.lit("LOCAL").alias("indicator"),
                pl.lit("Not Met").alias("color"),
            )
        )
    return pl.concat(found)


def run(folder, output, plan):
    files = sources(folder)
    indicators = [source for source in files if source.indicator]
    others = [source for source in files if not source.indicator]
    if plan == "A":
        frames = [pl.scan_csv(source.path, separator=source.delimiter, **OPTIONS) for source in others]
        cells = pl.concat(map(lazy, indicators))
    else:
        frames = [pl.read_csv(source.path, separator=source.delimiter, **OPTIONS).lazy() for source in others]
        cells = pl.concat(map(eager, indicators)).lazy()
    frames = [local(local_rows(frame, source), source.year, Text) for frame, source in zip(frames, others)]
    answers = law(groups(fold_groups(cells)), frames, Text).select(pl.col(HEADER).replace("", None)).sort("key")
    answers.collect(engine="streaming" if plan == "A" else "auto").write_csv(output)


GROUP = pl.Enum(LABELS)


def in_memory(folder, plan, copies):
    """The frames of a plan in memory, and what is asked of them."""
    engine = "streaming"
    files = sources(folder)
    bit = (2 ** pl.col("grp").to_physical().cast(pl.Int32)).cast(pl.Int32).alias("grp_bit")

    def many(frame):
        frame = frame.with_columns(pl.col("key").cast(pl.Int64)).sort(pl.col(name) for name in ("key", "grp") if name in frame.columns)
        return pl.concat([frame.with_columns(pl.col("key") + copy * COPY) for copy in range(copies)], rechunk=True)

    cells = pl.concat(map(lazy, [source for source in files if source.indicator]))
    if plan == "B":
        cells = fold_groups(cells)
    cells = many(cells.with_columns(pl.col("grp").cast(GROUP)).collect(engine="streaming")).lazy()
    rows = {}
    for source in files:
        if source.indicator is None:
            frame = local_rows(pl.read_csv(source.path, separator=source.delimiter, **OPTIONS), source)
            frame = frame.with_columns(pl.col("priority").cast(pl.Enum([str(number) for number in range(1, 11)])))
            if plan == "B":
                mask = pl.when(counting(Text)).then(2 ** pl.col("priority").cast(pl.String).cast(pl.Int32)).otherwise(0)
                frame = frame.group_by("key").agg(mask.cast(pl.Int32).bitwise_or().alias("mask"))
            rows[source.year] = many(frame).lazy()

    if plan == "A":
        locals_ = [local(frame, year, Number) for year, frame in rows.items()]
        missed = {
            year: frame.filter(counting(Number)).select("key", pl.col("priority").cast(pl.String).cast(pl.UInt8)).unique()
            for year, frame in rows.items()
        }
    else:
        locals_ = [
            frame.select(
                "key",
                ((pl.col("mask") & 64) != 0).alias(f"l6_{year}"),
                (pl.col("mask") & ~64).bitwise_count_ones().alias(f"l_{year}"),
                pl.lit(year == 2025).alias(f"listed_{year}"),
            )
            for year, frame in rows.items()
        ]
        missed = {
            year: pl.concat(
                frame.filter((pl.col("mask") & (1 << int(priority))) != 0).select("key", pl.lit(int(priority), pl.UInt8).alias("priority"))
                for priority in LOCAL + OFFICES
            )
            for year, frame in rows.items()
        }
    marks = groups(fold_groups(cells) if plan == "A" else cells).with_columns(bit)

    def make_list():
        return law(marks, locals_, Number).collect(engine=engine)

    def explain():
        held = marks.collect(engine=engine).lazy()
        agencies = judged(held, locals_, Number).filter(
            (pl.col("da") != "no")
            | ((pl.col("kind") == "district") & pl.col("lead"))
            | ((pl.col("kind") != "charter") & (pl.col("broad") | pl.col("small")))
        )
        return reasons(held, agencies.collect(engine=engine).lazy(), missed).collect(engine=engine)

    def first(frame):
        return frame.height, frame.filter(pl.col("key") < COPY).rows()

    return make_list, explain, first


measured(run, in_memory, BEGIN)

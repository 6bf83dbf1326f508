"""The list for the 2025 Dashboard with DuckDB.

    python3 duckdb_list.py FOLDER -o FILE [--plan A|B] [--json]
    python3 duckdb_list.py FOLDER --evaluate COPIES [-o FILE] [--plan A|B]

Plan A keeps a long table, a row for each cell, and asks the law of it with boolean aggregates year by year.
Plan B folds each row into a number with a bit for each question, and these with `bit_or`, one group-by for all years.
With `--evaluate` the table of the plan is first put into memory, in short types, by key, and with so many copies of the state; the list alone,
and the explanations alone, are then timed from tables in memory to a table in memory.
"""

import time

BEGIN = time.perf_counter()

import duckdb  # noqa: E402

from sources import BIT, COPY, IGNORED, INDICATORS, LABELS, LOCAL, OFFICES, QUESTIONS, measured, sources  # noqa: E402

YEARS = (2022, 2023, 2024, 2025)


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


def listed(texts):
    return ", ".join(map(quoted, texts))


class Text:
    """What is asked of keys and groups as they stand in files."""

    charter = "{} NOT LIKE '%0000000'"
    office = "substr({}, 3, 2) = '10'"
    groups = "string_agg(grp, '+' ORDER BY grp) FILTER ({})"


class Number:
    """The same of keys that are numbers, and of sets of groups that are bits."""

    charter = "{} % 10000000 <> 0"
    office = "{} // 10000000000 % 100 = 10"
    groups = "bit_or(1::INTEGER << enum_code(grp)) FILTER ({})"


def scan(source, lines=False):
    """A file with its columns named, so that nothing is sniffed; or its lines, unsplit."""
    names, delimiter = (["line"], "\x01") if lines else (source.header, source.delimiter)
    columns = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({quoted(source.path)}, auto_detect = false, header = true, delim = {quoted(delimiter)}, quote = '', "
        f"escape = '', columns = {{{columns}}})"
    )


def cells(source):
    """The rows of an indicator file that are of an agency: key, student group, color, status, and whether pupils are enough.

    Nine rows of ten are of schools. It is faster to look at the start of lines, and to split only those that are wanted.
    """

    def column(*names):
        name = source.column(*names)
        if name is None:
            return None
        return f"cells[{source.place(name) + 1}]" if source.usual else '"' + name.replace('"', '""') + '"'

    key = column("cds", "cdscode")
    group = column("studentgroup")
    if source.indicator == "ELPI" and source.year < 2024:
        group = group or "'EL'"
    if source.usual:
        lines = f"SELECT string_split(line, '\t') AS cells FROM {scan(source, lines=True)}"
        start = " OR ".join(f"line LIKE {quoted('_' * 14 + tab_and_type + '%')}" for tab_and_type in ("\tD", "\tL"))
        start = f"regexp_matches(line, {quoted(source.wanted)})" if source.charters else start
        table, wanted = f"({lines} WHERE {start})", f"{key} <> '99999990000000'"
    else:
        table, wanted = scan(source), f"(rtype IN ('D', 'L') AND {key} <> '99999990000000')"
        if source.charters:
            wanted += " OR (rtype = 'S' AND charter_flag = 'Y')"
    color = "NULL" if source.by_status else column("color")
    status = column("statuslevel") if source.by_status or source.year == 2025 else "NULL"
    enough = "NULL"
    if source.year in (2022, 2025):
        small = f"{group} IN ('FOS', 'HOM', 'LTEL') AND {key} LIKE '%0000000'"
        enough = f"TRY_CAST({column('currdenom')} AS INTEGER) >= CASE WHEN {small} THEN 15 ELSE 30 END"
    elif source.by_status:
        enough = f"{column('currnsizemet')} = 'Y'"
    return (
        f"SELECT {key} AS key, CASE {group} WHEN 'TOM' THEN 'MR' ELSE {group} END AS grp, {color} AS color, {status} AS status, "
        f"{enough} AS enough FROM {table} WHERE {wanted}"
    )


def local_rows(files):
    """A row for each agency, year and priority, and whether it is missed."""
    parts = []
    for source in files:
        key, priority = source.column("cdscode", "cds"), source.column("prioritynumber", "priorityid")
        parts.append(
            f'SELECT "{key}" AS key, {source.year} AS year, "{priority}" AS priority, '
            f"lower(\"{source.column('countyperformance')}\") = 'not met for two or more years' AS missed FROM {scan(source)}"
        )
    return " UNION ALL ".join(parts)


def local(rows, form):
    """For each agency and year: whether Priority 6 is missed, and how many others are."""
    office = f"{form.office.format('key')} AND NOT ({form.charter.format('key')})"
    others = [priority for priority in LOCAL if priority != "6"]
    return f"""
        SELECT key, bool_or(year = 2025) AS listed,
            {", ".join(
                f"bool_or(missed AND priority = '6' AND year = {year}) AS l6_{year}, "
                f"count(DISTINCT priority) FILTER (missed AND year = {year} AND (priority IN ({listed(others)}) "
                f"OR (priority IN ({listed(OFFICES)}) AND {office}))) AS l_{year}"
                for year in (2024, 2025)
            )}
        FROM {rows} GROUP BY key"""


IGNORE = listed(IGNORED)


def long(files):
    """The table of plan A: a row for each cell."""
    return " UNION ALL ".join(
        f"SELECT {source.year}::SMALLINT AS year, {quoted(source.indicator)} AS ind, * FROM ({cells(source)})" for source in files
    )


def plan_a(keep=""):
    """Groups of each year from a long table `cells`."""

    def red(name):
        return f"coalesce(bool_or(ind = '{name}' AND (color = '1' OR (year < 2024 AND status = '1' AND enough))), false)"

    def orange(name):
        return f"coalesce(bool_or(ind = '{name}' AND color IN ('1', '2')), false)"

    return f"""
        years AS (
            SELECT key, grp, year,
                {", ".join(f"{red(name)} AS {name.lower()}" for name in ("ELA", "MATH", "GRAD", "CHRO", "SUSP", "CCI", "ELPI"))},
                {orange("ELA")} AS ela_o, {orange("MATH")} AS math_o, {orange("ELPI")} AS elpi_o,
                coalesce(bool_or(coalesce(color BETWEEN '1' AND '5', false) OR (enough AND (status BETWEEN '1' AND '5' OR ind = 'SUSP'))),
                    false) AS counts
            FROM cells WHERE grp NOT IN ({IGNORE}) AND (grp <> 'LTEL' OR year >= 2024) GROUP BY key, grp, year
        ),
        priorities AS (
            SELECT * EXCLUDE (counts), counts AND year = 2025 AS counts, tests OR progress AS p4, grad OR chro AS p5, susp AS p6, cci AS p8
            FROM (
                SELECT *,
                    CASE
                        WHEN year = 2022 THEN ela AND math
                        WHEN year = 2025 AND grp = 'LTEL' THEN false
                        ELSE (ela AND math_o) OR (math AND ela_o)
                    END AS tests,
                    CASE
                        WHEN year = 2022 THEN grp = 'EL' AND elpi
                        WHEN year = 2025 AND grp = 'LTEL' THEN elpi_o
                        ELSE elpi AND grp IN ('EL', 'LTEL')
                    END AS progress
                FROM years
            )
        ),
        hits AS {keep} (SELECT *, p4::INT + p5::INT + p6::INT + p8::INT >= 2 AS hit FROM priorities),
        groups AS (
            SELECT key, grp, bool_or(counts) AS counts,
                {", ".join(f"bool_or(hit AND year = {year}) AS h_{year}" for year in (2022, 2023, 2024, 2025))},
                {", ".join(
                    f"bool_or((p4 OR p5 OR p8) AND year = {year}) AS s_{year}, bool_or(p6 AND year = {year}) AS s6_{year}"
                    for year in (2024, 2025)
                )}
            FROM hits GROUP BY key, grp
        ),
        listed AS (SELECT DISTINCT key FROM cells WHERE year = 2025)"""


def folded(files):
    """The table of plan B: a number for each agency and group."""
    parts = []
    for source in files:
        name, year = source.indicator, source.year
        bits = []
        if year == 2022:
            bits.append(("status = '1' AND enough", f"low_{name}_2022"))
        elif source.by_status:
            bits.append(("status = '1' AND enough", f"red_{name}_{year}"))
        else:
            bits.append(("color = '1'", f"red_{name}_{year}"))
            if name in ("ELA", "MATH") or (name == "ELPI" and year == 2025):
                bits.append(("color IN ('1', '2')", f"orange_{name}_{year}"))
        if year == 2025:
            significant = "true" if name == "SUSP" else "status BETWEEN '1' AND '5'"
            bits.append((f"color BETWEEN '1' AND '5' OR (enough AND {significant})", "counts"))
        fold = " + ".join(f"CASE WHEN {test} THEN {BIT[question]} ELSE 0 END" for test, question in bits)
        # Beyond the questions, one bit says that the agency is listed.
        known = 1 << len(QUESTIONS) if year == 2025 else 0
        parts.append(f"SELECT key, grp, ({fold} + {known})::BIGINT AS bits FROM ({cells(source)})")
    return f"SELECT key, grp, bit_or(bits) AS bits FROM ({' UNION ALL '.join(parts)}) GROUP BY key, grp"


def plan_b():
    """Groups of each year from the bits of each agency and group, `folded`."""

    def ask(question):
        return f"(bits & {BIT[question]} <> 0)"

    def year(year, progress, tests="{tests}"):
        both = f"({ask(f'red_ELA_{year}')} AND {ask(f'orange_MATH_{year}')} OR {ask(f'red_MATH_{year}')} AND {ask(f'orange_ELA_{year}')})"
        return [
            tests.format(tests=both),
            progress,
            f"bits & {BIT[f'red_GRAD_{year}'] | BIT[f'red_CHRO_{year}']} <> 0",
            ask(f"red_SUSP_{year}"),
            ask(f"red_CCI_{year}"),
        ]

    # Priority 4 by tests and by progress, and priorities 5, 6 and 8.
    priorities = {
        2022: [
            f"{ask('low_ELA_2022')} AND {ask('low_MATH_2022')}",
            f"grp = 'EL' AND {ask('low_ELPI_2022')}",
            f"bits & {BIT['low_GRAD_2022'] | BIT['low_CHRO_2022']} <> 0",
            ask("low_SUSP_2022"),
            "false",
        ],
        2023: year(2023, f"grp = 'EL' AND {ask('red_ELPI_2023')}"),
        2024: year(2024, f"grp IN ('EL', 'LTEL') AND {ask('red_ELPI_2024')}"),
        2025: year(
            2025,
            f"CASE grp WHEN 'LTEL' THEN {ask('orange_ELPI_2025')} WHEN 'EL' THEN {ask('red_ELPI_2025')} ELSE false END",
            "grp <> 'LTEL' AND {tests}",
        ),
    }
    columns = ", ".join(
        f"({tests}) OR ({progress}) AS p4_{y}, ({tests}) AS tests_{y}, ({progress}) AS progress_{y}, "
        + ", ".join(f"{test} AS p{p}_{y}" for p, test in zip((5, 6, 8), others))
        for y, (tests, progress, *others) in priorities.items()
    )
    exists = {y: " AND grp <> 'LTEL'" if y < 2024 else "" for y in priorities}
    hits = ", ".join(f"p4_{y}::INT + p5_{y}::INT + p6_{y}::INT + p8_{y}::INT >= 2{exists[y]} AS h_{y}" for y in priorities)
    states = ", ".join(f"p4_{y} OR p5_{y} OR p8_{y} AS s_{y}, p6_{y} AS s6_{y}" for y in (2024, 2025))
    return f"""
        priorities AS (
            SELECT key, grp, bits, bits & {BIT["counts"]} <> 0 AS counts, {columns}
            FROM folded WHERE grp NOT IN ({IGNORE})
        ),
        groups AS (SELECT *, {hits}, {states} FROM priorities),
        listed AS (SELECT DISTINCT key FROM folded WHERE bits & {1 << len(QUESTIONS)} <> 0)"""


def years_of_bits():
    """`hits` of plan B as plan A has them: a row for each agency, group and year in which any priority is met."""
    parts = []
    for year in YEARS:
        word = "low" if year == 2022 else "red"
        reds = ", ".join(
            f"bits & {BIT.get(f'{word}_{name}_{year}', 0)} <> 0 AS {name.lower()}" for name in ("ELA", "MATH", "GRAD", "CHRO", "ELPI")
        )
        parts.append(
            f"SELECT key, grp, {year}::SMALLINT AS year, h_{year} AS hit, tests_{year} AS tests, progress_{year} AS progress, {reds}, "
            f"p4_{year} AS p4, p5_{year} AS p5, p6_{year} AS p6, p8_{year} AS p8 FROM marks "
            f"WHERE p4_{year} OR p5_{year} OR p6_{year} OR p8_{year}"
        )
    return f"hits AS MATERIALIZED ({' UNION ALL '.join(parts)}),"


def law(form, keep=""):
    """From the groups of each year and from `local` to `answers`, a row for each agency."""
    return f"""
        marks AS {keep} (
            SELECT *, h_2022::INT + h_2023::INT + h_2024::INT + h_2025::INT >= 3 AS often, h_2023 AND h_2024 AND h_2025 AS lead FROM groups
        ),
        agencies AS (
            SELECT key, bool_or(h_2024) AS h_2024, bool_or(h_2025) AS h_2025, bool_or(s_2024) AS s_2024, bool_or(s_2025) AS s_2025,
                bool_or(s6_2024) AS s6_2024, bool_or(s6_2025) AS s6_2025, bool_or(lead) AS lead,
                count(*) FILTER (often) AS many, count(*) FILTER (counts) AS counting, bool_or(counts AND NOT often) AS missed,
                {form.groups.format("h_2025")} AS da_groups,
                {form.groups.format("lead")} AS lead_groups,
                {form.groups.format("often")} AS often_groups,
                {form.groups.format("counts")} AS counting_groups
            FROM marks GROUP BY key
        ),
        all_keys AS (SELECT key FROM listed UNION SELECT key FROM local WHERE listed),
        met AS (
            SELECT k.key, a.* EXCLUDE (key), l.* EXCLUDE (key, listed),
                CASE WHEN {form.charter.format("k.key")} THEN 'charter' WHEN {form.office.format("k.key")} THEN 'county_office'
                    ELSE 'district' END AS kind,
                {", ".join(
                    f"coalesce(a.h_{y}, false) OR coalesce(l.l_{y} >= 2 OR (l.l_{y} >= 1 AND l.l6_{y}), false) "
                    f"OR (coalesce(a.s_{y}, false) AND coalesce(l.l_{y} >= 1 OR l.l6_{y}, false)) "
                    f"OR (coalesce(a.s6_{y}, false) AND coalesce(l.l_{y} >= 1, false)) AS met_{y}"
                    for y in (2024, 2025)
                )}
            FROM all_keys k LEFT JOIN agencies a ON a.key = k.key LEFT JOIN local l ON l.key = k.key
        ),
        answers AS {keep} (
            SELECT *,
                CASE
                    WHEN kind = 'charter' THEN CASE WHEN met_2024 AND met_2025 THEN 'yes' ELSE 'no' END
                    WHEN met_2025 THEN 'year_1' WHEN met_2024 THEN 'year_2' ELSE 'no'
                END AS da,
                coalesce(many >= 3, false) AS broad,
                coalesce(counting BETWEEN 1 AND 2 AND NOT missed, false) AS small
            FROM met
        )"""


LIST = """
        SELECT key, kind, da, CASE WHEN da IN ('yes', 'year_1') THEN da_groups END AS da_groups,
            CASE WHEN kind = 'district' THEN CASE WHEN lead THEN 'yes' ELSE 'no' END END AS geolead,
            CASE WHEN kind = 'district' THEN lead_groups END AS geolead_groups,
            CASE WHEN kind <> 'charter' THEN CASE WHEN broad OR small THEN 'yes' ELSE 'no' END END AS dta,
            CASE WHEN kind = 'charter' THEN NULL WHEN broad THEN often_groups WHEN small THEN counting_groups END AS dta_groups
        FROM answers"""


def reasons():
    """For each answer that is yes, the cells that carry it, from `hits`, `marks`, `answers` and `missed`.

    Differentiated assistance: of the year that decides, the priorities of each group that meets the criteria by itself; those of other
    groups where a local indicator makes up a second priority (Method 3); and the local indicators where they count at all. The others:
    the priorities of each group that is named, in the years that count.
    """
    judged = "(year = 2025 AND a.da IN ('year_1', 'yes') OR year = 2024 AND a.da IN ('year_2', 'yes'))"
    by_year = "CASE year WHEN 2025 THEN {} ELSE {} END".format
    others, climate = by_year("l_2025", "l_2024"), by_year("l6_2025", "l6_2024")
    third = f"coalesce({others} >= 1 OR {climate}, false)"
    third_climate = f"coalesce({others} >= 1, false)"
    states = by_year("coalesce(s_2025, false)", "coalesce(s_2024, false)")
    states_climate = by_year("coalesce(s6_2025, false)", "coalesce(s6_2024, false)")
    counts_local = f"({others} >= 2 OR {others} >= 1 AND {climate} OR {states} AND ({others} >= 1 OR {climate}) OR {states_climate} AND {others} >= 1)"
    color = "CASE WHEN year = 2022 OR (year = 2023 AND {0} = 8) THEN 'Very {1}' WHEN {2} THEN 'Red' ELSE 'Orange' END".format
    shown = (
        (4, "ELA", "p4 AND tests", color(4, "Low", "ela")),
        (4, "MATH", "p4 AND tests", color(4, "Low", "math")),
        (4, "ELPI", "p4 AND progress", color(4, "Low", "elpi")),
        (5, "GRAD", "p5 AND grad", color(5, "Low", "true")),
        (5, "CHRO", "p5 AND chro", color(5, "High", "true")),
        (6, "SUSP", "p6", color(6, "High", "true")),
        (8, "CCI", "p8", color(8, "Low", "true")),
    )
    rows = " UNION ALL ".join(
        f"SELECT key, pathway, grp, year, {priority}::TINYINT AS priority, '{indicator}' AS indicator, {shade} AS color FROM reasons "
        f"WHERE {test} AND {'by_climate' if priority == 6 else 'by_others'}"
        for priority, indicator, test, shade in shown
    )
    return f"""
        reasons AS MATERIALIZED (
            SELECT 'da' AS pathway, h.*, hit OR {third} AS by_others, hit OR {third_climate} AS by_climate
            FROM hits h JOIN answers a ON a.key = h.key WHERE {judged} AND (hit OR {third})
            UNION ALL
            SELECT 'geolead', h.*, true, true
            FROM hits h JOIN marks m ON m.key = h.key AND m.grp = h.grp JOIN answers a ON a.key = h.key
            WHERE a.kind = 'district' AND m.lead AND year >= 2023
            UNION ALL
            SELECT 'dta', h.*, true, true
            FROM hits h JOIN marks m ON m.key = h.key AND m.grp = h.grp JOIN answers a ON a.key = h.key
            WHERE a.kind <> 'charter' AND hit AND CASE WHEN broad THEN m.often ELSE small AND m.counts END
        )
        {rows}
        UNION ALL
        SELECT o.key, 'da', NULL, year, priority, 'LOCAL', 'Not Met' FROM missed o JOIN answers a ON a.key = o.key WHERE {judged} AND {counts_local}"""


def connected(**config):
    return duckdb.connect(":memory:", config={"threads": 2, "preserve_insertion_order": "false", **config})


def run(folder, output, plan):
    start = time.perf_counter()
    files = sources(folder)
    indicators = [source for source in files if source.indicator]
    if plan == "A":
        years = f"cells AS ({long(indicators)}), {plan_a()}"
    else:
        years = f"folded AS ({folded(indicators)}), {plan_b()}"
    rows = f"({local_rows([source for source in files if not source.indicator])})"
    query = f"WITH {years}, local AS ({local(rows, Text)}), {law(Text)} {LIST} ORDER BY key"
    connection = connected()
    planned = time.perf_counter()
    connection.execute(f"COPY ({query}) TO {quoted(output)} (FORMAT csv, HEADER, DELIMITER ',')")
    return {"plan_ms": round((planned - start) * 1e3, 3), "query_ms": round((time.perf_counter() - planned) * 1e3, 3)}


def in_memory(folder, plan, copies):
    """The tables of a plan in memory, and what is asked of them."""
    files = sources(folder)
    indicators = [source for source in files if source.indicator]
    connection = connected(temp_directory="")
    do = connection.execute
    do(f"CREATE TYPE grp AS ENUM ({listed(LABELS)}); CREATE TYPE ind AS ENUM ({listed(INDICATORS.values())})")
    do(
        f"CREATE TABLE rows AS SELECT key::BIGINT AS key, year::SMALLINT AS year, TRY_CAST(priority AS UTINYINT) AS priority, missed "
        f"FROM ({local_rows([source for source in files if not source.indicator])})"
    )
    office = f"{Number.office.format('key')} AND NOT ({Number.charter.format('key')})"
    missed = f"missed AND (priority IN ({', '.join(LOCAL)}) OR (priority IN ({', '.join(OFFICES)}) AND {office}))"
    if plan == "A":
        do(
            "CREATE TABLE cells AS SELECT year, ind::ind AS ind, key::BIGINT AS key, grp::grp AS grp, TRY_CAST(color AS UTINYINT) AS color, "
            f"TRY_CAST(status AS UTINYINT) AS status, enough FROM ({long(indicators)})"
        )
        tables = ["cells", "rows"]
        years, kept, local_of = plan_a(), f"{plan_a('MATERIALIZED')},", local("rows", Number)
        missed = f"SELECT DISTINCT key, year, priority FROM rows WHERE {missed}"
    else:
        do(f"CREATE TABLE folded AS SELECT key::BIGINT AS key, grp::grp AS grp, bits FROM ({folded(indicators)})")
        masks = ", ".join(f"coalesce(bit_or(1::INTEGER << priority) FILTER ({missed} AND year = {year}), 0) AS m_{year}" for year in (2024, 2025))
        do(f"CREATE TABLE local_bits AS SELECT key, bool_or(year = 2025) AS listed, {masks} FROM rows GROUP BY key; DROP TABLE rows")
        tables = ["folded", "local_bits"]
        years = kept = plan_b()
        counts = ", ".join(f"m_{year} & 64 <> 0 AS l6_{year}, bit_count(m_{year} & ~64) AS l_{year}" for year in (2024, 2025))
        local_of = f"SELECT key, listed, {counts} FROM local_bits"
        missed = " UNION ALL ".join(
            f"SELECT key, {year} AS year, {priority} AS priority FROM local_bits WHERE m_{year} & {1 << int(priority)} <> 0"
            for year in (2024, 2025)
            for priority in LOCAL + OFFICES
        )
        kept = f"{plan_b()},"
    for table in tables:
        do(f"CREATE TEMP TABLE one AS SELECT * FROM {table} ORDER BY key")
        do(f"TRUNCATE {table}")
        for copy in range(copies):
            do(f"INSERT INTO {table} SELECT * REPLACE (key + {copy * COPY} AS key) FROM one")
        do("DROP TABLE one")

    keep = "MATERIALIZED"
    list_of = f"WITH {years}, local AS ({local_of}), {law(Number)} {LIST}"
    hits = years_of_bits() if plan == "B" else ""
    why = f"WITH {kept} local AS ({local_of}), {law(Number, keep)}, {hits} missed AS ({missed}), {reasons()}"

    def table(name, query):
        def make():
            do(f"CREATE OR REPLACE TABLE {name} AS {query}")
            return name

        return make

    def first(name):
        count = do(f"SELECT count(*) FROM {name}").fetchone()[0]
        return count, do(f"SELECT * FROM {name} WHERE key < {COPY}").fetchall()

    return table("answered", list_of), table("explained", why), first


measured(run, in_memory, BEGIN)

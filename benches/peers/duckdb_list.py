"""The list for the 2025 Dashboard with DuckDB.

    python3 duckdb_list.py FOLDER -o FILE [--plan A|B] [--json]

Plan A keeps a long table, a row for each cell, and asks the law of it with boolean aggregates year by year.
Plan B folds each row into a number with a bit for each question, and these with `bit_or`, one group-by for all years.
"""

import time

BEGIN = time.perf_counter()

import duckdb  # noqa: E402

from sources import BIT, IGNORED, QUESTIONS, measured, sources  # noqa: E402


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


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


def local(files):
    """For each agency and year: whether Priority 6 is missed, and how many others are."""
    parts = []
    for source in files:
        key, priority = source.column("cdscode", "cds"), source.column("prioritynumber", "priorityid")
        parts.append(
            f'SELECT "{key}" AS key, {source.year} AS year, "{priority}" AS priority, '
            f"lower(\"{source.column('countyperformance')}\") = 'not met for two or more years' AS missed FROM {scan(source)}"
        )
    return f"""
        SELECT key, bool_or(year = 2025) AS listed,
            {", ".join(
                f"bool_or(missed AND priority = '6' AND year = {year}) AS l6_{year}, "
                f"count(DISTINCT priority) FILTER (missed AND year = {year} AND (priority IN ('1', '2', '3', '7') "
                f"OR (priority IN ('9', '10') AND substr(key, 3, 2) = '10' AND key LIKE '%0000000'))) AS l_{year}"
                for year in (2024, 2025)
            )}
        FROM ({" UNION ALL ".join(parts)}) GROUP BY key"""


IGNORE = ", ".join(map(quoted, IGNORED))


def plan_a(files):
    """Groups of each year from a long table."""
    long = " UNION ALL ".join(
        f"SELECT {source.year}::SMALLINT AS year, {quoted(source.indicator)} AS ind, * FROM ({cells(source)})" for source in files
    )

    def red(name):
        return f"coalesce(bool_or(ind = '{name}' AND (color = '1' OR (year < 2024 AND status = '1' AND enough))), false)"

    def orange(name):
        return f"coalesce(bool_or(ind = '{name}' AND color IN ('1', '2')), false)"

    return f"""
        cells AS (SELECT * FROM ({long})),
        years AS (
            SELECT key, grp, year,
                {", ".join(f"{red(name)} AS {name.lower()}" for name in ("ELA", "MATH", "GRAD", "CHRO", "SUSP", "CCI", "ELPI"))},
                {orange("ELA")} AS ela_o, {orange("MATH")} AS math_o, {orange("ELPI")} AS elpi_o,
                coalesce(bool_or(coalesce(color BETWEEN '1' AND '5', false) OR (enough AND (status BETWEEN '1' AND '5' OR ind = 'SUSP'))),
                    false) AS counts
            FROM cells WHERE grp NOT IN ({IGNORE}) AND (grp <> 'LTEL' OR year >= 2024) GROUP BY key, grp, year
        ),
        priorities AS (
            SELECT key, grp, year, counts AND year = 2025 AS counts,
                CASE
                    WHEN year = 2022 THEN (ela AND math) OR (grp = 'EL' AND elpi)
                    WHEN year = 2025 AND grp = 'LTEL' THEN elpi_o
                    ELSE (ela AND math_o) OR (math AND ela_o) OR (elpi AND grp IN ('EL', 'LTEL'))
                END AS p4,
                grad OR chro AS p5, susp AS p6, cci AS p8
            FROM years
        ),
        hits AS (SELECT *, p4::INT + p5::INT + p6::INT + p8::INT >= 2 AS hit FROM priorities),
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


def plan_b(files):
    """Groups of each year from one `bit_or` for each agency and group."""
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
        listed = 1 << len(QUESTIONS) if year == 2025 else 0
        parts.append(f"SELECT key, grp, ({fold} + {listed})::BIGINT AS bits FROM ({cells(source)})")

    def ask(question):
        return f"(bits & {BIT[question]} <> 0)"

    def year(year, progress):
        tests = f"({ask(f'red_ELA_{year}')} AND {ask(f'orange_MATH_{year}')} OR {ask(f'red_MATH_{year}')} AND {ask(f'orange_ELA_{year}')})"
        return [
            progress.format(tests=tests),
            f"bits & {BIT[f'red_GRAD_{year}'] | BIT[f'red_CHRO_{year}']} <> 0",
            ask(f"red_SUSP_{year}"),
            ask(f"red_CCI_{year}"),
        ]

    priorities = {
        2022: [
            f"({ask('low_ELA_2022')} AND {ask('low_MATH_2022')} OR grp = 'EL' AND {ask('low_ELPI_2022')})",
            f"bits & {BIT['low_GRAD_2022'] | BIT['low_CHRO_2022']} <> 0",
            ask("low_SUSP_2022"),
            "false",
        ],
        2023: year(2023, f"({{tests}} OR grp = 'EL' AND {ask('red_ELPI_2023')})"),
        2024: year(2024, f"({{tests}} OR grp IN ('EL', 'LTEL') AND {ask('red_ELPI_2024')})"),
        2025: year(
            2025,
            f"CASE grp WHEN 'LTEL' THEN {ask('orange_ELPI_2025')} WHEN 'EL' THEN {{tests}} OR {ask('red_ELPI_2025')} ELSE {{tests}} END",
        ),
    }
    columns = ", ".join(f"{test} AS p{p}_{y}" for y, tests in priorities.items() for p, test in zip((4, 5, 6, 8), tests))
    exists = {y: " AND grp <> 'LTEL'" if y < 2024 else "" for y in priorities}
    hits = ", ".join(f"p4_{y}::INT + p5_{y}::INT + p6_{y}::INT + p8_{y}::INT >= 2{exists[y]} AS h_{y}" for y in priorities)
    states = ", ".join(f"p4_{y} OR p5_{y} OR p8_{y} AS s_{y}, p6_{y} AS s6_{y}" for y in (2024, 2025))
    return f"""
        folded AS (SELECT key, grp, bit_or(bits) AS bits FROM ({" UNION ALL ".join(parts)}) GROUP BY key, grp),
        priorities AS (
            SELECT key, grp, bits & {BIT["counts"]} <> 0 AS counts, {columns}
            FROM folded WHERE grp NOT IN ({IGNORE})
        ),
        groups AS (SELECT key, grp, counts, {hits}, {states} FROM priorities),
        listed AS (SELECT DISTINCT key FROM folded WHERE bits & {1 << len(QUESTIONS)} <> 0)"""


def run(folder, output, plan):
    start = time.perf_counter()
    files = sources(folder)
    indicators = [source for source in files if source.indicator]
    years = {"A": plan_a, "B": plan_b}[plan](indicators)
    query = f"""
        WITH {years},
        local AS ({local([source for source in files if not source.indicator])}),
        marks AS (
            SELECT *, h_2022::INT + h_2023::INT + h_2024::INT + h_2025::INT >= 3 AS often, h_2023 AND h_2024 AND h_2025 AS lead FROM groups
        ),
        agencies AS (
            SELECT key, bool_or(h_2024) AS h_2024, bool_or(h_2025) AS h_2025, bool_or(s_2024) AS s_2024, bool_or(s_2025) AS s_2025,
                bool_or(s6_2024) AS s6_2024, bool_or(s6_2025) AS s6_2025, bool_or(lead) AS lead,
                count(*) FILTER (often) AS many, count(*) FILTER (counts) AS counting, bool_or(counts AND NOT often) AS missed,
                string_agg(grp, '+' ORDER BY grp) FILTER (h_2025) AS da_groups,
                string_agg(grp, '+' ORDER BY grp) FILTER (lead) AS lead_groups,
                string_agg(grp, '+' ORDER BY grp) FILTER (often) AS often_groups,
                string_agg(grp, '+' ORDER BY grp) FILTER (counts) AS counting_groups
            FROM marks GROUP BY key
        ),
        all_keys AS (SELECT key FROM listed UNION SELECT key FROM local WHERE listed),
        met AS (
            SELECT k.key, a.* EXCLUDE (key),
                CASE WHEN k.key NOT LIKE '%0000000' THEN 'charter' WHEN substr(k.key, 3, 2) = '10' THEN 'county_office' ELSE 'district' END
                    AS kind,
                {", ".join(
                    f"coalesce(a.h_{y}, false) OR coalesce(l.l_{y} >= 2 OR (l.l_{y} >= 1 AND l.l6_{y}), false) "
                    f"OR (coalesce(a.s_{y}, false) AND coalesce(l.l_{y} >= 1 OR l.l6_{y}, false)) "
                    f"OR (coalesce(a.s6_{y}, false) AND coalesce(l.l_{y} >= 1, false)) AS met_{y}"
                    for y in (2024, 2025)
                )}
            FROM all_keys k LEFT JOIN agencies a ON a.key = k.key LEFT JOIN local l ON l.key = k.key
        ),
        answers AS (
            SELECT *,
                CASE
                    WHEN kind = 'charter' THEN CASE WHEN met_2024 AND met_2025 THEN 'yes' ELSE 'no' END
                    WHEN met_2025 THEN 'year_1' WHEN met_2024 THEN 'year_2' ELSE 'no'
                END AS da,
                coalesce(many >= 3, false) AS broad,
                coalesce(counting BETWEEN 1 AND 2 AND NOT missed, false) AS small
            FROM met
        )
        SELECT key, kind, da, CASE WHEN da IN ('yes', 'year_1') THEN da_groups END AS da_groups,
            CASE WHEN kind = 'district' THEN CASE WHEN lead THEN 'yes' ELSE 'no' END END AS geolead,
            CASE WHEN kind = 'district' THEN lead_groups END AS geolead_groups,
            CASE WHEN kind <> 'charter' THEN CASE WHEN broad OR small THEN 'yes' ELSE 'no' END END AS dta,
            CASE WHEN kind = 'charter' THEN NULL WHEN broad THEN often_groups WHEN small THEN counting_groups END AS dta_groups
        FROM answers ORDER BY key"""
    connection = duckdb.connect(":memory:", config={"threads": 2, "preserve_insertion_order": "false"})
    planned = time.perf_counter()
    connection.execute(f"COPY ({query}) TO {quoted(output)} (FORMAT csv, HEADER, DELIMITER ',')")
    return {"plan_ms": round((planned - start) * 1e3, 3), "query_ms": round((time.perf_counter() - planned) * 1e3, 3)}


measured(run, BEGIN)

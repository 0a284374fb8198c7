"""docs/compatibility.md from the results of the projects. The same results give the same text."""
from collections import Counter

from projects import Project

NAMES = {"postgresql": "PostgreSQL", "mysql": "MariaDB", "sqlite": "SQLite"}
BAD = {"different", "fail at different revisions"}

HEAD = """\
# Compatibility

Public projects that nobody here wrote, run with Alembic and with Limbeck. This page is written by

```console
cargo xtask corpus
```

which downloads the pinned packages of [`xtask/corpus/projects.toml`](../xtask/corpus/projects.toml) from PyPI into
`target/corpus`, makes Python environments there, and starts private database servers. `--only NAME` runs one project
anew and keeps the results of the others. Nothing of the projects is in this repository.
"""

READING = """\
## How the scripts are read

What `limbeck doctor --scripts` says of each revision, upgrade and downgrade together, the worst over the databases that the project
supports. L0: operations with literal arguments. L1: evaluated before anything runs. L2: looks at the tables of the database.
L3: reads rows. L4: holds something that is not understood. Of L2 and L3, scripts that can be read whatever the database
answers are *native* everywhere; the others only where a half-run script can be rolled back. What is not native is
*delegated*: run by the project's own Python, or refused where there is none.
"""

FILES = """\
## Single revisions, offline

Each revision, alone, as a `--sql` script for PostgreSQL, MySQL and SQLite in both directions, without its application. Of what Alembic writes:
*equal* is the same text (moments and random ids aside), *wanted* is a difference that [DIFFERENCES.md](../DIFFERENCES.md) names,
*different* is a fault, *unread* is refused by Limbeck. *Limbeck alone* are those where Alembic fails, mostly because the
script imports its application, and Limbeck does not. Alembic is given an empty configuration, Limbeck none: scripts that ask
`context.config` (most of ckan's) count as unread here, and are read in their project.
"""

HISTORIES = """\
## Whole histories

`upgrade heads` on a fresh database, then `downgrade base`, with both tools and a small env.py; the version table, the schema and
every row are compared. Then `upgrade heads --sql`. *n revisions* is how far Alembic came; *delegated* counts the revisions that Limbeck gave to
the project's own Python. Where Alembic fails (a script is wrong on an empty database, or has no `downgrade`), Limbeck must fail at
the same revision and leave the same version, schema and rows behind; on SQLite, where Python's driver lets DDL out of the
transaction and Limbeck does not, the same version. *unread* is refused by Limbeck, *wanted* a difference that
[DIFFERENCES.md](../DIFFERENCES.md) names. Where *Alembic cannot load it*, the scripts import an application that does not run
with this Python, or the history starts from tables that the application makes. A delegated script that commits is *unread*, too:
under the small env.py Alembic loses its version when it is run for that revision alone, and Limbeck stops there.
"""


def one_line(found: dict) -> str:
    """Progress on the terminal."""
    counts = Counter()
    for dialect in found["files"]["counts"].values():
        counts.update(dialect)
    histories = {dialect: {command: entry["result"] for command, entry in history.items()}
                 for dialect, history in found.get("histories", {}).items()}
    return f"{dict(sorted(counts.items()))} {histories}"


def render(projects: list[Project], known: dict, servers: list[str]) -> tuple[str, int]:
    """The page, and how many results are different."""
    shown = [project for project in projects if project.name in known]
    blockers = list(find_blockers(shown, known))
    lines = [HEAD, *summary(shown, known), ""]
    lines += blockers_text(blockers)
    lines += [READING, *reading_table(shown, known), "", FILES, *files_table(shown, known), ""]
    lines += [HISTORIES, *history_table(shown, known), ""]
    lines += versions_text(shown, servers)
    return "\n".join(lines), len(blockers)


def summary(projects, known) -> list[str]:
    """The numbers of the whole."""
    compared, native, runs, by_dialect = Counter(), Counter(), Counter(), Counter()
    for project in projects:
        for dialect, history in known[project.name].get("histories", {}).items():
            for entry in history.values():
                runs[entry["result"].removesuffix(", times and ids aside")] += 1
            entry = history["upgrade"]
            if not entry["result"].startswith(("equal", "both fail", "wanted")):
                continue
            by_dialect[dialect] += entry["steps"]
            compared[project.name] = max(compared[project.name], entry["steps"])
            native[project.name] = max(native[project.name], entry["steps"] - len(entry["delegated"]))
    databases = ", ".join(f"{by_dialect[dialect]} on {name}" for dialect, name in NAMES.items())
    order = ("equal", "wanted", "both fail", "only Limbeck", "unread", "Alembic cannot load it", "not reached", *sorted(BAD))
    return [
        f"- **{len(+compared)} projects, {sum(compared.values())} revisions** have been upgraded from nothing by both tools, with the "
        f"same result ({databases}); {sum(native.values())} of them natively.",
        f"- Runs of whole histories: {', '.join(f'{runs[kind]} {kind}' for kind in order)}.",
        "- Single revisions, offline: " + ", ".join(f"{count} {kind}" for kind, count in single(projects, known).items()) + ".",
    ]


def single(projects, known) -> dict:
    counts = Counter()
    for project in projects:
        for dialect in known[project.name]["files"]["counts"].values():
            counts.update(dialect)
    return {kind.replace("only Limbeck", "Limbeck alone"): counts[kind] for kind in KINDS}


def find_blockers(projects, known):
    for project in projects:
        found = known[project.name]
        for case in found["files"]["different"]:
            yield f"{project.name}: {case['file']}, {case['direction']}, {NAMES[case['dialect']]}"
        for dialect, history in found.get("histories", {}).items():
            for command, entry in history.items():
                if entry["result"] in BAD:
                    where = entry.get("where") or entry.get("part") or "statements"
                    yield f"{project.name}: {command}, {NAMES[dialect]}: {entry['result']} ({where})"


def blockers_text(blockers: list[str]) -> list[str]:
    if not blockers:
        return ["No result is different.", ""]
    return [f"**{len(blockers)} different results, each of which blocks a release:**", "",
            *(f"- {text}" for text in blockers), ""]


def table(head: list[str], rows: list[list]) -> list[str]:
    right = ["---:" if column else "---" for column in range(len(head))]
    return ["| " + " | ".join(map(str, row)) + " |" for row in [head, right, *rows]]


LEVELS = ("L0", "L1", "L2", "L3", "L4")


def reading_table(projects, known) -> list[str]:
    rows, total, with_sqlmodel = [], Counter(), Counter()
    for project in projects:
        row = Counter()
        by_dialect = list(known[project.name].get("reading", {}).values())
        for revision in by_dialect[0] if by_dialect else ():
            entries = [reading[revision] for reading in by_dialect]
            row["revisions"] += 1
            row[max(entry["level"] for entry in entries)] += 1
            row["native"] += all(entry["native"] for entry in entries)
        rows.append([project.name, *cells(row)])
        total.update(row)
        if project.sqlmodel:
            with_sqlmodel.update(row)
    rows.append(["**all**", *cells(total)])
    rows.append(["**with SQLModel**", *cells(with_sqlmodel)])
    return table(["project", "revisions", *LEVELS, "native", "delegated", "native share"], rows)


def cells(row: Counter) -> list[str]:
    counts = [row["revisions"], *(row[level] for level in LEVELS), row["native"], row["revisions"] - row["native"]]
    return [*map(str, counts), percent(row["native"], row["revisions"])]


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


KINDS = ("equal", "wanted", "different", "unread", "only Limbeck")


def files_table(projects, known) -> list[str]:
    rows, total = [], {}
    for project in projects:
        row = [project.name]
        for dialect, name in NAMES.items():
            counts = Counter(known[project.name]["files"]["counts"].get(dialect, {}))
            total.setdefault(dialect, Counter()).update(counts)
            row.append(counted(counts))
        rows.append(row)
    rows.append(["**all**", *(counted(total.get(dialect, Counter())) for dialect in NAMES)])
    head = ["project", *(f"{'MySQL' if dialect == 'mysql' else name}: {' / '.join(KINDS).replace('only Limbeck', 'Limbeck alone')}"
                         for dialect, name in NAMES.items())]
    return table(head, rows)


def counted(counts: Counter) -> str:
    return " / ".join(str(counts[kind]) for kind in KINDS)


def history_table(projects, known) -> list[str]:
    rows = []
    for project in projects:
        for dialect, history in known[project.name].get("histories", {}).items():
            row = [project.name, NAMES[dialect]]
            for command in ("upgrade", "downgrade", "sql"):
                row.append(outcome(history[command]) if command in history else "–")
            rows.append(row)
    return table(["project", "database", "`upgrade heads`", "`downgrade base`", "`upgrade heads --sql`"], rows)


def outcome(entry: dict) -> str:
    text = entry["result"]
    if text != "Alembic cannot load it":
        text += f", {entry['steps']} revisions"
    if entry["delegated"]:
        text += f", {len(entry['delegated'])} delegated"
    return f"**{text}**" if entry["result"] in BAD else text


def versions_text(projects, servers: list[str]) -> list[str]:
    packages = projects[0].environment if projects else []
    lines = ["## Versions", "", f"- {', '.join(servers)}", f"- every environment: {', '.join(packages)}"]
    for project in projects:
        more = [package for package in project.environment if package not in packages]
        text = f"- {project.name}: {project.package}"
        if more:
            text += f", with {', '.join(more)}"
        if project.notes:
            text += f". {project.notes}"
        lines.append(text)
    return [*lines, ""]

#!/usr/bin/env python3
"""Runs public Alembic projects with Alembic and with Limbeck, and writes what came out to docs/compatibility.md.

  corpus.py --limbeck BIN --reader BIN [--only NAME] [--per-file | --reading]

`cargo xtask corpus` builds the two programs, starts the servers and calls this. Results of a run are kept in
target/corpus/results, so that `--only` runs one project anew and the page is still whole.
"""
import argparse
import json
import os
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import comparison
import history
import report
from databases import open_databases
from projects import prepare, read_projects


def keep(path: Path, found: dict) -> None:
    path.write_text(json.dumps(found, indent=1, sort_keys=True))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--limbeck", required=True, help="the binary")
    parser.add_argument("--reader", required=True, help="the example revision_sql")
    parser.add_argument("--cache", type=Path, required=True, help="downloads, environments and results")
    parser.add_argument("--page", type=Path, required=True, help="docs/compatibility.md")
    parser.add_argument("--only", action="append", help="this project; may be repeated")
    parser.add_argument("--per-file", action="store_true", help="no whole histories")
    parser.add_argument("--reading", action="store_true", help="only how the scripts are read")
    args = parser.parse_args()
    cache = args.cache.resolve()
    # Where Python and Alembic walk sets, they walk them in one order.
    os.environ["PYTHONHASHSEED"] = "0"
    projects = read_projects()
    if unknown := set(args.only or []) - {project.name for project in projects}:
        parser.error(f"no such project: {', '.join(sorted(unknown))}")
    databases = open_databases(cache / "databases")
    results = cache / "results"
    results.mkdir(parents=True, exist_ok=True)
    wanted = (args.page.parent.parent / "DIFFERENCES.md").read_text()
    shown = [project for project in projects if not args.only or project.name in args.only]
    for project in shown:  # one after another: two may have one environment or one package
        try:
            prepare(project, cache)
        except Exception:  # noqa: BLE001 - the others are still run
            traceback.print_exc()

    def run(project) -> bool:
        kept = results / f"{project.name}.json"
        try:
            found = json.loads(kept.read_text()) if kept.exists() else {}
            found["package"] = project.package
            if not args.reading:
                found["files"] = comparison.compare(project, cache, args.reader, wanted)
            found["reading"] = {dialect: history.reading(project, dialect, databases[dialect], args.limbeck, cache)
                                for dialect in project.dialects if dialect in databases}
            keep(kept, found)
            if not args.per_file and not args.reading:
                found["histories"] = {
                    dialect: history.compare(project, dialect, databases[dialect], args.limbeck, cache, wanted)
                    for dialect in project.dialects if dialect in databases}
                keep(kept, found)
            print(f"{project.name}: {report.one_line(found)}", file=sys.stderr, flush=True)
            return True
        except Exception:  # noqa: BLE001 - the others are still run
            print(f"{project.name}:\n{traceback.format_exc()}", file=sys.stderr, flush=True)
            return False

    # Every project has databases and folders of its own.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        failed = [project.name for project, done in zip(shown, pool.map(run, shown)) if not done]
    known = {project.name: json.loads((results / f"{project.name}.json").read_text())
             for project in projects if (results / f"{project.name}.json").exists()}
    servers = [database.version() for database in databases.values()]
    page, blockers = report.render(projects, known, servers)
    if len(known) == len(projects) and not failed:
        args.page.parent.mkdir(exist_ok=True)
        args.page.write_text(page)
        print(f"wrote {args.page}", file=sys.stderr)
    if failed:
        print(f"could not be run: {', '.join(failed)}", file=sys.stderr)
    if blockers:
        print(f"{blockers} different result(s)", file=sys.stderr)
    return 1 if failed or blockers else 0


sys.exit(main())

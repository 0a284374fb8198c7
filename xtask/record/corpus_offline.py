#!/usr/bin/env python3
"""What real Alembic writes for single revision files, offline, without the application they belong to.

  corpus_offline.py OUT.jsonl SYS_PATH FILE [FILE …]

One JSON line per file, dialect and direction: {"file", "dialect", "direction", "sql": [chunks]} or {…, "error": "Kind: text"}.
SYS_PATH is put on sys.path first (":" separated). Each file is imported alone; a process of its own
survives what scripts do at import.
"""
import importlib.util
import io
import json
import multiprocessing
import os
import sys
import warnings

DIALECTS = ("postgresql", "mysql", "sqlite")


def run_file(path: str, queue) -> None:
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr = open(os.devnull, "w")
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    def put(dialect, direction, **more):
        queue.put({"file": path, "dialect": dialect, "direction": direction, **more})

    try:
        spec = importlib.util.spec_from_file_location("revision_under_test", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except BaseException as error:  # noqa: BLE001 - whatever the script does at import
        for dialect in DIALECTS:
            for direction in ("upgrade", "downgrade"):
                put(dialect, direction, error=f"import: {type(error).__name__}: {error}"[:300])
        return
    for dialect in DIALECTS:
        for direction in ("upgrade", "downgrade"):
            buffer = io.StringIO()
            options = {"as_sql": True, "output_buffer": buffer, "literal_binds": True}
            chunks = []
            buffer.write = chunks.append  # type: ignore[method-assign]
            try:
                context = MigrationContext.configure(
                    dialect_name=dialect, opts=options, dialect_opts={"paramstyle": "named"})
                with Operations.context(context):
                    getattr(module, direction)()
            except BaseException as error:  # noqa: BLE001
                put(dialect, direction, error=f"{type(error).__name__}: {error}"[:300])
            else:
                put(dialect, direction, sql=[chunk.removesuffix("\n\n") for chunk in chunks])


def one(path: str):
    queue = multiprocessing.SimpleQueue()
    process = multiprocessing.Process(target=collect, args=(path, queue))
    process.start()
    rows = queue.get()
    process.join()
    return rows


class Rows(list):
    put = list.append


def collect(path: str, queue) -> None:
    rows = Rows()
    try:
        run_file(path, rows)
    finally:
        queue.put(list(rows))


def main() -> None:
    out, sys_path, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    sys.path[:0] = [entry for entry in sys_path.split(":") if entry]
    import alembic.migration  # noqa: F401 - before the fork, once
    import alembic.operations  # noqa: F401
    import sqlalchemy.dialects.mysql  # noqa: F401
    import sqlalchemy.dialects.postgresql  # noqa: F401
    import sqlalchemy.dialects.sqlite  # noqa: F401

    multiprocessing.set_start_method("fork")
    with open(out, "w") as sink:
        for path in files:
            for row in one(path):
                sink.write(json.dumps(row) + "\n")


main()

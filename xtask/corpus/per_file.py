#!/usr/bin/env python3
"""What real Alembic writes for single revision files, offline, without the application they belong to.

  per_file.py OUT.jsonl SYS_PATH FILE [FILE …]

One JSON line per file, dialect and direction: {"file", "dialect", "direction", "sql": [chunks]} or {…, "error": "Kind: text"}.
SYS_PATH is put on sys.path first (":" separated). Each file is imported alone, once for each dialect: a process of its own
survives what scripts do at import, and modules may keep what they have found out about the dialect.
"""
import ast
import importlib
import importlib.util
import io
import json
import multiprocessing
import os
import signal
import sys
import warnings

DIALECTS = ("postgresql", "mysql", "sqlite")
DIRECTIONS = ("upgrade", "downgrade")
SECONDS = 60


def run_file(path: str, dialect: str) -> list[dict]:
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr = open(os.devnull, "w")
    from alembic.config import Config
    from alembic.operations import Operations
    from alembic.runtime.environment import EnvironmentContext

    rows = []

    def put(direction, **more):
        rows.append({"file": path, "dialect": dialect, "direction": direction, **more})

    signal.alarm(SECONDS)
    try:
        spec = importlib.util.spec_from_file_location("revision_under_test", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except BaseException as error:  # noqa: BLE001 - whatever the script does at import
        for direction in DIRECTIONS:
            put(direction, error=f"import: {type(error).__name__}: {error}"[:300])
        return rows
    for direction in DIRECTIONS:
        buffer = io.StringIO()
        chunks = []
        buffer.write = chunks.append  # type: ignore[method-assign]
        try:
            # As in a project's own run, `alembic.context` is there, too.
            with EnvironmentContext(Config(), None, as_sql=True) as environment:
                environment.configure(dialect_name=dialect, output_buffer=buffer, literal_binds=True,
                                      dialect_opts={"paramstyle": "named"})
                with Operations.context(environment.get_context()):
                    getattr(module, direction)()
        except BaseException as error:  # noqa: BLE001
            put(direction, error=f"{type(error).__name__}: {error}"[:300])
        else:
            put(direction, sql=[chunk.removesuffix("\n\n") for chunk in chunks])
    return rows


def collect(path: str, dialect: str, pipe) -> None:
    rows = []
    try:
        rows = run_file(path, dialect)
    finally:
        pipe.send(rows)
        pipe.close()


def one(path: str, dialect: str) -> list[dict]:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=collect, args=(path, dialect, theirs))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:  # it was killed
        return [{"file": path, "dialect": dialect, "direction": direction, "error": "import: the process ended"}
                for direction in DIRECTIONS]
    finally:
        process.join()


def warm_up(files: list[str]) -> None:
    """Imports what the scripts import, once, before the forks: an application may take seconds."""
    names = set()
    for path in files:
        try:
            tree = ast.parse(open(path).read())
        except (SyntaxError, UnicodeDecodeError):
            continue
        for node in tree.body:
            if isinstance(node, ast.Import):
                names.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module)
    output = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = open(os.devnull, "w")
    for name in sorted(names):
        try:
            importlib.import_module(name)
        except BaseException:  # noqa: BLE001 - the scripts that import it will say so
            pass
    sys.stdout, sys.stderr = output


def main() -> None:
    out, sys_path, files = sys.argv[1], sys.argv[2], sys.argv[3:]
    sys.path[0:1] = [entry for entry in sys_path.split(":") if entry]
    import alembic.operations  # noqa: F401 - before the fork, once
    import alembic.runtime.environment  # noqa: F401
    import sqlalchemy.dialects.mysql  # noqa: F401
    import sqlalchemy.dialects.postgresql  # noqa: F401
    import sqlalchemy.dialects.sqlite  # noqa: F401

    warm_up(files)
    multiprocessing.set_start_method("fork")
    with open(out, "w") as sink:
        for path in files:
            for dialect in DIALECTS:
                for row in one(path, dialect):
                    sink.write(json.dumps(row) + "\n")


main()

"""Single revision files: what Alembic writes against what Limbeck writes."""
import hashlib
import json
import os
import subprocess
from collections import Counter
from pathlib import Path

from databases import mask, without_order
from projects import HERE, Project


def read_rows(text: str) -> dict:
    rows = [json.loads(line) for line in text.splitlines()]
    return {(row["file"], row["dialect"], row["direction"]): row for row in rows}


def alembic_rows(project: Project, cache: Path) -> dict:
    """Kept between runs: they change only with the packages and with the recorder."""
    recorder = HERE / "per_file.py"
    key = hashlib.sha256((project.key() + recorder.read_text()).encode()).hexdigest()[:16]
    kept = cache / "alembic" / f"{project.name}-{key}.jsonl"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_suffix(".part")
        subprocess.run(
            [str(project.python), str(recorder), str(part), ":".join(map(str, project.sys_path())),
             *map(str, project.scripts())],
            check=True, stdin=subprocess.DEVNULL, cwd=project.root, env=os.environ | project.env)
        part.rename(kept)
    return read_rows(kept.read_text())


def limbeck_rows(project: Project, reader: str) -> dict:
    libraries = sorted((project.python.parent.parent / "lib").glob("python*/site-packages"))
    # As in a project's own run: its code first, then what is installed.
    sys_path = ":".join(map(str, [*project.sys_path(), *libraries]))
    versions = ",".join(f"{name}={version}" for name, version in project.packages().items())
    scripts = list(map(str, project.scripts()))
    rows = {}
    # Each script is read in a world of its own, and an application may be large: a process ends before they fill the memory.
    for start in range(0, len(scripts), 20):
        done = subprocess.run([reader, sys_path, versions, *scripts[start:start + 20]],
                              check=True, capture_output=True, text=True, cwd=project.root, env=os.environ | project.env)
        rows |= read_rows(done.stdout)
    return rows


def normal(chunks: list[str]) -> list[str]:
    """Without what no two runs share."""
    return without_order([mask(chunk.strip()) for chunk in chunks])


def compare(project: Project, cache: Path, reader: str, wanted: str) -> dict:
    """Counts for each dialect, and the differences. A difference whose case id stands in `wanted`
    (the text of DIFFERENCES.md) is no fault."""
    alembic, limbeck = alembic_rows(project, cache), limbeck_rows(project, reader)
    counts = {}
    different, unread_sql, alone = [], [], Counter()
    for key, expected in alembic.items():
        file, dialect, direction = key
        found = limbeck[key]
        if "sql" in expected and "sql" in found:
            kind = "equal" if normal(expected["sql"]) == normal(found["sql"]) else "different"
        elif "sql" in expected:
            kind = "unread"
        else:
            kind = "only Limbeck" if "sql" in found else "neither"
        name = Path(file).name
        case = {"file": name, "dialect": dialect, "direction": direction}
        if kind == "different" and f"`corpus/{project.name}/{name}/{direction}`" in wanted:
            kind = "wanted"
        counts.setdefault(dialect, Counter())[kind] += 1
        if kind == "different":
            different.append(case | first_difference(normal(expected["sql"]), normal(found["sql"])))
        elif kind == "unread":
            unread_sql.append(case | {"error": found["error"], "kind": found["kind"]})
        elif kind == "only Limbeck" and not expected["error"].startswith("import:"):
            alone[expected["error"]] += 1
    return {"counts": counts, "different": different, "unread": unread_sql, "alone": alone}


def first_difference(ours: list[str], theirs: list[str]) -> dict:
    size = max(len(ours), len(theirs))
    for left, right in zip(ours + [""] * (size - len(ours)), theirs + [""] * (size - len(theirs))):
        if left != right:
            return {"alembic": left, "limbeck": right}
    return {}

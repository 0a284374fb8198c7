#!/usr/bin/env python3
"""Compares what Alembic and Limbeck write for single revision files.

  corpus_compare.py ALEMBIC.jsonl LIMBECK.jsonl [--show N]

Prints how many results are equal, how many Limbeck cannot read, how many it reads and Alembic does not, and,
what must be none, how many differ. Exit status 1 if any does.
"""
import json
import sys


def read(path):
    with open(path) as lines:
        rows = [json.loads(line) for line in lines]
    return {(row["file"], row["dialect"], row["direction"]): row for row in rows}


def main() -> int:
    alembic, limbeck = read(sys.argv[1]), read(sys.argv[2])
    show = int(sys.argv[4]) if len(sys.argv) > 4 else 0
    counts = {"equal": 0, "different": 0, "unread": 0, "only read": 0, "neither": 0}
    for key, expected in alembic.items():
        found = limbeck.get(key)
        if found is None:
            continue
        if "sql" in expected and "sql" in found:
            same = [it.strip() for it in expected["sql"]] == [it.strip() for it in found["sql"]]
            kind = "equal" if same else "different"
        elif "sql" in expected:
            kind = "unread"
        else:
            kind = "only read" if "sql" in found else "neither"
        counts[kind] += 1
        if kind == "different" and show > 0:
            show -= 1
            print("DIFFERENT", *key)
            pairs = zip(expected["sql"] + [None] * 99, found["sql"] + [None] * 99)
            for left, right in pairs:
                if (left or "").strip() != (right or "").strip():
                    print("  alembic:", left, "\n  limbeck:", right)
                    break
    print(counts)
    return 1 if counts["different"] else 0


sys.exit(main())

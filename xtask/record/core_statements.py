"""Records what SQLAlchemy writes for Core statements, as crates/limbeck_sql/tests/core_statements_2_1.json and …_2_0.json.

A case is JSON: both this script and the test build the statement from it. Lists whose head starts with `$` are expressions; anything
else is a plain value.

    python xtask/record/core_statements.py crates/limbeck_sql/tests/core_statements_2_1.json
"""

import datetime
import decimal
import json
import re
import sys
import uuid
import warnings

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.engine import url

warnings.simplefilter("ignore")

TYPES = {
    "Integer": sa.Integer(), "BigInteger": sa.BigInteger(), "String": sa.String(), "String(10)": sa.String(10),
    "Text": sa.Text(), "Boolean": sa.Boolean(), "Date": sa.Date(), "DateTime": sa.DateTime(), "Time": sa.Time(),
    "Numeric": sa.Numeric(), "Numeric(10,2)": sa.Numeric(10, 2), "Float": sa.Float(), "LargeBinary": sa.LargeBinary(),
    "Uuid": sa.Uuid(), "JSON": sa.JSON(), "JSONB": postgresql.JSONB(), "ARRAY": postgresql.ARRAY(sa.Integer()),
    "Interval": sa.Interval(), "TIMESTAMP": sa.TIMESTAMP(), "Unicode": sa.Unicode(),
    "Enum": sa.Enum("a", "b", name="en"), "NullType": None,
}
TABLES = {
    "t": [("id", "Integer"), ("n", "String(10)"), ("b", "Boolean"), ("d", "DateTime"), ("x", "Numeric(10,2)"), ("f", "Float"),
          ("j", "JSON"), ("jb", "JSONB"), ("a", "ARRAY"), ("g", "Uuid"), ("k", "LargeBinary"), ("day", "Date"), ("tm", "Time"),
          ("iv", "Interval"), ("Up", "String"), ("e", "Enum"), ("z", "NullType")],
    "u": [("id", "Integer"), ("t_id", "Integer"), ("name", "String")],
    "order": [("user", "Integer"), ("id", "Integer")],
}


def make(name, schema=None):
    columns = [sa.column(c, TYPES[t]) if TYPES[t] is not None else sa.column(c) for c, t in TABLES[name]]
    return sa.table(name, *columns, schema=schema)


class Build:
    def __init__(self):
        self.tables = {name: make(name) for name in TABLES}
        self.tables["s.u"] = make("u", "s")
        self.ctes = {}

    def source(self, name):
        return self.ctes.get(name) if name in self.ctes else self.tables[name]

    def column(self, path):
        table, _, column = path.rpartition(".")
        return self.source(table).c[column]

    def expr(self, e):
        if not (isinstance(e, list) and e and isinstance(e[0], str) and e[0].startswith("$")):
            return e
        head, args = e[0][1:], e[1:]
        if head == "col":
            return self.column(args[0])
        if head == "bare":
            return sa.column(args[0])
        if head == "text":
            text = sa.text(args[0])
            return text.bindparams(**{k: self.expr(v) for k, v in args[1].items()}) if len(args) > 1 else text
        if head == "litcol":
            return sa.literal_column(args[0], TYPES[args[1]]) if len(args) > 1 else sa.literal_column(args[0])
        if head == "lit":
            return sa.literal(self.expr(args[0]), TYPES[args[1]]) if len(args) > 1 else sa.literal(self.expr(args[0]))
        if head == "param":
            return sa.bindparam(args[0], self.expr(args[1])) if len(args) > 1 else sa.bindparam(args[0])
        if head == "null":
            return sa.null()
        if head == "true":
            return sa.true()
        if head == "false":
            return sa.false()
        if head == "dec":
            return decimal.Decimal(args[0])
        if head == "date":
            return datetime.date.fromisoformat(args[0])
        if head == "datetime":
            return datetime.datetime.fromisoformat(args[0])
        if head == "time":
            return datetime.time.fromisoformat(args[0])
        if head == "delta":
            return datetime.timedelta(days=args[0], seconds=args[1], microseconds=args[2])
        if head == "uuid":
            return uuid.UUID(args[0])
        if head == "bytes":
            return args[0].encode()
        if head == "list":
            return [self.expr(a) for a in args]
        if head == "func":
            return getattr(sa.func, args[0])(*[self.expr(a) for a in args[1:]])
        if head == "pfunc":
            fn = sa.func
            for part in args[0].split("."):
                fn = getattr(fn, part)
            return fn(*[self.expr(a) for a in args[1:]])
        if head == "cast":
            return sa.cast(self.expr(args[0]), TYPES[args[1]])
        if head == "coerce":
            return sa.type_coerce(self.expr(args[0]), TYPES[args[1]])
        if head == "case":
            whens = [(self.expr(c), self.expr(r)) for c, r in args[0]]
            return sa.case(*whens, else_=self.expr(args[1])) if len(args) > 1 else sa.case(*whens)
        if head == "in":
            return self.expr(args[0]).in_([self.expr(a) for a in args[1]])
        if head == "notin":
            return self.expr(args[0]).not_in([self.expr(a) for a in args[1]])
        if head == "insel":
            return self.expr(args[0]).in_(self.select(args[1]))
        if head == "between":
            return self.expr(args[0]).between(self.expr(args[1]), self.expr(args[2]))
        if head == "like":
            return self.expr(args[0]).like(self.expr(args[1]), escape=args[2] if len(args) > 2 else None)
        if head == "notlike":
            return self.expr(args[0]).not_like(self.expr(args[1]))
        if head == "ilike":
            return self.expr(args[0]).ilike(self.expr(args[1]))
        if head in ("startswith", "endswith", "contains", "icontains", "istartswith"):
            return getattr(self.expr(args[0]), head)(self.expr(args[1]))
        if head == "regexp":
            return self.expr(args[0]).regexp_match(self.expr(args[1]))
        if head == "is":
            return self.expr(args[0]).is_(self.expr(args[1]))
        if head == "isnot":
            return self.expr(args[0]).is_not(self.expr(args[1]))
        if head == "distinctfrom":
            return self.expr(args[0]).is_distinct_from(self.expr(args[1]))
        if head == "concat":
            return self.expr(args[0]).concat(self.expr(args[1]))
        if head == "and":
            return sa.and_(*[self.expr(a) for a in args])
        if head == "or":
            return sa.or_(*[self.expr(a) for a in args])
        if head == "not":
            return ~self.expr(args[0])
        if head == "neg":
            return -self.expr(args[0])
        if head == "label":
            return self.expr(args[0]).label(args[1])
        if head in ("desc", "asc"):
            arg = self.expr(args[0])
            return getattr(sa, head)(arg)
        if head == "nullslast":
            return sa.nulls_last(self.expr(args[0]))
        if head == "distinct":
            return sa.distinct(self.expr(args[0]))
        if head == "sub":
            return self.select(args[0]).scalar_subquery()
        if head == "exists":
            return sa.exists(self.select(args[0]))
        if head == "over":
            return self.expr(args[0]).over(
                partition_by=[self.expr(a) for a in args[1]], order_by=[self.expr(a) for a in args[2]])
        if head == "filter":
            return self.expr(args[0]).filter(self.expr(args[1]))
        if head == "extract":
            return sa.extract(args[0], self.expr(args[1]))
        if head == "collate":
            return sa.collate(self.expr(args[0]), args[1])
        if head == "tuple":
            return sa.tuple_(*[self.expr(a) for a in args])
        if head == "group":
            return self.expr(args[0]).self_group()
        if head == "json":
            return self.expr(args[0])[args[1] if not isinstance(args[1], list) else tuple(args[1])]
        if head == "astext":
            return self.expr(args[0])[args[1]].astext
        if head == "op":
            return self.expr(args[1]).op(args[0])(self.expr(args[2]))
        if head == "excluded":
            return self.excluded[args[0]]
        left, right = self.expr(args[0]), self.expr(args[1])
        return {
            "==": lambda: left == right, "!=": lambda: left != right, "<": lambda: left < right, "<=": lambda: left <= right,
            ">": lambda: left > right, ">=": lambda: left >= right, "+": lambda: left + right, "-": lambda: left - right,
            "*": lambda: left * right, "/": lambda: left / right, "//": lambda: left // right, "%": lambda: left % right,
            "&": lambda: left.bitwise_and(right), "|": lambda: left.bitwise_or(right), "^": lambda: left.bitwise_xor(right),
        }[head]()

    def from_(self, f):
        if isinstance(f, str):
            return self.source(f)
        if "join" in f:
            left, right, on = f["join"][:3]
            kind = f["join"][3] if len(f["join"]) > 3 else "inner"
            return self.from_(left).join(self.from_(right), self.expr(on), isouter=kind == "left", full=kind == "full")
        if "sub" in f:
            sub = self.select(f["sub"]).subquery(f["alias"])
            self.ctes[f["alias"]] = sub
            return sub
        if "table" in f:
            alias = self.tables[f["table"]].alias(f["alias"])
            self.ctes[f["alias"]] = alias
            return alias
        raise KeyError(f)

    def select(self, s):
        if "union" in s:
            parts = [self.select(p) for p in s["union"]]
            query = {"union": sa.union, "union_all": sa.union_all, "except": sa.except_, "intersect": sa.intersect}[s.get("how", "union")](*parts)
            if "order_by" in s:
                query = query.order_by(*[self.expr(e) for e in s["order_by"]])
            if "limit" in s:
                query = query.limit(s["limit"])
            return query
        for name, inner in s.get("ctes", {}).items():
            self.ctes[name] = self.select(inner).cte(name)
        froms = [self.from_(f) for f in s.get("from", [])]
        query = sa.select(*[self.expr(e) for e in s["select"]])
        complex_ = [f for f, spec in zip(froms, s.get("from", [])) if not isinstance(spec, str)]
        if complex_ or s.get("explicit"):
            query = query.select_from(*froms)
        if s.get("distinct"):
            query = query.distinct()
        for condition in s.get("where", []):
            query = query.where(self.expr(condition))
        if "group_by" in s:
            query = query.group_by(*[self.expr(e) for e in s["group_by"]])
        for condition in s.get("having", []):
            query = query.having(self.expr(condition))
        if "order_by" in s:
            query = query.order_by(*[self.expr(e) for e in s["order_by"]])
        if "limit" in s:
            query = query.limit(s["limit"])
        if "offset" in s:
            query = query.offset(s["offset"])
        if "for_update" in s:
            query = query.with_for_update(**s["for_update"])
        return query

    def table(self, s, key):
        if not s.get("pk"):
            return self.tables[s[key]]
        return sa.Table(s[key], sa.MetaData(), *[
            sa.Column(c, TYPES[t] if TYPES[t] is not None else sa.types.NullType(), primary_key=c in s["pk"],
                      default=self.expr(s["defaults"][c]) if c in s.get("defaults", {}) else None)
            for c, t in TABLES[s[key]]])

    def statement(self, s):
        if "text" in s:
            text = sa.text(s["text"])
            return text.bindparams(**{k: self.expr(v) for k, v in s["binds"].items()}) if "binds" in s else text
        if "insert" in s:
            table = self.table(s, "insert")
            insert = {"pg": postgresql.insert, "mysql": mysql.insert, "sqlite": sqlite.insert}.get(s.get("conflict", {}).get("dialect"), sa.insert)(table)
            if s.get("inline"):
                insert = insert.inline()
            if "values" in s:
                rows = s["values"]
                if isinstance(rows, list):
                    insert = insert.values([{k: self.expr(v) for k, v in row.items()} for row in rows])
                else:
                    insert = insert.values({k: self.expr(v) for k, v in rows.items()})
            if "from_select" in s:
                insert = insert.from_select(s["from_select"][0], self.select(s["from_select"][1]))
            conflict = s.get("conflict")
            if conflict:
                if conflict["dialect"] == "mysql":
                    self.excluded = insert.inserted
                    insert = insert.on_duplicate_key_update(**{k: self.expr(v) for k, v in conflict["set"].items()})
                elif "set" in conflict:
                    self.excluded = insert.excluded
                    insert = insert.on_conflict_do_update(
                        index_elements=conflict["elements"], set_={k: self.expr(v) for k, v in conflict["set"].items()},
                        where=self.expr(conflict["where"]) if "where" in conflict else None)
                else:
                    insert = insert.on_conflict_do_nothing(index_elements=conflict.get("elements"))
            if "returning" in s:
                insert = insert.returning(*[self.expr(e) for e in s["returning"]])
            return insert
        if "update" in s:
            update = sa.update(self.tables[s["update"]])
            for condition in s.get("where", []):
                update = update.where(self.expr(condition))
            if "set" in s:
                update = update.values({k: self.expr(v) for k, v in s["set"].items()})
            if "returning" in s:
                update = update.returning(*[self.expr(e) for e in s["returning"]])
            return update
        if "delete" in s:
            delete = sa.delete(self.tables[s["delete"]])
            for condition in s.get("where", []):
                delete = delete.where(self.expr(condition))
            if "returning" in s:
                delete = delete.returning(*[self.expr(e) for e in s["returning"]])
            return delete
        return self.select(s)


def c(name):
    return ["$col", "t." + name]


def mentions(e):
    """Whether an expression refers to `t` itself, and not only inside a subquery."""
    if isinstance(e, dict) or not isinstance(e, list):
        return False
    return (len(e) == 2 and e[0] == "$col" and e[1].startswith("t.")) or any(mentions(part) for part in e)


def q(*columns, where=None, **more):
    out = {"select": list(columns), "from": ["t"] if mentions(list(columns)) or mentions(where) else []}
    if where is not None:
        out["where"] = where if isinstance(where, list) and where and isinstance(where[0], list) else [where]
    out.update(more)
    return out


def cases():
    def w(condition):
        return {"update": "t", "set": {"n": "z"}, "where": [condition]}

    def v(expr, column="n"):
        return {"update": "t", "set": {column: expr}}

    values = [
        ("id", 5), ("id", -5), ("id", 2**70), ("id", "5"), ("id", None), ("id", True), ("id", 1.5), ("n", "x"), ("n", "it's"), ("n", "50%"),
        ("n", "a\\b"), ("n", ""), ("n", None), ("n", 5), ("b", True), ("b", False), ("b", None), ("b", 1), ("b", 5), ("x", ["$dec", "1.50"]),
        ("x", 3), ("x", 1.5), ("f", 1.5), ("f", 1e100), ("f", 1e-7), ("f", 2), ("d", ["$datetime", "2020-01-02T03:04:05"]),
        ("d", ["$datetime", "2020-01-02T03:04:05.000678"]), ("d", ["$date", "2020-01-02"]), ("d", "2020-01-02"), ("day", ["$date", "2020-01-02"]),
        ("day", ["$datetime", "2020-01-02T03:04:05"]), ("tm", ["$time", "03:04:05"]), ("tm", ["$time", "03:04:05.000001"]),
        ("iv", ["$delta", 1, 5, 7]), ("g", ["$uuid", "12345678-1234-5678-1234-567812345678"]), ("g", "12345678-1234-5678-1234-567812345678"),
        ("k", ["$bytes", "abc"]), ("k", ["$bytes", "o'q"]), ("a", ["$list", 1, 2]), ("a", ["$list"]), ("j", ["$list", 1]), ("jb", None),
        ("e", "a"), ("e", "c"), ("z", "x"), ("z", 5), ("z", None), ("z", ["$date", "2020-01-02"]), ("Up", "x"), ("day", ["$func", "now"]),
        ("n", ["$null"]), ("n", ["$text", "upper('x')"]), ("n", ["$litcol", "'x'"]), ("n", ["$lit", "x"]), ("x", ["$lit", 5]),
    ]
    for column, value in values:
        yield v(value, column)
        yield {"insert": "t", "values": {"id": 1, column: value} if column != "id" else {column: value}}
        yield w(["$==", c(column), value])
    comparisons = ["==", "!=", "<", "<=", ">", ">="]
    for op in comparisons:
        yield w(["$" + op, c("id"), c("x")])
        yield w(["$not", ["$" + op, c("id"), 3]])
        yield w(["$" + op, 3, c("id")])
        yield w(["$" + op, ["$+", c("id"), 1], ["$*", c("x"), 2]])
    for a in ["+", "-", "*", "/", "//", "%", "&", "|", "^"]:
        yield v(["$" + a, c("id"), 2], "id")
        yield v(["$" + a, c("id"), c("x")], "id")
        for b in ["+", "-", "*", "/", "%"]:
            yield v(["$" + b, ["$" + a, c("id"), 2], 3], "id")
            yield v(["$" + b, c("id"), ["$" + a, c("id"), 3]], "id")
    yield v(["$+", c("n"), "x"])
    yield v(["$+", "x", c("n")])
    yield v(["$+", ["$+", c("n"), "-"], c("Up")])
    yield v(["$concat", c("n"), c("Up")])
    yield v(["$concat", ["$concat", c("n"), "a"], "b"])
    yield v(["$+", c("n"), ["$+", "a%", c("Up")]])
    yield v(["$+", ["$cast", c("id"), "String"], c("n")])
    yield v(["$+", c("z"), "x"])
    yield v(["$+", c("d"), ["$delta", 1, 0, 0]], "d")
    yield v(["$-", c("d"), c("d")], "d")
    yield v(["$neg", c("id")], "id")
    yield v(["$neg", ["$+", c("id"), 1]], "id")
    for e in [["$==", c("id"), None], ["$!=", c("id"), None], ["$is", c("id"), None], ["$isnot", c("n"), None], ["$is", c("b"), True],
              ["$isnot", c("b"), False], ["$==", c("b"), True], ["$==", c("b"), ["$true"]], ["$!=", c("b"), ["$false"]], c("b"), ["$not", c("b")],
              ["$and", c("b"), ["$>", c("id"), 1]], ["$or", ["$not", c("b")], ["$==", c("id"), 1]], ["$true"], ["$false"],
              ["$and", ["$true"], ["$==", c("id"), 1]], ["$or", ["$true"], ["$==", c("id"), 1]], ["$and", ["$false"], ["$==", c("id"), 1]],
              ["$or", ["$false"], ["$==", c("id"), 1]], ["$distinctfrom", c("id"), 3], ["$distinctfrom", c("n"), c("Up")],
              ["$like", c("n"), "a%"], ["$like", c("n"), "a/%", "/"], ["$notlike", c("n"), "a%"], ["$ilike", c("n"), "A%"],
              ["$not", ["$like", c("n"), "a%"]], ["$not", ["$ilike", c("n"), "a%"]], ["$startswith", c("n"), "a"], ["$endswith", c("n"), "a"],
              ["$contains", c("n"), "a"], ["$icontains", c("n"), "a"], ["$istartswith", c("n"), "a"], ["$not", ["$contains", c("n"), "a"]], ["$startswith", c("n"), c("Up")],
              ["$regexp", c("n"), "^a"], ["$not", ["$regexp", c("n"), "^a"]], ["$between", c("id"), 1, 5], ["$not", ["$between", c("id"), 1, 5]],
              ["$between", c("d"), ["$datetime", "2020-01-02T00:00:00"], ["$func", "now"]], ["$in", c("id"), [1, 2, 3]], ["$in", c("n"), ["a", "it's"]], ["$in", c("id"), []],
              ["$notin", c("id"), []], ["$notin", c("n"), ["a", "b"]], ["$not", ["$in", c("id"), [1]]], ["$in", c("id"), [1, None]],
              ["$in", ["$func", "lower", c("n")], ["a"]], ["$in", c("id"), [["$+", c("id"), 1], 2]], ["$in", ["$tuple", c("id"), c("n")], [["$list", 1, "a"], ["$list", 2, "b"]]],
              ["$insel", c("id"), {"select": [["$col", "u.t_id"]], "from": ["u"]}],
              ["$not", ["$insel", c("id"), {"select": [["$col", "u.t_id"]], "from": ["u"], "where": [["$==", ["$col", "u.name"], "x"]]}]],
              ["$exists", {"select": [["$col", "u.id"]], "from": ["u", "t"], "where": [["$==", ["$col", "u.t_id"], c("id")]]}],
              ["$not", ["$exists", {"select": [["$litcol", "1"]], "from": ["u", "t"], "where": [["$==", ["$col", "u.t_id"], c("id")]]}]],
              ["$==", ["$func", "lower", c("n")], "x"], ["$==", ["$func", "coalesce", c("n"), ""], ""], ["$>", ["$func", "length", c("n")], 3],
              ["$text", "id > 5"], ["$and", ["$text", "id > 5"], ["$==", c("n"), "x"]], ["$text", "id = :x", {"x": 3}],
              ["$and", ["$or", ["$==", c("id"), 1], ["$==", c("id"), 2]], ["$==", c("n"), "x"]],
              ["$or", ["$and", ["$==", c("id"), 1], ["$==", c("n"), "y"]], ["$==", c("n"), "x"]],
              ["$and", ["$and", ["$==", c("id"), 1], ["$==", c("n"), "y"]], ["$==", c("n"), "x"]],
              ["$not", ["$and", ["$==", c("id"), 1], ["$==", c("n"), "x"]]], ["$not", ["$or", ["$==", c("id"), 1], ["$==", c("n"), "x"]]],
              ["$not", ["$not", ["$==", c("id"), 1]]], ["$==", ["$==", c("id"), 1], True], ["$==", ["$bare", "q"], 5], ["$==", ["$bare", "Q r"], "x"],
              ["$==", ["$cast", c("id"), "String(10)"], "5"], ["$==", c("id"), ["$sub", {"select": [["$func", "max", ["$col", "u.id"]]], "from": ["u"]}]],
              ["$>", c("x"), ["$sub", {"select": [["$func", "count"]], "from": ["u", "t"], "where": [["$==", ["$col", "u.t_id"], c("id")]]}]],
              ["$==", ["$extract", "year", c("d")], 2020], ["$==", ["$collate", c("n"), "C"], "x"], ["$==", c("id"), ["$param", "p_id", 7]],
              ["$op", "~", c("n"), "^a"], ["$op", "@>", c("jb"), ["$lit", "x"]], ["$op", "%%", c("id"), 2], ["$==", ["$op", "+", c("id"), 1], 3],
              ["$==", ["$astext", c("jb"), "k"], "v"], ["$==", ["$case", [[["$>", c("id"), 1], "a"]], "b"], "a"],
              ["$and", ["$in", c("id"), [1, 2]], ["$notin", c("id"), [3]]], ["$==", c("g"), ["$uuid", "12345678-1234-5678-1234-567812345678"]]]:
        yield w(e)
        yield {"delete": "t", "where": [e]}
        yield q(c("id"), where=e)
    for e, column in [
        (["$func", "now"], "d"), (["$func", "NOW"], "d"), (["$func", "current_timestamp"], "d"), (["$func", "current_date"], "day"), (["$func", "localtime"], "tm"),
        (["$func", "lower", c("n")], "n"), (["$func", "concat", c("n"), "-", c("Up")], "n"), (["$func", "coalesce", c("n"), "x"], "n"),
        (["$func", "COALESCE", c("n"), "x"], "n"), (["$func", "replace", c("n"), "a", "b%"], "n"), (["$func", "substring", c("n"), 1, 3], "n"), (["$func", "substr", c("n"), 1], "n"),
        (["$func", "char_length", c("n")], "id"), (["$func", "length", c("n")], "id"), (["$func", "random"], "x"), (["$func", "gen_random_uuid"], "g"),
        (["$func", "uuid_generate_v4"], "g"), (["$func", "round", c("x"), 2], "x"), (["$func", "sum", c("id")], "id"), (["$func", "MyFunc", 1], "id"),
        (["$pfunc", "pkg.fn", c("id")], "id"), (["$func", "sysdate"], "d"), (["$func", "user"], "n"), (["$func", "json_build_object", "k", c("id")], "j"),
        (["$cast", c("id"), "String"], "n"), (["$cast", c("n"), "Integer"], "id"), (["$cast", "5", "Integer"], "id"), (["$cast", c("n"), "Numeric(10,2)"], "x"),
        (["$cast", c("n"), "Boolean"], "b"), (["$cast", c("n"), "DateTime"], "d"), (["$cast", c("n"), "Text"], "n"), (["$cast", c("n"), "Float"], "f"), (["$cast", c("n"), "JSON"], "j"),
        (["$cast", c("n"), "Date"], "day"), (["$cast", c("n"), "TIMESTAMP"], "d"), (["$cast", None, "Integer"], "id"), (["$cast", c("n"), "LargeBinary"], "k"), (["$cast", c("n"), "Uuid"], "g"),
        (["$coerce", c("n"), "Integer"], "id"), (["$case", [[["$>", c("id"), 5], "hi"]], "lo"], "n"), (["$case", [[["$>", c("id"), 5], "hi"], [["$==", c("b"), True], None]]], "n"),
        (["$case", [[c("b"), 1]], 0], "id"), (["$case", [[["$==", c("n"), "a"], c("id")]], ["$+", c("id"), 1]], "id"),
        (["$sub", {"select": [["$col", "u.name"]], "from": ["u", "t"], "where": [["$==", ["$col", "u.t_id"], c("id")]], "limit": 1}], "n"),
        (["$sub", {"select": [["$col", "u.name"]], "from": ["u"], "order_by": [["$col", "u.id"]], "limit": 1}], "n"),
        (["$json", c("j"), "k"], "j"), (["$json", c("jb"), "k"], "jb"), (["$json", c("j"), 1], "j"), (["$json", c("j"), ["a", 1]], "j"),
        (["$astext", c("jb"), "k"], "n"), (["$func", "lower", ["$+", c("n"), "x"]], "n"), (["$group", ["$+", c("id"), 1]], "id"), (["$param", "newval", "x"], "n"),
        (["$not", c("b")], "b"), (["$==", c("id"), 1], "b"), (["$and", c("b"), ["$==", c("id"), 1]], "b"),
    ]:
        yield v(e, column)
        yield q(e)
        yield q(["$label", e, "lab"], c("n"))
        yield {"insert": "t", "values": {column: e}} if "sub" not in e[0] else q(e)
    yield q(c("id"), c("n"))
    yield q(["$col", "t.Up"], ["$col", "t.id"], where=["$==", c("Up"), "x"])
    yield {"select": [["$col", "s.u.id"], ["$col", "s.u.name"]], "from": ["s.u"], "where": [["$==", ["$col", "s.u.id"], 1]]}
    yield {"select": [["$col", "order.user"]], "from": ["order"], "order_by": [["$desc", ["$col", "order.user"]]]}
    for limits in [{"limit": 5}, {"offset": 3}, {"limit": 5, "offset": 3}]:
        yield q(c("id"), order_by=[c("id")], **limits)
        if "offset" not in limits:
            yield q(c("id"), **limits)
    yield q(c("n"), distinct=True)
    yield q(c("n"), ["$func", "count", c("id")], group_by=[c("n")], having=[["$>", ["$func", "count", c("id")], 1]])
    yield q(["$label", ["$func", "count", c("id")], "cnt"], c("n"), group_by=[c("n")], order_by=[["$desc", "cnt"]])
    yield q(["$label", ["$func", "count", c("id")], "cnt"], c("n"), group_by=["n"], order_by=["cnt"])
    yield q(["$func", "count"])
    yield q(["$func", "count", ["$distinct", c("n")]])
    yield q(["$distinct", c("n")])
    yield q(["$func", "count", c("id")], ["$func", "count", c("n")])
    yield q(["$func", "row_number"])
    yield q(["$label", ["$over", ["$func", "row_number"], [c("n")], [["$desc", c("id")]]], "rn"])
    yield q(["$over", ["$func", "sum", c("id")], [], []])
    yield q(["$filter", ["$func", "count", c("id")], ["$==", c("b"), True]])
    yield q(c("id"), order_by=[["$asc", c("n")], ["$nullslast", ["$desc", c("id")]]])
    yield q(c("id"), for_update={})
    yield q(c("id"), for_update={"nowait": True})
    yield q(c("id"), for_update={"read": True})
    yield q(c("id"), for_update={"skip_locked": True})
    yield {"select": [["$lit", 1]], "from": []}
    yield {"select": [["$litcol", "1"]], "from": []}
    yield {"select": [["$text", "1"]], "from": []}
    yield {"select": [["$lit", "x"], ["$lit", 2]], "from": []}
    yield {"select": [["$func", "now"]], "from": []}
    yield {"select": [["$null"], ["$true"]], "from": []}
    join = {"join": ["t", "u", ["$==", c("id"), ["$col", "u.t_id"]]]}
    yield {"select": [c("id"), ["$col", "u.name"]], "from": [join]}
    yield {"select": [c("id"), ["$col", "u.id"]], "from": [join]}
    yield {"select": [c("id"), c("id")], "from": ["t"]}
    yield {"select": [c("id"), ["$col", "u.name"]], "from": [{"join": join["join"] + ["left"]}], "where": [["$is", ["$col", "u.id"], None]]}
    yield {"select": [c("id"), ["$col", "u.name"]], "from": [{"join": join["join"] + ["full"]}]}
    yield {"select": [c("id")], "from": [{"join": ["t", "u", ["$and", ["$==", c("id"), ["$col", "u.t_id"]], ["$==", ["$col", "u.name"], "x"]]]}]}
    yield {"select": [c("id"), ["$col", "u.name"]], "from": ["t", "u"], "where": [["$==", c("id"), ["$col", "u.t_id"]]]}
    yield {"select": [["$col", "s1.id"]], "from": [{"sub": q(c("id"), c("n"), where=["$>", c("id"), 1]), "alias": "s1"}]}
    yield {"select": [["$col", "s1.id"], ["$col", "s1.cnt"]], "from": [{"sub": q(c("id"), ["$label", ["$func", "count", c("n")], "cnt"], group_by=[c("id")]), "alias": "s1"}], "where": [["$>", ["$col", "s1.cnt"], 1]]}
    yield {"select": [["$col", "aa.id"]], "from": [{"table": "t", "alias": "aa"}], "where": [["$==", ["$col", "aa.n"], "x"]]}
    for how in ["union", "union_all", "except", "intersect"]:
        yield {"union": [q(c("id")), {"select": [["$col", "u.id"]], "from": ["u"]}], "how": how}
    yield {"union": [q(c("id"), where=["$==", c("n"), "a"]), {"select": [["$col", "u.id"]], "from": ["u"]}], "order_by": ["id"], "limit": 3}
    yield {"union": [q(c("id"), order_by=[c("id")], limit=1), {"select": [["$col", "u.id"]], "from": ["u"]}]}
    yield {"ctes": {"w": q(c("id"), c("n"), where=["$==", c("n"), "x"])}, "select": [["$col", "w.id"]], "from": ["w"]}
    yield {"ctes": {"w": q(c("id"))}, "select": [["$col", "w.id"], ["$col", "u.name"]], "from": ["w", "u"], "where": [["$==", ["$col", "w.id"], ["$col", "u.t_id"]], ["$==", ["$col", "u.name"], "y"]]}
    yield {"insert": "t"}
    yield {"insert": "u", "values": {"name": "x", "id": 1}}
    yield {"insert": "u", "values": [{"id": 1, "name": "x"}, {"id": 2, "name": "y"}]}
    yield {"insert": "u", "values": [{"id": 1, "name": "x"}, {"id": 2, "name": ["$func", "lower", "Y"]}]}
    yield {"insert": "u", "values": [{"id": 1, "name": "x"}, {"id": 2}]}
    yield {"insert": "u", "values": {"nope": 1}}
    yield {"update": "u", "set": {"nope": 1}}
    yield {"insert": "u", "from_select": [["id", "name"], q(c("id"), c("n"))]}
    yield {"insert": "u", "from_select": [["id", "name"], q(c("id"), ["$lit", "x"], where=["$>", c("id"), 3])]}
    yield {"insert": "u", "from_select": [["id"], {"ctes": {"w": q(c("id"))}, "select": [["$col", "w.id"]], "from": ["w"]}]}
    yield {"insert": "u", "values": {"id": 1}, "returning": [["$col", "u.id"]]}
    yield {"insert": "u", "values": {"id": 1}, "returning": [["$col", "u.id"], ["$col", "u.name"]]}
    yield {"insert": "u", "pk": ["id"], "values": {"name": "x"}}
    yield {"insert": "u", "pk": ["id"], "values": {"id": 1, "name": "x"}}
    yield {"insert": "u", "pk": ["id"], "values": {"name": "x"}, "inline": True}
    yield {"insert": "u", "pk": ["name"], "values": {"id": 1}}
    yield {"insert": "u", "pk": ["name"], "values": {"name": ["$func", "lower", "X"]}}
    yield {"insert": "u", "pk": ["id", "name"], "values": {"id": 1, "name": "x"}}
    yield {"update": "u", "set": {"name": "x", "id": 3}, "where": [["$==", ["$col", "u.id"], 1]]}
    yield {"update": "u", "set": {"name": "x"}, "returning": [["$col", "u.id"]]}
    yield {"update": "u"}
    yield {"update": "s.u", "set": {"name": "x"}, "where": [["$==", ["$col", "s.u.id"], 1]]}
    yield {"update": "order", "set": {"user": 1}, "where": [["$==", ["$col", "order.id"], 1]]}
    yield {"update": "t", "set": {"n": ["$col", "u.name"]}, "where": [["$==", c("id"), ["$col", "u.t_id"]]], "others": ["u"]}
    yield {"delete": "t", "where": [["$==", c("id"), ["$col", "u.t_id"]], ["$==", ["$col", "u.name"], "x"]], "others": ["u"]}
    yield {"delete": "t", "where": [["$==", c("id"), 1]], "returning": [c("id")]}
    yield {"delete": "t"}
    yield {"update": "t", "set": {"n": "x"}, "where": [["$==", c("id"), 1], ["$or", ["$==", c("n"), "a"], ["$==", c("n"), "b"]]]}
    for dialect in ["pg", "sqlite"]:
        yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": dialect}}
        yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": dialect, "elements": ["id"]}}
        yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": dialect, "elements": ["id"], "set": {"name": ["$excluded", "name"]}}}
        yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": dialect, "elements": ["id"], "set": {"name": "y", "t_id": 3}}}
        yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": dialect, "elements": ["id"], "set": {"name": "y"}, "where": ["$==", ["$col", "u.t_id"], 2]}}
    yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": "mysql", "set": {"name": ["$excluded", "name"]}}}
    yield {"insert": "u", "values": {"id": 1, "name": "x"}, "conflict": {"dialect": "mysql", "set": {"name": "y"}}}
    yield {"text": "select :a, ':b', x::int, 12:30 -- 5%", "binds": {"a": 1, "b": "q"}}
    yield {"text": "update t set n = :n where id = :id", "binds": {"n": "it's", "id": 5}}
    yield {"text": "select '\\:a' || '50%'"}
    yield {"text": "select :d", "binds": {"d": ["$date", "2020-01-02"]}}


DIALECTS = ["postgresql", "mysql", "mariadb", "sqlite", "mssql", "oracle"]
ONLY = {"pg": ["postgresql"], "sqlite": ["sqlite"], "mysql": ["mysql", "mariadb"]}


def write(case, dialect, literal, opts):
    try:
        statement = Build().statement(case)
        impl = url.make_url(f"{dialect}://").get_dialect()(**opts)
        compiled = statement.compile(dialect=impl, **({"compile_kwargs": {"literal_binds": True}} if literal else {}))
        return str(compiled)
    except Exception as error:
        message = str(error).split("\n(Background")[0].strip()
        message = re.sub(r"<sqlalchemy\S* object at 0x[0-9a-f]+>", "<compiler>", message)
        return {"error": type(error).__name__, "message": message}


def main(path):
    out, seen = [], set()
    for case in cases():
        key = json.dumps(case)
        if key in seen:
            continue
        seen.add(key)
        only = ONLY.get(case.get("conflict", {}).get("dialect"), DIALECTS)
        entry = {"case": case}
        for mode, literal, opts in [
            ("literal", True, {"paramstyle": "named"}), ("named", False, {"paramstyle": "named"}), ("driver", True, {}),
        ]:
            results = {d: write(case, d, literal, opts) for d in only}
            if mode == "driver":
                results = {d: r for d, r in results.items() if r != entry["literal_all"][d]}
                if results:
                    entry["driver"] = results
                continue
            if mode == "literal":
                entry["literal_all"] = results
            # What most dialects say stands once.
            plain = [json.dumps(r) for r in results.values()]
            common = max(plain, key=plain.count)
            entry[mode] = {"*": json.loads(common), **{d: r for d, r in results.items() if json.dumps(r) != common}}
        entry["dialects"] = only
        del entry["literal_all"]
        if only == DIALECTS:
            del entry["dialects"]
        out.append(entry)
    header = {"sqlalchemy": sa.__version__, "types": {k: None for k in TYPES}, "tables": TABLES}
    with open(path, "w") as file:
        file.write('{"header": ' + json.dumps(header) + ',\n"cases": [\n')
        file.write(",\n".join(json.dumps(entry, ensure_ascii=False) for entry in out))
        file.write("\n]}\n")
    print(len(out), "cases")


main(sys.argv[1])

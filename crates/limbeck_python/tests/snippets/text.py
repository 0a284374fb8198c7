s = "Hello, World"
print(s.lower(), s.upper(), s.title(), s.swapcase(), s.capitalize(), s.casefold())
print(s.find("o"), s.rfind("o"), s.find("x"), s.count("o"), s.index("W"), s.find("o", 5), s.find("o", 5, 7), s.find("", 20))
print(s.replace("o", "0"), s.replace("l", "L", 1), s.replace("", "-"), s.startswith("Hell"), s.endswith(("x", "World")), s.startswith("World", 7))
print(s[0], s[-1], s[1:4], s[::-1], s[::2], s[-5:], s[:-1], s[10:2], s[100:], "".join(reversed(s)))
print(s.split(), s.split(","), s.split("o", 1), s.rsplit("o", 1), "a,b,,c".split(","), "  a  b ".split(), "a b c d".split(None, 2), "a b c d".rsplit(None, 2), "".split(), "".split(","))
print(s.partition(", "), s.rpartition("o"), s.partition("x"), s.rpartition("x"))
print("|".join(["a", "b"]), "".join([]), ",".join(str(i) for i in range(5)), ",".join({"k": 1}))
print("  x ".strip(), "xxaxx".strip("x"), "abc".lstrip("ab"), "abc".rstrip("c"), "x".center(5, "*"), "x".ljust(4) + "|", "x".rjust(4), "7".zfill(3), "-7".zfill(4), "ab".center(5, "-"))
print("abc".isalpha(), "ab1".isalnum(), "12".isdigit(), " ".isspace(), "Abc".istitle(), "ABC".isupper(), "abc".islower(), "".isalpha(), "12".isnumeric(), "a".isascii())
print("a\nb\r\nc\n".splitlines(), "a\nb".splitlines(True), "a\tb".expandtabs(4), "prefix_x".removeprefix("prefix_"), "x.py".removesuffix(".py"))
print("abc" < "abd", "a" * 3, "a" + "b", "b" in "abc", "" in "abc", "x" not in "abc", len("äöü"), "äöü"[1], ord("a"), chr(97), ascii("ä€😀"))
print(repr("it's"), repr('"'), repr("'\""), repr("\n\t\\\x00\x7f\xa0é"), repr("\u200b"), "\N{BULLET}", r"\n", b"ab\x00'", "a" "b")
###
print("a".encode(), "ä".encode("utf-8"), b"\xc3\xa4".decode(), "ä".encode("latin-1"), bytes([65, 66]), b"abc"[1], b"abc"[0:2], b"a" + b"b", list(b"ab"), b"ab".hex(), bytes.fromhex("4142"))
###
print("abc".translate(str.maketrans("ab", "xy", "c")), "abc".translate({97: "Z", 98: None}), str.maketrans({"a": "b"}))
###
"abc".index("x")
###
"a".join([1])
###
"abc"[5]
###
"a" + 1
###
"abc"["x"]
###
"abc".nope
###
"a".join(5)
###
"abc".split("")
###
import textwrap, string
print(textwrap.dedent("""
    SELECT 1
      FROM x
    """))
print(repr(textwrap.dedent("  a\n   b\n\n  c")), textwrap.indent("a\nb\n\nc", "  "), string.ascii_lowercase, string.digits, string.punctuation, string.ascii_letters)
print(string.Template("$a ${b} $$").substitute(a=1, b=2), string.capwords("hello world"), string.hexdigits)
###
import re
print(re.sub(r"\d+", "#", "a1b22"), re.findall(r"(\w)(\d)", "a1 b2"), re.split(r"[,;]\s*", "a, b;c"), re.match(r"(?P<x>a+)(b)?", "aac").groupdict(), re.match("x", "a"), bool(re.search("b", "abc")))
m = re.search(r"(\w+)@(\w+)\.com", "me: joe@site.com")
print(m.group(), m.group(1), m.group(1, 2), m.groups(), m.start(), m.end(), m.span(1), m[2], m.string)
print(re.sub(r"(\w+) (\w+)", r"\2 \1", "a b"), re.sub("a", lambda m: m.group().upper(), "banana"), re.compile(r"^\s+", re.M).sub("", "  a\n  b"), re.escape("a.b*c"), re.subn("a", "b", "aaa"))
print(re.fullmatch(r"\d+", "12"), re.fullmatch(r"\d+", "12a") is None, re.findall("a", "aaa"), [m.start() for m in re.finditer("a", "banana")], re.sub(r"(?i)HELLO", "x", "hello"), re.split("(,)", "a,b"), re.match("a$", "a\n") is not None)
print(re.sub(r"(?<!^)(?=[A-Z])", "_", "CamelCaseName").lower(), re.sub(r"(?P<a>x)", r"<\g<a>>", "x"), re.sub("x", r"\n", "x"))
###
import json
print(json.dumps({"a": [1, 2.5, None, True], "b": {"c": "ä\n\"x\""}}), json.dumps([1, 2], indent=2), json.dumps({"b": 1, "a": 2}, sort_keys=True), json.dumps("ä", ensure_ascii=False), json.dumps({"a": 1}, separators=(",", ":")), json.dumps([]), json.dumps({}), json.dumps({1: 2, None: 3, True: 4}), json.dumps([[], {}], indent=1), json.dumps((1, 2)), json.dumps(1e20), json.dumps("\x1f😀"))
print(json.loads('{"a": [1, 2.5, null, true, "x\\u00e4\\n"], "b": {}}'), json.loads("12"), json.loads(' "x" '), json.loads("[]"), json.loads("1e3"), json.loads("-0"))
print(json.dumps({"a": {1, 2}}, default=list), json.dumps({"x": [1, {"y": 2}]}, indent=4))
###
import json
json.loads("{x}")
###
import json
json.dumps({1, 2})
###
import json
try:
    json.loads("")
except json.JSONDecodeError as e:
    print(e, isinstance(e, ValueError))
###
print(len("[^\u0020-\ud7ff\u0009\ue000-\ufffd]"), f"{1}\ufffd" == "1\N{REPLACEMENT CHARACTER}", "\U0000fffd")
###
for text in ("ǆa ǅb", "ﬁne", "ΑΣ Σ", "ΟΔΟΣ-ΟΔΟΣ", "日本語", "ŉ", "ᾳ ᾼ", "ẞß", "e\u0301", "ϐϑ", "Ꭰꭰ", "Ⅷ", "a1", "", "it's A.b"):
    print(text.lower(), text.upper(), text.title(), text.capitalize(), text.swapcase(), text.casefold())
    print(text.islower(), text.isupper(), text.istitle(), text.isalpha(), text.isalnum())
print("\u0345".isalpha(), "\u0345".casefold(), "_a1".isidentifier(), "1a".isidentifier(), "".isidentifier(), "a b".isprintable(), "a\n".isprintable())
for call in (lambda: "a".find(None), lambda: "a".center(9, None), lambda: "a".split(5), lambda: "a".removeprefix(None), lambda: "a".partition(1)):
    try:
        call()
    except TypeError as error:
        print(error)

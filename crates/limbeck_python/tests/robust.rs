//! No input makes the evaluator panic, hang or overflow its stack: it ends in an error with a place.

use std::rc::Rc;

use limbeck_python::{Inputs, Interp, Limits, NoSources, NullHost, Script, World, on_deep_stack};

/// The message of the error that loading a module ends with; empty when it loads.
fn load(source: &str) -> String {
    on_deep_stack(|| {
        let limits = Limits {
            steps: 200_000,
            ..Limits::default()
        };
        let world = World::new(Rc::new(NoSources), Inputs::default(), limits);
        let mut host = NullHost;
        let mut ev = Interp::new(&world, &mut host);
        let result = Script::parse("hostile.py", source).and_then(|script| {
            let module = script.load(&mut ev)?;
            Script::run_function(&mut ev, &module, "upgrade", limbeck_python::Args::none())
        });
        match result {
            Ok(_) => String::new(),
            Err(error) => error.diagnostic.message.clone(),
        }
    })
}

#[track_caller]
fn check(body: &str, expected: &str) {
    let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let found = load(&format!("def upgrade():\n{lines}"));
    assert!(
        found.contains(expected),
        "{found:?} does not contain {expected:?}"
    );
}

#[test]
fn endless_work_is_stopped() {
    check("while True: pass", "too many steps");
    check("def f(): return f()\nf()", "nested too deeply");
    check("x = [0]\nfor i in x: x.append(i)", "too many steps");
    check(
        "import itertools\nlist(itertools.count())",
        "too many steps",
    );
    check(
        "def g():\n    while True: yield 1\nsum(g())",
        "too many steps",
    );
    check("l = []\nl.append(l)\nrepr(l)", "nested too deeply");
    check(
        "class A:\n    def __repr__(self): return repr(self)\nrepr(A())",
        "nested too deeply",
    );
    check(
        "class A:\n    def __getattr__(self, n): return getattr(self, n + 'x')\nA().b",
        "nested too deeply",
    );
}

#[test]
fn huge_values_are_refused() {
    check("'a' * 10 ** 12", "too large");
    check("[0] * 10 ** 12", "too large");
    check("2 ** 10 ** 12", "too ");
    check("1 << 10 ** 12", "too large");
    check("'%1000000000000d' % 5", "too large");
    check("f'{5:1000000000000}'", "too large");
    check("'a'.ljust(10 ** 12)", "too large");
    check(
        "s = 'ab'\nfor i in range(60): s = s + s",
        "evaluation was stopped",
    );
    check("x = 10\nfor i in range(100): x = x ** x", "too large");
    check("list(range(10 ** 12))", "too many steps");
    check("bytes(10 ** 12)", "too large");
    check("10 ** 10 ** 8", "too large");
    check(
        "x = 3\nfor i in range(40): x = x * x",
        "evaluation was stopped",
    );
}

#[test]
fn what_holds_itself_is_compared_to_a_depth() {
    check(
        "d = {}\nd['a'] = d\ne = {}\ne['a'] = e\nd == e",
        "nested too deeply",
    );
    check(
        "for i in range(20000):\n    class A(A if i else object): pass",
        "evaluation was stopped",
    );
}

#[test]
fn what_is_made_at_once_counts_as_steps() {
    let keeps = |before: &str, what: &str| {
        format!(
            "import re, json, base64, itertools\n{before}\nk = []\nwhile True: k.append({what})"
        )
    };
    for (before, what) in [
        ("s = 'a,' * 10_000", "s.split(',')"),
        ("s = 'a' * 10_000", "re.findall('a', s)"),
        ("s = json.dumps(list(range(10_000)))", "json.loads(s)"),
        ("s = b'a' * 100_000", "base64.b64encode(s)"),
        ("s = 'a' * 100_000", "s[:99_999]"),
        ("s = range(10_000)", "set(s)"),
        ("s = range(10_000)", "dict.fromkeys(s)"),
        ("s = 'é' * 100_000", "s.encode()"),
        ("s = [1]", "list(itertools.product(s, repeat=10 ** 9))"),
        ("s = 'b' * 10_000", "re.sub('', 'a' * 1000, s)"),
        ("s = dict.fromkeys(range(10_000))", "{**s}"),
        ("s = range(10_000)", "[*s]"),
    ] {
        check(&keeps(before, what), "evaluation was stopped");
    }
    check(
        "('a' * 1_000_000).translate({97: 'b' * 100_000})",
        "evaluation was stopped",
    );
}

#[test]
fn expressions_are_bounded() {
    let grows = |what: &str| {
        format!("import sqlalchemy as sa\nc = sa.column('a') == 1\nwhile True: c = {what}")
    };
    check(&grows("c + 1"), "nested too deeply");
    check(&grows("~c"), "nested too deeply");
    check(&grows("sa.func.f(c)"), "nested too deeply");
    check(&grows("sa.or_(c, c)"), "evaluation was stopped");
    check(
        &grows("sa.or_(c, sa.column('b'))"),
        "evaluation was stopped",
    );
}

#[test]
fn memory_counts_as_steps() {
    let grows = |what: &str| {
        format!(
            "n, x, l, s, d = 0, [], [0] * 1000, set(range(500)), dict.fromkeys(range(500))\nwhile True:\n    n += 1\n    \
             x.append({what})\n    if n > 2000: raise ValueError('too late')"
        )
    };
    for what in [
        "[0] * 1000",
        "(0,) * 1000",
        "l[:]",
        "l.copy()",
        "l + l",
        "list(l)",
        "sorted(l)",
        "s | s",
        "s.copy()",
        "d.copy()",
        "('a' * 100_000).upper()",
    ] {
        check(&grows(what), "too many steps");
    }
}

#[test]
fn deep_nesting_is_refused() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{1:", "}"),
        ("-", ""),
        ("not ", ""),
        ("f(", ")"),
        ("lambda: ", ""),
    ] {
        let source = format!(
            "x = {}1{}\ndef upgrade(): pass\n",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        let found = Script::parse("hostile.py", &source)
            .err()
            .map(|error| error.diagnostic.message);
        assert!(
            found.is_some_and(|message| message.contains("too many nested")),
            "{open}"
        );
    }
    let mut source = String::new();
    for depth in 0..2_000 {
        source.push_str(&format!("{}if 1:\n", " ".repeat(depth)));
    }
    source.push_str(&format!("{}pass\ndef upgrade(): pass\n", " ".repeat(2_000)));
    assert!(load(&source).contains("too many levels of indentation"));
}

/// A sequence of numbers that is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

/// Pieces of text that break a program in more ways than chance would.
const SPLINTERS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "'",
    "\"\"\"",
    "f'{",
    "\\",
    "\n    ",
    "\n",
    "*",
    "**",
    "= ",
    "lambda: ",
    "yield ",
    "await ",
    "del ",
    "return ",
    "raise ",
    "class A(A): pass\n",
    "None",
    "10 ** 9999",
    "'a' * 10 ** 9",
    "range(10 ** 12)",
    "[] ",
    "x for x in x",
    "match x:\n    case",
    "except* ",
    "\u{0}",
    "é",
    "\t",
];

/// The text with a few pieces moved, lost, doubled or put in.
fn mutate(text: &str, dice: &mut Dice) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(4) {
        let from = dice.roll(chars.len());
        let to = (from + dice.roll(30)).min(chars.len());
        let piece: Vec<char> = chars.get(from..to).unwrap_or_default().to_vec();
        match dice.roll(4) {
            0 => {
                chars.drain(from..to);
            }
            1 => {
                chars.splice(from..from, piece);
            }
            2 => {
                let at = dice.roll(chars.len());
                chars.splice(at..at, piece);
            }
            _ => {
                let splinter = SPLINTERS.get(dice.roll(SPLINTERS.len())).unwrap_or(&"");
                chars.splice(from..from, splinter.chars());
            }
        }
    }
    chars.into_iter().collect()
}

#[test]
fn mutilated_programs_end_in_an_error_with_a_place() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets");
    let mut dice = Dice(7);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of snippets") {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a snippet file");
        for snippet in text.split("\n###\n") {
            for _ in 0..2 {
                let source = mutate(snippet, &mut dice);
                on_deep_stack(|| {
                    let limits = Limits {
                        steps: 20_000,
                        ..Limits::default()
                    };
                    let world = World::new(Rc::new(NoSources), Inputs::default(), limits);
                    let mut host = NullHost;
                    let mut ev = Interp::new(&world, &mut host);
                    if let Err(error) =
                        Script::parse("mutilated.py", &source).and_then(|it| it.load(&mut ev))
                    {
                        assert!(error.diagnostic.location().is_some(), "{source}");
                    }
                });
                count += 1;
            }
        }
    }
    assert!(count > 200, "only {count} programs were tried");
}

#[test]
fn what_may_be_a_member_of_an_enumeration_or_not() {
    let head = "from enum import Enum\nclass E(Enum):\n    A = 1\n";
    check(
        &format!("{head}    B = len"),
        "`B` in the enumeration `E` is not modelled",
    );
    check(
        &format!("{head}    _ignore_ = ['B']\n    B = 2"),
        "`_ignore_` in the enumeration `E` is not modelled",
    );
}

#[test]
fn what_a_metaclass_changes_is_not_passed_over() {
    check(
        "class M(type):\n    def __instancecheck__(cls, other): return True\nclass A(metaclass=M): pass\nif isinstance(3, A): pass",
        "`__instancecheck__` of the metaclass `M` is not modelled",
    );
    check(
        "class M(type):\n    def __new__(m, name, bases, attrs): return type.__new__(m, name, bases, {'x': 1})\n\
         class A(metaclass=M):\n    x = 2\nif A.x: pass",
        "`__new__` of the metaclass `M` is not modelled",
    );
    check(
        "class A:\n    def __getattribute__(self, name): return 'x'\nif A().y: pass",
        "`__getattribute__` of `A` is not modelled",
    );
    check(
        "class A:\n    def __hash__(self): raise ValueError\n{A(): 1}",
        "`A` has its own `__hash__`, which is not modelled",
    );
}

#[test]
fn an_exception_that_may_have_been_raised_is_not_taken_for_none() {
    let unsure = "whether this raises an exception is not known";
    let unknown = "from somewhere import value\n";
    for body in [
        "try:\n    value['a']\n    x = 1\nexcept KeyError:\n    x = 2",
        "try:\n    int(value)\nexcept ValueError:\n    pass",
        "try:\n    value.part\nexcept Exception as error:\n    print(error)",
        "import contextlib\nwith contextlib.suppress(TypeError):\n    value + 1",
        "def g():\n    try:\n        -value\n        yield 1\n    except TypeError:\n        yield 2\nlist(g())",
    ] {
        check(&format!("{unknown}{body}"), unsure);
    }
    // One that ends the script either way changes nothing.
    for rest in ["except KeyError:\n        raise", "finally:\n        pass"] {
        let source = format!(
            "from somewhere import value\ndef upgrade():\n    try:\n        value['a']\n    {rest}\n"
        );
        assert_eq!(load(&source), "");
    }
}

#[test]
fn something_unknown_has_no_attribute_for_sure() {
    let unknown = "from somewhere import value\nclass A(value):\n    x = 1\n";
    for (body, expected) in [
        (
            "if A.x: pass",
            "module `somewhere` is neither modelled nor found",
        ),
        (
            "if hasattr(A, 'y'): pass",
            "module `somewhere` is neither modelled nor found",
        ),
        ("delattr(A, value)", "the name of an attribute"),
        ("x = [1]\nx[value:] = []", "the end of a slice"),
    ] {
        check(&format!("{unknown}{body}"), expected);
    }
}

#[test]
fn what_unread_code_was_handed_is_not_known_afterwards() {
    for body in [
        "value(rows)",
        "value.register(names={'a': rows})",
        "try:\n    value()\n    rows.append(1)\nexcept Exception:\n    rows.append(2)",
        "exec('rows.append(1)')",
        "globals().update(value)",
        "for row in value:\n    rows.append(row)",
    ] {
        let source = format!(
            "from somewhere import value\nrows = []\n{body}\ndef upgrade():\n    if rows: pass\n"
        );
        assert!(
            load(&source).contains("cannot be read"),
            "{body}: {}",
            load(&source)
        );
    }
    let kept =
        "from somewhere import value\nrows = []\nvalue([1])\ndef upgrade():\n    if rows: pass\n";
    assert_eq!(load(kept), "");
}

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

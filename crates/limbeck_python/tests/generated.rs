//! Programs made at random from a grammar, run by CPython and by the evaluator: what both print is compared.
//!
//! The grammar is of plain values (numbers of any size, text, containers) and of the statements that join them. What the
//! evaluator does not know it must say (`unknown`, or an error of its own); it must never print something else.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

#[path = "printed/recorder.rs"]
mod recorder;

use std::path::PathBuf;
use std::process::Command;
use std::rc::Rc;

use limbeck_python::{
    Inputs, Limits, NoSources, RevisionRequest, Script, World, on_deep_stack, run_revision,
};
use recorder::Recorder;

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

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.roll(of.len())).copied().unwrap_or("")
    }
}

const INTS: &[&str] = &[
    "0", "1", "-1", "2", "3", "7", "-5", "10", "255", "1000", "-17", "2**31", "10**20", "-(2**65)",
];
const FLOATS: &[&str] = &[
    "0.0", "-0.0", "0.5", "1.5", "-2.25", "3.14159", "1e10", "1e-7", "1e300", "100.0", "2.675",
];
const TEXTS: &[&str] = &[
    "''",
    "'a'",
    "'abc'",
    "'Hello World'",
    "'a,b,,c'",
    "'  pad '",
    "'ÄÖß'",
    "'12'",
    "'x=1;y=2'",
    "'ab' 'cd'",
    "'tab\\tnew\\n'",
    "'%s'",
    "'{}'",
    "\"it's\"",
    "('a' * 3)",
];

struct Grammar {
    dice: Dice,
    names: Vec<(String, char)>,
}

impl Grammar {
    fn of(&mut self, kind: char, depth: usize) -> String {
        let known: Vec<String> = self
            .names
            .iter()
            .filter(|(_, it)| *it == kind)
            .map(|(name, _)| name.clone())
            .collect();
        if !known.is_empty() && self.dice.roll(3) == 0 {
            return known.get(self.dice.roll(known.len())).cloned().unwrap();
        }
        match kind {
            'i' => self.int(depth),
            'f' => self.float(depth),
            's' => self.text(depth),
            'b' => self.truth(depth),
            'l' => self.list(depth),
            'd' => self.dict(depth),
            _ => self.set(depth),
        }
    }

    fn int(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.dice.pick(INTS).to_owned();
        }
        let at = depth - 1;
        match self.dice.roll(14) {
            0..=3 => {
                let op = self.dice.pick(&["+", "-", "*", "//", "%", "&", "|", "^"]);
                format!("({} {op} {})", self.of('i', at), self.of('i', at))
            }
            4 => format!("({} << {})", self.of('i', at), self.dice.roll(12)),
            5 => format!("({} >> {})", self.of('i', at), self.dice.roll(12)),
            6 => format!("({} ** {})", self.of('i', at), self.dice.roll(5)),
            7 => format!("(~{})", self.of('i', at)),
            8 => format!("len({})", self.any_collection(at)),
            9 => format!("abs({})", self.of('i', at)),
            10 => {
                let name = self.dice.pick(&["find", "count", "rfind"]);
                format!("{}.{name}({})", self.of('s', at), self.of('s', at))
            }
            11 => format!(
                "({} if {} else {})",
                self.of('i', at),
                self.of('b', at),
                self.of('i', at)
            ),
            12 => format!(
                "sum(x if isinstance(x, int) else 1 for x in {})",
                self.of('l', at)
            ),
            _ => {
                let name = self.dice.pick(&["max", "min"]);
                format!("{name}({}, {})", self.of('i', at), self.of('i', at))
            }
        }
    }

    fn float(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.dice.pick(FLOATS).to_owned();
        }
        let at = depth - 1;
        match self.dice.roll(6) {
            0..=2 => {
                let op = self.dice.pick(&["+", "-", "*", "/"]);
                format!("({} {op} {})", self.of('f', at), self.of('f', at))
            }
            3 => format!("round({}, {})", self.of('f', at), self.dice.roll(4)),
            4 => format!("({} / {})", self.of('i', at), self.of('i', at)),
            _ => format!("({} % {})", self.of('f', at), self.of('f', at)),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.dice.pick(TEXTS).to_owned();
        }
        let at = depth - 1;
        match self.dice.roll(16) {
            0 | 1 => format!("({} + {})", self.of('s', at), self.of('s', at)),
            2 => {
                let name = self.dice.pick(&[
                    "upper",
                    "lower",
                    "title",
                    "strip",
                    "capitalize",
                    "swapcase",
                    "lstrip",
                    "rstrip",
                    "casefold",
                ]);
                format!("{}.{name}()", self.of('s', at))
            }
            3 => format!(
                "{}.replace({}, {})",
                self.of('s', at),
                self.of('s', at),
                self.of('s', at)
            ),
            4 => format!(
                "{}.join(str(x) for x in {})",
                self.of('s', at),
                self.of('l', at)
            ),
            5 => {
                let (start, stop) = (self.dice.roll(7) as i64 - 3, self.dice.roll(9) as i64 - 4);
                let step = self.dice.pick(&["", ":1", ":2", ":-1", ":-2"]);
                format!("{}[{start}:{stop}{step}]", self.of('s', at))
            }
            6 => {
                let kind = *['i', 'f', 's', 'b', 'l'].get(self.dice.roll(5)).unwrap();
                let wrap = self.dice.pick(&["str", "repr"]);
                format!("{wrap}({})", self.of(kind, at))
            }
            7 => {
                let spec = self.dice.pick(&["", ">8", "<8", "^9", "*^7", ".2", "10.1"]);
                format!("format({}, '{spec}')", self.of('s', at))
            }
            8 => {
                let spec = self.dice.pick(&[
                    "", "5", "05", "+", ",", "x", "#b", "_", "<6", "e", ".1f", "%",
                ]);
                format!("format({}, '{spec}')", self.of('i', at))
            }
            9 => {
                let spec = self.dice.pick(&[
                    "", ".2f", "e", ".3g", "10.1f", "+", "%", ",.1f", "g", ".0f", "08.2f",
                ]);
                format!("format({}, '{spec}')", self.of('f', at))
            }
            10 => format!("f\"{{{}!r:>6}}|{{{}}}\"", self.of('i', 0), self.of('f', 0)),
            11 => format!(
                "('%s|%5s|%-5s|%r' % ({}, {}, {}, {}))",
                self.of('s', at),
                self.of('i', at),
                self.of('s', at),
                self.of('s', at)
            ),
            12 => format!(
                "'{{}}-{{:>4}}'.format({}, {})",
                self.of('s', at),
                self.of('i', at)
            ),
            13 => {
                let name = self.dice.pick(&["center", "ljust", "rjust", "zfill"]);
                format!("{}.{name}({})", self.of('s', at), self.dice.roll(12))
            }
            14 => format!(
                "({} if {} else {})",
                self.of('s', at),
                self.of('b', at),
                self.of('s', at)
            ),
            _ => format!("({} * {})", self.of('s', at), self.dice.roll(4)),
        }
    }

    fn truth(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.dice.pick(&["True", "False"]).to_owned();
        }
        let at = depth - 1;
        match self.dice.roll(9) {
            0..=2 => {
                let kind = *['i', 's', 'f', 'l'].get(self.dice.roll(4)).unwrap();
                let op = match kind {
                    'l' => self.dice.pick(&["==", "!="]),
                    _ => self.dice.pick(&["<", "<=", ">", ">=", "==", "!="]),
                };
                format!("({} {op} {})", self.of(kind, at), self.of(kind, at))
            }
            3 => format!("({} in {})", self.of('s', at), self.of('s', at)),
            4 => format!("({} in {})", self.of('i', at), self.of('l', at)),
            5 => format!("(not {})", self.any(at)),
            6 => {
                let op = self.dice.pick(&["and", "or"]);
                format!("bool({} {op} {})", self.any(at), self.any(at))
            }
            7 => {
                let name = self.dice.pick(&[
                    "isdigit", "isalpha", "islower", "isupper", "isspace", "isalnum", "istitle",
                ]);
                format!("{}.{name}()", self.of('s', at))
            }
            _ => {
                let name = self.dice.pick(&["any", "all"]);
                format!("{name}({})", self.of('l', at))
            }
        }
    }

    fn list(&mut self, depth: usize) -> String {
        if depth == 0 {
            let count = self.dice.roll(4);
            let items: Vec<String> = (0..count)
                .map(|_| {
                    let kind = *['i', 's', 'b'].get(self.dice.roll(3)).unwrap();
                    self.of(kind, 0)
                })
                .collect();
            return format!("[{}]", items.join(", "));
        }
        let at = depth - 1;
        match self.dice.roll(13) {
            0 => format!("({} + {})", self.of('l', at), self.of('l', at)),
            1 => format!(
                "list(range({}, {}, {}))",
                self.dice.roll(5),
                self.dice.roll(12),
                self.dice.pick(&["1", "2", "-1", "3"])
            ),
            2 => format!(
                "[x for x in {} if {}]",
                self.of('l', at),
                self.dice
                    .pick(&["x", "not x", "isinstance(x, str)", "x != 1", "str(x) > '2'"])
            ),
            3 => format!(
                "[{} for x in {}]",
                self.dice.pick(&[
                    "x",
                    "(x, 1)",
                    "[x]",
                    "str(x)",
                    "x if x else None",
                    "repr(x)"
                ]),
                self.of('l', at)
            ),
            4 => format!(
                "sorted({}, key={})",
                self.of('l', at),
                self.dice
                    .pick(&["str", "repr", "lambda v: (len(str(v)), str(v))"])
            ),
            5 => format!("list(reversed({}))", self.of('l', at)),
            6 => format!(
                "{}.split({})",
                self.of('s', at),
                self.dice.pick(&["", "','", "'b'", "None, 1", "' '"])
            ),
            7 => format!("list(zip({}, {}))", self.of('l', at), self.of('s', at)),
            8 => format!(
                "list(enumerate({}, {}))",
                self.of('l', at),
                self.dice.roll(3)
            ),
            9 => format!(
                "{}[{}:{}]",
                self.of('l', at),
                self.dice.pick(&["", "1", "-2", "0"]),
                self.dice.pick(&["", "2", "-1", "5"])
            ),
            10 => format!("({} * {})", self.of('l', at), self.dice.roll(3)),
            11 => format!(
                "[*{}, {}, *{}]",
                self.of('l', at),
                self.any(at),
                self.of('s', at)
            ),
            _ => format!("list({}.items())", self.of('d', at)),
        }
    }

    fn dict(&mut self, depth: usize) -> String {
        if depth == 0 {
            return format!("{{'a': {}, {}: 2}}", self.of('i', 0), self.of('s', 0));
        }
        let at = depth - 1;
        match self.dice.roll(5) {
            0 => format!("{{k: v for k, v in enumerate({})}}", self.of('l', at)),
            1 => format!("{{**{}, 'z': {}}}", self.of('d', at), self.any(at)),
            2 => format!("({} | {})", self.of('d', at), self.of('d', at)),
            3 => format!("dict(zip({}, {}))", self.of('s', at), self.of('l', at)),
            _ => format!(
                "{{{}: {}, {}: {}}}",
                self.of('s', at),
                self.any(at),
                self.of('i', at),
                self.any(at)
            ),
        }
    }

    fn set(&mut self, depth: usize) -> String {
        let at = depth.saturating_sub(1);
        let op = self.dice.pick(&["|", "&", "-", "^"]);
        format!("(set({}) {op} set({}))", self.of('s', at), self.of('s', at))
    }

    fn any(&mut self, depth: usize) -> String {
        let kind = *['i', 'f', 's', 'b', 'l', 'd']
            .get(self.dice.roll(6))
            .unwrap();
        self.of(kind, depth)
    }

    fn any_collection(&mut self, depth: usize) -> String {
        let kind = *['s', 'l', 'd', 'S'].get(self.dice.roll(4)).unwrap();
        self.of(kind, depth)
    }

    fn shown(&mut self, depth: usize) -> String {
        if self.dice.roll(8) == 0 {
            return format!("sorted({})", self.of('S', depth));
        }
        self.any(depth)
    }

    fn statements(&mut self, indent: &str, depth: usize, out: &mut String) {
        for _ in 0..=self.dice.roll(3) {
            let kind = *['i', 'f', 's', 'b', 'l', 'd']
                .get(self.dice.roll(6))
                .unwrap();
            let name = format!("{kind}{}", self.dice.roll(3));
            match self.dice.roll(if depth == 0 { 4 } else { 9 }) {
                0 | 1 => {
                    let value = self.of(kind, 2);
                    out.push_str(&format!("{indent}{name} = {value}\n"));
                    self.names.push((name, kind));
                }
                2 | 3 => {
                    let value = self.shown(2);
                    out.push_str(&format!("{indent}print({value})\n"));
                }
                4 => {
                    let test = self.of('b', 2);
                    out.push_str(&format!("{indent}if {test}:\n"));
                    let known = self.names.len();
                    self.statements(&format!("{indent}    "), depth - 1, out);
                    self.names.truncate(known);
                    out.push_str(&format!("{indent}else:\n"));
                    self.statements(&format!("{indent}    "), depth - 1, out);
                    self.names.truncate(known);
                }
                5 => {
                    let over = self.of('l', 1);
                    out.push_str(&format!("{indent}for item in {over}[:4]:\n"));
                    let known = self.names.len();
                    out.push_str(&format!(
                        "{indent}    if item == {}: {}\n",
                        self.of('i', 0),
                        self.dice.pick(&["continue", "break"])
                    ));
                    self.statements(&format!("{indent}    "), depth - 1, out);
                    self.names.truncate(known);
                    out.push_str(&format!("{indent}else: print('no break')\n"));
                }
                6 => {
                    out.push_str(&format!("{indent}try:\n"));
                    let known = self.names.len();
                    self.statements(&format!("{indent}    "), depth - 1, out);
                    self.names.truncate(known);
                    out.push_str(&format!(
                        "{indent}except ({}) as error: print(type(error).__name__, error)\n{indent}finally: print('end')\n",
                        self.dice.pick(&["ZeroDivisionError, ValueError", "ArithmeticError", "Exception", "TypeError, OverflowError, ArithmeticError"])
                    ));
                }
                7 => {
                    let function = format!("call{}", self.dice.roll(2));
                    out.push_str(&format!(
                        "{indent}def {function}(p, q={}, *rest, k={}, **more):\n",
                        self.of('i', 0),
                        self.of('s', 0)
                    ));
                    let known = std::mem::take(&mut self.names);
                    self.names = vec![
                        ("p".to_owned(), 'i'),
                        ("k".to_owned(), 's'),
                        ("rest".to_owned(), 'x'),
                    ];
                    self.statements(&format!("{indent}    "), 0, out);
                    let result = self.any(1);
                    out.push_str(&format!("{indent}    return {result}, q, rest, more\n"));
                    self.names = known;
                    let call = format!(
                        "{function}({}, {}, *{}, k={}, m={})",
                        self.of('i', 1),
                        self.of('i', 1),
                        self.of('l', 0),
                        self.of('s', 1),
                        self.of('i', 0)
                    );
                    out.push_str(&format!("{indent}print({call})\n"));
                }
                _ => {
                    let value = self.any(1);
                    out.push_str(&format!(
                        "{indent}match {value}:\n{indent}    case 0 | 1: print('small')\n{indent}    case str() as t if t: print('text', t)\n{indent}    case [first, *others]: print(first, others)\n{indent}    case {{'a': inner, **left}}: print(inner, left)\n{indent}    case float(): print('float')\n{indent}    case other: print('other', other)\n"
                    ));
                }
            }
        }
    }
}

fn program(seed: u64) -> String {
    let mut grammar = Grammar {
        dice: Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        names: Vec::new(),
    };
    // In a function: while a module is read, what is not known is passed over.
    let mut text = "def upgrade():\n".to_owned();
    grammar.statements("    ", 2, &mut text);
    let last = grammar.shown(3);
    text.push_str(&format!("    print({last})\n"));
    text
}

/// What the evaluator prints, and the error that it ends with.
fn evaluate(source: &str) -> (String, Option<limbeck_diag::Error>) {
    let inputs = Inputs {
        python_version: (3, 11, 0),
        ..Inputs::default()
    };
    let world = World::new(Rc::new(NoSources), inputs, Limits::default());
    let mut host = Recorder::default();
    let run = Script::parse("program.py", source).and_then(|script| {
        let request = RevisionRequest {
            script: &script,
            function: "upgrade",
            dialect: "default",
            is_offline: false,
            kwargs: &[],
        };
        run_revision(&world, &request, &mut host)
    });
    (host.0, run.err())
}

const RUNNER: &str = r#"
import sys, io, contextlib, traceback, warnings
warnings.simplefilter("ignore")
sys.set_int_max_str_digits(0)
for program in open(sys.argv[1]).read().split("\n###\n"):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            names = {"__name__": "program_py"}
            exec(compile(program, "program.py", "exec"), names)
            names["upgrade"]()
        except Exception as error:
            print("!", traceback.format_exception_only(type(error), error)[-1].rstrip("\n"))
    sys.stdout.write(out.getvalue() + "\n###\n")
"#;

#[test]
fn random_programs_print_what_cpython_prints() {
    let count: u64 = std::env::var("LIMBECK_PROGRAMS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1500);
    let first: u64 = std::env::var("LIMBECK_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let programs: Vec<String> = (first..first + count).map(program).collect();
    let path = std::env::temp_dir().join(format!("limbeck-programs-{}.py", std::process::id()));
    std::fs::write(&path, programs.join("\n###\n")).unwrap();
    let python = std::env::var_os("LIMBECK_TEST_PYTHON")
        .map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let output = Command::new(python)
        .args(["-c", RUNNER])
        .arg(&path)
        .output()
        .expect("this test needs python3 (or LIMBECK_TEST_PYTHON) to compare with");
    let _ = std::fs::remove_file(&path);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let expected = String::from_utf8(output.stdout).unwrap();
    let expected: Vec<String> = expected.split("\n###\n").map(str::to_owned).collect();
    let (wrong, unread) = on_deep_stack(|| {
        let mut wrong = Vec::new();
        let mut unread = Vec::new();
        for (program, expected) in programs.iter().zip(&expected) {
            let (mut found, error) = evaluate(program);
            let is_known = match &error {
                None => !found.contains("<unknown"),
                Some(error) => {
                    error.kind == limbeck_diag::ErrorKind::Python && !found.contains("<unknown")
                }
            };
            if !is_known {
                let why = error.map(|error| error.diagnostic.message);
                unread.push(why.unwrap_or(found));
                continue;
            }
            if let Some(error) = error {
                found.push_str(&format!("! {}\n", error.diagnostic.message));
            }
            if found.trim_end() != expected.trim_end() {
                wrong.push(format!(
                    "{program}\n--- python\n{expected}\n--- evaluator\n{found}"
                ));
            }
        }
        (wrong, unread)
    });
    let shown: Vec<&str> = wrong.iter().take(20).map(String::as_str).collect();
    assert!(
        wrong.is_empty(),
        "{} of {count} differ\n\n{}",
        wrong.len(),
        shown.join("\n==========\n")
    );
    let share = unread.len() as f64 / count as f64;
    assert!(
        share < 0.05,
        "{} of {count} are not read: {:?}",
        unread.len(),
        unread.iter().take(20).collect::<Vec<_>>()
    );
}

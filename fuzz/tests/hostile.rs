//! Real files, cut and changed at places that a fixed seed chooses: no target panics or runs for ever on them.

#![expect(
    clippy::indexing_slicing,
    reason = "the places are chosen below the lengths"
)]

use std::path::{Path, PathBuf};

/// The files of the fees example, and of the templates of `init`.
fn seeds(extensions: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders: Vec<PathBuf> =
        vec![root.join("examples"), root.join("crates/limbeck/templates")];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if extensions.iter().any(|end| name.ends_with(end)) {
                texts.extend(std::fs::read_to_string(&path));
            }
        }
    }
    assert!(texts.len() > 1, "no seeds with {extensions:?}");
    texts
}

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }
}

/// Pieces that stand in the way of readers.
const PIECES: [&str; 24] = [
    "(",
    ")",
    "[",
    "{",
    "'''",
    "\"",
    "\\",
    "\n",
    "\t",
    "\0",
    "é",
    "\u{feff}",
    "%(",
    "${",
    "%",
    ":",
    "@",
    "=",
    "lambda x: ",
    "not ",
    "**",
    "9999999999999999999",
    "f'{",
    "*",
];

fn attack(extensions: &[&str], rounds: usize, target: fn(&str)) {
    let mut numbers = Numbers(7);
    for seed in seeds(extensions) {
        target(&seed);
        for _ in 0..rounds {
            let mut chars: Vec<char> = seed.chars().collect();
            for _ in 0..=numbers.below(4) {
                let from = numbers.below(chars.len());
                let to = (from + numbers.below(40)).min(chars.len());
                let piece = PIECES[numbers.below(PIECES.len())];
                match numbers.below(3) {
                    0 => drop(chars.drain(from..to)),
                    1 => drop(
                        chars.splice(from..from, piece.chars().cycle().take(numbers.below(60))),
                    ),
                    _ => {
                        let copy = chars[from..to].to_vec();
                        let at = numbers.below(chars.len());
                        drop(chars.splice(at..at, copy));
                    }
                }
            }
            target(&chars.into_iter().collect::<String>());
        }
    }
}

#[test]
fn scripts() {
    attack(&[".py"], 40, limbeck_fuzz::script);
}

#[test]
fn templates() {
    attack(&[".mako"], 60, limbeck_fuzz::template);
}

#[test]
fn settings() {
    attack(&[".ini", ".toml", "ini.mako"], 60, limbeck_fuzz::ini);
    attack(&[".ini", ".mako"], 20, limbeck_fuzz::dotenv);
}

#[test]
fn urls() {
    for url in [
        "postgresql+psycopg2://u:p%40@h:5432/db?sslmode=require&a=b",
        "sqlite:////tmp/x.db",
        "mysql://[::1]:3/d",
    ] {
        let mut numbers = Numbers(3);
        for _ in 0..400 {
            let mut text = url.to_owned();
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let at = places[numbers.below(places.len())];
            text.insert_str(at, PIECES[numbers.below(PIECES.len())]);
            limbeck_fuzz::url(&text);
            limbeck_fuzz::url(&text[at..]);
        }
    }
}

#[test]
fn graphs() {
    let mut numbers = Numbers(5);
    for _ in 0..400 {
        let mut text = String::new();
        for _ in 0..numbers.below(9) {
            let mut id = || (b'a' + u8::try_from(numbers.below(6)).unwrap_or(0)) as char;
            let (own, down, other, label) = (id(), id(), id(), id());
            text += &match numbers.below(4) {
                0 => format!("{own}\n"),
                1 => format!("{own} < {down}\n"),
                2 => format!("{own} < {down} {other} = {label}{label}\n"),
                _ => format!("{own} < {down} : {other}\n"),
            };
        }
        for symbol in [
            "heads", "head", "a", "-1", "+2", "a@head", "aa@head", "b:c", "base", "e-1", "ff@-1",
        ] {
            limbeck_fuzz::graph(&format!("{text}{symbol}"));
        }
    }
}

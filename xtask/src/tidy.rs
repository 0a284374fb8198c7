//! `cargo xtask tidy`: house rules that the compiler does not know.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::root;

/// Which crate of the house may use which (the table in ARCHITECTURE.md).
const ROOMS: [(&str, &[&str]); 13] = [
    ("limbeck_diag", &[]),
    ("limbeck_schema", &["limbeck_diag"]),
    ("limbeck_config", &["limbeck_diag"]),
    ("limbeck_graph", &["limbeck_schema", "limbeck_diag"]),
    ("limbeck_python", &["limbeck_schema", "limbeck_diag"]),
    ("limbeck_sql", &["limbeck_schema", "limbeck_diag"]),
    (
        "limbeck_diff",
        &["limbeck_schema", "limbeck_sql", "limbeck_diag"],
    ),
    (
        "limbeck_lint",
        &["limbeck_schema", "limbeck_sql", "limbeck_diag"],
    ),
    (
        "limbeck_db",
        &["limbeck_schema", "limbeck_sql", "limbeck_diag"],
    ),
    (
        "limbeck",
        &[
            "limbeck_schema",
            "limbeck_diag",
            "limbeck_config",
            "limbeck_graph",
            "limbeck_python",
            "limbeck_sql",
            "limbeck_diff",
            "limbeck_lint",
            "limbeck_db",
        ],
    ),
    ("limbeck_cli", &["limbeck", "limbeck_diag"]),
    (
        "limbeck_testkit",
        &[
            "limbeck_schema",
            "limbeck_sql",
            "limbeck_db",
            "limbeck_diag",
        ],
    ),
    ("xtask", &[]),
];

/// Documents that a visitor looks for.
const DOCUMENTS: [&str; 8] = [
    "README.md",
    "ARCHITECTURE.md",
    "STYLE.md",
    "CONTRIBUTING.md",
    "DIFFERENCES.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];

/// The longest a source file may get; tests are lists of cases and may be longer.
const MAX_LINES: usize = 1000;

/// A file of the repository.
struct File {
    path: String,
    text: String,
}

/// Checks every rule and reports every breach.
pub(crate) fn run() -> io::Result<()> {
    let files = read_files()?;
    let mut faults = Vec::new();
    check_rooms(&files, &mut faults);
    check_documents(&files, &mut faults);
    for file in &files {
        check_length(file, &mut faults);
        check_names(file, &mut faults);
        check_tests(file, &mut faults);
        check_paths(file, &mut faults);
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} fault(s)\n  {}",
        faults.len(),
        faults.join("\n  ")
    )))
}

/// Tracked and new text files, without what Git ignores.
fn read_files() -> io::Result<Vec<File>> {
    let root = root();
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output();
    let paths: Vec<String> = match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        // A release tarball has no Git.
        _ => walk(&root, &root)?,
    };
    let read = |path: String| {
        let text = std::fs::read_to_string(root.join(&path)).ok()?;
        Some(File { path, text })
    };
    Ok(paths.into_iter().filter_map(read).collect())
}

fn walk(root: &Path, folder: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            let name = path.file_name().unwrap_or_default();
            if name != "target" && name != ".git" {
                paths.extend(walk(root, &path)?);
            }
        } else if let Ok(path) = path.strip_prefix(root) {
            paths.push(path.display().to_string());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The dependency arrows, read from the manifests. Tests may use the test kit.
fn check_rooms(files: &[File], faults: &mut Vec<String>) {
    for file in files
        .iter()
        .filter(|it| it.path.ends_with("Cargo.toml") && it.path.contains('/'))
    {
        let mut section = "";
        let mut name = "";
        let mut uses = Vec::new();
        for line in file.text.lines().map(str::trim) {
            if line.starts_with('[') {
                section = line;
            } else if let Some((key, value)) = line.split_once('=') {
                let key = key.trim();
                if section == "[package]" && key == "name" {
                    name = value.trim().trim_matches('"');
                }
                let dependency = key.split('.').next().unwrap_or_default();
                if dependency.starts_with("limbeck") && section.ends_with("dependencies]") {
                    uses.push((section, dependency));
                }
            }
        }
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == name) else {
            if file.path.starts_with("crates/") {
                faults.push(format!(
                    "{}: `{name}` is not in the table of rooms",
                    file.path
                ));
            }
            continue;
        };
        for (section, dependency) in uses {
            let is_test_kit = dependency == "limbeck_testkit" && section == "[dev-dependencies]";
            let is_for_tests = section == "[dev-dependencies]" && name == "limbeck_cli";
            if !allowed.contains(&dependency) && !is_test_kit && !is_for_tests {
                faults.push(format!(
                    "{}: `{name}` may not use `{dependency}`",
                    file.path
                ));
            }
        }
    }
}

/// The documents are there, and no page of `docs/` is unreachable.
fn check_documents(files: &[File], faults: &mut Vec<String>) {
    for document in DOCUMENTS {
        if !files.iter().any(|it| it.path == document) {
            faults.push(format!("{document} is missing"));
        }
    }
    let pages: Vec<&File> = files.iter().filter(|it| it.path.ends_with(".md")).collect();
    for page in pages.iter().filter(|it| it.path.starts_with("docs/")) {
        let name = page.path.rsplit('/').next().unwrap_or_default();
        let is_linked = pages
            .iter()
            .any(|it| it.path != page.path && it.text.contains(name));
        if !is_linked {
            faults.push(format!("{}: no other page links to it", page.path));
        }
    }
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

fn check_length(file: &File, faults: &mut Vec<String>) {
    let lines = file.text.lines().count();
    if file.path.ends_with(".rs") && !is_test(&file.path) && lines > MAX_LINES {
        faults.push(format!(
            "{}: {lines} lines, more than {MAX_LINES}",
            file.path
        ));
    }
}

/// Names that say nothing.
fn check_names(file: &File, faults: &mut Vec<String>) {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let forbidden = [
        "mod.rs",
        "utils.rs",
        "util.rs",
        "helpers.rs",
        "helper.rs",
        "manager.rs",
        "misc.rs",
    ];
    if forbidden.contains(&name) {
        faults.push(format!("{}: name it after what it holds", file.path));
    }
}

/// A test that does not run, or that may not fail, is none.
fn check_tests(file: &File, faults: &mut Vec<String>) {
    if !file.path.ends_with(".rs") || file.path.starts_with("xtask/") {
        return;
    }
    for (nth, line) in file.text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("#[ignore") || line.starts_with("#[should_panic") {
            faults.push(format!(
                "{}:{}: no ignored tests, no should_panic",
                file.path,
                nth + 1
            ));
        }
    }
}

/// What works on one machine only.
fn check_paths(file: &File, faults: &mut Vec<String>) {
    if file.path == "xtask/src/tidy.rs" || file.path == "Cargo.lock" {
        return;
    }
    for (nth, line) in file.text.lines().enumerate() {
        for folder in ["/work/", "/root/", "/home/", "/Users/"] {
            let found = line.match_indices(folder).any(|(at, _)| {
                // `/home/me` is nobody's.
                let is_example = line.get(at..).is_some_and(|it| it.starts_with("/home/me"));
                // `../work/` and `somewhere/work/` are not absolute.
                let before = line.get(..at).and_then(|it| it.chars().next_back());
                !is_example && !before.is_some_and(|c| c.is_alphanumeric() || "._-/~})".contains(c))
            });
            if found {
                faults.push(format!(
                    "{}:{}: an absolute path of one machine",
                    file.path,
                    nth + 1
                ));
            }
        }
    }
}

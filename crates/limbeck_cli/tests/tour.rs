//! The tour of README.md, line by line, and the scripts of `--sql` for the fees project.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::Folder;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// A copy of the fees project that a test may change; removed at the end.
struct Fees {
    folder: Folder,
}

impl Fees {
    fn copy(name: &str) -> Fees {
        Fees {
            folder: Folder::copy_of(&Path::new(ROOT).join("examples/fees"), name),
        }
    }

    /// What a command writes: standard error first, then standard output.
    fn run(&self, words: &[&str], url: Option<&str>) -> (String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
        command
            .args(words)
            .current_dir(&self.folder)
            .env_remove("DATABASE_URL")
            .env_remove("ALEMBIC_CONFIG");
        if let Some(url) = url {
            command.env("DATABASE_URL", url);
        }
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stderr), text(&output.stdout))
    }
}

/// Commands of a page's console blocks after the mark `<!-- tour`, with what they should write.
fn tour() -> Vec<(String, String)> {
    let readme = std::fs::read_to_string(Path::new(ROOT).join("README.md")).unwrap();
    let tour = readme.split_once("<!-- tour").unwrap().1;
    let mut steps: Vec<(String, String)> = Vec::new();
    for block in tour.split("```console\n").skip(1) {
        let block = block.split("```").next().unwrap_or_default();
        for line in block.lines() {
            match line.strip_prefix("$ limbeck ") {
                Some(command) => steps.push((command.to_owned(), String::new())),
                None => {
                    let (_, expected) = steps.last_mut().unwrap();
                    expected.push_str(line);
                    expected.push('\n');
                }
            }
        }
    }
    steps
}

#[test]
fn the_tour_works_line_by_line() {
    let fees = Fees::copy("tour");
    let steps = tour();
    assert!(steps.len() >= 7, "the tour is too short: {steps:?}");
    for (command, expected) in steps {
        let words: Vec<&str> = command.split_whitespace().collect();
        let (stderr, stdout) = fees.run(&words, None);
        assert_eq!(format!("{stderr}{stdout}"), expected, "limbeck {command}");
    }
}

#[track_caller]
fn check_script(dialect: &str, url: &str) {
    let fees = Fees::copy(dialect);
    for (direction, words) in [
        ("upgrade", ["upgrade", "head", "--sql"]),
        ("downgrade", ["downgrade", "head:base", "--sql"]),
    ] {
        let name = format!("crates/limbeck_cli/tests/fees/{dialect}.{direction}.sql");
        let recorded = std::fs::read_to_string(Path::new(ROOT).join(&name)).unwrap();
        let (stderr, stdout) = fees.run(&words, Some(url));
        assert_eq!(stdout, recorded, "{name}\n{stderr}");
    }
}

#[test]
fn scripts_equal_alembics_on_sqlite() {
    check_script("sqlite", "sqlite:///x.db");
}

#[test]
fn scripts_equal_alembics_on_postgresql() {
    check_script("postgresql", "postgresql://u@h/d");
}

#[test]
fn scripts_equal_alembics_on_mysql() {
    check_script("mysql", "mysql+pymysql://u@h/d");
}

#[test]
fn scripts_equal_alembics_on_mariadb() {
    check_script("mariadb", "mariadb+pymysql://u@h/d");
}

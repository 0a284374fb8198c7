//! What real Alembic printed, wrote and exited with, and whether `limbeck` does the same.
//!
//! Each file of `tests/transcripts` is a project and the steps that were run in it, one after the
//! other; `xtask/record/transcripts.py` has written them. A step that differs fails, unless
//! DIFFERENCES.md has its name, `transcripts/<project>/<step>`; then it must differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::{Map, Value};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let arguments = Arguments::from_args();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut paths = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    let trials = paths.into_iter().map(|path| {
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Trial::test(name, move || {
            check(&path).map_err(|error| Failed::from(error.to_string()))
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

/// Runs the project of one file and compares every step.
fn check(path: &Path) -> Result<()> {
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let project = text(&document, "project");
    let differences = std::fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../DIFFERENCES.md"),
    )?;
    let root = Root::new(&project, object(&document, "files"))?;
    let mut faults = String::new();
    let mut failed = 0;
    let mut steps = 0;
    for (index, step) in document
        .get("steps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        steps += 1;
        let name = format!("transcripts/{project}/{index}");
        let mut fault = root.compare(step)?;
        if differences.contains(&format!("`{name}`")) {
            fault = match fault {
                Some(_) => None,
                None => {
                    Some("  is as recorded, but DIFFERENCES.md says that it is not\n".to_owned())
                }
            };
        }
        if let Some(fault) = fault {
            failed += 1;
            let _ = writeln!(faults, "{name}: {}\n{fault}", words(step).join(" "));
        }
    }
    if failed > 0 {
        return Err(format!("{failed} of {steps} steps differ\n{faults}").into());
    }
    Ok(())
}

/// A project directory that goes away at the end.
struct Root {
    path: PathBuf,
}

impl Drop for Root {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

impl Root {
    fn new(project: &str, files: &Map<String, Value>) -> Result<Root> {
        let path = std::env::temp_dir().join(format!(
            "limbeck-transcript-{}-{project}",
            std::process::id()
        ));
        std::fs::create_dir_all(&path)?;
        let root = Root {
            path: path.canonicalize()?,
        };
        for (name, content) in files {
            let file = root.path.join(name);
            if let Some(folder) = file.parent() {
                std::fs::create_dir_all(folder)?;
            }
            std::fs::write(file, content.as_str().unwrap_or_default())?;
        }
        if files.contains_key("migrations/env.py") {
            std::fs::create_dir_all(root.path.join("migrations/versions"))?;
        }
        Ok(root)
    }

    /// Runs one step and says what differs.
    fn compare(&self, step: &Value) -> Result<Option<String>> {
        if let Some(sql) = step.get("sql").and_then(Value::as_str) {
            let database = rusqlite::Connection::open(self.path.join("app.db"))?;
            if let Err(error) = database.execute_batch(sql) {
                return Ok(Some(format!("  {sql}: {error}\n")));
            }
        }
        let before = self.snapshot()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
        command
            .args(words(step))
            .current_dir(&self.path)
            .stdin(Stdio::null())
            .env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
            .env("HOME", &self.path)
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8");
        for (name, value) in object(step, "env") {
            command.env(name, value.as_str().unwrap_or_default());
        }
        let output = command.output()?;
        let after = self.snapshot()?;
        let seen = Seen {
            exit: output.status.code().map(i64::from),
            stdout: self.mask(&output.stdout),
            stderr: self.mask(&output.stderr),
            written: after
                .into_iter()
                .filter(|(name, content)| before.get(name) != Some(content))
                .map(|(name, content)| (mask_year(&mask_ids(&name)), self.mask(content.as_bytes())))
                .collect(),
        };
        let mut best = seen.compare(step);
        for other in step
            .get("or")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let fault = seen.compare(other);
            if fault.len() < best.len() {
                best = fault;
            }
        }
        Ok(if best.is_empty() { None } else { Some(best) })
    }

    /// The files of the project, databases left out.
    fn snapshot(&self) -> Result<BTreeMap<String, String>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.to_string_lossy().contains(".db") {
                    let name = path
                        .strip_prefix(&self.path)?
                        .to_string_lossy()
                        .into_owned();
                    files.insert(name, std::fs::read_to_string(path)?);
                }
            }
        }
        Ok(files)
    }

    /// Replaces what is another in every run.
    fn mask(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).replace(&*self.path.to_string_lossy(), "<proj>");
        mask_ids(&mask_year(&mask_dates(&text)))
    }
}

/// What one step did.
struct Seen {
    exit: Option<i64>,
    stdout: String,
    stderr: String,
    written: BTreeMap<String, String>,
}

impl Seen {
    /// Says how this differs from one recording; nothing if it does not.
    fn compare(&self, step: &Value) -> String {
        let mut fault = String::new();
        let exit = step
            .get("exit")
            .and_then(Value::as_i64)
            .map(|code| code & 0xff);
        if self.exit != exit {
            let _ = writeln!(fault, "  exit: recorded {exit:?}, here {:?}", self.exit);
        }
        differ(
            "stdout",
            &recorded(&text(step, "stdout")),
            &self.stdout,
            &mut fault,
        );
        let stderr = recorded(&text(step, "stderr"));
        match step.get("traceback").and_then(Value::as_str) {
            None => differ("stderr", &stderr, self.without_details(&stderr), &mut fault),
            Some(traceback) => check_failure(&stderr, traceback, &self.stderr, &mut fault),
        }
        let expected: BTreeMap<String, String> = object(step, "written")
            .iter()
            .map(|(name, content)| {
                (
                    mask_ids(name),
                    recorded(content.as_str().unwrap_or_default()),
                )
            })
            .collect();
        for (name, content) in &expected {
            match self.written.get(name) {
                Some(here) => differ(name, content, here, &mut fault),
                None => {
                    let _ = writeln!(fault, "  {name} is not written");
                }
            }
        }
        for name in self
            .written
            .keys()
            .filter(|name| !expected.contains_key(*name))
        {
            let _ = writeln!(fault, "  {name} is written, and was not recorded");
        }
        fault
    }
}

impl Seen {
    /// Standard error without what is told of a failure beyond Alembic's words: DIFFERENCES.md has
    /// that it follows them.
    fn without_details(&self, recorded: &str) -> &str {
        let details = self.stderr.strip_prefix(recorded).unwrap_or_default();
        let is_failure = self.exit != Some(0) && details.starts_with("error[");
        let end = if is_failure {
            recorded.len()
        } else {
            self.stderr.len()
        };
        self.stderr.get(..end).unwrap_or_default()
    }
}

/// A step that ended in a Python traceback: what came before must have come here too, and the error
/// must be told like one of ours, in Alembic's words if it was Alembic who raised it.
fn check_failure(before: &str, traceback: &str, stderr: &str, fault: &mut String) {
    let lines = before
        .lines()
        .filter(|line| !line.contains("Warning: ") && !line.starts_with("  "));
    for line in lines.filter(|line| !stderr.lines().any(|here| here == *line)) {
        let _ = writeln!(fault, "  stderr lacks the line {line:?}");
    }
    let words = match traceback.split_once(": ") {
        Some((class, words))
            if class.starts_with("alembic.") || class.starts_with("configparser.") =>
        {
            words
        }
        _ => "",
    };
    if !stderr.contains(words) {
        let _ = writeln!(fault, "  stderr lacks {words:?}");
    }
    if stderr.contains("panicked") || stderr.trim().is_empty() || !fault.is_empty() {
        let _ = writeln!(fault, "  stderr here:\n{}", indent(stderr));
    }
}

fn differ(what: &str, recorded: &str, here: &str, fault: &mut String) {
    if recorded == here {
        return;
    }
    let diff = similar::TextDiff::from_lines(recorded, here);
    let text = diff
        .unified_diff()
        .context_radius(1)
        .header("recorded", "here")
        .to_string();
    let _ = writeln!(fault, "  {what}:\n{}", indent(&text));
}

/// A recorded text with the name and the version of this program.
fn recorded(text: &str) -> String {
    let mut lines = String::new();
    for line in text.split_inclusive('\n') {
        let line = match line.strip_prefix("alembic ") {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("limbeck {}\n", env!("CARGO_PKG_VERSION"))
            }
            Some(rest) if rest.contains(": error: ") => format!("limbeck {rest}"),
            _ => match line.strip_prefix("alembic: error: ") {
                Some(rest) => format!("limbeck: error: {rest}"),
                None => line.replace("usage: alembic", "usage: limbeck"),
            },
        };
        lines.push_str(&line);
    }
    mask_ids(&lines)
}

/// Puts `<rev>` for identifiers that were made up.
fn mask_ids(text: &str) -> String {
    let mut masked = String::new();
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    let mut rest = text;
    while !rest.is_empty() {
        let run = rest.find(|c| !is_hex(c)).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(run);
        masked.push_str(if run == 12 { "<rev>" } else { digits });
        let next = after.chars().next().map_or(0, char::len_utf8);
        let (other, after) = after.split_at(next);
        masked.push_str(other);
        rest = after;
    }
    masked
}

/// Puts `<date>` for dates with microseconds, but for those of the project's own scripts.
fn mask_dates(text: &str) -> String {
    const SHAPE: &str = "0000-00-00 00:00:00.000000";
    let mut masked = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_date = rest.get(..SHAPE.len()).is_some_and(|head| {
            head.chars().zip(SHAPE.chars()).all(|(c, shape)| {
                if shape == '0' {
                    c.is_ascii_digit()
                } else {
                    c == shape
                }
            })
        });
        if !is_date || rest.starts_with("2026-01-02") {
            let taken = if is_date {
                SHAPE.len()
            } else {
                first.len_utf8()
            };
            masked.push_str(rest.get(..taken).unwrap_or_default());
            rest = rest.get(taken..).unwrap_or_default();
            continue;
        }
        rest = rest.get(SHAPE.len()..).unwrap_or_default();
        masked.push_str("<date>");
        let offset = rest
            .get(..6)
            .filter(|it| it.starts_with('+') && it.get(3..4) == Some(":"));
        if offset.is_some() {
            masked.push_str("<offset>");
            rest = rest.get(6..).unwrap_or_default();
        }
    }
    masked
}

/// Puts names for a year and a month in the path of a new script.
fn mask_year(text: &str) -> String {
    const FOLDER: &str = "versions/";
    let mut masked = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(FOLDER) {
        let end = at + FOLDER.len();
        masked.push_str(rest.get(..end).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default();
        let is_dated = rest.get(..8).is_some_and(|head| {
            head.chars().zip("0000/00-".chars()).all(|(c, shape)| {
                if shape == '0' {
                    c.is_ascii_digit()
                } else {
                    c == shape
                }
            })
        });
        if is_dated {
            masked.push_str("<year>/<month>-");
            rest = rest.get(8..).unwrap_or_default();
        }
    }
    masked + rest
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn words(step: &Value) -> Vec<&str> {
    step.get("argv")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

fn text(value: &Value, key: &str) -> String {
    value
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn object<'a>(value: &'a Value, key: &str) -> &'a Map<String, Value> {
    static NONE: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
    value.get(key).and_then(Value::as_object).unwrap_or(&NONE)
}

//! A project to break, and what is asked of every refusal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use limbeck_testkit::{Database, Folder};

/// A password that must never be seen.
pub(crate) const SECRET: &str = "hunter2-sesame";

const FIRST: &str = "    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\n";
const SECOND: &str = "    op.add_column('t', sa.Column('x', sa.Integer()))\n";

/// A project of Alembic's generic template with two revisions, `aaaa1111` and `bbbb2222`, in a folder
/// that goes away at the end.
pub(crate) struct Project {
    pub(crate) folder: Folder,
}

/// How a command ended.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    /// Standard error, then standard output.
    pub(crate) text: String,
}

/// The text of a revision script.
pub(crate) fn script(revision: &str, down: &str, upgrade: &str) -> String {
    format!(
        "\"\"\"{revision}\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = '{revision}'\n\
         down_revision = {down}\n\n\ndef upgrade():\n{upgrade}\n\ndef downgrade():\n    pass\n"
    )
}

impl Project {
    /// With an SQLite database beside the ini file.
    pub(crate) fn new(name: &str) -> Project {
        Project::with_url(name, "sqlite:///%(here)s/app.db")
    }

    /// With the database of a URL, which stands on line 5 of the ini file.
    pub(crate) fn with_url(name: &str, url: &str) -> Project {
        let folder = Folder::new(&format!("errors-{name}"));
        let project = Project { folder };
        let made = project.limbeck(&["init", "m"]);
        assert_eq!(made.code, Some(0), "{}", made.text);
        project.write(
            "alembic.ini",
            &format!(
                "[alembic]\nscript_location = %(here)s/m\nprepend_sys_path = .\npath_separator = os\n\
                 sqlalchemy.url = {}\n",
                url.replace("%40", "%%40")
            ),
        );
        project.write(
            "m/versions/aaaa1111_first.py",
            &script("aaaa1111", "None", FIRST),
        );
        project.write(
            "m/versions/bbbb2222_second.py",
            &script("bbbb2222", "'aaaa1111'", SECOND),
        );
        project
    }

    /// For a database of a test server.
    pub(crate) fn on(name: &str, database: &Database) -> Project {
        Project::with_url(name, &database.url())
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        std::fs::write(self.folder.join(path), text).unwrap();
    }

    pub(crate) fn remove(&self, path: &str) {
        std::fs::remove_file(self.folder.join(path)).unwrap();
    }

    /// The second revision with this body of `upgrade()`, which stands on line 10.
    pub(crate) fn second(&self, upgrade: &str) {
        let text = script("bbbb2222", "'aaaa1111'", &format!("    {upgrade}\n"));
        self.write("m/versions/bbbb2222_second.py", &text);
    }

    /// The command line, without Python, in the project's folder.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
        command
            .arg("--no-python")
            .current_dir(&self.folder)
            .env_remove("ALEMBIC_CONFIG");
        command
    }

    pub(crate) fn limbeck(&self, words: &[&str]) -> Outcome {
        let mut command = self.command();
        finish(command.args(words))
    }

    /// A command that must succeed.
    #[track_caller]
    pub(crate) fn run(&self, words: &[&str]) -> String {
        let outcome = self.limbeck(words);
        assert_eq!(outcome.code, Some(0), "limbeck {words:?}: {}", outcome.text);
        outcome.text
    }

    /// A command that must be refused with all these words, and change no file and nothing in the database
    /// file of the project.
    #[track_caller]
    pub(crate) fn refuses(&self, words: &[&str], expected: &[&str]) {
        let before = self.state();
        let outcome = self.limbeck(words);
        outcome.is_refusal(expected);
        assert_eq!(before, self.state(), "limbeck {words:?}: {}", outcome.text);
    }

    /// All files with their content, and what the database holds. SQLite makes an empty file where it connects.
    pub(crate) fn state(&self) -> BTreeMap<PathBuf, String> {
        let mut state = BTreeMap::new();
        collect(&self.folder, &mut state);
        state
    }
}

/// Runs a command to its end.
pub(crate) fn finish(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    let text = [output.stderr, output.stdout].concat();
    Outcome {
        code: output.status.code(),
        text: String::from_utf8_lossy(&text).into_owned(),
    }
}

impl Outcome {
    /// Ended as a refusal ends, with all these words.
    #[track_caller]
    pub(crate) fn is_refusal(&self, expected: &[&str]) {
        let text = &self.text;
        assert!(
            matches!(self.code, Some(1 | 255)),
            "exit code {:?}: {text}",
            self.code
        );
        for words in expected {
            assert!(text.contains(words), "no {words:?} in: {text}");
        }
        assert!(!text.contains("panicked"), "{text}");
        assert!(!text.contains(SECRET), "{text}");
    }
}

fn collect(folder: &Path, state: &mut BTreeMap<PathBuf, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, state);
        } else if path.extension().is_some_and(|it| it == "db") {
            let content = tables_of(&path);
            if !content.is_empty() {
                state.insert(path, content);
            }
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            state.insert(path, text);
        }
    }
}

/// What a database file holds: its tables, and where it says that it is.
fn tables_of(path: &Path) -> String {
    let database = rusqlite::Connection::open(path).unwrap();
    let mut lines: Vec<String> = texts(&database, "select sql from sqlite_master order by name");
    if lines.iter().any(|it| it.contains("alembic_version")) {
        lines.extend(texts(
            &database,
            "select version_num from alembic_version order by 1",
        ));
    }
    lines.join("\n")
}

fn texts(database: &rusqlite::Connection, query: &str) -> Vec<String> {
    let mut statement = database.prepare(query).unwrap();
    let rows = statement
        .query_map([], |row| row.get::<_, Option<String>>(0))
        .unwrap();
    rows.map(|row| row.unwrap().unwrap_or_default()).collect()
}

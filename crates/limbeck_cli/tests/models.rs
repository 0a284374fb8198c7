//! `check` and `revision --autogenerate` without any Python: what they write for the fees project is what Alembic writes. Models that
//! cannot be read are refused with their place, or imported by Python.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::Path;
use std::process::{Command, Output};

use limbeck_db::Server;
use limbeck_testkit::{Database, Folder, alembic_bin};

const LIMBECK: &str = env!("CARGO_BIN_EXE_limbeck");

/// A copy of the fees project that goes away at the end.
struct Fees {
    folder: Folder,
    url: String,
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

impl Fees {
    fn new(name: &str, url: &str) -> Fees {
        let fees = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/fees");
        Fees {
            folder: Folder::copy_of(&fees, &format!("models-{name}")),
            url: url.to_owned(),
        }
    }

    /// Runs Limbeck where there is no Python to be found.
    fn limbeck(&self, words: &[&str]) -> Output {
        Command::new(LIMBECK)
            .args(words)
            .current_dir(&self.folder)
            .env("DATABASE_URL", &self.url)
            .env("PATH", "")
            .env_remove("VIRTUAL_ENV")
            .output()
            .unwrap()
    }

    fn alembic(&self, bin: &Path, words: &[&str]) -> Output {
        Command::new(bin.join("alembic"))
            .args(words)
            .current_dir(&self.folder)
            .env("DATABASE_URL", &self.url)
            .output()
            .unwrap()
    }

    /// The text of the script that a run made, without its date; the script goes.
    fn written(&self, output: &Output) -> String {
        assert!(output.status.success(), "{}", text(output));
        let versions = self.folder.join("migrations/versions");
        let mut found = String::new();
        for entry in std::fs::read_dir(versions).unwrap() {
            let path = entry.unwrap().path();
            if path.to_string_lossy().contains("aaaa1111") {
                let script = std::fs::read_to_string(&path).unwrap();
                let lines = script.lines().filter(|it| !it.starts_with("Create Date"));
                found = lines.collect::<Vec<_>>().join("\n");
                std::fs::remove_file(path).unwrap();
            }
        }
        assert!(found.contains("def upgrade"), "{}", text(output));
        found
    }
}

const REVISION: [&str; 6] = [
    "revision",
    "--autogenerate",
    "-m",
    "next",
    "--rev-id",
    "aaaa1111",
];

fn check(server: Server, name: &str) {
    let database = Database::create(server);
    let fees = Fees::new(name, &database.sqlalchemy_url());
    // The tables of the first two revisions are compared with the models, then those of all.
    for (target, differs) in [("+2", true), ("head", false)] {
        let upgraded = fees.limbeck(&["upgrade", target]);
        assert!(upgraded.status.success(), "{}", text(&upgraded));
        if differs {
            let current = fees.limbeck(&["current"]);
            let id = String::from_utf8_lossy(&current.stdout).trim().to_owned();
            assert!(fees.limbeck(&["stamp", "head"]).status.success());
            compare(&fees);
            assert!(fees.limbeck(&["stamp", &id, "--purge"]).status.success());
        } else {
            compare(&fees);
        }
    }
}

/// Limbeck without Python and Alembic write the same script and find the same.
fn compare(fees: &Fees) {
    let script = fees.written(&fees.limbeck(&[&["--no-python"], &REVISION[..]].concat()));
    let checked = fees.limbeck(&["--no-python", "check"]);
    let Some(bin) = alembic_bin() else { return };
    assert_eq!(fees.written(&fees.alembic(&bin, &REVISION)), script);
    let wanted = fees.alembic(&bin, &["check"]);
    assert_eq!(wanted.status.success(), checked.status.success());
}

#[test]
fn fees_on_sqlite() {
    check(Server::Sqlite, "sqlite");
}

#[test]
fn fees_on_postgresql() {
    check(Server::Postgres, "postgresql");
}

#[test]
fn fees_on_mariadb() {
    check(Server::MariaDb, "mariadb");
}

/// What `column()` makes is no column of the table: its index is written with an expression, as Alembic writes it.
#[test]
fn indexes_of_columns_that_no_table_has() {
    let database = Database::create(Server::Sqlite);
    let fees = Fees::new("light", &database.sqlalchemy_url());
    let models = fees.folder.join("myapp/models.py");
    let source = std::fs::read_to_string(&models).unwrap();
    let extra = "\n\nimport sqlalchemy as sa\n\n\nclass Seat(SQLModel, table=True):\n    \
                 __table_args__ = (sa.Index('of_light', sa.desc(sa.column('line')), sa.column('place')), \
                 sa.Index('of_both', 'line', sa.column('place')))\n    \
                 id: int = Field(primary_key=True)\n    line: int\n    place: int\n\n\n\
                 sa.Index('outside', sa.column('line'), Seat.__table__.c.place)\n";
    std::fs::write(&models, source + extra).unwrap();
    assert!(fees.limbeck(&["upgrade", "head"]).status.success());
    let script = fees.written(&fees.limbeck(&[&["--no-python"], &REVISION[..]].concat()));
    for columns in [
        "[sa.literal_column('line DESC'), sa.literal_column('place')]",
        "['line', sa.literal_column('place')]",
        "[sa.literal_column('line'), 'place']",
    ] {
        assert!(script.contains(columns), "{script}");
    }
    compare(&fees);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    let database = Database::create(Server::Sqlite);
    let fees = Fees::new("refused", &database.sqlalchemy_url());
    let models = fees.folder.join("myapp/models.py");
    let source = std::fs::read_to_string(&models).unwrap();
    let extra = "\n\nimport socket\n\n\nclass Host(SQLModel, table=True):\n    \
                 id: int = Field(primary_key=True)\n    \
                 name: str = Field(max_length=len(socket.gethostname()))\n";
    std::fs::write(&models, source + extra).unwrap();
    assert!(fees.limbeck(&["upgrade", "head"]).status.success());
    let refused = fees.limbeck(&["--no-python", "check"]);
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
    let said = text(&refused);
    assert!(said.contains("models.py:"), "{said}");
    assert!(said.contains("--no-python"), "{said}");
    let Some(bin) = alembic_bin() else { return };
    let imported = Command::new(LIMBECK)
        .arg("check")
        .current_dir(&fees.folder)
        .env("DATABASE_URL", &fees.url)
        .env("VIRTUAL_ENV", bin.parent().unwrap())
        .output()
        .unwrap();
    let said = text(&imported);
    assert!(
        said.contains("New upgrade operations detected: ['create_table']"),
        "{said}"
    );
}

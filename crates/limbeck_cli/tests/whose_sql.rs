//! Whose SQL is written: that of the SQLAlchemy in the project's environment, and Alembic's own where it is asked for.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its project fails"
)]

use std::path::Path;
use std::process::Command;

use limbeck_testkit::Folder;

/// A project of one revision, that goes away at the end.
struct Project {
    path: Folder,
}

impl Project {
    fn new(name: &str, upgrade: &str) -> Project {
        let project = Project {
            path: Folder::new(&format!("whose-sql-{name}")),
        };
        project.limbeck(&["init", "migrations"]);
        project.limbeck(&["revision", "-m", "one", "--rev-id", "one"]);
        let script = project.path.join("migrations/versions/one_one.py");
        let text = std::fs::read_to_string(&script).unwrap();
        std::fs::write(&script, text.replacen("    pass\n", upgrade, 1)).unwrap();
        project
    }

    /// Makes a virtual environment in which a package is installed.
    fn install(&self, folder: &str, distribution: &str) {
        let folder = self.path.join(folder);
        let python = folder.join("bin/python3");
        std::fs::create_dir_all(python.parent().unwrap()).unwrap();
        std::fs::write(python, "").unwrap();
        let site = Path::new("lib/python3.12/site-packages").join(distribution);
        std::fs::create_dir_all(folder.join(site)).unwrap();
    }

    fn limbeck(&self, words: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_limbeck"))
            .args(words)
            .current_dir(&self.path)
            .env_remove("VIRTUAL_ENV")
            .env_remove("CONDA_PREFIX")
            .env("PATH", "")
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    }
}

const URL: &str = "sqlite://";

#[test]
fn the_installed_sqlalchemy_decides() {
    let upgrade = "    op.create_table('t', sa.Column('x', sa.String(collation='nocase')))\n";
    let project = Project::new("installed", upgrade);
    let sql = || project.limbeck(&["--url", URL, "upgrade", "head", "--sql"]);
    let doctor = || project.limbeck(&["--url", URL, "doctor"]);
    assert!(sql().contains("VARCHAR COLLATE nocase"), "{}", sql());
    assert!(doctor().contains("no SQLAlchemy is found"), "{}", doctor());
    project.install(".venv", "SQLAlchemy-2.0.30.dist-info");
    assert!(sql().contains("VARCHAR COLLATE \"nocase\""), "{}", sql());
    assert!(doctor().contains("SQLAlchemy 2.0.30\n"), "{}", doctor());
}

#[test]
fn alembics_text_is_written_where_it_is_asked_for() {
    let upgrade = "    op.execute(sa.text('UPDATE t SET a = :value'))\n";
    let project = Project::new("compat", upgrade);
    let words = [
        "--url", URL, "--compat", "alembic", "upgrade", "head", "--sql",
    ];
    let sql = project.limbeck(&words);
    assert!(sql.contains("UPDATE t SET a = NULL;"), "{sql}");
}

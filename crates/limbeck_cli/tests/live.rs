//! Scripts that read the database while they run: what they print and what they leave behind is what real Alembic
//! printed and left (`live/<case>.<server>.txt`, written by `cargo xtask record-oracle live`), on SQLite,
//! PostgreSQL and MariaDB, and none of them needs Python.

#![expect(clippy::unwrap_used, reason = "a test that cannot run fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use limbeck_db::inspect::{Detail, Scope, inspect};
use limbeck_db::{Connection, Server};
use limbeck_schema::Literal;
use limbeck_testkit::{Database, Folder};

/// The env.py that Alembic was recorded with, and the one for asyncpg.
const ENV: &str = include_str!("live/env/sync.py");
const ASYNC_ENV: &str = include_str!("live/env/asyncpg.py");

fn main() {
    let args = libtest_mimic::Arguments::from_args();
    let mut trials = Vec::new();
    for case in cases() {
        for server in [Server::Sqlite, Server::Postgres, Server::MariaDb] {
            let case = case.clone();
            let stem = case.file_stem().unwrap().to_string_lossy().into_owned();
            trials.push(libtest_mimic::Trial::test(
                format!("{stem}.{}", server.name()),
                move || check(&case, server),
            ));
        }
    }
    assert!(!trials.is_empty(), "no case was found");
    libtest_mimic::run(&args, trials).exit();
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live")
}

fn cases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "py"));
    paths.sort();
    paths
}

fn check(case: &Path, server: Server) -> Result<(), libtest_mimic::Failed> {
    let database = Database::create(server);
    let project = Folder::new(&format!("live-{}", database.name()));
    let versions = project.join("migrations/versions");
    std::fs::create_dir_all(&versions).unwrap();
    let text = std::fs::read_to_string(case).unwrap();
    let said = |word: &str| {
        let start = format!("# {word}: ");
        let mut lines = text.lines();
        lines.find_map(|line| line.strip_prefix(start.as_str()))
    };
    let options = said("Configured with").map_or_else(String::new, |it| format!(", {it}"));
    let scheme = said("Driver").map_or("postgresql".to_owned(), |it| format!("postgresql+{it}"));
    // By the name that SQLAlchemy's users give the server; it finds out itself that it is MariaDB.
    let url = match server {
        Server::MySql | Server::MariaDb => {
            database
                .sqlalchemy_url()
                .replacen("mariadb+pymysql", "mysql+pymysql", 1)
        }
        Server::Postgres => database
            .sqlalchemy_url()
            .replacen("postgresql+psycopg2", &scheme, 1),
        Server::Sqlite => database.sqlalchemy_url(),
    };
    let env = match url.contains("+asyncpg") {
        true => ASYNC_ENV,
        false => ENV,
    };
    let env = env.replace("=connection)", &format!("=connection{options})"));
    project.write("migrations/env.py", &env);
    let ini = format!("[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = {url}\n");
    std::fs::write(project.join("alembic.ini"), ini).unwrap();
    let mut parent = "None".to_owned();
    for (number, script) in text.split("\n# ---\n").enumerate() {
        let head = format!("revision = 'r{number}'\ndown_revision = {parent}\n{script}");
        std::fs::write(versions.join(format!("r{number}.py")), head).unwrap();
        parent = format!("'r{number}'");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_limbeck"))
        .arg("--no-python")
        .args(said("Command").unwrap_or("upgrade head").split(' '))
        .current_dir(&project)
        .env_remove("ALEMBIC_CONFIG")
        .output()
        .unwrap();
    // Where nothing can be taken back, only what is known to be readable to its end is begun.
    let left_to_python = said("Left to Python on");
    if left_to_python == Some(server.name()) {
        let told = String::from_utf8_lossy(&output.stderr);
        return match told.contains("error[unreadable]") {
            true => Ok(()),
            false => Err(format!("it is not refused: {told}").into()),
        };
    }
    let mut found = String::from_utf8_lossy(&output.stdout).replace(database.name(), "DATABASE");
    found.push_str(match output.status.success() {
        true => "succeeded\n",
        false => "failed\n",
    });
    found.push_str(&left_behind(&mut *database.connect()));
    let stem = case.file_stem().unwrap().to_string_lossy();
    let recorded = folder().join(format!("{stem}.{}.txt", server.name()));
    let expected = std::fs::read_to_string(&recorded).unwrap();
    if found == expected {
        return Ok(());
    }
    let difference = similar::TextDiff::from_lines(&expected, &found);
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!(
        "{}\n{told}",
        difference.unified_diff().header("Alembic", "Limbeck")
    )
    .into())
}

/// The version and the number of rows of every table.
fn left_behind(connection: &mut dyn Connection) -> String {
    let scope = Scope {
        detail: Detail::Names,
        ..Scope::default()
    };
    let tables = inspect(connection, &scope).unwrap().schema.tables;
    let quote = match connection.server() {
        Server::MySql | Server::MariaDb => '`',
        Server::Sqlite | Server::Postgres => '"',
    };
    let mut lines = String::new();
    for table in tables {
        let name = &table.name.name.text;
        if name == "alembic_version" {
            let rows = connection
                .execute("SELECT version_num FROM alembic_version ORDER BY version_num")
                .unwrap();
            let versions = rows.rows.iter().map(|row| match row.first() {
                Some(Literal::Str(version)) => version.as_str(),
                _ => "",
            });
            let versions: Vec<&str> = versions.collect();
            lines.push_str(&format!("version {}\n", versions.join(" ")));
            continue;
        }
        let sql = format!("SELECT count(*) FROM {quote}{name}{quote}");
        let rows = connection.execute(&sql).unwrap();
        let count = match rows.scalar() {
            Some(Literal::Int(count)) => count.to_string(),
            _ => String::new(),
        };
        lines.push_str(&format!("table {name}: {count}\n"));
    }
    lines
}

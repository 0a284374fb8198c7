//! `cargo xtask bench [revisions]`

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, cargo, root, target};
use crate::python::alembic_bin;

/// How often each command is measured. The least counts: the machine can only add to it.
const RUNS: usize = 5;

/// Commands that touch no database, with both tools.
const READING: [&[&str]; 3] = [&["heads"], &["history"], &["upgrade", "head", "--sql"]];

/// Commands that work on a database. `upgrade` starts from an empty one, `downgrade` from a full one.
const RUNNING: [&[&str]; 3] = [&["current"], &["upgrade", "head"], &["downgrade", "base"]];

/// Reads both directions of every script to its end. Alembic has no such command.
const READ_ALL: &[&str] = &["doctor", "--scripts"];

/// The promise: so much CPU time for reading both directions of so many revisions.
const PROMISED_REVISIONS: usize = 1000;
const PROMISED_SECONDS: f64 = 0.1;

/// What one command took.
#[derive(Clone, Copy)]
struct Cost {
    /// Seconds from start to end.
    elapsed: f64,
    /// Seconds of CPU, user and system.
    cpu: f64,
    /// Peak memory in KiB.
    memory: f64,
}

impl Cost {
    const MOST: Cost = Cost {
        elapsed: f64::INFINITY,
        cpu: f64::INFINITY,
        memory: f64::INFINITY,
    };

    fn least(self, other: Cost) -> Cost {
        Cost {
            elapsed: self.elapsed.min(other.elapsed),
            cpu: self.cpu.min(other.cpu),
            memory: self.memory.min(other.memory),
        }
    }
}

/// The two tools, each with a copy of the project, so that neither finds what the other left.
struct Bench {
    python: PathBuf,
    alembic: (PathBuf, PathBuf),
    limbeck: (PathBuf, PathBuf),
}

/// Measures the release binary and real Alembic in turn on generated SQLite projects, and prints the ratios: everything on 200
/// revisions, and what only reads on 1,000; or everything on a number that is given.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let given: Option<usize> = match args.first() {
        Some(text) => Some(
            text.parse()
                .map_err(|_| io::Error::other("usage: cargo xtask bench [revisions]"))?,
        ),
        None => None,
    };
    process::run(cargo().args(["build", "--release", "--quiet", "--package", "limbeck_cli"]))?;
    Bench::new(given.unwrap_or(200))?.table(&[&READING[..], &RUNNING[..]].concat())?;
    if given.is_some() {
        return Ok(());
    }
    let all = Bench::new(PROMISED_REVISIONS)?.table(&READING)?;
    println!(
        "\nReading both directions of {PROMISED_REVISIONS} revisions takes {:.0} ms of CPU; {:.0} ms are promised.",
        all.cpu * 1000.0,
        PROMISED_SECONDS * 1000.0
    );
    if all.cpu > PROMISED_SECONDS {
        return Err(io::Error::other("reading takes longer than is promised"));
    }
    Ok(())
}

impl Bench {
    fn new(revisions: usize) -> io::Result<Bench> {
        let bin = alembic_bin()?;
        let folder = target().join("bench");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let project = |name: &str| {
            let project = folder.join(name);
            write_project(&project, revisions).map(|()| project)
        };
        println!("\n{revisions} revisions, SQLite, the least of {RUNS} runs\n");
        Ok(Bench {
            python: bin.join("python"),
            alembic: (bin.join("alembic"), project("alembic")?),
            limbeck: (target().join("release/limbeck"), project("limbeck")?),
        })
    }

    /// Measures the commands, and reading everything; gives what that took.
    fn table(&self, commands: &[&[&str]]) -> io::Result<Cost> {
        println!(
            "{:<20} {:>30}   {:>30}   {:>17}",
            "", "elapsed, ms", "CPU, ms", "memory, MiB"
        );
        let pair = format!("{:>10} {:>10}", "alembic", "limbeck");
        println!(
            "{:<20} {pair} {:>8}   {pair} {:>8}   {:>8} {:>8}",
            "", "", "", "alembic", "limbeck"
        );
        for args in commands {
            let (mut theirs, mut ours) = (Cost::MOST, Cost::MOST);
            for _ in 0..RUNS {
                theirs = theirs.least(self.measure(&self.alembic, args)?);
                ours = ours.least(self.measure(&self.limbeck, args)?);
            }
            let times = |theirs: f64, ours: f64| {
                let ratio = format!("{:.0}x", theirs / ours);
                format!("{:>10.1} {:>10.1} {ratio:>8}", theirs * 1e3, ours * 1e3)
            };
            println!(
                "{:<20} {}   {}   {:>8.0} {:>8.0}",
                args.join(" "),
                times(theirs.elapsed, ours.elapsed),
                times(theirs.cpu, ours.cpu),
                theirs.memory / 1024.0,
                ours.memory / 1024.0
            );
        }
        let mut all = Cost::MOST;
        for _ in 0..RUNS {
            all = all.least(self.measure(&self.limbeck, READ_ALL)?);
        }
        println!(
            "{:<20} {:>10} {:>10.1} {:>8}   {:>10} {:>10.1} {:>8}   {:>8} {:>8.0}",
            READ_ALL.join(" "),
            "-",
            all.elapsed * 1e3,
            "",
            "-",
            all.cpu * 1e3,
            "",
            "-",
            all.memory / 1024.0
        );
        Ok(all)
    }

    /// Puts the database into the state that a command starts from, and runs it once.
    fn measure(&self, tool: &(PathBuf, PathBuf), args: &[&str]) -> io::Result<Cost> {
        match args {
            ["upgrade", "head"] => {
                let _missing = std::fs::remove_file(tool.1.join("bench.db"));
            }
            ["downgrade", ..] => {
                self.once(tool, &["upgrade", "head"])?;
            }
            _ => {}
        }
        self.once(tool, args)
    }

    /// One run; its output is thrown away, a failure is an error. Python knows what the system counted.
    fn once(&self, (tool, project): &(PathBuf, PathBuf), args: &[&str]) -> io::Result<Cost> {
        let mut command = Command::new(&self.python);
        command.arg(root().join("xtask/bench/measure.py"));
        command.arg(project).arg(tool).args(args);
        let output = command.output()?;
        let words = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut numbers = words.split_whitespace().map(str::parse::<f64>);
        match (numbers.next(), numbers.next(), numbers.next()) {
            (Some(Ok(elapsed)), Some(Ok(cpu)), Some(Ok(memory))) if output.status.success() => {
                Ok(Cost {
                    elapsed,
                    cpu,
                    memory,
                })
            }
            _ => Err(io::Error::other(format!(
                "{} failed:\n{}",
                process::render(&command),
                String::from_utf8_lossy(&output.stderr)
            ))),
        }
    }
}

/// A linear history: each revision makes a table with an index, and adds a column to the one before.
fn write_project(folder: &Path, revisions: usize) -> io::Result<()> {
    let versions = folder.join("migrations/versions");
    std::fs::create_dir_all(&versions)?;
    std::fs::write(folder.join("alembic.ini"), INI)?;
    std::fs::write(folder.join("migrations/env.py"), ENV)?;
    for nth in 0..revisions {
        let down = nth
            .checked_sub(1)
            .map_or("None".to_owned(), |it| format!("\"{it:012x}\""));
        let (mut up_more, mut down_more) = (String::new(), String::new());
        if let Some(before) = nth.checked_sub(1) {
            up_more =
                format!("    op.add_column(\"t{before}\", sa.Column(\"note\", sa.String(20)))\n");
            down_more = format!("    op.drop_column(\"t{before}\", \"note\")\n");
        }
        let text = format!(
            "\"\"\"revision {nth}\"\"\"\nfrom alembic import op\nimport sqlalchemy as sa\n\n\
             revision = \"{nth:012x}\"\ndown_revision = {down}\nbranch_labels = None\ndepends_on = None\n\n\n\
             def upgrade():\n    op.create_table(\n        \"t{nth}\",\n        sa.Column(\"id\", sa.Integer(), primary_key=True),\n        \
             sa.Column(\"name\", sa.String(50), nullable=False),\n    )\n    \
             op.create_index(\"ix_t{nth}_name\", \"t{nth}\", [\"name\"])\n{up_more}\n\n\
             def downgrade():\n{down_more}    op.drop_index(\"ix_t{nth}_name\", \"t{nth}\")\n    op.drop_table(\"t{nth}\")\n"
        );
        std::fs::write(versions.join(format!("{nth:012x}_revision_{nth}.py")), text)?;
    }
    Ok(())
}

const INI: &str = "\
[alembic]
script_location = %(here)s/migrations
sqlalchemy.url = sqlite:///bench.db
";

const ENV: &str = r#"from alembic import context
from sqlalchemy import engine_from_config, pool

config = context.config


def run_migrations_offline():
    context.configure(url=config.get_main_option("sqlalchemy.url"), literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_migrations_online():
    connectable = engine_from_config(
        config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.", poolclass=pool.NullPool
    )
    with connectable.connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_migrations_offline()
else:
    run_migrations_online()
"#;

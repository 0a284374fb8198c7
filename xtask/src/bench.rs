//! `cargo xtask bench [revisions]`

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{self, cargo, target};
use crate::python::alembic_bin;

/// How often each command is timed; the fastest run counts, the machine can only add to it.
const RUNS: usize = 5;

/// What is timed, and whether it starts from an empty database.
const COMMANDS: [(&[&str], bool); 6] = [
    (&["heads"], false),
    (&["history"], false),
    (&["current"], false),
    (&["upgrade", "head", "--sql"], false),
    (&["upgrade", "head"], true),
    (&["downgrade", "base"], false),
];

/// Times the release binary and real Alembic in turn on one generated SQLite project, and prints the
/// ratio.
pub(crate) fn run(args: &[String]) -> io::Result<()> {
    let revisions: usize = match args.first() {
        Some(text) => text
            .parse()
            .map_err(|_| io::Error::other("usage: cargo xtask bench [revisions]"))?,
        None => 200,
    };
    process::run(cargo().args(["build", "--release", "--quiet", "--package", "limbeck_cli"]))?;
    let alembic = alembic_bin()?.join("alembic");
    let limbeck = target().join("release/limbeck");
    let folder = target().join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    // Each tool has a copy of its own, so that neither finds what the other left.
    let projects = [folder.join("alembic"), folder.join("limbeck")];
    for project in &projects {
        write_project(project, revisions)?;
    }
    let [alembic_project, limbeck_project] = &projects;
    println!("{revisions} revisions, SQLite, fastest of {RUNS}\n");
    println!(
        "{:<22} {:>12} {:>12} {:>8}",
        "command", "alembic", "limbeck", "ratio"
    );
    for (args, from_empty) in COMMANDS {
        let mut best = [Duration::MAX; 2];
        for _ in 0..RUNS {
            for (slot, (tool, project)) in best
                .iter_mut()
                .zip([(&alembic, alembic_project), (&limbeck, limbeck_project)])
            {
                prepare(tool, project, args, from_empty)?;
                *slot = (*slot).min(time(tool, project, args)?);
            }
        }
        let [theirs, ours] = best.map(|it| it.as_secs_f64() * 1000.0);
        let name = args.join(" ");
        println!(
            "{name:<22} {theirs:>9.1} ms {ours:>9.1} ms {:>7.1}x",
            theirs / ours
        );
    }
    Ok(())
}

/// Puts the database into the state that a command is timed in.
fn prepare(tool: &Path, project: &Path, args: &[&str], from_empty: bool) -> io::Result<()> {
    if from_empty {
        let _missing = std::fs::remove_file(project.join("bench.db"));
    } else if args.first() == Some(&"downgrade") {
        time(tool, project, &["upgrade", "head"])?;
    }
    Ok(())
}

/// One run; its output is thrown away, a failure is an error.
fn time(tool: &Path, project: &Path, args: &[&str]) -> io::Result<Duration> {
    let mut command = Command::new(tool);
    command
        .args(args)
        .current_dir(project)
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let start = Instant::now();
    let output = command.stderr(Stdio::piped()).output()?;
    let elapsed = start.elapsed();
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(io::Error::other(format!(
            "{} failed:\n{words}",
            process::render(&command)
        )));
    }
    Ok(elapsed)
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

//! Real Alembic in a virtual environment: the oracle of tests, recordings and benchmarks.

use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{find_program, install, run, target};

/// The versions that the recordings were made with.
const PACKAGES: [&str; 9] = [
    "alembic==1.20.1",
    "sqlalchemy==2.1.9",
    // SQLAlchemy's asynchronous engines, which two of the templates use.
    "greenlet",
    "aiosqlite",
    "sqlmodel",
    "flask-sqlalchemy==3.1.1",
    "psycopg2-binary",
    "psycopg[binary]",
    "pymysql",
];

/// A Python interpreter, installed if there is none.
pub(crate) fn interpreter() -> io::Result<PathBuf> {
    let found = ["python3.11", "python3"]
        .into_iter()
        .find_map(|name| find_program(name, &[]));
    if let Some(python) = found {
        return Ok(python);
    }
    install(&["python3", "python3-venv"])?;
    find_program("python3", &[]).ok_or_else(|| io::Error::other("python3 is not installed"))
}

/// The `bin` folder of the environment, made when it is not there. `LIMBECK_TEST_ALEMBIC` names another one.
pub(crate) fn alembic_bin() -> io::Result<PathBuf> {
    if let Some(bin) = std::env::var_os("LIMBECK_TEST_ALEMBIC") {
        return Ok(PathBuf::from(bin));
    }
    let folder = target().join("alembic-venv");
    let bin = folder.join("bin");
    let stamp = folder.join("packages");
    // Scripts of an environment name the folder that it was made in: where the checkout has moved, it is made anew.
    let wanted = format!("{}\n{}", folder.display(), PACKAGES.join("\n"));
    if std::fs::read_to_string(&stamp).is_ok_and(|have| have == wanted)
        && bin.join("alembic").is_file()
    {
        return Ok(bin);
    }
    let python = interpreter()?;
    eprintln!("xtask: making {}", folder.display());
    let make = || {
        run(Command::new(&python)
            .args(["-m", "venv", "--clear"])
            .arg(&folder)
            .stdout(std::io::stderr()))
    };
    if make().is_err() {
        // Debian's Python leaves ensurepip out.
        install(&["python3-venv"])?;
        make()?;
    }
    run(Command::new(bin.join("python"))
        .args(["-m", "pip", "install", "-q", "--disable-pip-version-check"])
        .args(PACKAGES)
        .stdout(std::io::stderr()))?;
    std::fs::write(stamp, wanted)?;
    Ok(bin)
}

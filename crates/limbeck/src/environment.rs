//! What a run may depend on besides the project's files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use jiff::tz::TimeZone;
use limbeck_sql::Compat;

/// The process around a run, handed in so that the library itself reads nothing.
#[derive(Debug, Clone)]
pub struct Environment {
    /// Environment variables.
    pub vars: BTreeMap<String, String>,
    /// Current directory, absolute.
    pub cwd: PathBuf,
    /// The time now, in the local time zone.
    pub now: jiff::Zoned,
}

impl Environment {
    /// The environment of a process now.
    #[must_use]
    pub fn at_this_moment(vars: BTreeMap<String, String>, cwd: PathBuf) -> Environment {
        Environment {
            vars,
            cwd,
            now: local_now(),
        }
    }

    /// A variable that is set and not empty.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<&str> {
        self.vars
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// What the caller asks for besides the command: Alembic's global options and Limbeck's own.
#[derive(Debug, Clone)]
pub struct Options {
    /// `-c`, in order. Empty means Alembic's default files.
    pub config: Vec<PathBuf>,
    /// `-n`: the main section of the ini file.
    pub section: String,
    /// `-x`, in order.
    pub x: Vec<String>,
    /// `--url`: wins over what env.py says.
    pub url: Option<String>,
    /// False for `--no-python`: never delegate.
    pub allow_python: bool,
    /// How long to wait for another run.
    pub lock_timeout: Duration,
    /// `--compat`: whose SQL to write where Alembic's loses something.
    pub compat: Compat,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            config: Vec::new(),
            section: "alembic".to_owned(),
            x: Vec::new(),
            url: None,
            allow_python: true,
            lock_timeout: Duration::from_mins(10),
            compat: Compat::default(),
        }
    }
}

fn local_now() -> jiff::Zoned {
    static ZONE: LazyLock<TimeZone> = LazyLock::new(local_zone);
    jiff::Timestamp::now().to_zoned(ZONE.clone())
}

/// The local time zone. Where `/etc/localtime` decides it, that file is read; the general way lists every zone there is.
fn local_zone() -> TimeZone {
    if std::env::var_os("TZ").is_some() {
        return TimeZone::system();
    }
    let read = || {
        let target = std::fs::read_link("/etc/localtime").ok()?;
        let name = target.to_str()?.split_once("zoneinfo/")?.1.to_owned();
        let rules = std::fs::read("/etc/localtime").ok()?;
        TimeZone::tzif(&name, &rules).ok()
    };
    read().unwrap_or_else(TimeZone::system)
}

/// The local time now, as Python's logging shows it in `asctime`.
#[must_use]
pub fn local_time_text() -> String {
    local_now().strftime("%Y-%m-%d %H:%M:%S,%3f").to_string()
}

//! Where a setting comes from.

use std::fmt;

use limbeck_diag::Location;

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it: Alembic's default.
    Default,
    /// The program passed it in, such as `here`.
    Program,
    /// It is written in `alembic.ini` or `pyproject.toml`.
    File(Location),
    /// env.py, or a caller of the library, set it while running; the place if it is known.
    Set(Option<Location>),
}

impl Origin {
    /// The place in a file.
    #[must_use]
    pub fn location(&self) -> Option<&Location> {
        match self {
            Origin::Default | Origin::Program => None,
            Origin::File(location) => Some(location),
            Origin::Set(location) => location.as_ref(),
        }
    }
}

/// `alembic.ini:12`, `default`, ….
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.location()) {
            (_, Some(location)) => location.fmt(f),
            (Origin::Default, _) => f.write_str("default"),
            (Origin::Set(_), _) => f.write_str("set while running"),
            _ => f.write_str("set by the program"),
        }
    }
}

/// A value in force, with its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value with its origin.
    pub fn new(value: T, origin: Origin) -> Setting<T> {
        Setting { value, origin }
    }

    /// The same setting with its value changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        Setting {
            value: change(self.value),
            origin: self.origin,
        }
    }
}

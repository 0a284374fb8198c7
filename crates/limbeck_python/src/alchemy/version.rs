//! Versions of installed packages, as far as they are declared.

use crate::eval::Interp;

/// Whether the project's SQLAlchemy is at least `major.minor`; the newest is assumed when not declared.
pub(crate) fn sqlalchemy_at_least(ev: &Interp<'_>, major: u32, minor: u32) -> bool {
    at_least(ev, "sqlalchemy", major, minor)
}

/// Whether the project's SQLAlchemy is at least `major.minor`, where it is declared: for what is read of models, where
/// the answer is in the schema.
pub(crate) fn sqlalchemy_known_at_least(ev: &Interp<'_>, major: u32, minor: u32) -> Option<bool> {
    let is_known = ev.world().inputs().packages.contains_key("sqlalchemy");
    is_known.then(|| sqlalchemy_at_least(ev, major, minor))
}

/// Whether an installed package is at least `major.minor`; the newest is assumed when not declared.
pub(crate) fn at_least(ev: &Interp<'_>, package: &str, major: u32, minor: u32) -> bool {
    let packages = &ev.world().inputs().packages;
    let Some(version) = packages.get(package) else {
        return true;
    };
    let mut parts = version.split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().unwrap_or(0)
    });
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    found >= (major, minor)
}

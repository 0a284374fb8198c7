//! What depends on the installed versions of SQLModel and pydantic.

use crate::eval::Interp;

/// Major, minor and patch of a version; what is not a number counts as 0.
type Version = (u32, u32, u32);

fn installed(ev: &Interp<'_>, package: &str) -> Option<Version> {
    let text = ev.world().inputs().packages.get(package)?;
    let mut parts = text.split('.').map(|part| {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap_or(0)
    });
    let mut next = || parts.next().unwrap_or(0);
    Some((next(), next(), next()))
}

/// Whether SQLModel is at least `0.minor.patch`; true where its version is not known.
pub(crate) fn at_least(ev: &Interp<'_>, minor: u32, patch: u32) -> bool {
    compare(ev, minor, patch).unwrap_or(true)
}

/// Whether SQLModel is at least `0.minor.patch`; none where its version is not known.
pub(super) fn compare(ev: &Interp<'_>, minor: u32, patch: u32) -> Option<bool> {
    installed(ev, "sqlmodel").map(|found| found >= (0, minor, patch))
}

/// Why the models of the installed versions are not modelled at all.
pub(super) fn unmodelled(ev: &Interp<'_>) -> Option<String> {
    if let Some(found) = installed(ev, "sqlmodel")
        && found < (0, 0, 14)
    {
        return Some("SQLModel before 0.0.14 is not modelled".to_owned());
    }
    if let Some(found) = installed(ev, "pydantic")
        && found < (2, 0, 0)
    {
        return Some("SQLModel with pydantic 1 is not modelled".to_owned());
    }
    None
}

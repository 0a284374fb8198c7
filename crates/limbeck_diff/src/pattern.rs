//! Python's `re`, as far as Alembic's comparison uses it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fancy_regex::Regex;
use limbeck_diag::{Error, ErrorKind, Result};

/// A pattern of this crate, compiled once in the life of the process: every column asks for the same ones.
fn compile(pattern: &str) -> Result<Arc<Regex>> {
    static COMPILED: Mutex<BTreeMap<String, Arc<Regex>>> = Mutex::new(BTreeMap::new());
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = compiled.get(pattern) {
        return Ok(Arc::clone(known));
    }
    let regex = Arc::new(Regex::new(pattern).map_err(failed)?);
    compiled.insert(pattern.to_owned(), Arc::clone(&regex));
    Ok(regex)
}

fn failed(error: fancy_regex::Error) -> Error {
    Error::message(ErrorKind::Internal, "pattern", error.to_string())
}

/// `re.search(pattern, text) is not None`
pub(crate) fn is_match(pattern: &str, text: &str) -> Result<bool> {
    compile(pattern)?.is_match(text).map_err(failed)
}

/// The groups of `re.search(pattern, text)`; the whole match is the first.
pub(crate) fn captures(pattern: &str, text: &str) -> Result<Option<Vec<Option<String>>>> {
    let found = compile(pattern)?.captures(text).map_err(failed)?;
    Ok(found.map(|groups| {
        groups
            .iter()
            .map(|group| group.map(|it| it.as_str().to_owned()))
            .collect()
    }))
}

/// `re.sub(pattern, replacement, text)`; groups are `${1}`.
pub(crate) fn replace_all(pattern: &str, replacement: &str, text: &str) -> Result<String> {
    Ok(compile(pattern)?
        .replace_all(text, replacement)
        .into_owned())
}

/// `re.findall(pattern, text)` of a pattern without groups.
pub(crate) fn find_all(pattern: &str, text: &str) -> Result<Vec<String>> {
    compile(pattern)?
        .find_iter(text)
        .map(|found| found.map(|it| it.as_str().to_owned()).map_err(failed))
        .collect()
}

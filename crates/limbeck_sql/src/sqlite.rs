//! How SQLite says it.

pub(crate) mod keywords;

//! How Oracle says it.

pub(crate) mod keywords;
pub(crate) mod types;

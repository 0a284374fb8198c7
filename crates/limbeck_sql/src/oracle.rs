//! How Oracle says it.

pub(crate) mod keywords;

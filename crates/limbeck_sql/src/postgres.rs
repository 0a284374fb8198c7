//! How PostgreSQL says it.

pub(crate) mod keywords;

//! How MySQL and MariaDB says it.

pub(crate) mod keywords;
pub(crate) mod types;

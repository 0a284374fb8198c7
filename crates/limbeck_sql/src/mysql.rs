//! How MySQL and MariaDB says it.

pub(crate) mod keywords;

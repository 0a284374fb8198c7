//! limbeck_sql

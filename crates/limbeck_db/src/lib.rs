//! limbeck_db

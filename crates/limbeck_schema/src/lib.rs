//! limbeck_schema

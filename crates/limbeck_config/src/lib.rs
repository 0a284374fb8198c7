//! limbeck_config

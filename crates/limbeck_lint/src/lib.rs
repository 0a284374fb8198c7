//! limbeck_lint

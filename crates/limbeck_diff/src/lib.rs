//! limbeck_diff

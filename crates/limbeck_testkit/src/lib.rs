//! limbeck_testkit

//! limbeck_python

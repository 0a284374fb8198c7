//! limbeck_graph

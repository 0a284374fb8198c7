//! The commands, one function each.

pub mod compare;
pub mod doctor;
pub mod init;
pub mod list;
pub mod migrate;
pub mod revise;

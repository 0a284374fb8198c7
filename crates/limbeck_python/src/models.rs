//! Models: the classes that become tables, and the tables of a `MetaData` as a [`Schema`](limbeck_schema::Schema).
//!
//! A mapped class is read when its class statement has been executed ([`ClassHooks::subclassed`](crate::ClassHooks)): its
//! columns are collected by the rules of its library and given to `tables::make_table`, which puts a table into
//! the class's `MetaData`. What reaches the schema and cannot be read is noted there (`tables::refuse`), so that no
//! table or column is left out in silence: [`read_metadata`] fails then, and says where and why.

mod annotation;
pub(crate) mod declarative;
pub(crate) mod event;
pub(crate) mod flask;
mod hybrid;
mod mapped_column;
pub(crate) mod orm;
pub(crate) mod read;
pub(crate) mod registry;
pub(crate) mod relationship;
pub(crate) mod scan;
pub(crate) mod sqlmodel;
pub(crate) mod tables;
pub(crate) mod type_map;

pub use read::{read_metadata, read_module, read_modules};

//! The connection of a migration: what scripts ask it, and its answers.

pub(crate) mod answer;
pub(crate) mod bind;
pub(crate) mod columns;
pub(crate) mod dialect;
pub(crate) mod failure;
pub(crate) mod fetched;
pub(crate) mod inserted;
pub(crate) mod inspector;
pub(crate) mod memory;
pub(crate) mod reflected;
pub(crate) mod result;
pub(crate) mod row;
pub(crate) mod transaction;

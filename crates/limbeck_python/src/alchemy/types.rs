//! Types: their classes, their arguments, and what they make of values.

pub(crate) mod adapted;
pub(crate) mod affinity;
pub(crate) mod class;
pub(crate) mod construct;
pub(crate) mod custom;
pub(crate) mod json;
pub(crate) mod literal;
pub(crate) mod object;
pub(crate) mod oracle;
pub(crate) mod processed;
pub(crate) mod temporal;
pub(crate) mod text;

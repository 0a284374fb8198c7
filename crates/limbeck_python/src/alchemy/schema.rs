//! What `sqlalchemy.schema` and `sqlalchemy.sql.ddl` hold: tables, their parts, and DDL constructs.

pub(crate) mod column;
pub(crate) mod constraint;
pub(crate) mod ddl;
pub(crate) mod defaults;
pub(crate) mod items;
pub(crate) mod metadata;
pub(crate) mod names;
pub(crate) mod parts;
pub(crate) mod table;
pub(crate) mod table_methods;

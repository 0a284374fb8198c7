//! Sequences that belong to a column.

use std::collections::BTreeSet;

use limbeck_diag::Result;
use limbeck_schema::{Name, TableName};

use super::{field, table_name, text_rows};
use crate::connection::{Connection, Server};

/// Columns of PostgreSQL that own a sequence, as `SERIAL` makes them: table and column. The default namespace is not
/// said, as in [`super::Inspection`]. Other servers have none.
///
/// # Errors
/// The server rejected the query.
pub fn owned_sequences(connection: &mut dyn Connection) -> Result<BTreeSet<(TableName, Name)>> {
    if connection.server() != Server::Postgres {
        return Ok(BTreeSet::new());
    }
    let default = connection.default_schema().map(str::to_owned);
    let set = connection.execute(include_str!("postgres/owned_sequences.sql"))?;
    Ok(text_rows(&set)
        .map(|row| {
            let schema = field(&row, 0);
            let schema = (Some(schema) != default.as_deref()).then_some(schema);
            (
                table_name(schema, field(&row, 1)),
                Name::from(field(&row, 2)),
            )
        })
        .collect())
}

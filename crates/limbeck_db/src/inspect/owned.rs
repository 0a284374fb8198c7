//! Sequences, and those that belong to a column.

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

/// Names of all sequences of a namespace of PostgreSQL (none: the default one), those of columns too
/// (`Inspector.get_sequence_names()`). Other servers have none.
///
/// # Errors
/// The server rejected the query.
pub fn sequence_names(
    connection: &mut dyn Connection,
    schema: Option<&str>,
) -> Result<Vec<String>> {
    if connection.server() != Server::Postgres {
        return Ok(Vec::new());
    }
    let default = connection.default_schema().map(str::to_owned);
    let schema = schema.map(str::to_owned).or(default);
    let set = connection.execute(include_str!("postgres/sequence_names.sql"))?;
    Ok(text_rows(&set)
        .filter(|row| Some(field(row, 0)) == schema.as_deref())
        .map(|row| field(&row, 1).to_owned())
        .collect())
}

//! What SQLite keeps of its tables, indexes, triggers and views: their text.

use limbeck_diag::Result;
use limbeck_schema::Literal;
use limbeck_sql::{SqliteMaster, SqliteObject};

use crate::Connection;

/// Every object of an attached database (`None`: the main one), and whether foreign keys are enforced: what
/// [`limbeck_sql::CompileContext::sqlite_master`] wants.
///
/// # Errors
/// The database cannot be read, or is not SQLite.
pub fn read_sqlite_master(
    connection: &mut dyn Connection,
    schema: Option<&str>,
) -> Result<SqliteMaster> {
    let schema = super::quote(schema.unwrap_or("main"));
    let rows = connection.execute(&format!(
        "SELECT type, name, tbl_name, sql FROM {schema}.sqlite_master ORDER BY rowid"
    ))?;
    let text = |cell: Option<&Literal>| match cell {
        Some(Literal::Str(text)) => Some(text.clone()),
        _ => None,
    };
    let objects = rows
        .rows
        .iter()
        .map(|row| SqliteObject {
            kind: text(row.first()).unwrap_or_default(),
            name: text(row.get(1)).unwrap_or_default(),
            table: text(row.get(2)).unwrap_or_default(),
            sql: text(row.get(3)),
        })
        .collect();
    let enforced = connection.execute("PRAGMA foreign_keys")?;
    Ok(SqliteMaster {
        objects,
        foreign_keys: enforced.scalar() == Some(&Literal::int(1)),
    })
}

//! The primary key of a row that an INSERT added: `result.inserted_primary_key`.

use indexmap::IndexMap;
use limbeck_schema::{
    Execute, ExecuteVia, Expr, Insert, InsertSource, Literal, Name, Statement, Text,
};

use crate::alchemy::live::failure::failed;
use crate::alchemy::live::fetched::driver_value;
use crate::alchemy::live::result::ResultObj;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::Rows;
use crate::value::Value;

/// What is known of the key before the row is there.
pub(crate) struct NewKey {
    names: Vec<Name>,
    /// Nothing for the column that the database counts.
    values: Vec<Option<Literal>>,
    /// True if the statement returns that column.
    is_returned: bool,
}

impl NewKey {
    /// The key of the one row that a statement adds; nothing where SQLAlchemy's rules are not those of one row with
    /// plain values. With `returning` the compiled statement returns what the database counts.
    pub(crate) fn of(
        insert: &Insert,
        params: &[IndexMap<String, Literal>],
        returning: bool,
    ) -> Option<NewKey> {
        let is_plain = insert.returning.is_empty()
            && insert.conflict.is_none()
            && !insert.inline
            && insert.prefixes.is_empty()
            && params.len() <= 1;
        if !is_plain || insert.table.primary_key.is_empty() {
            return None;
        }
        let row = match &insert.source {
            InsertSource::Values(rows) if rows.len() <= 1 => rows.first(),
            _ => return None,
        };
        let given = params.first();
        let names = insert.table.primary_key.clone();
        let mut values = Vec::with_capacity(names.len());
        for name in &names {
            let written = row.and_then(|row| {
                let mut pairs = row.iter();
                pairs.find(|(column, _)| column.text == name.text)
            });
            let value = match written {
                Some((_, Expr::Bind(bind))) => Some(bind.value.clone()?),
                Some(_) => return None,
                None => given.and_then(|given| given.get(&name.text)).cloned(),
            };
            let is_counted = insert.table.autoincrement.as_ref() == Some(name);
            let has_default = insert.table.defaults.contains_key(name);
            if matches!(value, Some(Literal::EnumMember { .. } | Literal::Json(_)))
                || (value.is_none() && (!is_counted || has_default))
            {
                return None;
            }
            values.push(value);
        }
        let is_returned = returning && values.iter().any(Option::is_none);
        Some(NewKey {
            names,
            values,
            is_returned,
        })
    }

    /// The result of the statement, now that the row is there.
    pub(crate) fn result(self, ev: &mut Interp<'_>, rows: &Rows, rowcount: Option<i64>) -> R {
        let mut values = Vec::with_capacity(self.values.len());
        for value in self.values {
            values.push(match value {
                Some(literal) => driver_value(ev, &literal)?,
                None if self.is_returned => {
                    let row = rows.rows.first();
                    match row.and_then(|row| row.first()) {
                        Some(literal) => driver_value(ev, literal)?,
                        None => Value::None,
                    }
                }
                None => counted(ev)?,
            });
        }
        let names = self.names.into_iter().map(|name| name.text).collect();
        Ok(ResultObj::of_insert(
            names,
            values,
            rowcount,
            rows.lastrowid,
            self.is_returned,
        ))
    }
}

/// What the database counted last.
fn counted(ev: &mut Interp<'_>) -> R {
    let sql = match ev.host().dialect_name() {
        "sqlite" => "SELECT last_insert_rowid()",
        "mysql" | "mariadb" => "SELECT LAST_INSERT_ID()",
        _ => return Ok(ev.unknown("the key of a new row is not known on this database")),
    };
    let execute = Execute {
        statement: Statement::Text(Text::new(sql.to_owned())),
        params: Vec::new(),
        via: ExecuteVia::Bind,
    };
    let origin = ev.location();
    let answer = ev.host().query(execute, origin);
    let rows = match answer {
        Ok(rows) => rows,
        Err(error) => return Err(failed(ev, error)),
    };
    let row = rows.and_then(|rows| rows.rows.into_iter().next());
    match row.and_then(|row| row.into_iter().next()) {
        Some(literal) => driver_value(ev, &literal),
        None => Ok(Value::None),
    }
}

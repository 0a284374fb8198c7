//! The statements of a rebuild on SQLite: the new table, the rows, the old table away, the name back, indexes and triggers again.

use limbeck_diag::Result;
use limbeck_schema::{Name, TableName};

use super::Plan;
use crate::batch::sqlite_ddl::{ClauseKind, ColumnDef};
use crate::compile::Emitter;
use crate::types::render_type;

impl Plan<'_> {
    /// Writes the rebuild; `temp` is the name of the new table until the old one is gone.
    pub(super) fn write(mut self, temp: &str, emitter: &mut Emitter<'_, '_>) -> Result<()> {
        let target = emitter.writer.target;
        // As under Alembic, constraints over a column that is gone at the end go with it.
        let columns = &self.ddl.columns;
        let is_there = |name: &String| columns.iter().any(|it| it.name.eq_ignore_ascii_case(name));
        self.ddl.constraints.retain(|clause| {
            clause.kind == ClauseKind::Check || clause.columns.iter().all(is_there)
        });
        let names: Vec<String> = self
            .ddl
            .columns
            .iter()
            .map(|column| column.name.clone())
            .collect();
        let order = self.ordering.sort(&names)?;
        self.ddl.columns.sort_by_key(|column| {
            order
                .iter()
                .position(|name| *name == column.name)
                .unwrap_or(usize::MAX)
        });
        let table = self.op.table.clone();
        let schema = table.schema.clone();
        let temp = TableName::in_schema(schema.clone(), temp.to_owned());
        let quote = |name: &str| target.quote_text(name);
        let (old, new) = (target.format_table(&table), target.format_table(&temp));
        emitter.emit(format!(
            "CREATE TABLE {new}{}",
            self.ddl.render_body(&quote)
        ));
        let copied: Vec<&ColumnDef> = self
            .ddl
            .columns
            .iter()
            .filter(|column| !column.is_generated() && self.old.contains(&column.name))
            .collect();
        let columns: Vec<String> = copied.iter().map(|column| quote(&column.name)).collect();
        let mut sources = Vec::with_capacity(copied.len());
        for column in &copied {
            let mut source = quote(&column.name);
            for (name, type_) in &self.casts {
                if name.eq_ignore_ascii_case(&column.name) {
                    source = format!("CAST({source} AS {})", render_type(type_, target)?);
                }
            }
            sources.push(source);
        }
        if !columns.is_empty() {
            emitter.emit(format!(
                "INSERT INTO {new} ({}) SELECT {} FROM {old}",
                columns.join(", "),
                sources.join(", ")
            ));
        }
        if self.counts {
            self.keep_sequence(&table, &temp, emitter);
        }
        emitter.emit(format!("DROP TABLE {old}"));
        // Views and triggers of other tables point to a name that is not there for a moment.
        emitter.emit("PRAGMA legacy_alter_table=ON");
        emitter.emit(format!(
            "ALTER TABLE {new} RENAME TO {}",
            target.quote(&table.name)
        ));
        emitter.emit("PRAGMA legacy_alter_table=OFF");
        for index in &self.indexes {
            if let Some(sql) = &index.sql {
                emitter.emit(qualified(sql, schema.as_ref(), &index.name, emitter));
            }
        }
        for sql in &self.new_indexes {
            emitter.emit(sql.clone());
        }
        for trigger in &self.triggers {
            if let Some(sql) = &trigger.sql {
                emitter.emit(qualified(sql, schema.as_ref(), &trigger.name, emitter));
            }
        }
        for (from, to) in &self.renames {
            emitter.emit(format!(
                "ALTER TABLE {old} RENAME COLUMN {} TO {}",
                target.quote(from),
                target.quote(to)
            ));
        }
        Ok(())
    }

    /// `AUTOINCREMENT` goes on where it was, even when its last rows are gone.
    fn keep_sequence(&self, table: &TableName, temp: &TableName, emitter: &mut Emitter<'_, '_>) {
        let target = emitter.writer.target;
        let sequence = target.format_table(&TableName::in_schema(
            table.schema.clone(),
            "sqlite_sequence",
        ));
        let literal = |name: &Name| format!("'{}'", name.text.replace('\'', "''"));
        let (old, new) = (literal(&table.name), literal(&temp.name));
        // A table that did not count before counts from its last row.
        emitter.emit(format!(
            "DELETE FROM {sequence} WHERE name = {new} AND EXISTS (SELECT 1 FROM {sequence} WHERE name = {old})"
        ));
        emitter.emit(format!(
            "INSERT INTO {sequence} (name, seq) SELECT {new}, seq FROM {sequence} WHERE name = {old}"
        ));
    }
}

/// The statement that made an object, for an attached database: SQLite keeps it without the database's name.
fn qualified(sql: &str, schema: Option<&Name>, name: &str, emitter: &Emitter<'_, '_>) -> String {
    let Some(schema) = schema else {
        return sql.to_owned();
    };
    let quoted = emitter.writer.target.quote_schema(schema);
    match sql.find(name) {
        Some(at) => {
            // The name may stand in quotes.
            let start = sql
                .get(..at)
                .map_or(at, |head| head.trim_end_matches(['"', '`', '[']).len());
            format!(
                "{}{quoted}.{}",
                sql.get(..start).unwrap_or_default(),
                sql.get(start..).unwrap_or_default()
            )
        }
        None => sql.to_owned(),
    }
}

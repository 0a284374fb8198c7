//! INSERT.

use limbeck_diag::Result;
use limbeck_schema::{ColumnRef, Expr, Insert, InsertSource, Name, TableRef};

use super::StatementMode;
use super::change::{column_type, unconsumed};
use crate::bind::Fragment;
use crate::dialect::{Compat, Dialect};
use crate::expr::context::{Compiler, Frame, compile_error};

/// Where the value of a column comes from.
#[derive(Clone, Copy)]
enum Source<'a> {
    Expr(&'a Expr),
    /// The execution brings it.
    Given,
}

type Row<'a> = Vec<(&'a Name, Source<'a>)>;

impl<'a> Compiler<'a> {
    pub(crate) fn write_insert(&mut self, insert: &'a Insert, out: &mut Fragment) -> Result<()> {
        let top = self.stack.is_empty();
        self.stack.push(Frame::default());
        if !matches!(insert.source, InsertSource::Select { .. }) {
            self.ensure_ctes(&insert.ctes)?;
        } else {
            self.known_ctes.extend(insert.ctes.iter());
        }
        let mut body = Fragment::of("INSERT ");
        for prefix in &insert.prefixes {
            body.push(prefix);
            body.push(" ");
        }
        let nothing = insert.conflict.as_ref().is_some_and(|conflict| {
            matches!(conflict.action, limbeck_schema::ConflictAction::Nothing)
        });
        if nothing
            && self.target.dialect.is_mysql_family()
            && !insert.prefixes.iter().any(|it| it == "IGNORE")
        {
            body.push("IGNORE ");
        }
        body.push("INTO ");
        body.push(&self.target.format_table(&insert.table.name));
        match &insert.source {
            InsertSource::Select { columns, select } => {
                let names: Vec<String> =
                    columns.iter().map(|name| self.target.quote(name)).collect();
                unconsumed(columns.iter(), &insert.table)?;
                body.push(&format!(" ({})", names.join(", ")));
                if self.target.dialect == Dialect::MsSql {
                    self.write_returning(&insert.table, &insert.returning, &mut body)?;
                }
                let mut query = Fragment::new();
                self.write_query(select, false, &mut query)?;
                self.ensure_ctes(&insert.ctes)?;
                body.push(" ");
                // These databases want WITH before the SELECT, not before the INSERT.
                if self.target.dialect.is_mysql_family() || self.target.dialect == Dialect::Oracle {
                    self.write_ctes(&mut body);
                }
                body.append(&query);
            }
            InsertSource::Values(rows) if rows.len() > 1 => {
                self.write_rows_of_values(insert, &mut body)?
            }
            InsertSource::Values(_) | InsertSource::Default => {
                self.write_one_row(insert, top, &mut body)?;
                self.close_statement(&body, out);
                return Ok(());
            }
        }
        if let Some(conflict) = &insert.conflict {
            let from_select = matches!(insert.source, InsertSource::Select { .. });
            self.write_conflict(conflict, &insert.table, from_select, &mut body)?;
        }
        if self.target.dialect != Dialect::MsSql {
            self.write_returning(&insert.table, &insert.returning, &mut body)?;
        }
        self.close_statement(&body, out);
        Ok(())
    }

    /// The columns of one row, in the order of the table, with those that have a default.
    fn row_of(&self, insert: &'a Insert) -> Result<Row<'a>> {
        let table = &insert.table;
        let values = match &insert.source {
            InsertSource::Values(rows) => rows.first(),
            InsertSource::Select { .. } | InsertSource::Default => None,
        };
        let set: Vec<(&'a Name, &'a Expr)> = match values {
            Some(values) => values.iter().collect(),
            None => Vec::new(),
        };
        unconsumed(set.iter().map(|(name, _)| *name), table)?;
        if table.columns.is_empty() {
            return Ok(set
                .into_iter()
                .map(|(name, expr)| (name, Source::Expr(expr)))
                .collect());
        }
        // Compiled without an execution and without values, an INSERT is of all columns.
        let all = set.is_empty()
            && self.given.is_empty()
            && self.mode != StatementMode::Online
            && !matches!(insert.source, InsertSource::Default);
        let mut row = Row::new();
        for (name, _) in &table.columns {
            let own = set.iter().find(|(key, _)| key.text == name.text);
            let default = table.defaults.iter().find(|(key, _)| key.text == name.text);
            match (own, default) {
                (Some((_, expr)), _) => row.push((name, Source::Expr(expr))),
                (None, _) if self.given.contains_key(&name.text) || all => {
                    row.push((name, Source::Given));
                }
                (None, Some((_, expr))) => row.push((name, Source::Expr(expr))),
                (None, None) => {}
            }
        }
        Ok(row)
    }

    fn write_names(&self, row: &Row<'a>, out: &mut Fragment) {
        let names: Vec<String> = row
            .iter()
            .map(|(name, _)| self.target.quote(name))
            .collect();
        out.push(&format!(" ({})", names.join(", ")));
    }

    fn write_one_row(&mut self, insert: &'a Insert, top: bool, out: &mut Fragment) -> Result<()> {
        let row = self.row_of(insert)?;
        let table = &insert.table;
        let has_default_values = matches!(
            self.target.dialect,
            Dialect::Postgres | Dialect::Sqlite | Dialect::MsSql
        );
        if !row.is_empty() || !has_default_values {
            self.write_names(&row, out);
        }
        let back = self.keys_back(insert, &row, top);
        if self.target.dialect == Dialect::MsSql {
            self.write_keys(&insert.returning, table, &back, out)?;
        }
        if row.is_empty() && has_default_values {
            out.push(" DEFAULT VALUES");
        } else {
            out.push(" VALUES (");
            self.write_values(&row, table, None, out)?;
            out.push(")");
        }
        if let Some(conflict) = &insert.conflict {
            self.write_conflict(conflict, table, false, out)?;
        }
        if self.target.dialect != Dialect::MsSql {
            self.write_keys(&insert.returning, table, &back, out)?;
        }
        Ok(())
    }

    fn write_keys(
        &mut self,
        returning: &'a [Expr],
        table: &'a TableRef,
        back: &[Expr],
        out: &mut Fragment,
    ) -> Result<()> {
        if !returning.is_empty() {
            return self.write_returning(table, returning, out);
        }
        let mut first = true;
        for expr in back {
            let Expr::Column(column) = expr else {
                continue;
            };
            let word = if self.target.dialect == Dialect::MsSql {
                " OUTPUT "
            } else {
                " RETURNING "
            };
            out.push(if first { word } else { ", " });
            first = false;
            match self.target.dialect {
                Dialect::MsSql => out.push("inserted."),
                Dialect::Sqlite => {}
                _ => {
                    out.push(&self.target.format_table(&table.name));
                    out.push(".");
                }
            }
            out.push(&self.target.quote(&column.name));
        }
        if !first && self.target.dialect == Dialect::Oracle {
            let places: Vec<String> = (0..back.len()).map(|idx| format!(":ret_{idx}")).collect();
            out.push(&format!(" INTO {}", places.join(", ")));
        }
        Ok(())
    }

    fn write_values(
        &mut self,
        row: &Row<'a>,
        table: &'a TableRef,
        suffix: Option<usize>,
        out: &mut Fragment,
    ) -> Result<()> {
        let mut first = true;
        for (name, source) in row {
            if !first {
                out.push(", ");
            }
            first = false;
            let type_ = column_type(table, name);
            let key = match suffix {
                Some(idx) => format!("{}_m{idx}", name.text),
                None => name.text.clone(),
            };
            match source {
                Source::Expr(expr) => self.write_value(expr, &key, type_, out)?,
                Source::Given => self.write_given(&key, type_, out)?,
            }
        }
        Ok(())
    }

    fn write_rows_of_values(&mut self, insert: &'a Insert, out: &mut Fragment) -> Result<()> {
        let InsertSource::Values(rows) = &insert.source else {
            return Ok(());
        };
        let first_row = self.row_of(insert)?;
        self.write_names(&first_row, out);
        if self.target.dialect == Dialect::MsSql {
            self.write_returning(&insert.table, &insert.returning, out)?;
        }
        out.push(" VALUES ");
        for (idx, values) in rows.iter().enumerate() {
            out.push(if idx == 0 { "(" } else { ", (" });
            let mut row = Row::new();
            for (name, source) in &first_row {
                let own = values
                    .iter()
                    .find(|(key, _)| key.text == name.text)
                    .map(|(_, expr)| Source::Expr(expr));
                let default = insert
                    .table
                    .defaults
                    .iter()
                    .find(|(key, _)| key.text == name.text)
                    .map(|(_, expr)| Source::Expr(expr));
                match own.or(default) {
                    Some(source) => row.push((name, source)),
                    None if idx == 0 => row.push((name, *source)),
                    None => {
                        return Err(compile_error(format!(
                            "INSERT value for column {}.{} is explicitly rendered as a boundparameter in the VALUES clause; a Python-side value or SQL expression is required",
                            insert.table.name, name
                        )));
                    }
                }
            }
            self.write_values(&row, &insert.table, Some(idx), out)?;
            out.push(")");
        }
        if !self.target.caps.multivalues_insert {
            return Err(compile_error(format!(
                "The '{}' dialect with current database version settings does not support in-place multirow inserts.",
                self.target.dialect
            )));
        }
        Ok(())
    }

    /// The key columns that SQLAlchemy asks back without being told to (`implicit_returning`).
    fn keys_back(&self, insert: &'a Insert, row: &Row<'a>, top: bool) -> Vec<Expr> {
        let table = &insert.table;
        let no_need = !top
            || insert.inline
            || !insert.returning.is_empty()
            || table.primary_key.is_empty()
            || !self.target.caps.insert_returning
            || (self.target.dialect == Dialect::Sqlite && insert.conflict.is_some());
        // `RETURNING … INTO` needs a program around it: in a script it cannot run.
        let impossible = self.target.dialect == Dialect::Oracle
            && (self.target.compat == Compat::Limbeck && self.mode != StatementMode::Online);
        // SQLite and MariaDB tell the last key by themselves.
        let by_last_id = matches!(
            self.target.dialect,
            Dialect::Sqlite | Dialect::MySql | Dialect::MariaDb
        ) && table.autoincrement.is_some();
        if no_need || impossible || by_last_id {
            return Vec::new();
        }
        table
            .primary_key
            .iter()
            .filter(|key| {
                let set = row.iter().find(|(name, _)| name.text == key.text);
                match set {
                    Some((_, Source::Expr(Expr::Bind(_)) | Source::Given)) => false,
                    Some((_, Source::Expr(_))) => true,
                    None => table
                        .autoincrement
                        .as_ref()
                        .is_some_and(|auto| auto.text == key.text),
                }
            })
            .map(|key| {
                Expr::Column(ColumnRef {
                    table: Some(table.name.clone()),
                    name: key.clone(),
                    type_: None,
                })
            })
            .collect()
    }
}

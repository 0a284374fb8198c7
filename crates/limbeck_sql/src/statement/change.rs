//! UPDATE and DELETE, and what RETURNING gives back.

use limbeck_diag::Result;
use limbeck_schema::{
    ColumnRef, ColumnType, Delete, Expr, FromClause, Name, TableName, TableRef, Update,
};

use super::select::source_names;
use crate::bind::Fragment;
use crate::dialect::Dialect;
use crate::expr::build::build_plain;
use crate::expr::context::{Compiler, Frame, Place, compile_error};
use crate::expr::element::{BindEl, BindKey, Kind};

impl<'a> Compiler<'a> {
    fn push_table_frame(&mut self, table: &'a TableRef, others: &'a [FromClause]) {
        let mut names = vec![match &table.alias {
            Some(alias) => alias.text.clone(),
            None => table.name.to_string(),
        }];
        names.extend(others.iter().flat_map(source_names));
        self.stack.push(Frame {
            correlate: names.clone(),
            froms: names,
            labels: Vec::new(),
        });
    }

    fn write_target(&self, table: &'a TableRef, out: &mut Fragment) {
        out.push(&self.target.format_table(&table.name));
        self.write_alias(table.alias.as_ref(), out);
    }

    /// A statement that is not inside another one: its common table expressions stand before it.
    pub(crate) fn close_statement(&mut self, body: &Fragment, out: &mut Fragment) {
        self.stack.pop();
        if self.stack.is_empty() {
            self.write_ctes(out);
        }
        out.append(body);
    }

    pub(crate) fn write_update(&mut self, update: &'a Update, out: &mut Fragment) -> Result<()> {
        let table = &update.table;
        let others: Vec<&'a FromClause> = update.from.iter().collect();
        let dialect = self.target.dialect;
        if !others.is_empty() && dialect == Dialect::Oracle {
            return Err(compile_error(
                "This backend does not support multiple-table criteria within UPDATE",
            ));
        }
        self.push_table_frame(table, &update.from);
        self.ensure_ctes(&update.ctes)?;
        let mut body = Fragment::of("UPDATE ");
        self.write_target(table, &mut body);
        if dialect.is_mysql_family() {
            for from in &others {
                body.push(", ");
                self.write_from(from, &mut body)?;
            }
        }
        body.push(" SET ");
        let qualified = dialect.is_mysql_family() && !others.is_empty();
        let mut first = true;
        for (name, value) in self.assignments(update)? {
            if !first {
                body.push(", ");
            }
            first = false;
            if qualified {
                let owner = match &table.alias {
                    Some(alias) => self.target.quote(alias),
                    None => self.target.format_table(&table.name),
                };
                body.push(&owner);
                body.push(".");
            }
            body.push(&self.target.quote(name));
            body.push("=");
            let type_ = column_type(table, name);
            match value {
                Assigned::Expr(expr) => self.write_value(expr, &name.text, type_, &mut body)?,
                Assigned::Given => self.write_given(&name.text, type_, &mut body)?,
            }
        }
        if dialect == Dialect::MsSql {
            self.write_returning(table, &update.returning, &mut body)?;
        }
        if !others.is_empty() && !dialect.is_mysql_family() {
            body.push(" FROM ");
            let mut first = true;
            if dialect == Dialect::MsSql {
                self.write_target(table, &mut body);
                first = false;
            }
            for from in &others {
                if !first {
                    body.push(", ");
                }
                first = false;
                self.write_from(from, &mut body)?;
            }
        }
        self.write_where(" WHERE ", &update.where_, &mut body)?;
        if dialect != Dialect::MsSql {
            self.write_returning(table, &update.returning, &mut body)?;
        }
        self.close_statement(&body, out);
        Ok(())
    }

    /// What is set, in the order in which it is written.
    fn assignments(&self, update: &'a Update) -> Result<Vec<(&'a Name, Assigned<'a>)>> {
        let table = &update.table;
        let mut set: Vec<(&'a Name, Assigned<'a>)> = Vec::new();
        let given = |name: &Name| {
            self.given.contains_key(&name.text)
                && !update.set.keys().any(|key| key.text == name.text)
                && !is_bound(update, &name.text)
        };
        let nothing = update.set.is_empty()
            && self.given.is_empty()
            && self.mode != super::StatementMode::Online;
        if update.ordered || table.columns.is_empty() {
            set.extend(
                update
                    .set
                    .iter()
                    .map(|(name, expr)| (name, Assigned::Expr(expr))),
            );
        }
        for (name, _) in &table.columns {
            let value = update
                .set
                .iter()
                .find(|(key, _)| key.text == name.text)
                .map(|(_, expr)| Assigned::Expr(expr));
            match value {
                Some(_) if update.ordered => {}
                Some(value) => set.push((name, value)),
                None if given(name) || nothing => set.push((name, Assigned::Given)),
                None => {
                    let onupdate = table
                        .onupdates
                        .iter()
                        .find(|(key, _)| key.text == name.text);
                    set.extend(onupdate.map(|(_, expr)| (name, Assigned::Expr(expr))));
                }
            }
        }
        unconsumed(update.set.keys(), table)?;
        Ok(set)
    }

    pub(crate) fn write_delete(&mut self, delete: &'a Delete, out: &mut Fragment) -> Result<()> {
        let table = &delete.table;
        let dialect = self.target.dialect;
        self.push_table_frame(table, &delete.using);
        self.ensure_ctes(&delete.ctes)?;
        let mut body = Fragment::of("DELETE FROM ");
        let several = !delete.using.is_empty();
        match (&table.alias, several) {
            (Some(alias), true) if dialect.is_mysql_family() || dialect == Dialect::MsSql => {
                body.push(&self.target.quote(alias));
            }
            _ => self.write_target(table, &mut body),
        }
        if dialect == Dialect::MsSql {
            self.write_deleted(table, &delete.returning, &mut body)?;
        }
        if several {
            let word = match dialect {
                Dialect::Postgres | Dialect::MySql | Dialect::MariaDb => " USING ",
                Dialect::MsSql => " FROM ",
                Dialect::Sqlite | Dialect::Oracle => {
                    return Err(compile_error(
                        "This backend does not support multiple-table criteria within DELETE",
                    ));
                }
            };
            body.push(word);
            let mut first = true;
            if dialect != Dialect::Postgres {
                self.write_target(table, &mut body);
                first = false;
            }
            for from in &delete.using {
                if !first {
                    body.push(", ");
                }
                first = false;
                self.write_from(from, &mut body)?;
            }
        }
        self.write_where(" WHERE ", &delete.where_, &mut body)?;
        if dialect != Dialect::MsSql {
            self.write_returning(table, &delete.returning, &mut body)?;
        }
        self.close_statement(&body, out);
        Ok(())
    }

    /// A value that a column is set to.
    pub(crate) fn write_value(
        &mut self,
        expr: &'a Expr,
        name: &str,
        type_: Option<&ColumnType>,
        out: &mut Fragment,
    ) -> Result<()> {
        let Expr::Bind(bind) = expr else {
            let el = build_plain(expr).self_group(None);
            return self.write(&el, Place::PLAIN, out);
        };
        // A plain value comes without a type and takes that of its column; a literal of its own keeps its own.
        let ty = bind
            .type_
            .as_deref()
            .filter(|own| own.class != limbeck_schema::TypeClass::NullType)
            .or(type_)
            .cloned()
            .or_else(|| {
                bind.value
                    .as_ref()
                    .and_then(crate::expr::affinity::type_of_value)
            })
            .map(std::rc::Rc::new);
        let key = match &bind.name {
            Some(fixed) => BindKey::Fixed(fixed.clone()),
            None => BindKey::Fixed(name.to_owned()),
        };
        // Its own value counts: the execution's parameters do not reach a literal.
        if bind.name.is_none()
            && self.mode != super::StatementMode::LiteralBinds
            && !bind.literal_execute
        {
            return self.push_param(name.to_owned(), bind.value.clone(), &ty, out);
        }
        let el = BindEl {
            key: if bind.name.is_none() {
                BindKey::Anonymous(name.to_owned())
            } else {
                key
            },
            value: bind.value.clone(),
            literal_execute: bind.literal_execute,
        };
        self.write_bind(&el, &ty, Place::PLAIN, out)
    }

    /// A value that the execution brings.
    pub(crate) fn write_given(
        &mut self,
        name: &str,
        type_: Option<&ColumnType>,
        out: &mut Fragment,
    ) -> Result<()> {
        let el = BindEl {
            key: BindKey::Fixed(name.to_owned()),
            value: None,
            literal_execute: false,
        };
        let ty = type_.cloned().map(std::rc::Rc::new);
        self.write_bind(&el, &ty, Place::PLAIN, out)
    }

    /// RETURNING, or SQL Server's OUTPUT.
    pub(crate) fn write_returning(
        &mut self,
        table: &'a TableRef,
        columns: &'a [Expr],
        out: &mut Fragment,
    ) -> Result<()> {
        self.write_returned(table, columns, "inserted", out)
    }

    fn write_deleted(
        &mut self,
        table: &'a TableRef,
        columns: &'a [Expr],
        out: &mut Fragment,
    ) -> Result<()> {
        self.write_returned(table, columns, "deleted", out)
    }

    fn write_returned(
        &mut self,
        table: &'a TableRef,
        columns: &'a [Expr],
        virtual_table: &str,
        out: &mut Fragment,
    ) -> Result<()> {
        if columns.is_empty() {
            return Ok(());
        }
        match self.target.dialect {
            Dialect::MsSql => out.push(" OUTPUT "),
            Dialect::Postgres
            | Dialect::MySql
            | Dialect::MariaDb
            | Dialect::Sqlite
            | Dialect::Oracle => out.push(" RETURNING "),
        }
        let mut first = true;
        for column in columns {
            if !first {
                out.push(", ");
            }
            first = false;
            match (column, self.target.dialect) {
                (Expr::Column(column), Dialect::MsSql) => {
                    let moved = ColumnRef {
                        table: Some(TableName::new(virtual_table)),
                        ..column.clone()
                    };
                    self.write_column(&moved, Place::PLAIN, out);
                }
                (Expr::Star(_), Dialect::MsSql) => out.push(&format!("{virtual_table}.*")),
                _ => {
                    let place = Place {
                        include_table: self.target.dialect != Dialect::Sqlite,
                        in_columns: matches!(column, Expr::Label { .. }),
                        ..Place::PLAIN
                    };
                    let el = build_plain(column);
                    self.write(&el, place, out)?;
                    let unnamed = !matches!(
                        el.kind,
                        Kind::Column(_)
                            | Kind::Label { .. }
                            | Kind::Text(_)
                            | Kind::LiteralColumn(_)
                            | Kind::Star(_)
                    );
                    if unnamed && self.target.dialect != Dialect::Oracle {
                        let stem = match &el.kind {
                            Kind::Function(function) => function.spelling(),
                            _ => "anon".to_owned(),
                        };
                        let label = self.names.anonymous(&stem);
                        out.push(&format!(" AS {}", self.target.quote_text(&label)));
                    }
                }
            }
        }
        if self.target.dialect == Dialect::Oracle {
            let places: Vec<String> = (0..columns.len())
                .map(|idx| format!(":ret_{idx}"))
                .collect();
            out.push(&format!(" INTO {}", places.join(", ")));
        }
        let _ = table;
        Ok(())
    }
}

enum Assigned<'a> {
    Expr(&'a Expr),
    /// The execution brings the value.
    Given,
}

/// A `bindparam()` of the WHERE clause, which takes its value from the execution.
fn is_bound(update: &Update, name: &str) -> bool {
    fn holds(expr: &Expr, name: &str) -> bool {
        match expr {
            Expr::Bind(bind) => bind.name.as_deref() == Some(name),
            Expr::Binary { left, right, .. } => holds(left, name) || holds(right, name),
            Expr::List { items, .. } => items.iter().any(|item| holds(item, name)),
            Expr::Unary { operand, .. } => holds(operand, name),
            _ => false,
        }
    }
    update.where_.iter().any(|expr| holds(expr, name))
}

/// The type of a column. One without a type has SQLAlchemy's `NullType`, which writes no literals; nothing is known of a column that
/// the table does not list.
pub(crate) fn column_type<'t>(table: &'t TableRef, name: &Name) -> Option<&'t ColumnType> {
    static UNTYPED: std::sync::LazyLock<ColumnType> =
        std::sync::LazyLock::new(|| ColumnType::new(limbeck_schema::TypeClass::NullType));
    table
        .columns
        .iter()
        .find(|(column, _)| column.text == name.text)
        .map(|(_, type_)| type_.as_ref().unwrap_or(&UNTYPED))
}

/// Names that the table does not have, in SQLAlchemy's words.
pub(crate) fn unconsumed<'n>(
    names: impl Iterator<Item = &'n Name>,
    table: &TableRef,
) -> Result<()> {
    if table.columns.is_empty() {
        return Ok(());
    }
    let unknown: Vec<&str> = names
        .filter(|name| {
            !table
                .columns
                .iter()
                .any(|(column, _)| column.text == name.text)
        })
        .map(Name::as_str)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(compile_error(format!(
        "Unconsumed column names: {}",
        unknown.join(", ")
    )))
}

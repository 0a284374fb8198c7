//! SELECT, INSERT, UPDATE, DELETE and text.

mod change;
mod conflict;
mod insert;
mod limit;
mod select;

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{Expr, Literal, Select, SelectSet, Statement};

use crate::bind::{Fragment, finish};
use crate::dialect::{Dialect, ParamStyle, Target};
use crate::expr::context::{Compiler, Place};

/// How parameters reach the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementMode {
    /// `--sql` with `literal_binds`: written into the text.
    LiteralBinds,
    /// `--sql` without: placeholders, and the values are lost.
    Placeholders,
    /// On a connection: placeholders, and the values go along.
    Online,
}

/// A statement as text, and what goes into its placeholders.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rendered {
    /// The SQL, without a terminator.
    pub sql: String,
    /// Values of the placeholders, in their order.
    pub params: Vec<Literal>,
}

/// The text of a statement. `params` are one parameter set of its execution.
///
/// # Errors
/// What the dialect cannot say, in SQLAlchemy's words.
pub fn render_statement(
    statement: &Statement,
    params: &IndexMap<String, Literal>,
    target: &Target,
    mode: StatementMode,
) -> Result<Rendered> {
    if let Statement::Driver { sql, params } = statement {
        return Ok(render_driver(sql, params, target, mode));
    }
    // An expression by itself is a query of it.
    let query;
    let statement = match statement {
        Statement::Expr(expr) => {
            query = Statement::Select(SelectSet::Select(Box::new(Select {
                columns: vec![Expr::clone(expr)],
                ..Select::default()
            })));
            &query
        }
        other => other,
    };
    let mut compiler = Compiler::new(target, mode, params);
    let mut out = Fragment::new();
    compiler.write_statement(statement, &mut out)?;
    let (sql, params) = finish(out, &compiler.params, target);
    Ok(Rendered { sql, params })
}

impl<'a> Compiler<'a> {
    /// A whole statement, with the common table expressions that it uses before it.
    pub(crate) fn write_statement(
        &mut self,
        statement: &'a Statement,
        out: &mut Fragment,
    ) -> Result<()> {
        match statement {
            Statement::Text(text) => self.write_text(text, Place::PLAIN, out),
            Statement::Select(select) => self.write_query(select, false, out),
            Statement::Insert(insert) => self.write_insert(insert, out),
            Statement::Update(update) => self.write_update(update, out),
            Statement::Delete(delete) => self.write_delete(delete, out),
            Statement::Driver { sql, .. } => {
                out.push(sql);
                Ok(())
            }
            Statement::Expr(expr) => self.write_expr(expr, Place::PLAIN, out),
        }
    }
}

/// SQL in the driver's own words: its placeholders become those of our drivers, and a doubled `%` is one.
fn render_driver(sql: &str, params: &[Literal], target: &Target, mode: StatementMode) -> Rendered {
    let formats = match target.dialect {
        Dialect::Postgres => !matches!(target.driver.as_str(), "asyncpg" | "pg8000"),
        Dialect::MySql | Dialect::MariaDb => target.driver != "mariadbconnector",
        Dialect::MsSql => target.driver == "pymssql",
        Dialect::Sqlite | Dialect::Oracle => false,
    };
    if mode != StatementMode::Online {
        return Rendered {
            sql: target.double_percents(sql),
            params: Vec::new(),
        };
    }
    if !formats {
        return Rendered {
            sql: sql.to_owned(),
            params: params.to_vec(),
        };
    }
    let mut text = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut number = 0;
    while let Some(at) = rest.find('%') {
        text.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = after.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        match after.strip_prefix('s') {
            Some(after) if !params.is_empty() => {
                number += 1;
                match target.paramstyle {
                    ParamStyle::NumericDollar => text.push_str(&format!("${number}")),
                    ParamStyle::Qmark => text.push('?'),
                    ParamStyle::Named | ParamStyle::Format | ParamStyle::Pyformat => {
                        text.push_str("%s");
                    }
                }
                rest = after;
            }
            _ => {
                text.push('%');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    Rendered {
        sql: text,
        params: params.to_vec(),
    }
}

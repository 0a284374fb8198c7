//! `op.bulk_insert`: one INSERT a row.

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{
    BulkInsert, ColumnType, Expr, Insert, InsertSource, Name, Statement, TypeClass,
};

use super::Emitter;
use crate::ddl::{compile_error, python_error};
use crate::dialect::Dialect;

impl Emitter<'_, '_> {
    pub(super) fn bulk_insert(&mut self, op: &BulkInsert) -> Result<()> {
        let target = self.writer.target;
        let identity = target.dialect == Dialect::MsSql && self.context.offline;
        let table = target.format_table(&op.table.name);
        if identity {
            self.emit(format!("SET IDENTITY_INSERT {table} ON"));
        }
        for row in &op.rows {
            let values: IndexMap<Name, Expr> = row
                .iter()
                .map(|(key, value)| {
                    Ok((Name::new(key.clone()), self.inline_value(op, key, value)?))
                })
                .collect::<Result<_>>()?;
            let insert = Insert {
                ctes: Vec::new(),
                table: op.table.clone(),
                source: if values.is_empty() {
                    InsertSource::Default
                } else {
                    InsertSource::Values(vec![values])
                },
                inline: true,
                returning: Vec::new(),
                conflict: None,
                prefixes: Vec::new(),
            };
            self.statement(&Statement::Insert(Box::new(insert)), &IndexMap::new())?;
        }
        if identity {
            self.emit(format!("SET IDENTITY_INSERT {table} OFF"));
        }
        Ok(())
    }

    /// Offline every value of a `bulk_insert` is written into the text, by the type of its column.
    fn inline_value(&self, op: &BulkInsert, key: &str, value: &Expr) -> Result<Expr> {
        let column = op.table.columns.iter().find(|(name, _)| name.text == key);
        if !self.context.offline {
            return Ok(match value {
                Expr::Bind(bind) if bind.type_.is_none() => {
                    let mut bind = bind.clone();
                    bind.type_ = column.and_then(|(_, type_)| type_.clone()).map(Box::new);
                    Expr::Bind(bind)
                }
                other => other.clone(),
            });
        }
        let Some((_, type_)) = column else {
            if matches!(value, Expr::Bind(bind) if bind.literal_execute) {
                return Err(compile_error(format!("Unconsumed column names: {key}")));
            }
            let table = &op.table.name;
            return Err(python_error(format!(
                "the table `{table}` has no column `{key}`"
            )));
        };
        match value {
            // `op.inline_literal()` has a type of its own.
            Expr::Bind(bind) if bind.literal_execute => Ok(value.clone()),
            Expr::Bind(bind) => {
                let mut bind = bind.clone();
                bind.literal_execute = true;
                let none = || ColumnType::new(TypeClass::NullType);
                bind.type_ = Some(Box::new(type_.clone().unwrap_or_else(none)));
                Ok(Expr::Bind(bind))
            }
            other => {
                let none = ColumnType::new(TypeClass::NullType);
                let type_ = type_.as_ref().unwrap_or(&none);
                Err(crate::literal::construct_misfit(
                    other,
                    type_,
                    self.writer.target,
                ))
            }
        }
    }
}

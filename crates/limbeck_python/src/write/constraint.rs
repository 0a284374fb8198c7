//! Constraints: inside `create_table`, and as directives of their own.

use limbeck_diag::Error;
use limbeck_schema::{
    Constraint, ConstraintBody, ConstraintName, DialectOptions, ExcludeConstraint, Expr,
    ForeignKeyConstraint, TableName, py_bool, py_str, py_str_list,
};

use super::{ExprPlace, Writer};

impl Writer<'_> {
    /// A name as an argument: `op.f('…')` if it is final, `None` if there is none.
    pub(super) fn constraint_name(&self, name: &ConstraintName) -> String {
        match name {
            ConstraintName::None => "None".to_owned(),
            ConstraintName::Given(name) => py_str(&name.text),
            ConstraintName::Final(name) => {
                format!("{}f({})", self.op_prefix(), py_str(&name.text))
            }
        }
    }

    pub(super) fn options(&mut self, options: &DialectOptions) -> Result<Vec<String>, Error> {
        options
            .iter()
            .map(|(key, value)| Ok(format!("{key}={}", self.option_value(value)?)))
            .collect()
    }

    /// A constraint inside `create_table`; `None` where the script says it in another way.
    pub(super) fn inline_constraint(
        &mut self,
        constraint: &Constraint,
    ) -> Result<Option<String>, Error> {
        let mut parts = Vec::new();
        let name = match &constraint.name {
            ConstraintName::None => None,
            name => Some(format!("name={}", self.constraint_name(name))),
        };
        let class = match &constraint.body {
            ConstraintBody::PrimaryKey(key) => {
                if key.columns.is_empty() {
                    return Ok(None);
                }
                parts.extend(key.columns.iter().map(|it| py_str(&it.text)));
                parts.extend(name);
                "PrimaryKeyConstraint"
            }
            ConstraintBody::Unique(unique) => {
                parts.extend(unique.columns.iter().map(|it| py_str(&it.text)));
                parts.extend(deferral(constraint));
                parts.extend(name);
                parts.extend(self.options(&constraint.options)?);
                "UniqueConstraint"
            }
            ConstraintBody::ForeignKey(key) => {
                let columns = py_str_list(key.columns.iter().map(|it| it.as_str()));
                let targets: Vec<String> = referred(key);
                let targets = py_str_list(targets.iter().map(String::as_str));
                parts.extend(name);
                parts.extend(foreign_key_options(constraint, key));
                parts.extend(self.options(&constraint.options)?);
                return Ok(Some(format!(
                    "{}ForeignKeyConstraint({columns}, {targets}, {})",
                    self.sa(),
                    parts.join(", ")
                )));
            }
            ConstraintBody::Check(check) => {
                if check.type_bound.is_some() {
                    return Ok(None);
                }
                let sql = self
                    .ddl
                    .render_ddl_sql_expr(&check.sqltext, ExprPlace::Other)?;
                parts.push(py_str(&sql));
                parts.extend(name);
                parts.extend(self.options(&constraint.options)?);
                "CheckConstraint"
            }
            ConstraintBody::Exclude(exclude) => {
                let parts = self.exclude_arguments(constraint, exclude, None, name)?;
                self.imports
                    .insert("from sqlalchemy.dialects import postgresql".to_owned());
                return Ok(Some(format!(
                    "postgresql.ExcludeConstraint({})",
                    parts.join(", ")
                )));
            }
        };
        Ok(Some(format!("{}{class}({})", self.sa(), parts.join(", "))))
    }

    /// `op.create_unique_constraint(…)` and its siblings.
    pub(super) fn add_constraint(
        &mut self,
        table: &TableName,
        constraint: &Constraint,
    ) -> Result<String, Error> {
        let mut parts = vec![self.constraint_name(&constraint.name)];
        if !self.in_batch {
            parts.push(py_str(&table.name.text));
        }
        let schema = match &table.schema {
            Some(schema) if !self.in_batch => Some(schema.as_str()),
            _ => None,
        };
        let directive = match &constraint.body {
            ConstraintBody::Unique(unique) => {
                parts.push(py_str_list(unique.columns.iter().map(|it| it.as_str())));
                parts.extend(deferral(constraint));
                parts.extend(schema.map(|schema| format!("schema={}", py_str(schema))));
                parts.extend(self.options(&constraint.options)?);
                "create_unique_constraint"
            }
            ConstraintBody::ForeignKey(key) => {
                parts.push(py_str(&key.referred_table.name.text));
                parts.push(py_str_list(key.columns.iter().map(|it| it.as_str())));
                parts.push(py_str_list(
                    key.referred_columns.iter().map(|it| it.as_str()),
                ));
                parts.extend(schema.map(|schema| format!("source_schema={}", py_str(schema))));
                if let Some(schema) = &key.referred_table.schema {
                    parts.push(format!("referent_schema={}", py_str(&schema.text)));
                }
                parts.extend(foreign_key_options(constraint, key));
                parts.extend(self.options(&constraint.options)?);
                "create_foreign_key"
            }
            ConstraintBody::Check(check) => {
                let sql = self
                    .ddl
                    .render_ddl_sql_expr(&check.sqltext, ExprPlace::Other)?;
                parts.push(py_str(&sql));
                parts.extend(schema.map(|schema| format!("schema={}", py_str(schema))));
                parts.extend(self.options(&constraint.options)?);
                "create_check_constraint"
            }
            ConstraintBody::PrimaryKey(key) => {
                // Alembic raises NotImplementedError here; the directive is an ordinary one.
                parts.push(py_str_list(key.columns.iter().map(|it| it.as_str())));
                parts.extend(schema.map(|schema| format!("schema={}", py_str(schema))));
                parts.extend(self.options(&constraint.options)?);
                "create_primary_key"
            }
            ConstraintBody::Exclude(exclude) => {
                parts.extend(self.exclude_arguments(constraint, exclude, schema, None)?);
                "create_exclude_constraint"
            }
        };
        Ok(format!(
            "{}{directive}({})",
            self.op_prefix(),
            parts.join(", ")
        ))
    }

    fn exclude_arguments(
        &mut self,
        constraint: &Constraint,
        exclude: &ExcludeConstraint,
        schema: Option<&str>,
        name: Option<String>,
    ) -> Result<Vec<String>, Error> {
        let mut parts = Vec::new();
        for element in &exclude.elements {
            let expr = match &element.expr {
                Expr::Column(column) => {
                    format!("{}column({})", self.sa(), py_str(&column.name.text))
                }
                Expr::LiteralColumn { sql, .. } => {
                    format!("{}literal_column({})", self.sa(), py_str(sql))
                }
                expr @ (Expr::Text(_) | Expr::Function { .. }) => {
                    self.expr_element(expr, ExprPlace::Other)?
                }
                expr => py_str(&self.ddl.render_ddl_sql_expr(expr, ExprPlace::Other)?),
            };
            parts.push(format!("({expr}, {})", py_str(&element.operator)));
        }
        if let Some(where_) = &exclude.where_ {
            let text = self.expr_element(where_, ExprPlace::Other)?;
            parts.push(format!("where={text}"));
        }
        if constraint.deferrable == Some(true) {
            parts.push("deferrable='True'".to_owned());
        }
        if let Some(initially) = &constraint.initially {
            parts.push(format!("initially={}", py_str(initially)));
        }
        if !exclude.using.is_empty() {
            parts.push(format!("using={}", py_str(&exclude.using)));
        }
        parts.extend(schema.map(|schema| format!("schema={}", py_str(schema))));
        parts.extend(name);
        Ok(parts)
    }
}

fn deferral(constraint: &Constraint) -> Vec<String> {
    let mut out = Vec::new();
    if constraint.deferrable == Some(true) {
        out.push("deferrable=True".to_owned());
    }
    if let Some(initially) = &constraint.initially {
        out.push(format!("initially={}", py_str(initially)));
    }
    out
}

/// `schema.table.column` of every referred column.
fn referred(key: &ForeignKeyConstraint) -> Vec<String> {
    key.referred_columns
        .iter()
        .map(|column| format!("{}.{column}", key.referred_table))
        .collect()
}

fn foreign_key_options(constraint: &Constraint, key: &ForeignKeyConstraint) -> Vec<String> {
    let text = |name: &str, value: Option<&str>| {
        value
            .filter(|it| !it.is_empty())
            .map(|it| format!("{name}={}", py_str(it)))
    };
    [
        text("onupdate", key.onupdate.as_deref()),
        text("ondelete", key.ondelete.as_deref()),
        text("initially", constraint.initially.as_deref()),
        constraint
            .deferrable
            .filter(|it| *it)
            .map(|it| format!("deferrable={}", py_bool(it))),
        key.use_alter.then(|| "use_alter=True".to_owned()),
        text("match", key.match_.as_deref()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

//! One directive each.

use limbeck_diag::{Error, ErrorKind};
use limbeck_schema::{
    AlterColumn, Change, ConstraintName, CreateIndex, CreateTable, DropConstraint, DropIndex, Expr,
    IndexElement, Op, Statement, TableName, Text, py_bool, py_opt_str, py_str,
};

use super::{ExprPlace, Writer};

/// Python allows no more arguments than this in some versions; more are passed as `*[…]`.
const MAX_PYTHON_ARGS: usize = 255;

const UNNAMED_CONSTRAINT_WARNING: [&str; 3] = [
    "# WARNING: constraint name is None; this directive will fail as",
    "# rendered.  Add a name, or use a naming convention; see",
    "# https://alembic.sqlalchemy.org/en/latest/naming.html",
];

impl Writer<'_> {
    /// The lines of one operation; several only where comments belong to it.
    pub(super) fn op(&mut self, op: &Op) -> Result<Vec<String>, Error> {
        let text = match op {
            Op::CreateTable(op) => self.create_table(op)?,
            Op::DropTable(op) => {
                let mut parts = vec![py_str(&op.table.name.text)];
                parts.extend(schema_argument(&op.table));
                if op.if_exists {
                    parts.push("if_exists=True".to_owned());
                }
                format!("{}drop_table({})", self.op_prefix(), parts.join(", "))
            }
            Op::CreateTableComment(op) => self.table_comment(
                "create_table_comment",
                &op.table,
                Some(op.comment.as_deref()),
                op.existing_comment.as_deref(),
            ),
            Op::DropTableComment(op) => self.table_comment(
                "drop_table_comment",
                &op.table,
                None,
                op.existing_comment.as_deref(),
            ),
            Op::AddColumn(op) => {
                let mut parts = Vec::new();
                if !self.in_batch {
                    parts.push(py_str(&op.table.name.text));
                }
                parts.push(self.column(&op.column)?);
                if !self.in_batch {
                    parts.extend(schema_argument(&op.table));
                    if op.if_not_exists {
                        parts.push("if_not_exists=True".to_owned());
                    }
                }
                format!("{}add_column({})", self.op_prefix(), parts.join(", "))
            }
            Op::DropColumn(op) => {
                let mut parts = Vec::new();
                if !self.in_batch {
                    parts.push(py_str(&op.table.name.text));
                }
                parts.push(py_str(&op.column.text));
                if !self.in_batch {
                    parts.extend(schema_argument(&op.table));
                    if op.if_exists {
                        parts.push("if_exists=True".to_owned());
                    }
                }
                format!("{}drop_column({})", self.op_prefix(), parts.join(", "))
            }
            Op::AlterColumn(op) => self.alter_column(op)?,
            Op::CreateIndex(op) => self.create_index(op)?,
            Op::DropIndex(op) => self.drop_index(op)?,
            Op::AddConstraint(op) => self.add_constraint(&op.table, &op.constraint)?,
            Op::DropConstraint(op) => return Ok(self.drop_constraint(op)),
            Op::Execute(execute) => match &execute.statement {
                Statement::Text(Text { sql, binds }) if binds.is_empty() => {
                    format!("{}execute({})", self.op_prefix(), py_str(sql))
                }
                _ => {
                    return Err(Error::message(
                        ErrorKind::Compile,
                        "unwritable-op",
                        "Autogenerate rendering of SQL Expression language constructs not supported here; please use a plain SQL string",
                    ));
                }
            },
            Op::RenameTable(_)
            | Op::BulkInsert(_)
            | Op::BatchAlterTable(_)
            | Op::CreateSequence(_)
            | Op::DropSequence(_)
            | Op::CreateEnum(_)
            | Op::DropEnum(_)
            | Op::CreateSchema(_)
            | Op::DropSchema(_)
            | Op::BeginAutocommit
            | Op::EndAutocommit => {
                return Err(Error::message(
                    ErrorKind::Compile,
                    "unwritable-op",
                    format!(
                        "{} cannot be written into a generated script",
                        op.directive()
                    ),
                ));
            }
        };
        Ok(vec![text])
    }

    fn create_table(&mut self, op: &CreateTable) -> Result<String, Error> {
        let table = op.table.flattened();
        let mut args = Vec::new();
        for column in &table.columns {
            args.push(self.column(column)?);
        }
        let mut constraints = Vec::new();
        for constraint in &table.constraints {
            constraints.extend(self.inline_constraint(constraint)?);
        }
        constraints.sort();
        args.extend(constraints);
        let args = if args.len() > MAX_PYTHON_ARGS {
            format!("*[{}]", args.join(",\n"))
        } else {
            args.join(",\n")
        };
        let mut text = format!(
            "{}create_table({},\n{args}",
            self.op_prefix(),
            py_str(&table.name.name.text)
        );
        if let Some(schema) = &table.name.schema {
            text.push_str(&format!(",\nschema={}", py_str(&schema.text)));
        }
        if let Some(comment) = &table.comment {
            text.push_str(&format!(",\ncomment={}", py_str(comment)));
        }
        if let Some(info) = &table.info {
            text.push_str(&format!(",\ninfo={info}"));
        }
        let mut options: Vec<_> = table.options.iter().collect();
        options.sort_by_key(|(key, _)| *key);
        for (key, value) in options {
            let value = self.option_value(value)?;
            text.push_str(&format!(",\n{}={value}", key.replace(' ', "_")));
        }
        if !table.prefixes.is_empty() {
            let prefixes: Vec<String> = table.prefixes.iter().map(|it| format!("'{it}'")).collect();
            text.push_str(&format!(",\nprefixes=[{}]", prefixes.join(", ")));
        }
        if op.if_not_exists {
            text.push_str(",\nif_not_exists=True");
        }
        text.push_str("\n)");
        Ok(text)
    }

    fn table_comment(
        &self,
        directive: &str,
        table: &TableName,
        comment: Option<Option<&str>>,
        existing: Option<&str>,
    ) -> String {
        let mut lines = Vec::new();
        if !self.in_batch {
            lines.push(format!("    '{}'", table.name.text));
        }
        if let Some(comment) = comment {
            lines.push(format!("    {}", py_opt_str(comment)));
        }
        lines.push(format!("    existing_comment={}", py_opt_str(existing)));
        if !self.in_batch {
            let schema = match &table.schema {
                Some(schema) => format!("'{schema}'"),
                None => "None".to_owned(),
            };
            lines.push(format!("    schema={schema}"));
        }
        format!("{}{directive}(\n{}\n)", self.op_prefix(), lines.join(",\n"))
    }

    fn alter_column(&mut self, op: &AlterColumn) -> Result<String, Error> {
        let mut lines = Vec::new();
        if let Some(type_) = &op.existing_type {
            lines.push(format!("existing_type={}", self.type_text(type_)?));
        }
        match &op.server_default {
            Change::Keep => {}
            Change::Drop => lines.push("server_default=None".to_owned()),
            Change::Set(default) => {
                lines.push(format!("server_default={}", self.server_default(default)?));
            }
        }
        if let Some(name) = &op.new_name {
            lines.push(format!("new_column_name={}", py_str(&name.text)));
        }
        if let Some(type_) = &op.type_ {
            lines.push(format!("type_={}", self.type_text(type_)?));
        }
        if let Some(nullable) = op.nullable {
            lines.push(format!("nullable={}", py_bool(nullable)));
        }
        match &op.comment {
            Change::Keep => {}
            Change::Drop => lines.push("comment=None".to_owned()),
            Change::Set(comment) => lines.push(format!("comment={}", py_str(comment))),
        }
        if let Some(comment) = &op.existing_comment {
            lines.push(format!("existing_comment={}", py_str(comment)));
        }
        if let (None, Some(nullable)) = (op.nullable, op.existing_nullable) {
            lines.push(format!("existing_nullable={}", py_bool(nullable)));
        }
        if let Some(autoincrement) = op.autoincrement {
            lines.push(format!("autoincrement={}", py_bool(autoincrement)));
        }
        if let (Change::Keep, Change::Set(default)) =
            (&op.server_default, &op.existing_server_default)
        {
            let text = self.server_default(default)?;
            lines.push(format!("existing_server_default={text}"));
        }
        if let (false, Some(schema)) = (self.in_batch, &op.table.schema) {
            lines.push(format!("schema={}", py_str(&schema.text)));
        }
        let mut text = format!("{}alter_column(", self.op_prefix());
        if !self.in_batch {
            text.push_str(&format!("{}, ", py_str(&op.table.name.text)));
        }
        text.push_str(&py_str(&op.column.text));
        for line in lines {
            text.push_str(&format!(",\n           {line}"));
        }
        text.push(')');
        Ok(text)
    }

    fn create_index(&mut self, op: &CreateIndex) -> Result<String, Error> {
        let mut parts = vec![self.constraint_name(&op.index.name)];
        if !self.in_batch {
            parts.push(py_str(&op.table.name.text));
        }
        let mut elements = Vec::new();
        for element in &op.index.elements {
            elements.push(match element {
                IndexElement::Column(name) => py_str(&name.text),
                IndexElement::Expr(Expr::Column(column)) if column.table.is_some() => {
                    py_str(&column.name.text)
                }
                IndexElement::Expr(expr) => self.expr_element(expr, ExprPlace::Index)?,
            });
        }
        parts.push(format!("[{}]", elements.join(", ")));
        parts.push(format!("unique={}", py_bool(op.index.unique)));
        if !self.in_batch {
            parts.extend(schema_argument(&op.table));
        }
        parts.extend(self.options(&op.index.options)?);
        if op.if_not_exists {
            parts.push("if_not_exists=True".to_owned());
        }
        Ok(format!(
            "{}create_index({})",
            self.op_prefix(),
            parts.join(", ")
        ))
    }

    fn drop_index(&mut self, op: &DropIndex) -> Result<String, Error> {
        let mut parts = vec![self.constraint_name(&op.name)];
        if !self.in_batch {
            let table = op.table.as_ref().map(|it| it.as_str());
            parts.push(format!("table_name={}", py_opt_str(table)));
            if let Some(schema) = &op.schema {
                parts.push(format!("schema={}", py_str(&schema.text)));
            }
        }
        parts.extend(self.options(&op.options)?);
        if op.if_exists {
            parts.push("if_exists=True".to_owned());
        }
        Ok(format!(
            "{}drop_index({})",
            self.op_prefix(),
            parts.join(", ")
        ))
    }

    fn drop_constraint(&mut self, op: &DropConstraint) -> Vec<String> {
        let mut parts = vec![self.constraint_name(&op.name)];
        if !self.in_batch {
            parts.push(py_str(&op.table.name.text));
            parts.extend(schema_argument(&op.table));
        }
        if let Some(type_) = &op.type_ {
            parts.push(format!("type_={}", py_str(type_)));
        }
        if op.if_exists {
            parts.push("if_exists=True".to_owned());
        }
        let mut lines = Vec::new();
        if op.name == ConstraintName::None {
            self.warnings.push(format!(
                "Autogenerate rendered a drop_constraint() directive for an unnamed constraint on table {}; the migration will fail unless a constraint name is added to the directive.  Consider using a naming convention so that constraint names are known ahead of time.",
                py_str(&op.table.name.text)
            ));
            lines.extend(UNNAMED_CONSTRAINT_WARNING.map(str::to_owned));
        }
        lines.push(format!(
            "{}drop_constraint({})",
            self.op_prefix(),
            parts.join(", ")
        ));
        lines
    }
}

fn schema_argument(table: &TableName) -> Option<String> {
    table
        .schema
        .as_ref()
        .map(|schema| format!("schema={}", py_str(&schema.text)))
}

//! Column types in a script: `repr()` of the class, behind the module it comes from.

use limbeck_diag::Error;
use limbeck_schema::{ColumnType, TypeClass, py_str};

use super::{ExprPlace, Writer};

impl Writer<'_> {
    /// Alembic's `_repr_type`.
    pub(super) fn type_text(&mut self, type_: &ColumnType) -> Result<String, Error> {
        let mut text = self.type_without_variants(type_)?;
        let mut variants: Vec<(&String, &ColumnType)> = type_.variants.iter().collect();
        variants.sort_by_key(|(dialect, _)| *dialect);
        for (dialect, variant) in variants {
            let variant = self.type_without_variants(variant)?;
            text.push_str(&format!(".with_variant({variant}, {})", py_str(dialect)));
        }
        Ok(text)
    }

    fn type_without_variants(&mut self, type_: &ColumnType) -> Result<String, Error> {
        if let Some(custom) = &type_.custom {
            let prefix = match &self.options.user_module_prefix {
                Some(prefix) => prefix.clone(),
                None => format!("{}.", custom.module),
            };
            return Ok(format!("{prefix}{}", custom.repr()));
        }
        let Some(module) = type_.class.dialect_module() else {
            // Types inside a type are qualified only in places that Alembic knows.
            let text = if type_.class == TypeClass::Array {
                type_.repr_with(&mut |inner| self.type_text(inner))?
            } else {
                type_.to_string()
            };
            return Ok(format!("{}{text}", self.sa()));
        };
        self.imports
            .insert(format!("from sqlalchemy.dialects import {module}"));
        if module == "postgresql" && self.ddl.dialect_name() == "postgresql" {
            if type_.class == TypeClass::PgDomain {
                return self.domain(type_);
            }
            let text = type_.repr_with(&mut |inner| self.type_text(inner))?;
            return Ok(format!("{module}.{text}"));
        }
        Ok(format!("{module}.{type_}"))
    }

    /// `postgresql.DOMAIN(…)`, which Alembic writes by itself.
    fn domain(&mut self, type_: &ColumnType) -> Result<String, Error> {
        let mut args = Vec::new();
        if let Some(name) = &type_.name {
            args.push(py_str(&name.text));
        }
        if let Some(item) = &type_.item {
            args.push(self.type_text(item)?);
        }
        if let Some(collation) = &type_.collation {
            args.push(format!("collation={}", py_str(collation)));
        }
        if let Some(source) = type_.extra.get("collation_schema") {
            args.push(format!("collation_schema={source}"));
        }
        if let Some(default) = &type_.domain_default {
            let text = self.expr_element(default, ExprPlace::Other)?;
            args.push(format!("default={text}"));
        }
        if let Some(name) = &type_.domain_constraint_name {
            args.push(format!("constraint_name={}", py_str(name)));
        }
        if type_.domain_not_null == Some(true) {
            args.push("not_null=True".to_owned());
        }
        if let Some(check) = &type_.domain_check {
            let text = self.ddl.render_ddl_sql_expr(check, ExprPlace::Other)?;
            args.push(format!("check={}", py_str(&text)));
        }
        if let Some(schema) = &type_.schema {
            args.push(format!("schema={}", py_str(&schema.text)));
        }
        if type_.create_type == Some(false) {
            args.push("create_type=False".to_owned());
        }
        Ok(format!("postgresql.DOMAIN({})", args.join(", ")))
    }
}

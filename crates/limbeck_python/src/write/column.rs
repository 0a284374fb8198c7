//! Columns, server defaults and SQL expressions.

use limbeck_diag::Error;
use limbeck_schema::{
    Autoincrement, Column, ColumnType, Computed, Expr, Identity, OptionValue, ServerDefault,
    TypeClass, py_bool, py_literal, py_str,
};

use super::{ExprPlace, Writer};

impl Writer<'_> {
    /// Alembic's `_render_column`.
    pub(super) fn column(&mut self, column: &Column) -> Result<String, Error> {
        let mut parts = vec![py_str(&column.name.text)];
        let null_type = ColumnType::new(TypeClass::NullType);
        parts.push(self.type_text(column.type_.as_ref().unwrap_or(&null_type))?);
        if let Some(default) = &column.server_default {
            let text = self.server_default(default)?;
            match default {
                ServerDefault::Computed(_) | ServerDefault::Identity(_) => parts.push(text),
                ServerDefault::Text(_) | ServerDefault::Expr(_) | ServerDefault::Fetched => {
                    parts.push(format!("server_default={text}"));
                }
            }
        }
        match column.autoincrement {
            Autoincrement::Auto => {}
            Autoincrement::True => parts.push("autoincrement=True".to_owned()),
            Autoincrement::False => parts.push("autoincrement=False".to_owned()),
            Autoincrement::IgnoreFk => parts.push("autoincrement=ignore_fk".to_owned()),
        }
        parts.push(format!("nullable={}", py_bool(column.nullable)));
        if column.system {
            parts.push("system=True".to_owned());
        }
        if let Some(comment) = &column.comment {
            parts.push(format!("comment={}", py_str(comment)));
        }
        for (key, value) in &column.options {
            parts.push(format!("{key}={}", self.option_value(value)?));
        }
        Ok(format!("{}Column({})", self.sa(), parts.join(", ")))
    }

    /// Alembic's `_render_server_default`.
    pub(super) fn server_default(&mut self, default: &ServerDefault) -> Result<String, Error> {
        match default {
            ServerDefault::Text(text) => {
                // One quote at either end is dropped: reflected defaults carry theirs.
                let text = text.strip_prefix('\'').unwrap_or(text);
                let text = match text.strip_suffix('\n') {
                    // `$` of Python also matches before a last newline.
                    Some(head) if head.ends_with('\'') => {
                        format!("{}\n", head.strip_suffix('\'').unwrap_or(head))
                    }
                    _ => text.strip_suffix('\'').unwrap_or(text).to_owned(),
                };
                Ok(py_str(&text))
            }
            ServerDefault::Expr(expr) => self.expr_element(expr, ExprPlace::ServerDefault),
            ServerDefault::Computed(computed) => self.computed(computed),
            ServerDefault::Identity(identity) => Ok(self.identity(identity)),
            ServerDefault::Fetched => Ok(format!("{}FetchedValue()", self.sa())),
        }
    }

    fn computed(&mut self, computed: &Computed) -> Result<String, Error> {
        let text = self
            .ddl
            .render_ddl_sql_expr(&computed.sqltext, ExprPlace::Other)?;
        let persisted = match computed.persisted {
            Some(value) => format!("persisted={}", py_bool(value)),
            None => String::new(),
        };
        Ok(format!(
            "{}Computed({}, {persisted})",
            self.sa(),
            py_str(&text)
        ))
    }

    fn identity(&self, identity: &Identity) -> String {
        let mut parts = vec![format!("always={}", py_bool(identity.always))];
        let mut number = |name: &str, value: Option<i128>| {
            if let Some(value) = value {
                parts.push(format!("{name}={value}"));
            }
        };
        number("start", identity.start);
        number("increment", identity.increment);
        number("minvalue", identity.minvalue);
        number("maxvalue", identity.maxvalue);
        if identity.nominvalue {
            parts.push("nominvalue=True".to_owned());
        }
        if identity.nomaxvalue {
            parts.push("nomaxvalue=True".to_owned());
        }
        if let Some(cycle) = identity.cycle {
            parts.push(format!("cycle={}", py_bool(cycle)));
        }
        if let Some(cache) = identity.cache {
            parts.push(format!("cache={cache}"));
        }
        if let Some(on_null) = identity.on_null {
            parts.push(format!("oracle_on_null={}", py_bool(on_null)));
        }
        if let Some(order) = identity.order {
            parts.push(format!("oracle_order={}", py_bool(order)));
        }
        format!("{}Identity({})", self.sa(), parts.join(", "))
    }

    /// A SQL expression as an element: `sa.text('…')`, in an index `sa.literal_column('…')`.
    pub(super) fn expr_element(&mut self, expr: &Expr, place: ExprPlace) -> Result<String, Error> {
        let (inner, label) = match (expr, place) {
            (Expr::Label { expr, name }, ExprPlace::Index) => (expr.as_ref(), Some(name)),
            _ => (expr, None),
        };
        let sql = self.ddl.render_ddl_sql_expr(inner, place)?;
        let element = match place {
            ExprPlace::Index => "literal_column",
            ExprPlace::ServerDefault | ExprPlace::Other => "text",
        };
        let label = match label {
            Some(name) => format!(".label({})", py_str(&name.text)),
            None => String::new(),
        };
        Ok(format!("{}{element}({}){label}", self.sa(), py_str(&sql)))
    }

    /// Alembic's `_render_potential_expr` of the value of a dialect option.
    pub(super) fn option_value(&mut self, value: &OptionValue) -> Result<String, Error> {
        Ok(match value {
            OptionValue::Literal(value) => py_literal(value),
            OptionValue::Expr(Expr::Column(column)) if column.table.is_some() => {
                py_str(&column.name.text)
            }
            OptionValue::Expr(expr) => self.expr_element(expr, ExprPlace::Other)?,
            OptionValue::List(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| self.option_value(item))
                    .collect::<Result<_, _>>()?;
                format!("[{}]", items.join(", "))
            }
            OptionValue::Map(map) => {
                let mut items = Vec::with_capacity(map.len());
                for (key, value) in map {
                    items.push(format!("{}: {}", py_str(key), self.option_value(value)?));
                }
                format!("{{{}}}", items.join(", "))
            }
        })
    }
}

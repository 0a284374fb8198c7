//! Expressions as text: SQLAlchemy's `SQLCompiler`, one node after another.

use limbeck_diag::Result;
use limbeck_schema::{Affinity, ColumnRef, Expr, Literal, Name, TableName};

use super::affinity::{affinity, has_native_boolean};
use super::build::{build_condition, build_plain};
use super::context::{Compiler, Labelled, Place, compile_error, unsupported};
use super::element::{El, ExpandingEl, Kind, group_conditions};
use super::op::Op;
use crate::bind::Fragment;
use crate::dialect::Dialect;
use crate::literal::boolean_word;
use crate::statement::StatementMode;

impl<'a> Compiler<'a> {
    /// An expression where no operator surrounds it.
    pub(crate) fn write_expr(
        &mut self,
        expr: &'a Expr,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        self.write(&build_plain(expr), place, out)
    }

    /// Expressions, separated.
    pub(crate) fn write_exprs(
        &mut self,
        exprs: &'a [Expr],
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let items: Vec<El<'a>> = exprs.iter().map(build_plain).collect();
        self.write_list(&items, ", ", place, out)
    }

    /// Conditions joined by AND (`_generate_delimited_and_list`).
    pub(crate) fn write_conditions(
        &mut self,
        conditions: &'a [Expr],
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        // `and_` of several arguments to `where()` is one condition each.
        let items: Vec<El<'a>> = conditions.iter().map(build_condition).collect();
        match group_conditions(&Op::And, items) {
            Some(items) => self.write_list(&items, " AND ", place, out),
            None => Ok(()),
        }
    }

    pub(crate) fn write_list(
        &mut self,
        items: &[El<'a>],
        separator: &str,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let mut first = true;
        for item in items {
            let mut part = Fragment::new();
            self.write(item, place, &mut part)?;
            if part.is_empty() {
                continue;
            }
            if !first {
                out.push(separator);
            }
            first = false;
            out.append(&part);
        }
        Ok(())
    }

    /// `(a, b)` and the like.
    pub(crate) fn write_in_parentheses(
        &mut self,
        before: &str,
        items: &[El<'a>],
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        out.push(before);
        out.push("(");
        self.write_list(items, ", ", place, out)?;
        out.push(")");
        Ok(())
    }

    /// A node.
    pub(crate) fn write(&mut self, el: &El<'a>, place: Place, out: &mut Fragment) -> Result<()> {
        let inner = place.inner();
        match &el.kind {
            Kind::Text(text) => self.write_text(text, inner, out),
            Kind::LiteralColumn(sql) => {
                out.push(&self.target.double_percents(sql));
                Ok(())
            }
            Kind::Column(column) => {
                self.write_column(column, place, out);
                Ok(())
            }
            Kind::Bind(bind) => self.write_bind(bind, &el.ty, place, out),
            Kind::Expanding(expanding) => self.write_expanding(expanding, el, place, out),
            Kind::Null => {
                out.push("NULL");
                Ok(())
            }
            Kind::True => {
                out.push(boolean_word(true, self.target));
                Ok(())
            }
            Kind::False => {
                out.push(boolean_word(false, self.target));
                Ok(())
            }
            Kind::Unary { op, element } => self.write_unary(op, element, inner, out),
            Kind::Modifier { op, element } => {
                let within = Place {
                    by_label: place.by_label,
                    ..inner
                };
                self.write(element, within, out)?;
                out.push(op.text());
                Ok(())
            }
            Kind::AsBool { element, truth } => {
                let native = element.is_implicitly_boolean() || has_native_boolean(self.target);
                if native && !truth {
                    out.push("NOT ");
                }
                self.write(element, inner, out)?;
                if !native {
                    out.push(if *truth { " = 1" } else { " = 0" });
                }
                Ok(())
            }
            Kind::Binary(binary) => self.write_binary(binary, &el.ty, inner, out),
            Kind::List { op, items, .. } => self.write_operands(op, items, inner, out),
            Kind::Function(function) => self.write_function(function, &el.ty, inner, out),
            Kind::Over {
                func,
                partition_by,
                order_by,
                frame,
            } => {
                self.write(func, inner, out)?;
                out.push(" OVER (");
                let mut blank = "";
                for (word, items) in [("PARTITION BY ", partition_by), ("ORDER BY ", order_by)] {
                    if items.is_empty() {
                        continue;
                    }
                    out.push(blank);
                    out.push(word);
                    self.write_list(items, ", ", inner, out)?;
                    blank = " ";
                }
                if let Some(frame) = frame {
                    out.push(blank);
                    out.push(frame);
                }
                out.push(")");
                Ok(())
            }
            Kind::Filter { func, criterion } => {
                self.write(func, inner, out)?;
                out.push(" FILTER (WHERE ");
                self.write(criterion, inner, out)?;
                out.push(")");
                Ok(())
            }
            Kind::WithinGroup { func, order_by } => {
                self.write(func, inner, out)?;
                out.push(" WITHIN GROUP (ORDER BY ");
                self.write_list(order_by, ", ", inner, out)?;
                out.push(")");
                Ok(())
            }
            Kind::Cast { element, to, try_ } => self.write_cast(element, to, *try_, inner, out),
            Kind::Coerce(element) => self.write(element, inner, out),
            Kind::Case {
                value,
                whens,
                else_,
            } => {
                out.push("CASE ");
                if let Some(value) = value {
                    self.write(value, inner, out)?;
                    out.push(" ");
                }
                for (condition, result) in whens {
                    out.push("WHEN ");
                    self.write(condition, inner, out)?;
                    out.push(" THEN ");
                    self.write(result, inner, out)?;
                    out.push(" ");
                }
                if let Some(else_) = else_ {
                    out.push("ELSE ");
                    self.write(else_, inner, out)?;
                    out.push(" ");
                }
                out.push("END");
                Ok(())
            }
            Kind::Extract { field, element } => self.write_extract(field, element, inner, out),
            Kind::Collation(name) => {
                match self.target.dialect {
                    Dialect::MsSql => out.push(name),
                    _ => out.push(&self.target.quote_text(name)),
                }
                Ok(())
            }
            Kind::Tuple(items) => self.write_in_parentheses("", items, inner, out),
            Kind::Array(items) => {
                if self.target.dialect != Dialect::Postgres {
                    return Err(unsupported("array"));
                }
                out.push("ARRAY[");
                self.write_list(items, ", ", inner, out)?;
                out.push("]");
                if items.is_empty()
                    && let Some(type_) = el.ty.as_deref()
                    && type_.item.is_some()
                {
                    out.push("::");
                    out.push(&crate::types::render_type(type_, self.target)?);
                }
                Ok(())
            }
            Kind::Select(select) => {
                out.push("(");
                self.write_subquery(select, out)?;
                out.push(")");
                Ok(())
            }
            Kind::Label { element, name } => {
                if place.in_columns {
                    self.write(element, inner, out)?;
                    out.push(" AS ");
                    out.push(&self.target.quote(name));
                    return Ok(());
                }
                if place.by_label && self.is_own_label(name) {
                    out.push(&self.target.quote(name));
                    return Ok(());
                }
                self.write(element, inner, out)
            }
            Kind::Grouping(element) => {
                out.push("(");
                self.write(element, inner, out)?;
                out.push(")");
                Ok(())
            }
            Kind::NextValue(name) => self.write_next_value(name, out),
            Kind::Star(table) => {
                if let Some(table) = table {
                    out.push(&self.target.format_table(table));
                    out.push(".");
                }
                out.push("*");
                Ok(())
            }
            Kind::JsonKey { stem, value } => self.write_json_key(stem, value, inner, out),
            Kind::LabelReference(name) => self.write_label_reference(name, place, out),
            Kind::Raw(text) => {
                out.push(&self.target.double_percents(text));
                Ok(())
            }
            Kind::Lowered(element) => {
                if self.target.dialect == Dialect::Postgres {
                    return self.write(element, inner, out);
                }
                out.push("lower(");
                self.write(element, inner, out)?;
                out.push(")");
                Ok(())
            }
        }
    }

    pub(crate) fn write_column(&self, column: &ColumnRef, place: Place, out: &mut Fragment) {
        if let (Some(alias), Some(table)) = (place.inserted, &column.table)
            && matches!(table.name.text.as_str(), "excluded" | "inserted" | "new")
        {
            let name = self.target.quote(&column.name);
            out.push(&match alias {
                "" => format!("VALUES({name})"),
                alias => format!("{alias}.{name}"),
            });
            return;
        }
        if place.include_table
            && let Some(table) = &column.table
        {
            let table = if place.use_schema {
                self.target.format_table(table)
            } else {
                self.target.quote(&table.name)
            };
            out.push(&table);
            out.push(".");
        }
        out.push(&self.target.quote(&column.name));
    }

    fn write_unary(
        &mut self,
        op: &Op,
        element: &El<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        if *op == Op::BitNot && self.target.dialect == Dialect::Oracle {
            return Err(compile_error("Cannot compile bitwise_not in oracle"));
        }
        out.push(op.text());
        self.write(element, place, out)
    }

    fn is_own_label(&self, name: &Name) -> bool {
        // Oracle takes no label in ORDER BY that is part of an expression, so SQLAlchemy gives it none.
        self.target.dialect != Dialect::Oracle
            && self.stack.last().is_some_and(|frame| {
                frame
                    .labels
                    .iter()
                    .any(|(text, label)| *text == name.text && matches!(label, Labelled::Label(..)))
            })
    }

    fn write_label_reference(
        &mut self,
        name: &'a str,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let Some(frame) = self.stack.last() else {
            out.push(&self.target.double_percents(name));
            return Ok(());
        };
        let found = frame
            .labels
            .iter()
            .find(|(text, _)| text == name)
            .map(|(_, label)| label.clone());
        match found {
            Some(Labelled::Label(name)) => {
                out.push(&self.target.quote(name));
                Ok(())
            }
            Some(Labelled::Column(column)) => {
                self.write_column(column, place, out);
                Ok(())
            }
            Some(Labelled::Of(table, column)) => {
                if place.include_table {
                    out.push(&table);
                    out.push(".");
                }
                out.push(&self.target.quote(column));
                Ok(())
            }
            None => Err(compile_error(format!(
                "Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression {} should be explicitly declared as text({})",
                limbeck_schema::py_str(name),
                limbeck_schema::py_str(name),
            ))),
        }
    }

    fn write_extract(
        &mut self,
        field: &str,
        element: &El<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        match self.target.dialect {
            Dialect::Sqlite => {
                let format = match field {
                    "month" => "%m",
                    "day" => "%d",
                    "year" => "%Y",
                    "second" => "%S",
                    "hour" => "%H",
                    "doy" => "%j",
                    "minute" => "%M",
                    "epoch" => "%s",
                    "dow" => "%w",
                    "week" => "%W",
                    _ => {
                        return Err(compile_error(format!(
                            "{field} is not a valid extract argument."
                        )));
                    }
                };
                out.push(&format!("CAST(STRFTIME('{format}', "));
                self.write(element, place, out)?;
                out.push(") AS INTEGER)");
            }
            Dialect::MsSql => {
                let field = match field {
                    "doy" => "dayofyear",
                    "dow" => "weekday",
                    "milliseconds" => "millisecond",
                    "microseconds" => "microsecond",
                    field => field,
                };
                out.push(&format!("DATEPART({field}, "));
                self.write(element, place, out)?;
                out.push(")");
            }
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Oracle => {
                let field = match field {
                    "milliseconds" if self.target.dialect.is_mysql_family() => "millisecond",
                    field => field,
                };
                out.push(&format!("EXTRACT({field} FROM "));
                self.write(element, place, out)?;
                out.push(")");
            }
        }
        Ok(())
    }

    fn write_next_value(&mut self, name: &TableName, out: &mut Fragment) -> Result<()> {
        let formatted = self.target.format_table(name);
        match self.target.dialect {
            Dialect::Postgres => {
                out.push(&format!("nextval('{}')", formatted.replace('\'', "''")));
            }
            Dialect::MySql | Dialect::MariaDb => out.push(&format!("nextval({formatted})")),
            Dialect::MsSql => out.push(&format!("NEXT VALUE FOR {formatted}")),
            Dialect::Oracle => out.push(&format!("{formatted}.nextval")),
            Dialect::Sqlite => {
                return Err(compile_error(
                    "Dialect 'sqlite' does not support sequence increments.",
                ));
            }
        }
        Ok(())
    }

    /// The members of `IN`.
    fn write_expanding(
        &mut self,
        expanding: &ExpandingEl,
        el: &El<'a>,
        place: Place,
        out: &mut Fragment,
    ) -> Result<()> {
        let given = match &expanding.key {
            super::element::BindKey::Fixed(name) => self.given.get(name).map(|value| match value {
                Literal::Array(items) => items.clone(),
                other => vec![other.clone()],
            }),
            super::element::BindKey::Anonymous(_) => None,
        };
        let values = given.or_else(|| expanding.values.clone());
        out.push("(");
        match self.mode {
            StatementMode::Placeholders => {
                let name = self.name_of(&expanding.key);
                out.push(&format!("__[POSTCOMPILE_{name}]"));
            }
            StatementMode::LiteralBinds | StatementMode::Online => {
                let literal = self.mode == StatementMode::LiteralBinds
                    || expanding.literal_execute
                    || place.literal_execute;
                let name = self.name_of(&expanding.key);
                match values {
                    None if literal && self.target.compat == crate::Compat::Alembic => {
                        out.push("NULL");
                    }
                    None => return Err(super::context::missing_value(&name)),
                    Some(values) if values.is_empty() => {
                        let parts = expanding.tuple.as_ref().map_or(1, Vec::len);
                        out.push(&self.empty_set(parts, expanding.negated));
                    }
                    Some(values) => {
                        let has_rows = expanding.tuple.is_some()
                            || (affinity(el.ty.as_deref()) == Affinity::Null
                                && values
                                    .iter()
                                    .any(|value| matches!(value, Literal::Array(_))));
                        if has_rows && self.target.dialect == Dialect::Sqlite {
                            out.push("VALUES ");
                        }
                        for (idx, value) in values.iter().enumerate() {
                            if idx > 0 {
                                out.push(", ");
                            }
                            let name = format!("{name}_{}", idx + 1);
                            match value {
                                Literal::Array(parts) if has_rows => {
                                    out.push("(");
                                    for (nth, part) in parts.iter().enumerate() {
                                        if nth > 0 {
                                            out.push(", ");
                                        }
                                        let ty = expanding
                                            .tuple
                                            .as_ref()
                                            .and_then(|types| types.get(nth).cloned())
                                            .flatten();
                                        let name = format!("{name}_{}", nth + 1);
                                        self.write_member(name, part, &ty, literal, out)?;
                                    }
                                    out.push(")");
                                }
                                value => self.write_member(name, value, &el.ty, literal, out)?,
                            }
                        }
                    }
                }
            }
        }
        out.push(")");
        Ok(())
    }

    fn write_member(
        &mut self,
        name: String,
        value: &Literal,
        ty: &super::element::Ty,
        literal: bool,
        out: &mut Fragment,
    ) -> Result<()> {
        if literal {
            let text = self.literal(value, ty)?;
            out.push(&text);
            return Ok(());
        }
        self.push_param(name, Some(value.clone()), ty, out)
    }

    /// A set that nothing is in (`visit_empty_set_op_expr`).
    fn empty_set(&self, parts: usize, negated: bool) -> String {
        let repeat = |text: &str| vec![text; parts].join(", ");
        if self.target.dialect == Dialect::Sqlite {
            let ones = repeat("1");
            return format!("SELECT {ones} FROM (SELECT {ones}) WHERE 1!=1");
        }
        let nulls = repeat("NULL");
        let nulls = if parts > 1 {
            format!("({nulls})")
        } else {
            nulls
        };
        if negated {
            format!("{nulls}) OR (1 = 1")
        } else {
            format!("{nulls}) AND (1 != 1")
        }
    }
}

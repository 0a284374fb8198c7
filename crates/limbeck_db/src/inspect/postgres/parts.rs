//! Columns, constraints and indexes from rows of the catalogue.

use indexmap::IndexMap;
use limbeck_schema::{
    Autoincrement, CheckConstraint, Column, ColumnRef, Computed, Constraint, ConstraintBody,
    DialectOptions, Expr, ForeignKeyConstraint, Identity, Index, IndexElement, Literal, Name,
    OptionValue, ServerDefault, Table, TypeClass, UnaryOp, UniqueConstraint,
};
use serde_json::Value;

use super::types::{self, NamedTypes};
use super::{json, strings};
use crate::inspect::text::{find, group, pattern, strip_outer_parens};
use crate::inspect::{
    field, final_name, names, optional, primary_key, table_name, text_default, text_expr,
};

type Row = [Option<String>];

pub(super) fn read_column(
    row: &Row,
    schema: Option<&str>,
    named: &NamedTypes,
    warnings: &mut Vec<String>,
) -> Column {
    let name = field(row, 1);
    let type_ = types::resolve(
        optional(row, 2),
        optional(row, 8),
        named,
        &format!("column '{name}'"),
        warnings,
    );
    let mut default = optional(row, 3).map(str::to_owned);
    let mut column = Column::new(name, None);
    column.nullable = field(row, 4) != "t";
    column.nullable_given = true;
    column.comment = optional(row, 5).map(str::to_owned);
    if type_.class == TypeClass::PgDomain {
        // A column can override its domain's default, but not take it away.
        if default.is_none() {
            default = match type_.domain_default.as_deref() {
                Some(Expr::Text(text)) => Some(text.sql.clone()),
                _ => None,
            };
        }
        column.nullable = column.nullable && type_.domain_not_null != Some(true);
    }
    let is_integer = matches!(
        type_.class,
        TypeClass::SqlInteger | TypeClass::SqlBigint | TypeClass::SqlSmallint
    );
    column.type_ = Some(type_);
    column.autoincrement = Autoincrement::False;
    if !field(row, 6).is_empty() {
        column.server_default = Some(ServerDefault::Computed(Computed {
            sqltext: text_expr(default.unwrap_or_default()),
            persisted: Some(field(row, 6) == "s"),
        }));
        return column;
    }
    if let Some(identity) = read_identity(&json(optional(row, 7))) {
        column.autoincrement = Autoincrement::True;
        column.server_default = Some(ServerDefault::Identity(identity));
        return column;
    }
    if let Some(sql) = &default
        && let Some(it) = find(&pattern(r"(nextval\(')([^']+)('.*$)"), sql)
    {
        if is_integer {
            column.autoincrement = Autoincrement::True;
        }
        let sequence = group(&it, 2).unwrap_or_default();
        if let Some(schema) = schema.filter(|_| !sequence.contains('.')) {
            default = Some(format!(
                "{}\"{schema}\".{sequence}{}",
                group(&it, 1).unwrap_or_default(),
                group(&it, 3).unwrap_or_default()
            ));
        }
    }
    column.server_default = default.map(text_default);
    column
}

fn read_identity(options: &Value) -> Option<Identity> {
    let options = options.as_object()?;
    let number = |key: &str| options.get(key)?.as_i64().map(i128::from);
    Some(Identity {
        always: options.get("always")?.as_bool()?,
        start: number("start"),
        increment: number("increment"),
        minvalue: number("minvalue"),
        maxvalue: number("maxvalue"),
        cache: number("cache"),
        cycle: options.get("cycle").and_then(Value::as_bool),
        ..Identity::default()
    })
}

/// Key columns, and the options of the constraint.
fn key_parts(row: &Row, has_include: bool) -> (Vec<Name>, DialectOptions) {
    let mut columns = strings(optional(row, 6));
    let count = field(row, 3).parse().unwrap_or(columns.len());
    let included = columns.split_off(count.min(columns.len()));
    let mut options = DialectOptions::new();
    if has_include {
        options.insert("postgresql_include".to_owned(), list(included));
    }
    (names(columns), options)
}

fn list(items: Vec<String>) -> OptionValue {
    let items = items.into_iter().map(|it| literal(&it));
    OptionValue::List(items.collect())
}

fn literal(text: &str) -> OptionValue {
    OptionValue::Literal(Literal::str(text))
}

pub(super) fn add_primary_key(table: &mut Table, row: &Row, has_include: bool) {
    let (columns, options) = key_parts(row, has_include);
    for column in &mut table.columns {
        column.primary_key = columns.contains(&column.name);
    }
    table.constraints.push(Constraint {
        comment: optional(row, 5).map(str::to_owned),
        options,
        ..primary_key(optional(row, 1), columns)
    });
}

pub(super) fn read_unique(row: &Row, has_include: bool) -> Constraint {
    let (columns, mut options) = key_parts(row, has_include);
    let nulls = OptionValue::Literal(Literal::Bool(field(row, 4) == "t"));
    options.insert("postgresql_nulls_not_distinct".to_owned(), nulls);
    Constraint {
        comment: optional(row, 5).map(str::to_owned),
        options,
        ..Constraint::new(
            final_name(optional(row, 1)),
            ConstraintBody::Unique(UniqueConstraint { columns }),
        )
    }
}

/// A foreign key from its definition, as SQLAlchemy reads it; `None` with a warning if it cannot be read.
pub(super) fn read_foreign_key(
    row: &Row,
    schema: Option<&str>,
    warnings: &mut Vec<String>,
) -> Option<Constraint> {
    const TOKEN: &str = r#"(?:"(?:[^"]|"")+"|[\w]+?)"#;
    const ACTION: &str = concat!(
        r"[\s]?(?:ON (UPDATE|DELETE) ",
        r"(CASCADE|RESTRICT|NO ACTION|SET (?:NULL|DEFAULT)(?:\s\(.+\))?)+)?",
    );
    let clause = pattern(&format!(
        "{}{ACTION}{ACTION}{}",
        format_args!(
            r"FOREIGN KEY \((.*?)(?:, PERIOD ({TOKEN}))?\) REFERENCES (?:({TOKEN})\.)?({TOKEN})\(((?:{TOKEN}(?: *, *)?)+)(?:, PERIOD ({TOKEN}))?\)[\s]?(MATCH (FULL|PARTIAL|SIMPLE)+)?"
        ),
        r"[\s]?(DEFERRABLE|NOT DEFERRABLE)?[\s]?(INITIALLY (DEFERRED|IMMEDIATE)+)?",
    ));
    let definition = field(row, 3);
    let Some(it) = find(&clause, definition) else {
        warnings.push(format!(
            "Could not parse FOREIGN KEY constraint text: '{definition}'"
        ));
        return None;
    };
    let text = |at: usize| group(&it, at);
    let columns = |list: usize, period: usize| {
        let listed = text(list).unwrap_or_default().split(',').map(str::trim);
        names(listed.chain(text(period)).map(unquote))
    };
    let action = |kind: &str| {
        let written = [(9, 10), (11, 12)]
            .into_iter()
            .find(|(key, _)| text(*key) == Some(kind))
            .and_then(|(_, value)| text(value));
        written.filter(|it| *it != "NO ACTION").map(str::to_owned)
    };
    let real_schema = optional(row, 4);
    let referred_schema = match text(3) {
        Some(written) => Some(unquote(written)),
        None => schema
            .filter(|schema| real_schema == Some(*schema))
            .map(str::to_owned),
    };
    let body = ForeignKeyConstraint {
        columns: columns(1, 2),
        referred_table: table_name(
            referred_schema.as_deref(),
            &unquote(text(4).unwrap_or_default()),
        ),
        referred_columns: columns(5, 6),
        onupdate: action("UPDATE"),
        ondelete: action("DELETE"),
        match_: text(8).map(str::to_owned),
        use_alter: false,
    };
    Some(Constraint {
        deferrable: text(13).map(|it| it == "DEFERRABLE"),
        initially: text(15).map(str::to_owned),
        comment: optional(row, 5).map(str::to_owned),
        ..Constraint::new(
            final_name(optional(row, 1)),
            ConstraintBody::ForeignKey(body),
        )
    })
}

fn unquote(name: &str) -> String {
    name.strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
        .map_or_else(|| name.to_owned(), |name| name.replace("\"\"", "\""))
}

pub(super) fn read_check(row: &Row, warnings: &mut Vec<String>) -> Constraint {
    let definition = field(row, 3);
    let shape = pattern(r"(?s)^CHECK *\((.+)\)( NO INHERIT)?( NOT VALID)?$");
    let mut options = DialectOptions::new();
    let sql = match find(&shape, definition) {
        Some(it) => {
            for (at, key) in [(3, "postgresql_not_valid"), (2, "postgresql_no_inherit")] {
                if group(&it, at).is_some() {
                    let value = OptionValue::Literal(Literal::Bool(true));
                    options.insert(key.to_owned(), value);
                }
            }
            strip_outer_parens(group(&it, 1).unwrap_or_default()).to_owned()
        }
        None => {
            warnings.push(format!(
                "Could not parse CHECK constraint text: '{definition}'"
            ));
            String::new()
        }
    };
    let body = CheckConstraint {
        sqltext: text_expr(sql),
        type_bound: None,
    };
    Constraint {
        comment: optional(row, 5).map(str::to_owned),
        options,
        ..Constraint::new(final_name(optional(row, 1)), ConstraintBody::Check(body))
    }
}

/// One element as the catalogue has it.
struct Element {
    text: String,
    is_expr: bool,
    opclass: String,
    is_default_opclass: bool,
}

pub(super) fn read_index(row: &Row, has_include: bool) -> Index {
    let parts = json(optional(row, 10));
    let mut elements: Vec<Element> = parts
        .as_array()
        .into_iter()
        .flatten()
        .map(|part| {
            let text = |at: usize| part.get(at).and_then(Value::as_str).unwrap_or_default();
            let flag = |at: usize| part.get(at).and_then(Value::as_bool).unwrap_or_default();
            Element {
                text: text(0).to_owned(),
                is_expr: flag(1),
                opclass: text(2).to_owned(),
                is_default_opclass: flag(3),
            }
        })
        .collect();
    let count = field(row, 8).parse().unwrap_or(elements.len());
    let included = elements.split_off(count.min(elements.len()));
    let mut options = DialectOptions::new();
    let special = elements.iter().filter(|it| !it.is_default_opclass);
    let ops: IndexMap<String, OptionValue> = special
        .map(|it| (it.text.clone(), literal(&it.opclass)))
        .collect();
    if !ops.is_empty() {
        options.insert("postgresql_ops".to_owned(), OptionValue::Map(ops));
    }
    let with: IndexMap<String, OptionValue> = strings(optional(row, 5))
        .iter()
        .filter_map(|option| option.split_once('='))
        .map(|(key, value)| (key.to_owned(), literal(value)))
        .collect();
    if !with.is_empty() {
        options.insert("postgresql_with".to_owned(), OptionValue::Map(with));
    }
    if field(row, 6) != "btree" {
        options.insert("postgresql_using".to_owned(), literal(field(row, 6)));
    }
    if let Some(condition) = optional(row, 7) {
        // A plain string, as reflection has it.
        options.insert("postgresql_where".to_owned(), literal(condition));
    }
    if has_include {
        let included = included.into_iter().map(|it| it.text).collect();
        options.insert("postgresql_include".to_owned(), list(included));
    }
    if field(row, 9) == "t" {
        let value = OptionValue::Literal(Literal::Bool(true));
        options.insert("postgresql_nulls_not_distinct".to_owned(), value);
    }
    let flags: Vec<u8> = field(row, 4)
        .split_whitespace()
        .filter_map(|it| it.parse().ok())
        .collect();
    let elements = elements
        .into_iter()
        .enumerate()
        .map(|(at, it)| index_element(it, flags.get(at).copied().unwrap_or_default()))
        .collect();
    Index {
        name: final_name(optional(row, 1)),
        elements,
        unique: field(row, 2) == "t",
        column_flag: false,
        options,
    }
}

/// An element with its direction, where that is not the default. Of an expression SQLAlchemy does not tell it.
fn index_element(element: Element, flags: u8) -> IndexElement {
    if element.is_expr {
        return IndexElement::Expr(text_expr(element.text));
    }
    let name = Name::new(element.text);
    let wraps: &[UnaryOp] = match (flags & 1 != 0, flags & 2 != 0) {
        (true, true) => &[UnaryOp::Desc],
        (true, false) => &[UnaryOp::Desc, UnaryOp::NullsLast],
        (false, true) => &[UnaryOp::NullsFirst],
        (false, false) => return IndexElement::Column(name),
    };
    let column = Expr::Column(ColumnRef {
        table: None,
        name,
        type_: None,
    });
    IndexElement::Expr(wraps.iter().fold(column, |inner, op| Expr::Unary {
        op: *op,
        operand: Box::new(inner),
    }))
}

//! Reads what the dump program printed.

use limbeck_diag::{Error, ErrorKind, Result};
use limbeck_schema::{
    Autoincrement, CheckConstraint, Column, Computed, Constraint, ConstraintBody, ConstraintName,
    DialectOptions, ExcludeConstraint, ExcludeElement, Expr, ForeignKeyConstraint, Identity, Index,
    IndexElement, Literal, Name, NamingConvention, OptionValue, PrimaryKeyConstraint, Schema,
    Sequence, ServerDefault, Table, TableName, UniqueConstraint,
};
use serde_json::Value;

use super::dump_type::parse_type;

pub(super) fn bad(what: impl AsRef<str>) -> Error {
    Error::message(
        ErrorKind::Python,
        "models-dump",
        format!(
            "What Python printed of the models cannot be read: {}",
            what.as_ref()
        ),
    )
}

pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

pub(super) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

pub(super) fn number(value: &Value, key: &str) -> Option<i128> {
    match value.get(key)? {
        Value::Number(number) => number.to_string().parse().ok(),
        _ => None,
    }
}

/// A name, and whether it is final.
pub(super) fn name(value: Option<&Value>) -> Option<(Name, bool)> {
    let value = value?;
    let name = Name {
        text: text(value, "text")?,
        quote: value.get("quote").and_then(Value::as_bool),
    };
    Some((name, flag(value, "final")))
}

fn plain_name(value: Option<&Value>) -> Result<Name> {
    name(value)
        .map(|(name, _)| name)
        .ok_or_else(|| bad("a name is missing"))
}

fn names(value: Option<&Value>) -> Result<Vec<Name>> {
    items(value).map(|it| plain_name(Some(it))).collect()
}

fn constraint_name(value: &Value) -> ConstraintName {
    match name(value.get("name")) {
        None => ConstraintName::None,
        Some((name, true)) => ConstraintName::Final(name),
        Some((name, false)) => ConstraintName::Given(name),
    }
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// The tables of each `MetaData`: the last line that the dump program printed.
///
/// # Errors
/// Text that is not such a dump, or a type that is not known.
pub fn parse_dump(output: &str) -> Result<Vec<Schema>> {
    parse_metadatas(&parse_line(output)?)
}

/// The tables of each `MetaData` of each run of env.py.
///
/// # Errors
/// As [`parse_dump`].
pub fn parse_env_dump(output: &str) -> Result<Vec<Vec<Schema>>> {
    items(Some(&parse_line(output)?))
        .map(parse_metadatas)
        .collect()
}

fn parse_line(output: &str) -> Result<Value> {
    let line = output.lines().rev().find(|it| !it.trim().is_empty());
    serde_json::from_str(line.unwrap_or_default()).map_err(|error| bad(error.to_string()))
}

fn parse_metadatas(value: &Value) -> Result<Vec<Schema>> {
    let mut out = Vec::new();
    for metadata in items(Some(value)) {
        let mut schema = Schema {
            // Names are made already.
            naming_convention: NamingConvention {
                templates: indexmap::IndexMap::new(),
            },
            ..Schema::default()
        };
        for table in items(metadata.get("tables")) {
            schema.tables.push(parse_table(table)?);
        }
        out.push(schema);
    }
    Ok(out)
}

fn table_name(value: &Value, key: &str) -> Result<TableName> {
    Ok(TableName::in_schema(
        name(value.get("schema")).map(|(name, _)| name),
        plain_name(value.get(key))?,
    ))
}

fn parse_table(value: &Value) -> Result<Table> {
    let mut table = Table::new(table_name(value, "name")?);
    for column in items(value.get("columns")) {
        table.columns.push(parse_column(column)?);
    }
    for constraint in items(value.get("constraints")) {
        let parsed = parse_constraint(constraint)?;
        let empty_key =
            matches!(&parsed.body, ConstraintBody::PrimaryKey(key) if key.columns.is_empty());
        if !empty_key {
            table.constraints.push(parsed);
        }
    }
    for index in items(value.get("indexes")) {
        table.indexes.push(Index {
            name: constraint_name(index),
            elements: items(index.get("elements"))
                .map(|element| {
                    Ok(match parse_expr(element)? {
                        Expr::Column(column) => IndexElement::Column(column.name),
                        expr => IndexElement::Expr(expr),
                    })
                })
                .collect::<Result<_>>()?,
            unique: flag(index, "unique"),
            column_flag: flag(index, "column_flag"),
            options: options(index.get("options"))?,
        });
    }
    table.comment = text(value, "comment");
    table.info = text(value, "info");
    table.prefixes = items(value.get("prefixes"))
        .filter_map(|it| it.as_str().map(str::to_owned))
        .collect();
    table.options = options(value.get("options"))?;
    Ok(table)
}

fn parse_expr(value: &Value) -> Result<Expr> {
    if let Some(sql) = text(value, "text") {
        return Ok(Expr::text(sql));
    }
    if let Some(sql) = text(value, "sql") {
        return Ok(Expr::LiteralColumn { sql, type_: None });
    }
    Ok(Expr::column(plain_name(value.get("column"))?))
}

fn parse_identity(value: &Value) -> Identity {
    Identity {
        always: flag(value, "always"),
        on_null: value.get("on_null").and_then(Value::as_bool),
        start: number(value, "start"),
        increment: number(value, "increment"),
        minvalue: number(value, "minvalue"),
        maxvalue: number(value, "maxvalue"),
        nominvalue: flag(value, "nominvalue"),
        nomaxvalue: flag(value, "nomaxvalue"),
        cycle: value.get("cycle").and_then(Value::as_bool),
        cache: number(value, "cache"),
        order: value.get("order").and_then(Value::as_bool),
    }
}

fn parse_default(value: Option<&Value>) -> Result<Option<ServerDefault>> {
    let Some(value) = value.filter(|it| !it.is_null()) else {
        return Ok(None);
    };
    Ok(Some(if let Some(text) = text(value, "string") {
        ServerDefault::Text(text)
    } else if let Some(expr) = value.get("expr") {
        ServerDefault::Expr(parse_expr(expr)?)
    } else if let Some(expr) = value.get("computed") {
        ServerDefault::Computed(Computed {
            sqltext: parse_expr(expr)?,
            persisted: value.get("persisted").and_then(Value::as_bool),
        })
    } else if let Some(identity) = value.get("identity") {
        ServerDefault::Identity(parse_identity(identity))
    } else {
        ServerDefault::Fetched
    }))
}

fn parse_column(value: &Value) -> Result<Column> {
    let type_ = value
        .get("type")
        .map(parse_type)
        .transpose()?
        .ok_or_else(|| bad("a column without a type"))?;
    let mut column = Column::new(plain_name(value.get("name"))?, Some(type_));
    column.nullable = flag(value, "nullable");
    column.nullable_given = flag(value, "nullable_given");
    column.primary_key = flag(value, "primary_key");
    column.server_default = parse_default(value.get("default"))?;
    column.has_python_default = flag(value, "python_default");
    column.sequence = name(value.get("sequence")).map(|(name, _)| Sequence {
        name: TableName::new(name),
        options: Identity::default(),
        data_type: None,
        optional: false,
    });
    column.autoincrement = match value.get("autoincrement") {
        Some(Value::Bool(true)) => Autoincrement::True,
        Some(Value::Bool(false)) => Autoincrement::False,
        Some(Value::String(word)) if word == "ignore_fk" => Autoincrement::IgnoreFk,
        _ => Autoincrement::Auto,
    };
    column.comment = text(value, "comment");
    column.system = flag(value, "system");
    column.options = options(value.get("options"))?;
    Ok(column)
}

fn parse_constraint(value: &Value) -> Result<Constraint> {
    let body = if value.get("primary").is_some() {
        ConstraintBody::PrimaryKey(PrimaryKeyConstraint {
            columns: names(value.get("primary"))?,
        })
    } else if value.get("unique").is_some() {
        ConstraintBody::Unique(UniqueConstraint {
            columns: names(value.get("unique"))?,
        })
    } else if let Some(key) = value.get("foreign") {
        ConstraintBody::ForeignKey(ForeignKeyConstraint {
            columns: names(key.get("columns"))?,
            referred_table: table_name(key, "table")?,
            referred_columns: names(key.get("referred"))?,
            onupdate: text(key, "onupdate"),
            ondelete: text(key, "ondelete"),
            match_: text(key, "match"),
            use_alter: flag(key, "use_alter"),
        })
    } else if value.get("exclude").is_some() {
        let mut elements = Vec::new();
        for element in items(value.get("exclude")) {
            let part = |at: usize| element.get(at).and_then(Value::as_str).unwrap_or_default();
            elements.push(ExcludeElement {
                expr: Expr::LiteralColumn {
                    sql: part(0).to_owned(),
                    type_: None,
                },
                operator: part(2).to_owned(),
                opclass: None,
            });
        }
        ConstraintBody::Exclude(ExcludeConstraint {
            elements,
            using: text(value, "using").unwrap_or_default(),
            where_: value
                .get("where")
                .filter(|it| !it.is_null())
                .map(parse_expr)
                .transpose()?,
        })
    } else if let Some(check) = value.get("check") {
        ConstraintBody::Check(CheckConstraint {
            sqltext: parse_expr(check)?,
            type_bound: flag(value, "type_bound").then(|| Name::new("")),
        })
    } else {
        return Err(bad("a constraint of no known kind"));
    };
    let mut constraint = Constraint::new(constraint_name(value), body);
    constraint.deferrable = value.get("deferrable").and_then(Value::as_bool);
    constraint.initially = text(value, "initially");
    constraint.comment = text(value, "comment");
    constraint.options = options(value.get("options"))?;
    Ok(constraint)
}

fn options(value: Option<&Value>) -> Result<DialectOptions> {
    let mut out = DialectOptions::new();
    if let Some(Value::Object(pairs)) = value {
        for (key, value) in pairs {
            out.insert(key.clone(), option(value)?);
        }
    }
    Ok(out)
}

fn option(value: &Value) -> Result<OptionValue> {
    Ok(match value {
        Value::Null => OptionValue::Literal(Literal::Null),
        Value::Bool(flag) => OptionValue::Literal(Literal::Bool(*flag)),
        Value::Number(number) => match number.to_string().parse::<i64>() {
            Ok(number) => OptionValue::Literal(Literal::int(number)),
            Err(_) => OptionValue::Literal(Literal::Float(number.as_f64().unwrap_or_default())),
        },
        Value::String(text) => OptionValue::Literal(Literal::str(text.as_str())),
        Value::Array(items) => OptionValue::List(items.iter().map(option).collect::<Result<_>>()?),
        Value::Object(_) => match (value.get("expr"), value.get("map")) {
            (Some(expr), _) => OptionValue::Expr(parse_expr(expr)?),
            (None, Some(Value::Object(pairs))) => OptionValue::Map(
                pairs
                    .iter()
                    .map(|(key, value)| Ok((key.clone(), option(value)?)))
                    .collect::<Result<_>>()?,
            ),
            _ => return Err(bad("an option of no known kind")),
        },
    })
}

//! MySQL and MariaDB: `SHOW CREATE TABLE` says everything, and is taken apart as SQLAlchemy does.

mod parse;
mod types;

use limbeck_diag::Result;
use limbeck_schema::{
    Autoincrement, CheckConstraint, Column, Computed, Constraint, ConstraintBody, DialectOptions,
    ForeignKeyConstraint, Index, IndexElement, Literal, Name, OptionValue, ServerDefault, Table,
};

use super::{
    Detail, Inspection, Scope, TableSource, field, final_name, names, primary_key, table_name,
    text_default, text_expr, text_rows,
};
use crate::connection::{Connection, Server};
use crate::mysql::quote;
use parse::{ParsedColumn, ParsedForeignKey, ParsedKey, ParsedTable, Parser};

pub(super) fn inspect(connection: &mut dyn Connection, scope: &Scope) -> Result<Inspection> {
    let dialect = scope
        .dialect_name
        .clone()
        .unwrap_or_else(|| connection.server().name().to_owned());
    let mut names_query =
        String::from("SHOW SCHEMAS; SELECT @@sql_mode, @@lower_case_table_names, @@version");
    for schema in &scope.schemas {
        match schema {
            Some(schema) => {
                names_query.push_str(&format!("; SHOW FULL TABLES FROM {}", quote(schema)))
            }
            None => names_query.push_str("; SHOW FULL TABLES"),
        }
    }
    let mut sets = connection.query_sets(&names_query)?.into_iter();
    let mut next = || -> Vec<_> {
        sets.next()
            .map(|set| text_rows(&set).collect())
            .unwrap_or_default()
    };
    let mut found = Inspection {
        schema_names: next().iter().map(|row| field(row, 0).to_owned()).collect(),
        ..Inspection::default()
    };
    let settings = next().into_iter().next().unwrap_or_default();
    let parser = Parser::new(field(&settings, 0).contains("ANSI_QUOTES"), &dialect);
    let mut wanted: Vec<(Option<&str>, String)> = Vec::new();
    for schema in &scope.schemas {
        let schema = schema.as_deref();
        let mut tables: Vec<String> = Vec::new();
        for row in next() {
            let name = field(&row, 0).to_owned();
            match field(&row, 1) {
                "BASE TABLE" if scope.wants(&name) => tables.push(name),
                "VIEW" | "SYSTEM VIEW" => found.views.push(table_name(schema, &name)),
                _ => {}
            }
        }
        tables.sort();
        wanted.extend(tables.into_iter().map(|name| (schema, name)));
    }
    if scope.detail == Detail::Names {
        let tables = wanted
            .iter()
            .map(|(schema, name)| Table::new(table_name(*schema, name)));
        found.schema.tables.extend(tables);
        return Ok(found);
    }
    for (schema, name, sql) in read_sources(connection, &wanted)? {
        let parsed = parser.parse(&sql, &mut found.warnings);
        let table = build_table(schema, &name, &dialect, parsed, &mut found.warnings);
        let source = TableSource {
            sql: Some(sql),
            ..TableSource::default()
        };
        found.sources.insert(table.name.clone(), source);
        found.schema.tables.push(table);
    }
    if connection.server() == Server::MySql && connection.version().at_least(8, 0, 0) {
        correct_case(connection, &mut found, field(&settings, 1) != "0")?;
    }
    Ok(found)
}

/// `SHOW CREATE TABLE` of many tables in few round trips.
fn read_sources<'a>(
    connection: &mut dyn Connection,
    wanted: &[(Option<&'a str>, String)],
) -> Result<Vec<(Option<&'a str>, String, String)>> {
    let mut sources = Vec::new();
    for chunk in wanted.chunks(200) {
        let shows: Vec<String> = chunk
            .iter()
            .map(|(schema, name)| match schema {
                Some(schema) => format!("SHOW CREATE TABLE {}.{}", quote(schema), quote(name)),
                None => format!("SHOW CREATE TABLE {}", quote(name)),
            })
            .collect();
        let sets = connection.query_sets(&shows.join("; "))?;
        for ((schema, name), set) in chunk.iter().zip(sets) {
            if let Some(row) = text_rows(&set).next() {
                sources.push((*schema, name.clone(), field(&row, 1).to_owned()));
            }
        }
    }
    Ok(sources)
}

fn build_table(
    schema: Option<&str>,
    name: &str,
    dialect: &str,
    parsed: ParsedTable,
    warnings: &mut Vec<String>,
) -> Table {
    let mut table = Table::new(table_name(schema, name));
    for column in parsed.columns {
        table.columns.push(build_column(column, warnings));
    }
    if let Some(key) = parsed
        .keys
        .iter()
        .find(|key| key.kind.as_deref() == Some("PRIMARY"))
    {
        let columns: Vec<Name> = key
            .columns
            .iter()
            .map(|it| Name::from(it.name.as_str()))
            .collect();
        for column in &mut table.columns {
            column.primary_key = columns.contains(&column.name);
        }
        table.constraints.push(primary_key(None, columns));
    }
    for key in parsed.foreign_keys {
        table.constraints.push(build_foreign_key(schema, key));
    }
    let mut checks = parsed.checks;
    checks.sort();
    for (name, sql) in checks {
        let body = CheckConstraint {
            sqltext: text_expr(sql),
            type_bound: None,
        };
        table.constraints.push(Constraint::new(
            final_name(Some(&name)),
            ConstraintBody::Check(body),
        ));
    }
    for key in parsed.keys {
        table.indexes.extend(build_index(key, dialect, warnings));
    }
    table
        .indexes
        .sort_by(|a, b| a.name.as_str().cmp(&b.name.as_str()));
    for (key, value) in parsed.options {
        if key == format!("{dialect}_comment") {
            table.comment = Some(value.clone());
        }
        let value = OptionValue::Literal(Literal::str(value));
        table.options.insert(key, value);
    }
    table
}

fn build_column(parsed: ParsedColumn, warnings: &mut Vec<String>) -> Column {
    let type_ = types::resolve(&parsed, warnings);
    let is_integer = types::is_integer(type_.class);
    let mut column = Column::new(parsed.name, Some(type_));
    column.nullable = !parsed.not_null;
    column.nullable_given = true;
    column.autoincrement = match (parsed.autoincrement, is_integer) {
        (true, _) => Autoincrement::True,
        (false, true) => Autoincrement::False,
        (false, false) => Autoincrement::Auto,
    };
    column.server_default = parsed.default.filter(|it| it != "NULL").map(text_default);
    if let Some(sql) = parsed.generated {
        column.server_default = Some(ServerDefault::Computed(Computed {
            sqltext: text_expr(sql),
            persisted: parsed.persistence.map(|it| it == "STORED"),
        }));
    }
    column.comment = parsed.comment;
    column
}

fn build_foreign_key(schema: Option<&str>, key: ParsedForeignKey) -> Constraint {
    let referred_schema = key.referred_schema.as_deref().or(schema);
    let action = |it: Option<String>| it.filter(|it| it != "NO ACTION");
    let body = ForeignKeyConstraint {
        columns: names(key.columns),
        referred_table: table_name(referred_schema, &key.referred_table),
        referred_columns: names(key.referred_columns),
        onupdate: action(key.onupdate),
        ondelete: action(key.ondelete),
        match_: None,
        use_alter: false,
    };
    Constraint::new(
        final_name(Some(&key.name)),
        ConstraintBody::ForeignKey(body),
    )
}

fn build_index(key: ParsedKey, dialect: &str, warnings: &mut Vec<String>) -> Option<Index> {
    let mut options = DialectOptions::new();
    let literal = |text: &str| OptionValue::Literal(Literal::str(text));
    let unique = match key.kind.as_deref() {
        Some("PRIMARY") => return None,
        Some("UNIQUE") => true,
        Some(kind @ ("FULLTEXT" | "SPATIAL")) => {
            options.insert(format!("{dialect}_prefix"), literal(kind));
            false
        }
        Some(kind) => {
            warnings.push(format!("Converting unknown KEY type {kind} to a plain KEY"));
            false
        }
        None => false,
    };
    if let Some(parser) = &key.parser {
        options.insert(format!("{dialect}_with_parser"), literal(parser));
    }
    let lengths = key.columns.iter().filter_map(|it| {
        let length = OptionValue::Literal(Literal::int(it.length?));
        Some((it.name.clone(), length))
    });
    let lengths: indexmap::IndexMap<String, OptionValue> = lengths.collect();
    if !lengths.is_empty() {
        options.insert(format!("{dialect}_length"), OptionValue::Map(lengths));
    }
    Some(Index {
        name: final_name(key.name.as_deref()),
        elements: key
            .columns
            .into_iter()
            .map(|it| IndexElement::Column(Name::new(it.name)))
            .collect(),
        unique,
        column_flag: false,
        options,
    })
}

/// MySQL 8 shows referred tables and columns of foreign keys in lower case; the catalogue has them right.
fn correct_case(
    connection: &mut dyn Connection,
    found: &mut Inspection,
    folds_tables: bool,
) -> Result<()> {
    let default = connection.default_schema().unwrap_or_default().to_owned();
    let has_keys = found.schema.tables.iter().any(|table| {
        let is_key = |it: &Constraint| matches!(it.body, ConstraintBody::ForeignKey(_));
        table.constraints.iter().any(is_key)
    });
    if !has_keys {
        return Ok(());
    }
    let set = connection.execute(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns \
         WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys')",
    )?;
    let columns: Vec<Vec<Option<String>>> = text_rows(&set).collect();
    let fold = |text: &str| {
        if folds_tables {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    for table in &mut found.schema.tables {
        for constraint in &mut table.constraints {
            let ConstraintBody::ForeignKey(key) = &mut constraint.body else {
                continue;
            };
            let schema = key
                .referred_table
                .schema
                .as_ref()
                .map_or(&default, |it| &it.text);
            let (schema, referred) = (fold(schema), fold(&key.referred_table.name.text));
            let of_table: Vec<_> = columns
                .iter()
                .filter(|row| fold(field(row, 0)) == schema && fold(field(row, 1)) == referred)
                .collect();
            if let Some(row) = of_table.first() {
                key.referred_table.name = Name::from(field(row, 1));
                if key.referred_table.schema.is_some() {
                    key.referred_table.schema = Some(Name::from(field(row, 0)));
                }
            }
            for column in &mut key.referred_columns {
                let lower = column.text.to_lowercase();
                if let Some(row) = of_table
                    .iter()
                    .find(|row| field(row, 2).to_lowercase() == lower)
                {
                    column.text = field(row, 2).to_owned();
                }
            }
        }
    }
    Ok(())
}

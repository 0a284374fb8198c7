//! `CREATE TABLE` and `DROP TABLE`.

use limbeck_diag::{ErrorKind, Result};
use limbeck_schema::{OptionValue, TableName};

use super::bound::BoundTable;
use super::column::column_spec;
use super::constraint::{column_check, table_constraints};
use super::index::with_clause;
use super::options::{boolean, is_true, option, text};
use super::{Writer, compile_error, python_error};
use crate::dialect::{Dialect, SqlAlchemyVersion};
use crate::literal::render_string;

/// `CREATE TABLE …`, without the line breaks around it.
pub(crate) fn create_table(
    writer: &Writer<'_>,
    table: &BoundTable,
    if_not_exists: bool,
) -> Result<String> {
    let mut out = "CREATE ".to_owned();
    if !table.prefixes.is_empty() {
        out.push_str(&table.prefixes.join(" "));
        out.push(' ');
    }
    out.push_str("TABLE ");
    if if_not_exists {
        out.push_str("IF NOT EXISTS ");
    }
    out.push_str(&writer.target.format_table(&table.name));
    out.push_str(" (");
    let mut parts = Vec::with_capacity(table.columns.len());
    for column in table.columns.iter().filter(|column| !column.system) {
        let in_column = |error: limbeck_diag::Error| {
            if error.kind != ErrorKind::Compile || error.diagnostic.code == "bad-operation" {
                return error;
            }
            let message = error.diagnostic.message.clone();
            error.map_diagnostic(|mut diagnostic| {
                diagnostic.message = format!(
                    "(in table '{}', column '{}'): {message}",
                    table.name.name, column.name
                );
                diagnostic
            })
        };
        let mut spec = column_spec(writer, table, column).map_err(in_column)?;
        for check in &column.checks {
            spec.push(' ');
            spec.push_str(&column_check(writer, check).map_err(in_column)?);
        }
        parts.push(spec);
    }
    parts.extend(table_constraints(writer, table)?);
    for (at, part) in parts.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ", \n" });
        out.push_str(writer.indent);
        out.push_str(part);
    }
    out.push_str("\n)");
    out.push_str(&table_options(writer, table)?);
    Ok(out.trim().to_owned())
}

/// `DROP TABLE …`
pub(crate) fn drop_table(writer: &Writer<'_>, table: &TableName, if_exists: bool) -> String {
    let exists = if if_exists { "IF EXISTS " } else { "" };
    format!("DROP TABLE {exists}{}", writer.target.format_table(table))
}

/// What stands after the closing parenthesis.
fn table_options(writer: &Writer<'_>, table: &BoundTable) -> Result<String> {
    match writer.target.dialect {
        Dialect::Postgres => postgres_options(writer, table),
        Dialect::MySql | Dialect::MariaDb => mysql_options(writer, table),
        Dialect::Sqlite => Ok(sqlite_options(writer, table)),
        Dialect::MsSql => Ok(String::new()),
        Dialect::Oracle => Ok(oracle_options(writer, table)),
    }
}

fn postgres_options(writer: &Writer<'_>, table: &BoundTable) -> Result<String> {
    let target = writer.target;
    let get = |name: &str| option(&table.options, target, name);
    let word = |name: &str| get(name).map(text).filter(|word| !word.is_empty());
    let mut out = String::new();
    if let Some(parents) = get("inherits") {
        let parents: Vec<String> = match parents {
            OptionValue::List(items) => items.iter().map(text).collect(),
            other => vec![text(other)],
        };
        let parents: Vec<String> = parents.iter().map(|name| target.quote_text(name)).collect();
        let list = parents.join(", ");
        out.push_str(&match target.sqlalchemy {
            SqlAlchemyVersion::V2_0 => format!("\n INHERITS ( {list} )"),
            SqlAlchemyVersion::V2_1 => format!("\n INHERITS ({list})"),
        });
    }
    for name in ["partition_by", "using", "on_commit", "tablespace"] {
        if matches!(get(name), Some(OptionValue::Expr(_))) {
            return Err(python_error("Boolean value of this clause is not defined"));
        }
    }
    if let Some(by) = word("partition_by") {
        out.push_str(&format!("\n PARTITION BY {by}"));
    }
    if let Some(using) = word("using") {
        out.push_str(&format!("\n USING {using}"));
    }
    if target.sqlalchemy >= SqlAlchemyVersion::V2_1
        && let Some(with) = with_clause(table.options.get("postgresql_with"), target.sqlalchemy)
    {
        out.push_str(&format!("\n WITH ({with})"));
    }
    match boolean(get("with_oids")) {
        Some(true) => out.push_str("\n WITH OIDS"),
        Some(false) => out.push_str("\n WITHOUT OIDS"),
        None => {}
    }
    if let Some(action) = word("on_commit") {
        out.push_str(&format!(
            "\n ON COMMIT {}",
            action.replace('_', " ").to_uppercase()
        ));
    }
    if let Some(tablespace) = word("tablespace") {
        out.push_str(&format!("\n TABLESPACE {}", target.quote_text(&tablespace)));
    }
    Ok(out)
}

fn sqlite_options(writer: &Writer<'_>, table: &BoundTable) -> String {
    let get = |name: &str| option(&table.options, writer.target, name);
    let mut words = Vec::new();
    // It is asked whether the word is true, and `None` is not.
    let with_rowid = table.options.get("sqlite_with_rowid");
    if with_rowid.is_some() && !is_true(with_rowid.filter(|_| get("with_rowid").is_some())) {
        words.push("WITHOUT ROWID");
    }
    if is_true(get("strict")) {
        words.push("STRICT");
    }
    if words.is_empty() {
        String::new()
    } else {
        format!("\n {}", words.join(",\n "))
    }
}

fn oracle_options(writer: &Writer<'_>, table: &BoundTable) -> String {
    let target = writer.target;
    let get = |name: &str| option(&table.options, target, name);
    let mut out = String::new();
    if let Some(action) = get("on_commit")
        .map(text)
        .filter(|action| !action.is_empty())
    {
        out.push_str(&format!(
            "\n ON COMMIT {}",
            action.replace('_', " ").to_uppercase()
        ));
    }
    match get("compress") {
        Some(value) if boolean(Some(value)) == Some(true) => out.push_str("\n COMPRESS"),
        Some(value) if is_true(Some(value)) => {
            out.push_str(&format!("\n COMPRESS FOR {}", text(value)));
        }
        Some(_) | None => {}
    }
    if let Some(tablespace) = get("tablespace").map(text).filter(|name| !name.is_empty()) {
        out.push_str(&format!("\n TABLESPACE {}", target.quote_text(&tablespace)));
    }
    out
}

/// `ENGINE=InnoDB CHARSET=utf8mb4 COLLATE …`
fn mysql_options(writer: &Writer<'_>, table: &BoundTable) -> Result<String> {
    const PARTITION: [&str; 4] = [
        "PARTITION_BY",
        "PARTITIONS",
        "SUBPARTITIONS",
        "SUBPARTITION_BY",
    ];
    let target = writer.target;
    let prefix = format!("{}_", target.dialect.name());
    let mut all: Vec<(String, String)> = Vec::new();
    for (key, value) in &table.options {
        let Some(name) = key.strip_prefix(&prefix) else {
            continue;
        };
        match value {
            OptionValue::Literal(limbeck_schema::Literal::Str(value)) => {
                all.push((name.to_uppercase(), value.clone()));
            }
            other => {
                // SQLAlchemy joins strings, and fails on anything else.
                return Err(compile_error(format!(
                    "{key}={} is not text: table options are joined into the statement as they are",
                    text(other)
                )));
            }
        }
    }
    if let Some(comment) = &table.comment {
        all.retain(|(name, _)| name != "COMMENT");
        all.push(("COMMENT".to_owned(), comment.clone()));
    }
    let (partition, plain): (Vec<_>, Vec<_>) = all
        .into_iter()
        .partition(|(name, _)| PARTITION.contains(&name.as_str()));
    let plain = topological(
        plain,
        &[
            ("DEFAULT_CHARSET", "COLLATE"),
            ("DEFAULT_CHARACTER_SET", "COLLATE"),
            ("CHARSET", "COLLATE"),
            ("CHARACTER_SET", "COLLATE"),
        ],
    );
    let partition = topological(
        partition,
        &[
            ("PARTITION_BY", "PARTITIONS"),
            ("PARTITION_BY", "SUBPARTITION_BY"),
            ("PARTITION_BY", "SUBPARTITIONS"),
            ("PARTITIONS", "SUBPARTITIONS"),
            ("PARTITIONS", "SUBPARTITION_BY"),
            ("SUBPARTITION_BY", "SUBPARTITIONS"),
        ],
    );
    let quoted = |name: &str, value: String| {
        let is_text = matches!(
            name,
            "COMMENT" | "DATA DIRECTORY" | "INDEX DIRECTORY" | "PASSWORD" | "CONNECTION"
        );
        if is_text {
            render_string(&value, target)
        } else {
            value
        }
    };
    let mut out = Vec::new();
    for (name, value) in plain {
        let value = quoted(&name, value);
        let name = match name.as_str() {
            "DATA_DIRECTORY"
            | "INDEX_DIRECTORY"
            | "DEFAULT_CHARACTER_SET"
            | "CHARACTER_SET"
            | "DEFAULT_CHARSET"
            | "DEFAULT_COLLATE" => name.replace('_', " "),
            _ => name,
        };
        let joiner = match name.as_str() {
            "TABLESPACE" | "DEFAULT CHARACTER SET" | "CHARACTER SET" | "COLLATE" => " ",
            _ => "=",
        };
        out.push(format!("{name}{joiner}{value}"));
    }
    for (name, value) in partition {
        let value = quoted(&name, value);
        out.push(format!("{} {value}", name.replace('_', " ")));
    }
    Ok(out.join(" "))
}

/// SQLAlchemy's topological sort: each round yields, in the order given, what waits for nothing that is left.
fn topological(mut items: Vec<(String, String)>, before: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut out = Vec::with_capacity(items.len());
    while !items.is_empty() {
        let left: Vec<String> = items.iter().map(|(name, _)| name.clone()).collect();
        let (ready, waiting): (Vec<_>, Vec<_>) = items.into_iter().partition(|(name, _)| {
            !before
                .iter()
                .any(|(first, second)| second == name && left.iter().any(|it| it == first))
        });
        if ready.is_empty() {
            out.extend(waiting);
            break;
        }
        out.extend(ready);
        items = waiting;
    }
    out
}

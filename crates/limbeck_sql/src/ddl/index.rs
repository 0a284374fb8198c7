//! `CREATE INDEX` and `DROP INDEX`.

use limbeck_diag::Result;
use limbeck_schema::{
    ConstraintName, DialectOptions, Expr, Index, IndexElement, Literal, Name, OptionValue,
    TableName, UnaryOp,
};

use super::constraint::index_using;
use super::options::{boolean, condition, is_text, is_true, mysql_option, names, option, text};
use super::{Writer, compile_error, python_error};
use crate::dialect::{Dialect, SqlAlchemyVersion};

/// `CREATE INDEX …` of an index whose name is final.
pub(crate) fn create_index(
    writer: &Writer<'_>,
    table: &TableName,
    index: &Index,
    if_not_exists: bool,
) -> Result<String> {
    let target = writer.target;
    if index.name == ConstraintName::None {
        return Err(compile_error(
            "CREATE INDEX requires that the index have a name",
        ));
    }
    let unique = if index.unique { "UNIQUE " } else { "" };
    let exists = if if_not_exists { "IF NOT EXISTS " } else { "" };
    let name = index_name(writer, table, &index.name)?;
    match target.dialect {
        Dialect::Postgres => postgres_index(writer, table, index, unique, exists, &name),
        Dialect::MySql | Dialect::MariaDb => {
            mysql_index(writer, table, index, unique, exists, &name)
        }
        Dialect::Sqlite => {
            let mut out = format!(
                "CREATE {unique}INDEX {exists}{name} ON {} ({})",
                target.quote(&table.name),
                elements(writer, index)?.join(", ")
            );
            out.push_str(&where_clause(writer, index)?);
            Ok(out)
        }
        Dialect::MsSql => mssql_index(writer, table, index, unique, &name),
        Dialect::Oracle => oracle_index(writer, table, index, unique, &name),
    }
}

/// The name of an index; SQLite and Oracle put the namespace before it.
fn index_name(writer: &Writer<'_>, table: &TableName, name: &ConstraintName) -> Result<String> {
    let target = writer.target;
    let formatted = target.format_index_name(name)?.unwrap_or_default();
    let qualified = match target.dialect {
        Dialect::Sqlite | Dialect::Oracle => true,
        Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::MsSql => false,
    };
    Ok(if qualified {
        with_schema(writer, table, formatted)
    } else {
        formatted
    })
}

fn with_schema(writer: &Writer<'_>, table: &TableName, name: String) -> String {
    match &table.schema {
        Some(schema) if !schema.text.is_empty() => {
            format!("{}.{name}", writer.target.quote_schema(schema))
        }
        Some(_) | None => name,
    }
}

fn elements(writer: &Writer<'_>, index: &Index) -> Result<Vec<String>> {
    index
        .elements
        .iter()
        .map(|element| match element {
            IndexElement::Column(name) => Ok(writer.target.quote(name)),
            IndexElement::Expr(expr) => writer.expr(expr),
        })
        .collect()
}

fn where_clause(writer: &Writer<'_>, index: &Index) -> Result<String> {
    let given = option(&index.options, writer.target, "where");
    Ok(match given {
        Some(given) => {
            let condition = condition(given, writer.target.dialect)?;
            format!(" WHERE {}", writer.expr(&condition)?)
        }
        None => String::new(),
    })
}

fn include(writer: &Writer<'_>, index: &Index) -> String {
    let columns = names(option(&index.options, writer.target, "include"));
    if columns.is_empty() {
        return String::new();
    }
    let columns: Vec<String> = columns
        .iter()
        .map(|name| writer.target.quote(name))
        .collect();
    format!(" INCLUDE ({})", columns.join(", "))
}

fn postgres_index(
    writer: &Writer<'_>,
    table: &TableName,
    index: &Index,
    unique: &str,
    exists: &str,
    name: &str,
) -> Result<String> {
    let target = writer.target;
    let options = &index.options;
    let concurrently = if is_true(option(options, target, "concurrently")) {
        "CONCURRENTLY "
    } else {
        ""
    };
    let mut out = format!(
        "CREATE {unique}INDEX {concurrently}{exists}{name} ON {} ",
        target.format_table(table)
    );
    if let Some(using) = option(options, target, "using") {
        if !is_text(using) {
            return Err(python_error("expected string or bytes-like object"));
        }
        let using = text(using);
        if !using.is_empty() {
            out.push_str(&format!("USING {} ", index_using(&using)?));
        }
    }
    let mut parts = Vec::with_capacity(index.elements.len());
    for element in &index.elements {
        let (mut part, key) = match element {
            IndexElement::Column(name) => (target.quote(name), Some(name.text.clone())),
            IndexElement::Expr(Expr::Column(column)) => {
                (target.quote(&column.name), Some(column.name.text.clone()))
            }
            IndexElement::Expr(expr) => (writer.grouped_expr(expr)?, expr_key(expr)),
        };
        if let Some(OptionValue::Literal(Literal::Null)) = options.get("postgresql_ops") {
            return Err(python_error("argument of type 'NoneType' is not iterable"));
        }
        if let (Some(key), Some(OptionValue::Map(ops))) = (key, option(options, target, "ops"))
            && let Some(class) = ops.get(&key)
        {
            part.push_str(&format!(" {}", text(class)));
        }
        parts.push(part);
    }
    out.push_str(&format!("({})", parts.join(", ")));
    out.push_str(&include(writer, index));
    out.push_str(
        match boolean(option(options, target, "nulls_not_distinct")) {
            Some(true) => " NULLS NOT DISTINCT",
            Some(false) => " NULLS DISTINCT",
            None => "",
        },
    );
    if let Some(with) = with_clause(options.get("postgresql_with"), target.sqlalchemy) {
        out.push_str(&format!(" WITH ({with})"));
    }
    if let Some(tablespace) = option(options, target, "tablespace") {
        out.push_str(&format!(
            " TABLESPACE {}",
            target.quote_text(&text(tablespace))
        ));
    }
    out.push_str(&where_clause(writer, index)?);
    Ok(out)
}

/// What `postgresql_ops` knows an expression by.
fn expr_key(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Text(text) => Some(text.sql.clone()),
        Expr::LiteralColumn { sql, .. } => Some(sql.clone()),
        Expr::Label { name, .. } => Some(name.text.clone()),
        _ => None,
    }
}

/// PostgreSQL's storage parameters; `None` where there are none.
pub(crate) fn with_clause(
    value: Option<&OptionValue>,
    sqlalchemy: SqlAlchemyVersion,
) -> Option<String> {
    let Some(OptionValue::Map(parameters)) = value else {
        return None;
    };
    if parameters.is_empty() {
        return None;
    }
    let parameters: Vec<String> = parameters
        .iter()
        .map(|(name, value)| match (sqlalchemy, value) {
            (SqlAlchemyVersion::V2_1, OptionValue::Literal(limbeck_schema::Literal::Null)) => {
                name.clone()
            }
            (
                SqlAlchemyVersion::V2_1,
                OptionValue::Literal(limbeck_schema::Literal::Bool(value)),
            ) => {
                format!("{name} = {value}")
            }
            _ => format!("{name} = {}", text(value)),
        })
        .collect();
    Some(parameters.join(", "))
}

fn mysql_index(
    writer: &Writer<'_>,
    table: &TableName,
    index: &Index,
    unique: &str,
    exists: &str,
    name: &str,
) -> Result<String> {
    let target = writer.target;
    let options = &index.options;
    let prefix = match option(options, target, "prefix") {
        Some(prefix) if is_true(Some(prefix)) => format!("{} ", text(prefix)),
        _ => String::new(),
    };
    let mut out = format!(
        "CREATE {unique}{prefix}INDEX {exists}{name} ON {} ",
        target.format_table(table)
    );
    let length = option(options, target, "length");
    let mut parts = Vec::with_capacity(index.elements.len());
    for element in &index.elements {
        let (mut part, key) = match element {
            IndexElement::Column(name) => (target.quote(name), name.text.clone()),
            IndexElement::Expr(expr) => {
                let sql = writer.expr(expr)?;
                let sql = if mysql_groups(expr) {
                    format!("({sql})")
                } else {
                    sql
                };
                (sql.clone(), sql)
            }
        };
        let own = match length {
            Some(OptionValue::Map(lengths)) => lengths.get(&key).or_else(|| lengths.get(&part)),
            other => other,
        };
        if let Some(own) = own {
            let is_number = matches!(
                own,
                OptionValue::Literal(Literal::Int(_) | Literal::Float(_) | Literal::Bool(_))
            );
            if !is_number {
                return Err(python_error("%d format: a real number is required"));
            }
            part.push_str(&format!("({})", text(own)));
        }
        parts.push(part);
    }
    out.push_str(&format!("({})", parts.join(", ")));
    for (name, word) in [("with_parser", "WITH PARSER"), ("using", "USING")] {
        let own = option(options, target, name);
        let value = own.or_else(|| mysql_option(options, target, name));
        if own.is_none() && value.is_some() && target.dialect == Dialect::MariaDb {
            writer.warn(format!(
                "Using 'mysql_{name}' with the 'mariadb' dialect is deprecated; please additionally specify 'mariadb_{name}'."
            ));
        }
        if let Some(value) = value {
            let value = text(value);
            let value = if name == "using" {
                target.quote_text(&value)
            } else {
                value
            };
            out.push_str(&format!(" {word} {value}"));
        }
    }
    Ok(out)
}

/// MySQL wants an expression in parentheses of its own, but not a direction.
fn mysql_groups(expr: &Expr) -> bool {
    match expr {
        Expr::Binary { .. }
        | Expr::Function { .. }
        | Expr::Cast { .. }
        | Expr::Collate { .. }
        | Expr::Between { .. }
        | Expr::In { .. } => !matches!(expr, Expr::Cast { .. }),
        Expr::Unary { op, .. } => !matches!(op, UnaryOp::Asc | UnaryOp::Desc),
        Expr::TypeCoerce { expr, .. } => expr.is_json_item(),
        _ => false,
    }
}

fn mssql_index(
    writer: &Writer<'_>,
    table: &TableName,
    index: &Index,
    unique: &str,
    name: &str,
) -> Result<String> {
    let target = writer.target;
    let clustered = match option(&index.options, target, "clustered") {
        None => "",
        value if is_true(value) => "CLUSTERED ",
        Some(_) => "NONCLUSTERED ",
    };
    let columnstore = if is_true(option(&index.options, target, "columnstore")) {
        "COLUMNSTORE "
    } else {
        ""
    };
    let mut out = format!(
        "CREATE {unique}{clustered}{columnstore}INDEX {name} ON {}",
        target.format_table(table)
    );
    if !index.elements.is_empty() {
        out.push_str(&format!(" ({})", elements(writer, index)?.join(", ")));
    }
    out.push_str(&include(writer, index));
    out.push_str(&where_clause(writer, index)?);
    Ok(out)
}

fn oracle_index(
    writer: &Writer<'_>,
    table: &TableName,
    index: &Index,
    unique: &str,
    name: &str,
) -> Result<String> {
    let target = writer.target;
    let flag = |name: &str, word: &'static str| {
        if is_true(option(&index.options, target, name)) {
            word
        } else {
            ""
        }
    };
    let bitmap = flag("bitmap", "BITMAP ");
    let vector = flag("vector", "VECTOR ");
    let mut out = format!(
        "CREATE {unique}{bitmap}{vector}INDEX {name} ON {} ({})",
        target.format_table(table),
        elements(writer, index)?.join(", ")
    );
    match option(&index.options, target, "compress") {
        None => {}
        value if boolean(value) == Some(true) => out.push_str(" COMPRESS"),
        value if boolean(value) == Some(false) => {}
        Some(value) => out.push_str(&format!(" COMPRESS {}", text(value))),
    }
    if !vector.is_empty() {
        out.push_str(" ORGANIZATION INMEMORY NEIGHBOR GRAPH PARAMETERS (type HNSW)");
    }
    Ok(out)
}

/// `DROP INDEX …` of a name that is final.
pub(crate) fn drop_index(
    writer: &Writer<'_>,
    table: Option<&Name>,
    schema: Option<&Name>,
    name: &ConstraintName,
    options: &DialectOptions,
    if_exists: bool,
) -> Result<String> {
    let target = writer.target;
    let Some(index) = target.format_index_name(name)? else {
        return Err(compile_error(
            "DROP INDEX requires that the index have a name",
        ));
    };
    let place = TableName::in_schema(
        schema.cloned(),
        table.cloned().unwrap_or_else(|| Name::new("no_table")),
    );
    let exists = if if_exists { "IF EXISTS " } else { "" };
    Ok(match target.dialect {
        Dialect::Postgres => {
            let concurrently = if is_true(option(options, target, "concurrently")) {
                "CONCURRENTLY "
            } else {
                ""
            };
            format!(
                "DROP INDEX {concurrently}{exists}{}",
                with_schema(writer, &place, index)
            )
        }
        Dialect::Sqlite | Dialect::Oracle => {
            format!("DROP INDEX {exists}{}", with_schema(writer, &place, index))
        }
        Dialect::MySql | Dialect::MariaDb | Dialect::MsSql => {
            format!(
                "DROP INDEX {exists}{index} ON {}",
                target.format_table(&place)
            )
        }
    })
}

//! A column as it stands in `CREATE TABLE` and `ADD COLUMN` (`get_column_specification`).

use limbeck_diag::Result;
use limbeck_schema::{
    Autoincrement, Column, ColumnType, Computed, Identity, ServerDefault, TypeClass,
};

use super::bound::BoundTable;
use super::options::option;
use super::sequence::identity_options;
use super::{Writer, compile_error, options};
use crate::dialect::{Dialect, SqlAlchemyVersion};
use crate::literal::render_string;
use crate::types::{Affinity, render_type, type_affinity, unwrap_type};

/// `name TYPE DEFAULT … NOT NULL`, in each dialect's order.
pub(crate) fn column_spec(
    writer: &Writer<'_>,
    table: &BoundTable,
    column: &Column,
) -> Result<String> {
    match writer.target.dialect {
        Dialect::Postgres => postgres_spec(writer, table, column),
        Dialect::MySql | Dialect::MariaDb => mysql_spec(writer, table, column),
        Dialect::Sqlite => sqlite_spec(writer, table, column),
        Dialect::MsSql => mssql_spec(writer, table, column),
        Dialect::Oracle => oracle_spec(writer, column),
    }
}

fn type_text(writer: &Writer<'_>, column: &Column) -> Result<String> {
    match &column.type_ {
        Some(type_) => render_type(type_, writer.target),
        None => render_type(&ColumnType::new(TypeClass::NullType), writer.target),
    }
}

fn default_text(writer: &Writer<'_>, column: &Column) -> Result<Option<String>> {
    match &column.server_default {
        Some(default) => writer.default_text(default),
        None => Ok(None),
    }
}

fn computed(column: &Column) -> Option<&Computed> {
    match &column.server_default {
        Some(ServerDefault::Computed(computed)) => Some(computed),
        _ => None,
    }
}

fn identity(column: &Column) -> Option<&Identity> {
    match &column.server_default {
        Some(ServerDefault::Identity(identity)) => Some(identity),
        _ => None,
    }
}

/// The standard form: type, default, computed, identity, NOT NULL.
fn oracle_spec(writer: &Writer<'_>, column: &Column) -> Result<String> {
    let mut spec = format!(
        "{} {}",
        writer.target.quote(&column.name),
        type_text(writer, column)?
    );
    if let Some(default) = default_text(writer, column)? {
        spec.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(computed) = computed(column) {
        spec.push_str(&format!(" {}", computed_text(writer, column, computed)?));
    }
    match identity(column) {
        Some(identity) => spec.push_str(&format!(" {}", identity_text(writer, identity))),
        None if !column.nullable => spec.push_str(" NOT NULL"),
        None => {}
    }
    Ok(spec)
}

fn postgres_spec(writer: &Writer<'_>, table: &BoundTable, column: &Column) -> Result<String> {
    let mut spec = writer.target.quote(&column.name);
    let identity = identity(column);
    let counts = column.primary_key
        && table.is_autoincrement(column)?
        && identity.is_none()
        && match &column.sequence {
            Some(sequence) => sequence.optional,
            None => !column.has_python_default,
        };
    if counts {
        spec.push_str(match serial_class(column, writer) {
            TypeClass::BigInteger => " BIGSERIAL",
            TypeClass::SmallInteger => " SMALLSERIAL",
            _ => " SERIAL",
        });
    } else {
        spec.push_str(&format!(" {}", type_text(writer, column)?));
        if let Some(default) = default_text(writer, column)? {
            spec.push_str(&format!(" DEFAULT {default}"));
        }
    }
    if let Some(computed) = computed(column) {
        spec.push_str(&format!(" {}", computed_text(writer, column, computed)?));
    }
    if let Some(identity) = identity {
        spec.push_str(&format!(" {}", identity_text(writer, identity)));
    }
    match (column.nullable, identity.is_some()) {
        (false, false) => spec.push_str(" NOT NULL"),
        (true, true) => spec.push_str(" NULL"),
        (false, true) | (true, false) => {}
    }
    Ok(spec)
}

/// Which of SQLAlchemy's integers a type is.
fn serial_class(column: &Column, writer: &Writer<'_>) -> TypeClass {
    let Some(type_) = &column.type_ else {
        return TypeClass::Integer;
    };
    match unwrap_type(type_, writer.target.dialect).class {
        TypeClass::BigInteger | TypeClass::SqlBigint => TypeClass::BigInteger,
        TypeClass::SmallInteger | TypeClass::SqlSmallint => TypeClass::SmallInteger,
        // MySQL's own classes derive from the generic ones.
        TypeClass::MyBigint => TypeClass::BigInteger,
        TypeClass::MySmallint => TypeClass::SmallInteger,
        _ => TypeClass::Integer,
    }
}

fn mysql_spec(writer: &Writer<'_>, table: &BoundTable, column: &Column) -> Result<String> {
    let target = writer.target;
    if let Some(type_) = &column.type_ {
        check_double(unwrap_type(type_, target.dialect).as_ref())?;
    }
    let mut parts = vec![target.quote(&column.name), type_text(writer, column)?];
    let computed = computed(column);
    if let Some(computed) = computed {
        parts.push(computed_text(writer, column, computed)?);
    }
    // MariaDB has no NOT NULL for computed columns; 2.0 goes as far as to make the column nullable.
    let freed = target.dialect == Dialect::MariaDb && computed.is_some() && !column.nullable_given;
    let nullable = column.nullable || (freed && target.sqlalchemy == SqlAlchemyVersion::V2_0);
    if !nullable {
        if !freed {
            parts.push("NOT NULL".to_owned());
        }
    } else if is_timestamp(column, writer) {
        parts.push("NULL".to_owned());
    }
    if let Some(comment) = &column.comment {
        parts.push(format!("COMMENT {}", render_string(comment, target)));
    }
    let sequence = target.caps.sequences
        && column
            .sequence
            .as_ref()
            .is_some_and(|sequence| !sequence.optional);
    let plain = matches!(
        column.server_default,
        None | Some(ServerDefault::Identity(_))
    );
    if table.is_autoincrement(column)? && plain && !sequence {
        parts.push("AUTO_INCREMENT".to_owned());
    } else if let Some(default) = default_text(writer, column)? {
        parts.push(if mysql_wants_parentheses(&default, writer) {
            format!("DEFAULT ({default})")
        } else {
            format!("DEFAULT {default}")
        });
    }
    Ok(parts.join(" "))
}

/// MySQL's DOUBLE, which the generic classes become in a column, wants both numbers or none.
fn check_double(type_: &ColumnType) -> Result<()> {
    match type_.class {
        TypeClass::Double
        | TypeClass::SqlDouble
        | TypeClass::SqlDoublePrecision
        | TypeClass::MsDoublePrecision
            if type_.precision.is_some() =>
        {
            let message = "You must specify both precision and scale or omit both altogether.";
            Err(super::python_error(message))
        }
        _ => Ok(()),
    }
}

/// Whether a default is an expression, which MySQL from 8.0.13 wants in parentheses.
fn mysql_wants_parentheses(default: &str, writer: &Writer<'_>) -> bool {
    let target = writer.target;
    let supported = match (target.version, target.sqlalchemy, target.dialect) {
        (None, SqlAlchemyVersion::V2_0, _) => false,
        (None, SqlAlchemyVersion::V2_1, _) => true,
        (Some(version), _, Dialect::MariaDb) => {
            (version.major, version.minor, version.patch) >= (10, 2, 1)
        }
        (Some(version), _, _) => (version.major, version.minor, version.patch) >= (8, 0, 13),
    };
    supported
        && !default.trim_start().starts_with(['\'', '"', '('])
        && !has_on_update(default)
        && !has_fractional_now(default)
        && has_non_word(default)
}

/// `ON +UPDATE`, in any case.
fn has_on_update(text: &str) -> bool {
    let upper = text.to_ascii_uppercase();
    let mut rest = upper.as_str();
    while let Some(at) = rest.find("ON ") {
        rest = rest.get(at + 3..).unwrap_or_default();
        if rest.trim_start_matches(' ').starts_with("UPDATE") {
            return true;
        }
    }
    false
}

/// `now(3)`, `current_timestamp(6)` at the start.
fn has_fractional_now(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["now(", "current_timestamp("].iter().any(|name| {
        lower.strip_prefix(name).is_some_and(|rest| {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            digits > 0 && rest.get(digits..).is_some_and(|rest| rest.starts_with(')'))
        })
    })
}

/// Python's `.*\W.*` matched at the start: in the first line.
fn has_non_word(text: &str) -> bool {
    let Some(at) = text.find(|c: char| !(c.is_alphanumeric() || c == '_')) else {
        return false;
    };
    !text.get(..at).unwrap_or_default().contains('\n')
}

fn is_timestamp(column: &Column, writer: &Writer<'_>) -> bool {
    column.type_.as_ref().is_some_and(|type_| {
        matches!(
            unwrap_type(type_, writer.target.dialect).class,
            TypeClass::SqlTimestamp
                | TypeClass::MyTimestamp
                | TypeClass::PgTimestamp
                | TypeClass::OraTimestamp
        )
    })
}

fn sqlite_spec(writer: &Writer<'_>, table: &BoundTable, column: &Column) -> Result<String> {
    let target = writer.target;
    let type_ = type_text(writer, column)?;
    let mut spec = format!("{} {type_}", target.quote(&column.name));
    if let Some(default) = default_text(writer, column)? {
        let expression =
            !default.trim_start().starts_with(['\'', '"', '(']) && has_non_word(&default);
        spec.push_str(&if expression {
            format!(" DEFAULT ({default})")
        } else {
            format!(" DEFAULT {default}")
        });
    }
    let on_conflict = |name: &str| {
        option(&column.options, target, name)
            .map(|clause| format!(" ON CONFLICT {}", options::text(clause)))
    };
    if !column.nullable {
        spec.push_str(" NOT NULL");
        spec.push_str(&on_conflict("on_conflict_not_null").unwrap_or_default());
    }
    if column.primary_key {
        if column.autoincrement == Autoincrement::True && table.key.columns.len() != 1 {
            return Err(compile_error(
                "SQLite does not support autoincrement for composite primary keys",
            ));
        }
        if sqlite_autoincrement(writer, table) == Some(column.name.text.as_str()) {
            spec.push_str(" PRIMARY KEY");
            spec.push_str(&on_conflict("on_conflict_primary_key").unwrap_or_default());
            spec.push_str(" AUTOINCREMENT");
        }
    }
    if let Some(computed) = computed(column) {
        spec.push_str(&format!(" {}", computed_text(writer, column, computed)?));
    }
    Ok(spec)
}

/// The column whose key is written with it, as `AUTOINCREMENT` demands.
pub(crate) fn sqlite_autoincrement<'t>(
    writer: &Writer<'_>,
    table: &'t BoundTable,
) -> Option<&'t str> {
    let asked = options::is_true(option(&table.options, writer.target, "autoincrement"));
    let [name] = table.key.columns.as_slice() else {
        return None;
    };
    let column = table.column(&name.text)?;
    let integer = column
        .type_
        .as_ref()
        .is_some_and(|type_| type_affinity(type_, writer.target.sqlalchemy) == Affinity::Integer);
    (asked && integer && !table.is_foreign(column)).then_some(column.name.text.as_str())
}

fn mssql_spec(writer: &Writer<'_>, table: &BoundTable, column: &Column) -> Result<String> {
    let target = writer.target;
    let mut spec = target.quote(&column.name);
    let computed = computed(column);
    let identity = identity(column);
    match computed {
        Some(computed) => spec.push_str(&format!(" {}", computed_text(writer, column, computed)?)),
        None => spec.push_str(&format!(" {}", type_text(writer, column)?)),
    }
    if !column.nullable
        || column.primary_key
        || column.sequence.is_some()
        || column.autoincrement == Autoincrement::True
        || identity.is_some()
    {
        spec.push_str(" NOT NULL");
    } else if computed.is_none() {
        spec.push_str(" NULL");
    }
    let start = option(&column.options, target, "identity_start");
    let increment = option(&column.options, target, "identity_increment");
    if start.is_some() || increment.is_some() {
        if identity.is_some() {
            return Err(compile_error(
                "Cannot specify options 'mssql_identity_start' and/or 'mssql_identity_increment' while also using the 'Identity' construct.",
            ));
        }
        writer.warn(
            "The dialect options 'mssql_identity_start' and 'mssql_identity_increment' are deprecated. Use the 'Identity' object instead.",
        );
    }
    let optional = column
        .sequence
        .as_ref()
        .is_none_or(|sequence| sequence.optional);
    let counts = identity.is_none()
        && (table.is_autoincrement(column)? || column.autoincrement == Autoincrement::True);
    if let Some(identity) = identity {
        spec.push_str(&identity_text(writer, identity));
    } else if counts && optional {
        spec.push_str(" IDENTITY");
        if start.is_some() || increment.is_some() {
            let or_one = |value: Option<_>| value.map_or_else(|| "1".to_owned(), options::text);
            spec.push_str(&format!("({},{})", or_one(start), or_one(increment)));
        }
    } else if let Some(default) = default_text(writer, column)? {
        spec.push_str(&format!(" DEFAULT {default}"));
    }
    Ok(spec)
}

/// `GENERATED ALWAYS AS (…)`
fn computed_text(writer: &Writer<'_>, column: &Column, computed: &Computed) -> Result<String> {
    let expr = || writer.expr(&computed.sqltext);
    let standard = |expr: String| {
        let storage = match computed.persisted {
            Some(true) => " STORED",
            Some(false) => " VIRTUAL",
            None => "",
        };
        format!("GENERATED ALWAYS AS ({expr}){storage}")
    };
    Ok(match writer.target.dialect {
        Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => standard(expr()?),
        Dialect::Postgres => {
            let target = writer.target;
            let has_virtual = target.sqlalchemy >= SqlAlchemyVersion::V2_1
                && target.version.is_none_or(|version| version.major >= 18);
            if has_virtual {
                return Ok(standard(expr()?));
            }
            if computed.persisted == Some(false) {
                return Err(compile_error(
                    "PostrgreSQL computed columns do not support 'virtual' persistence; set the 'persisted' flag to None or True for PostgreSQL support.",
                ));
            }
            if computed.persisted.is_none() && target.sqlalchemy >= SqlAlchemyVersion::V2_1 {
                writer.warn(format!(
                    "Computed column {} is being created as 'STORED' since the current PostgreSQL version does not support VIRTUAL columns. On PostgreSQL 18+, when 'persisted' is not specified, no keyword will be rendered and VIRTUAL will be used by default. Set 'persisted=True' to ensure STORED behavior across all PostgreSQL versions.",
                    column.name
                ));
            }
            format!("GENERATED ALWAYS AS ({}) STORED", expr()?)
        }
        Dialect::MsSql => {
            let persisted = if computed.persisted == Some(true) {
                " PERSISTED"
            } else {
                ""
            };
            format!("AS ({}){persisted}", expr()?)
        }
        Dialect::Oracle => match computed.persisted {
            Some(true) => {
                return Err(compile_error(
                    "Oracle Database computed columns do not support 'stored' persistence; set the 'persisted' flag to None or False for Oracle Database support.",
                ));
            }
            Some(false) => format!("GENERATED ALWAYS AS ({}) VIRTUAL", expr()?),
            None => format!("GENERATED ALWAYS AS ({})", expr()?),
        },
    })
}

/// `GENERATED … AS IDENTITY (…)`, or SQL Server's `IDENTITY(…)` with a blank before it.
pub(crate) fn identity_text(writer: &Writer<'_>, identity: &Identity) -> String {
    if writer.target.dialect == Dialect::MsSql {
        return match (identity.start, identity.increment) {
            (None, None) => " IDENTITY".to_owned(),
            (start, increment) => {
                format!(
                    " IDENTITY({},{})",
                    start.unwrap_or(1),
                    increment.unwrap_or(1)
                )
            }
        };
    }
    let kind = if identity.always {
        "ALWAYS"
    } else {
        "BY DEFAULT"
    };
    let on_null = if writer.target.dialect == Dialect::Oracle && identity.on_null == Some(true) {
        " ON NULL"
    } else {
        ""
    };
    let options = identity_options(writer, identity);
    let options = if options.is_empty() {
        options
    } else {
        format!(" ({options})")
    };
    format!("GENERATED {kind}{on_null} AS IDENTITY{options}")
}

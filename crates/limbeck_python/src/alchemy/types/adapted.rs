//! `dialect.type_descriptor(type)`: the driver's own class for a type, which is not always spelled as the type itself.

use limbeck_schema::{ColumnType, TypeClass as T};

use crate::eval::Interp;
use crate::flow::R;

/// What the dialect of that name makes of a type.
pub(crate) fn type_descriptor(
    ev: &mut Interp<'_>,
    dialect: &str,
    type_: ColumnType,
) -> R<ColumnType> {
    let class = match dialect {
        "postgresql" => return postgresql(ev, type_),
        "mysql" | "mariadb" => match type_.class {
            T::SqlDecimal => T::Numeric,
            T::SqlReal => T::Float,
            T::SqlDoublePrecision => T::Double,
            T::PgJsonb => T::Json,
            same => same,
        },
        "sqlite" => match type_.class {
            T::SqlTimestamp | T::PgTimestamp => T::SqlDatetime,
            T::PgJsonb => T::Json,
            same => same,
        },
        "mssql" => match type_.class {
            T::SqlUuid => T::MsUniqueidentifier,
            same if is_alike_everywhere(same) => same,
            T::MsUniqueidentifier | T::SqlBinary | T::SqlVarbinary => type_.class,
            _ => return Err(depends(ev, dialect)),
        },
        "oracle" => match type_.class {
            same if is_alike_everywhere(same) => same,
            T::OraRaw | T::SqlBinary | T::SqlChar => type_.class,
            _ => return Err(depends(ev, dialect)),
        },
        _ => type_.class,
    };
    Ok(with_class(type_, class))
}

fn with_class(type_: ColumnType, class: T) -> ColumnType {
    ColumnType { class, ..type_ }
}

fn is_alike_everywhere(class: T) -> bool {
    matches!(
        class,
        T::String | T::Unicode | T::Integer | T::DateTime | T::Date | T::Boolean | T::Custom
    )
}

fn depends(ev: &Interp<'_>, dialect: &str) -> crate::flow::Flow {
    ev.unreadable(format!(
        "what `type_descriptor()` makes of this type depends on the driver of {dialect}"
    ))
}

/// The drivers of PostgreSQL bring classes for different types.
fn postgresql(ev: &mut Interp<'_>, type_: ColumnType) -> R<ColumnType> {
    let is_fraction =
        matches!(type_.class, T::PgTimestamp | T::PgTime) && type_.precision.is_some();
    let class = match type_.class {
        T::SqlDecimal => T::Numeric,
        T::SqlReal | T::Double | T::SqlDouble | T::SqlDoublePrecision => T::Float,
        T::MsUniqueidentifier => T::SqlUuid,
        class => {
            let by_driver = matches!(
                class,
                T::Text
                    | T::UnicodeText
                    | T::SqlText
                    | T::SqlChar
                    | T::SqlNchar
                    | T::SqlNvarchar
                    | T::SqlClob
                    | T::SqlDatetime
                    | T::SqlBlob
            ) || is_fraction;
            if !by_driver {
                return Ok(type_);
            }
            let driver = ev.host().driver_name().to_owned();
            match (driver.as_str(), class) {
                ("psycopg2", _) => class,
                ("psycopg", T::SqlBlob) | ("asyncpg", T::SqlChar) => class,
                ("psycopg" | "asyncpg", T::SqlDatetime | T::PgTimestamp) => T::DateTime,
                ("psycopg" | "asyncpg", T::PgTime) => T::Time,
                ("asyncpg", T::SqlBlob) => T::LargeBinary,
                ("psycopg" | "asyncpg", _) => T::String,
                // It is known where the migration runs.
                ("", _) if !ev.host().is_live() => {
                    let why = "`type_descriptor()` asks for the driver's own type";
                    return Err(crate::alchemy::op::emit::no_database(ev, why));
                }
                _ => return Err(depends(ev, "postgresql")),
            }
        }
    };
    let precision = if is_fraction && class != type_.class {
        None
    } else {
        type_.precision
    };
    Ok(ColumnType {
        class,
        precision,
        ..type_
    })
}

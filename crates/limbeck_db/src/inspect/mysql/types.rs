//! Types as `SHOW CREATE TABLE` names them.

use limbeck_schema::{ColumnType, EnumLabels, TypeClass};

use super::parse::ParsedColumn;
use crate::inspect::text::{find_all, group, pattern};

/// The type of a column.
pub(super) fn resolve(column: &ParsedColumn, warnings: &mut Vec<String>) -> ColumnType {
    let Some(class) = named(&column.type_name.to_lowercase()) else {
        warnings.push(format!(
            "Did not recognize type '{}' of column '{}'",
            column.type_name, column.name
        ));
        return ColumnType::new(TypeClass::NullType);
    };
    let mut type_ = ColumnType::new(class);
    type_.unsigned = column.unsigned;
    type_.zerofill = column.zerofill;
    type_.charset = column.charset.clone();
    type_.collation = column.collation.clone();
    let argument = column.argument.as_deref().unwrap_or_default();
    if argument.starts_with('\'') && argument.ends_with('\'') {
        let labels = find_all(&pattern(r"'(?:''|[^'])*'"), argument);
        let labels = labels.iter().filter_map(|it| {
            let quoted = group(it, 0)?;
            Some(quoted.get(1..quoted.len() - 1)?.replace("''", "'"))
        });
        type_.labels = Some(EnumLabels {
            labels: labels.collect(),
            enum_class: None,
        });
        return type_;
    }
    let numbers = find_all(&pattern(r"\d+"), argument);
    let mut numbers = numbers
        .iter()
        .filter_map(|it| group(it, 0)?.parse::<u64>().ok());
    let (first, second) = (numbers.next(), numbers.next());
    match class {
        TypeClass::MyDatetime | TypeClass::MyTime | TypeClass::MyTimestamp => type_.fsp = first,
        TypeClass::MyDecimal | TypeClass::MyNumeric | TypeClass::MyDouble | TypeClass::MyFloat => {
            type_.precision = first;
            type_.scale = second.and_then(|it| it.try_into().ok());
        }
        TypeClass::MyYear => type_.display_width = first,
        class if is_integer(class) => type_.display_width = first,
        _ => type_.length = first,
    }
    type_
}

/// True for the types of SQLAlchemy's `Integer` family, whose `autoincrement` is told for each column.
pub(super) fn is_integer(class: TypeClass) -> bool {
    matches!(
        class,
        TypeClass::MyBigint
            | TypeClass::MyInteger
            | TypeClass::MyMediumint
            | TypeClass::MySmallint
            | TypeClass::MyTinyint
    )
}

fn named(name: &str) -> Option<TypeClass> {
    Some(match name {
        "bigint" => TypeClass::MyBigint,
        "binary" => TypeClass::SqlBinary,
        "bit" => TypeClass::MyBit,
        "blob" => TypeClass::SqlBlob,
        "boolean" => TypeClass::SqlBoolean,
        "char" => TypeClass::MyChar,
        "date" => TypeClass::SqlDate,
        "datetime" => TypeClass::MyDatetime,
        "decimal" | "fixed" => TypeClass::MyDecimal,
        "double" => TypeClass::MyDouble,
        "enum" => TypeClass::MyEnum,
        "float" => TypeClass::MyFloat,
        "int" | "integer" => TypeClass::MyInteger,
        "json" => TypeClass::MyJson,
        "longblob" => TypeClass::MyLongblob,
        "longtext" => TypeClass::MyLongtext,
        "mediumblob" => TypeClass::MyMediumblob,
        "mediumint" => TypeClass::MyMediumint,
        "mediumtext" => TypeClass::MyMediumtext,
        "nchar" => TypeClass::MyNchar,
        "nvarchar" => TypeClass::MyNvarchar,
        "numeric" => TypeClass::MyNumeric,
        "set" => TypeClass::MySet,
        "smallint" => TypeClass::MySmallint,
        "text" => TypeClass::MyText,
        "time" => TypeClass::MyTime,
        "timestamp" => TypeClass::MyTimestamp,
        "tinyblob" => TypeClass::MyTinyblob,
        "tinyint" => TypeClass::MyTinyint,
        "tinytext" => TypeClass::MyTinytext,
        "uuid" => TypeClass::SqlUuid,
        "varbinary" => TypeClass::SqlVarbinary,
        "varchar" => TypeClass::MyVarchar,
        "year" => TypeClass::MyYear,
        _ => return None,
    })
}

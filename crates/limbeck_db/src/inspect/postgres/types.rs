//! Types as `format_type()` writes them.

use limbeck_schema::{ColumnType, EnumLabels, Name, TypeClass};

use crate::inspect::text_expr;

/// Types that users have made.
#[derive(Debug, Default)]
pub(super) struct NamedTypes {
    pub(super) enums: Vec<Enum>,
    pub(super) domains: Vec<Domain>,
}

#[derive(Debug)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) schema: String,
    /// Unqualified names reach it.
    pub(super) visible: bool,
    pub(super) labels: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Domain {
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) visible: bool,
    /// The type it stands for.
    pub(super) base: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    pub(super) collation: Option<String>,
    /// Name and condition of its first check.
    pub(super) check: Option<(String, String)>,
}

/// True if a type written as these parts is that one.
fn is_named(parts: &[String], name: &str, schema: &str, visible: bool) -> bool {
    match parts {
        [it] => visible && it == name,
        [namespace, it] => !visible && namespace == schema && it == name,
        _ => false,
    }
}

/// The type of `format`; `NullType` with a warning if SQLAlchemy does not know it. `owner` is what has that type.
pub(super) fn resolve(
    format: Option<&str>,
    collation: Option<&str>,
    named: &NamedTypes,
    owner: &str,
    warnings: &mut Vec<String>,
) -> ColumnType {
    let Some(format) = format else {
        warnings.push(format!(
            "PostgreSQL format_type() returned NULL for {owner}"
        ));
        return ColumnType::new(TypeClass::NullType);
    };
    let scalar = format.trim_end_matches("[]");
    let is_array = scalar.len() < format.len();
    let (base, args) = split_args(scalar);
    let Some(mut type_) = resolve_scalar(&base, &args, named, warnings) else {
        warnings.push(format!("Did not recognize type '{base}' of {owner}"));
        return ColumnType::new(TypeClass::NullType);
    };
    if let Some(collation) = collation {
        type_.collation = Some(collation.to_owned());
    }
    if !is_array {
        return type_;
    }
    // The server keeps neither dimensions nor sizes.
    ColumnType {
        item: Some(Box::new(type_)),
        ..ColumnType::new(TypeClass::PgArray)
    }
}

/// `timestamp(3) with time zone` to `timestamp with time zone` and `3`.
fn split_args(format: &str) -> (String, Vec<String>) {
    let (Some(open), Some(close)) = (format.find('('), format.rfind(')')) else {
        return (format.to_owned(), Vec::new());
    };
    let (Some(before), Some(inner), Some(after)) = (
        format.get(..open),
        format.get(open + 1..close),
        format.get(close + 1..),
    ) else {
        return (format.to_owned(), Vec::new());
    };
    let args = inner.split(',').map(|it| it.trim().to_owned());
    let args = args.filter(|it| !it.is_empty()).collect();
    (format!("{before}{after}"), args)
}

fn resolve_scalar(
    base: &str,
    args: &[String],
    named: &NamedTypes,
    warnings: &mut Vec<String>,
) -> Option<ColumnType> {
    let number = |at: usize| args.get(at).and_then(|it| it.parse::<u64>().ok());
    let class = class_of(&base.to_lowercase());
    let with = |class: Option<TypeClass>| class.map(ColumnType::new);
    let mut type_ = match base {
        "numeric" => {
            let mut type_ = with(class)?;
            if args.len() == 2 {
                type_.precision = number(0);
                type_.scale = args.get(1).and_then(|it| it.parse().ok());
            }
            return Some(type_);
        }
        "double precision" => {
            let mut type_ = with(class)?;
            type_.precision = Some(53);
            return Some(type_);
        }
        "integer" => return with(class),
        "timestamp with time zone"
        | "time with time zone"
        | "timestamp without time zone"
        | "time without time zone"
        | "time" => {
            let mut type_ = with(class)?;
            type_.timezone = base.ends_with(" with time zone");
            type_.precision = number(0);
            return Some(type_);
        }
        "bit varying" => {
            let mut type_ = with(class)?;
            type_.varying = true;
            type_.length = number(0);
            return Some(type_);
        }
        "interval" => ColumnType::new(TypeClass::PgInterval),
        base if base.starts_with("interval ") => ColumnType {
            fields: base.get(9..).map(str::to_owned),
            ..ColumnType::new(TypeClass::PgInterval)
        },
        _ => {
            let parts = split_name(base);
            if let Some(it) = named
                .enums
                .iter()
                .find(|it| is_named(&parts, &it.name, &it.schema, it.visible))
            {
                return Some(enum_type(it));
            }
            if let Some(it) = named
                .domains
                .iter()
                .find(|it| is_named(&parts, &it.name, &it.schema, it.visible))
            {
                return Some(domain_type(it, named, warnings));
            }
            let mut type_ = with(class)?;
            type_.length = number(0);
            if type_.class == TypeClass::PgBit {
                type_.length = type_.length.or(Some(1));
            }
            return Some(type_);
        }
    };
    type_.precision = number(0);
    Some(type_)
}

fn enum_type(it: &Enum) -> ColumnType {
    ColumnType {
        name: Some(Name::from(it.name.as_str())),
        schema: (!it.visible).then(|| Name::from(it.schema.as_str())),
        labels: Some(EnumLabels {
            labels: it.labels.clone(),
            enum_class: None,
        }),
        ..ColumnType::new(TypeClass::PgEnum)
    }
}

fn domain_type(it: &Domain, named: &NamedTypes, warnings: &mut Vec<String>) -> ColumnType {
    let base = resolve(
        Some(&it.base),
        it.collation.as_deref(),
        named,
        &format!("DOMAIN '{}'", it.name),
        warnings,
    );
    ColumnType {
        name: Some(Name::from(it.name.as_str())),
        schema: (!it.visible).then(|| Name::from(it.schema.as_str())),
        item: Some(Box::new(base)),
        collation: it.collation.clone(),
        create_type: Some(false),
        domain_default: it.default.as_deref().map(|sql| Box::new(text_expr(sql))),
        domain_not_null: Some(it.not_null),
        domain_check: it.check.as_ref().map(|(_, sql)| Box::new(text_expr(sql))),
        domain_constraint_name: it.check.as_ref().map(|(name, _)| name.clone()),
        ..ColumnType::new(TypeClass::PgDomain)
    }
}

/// The parts of a dotted name, quotes taken off.
fn split_name(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut quoted = false;
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                push(&mut parts, '"');
            }
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            next => push(&mut parts, next),
        }
    }
    parts
}

fn push(parts: &mut [String], next: char) {
    if let Some(last) = parts.last_mut() {
        last.push(next);
    }
}

fn class_of(name: &str) -> Option<TypeClass> {
    Some(match name {
        "_array" => TypeClass::PgArray,
        "hstore" => TypeClass::PgHstore,
        "json" => TypeClass::PgJson,
        "jsonb" => TypeClass::PgJsonb,
        "int4range" => TypeClass::PgInt4Range,
        "int8range" => TypeClass::PgInt8Range,
        "numrange" => TypeClass::PgNumRange,
        "daterange" => TypeClass::PgDateRange,
        "tsrange" => TypeClass::PgTsRange,
        "tstzrange" => TypeClass::PgTsTzRange,
        "int4multirange" => TypeClass::PgInt4Multirange,
        "int8multirange" => TypeClass::PgInt8Multirange,
        "nummultirange" => TypeClass::PgNumMultirange,
        "datemultirange" => TypeClass::PgDateMultirange,
        "tsmultirange" => TypeClass::PgTsMultirange,
        "tstzmultirange" => TypeClass::PgTsTzMultirange,
        "integer" => TypeClass::SqlInteger,
        "bigint" => TypeClass::SqlBigint,
        "smallint" => TypeClass::SqlSmallint,
        "character varying" => TypeClass::SqlVarchar,
        "character" => TypeClass::SqlChar,
        "\"char\"" | "name" => TypeClass::String,
        "text" => TypeClass::SqlText,
        "numeric" => TypeClass::SqlNumeric,
        "float" => TypeClass::SqlFloat,
        "real" => TypeClass::SqlReal,
        "inet" => TypeClass::PgInet,
        "cidr" => TypeClass::PgCidr,
        "citext" => TypeClass::PgCitext,
        "uuid" => TypeClass::SqlUuid,
        "bit" | "bit varying" => TypeClass::PgBit,
        "macaddr" => TypeClass::PgMacaddr,
        "macaddr8" => TypeClass::PgMacaddr8,
        "money" => TypeClass::PgMoney,
        "oid" => TypeClass::PgOid,
        "regclass" => TypeClass::PgRegclass,
        "double precision" => TypeClass::SqlDoublePrecision,
        "timestamp" | "timestamp with time zone" | "timestamp without time zone" => {
            TypeClass::PgTimestamp
        }
        "time" | "time with time zone" | "time without time zone" => TypeClass::PgTime,
        "date" => TypeClass::SqlDate,
        "bytea" => TypeClass::PgBytea,
        "boolean" => TypeClass::SqlBoolean,
        "interval" => TypeClass::PgInterval,
        "tsvector" => TypeClass::PgTsvector,
        "tsquery" => TypeClass::PgTsquery,
        "regconfig" => TypeClass::PgRegconfig,
        _ => return None,
    })
}

//! Column types of a dump.

use indexmap::IndexMap;
use limbeck_diag::Result;
use limbeck_schema::{ColumnType, CustomType, EnumLabels, TypeClass, TypeNamespace};
use serde_json::Value;

use super::dump::{bad, flag, name, number, text};

/// The namespace that a Python module of SQLAlchemy belongs to.
fn namespace(module: &str) -> TypeNamespace {
    let Some(dialect) = module.strip_prefix("sqlalchemy.dialects.") else {
        return TypeNamespace::Sqlalchemy;
    };
    match dialect.split('.').next().unwrap_or_default() {
        "postgresql" => TypeNamespace::Postgresql,
        "mysql" => TypeNamespace::Mysql,
        "sqlite" => TypeNamespace::Sqlite,
        "mssql" => TypeNamespace::Mssql,
        "oracle" => TypeNamespace::Oracle,
        _ => TypeNamespace::Sqlalchemy,
    }
}

fn find(module: &str, class: &str) -> Option<TypeClass> {
    let wanted = namespace(module);
    let of = |namespace: TypeNamespace| {
        TypeClass::ALL
            .iter()
            .copied()
            .find(|it| it.namespace() == namespace && it.py_name() == class)
    };
    of(wanted).or_else(|| of(TypeNamespace::Sqlalchemy))
}

fn boxed(value: &Value, key: &str) -> Result<Option<Box<ColumnType>>> {
    match value.get(key) {
        Some(Value::Null) | None => Ok(None),
        Some(inner) => parse_type(inner).map(|it| Some(Box::new(it))),
    }
}

fn map(value: &Value, key: &str) -> Result<IndexMap<String, ColumnType>> {
    let mut out = IndexMap::new();
    if let Some(Value::Object(items)) = value.get(key) {
        for (dialect, inner) in items {
            out.insert(dialect.clone(), parse_type(inner)?);
        }
    }
    Ok(out)
}

/// One type.
pub(super) fn parse_type(value: &Value) -> Result<ColumnType> {
    let class = text(value, "class").ok_or_else(|| bad("a type without a class"))?;
    let module = text(value, "module").unwrap_or_default();
    let variants = map(value, "variants")?;
    if flag(value, "custom") {
        let repr = text(value, "repr").unwrap_or_default();
        let arguments = repr
            .strip_prefix(&format!("{class}("))
            .and_then(|it| it.strip_suffix(')'))
            .unwrap_or_default()
            .to_owned();
        let mut type_ = ColumnType::custom(CustomType {
            module,
            name: class,
            arguments,
            // What it stands for is known for the dialect of the dump, and its own `repr()` says its arguments.
            impl_: None,
            by_dialect: map(value, "by_dialect")?,
            col_spec: text(value, "spec"),
        });
        type_.variants = variants;
        return Ok(type_);
    }
    let found = find(&module, &class)
        .ok_or_else(|| bad(format!("the type {module}.{class} is not known")))?;
    let is_enum = matches!(
        found,
        TypeClass::Enum | TypeClass::PgEnum | TypeClass::MyEnum | TypeClass::MySet
    );
    let length = number(value, "length").and_then(|it| u64::try_from(it).ok());
    let unsigned = |key: &str| number(value, key).and_then(|it| u64::try_from(it).ok());
    let mut type_ = ColumnType::new(found);
    type_.length = length.filter(|_| !is_enum || flag(value, "explicit_length"));
    type_.precision = unsigned("precision");
    type_.scale = number(value, "scale").and_then(|it| i64::try_from(it).ok());
    type_.binary_precision = unsigned("binary_precision");
    type_.asdecimal = value.get("asdecimal").and_then(Value::as_bool);
    type_.timezone = flag(value, "timezone");
    type_.local_timezone = flag(value, "local_timezone");
    type_.collation = text(value, "collation");
    type_.charset = text(value, "charset");
    type_.unsigned = flag(value, "unsigned");
    type_.zerofill = flag(value, "zerofill");
    type_.display_width = unsigned("display_width");
    type_.fsp = unsigned("fsp");
    type_.text_flags = ["ascii", "unicode", "binary", "national"].map(|key| flag(value, key));
    type_.fields = text(value, "fields");
    type_.day_precision = unsigned("day_precision");
    type_.second_precision = unsigned("second_precision");
    type_.native = ["native", "native_enum", "native_uuid"]
        .iter()
        .find_map(|key| value.get(*key).and_then(Value::as_bool))
        .filter(|native| !native);
    type_.as_uuid = value
        .get("as_uuid")
        .and_then(Value::as_bool)
        .filter(|it| !it);
    type_.create_constraint = flag(value, "create_constraint");
    type_.create_type = value
        .get("create_type")
        .and_then(Value::as_bool)
        .filter(|it| !it);
    type_.name = name(value.get("name")).map(|(name, _)| name);
    type_.name_is_final = name(value.get("name")).is_some_and(|(_, is_final)| is_final);
    type_.schema = name(value.get("schema")).map(|(name, _)| name);
    type_.inherit_schema = flag(value, "inherit_schema");
    type_.labels = value
        .get("labels")
        .and_then(Value::as_array)
        .map(|labels| EnumLabels {
            labels: labels
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
            enum_class: None,
        });
    type_.item = boxed(value, "item")?;
    type_.dimensions = unsigned("dimensions");
    type_.as_tuple = flag(value, "as_tuple");
    type_.none_as_null = flag(value, "none_as_null");
    type_.astext_type = boxed(value, "astext")?;
    type_.varying = flag(value, "varying");
    type_.filestream = flag(value, "filestream");
    type_.variants = variants;
    Ok(type_)
}

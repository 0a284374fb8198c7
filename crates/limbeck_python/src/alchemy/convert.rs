//! From Python values to the plain values of a schema.

use limbeck_schema::{ConstraintName, DialectOptions, Name, OptionValue};

use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Instance, Str, Value};

/// The first argument that is unknown: a pure constructor passes it on.
pub(crate) fn first_unknown(args: &Args) -> Option<Value> {
    args.values().find(|value| value.is_unknown()).cloned()
}

/// The failure "expected something else", for values that SQLAlchemy would refuse or read otherwise.
fn unexpected(ev: &mut Interp<'_>, value: &Value, what: &str, expected: &str) -> crate::flow::Flow {
    if let Err(flow) = ev.need_known(value, what) {
        return flow;
    }
    let found = ev.type_name(value);
    ev.unreadable(format!("{what} should be {expected}, not `{found}`"))
}

/// A string.
pub(crate) fn text(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Str> {
    match value.as_str() {
        Some(text) => Ok(text),
        None => Err(unexpected(ev, value, what, "a string")),
    }
}

/// A string or `None`.
pub(crate) fn opt_text(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<String>> {
    if value.is_none() {
        return Ok(None);
    }
    Ok(Some(text(ev, value, what)?.to_string()))
}

/// The truth of a value that must be known.
pub(crate) fn flag(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<bool> {
    ev.need_known(value, what)?;
    ev.truth(value, what)
}

/// The truth of a value, or nothing for `None`.
pub(crate) fn opt_flag(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<bool>> {
    if value.is_none() {
        return Ok(None);
    }
    Ok(Some(flag(ev, value, what)?))
}

/// A whole number or `None`.
pub(crate) fn opt_i128(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<i128>> {
    if value.is_none() {
        return Ok(None);
    }
    let number = if matches!(value, Value::Bool(_)) {
        None
    } else {
        value.as_int()
    };
    match number.and_then(|int| int.to_string().parse().ok()) {
        Some(number) => Ok(Some(number)),
        None => Err(unexpected(ev, value, what, "a whole number")),
    }
}

/// A whole number that is not negative, or `None`.
pub(crate) fn opt_u64(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<u64>> {
    match opt_i128(ev, value, what)? {
        None => Ok(None),
        Some(number) => match u64::try_from(number) {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(unexpected(ev, value, what, "a number that is not negative")),
        },
    }
}

/// The elements of an iterable.
pub(crate) fn items(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Vec<Value>> {
    ev.need_known(value, what)?;
    ev.iterate(value)
}

/// An identifier, with the flag of a `quoted_name`.
pub(crate) fn name(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Name> {
    let text = text(ev, value, what)?;
    Ok(Name {
        text: text.to_string(),
        quote: quote_flag(value),
    })
}

/// An identifier or `None`.
pub(crate) fn opt_name(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<Name>> {
    if value.is_none() {
        return Ok(None);
    }
    Ok(Some(name(ev, value, what)?))
}

/// The `quote` attribute of a `quoted_name`.
fn quote_flag(value: &Value) -> Option<bool> {
    match value {
        Value::Instance(instance) => match instance.get("quote") {
            Some(Value::Bool(quote)) => Some(quote),
            _ => None,
        },
        _ => None,
    }
}

/// True for `op.f("…")`: a name that conventions leave alone.
pub(crate) fn is_final_name(ev: &Interp<'_>, value: &Value) -> bool {
    match value {
        Value::Instance(instance) => instance.class.is_subclass(&alchemy(ev).class("conv")),
        _ => false,
    }
}

/// The name of a constraint or index. `_NONE_NAME` and `None` are no name.
pub(crate) fn constraint_name(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<ConstraintName> {
    if value.is_none() || is_symbol(value) {
        return Ok(ConstraintName::None);
    }
    let is_final = is_final_name(ev, value);
    let name = name(ev, value, what)?;
    Ok(if is_final {
        ConstraintName::Final(name)
    } else {
        ConstraintName::Given(name)
    })
}

/// A marker such as `naming_convention`'s `_NONE_NAME`.
fn is_symbol(value: &Value) -> bool {
    matches!(value, Value::Opaque(opaque) if opaque.what == "_NONE_NAME")
}

/// A string that is an instance of `quoted_name` or `conv`.
pub(crate) fn marked_string(
    ev: &Interp<'_>,
    class: &'static str,
    text: Str,
    quote: Value,
) -> Value {
    let instance = Instance::new(alchemy(ev).class(class), Some(Value::Str(text)));
    instance.set("quote", quote);
    Value::Instance(instance)
}

/// A name as a Python string, marked where it has a `quote` flag.
pub(crate) fn name_value(ev: &Interp<'_>, name: &Name) -> Value {
    match name.quote {
        Some(quote) => marked_string(
            ev,
            "quoted_name",
            Str::from(name.text.as_str()),
            Value::Bool(quote),
        ),
        None => Value::from(name.text.as_str()),
    }
}

/// A constraint's name as a Python value.
pub(crate) fn constraint_name_value(ev: &Interp<'_>, name: &ConstraintName) -> Value {
    match name {
        ConstraintName::None => Value::None,
        ConstraintName::Given(name) => name_value(ev, name),
        ConstraintName::Final(name) => marked_string(
            ev,
            "conv",
            Str::from(name.text.as_str()),
            Value::from(name.quote.map(Value::Bool)),
        ),
    }
}

/// The pairs of a mapping.
pub(crate) fn pairs(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Vec<(Value, Value)>> {
    ev.need_known(value, what)?;
    match value.unwrap_payload() {
        Value::Dict(dict) => Ok(dict
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()),
        _ => {
            let items = ev.call_method(value, "items", Args::none())?;
            let mut pairs = Vec::new();
            for pair in ev.iterate(&items)? {
                let mut pair = ev.iterate(&pair)?.into_iter();
                if let (Some(key), Some(value)) = (pair.next(), pair.next()) {
                    pairs.push((key, value));
                }
            }
            Ok(pairs)
        }
    }
}

/// Strings of an iterable.
pub(crate) fn texts(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Vec<String>> {
    let mut texts = Vec::new();
    for item in items(ev, value, what)? {
        texts.push(text(ev, &item, what)?.to_string());
    }
    Ok(texts)
}

/// One dialect option.
pub(crate) fn option_value(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<OptionValue> {
    ev.need_known(value, what)?;
    if let Some(clause) = crate::alchemy::sql::clause::as_clause(ev, value)? {
        return Ok(OptionValue::Expr(clause.expr.clone()));
    }
    match value {
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => {
            let mut list = Vec::new();
            for item in items(ev, value, what)? {
                list.push(option_value(ev, &item, what)?);
            }
            Ok(OptionValue::List(list))
        }
        Value::Dict(_) => {
            let mut map = indexmap::IndexMap::new();
            for (key, value) in pairs(ev, value, what)? {
                let key = match crate::alchemy::schema::items::column_key(&key) {
                    Some(key) => key,
                    None => text(ev, &key, what)?.to_string(),
                };
                map.insert(key, option_value(ev, &value, what)?);
            }
            Ok(OptionValue::Map(map))
        }
        _ => Ok(OptionValue::Literal(
            crate::alchemy::types::literal::literal(ev, value, what)?,
        )),
    }
}

/// Dialect options from the keywords that a signature does not name.
pub(crate) fn options(
    ev: &mut Interp<'_>,
    extra: &[(Str, Value)],
    construct: &str,
) -> R<DialectOptions> {
    crate::alchemy::options::validate(ev, extra, construct)?;
    let mut options = DialectOptions::new();
    for (key, value) in extra {
        let value = option_value(ev, value, &format!("`{key}`"))?;
        options.insert(key.to_string(), value);
    }
    Ok(options)
}

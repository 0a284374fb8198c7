//! `json.dumps` of a value bound to a JSON column.

use crate::eval::Interp;
use crate::flow::R;
use crate::modules::json::push_string;
use crate::value::Value;

/// The text that `json.dumps(value)` gives.
pub(crate) fn json_text(ev: &mut Interp<'_>, value: &Value) -> R<String> {
    let mut out = String::new();
    write(ev, value, &mut out)?;
    Ok(out)
}

/// A number as `json.dumps` writes it, which has words for what JSON has none for.
fn number_text(float: f64) -> String {
    if float.is_finite() {
        return crate::eval::format_float_repr(float);
    }
    match float {
        _ if float.is_nan() => "NaN",
        _ if float > 0.0 => "Infinity",
        _ => "-Infinity",
    }
    .to_owned()
}

fn write(ev: &mut Interp<'_>, value: &Value, out: &mut String) -> R<()> {
    ev.need_known(value, "a value of a JSON column")?;
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(int) => out.push_str(&int.to_string()),
        Value::Float(float) => out.push_str(&number_text(*float)),
        Value::Str(text) => push_string(out, text, true),
        Value::List(_) | Value::Tuple(_) => {
            out.push('[');
            for (index, item) in ev.iterate(value)?.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                write(ev, item, out)?;
            }
            out.push(']');
        }
        Value::Dict(_) => {
            out.push('{');
            let pairs = crate::alchemy::convert::pairs(ev, value, "a value of a JSON column")?;
            for (index, (key, item)) in pairs.iter().enumerate() {
                if index > 0 {
                    out.push_str(", ");
                }
                match key {
                    Value::Str(text) => push_string(out, text, true),
                    Value::Int(int) => push_string(out, &int.to_string(), true),
                    Value::Float(float) => push_string(out, &number_text(*float), true),
                    Value::Bool(flag) => {
                        push_string(out, if *flag { "true" } else { "false" }, true)
                    }
                    Value::None => push_string(out, "null", true),
                    _ => {
                        return Err(
                            ev.unreadable("a key of a JSON value is neither a string nor a number")
                        );
                    }
                }
                out.push_str(": ");
                write(ev, item, out)?;
            }
            out.push('}');
        }
        Value::Instance(_) if !matches!(value.unwrap_payload(), Value::Instance(_)) => {
            let payload = value.unwrap_payload();
            write(ev, &payload, out)?;
        }
        _ => {
            let name = ev.type_name(value);
            return Err(ev.raise(
                "TypeError",
                format!("Object of type {name} is not JSON serializable"),
            ));
        }
    }
    Ok(())
}

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

fn write(ev: &mut Interp<'_>, value: &Value, out: &mut String) -> R<()> {
    ev.need_known(value, "a value of a JSON column")?;
    match value {
        Value::None => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Int(int) => out.push_str(&int.to_string()),
        Value::Float(float) if float.is_finite() => {
            out.push_str(&crate::eval::format_float_repr(*float))
        }
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

//! Formatting: `format()` and format specs.

mod fields;
mod float;
mod percent;
mod spec;

use std::rc::Rc;

use super::Interp;
use super::ops::plain_int;
use crate::args::Args;
use crate::flow::R;
use crate::value::{Int, Value};
use float::float_text;
pub(crate) use float::format_float_repr;
use spec::{Spec, pad_number, parse_spec};

impl Interp<'_> {
    /// `format(value, spec)`.
    pub fn format_value(&mut self, value: &Value, spec: &str) -> R<String> {
        match value {
            Value::Instance(instance) => {
                if let Some(method) = instance.class.lookup("__format__") {
                    let bound = self.bind_to(&method, value.clone())?;
                    let result = self.call(&bound, Args::positional(vec![Value::from(spec)]))?;
                    self.need_known(&result, "the result of `__format__`")?;
                    return self.to_str(&result);
                }
                if instance.class.is_enum() {
                    let version = self.world().inputs().python_version;
                    let own_str = instance.class.lookup("__str__").is_some();
                    // Before 3.11 a mixed-in type formats its value; `IntEnum` and `StrEnum` always do.
                    if (version < (3, 11, 0) || instance.class.lookup("__repr_enum__").is_some())
                        && !own_str
                        && let Some(payload) = instance.payload()
                    {
                        return self.format_value(&payload, spec);
                    }
                    let text = self.to_str(value)?;
                    return self.format_value(&Value::from(text), spec);
                }
                if !spec.is_empty()
                    && let Some(payload) = instance.payload()
                {
                    return self.format_value(&payload, spec);
                }
            }
            Value::Object(object) => {
                if let Some(text) = Rc::clone(object).format(self, spec)? {
                    return Ok(text);
                }
            }
            _ => {}
        }
        if spec.is_empty() {
            return self.to_str(value);
        }
        let kind = self.type_name(value);
        if !matches!(
            value,
            Value::Str(_) | Value::Int(_) | Value::Bool(_) | Value::Float(_)
        ) {
            return Err(self.raise(
                "TypeError",
                format!("unsupported format string passed to {kind}.__format__"),
            ));
        }
        if spec.contains('z') {
            return Err(self.unreadable("`z` in a format is not modelled"));
        }
        let parsed = match parse_spec(spec, &kind) {
            Ok(parsed) => parsed,
            Err(message) => return Err(self.raise("ValueError", message)),
        };
        self.check_size(parsed.width.max(parsed.precision.unwrap_or(0)))?;
        match value {
            Value::Str(text) => self.format_str(text, &parsed),
            Value::Int(_) | Value::Bool(_) => match plain_int(value) {
                Some(int) => self.format_int(&int, &parsed, &kind),
                None => self.to_str(value),
            },
            Value::Float(float) => self.format_float(*float, &parsed, &kind),
            _ => self.to_str(value),
        }
    }

    fn unknown_code(&self, code: Option<char>, kind: &str) -> crate::flow::Flow {
        let code = code.unwrap_or(' ');
        self.raise(
            "ValueError",
            format!("Unknown format code '{code}' for object of type '{kind}'"),
        )
    }

    fn format_str(&mut self, text: &str, spec: &Spec) -> R<String> {
        if !matches!(spec.kind, None | Some('s')) {
            return Err(self.unknown_code(spec.kind, "str"));
        }
        if let Some(grouping) = spec.grouping {
            let text = format!("Cannot specify '{grouping}' with 's'.");
            return Err(self.raise("ValueError", text));
        }
        if let Some(sign) = spec.sign {
            let what = if sign == ' ' { "Space" } else { "Sign" };
            let text = format!("{what} not allowed in string format specifier");
            return Err(self.raise("ValueError", text));
        }
        if spec.alternate {
            let text = "Alternate form (#) not allowed in string format specifier";
            return Err(self.raise("ValueError", text));
        }
        if spec.align == Some('=') {
            return Err(self.raise(
                "ValueError",
                "'=' alignment not allowed in string format specifier",
            ));
        }
        let text: String = match spec.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        let missing = spec.width.saturating_sub(text.chars().count());
        let fill = spec
            .fill
            .unwrap_or(if spec.zero { '0' } else { ' ' })
            .to_string();
        Ok(match spec.align {
            Some('>') => format!("{}{text}", fill.repeat(missing)),
            Some('^') => format!(
                "{}{text}{}",
                fill.repeat(missing / 2),
                fill.repeat(missing - missing / 2)
            ),
            _ => format!("{text}{}", fill.repeat(missing)),
        })
    }

    fn format_int(&mut self, int: &Int, spec: &Spec, kind: &str) -> R<String> {
        if matches!(spec.kind, Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')) {
            let value = int.to_f64();
            if value.is_infinite() {
                return Err(self.raise("OverflowError", "int too large to convert to float"));
            }
            return self.format_float(value, spec, kind);
        }
        let known = matches!(
            spec.kind,
            None | Some('d' | 'n' | 'x' | 'X' | 'o' | 'b' | 'c')
        );
        if known && spec.precision.is_some() {
            return Err(self.raise(
                "ValueError",
                "Precision not allowed in integer format specifier",
            ));
        }
        let big = int.abs().to_big();
        let (prefix, digits, step) = match spec.kind {
            None | Some('d' | 'n') => ("", big.to_string(), 3),
            Some('x') => ("0x", big.to_str_radix(16), 4),
            Some('X') => ("0X", big.to_str_radix(16).to_uppercase(), 4),
            Some('o') => ("0o", big.to_str_radix(8), 4),
            Some('b') => ("0b", big.to_str_radix(2), 4),
            Some('c') => {
                let refused = match (spec.sign, spec.alternate) {
                    (Some(_), _) => Some("Sign not allowed"),
                    (None, true) => Some("Alternate form (#) not allowed"),
                    (None, false) => None,
                };
                if let Some(refused) = refused {
                    let text = format!("{refused} with integer format specifier 'c'");
                    return Err(self.raise("ValueError", text));
                }
                let char = int
                    .to_i64()
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32);
                let Some(char) = char else {
                    return Err(self.raise("OverflowError", "%c arg not in range(0x110000)"));
                };
                let align = match spec.align {
                    None | Some('=') => Some('>'),
                    align => align,
                };
                let spec = Spec {
                    kind: None,
                    align,
                    ..spec.clone()
                };
                return self.format_str(&char.to_string(), &spec);
            }
            code => return Err(self.unknown_code(code, kind)),
        };
        let prefix = if spec.alternate { prefix } else { "" };
        Ok(pad_number(int.is_negative(), prefix, &digits, spec, step))
    }

    fn format_float(&mut self, value: f64, spec: &Spec, kind: &str) -> R<String> {
        match float_text(value.abs(), spec) {
            Some(text) => {
                let negative = value.is_sign_negative() && !value.is_nan();
                Ok(pad_number(negative, "", &text, spec, 3))
            }
            None => Err(self.unknown_code(spec.kind, kind)),
        }
    }

    /// `format()` of a `Decimal`, whose digits `text` gives for a type and a precision, with whether it is negative.
    pub(crate) fn format_decimal(
        &mut self,
        spec: &str,
        text: impl Fn(Option<char>, Option<usize>) -> Option<(bool, String)>,
    ) -> R<String> {
        let parsed = match parse_spec(spec, "decimal.Decimal") {
            Ok(parsed)
                if !(parsed.alternate || parsed.zero && parsed.align.is_some())
                    && parsed.grouping != Some('_')
                    && matches!(
                        parsed.kind,
                        None | Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')
                    ) =>
            {
                parsed
            }
            _ if spec.contains(['z', 'n', '\0']) => {
                return Err(self.unreadable("this format of a `Decimal` is not modelled"));
            }
            _ => return Err(self.raise("ValueError", "invalid format string")),
        };
        // How zeros fill up a number with separators is left open.
        if parsed.zero && parsed.grouping.is_some() {
            return Err(self.unreadable("this format of a `Decimal` is not modelled"));
        }
        self.check_size(parsed.width.max(parsed.precision.unwrap_or(0)))?;
        match text(parsed.kind, parsed.precision) {
            Some((negative, text)) => Ok(pad_number(negative, "", &text, &parsed, 3)),
            None => Err(self.unreadable("a `Decimal` of so many digits is not modelled")),
        }
    }
}

//! `template % values`.

use super::spec::{Spec, pad_number};
use crate::args::Args;
use crate::eval::{Interp, plain_float, plain_int};
use crate::flow::R;
use crate::value::{Int, Value};

impl Interp<'_> {
    /// A width or a precision: digits, or `*`, which takes the next value.
    fn format_number(
        &mut self,
        chars: &mut std::iter::Peekable<std::str::Chars<'_>>,
        values: &mut std::vec::IntoIter<Value>,
    ) -> R<Option<i64>> {
        if chars.peek() == Some(&'*') {
            chars.next();
            let Some(value) = values.next() else {
                return Err(self.raise("TypeError", "not enough arguments for format string"));
            };
            return crate::builtins::to_index(self, &value).map(Some);
        }
        let mut number = None;
        while let Some(digit) = chars.peek().and_then(|char| char.to_digit(10)) {
            let before = number.unwrap_or(0_i64);
            number = Some(before.saturating_mul(10).saturating_add(i64::from(digit)));
            chars.next();
        }
        Ok(number)
    }

    /// `template % value`.
    pub(crate) fn percent_format(&mut self, template: &str, value: &Value) -> R {
        let mut values = match value.unwrap_payload() {
            Value::Tuple(items) => items.to_vec(),
            _ => vec![value.clone()],
        }
        .into_iter();
        // What has items and is no tuple and no text may be left over.
        let is_mapping = match value {
            Value::Instance(instance) if instance.class.lookup("__getitem__").is_some() => true,
            _ => matches!(
                value.unwrap_payload(),
                Value::Dict(_) | Value::List(_) | Value::Bytes(_) | Value::Range(_)
            ),
        };
        let is_sequence = matches!(
            value.unwrap_payload(),
            Value::List(_) | Value::Bytes(_) | Value::Range(_)
        );
        let mut out = String::new();
        let mut unknown = None;
        let mut chars = template.chars().peekable();
        let mut used_mapping = false;
        while let Some(char) = chars.next() {
            if char != '%' {
                out.push(char);
                continue;
            }
            let mut item = None;
            if chars.peek() == Some(&'(') {
                chars.next();
                let mut name = String::new();
                let mut depth = 1;
                for char in chars.by_ref() {
                    match char {
                        '(' => depth += 1,
                        ')' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        break;
                    }
                    name.push(char);
                }
                if depth != 0 {
                    return Err(self.raise("ValueError", "incomplete format key"));
                }
                if is_sequence {
                    return Err(self.unreadable("a sequence that is formatted as a mapping"));
                }
                if !is_mapping && !matches!(value, Value::Instance(_) | Value::Object(_)) {
                    return Err(self.raise("TypeError", "format requires a mapping"));
                }
                used_mapping = true;
                item = Some(self.get_item(value, &Value::from(name))?);
            }
            let mut spec = Spec::default();
            let mut left = false;
            while let Some(flag) = chars.peek().copied() {
                match flag {
                    '#' => spec.alternate = true,
                    '0' => spec.zero = true,
                    '-' => left = true,
                    ' ' => spec.sign = spec.sign.or(Some(' ')),
                    '+' => spec.sign = Some('+'),
                    _ => break,
                }
                chars.next();
            }
            let mut width = self.format_number(&mut chars, &mut values)?.unwrap_or(0);
            if width < 0 {
                left = true;
                width = width.saturating_abs();
            }
            spec.width = usize::try_from(width).unwrap_or(0);
            if chars.peek() == Some(&'.') {
                chars.next();
                let precision = self.format_number(&mut chars, &mut values)?.unwrap_or(0);
                spec.precision = Some(usize::try_from(precision).unwrap_or(0));
            }
            self.check_size(spec.width.max(spec.precision.unwrap_or(0)))?;
            while matches!(chars.peek(), Some('h' | 'l' | 'L')) {
                chars.next();
            }
            let Some(conversion) = chars.next() else {
                return Err(self.raise("ValueError", "incomplete format"));
            };
            if conversion == '%' {
                out.push('%');
                continue;
            }
            let item = match item {
                Some(item) => item,
                None => match values.next() {
                    Some(item) => item,
                    None => {
                        return Err(
                            self.raise("TypeError", "not enough arguments for format string")
                        );
                    }
                },
            };
            if left {
                spec.align = Some('<');
                spec.zero = false;
            }
            if item.is_unknown() {
                unknown = unknown.or(Some(item));
                continue;
            }
            out.push_str(&self.percent_item(conversion, &item, spec, template)?);
        }
        if values.next().is_some() && !is_mapping && !used_mapping {
            return Err(self.raise(
                "TypeError",
                "not all arguments converted during string formatting",
            ));
        }
        self.check_size(out.len())?;
        Ok(unknown.unwrap_or_else(|| Value::from(out)))
    }

    /// The integer that an object of a class with `__int__` is for `%d`.
    fn number_for(&mut self, item: &Value, real: bool) -> R {
        if let Value::Instance(instance) = item
            && real
            && instance.payload().is_none()
            && ["__int__", "__index__"]
                .iter()
                .any(|name| instance.class.lookup(name).is_some())
        {
            return crate::builtins::construct(self, "int", Args::positional(vec![item.clone()]));
        }
        Ok(item.clone())
    }

    fn percent_item(
        &mut self,
        conversion: char,
        item: &Value,
        mut spec: Spec,
        template: &str,
    ) -> R<String> {
        match conversion {
            's' | 'r' | 'a' => {
                let text = match conversion {
                    's' => self.to_str(item)?,
                    'r' => self.to_repr(item)?,
                    _ => self.to_ascii(item)?,
                };
                let spec = spec.of_text(true);
                self.format_str(&text, &spec)
            }
            'c' => {
                let text = match item.as_str() {
                    Some(text) if text.chars().count() == 1 => text.to_string(),
                    Some(_) => return Err(self.raise("TypeError", "%c requires int or char")),
                    None => {
                        let Some(code) = self.index_opt(item)? else {
                            return Err(self.raise("TypeError", "%c requires int or char"));
                        };
                        let code = code.to_i64().and_then(|code| u32::try_from(code).ok());
                        match code {
                            Some(0xd800..=0xdfff) => {
                                return Err(self.unreadable("half a surrogate pair"));
                            }
                            code => match code.and_then(char::from_u32) {
                                Some(char) => char.to_string(),
                                None => {
                                    return Err(self
                                        .raise("OverflowError", "%c arg not in range(0x110000)"));
                                }
                            },
                        }
                    }
                };
                let spec = spec.of_text(false);
                self.format_str(&text, &spec)
            }
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let plain = self.number_for(item, matches!(conversion, 'd' | 'i' | 'u'))?;
                let item = &plain;
                let plain = plain.unwrap_payload();
                let int = match &plain {
                    Value::Float(float) if matches!(conversion, 'd' | 'i' | 'u') => {
                        if float.is_nan() {
                            return Err(
                                self.raise("ValueError", "cannot convert float NaN to integer")
                            );
                        }
                        if float.is_infinite() {
                            return Err(self.raise(
                                "OverflowError",
                                "cannot convert float infinity to integer",
                            ));
                        }
                        Int::from_f64(*float)
                    }
                    Value::Object(object)
                        if matches!(conversion, 'd' | 'i' | 'u')
                            && object.methods().contains(&"__int__") =>
                    {
                        let value = self.call_native_method(&plain, "__int__", Args::none())?;
                        self.need_known(&value, "a number that is formatted")?;
                        plain_int(&value)
                    }
                    _ => self.index_opt(item)?,
                };
                let Some(int) = int else {
                    let kind = self.type_name(item);
                    let wanted = if matches!(conversion, 'd' | 'i' | 'u') {
                        "a real number"
                    } else {
                        "an integer"
                    };
                    return Err(self.raise(
                        "TypeError",
                        format!("%{conversion} format: {wanted} is required, not {kind}"),
                    ));
                };
                spec.kind = Some(if matches!(conversion, 'i' | 'u') {
                    'd'
                } else {
                    conversion
                });
                if let Some(precision) = spec.precision.take() {
                    let digits = match conversion {
                        'x' => int.abs().to_big().to_str_radix(16),
                        'X' => int.abs().to_big().to_str_radix(16).to_uppercase(),
                        'o' => int.abs().to_big().to_str_radix(8),
                        _ => int.abs().to_string(),
                    };
                    let zeros = "0".repeat(precision.saturating_sub(digits.len()));
                    spec.kind = None;
                    let prefix = match conversion {
                        'x' if spec.alternate => "0x",
                        'X' if spec.alternate => "0X",
                        'o' if spec.alternate => "0o",
                        _ => "",
                    };
                    return Ok(pad_number(
                        int.is_negative(),
                        prefix,
                        &format!("{zeros}{digits}"),
                        &spec,
                        3,
                    ));
                }
                self.format_int(&int, &spec, "int")
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let number = match item {
                    Value::Instance(instance)
                        if ["__float__", "__index__"]
                            .iter()
                            .any(|name| instance.class.lookup(name).is_some()) =>
                    {
                        crate::builtins::construct(
                            self,
                            "float",
                            Args::positional(vec![item.clone()]),
                        )?
                    }
                    _ => item.clone(),
                };
                let float = match &number {
                    Value::Object(object) if object.methods().contains(&"__float__") => {
                        let value = self.call_native_method(&number, "__float__", Args::none())?;
                        self.need_known(&value, "a number that is formatted")?;
                        plain_float(&value)
                    }
                    other => plain_float(&other.unwrap_payload()),
                };
                let Some(float) = float else {
                    let kind = self.type_name(item);
                    return Err(self.raise("TypeError", format!("must be real number, not {kind}")));
                };
                spec.kind = Some(conversion);
                self.format_float(float, &spec, "float")
            }
            other => {
                let at = template.find(other).unwrap_or(0);
                Err(self.raise(
                    "ValueError",
                    format!(
                        "unsupported format character '{other}' (0x{:x}) at index {at}",
                        other as u32
                    ),
                ))
            }
        }
    }
}

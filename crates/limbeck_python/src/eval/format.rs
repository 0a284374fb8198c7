//! Formatting: `format()`, format specs, `%`, and the text of floats.

use std::rc::Rc;

use super::Interp;
use super::ops::{plain_float, plain_int};
use crate::args::Args;
use crate::flow::R;
use crate::value::{Int, Value};

/// `repr` of a float: the shortest digits that give the same float.
pub(crate) fn format_float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 {
            "inf".to_owned()
        } else {
            "-inf".to_owned()
        };
    }
    let mut scientific = format!("{value:e}");
    // Of two shortest texts that are equally near, Python takes the one whose last digit is even.
    let digits = scientific.bytes().take_while(|it| *it != b'e');
    let decimals = digits.filter(u8::is_ascii_digit).count().saturating_sub(1);
    let nearest = format!("{value:.decimals$e}");
    if nearest.parse() == Ok(value) {
        scientific = nearest;
    }
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..16).contains(&exponent) {
        let places = usize::try_from(i64::try_from(decimals).unwrap_or(0) - i64::from(exponent));
        let plain = format!("{value:.*}", places.unwrap_or(0));
        if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        }
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{mantissa}e{sign}{:02}", exponent.abs())
    }
}

/// A format spec: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
#[derive(Debug, Clone, Default)]
struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

fn parse_spec(text: &str) -> Option<Spec> {
    let chars: Vec<char> = text.chars().collect();
    let at = |index: usize| chars.get(index).copied();
    let is_align = |char: Option<char>| matches!(char, Some('<' | '>' | '=' | '^'));
    let mut spec = Spec::default();
    let mut index = 0;
    if is_align(at(1)) {
        (spec.fill, spec.align, index) = (at(0), at(1), 2);
    } else if is_align(at(0)) {
        (spec.align, index) = (at(0), 1);
    }
    if let Some(sign @ ('+' | '-' | ' ')) = at(index) {
        spec.sign = Some(sign);
        index += 1;
    }
    if at(index) == Some('#') {
        spec.alternate = true;
        index += 1;
    }
    if at(index) == Some('0') {
        spec.zero = true;
        index += 1;
    }
    let number = |index: &mut usize| -> Option<usize> {
        let mut value: Option<usize> = None;
        while let Some(digit) = at(*index).and_then(|char| char.to_digit(10)) {
            value = Some(
                value
                    .unwrap_or(0)
                    .saturating_mul(10)
                    .saturating_add(digit as usize),
            );
            *index += 1;
        }
        value
    };
    spec.width = number(&mut index).unwrap_or(0);
    if let Some(grouping @ (',' | '_')) = at(index) {
        spec.grouping = Some(grouping);
        index += 1;
    }
    if at(index) == Some('.') {
        index += 1;
        spec.precision = Some(number(&mut index)?);
    }
    spec.kind = at(index);
    (index + usize::from(spec.kind.is_some()) == chars.len()).then_some(spec)
}

/// Digits with a separator every `step` from the right.
fn group(digits: &str, separator: char, step: usize) -> String {
    let count = digits.chars().count();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (count - index).is_multiple_of(step) {
            out.push(separator);
        }
        out.push(digit);
    }
    out
}

/// A float in `e` notation as C writes it.
fn exponent_text(value: f64, precision: usize) -> String {
    let text = format!("{value:.precision$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let exponent: i32 = exponent.parse().unwrap_or(0);
            let sign = if exponent < 0 { '-' } else { '+' };
            format!("{mantissa}e{sign}{:02}", exponent.abs())
        }
        None => text,
    }
}

/// A non-negative float in `g` notation.
fn general_text(value: f64, precision: usize, alternate: bool) -> String {
    let precision = precision.max(1);
    let scientific = format!("{value:.*e}", precision - 1);
    let exponent: i64 = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = i64::try_from(precision).unwrap_or(i64::MAX);
    let text = if exponent < -4 || exponent >= limit {
        exponent_text(value, precision - 1)
    } else {
        let decimals = usize::try_from(limit - 1 - exponent).unwrap_or(0);
        format!("{value:.decimals$}")
    };
    if alternate || !text.contains('.') {
        return text;
    }
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            format!(
                "{}e{exponent}",
                mantissa.trim_end_matches('0').trim_end_matches('.')
            )
        }
        None => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
    }
}

/// Like [`general_text`], for a format without a type: the exponent comes one digit earlier.
fn bare_text(value: f64, precision: usize) -> String {
    let precision = precision.max(1);
    let scientific = format!("{value:.*e}", precision - 1);
    let exponent = scientific
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok());
    let exponent: i64 = exponent.unwrap_or(0);
    if exponent < i64::try_from(precision).unwrap_or(i64::MAX) - 1 {
        return general_text(value, precision, false);
    }
    let text = exponent_text(value, precision - 1);
    match text.split_once('e') {
        Some((mantissa, exponent)) if mantissa.contains('.') => format!(
            "{}e{exponent}",
            mantissa.trim_end_matches('0').trim_end_matches('.')
        ),
        _ => text,
    }
}

/// The text of a non-negative float without sign.
fn float_text(value: f64, spec: &Spec) -> Option<String> {
    if !value.is_finite() {
        if !matches!(
            spec.kind,
            None | Some('f' | 'F' | 'e' | 'E' | 'g' | 'G' | 'n' | '%')
        ) {
            return None;
        }
        let text = if value.is_nan() { "nan" } else { "inf" };
        let upper = matches!(spec.kind, Some('F' | 'E' | 'G'));
        return Some(match spec.kind {
            _ if upper => text.to_uppercase(),
            Some('%') => format!("{text}%"),
            _ => text.to_owned(),
        });
    }
    let precision = spec.precision.unwrap_or(6);
    Some(match spec.kind {
        Some('f' | 'F') => format!("{value:.precision$}"),
        Some('e') => exponent_text(value, precision),
        Some('E') => exponent_text(value, precision).to_uppercase(),
        Some('g' | 'n') => general_text(value, precision, spec.alternate),
        Some('G') => general_text(value, precision, spec.alternate).to_uppercase(),
        Some('%') => {
            let text = format!("{:.precision$}", value * 100.0);
            format!("{text}%")
        }
        None => match spec.precision {
            None => format_float_repr(value),
            Some(precision) => {
                let text = bare_text(value, precision);
                // Without a type at least one digit stands behind the point.
                if text.contains('.') || text.contains('e') {
                    text
                } else {
                    format!("{text}.0")
                }
            }
        },
        _ => return None,
    })
}

/// Sign, prefix and digits, padded to the width of a spec.
fn pad_number(negative: bool, prefix: &str, body: &str, spec: &Spec, step: usize) -> String {
    let sign = match (negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    let digits_end = body
        .find(|char: char| !char.is_ascii_alphanumeric())
        .unwrap_or(body.len());
    let is_number = body.starts_with(|char: char| char.is_ascii_hexdigit());
    let (whole, rest) = body.split_at(if is_number { digits_end } else { 0 });
    let align = spec.align.unwrap_or(if spec.zero { '=' } else { '>' });
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    let mut whole = whole.to_owned();
    if let Some(separator) = spec.grouping
        && is_number
    {
        let plain = whole;
        whole = group(&plain, separator, step);
        if fill == '0' && align == '=' {
            let mut digits = plain;
            let taken = sign.len() + prefix.len() + rest.chars().count();
            while whole.len() + taken < spec.width {
                digits.insert(0, '0');
                whole = group(&digits, separator, step);
            }
        }
    }
    let text = format!("{whole}{rest}");
    let length = sign.len() + prefix.len() + text.chars().count();
    let missing = spec.width.saturating_sub(length);
    let filling = |count: usize| fill.to_string().repeat(count);
    match align {
        '<' => format!("{sign}{prefix}{text}{}", filling(missing)),
        '^' => format!(
            "{}{sign}{prefix}{text}{}",
            filling(missing / 2),
            filling(missing - missing / 2)
        ),
        '=' => format!("{sign}{prefix}{}{text}", filling(missing)),
        _ => format!("{}{sign}{prefix}{text}", filling(missing)),
    }
}

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
                if instance.class.lookup("__str__").is_none()
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
        let Some(parsed) = parse_spec(spec) else {
            return Err(self.raise(
                "ValueError",
                format!("Invalid format specifier '{spec}' for object of type '{kind}'"),
            ));
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
        if spec.sign.is_some() {
            return Err(self.raise("ValueError", "Sign not allowed in string format specifier"));
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
        if spec.precision.is_some() {
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
                let char = int
                    .to_i64()
                    .and_then(|code| u32::try_from(code).ok())
                    .and_then(char::from_u32);
                let Some(char) = char else {
                    return Err(self.raise("OverflowError", "%c arg not in range(0x110000)"));
                };
                let spec = Spec {
                    kind: None,
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
            let mut number = |ev: &mut Self,
                              values: &mut std::vec::IntoIter<Value>|
             -> R<Option<i64>> {
                if chars.peek() == Some(&'*') {
                    chars.next();
                    let Some(value) = values.next() else {
                        return Err(ev.raise("TypeError", "not enough arguments for format string"));
                    };
                    return crate::builtins::to_index(ev, &value).map(Some);
                }
                let mut number = None;
                while let Some(digit) = chars.peek().and_then(|char| char.to_digit(10)) {
                    number = Some(
                        number
                            .unwrap_or(0_i64)
                            .saturating_mul(10)
                            .saturating_add(i64::from(digit)),
                    );
                    chars.next();
                }
                Ok(number)
            };
            let mut width = number(self, &mut values)?.unwrap_or(0);
            if width < 0 {
                left = true;
                width = width.saturating_abs();
            }
            spec.width = usize::try_from(width).unwrap_or(0);
            if chars.peek() == Some(&'.') {
                chars.next();
                let mut number =
                    |ev: &mut Self, values: &mut std::vec::IntoIter<Value>| -> R<Option<i64>> {
                        if chars.peek() == Some(&'*') {
                            chars.next();
                            let Some(value) = values.next() else {
                                return Err(
                                    ev.raise("TypeError", "not enough arguments for format string")
                                );
                            };
                            return crate::builtins::to_index(ev, &value).map(Some);
                        }
                        let mut number = None;
                        while let Some(digit) = chars.peek().and_then(|char| char.to_digit(10)) {
                            number = Some(
                                number
                                    .unwrap_or(0_i64)
                                    .saturating_mul(10)
                                    .saturating_add(i64::from(digit)),
                            );
                            chars.next();
                        }
                        Ok(number)
                    };
                let precision = number(self, &mut values)?.unwrap_or(0);
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
                spec.align = spec.align.or(Some('>'));
                spec.sign = None;
                spec.zero = false;
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
                spec.align = spec.align.or(Some('>'));
                self.format_str(&text, &spec)
            }
            'd' | 'i' | 'u' | 'x' | 'X' | 'o' => {
                let plain = item.unwrap_payload();
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
                    return Ok(pad_number(
                        int.is_negative(),
                        "",
                        &format!("{zeros}{digits}"),
                        &spec,
                        3,
                    ));
                }
                self.format_int(&int, &spec, "int")
            }
            'f' | 'F' | 'e' | 'E' | 'g' | 'G' => {
                let float = match item {
                    Value::Object(object) if object.methods().contains(&"__float__") => {
                        let value = self.call_native_method(item, "__float__", Args::none())?;
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

    /// `template.format(*args, **kwargs)`.
    pub(crate) fn str_format(&mut self, template: &str, args: &Args) -> R {
        let mut auto = Some(0_usize);
        let mut unknown = None;
        let text = self.format_fields(template, args, None, &mut auto, &mut unknown, 0)?;
        Ok(unknown.unwrap_or_else(|| Value::from(text)))
    }

    /// `template.format_map(mapping)`.
    pub(crate) fn str_format_map(&mut self, template: &str, mapping: &Value) -> R {
        let mut auto = Some(0_usize);
        let mut unknown = None;
        let text = self.format_fields(
            template,
            &Args::none(),
            Some(mapping),
            &mut auto,
            &mut unknown,
            0,
        )?;
        Ok(unknown.unwrap_or_else(|| Value::from(text)))
    }

    fn format_fields(
        &mut self,
        template: &str,
        args: &Args,
        mapping: Option<&Value>,
        auto: &mut Option<usize>,
        unknown: &mut Option<Value>,
        depth: usize,
    ) -> R<String> {
        if depth > 2 {
            return Err(self.raise("ValueError", "Max string recursion exceeded"));
        }
        let mut out = String::new();
        let mut chars = template.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '{' if chars.peek() == Some(&'{') => {
                    chars.next();
                    out.push('{');
                }
                '}' if chars.peek() == Some(&'}') => {
                    chars.next();
                    out.push('}');
                }
                '}' => {
                    return Err(self.raise("ValueError", "Single '}' encountered in format string"));
                }
                '{' => {
                    let mut field = String::new();
                    let mut level = 1;
                    for char in chars.by_ref() {
                        match char {
                            '{' => level += 1,
                            '}' => level -= 1,
                            _ => {}
                        }
                        if level == 0 {
                            break;
                        }
                        field.push(char);
                    }
                    if level != 0 {
                        let message = if field.is_empty() {
                            "Single '{' encountered in format string"
                        } else {
                            "expected '}' before end of string"
                        };
                        return Err(self.raise("ValueError", message));
                    }
                    let (head, spec) = match split_field(&field) {
                        Some(at) => (
                            field.get(..at).unwrap_or_default(),
                            field.get(at + 1..).unwrap_or_default(),
                        ),
                        None => (field.as_str(), ""),
                    };
                    let (name, conversion) = match head.split_once('!') {
                        Some((name, conversion)) => (name, Some(conversion)),
                        None => (head, None),
                    };
                    let value = self.format_argument(name, args, mapping, auto)?;
                    let spec = self.format_fields(spec, args, mapping, auto, unknown, depth + 1)?;
                    if value.is_unknown() {
                        unknown.get_or_insert(value);
                        continue;
                    }
                    let value = match conversion {
                        None => value,
                        Some("s") => Value::from(self.to_str(&value)?),
                        Some("r") => Value::from(self.to_repr(&value)?),
                        Some("a") => Value::from(self.to_ascii(&value)?),
                        Some(other) => {
                            return Err(self.raise(
                                "ValueError",
                                format!("Unknown conversion specifier {other}"),
                            ));
                        }
                    };
                    out.push_str(&self.format_value(&value, &spec)?);
                }
                char => out.push(char),
            }
        }
        self.check_size(out.len())?;
        Ok(out)
    }

    fn format_argument(
        &mut self,
        name: &str,
        args: &Args,
        mapping: Option<&Value>,
        auto: &mut Option<usize>,
    ) -> R {
        let end = name.find(['.', '[']).unwrap_or(name.len());
        let (first, mut rest) = name.split_at(end);
        let index = if first.is_empty() {
            let Some(next) = *auto else {
                return Err(self.raise(
                    "ValueError",
                    "cannot switch from manual field specification to automatic field numbering",
                ));
            };
            *auto = Some(next + 1);
            Some(next)
        } else if let Ok(index) = first.parse::<usize>() {
            if auto.is_some_and(|next| next > 0) {
                return Err(self.raise(
                    "ValueError",
                    "cannot switch from automatic field numbering to manual field specification",
                ));
            }
            *auto = None;
            Some(index)
        } else {
            None
        };
        let mut value = match (index, mapping) {
            (Some(index), _) => match args.get(index) {
                Some(value) => value.clone(),
                None => {
                    return Err(self.raise(
                        "IndexError",
                        format!("Replacement index {index} out of range for positional args tuple"),
                    ));
                }
            },
            (None, Some(mapping)) => self.get_item(mapping, &Value::from(first))?,
            (None, None) => match args.keyword(first) {
                Some(value) => value.clone(),
                None => return Err(self.key_error(&Value::from(first))),
            },
        };
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let (attribute, more) = after.split_at(end);
                value = self.get_attr(&value, attribute)?;
                rest = more;
            } else if let Some(after) = rest.strip_prefix('[')
                && let Some((key, more)) = after.split_once(']')
            {
                let key = match key.parse::<i64>() {
                    Ok(index) => Value::from(index),
                    Err(_) => Value::from(key),
                };
                value = self.get_item(&value, &key)?;
                rest = more;
            } else {
                return Err(self.raise(
                    "ValueError",
                    "Only '.' or '[' may follow ']' in format field specifier",
                ));
            }
        }
        Ok(value)
    }
}

/// Where the spec of a replacement field starts: the first colon outside of brackets.
fn split_field(field: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, char) in field.char_indices() {
        match char {
            '[' => depth += 1,
            ']' => depth -= 1,
            ':' if depth <= 0 => return Some(at),
            _ => {}
        }
    }
    None
}

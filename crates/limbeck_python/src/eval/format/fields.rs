//! `template.format(...)`.

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

impl Interp<'_> {
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

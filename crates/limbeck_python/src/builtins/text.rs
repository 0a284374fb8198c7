//! Methods of strings.

use std::rc::Rc;

use super::{casing, first_unknown, to_index};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Dict, HashKey, Str, Value};

pub(crate) const METHODS: &[&str] = &[
    "capitalize",
    "casefold",
    "center",
    "count",
    "encode",
    "endswith",
    "expandtabs",
    "find",
    "format",
    "format_map",
    "index",
    "isidentifier",
    "isprintable",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "islower",
    "isnumeric",
    "isspace",
    "istitle",
    "isupper",
    "join",
    "ljust",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "replace",
    "rfind",
    "rindex",
    "rjust",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "translate",
    "upper",
    "zfill",
];

pub(crate) fn call(ev: &mut Interp<'_>, this: &Str, name: &str, args: Args) -> R {
    if name != "format"
        && name != "format_map"
        && let Some(unknown) = first_unknown(&args)
    {
        return Ok(unknown);
    }
    let test = |ok: fn(char) -> bool| Value::Bool(!this.is_empty() && this.chars().all(ok));
    Ok(match name {
        "lower" => Value::from(this.to_lowercase()),
        "upper" => Value::from(this.to_uppercase()),
        "casefold" => Value::from(casing::fold(this)),
        "capitalize" => Value::from(casing::capitalize(this)),
        "title" => Value::from(casing::title(this)),
        "swapcase" => Value::from(casing::swap(this)),
        "isalpha" => test(casing::is_letter),
        "isalnum" => test(|char| casing::is_letter(char) || char.is_numeric()),
        "isdigit" | "isdecimal" | "isnumeric" => {
            // A letter is no digit; ideographs may be numbers.
            let is_letter =
                |it: char| it.is_alphabetic() && !it.is_numeric() && (it as u32) < 0x2e80;
            if this.is_ascii() {
                test(|char| char.is_ascii_digit())
            } else if this.chars().any(is_letter) {
                Value::Bool(false)
            } else {
                ev.unknown(format!(
                    "`{name}` of text that is not ASCII is not modelled"
                ))
            }
        }
        "isascii" => Value::Bool(this.is_ascii()),
        "isspace" => test(is_space),
        "islower" => Value::Bool(casing::is_lower(this)),
        "isupper" => Value::Bool(casing::is_upper(this)),
        "istitle" => Value::Bool(casing::is_titled(this)),
        "isidentifier" if this.is_ascii() => Value::Bool(
            !this.is_empty()
                && !this.starts_with(|char: char| char.is_ascii_digit())
                && this
                    .chars()
                    .all(|char| char.is_ascii_alphanumeric() || char == '_'),
        ),
        "isprintable" if this.is_ascii() => {
            Value::Bool(this.bytes().all(|byte| (b' '..=b'~').contains(&byte)))
        }
        "isidentifier" | "isprintable" => ev.unknown(format!(
            "`{name}` of text that is not ASCII is not modelled"
        )),
        "strip" | "lstrip" | "rstrip" => {
            let chars = args.bind(ev, name, "chars=, /")?.take_or_none("chars");
            let text: &str = match optional_text(ev, &chars, name)? {
                Some(chars) => {
                    let inside = |char: char| chars.contains(char);
                    match name {
                        "strip" => this.trim_matches(inside),
                        "lstrip" => this.trim_start_matches(inside),
                        _ => this.trim_end_matches(inside),
                    }
                }
                None => match name {
                    "strip" => this.trim_matches(is_space),
                    "lstrip" => this.trim_start_matches(is_space),
                    _ => this.trim_end_matches(is_space),
                },
            };
            Value::from(text)
        }
        "startswith" | "endswith" => return affix(ev, this, name, args),
        "removeprefix" | "removesuffix" => {
            let part = args.bind(ev, name, "part, /")?.take_or_none("part");
            let part = need_text(ev, &part, name)?;
            let cut = if name == "removeprefix" {
                this.strip_prefix(&*part)
            } else {
                this.strip_suffix(&*part)
            };
            Value::from(cut.unwrap_or(this))
        }
        "split" | "rsplit" => return split(ev, this, name, args),
        "splitlines" => {
            let keep = args
                .bind(ev, name, "keepends=")?
                .take_or("keepends", Value::Bool(false));
            let keep = ev.truth(&keep, "`keepends`")?;
            Value::list(split_lines(this, keep))
        }
        "join" => {
            let items = args
                .bind(ev, "join", "iterable, /")?
                .take_or_none("iterable");
            return join(ev, this, &items);
        }
        "replace" => {
            let mut args = args.bind(ev, name, "old, new, count=")?;
            let (old, new) = (args.take_or_none("old"), args.take_or_none("new"));
            let (old, new) = (
                need_text(ev, &old, "replace")?,
                need_text(ev, &new, "replace")?,
            );
            let count = match args.take("count") {
                Some(count) => to_index(ev, &count)?,
                None => -1,
            };
            let text = match usize::try_from(count) {
                Ok(count) => this.replacen(&*old, &new, count),
                Err(_) => {
                    let growth = if old.is_empty() {
                        this.len() + 1
                    } else {
                        this.len() / old.len()
                    };
                    ev.check_size(this.len().saturating_add(growth.saturating_mul(new.len())))?;
                    this.replace(&*old, &new)
                }
            };
            Value::from(text)
        }
        "find" | "rfind" | "index" | "rindex" | "count" => return find(ev, this, name, args),
        "partition" | "rpartition" => {
            let separator = args.bind(ev, name, "sep, /")?.take_or_none("sep");
            let separator = need_text(ev, &separator, name)?;
            if separator.is_empty() {
                return Err(ev.raise("ValueError", "empty separator"));
            }
            let found = if name == "partition" {
                this.split_once(&*separator)
            } else {
                this.rsplit_once(&*separator)
            };
            let parts = match found {
                Some((before, after)) => [
                    Value::from(before),
                    Value::Str(separator),
                    Value::from(after),
                ],
                None if name == "partition" => [
                    Value::Str(Rc::clone(this)),
                    Value::from(""),
                    Value::from(""),
                ],
                None => [
                    Value::from(""),
                    Value::from(""),
                    Value::Str(Rc::clone(this)),
                ],
            };
            Value::tuple(parts.to_vec())
        }
        "center" | "ljust" | "rjust" => {
            let mut args = args.bind(ev, name, "width, fillchar=, /")?;
            let width = to_index(ev, &args.take_or_none("width"))?;
            let fill = args.take_or("fillchar", Value::from(" "));
            let fill = need_text(ev, &fill, name)?;
            if fill.chars().count() != 1 {
                return Err(ev.raise(
                    "TypeError",
                    "The fill character must be exactly one character long",
                ));
            }
            let length = this.chars().count();
            let width = usize::try_from(width).unwrap_or(0);
            ev.check_size(width)?;
            let missing = width.saturating_sub(length);
            let (left, right) = match name {
                "ljust" => (0, missing),
                "rjust" => (missing, 0),
                // As CPython rounds.
                _ => {
                    let left = missing / 2 + (missing & width & 1);
                    (left, missing - left)
                }
            };
            Value::from(format!("{}{this}{}", fill.repeat(left), fill.repeat(right)))
        }
        "zfill" => {
            let width = args.bind(ev, name, "width, /")?.take_or_none("width");
            let width = usize::try_from(to_index(ev, &width)?).unwrap_or(0);
            ev.check_size(width)?;
            let missing = width.saturating_sub(this.chars().count());
            let (sign, rest) = match this.chars().next() {
                Some(sign @ ('+' | '-')) => (sign.to_string(), this.get(1..).unwrap_or_default()),
                _ => (String::new(), &**this),
            };
            Value::from(format!("{sign}{}{rest}", "0".repeat(missing)))
        }
        "expandtabs" => {
            let size = args
                .bind(ev, name, "tabsize=")?
                .take_or("tabsize", Value::int(8_i64));
            let size = usize::try_from(to_index(ev, &size)?).unwrap_or(0);
            ev.check_size(size)?;
            let (mut out, mut column) = (String::new(), 0_usize);
            for char in this.chars() {
                match char {
                    '\t' if size > 0 => {
                        let spaces = size - column % size;
                        ev.check_size(out.len() + spaces)?;
                        out.push_str(&" ".repeat(spaces));
                        column += spaces;
                    }
                    '\t' => {}
                    '\n' | '\r' => {
                        out.push(char);
                        column = 0;
                    }
                    _ => {
                        out.push(char);
                        column += 1;
                    }
                }
            }
            Value::from(out)
        }
        "encode" => {
            let mut args = args.bind(ev, name, "encoding=, errors=")?;
            let encoding = args
                .take_or("encoding", Value::from("utf-8"))
                .as_str()
                .unwrap_or_default();
            let errors = args
                .take_or("errors", Value::from("strict"))
                .as_str()
                .unwrap_or_default();
            return super::bytes::encode(ev, this, &encoding, &errors);
        }
        "translate" => {
            let table = args.bind(ev, name, "table, /")?.take_or_none("table");
            let mut out = String::new();
            for char in this.chars() {
                ev.step()?;
                ev.check_length(out.len() / 16)?;
                let key = Value::from(i64::from(char as u32));
                match ev.get_item(&table, &key) {
                    Ok(Value::None) => {}
                    Ok(Value::Int(code)) => {
                        let code = code
                            .to_i64()
                            .and_then(|code| u32::try_from(code).ok())
                            .and_then(char::from_u32);
                        out.extend(code);
                    }
                    Ok(other) => out.push_str(&need_text(ev, &other, "translate")?),
                    Err(crate::Flow::Raise(raised))
                        if ev.is_exception(&raised.value, "LookupError") =>
                    {
                        out.push(char)
                    }
                    Err(flow) => return Err(flow),
                }
            }
            Value::from(out)
        }
        "format" => return ev.str_format(this, &args),
        "format_map" => {
            let mapping = args.bind(ev, name, "mapping, /")?.take_or_none("mapping");
            return ev.str_format_map(this, &mapping);
        }
        _ => return Err(ev.no_attribute(&Value::Str(Rc::clone(this)), name)),
    })
}

/// `str.isspace` of a character.
pub(crate) fn is_space(char: char) -> bool {
    char.is_whitespace() || matches!(char, '\u{1c}'..='\u{1f}')
}

/// The text of an argument that must be a string.
pub(crate) fn need_text(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Str> {
    ev.need_known(value, &format!("an argument of `{what}`"))?;
    match value.as_str() {
        Some(text) => Ok(text),
        None => {
            let kind = ev.type_name(value);
            let text = match what {
                "find" | "rfind" | "index" | "rindex" | "count" | "partition" | "rpartition" => {
                    format!("must be str, not {kind}")
                }
                "center" | "ljust" | "rjust" => {
                    format!("The fill character must be a unicode character, not {kind}")
                }
                _ if value.is_none() => format!("{what}() argument must be str, not None"),
                _ => format!("{what}() argument must be str, not {kind}"),
            };
            Err(ev.raise("TypeError", text))
        }
    }
}

fn optional_text(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Option<Str>> {
    match value {
        Value::None => Ok(None),
        Value::Str(_) | Value::Instance(_) => need_text(ev, value, what).map(Some),
        _ if what.ends_with("split") => {
            let kind = ev.type_name(value);
            Err(ev.raise("TypeError", format!("must be str or None, not {kind}")))
        }
        _ => Err(ev.raise("TypeError", format!("{what} arg must be None or str"))),
    }
}

fn affix(ev: &mut Interp<'_>, this: &Str, name: &str, args: Args) -> R {
    let mut args = args.bind(ev, name, "prefix, start=, end=, /")?;
    let prefix = args.take_or_none("prefix");
    let (start, end) = (args.take_or_none("start"), args.take_or_none("end"));
    let window = window(ev, this, &start, &end)?.map_or(String::new(), |(_, text)| text);
    let parts = match &prefix {
        Value::Tuple(parts) => parts.to_vec(),
        other => vec![other.clone()],
    };
    for part in parts {
        if part.is_unknown() {
            return Ok(part);
        }
        let Some(part) = part.as_str() else {
            let kind = ev.type_name(&part);
            return Err(ev.raise(
                "TypeError",
                format!("{name} first arg must be str or a tuple of str, not {kind}"),
            ));
        };
        if if name == "startswith" {
            window.starts_with(&*part)
        } else {
            window.ends_with(&*part)
        } {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

/// `this[start:end]` with its first position; none when `start` is past the end.
fn window(
    ev: &mut Interp<'_>,
    this: &Str,
    start: &Value,
    end: &Value,
) -> R<Option<(usize, String)>> {
    if start.is_none() && end.is_none() {
        return Ok(Some((0, this.to_string())));
    }
    let length = this.chars().count();
    let from = if start.is_none() {
        0
    } else {
        to_index(ev, start)?
    };
    if usize::try_from(from).is_ok_and(|from| from > length) {
        return Ok(None);
    }
    let from = super::list::clamp(from, length);
    let to = if end.is_none() {
        length
    } else {
        super::list::clamp(to_index(ev, end)?, length)
    };
    if to < from {
        return Ok(None);
    }
    Ok(Some((
        from,
        this.chars().skip(from).take(to - from).collect(),
    )))
}

fn find(ev: &mut Interp<'_>, this: &Str, name: &str, args: Args) -> R {
    let mut args = args.bind(ev, name, "sub, start=, end=, /")?;
    let part = args.take_or_none("sub");
    let part = need_text(ev, &part, name)?;
    let (start, end) = (args.take_or_none("start"), args.take_or_none("end"));
    let window = window(ev, this, &start, &end)?;
    if name == "count" {
        return Ok(Value::from(match &window {
            Some((_, text)) if part.is_empty() => text.chars().count() + 1,
            Some((_, text)) => text.matches(&*part).count(),
            None => 0,
        }));
    }
    let found = window.and_then(|(offset, text)| {
        let at = if name.starts_with('r') {
            text.rfind(&*part)
        } else {
            text.find(&*part)
        }?;
        Some(offset + text.get(..at)?.chars().count())
    });
    match found {
        Some(at) => Ok(Value::from(at)),
        None if name.ends_with("index") => Err(ev.raise("ValueError", "substring not found")),
        None => Ok(Value::int(-1_i64)),
    }
}

fn split(ev: &mut Interp<'_>, this: &Str, name: &str, args: Args) -> R {
    let mut args = args.bind(ev, name, "sep=, maxsplit=")?;
    let separator = args.take_or_none("sep");
    let limit = match args.take("maxsplit") {
        Some(limit) => to_index(ev, &limit)?,
        None => -1,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let from_right = name == "rsplit";
    let mut parts: Vec<Value> = Vec::new();
    match optional_text(ev, &separator, name)? {
        Some(separator) => {
            if separator.is_empty() {
                return Err(ev.raise("ValueError", "empty separator"));
            }
            let count = limit.saturating_add(1);
            if from_right {
                parts.extend(this.rsplitn(count, &*separator).map(Value::from));
                parts.reverse();
            } else {
                parts.extend(this.splitn(count, &*separator).map(Value::from));
            }
        }
        None => {
            let mut rest: &str = this;
            loop {
                rest = if from_right {
                    rest.trim_end_matches(is_space)
                } else {
                    rest.trim_start_matches(is_space)
                };
                if rest.is_empty() {
                    break;
                }
                if parts.len() == limit {
                    let tail = if from_right {
                        rest
                    } else {
                        rest.trim_end_matches(|_| false)
                    };
                    parts.push(Value::from(tail));
                    break;
                }
                let cut = if from_right {
                    rest.char_indices()
                        .rev()
                        .find(|(_, char)| is_space(*char))
                        .map(|(at, char)| at + char.len_utf8())
                } else {
                    rest.find(is_space)
                };
                match cut {
                    Some(at) => {
                        let (left, right) = rest.split_at(at);
                        let (part, more) = if from_right {
                            (right, left)
                        } else {
                            (left, right)
                        };
                        parts.push(Value::from(part));
                        rest = more;
                    }
                    None => {
                        parts.push(Value::from(rest));
                        break;
                    }
                }
            }
            if from_right {
                parts.reverse();
            }
        }
    }
    Ok(Value::list(parts))
}

/// `str.splitlines`.
pub(crate) fn split_lines(text: &str, keep: bool) -> Vec<Value> {
    let mut lines = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.char_indices().find(|(_, char)| {
            matches!(
                char,
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'
                    ..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}'
            )
        });
        match end {
            Some((at, char)) => {
                let mut after = at + char.len_utf8();
                if char == '\r' && rest.get(after..).is_some_and(|rest| rest.starts_with('\n')) {
                    after += 1;
                }
                let (line, more) = rest.split_at(after);
                lines.push(Value::from(if keep {
                    line
                } else {
                    line.get(..at).unwrap_or(line)
                }));
                rest = more;
            }
            None => {
                lines.push(Value::from(rest));
                break;
            }
        }
    }
    lines
}

/// `separator.join(items)`.
pub(crate) fn join(ev: &mut Interp<'_>, separator: &Str, items: &Value) -> R {
    if items.is_unknown() {
        return Ok(items.clone());
    }
    let mut parts = Vec::new();
    let mut size = 0_usize;
    let items = match ev.get_iter_opt(items)? {
        Some(mut iter) => ev.drain(&mut iter)?,
        None => return Err(ev.raise("TypeError", "can only join an iterable")),
    };
    for (index, item) in items.iter().enumerate() {
        if item.is_unknown() {
            return Ok(item.clone());
        }
        match item.as_str() {
            Some(text) => {
                size = size.saturating_add(text.len() + separator.len());
                parts.push(text);
            }
            None => {
                let kind = ev.type_name(item);
                return Err(ev.raise(
                    "TypeError",
                    format!("sequence item {index}: expected str instance, {kind} found"),
                ));
            }
        }
    }
    ev.check_size(size)?;
    Ok(Value::from(parts.join(separator)))
}

/// `str.maketrans`.
pub(crate) fn make_trans(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = first_unknown(&args) {
        return Ok(unknown);
    }
    let mut table = Dict::new();
    let code = |char: char| Value::from(i64::from(char as u32));
    match (args.get(0), args.get(1)) {
        (Some(mapping), None) => {
            for (key, value) in ev.mapping_items(mapping, "maketrans needs a mapping, not")? {
                let key = match key.as_str().and_then(|text| text.chars().next()) {
                    Some(char) => code(char),
                    None => key,
                };
                table.insert(HashKey::of(&key).unwrap_or(HashKey::None), key, value);
            }
        }
        (Some(from), Some(to)) => {
            let (from, to) = (
                need_text(ev, from, "maketrans")?,
                need_text(ev, to, "maketrans")?,
            );
            if from.chars().count() != to.chars().count() {
                return Err(ev.raise(
                    "ValueError",
                    "the first two maketrans arguments must have equal length",
                ));
            }
            for (from, to) in from.chars().zip(to.chars()) {
                let key = code(from);
                table.insert(HashKey::of(&key).unwrap_or(HashKey::None), key, code(to));
            }
            if let Some(gone) = args.get(2) {
                for char in need_text(ev, gone, "maketrans")?.chars() {
                    let key = code(char);
                    table.insert(HashKey::of(&key).unwrap_or(HashKey::None), key, Value::None);
                }
            }
        }
        _ => return Err(ev.raise("TypeError", "maketrans expected at least 1 argument, got 0")),
    }
    Ok(Value::dict(table))
}

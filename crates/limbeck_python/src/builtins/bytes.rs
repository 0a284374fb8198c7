//! Methods of bytes.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::Value;

pub(crate) const METHODS: &[&str] = &[
    "decode",
    "hex",
    "startswith",
    "endswith",
    "lower",
    "upper",
    "strip",
    "split",
    "join",
    "replace",
    "find",
    "rfind",
    "index",
    "count",
];

pub(crate) fn call(ev: &mut Interp<'_>, this: &Rc<[u8]>, name: &str, args: Args) -> R {
    if let Some(unknown) = super::first_unknown(&args) {
        return Ok(unknown);
    }
    match name {
        "decode" => {
            let mut args = args.bind(ev, "decode", "encoding=, errors=")?;
            let encoding = args
                .take_or("encoding", Value::from("utf-8"))
                .as_str()
                .unwrap_or_default();
            let errors = args
                .take_or("errors", Value::from("strict"))
                .as_str()
                .unwrap_or_default();
            decode(ev, this, &encoding, &errors)
        }
        "hex" if args.positional.is_empty() => Ok(Value::from(
            this.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>(),
        )),
        "startswith" | "endswith" => match args.get(0) {
            Some(Value::Bytes(part)) => Ok(Value::Bool(if name == "startswith" {
                this.starts_with(part)
            } else {
                this.ends_with(part)
            })),
            _ => Err(ev.unreadable(format!("this form of `bytes.{name}` is not modelled"))),
        },
        "lower" => Ok(Value::bytes(&this.to_ascii_lowercase())),
        "upper" => Ok(Value::bytes(&this.to_ascii_uppercase())),
        "strip" if args.positional.is_empty() => Ok(Value::bytes(this.trim_ascii())),
        "join" => {
            let items = args.get(0).cloned().unwrap_or(Value::None);
            let mut parts = Vec::new();
            for item in ev.iterate(&items)? {
                match item {
                    Value::Bytes(bytes) => parts.push(bytes.to_vec()),
                    other => {
                        ev.need_known(&other, "a part of `join`")?;
                        let kind = ev.type_name(&other);
                        return Err(ev.raise(
                            "TypeError",
                            format!(
                                "sequence item {}: expected a bytes-like object, {kind} found",
                                parts.len()
                            ),
                        ));
                    }
                }
            }
            Ok(Value::bytes(&parts.join(&**this)))
        }
        "find" | "rfind" | "index" | "count" if args.positional.len() == 1 => {
            let Some(Value::Bytes(part)) = args.get(0) else {
                return Ok(ev.unknown(format!("this form of `bytes.{name}` is not modelled")));
            };
            if part.is_empty() {
                return Ok(ev.unknown(format!("this form of `bytes.{name}` is not modelled")));
            }
            let mut windows = this.windows(part.len()).enumerate();
            let is_found = |(_, window): &(usize, &[u8])| *window == &**part;
            match name {
                "rfind" => Ok(windows
                    .rev()
                    .find(is_found)
                    .map_or(Value::int(-1), |(at, _)| Value::from(at))),
                "count" => {
                    let (mut count, mut next) = (0_usize, 0);
                    for (at, _) in windows.filter(is_found) {
                        if at >= next {
                            count += 1;
                            next = at + part.len();
                        }
                    }
                    Ok(Value::from(count))
                }
                _ => match windows.find(is_found) {
                    Some((at, _)) => Ok(Value::from(at)),
                    None if name == "find" => Ok(Value::int(-1)),
                    None => Err(ev.raise("ValueError", "subsection not found")),
                },
            }
        }
        "replace" | "split" if (1..=2).contains(&args.positional.len()) => {
            let wanted = usize::from(name == "replace") + 1;
            let (Some(Value::Bytes(part)), true) = (args.get(0), args.positional.len() == wanted)
            else {
                return Ok(ev.unknown(format!("this form of `bytes.{name}` is not modelled")));
            };
            if part.is_empty() {
                return Ok(ev.unknown(format!("this form of `bytes.{name}` is not modelled")));
            }
            let mut pieces: Vec<Vec<u8>> = vec![Vec::new()];
            let mut rest = &**this;
            while let Some((first, tail)) = rest.split_first() {
                if let Some(after) = rest.strip_prefix(&**part) {
                    pieces.push(Vec::new());
                    rest = after;
                } else {
                    pieces.last_mut().into_iter().for_each(|it| it.push(*first));
                    rest = tail;
                }
            }
            match (name, args.get(1)) {
                ("replace", Some(Value::Bytes(new))) => Ok(Value::bytes(&pieces.join(&**new))),
                ("split", _) => Ok(Value::list(
                    pieces.iter().map(|piece| Value::bytes(piece)).collect(),
                )),
                _ => Ok(ev.unknown("this form of `bytes.replace` is not modelled")),
            }
        }
        _ => Ok(ev.unknown(format!("`bytes.{name}` is not modelled"))),
    }
}

/// Text of bytes in an encoding.
pub(crate) fn decode(ev: &mut Interp<'_>, bytes: &[u8], encoding: &str, errors: &str) -> R {
    let name = encoding.to_ascii_lowercase().replace('_', "-");
    match name.as_str() {
        "utf-8" | "utf8" | "ascii" | "us-ascii" => {
            if name.contains("ascii") && !bytes.is_ascii() && errors != "strict" {
                return Ok(ev.unknown(format!("errors=`{errors}` is not modelled")));
            }
            if name.contains("ascii") && !bytes.is_ascii() {
                let at = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
                let byte = bytes.get(at).copied().unwrap_or(0);
                return Err(ev.raise(
                    "UnicodeDecodeError",
                    format!("'ascii' codec can't decode byte 0x{byte:02x} in position {at}: ordinal not in range(128)"),
                ));
            }
            match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Value::from(text)),
                Err(_) if errors == "replace" => {
                    Ok(Value::from(String::from_utf8_lossy(bytes).into_owned()))
                }
                Err(_) if errors == "ignore" => Ok(Value::from(
                    bytes
                        .utf8_chunks()
                        .map(|chunk| chunk.valid())
                        .collect::<String>(),
                )),
                Err(_) if errors != "strict" => {
                    Ok(ev.unknown(format!("errors=`{errors}` is not modelled")))
                }
                Err(error) => {
                    let at = error.valid_up_to();
                    let byte = bytes.get(at).copied().unwrap_or(0);
                    let reason = match (error.error_len(), byte) {
                        (None, _) => "unexpected end of data",
                        (_, 0x80..=0xc1 | 0xf5..=0xff) => "invalid start byte",
                        _ => "invalid continuation byte",
                    };
                    let place = match error.error_len().unwrap_or(bytes.len() - at) {
                        0 | 1 => format!("byte 0x{byte:02x} in position {at}"),
                        length => format!("bytes in position {at}-{}", at + length - 1),
                    };
                    Err(ev.raise(
                        "UnicodeDecodeError",
                        format!("'utf-8' codec can't decode {place}: {reason}"),
                    ))
                }
            }
        }
        "latin-1" | "latin1" | "iso-8859-1" => Ok(Value::from(
            bytes
                .iter()
                .map(|byte| char::from(*byte))
                .collect::<String>(),
        )),
        _ => Ok(ev.unknown(format!("the encoding `{encoding}` is not modelled"))),
    }
}

/// Bytes of text in an encoding.
pub(crate) fn encode(ev: &mut Interp<'_>, text: &str, encoding: &str, errors: &str) -> R {
    match encoding.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf-8" | "utf8" => Ok(Value::bytes(text.as_bytes())),
        name @ ("ascii" | "us-ascii" | "latin-1" | "latin1" | "iso-8859-1") => {
            let limit = if name.contains("ascii") { 128 } else { 256 };
            let mut bytes = Vec::new();
            for (at, char) in text.chars().enumerate() {
                match u8::try_from(char as u32) {
                    Ok(byte) if u32::from(byte) < limit => bytes.push(byte),
                    _ if errors == "ignore" => {}
                    _ if errors == "replace" => bytes.push(b'?'),
                    _ if errors == "xmlcharrefreplace" => {
                        bytes.extend(format!("&#{};", char as u32).bytes());
                    }
                    _ if errors == "backslashreplace" => {
                        let mut shown = String::new();
                        limbeck_schema::push_py_escape(&mut shown, char);
                        bytes.extend(shown.bytes());
                    }
                    _ if errors != "strict" => {
                        return Ok(ev.unknown(format!("errors=`{errors}` is not modelled")));
                    }
                    _ => {
                        let codec = if limit == 128 { "ascii" } else { "latin-1" };
                        let mut shown = String::new();
                        limbeck_schema::push_py_escape(&mut shown, char);
                        return Err(ev.raise(
                            "UnicodeEncodeError",
                            format!(
                                "'{codec}' codec can't encode character '{shown}' in position {at}: ordinal not in range({limit})"
                            ),
                        ));
                    }
                }
            }
            Ok(Value::bytes(&bytes))
        }
        _ => Ok(ev.unknown(format!("the encoding `{encoding}` is not modelled"))),
    }
}

/// `bytes.fromhex`.
pub(crate) fn from_hex(ev: &mut Interp<'_>, args: Args) -> R {
    if let Some(unknown) = super::first_unknown(&args) {
        return Ok(unknown);
    }
    let text = args.get(0).and_then(Value::as_str).unwrap_or_default();
    let digits: Vec<u32> = text
        .chars()
        .filter(|char| !char.is_whitespace())
        .filter_map(|char| char.to_digit(16))
        .collect();
    let expected = text.chars().filter(|char| !char.is_whitespace()).count();
    if digits.len() != expected || expected % 2 == 1 {
        return Err(ev.raise(
            "ValueError",
            "non-hexadecimal number found in fromhex() arg",
        ));
    }
    let bytes: Vec<u8> = digits
        .chunks(2)
        .filter_map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect();
    Ok(Value::bytes(&bytes))
}

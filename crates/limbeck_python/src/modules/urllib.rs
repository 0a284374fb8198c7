//! `urllib.parse`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, NativeObject, Str, Value};

/// `urllib`, whose only modelled module is `urllib.parse`.
pub(crate) fn package(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let parse = parse(ev)?;
    Ok(Module::native("urllib", [("parse", Value::Module(parse))]))
}

/// `urllib.parse`.
pub(crate) fn parse(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let unquoting = |plus: bool| move |ev: &mut Interp<'_>, args: Args| unquote(ev, args, plus);
    Ok(Module::native(
        "urllib.parse",
        [
            (
                "quote",
                Value::native("quote", |ev, args| quote(ev, args, "/", false)),
            ),
            (
                "quote_plus",
                Value::native("quote_plus", |ev, args| quote(ev, args, "", true)),
            ),
            ("unquote", Value::native("unquote", unquoting(false))),
            (
                "unquote_plus",
                Value::native("unquote_plus", unquoting(true)),
            ),
            ("urlencode", Value::native("urlencode", urlencode)),
            (
                "urlsplit",
                Value::native("urlsplit", |ev, args| split(ev, args, false)),
            ),
            (
                "urlparse",
                Value::native("urlparse", |ev, args| split(ev, args, true)),
            ),
            ("urlunsplit", Value::native("urlunsplit", unsplit)),
            ("urlunparse", Value::native("urlunparse", unsplit)),
        ],
    ))
}

/// Percent-encodes what is neither unreserved (RFC 3986) nor in `safe`.
fn percent_encode(bytes: &[u8], safe: &str, plus: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        let letter = char::from(*byte);
        if letter.is_ascii_alphanumeric() || "_.-~".contains(letter) {
            text.push(letter);
        } else if plus && letter == ' ' {
            text.push('+');
        } else if byte.is_ascii() && safe.contains(letter) {
            text.push(letter);
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// `quote(string, safe='/')` and `quote_plus(string, safe='')`
fn quote(ev: &mut Interp<'_>, args: Args, safe: &str, plus: bool) -> R {
    let name = if plus { "quote_plus" } else { "quote" };
    let mut args = args.bind(ev, name, "string, safe=, encoding=, errors=")?;
    let string = args.take_or_none("string");
    let safe = args.take_or("safe", Value::from(safe));
    for encoding in ["encoding", "errors"] {
        if args.get(encoding).is_some_and(|it| !it.is_none()) {
            return Ok(ev.unknown(format!("`{name}({encoding}=…)` is not modelled")));
        }
    }
    for value in [&string, &safe] {
        if value.is_unknown() {
            return Ok(value.clone());
        }
    }
    let Some(safe) = safe.as_str() else {
        return Ok(ev.unknown(format!("`{name}(safe=…)` with bytes is not modelled")));
    };
    let text = match &string {
        Value::Bytes(bytes) => percent_encode(bytes, &safe, plus),
        other => match other.as_str() {
            Some(text) => percent_encode(text.as_bytes(), &safe, plus),
            None => return Err(ev.raise("TypeError", "quote_from_bytes() expected bytes")),
        },
    };
    Ok(Value::from(text))
}

/// `unquote(string)` and `unquote_plus(string)`
fn unquote(ev: &mut Interp<'_>, args: Args, plus: bool) -> R {
    let mut args = args.bind(ev, "unquote", "string, encoding=, errors=")?;
    let string = args.take_or_none("string");
    if string.is_unknown() {
        return Ok(string);
    }
    let has_encoding = args.get("encoding").is_some() || args.get("errors").is_some();
    let Some(text) = string.as_str().filter(|_| !has_encoding) else {
        return Ok(ev.unknown("`unquote()` of something else than UTF-8 text is not modelled"));
    };
    Ok(Value::from(percent_decode(&text, plus)))
}

fn percent_decode(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text
            .get(at + 1..at + 3)
            .filter(|hex| *byte == b'%' && hex.bytes().all(|it| it.is_ascii_hexdigit()));
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(if plus && *byte == b'+' { b' ' } else { *byte });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// `urlencode(query)`
fn urlencode(ev: &mut Interp<'_>, args: Args) -> R {
    let signature = "query, doseq=, safe=, encoding=, errors=, quote_via=";
    let mut args = args.bind(ev, "urlencode", signature)?;
    let query = args.take_or_none("query");
    if query.is_unknown() {
        return Ok(query);
    }
    for name in ["doseq", "safe", "encoding", "errors", "quote_via"] {
        if args.get(name).is_some() {
            return Ok(ev.unknown(format!("`urlencode({name}=…)` is not modelled")));
        }
    }
    let pairs = match &query {
        Value::Dict(dict) => dict
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
        other => {
            let mut pairs = Vec::new();
            for item in ev.iterate(other)? {
                match ev.iterate(&item)?.as_slice() {
                    [key, value] => pairs.push((key.clone(), value.clone())),
                    _ => return Ok(ev.unknown("`urlencode()` of no pairs is not modelled")),
                }
            }
            pairs
        }
    };
    let mut parts = Vec::new();
    for (key, value) in pairs {
        let mut part = Vec::new();
        for it in [key, value] {
            if it.is_unknown() {
                return Ok(it);
            }
            let text = match &it {
                Value::Bytes(bytes) => percent_encode(bytes, "", true),
                other => percent_encode(ev.to_str(other)?.as_bytes(), "", true),
            };
            part.push(text);
        }
        parts.push(part.join("="));
    }
    Ok(Value::from(parts.join("&")))
}

/// `SplitResult` and `ParseResult`
struct Parts {
    scheme: String,
    netloc: String,
    path: String,
    /// Of a `ParseResult` only.
    params: Option<String>,
    query: String,
    fragment: String,
}

/// Splits a URL as `urlsplit` does; none for one that Python refuses or treats in a special way.
fn split_url(url: &str) -> Option<Parts> {
    let trimmed = url.trim_start_matches(|it: char| it <= ' ');
    if trimmed.contains(['\t', '\r', '\n', '[', ']']) || !url.is_ascii() {
        return None;
    }
    let is_scheme = |text: &str| {
        text.starts_with(|it: char| it.is_ascii_alphabetic())
            && text
                .chars()
                .all(|it| it.is_ascii_alphanumeric() || "+-.".contains(it))
    };
    let (scheme, rest) = match trimmed.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_lowercase(), rest),
        _ => (String::new(), trimmed),
    };
    let (netloc, rest) = match rest.strip_prefix("//") {
        Some(rest) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            rest.split_at(end)
        }
        None => ("", rest),
    };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    Some(Parts {
        scheme,
        netloc: netloc.to_owned(),
        path: path.to_owned(),
        params: None,
        query: query.to_owned(),
        fragment: fragment.to_owned(),
    })
}

/// `urlsplit(url)` and `urlparse(url)`
fn split(ev: &mut Interp<'_>, args: Args, has_params: bool) -> R {
    let mut args = args.bind(ev, "urlsplit", "url, scheme=, allow_fragments=")?;
    let url = args.take_or_none("url");
    if url.is_unknown() {
        return Ok(url);
    }
    let is_plain = args.get("scheme").is_none() && args.get("allow_fragments").is_none();
    let parts = url
        .as_str()
        .filter(|_| is_plain)
        .and_then(|url| split_url(&url));
    let Some(mut parts) = parts else {
        return Ok(ev.unknown("how this URL is split is not modelled"));
    };
    if has_params {
        // Only some schemes have parameters, after a semicolon in the last segment.
        if parts.path.contains(';') {
            return Ok(ev.unknown("parameters in the path of a URL are not modelled"));
        }
        parts.params = Some(String::new());
    }
    Ok(Value::object(parts))
}

fn join(scheme: &str, netloc: &str, path: &str, query: &str, fragment: &str) -> String {
    let mut url = String::new();
    if !scheme.is_empty() {
        url.push_str(scheme);
        url.push(':');
    }
    if !netloc.is_empty() {
        url.push_str("//");
        url.push_str(netloc);
        if !path.is_empty() && !path.starts_with('/') {
            url.push('/');
        }
    }
    url.push_str(path);
    for (mark, part) in [('?', query), ('#', fragment)] {
        if !part.is_empty() {
            url.push(mark);
            url.push_str(part);
        }
    }
    url
}

/// `urlunsplit(parts)` and `urlunparse(parts)`
fn unsplit(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "urlunsplit", "components")?;
    let components = args.take_or_none("components");
    if components.is_unknown() {
        return Ok(components);
    }
    let mut texts: Vec<Str> = Vec::new();
    for part in ev.iterate(&components)? {
        match part.as_str() {
            Some(text) => texts.push(text),
            None => return Ok(ev.unknown("a part of a URL that is no text is not modelled")),
        }
    }
    let url = match texts.iter().map(|it| &**it).collect::<Vec<_>>().as_slice() {
        [scheme, netloc, path, query, fragment] | [scheme, netloc, path, "", query, fragment]
            // A database URL with an empty host keeps its slashes.
            if !netloc.is_empty() || (scheme.is_empty() && !path.starts_with("//")) =>
        {
            join(scheme, netloc, path, query, fragment)
        }
        _ => return Ok(ev.unknown("how this URL is put together is not modelled")),
    };
    Ok(Value::from(url))
}

impl Parts {
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let mut fields = vec![
            ("scheme", self.scheme.as_str()),
            ("netloc", &self.netloc),
            ("path", &self.path),
        ];
        if let Some(params) = &self.params {
            fields.push(("params", params));
        }
        fields.push(("query", &self.query));
        fields.push(("fragment", &self.fragment));
        fields
    }

    /// User and password, host and port.
    fn authority(&self) -> (Option<(&str, Option<&str>)>, &str) {
        let (user, host) = match self.netloc.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, self.netloc.as_str()),
        };
        let user = user.map(|user| match user.split_once(':') {
            Some((user, password)) => (user, Some(password)),
            None => (user, None),
        });
        (user, host)
    }
}

impl NativeObject for Parts {
    fn type_name(&self) -> String {
        if self.params.is_some() {
            "ParseResult"
        } else {
            "SplitResult"
        }
        .to_owned()
    }

    fn is_partial(&self) -> bool {
        true
    }

    fn methods(&self) -> &'static [&'static str] {
        &["geturl", "_replace"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if name == "geturl" {
            args.bind(ev, name, "")?;
            let parts = self.fields().into_iter().map(|(_, text)| Value::from(text));
            let parts = Value::tuple(parts.collect());
            return unsplit(ev, Args::positional(vec![parts])).map(Some);
        }
        let mut made: Vec<(&str, String)> = self
            .fields()
            .into_iter()
            .map(|(name, text)| (name, text.to_owned()))
            .collect();
        for (key, value) in &args.keywords {
            if value.is_unknown() {
                return Ok(Some(value.clone()));
            }
            let field = made.iter_mut().find(|(name, _)| *name == &**key);
            match (field, value.as_str()) {
                (Some(field), Some(text)) => field.1 = text.to_string(),
                _ => {
                    return Ok(Some(
                        ev.unknown("a part of a URL that is no text is not modelled"),
                    ));
                }
            }
        }
        let mut part = |name: &str| {
            let field = made.iter_mut().find(|(it, _)| *it == name);
            field.map(|(_, text)| std::mem::take(text))
        };
        Ok(Some(Value::object(Parts {
            scheme: part("scheme").unwrap_or_default(),
            netloc: part("netloc").unwrap_or_default(),
            path: part("path").unwrap_or_default(),
            params: part("params"),
            query: part("query").unwrap_or_default(),
            fragment: part("fragment").unwrap_or_default(),
        })))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        if let Some((_, text)) = self.fields().into_iter().find(|(it, _)| *it == name) {
            return Ok(Some(Value::from(text)));
        }
        let (user, address) = self.authority();
        let (host, port) = match address.split_once(':') {
            Some((host, port)) => (host, Some(port).filter(|it| !it.is_empty())),
            None => (address, None),
        };
        let text = |part: Option<&str>| part.map_or(Value::None, Value::from);
        Ok(Some(match name {
            "username" => text(user.map(|(user, _)| user)),
            "password" => text(user.and_then(|(_, password)| password)),
            "hostname" if host.is_empty() => Value::None,
            "hostname" => Value::from(host.to_lowercase()),
            "port" => match port.map(str::parse::<u16>) {
                None => Value::None,
                Some(Ok(port)) => Value::int(i64::from(port)),
                Some(Err(_)) => {
                    let port = port.unwrap_or_default();
                    let message = if port.bytes().all(|it| it.is_ascii_digit()) {
                        "Port out of range 0-65535".to_owned()
                    } else {
                        format!("Port could not be cast to integer value as '{port}'")
                    };
                    return Err(ev.raise("ValueError", message));
                }
            },
            _ => return Ok(None),
        }))
    }

    fn iterate(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        let parts = self.fields().into_iter().map(|(_, text)| Value::from(text));
        Ok(Some(parts.collect()))
    }
}

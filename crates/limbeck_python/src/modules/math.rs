//! `math`, `string`, `textwrap`, `base64`, `hashlib`.

use std::rc::Rc;

use base64::Engine as _;
use md5::Digest as _;

use crate::args::Args;
use crate::builtins::text::need_text;
use crate::builtins::{first_unknown, to_index};
use crate::eval::{Interp, plain_float, plain_int};
use crate::flow::R;
use crate::value::{Int, Module, NativeObject, Value};

fn number(ev: &mut Interp<'_>, args: &Args, index: usize) -> R<f64> {
    let value = args.get(index).cloned().unwrap_or(Value::None);
    let value = match &value {
        Value::Object(object) if object.methods().contains(&"__float__") => {
            ev.call_native_method(&value, "__float__", Args::none())?
        }
        other => other.unwrap_payload(),
    };
    match plain_float(&value) {
        Some(float) => Ok(float),
        None => {
            let kind = ev.type_name(&value);
            Err(ev.raise("TypeError", format!("must be real number, not {kind}")))
        }
    }
}

fn real(name: &'static str, function: fn(f64) -> f64) -> (&'static str, Value) {
    (
        name,
        Value::native(name, move |ev, args| {
            if let Some(unknown) = first_unknown(&args) {
                return Ok(unknown);
            }
            let argument = number(ev, &args, 0)?;
            let result = function(argument);
            if (result.is_nan() && !argument.is_nan()) || (result.is_infinite() && argument == 0.0)
            {
                return Err(ev.raise("ValueError", "math domain error"));
            }
            Ok(Value::Float(result))
        }),
    )
}

fn whole(name: &'static str, function: fn(f64) -> f64) -> (&'static str, Value) {
    (
        name,
        Value::native(name, move |ev, args| {
            if let Some(unknown) = first_unknown(&args) {
                return Ok(unknown);
            }
            if let Some(int) = args
                .get(0)
                .and_then(|value| plain_int(&value.unwrap_payload()))
            {
                return Ok(Value::Int(int));
            }
            if let Some(this @ Value::Instance(instance)) = args.get(0)
                && let Some(own) = instance.class.lookup(&format!("__{name}__"))
            {
                let own = ev.bind_to(&own, this.clone())?;
                return ev.call(&own, Args::none());
            }
            let float = number(ev, &args, 0)?;
            if float.is_nan() {
                return Err(ev.raise("ValueError", "cannot convert float NaN to integer"));
            }
            match Int::from_f64(function(float)) {
                Some(int) => Ok(Value::Int(int)),
                None => Err(ev.raise("OverflowError", "cannot convert float infinity to integer")),
            }
        }),
    )
}

fn ints(ev: &mut Interp<'_>, args: &Args) -> R<Vec<Int>> {
    let mut out = Vec::new();
    for value in &args.positional {
        match value.as_int() {
            Some(int) => out.push(int),
            None => {
                let kind = ev.type_name(value);
                return Err(ev.raise(
                    "TypeError",
                    format!("'{kind}' object cannot be interpreted as an integer"),
                ));
            }
        }
    }
    Ok(out)
}

fn gcd(left: &Int, right: &Int) -> Int {
    let (mut left, mut right) = (left.abs(), right.abs());
    while let Some((_, rest)) = left.div_mod(&right) {
        left = right;
        right = rest;
    }
    left
}

/// `math`.
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let mut attrs = vec![
        ("pi", Value::Float(std::f64::consts::PI)),
        ("e", Value::Float(std::f64::consts::E)),
        ("tau", Value::Float(std::f64::consts::TAU)),
        ("inf", Value::Float(f64::INFINITY)),
        ("nan", Value::Float(f64::NAN)),
        real("sqrt", f64::sqrt),
        real("fabs", f64::abs),
        real("exp", f64::exp),
        real("sin", f64::sin),
        real("cos", f64::cos),
        real("tan", f64::tan),
        real("atan", f64::atan),
        real("asin", f64::asin),
        real("acos", f64::acos),
        real("log10", f64::log10),
        real("log2", f64::log2),
        real("radians", f64::to_radians),
        real("degrees", f64::to_degrees),
        whole("floor", f64::floor),
        whole("ceil", f64::ceil),
        whole("trunc", f64::trunc),
    ];
    attrs.push((
        "log",
        Value::native("log", |ev, args| {
            if let Some(unknown) = first_unknown(&args) {
                return Ok(unknown);
            }
            let value = number(ev, &args, 0)?;
            if value <= 0.0 {
                return Err(ev.raise("ValueError", "math domain error"));
            }
            let base = if args.get(1).is_some() {
                Some(number(ev, &args, 1)?)
            } else {
                None
            };
            Ok(Value::Float(
                base.map_or(value.ln(), |base| value.ln() / base.ln()),
            ))
        }),
    ));
    for (name, test) in [
        ("isnan", f64::is_nan as fn(f64) -> bool),
        ("isinf", f64::is_infinite),
        ("isfinite", f64::is_finite),
    ] {
        attrs.push((
            name,
            Value::native(name, move |ev, args| match first_unknown(&args) {
                Some(unknown) => Ok(unknown),
                None => Ok(Value::Bool(test(number(ev, &args, 0)?))),
            }),
        ));
    }
    attrs.push((
        "pow",
        Value::native("pow", |ev, args| match first_unknown(&args) {
            Some(unknown) => Ok(unknown),
            None => Ok(Value::Float(
                number(ev, &args, 0)?.powf(number(ev, &args, 1)?),
            )),
        }),
    ));
    attrs.push((
        "hypot",
        Value::native("hypot", |ev, args| match first_unknown(&args) {
            Some(unknown) => Ok(unknown),
            None => Ok(Value::Float(
                number(ev, &args, 0)?.hypot(number(ev, &args, 1)?),
            )),
        }),
    ));
    attrs.push((
        "isclose",
        Value::native("isclose", |ev, args| {
            if let Some(unknown) = first_unknown(&args) {
                return Ok(unknown);
            }
            let (left, right) = (number(ev, &args, 0)?, number(ev, &args, 1)?);
            let option = |name: &str, default: f64| {
                args.keyword(name).and_then(plain_float).unwrap_or(default)
            };
            let (relative, absolute) = (option("rel_tol", 1e-9), option("abs_tol", 0.0));
            let difference = (left - right).abs();
            Ok(Value::Bool(
                left == right
                    || difference <= (relative * left.abs().max(right.abs())).max(absolute),
            ))
        }),
    ));
    attrs.push((
        "gcd",
        Value::native("gcd", |ev, args| match first_unknown(&args) {
            Some(unknown) => Ok(unknown),
            None => Ok(Value::Int(
                ints(ev, &args)?
                    .iter()
                    .fold(Int::Small(0), |total, next| gcd(&total, next)),
            )),
        }),
    ));
    attrs.push((
        "lcm",
        Value::native("lcm", |ev, args| match first_unknown(&args) {
            Some(unknown) => Ok(unknown),
            None => Ok(Value::Int(ints(ev, &args)?.iter().fold(
                Int::Small(1),
                |total, next| {
                    let divisor = gcd(&total, next);
                    total
                        .mul(next)
                        .abs()
                        .div_mod(&divisor)
                        .map_or(Int::Small(0), |(quotient, _)| quotient)
                },
            ))),
        }),
    ));
    attrs.push((
        "isqrt",
        Value::native("isqrt", |ev, args| match first_unknown(&args) {
            Some(unknown) => Ok(unknown),
            None => {
                let value = ints(ev, &args)?.into_iter().next().unwrap_or(Int::Small(0));
                if value.is_negative() {
                    return Err(ev.raise("ValueError", "isqrt() argument must be nonnegative"));
                }
                Ok(Value::int(value.to_big().sqrt()))
            }
        }),
    ));
    attrs.push((
        "prod",
        Value::native("prod", |ev, args| {
            let mut total = args
                .keyword("start")
                .cloned()
                .unwrap_or_else(|| Value::int(1_i64));
            let items = args.get(0).cloned().unwrap_or(Value::None);
            if items.is_unknown() {
                return Ok(items);
            }
            for item in ev.iterate(&items)? {
                total = ev.binary(crate::value::BinOp::Mul, &total, &item)?;
            }
            Ok(total)
        }),
    ));
    attrs.push((
        "factorial",
        Value::native("factorial", |ev, args| {
            if let Some(unknown) = first_unknown(&args) {
                return Ok(unknown);
            }
            let count = to_index(ev, &args.get(0).cloned().unwrap_or(Value::None))?;
            if count < 0 {
                return Err(ev.raise("ValueError", "factorial() not defined for negative values"));
            }
            if count > 5000 {
                return Err(ev.unreadable("a factorial is too large"));
            }
            Ok(Value::Int(
                (1..=count).fold(Int::Small(1), |total, next| total.mul(&Int::Small(next))),
            ))
        }),
    ));
    attrs.push((
        "comb",
        Value::native("comb", |ev, args| {
            if let Some(unknown) = first_unknown(&args) {
                return Ok(unknown);
            }
            let count = to_index(ev, &args.get(0).cloned().unwrap_or(Value::None))?;
            let size = to_index(ev, &args.get(1).cloned().unwrap_or(Value::None))?;
            if size > count {
                return Ok(Value::int(0_i64));
            }
            if count > 5000 {
                return Err(ev.unreadable("a binomial is too large"));
            }
            let mut total = Int::Small(1);
            for index in 0..size {
                total = total.mul(&Int::Small(count - index));
                total = total
                    .div_mod(&Int::Small(index + 1))
                    .map_or(total, |(quotient, _)| quotient);
            }
            Ok(Value::Int(total))
        }),
    ));
    Ok(Module::native("math", attrs))
}

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// `string.Template`.
struct Template(String);

impl NativeObject for Template {
    fn type_name(&self) -> String {
        "Template".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["substitute", "safe_substitute"]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "template").then(|| Value::from(self.0.as_str())))
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let mut values = crate::value::Dict::from_pairs(Vec::<(String, Value)>::new());
        if let Some(mapping) = args.get(0) {
            for (key, value) in ev.mapping_items(mapping, "argument must be a mapping, not")? {
                if let Some(key) = key.as_str() {
                    values.insert_str(key, value);
                }
            }
        }
        for (key, value) in &args.keywords {
            values.insert_str(Rc::clone(key), value.clone());
        }
        let mut out = String::new();
        let mut rest = self.0.as_str();
        while let Some((before, after)) = rest.split_once('$') {
            ev.check_length(out.len() / 16)?;
            out.push_str(before);
            if let Some(more) = after.strip_prefix('$') {
                out.push('$');
                rest = more;
                continue;
            }
            let (braced, body) = match after.strip_prefix('{') {
                Some(body) => (true, body),
                None => (false, after),
            };
            let end = body
                .find(|char: char| !(char.is_ascii_alphanumeric() || char == '_'))
                .unwrap_or(body.len());
            let (key, more) = body.split_at(end);
            let more = if braced {
                more.strip_prefix('}')
            } else {
                Some(more)
            };
            let starts_well =
                key.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_');
            match more.filter(|_| starts_well) {
                Some(more) => {
                    match values.get_str(key) {
                        Some(value) if value.is_unknown() => return Ok(Some(value.clone())),
                        Some(value) => out.push_str(&ev.to_str(&value.clone())?),
                        None if name == "substitute" => return Err(ev.key_error(&Value::from(key))),
                        None => out.push_str(&if braced {
                            format!("${{{key}}}")
                        } else {
                            format!("${key}")
                        }),
                    }
                    rest = more;
                }
                None if name == "substitute" => {
                    let at = self.0.len() - after.len() - 1;
                    let before = self.0.get(..at).unwrap_or_default();
                    let (line, column) = super::line_column(before);
                    let text = format!("Invalid placeholder in string: line {line}, col {column}");
                    return Err(ev.raise("ValueError", text));
                }
                None => {
                    out.push('$');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        Ok(Some(Value::from(out)))
    }
}

/// `string`.
pub(crate) fn string(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "string",
        [
            ("ascii_lowercase", Value::from(LOWER)),
            ("ascii_uppercase", Value::from(UPPER)),
            ("ascii_letters", Value::from(format!("{LOWER}{UPPER}"))),
            ("digits", Value::from("0123456789")),
            ("hexdigits", Value::from("0123456789abcdefABCDEF")),
            ("octdigits", Value::from("01234567")),
            ("punctuation", Value::from(PUNCTUATION)),
            ("whitespace", Value::from(" \t\n\r\u{b}\u{c}")),
            (
                "printable",
                Value::from(format!(
                    "0123456789{LOWER}{UPPER}{PUNCTUATION} \t\n\r\u{b}\u{c}"
                )),
            ),
            (
                "Template",
                Value::native("Template", |ev, args| {
                    let text =
                        need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), "Template")?;
                    Ok(Value::object(Template(text.to_string())))
                }),
            ),
            (
                "capwords",
                Value::native("capwords", |ev, args| {
                    let text =
                        need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), "capwords")?;
                    let separator = args.get(1).or_else(|| args.keyword("sep")).cloned();
                    let separator = separator.filter(|separator| !separator.is_none());
                    let parts = ev.call_method(
                        &Value::Str(text),
                        "split",
                        Args::positional(separator.clone().into_iter().collect()),
                    )?;
                    let mut words = Vec::new();
                    for word in ev.iterate(&parts)? {
                        let word = ev.call_method(&word, "capitalize", Args::none())?;
                        words.push(word.as_str().unwrap_or_default().to_string());
                    }
                    let separator = separator.and_then(|separator| separator.as_str());
                    Ok(Value::from(words.join(separator.as_deref().unwrap_or(" "))))
                }),
            ),
        ],
    ))
}

/// `textwrap.dedent`.
fn dedent(text: &str) -> String {
    let mut margin: Option<String> = None;
    let lines: Vec<&str> = text.split('\n').collect();
    for line in &lines {
        if line.trim_matches([' ', '\t']).is_empty() {
            continue;
        }
        let indent: String = line
            .chars()
            .take_while(|char| matches!(char, ' ' | '\t'))
            .collect();
        margin = Some(match margin {
            None => indent,
            Some(margin) => margin
                .chars()
                .zip(indent.chars())
                .take_while(|(left, right)| left == right)
                .map(|(left, _)| left)
                .collect(),
        });
    }
    let margin = margin.unwrap_or_default();
    let lines: Vec<&str> = lines
        .into_iter()
        .map(|line| {
            if line.trim_matches([' ', '\t']).is_empty() {
                ""
            } else {
                line.strip_prefix(&*margin).unwrap_or(line)
            }
        })
        .collect();
    lines.join("\n")
}

/// `textwrap`.
pub(crate) fn textwrap(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "textwrap",
        [
            (
                "dedent",
                Value::native("dedent", |ev, args| match first_unknown(&args) {
                    Some(unknown) => Ok(unknown),
                    None => {
                        let text =
                            need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), "dedent")?;
                        Ok(Value::from(dedent(&text)))
                    }
                }),
            ),
            (
                "indent",
                Value::native("indent", |ev, args| {
                    if let Some(unknown) = first_unknown(&args) {
                        return Ok(unknown);
                    }
                    if args.get(2).or(args.keyword("predicate")).is_some() {
                        return Ok(ev.unknown("`textwrap.indent(predicate=...)` is not modelled"));
                    }
                    let text =
                        need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), "indent")?;
                    let prefix = args
                        .get(1)
                        .or(args.keyword("prefix"))
                        .cloned()
                        .unwrap_or(Value::None);
                    let prefix = need_text(ev, &prefix, "indent")?;
                    let lines = crate::builtins::text::split_lines(&text, true);
                    let mut out = String::new();
                    for line in lines {
                        let line = line.as_str().unwrap_or_default();
                        if !line.trim().is_empty() {
                            out.push_str(&prefix);
                        }
                        out.push_str(&line);
                    }
                    Ok(Value::from(out))
                }),
            ),
        ],
    ))
}

fn bytes_of(ev: &mut Interp<'_>, value: &Value) -> R<Vec<u8>> {
    match value {
        Value::Bytes(bytes) => Ok(bytes.to_vec()),
        other => {
            ev.need_known(other, "bytes")?;
            let kind = ev.type_name(other);
            Err(ev.raise(
                "TypeError",
                format!("a bytes-like object is required, not '{kind}'"),
            ))
        }
    }
}

/// `base64`.
pub(crate) fn base64(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let encode = |name: &'static str, url: bool| {
        (
            name,
            Value::native(name, move |ev, args| {
                if let Some(unknown) = first_unknown(&args) {
                    return Ok(unknown);
                }
                let bytes = bytes_of(ev, &args.get(0).cloned().unwrap_or(Value::None))?;
                let engine = if url {
                    base64::engine::general_purpose::URL_SAFE
                } else {
                    base64::engine::general_purpose::STANDARD
                };
                Ok(Value::bytes(engine.encode(bytes).as_bytes()))
            }),
        )
    };
    let decode = |name: &'static str, url: bool| {
        (
            name,
            Value::native(name, move |ev, args| {
                if let Some(unknown) = first_unknown(&args) {
                    return Ok(unknown);
                }
                let first = args.get(0).cloned().unwrap_or(Value::None);
                let bytes = match &first {
                    Value::Str(text) => text.as_bytes().to_vec(),
                    other => bytes_of(ev, other)?,
                };
                let engine = if url {
                    base64::engine::general_purpose::URL_SAFE
                } else {
                    base64::engine::general_purpose::STANDARD
                };
                match engine.decode(&bytes) {
                    Ok(decoded) => Ok(Value::bytes(&decoded)),
                    Err(_) => Ok(ev.unknown("this text is no clean base64")),
                }
            }),
        )
    };
    Ok(Module::native(
        "base64",
        [
            encode("b64encode", false),
            encode("standard_b64encode", false),
            encode("urlsafe_b64encode", true),
            decode("b64decode", false),
            decode("urlsafe_b64decode", true),
        ],
    ))
}

/// The digest of bytes; none for an algorithm that is not modelled.
fn digest(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    Some(match name {
        "md5" => md5::Md5::digest(bytes).to_vec(),
        "sha1" => sha1::Sha1::digest(bytes).to_vec(),
        "sha224" => sha2::Sha224::digest(bytes).to_vec(),
        "sha256" => sha2::Sha256::digest(bytes).to_vec(),
        "sha384" => sha2::Sha384::digest(bytes).to_vec(),
        "sha512" => sha2::Sha512::digest(bytes).to_vec(),
        _ => return None,
    })
}

/// The MD5 digest of bytes, for `uuid3`.
pub(crate) fn md5(bytes: &[u8]) -> Vec<u8> {
    md5::Md5::digest(bytes).to_vec()
}

/// The SHA-1 digest of bytes, for `uuid5`.
pub(crate) fn sha1(bytes: &[u8]) -> Vec<u8> {
    sha1::Sha1::digest(bytes).to_vec()
}

/// The size of the blocks of a hash of that length: that of SHA-384 and SHA-512 is greater.
fn block_size(digest: usize) -> usize {
    if digest > 32 { 128 } else { 64 }
}

/// `hashlib.pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None)`
fn pbkdf2_hmac(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "pbkdf2_hmac",
        "hash_name, password, salt, iterations, dklen=",
    )?;
    let name = args.take_or_none("hash_name");
    let (password, salt) = (args.take_or_none("password"), args.take_or_none("salt"));
    let (iterations, length) = (args.take_or_none("iterations"), args.take_or_none("dklen"));
    for value in [&name, &password, &salt, &iterations, &length] {
        if value.is_unknown() {
            return Ok(value.clone());
        }
    }
    let name = name.as_str().unwrap_or_default();
    let (password, salt) = (bytes_of(ev, &password)?, bytes_of(ev, &salt)?);
    let Some(size) = digest(&name, b"").map(|it| it.len()) else {
        return Err(ev.raise("ValueError", format!("unsupported hash type {name}")));
    };
    let iterations = iterations.as_i64().unwrap_or(0);
    let length = length
        .as_i64()
        .and_then(|it| usize::try_from(it).ok())
        .unwrap_or(size);
    if iterations < 1 {
        return Err(ev.raise("ValueError", "iteration value must be greater than 0."));
    }
    ev.check_size(length)?;
    let hash = |bytes: &[u8]| digest(&name, bytes).unwrap_or_default();
    let block = block_size(size);
    let mut key = if password.len() > block {
        hash(&password)
    } else {
        password
    };
    key.resize(block, 0);
    let padded = |with: u8| key.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let (inner, outer) = (padded(0x36), padded(0x5c));
    let keyed = |text: &[u8]| hash(&[&outer[..], &hash(&[&inner[..], text].concat())].concat());
    let mut out = Vec::new();
    let mut number: u32 = 0;
    while out.len() < length {
        number += 1;
        let mut last = keyed(&[&salt[..], &number.to_be_bytes()].concat());
        let mut sum = last.clone();
        for _ in 1..iterations {
            // Two digests of more than one block each.
            ev.charge(20);
            ev.step()?;
            last = keyed(&last);
            sum.iter_mut()
                .zip(&last)
                .for_each(|(sum, byte)| *sum ^= byte);
        }
        out.extend(sum);
    }
    out.truncate(length);
    Ok(Value::bytes(&out))
}

/// A hash under way.
struct Hash {
    name: String,
    data: std::cell::RefCell<Vec<u8>>,
}

impl NativeObject for Hash {
    fn type_name(&self) -> String {
        "_hashlib.HASH".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["update", "digest", "hexdigest", "copy"]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "name" => Some(Value::from(self.name.as_str())),
            "digest_size" => digest(&self.name, b"").map(|it| Value::from(it.len())),
            "block_size" => digest(&self.name, b"").map(|it| Value::from(block_size(it.len()))),
            _ => None,
        })
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "update" => {
                let bytes = bytes_of(ev, &args.get(0).cloned().unwrap_or(Value::None))?;
                ev.check_size(self.data.borrow().len() + bytes.len())?;
                self.data.borrow_mut().extend(bytes);
                Value::None
            }
            "copy" => {
                let data = std::cell::RefCell::new(self.data.borrow().clone());
                Value::object(Hash {
                    name: self.name.clone(),
                    data,
                })
            }
            _ => {
                let Some(digest) = digest(&self.name, &self.data.borrow()) else {
                    return Ok(Some(
                        ev.unknown(format!("the hash `{}` is not modelled", self.name)),
                    ));
                };
                if name == "digest" {
                    Value::bytes(&digest)
                } else {
                    Value::from(
                        digest
                            .iter()
                            .map(|byte| format!("{byte:02x}"))
                            .collect::<String>(),
                    )
                }
            }
        }))
    }
}

/// `hashlib`.
pub(crate) fn hashlib(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let mut attrs: Vec<(&str, Value)> = Vec::new();
    let make = |ev: &mut Interp<'_>, name: &str, data: Option<Value>| -> R {
        let data = match data {
            Some(unknown @ Value::Unknown(_)) => return Ok(unknown),
            Some(Value::Str(_)) => {
                return Err(ev.raise("TypeError", "Strings must be encoded before hashing"));
            }
            Some(data) => bytes_of(ev, &data)?,
            None => Vec::new(),
        };
        Ok(Value::object(Hash {
            name: name.to_owned(),
            data: std::cell::RefCell::new(data),
        }))
    };
    for name in [
        "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256",
    ] {
        attrs.push((
            name,
            Value::native(name, move |ev, args| make(ev, name, args.get(0).cloned())),
        ));
    }
    attrs.push((
        "new",
        Value::native("new", move |ev, args| {
            let name = args.get(0).and_then(Value::as_str).unwrap_or_default();
            make(ev, &name, args.get(1).cloned())
        }),
    ));
    attrs.push(("pbkdf2_hmac", Value::native("pbkdf2_hmac", pbkdf2_hmac)));
    Ok(Module::native("hashlib", attrs))
}

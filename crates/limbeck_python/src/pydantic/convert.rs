//! From the text of an environment variable, or a default, to the type of a field.

use std::rc::Rc;

use super::fields::{Field, invalid};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::modules::typing::{GenericAlias, SpecialForm};
use crate::value::{Class, ClassHooks, CmpOp, Dict, Int, NativeObject, Value};

/// Types of URLs; each is a class with `build`.
const URLS: [&str; 13] = [
    "AnyUrl",
    "AnyHttpUrl",
    "HttpUrl",
    "PostgresDsn",
    "MySQLDsn",
    "MariaDBDsn",
    "RedisDsn",
    "AmqpDsn",
    "MongoDsn",
    "KafkaDsn",
    "CockroachDsn",
    "MultiHostUrl",
    "FileUrl",
];

/// The types of pydantic that settings use, by name.
pub(super) fn types() -> Vec<(&'static str, Value)> {
    let mut types: Vec<(&'static str, Value)> = Vec::new();
    for name in URLS {
        let class = Class::native(
            name,
            "pydantic.networks",
            Vec::new(),
            Some(Rc::new(UrlHooks)),
        );
        class.set("build", Value::native("build", build));
        types.push((name, Value::Class(class)));
    }
    for name in ["SecretStr", "SecretBytes"] {
        types.push((
            name,
            Value::Class(Class::native(
                name,
                "pydantic.types",
                Vec::new(),
                Some(Rc::new(SecretHooks)),
            )),
        ));
    }
    types
}

struct UrlHooks;

impl ClassHooks for UrlHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let value = args.get(0).cloned().unwrap_or(Value::None);
        Ok(Ok(url(ev, &class.name, &value)))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

struct SecretHooks;

impl ClassHooks for SecretHooks {
    fn construct(
        &self,
        _ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let value = args.get(0).cloned().unwrap_or(Value::None);
        Ok(Ok(Value::object(Secret { value })))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// `SecretStr`
struct Secret {
    value: Value,
}

impl NativeObject for Secret {
    fn type_name(&self) -> String {
        "SecretStr".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["get_secret_value"]
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(self.value.clone()))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok("**********".to_owned())
    }
}

/// A URL that pydantic has checked.
struct Dsn {
    kind: String,
    text: String,
}

impl NativeObject for Dsn {
    fn type_name(&self) -> String {
        self.kind.clone()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["unicode_string", "encoded_string", "hosts"]
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        name: &str,
        _args: Args,
    ) -> R<Option<Value>> {
        if name == "hosts" {
            let hosts = self.hosts().map(|host| Value::dict(Dict::from_pairs(host)));
            return Ok(Some(Value::list(hosts.collect())));
        }
        Ok(Some(Value::from(self.text.as_str())))
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let (scheme, rest) = self.text.split_once("://").unwrap_or_default();
        let after = rest
            .find('/')
            .and_then(|at| rest.get(at..))
            .unwrap_or_default();
        let (path, query) = match after.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (after, None),
        };
        Ok(match name {
            "scheme" => Some(Value::from(scheme)),
            "path" => Some(Value::from(path)),
            "query" => Some(query.map_or(Value::None, Value::from)),
            // Those of the only host.
            "username" | "password" | "host" | "port" => {
                let mut hosts = self.hosts();
                let found = hosts.next().filter(|_| hosts.next().is_none());
                found.and_then(|host| {
                    let mut parts = host.into_iter();
                    parts.find(|(it, _)| *it == name).map(|(_, value)| value)
                })
            }
            _ => None,
        })
    }

    fn is_partial(&self) -> bool {
        true
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.text.clone())
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast::<Dsn>() else {
            return Ok(None);
        };
        Ok(match op {
            CmpOp::Eq => Some(Value::Bool(self.text == other.text)),
            CmpOp::Ne => Some(Value::Bool(self.text != other.text)),
            _ => None,
        })
    }
}

impl Dsn {
    /// The parts of each host, as `hosts()` gives them.
    fn hosts(&self) -> impl Iterator<Item = Vec<(&'static str, Value)>> + '_ {
        let (_, rest) = self.text.split_once("://").unwrap_or_default();
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        authority.split(',').map(|host| {
            let (user, address) = match host.rsplit_once('@') {
                Some((user, address)) => (Some(user), address),
                None => (None, host),
            };
            let (user, password) = match user.map(|user| user.split_once(':').ok_or(user)) {
                Some(Ok((user, password))) => (Some(user), Some(password)),
                Some(Err(user)) => (Some(user), None),
                None => (None, None),
            };
            let (name, port) = match address.split_once(':') {
                Some((name, port)) => (name, port.parse::<i64>().ok()),
                None => (address, None),
            };
            let text = |part: Option<&str>| part.map_or(Value::None, Value::from);
            vec![
                ("username", text(user)),
                ("password", text(password)),
                ("host", text(Some(name).filter(|it| !it.is_empty()))),
                ("port", port.map_or(Value::None, Value::int)),
            ]
        })
    }
}

/// True when pydantic gives a URL back as it was written: nothing to encode, no default path to add.
fn is_plain_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    let is_database = [
        "postgres",
        "mysql",
        "mariadb",
        "cockroachdb",
        "redis",
        "mongodb",
    ]
    .iter()
    .any(|name| scheme.starts_with(name));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    is_database
        && !authority.is_empty()
        && !path.is_empty()
        && authority.chars().all(|it| {
            it.is_ascii_lowercase()
                || it.is_ascii_digit()
                || "-._~!$&'()*+,;=:@%".contains(it)
                || it.is_ascii_uppercase()
        })
        && authority
            .rsplit('@')
            .next()
            .is_some_and(|host| !host.chars().any(|it| it.is_ascii_uppercase()))
        && path
            .chars()
            .all(|it| it.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%/?".contains(it))
}

fn url(ev: &mut Interp<'_>, kind: &str, value: &Value) -> Value {
    match value {
        Value::Str(text) if is_plain_url(text) => Value::object(Dsn {
            kind: kind.to_owned(),
            text: text.to_string(),
        }),
        Value::Object(_) if value.downcast::<Dsn>().is_some() => value.clone(),
        Value::Unknown(_) | Value::None => value.clone(),
        _ => ev.unknown(format!("how `{kind}` rewrites this URL is not modelled")),
    }
}

/// `PostgresDsn.build(scheme=…, username=…, …)`
fn build(ev: &mut Interp<'_>, args: Args) -> R {
    let signature =
        "*, scheme=, hosts=, username=, user=, password=, host=, port=, path=, query=, fragment=";
    let mut args = args.bind(ev, "build", signature)?;
    let mut parts = std::collections::BTreeMap::new();
    for name in [
        "scheme", "username", "user", "password", "host", "port", "path",
    ] {
        match args.take_or_none(name) {
            Value::None => {}
            unknown @ Value::Unknown(_) => return Ok(unknown),
            known => {
                parts.insert(name, ev.to_str(&known)?);
            }
        }
    }
    if ["hosts", "query", "fragment"]
        .iter()
        .any(|name| args.get(name).is_some_and(|it| !it.is_none()))
    {
        return Ok(ev.unknown("a URL with several hosts or a query is not modelled"));
    }
    let part = |name: &str| parts.get(name).map(String::as_str);
    let mut text = format!("{}://", part("scheme").unwrap_or_default());
    if let Some(user) = part("username").or(part("user")) {
        text.push_str(user);
        if let Some(password) = part("password") {
            text.push(':');
            text.push_str(password);
        }
        text.push('@');
    }
    text.push_str(part("host").unwrap_or_default());
    if let Some(port) = part("port") {
        text.push(':');
        text.push_str(port);
    }
    if let Some(path) = part("path") {
        // Version 1 was given the slash, version 2 adds it.
        text.push('/');
        text.push_str(path.strip_prefix('/').unwrap_or(path));
    }
    let text = Value::from(text);
    Ok(url(ev, "MultiHostUrl", &text))
}

/// The value of a field after validation.
pub(super) fn convert(ev: &mut Interp<'_>, field: &Field, value: Value) -> R {
    if matches!(value, Value::Unknown(_) | Value::None) {
        return Ok(value);
    }
    let mut annotation = ev.eval_annotation(&field.annotation)?;
    for _ in 0..4 {
        if let Some(text) = annotation.as_str() {
            annotation = ev.eval_annotation_text(&field.annotation, &text)?;
            continue;
        }
        let Some(alias) = annotation.downcast::<GenericAlias>() else {
            break;
        };
        let known: Vec<&Value> = alias.args.iter().filter(|it| !it.is_none()).collect();
        annotation = match (alias.name.as_str(), known.as_slice()) {
            ("Annotated", [first, ..]) => (*first).clone(),
            ("Union" | "Optional", [one]) => (*one).clone(),
            // A text stays a text where a text is among the choices.
            ("Union", many) if value.as_str().is_some() => {
                let text = Value::Class(ev.types().get("str"));
                match many.iter().find(|it| it.is_same(&text)) {
                    Some(found) => (*found).clone(),
                    None => break,
                }
            }
            _ => break,
        };
    }
    convert_to(ev, field, &annotation, value)
}

fn convert_to(ev: &mut Interp<'_>, field: &Field, annotation: &Value, value: Value) -> R {
    let unknown = |ev: &Interp<'_>| {
        ev.unknown(format!(
            "how pydantic reads `{}` is not modelled",
            field.annotation.text
        ))
    };
    if let Some(alias) = annotation.downcast::<GenericAlias>()
        && alias.name == "Literal"
    {
        return choice(ev, field, &alias.args, value);
    }
    if annotation
        .downcast::<SpecialForm>()
        .is_some_and(|form| form.0 == "Any")
    {
        return Ok(value);
    }
    let Value::Class(class) = annotation else {
        return Ok(unknown(ev));
    };
    let Some(text) = value.as_str() else {
        // A default is of its type already, or it does not matter.
        return Ok(value);
    };
    match (&*class.module, &*class.name) {
        ("builtins", "str" | "object") => Ok(value),
        ("builtins", "int") => Ok(text
            .trim()
            .parse::<i64>()
            .map_or_else(|_| unknown(ev), |it| Value::Int(Int::from(it)))),
        ("builtins", "float") => Ok(text
            .trim()
            .parse::<f64>()
            .map_or_else(|_| unknown(ev), Value::Float)),
        ("builtins", "bool") => Ok(match text.to_lowercase().as_str() {
            "1" | "true" | "t" | "yes" | "y" | "on" => Value::Bool(true),
            "0" | "false" | "f" | "no" | "n" | "off" => Value::Bool(false),
            _ => unknown(ev),
        }),
        ("pydantic.networks", "EmailStr") => Ok(value),
        ("pydantic.types", "SecretStr" | "SecretBytes") => Ok(Value::object(Secret { value })),
        ("pydantic.networks", kind) if URLS.contains(&kind) => {
            let kind = kind.to_owned();
            Ok(url(ev, &kind, &value))
        }
        ("pathlib", _) => ev.call(annotation, Args::positional(vec![value])),
        _ if class.is_enum() => ev.call(annotation, Args::positional(vec![value])),
        _ => Ok(unknown(ev)),
    }
}

/// `Literal[…]`: one of the choices, as it is.
fn choice(ev: &mut Interp<'_>, field: &Field, choices: &[Value], value: Value) -> R {
    let mut texts = Vec::new();
    for choice in choices {
        if choice.is_unknown() || choice.downcast::<GenericAlias>().is_some() {
            return Ok(ev.unknown(format!(
                "how pydantic reads `{}` is not modelled",
                field.annotation.text
            )));
        }
        // A member of an enumeration is given by its value, too.
        let plain = match choice {
            Value::Instance(member) if member.class.is_enum() => ev.get_attr(choice, "value")?,
            _ => choice.clone(),
        };
        if ev.equals(choice, &value)? || ev.equals(&plain, &value)? {
            return Ok(choice.clone());
        }
        texts.push(ev.to_repr(&plain)?);
    }
    let expected = match texts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => texts.concat(),
    };
    let message = format!("Input should be {expected}");
    Err(invalid(ev, &field.model, &[(&field.name, message)]))
}

//! `sqlalchemy.URL`, `make_url`.

use std::rc::Rc;

use super::{EnvConfig, UrlParts};
use crate::args::{Args, Bindings};
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, CmpOp, Dict, NativeObject, Value};

/// A URL.
pub(super) struct Url {
    pub(super) config: Rc<dyn EnvConfig>,
    pub(super) parts: UrlParts,
}

/// The class `URL`, with its `create`.
pub(super) fn class(config: &Rc<dyn EnvConfig>) -> Rc<Class> {
    struct Hooks;
    impl ClassHooks for Hooks {
        fn is_partial(&self) -> bool {
            true
        }
    }
    let class = Class::native(
        "URL",
        "sqlalchemy.engine.url",
        Vec::new(),
        Some(Rc::new(Hooks)),
    );
    let config = Rc::clone(config);
    let create = Value::native("create", move |ev, args| {
        let mut args = args.bind(
            ev,
            "create",
            "drivername, username=, password=, host=, port=, database=, query=",
        )?;
        change(ev, &config, UrlParts::default(), &mut args)
    });
    class.set("create", create);
    class
}

/// `make_url(name_or_url)`
pub(super) fn make_url(config: &Rc<dyn EnvConfig>) -> Value {
    let config = Rc::clone(config);
    Value::native("make_url", move |ev, args| {
        let mut args = args.bind(ev, "make_url", "name_or_url")?;
        let given = args.take_or_none("name_or_url");
        if given.is_unknown() || given.downcast::<Url>().is_some() {
            return Ok(given);
        }
        let Some(text) = given.as_str() else {
            let kind = ev.type_name(&given);
            return Err(ev.raise(
                "TypeError",
                format!("Expected string or URL object, got {kind}"),
            ));
        };
        match config.parse_url(&text) {
            Ok(parts) => Ok(Value::object(Url {
                config: Rc::clone(&config),
                parts,
            })),
            Err(message) => Err(ev.raise("ValueError", message)),
        }
    })
}

/// A URL with the parts that were given, or an unknown if one of them is.
fn change(
    ev: &mut Interp<'_>,
    config: &Rc<dyn EnvConfig>,
    mut parts: UrlParts,
    args: &mut Bindings,
) -> R {
    for name in [
        "drivername",
        "username",
        "password",
        "host",
        "port",
        "database",
        "query",
    ] {
        let Some(value) = args.take(name) else {
            continue;
        };
        if value.is_unknown() {
            return Ok(value);
        }
        if value.is_none() {
            continue;
        }
        match name {
            "port" => {
                let port = match value.as_str() {
                    Some(text) => text.parse::<u16>().ok(),
                    None => value.as_i64().and_then(|it| u16::try_from(it).ok()),
                };
                if port.is_none() {
                    return Err(ev.raise("TypeError", "Port argument must be an integer or None"));
                }
                parts.port = port;
            }
            "query" => {
                let items = ev.call_method(&value, "items", Args::none())?;
                parts.query.clear();
                for item in ev.iterate(&items)? {
                    let pair = ev.iterate(&item)?;
                    let (Some(key), Some(value)) = (pair.first(), pair.get(1)) else {
                        continue;
                    };
                    if value.is_unknown() {
                        return Ok(value.clone());
                    }
                    let values = match value.as_str() {
                        Some(text) => vec![text.to_string()],
                        None => ev
                            .iterate(value)?
                            .iter()
                            .filter_map(|it| Some(it.as_str()?.to_string()))
                            .collect(),
                    };
                    parts.query.push((ev.to_str(key)?, values));
                }
            }
            _ => {
                let text = ev.to_str(&value)?;
                match name {
                    "drivername" => parts.drivername = text,
                    "username" => parts.username = Some(text),
                    "password" => parts.password = Some(text),
                    "host" => parts.host = Some(text),
                    _ => parts.database = Some(text),
                }
            }
        }
    }
    Ok(Value::object(Url {
        config: Rc::clone(config),
        parts,
    }))
}

impl Url {
    fn render(&self, hide_password: bool) -> String {
        let mut parts = self.parts.clone();
        if hide_password && parts.password.is_some() {
            parts.password = Some("***".to_owned());
        }
        self.config.render_url(&parts)
    }
}

impl NativeObject for Url {
    fn type_name(&self) -> String {
        "URL".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let parts = &self.parts;
        Ok(Some(match name {
            "drivername" => Value::from(parts.drivername.as_str()),
            "username" => Value::from(parts.username.clone()),
            "password" => Value::from(parts.password.clone()),
            "host" => Value::from(parts.host.clone()),
            "port" => parts
                .port
                .map_or(Value::None, |port| Value::from(i64::from(port))),
            "database" => Value::from(parts.database.clone()),
            "query" => {
                let pairs = parts.query.iter().map(|(key, values)| {
                    let value = match values.as_slice() {
                        [one] => Value::from(one.as_str()),
                        many => {
                            Value::tuple(many.iter().map(|it| Value::from(it.as_str())).collect())
                        }
                    };
                    (Rc::from(key.as_str()), value)
                });
                Value::dict(Dict::from_pairs(pairs))
            }
            _ => return Ok(None),
        }))
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "set",
            "render_as_string",
            "get_backend_name",
            "get_driver_name",
            "get_dialect",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "set" => {
                let signature =
                    "drivername=, username=, password=, host=, port=, database=, query=";
                let mut args = args.bind(ev, name, signature)?;
                change(ev, &self.config, self.parts.clone(), &mut args)?
            }
            "render_as_string" => {
                let mut args = args.bind(ev, name, "hide_password=")?;
                let hide = args.take_or("hide_password", Value::Bool(true));
                let hide = ev.truth(&hide, "`hide_password`")?;
                Value::from(self.render(hide))
            }
            "get_dialect" => {
                let name = self.parts.drivername.split('+').next().unwrap_or_default();
                crate::alchemy::dialect_value(ev, name)
            }
            "get_backend_name" => {
                Value::from(self.parts.drivername.split('+').next().unwrap_or_default())
            }
            _ => match self.parts.drivername.split_once('+') {
                Some((_, driver)) => Value::from(driver),
                None => ev.unknown("the default driver of a dialect"),
            },
        }))
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast::<Url>() else {
            return Ok(None);
        };
        let is_same = self.parts == other.parts;
        Ok(match op {
            CmpOp::Eq => Some(Value::Bool(is_same)),
            CmpOp::Ne => Some(Value::Bool(!is_same)),
            _ => None,
        })
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.render(true))
    }
}

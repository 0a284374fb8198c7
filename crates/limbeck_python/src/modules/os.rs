//! `os`, `os.path`, `logging`, `warnings`, `time`, `random`, `secrets`, `uuid`.

use std::rc::Rc;

use crate::args::Args;
use crate::builtins::first_unknown;
use crate::builtins::text::need_text;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::{LogLevel, LogSource};
use crate::modules::files::{absolute, is_dir, join, make_dir, path_text};
use crate::value::{Dict, Module, NativeObject, Value};

/// `os.environ`: what is read is recorded as an input.
struct Environ;

impl NativeObject for Environ {
    fn type_name(&self) -> String {
        "os._Environ".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "get",
            "keys",
            "items",
            "values",
            "setdefault",
            "pop",
            "copy",
            "update",
            "__getitem__",
            "__setitem__",
            "__contains__",
        ]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        if name != "update"
            && let Some(unknown) = args.get(0).filter(|value| value.is_unknown())
        {
            return Ok(Some(unknown.clone()));
        }
        let world = Rc::clone(ev.world());
        Ok(Some(match name {
            "get" => return getenv(ev, args).map(Some),
            "__getitem__" => {
                let key = args.get(0).cloned().unwrap_or(Value::None);
                return self.get_item(ev, &key);
            }
            "__setitem__" => {
                let part = |at| args.get(at).cloned().unwrap_or(Value::None);
                self.set_item(ev, &part(0), part(1))?;
                Value::None
            }
            "__contains__" => {
                let key = args.get(0).cloned().unwrap_or(Value::None);
                Value::Bool(self.contains(ev, &key)? == Some(true))
            }
            "setdefault" | "pop" => {
                let key = need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), name)?;
                let found = world.record_env_read(&key);
                if name == "pop" {
                    world.env_vars().borrow_mut().remove(&*key);
                    match (found, args.get(1)) {
                        (Some(text), _) => Value::from(text),
                        (None, Some(default)) => default.clone(),
                        (None, None) => return Err(ev.key_error(&Value::Str(key))),
                    }
                } else if let Some(text) = found {
                    Value::from(text)
                } else {
                    let value = need_text(ev, &args.get(1).cloned().unwrap_or(Value::None), name)?;
                    world
                        .env_vars()
                        .borrow_mut()
                        .insert(key.to_string(), value.to_string());
                    Value::Str(value)
                }
            }
            "update" => {
                let mut pairs = match args.get(0) {
                    Some(mapping) => ev.mapping_items(mapping, "not a mapping:")?,
                    None => Vec::new(),
                };
                pairs.extend(
                    args.keywords
                        .iter()
                        .map(|(key, value)| (Value::Str(Rc::clone(key)), value.clone())),
                );
                for (key, value) in pairs {
                    self.clone().set_item(ev, &key, value)?;
                }
                Value::None
            }
            _ => {
                let pairs: Vec<(String, Value)> = world
                    .env_vars()
                    .borrow()
                    .iter()
                    .map(|(key, value)| (key.clone(), Value::from(value.as_str())))
                    .collect();
                let dict = Value::dict(Dict::from_pairs(pairs));
                if name == "copy" {
                    dict
                } else {
                    ev.call_method(&dict, name, Args::none())?
                }
            }
        }))
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        if key.is_unknown() {
            return Ok(Some(key.clone()));
        }
        let name = need_text(ev, key, "environ")?;
        match ev.world().record_env_read(&name) {
            Some(text) => Ok(Some(Value::from(text))),
            None => Err(ev.key_error(key)),
        }
    }

    fn set_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value, value: Value) -> R<bool> {
        let (key, value) = (
            need_text(ev, key, "environ")?,
            need_text(ev, &value, "environ")?,
        );
        ev.world()
            .env_vars()
            .borrow_mut()
            .insert(key.to_string(), value.to_string());
        Ok(true)
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, item: &Value) -> R<Option<bool>> {
        let name = need_text(ev, item, "environ")?;
        Ok(Some(ev.world().record_env_read(&name).is_some()))
    }

    fn iterate(self: Rc<Self>, ev: &mut Interp<'_>) -> R<Option<Vec<Value>>> {
        Ok(Some(
            ev.world()
                .env_vars()
                .borrow()
                .keys()
                .map(|key| Value::from(key.as_str()))
                .collect(),
        ))
    }
}

fn getenv(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "getenv", "key, default=")?;
    let key = args.take_or_none("key");
    if key.is_unknown() {
        return Ok(key);
    }
    let key = need_text(ev, &key, "getenv")?;
    let found = ev.world().record_env_read(&key);
    Ok(found.map_or_else(|| args.take_or_none("default"), Value::from))
}

/// A path whose `~` is the home directory, which the variable `HOME` names; nothing where none does, or for another user's.
pub(super) fn expanded(ev: &Interp<'_>, path: &str) -> Option<String> {
    let Some(rest) = path.strip_prefix('~') else {
        return Some(path.to_owned());
    };
    if !(rest.is_empty() || rest.starts_with('/')) || ev.world().inputs().platform == "win32" {
        return None;
    }
    let home = ev.world().find_env("HOME", true)?;
    let found = format!("{}{rest}", home.trim_end_matches('/'));
    Some(if found.is_empty() {
        "/".to_owned()
    } else {
        found
    })
}

/// A function of paths.
fn path_function(
    name: &'static str,
    function: fn(&mut Interp<'_>, &str) -> R,
) -> (&'static str, Value) {
    (
        name,
        Value::native(name, move |ev, args| match first_unknown(&args) {
            Some(unknown) => Ok(unknown),
            None => {
                let path = path_text(ev, &args.get(0).cloned().unwrap_or(Value::None))?;
                function(ev, &path)
            }
        }),
    )
}

fn split(path: &str) -> (String, String) {
    match path.rfind('/') {
        Some(at) => {
            let (head, tail) = path.split_at(at + 1);
            let trimmed = head.trim_end_matches('/');
            (
                if trimmed.is_empty() { head } else { trimmed }.to_owned(),
                tail.to_owned(),
            )
        }
        None => (String::new(), path.to_owned()),
    }
}

fn split_extension(path: &str) -> (String, String) {
    let (_, name) = split(path);
    match name.rfind('.').filter(|at| {
        !name
            .get(..*at)
            .unwrap_or_default()
            .trim_start_matches('.')
            .is_empty()
    }) {
        Some(at) => {
            let cut = path.len() - (name.len() - at);
            let (root, extension) = path.split_at(cut);
            (root.to_owned(), extension.to_owned())
        }
        None => (path.to_owned(), String::new()),
    }
}

fn normalize(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    match (path.starts_with('/'), joined.is_empty()) {
        (true, _) => format!("/{joined}"),
        (false, true) => ".".to_owned(),
        (false, false) => joined,
    }
}

/// `os.path`.
pub(crate) fn path(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "os.path",
        [
            (
                "join",
                Value::native("join", |ev, args| {
                    if let Some(unknown) = first_unknown(&args) {
                        return Ok(unknown);
                    }
                    let mut path = String::new();
                    for part in &args.positional {
                        let part = path_text(ev, part)?;
                        path = join(&path, &part);
                    }
                    Ok(Value::from(path))
                }),
            ),
            path_function("dirname", |_, path| Ok(Value::from(split(path).0))),
            path_function("basename", |_, path| Ok(Value::from(split(path).1))),
            path_function("split", |_, path| {
                let (head, tail) = split(path);
                Ok(Value::tuple(vec![Value::from(head), Value::from(tail)]))
            }),
            path_function("splitext", |_, path| {
                let (root, extension) = split_extension(path);
                Ok(Value::tuple(vec![
                    Value::from(root),
                    Value::from(extension),
                ]))
            }),
            path_function("abspath", |ev, path| {
                Ok(Value::from(
                    absolute(ev, path).to_string_lossy().into_owned(),
                ))
            }),
            path_function("realpath", |ev, path| {
                Ok(Value::from(
                    absolute(ev, path).to_string_lossy().into_owned(),
                ))
            }),
            path_function("normpath", |_, path| Ok(Value::from(normalize(path)))),
            path_function("normcase", |_, path| Ok(Value::from(path))),
            path_function("isabs", |_, path| Ok(Value::Bool(path.starts_with('/')))),
            path_function("expanduser", |ev, path| {
                Ok(match expanded(ev, path) {
                    Some(path) => Value::from(path),
                    None => ev.unknown("the home directory is not an input"),
                })
            }),
            path_function("exists", |ev, path| {
                let full = absolute(ev, path);
                let is_file = ev.world().sources().is_file(&full);
                Ok(Value::Bool(is_file || is_dir(ev, &full)))
            }),
            path_function("isfile", |ev, path| {
                let full = absolute(ev, path);
                Ok(Value::Bool(ev.world().sources().is_file(&full)))
            }),
            path_function("isdir", |ev, path| {
                let full = absolute(ev, path);
                Ok(Value::Bool(is_dir(ev, &full)))
            }),
            ("sep", Value::from("/")),
            ("pardir", Value::from("..")),
            ("curdir", Value::from(".")),
        ],
    ))
}

/// `os`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let path = self::path(ev)?;
    Ok(Module::native(
        "os",
        [
            ("environ", Value::object(Environ)),
            ("getenv", Value::native("getenv", getenv)),
            ("path", Value::Module(path)),
            ("sep", Value::from("/")),
            ("linesep", Value::from("\n")),
            ("name", Value::from("posix")),
            (
                "makedirs",
                Value::native("makedirs", |ev, args| {
                    if let Some(unknown) = first_unknown(&args) {
                        return Ok(unknown);
                    }
                    let mut args = args.bind(ev, "makedirs", "name,mode=,exist_ok=")?;
                    let path = path_text(ev, &args.take_or_none("name"))?;
                    let exist_ok = args.take_or_none("exist_ok");
                    let exist_ok = ev.truth(&exist_ok, "`exist_ok`")?;
                    make_dir(ev, &path, true, exist_ok)
                }),
            ),
            (
                "getcwd",
                Value::native("getcwd", |ev, _| {
                    Ok(Value::from(
                        ev.world().inputs().cwd.to_string_lossy().into_owned(),
                    ))
                }),
            ),
            path_function("fspath", |_, path| Ok(Value::from(path))),
            (
                "listdir",
                Value::native("listdir", |ev, args| {
                    let path = match args.get(0) {
                        Some(path) => path_text(ev, path)?,
                        None => ".".to_owned(),
                    };
                    let full = absolute(ev, &path);
                    let sources = Rc::clone(ev.world().sources());
                    if !sources.is_dir(&full) {
                        let class = ev.types().exception("FileNotFoundError");
                        let args = vec![
                            Value::int(2_i64),
                            Value::from("No such file or directory"),
                            Value::from(path),
                        ];
                        return Err(ev.raise_class(&class, args));
                    }
                    Ok(Value::list(
                        sources.list(&full).into_iter().map(Value::from).collect(),
                    ))
                }),
            ),
            (
                "urandom",
                Value::native("urandom", |ev, args| {
                    let count = args.get(0).and_then(Value::as_i64).unwrap_or(0);
                    random_bytes(ev, "os.urandom()", count).map(|bytes| {
                        bytes.map_or_else(|unknown| unknown, |bytes| Value::bytes(&bytes))
                    })
                }),
            ),
        ],
    ))
}

fn level_of(name: &str) -> Option<LogLevel> {
    Some(match name {
        "debug" => LogLevel::Debug,
        "info" => LogLevel::Info,
        "warning" | "warn" => LogLevel::Warning,
        "error" | "exception" => LogLevel::Error,
        "critical" | "fatal" => LogLevel::Critical,
        _ => return None,
    })
}

/// The text of a message; what is not known is shown as such.
fn message(ev: &mut Interp<'_>, args: &Args) -> R<String> {
    let first = args.get(0).cloned().unwrap_or(Value::None);
    let shown = |ev: &mut Interp<'_>, value: &Value| -> R<String> {
        match ev.to_str(value) {
            Ok(text) => Ok(text),
            Err(crate::Flow::Fatal(error)) if error.kind == limbeck_diag::ErrorKind::Unreadable => {
                Ok(format!("{value:?}"))
            }
            Err(flow) => Err(flow),
        }
    };
    let text = shown(ev, &first)?;
    let rest: Vec<Value> = args.positional.iter().skip(1).cloned().collect();
    if rest.is_empty() {
        return Ok(text);
    }
    let values = match rest.as_slice() {
        [only @ Value::Dict(_)] => only.clone(),
        _ => Value::tuple(rest),
    };
    match ev.percent_format(&text, &values) {
        Ok(formatted) => match formatted.as_str() {
            Some(formatted) => Ok(formatted.to_string()),
            None => Ok(text),
        },
        Err(crate::Flow::Fatal(error)) if error.kind != limbeck_diag::ErrorKind::Unreadable => {
            Err(crate::Flow::Fatal(error))
        }
        // `logging` prints its own errors and goes on.
        Err(_) => Ok(text),
    }
}

/// A logger.
struct Logger {
    name: String,
}

impl NativeObject for Logger {
    fn type_name(&self) -> String {
        "Logger".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "debug",
            "info",
            "warning",
            "warn",
            "error",
            "exception",
            "critical",
            "fatal",
            "log",
            "setLevel",
            "addHandler",
            "removeHandler",
            "isEnabledFor",
            "getChild",
            "addFilter",
            "getEffectiveLevel",
        ]
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let _ = ev;
        Ok(match name {
            "name" => Some(Value::from(self.name.as_str())),
            "handlers" => Some(Value::list(Vec::new())),
            "disabled" => Some(Value::Bool(false)),
            "level" => Some(Value::int(0_i64)),
            _ => None,
        })
    }

    fn set_attr(self: Rc<Self>, _ev: &mut Interp<'_>, _name: &str, _value: Value) -> R<bool> {
        Ok(true)
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let mut args = args;
        let level = match name {
            "log" => {
                let level = if args.positional.is_empty() {
                    Value::None
                } else {
                    args.positional.remove(0)
                };
                Some(match level.as_i64().unwrap_or(20) {
                    ..20 => LogLevel::Debug,
                    20..30 => LogLevel::Info,
                    30..40 => LogLevel::Warning,
                    40..50 => LogLevel::Error,
                    _ => LogLevel::Critical,
                })
            }
            other => level_of(other),
        };
        if let Some(level) = level {
            let text = message(ev, &args)?;
            ev.host()
                .log(level, LogSource::Logger(self.name.clone()), &text);
            return Ok(Some(Value::None));
        }
        Ok(Some(match name {
            "isEnabledFor" => ev.unknown("levels of loggers are not modelled"),
            "getEffectiveLevel" => ev.unknown("levels of loggers are not modelled"),
            "getChild" => {
                let suffix = args.get(0).and_then(Value::as_str).unwrap_or_default();
                Value::object(Logger {
                    name: format!("{}.{suffix}", self.name),
                })
            }
            _ => Value::None,
        }))
    }
}

/// `logging`.
pub(crate) fn logging(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let mut attrs: Vec<(&str, Value)> = vec![
        (
            "getLogger",
            Value::native("getLogger", |_, args| {
                let name = args.get(0).or(args.keyword("name")).and_then(Value::as_str);
                Ok(Value::object(Logger {
                    name: name.map_or_else(|| "root".to_owned(), |name| name.to_string()),
                }))
            }),
        ),
        (
            "basicConfig",
            Value::native("basicConfig", |_, _| Ok(Value::None)),
        ),
        ("disable", Value::native("disable", |_, _| Ok(Value::None))),
    ];
    for (name, level) in [
        ("NOTSET", 0_i64),
        ("DEBUG", 10),
        ("INFO", 20),
        ("WARNING", 30),
        ("WARN", 30),
        ("ERROR", 40),
        ("CRITICAL", 50),
        ("FATAL", 50),
    ] {
        attrs.push((name, Value::from(level)));
    }
    for name in [
        "debug",
        "info",
        "warning",
        "warn",
        "error",
        "exception",
        "critical",
        "fatal",
        "log",
    ] {
        attrs.push((
            name,
            Value::native(name, move |ev, args| {
                let root = Rc::new(Logger {
                    name: "root".to_owned(),
                });
                Ok(root.call_method(ev, name, args)?.unwrap_or(Value::None))
            }),
        ));
    }
    for name in [
        "StreamHandler",
        "FileHandler",
        "Formatter",
        "NullHandler",
        "Handler",
        "Filter",
        "LoggerAdapter",
    ] {
        attrs.push((name, Value::opaque(format!("logging.{name}"))));
    }
    Ok(Module::native("logging", attrs))
}

/// `warnings`.
pub(crate) fn warnings(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    struct Catch;
    impl NativeObject for Catch {
        fn type_name(&self) -> String {
            "catch_warnings".to_owned()
        }

        fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
            Ok(Some(Value::None))
        }
    }
    let nothing = |name: &'static str| (name, Value::native(name, |_, _| Ok(Value::None)));
    Ok(Module::native(
        "warnings",
        [
            (
                "warn",
                Value::native("warn", |ev, args| {
                    let mut args = args.bind(
                        ev,
                        "warn",
                        "message, category=, stacklevel=, source=, *, skip_file_prefixes=",
                    )?;
                    let value = args.take_or_none("message");
                    let text = message(ev, &Args::positional(vec![value]))?;
                    let category = match args.take("category") {
                        Some(Value::Class(class)) => class.name.to_string(),
                        _ => "UserWarning".to_owned(),
                    };
                    ev.host()
                        .log(LogLevel::Warning, LogSource::Warning(category), &text);
                    Ok(Value::None)
                }),
            ),
            nothing("filterwarnings"),
            nothing("simplefilter"),
            nothing("resetwarnings"),
            (
                "catch_warnings",
                Value::native("catch_warnings", |_, _| Ok(Value::object(Catch))),
            ),
        ],
    ))
}

/// `time`.
pub(crate) fn time(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let clock = |name: &'static str, what: &'static str| {
        (
            name,
            Value::native(name, move |ev, _| match ev.nondeterministic(what) {
                Ok(()) => Ok(Value::Float(ev.world().inputs().now as f64 / 1e6)),
                Err(unknown) => Ok(unknown),
            }),
        )
    };
    Ok(Module::native(
        "time",
        [
            clock("time", "time.time()"),
            clock("monotonic", "time.monotonic()"),
            clock("perf_counter", "time.perf_counter()"),
            clock("process_time", "time.process_time()"),
            ("sleep", Value::native("sleep", |_, _| Ok(Value::None))),
        ],
    ))
}

/// Random bytes, or the unknown that stands for them.
pub(crate) fn random_bytes(
    ev: &mut Interp<'_>,
    what: &'static str,
    count: i64,
) -> R<Result<Vec<u8>, Value>> {
    if let Err(unknown) = ev.nondeterministic(what) {
        return Ok(Err(unknown));
    }
    let count = usize::try_from(count).unwrap_or(0);
    ev.check_size(count)?;
    let mut bytes = vec![0_u8; count];
    match getrandom::fill(&mut bytes) {
        Ok(()) => Ok(Ok(bytes)),
        Err(_) => Ok(Err(ev.unknown("there is no source of random numbers"))),
    }
}

/// A random number below `limit`, or the unknown that stands for it.
fn random_below(ev: &mut Interp<'_>, what: &'static str, limit: u64) -> R<Result<u64, Value>> {
    Ok(random_bytes(ev, what, 8)?.map(|bytes| {
        let number = bytes
            .iter()
            .fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        if limit == 0 { 0 } else { number % limit }
    }))
}

fn choose(ev: &mut Interp<'_>, what: &'static str, args: &Args) -> R {
    let items = args.get(0).cloned().unwrap_or(Value::None);
    if items.is_unknown() {
        return Ok(items);
    }
    let items = ev.iterate(&items)?;
    if items.is_empty() {
        return Err(ev.raise("IndexError", "Cannot choose from an empty sequence"));
    }
    Ok(match random_below(ev, what, items.len() as u64)? {
        Ok(index) => items
            .get(usize::try_from(index).unwrap_or(0))
            .cloned()
            .unwrap_or(Value::None),
        Err(unknown) => unknown,
    })
}

/// `random`.
pub(crate) fn random(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let int = |ev: &mut Interp<'_>, what: &'static str, low: i64, high: i64| -> R {
        let width = u64::try_from(i128::from(high) - i128::from(low) + 1).unwrap_or(1);
        Ok(match random_below(ev, what, width)? {
            Ok(number) => Value::from(low.wrapping_add(i64::try_from(number).unwrap_or(0))),
            Err(unknown) => unknown,
        })
    };
    Ok(Module::native(
        "random",
        [
            (
                "choice",
                Value::native("choice", |ev, args| choose(ev, "random.choice()", &args)),
            ),
            (
                "randint",
                Value::native("randint", move |ev, args| {
                    let bound = |index: usize| args.get(index).and_then(Value::as_i64).unwrap_or(0);
                    int(ev, "random.randint()", bound(0), bound(1))
                }),
            ),
            (
                "random",
                Value::native("random", |ev, _| {
                    Ok(match random_below(ev, "random.random()", 1 << 53)? {
                        Ok(number) => Value::Float(number as f64 / (1_u64 << 53) as f64),
                        Err(unknown) => unknown,
                    })
                }),
            ),
            (
                "choices",
                Value::native("choices", |ev, args| {
                    let count = args
                        .keyword("k")
                        .and_then(Value::as_i64)
                        .unwrap_or(1)
                        .clamp(0, 1 << 20);
                    let mut out = Vec::new();
                    for _ in 0..count {
                        let one = choose(ev, "random.choices()", &args)?;
                        if one.is_unknown() {
                            return Ok(one);
                        }
                        out.push(one);
                    }
                    Ok(Value::list(out))
                }),
            ),
        ],
    ))
}

/// `secrets`.
pub(crate) fn secrets(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    use base64::Engine as _;
    let token = |name: &'static str, what: &'static str| {
        (
            name,
            Value::native(name, move |ev, args| {
                let count = args.get(0).and_then(Value::as_i64).unwrap_or(32);
                Ok(match random_bytes(ev, what, count)? {
                    Ok(bytes) => match name {
                        "token_bytes" => Value::bytes(&bytes),
                        "token_hex" => Value::from(
                            bytes
                                .iter()
                                .map(|byte| format!("{byte:02x}"))
                                .collect::<String>(),
                        ),
                        _ => Value::from(
                            base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes),
                        ),
                    },
                    Err(unknown) => unknown,
                })
            }),
        )
    };
    Ok(Module::native(
        "secrets",
        [
            token("token_bytes", "secrets.token_bytes()"),
            token("token_hex", "secrets.token_hex()"),
            token("token_urlsafe", "secrets.token_urlsafe()"),
            (
                "choice",
                Value::native("choice", |ev, args| choose(ev, "secrets.choice()", &args)),
            ),
        ],
    ))
}

//! Where a settings object finds its values: environment variables, then `.env` files.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;

use super::fields::Field;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, Str, Value};

/// Settings that change where values come from, and are not modelled.
const UNMODELLED: [&str; 8] = [
    "fields",
    "env_nested_max_split",
    "nested_model_default_partial_update",
    "env_parse_none_str",
    "json_file",
    "toml_file",
    "yaml_file",
    "cli_parse_args",
];

/// The sources of one settings class.
pub(super) struct Sources {
    /// Why no value can be known.
    unmodelled: Option<Value>,
    prefix: Value,
    is_case_sensitive: Value,
    /// True where an empty variable counts as one that is not set.
    ignores_empty: Value,
    /// What joins the names of a field and of a field of its model.
    nested_delimiter: Option<Value>,
    /// Variables of the `.env` files, the first one found wins.
    dotenv: Result<Vec<(String, Option<String>)>, Value>,
    /// The folder with a file for each secret.
    secrets: Option<Value>,
}

/// A setting of the class: in `model_config` (version 2) or in `class Config` (version 1).
fn setting(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    if let Some(config) = class.lookup("model_config") {
        if config.is_unknown() {
            return Ok(Some(config));
        }
        let found = ev.call_method(&config, "get", Args::positional(vec![Value::from(name)]))?;
        if !found.is_none() {
            return Ok(Some(found));
        }
    }
    match class.lookup("Config") {
        Some(config @ Value::Class(_)) => {
            Ok(ev.get_attr_opt(&config, name)?.filter(|it| !it.is_none()))
        }
        Some(unknown @ Value::Unknown(_)) => Ok(Some(unknown)),
        _ => Ok(None),
    }
}

impl Sources {
    pub(super) fn of(ev: &mut Interp<'_>, class: &Rc<Class>, args: &mut Args) -> R<Sources> {
        let mut unmodelled = None;
        for name in UNMODELLED {
            if setting(ev, class, name)?.is_some()
                || args.take_keyword(&format!("_{name}")).is_some()
            {
                unmodelled =
                    Some(ev.unknown(format!("`{name}` of a settings class is not modelled")));
            }
        }
        if class.lookup("settings_customise_sources").is_some()
            || class.lookup("customise_sources").is_some()
        {
            unmodelled = Some(ev.unknown(format!("`{}` chooses its own sources", class.name)));
        }
        let env_file = match args.take_keyword("_env_file") {
            Some(given) => Some(given),
            None => setting(ev, class, "env_file")?,
        };
        let dotenv = match env_file {
            None | Some(Value::None) => Ok(Vec::new()),
            Some(unknown @ Value::Unknown(_)) => Err(unknown),
            Some(given) => Ok(read_files(ev, &given)?),
        };
        Ok(Sources {
            unmodelled,
            prefix: setting(ev, class, "env_prefix")?.unwrap_or_else(|| Value::from("")),
            is_case_sensitive: setting(ev, class, "case_sensitive")?.unwrap_or(Value::Bool(false)),
            ignores_empty: setting(ev, class, "env_ignore_empty")?.unwrap_or(Value::Bool(false)),
            secrets: match args.take_keyword("_secrets_dir") {
                Some(given) => Some(given).filter(|it| !it.is_none()),
                None => setting(ev, class, "secrets_dir")?,
            },
            nested_delimiter: match args.take_keyword("_env_nested_delimiter") {
                Some(given) => Some(given).filter(|it| !it.is_none()),
                None => setting(ev, class, "env_nested_delimiter")?,
            },
            dotenv,
        })
    }

    /// The value of a field; none when no source has one.
    pub(super) fn find(&self, ev: &mut Interp<'_>, field: &Field) -> R<Option<Value>> {
        for unknown in self
            .unmodelled
            .iter()
            .chain([&self.prefix, &self.is_case_sensitive, &self.ignores_empty])
            .chain(&self.nested_delimiter)
            .chain(&self.secrets)
        {
            if unknown.is_unknown() {
                return Ok(Some(unknown.clone()));
            }
        }
        let is_case_sensitive = ev.truth(&self.is_case_sensitive, "`case_sensitive`")?;
        let mut names: Vec<Str> = Vec::new();
        match field.info().and_then(|info| info.names.clone()) {
            Some(Value::Unknown(unknown)) => return Ok(Some(Value::Unknown(unknown))),
            Some(alias) => match alias.as_str() {
                Some(one) => names.push(one),
                None => names.extend(ev.iterate(&alias)?.iter().filter_map(Value::as_str)),
            },
            None => names.push(Str::from(format!(
                "{}{}",
                self.prefix.as_str().unwrap_or_default(),
                field.name
            ))),
        }
        let ignores_empty = ev.truth(&self.ignores_empty, "`env_ignore_empty`")?;
        let counts = |value: &str| !(ignores_empty && value.is_empty());
        for name in &names {
            let found = ev.world().find_env(name, is_case_sensitive);
            if let Some(found) = found.filter(|value| counts(value)) {
                return Ok(Some(Value::from(found)));
            }
        }
        let variables = match &self.dotenv {
            Ok(variables) => variables,
            Err(unknown) => return Ok(Some(unknown.clone())),
        };
        if let Some(delimiter) = self.nested_delimiter.as_ref().and_then(Value::as_str) {
            let world = Rc::clone(ev.world());
            let mut parts = Nested::default();
            for name in names.iter().rev() {
                let prefix = format!("{name}{delimiter}");
                let mut take = |variables: &mut dyn Iterator<Item = (&str, &str)>| {
                    for (key, value) in variables.filter(|(_, value)| counts(value)) {
                        if let Some(rest) = strip_name(key, &prefix, is_case_sensitive) {
                            let rest = match is_case_sensitive {
                                true => rest.to_owned(),
                                false => rest.to_lowercase(),
                            };
                            parts.put(&rest.split(&*delimiter).collect::<Vec<_>>(), value);
                        }
                    }
                };
                take(&mut variables.iter().filter_map(|(key, value)| {
                    value.as_deref().map(|value| (key.as_str(), value))
                }));
                let env = world.env_vars().borrow();
                take(
                    &mut env
                        .iter()
                        .map(|(key, value)| (key.as_str(), value.as_str())),
                );
            }
            if !parts.0.is_empty() {
                return nested(ev, field, &parts).map(Some);
            }
        }
        for name in &names {
            let found = variables.iter().rev().find(|(key, _)| {
                if is_case_sensitive {
                    **key == **name
                } else {
                    key.eq_ignore_ascii_case(name)
                }
            });
            if let Some((_, Some(value))) = found
                && counts(value)
            {
                return Ok(Some(Value::from(value.as_str())));
            }
        }
        let Some(folder) = &self.secrets else {
            return Ok(None);
        };
        let folder = ev.to_str(folder)?;
        let folder = ev.world().inputs().cwd.join(folder);
        let sources = Rc::clone(ev.world().sources());
        for name in &names {
            let found = sources.list(&folder).into_iter().find(|file| {
                if is_case_sensitive {
                    **file == **name
                } else {
                    file.eq_ignore_ascii_case(name)
                }
            });
            if let Some(text) = found.and_then(|file| sources.read(&folder.join(file))) {
                return Ok(Some(Value::from(text.trim())));
            }
        }
        Ok(None)
    }
}

/// What follows a prefix in the name of a variable.
fn strip_name<'k>(key: &'k str, prefix: &str, is_case_sensitive: bool) -> Option<&'k str> {
    let head = key.get(..prefix.len())?;
    let is_same = match is_case_sensitive {
        true => head == prefix,
        false => head.eq_ignore_ascii_case(prefix),
    };
    key.get(prefix.len()..)
        .filter(|rest| is_same && !rest.is_empty())
}

/// Variables for the fields of a nested model, by field; those of its own models are nested again.
#[derive(Default)]
struct Nested(BTreeMap<String, Part>);

enum Part {
    Text(String),
    Nested(Nested),
}

impl Nested {
    fn put(&mut self, path: &[&str], value: &str) {
        match path {
            [] => {}
            [last] => {
                self.0
                    .insert((*last).to_owned(), Part::Text(value.to_owned()));
            }
            [first, rest @ ..] => {
                let part = self.0.entry((*first).to_owned());
                let part = part.or_insert_with(|| Part::Nested(Nested::default()));
                match part {
                    Part::Nested(inner) => inner.put(rest, value),
                    Part::Text(_) => {
                        let mut inner = Nested::default();
                        inner.put(rest, value);
                        *part = Part::Nested(inner);
                    }
                }
            }
        }
    }
}

/// The value of a field whose type is a model, from the variables of that model's fields.
fn nested(ev: &mut Interp<'_>, field: &Field, parts: &Nested) -> R {
    let mut annotation = ev.eval_annotation(&field.annotation)?;
    if let Some(text) = annotation.as_str() {
        annotation = ev.eval_annotation_text(&field.annotation, &text)?;
    }
    let base = Rc::clone(&super::classes(ev).base_model);
    let class = match annotation {
        Value::Class(class) if class.is_subclass(&base) => class,
        unknown @ Value::Unknown(_) => return Ok(unknown),
        _ => {
            return Ok(ev.unknown(format!(
                "how pydantic reads `{}` from several variables is not modelled",
                field.annotation.text
            )));
        }
    };
    let mut args = Args::none();
    for inner in super::fields::fields(&class) {
        if let Some(part) = parts.0.get(&*inner.name) {
            let value = match part {
                Part::Text(text) => Value::from(text.as_str()),
                Part::Nested(parts) => nested(ev, &inner, parts)?,
            };
            args = args.with(&inner.name, value);
        }
    }
    ev.call(&Value::Class(class), args)
}

/// Reads one `.env` file, or several of which later ones win. A file that is not there is skipped.
fn read_files(ev: &mut Interp<'_>, given: &Value) -> R<Vec<(String, Option<String>)>> {
    let is_path = given.as_str().is_some() || ev.type_name(given).ends_with("Path");
    let paths = if is_path {
        vec![given.clone()]
    } else {
        ev.iterate(given)?
    };
    let mut variables = Vec::new();
    let cwd = ev.world().inputs().cwd.clone();
    for path in paths {
        ev.need_known(&path, "the path of a `.env` file")?;
        let path = cwd.join(PathBuf::from(ev.to_str(&path)?));
        let world = Rc::clone(ev.world());
        let known = |name: &str| world.find_env(name, true);
        variables.extend(world.sources().dotenv(&path, &known));
    }
    Ok(variables)
}

//! `context.config`: `alembic.config.Config` as env.py uses it.

use std::rc::Rc;

use super::recorder::Recorder;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Dict, NativeObject, Value};

/// `alembic.config.Config`
pub(super) struct Config {
    recorder: Rc<Recorder>,
    attributes: Value,
    cmd_opts: Value,
}

impl Config {
    pub(super) fn value(recorder: &Rc<Recorder>) -> Value {
        let request = &recorder.request;
        let x = request
            .x
            .iter()
            .map(|it| Value::from(it.as_str()))
            .collect();
        let autogenerate = request.autogenerate_option.map(Value::Bool);
        let options = [
            ("x", Value::list(x)),
            ("sql", Value::Bool(request.offline)),
            ("tag", Value::from(request.tag.clone())),
            ("revision", Value::from(request.revision_argument.clone())),
            ("name", Value::from(recorder.config.main_section())),
        ];
        let options = options
            .into_iter()
            .chain(autogenerate.map(|flag| ("autogenerate", flag)));
        Value::object(Config {
            recorder: Rc::clone(recorder),
            attributes: Value::dict(Dict::default()),
            cmd_opts: Value::object(CommandOptions {
                options: options.collect(),
            }),
        })
    }

    fn parser(&self) -> Value {
        Value::object(Parser {
            recorder: Rc::clone(&self.recorder),
        })
    }
}

/// `config.cmd_opts`
struct CommandOptions {
    options: Vec<(&'static str, Value)>,
}

impl NativeObject for CommandOptions {
    fn type_name(&self) -> String {
        "Namespace".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match self.options.iter().find(|(key, _)| *key == name) {
            Some((_, value)) => Ok(Some(value.clone())),
            // Only `revision` has this option.
            None if name == "autogenerate" => Err(ev.raise(
                "AttributeError",
                "'Namespace' object has no attribute 'autogenerate'",
            )),
            None => Ok(None),
        }
    }
}

fn failed(ev: &Interp<'_>, message: String) -> Flow {
    ev.raise("ValueError", message)
}

impl Recorder {
    /// The value of an option: what env.py set, or what the files say.
    fn option(&self, ev: &Interp<'_>, section: &str, name: &str) -> R<Option<Value>> {
        let name = name.to_lowercase();
        if let Some(unknown) = self
            .unknown_options
            .borrow()
            .get(&(section.to_owned(), name.clone()))
        {
            return Ok(Some(unknown.clone()));
        }
        match self.config.get(section, &name) {
            Ok(found) => Ok(found.map(Value::from)),
            Err(message) => Err(failed(ev, message)),
        }
    }

    /// All options of a section, as a dictionary.
    fn section(&self, ev: &Interp<'_>, section: &str) -> R<Option<Value>> {
        let found = self
            .config
            .section(section)
            .map_err(|message| failed(ev, message))?;
        let unknown = self.unknown_options.borrow();
        let mut extra: Vec<_> = unknown
            .iter()
            .filter(|((of, _), _)| of == section)
            .collect();
        if found.is_none() && extra.is_empty() {
            return Ok(None);
        }
        let mut pairs: Vec<(Rc<str>, Value)> = Vec::new();
        for (key, value) in found.unwrap_or_default() {
            let value = match extra.iter().position(|((_, name), _)| *name == key) {
                Some(at) => extra.remove(at).1.clone(),
                None => Value::from(value),
            };
            pairs.push((Rc::from(key), value));
        }
        pairs.extend(
            extra
                .into_iter()
                .map(|((_, name), value)| (Rc::from(name.as_str()), value.clone())),
        );
        Ok(Some(Value::dict(Dict::from_pairs(pairs))))
    }

    fn set_option(&self, ev: &mut Interp<'_>, section: &str, name: &str, value: &Value) -> R<()> {
        let name = name.to_lowercase();
        let key = (section.to_owned(), name.clone());
        if value.is_unknown() {
            self.unknown_options.borrow_mut().insert(key, value.clone());
            return Ok(());
        }
        // A URL object is accepted by no parser; its string form hides the password, as in SQLAlchemy.
        let Some(text) = value.as_str() else {
            return Err(ev.raise("TypeError", "option values must be strings"));
        };
        self.unknown_options.borrow_mut().remove(&key);
        self.config
            .set(section, &name, &text)
            .map_err(|message| failed(ev, message))
    }
}

fn text_of(ev: &mut Interp<'_>, value: &Value, what: &str) -> R<Rc<str>> {
    ev.need_known(value, what)?;
    match value.as_str() {
        Some(text) => Ok(text),
        None => Err(ev.raise("TypeError", "option names must be strings")),
    }
}

const CONFIG_METHODS: &[&str] = &[
    "get_main_option",
    "set_main_option",
    "get_section",
    "get_section_option",
    "set_section_option",
    "remove_main_option",
    "get_alembic_option",
    "get_alembic_boolean_option",
    "print_stdout",
];

impl NativeObject for Config {
    fn type_name(&self) -> String {
        "Config".to_owned()
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let config = &self.recorder.config;
        Ok(match name {
            "config_file_name" => Some(Value::from(config.config_file_name())),
            "config_ini_section" => Some(Value::from(config.main_section())),
            "attributes" => Some(self.attributes.clone()),
            "cmd_opts" => Some(self.cmd_opts.clone()),
            "file_config" => Some(self.parser()),
            _ => None,
        })
    }

    fn set_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str, _value: Value) -> R<bool> {
        Err(ev.unreadable(format!("env.py sets `config.{name}`")))
    }

    fn methods(&self) -> &'static [&'static str] {
        CONFIG_METHODS
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let recorder = &self.recorder;
        let main = recorder.config.main_section();
        let value = match name {
            "get_main_option" => {
                let mut args = args.bind(ev, name, "name, default=")?;
                let option = text_of(ev, &args.take_or_none("name"), "the name of an option")?;
                recorder
                    .option(ev, &main, &option)?
                    .unwrap_or_else(|| args.take_or_none("default"))
            }
            "set_main_option" => {
                ev.effects += 1;
                let mut args = args.bind(ev, name, "name, value")?;
                let option = text_of(ev, &args.take_or_none("name"), "the name of an option")?;
                recorder.set_option(ev, &main, &option, &args.take_or_none("value"))?;
                Value::None
            }
            "set_section_option" => {
                ev.effects += 1;
                let mut args = args.bind(ev, name, "section, name, value")?;
                let section = text_of(ev, &args.take_or_none("section"), "the name of a section")?;
                let option = text_of(ev, &args.take_or_none("name"), "the name of an option")?;
                recorder.set_option(ev, &section, &option, &args.take_or_none("value"))?;
                Value::None
            }
            "get_section" => {
                let mut args = args.bind(ev, name, "name, default=")?;
                let section = text_of(ev, &args.take_or_none("name"), "the name of a section")?;
                let default = args
                    .take("default")
                    .unwrap_or_else(|| Value::dict(Dict::default()));
                recorder.section(ev, &section)?.unwrap_or(default)
            }
            "get_section_option" => {
                let mut args = args.bind(ev, name, "section, name, default=")?;
                let section = text_of(ev, &args.take_or_none("section"), "the name of a section")?;
                let option = text_of(ev, &args.take_or_none("name"), "the name of an option")?;
                recorder
                    .option(ev, &section, &option)?
                    .unwrap_or_else(|| args.take_or_none("default"))
            }
            "get_alembic_option" | "get_alembic_boolean_option" => {
                let mut args = args.bind(ev, name, "name, default=")?;
                let option = text_of(ev, &args.take_or_none("name"), "the name of an option")?;
                let found = recorder
                    .config
                    .alembic_option(&option)
                    .map_err(|message| failed(ev, message))?;
                match found {
                    Some(text) if name == "get_alembic_boolean_option" => {
                        Value::Bool(text.trim() == "true")
                    }
                    Some(text) => Value::from(text),
                    None if name == "get_alembic_boolean_option" => Value::Bool(false),
                    None => args.take_or_none("default"),
                }
            }
            "print_stdout" => Value::None,
            _ => return Err(ev.unreadable(format!("env.py uses `config.{name}()`"))),
        };
        Ok(Some(value))
    }
}

/// `config.file_config`, and a section of it.
struct Parser {
    recorder: Rc<Recorder>,
}

const PARSER_METHODS: &[&str] = &[
    "get",
    "has_section",
    "has_option",
    "items",
    "set",
    "getboolean",
    "options",
];

impl NativeObject for Parser {
    fn type_name(&self) -> String {
        "ConfigParser".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        PARSER_METHODS
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let recorder = &self.recorder;
        let signature = match name {
            "has_section" | "items" | "options" => "section",
            "set" => "section, option, value",
            "has_option" => "section, option",
            _ => "section, option, *, raw=, vars=, fallback=",
        };
        let mut args = args.bind(ev, name, signature)?;
        let section = text_of(ev, &args.take_or_none("section"), "the name of a section")?;
        let value = match name {
            "has_section" => Value::Bool(recorder.section(ev, &section)?.is_some()),
            "items" | "options" => {
                let Some(found) = recorder.section(ev, &section)? else {
                    return Err(ev.raise("KeyError", format!("No section: {section:?}")));
                };
                let method = if name == "items" { "items" } else { "keys" };
                let view = ev.call_method(&found, method, Args::none())?;
                Value::list(ev.iterate(&view)?)
            }
            "set" => {
                let option = text_of(ev, &args.take_or_none("option"), "the name of an option")?;
                recorder.set_option(ev, &section, &option, &args.take_or_none("value"))?;
                Value::None
            }
            _ => {
                let option = text_of(ev, &args.take_or_none("option"), "the name of an option")?;
                let found = recorder.option(ev, &section, &option)?;
                if name == "has_option" {
                    return Ok(Some(Value::Bool(found.is_some())));
                }
                match (found, args.take("fallback")) {
                    (Some(found), _) if name == "getboolean" => {
                        match found.as_str().map(|it| it.to_lowercase()) {
                            Some(text) => match text.as_str() {
                                "1" | "yes" | "true" | "on" => Value::Bool(true),
                                "0" | "no" | "false" | "off" => Value::Bool(false),
                                _ => {
                                    return Err(
                                        ev.raise("ValueError", format!("Not a boolean: {text}"))
                                    );
                                }
                            },
                            None => found,
                        }
                    }
                    (Some(found), _) => found,
                    (None, Some(fallback)) => fallback,
                    (None, None) => {
                        return Err(ev.raise(
                            "KeyError",
                            format!("No option '{option}' in section: '{section}'"),
                        ));
                    }
                }
            }
        };
        Ok(Some(value))
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let section = text_of(ev, key, "the name of a section")?;
        if self.recorder.section(ev, &section)?.is_none() {
            return Err(ev.raise("KeyError", section.to_string()));
        }
        Ok(Some(Value::object(Section {
            recorder: Rc::clone(&self.recorder),
            name: section,
        })))
    }
}

/// `config.file_config["alembic"]`
struct Section {
    recorder: Rc<Recorder>,
    name: Rc<str>,
}

impl NativeObject for Section {
    fn type_name(&self) -> String {
        "SectionProxy".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["get", "items", "keys"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let recorder = &self.recorder;
        if name == "get" {
            let mut args = args.bind(ev, name, "option, fallback=, *, raw=, vars=")?;
            let option = text_of(ev, &args.take_or_none("option"), "the name of an option")?;
            let found = recorder.option(ev, &self.name, &option)?;
            return Ok(Some(found.unwrap_or_else(|| args.take_or_none("fallback"))));
        }
        let section = recorder
            .section(ev, &self.name)?
            .unwrap_or_else(|| Value::dict(Dict::default()));
        ev.call_method(&section, name, args).map(Some)
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let option = text_of(ev, key, "the name of an option")?;
        match self.recorder.option(ev, &self.name, &option)? {
            Some(found) => Ok(Some(found)),
            None => Err(ev.raise("KeyError", option.to_string())),
        }
    }

    fn set_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value, value: Value) -> R<bool> {
        let option = text_of(ev, key, "the name of an option")?;
        self.recorder.set_option(ev, &self.name, &option, &value)?;
        Ok(true)
    }

    fn contains(self: Rc<Self>, ev: &mut Interp<'_>, item: &Value) -> R<Option<bool>> {
        let option = text_of(ev, item, "the name of an option")?;
        Ok(Some(
            self.recorder.option(ev, &self.name, &option)?.is_some(),
        ))
    }
}

//! Arguments of a call, and binding them to a native function's parameters.

use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Dict, Str, Value};

/// Arguments of a call, in the order they were given.
#[derive(Debug, Clone, Default)]
pub struct Args {
    /// Positional arguments.
    pub positional: Vec<Value>,
    /// Keyword arguments, in order, without repetitions.
    pub keywords: Vec<(Str, Value)>,
}

impl Args {
    /// No arguments.
    #[must_use]
    pub fn none() -> Args {
        Args::default()
    }

    /// Only positional arguments.
    #[must_use]
    pub fn positional(positional: Vec<Value>) -> Args {
        Args {
            positional,
            keywords: Vec::new(),
        }
    }

    /// With a keyword argument added.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Args {
        self.keywords.push((Str::from(name), value));
        self
    }

    /// The positional argument at `index`.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&Value> {
        self.positional.get(index)
    }

    /// The keyword argument `name`.
    #[must_use]
    pub fn keyword(&self, name: &str) -> Option<&Value> {
        self.keywords
            .iter()
            .find(|(key, _)| &**key == name)
            .map(|(_, value)| value)
    }

    /// Takes a keyword argument out.
    pub fn take_keyword(&mut self, name: &str) -> Option<Value> {
        let index = self.keywords.iter().position(|(key, _)| &**key == name)?;
        Some(self.keywords.remove(index).1)
    }

    /// All values.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.positional
            .iter()
            .chain(self.keywords.iter().map(|(_, value)| value))
    }

    /// Binds to parameters written as in Python, and raises Python's `TypeError` when they do not fit:
    /// `"name, columns, /, *args, schema=, **kwargs"`. A parameter with a trailing `=` is optional;
    /// after a lone `*` or `*args` parameters are keyword-only; before `/` positional-only.
    /// `function` is the name for messages, such as `create_index`.
    pub fn bind(self, ev: &mut Interp<'_>, function: &str, signature: &'static str) -> R<Bindings> {
        let parameters = 1 + signature.bytes().filter(|byte| *byte == b',').count();
        let mut names: Vec<(&'static str, bool, Kind)> = Vec::with_capacity(parameters);
        let mut var_positional = None;
        let mut var_keyword = None;
        let mut keyword_only = false;
        for part in signature
            .split(',')
            .map(str::trim_ascii)
            .filter(|part| !part.is_empty())
        {
            if let Some(name) = part.strip_prefix("**") {
                var_keyword = Some(name);
            } else if let Some(name) = part.strip_prefix('*') {
                keyword_only = true;
                if !name.is_empty() {
                    var_positional = Some(name);
                }
            } else if part == "/" {
                for (_, _, kind) in &mut names {
                    *kind = Kind::PositionalOnly;
                }
            } else {
                let (name, optional) = match part.strip_suffix('=') {
                    Some(name) => (name, true),
                    None => (part, false),
                };
                let kind = if keyword_only {
                    Kind::KeywordOnly
                } else {
                    Kind::Either
                };
                names.push((name, optional, kind));
            }
        }
        let slots = names
            .iter()
            .filter(|(_, _, kind)| *kind != Kind::KeywordOnly)
            .count();
        let given = self.positional.len();
        let mut values: Vec<(&'static str, Option<Value>)> =
            names.iter().map(|(name, _, _)| (*name, None)).collect();
        let mut rest = Vec::new();
        for (index, value) in self.positional.into_iter().enumerate() {
            match values.get_mut(index).filter(|_| index < slots) {
                Some((_, slot)) => *slot = Some(value),
                None => rest.push(value),
            }
        }
        if !rest.is_empty() && var_positional.is_none() {
            let plural = if slots == 1 { "" } else { "s" };
            let were = if given == 1 { "was" } else { "were" };
            return Err(ev.raise(
                "TypeError",
                format!("{function}() takes {slots} positional argument{plural} but {given} {were} given"),
            ));
        }
        let mut extra: Vec<(Str, Value)> = Vec::new();
        for (key, value) in self.keywords {
            let slot = names
                .iter()
                .position(|(name, _, kind)| *name == &*key && *kind != Kind::PositionalOnly)
                .and_then(|index| values.get_mut(index));
            match slot {
                Some((name, slot)) => {
                    if slot.is_some() {
                        let name = *name;
                        return Err(ev.raise(
                            "TypeError",
                            format!("{function}() got multiple values for argument '{name}'"),
                        ));
                    }
                    *slot = Some(value);
                }
                None if var_keyword.is_some() => extra.push((key, value)),
                None => {
                    return Err(ev.raise(
                        "TypeError",
                        format!("{function}() got an unexpected keyword argument '{key}'"),
                    ));
                }
            }
        }
        for keyword_only in [false, true] {
            let missing: Vec<&str> = names
                .iter()
                .zip(&values)
                .filter(|((_, optional, kind), (_, value))| {
                    !optional && value.is_none() && (*kind == Kind::KeywordOnly) == keyword_only
                })
                .map(|((name, _, _), _)| *name)
                .collect();
            if !missing.is_empty() {
                let kind = if keyword_only {
                    "keyword-only"
                } else {
                    "positional"
                };
                return Err(ev.raise("TypeError", missing_message(function, kind, &missing)));
            }
        }
        Ok(Bindings {
            values,
            rest,
            extra,
        })
    }
}

/// Python's text for missing arguments.
pub(crate) fn missing_message(function: &str, kind: &str, missing: &[&str]) -> String {
    let quoted: Vec<String> = missing.iter().map(|name| format!("'{name}'")).collect();
    let list = match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first, second] => format!("{first} and {second}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    };
    let plural = if missing.len() == 1 { "" } else { "s" };
    format!(
        "{function}() missing {} required {kind} argument{plural}: {list}",
        missing.len()
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    PositionalOnly,
    Either,
    KeywordOnly,
}

/// Arguments bound to parameters.
#[derive(Debug, Clone)]
pub struct Bindings {
    values: Vec<(&'static str, Option<Value>)>,
    /// What `*args` got.
    pub rest: Vec<Value>,
    /// What `**kwargs` got.
    pub extra: Vec<(Str, Value)>,
}

impl Bindings {
    /// Takes the value of a parameter, if it was given.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.values
            .iter_mut()
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.take())
    }

    /// Puts another value in the place of a parameter's; gives the one that was there.
    pub fn replace(&mut self, name: &str, new: Value) -> Option<Value> {
        let slot = self.values.iter_mut().find(|(key, _)| *key == name)?;
        slot.1.replace(new)
    }

    /// Takes the value of a parameter; `None` (Python's) when it was not given.
    pub fn take_or_none(&mut self, name: &str) -> Value {
        self.take(name).unwrap_or(Value::None)
    }

    /// Takes the value of a parameter; `default` when it was not given.
    pub fn take_or(&mut self, name: &str, default: Value) -> Value {
        self.take(name).unwrap_or(default)
    }

    /// The value of a parameter, if it was given and not taken.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values
            .iter()
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| value.as_ref())
    }

    /// What `**kwargs` got, as a dictionary.
    #[must_use]
    pub fn extra_dict(&self) -> Dict {
        Dict::from_pairs(self.extra.iter().cloned())
    }
}

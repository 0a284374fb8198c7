//! `re.Match`

use std::rc::Rc;

use super::{Pattern, expand};
use crate::args::Args;
use crate::builtins::text::need_text;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Str, Value};

/// A match, by byte offsets.
pub(super) struct Match {
    pub(super) pattern: Rc<Pattern>,
    pub(super) text: Str,
    pub(super) spans: Vec<Option<(usize, usize)>>,
    pub(super) names: Vec<Option<String>>,
}

impl Match {
    pub(super) fn group_text(&self, index: usize) -> Value {
        match self.spans.get(index) {
            Some(Some((start, end))) => {
                Value::from(self.text.get(*start..*end).unwrap_or_default())
            }
            _ => Value::None,
        }
    }

    pub(super) fn index_of(&self, ev: &mut Interp<'_>, key: &Value) -> R<usize> {
        let index = match key.as_str() {
            Some(name) => self
                .names
                .iter()
                .position(|known| known.as_deref() == Some(&*name)),
            None => key.as_i64().and_then(|index| usize::try_from(index).ok()),
        };
        match index.filter(|index| *index < self.spans.len()) {
            Some(index) => Ok(index),
            None => Err(ev.raise("IndexError", "no such group")),
        }
    }

    pub(super) fn char_position(&self, byte: usize) -> Value {
        Value::from(self.text.get(..byte).unwrap_or_default().chars().count())
    }
}

impl NativeObject for Match {
    fn type_name(&self) -> String {
        "re.Match".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "group",
            "groups",
            "groupdict",
            "start",
            "end",
            "span",
            "expand",
        ]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "string" => Some(Value::Str(Rc::clone(&self.text))),
            "re" => Some(Value::Object(
                Rc::clone(&self.pattern) as Rc<dyn NativeObject>
            )),
            _ => None,
        })
    }

    fn get_item(self: Rc<Self>, ev: &mut Interp<'_>, key: &Value) -> R<Option<Value>> {
        let index = self.index_of(ev, key)?;
        Ok(Some(self.group_text(index)))
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "group" => match args.positional.as_slice() {
                [] => self.group_text(0),
                [one] => {
                    let index = self.index_of(ev, one)?;
                    self.group_text(index)
                }
                several => {
                    let mut texts = Vec::new();
                    for key in several {
                        let index = self.index_of(ev, key)?;
                        texts.push(self.group_text(index));
                    }
                    Value::tuple(texts)
                }
            },
            "groups" => {
                let default = args.get(0).or_else(|| args.keyword("default"));
                let default = default.cloned().unwrap_or(Value::None);
                Value::tuple(
                    (1..self.spans.len())
                        .map(|index| match self.group_text(index) {
                            Value::None => default.clone(),
                            text => text,
                        })
                        .collect(),
                )
            }
            "groupdict" => {
                let pairs: Vec<(String, Value)> = self
                    .names
                    .iter()
                    .enumerate()
                    .filter_map(|(index, name)| Some((name.clone()?, self.group_text(index))))
                    .collect();
                Value::dict(crate::value::Dict::from_pairs(pairs))
            }
            "start" | "end" | "span" => {
                let index = match args.get(0) {
                    Some(key) => self.index_of(ev, key)?,
                    None => 0,
                };
                let (start, end) = match self.spans.get(index) {
                    Some(Some((start, end))) => {
                        (self.char_position(*start), self.char_position(*end))
                    }
                    _ => (Value::int(-1_i64), Value::int(-1_i64)),
                };
                match name {
                    "start" => start,
                    "end" => end,
                    _ => Value::tuple(vec![start, end]),
                }
            }
            _ => {
                let template =
                    need_text(ev, &args.get(0).cloned().unwrap_or(Value::None), "expand")?;
                match expand(ev, &self, &template)? {
                    Ok(text) => Value::from(text),
                    Err(unknown) => unknown,
                }
            }
        }))
    }

    fn repr(&self, ev: &mut Interp<'_>) -> R<String> {
        let (start, end) = self.spans.first().copied().flatten().unwrap_or_default();
        let (from, to) = (
            ev.to_repr(&self.char_position(start))?,
            ev.to_repr(&self.char_position(end))?,
        );
        let text = ev.to_repr(&self.group_text(0))?;
        Ok(format!(
            "<re.Match object; span=({from}, {to}), match={text}>"
        ))
    }
}

//! Dictionaries with Python's key equality, in insertion order.

use std::fmt;
use std::rc::Rc;

use indexmap::IndexMap;

use super::{Int, Str, Unknown, Value, Vars};

/// What makes two keys the same key. `1`, `1.0` and `True` are the same.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum HashKey {
    /// `None`.
    None,
    /// `...`.
    Ellipsis,
    /// An integer, a bool, or a float with an integer value.
    Int(Int),
    /// Another float, by its bits.
    Float(u64),
    /// A string.
    Str(Str),
    /// A bytes object.
    Bytes(Rc<[u8]>),
    /// A tuple.
    Tuple(Vec<HashKey>),
    /// A frozen set, its keys in a canonical order.
    FrozenSet(Vec<HashKey>),
    /// An object that is equal only to itself.
    Identity(usize),
    /// A modelled value: the name of its type and its canonical text.
    Native(&'static str, Str),
    /// An instance whose class compares by fields: the address of the class and the fields.
    Fields(usize, Vec<HashKey>),
}

/// Why a value cannot be a key.
#[derive(Debug, Clone)]
pub enum Unhashable {
    /// Python says `unhashable type`; the type's name.
    Type(String),
    /// The key, or a part of it, is unknown.
    Unknown(Rc<Unknown>),
    /// The class has its own `__hash__`; its name.
    Custom(String),
}

impl HashKey {
    /// The key of `value`.
    pub fn of(value: &Value) -> Result<HashKey, Unhashable> {
        Ok(match value {
            Value::None => HashKey::None,
            Value::Ellipsis => HashKey::Ellipsis,
            Value::NotImplemented => HashKey::Identity(1),
            Value::Bool(value) => HashKey::Int(Int::from(i64::from(*value))),
            Value::Int(value) => HashKey::Int(value.clone()),
            Value::Float(value) => {
                if value.is_finite() && value.fract() == 0.0 {
                    match Int::from_f64(*value) {
                        Some(int) => HashKey::Int(int),
                        None => HashKey::Float(value.to_bits()),
                    }
                } else {
                    HashKey::Float(value.to_bits())
                }
            }
            Value::Str(value) => HashKey::Str(Rc::clone(value)),
            Value::Bytes(value) => HashKey::Bytes(Rc::clone(value)),
            Value::Tuple(items) => {
                HashKey::Tuple(items.iter().map(HashKey::of).collect::<Result<_, _>>()?)
            }
            Value::FrozenSet(set) => {
                let mut keys: Vec<HashKey> = set.keys().cloned().collect();
                keys.sort_by_key(|key| format!("{key:?}"));
                HashKey::FrozenSet(keys)
            }
            Value::List(_) => return Err(Unhashable::Type("list".to_owned())),
            Value::Dict(_) => return Err(Unhashable::Type("dict".to_owned())),
            Value::Set(_) => return Err(Unhashable::Type("set".to_owned())),
            Value::Slice(_) => return Err(Unhashable::Type("slice".to_owned())),
            Value::Range(range) => HashKey::Native("range", Rc::from(format!("{range:?}"))),
            Value::Instance(instance) => return instance.hash_key(),
            Value::Object(object) => return object.hash_key(value),
            Value::Unknown(unknown) => return Err(Unhashable::Unknown(Rc::clone(unknown))),
            Value::Bound(_)
            | Value::Function(_)
            | Value::Native(_)
            | Value::Class(_)
            | Value::Module(_)
            | Value::Iter(_)
            | Value::Opaque(_) => HashKey::Identity(value.identity().unwrap_or_default()),
        })
    }
}

/// The items of a dictionary.
#[derive(Default)]
pub struct Dict {
    items: IndexMap<HashKey, (Value, Value)>,
    /// `collections.defaultdict`: what makes a missing value.
    pub(crate) default_factory: Option<Value>,
    /// `dict`, `defaultdict`, `OrderedDict` or `Counter`.
    pub(crate) kind: DictKind,
    /// For the `__dict__` of an instance or a module: its attributes, which change with the dictionary.
    attrs: Option<Vars>,
}

impl fmt::Debug for Dict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.items.values().map(|(key, value)| (key, value)))
            .finish()
    }
}

/// A copy is a dictionary of its own.
impl Clone for Dict {
    fn clone(&self) -> Dict {
        Dict {
            items: self.items.clone(),
            default_factory: self.default_factory.clone(),
            kind: self.kind,
            attrs: None,
        }
    }
}

/// Which class of dictionary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DictKind {
    #[default]
    Dict,
    DefaultDict,
    OrderedDict,
    Counter,
}

impl Dict {
    /// An empty dictionary.
    #[must_use]
    pub fn new() -> Dict {
        Dict::default()
    }

    /// A dictionary with string keys.
    pub fn from_pairs<K: Into<Str>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Dict {
        let mut dict = Dict::new();
        for (key, value) in pairs {
            dict.insert_str(key, value);
        }
        dict
    }

    /// Number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// True without items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &HashKey) -> Option<&Value> {
        self.items.get(key).map(|(_, value)| value)
    }

    /// The value of a string key.
    #[must_use]
    pub fn get_str(&self, key: &str) -> Option<&Value> {
        self.get(&HashKey::Str(Rc::from(key)))
    }

    /// The `__dict__` of an instance with these attributes, or of a module with these names.
    pub(crate) fn of_attrs(attrs: &Vars) -> Dict {
        Dict {
            attrs: Some(Rc::clone(attrs)),
            ..Dict::default()
        }
    }

    /// What the attributes or names have become.
    pub(crate) fn refresh<'a>(&mut self, attrs: impl Iterator<Item = (&'a Str, &'a Value)>) {
        self.items.clear();
        for (name, value) in attrs {
            self.items.insert(
                HashKey::Str(Rc::clone(name)),
                (Value::Str(Rc::clone(name)), value.clone()),
            );
        }
    }

    fn forget(&self, key: &HashKey) {
        if let (Some(attrs), HashKey::Str(name)) = (&self.attrs, key) {
            attrs.borrow_mut().shift_remove(name);
        }
    }

    /// Sets a value; an existing key keeps its place and its first key object.
    pub fn insert(&mut self, key: HashKey, key_value: Value, value: Value) -> Option<Value> {
        if let (Some(attrs), HashKey::Str(name)) = (&self.attrs, &key) {
            attrs.borrow_mut().insert(Rc::clone(name), value.clone());
        }
        match self.items.entry(key) {
            indexmap::map::Entry::Occupied(mut entry) => {
                Some(std::mem::replace(&mut entry.get_mut().1, value))
            }
            indexmap::map::Entry::Vacant(entry) => {
                entry.insert((key_value, value));
                None
            }
        }
    }

    /// Sets the value of a string key.
    pub fn insert_str(&mut self, key: impl Into<Str>, value: Value) {
        let key = key.into();
        self.insert(HashKey::Str(Rc::clone(&key)), Value::Str(key), value);
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &HashKey) -> Option<(Value, Value)> {
        self.forget(key);
        self.items.shift_remove(key)
    }

    /// Removes the last item.
    pub fn pop(&mut self) -> Option<(Value, Value)> {
        let (key, item) = self.items.pop()?;
        self.forget(&key);
        Some(item)
    }

    /// Removes the item at a position.
    pub(crate) fn remove_index(&mut self, index: usize) -> Option<(Value, Value)> {
        let (key, item) = self.items.shift_remove_index(index)?;
        self.forget(&key);
        Some(item)
    }

    /// Moves a key to the front or the back.
    pub(crate) fn move_to_end(&mut self, key: &HashKey, last: bool) -> bool {
        let Some(index) = self.items.get_index_of(key) else {
            return false;
        };
        let end = if last {
            self.items.len().saturating_sub(1)
        } else {
            0
        };
        self.items.move_index(index, end);
        true
    }

    /// Removes everything.
    pub fn clear(&mut self) {
        for key in self.items.keys() {
            self.forget(key);
        }
        self.items.clear();
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> + ExactSizeIterator {
        self.items.values().map(|(key, value)| (key, value))
    }

    /// Hash keys and values in order.
    pub fn entries(&self) -> impl Iterator<Item = (&HashKey, &Value)> {
        self.items.iter().map(|(key, (_, value))| (key, value))
    }

    /// The item at a position.
    #[must_use]
    pub fn at(&self, index: usize) -> Option<(&Value, &Value)> {
        self.items
            .get_index(index)
            .map(|(_, (key, value))| (key, value))
    }

    /// True when the key is there.
    #[must_use]
    pub fn contains(&self, key: &HashKey) -> bool {
        self.items.contains_key(key)
    }
}

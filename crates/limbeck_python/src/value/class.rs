//! Classes and their instances.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;

use indexmap::IndexMap;
use limbeck_diag::Location;

use super::{Dict, HashKey, Str, Unhashable, Value, Vars};
use crate::args::Args;
use crate::eval::{AnnotationSource, Interp};
use crate::flow::R;

/// What kind of class it is, where the evaluator must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClassKind {
    /// Written in Python or modelled, without special rules.
    Plain,
    /// A builtin type, by name: `str`, `dict`, ...
    Builtin(&'static str),
    /// An exception.
    Exception,
    /// An `Enum`.
    Enum,
}

/// What a modelled class does differently from an ordinary class, also for its subclasses
/// (the first class in the method resolution order that has hooks is asked).
pub trait ClassHooks {
    /// Calls the class: `Ok(Err(args))` gives the arguments back for ordinary construction
    /// (a new instance, then `__init__`).
    fn construct(
        &self,
        _ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        Ok(Err(args))
    }

    /// An attribute of the class that its own and inherited attributes do not have.
    fn class_attr(
        &self,
        _ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        _name: &str,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// An attribute of an instance that neither it nor its classes have.
    fn instance_attr(
        &self,
        _ev: &mut Interp<'_>,
        _instance: &Rc<Instance>,
        _name: &str,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// `Class[key]`.
    fn class_get_item(
        &self,
        _ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        _key: &Value,
    ) -> R<Option<Value>> {
        Ok(None)
    }

    /// A subclass has been made; its attributes, annotations and class keywords are complete.
    fn subclassed(&self, _ev: &mut Interp<'_>, _class: &Rc<Class>) -> R<()> {
        Ok(())
    }

    /// `Class.name = value` is about to be done.
    fn class_set_attr(
        &self,
        _ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        _name: &str,
        _value: &Value,
    ) -> R<()> {
        Ok(())
    }

    /// True when an attribute that class and instance lack is unknown rather than missing.
    fn is_partial(&self) -> bool {
        false
    }
}

/// An annotation in a class body: evaluated only when asked for
/// ([`Interp::eval_annotation`]), because it may name what exists only for type checkers.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// The annotated name.
    pub name: Str,
    /// The annotation as written.
    pub text: Str,
    /// Where the annotation is.
    pub location: Option<Location>,
    pub(crate) source: Rc<AnnotationSource>,
}

/// A class.
pub struct Class {
    /// Its name.
    pub name: Str,
    /// Name with the classes and functions around it.
    pub qualname: Str,
    /// The name of the module it was defined in.
    pub module: Str,
    /// Direct bases.
    pub bases: Vec<Rc<Class>>,
    /// The method resolution order after the class itself.
    pub mro_tail: Vec<Rc<Class>>,
    /// Its own attributes, in order of definition.
    pub attrs: Vars,
    /// Annotations of its body, in order.
    pub annotations: RefCell<Vec<Annotation>>,
    /// Keywords of the class statement, such as `table=True`, without `metaclass`.
    pub keywords: Vec<(Str, Value)>,
    /// What kind of class.
    pub kind: ClassKind,
    /// Special rules of this class itself.
    pub hooks: Option<Rc<dyn ClassHooks>>,
    /// Names of fields when instances compare and hash by fields (dataclass, NamedTuple).
    pub(crate) fields: RefCell<Option<FieldRules>>,
    /// A base that could not be read: attributes that are not found are unknown.
    pub unknown_base: Option<Rc<super::Unknown>>,
    /// A metaclass of the project's own whose methods are followed; also the one of a base.
    pub metaclass: Option<Rc<Class>>,
    /// Where the class statement is.
    pub location: Option<Location>,
}

/// How instances of a dataclass compare and hash.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldRules {
    pub(crate) compare: Vec<Str>,
    pub(crate) repr: Vec<Str>,
    pub(crate) eq: bool,
    pub(crate) order: bool,
    pub(crate) hash: bool,
    /// The fields that `hash()` sees.
    pub(crate) hashed: Vec<Str>,
    /// True where `repr()` shows the fields.
    pub(crate) shows: bool,
    pub(crate) fields: Vec<(Str, crate::modules::dataclasses::Field)>,
}

impl Class {
    /// A modelled class with hooks.
    pub fn native(
        name: &str,
        module: &str,
        bases: Vec<Rc<Class>>,
        hooks: Option<Rc<dyn ClassHooks>>,
    ) -> Rc<Class> {
        Class::build(name, module, bases, ClassKind::Plain, hooks)
    }

    pub(crate) fn build(
        name: &str,
        module: &str,
        bases: Vec<Rc<Class>>,
        kind: ClassKind,
        hooks: Option<Rc<dyn ClassHooks>>,
    ) -> Rc<Class> {
        let mro_tail = linearize(&bases).unwrap_or_else(|| bases.clone());
        let kind = if kind == ClassKind::Plain
            && mro_tail
                .iter()
                .any(|base| base.kind == ClassKind::Exception)
        {
            ClassKind::Exception
        } else {
            kind
        };
        Rc::new(Class {
            name: Str::from(name),
            qualname: Str::from(name),
            module: Str::from(module),
            bases,
            mro_tail,
            attrs: Rc::new(RefCell::new(IndexMap::new())),
            annotations: RefCell::new(Vec::new()),
            keywords: Vec::new(),
            kind,
            hooks,
            fields: RefCell::new(None),
            unknown_base: None,
            metaclass: None,
            location: None,
        })
    }

    /// The method resolution order, the class first.
    pub fn mro(self: &Rc<Class>) -> impl Iterator<Item = &Rc<Class>> {
        std::iter::once(self).chain(self.mro_tail.iter())
    }

    /// An attribute of the class or the classes it derives from, as it is stored.
    #[must_use]
    pub fn lookup(self: &Rc<Class>, name: &str) -> Option<Value> {
        self.lookup_with_owner(name).map(|(value, _)| value)
    }

    /// Like [`Class::lookup`], with the class that has it.
    #[must_use]
    pub fn lookup_with_owner(self: &Rc<Class>, name: &str) -> Option<(Value, Rc<Class>)> {
        self.mro().find_map(|class| {
            let value = class.attrs.borrow().get(name).cloned()?;
            Some((value, Rc::clone(class)))
        })
    }

    /// True when its metaclass, one of the project's own, has a special method.
    pub(crate) fn has_special(&self, name: &str) -> bool {
        let metaclass = self.metaclass.as_ref();
        metaclass.is_some_and(|metaclass| metaclass.lookup(name).is_some())
    }

    /// True when it is `other` or derives from it.
    #[must_use]
    pub fn is_subclass(self: &Rc<Class>, other: &Rc<Class>) -> bool {
        self.mro().any(|class| Rc::ptr_eq(class, other))
    }

    /// The hooks of the first class in the method resolution order that has them.
    #[must_use]
    pub fn find_hooks(self: &Rc<Class>) -> Option<Rc<dyn ClassHooks>> {
        self.mro().find_map(|class| class.hooks.clone())
    }

    /// The name of the builtin type it derives from, other than `object`.
    #[must_use]
    pub fn builtin_base(self: &Rc<Class>) -> Option<&'static str> {
        self.mro().find_map(|class| match class.kind {
            ClassKind::Builtin(name) if name != "object" => Some(name),
            _ => None,
        })
    }

    /// The first base, of this class or one it derives from, that could not be read.
    #[must_use]
    pub fn find_unknown_base(self: &Rc<Class>) -> Option<Rc<super::Unknown>> {
        self.mro().find_map(|class| class.unknown_base.clone())
    }

    /// True when `__hash__` of its instances is `None`: by its own word, or because it says what is equal and nothing
    /// about hashes.
    #[must_use]
    pub(crate) fn is_unhashable(self: &Rc<Class>) -> bool {
        for class in self.mro() {
            let attrs = class.attrs.borrow();
            let hashes = class.fields.borrow().as_ref().is_some_and(|it| it.hash);
            match attrs.get("__hash__") {
                _ if hashes => return false,
                Some(own) => return own.is_none(),
                None if attrs.contains_key("__eq__") => return true,
                None => {}
            }
        }
        false
    }

    /// True for an `Enum` class.
    #[must_use]
    pub fn is_enum(&self) -> bool {
        self.kind == ClassKind::Enum
    }

    /// Sets an attribute.
    pub fn set(&self, name: &str, value: Value) {
        self.attrs.borrow_mut().insert(Str::from(name), value);
    }
}

impl fmt::Debug for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Class({})", self.qualname)
    }
}

/// C3 linearization of bases; none when there is no consistent order.
pub(crate) fn linearize(bases: &[Rc<Class>]) -> Option<Vec<Rc<Class>>> {
    let mut lists: Vec<Vec<Rc<Class>>> = bases
        .iter()
        .map(|base| base.mro().cloned().collect())
        .collect();
    lists.push(bases.to_vec());
    let mut order: Vec<Rc<Class>> = Vec::new();
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(order);
        }
        let next = lists.iter().find_map(|list| {
            let candidate = list.first()?;
            let blocked = lists.iter().any(|other| {
                other
                    .iter()
                    .skip(1)
                    .any(|class| Rc::ptr_eq(class, candidate))
            });
            (!blocked).then(|| Rc::clone(candidate))
        })?;
        for list in &mut lists {
            if list.first().is_some_and(|class| Rc::ptr_eq(class, &next)) {
                list.remove(0);
            }
        }
        order.push(next);
    }
}

/// An instance of a class.
pub struct Instance {
    /// Its class.
    pub class: Rc<Class>,
    /// Its attributes, in order of first assignment.
    pub attrs: Vars,
    /// The builtin or modelled value it extends: the text of a string enum member, the items of a
    /// `dict` subclass, the model behind a Python subclass of a modelled class.
    payload: RefCell<Option<Value>>,
    /// Its `__dict__`, once that was asked for.
    dict: RefCell<Option<Rc<RefCell<Dict>>>>,
    /// True when assigning attributes raises (`dataclass(frozen=True)`), set after `__init__`.
    pub(crate) frozen: Cell<bool>,
}

impl Instance {
    /// A new instance without attributes.
    #[must_use]
    pub fn new(class: Rc<Class>, payload: Option<Value>) -> Rc<Instance> {
        Rc::new(Instance {
            class,
            attrs: Rc::new(RefCell::new(IndexMap::new())),
            payload: RefCell::new(payload),
            dict: RefCell::new(None),
            frozen: Cell::new(false),
        })
    }

    /// The builtin or modelled value it extends.
    #[must_use]
    pub fn payload(&self) -> Option<Value> {
        self.payload.borrow().clone()
    }

    /// Sets the value it extends.
    pub fn set_payload(&self, value: Value) {
        *self.payload.borrow_mut() = Some(value);
    }

    /// An attribute of the instance itself.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Value> {
        self.attrs.borrow().get(name).cloned()
    }

    /// Sets an attribute of the instance itself.
    pub fn set(&self, name: &str, value: Value) {
        self.attrs.borrow_mut().insert(Str::from(name), value);
        self.refresh();
    }

    /// Removes an attribute of the instance itself.
    pub(crate) fn remove(&self, name: &str) -> Option<Value> {
        let removed = self.attrs.borrow_mut().shift_remove(name);
        self.refresh();
        removed
    }

    /// `__dict__`: what is changed in it changes the instance, and the other way round.
    pub(crate) fn dict(&self) -> Rc<RefCell<Dict>> {
        let known = self.dict.borrow().clone();
        let dict = known.unwrap_or_else(|| {
            let dict = Rc::new(RefCell::new(Dict::of_attrs(&self.attrs)));
            *self.dict.borrow_mut() = Some(Rc::clone(&dict));
            dict
        });
        self.refresh();
        dict
    }

    fn refresh(&self) {
        if let Some(dict) = &*self.dict.borrow()
            && let Ok(mut dict) = dict.try_borrow_mut()
        {
            let is_exception = self.class.kind == ClassKind::Exception;
            let attrs = self.attrs.borrow();
            let shown = attrs.iter().filter(|(name, _)| {
                !(name.starts_with(' ') || is_exception && is_slot_of_exceptions(name))
            });
            dict.refresh(shown);
        }
    }

    pub(crate) fn hash_key(self: &Rc<Instance>) -> Result<HashKey, Unhashable> {
        let identity = || HashKey::Identity(Rc::as_ptr(self).cast::<()>() as usize);
        if self.class.is_enum() {
            // A plain member hashes by its name, a mixed-in one as its value.
            return match self.payload() {
                Some(value) => HashKey::of(&value),
                None => Ok(identity()),
            };
        }
        for class in self.class.mro() {
            if let Some(rules) = class.fields.borrow().as_ref()
                && rules.hash
            {
                // Two keys are one if they are equal, which other fields or a method may decide.
                let own_eq = class.attrs.borrow().contains_key("__eq__");
                if own_eq || rules.hashed != rules.compare || !rules.eq {
                    return Err(Unhashable::Custom(self.class.name.to_string()));
                }
                let attrs = self.attrs.borrow();
                let mut keys = Vec::new();
                for field in &rules.hashed {
                    keys.push(HashKey::of(attrs.get(field).unwrap_or(&Value::None))?);
                }
                return Ok(HashKey::Fields(
                    Rc::as_ptr(class).cast::<()>() as usize,
                    keys,
                ));
            }
            let own_hash = class.attrs.borrow().get("__hash__").cloned();
            match own_hash {
                Some(Value::None) => return Err(Unhashable::Type(self.class.name.to_string())),
                Some(_) => return Err(Unhashable::Custom(self.class.name.to_string())),
                None => {}
            }
            if class.attrs.borrow().contains_key("__eq__") {
                return Err(Unhashable::Type(self.class.name.to_string()));
            }
            if let Some(rules) = class.fields.borrow().as_ref()
                && rules.eq
            {
                return Err(Unhashable::Type(self.class.name.to_string()));
            }
        }
        match self.payload() {
            Some(payload) => HashKey::of(&payload),
            None => Ok(identity()),
        }
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instance({})", self.class.name)
    }
}

/// What an exception holds outside of its `__dict__`.
fn is_slot_of_exceptions(name: &str) -> bool {
    matches!(
        name,
        "args" | "__cause__" | "__context__" | "__suppress_context__" | "__traceback__"
    )
}

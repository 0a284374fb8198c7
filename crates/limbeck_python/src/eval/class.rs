//! Class statements.

use std::cell::RefCell;
use std::rc::Rc;

use limbeck_diag::Location;
use ruff_python_ast::StmtClassDef;
use ruff_text_size::Ranged as _;

use super::annotation::{PENDING, Pending};
use super::metaclass::Metaclass;
use super::names::Names;
use super::scope::{Scope, ScopeKind};
use super::stmt::{Done, docstring};
use super::{Frame, Interp, Mode};
use crate::args::Args;
use crate::flow::R;
use crate::modules::descriptors::{ClassMethod, Property, StaticMethod};
use crate::parse::span_of;
use crate::value::{Class, ClassKind, Str, Unknown, Value, linearize};

/// Bases as a class statement names them.
#[derive(Default)]
struct Bases {
    classes: Vec<Rc<Class>>,
    unknown: Option<Rc<Unknown>>,
    metaclass: Option<Rc<Class>>,
    /// Why the metaclass cannot be read; nothing is known of such a class as a value.
    unread_metaclass: Option<Rc<Unknown>>,
    named_tuple: bool,
    typed_dict: bool,
}

impl Bases {
    fn note_unknown(&mut self, unknown: Unknown) {
        self.unknown.get_or_insert_with(|| Rc::new(unknown));
    }
}

impl Interp<'_> {
    pub(crate) fn define_class(&mut self, scope: &Rc<Scope>, def: &StmtClassDef) -> R {
        let mut decorators = Vec::new();
        for decorator in &def.decorator_list {
            decorators.push(self.eval(scope, &decorator.expression)?);
        }
        let mut bases = Bases::default();
        let mut keywords = Vec::new();
        if let Some(arguments) = &def.arguments {
            for base in &arguments.args {
                if let ruff_python_ast::Expr::Starred(starred) = base {
                    let value = self.eval(scope, &starred.value)?;
                    for base in self.iterate(&value)? {
                        self.add_base(&mut bases, &base)?;
                    }
                } else {
                    let value = self.eval(scope, base)?;
                    self.set_at(span_of(base.range()));
                    self.add_base(&mut bases, &value)?;
                }
            }
            for keyword in &arguments.keywords {
                let value = self.eval(scope, &keyword.value)?;
                let Some(name) = &keyword.arg else {
                    return Err(self.unreadable("`**` in a class statement is not modelled"));
                };
                if name.as_str() == "metaclass" {
                    self.add_metaclass(&mut bases, &value);
                }
                keywords.push((Str::from(name.as_str()), value));
            }
        }
        if let Some(unknown) = &bases.unread_metaclass
            && self.is_running()
        {
            // What it does while the class is made would be lost.
            let unknown = Value::Unknown(Rc::clone(unknown));
            self.need_known(&unknown, "the metaclass of a class")?;
        }
        let name = Str::from(def.name.as_str());
        let qualname = Str::from(format!("{}{name}", scope.qualname));
        let names = Rc::new(Names::of_body(&def.body));
        let body = Scope::child(
            scope,
            ScopeKind::Class,
            &names,
            &scope.unit,
            Str::from(format!("{qualname}.")),
        );
        self.enter()?;
        self.frames.push(Frame {
            name: Str::clone(&name),
            file: scope.unit.file.clone(),
            at: span_of(def.name.range),
            scope: Rc::clone(&body),
        });
        let executed = if self.mode == Mode::Load {
            self.exec_lenient(&body, &def.body).map(|()| Done::Next)
        } else {
            self.exec_block(&body, &def.body)
        };
        self.frames.pop();
        self.leave();
        executed?;
        self.set_at(span_of(def.name.range));
        let pending = body.vars.borrow_mut().shift_remove(PENDING);
        let annotations = match pending.as_ref().and_then(Value::downcast_ref::<Pending>) {
            Some(pending) => pending.0.take(),
            None => Vec::new(),
        };
        if let Some(doc) = docstring(&def.body) {
            body.vars
                .borrow_mut()
                .entry(Str::from("__doc__"))
                .or_insert(Value::Str(doc));
        }
        let location = Some(Location::new(
            scope.unit.file.clone(),
            span_of(def.name.range),
        ));
        let parts = ClassParts {
            name,
            qualname,
            module: match body.vars.borrow().get("__module__").and_then(Value::as_str) {
                Some(named) => named,
                None => Str::clone(&scope.module.name),
            },
            bases: bases.classes,
            unknown_base: bases.unknown,
            metaclass: bases.metaclass,
            keywords,
            attrs: Rc::clone(&body.vars),
            annotations,
            methods: def
                .body
                .iter()
                .filter_map(|stmt| stmt.as_function_def_stmt())
                .map(|function| Str::from(function.name.as_str()))
                .collect(),
            location,
        };
        // A class made of typed dictionaries is one: no other takes `total`.
        let is_total =
            |(keyword, _): &(Str, Value)| matches!(&**keyword, "total" | "closed" | "extra_items");
        bases.typed_dict |= parts.keywords.iter().any(is_total)
            && !parts.bases.is_empty()
            && parts.bases.iter().all(|base| &*base.name == "dict");
        let mut value = if bases.named_tuple {
            crate::modules::typing::named_tuple_class(self, parts)?
        } else if bases.typed_dict {
            crate::modules::typing::typed_dict_class(self, &parts.name)
        } else {
            self.make_class(parts)?
        };
        if let Some(unknown) = bases.unread_metaclass {
            value = Value::Unknown(unknown);
        }
        for (decorator, node) in decorators.into_iter().zip(&def.decorator_list).rev() {
            self.set_at(span_of(node.range));
            value = self.call(&decorator, Args::positional(vec![value]))?;
        }
        Ok(value)
    }

    fn add_base(&mut self, bases: &mut Bases, value: &Value) -> R<()> {
        match value {
            Value::Class(class) => bases.classes.push(Rc::clone(class)),
            Value::Unknown(unknown) => {
                bases.unknown = bases.unknown.take().or(Some(Rc::clone(unknown)))
            }
            Value::Opaque(opaque) => {
                let reason = format!("{} is not modelled", opaque.what);
                bases.note_unknown(Unknown::data(reason, self.location()));
            }
            Value::Object(_) => match crate::modules::typing::base_of(self, value) {
                crate::modules::typing::BaseOf::Class(class) => {
                    if !bases.classes.iter().any(|known| Rc::ptr_eq(known, &class)) {
                        bases.classes.push(class);
                    }
                }
                crate::modules::typing::BaseOf::Nothing => {}
                crate::modules::typing::BaseOf::NamedTuple => bases.named_tuple = true,
                crate::modules::typing::BaseOf::TypedDict => bases.typed_dict = true,
                crate::modules::typing::BaseOf::Unknown(unknown) => {
                    bases.unknown = bases.unknown.take().or(Some(unknown));
                }
            },
            // What the model calls a function may be a class.
            Value::Native(_) => {
                let reason = "the base is not modelled as a class";
                bases.note_unknown(Unknown::data(reason, self.location()));
            }
            other => {
                let kind = self.type_name(other);
                return Err(self.raise(
                    "TypeError",
                    format!("{kind} object is not an acceptable base type"),
                ));
            }
        }
        Ok(())
    }

    fn add_metaclass(&mut self, bases: &mut Bases, value: &Value) {
        match self.metaclass_of(value) {
            Metaclass::Plain => {}
            Metaclass::Declarative => {
                let base = Rc::clone(&crate::models::orm::classes(self).meta_base);
                bases.classes.push(base);
            }
            Metaclass::Followed(class) => bases.metaclass = Some(class),
            Metaclass::Unread(unknown) => {
                bases.unknown = bases.unknown.take().or(Some(Rc::clone(&unknown)));
                bases.unread_metaclass = Some(unknown);
            }
        }
    }

    /// Makes a class of its parts, and tells its bases.
    pub(crate) fn make_class(&mut self, parts: ClassParts) -> R {
        let is_enum = parts.bases.iter().any(|base| base.is_enum());
        let mut bases = parts.bases;
        // `Generic[T]` steps back for a later base that is generic itself.
        let is_generic =
            |class: &Rc<Class>| &*class.name == "Generic" && &*class.module == "typing";
        if let Some(at) = bases.iter().position(is_generic)
            && bases
                .iter()
                .skip(at + 1)
                .any(|base| base.mro().any(is_generic))
        {
            bases.remove(at);
        }
        if bases.is_empty() {
            bases.push(Rc::clone(&self.types().object));
        }
        let Some(mro_tail) = linearize(&bases) else {
            let names: Vec<String> = bases.iter().map(|base| base.name.to_string()).collect();
            return Err(self.raise(
                "TypeError",
                format!(
                    "Cannot create a consistent method resolution order (MRO) for bases {}",
                    names.join(", ")
                ),
            ));
        };
        self.charge(mro_tail.len());
        if mro_tail.len() > 1000 {
            return Err(self.unreadable("a class with more than a thousand bases is not read"));
        }
        let metaclass = self.derived_metaclass(parts.metaclass, &bases)?;
        let unknown_base = parts
            .unknown_base
            .or_else(|| self.unfollowed(&parts.name, &parts.attrs));
        let kind = if is_enum {
            ClassKind::Enum
        } else if mro_tail
            .iter()
            .any(|base| base.kind == ClassKind::Exception)
        {
            ClassKind::Exception
        } else {
            ClassKind::Plain
        };
        let class = Rc::new(Class {
            name: parts.name,
            qualname: parts.qualname,
            module: parts.module,
            bases,
            mro_tail,
            attrs: parts.attrs,
            annotations: RefCell::new(parts.annotations),
            keywords: parts.keywords,
            kind,
            hooks: None,
            fields: RefCell::new(None),
            unknown_base,
            metaclass,
            location: parts.location,
        });
        self.own_functions(&class);
        if is_enum {
            crate::modules::enum_::finish_class(self, &class, &parts.methods)?;
        }
        self.set_names(&class)?;
        self.init_subclass(&class)?;
        if let Some(hooks) = class.mro_tail.iter().find_map(|base| base.hooks.clone()) {
            hooks.subclassed(self, &class)?;
        } else {
            crate::models::scan::note_unread_class(self, &class);
        }
        Ok(Value::Class(class))
    }

    /// A special method that changes how every attribute of an instance is found, or when one ends: not followed.
    fn unfollowed(&self, name: &str, attrs: &crate::value::Vars) -> Option<Rc<Unknown>> {
        let found = ["__getattribute__", "__del__"]
            .into_iter()
            .find(|special| attrs.borrow().contains_key(*special))?;
        let reason = format!("`{found}` of `{name}` is not modelled");
        Some(Rc::new(Unknown::data(reason, self.location())))
    }

    /// Tells the functions of a class body which class they belong to.
    fn own_functions(&self, class: &Rc<Class>) {
        fn own(value: &Value, class: &Rc<Class>) {
            match value {
                Value::Function(function) => {
                    let mut owner = function.owner.borrow_mut();
                    if owner.is_none() {
                        *owner = Some(Rc::downgrade(class));
                    }
                }
                Value::Object(_) => {
                    if let Some(method) = value.downcast_ref::<ClassMethod>() {
                        own(&method.0, class);
                    } else if let Some(method) = value.downcast_ref::<StaticMethod>() {
                        own(&method.0, class);
                    } else if let Some(property) = value.downcast_ref::<Property>() {
                        for function in [&property.get, &property.set, &property.delete] {
                            own(function, class);
                        }
                    } else if let Some(wrapper) =
                        value.downcast_ref::<crate::modules::functools::Wrapper>()
                    {
                        own(&wrapper.function, class);
                    }
                }
                _ => {}
            }
        }
        for value in class.attrs.borrow().values() {
            own(value, class);
        }
    }

    fn set_names(&mut self, class: &Rc<Class>) -> R<()> {
        let attrs: Vec<(Str, Value)> = class
            .attrs
            .borrow()
            .iter()
            .map(|(name, value)| (Str::clone(name), value.clone()))
            .collect();
        for (name, value) in attrs {
            if let Value::Instance(instance) = &value
                && let Some(setter) = instance.class.lookup("__set_name__")
            {
                let setter = self.bind_to(&setter, value.clone())?;
                let args = vec![Value::Class(Rc::clone(class)), Value::Str(name)];
                self.call(&setter, Args::positional(args))?;
            }
        }
        Ok(())
    }

    fn init_subclass(&mut self, class: &Rc<Class>) -> R<()> {
        let found = class
            .mro_tail
            .iter()
            .find_map(|base| base.attrs.borrow().get("__init_subclass__").cloned());
        let Some(found) = found else { return Ok(()) };
        let function = match found.downcast_ref::<ClassMethod>() {
            Some(method) => method.0.clone(),
            None => found,
        };
        let mut args = Args::positional(vec![Value::Class(Rc::clone(class))]);
        args.keywords = class
            .keywords
            .iter()
            .filter(|(name, _)| &**name != "metaclass")
            .cloned()
            .collect();
        self.call(&function, args)?;
        Ok(())
    }
}

/// What a class is made of.
pub(crate) struct ClassParts {
    pub(crate) name: Str,
    pub(crate) qualname: Str,
    pub(crate) module: Str,
    pub(crate) bases: Vec<Rc<Class>>,
    pub(crate) unknown_base: Option<Rc<Unknown>>,
    /// The metaclass of the class statement, where its methods are followed.
    pub(crate) metaclass: Option<Rc<Class>>,
    pub(crate) keywords: Vec<(Str, Value)>,
    pub(crate) attrs: crate::value::Vars,
    pub(crate) annotations: Vec<crate::value::Annotation>,
    /// What `def` defines in the class, whatever its decorators make of it.
    pub(crate) methods: Vec<Str>,
    pub(crate) location: Option<Location>,
}

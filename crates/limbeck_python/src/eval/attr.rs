//! Reading and writing attributes.

use std::rc::Rc;

use super::Interp;
use super::text::builtin_type_name;
use crate::flow::{Flow, R};
use crate::modules::descriptors::{ClassMethod, Property, StaticMethod};
use crate::value::{Bound, BoundTarget, Class, ClassKind, Instance, Module, Str, Value};

/// True for an instance of a class of a package that is modelled in Python.
pub(crate) fn is_of_modelled_class(value: &Value) -> bool {
    let Value::Instance(instance) = value else {
        return false;
    };
    let mut classes = instance.class.mro();
    classes.any(|class| crate::alchemy::model_of(&class.module).is_some())
}

impl Interp<'_> {
    /// `value.name`; raises `AttributeError`.
    pub fn get_attr(&mut self, value: &Value, name: &str) -> R {
        match self.get_attr_opt(value, name)? {
            Some(found) => Ok(found),
            None if self.is_of_installed_class(value) => Err(self.unreadable(format!(
                "`{}.{name}` of an installed package cannot be read",
                self.type_name(value)
            ))),
            // The package's own class may have what the model of it leaves out.
            None if is_of_modelled_class(value) => Err(self.unreadable(format!(
                "`{}.{name}` is not modelled",
                self.type_name(value)
            ))),
            None => Err(self.no_attribute(value, name)),
        }
    }

    /// True when `value` has the attribute `name` whatever is not known of it.
    pub(crate) fn surely_has(&mut self, value: &Value, name: &str) -> bool {
        match value {
            Value::Instance(instance) => {
                instance.get(name).is_some()
                    || instance.class.lookup(name).is_some()
                    || super::special::is_of_object(name)
            }
            Value::Class(class) => {
                class.lookup(name).is_some() || super::special::is_of_object(name)
            }
            Value::Function(_) => true,
            Value::Native(_) | Value::Bound(_) => {
                matches!(name, "__call__" | "__name__") || super::special::is_of_object(name)
            }
            Value::Object(_) => super::special::is_of_object(name),
            Value::Module(_) | Value::Unknown(_) | Value::Opaque(_) => false,
            other => match super::special::has_special(other, name) {
                Some(has) => has || crate::builtins::is_unmodelled_method(other, name),
                None => super::special::is_of_object(name),
            },
        }
    }

    /// True for an instance of a class of an installed package: how that finds its attributes may be beyond this reader.
    fn is_of_installed_class(&self, value: &Value) -> bool {
        let Value::Instance(instance) = value else {
            return false;
        };
        instance.class.mro().any(|class| {
            let modules = self.world().module(&class.module);
            matches!(modules, Some(Value::Module(module))
                if module.file.as_ref().is_some_and(|file| self.is_installed(file)))
        })
    }

    pub(crate) fn no_attribute(&mut self, value: &Value, name: &str) -> Flow {
        let message = match value {
            Value::Module(module) => format!("module '{}' has no attribute '{name}'", module.name),
            // The metaclass of enums raises with the bare name.
            Value::Class(class) if class.is_enum() => name.to_owned(),
            Value::Class(class) => {
                format!("type object '{}' has no attribute '{name}'", class.name)
            }
            _ => format!(
                "'{}' object has no attribute '{name}'",
                self.type_name(value)
            ),
        };
        self.raise("AttributeError", message)
    }

    /// `value.name`, or none where Python raises `AttributeError`.
    pub fn get_attr_opt(&mut self, value: &Value, name: &str) -> R<Option<Value>> {
        let found = self.find_attr(value, name)?;
        let is_function = matches!(
            value,
            Value::Function(_) | Value::Native(_) | Value::Bound(_)
        );
        if found.is_some() || !is_function {
            return Ok(found);
        }
        if name == "__class__" {
            return Ok(self.class_of(value).map(Value::Class));
        }
        let has = name == "__call__" || super::special::is_of_object(name);
        Ok(has.then(|| self.unknown(format!("`{name}` of a function is not modelled"))))
    }

    fn find_attr(&mut self, value: &Value, name: &str) -> R<Option<Value>> {
        self.step()?;
        match value {
            Value::Unknown(unknown) => match &unknown.object_of {
                Some(class) if self.is_probing() => {
                    let class = Rc::clone(class);
                    crate::alchemy::orm::probed::attribute(self, value, &class, name).map(Some)
                }
                None if unknown.row_of.is_some() => Ok(Some(
                    crate::alchemy::orm::probed::row_attribute(self, value, name),
                )),
                _ => Ok(Some(value.clone())),
            },
            Value::Opaque(opaque) => Ok(Some(Value::opaque(format!("{}.{name}", opaque.what)))),
            Value::Module(module) => self.module_attr(module, name),
            Value::Class(class) => self.class_attr(class, name),
            Value::Instance(instance) => self.instance_attr(instance, name),
            Value::Object(object) => {
                if let Some(found) = Rc::clone(object).get_attr(self, name)? {
                    return Ok(Some(found));
                }
                if object.methods().contains(&name) {
                    return Ok(Some(bound_method(value, name)));
                }
                let class = object.class(self);
                if let Some(class) = &class {
                    if let Some(found) = class.lookup(name) {
                        return Ok(Some(self.bind_descriptor(&found, value, class)?));
                    }
                    if name == "__class__" {
                        return Ok(Some(Value::Class(Rc::clone(class))));
                    }
                }
                if matches!(
                    name,
                    "__str__" | "__repr__" | "__eq__" | "__ne__" | "__format__"
                ) {
                    return Ok(crate::builtins::object_attr(self, value, name));
                }
                if name == "__call__" && object.is_callable() {
                    return Ok(Some(value.clone()));
                }
                if super::special::may_be_of(object, name) {
                    let reason = format!("`{}.{name}` is not modelled", object.type_name());
                    return Ok(Some(self.unknown(reason)));
                }
                if object.is_partial() && !name.starts_with("__") {
                    // Calling it could have an effect, which must not be lost.
                    let reason = format!("`{}.{name}` is not modelled", object.type_name());
                    let unknown = self.foreign(reason);
                    return Ok(Some(if super::skipped::holds_tables(value) {
                        super::skipped::changes_tables(&unknown)
                    } else {
                        unknown
                    }));
                }
                Ok(None)
            }
            Value::Function(function) => {
                if let Some(found) = function.attrs.borrow().get(name) {
                    return Ok(Some(found.clone()));
                }
                Ok(match name {
                    "__name__" => Some(Value::Str(Rc::clone(&function.name))),
                    "__qualname__" => Some(Value::Str(Rc::clone(&function.qualname))),
                    "__module__" => Some(Value::Str(Rc::clone(&function.module.name))),
                    "__doc__" => Some(Value::from(function.code.doc.clone())),
                    "__dict__" | "__code__" | "__annotations__" | "__defaults__"
                    | "__kwdefaults__" | "__closure__" | "__globals__" => {
                        Some(self.unknown(format!("`{name}` of a function is not modelled")))
                    }
                    _ => None,
                })
            }
            Value::Bound(bound) => match (name, &bound.target) {
                ("__self__", _) => Ok(Some(bound.receiver.clone())),
                ("__func__", BoundTarget::Callable(function)) => Ok(Some(function.clone())),
                (_, BoundTarget::Callable(function)) => {
                    let function = function.clone();
                    self.get_attr_opt(&function, name)
                }
                ("__name__", BoundTarget::Method(method)) => {
                    Ok(Some(Value::Str(Rc::clone(method))))
                }
                _ => Ok(None),
            },
            Value::Native(function) => Ok(match name {
                "__name__" | "__qualname__" => Some(Value::Str(Rc::clone(&function.name))),
                _ => None,
            }),
            _ => self.builtin_attr(value, name),
        }
    }

    fn builtin_attr(&mut self, value: &Value, name: &str) -> R<Option<Value>> {
        if let Some(found) = crate::builtins::data_attr(self, value, name)? {
            return Ok(Some(found));
        }
        if crate::builtins::has_method(value, name) {
            return Ok(Some(bound_method(value, name)));
        }
        if name == "__class__" {
            let class = self.class_of(value).map(Value::Class);
            let kind = builtin_type_name(value);
            return Ok(Some(class.unwrap_or_else(|| {
                self.unknown(format!("the type of a {kind} is not modelled"))
            })));
        }
        if matches!(name, "from_bytes" | "fromhex" | "maketrans" | "fromkeys")
            && let Some(class) = self.class_of(value)
        {
            return self.class_attr(&class, name);
        }
        let has = super::special::has_special(value, name);
        if has.unwrap_or_else(|| is_special(name))
            || crate::builtins::is_unmodelled_method(value, name)
        {
            return Ok(Some(self.unknown(format!(
                "`{}.{name}` is not modelled",
                builtin_type_name(value)
            ))));
        }
        Ok(None)
    }

    /// An attribute of a module.
    pub(crate) fn module_attr(&mut self, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
        if let Some(found) = self.global(module, name)? {
            return Ok(Some(found));
        }
        if let Some(fallback) = module.fallback
            && let Some(found) = fallback(self, module, name)?
        {
            return Ok(Some(found));
        }
        match name {
            "__name__" => return Ok(Some(Value::Str(Rc::clone(&module.name)))),
            "__file__" => {
                return Ok(module
                    .file
                    .as_ref()
                    .map(|file| Value::from(file.to_string_lossy().into_owned())));
            }
            "__dict__" => return Ok(Some(self.unknown("`__dict__` of a module is not modelled"))),
            _ => {}
        }
        if module.is_native {
            if crate::alchemy::is_model_part(&module.name, name) {
                return Ok(Some(Value::Module(Rc::clone(module))));
            }
            return Ok(Some(
                self.foreign(format!("`{}.{name}` is not modelled", module.name)),
            ));
        }
        // It may import a submodule, which becomes a name of this module.
        let getter = module.vars.borrow().get("__getattr__").cloned();
        if let Some(getter) = getter {
            return match self.call(&getter, crate::Args::positional(vec![Value::from(name)])) {
                Err(Flow::Raise(raised)) if self.is_exception(&raised.value, "AttributeError") => {
                    match self.submodule(module, name)? {
                        Some(found) => Ok(Some(found)),
                        None => Err(Flow::Raise(raised)),
                    }
                }
                other => other.map(Some),
            };
        }
        if let Some(found) = self.starred(module, name)? {
            return Ok(Some(found));
        }
        let star = module.vars.borrow().get("*").cloned();
        if let Some(star) = star.filter(Value::is_unknown) {
            return Ok(Some(star));
        }
        // A submodule is an attribute once something has imported it: mostly env.py, or a module whose import still waits.
        self.submodule(module, name)
    }

    /// An attribute of a class.
    pub(crate) fn class_attr(&mut self, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        match name {
            "__name__" => return Ok(Some(Value::Str(Rc::clone(&class.name)))),
            "__qualname__" => return Ok(Some(Value::Str(Rc::clone(&class.qualname)))),
            "__module__" => return Ok(Some(Value::Str(Rc::clone(&class.module)))),
            "__bases__" => {
                return Ok(Some(Value::tuple(
                    class.bases.iter().cloned().map(Value::Class).collect(),
                )));
            }
            "__mro__" => {
                let mut mro: Vec<Value> = class.mro().cloned().map(Value::Class).collect();
                if !mro
                    .iter()
                    .any(|value| matches!(value, Value::Class(class) if &*class.name == "object"))
                {
                    mro.push(Value::Class(Rc::clone(&self.types().object)));
                }
                return Ok(Some(Value::tuple(mro)));
            }
            "__class__" => return Ok(Some(Value::Class(self.class_of_class(class)))),
            "__dict__" => return Ok(Some(self.class_dict(class)?)),
            "__members__" if class.is_enum() => {
                let members = crate::modules::enum_::members_dict(self, class)?;
                return self.mapping_proxy(members).map(Some);
            }
            _ => {}
        }
        if name == "__hash__" && class.is_unhashable() {
            return Ok(Some(Value::None));
        }
        if class.metaclass.is_some()
            && let Some(found) = self.metaclass_attr(class, name, true)?
        {
            return Ok(Some(found));
        }
        if let Some((found, _)) = class.lookup_with_owner(name) {
            // The metaclass of a base that is not read may make something else of data, as that of an enum does.
            let is_code = matches!(
                found,
                Value::Function(_) | Value::Native(_) | Value::Class(_) | Value::Object(_)
            );
            if !is_code
                && !name.starts_with("__")
                && let Some(unknown) = class.find_unknown_base()
            {
                return Ok(Some(Value::Unknown(unknown)));
            }
            return self.bind_class_attr(&found, class).map(Some);
        }
        if name == "__annotations__" {
            return self.annotations_dict(class).map(Some);
        }
        if let Some(hooks) = class.find_hooks()
            && let Some(found) = hooks.class_attr(self, class, name)?
        {
            return Ok(Some(found));
        }
        if let Some(found) = crate::builtins::class_attr(self, class, name)? {
            return Ok(Some(found));
        }
        if let Some(unknown) = class.find_unknown_base() {
            return Ok(Some(Value::Unknown(unknown)));
        }
        if let Some(found) = self.metaclass_attr(class, name, false)? {
            return Ok(Some(found));
        }
        if let Some(builtin) = class.builtin_base()
            && crate::builtins::type_has_method(builtin, name)
        {
            return Ok(Some(crate::builtins::unbound_method(builtin, name)));
        }
        if name == "__doc__" {
            return Ok(Some(Value::None));
        }
        if name == "__call__"
            || (class.is_enum()
                && name.starts_with('_')
                && name.ends_with('_')
                && !name.starts_with("__"))
            || (class.is_enum()
                && matches!(
                    name,
                    "__iter__" | "__len__" | "__contains__" | "__getitem__"
                ))
        {
            return Ok(Some(
                self.foreign(format!("`{}.{name}` is not modelled", class.name)),
            ));
        }
        // A class of Python's own has more than is modelled, as has one that derives from a class that is modelled in part, and
        // every class has special methods that are not.
        let is_partial = class.location.is_none()
            || (class.find_hooks().is_some_and(|hooks| hooks.is_partial())
                && !name.starts_with("__"));
        if is_partial || (name.starts_with("__") && name.ends_with("__") && is_special(name)) {
            return Ok(Some(
                self.foreign(format!("`{}.{name}` is not modelled", class.name)),
            ));
        }
        Ok(None)
    }

    fn class_dict(&mut self, class: &Rc<Class>) -> R {
        let attrs: Vec<(Str, Value)> = class
            .attrs
            .borrow()
            .iter()
            .map(|(name, value)| (Rc::clone(name), value.clone()))
            .collect();
        self.mapping_proxy(Value::dict(crate::value::Dict::from_pairs(attrs)))
    }

    /// `types.MappingProxyType(dict)`
    pub(crate) fn mapping_proxy(&mut self, dict: Value) -> R {
        let module = self.import("types")?;
        let class = self.get_attr(&module, "MappingProxyType")?;
        self.call(&class, crate::Args::positional(vec![dict]))
    }

    fn bind_class_attr(&mut self, found: &Value, class: &Rc<Class>) -> R {
        if let Value::Object(object) = found {
            if let Some(method) = found.downcast_ref::<ClassMethod>() {
                return self.bind_to(&method.0, Value::Class(Rc::clone(class)));
            }
            if let Some(method) = found.downcast_ref::<StaticMethod>() {
                return Ok(method.0.clone());
            }
            if let Some(value) = Rc::clone(object).descr_get(self, None, class)? {
                return Ok(value);
            }
        }
        if let Value::Instance(descriptor) = found
            && !descriptor.class.is_enum()
            && let Some(getter) = descriptor.class.lookup("__get__")
        {
            let getter = self.bind_to(&getter, found.clone())?;
            let args = vec![Value::None, Value::Class(Rc::clone(class))];
            return self.call(&getter, crate::Args::positional(args));
        }
        Ok(found.clone())
    }

    /// An attribute of an instance, by Python's order: data descriptors of the class, the instance,
    /// the class.
    pub(crate) fn instance_attr(
        &mut self,
        instance: &Rc<Instance>,
        name: &str,
    ) -> R<Option<Value>> {
        let this = Value::Instance(Rc::clone(instance));
        let on_class = instance.class.lookup(name);
        if let Some(found) = &on_class
            && let Value::Object(object) = found
            && found.downcast_ref::<Property>().is_some()
            && let Some(value) = Rc::clone(object).descr_get(self, Some(&this), &instance.class)?
        {
            return Ok(Some(value));
        }
        // So does one written in Python, if it also sets or deletes.
        if let Some(Value::Instance(descriptor)) = &on_class
            && !descriptor.class.is_enum()
            && descriptor.class.lookup("__get__").is_some()
            && ["__set__", "__delete__"]
                .iter()
                .any(|name| descriptor.class.lookup(name).is_some())
            && let Some(found) = &on_class
        {
            let class = Rc::clone(&instance.class);
            return self.bind_descriptor(found, &this, &class).map(Some);
        }
        if let Some(found) = instance.get(name) {
            return Ok(Some(found));
        }
        match name {
            "__class__" => return Ok(Some(Value::Class(Rc::clone(&instance.class)))),
            "__dict__" if instance.class.lookup("__table__").is_some() => {
                // SQLAlchemy keeps a state of its own there.
                return Ok(Some(
                    self.unknown("`__dict__` of a mapped object is not modelled"),
                ));
            }
            "__dict__" if has_room(&instance.class, name) => {
                return Ok(Some(Value::Dict(instance.dict())));
            }
            _ => {}
        }
        if instance.class.is_enum()
            && let Some(found) = crate::modules::enum_::member_attr(instance, name)
        {
            return Ok(Some(found));
        }
        if let Some(found) = on_class {
            let class = Rc::clone(&instance.class);
            return self.bind_descriptor(&found, &this, &class).map(Some);
        }
        if let Some(hooks) = instance.class.find_hooks()
            && let Some(found) = hooks.instance_attr(self, instance, name)?
        {
            return Ok(Some(found));
        }
        if instance.class.kind == ClassKind::Exception
            && let Some(found) = self.exception_attr(instance, name)
        {
            return Ok(Some(found));
        }
        if let Some(payload) = instance.payload()
            && let Some(found) = self.get_attr_opt(&payload, name)?
        {
            return Ok(Some(found));
        }
        if let Some(getter) = instance.class.lookup("__getattr__") {
            let bound = self.bind_to(&getter, this)?;
            let args = crate::Args::positional(vec![Value::from(name)]);
            return self.call(&bound, args).map(Some);
        }
        if let Some(unknown) = instance.class.find_unknown_base() {
            return Ok(Some(Value::Unknown(unknown)));
        }
        if name == "__hash__" && instance.class.is_unhashable() {
            return Ok(Some(Value::None));
        }
        if let Some(found) = crate::builtins::object_attr(self, &this, name) {
            return Ok(Some(found));
        }
        if name == "__module__" && &*instance.class.module != "builtins" {
            return Ok(Some(Value::Str(Rc::clone(&instance.class.module))));
        }
        let is_partial = instance
            .class
            .find_hooks()
            .is_some_and(|hooks| hooks.is_partial());
        if (is_partial && !name.starts_with("__")) || super::special::is_of_object(name) {
            return Ok(Some(self.foreign(format!(
                "`{}.{name}` is not modelled",
                instance.class.name
            ))));
        }
        Ok(None)
    }

    fn exception_attr(&mut self, instance: &Rc<Instance>, name: &str) -> Option<Value> {
        let first = || match instance.get("args") {
            Some(Value::Tuple(args)) => args.first().cloned(),
            _ => None,
        };
        match name {
            "args" => Some(Value::tuple(Vec::new())),
            "__cause__" | "__context__" => Some(Value::None),
            "__suppress_context__" => Some(Value::Bool(false)),
            "__traceback__" => Some(self.unknown("a traceback is not modelled")),
            "value" if instance.class.mro().any(|it| &*it.name == "StopIteration") => {
                Some(first().unwrap_or(Value::None))
            }
            "code" if instance.class.mro().any(|it| &*it.name == "SystemExit") => {
                Some(first().unwrap_or(Value::None))
            }
            "with_traceback" => {
                let this = Value::Instance(Rc::clone(instance));
                Some(Value::native(
                    "with_traceback",
                    move |_, _| Ok(this.clone()),
                ))
            }
            "add_note" => {
                let this = Rc::clone(instance);
                Some(Value::native("add_note", move |ev, args| {
                    let note = args.get(0).cloned().unwrap_or(Value::None);
                    if note.as_str().is_none() && !note.is_unknown() {
                        let kind = ev.type_name(&note);
                        return Err(
                            ev.raise("TypeError", format!("note must be a str, not '{kind}'"))
                        );
                    }
                    match this.get("__notes__") {
                        Some(Value::List(notes)) => notes.borrow_mut().push(note),
                        _ => this.set("__notes__", Value::list(vec![note])),
                    }
                    Ok(Value::None)
                }))
            }
            // What is set only on exceptions that Python itself raises.
            "errno" | "strerror" | "filename" | "filename2" | "characters_written" | "encoding"
            | "object" | "start" | "end" | "reason" | "name" | "obj" | "path" | "msg"
            | "lineno" | "offset" | "text" | "exceptions" | "message"
                if instance.class.location.is_none() && has_data(&instance.class, name) =>
            {
                Some(self.unknown(format!("`{}.{name}` is not modelled", instance.class.name)))
            }
            _ => None,
        }
    }

    /// What reading `found`, stored on `owner`, through an instance gives.
    pub(crate) fn bind_descriptor(&mut self, found: &Value, this: &Value, owner: &Rc<Class>) -> R {
        match found {
            Value::Function(_) => Ok(bound_callable(this, found)),
            Value::Object(object) => {
                if let Some(method) = found.downcast_ref::<ClassMethod>() {
                    return self.bind_to(&method.0, Value::Class(Rc::clone(owner)));
                }
                if let Some(method) = found.downcast_ref::<StaticMethod>() {
                    return Ok(method.0.clone());
                }
                match Rc::clone(object).descr_get(self, Some(this), owner)? {
                    Some(value) => Ok(value),
                    None => Ok(found.clone()),
                }
            }
            Value::Instance(descriptor) => match descriptor.class.lookup("__get__") {
                Some(getter) => {
                    let getter = self.bind_to(&getter, found.clone())?;
                    let args = vec![this.clone(), Value::Class(Rc::clone(owner))];
                    self.call(&getter, crate::Args::positional(args))
                }
                None => Ok(found.clone()),
            },
            _ => Ok(found.clone()),
        }
    }

    /// A callable with its first argument bound, as a method is.
    pub(crate) fn bind_to(&mut self, callable: &Value, this: Value) -> R {
        match callable {
            Value::Function(_) | Value::Native(_) => Ok(bound_callable(&this, callable)),
            Value::Object(_) => {
                if let Some(method) = callable.downcast_ref::<StaticMethod>() {
                    return Ok(method.0.clone());
                }
                if let Some(method) = callable.downcast_ref::<ClassMethod>() {
                    let class = match &this {
                        Value::Class(class) => Some(Rc::clone(class)),
                        other => self.class_of(other),
                    };
                    let receiver = class.map_or(this, Value::Class);
                    return Ok(bound_callable(&receiver, &method.0));
                }
                Ok(bound_callable(&this, callable))
            }
            _ => Ok(callable.clone()),
        }
    }

    /// `value.name = new`.
    pub fn set_attr(&mut self, value: &Value, name: &str, new: Value) -> R<()> {
        match value {
            Value::Unknown(unknown) if self.is_probing() && unknown.object_of.is_some() => {
                match unknown.object_of.clone() {
                    Some(class) => {
                        crate::alchemy::orm::probed::set(self, value, &class, name, &new)
                    }
                    None => Ok(()),
                }
            }
            Value::Unknown(_) | Value::Opaque(_) => {
                if self.is_running() {
                    self.need_known(value, "the object whose attribute is set")?;
                }
                Ok(())
            }
            Value::Module(module) => {
                module.set(name, new);
                Ok(())
            }
            Value::Class(class) if crate::modules::enum_::has_member(class, name) => {
                Err(self.raise("AttributeError", format!("cannot reassign member '{name}'")))
            }
            Value::Class(class) => {
                if let Some(hooks) = class.find_hooks() {
                    hooks.class_set_attr(self, class, name, &new)?;
                }
                class.set(name, new);
                Ok(())
            }
            Value::Function(function) => {
                function.attrs.borrow_mut().insert(Str::from(name), new);
                Ok(())
            }
            Value::Instance(instance) => self.set_instance_attr(instance, name, new),
            Value::Object(object) => {
                if Rc::clone(object).set_attr(self, name, new)? {
                    Ok(())
                } else if object.is_partial() {
                    Err(self.unreadable(format!(
                        "setting `{}.{name}` is not modelled",
                        object.type_name()
                    )))
                } else {
                    Err(self.no_attribute(value, name))
                }
            }
            _ => Err(self.no_attribute(value, name)),
        }
    }

    fn set_instance_attr(&mut self, instance: &Rc<Instance>, name: &str, new: Value) -> R<()> {
        let this = Value::Instance(Rc::clone(instance));
        if name == "__dict__" {
            return Err(self.unreadable("setting `__dict__` is not modelled"));
        }
        if instance.class.is_enum() && matches!(name, "name" | "value") {
            let text = format!("<enum 'Enum'> cannot set attribute '{name}'");
            return Err(self.raise("AttributeError", text));
        }
        if let Some(found) = instance.class.lookup(name) {
            if let Value::Object(object) = &found
                && Rc::clone(object).descr_set(self, &this, &new)?
            {
                return Ok(());
            }
            if let Value::Instance(descriptor) = &found
                && let Some(setter) = descriptor.class.lookup("__set__")
            {
                let setter = self.bind_to(&setter, found.clone())?;
                self.call(&setter, crate::Args::positional(vec![this, new]))?;
                return Ok(());
            }
        }
        if let Some(setter) = instance.class.lookup("__setattr__") {
            let setter = self.bind_to(&setter, this)?;
            self.call(
                &setter,
                crate::Args::positional(vec![Value::from(name), new]),
            )?;
            return Ok(());
        }
        if instance.frozen.get() {
            let class = crate::modules::dataclasses::frozen_error(self);
            return Err(self.raise_class(
                &class,
                vec![Value::from(format!("cannot assign to field '{name}'"))],
            ));
        }
        if let Some(Value::Object(object)) = instance.payload()
            && Rc::clone(&object).set_attr(self, name, new.clone())?
        {
            return Ok(());
        }
        if instance.get(name).is_none() && !has_room(&instance.class, name) {
            let this = Value::Instance(Rc::clone(instance));
            return Err(self.no_attribute(&this, name));
        }
        if !name.starts_with('_') {
            crate::pydantic::note_assignment(self, instance, name)?;
        }
        instance.set(name, new);
        Ok(())
    }

    /// `del value.name`.
    pub(crate) fn del_attr(&mut self, value: &Value, name: &str) -> R<()> {
        if let Value::Instance(instance) = value
            && let Some(method) = instance.class.lookup("__delattr__")
        {
            let args = vec![value.clone(), Value::from(name)];
            return self.call(&method, crate::Args::positional(args)).map(drop);
        }
        if let Value::Instance(instance) = value
            && let Some(found) = instance.class.lookup(name)
        {
            if let Some(property) = found.downcast_ref::<Property>() {
                let delete = property.delete.clone();
                if delete.is_none() {
                    let kind = self.type_name(value);
                    return Err(self.raise(
                        "AttributeError",
                        format!("property '{name}' of '{kind}' object has no deleter"),
                    ));
                }
                return self
                    .call(&delete, crate::Args::positional(vec![value.clone()]))
                    .map(drop);
            }
            if matches!(&found, Value::Instance(it) if it.class.lookup("__delete__").is_some()) {
                return Err(self.unreadable("deleting this attribute is not modelled"));
            }
        }
        if let Value::Class(class) = value
            && crate::modules::enum_::has_member(class, name)
        {
            let text = format!("'{}' cannot delete member '{name}'.", class.name);
            return Err(self.raise("AttributeError", text));
        }
        if let Value::Instance(instance) = value
            && instance.frozen.get()
        {
            let class = crate::modules::dataclasses::frozen_error(self);
            let text = format!("cannot delete field '{name}'");
            return Err(self.raise_class(&class, vec![Value::from(text)]));
        }
        let removed = match value {
            Value::Unknown(_) | Value::Opaque(_) => {
                self.need_known(value, "the object whose attribute is deleted")?;
                return Ok(());
            }
            Value::Module(module) => module.vars.borrow_mut().shift_remove(name),
            Value::Class(class) => class.attrs.borrow_mut().shift_remove(name),
            Value::Instance(instance) => instance.remove(name),
            Value::Function(function) => function.attrs.borrow_mut().shift_remove(name),
            _ => None,
        };
        match removed {
            Some(_) => Ok(()),
            None => Err(self.no_attribute(value, name)),
        }
    }

    /// True when `value` is an exception of the builtin class `name`.
    #[must_use]
    pub fn is_exception(&self, value: &Value, name: &str) -> bool {
        match value {
            Value::Instance(instance) => instance.class.is_subclass(&self.types().exception(name)),
            _ => false,
        }
    }
}

/// False for a name that `__slots__` leaves no room for.
fn has_room(class: &Rc<Class>, name: &str) -> bool {
    let mut slotted = false;
    for class in class.mro() {
        if class.location.is_none() {
            // `object` adds no room, other classes of Python's own may.
            if &*class.name == "object" {
                continue;
            }
            return true;
        }
        let slots = class.attrs.borrow().get("__slots__").cloned();
        let Some(slots) = slots else {
            return true;
        };
        slotted = true;
        let listed = |items: &[Value]| {
            items.iter().any(|item| {
                item.as_str()
                    .is_none_or(|slot| &*slot == name || &*slot == "__dict__")
            })
        };
        let has = match &slots {
            Value::Str(slot) => &**slot == name,
            Value::Tuple(items) => listed(items),
            Value::List(items) => listed(&items.borrow()),
            _ => true,
        };
        if has {
            return true;
        }
    }
    !slotted
}

/// True if the exceptions of a class of Python's own have an attribute of that name.
fn has_data(class: &Rc<Class>, name: &str) -> bool {
    if &*class.module != "builtins" {
        return true;
    }
    class.mro().any(|class| {
        let names: &[&str] = match &*class.name {
            "OSError" => &[
                "errno",
                "strerror",
                "filename",
                "filename2",
                "characters_written",
            ],
            "UnicodeError" => &["encoding", "object", "start", "end", "reason"],
            "AttributeError" => &["name", "obj"],
            "NameError" => &["name"],
            "ImportError" => &["name", "path", "msg"],
            "SyntaxError" => &["msg", "filename", "lineno", "offset", "text"],
            "BaseExceptionGroup" => &["exceptions", "message"],
            _ => &[],
        };
        names.contains(&name)
    })
}

/// Special names that objects of Python's own may have although they are not modelled.
pub(super) fn is_special(name: &str) -> bool {
    name.starts_with("__")
        && name.ends_with("__")
        && !matches!(
            name,
            "__html__"
                | "__json__"
                | "__clause_element__"
                | "__table__"
                | "__tablename__"
                | "__table_args__"
                | "__version__"
                | "__file__"
                | "__path__"
                | "__all__"
                | "__wrapped__"
                | "__enter__"
                | "__exit__"
                | "__aenter__"
                | "__aexit__"
                | "__iter__"
                | "__next__"
                | "__await__"
                | "__call__"
                | "__getitem__"
                | "__len__"
                | "__contains__"
                | "__fspath__"
                | "__index__"
                | "__set_name__"
                | "__get__"
                | "__set__"
                | "__delete__"
        )
}

pub(crate) fn bound_method(receiver: &Value, name: &str) -> Value {
    Value::Bound(Rc::new(Bound {
        receiver: receiver.clone(),
        target: BoundTarget::Method(Str::from(name)),
    }))
}

pub(crate) fn bound_callable(receiver: &Value, callable: &Value) -> Value {
    Value::Bound(Rc::new(Bound {
        receiver: receiver.clone(),
        target: BoundTarget::Callable(callable.clone()),
    }))
}

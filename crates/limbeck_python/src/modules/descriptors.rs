//! `property`, `staticmethod`, `classmethod`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// `staticmethod(function)`.
#[derive(Debug)]
pub(crate) struct StaticMethod(pub(crate) Value);

/// `classmethod(function)`.
#[derive(Debug)]
pub(crate) struct ClassMethod(pub(crate) Value);

/// `property(fget, fset, fdel)`.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) get: Value,
    pub(crate) set: Value,
    pub(crate) delete: Value,
}

impl NativeObject for StaticMethod {
    fn type_name(&self) -> String {
        "staticmethod".to_owned()
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        ev.call(&self.0, args).map(Some)
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match name {
            "__func__" | "__wrapped__" => Ok(Some(self.0.clone())),
            _ => ev.get_attr_opt(&self.0, name),
        }
    }

    fn descr_get(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        _instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        Ok(Some(self.0.clone()))
    }
}

impl NativeObject for ClassMethod {
    fn type_name(&self) -> String {
        "classmethod".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match name {
            "__func__" | "__wrapped__" => Ok(Some(self.0.clone())),
            _ => ev.get_attr_opt(&self.0, name),
        }
    }

    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        _instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        ev.bind_to(&self.0, Value::Class(Rc::clone(owner)))
            .map(Some)
    }
}

impl NativeObject for Property {
    fn type_name(&self) -> String {
        "property".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["getter", "setter", "deleter"]
    }

    fn call_method(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let function = args.get(0).cloned().unwrap_or(Value::None);
        let (mut get, mut set, mut delete) =
            (self.get.clone(), self.set.clone(), self.delete.clone());
        match name {
            "getter" => get = function,
            "setter" => set = function,
            _ => delete = function,
        }
        Ok(Some(Value::object(Property { get, set, delete })))
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match name {
            "fget" => Ok(Some(self.get.clone())),
            "fset" => Ok(Some(self.set.clone())),
            "fdel" => Ok(Some(self.delete.clone())),
            "__doc__" => ev.get_attr_opt(&self.get, name),
            _ => Ok(None),
        }
    }

    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        let Some(instance) = instance else {
            return Ok(None);
        };
        if self.get.is_none() {
            return Err(ev.raise("AttributeError", "property has no getter"));
        }
        ev.call(&self.get, Args::positional(vec![instance.clone()]))
            .map(Some)
    }

    fn descr_set(self: Rc<Self>, ev: &mut Interp<'_>, instance: &Value, value: &Value) -> R<bool> {
        if self.set.is_none() {
            let kind = ev.type_name(instance);
            let name = match &self.get {
                Value::Function(function) => function.name.to_string(),
                _ => "?".to_owned(),
            };
            return Err(ev.raise(
                "AttributeError",
                format!("property '{name}' of '{kind}' object has no setter"),
            ));
        }
        ev.call(
            &self.set,
            Args::positional(vec![instance.clone(), value.clone()]),
        )?;
        Ok(true)
    }
}

/// A native function that is bound as a method when it is read through an instance, as a function
/// written in Python is.
#[derive(Debug)]
pub(crate) struct NativeMethod(pub(crate) Value);

impl NativeObject for NativeMethod {
    fn type_name(&self) -> String {
        "function".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        match name {
            "__name__" | "__qualname__" => ev.get_attr_opt(&self.0, name),
            _ => Ok(None),
        }
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(self: Rc<Self>, ev: &mut Interp<'_>, args: Args) -> R<Option<Value>> {
        ev.call(&self.0, args).map(Some)
    }

    fn descr_get(
        self: Rc<Self>,
        _ev: &mut Interp<'_>,
        instance: Option<&Value>,
        _owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        Ok(Some(match instance {
            Some(this) => crate::eval::bound_callable(this, &self.0),
            None => self.0.clone(),
        }))
    }
}

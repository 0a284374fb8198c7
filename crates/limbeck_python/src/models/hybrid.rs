//! `@hybrid_property`: a property of objects, and an expression of their class.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// `hybrid_property(fget, fset=None, fdel=None, expr=None)`
#[derive(Clone)]
struct Hybrid {
    get: Value,
    set: Value,
    expression: Value,
}

/// `hybrid_property`
pub(crate) fn function() -> Value {
    Value::native("hybrid_property", |ev, args| {
        let mut args = args.bind(
            ev,
            "hybrid_property",
            "fget,fset=,fdel=,expr=,custom_comparator=,update_expr=",
        )?;
        Ok(Value::object(Hybrid {
            get: args.take_or_none("fget"),
            set: args.take_or_none("fset"),
            expression: args.take_or_none("expr"),
        }))
    })
}

impl NativeObject for Hybrid {
    fn type_name(&self) -> String {
        "hybrid_property".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let made = |make: fn(Hybrid, Value) -> Hybrid| {
            let this = (*self).clone();
            Value::native("hybrid_property", move |_ev, args| {
                let function = args.get(0).cloned().unwrap_or(Value::None);
                Ok(Value::object(make(this.clone(), function)))
            })
        };
        Ok(match name {
            "getter" => Some(made(|it, get| Hybrid { get, ..it })),
            "setter" => Some(made(|it, set| Hybrid { set, ..it })),
            "expression" => Some(made(|it, expression| Hybrid { expression, ..it })),
            // `@x.inplace.expression` gives the function back and changes the property itself.
            "inplace" | "comparator" | "update_expression" | "deleter" => {
                Some(ev.foreign(format!("`hybrid_property.{name}` is not modelled")))
            }
            _ => None,
        })
    }

    fn descr_get(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        instance: Option<&Value>,
        owner: &Rc<Class>,
    ) -> R<Option<Value>> {
        let (function, this) = match instance {
            Some(instance) => (&self.get, instance.clone()),
            None if self.expression.is_none() => (&self.get, Value::Class(Rc::clone(owner))),
            None => (&self.expression, Value::Class(Rc::clone(owner))),
        };
        let function = match function.downcast_ref::<crate::modules::descriptors::ClassMethod>() {
            Some(method) => method.0.clone(),
            None => function.clone(),
        };
        ev.call(&function, Args::positional(vec![this])).map(Some)
    }

    fn descr_set(self: Rc<Self>, ev: &mut Interp<'_>, instance: &Value, value: &Value) -> R<bool> {
        if self.set.is_none() {
            return Err(ev.raise("AttributeError", "can't set attribute"));
        }
        let args = Args::positional(vec![instance.clone(), value.clone()]);
        ev.call(&self.set, args)?;
        Ok(true)
    }
}

//! Operations of a project: `@Operations.register_operation("name")` and `@Operations.implementation_for(Class)`.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::alchemy::registry::alchemy;
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, NativeObject, Value};

/// What a project has registered, in one world.
#[derive(Default)]
struct Registered {
    /// Directives: the class, and the name of its class method.
    directives: RefCell<BTreeMap<String, (Value, String)>>,
    /// Implementations, the last one first.
    implementations: RefCell<Vec<(Rc<Class>, Value)>>,
}

fn registered(ev: &Interp<'_>) -> Rc<Registered> {
    Rc::clone(ev.world()).extension("alembic.operations", Registered::default)
}

/// `Operations.…` and `BatchOperations.…` as class attributes.
pub(crate) fn class_attr(ev: &mut Interp<'_>, class: &Rc<Class>, name: &str) -> R<Option<Value>> {
    let is_batch = class.is_subclass(&alchemy(ev).class("BatchOperations"));
    Ok(Some(match name {
        "register_operation" => Value::native(name, move |ev, args| register(ev, args, is_batch)),
        "implementation_for" => Value::native(name, implementation_for),
        _ => ev.foreign(format!("`{}.{name}` is not modelled", class.name)),
    }))
}

/// `Operations.register_operation(name, sourcename=None)`
fn register(ev: &mut Interp<'_>, args: Args, is_batch: bool) -> R {
    let mut args = args.bind(ev, "register_operation", "name,sourcename=")?;
    let name = args.take_or_none("name");
    let name = crate::alchemy::convert::text(ev, &name, "the name of an operation")?.to_string();
    let source = args.take_or_none("sourcename");
    let source = crate::alchemy::convert::opt_text(ev, &source, "`sourcename`")?;
    let source = source.unwrap_or_else(|| name.clone());
    Ok(Value::native("register", move |ev, args| {
        let mut args = args.bind(ev, "register", "op_cls")?;
        let class = args.take_or_none("op_cls");
        // What a batch does with an operation of its own is not modelled: it has no such directive.
        if !is_batch {
            let registered = registered(ev);
            let entry = (class.clone(), source.clone());
            registered
                .directives
                .borrow_mut()
                .insert(name.clone(), entry);
        }
        Ok(class)
    }))
}

/// `Operations.implementation_for(op_cls, replace=False)`
fn implementation_for(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "implementation_for", "op_cls,replace=")?;
    let class = args.take_or_none("op_cls");
    Ok(Value::native("decorate", move |ev, args| {
        let mut args = args.bind(ev, "decorate", "fn")?;
        let function = args.take_or_none("fn");
        if let Value::Class(class) = &class {
            let registered = registered(ev);
            let entry = (Rc::clone(class), function.clone());
            registered.implementations.borrow_mut().insert(0, entry);
        }
        Ok(function)
    }))
}

/// A directive that the project registered.
pub(crate) fn directive(ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
    let registered = registered(ev);
    let mut found = registered.directives.borrow().get(name).cloned();
    if found.is_none() {
        // The module that registers it may be imported and not be read yet.
        ev.read_imports()?;
        found = registered.directives.borrow().get(name).cloned();
    }
    let Some((class, source)) = found else {
        return Ok(None);
    };
    Ok(Some(Value::native(name, move |ev, mut args| {
        let function = ev.get_attr(&class, &source)?;
        args.positional.insert(0, Value::object(OperationsObj));
        ev.call(&function, args)
    })))
}

/// `operations.invoke(operation)`
pub(crate) fn invoke(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "invoke", "operation")?;
    let operation = args.take_or_none("operation");
    ev.need_known(&operation, "the operation")?;
    let implementation = match &operation {
        Value::Instance(instance) => {
            let registered = registered(ev);
            let implementations = registered.implementations.borrow();
            let mut bases = instance.class.mro();
            bases.find_map(|base| {
                let mut all = implementations.iter();
                all.find(|(class, _)| Rc::ptr_eq(class, base))
                    .map(|(_, function)| function.clone())
            })
        }
        _ => None,
    };
    let Some(implementation) = implementation else {
        let found = ev.type_name(&operation);
        return Err(ev.unreadable(format!("what invoking a `{found}` does is not modelled")));
    };
    let operations = Value::object(OperationsObj);
    ev.call(
        &implementation,
        Args::positional(vec![operations, operation]),
    )
}

/// `operations`, as implementations get it: what `alembic.op` is to scripts.
struct OperationsObj;

impl NativeObject for OperationsObj {
    fn type_name(&self) -> String {
        "Operations".to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        alchemy(ev).find_class("Operations")
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        crate::alchemy::op::module_attr(ev, name)
    }
}

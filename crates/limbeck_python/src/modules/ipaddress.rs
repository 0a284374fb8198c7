//! `ipaddress`: its classes, as the types of fields.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Class, ClassHooks, Module, Value};

/// An address is made, but not read.
struct AddressHooks;

impl ClassHooks for AddressHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        class: &Rc<Class>,
        _args: Args,
    ) -> R<Result<Value, Args>> {
        Ok(Ok(ev.unknown(format!(
            "`ipaddress.{}` is not modelled",
            class.name
        ))))
    }

    fn is_partial(&self) -> bool {
        true
    }
}

/// `ipaddress`
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = |name: &str, bases: Vec<Rc<Class>>| {
        Class::native(name, "ipaddress", bases, Some(Rc::new(AddressHooks)))
    };
    let mut names = Vec::new();
    for version in ["IPv4", "IPv6"] {
        let address = class(&format!("{version}Address"), Vec::new());
        let network = class(&format!("{version}Network"), Vec::new());
        let interface = class(&format!("{version}Interface"), vec![Rc::clone(&address)]);
        for class in [address, network, interface] {
            names.push((class.name.to_string(), Value::Class(class)));
        }
    }
    let names = names
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()));
    Ok(Module::native("ipaddress", names))
}

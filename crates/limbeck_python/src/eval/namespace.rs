//! Names as a dictionary: `globals()`, `locals()` and `vars()`. What is put into such a dictionary is put into the names;
//! what names have become is put into the dictionaries that a program holds after each statement.

use std::cell::RefCell;
use std::rc::Rc;

use super::Interp;
use super::scope::{Scope, ScopeKind};
use crate::flow::R;
use crate::value::{Dict, Module, Str, Value, Vars};

/// A dictionary that a program was given for names.
pub(super) struct Namespace {
    dict: Rc<RefCell<Dict>>,
    vars: Vars,
}

impl Namespace {
    fn refresh(&self) {
        if let Ok(mut dict) = self.dict.try_borrow_mut() {
            dict.refresh(self.vars.borrow().iter());
        }
    }
}

impl Interp<'_> {
    /// The dictionary of names, the same one as long as the program holds it.
    fn namespace(&mut self, vars: &Vars) -> Value {
        let known = self
            .namespaces
            .iter()
            .find(|known| Rc::ptr_eq(&known.vars, vars));
        let dict = match known {
            Some(known) => Rc::clone(&known.dict),
            None => {
                let dict = Rc::new(RefCell::new(Dict::of_attrs(vars)));
                self.namespaces.push(Namespace {
                    dict: Rc::clone(&dict),
                    vars: Rc::clone(vars),
                });
                dict
            }
        };
        self.namespaces.iter().for_each(Namespace::refresh);
        Value::Dict(dict)
    }

    /// Tells the dictionaries of names what a statement has done to the names.
    pub(super) fn refresh_namespaces(&mut self) {
        self.namespaces
            .retain(|namespace| Rc::strong_count(&namespace.dict) > 1);
        self.namespaces.iter().for_each(Namespace::refresh);
    }

    /// `globals()`.
    pub(crate) fn globals(&mut self) -> R {
        let Some(module) = self
            .frames
            .last()
            .map(|frame| Rc::clone(&frame.scope.module))
        else {
            return Ok(self.unknown("`globals()` outside of a module is not modelled"));
        };
        self.names_of_module(&module)
    }

    fn names_of_module(&mut self, module: &Rc<Module>) -> R {
        if module.vars.borrow().contains_key("*") {
            return Ok(self.unknown("names of a module that is not read are among the globals"));
        }
        self.read_imports_of(module)?;
        if !module.vars.borrow().contains_key("__name__") {
            module.set("__name__", Value::Str(Str::clone(&module.name)));
        }
        Ok(self.namespace(&module.vars))
    }

    /// `locals()`, and `vars()` of nothing.
    pub(crate) fn locals(&mut self) -> R {
        let Some(scope) = self.frames.last().map(|frame| Rc::clone(&frame.scope)) else {
            return Ok(self.unknown("`locals()` outside of a module is not modelled"));
        };
        match scope.kind {
            ScopeKind::Module => self.names_of_module(&scope.module),
            ScopeKind::Class => Ok(self.namespace(&scope.vars)),
            ScopeKind::Function | ScopeKind::Comprehension => {
                if encloses(&scope) {
                    return Ok(
                        self.unknown("`locals()` of a function in a function is not modelled")
                    );
                }
                // What is done to this dictionary changes no variable.
                let vars = scope.vars.borrow();
                let held = vars
                    .iter()
                    .map(|(name, value)| (Str::clone(name), value.clone()));
                Ok(Value::dict(Dict::from_pairs(held.collect::<Vec<_>>())))
            }
        }
    }
}

/// True for a function whose dictionary of names also has those that it uses of the functions around it.
fn encloses(scope: &Rc<Scope>) -> bool {
    let mut around = scope.parent.clone();
    while let Some(current) = around {
        if matches!(current.kind, ScopeKind::Function | ScopeKind::Comprehension) {
            return true;
        }
        around = current.parent.clone();
    }
    false
}

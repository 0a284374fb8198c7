//! Scopes and name lookup.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use indexmap::IndexMap;

use super::Interp;
use super::code::Unit;
use super::names::Names;
use crate::flow::R;
use crate::value::{Module, Str, Value, Vars};

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Function,
    Class,
    Comprehension,
}

/// A scope of names.
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) vars: Vars,
    pub(crate) names: Rc<Names>,
    pub(crate) parent: Option<Rc<Scope>>,
    pub(crate) module: Rc<Module>,
    pub(crate) unit: Rc<Unit>,
    /// Qualified-name prefix for what is defined inside.
    pub(crate) qualname: Str,
    /// The class that a method belongs to and its first argument, for `super()`.
    pub(crate) method_of: RefCell<Option<(Rc<crate::value::Class>, Value)>>,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scope({:?} {})", self.kind, self.qualname)
    }
}

impl Scope {
    pub(crate) fn of_module(module: &Rc<Module>, unit: &Rc<Unit>) -> Rc<Scope> {
        Rc::new(Scope {
            kind: ScopeKind::Module,
            vars: Rc::clone(&module.vars),
            names: Rc::new(Names::default()),
            parent: None,
            module: Rc::clone(module),
            unit: Rc::clone(unit),
            qualname: Str::from(""),
            method_of: RefCell::new(None),
        })
    }

    pub(crate) fn child(
        parent: &Rc<Scope>,
        kind: ScopeKind,
        names: &Rc<Names>,
        unit: &Rc<Unit>,
        qualname: Str,
    ) -> Rc<Scope> {
        Rc::new(Scope {
            kind,
            vars: Rc::new(RefCell::new(IndexMap::new())),
            names: Rc::clone(names),
            parent: Some(Rc::clone(parent)),
            module: Rc::clone(&parent.module),
            unit: Rc::clone(unit),
            qualname,
            method_of: RefCell::new(None),
        })
    }

    /// The scope that a name assigned here lives in.
    fn target(self: &Rc<Scope>, name: &str) -> Option<Rc<Scope>> {
        if self.kind != ScopeKind::Module {
            if self.names.globals.contains(name) {
                return None;
            }
            if self.names.nonlocals.contains(name) {
                let mut scope = self.parent.clone();
                while let Some(current) = scope {
                    if current.kind == ScopeKind::Function && current.names.locals.contains(name) {
                        return Some(current);
                    }
                    scope = current.parent.clone();
                }
            }
        }
        Some(Rc::clone(self))
    }

    pub(crate) fn assign(self: &Rc<Scope>, name: &str, value: Value) {
        match self.target(name) {
            Some(scope) => set(&scope.vars, name, value),
            None => set(&self.module.vars, name, value),
        }
    }

    /// Assigns as `:=` does: past comprehension scopes.
    pub(crate) fn assign_walrus(self: &Rc<Scope>, name: &str, value: Value) {
        let mut scope = Rc::clone(self);
        while scope.kind == ScopeKind::Comprehension {
            match &scope.parent {
                Some(parent) => scope = Rc::clone(parent),
                None => break,
            }
        }
        scope.assign(name, value);
    }

    pub(crate) fn delete(self: &Rc<Scope>, name: &str) -> bool {
        match self.target(name) {
            Some(scope) => scope.vars.borrow_mut().shift_remove(name).is_some(),
            None => self.module.vars.borrow_mut().shift_remove(name).is_some(),
        }
    }
}

fn set(vars: &Vars, name: &str, value: Value) {
    let mut vars = vars.borrow_mut();
    match vars.get_mut(name) {
        Some(slot) => {
            let old = std::mem::replace(slot, value);
            drop(vars);
            drop(old);
        }
        None => {
            vars.insert(Str::from(name), value);
        }
    }
}

impl Interp<'_> {
    /// Reads a name.
    pub(crate) fn lookup_name(&mut self, scope: &Rc<Scope>, name: &str) -> R {
        let mut current = Rc::clone(scope);
        let mut first = true;
        loop {
            match current.kind {
                ScopeKind::Module => break,
                ScopeKind::Class => {
                    // A class body sees its own names; functions inside do not.
                    if first && let Some(value) = current.vars.borrow().get(name) {
                        return Ok(value.clone());
                    }
                    if first && current.names.globals.contains(name) {
                        break;
                    }
                }
                ScopeKind::Function | ScopeKind::Comprehension => {
                    if current.names.globals.contains(name) {
                        break;
                    }
                    if current.names.locals.contains(name)
                        && !current.names.nonlocals.contains(name)
                    {
                        if let Some(value) = current.vars.borrow().get(name) {
                            return Ok(value.clone());
                        }
                        return Err(if first {
                            self.raise(
                                "UnboundLocalError",
                                format!(
                                    "cannot access local variable '{name}' where it is not associated with a value"
                                ),
                            )
                        } else {
                            self.raise(
                                "NameError",
                                format!(
                                    "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
                                ),
                            )
                        });
                    }
                }
            }
            // The innermost comprehension of a class body does not see the class's names either.
            first = false;
            let parent = current.parent.clone();
            match parent {
                Some(parent) => current = parent,
                None => break,
            }
        }
        if let Some(value) = self.global(&scope.module, name)? {
            return Ok(value);
        }
        if let Some(value) = self.world().builtins.vars.borrow().get(name) {
            return Ok(value.clone());
        }
        let module = Rc::clone(&scope.module);
        if let Some(value) = self.starred(&module, name)? {
            return Ok(value);
        }
        if let Some(value) = scope.module.vars.borrow().get("*")
            && value.is_unknown()
        {
            // A star import that could not be read may have brought the name.
            return Ok(value.clone());
        }
        match name {
            "__name__" => return Ok(Value::Str(Rc::clone(&scope.module.name))),
            "__builtins__" | "__spec__" | "__loader__" => {
                return Ok(self.unknown(format!("`{name}` is not modelled")));
            }
            _ => {}
        }
        Err(self.raise("NameError", format!("name '{name}' is not defined")))
    }
}

//! Evaluating a file for the calls it makes, as `env.py` is: what cannot be read may be skipped, as long
//! as it cannot have made such a call.

use std::rc::Rc;

use limbeck_diag::{Error, ErrorKind};
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use super::import::LazyImport;
use super::scope::Scope;
use super::{Interp, World};
use crate::flow::{Flow, R};
use crate::script::Script;
use crate::value::{Module, Str, Value};

impl World {
    /// The value of an environment variable; reading it is noted.
    pub(crate) fn find_env(&self, name: &str, is_case_sensitive: bool) -> Option<String> {
        if is_case_sensitive {
            return self.record_env_read(name);
        }
        let exact = self.record_env_read(name);
        let found = || {
            let vars = self.env_vars().borrow();
            let found = vars.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            found.map(|(key, _)| key.clone())
        };
        exact.or_else(|| found().and_then(|name| self.record_env_read(&name)))
    }
}

impl Interp<'_> {
    /// Puts a module in the place of a modelled one.
    pub(crate) fn replace_module(&mut self, name: &str, module: &Rc<Module>) -> R<()> {
        let value = Value::Module(Rc::clone(module));
        if let Some((parent_name, last)) = name.rsplit_once('.') {
            let parent = match self.import(parent_name)? {
                Value::Module(parent) => parent,
                _ => {
                    let parent = Module::native(parent_name, []);
                    self.replace_module(parent_name, &parent)?;
                    parent
                }
            };
            parent.set(last, value.clone());
        }
        self.world()
            .modules
            .borrow_mut()
            .insert(name.to_owned(), value);
        Ok(())
    }

    /// Sets names of a modelled module, making it if it is not modelled.
    pub(crate) fn extend_module(&mut self, name: &str, names: &[(&str, &Value)]) -> R<()> {
        let module = match self.import(name)? {
            Value::Module(module) => module,
            _ => {
                let module = Module::native(name, []);
                self.replace_module(name, &module)?;
                module
            }
        };
        for (name, value) in names {
            module.set(name, (*value).clone());
        }
        Ok(())
    }

    /// True when a statement that could not be read cannot have called what is listened to: it is skipped,
    /// and what it would have bound is unknown.
    pub(super) fn may_be_skipped(&mut self, scope: &Rc<Scope>, stmt: &Stmt, error: &Error) -> bool {
        if !self.listens || error.kind != ErrorKind::Unreadable {
            return false;
        }
        let mentions = Mentions::of(stmt);
        !mentions.leaves
            && !mentions
                .names
                .iter()
                .any(|name| match self.lookup_name(scope, name) {
                    Ok(Value::Module(module)) => &*module.name == "alembic.context",
                    Ok(Value::Function(function)) => is_listened(&function.module),
                    // A modelled object may be the configuration, an engine or a connection.
                    Ok(Value::Object(object)) => !object.as_any().is::<LazyImport>(),
                    _ => false,
                })
    }
}

/// True for the module that is evaluated for its calls.
fn is_listened(module: &Module) -> bool {
    module.get(LISTENED).is_some()
}

const LISTENED: &str = " listened";

impl Script {
    /// Executes a module for the calls it makes. Unlike [`Script::load`] nothing is skipped that could
    /// have made one. With `lazy_imports`, project modules are read when a name from them is used.
    pub(crate) fn load_listening(
        &self,
        ev: &mut Interp<'_>,
        lazy_imports: bool,
        globals: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<Rc<Module>, Error> {
        let name = self
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let module = ev.new_module(&format!("{name}_py"), Some(self.path.clone()), false);
        module.set(LISTENED, Value::None);
        for (name, value) in globals {
            module.set(name, value);
        }
        let was = std::mem::replace(&mut ev.listens, true);
        let lazy = std::mem::replace(&mut ev.lazy_imports, lazy_imports);
        let result = ev.exec_module_with(&module, &self.parsed, |ev, scope, body| {
            for stmt in body {
                if !(ev.lazy_imports && ev.bind_lazily(scope, stmt)?) {
                    ev.exec_block(scope, std::slice::from_ref(stmt))?;
                }
            }
            Ok(())
        });
        ev.lazy_imports = lazy;
        ev.listens = was;
        match result {
            Ok(()) => Ok(module),
            Err(flow) => Err(ev.flow_to_error(flow)),
        }
    }

    /// Executes a module that starts with some global names.
    pub(crate) fn load_with(
        &self,
        ev: &mut Interp<'_>,
        globals: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Rc<Module>, Error> {
        let module = ev.new_module("template", Some(self.path.clone()), false);
        for (name, value) in globals {
            module.set(&name, value);
        }
        match ev.exec_module(&module, &self.parsed) {
            Ok(()) => Ok(module),
            Err(flow) => Err(ev.flow_to_error(flow)),
        }
    }
}

/// What a statement mentions.
#[derive(Default)]
struct Mentions {
    names: Vec<Str>,
    /// It may return, raise, or go on elsewhere.
    leaves: bool,
}

impl Mentions {
    fn of(stmt: &Stmt) -> Mentions {
        let mut mentions = Mentions::default();
        mentions.visit_stmt(stmt);
        mentions
    }
}

impl<'ast> Visitor<'ast> for Mentions {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        match stmt {
            // A definition runs nothing of its body.
            Stmt::FunctionDef(_) => return,
            Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => {
                self.leaves = true
            }
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        if let Expr::Name(name) = expr {
            self.names.push(Str::from(name.id.as_str()));
        }
        walk_expr(self, expr);
    }
}

/// Used where a failure is skipped.
pub(super) fn fatal(flow: Flow) -> Result<Box<Error>, Flow> {
    match flow {
        Flow::Fatal(error) => Ok(error),
        raised @ Flow::Raise(_) => Err(raised),
    }
}

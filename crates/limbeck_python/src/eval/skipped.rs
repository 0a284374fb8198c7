//! Statements of models that were given up, and whether they may have made tables.

use std::collections::BTreeSet;
use std::rc::Rc;

use limbeck_diag::Error;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt};

use super::code::Body;
use super::scope::Scope;
use super::{Interp, World};
use crate::alchemy::metadata::MetaDataObj;
use crate::alchemy::registry::alchemy;
use crate::alchemy::table::TableObj;
use crate::value::{Function, Value};

/// Attributes that only things have which tables are made with.
const WORDS: [&str; 12] = [
    "Table",
    "MetaData",
    "Index",
    "UniqueConstraint",
    "CheckConstraint",
    "ForeignKeyConstraint",
    "append_column",
    "append_constraint",
    "map_imperatively",
    "automap_base",
    "metadata",
    "__table__",
];

/// How many functions are looked into.
const MAX_FUNCTIONS: usize = 200;

/// Names in a piece of code, and whether it defines classes or says a word of [`WORDS`].
#[derive(Default)]
struct Mentions {
    names: BTreeSet<String>,
    makes_tables: bool,
}

impl<'ast> Visitor<'ast> for Mentions {
    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        if let Stmt::ClassDef(_) = stmt {
            self.makes_tables = true;
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Name(name) => {
                self.names.insert(name.id.to_string());
            }
            Expr::Attribute(attribute) => {
                self.makes_tables |= WORDS.contains(&attribute.attr.as_str());
            }
            Expr::Lambda(_) => return,
            _ => {}
        }
        walk_expr(self, expr);
    }
}

impl World {
    /// Statements of modules that were given up although they may have made or changed a table.
    pub(crate) fn skipped(&self) -> Vec<Error> {
        self.skipped.borrow().clone()
    }

    /// Notes a class that may have a table, and of which none is known.
    pub(crate) fn note_skipped_class(&self, error: Error) {
        self.skipped.borrow_mut().push(error);
    }
}

impl Interp<'_> {
    /// Notes a module-level statement that was given up.
    pub(super) fn note_skipped(&mut self, scope: &Rc<Scope>, stmt: &Stmt, error: &Error) {
        if self.may_make_tables(scope, stmt) {
            self.world().skipped.borrow_mut().push(error.clone());
        }
    }

    /// True when a statement may make or change a table: it defines a class, or names something that tables are made
    /// with, itself or in a function that it names.
    fn may_make_tables(&mut self, scope: &Rc<Scope>, stmt: &Stmt) -> bool {
        let mut mentions = Mentions::default();
        mentions.visit_stmt(stmt);
        if mentions.makes_tables {
            return true;
        }
        let mut seen: Vec<Rc<Function>> = Vec::new();
        let mut todo: Vec<Rc<Function>> = Vec::new();
        for name in &mentions.names {
            let Ok(value) = self.lookup_name(scope, name) else {
                continue;
            };
            if self.makes_tables(&value, true) {
                return true;
            }
            todo.extend(function_of(&value));
        }
        while let Some(function) = todo.pop() {
            if seen.iter().any(|known| Rc::ptr_eq(known, &function)) {
                continue;
            }
            if seen.len() >= MAX_FUNCTIONS {
                return true;
            }
            let mut mentions = Mentions::default();
            match &function.code.body {
                Body::Block(block) => block.iter().for_each(|stmt| mentions.visit_stmt(stmt)),
                Body::Expr(expr) => mentions.visit_expr(expr),
            }
            if mentions.makes_tables {
                return true;
            }
            for name in &mentions.names {
                let Ok(value) = self.lookup_name(&function.closure, name) else {
                    continue;
                };
                if self.makes_tables(&value, false) {
                    return true;
                }
                todo.extend(function_of(&value));
            }
            seen.push(function);
        }
        false
    }

    /// True for what tables are made with; a mapped class or a table only where it is named directly.
    fn makes_tables(&self, value: &Value, directly: bool) -> bool {
        match value {
            Value::Class(class) => {
                let models = alchemy(self);
                let is_item = ["Table", "MetaData", "Constraint", "Index", "Column"]
                    .iter()
                    .any(|key| class.is_subclass(&models.class(key)));
                is_item || (directly && class.lookup("__table__").is_some())
            }
            Value::Object(_) => {
                value.downcast_ref::<MetaDataObj>().is_some()
                    || (directly && value.downcast_ref::<TableObj>().is_some())
            }
            _ => false,
        }
    }
}

fn function_of(value: &Value) -> Option<Rc<Function>> {
    match value {
        Value::Function(function) => Some(Rc::clone(function)),
        _ => None,
    }
}

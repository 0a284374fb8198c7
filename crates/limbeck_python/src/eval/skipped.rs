//! Statements of models that were given up, and whether they may have made tables.

use std::collections::BTreeSet;
use std::rc::Rc;

use limbeck_diag::Error;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};

use super::code::{BodyText, Code};
use super::scope::Scope;
use super::{Interp, World};
use crate::alchemy::registry::alchemy;
use crate::alchemy::schema::metadata::MetaDataObj;
use crate::alchemy::schema::table::TableObj;
use crate::args::Args;
use crate::models::declarative::REGISTRY;
use crate::models::registry::Registry;
use crate::modules::typing::SpecialForm;
use crate::value::{Class, Function, Module, Unknown, Value};

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

impl Mentions {
    fn visit_body(&mut self, code: &Code) {
        match code.body() {
            Some(BodyText::Block(block)) => block.iter().for_each(|stmt| self.visit_stmt(stmt)),
            Some(BodyText::Expr(expr)) => self.visit_expr(expr),
            // It may do anything.
            None => self.makes_tables = true,
        }
    }
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

/// True for what tables are in, or are put into.
pub(super) fn holds_tables(value: &Value) -> bool {
    value.downcast_ref::<MetaDataObj>().is_some()
        || value.downcast_ref::<Registry>().is_some()
        || value
            .downcast_ref::<TableObj>()
            .is_some_and(|table| !table.is_light)
}

/// The same unknown, whose call may change tables.
pub(super) fn changes_tables(unknown: &Value) -> Value {
    match unknown {
        Value::Unknown(unknown) => {
            let mut unknown = (**unknown).clone();
            unknown.changes_tables = true;
            Value::Unknown(Rc::new(unknown))
        }
        other => other.clone(),
    }
}

impl World {
    /// Statements of modules that were given up although they may have made or changed a table.
    pub(crate) fn skipped(&self) -> Vec<Error> {
        self.skipped.borrow().clone()
    }

    /// True for a module that has to do with SQLAlchemy.
    fn speaks_of_sqlalchemy(&self, module: &Module) -> bool {
        let read = |file| self.sources.read(file).unwrap_or_default();
        *module.speaks.get_or_init(|| {
            let text = module.file.as_deref().map(read).unwrap_or_default();
            text.contains("sqlalchemy") || text.contains("sqlmodel")
        })
    }

    /// Notes a class that may have a table, and of which none is known.
    pub(crate) fn note_skipped_class(&self, error: Error) {
        self.skipped.borrow_mut().push(error);
    }
}

impl Interp<'_> {
    /// Notes a call of code that is not read, if it may make or change tables: it is a part of a table, or is handed what
    /// tables are put into.
    pub(super) fn note_unread_call(&mut self, callee: &Unknown, args: &Args) {
        let is_base = |class: &Rc<Class>| {
            let attrs = class.attrs.borrow();
            attrs.contains_key(REGISTRY) && !attrs.contains_key("__table__")
        };
        let is_handed_tables = args.values().any(|value| match value {
            Value::Class(class) => is_base(class),
            other => {
                other.downcast_ref::<MetaDataObj>().is_some()
                    || other.downcast_ref::<Registry>().is_some()
            }
        });
        if callee.changes_tables || is_handed_tables {
            let what = "a call that may make or change tables";
            let error = callee.error(what, self.location());
            self.world().skipped.borrow_mut().push(error);
        }
    }

    /// Notes a module-level statement that was given up.
    pub(super) fn note_skipped(&mut self, scope: &Rc<Scope>, stmt: &Stmt, error: &Error) {
        if self.is_of_other_package(&scope.module) {
            return;
        }
        let mut mentions = Mentions::default();
        let may = match stmt {
            Stmt::ClassDef(def) => match self.plain_class(scope, def, &mut mentions) {
                Some(functions) => {
                    self.may_make_tables(scope, &mentions)
                        || functions
                            .iter()
                            .any(|function| self.function_may_make_tables(function))
                }
                None => true,
            },
            _ => {
                mentions.visit_stmt(stmt);
                self.may_make_tables(scope, &mentions)
            }
        };
        if may {
            self.world().skipped.borrow_mut().push(error.clone());
        }
    }

    fn function_may_make_tables(&mut self, function: &Function) -> bool {
        let mut mentions = Mentions::default();
        mentions.visit_body(&function.code);
        let scope = Rc::clone(&function.closure);
        self.may_make_tables(&scope, &mentions)
    }

    /// Notes an installed module that could not be read to its end, if it has to do with SQLAlchemy.
    pub(super) fn note_unread_module(&mut self, module: &Module, unknown: &Value) {
        if let Value::Unknown(unknown) = unknown
            && !self.is_of_other_package(module)
        {
            let error = unknown.error("a module that may make tables", self.location());
            self.world().skipped.borrow_mut().push(error);
        }
    }

    /// True for a module of an installed package none of whose modules that have been loaded speaks of SQLAlchemy.
    fn is_of_other_package(&self, module: &Module) -> bool {
        let Some(file) = &module.file else {
            return false;
        };
        if !self.is_installed(file) {
            return false;
        }
        let top = module.name.split('.').next().unwrap_or_default();
        let world = self.world();
        if world.speaks_of_sqlalchemy(module) {
            return false;
        }
        let modules = world.modules.borrow();
        // In order of names, which begin with the package's; those of another may stand between them.
        let mut others = modules
            .range(top.to_owned()..)
            .take_while(|(name, _)| name.starts_with(top))
            .filter(|(name, _)| name.split('.').next() == Some(top))
            .filter_map(|(_, value)| match value {
                Value::Module(module) => Some(module),
                _ => None,
            });
        !others.any(|module| world.speaks_of_sqlalchemy(module))
    }

    /// Notes expressions that are not evaluated because something is unknown, if they may make or change tables.
    pub(super) fn note_skipped_exprs<'e>(
        &mut self,
        unknown: &Value,
        exprs: impl IntoIterator<Item = &'e Expr>,
        what: &str,
    ) {
        let Some(scope) = self.frames.last().map(|frame| Rc::clone(&frame.scope)) else {
            return;
        };
        let mut mentions = Mentions::default();
        for expr in exprs {
            mentions.visit_expr(expr);
        }
        if let Value::Unknown(unknown) = unknown
            && !self.is_of_other_package(&scope.module)
            && self.may_make_tables(&scope, &mentions)
        {
            let error = unknown.error(what, self.location());
            self.world().skipped.borrow_mut().push(error);
        }
    }

    /// Notes a call whose arguments are not all known, if what is called may make or change tables.
    pub(super) fn note_unread_arguments(&mut self, callee: &Value, unknown: &Value) {
        let may = match callee {
            Value::Function(function) => {
                let mut mentions = Mentions::default();
                mentions.visit_body(&function.code);
                let scope = Rc::clone(&function.closure);
                self.may_make_tables(&scope, &mentions)
            }
            other => self.makes_tables(other, true),
        };
        if let Value::Unknown(unknown) = unknown
            && may
        {
            let error = unknown.error("the arguments of a call", self.location());
            self.world().skipped.borrow_mut().push(error);
        }
    }

    /// Notes an argument of a constraint or an index that is unknown: which table it belongs to is, too.
    pub(crate) fn note_unread_item(&mut self, unknown: &Value, what: &str) {
        if let Value::Unknown(unknown) = unknown
            && !self.is_running()
        {
            let error = unknown.error(what, self.location());
            self.world().skipped.borrow_mut().push(error);
        }
    }

    /// True when a statement may make or change a table: it defines a class, or names something that tables are made
    /// with, itself or in a function that it names.
    fn may_make_tables(&mut self, scope: &Rc<Scope>, mentions: &Mentions) -> bool {
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
            mentions.visit_body(&function.code);
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

    /// What a class statement mentions that surely makes no mapped class, and the functions of its metaclass; none where it
    /// may make one.
    fn plain_class(
        &mut self,
        scope: &Rc<Scope>,
        def: &StmtClassDef,
        mentions: &mut Mentions,
    ) -> Option<Vec<Rc<Function>>> {
        let mut functions = Vec::new();
        for base in def.bases() {
            let class = self.class_named(scope, base)?;
            if !class.is_none_or(|class| self.is_plain(&class)) {
                return None;
            }
        }
        for keyword in def.keywords() {
            if keyword
                .arg
                .as_ref()
                .map(ruff_python_ast::Identifier::as_str)
                != Some("metaclass")
            {
                return None;
            }
            let class = self.class_named(scope, &keyword.value)??;
            if !self.is_plain(&class) {
                return None;
            }
            functions.extend(class.attrs.borrow().values().filter_map(function_of));
        }
        for decorator in &def.decorator_list {
            mentions.visit_expr(&decorator.expression);
        }
        for stmt in &def.body {
            match stmt {
                Stmt::ClassDef(inner) => {
                    functions.extend(self.plain_class(scope, inner, mentions)?);
                }
                // The body of a method is executed when it is called.
                Stmt::FunctionDef(method) => {
                    for decorator in &method.decorator_list {
                        mentions.visit_expr(&decorator.expression);
                    }
                    mentions.visit_parameters(&method.parameters);
                }
                other => mentions.visit_stmt(other),
            }
        }
        Some(functions)
    }

    /// The class that an expression without calls names; `Some(None)` for a special form of `typing`, nothing where it is not
    /// known.
    fn class_named(&mut self, scope: &Rc<Scope>, expr: &Expr) -> Option<Option<Rc<Class>>> {
        match expr {
            Expr::Name(name) => match self.lookup_name(scope, &name.id).ok()? {
                Value::Class(class) => Some(Some(class)),
                value => value.downcast_ref::<SpecialForm>().map(|_| None),
            },
            Expr::Attribute(attribute) => {
                let Expr::Name(name) = &*attribute.value else {
                    return None;
                };
                let owner = self.lookup_name(scope, &name.id).ok()?;
                match self.get_attr_opt(&owner, &attribute.attr).ok()?? {
                    Value::Class(class) => Some(Some(class)),
                    value => value.downcast_ref::<SpecialForm>().map(|_| None),
                }
            }
            Expr::Subscript(subscript) => self.class_named(scope, &subscript.value),
            _ => None,
        }
    }

    /// True for a class that nothing mapped derives from.
    fn is_plain(&self, class: &Rc<Class>) -> bool {
        let orm = crate::models::orm::classes(self);
        let is_declarative = class.mro().any(|base| {
            base.attrs.borrow().contains_key(REGISTRY)
                || Rc::ptr_eq(base, &orm.meta_base)
                || orm.roots.iter().any(|root| Rc::ptr_eq(root, base))
        });
        !is_declarative && class.find_unknown_base().is_none()
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

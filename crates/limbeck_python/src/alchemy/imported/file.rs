//! What a file does to SQLAlchemy and Alembic when it is imported, found in its syntax.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use limbeck_diag::Location;
use limbeck_schema::CompiledType;
use ruff_python_ast::{Decorator, Expr, ExprCall, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange};

use super::patch::{self, Listens};
use super::reach::{Reach, reach_of};
use super::{Effect, effects};
use crate::alchemy::sql::compiles::{self, Compiler};
use crate::eval::Interp;
use crate::parse::{Parsed, span_of};
use crate::value::Value;

/// A file, and what imports it.
pub(super) struct Origin {
    pub(super) file: Option<PathBuf>,
    /// Its dotted name; empty for env.py and scripts, which are no modules.
    pub(super) module: String,
    pub(super) is_package: bool,
    /// True for env.py and what it imports: that is done before a connection is made.
    pub(super) is_env: bool,
}

impl Origin {
    /// env.py or a script.
    pub(super) fn root(path: &Path, is_env: bool) -> Origin {
        Origin {
            file: Some(path.to_owned()),
            module: String::new(),
            is_package: false,
            is_env,
        }
    }

    /// The absolute name of a module that an import statement names.
    pub(super) fn absolute(&self, level: usize, name: &str) -> Option<String> {
        if level == 0 {
            return Some(name.to_owned());
        }
        let mut package: Vec<&str> = self.module.split('.').collect();
        for _ in 0..level - usize::from(self.is_package) {
            package.pop()?;
        }
        // Above the outermost package there is nothing to import from.
        if package.is_empty() {
            return None;
        }
        package.extend((!name.is_empty()).then_some(name));
        Some(package.join("."))
    }
}

/// What has been found in all files.
#[derive(Default)]
pub(super) struct Found {
    effects: Vec<Effect>,
    compilers: Vec<Compiler>,
    /// Modules with listeners of every engine.
    connecting: BTreeSet<String>,
    /// Files that speak of a naming convention.
    pub(super) conventions: BTreeSet<PathBuf>,
}

impl Found {
    /// Puts it in force; gives the modules whose listeners must be registered before env.py connects.
    pub(super) fn keep(self, ev: &Interp<'_>) -> Vec<String> {
        let kept = effects(ev.world());
        kept.changes.borrow_mut().extend(self.effects);
        kept.conventions.borrow_mut().extend(self.conventions);
        for compiler in self.compilers {
            compiles::register(ev.world(), compiler);
        }
        let connecting = self.connecting.into_iter();
        connecting
            .filter(|name| ev.world().module(name).is_none())
            .collect()
    }
}

/// Reads a file; gives the modules that it imports.
pub(super) fn read_file(
    ev: &mut Interp<'_>,
    origin: &Origin,
    parsed: &Parsed,
    found: &mut Found,
) -> Vec<String> {
    let mut reader = Reader {
        ev,
        origin,
        parsed,
        found,
        imports: Vec::new(),
        names: BTreeMap::new(),
        functions: BTreeMap::new(),
        called: BTreeSet::new(),
    };
    let body = &parsed.module().body;
    if body.iter().all(is_ordinary) {
        return ordinary_imports(body, origin);
    }
    reader.bind(body);
    reader.block(body);
    reader.imports
}

/// True for the statements that most scripts consist of: they change nothing, and import at most.
fn is_ordinary(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) => true,
        Stmt::FunctionDef(def) => def.decorator_list.is_empty(),
        Stmt::Assign(assign) => {
            assign.targets.iter().all(Expr::is_name_expr) && !assign.value.is_call_expr()
        }
        Stmt::AnnAssign(assign) => assign.target.is_name_expr(),
        Stmt::Expr(expr) => expr.value.is_string_literal_expr(),
        _ => false,
    }
}

/// The modules that ordinary statements import, without those that are modelled.
fn ordinary_imports(body: &[Stmt], origin: &Origin) -> Vec<String> {
    let mut imports = Vec::new();
    let is_modelled = |name: &str| crate::modules::owns(name.split('.').next().unwrap_or(name));
    for stmt in body {
        match stmt {
            Stmt::Import(import) => {
                let names = import.names.iter().map(|it| it.name.as_str());
                imports.extend(names.filter(|it| !is_modelled(it)).map(str::to_owned));
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map_or("", |it| it.as_str());
                let level = usize::try_from(import.level).unwrap_or_default();
                if level == 0 && is_modelled(module) {
                    continue;
                }
                if let Some(module) = origin.absolute(level, module) {
                    let names = import.names.iter().map(|it| it.name.as_str());
                    let names = names.filter(|it| *it != "*");
                    imports.extend(names.map(|it| format!("{module}.{it}")));
                    imports.push(module);
                }
            }
            _ => {}
        }
    }
    imports
}

/// Where a name of the file comes from.
#[derive(Clone)]
enum Name {
    /// An absolute dotted name.
    Imported(String),
    /// A class or a function of the file.
    Defined,
}

/// What an expression names.
pub(super) enum Named {
    /// The absolute dotted name of something imported.
    Imported(String),
    /// A class or a function of the file itself.
    Defined,
    /// An attribute of a variable, such as `db.DateTime`: the last name.
    Attribute(String),
    /// Something that is not known.
    Unknown,
}

impl Named {
    /// The last part of the name.
    pub(super) fn last(&self) -> &str {
        match self {
            Named::Imported(name) => name.rsplit('.').next().unwrap_or(name),
            Named::Attribute(name) => name,
            Named::Defined | Named::Unknown => "",
        }
    }

    /// The dotted name, if it is one of SQLAlchemy's or Alembic's.
    pub(super) fn in_alchemy(&self) -> Option<&str> {
        match self {
            Named::Imported(name) => {
                let top = name.split('.').next().unwrap_or(name);
                let is_sqlmodels_types = name.starts_with("sqlmodel.sql.");
                (matches!(top, "sqlalchemy" | "alembic") || is_sqlmodels_types).then_some(name)
            }
            _ => None,
        }
    }
}

struct Reader<'r, 'h> {
    ev: &'r mut Interp<'h>,
    origin: &'r Origin,
    parsed: &'r Parsed,
    found: &'r mut Found,
    imports: Vec<String>,
    names: BTreeMap<&'r str, Name>,
    functions: BTreeMap<&'r str, &'r StmtFunctionDef>,
    /// Functions of the file that are called while it is imported.
    called: BTreeSet<&'r str>,
}

impl<'r> Reader<'r, '_> {
    /// Learns what the names of a block are.
    fn bind(&mut self, block: &'r [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::Import(import) => {
                    for alias in &import.names {
                        let name = alias.name.as_str();
                        self.imports.push(name.to_owned());
                        let (bound, meant) = match &alias.asname {
                            Some(bound) => (bound.as_str(), name),
                            None => {
                                let top = name.split('.').next().unwrap_or(name);
                                (top, top)
                            }
                        };
                        self.names.insert(bound, Name::Imported(meant.to_owned()));
                    }
                }
                Stmt::ImportFrom(import) => {
                    let module = import.module.as_ref().map_or("", |it| it.as_str());
                    let level = usize::try_from(import.level).unwrap_or_default();
                    let Some(module) = self.origin.absolute(level, module) else {
                        continue;
                    };
                    self.imports.push(module.clone());
                    for alias in &import.names {
                        let name = alias.name.as_str();
                        if name == "*" {
                            continue;
                        }
                        let meant = format!("{module}.{name}");
                        self.imports.push(meant.clone());
                        let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                        self.names.insert(bound, Name::Imported(meant));
                    }
                }
                Stmt::FunctionDef(def) => {
                    self.names.insert(def.name.as_str(), Name::Defined);
                    self.functions.insert(def.name.as_str(), def);
                }
                Stmt::ClassDef(def) => {
                    self.names.insert(def.name.as_str(), Name::Defined);
                }
                other => {
                    for block in blocks_of(other) {
                        self.bind(block);
                    }
                }
            }
        }
    }

    /// Looks at what is executed when the file is imported.
    fn block(&mut self, block: &'r [Stmt]) {
        for stmt in block {
            match stmt {
                Stmt::FunctionDef(def) => self.decorators(&def.decorator_list, Some(def)),
                Stmt::ClassDef(def) => {
                    self.decorators(&def.decorator_list, None);
                    self.class(def);
                    self.block(&def.body);
                }
                Stmt::Assign(assign) => {
                    for target in &assign.targets {
                        self.patched(target, Some(&assign.value));
                    }
                    self.value(&assign.value);
                }
                Stmt::AnnAssign(assign) => {
                    self.patched(&assign.target, assign.value.as_deref());
                }
                Stmt::AugAssign(assign) => self.patched(&assign.target, None),
                Stmt::Delete(delete) => {
                    for target in &delete.targets {
                        self.patched(target, None);
                    }
                }
                Stmt::Expr(expr) => self.value(&expr.value),
                other => {
                    for block in blocks_of(other) {
                        self.block(block);
                    }
                }
            }
        }
    }

    fn value(&mut self, value: &'r Expr) {
        let Expr::Call(call) = value else { return };
        match &*call.func {
            // `compiles(X, "sqlite")(function)`
            Expr::Call(inner) => {
                let function = call.arguments.args.first().and_then(|it| match it {
                    Expr::Name(name) => self.functions.get(name.id.as_str()).copied(),
                    _ => None,
                });
                self.decorator(inner, function);
            }
            Expr::Name(name) => {
                if let Some(function) = self.functions.get(name.id.as_str()).copied()
                    && self.called.insert(function.name.as_str())
                {
                    self.bind(&function.body);
                    self.block(&function.body);
                } else if name.id.as_str() == "setattr" {
                    self.set_attribute(call);
                } else {
                    self.call(call);
                }
            }
            _ => self.call(call),
        }
    }

    fn decorators(&mut self, decorators: &'r [Decorator], function: Option<&'r StmtFunctionDef>) {
        for decorator in decorators {
            if let Expr::Call(call) = &decorator.expression {
                self.decorator(call, function);
            }
        }
    }

    fn named(&self, expr: &Expr) -> Named {
        match expr {
            Expr::Name(name) => match self.names.get(name.id.as_str()) {
                Some(Name::Imported(name)) => Named::Imported(name.clone()),
                Some(Name::Defined) => Named::Defined,
                None => Named::Unknown,
            },
            Expr::Attribute(attribute) => match self.named(&attribute.value) {
                Named::Imported(name) => Named::Imported(format!("{name}.{}", attribute.attr)),
                Named::Defined => Named::Defined,
                Named::Attribute(_) | Named::Unknown => {
                    Named::Attribute(attribute.attr.to_string())
                }
            },
            _ => Named::Unknown,
        }
    }

    fn location(&self, range: TextRange) -> Option<Location> {
        Some(Location::new(self.parsed.file().clone(), span_of(range)))
    }

    pub(super) fn effect(
        &mut self,
        what: String,
        reach: Reach,
        dialects: Vec<String>,
        range: TextRange,
    ) {
        let location = self.location(range);
        self.found.effects.push(Effect {
            what,
            reach,
            dialects,
            class: None,
            location,
        });
    }

    /// A call that gives a decorator.
    fn decorator(&mut self, call: &'r ExprCall, function: Option<&'r StmtFunctionDef>) {
        let func = self.named(&call.func);
        let args = &call.arguments.args;
        match func.last() {
            "compiles" => self.compiler(call, function),
            "listens_for" => self.listener(call),
            "implementation_for" => {
                if let Some(of) = args.first()
                    && let Some(name) = self.named(of).in_alchemy()
                {
                    let last = name.rsplit('.').next().unwrap_or(name);
                    let reach = reach_of(last).unwrap_or(Reach::Everything);
                    let what = format!("an implementation of `{last}`");
                    self.effect(what, reach, Vec::new(), call.range());
                }
            }
            "register_operation" => {
                let name = args.first().and_then(|it| it.as_string_literal_expr());
                let name = name.map(|it| it.value.to_str().to_owned());
                if let Some(name) = name.filter(|it| crate::alchemy::op::is_directive(it)) {
                    let what = format!("an operation registered as `{name}`");
                    self.effect(what, Reach::Everything, Vec::new(), call.range());
                }
            }
            "dispatch_for" if func.in_alchemy().is_some() => {
                // Operations of the project's own are written by nothing else.
                let is_own = args.first().is_some_and(|it| {
                    let named = self.named(it);
                    named.in_alchemy().is_none() && !matches!(named, Named::Unknown)
                });
                if !is_own {
                    let what = "a comparison or a text of autogenerate of its own".to_owned();
                    self.effect(what, Reach::Comparison, Vec::new(), call.range());
                }
            }
            _ => {}
        }
    }

    /// `compiles(class_, *dialects)`
    fn compiler(&mut self, call: &'r ExprCall, function: Option<&'r StmtFunctionDef>) {
        let Some((class, dialects)) = call.arguments.args.split_first() else {
            return;
        };
        let dialects: Option<Vec<String>> = dialects
            .iter()
            .map(|it| Some(it.as_string_literal_expr()?.value.to_str().to_owned()))
            .collect();
        // A dialect that is no literal may be any.
        let dialects = dialects.unwrap_or_default();
        let named = self.named(class);
        let location = self.location(call.range());
        let written = function.and_then(|it| compiles::written(&it.body));
        let hands_on = function.is_some_and(|it| compiles::hands_on(&it.body));
        let mut compiler = Compiler {
            class: None,
            name: named.last().to_owned(),
            function: None,
            dialects,
            written,
            hands_on,
            location,
        };
        match &named {
            // The class is known where it is used.
            Named::Defined => return,
            Named::Unknown => {
                let what = "a compiler of a class that is not known".to_owned();
                return self.effect(what, Reach::Everything, compiler.dialects, call.range());
            }
            Named::Attribute(_) => {}
            Named::Imported(_) => {
                if let Some(name) = named.in_alchemy() {
                    match value_of(self.ev, name) {
                        Some(Value::Class(class)) => compiler.class = Some(class),
                        Some(value) => {
                            compiler.function = crate::alchemy::sql::functions::name(&value);
                        }
                        None => {}
                    }
                    let last = compiler.name.clone();
                    let is_known = compiler.class.is_some() || compiler.function.is_some();
                    if !is_known && reach_of(&last).is_none() {
                        let what = format!("a compiler of `{last}`");
                        let dialects = compiler.dialects;
                        return self.effect(what, Reach::Everything, dialects, call.range());
                    }
                }
            }
        }
        self.found.compilers.push(compiler);
    }

    /// `listen(target, identifier, fn, …)`, `listens_for(target, identifier, …)`
    fn listener(&mut self, call: &'r ExprCall) {
        let argument = |at: usize, name: &str| {
            let keyword = || call.arguments.find_keyword(name).map(|it| &it.value);
            call.arguments.args.get(at).or_else(keyword)
        };
        let (Some(target), Some(event)) = (argument(0, "target"), argument(1, "identifier")) else {
            return;
        };
        let named = self.named(target);
        let is_alchemys = named.in_alchemy().is_some() || matches!(named, Named::Attribute(_));
        if !is_alchemys {
            return;
        }
        let event = event
            .as_string_literal_expr()
            .map(|it| it.value.to_str().to_owned());
        let changes = call
            .arguments
            .find_keyword("retval")
            .is_some_and(|it| !matches!(&it.value, Expr::BooleanLiteral(it) if !it.value));
        let listens = patch::listens(named.last(), event.as_deref(), changes);
        let what = || {
            let event = event.as_deref().unwrap_or("?");
            format!("a listener of the event `{event}` of `{}`", named.last())
        };
        match listens {
            Listens::ToNothing => {}
            Listens::ToConnections if self.origin.is_env => {
                if !self.origin.module.is_empty() {
                    self.found.connecting.insert(self.origin.module.clone());
                }
            }
            // A connection is made before scripts are imported.
            Listens::ToConnections => {}
            Listens::To(reach) => self.effect(what(), reach, Vec::new(), call.range()),
        }
    }

    /// A call of something of SQLAlchemy's or Alembic's.
    fn call(&mut self, call: &'r ExprCall) {
        let func = self.named(&call.func);
        match func.last() {
            "listen" => self.listener(call),
            "register" if func.in_alchemy().is_some() => {
                let name = call.arguments.args.first();
                let name = name.and_then(|it| it.as_string_literal_expr());
                let name = name.map_or("", |it| it.value.to_str());
                let dialect = name.split('.').next().unwrap_or_default();
                if patch::DIALECTS.contains(&dialect) {
                    let what = format!("a dialect registered as `{name}`");
                    let dialects = vec![dialect.to_owned()];
                    self.effect(what, Reach::Everything, dialects, call.range());
                }
            }
            "update" | "setdefault" | "append" | "extend" | "insert" | "pop" | "remove" => {
                if let Some(name) = func.in_alchemy() {
                    let path = name
                        .rsplit_once('.')
                        .map_or(name, |(path, _)| path)
                        .to_owned();
                    // `sqlalchemy.update()` is a function.
                    if path.contains('.') {
                        self.patch(&path, None, None, call.range());
                    }
                }
            }
            _ => {}
        }
    }

    /// `setattr(object, name, value)`
    fn set_attribute(&mut self, call: &'r ExprCall) {
        let [object, name, value, ..] = &*call.arguments.args else {
            return;
        };
        let named = self.named(object);
        if let Some(path) = named.in_alchemy() {
            let name = name.as_string_literal_expr();
            let name = name.map_or("?", |it| it.value.to_str());
            let path = format!("{path}.{name}");
            self.patch(&path, None, Some(value), call.range());
        }
    }

    /// A target of an assignment.
    fn patched(&mut self, target: &'r Expr, value: Option<&'r Expr>) {
        let (named, key) = match target {
            Expr::Attribute(_) => (self.named(target), None),
            Expr::Subscript(subscript) => {
                let key = subscript.slice.as_string_literal_expr();
                let key = key.map_or("?", |it| it.value.to_str());
                (self.named(&subscript.value), Some(key))
            }
            Expr::Tuple(tuple) => {
                for target in &tuple.elts {
                    self.patched(target, None);
                }
                return;
            }
            _ => return,
        };
        if let Some(path) = named.in_alchemy() {
            let path = path.to_owned();
            self.patch(&path, key, value, target.range());
        }
    }

    /// Something of SQLAlchemy's or Alembic's is replaced.
    fn patch(&mut self, path: &str, key: Option<&str>, value: Option<&'r Expr>, range: TextRange) {
        let dialects = patch::dialects_of(path);
        if let Some(visit) = patch::visited_type(path) {
            let written = self.visitor(value);
            let location = self.location(range);
            let mut names = vec![visit.to_owned()];
            if visit.chars().any(char::is_lowercase) {
                names = patch::classes_of(visit);
            }
            self.found
                .compilers
                .extend(names.into_iter().map(|name| Compiler {
                    class: None,
                    name,
                    function: None,
                    dialects: dialects.clone(),
                    written: written.clone(),
                    hands_on: false,
                    location: location.clone(),
                }));
            return;
        }
        if let Some(reach) = patch::reach_of_path(path, key) {
            let what = format!("an assignment to `{path}`");
            self.effect(what, reach, dialects, range);
        }
    }

    /// What a function writes that takes the place of a visitor of types.
    fn visitor(&self, value: Option<&Expr>) -> Option<CompiledType> {
        match value? {
            Expr::Name(name) => {
                let function = self.functions.get(name.id.as_str())?;
                compiles::written(&function.body)
            }
            Expr::Lambda(lambda) => compiles::written_value(&lambda.body),
            // `Compiler.visit_JSONB = Compiler.visit_JSON`
            Expr::Attribute(attribute) => {
                let visit = attribute.attr.as_str().strip_prefix("visit_")?;
                Some(CompiledType::Visit(visit.to_owned()))
            }
            _ => None,
        }
    }

    /// A class of an implementation takes the place of Alembic's for its dialect.
    fn class(&mut self, def: &'r StmtClassDef) {
        let mut dialect = None;
        let mut overridden: Vec<&str> = Vec::new();
        for stmt in &def.body {
            let (name, value) = match stmt {
                Stmt::Assign(assign) => match &*assign.targets {
                    [Expr::Name(name)] => (name.id.as_str(), Some(&*assign.value)),
                    _ => ("?", None),
                },
                Stmt::AnnAssign(assign) => match &*assign.target {
                    Expr::Name(name) => (name.id.as_str(), assign.value.as_deref()),
                    _ => ("?", None),
                },
                Stmt::FunctionDef(method) => (method.name.as_str(), None),
                Stmt::Pass(_) | Stmt::Expr(_) => continue,
                _ => ("?", None),
            };
            if name == "__dialect__" {
                dialect = value.and_then(|it| it.as_string_literal_expr());
            } else {
                overridden.push(name);
            }
        }
        let Some(dialect) = dialect.map(|it| it.value.to_str().to_owned()) else {
            return;
        };
        let bases: Vec<Named> = def.bases().iter().map(|it| self.named(it)).collect();
        let reach = patch::reach_of_impl(&dialect, &bases, &overridden);
        if let Some(reach) = reach {
            let what = format!("the implementation `{}` of `{dialect}`", def.name);
            self.effect(what, reach, vec![dialect], def.name.range());
        }
    }
}

/// The blocks of a statement that are executed when a file is imported.
fn blocks_of(stmt: &Stmt) -> Vec<&[Stmt]> {
    match stmt {
        Stmt::If(stmt) => {
            let is_skipped = |test: &Expr| match test {
                Expr::Name(name) => name.id.as_str() == "TYPE_CHECKING",
                Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
                // `if __name__ == "__main__"`
                Expr::Compare(compare) => {
                    matches!(&*compare.left, Expr::Name(name) if name.id.as_str() == "__name__")
                }
                _ => false,
            };
            let mut blocks = Vec::new();
            if !is_skipped(&stmt.test) {
                blocks.push(&*stmt.body);
            }
            blocks.extend(stmt.elif_else_clauses.iter().map(|it| &*it.body));
            blocks
        }
        Stmt::Try(stmt) => {
            let mut blocks = vec![&*stmt.body, &*stmt.orelse, &*stmt.finalbody];
            blocks.extend(stmt.handlers.iter().map(|it| {
                let ruff_python_ast::ExceptHandler::ExceptHandler(it) = it;
                &*it.body
            }));
            blocks
        }
        Stmt::With(stmt) => vec![&*stmt.body],
        Stmt::For(stmt) => vec![&*stmt.body, &*stmt.orelse],
        Stmt::While(stmt) => vec![&*stmt.body, &*stmt.orelse],
        Stmt::Match(stmt) => stmt.cases.iter().map(|it| &*it.body).collect(),
        _ => Vec::new(),
    }
}

/// What a dotted name of SQLAlchemy's or Alembic's stands for, if it is modelled.
fn value_of(ev: &mut Interp<'_>, name: &str) -> Option<Value> {
    let (module, last) = name.rsplit_once('.')?;
    let value = match ev.import(module) {
        Ok(module @ Value::Module(_)) => ev.import_name(&module, last).ok()?,
        // An attribute of a name: `functions.now`
        _ => {
            let owner = value_of(ev, module)?;
            ev.get_attr_opt(&owner, last).ok()??
        }
    };
    (!value.is_unknown()).then_some(value)
}

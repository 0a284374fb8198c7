//! Imports: modelled modules, and modules of the project read from source.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use indexmap::IndexMap;
use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt, StmtImport, StmtImportFrom};

use super::scope::Scope;
use super::{Frame, Interp, Mode};
use crate::flow::{Flow, R};
use crate::parse::{Parsed, parse_module};
use crate::value::{Module, NativeObject, Str, Value};

/// A name that an import statement has bound but whose module has not been read yet.
#[derive(Debug)]
pub(crate) struct LazyImport {
    /// Absolute name of the module.
    pub(crate) module: String,
    /// The name imported from it; none for the module itself.
    pub(crate) name: Option<String>,
}

impl NativeObject for LazyImport {
    fn type_name(&self) -> String {
        "module".to_owned()
    }
}

/// Begins the variable of a module that names a modelled module whose names were all imported.
const STAR: &str = "* ";

/// True where a folder has a compiled module of that name, such as `name.abi3.so`.
pub(super) fn is_compiled(files: &[String], name: &str) -> bool {
    files.iter().any(|file| {
        let rest = file.strip_prefix(name).and_then(|it| it.strip_prefix('.'));
        rest.is_some_and(|rest| {
            [".so", ".pyd"].iter().any(|end| file.ends_with(end)) && !rest.contains('/')
        })
    })
}

/// Where a module's source is.
struct Found {
    file: Option<PathBuf>,
    is_package: bool,
    dirs: Vec<PathBuf>,
}

impl Interp<'_> {
    /// Imports a module by its absolute dotted name, and its packages before it. A module that is
    /// neither modelled nor found is unknown.
    pub fn import(&mut self, name: &str) -> R {
        let known = self.world().modules.borrow().get(name).cloned();
        if let Some(module) = known {
            return Ok(module);
        }
        let parent = match name.rsplit_once('.') {
            Some((parent, _)) => {
                let module = self.import(parent)?;
                if module.is_unknown() {
                    return Ok(module);
                }
                let known = self.world().modules.borrow().get(name).cloned();
                if let Some(module) = known {
                    return Ok(module);
                }
                Some(module)
            }
            None => None,
        };
        let module = self.load(name, parent.as_ref())?;
        self.world()
            .modules
            .borrow_mut()
            .insert(name.to_owned(), module.clone());
        if let (Some(Value::Module(parent)), Some((_, last))) = (&parent, name.rsplit_once('.'))
            && !module.is_unknown()
        {
            parent.set(last, module.clone());
        }
        Ok(module)
    }

    fn load(&mut self, name: &str, parent: Option<&Value>) -> R {
        if let Some(builder) = crate::modules::builder(name) {
            return builder(self).map(Value::Module);
        }
        let top = name.split('.').next().unwrap_or(name);
        let model = crate::alchemy::model_of(top).filter(|model| model.yields);
        if model.is_some()
            && let Some(found) = self.find_source(name, parent)
        {
            return self.load_source(name, &found);
        }
        if let Some(model) = crate::alchemy::model_of(name) {
            return self.load_model(name, model);
        }
        if crate::modules::owns(top) {
            if let (Some(Value::Module(parent)), Some((_, last))) = (parent, name.rsplit_once('.'))
                && let Some(found @ Value::Module(_)) = parent.get(last)
            {
                return Ok(found);
            }
            return Ok(self.foreign(format!("module `{name}` is not modelled")));
        }
        match self.find_source(name, parent) {
            Some(found) => self.load_source(name, &found),
            None => Ok(self.foreign(format!(
                "module `{name}` is neither modelled nor found in the project or its environment"
            ))),
        }
    }

    fn is_installed_module(&mut self, module: &Rc<Module>) -> bool {
        let folder = match (&module.file, module.get("__path__")) {
            (Some(file), _) => Some(file.clone()),
            (None, Some(path)) => {
                let first = self.iterate(&path).ok().and_then(|it| it.first()?.as_str());
                first.map(|path| PathBuf::from(&*path))
            }
            (None, None) => None,
        };
        folder.is_some_and(|folder| self.is_installed(&folder))
    }

    /// A module of a package of the project.
    pub(crate) fn submodule(&mut self, package: &Rc<Module>, name: &str) -> R<Option<Value>> {
        let parent = Value::Module(Rc::clone(package));
        let full_name = format!("{}.{name}", package.name);
        if package.get("__path__").is_none()
            || self.find_source(&full_name, Some(&parent)).is_none()
        {
            return Ok(None);
        }
        self.import(&full_name).map(Some)
    }

    /// A module modelled in Python, or another name of one.
    fn load_model(&mut self, name: &str, model: &'static crate::alchemy::Model) -> R {
        if name != model.name {
            return self.import(model.name);
        }
        let parsed = match parse_module(&crate::alchemy::model_file(name), model.text) {
            Ok(parsed) => parsed,
            Err(error) => return Err(crate::flow::Flow::fatal(error)),
        };
        let module = Module::native(name, []);
        module.set("__name__", Value::from(name));
        self.exec_module(&module, &parsed)?;
        Ok(Value::Module(module))
    }

    fn find_source(&mut self, name: &str, parent: Option<&Value>) -> Option<Found> {
        let last = name.rsplit_once('.').map_or(name, |(_, last)| last);
        let dirs: Vec<PathBuf> = match parent {
            Some(Value::Module(parent)) => {
                let path = parent.get("__path__")?;
                self.iterate(&path)
                    .ok()?
                    .iter()
                    .filter_map(Value::as_str)
                    .map(|dir| PathBuf::from(&*dir))
                    .collect()
            }
            _ => {
                let installed = self.world().inputs().installed.clone();
                self.search_path().into_iter().chain(installed).collect()
            }
        };
        let sources = Rc::clone(self.world().sources());
        let mut namespace = Vec::new();
        for dir in dirs {
            let package = dir.join(last);
            let init = package.join("__init__.py");
            if sources.is_file(&init) {
                return Some(Found {
                    file: Some(init),
                    is_package: true,
                    dirs: vec![package],
                });
            }
            let file = dir.join(format!("{last}.py"));
            if sources.is_file(&file) {
                return Some(Found {
                    file: Some(file),
                    is_package: false,
                    dirs: Vec::new(),
                });
            }
            // Compiled code cannot be read, whatever lies beside it.
            if sources.is_dir(&package) && is_compiled(&sources.list(&dir), last) {
                return None;
            }
            if sources.is_dir(&package) {
                namespace.push(package);
            }
        }
        (!namespace.is_empty()).then_some(Found {
            file: None,
            is_package: true,
            dirs: namespace,
        })
    }

    /// The folders of `sys.path` before those of installed packages.
    pub(super) fn search_path(&mut self) -> Vec<PathBuf> {
        let path = self.world().sys_path().clone();
        let cwd = self.world().inputs().cwd.clone();
        let dirs = self.iterate(&path).unwrap_or_default();
        dirs.iter()
            .filter_map(Value::as_str)
            .map(|dir| cwd.join(&*dir))
            .collect()
    }

    /// The folders that modules are found in, in order, and whether they are those of installed packages.
    pub(crate) fn import_path(&mut self) -> Vec<(PathBuf, bool)> {
        let own = self.search_path().into_iter().map(|folder| (folder, false));
        let mut folders: Vec<(PathBuf, bool)> = own.collect();
        let installed = self.world().inputs().installed.iter();
        folders.extend(installed.map(|folder| (folder.clone(), true)));
        folders
    }

    fn load_source(&mut self, name: &str, found: &Found) -> R {
        let Some(file) = &found.file else {
            let module = self.new_module(name, None, true);
            module.set("__path__", path_list(&found.dirs));
            module.finished.set(true);
            return Ok(Value::Module(module));
        };
        let known = self.world().parsed.borrow().get(file.as_os_str()).cloned();
        let parsed = match known {
            Some(parsed) => parsed,
            None => {
                let Some(text) = self.world().sources().read(file) else {
                    return Ok(self.foreign(format!(
                        "module `{name}` cannot be read from {}",
                        file.display()
                    )));
                };
                let parsed = match parse_module(&file.to_string_lossy(), &text) {
                    Ok(parsed) => parsed,
                    Err(error) => {
                        return Err(self.raise("SyntaxError", error.diagnostic.message.clone()));
                    }
                };
                let mut files = self.world().parsed.borrow_mut();
                files.insert(file.clone().into_os_string(), parsed.clone());
                parsed
            }
        };
        let module = self.new_module(name, Some(file.clone()), found.is_package);
        if found.is_package {
            module.set("__path__", path_list(&found.dirs));
        }
        self.world()
            .modules
            .borrow_mut()
            .insert(name.to_owned(), Value::Module(Rc::clone(&module)));
        match self.exec_module(&module, &parsed) {
            Ok(()) => Ok(Value::Module(module)),
            Err(flow) => {
                self.world().modules.borrow_mut().remove(name);
                match flow {
                    // More likely this reader's fault than the package's. So is an exception of the project's own, unlike a
                    // missing variable or module: what decides whether it is raised may have been left out.
                    Flow::Raise(raised)
                        if self.is_installed(file) || is_of_own_class(&raised.value) =>
                    {
                        let text = self.exception_text(&raised.value);
                        let installed = if self.is_installed(file) {
                            "installed "
                        } else {
                            ""
                        };
                        let unknown = self.foreign(format!(
                            "the {installed}module `{name}` cannot be read: {text}"
                        ));
                        self.note_unread_module(&module, &unknown);
                        Ok(unknown)
                    }
                    flow => Err(flow),
                }
            }
        }
    }

    pub(crate) fn new_module(
        &mut self,
        name: &str,
        file: Option<PathBuf>,
        is_package: bool,
    ) -> Rc<Module> {
        let module = Rc::new(Module {
            name: Str::from(name),
            file: file.clone(),
            // A migration script has about so many names.
            vars: Rc::new(RefCell::new(IndexMap::with_capacity(14))),
            is_package,
            is_native: false,
            fallback: None,
            finished: Cell::new(false),
            speaks: OnceCell::new(),
        });
        module.set("__name__", Value::from(name));
        module.set("__doc__", Value::None);
        let package = if is_package {
            name
        } else {
            name.rsplit_once('.').map_or("", |(parent, _)| parent)
        };
        module.set("__package__", Value::from(package));
        if let Some(file) = file {
            module.set("__file__", Value::from(file.to_string_lossy().into_owned()));
        }
        module
    }

    /// Executes the statements of a module, reading rather than running.
    pub(crate) fn exec_module(&mut self, module: &Rc<Module>, parsed: &Parsed) -> R<()> {
        self.exec_module_with(module, parsed, |ev, scope, body| {
            ev.exec_lenient(scope, body)
        })
    }

    /// Executes the statements of a module in a way of the caller's.
    pub(crate) fn exec_module_with(
        &mut self,
        module: &Rc<Module>,
        parsed: &Parsed,
        run: impl FnOnce(&mut Self, &Rc<Scope>, &[Stmt]) -> R<()>,
    ) -> R<()> {
        let scope = Scope::of_module(module, parsed.unit());
        let body = Rc::clone(parsed.module());
        if let Some(doc) = super::stmt::docstring(&body.body) {
            module.set("__doc__", Value::Str(doc));
        }
        self.enter()?;
        self.frames.push(Frame {
            name: Str::from("<module>"),
            file: parsed.file().clone(),
            at: limbeck_diag::Span::default(),
            scope: Rc::clone(&scope),
        });
        let mode = std::mem::replace(&mut self.mode, Mode::Load);
        let handling = std::mem::take(&mut self.handling);
        let depth = self.frames.len();
        let result = run(self, &scope, &body.body);
        self.handling = handling;
        self.mode = mode;
        self.frames.truncate(depth.saturating_sub(1));
        self.leave();
        module.finished.set(true);
        result
    }

    pub(crate) fn exec_import(&mut self, scope: &Rc<Scope>, import: &StmtImport) -> R<()> {
        for alias in &import.names {
            let name = alias.name.as_str();
            self.need_presence(name)?;
            match &alias.asname {
                Some(asname) => {
                    let module = self.import(name)?;
                    scope.assign(asname.as_str(), module);
                }
                None => {
                    let top = name.split('.').next().unwrap_or(name);
                    let imported = self.import(name)?;
                    let module = self.import(top)?;
                    // `import a.b` of something that is not found: `a` stays what it is.
                    if imported.is_unknown()
                        && !module.is_unknown()
                        && let (Value::Module(module), Some(rest)) =
                            (&module, name.strip_prefix(top))
                    {
                        self.bind_missing(module, rest.trim_start_matches('.'), &imported);
                    }
                    scope.assign(top, module);
                }
            }
        }
        Ok(())
    }

    /// Binds the first part of a dotted path that is missing to an unknown.
    fn bind_missing(&mut self, module: &Rc<Module>, path: &str, unknown: &Value) {
        let mut current = Rc::clone(module);
        for part in path.split('.') {
            match current.get(part) {
                Some(Value::Module(next)) => current = next,
                Some(_) => return,
                None => {
                    current.set(part, unknown.clone());
                    return;
                }
            }
        }
    }

    /// The absolute name that an import statement means.
    pub(super) fn resolve_relative(
        &mut self,
        scope: &Rc<Scope>,
        module: Option<&str>,
        level: u32,
    ) -> R<String> {
        if level == 0 {
            return Ok(module.unwrap_or_default().to_owned());
        }
        let own = scope.module.name.to_string();
        let mut package: Vec<&str> = own.split('.').collect();
        let mut up = level;
        if scope.module.is_package {
            up -= 1;
        }
        for _ in 0..up {
            package.pop();
        }
        if package.is_empty() {
            return Err(if own.contains('.') || scope.module.is_package {
                self.raise(
                    "ImportError",
                    "attempted relative import beyond top-level package",
                )
            } else {
                self.raise(
                    "ImportError",
                    "attempted relative import with no known parent package",
                )
            });
        }
        let mut name = package.join(".");
        if let Some(module) = module {
            name.push('.');
            name.push_str(module);
        }
        Ok(name)
    }

    pub(crate) fn exec_import_from(&mut self, scope: &Rc<Scope>, import: &StmtImportFrom) -> R<()> {
        let module_name = import.module.as_ref().map(|module| module.as_str());
        let name = self.resolve_relative(scope, module_name, import.level)?;
        if name == "__future__" {
            if import
                .names
                .iter()
                .any(|it| it.name.as_str() == "annotations")
            {
                scope
                    .module
                    .set(super::annotation::FUTURE, Value::Bool(true));
            }
            return Ok(());
        }
        self.need_presence(&name)?;
        let module = self.import(&name)?;
        for alias in &import.names {
            self.need_name(&name, alias.name.as_str())?;
            if alias.name.as_str() == "*" {
                self.import_star(scope, &module)?;
                continue;
            }
            let value = self.import_name(&module, alias.name.as_str())?;
            scope.assign(alias.asname.as_ref().unwrap_or(&alias.name).as_str(), value);
        }
        Ok(())
    }

    /// `from module import name`.
    pub(crate) fn import_name(&mut self, module: &Value, name: &str) -> R {
        let Value::Module(module) = module else {
            return self.get_attr(module, name);
        };
        // A modelled module answers "not modelled" for what it lacks: a submodule may exist.
        let own = module.get(name).is_some() || module.fallback.is_some() || !module.is_native;
        if own
            && let Some(value) = self.imported_attr(module, name)?
            && !(value.is_unknown() && module.is_native)
        {
            return self.force(value);
        }
        let full = format!("{}.{name}", module.name);
        if module.is_package {
            if module.is_native {
                if crate::modules::builder(&full).is_some()
                    || crate::alchemy::model_of(&full).is_some()
                {
                    return self.import(&full);
                }
            } else if let Some(found) =
                self.find_source(&full, Some(&Value::Module(Rc::clone(module))))
            {
                drop(found);
                return self.import(&full);
            }
        }
        if let Some(value) = self.imported_attr(module, name)? {
            return self.force(value);
        }
        if self.is_installed_module(module) {
            // It may make its names in a way that is beyond this reader.
            return Ok(self.foreign(format!(
                "`{name}` is not found in the installed module `{}`",
                module.name
            )));
        }
        if !module.finished.get() {
            // Imports wait here until they are needed, so circles close elsewhere than in Python.
            return Ok(self.foreign(format!(
                "`{name}` is imported from the module `{}` while that is read (a circular import)",
                module.name
            )));
        }
        Err(self.cannot_import(module, name))
    }

    /// A name of a module for `from module import name`, which turns the `AttributeError` of the module's `__getattr__` into an `ImportError`.
    fn imported_attr(&mut self, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
        match self.module_attr(module, name) {
            Err(Flow::Raise(raised)) if self.is_exception(&raised.value, "AttributeError") => {
                Err(self.cannot_import(module, name))
            }
            other => other,
        }
    }

    fn cannot_import(&mut self, module: &Module, name: &str) -> Flow {
        self.raise(
            "ImportError",
            format!(
                "cannot import name '{name}' from '{}' ({})",
                module.name,
                file_of(module)
            ),
        )
    }

    fn import_star(&mut self, scope: &Rc<Scope>, module: &Value) -> R<()> {
        let Value::Module(module) = module else {
            // Any name may have come from it.
            scope.assign("*", module.clone());
            return Ok(());
        };
        if let Some(all) = module.get("__all__") {
            if all.is_unknown() {
                scope.assign("*", all);
            } else {
                for name in self.iterate(&all)? {
                    let Some(name) = name.as_str() else { continue };
                    let value = self.import_name(&Value::Module(Rc::clone(module)), &name)?;
                    scope.assign(&name, value);
                }
                return Ok(());
            }
        }
        let vars: Vec<(Str, Value)> = module
            .vars
            .borrow()
            .iter()
            .map(|(name, value)| (Str::clone(name), value.clone()))
            .collect();
        for (name, value) in vars {
            if !name.starts_with('_') {
                scope.assign(&name, value);
            }
        }
        if module.is_native && module.fallback.is_some() {
            // Its names are found when they are asked for ([`Interp::starred`]).
            scope.assign(
                &format!("{STAR}{}", module.name),
                Value::Module(Rc::clone(module)),
            );
            let unknown = self.foreign(format!(
                "a name that `from {} import *` may bring is not modelled",
                module.name
            ));
            scope.assign("*", unknown);
        }
        Ok(())
    }

    /// A public name that a module has of `from … import *` of a modelled module; the last such import wins.
    pub(crate) fn starred(&mut self, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
        if name.starts_with('_') {
            return Ok(None);
        }
        let starred: Vec<Value> = module
            .vars
            .borrow()
            .iter()
            .rev()
            .filter(|(key, _)| key.starts_with(STAR))
            .map(|(_, value)| value.clone())
            .collect();
        for value in starred {
            if let Value::Module(native) = value
                && let Some(fallback) = native.fallback
                && let Some(found) = fallback(self, &native, name)?
            {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Binds the names of a module-level import without reading the module yet. False when it must be
    /// executed now.
    pub(crate) fn bind_lazily(&mut self, scope: &Rc<Scope>, stmt: &Stmt) -> R<bool> {
        let lazy =
            |module: String, name: Option<String>| Value::object(LazyImport { module, name });
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = alias.name.as_str();
                    let top = name.split('.').next().unwrap_or(name);
                    if crate::modules::owns(top) || (alias.asname.is_none() && name != top) {
                        return Ok(false);
                    }
                }
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    scope.assign(bound, lazy(alias.name.as_str().to_owned(), None));
                }
                Ok(true)
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(|module| module.as_str());
                if import.level == 0 {
                    let top = module
                        .unwrap_or_default()
                        .split('.')
                        .next()
                        .unwrap_or_default();
                    if crate::modules::owns(top) {
                        return Ok(false);
                    }
                }
                if import.names.iter().any(|alias| alias.name.as_str() == "*") {
                    return Ok(false);
                }
                let module = self.resolve_relative(scope, module, import.level)?;
                for alias in &import.names {
                    let bound = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    scope.assign(
                        bound,
                        lazy(module.clone(), Some(alias.name.as_str().to_owned())),
                    );
                }
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// A global name of a module, imported now if it waits for it. While it is being imported the module does
    /// not have it, as in Python: `from . import name` in a package then finds its submodule.
    pub(crate) fn global(&mut self, module: &Rc<Module>, name: &str) -> R<Option<Value>> {
        let Some(found) = module.get(name) else {
            return Ok(None);
        };
        if found.downcast_ref::<LazyImport>().is_none() {
            return Ok(Some(found));
        }
        module.vars.borrow_mut().shift_remove(name);
        let result = self.force(found.clone());
        module.set(name, result.as_ref().map_or(found, Value::clone));
        result.map(Some)
    }

    /// Reads what the modules under way import and have not needed yet: importing may have effects.
    pub(crate) fn read_imports(&mut self) -> R<()> {
        let modules: Vec<Rc<Module>> = self
            .frames
            .iter()
            .map(|frame| Rc::clone(&frame.scope.module))
            .collect();
        for module in modules {
            self.read_imports_of(&module)?;
        }
        Ok(())
    }

    /// Reads what a module imports and has not needed yet.
    pub(super) fn read_imports_of(&mut self, module: &Rc<Module>) -> R<()> {
        let waiting: Vec<Str> = module
            .vars
            .borrow()
            .iter()
            .filter(|(_, value)| value.downcast_ref::<LazyImport>().is_some())
            .map(|(name, _)| Str::clone(name))
            .collect();
        for name in waiting {
            self.global(module, &name)?;
        }
        Ok(())
    }

    /// The value of a lazily imported name; any other value is itself.
    pub(crate) fn force(&mut self, value: Value) -> R {
        let Some(lazy) = value.downcast_ref::<LazyImport>() else {
            return Ok(value);
        };
        let mode = std::mem::replace(&mut self.mode, Mode::Load);
        let result = match self.import(&lazy.module) {
            Ok(module) => match &lazy.name {
                Some(name) => self.import_name(&module, name),
                None => Ok(module),
            },
            Err(flow) => Err(flow),
        };
        self.mode = mode;
        result
    }
}

fn path_list(dirs: &[PathBuf]) -> Value {
    Value::list(
        dirs.iter()
            .map(|dir| Value::from(dir.to_string_lossy().into_owned()))
            .collect(),
    )
}

fn file_of(module: &Module) -> String {
    module
        .file
        .as_deref()
        .map(Path::display)
        .map_or_else(|| "unknown location".to_owned(), |file| file.to_string())
}

/// Names whose values a statement may change without binding them: receivers of method calls and
/// bases of attribute and item assignments.
pub(crate) fn touched_names(stmt: &Stmt) -> BTreeSet<String> {
    #[derive(Default)]
    struct Toucher(BTreeSet<String>);
    fn root(expr: &Expr) -> Option<&str> {
        match expr {
            Expr::Name(name) => Some(name.id.as_str()),
            Expr::Attribute(attribute) => root(&attribute.value),
            Expr::Subscript(subscript) => root(&subscript.value),
            Expr::Call(call) => root(&call.func),
            _ => None,
        }
    }
    impl<'ast> Visitor<'ast> for Toucher {
        fn visit_stmt(&mut self, stmt: &'ast Stmt) {
            match stmt {
                Stmt::FunctionDef(_) => {}
                Stmt::AugAssign(assign) => {
                    self.0.extend(root(&assign.target).map(str::to_owned));
                    walk_stmt(self, stmt);
                }
                _ => walk_stmt(self, stmt),
            }
        }

        fn visit_expr(&mut self, expr: &'ast Expr) {
            match expr {
                Expr::Call(call) => {
                    if let Expr::Attribute(attribute) = &*call.func {
                        self.0.extend(root(&attribute.value).map(str::to_owned));
                    }
                    for argument in call.arguments.args.iter() {
                        self.0.extend(root(argument).map(str::to_owned));
                    }
                }
                Expr::Attribute(attribute) if attribute.ctx != ExprContext::Load => {
                    self.0.extend(root(&attribute.value).map(str::to_owned));
                }
                Expr::Subscript(subscript) if subscript.ctx != ExprContext::Load => {
                    self.0.extend(root(&subscript.value).map(str::to_owned));
                }
                Expr::Lambda(_) => return,
                _ => {}
            }
            walk_expr(self, expr);
        }
    }
    let mut toucher = Toucher::default();
    toucher.visit_stmt(stmt);
    toucher.0
}

/// True for an exception whose class was written in Python.
fn is_of_own_class(exception: &Value) -> bool {
    matches!(exception, Value::Instance(instance) if instance.class.location.is_some())
}

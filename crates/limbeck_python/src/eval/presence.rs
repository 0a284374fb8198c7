//! `try: import x … except ImportError: …`: which way it goes depends on what is installed.
//!
//! Elsewhere a module that is not found is unknown, because what a script imports need not matter to it. Here it decides: the
//! project's own files and the environment that Alembic is installed in say whether the module is there; where neither does, what
//! the statement binds is unknown.

use std::path::PathBuf;
use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtImport, StmtImportFrom, StmtTry};

use super::Interp;
use super::scope::Scope;
use super::stmt::goes_on;
use crate::flow::{Flow, R};
use crate::value::Value;

/// Whether Python would find a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Present,
    Absent,
    /// The environment is not known.
    Unknown,
}

/// Modules of the standard library that not every supported Python has: name, the minor version that brought it, and the first
/// one without it.
const MODULES: &[(&str, u8, u8)] = &[
    ("asynchat", 0, 12),
    ("asyncore", 0, 12),
    ("cgi", 0, 13),
    ("crypt", 0, 13),
    ("graphlib", 9, u8::MAX),
    ("imp", 0, 12),
    ("imghdr", 0, 13),
    ("nntplib", 0, 13),
    ("pipes", 0, 13),
    ("smtpd", 0, 12),
    ("telnetlib", 0, 13),
    ("tomllib", 11, u8::MAX),
    ("zoneinfo", 9, u8::MAX),
];

/// Names of modelled modules that not every supported Python has, with the minor version that brought them.
const NAMES: &[(&str, &str, u8)] = &[
    ("collections", "Callable", u8::MAX),
    ("collections", "Iterable", u8::MAX),
    ("collections", "Mapping", u8::MAX),
    ("collections", "MutableMapping", u8::MAX),
    ("collections", "Sequence", u8::MAX),
    ("contextlib", "aclosing", 10),
    ("contextlib", "chdir", 11),
    ("datetime", "UTC", 11),
    ("enum", "EnumCheck", 11),
    ("enum", "EnumType", 11),
    ("enum", "ReprEnum", 11),
    ("enum", "StrEnum", 11),
    ("enum", "verify", 11),
    ("functools", "cache", 9),
    ("itertools", "batched", 12),
    ("itertools", "pairwise", 10),
    ("math", "cbrt", 11),
    ("math", "lcm", 9),
    ("types", "EllipsisType", 10),
    ("types", "NoneType", 10),
    ("types", "UnionType", 10),
    ("typing", "Annotated", 9),
    ("typing", "Concatenate", 10),
    ("typing", "LiteralString", 11),
    ("typing", "Never", 11),
    ("typing", "NotRequired", 11),
    ("typing", "ParamSpec", 10),
    ("typing", "Required", 11),
    ("typing", "Self", 11),
    ("typing", "TypeAlias", 10),
    ("typing", "TypeAliasType", 12),
    ("typing", "TypeGuard", 10),
    ("typing", "TypeIs", 13),
    ("typing", "Unpack", 11),
    ("typing", "assert_never", 11),
    ("typing", "dataclass_transform", 11),
    ("typing", "override", 12),
];

/// True where a clause catches what a missing module raises.
fn catches_imports(try_: &StmtTry) -> bool {
    fn is_one(class: &Expr) -> bool {
        match class {
            Expr::Name(name) => matches!(
                name.id.as_str(),
                "ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException"
            ),
            Expr::Tuple(tuple) => tuple.elts.iter().any(is_one),
            _ => false,
        }
    }
    try_.handlers.iter().any(|handler| {
        let ExceptHandler::ExceptHandler(handler) = handler;
        handler.type_.as_deref().is_none_or(is_one)
    })
}

impl Interp<'_> {
    /// Begins a `try` whose clauses may catch what a missing module raises. None if whether a module is missing decides, and is not
    /// known; then the statement is over.
    pub(super) fn begin_import_guard(
        &mut self,
        scope: &Rc<Scope>,
        try_: &StmtTry,
    ) -> R<Option<bool>> {
        if !catches_imports(try_) {
            return Ok(Some(false));
        }
        for stmt in &try_.body {
            for name in self.imported(scope, stmt) {
                match self.presence(&name) {
                    Presence::Present => {}
                    Presence::Absent => return Ok(Some(true)),
                    Presence::Unknown if try_.handlers.iter().any(goes_on) => {
                        let why = format!(
                            "whether the module `{name}` is installed decides this, and no environment with Alembic is known"
                        );
                        self.undecided(scope, try_, &why)?;
                        return Ok(None);
                    }
                    Presence::Unknown => {}
                }
            }
        }
        Ok(Some(true))
    }

    /// Raises what Python raises for a module that is not there, where the program is ready for it.
    pub(super) fn need_presence(&mut self, name: &str) -> R<()> {
        if self.import_guards.last() != Some(&self.frames.len()) {
            return Ok(());
        }
        if self.presence(name) == Presence::Absent {
            let class = self.types().exception("ModuleNotFoundError");
            let missing = self.first_missing(name);
            let text = format!("No module named '{missing}'");
            return Err(self.raise_class(&class, vec![Value::from(text)]));
        }
        Ok(())
    }

    /// The same for a name of a module of the standard library.
    pub(super) fn need_name(&mut self, module: &str, name: &str) -> R<()> {
        if self.import_guards.last() != Some(&self.frames.len()) {
            return Ok(());
        }
        let minor = self.world().inputs().python_version.1;
        let is_there = NAMES
            .iter()
            .all(|(of, known, since)| *of != module || *known != name || *since <= minor);
        if is_there {
            return Ok(());
        }
        Err(self.raise(
            "ImportError",
            format!("cannot import name '{name}' from '{module}'"),
        ))
    }

    /// What a statement imports, itself and not in a function.
    fn imported(&mut self, scope: &Rc<Scope>, stmt: &Stmt) -> Vec<String> {
        match stmt {
            Stmt::Import(StmtImport { names, .. }) => {
                names.iter().map(|it| it.name.to_string()).collect()
            }
            Stmt::ImportFrom(StmtImportFrom { module, level, .. }) => {
                let module = module.as_ref().map(|it| it.as_str());
                let name = self.resolve_relative(scope, module, *level);
                name.into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Leaves unknown what a `try` may have bound.
    fn undecided(&mut self, scope: &Rc<Scope>, try_: &StmtTry, why: &str) -> R<()> {
        let is_simple = |block: &[Stmt]| {
            block.iter().all(|stmt| {
                matches!(
                    stmt,
                    Stmt::Import(_)
                        | Stmt::ImportFrom(_)
                        | Stmt::Assign(_)
                        | Stmt::AnnAssign(_)
                        | Stmt::Pass(_)
                )
            })
        };
        let handlers = try_.handlers.iter().all(|handler| {
            let ExceptHandler::ExceptHandler(handler) = handler;
            is_simple(&handler.body)
        });
        let flow = self.unreadable(why);
        if !handlers
            || ![&try_.body, &try_.orelse, &try_.finalbody]
                .into_iter()
                .all(|it| is_simple(it))
        {
            return Err(flow);
        }
        if let Flow::Fatal(error) = flow {
            self.forget(scope, &Stmt::Try(try_.clone()), &error);
        }
        Ok(())
    }

    fn presence(&mut self, name: &str) -> Presence {
        let (top, rest) = name.split_once('.').unwrap_or((name, ""));
        if let Some((_, since, until)) = MODULES.iter().find(|(module, ..)| *module == top) {
            let minor = self.world().inputs().python_version.1;
            return match (*since..*until).contains(&minor) {
                true => Presence::Present,
                false => Presence::Absent,
            };
        }
        if crate::modules::is_stdlib(top) || top == "distutils" {
            return Presence::Present;
        }
        let installed = self.world().inputs().installed.clone();
        let mut dirs = self.search_path();
        dirs.extend(installed.iter().cloned());
        let is_modelled = crate::modules::owns(top) || crate::alchemy::model_of(top).is_some();
        let mut found = self.locate(top, &dirs);
        if found.is_none() {
            if !self.is_alembics(&installed) {
                // What is modelled would be missed by the rest of the program too.
                return if is_modelled {
                    Presence::Present
                } else {
                    Presence::Unknown
                };
            }
            return match self.is_found_otherwise(top, &installed)
                || matches!(top, "alembic" | "sqlalchemy")
            {
                true => Presence::Present,
                false => Presence::Absent,
            };
        }
        if is_modelled {
            return Presence::Present;
        }
        for part in rest.split('.').filter(|part| !part.is_empty()) {
            match found {
                Some(Place::Package(dirs)) => found = self.locate(part, &dirs),
                // Compiled, or a module that may make others.
                Some(Place::Module | Place::Compiled) => return Presence::Present,
                None => break,
            }
        }
        if found.is_some() {
            Presence::Present
        } else {
            Presence::Absent
        }
    }

    /// The first part of a dotted name that is not there.
    fn first_missing(&mut self, name: &str) -> String {
        let ends = name
            .match_indices('.')
            .map(|(at, _)| at)
            .chain([name.len()]);
        let prefixes: Vec<&str> = ends.filter_map(|end| name.get(..end)).collect();
        let missing = prefixes
            .into_iter()
            .find(|prefix| self.presence(prefix) == Presence::Absent);
        missing.unwrap_or(name).to_owned()
    }

    /// True where the installed packages are those that Alembic runs with.
    fn is_alembics(&self, installed: &[PathBuf]) -> bool {
        let sources = self.world().sources();
        installed
            .iter()
            .any(|dir| sources.is_dir(&dir.join("alembic")))
    }

    /// True for a module that a hook of an installed distribution may find: one that is installed in place.
    fn is_found_otherwise(&self, top: &str, installed: &[PathBuf]) -> bool {
        let sources = self.world().sources();
        installed.iter().any(|dir| {
            let hooks = sources.list(dir).into_iter();
            let mut hooks =
                hooks.filter(|name| name.starts_with("__editable__") && name.ends_with(".py"));
            hooks.any(|name| {
                let text = sources.read(&dir.join(name)).unwrap_or_default();
                text.contains(&format!("'{top}'")) || text.contains(&format!("\"{top}\""))
            })
        })
    }

    /// Where a module is among folders.
    fn locate(&self, name: &str, dirs: &[PathBuf]) -> Option<Place> {
        let sources = self.world().sources();
        let mut namespace = Vec::new();
        for dir in dirs {
            let package = dir.join(name);
            if sources.is_file(&package.join("__init__.py")) {
                return Some(Place::Package(vec![package]));
            }
            if sources.is_file(&dir.join(format!("{name}.py"))) {
                return Some(Place::Module);
            }
            if super::import::is_compiled(&sources.list(dir), name) {
                return Some(Place::Compiled);
            }
            if sources.is_dir(&package) {
                namespace.push(package);
            }
        }
        (!namespace.is_empty()).then_some(Place::Package(namespace))
    }
}

enum Place {
    Package(Vec<PathBuf>),
    Module,
    Compiled,
}

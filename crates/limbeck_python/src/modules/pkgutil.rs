//! `pkgutil`: the modules of a package, found in its folders. Projects import all their models with it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::{Flow, R};
use crate::value::{Module, PyIter, Value};

pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class = module_info(ev)?;
    Ok(Module::native(
        "pkgutil",
        [
            ("extend_path", Value::native("extend_path", extend_path)),
            ("iter_modules", Value::native("iter_modules", iter_modules)),
            (
                "walk_packages",
                Value::native("walk_packages", walk_packages),
            ),
            ("ModuleInfo", class),
        ],
    ))
}

/// `ModuleInfo(module_finder, name, ispkg)`
fn module_info(ev: &mut Interp<'_>) -> R {
    let fields = Value::from("module_finder name ispkg");
    super::typing::named_tuple_function(
        ev,
        Args::positional(vec![Value::from("ModuleInfo"), fields]),
    )
}

/// The name that a file is imported by: `inspect.getmodulename`.
fn module_name(file: &str) -> Option<&str> {
    if let Some(name) = file
        .strip_suffix(".py")
        .or_else(|| file.strip_suffix(".pyc"))
    {
        return Some(name);
    }
    // `name.so`, `name.abi3.so`, `name.cpython-311-x86_64-linux-gnu.so`
    file.strip_suffix(".so")
        .and_then(|stem| stem.split('.').next())
}

/// A module in a folder, and whether it is a package.
struct Found {
    name: String,
    is_package: bool,
}

/// The modules in folders, in Python's order; the first of a name hides the others.
fn modules_in(ev: &Interp<'_>, folders: &[PathBuf], prefix: &str) -> Vec<Found> {
    let sources = ev.world().sources();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for folder in folders {
        for file in sources.list(folder) {
            let inside = folder.join(&file);
            let is_init = |it: &String| module_name(it) == Some("__init__");
            let (name, is_package) = match module_name(&file) {
                Some(name) => (name, false),
                None if file.contains('.') || !sources.is_dir(&inside) => continue,
                None if sources.list(&inside).iter().any(is_init) => (file.as_str(), true),
                None => continue,
            };
            if name == "__init__" || name.contains('.') || !seen.insert(name.to_owned()) {
                continue;
            }
            found.push(Found {
                name: format!("{prefix}{name}"),
                is_package,
            });
        }
    }
    found
}

/// The folders that `path` names, and the prefix of the names.
fn searched(ev: &mut Interp<'_>, path: &Value, prefix: &Value) -> R<(Vec<PathBuf>, String)> {
    ev.need_known(path, "the folders of the modules")?;
    ev.need_known(prefix, "the prefix of the modules")?;
    if path.is_none() {
        return Err(ev.unreadable("all the modules that could be imported are not listed"));
    }
    if path.as_str().is_some() {
        let message = "path must be None or list of paths to look for modules in";
        return Err(ev.raise("ValueError", message));
    }
    let cwd = ev.world().inputs().cwd.clone();
    let mut folders = Vec::new();
    for folder in ev.iterate(path)? {
        ev.need_known(&folder, "the folders of the modules")?;
        // Anything but a string has no importer.
        if let Some(folder) = folder.as_str() {
            folders.push(cwd.join(Path::new(&*folder)));
        }
    }
    Ok((folders, prefix.as_str().unwrap_or_default().to_string()))
}

/// `iter_modules(path=None, prefix='')`
fn iter_modules(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "iter_modules", "path=,prefix=")?;
    let path = args.take_or_none("path");
    let prefix = args.take_or("prefix", Value::from(""));
    let (folders, prefix) = searched(ev, &path, &prefix)?;
    let found = modules_in(ev, &folders, &prefix);
    Ok(Value::iter("generator", Walk::new(found, None)))
}

/// `walk_packages(path=None, prefix='', onerror=None)`: also into packages, which are imported for it.
fn walk_packages(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "walk_packages", "path=,prefix=,onerror=")?;
    let path = args.take_or_none("path");
    let prefix = args.take_or("prefix", Value::from(""));
    let on_error = args.take_or_none("onerror");
    let (folders, prefix) = searched(ev, &path, &prefix)?;
    let found = modules_in(ev, &folders, &prefix);
    Ok(Value::iter("generator", Walk::new(found, Some(on_error))))
}

struct Walk {
    /// What is still to come, last first.
    waiting: Vec<Found>,
    /// The package to go into before the next module is given.
    package: Option<String>,
    /// Folders that were gone into.
    seen: BTreeSet<PathBuf>,
    /// `onerror`, where packages are gone into.
    on_error: Option<Value>,
}

impl Walk {
    fn new(mut found: Vec<Found>, on_error: Option<Value>) -> Walk {
        found.reverse();
        Walk {
            waiting: found,
            package: None,
            seen: BTreeSet::new(),
            on_error,
        }
    }

    /// Imports a package and puts its modules before those that wait.
    fn enter(&mut self, ev: &mut Interp<'_>, name: &str, on_error: &Value) -> R<()> {
        let package = match ev.import(name) {
            Ok(package) => package,
            Err(Flow::Raise(raised)) => {
                if !on_error.is_none() {
                    ev.call(on_error, Args::positional(vec![Value::from(name)]))?;
                    return Ok(());
                }
                // Without `onerror`, only a failed import is passed over.
                return if ev.is_exception(&raised.value, "ImportError") {
                    Ok(())
                } else {
                    Err(Flow::Raise(raised))
                };
            }
            Err(flow) => return Err(flow),
        };
        let path = ev.get_attr_opt(&package, "__path__")?;
        let path = path.unwrap_or(Value::None);
        if path.is_none() {
            return Ok(());
        }
        let (folders, prefix) = searched(ev, &path, &Value::from(format!("{name}.")))?;
        let new: Vec<PathBuf> = folders
            .into_iter()
            .filter(|folder| self.seen.insert(folder.clone()))
            .collect();
        let found = modules_in(ev, &new, &prefix);
        self.waiting.extend(found.into_iter().rev());
        Ok(())
    }
}

impl PyIter for Walk {
    fn next(&mut self, ev: &mut Interp<'_>) -> R<Option<Value>> {
        if let (Some(name), Some(on_error)) = (self.package.take(), self.on_error.clone()) {
            self.enter(ev, &name, &on_error)?;
        }
        let Some(found) = self.waiting.pop() else {
            return Ok(None);
        };
        if found.is_package {
            self.package = Some(found.name.clone());
        }
        let class = module_info(ev)?;
        let finder = ev.unknown("the finder of a module is not modelled");
        let fields = vec![
            finder,
            Value::from(found.name),
            Value::Bool(found.is_package),
        ];
        ev.call(&class, Args::positional(fields)).map(Some)
    }
}

/// `extend_path(__path__, __name__)`: the other folders of the search path that have a part of the package.
fn extend_path(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "extend_path", "path,name")?;
    let (path, name) = (args.take_or_none("path"), args.take_or_none("name"));
    ev.need_known(&path, "the path of a package")?;
    ev.need_known(&name, "the name of a package")?;
    let Some(name) = name.as_str() else {
        return Err(ev.raise("AttributeError", "the name of a package is a string"));
    };
    if !matches!(path, Value::List(_)) {
        return Ok(path);
    }
    let searched = match name.rsplit_once('.') {
        None => ev.world().sys_path().clone(),
        Some((parent, _)) => {
            let parent = ev.import(parent)?;
            ev.get_attr(&parent, "__path__")?
        }
    };
    ev.need_known(&searched, "the search path")?;
    let last = name.rsplit_once('.').map_or(&*name, |(_, last)| last);
    let mut found = ev.iterate(&path)?;
    let cwd = ev.world().inputs().cwd.clone();
    let mut folders: Vec<std::path::PathBuf> = Vec::new();
    for folder in ev.iterate(&searched)? {
        folders.extend(folder.as_str().map(|folder| cwd.join(&*folder)));
    }
    if !name.contains('.') {
        folders.extend(ev.world().inputs().installed.iter().cloned());
    }
    for folder in folders {
        let part = folder.join(last);
        let text = part.to_string_lossy().into_owned();
        let is_known = found
            .iter()
            .any(|it| it.as_str().is_some_and(|it| *it == *text));
        if !is_known && ev.world().sources().is_dir(&part) {
            found.push(Value::from(text));
        }
    }
    Ok(Value::list(found))
}

//! `importlib.import_module` and `pkgutil.extend_path`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Module, Value};

pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "importlib",
        [(
            "import_module",
            Value::native("import_module", import_module),
        )],
    ))
}

/// `import_module(name, package=None)`: each leading dot goes up by one package.
fn import_module(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "import_module", "name,package=")?;
    let (name, package) = (args.take_or_none("name"), args.take_or_none("package"));
    ev.need_known(&name, "the name of a module")?;
    ev.need_known(&package, "the package of a module")?;
    let Some(name) = name.as_str() else {
        return Err(ev.raise("AttributeError", "the name of a module is a string"));
    };
    let relative = name.trim_start_matches('.');
    let dots = name.len() - relative.len();
    if dots == 0 {
        return ev.import(&name);
    }
    let Some(package) = package.as_str() else {
        let message =
            format!("the 'package' argument is required to perform a relative import for '{name}'");
        return Err(ev.raise("TypeError", message));
    };
    let mut package: &str = &package;
    for _ in 1..dots {
        let Some((above, _)) = package.rsplit_once('.') else {
            let message = "attempted relative import beyond top-level package";
            return Err(ev.raise("ImportError", message));
        };
        package = above;
    }
    let full = match relative {
        "" => package.to_owned(),
        _ => format!("{package}.{relative}"),
    };
    ev.import(&full)
}

pub(crate) fn pkgutil(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "pkgutil",
        [("extend_path", Value::native("extend_path", extend_path))],
    ))
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

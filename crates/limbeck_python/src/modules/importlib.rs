//! `importlib.import_module`.

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

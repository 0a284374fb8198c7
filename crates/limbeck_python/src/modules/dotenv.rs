//! `dotenv` (python-dotenv): variables from `.env` files.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{Dict, Module, Value};

/// Variables of a file, in order; none for a name without a value.
type Variables = Vec<(String, Option<String>)>;

/// `dotenv`.
pub(crate) fn module(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "dotenv",
        [
            ("load_dotenv", Value::native("load_dotenv", load_dotenv)),
            (
                "dotenv_values",
                Value::native("dotenv_values", dotenv_values),
            ),
            ("find_dotenv", Value::native("find_dotenv", find_dotenv)),
        ],
    ))
}

/// `find_dotenv(filename='.env', raise_error_if_not_found=False, usecwd=False)`
fn find_dotenv(ev: &mut Interp<'_>, args: Args) -> R {
    let signature = "filename=, raise_error_if_not_found=, usecwd=";
    let mut args = args.bind(ev, "find_dotenv", signature)?;
    let file_name = args.take_or("filename", Value::from(".env"));
    let must_exist = args.take_or("raise_error_if_not_found", Value::Bool(false));
    let from_cwd = args.take_or("usecwd", Value::Bool(false));
    ev.need_known(&file_name, "the name of a `.env` file")?;
    let file_name = ev.to_str(&file_name)?;
    let from_cwd = ev.truth(&from_cwd, "`usecwd`")?;
    match search(ev, &file_name, from_cwd) {
        Some(path) => Ok(Value::from(path.to_string_lossy().into_owned())),
        None if ev.truth(&must_exist, "`raise_error_if_not_found`")? => {
            Err(ev.raise("OSError", "File not found"))
        }
        None => Ok(Value::from("")),
    }
}

/// Looks in the folder of the file that calls, or in the current one, then in those above.
fn search(ev: &Interp<'_>, file_name: &str, from_cwd: bool) -> Option<PathBuf> {
    let cwd = ev.world().inputs().cwd.clone();
    let start = match ev.location() {
        Some(at) if !from_cwd => cwd.join(Path::new(at.file.name()).parent()?),
        _ => cwd,
    };
    start
        .ancestors()
        .map(|folder| folder.join(file_name))
        .find(|path| ev.world().sources().is_file(path))
}

/// The variables of the file that the arguments name; an unknown where they cannot be read.
fn variables(ev: &mut Interp<'_>, path: &Value, stream: &Value) -> R<Result<Variables, Value>> {
    if path.is_unknown() {
        return Ok(Err(path.clone()));
    }
    if !stream.is_none() {
        return Ok(Err(
            ev.foreign("`.env` variables from a stream are not modelled")
        ));
    }
    let cwd = ev.world().inputs().cwd.clone();
    let path = match path {
        Value::None => search(ev, ".env", false),
        given => Some(PathBuf::from(ev.to_str(given)?))
            .filter(|path| !path.as_os_str().is_empty())
            .or_else(|| search(ev, ".env", false))
            .map(|path| cwd.join(path)),
    };
    let Some(path) = path else {
        return Ok(Ok(Vec::new()));
    };
    let world = Rc::clone(ev.world());
    let known = |name: &str| world.find_env(name, true);
    Ok(Ok(world.sources().dotenv(&path, &known)))
}

/// `load_dotenv(dotenv_path=None, stream=None, verbose=False, override=False, interpolate=True, encoding='utf-8')`
fn load_dotenv(ev: &mut Interp<'_>, args: Args) -> R {
    let signature = "dotenv_path=, stream=, verbose=, override=, interpolate=, encoding=";
    let mut args = args.bind(ev, "load_dotenv", signature)?;
    let (path, stream) = (
        args.take_or_none("dotenv_path"),
        args.take_or_none("stream"),
    );
    let overrides = args.take_or("override", Value::Bool(false));
    let interpolates = args.take_or("interpolate", Value::Bool(true));
    let overrides = ev.truth(&overrides, "`override` of `load_dotenv`")?;
    if !ev.truth(&interpolates, "`interpolate` of `load_dotenv`")? {
        return Err(ev.unreadable("`load_dotenv(interpolate=False)` is not modelled"));
    }
    let variables = match variables(ev, &path, &stream)? {
        Ok(variables) => variables,
        // What is in the environment from here on would be a guess.
        Err(unknown) => {
            ev.need_known(&unknown, "the file of `load_dotenv`")?;
            return Ok(unknown);
        }
    };
    let is_any = !variables.is_empty();
    let mut env = ev.world().env_vars().borrow_mut();
    let known: Vec<String> = env.keys().cloned().collect();
    for (name, value) in variables {
        if let Some(value) = value
            && (overrides || !known.contains(&name))
        {
            env.insert(name, value);
        }
    }
    Ok(Value::Bool(is_any))
}

/// `dotenv_values(dotenv_path=None, stream=None, verbose=False, interpolate=True, encoding='utf-8')`
fn dotenv_values(ev: &mut Interp<'_>, args: Args) -> R {
    let signature = "dotenv_path=, stream=, verbose=, interpolate=, encoding=";
    let mut args = args.bind(ev, "dotenv_values", signature)?;
    if args.get("interpolate").is_some() {
        return Ok(ev.foreign("`dotenv_values(interpolate=…)` is not modelled"));
    }
    let (path, stream) = (
        args.take_or_none("dotenv_path"),
        args.take_or_none("stream"),
    );
    Ok(match variables(ev, &path, &stream)? {
        Err(unknown) => unknown,
        Ok(variables) => Value::dict(Dict::from_pairs(variables.into_iter().map(
            |(name, value)| {
                let value = value.map_or(Value::None, Value::from);
                (name, value)
            },
        ))),
    })
}

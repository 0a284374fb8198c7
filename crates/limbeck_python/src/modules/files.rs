//! Reading files of the project: `open` and `io`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::parse::universal_newlines;
use crate::value::{Module, NativeObject, PyIter, Value};

/// Folders that the project makes while its modules are imported. None is really made: they are there for what asks for them.
#[derive(Default)]
struct Made(RefCell<BTreeSet<PathBuf>>);

fn made(ev: &Interp<'_>) -> Rc<Made> {
    Rc::clone(ev.world()).extension("made folders", Made::default)
}

/// True for a folder that is there, or that the project has made.
pub(crate) fn is_dir(ev: &Interp<'_>, full: &Path) -> bool {
    ev.world().sources().is_dir(full) || made(ev).0.borrow().contains(full)
}

/// `os.makedirs(path, exist_ok=…)` and `Path.mkdir(parents=…, exist_ok=…)` of a module or of env.py. A migration makes no folder here.
pub(crate) fn make_dir(ev: &mut Interp<'_>, path: &str, parents: bool, exist_ok: bool) -> R {
    let full = absolute(ev, path);
    if is_dir(ev, &full) && exist_ok {
        return Ok(Value::None);
    }
    if is_dir(ev, &full) || ev.world().sources().is_file(&full) {
        return Err(ev.unreadable(format!("the folder `{path}` would be made, and is there")));
    }
    if ev.is_running() && !ev.listens {
        return Err(ev.unreadable(format!("the folder `{path}` would be made")));
    }
    let missing: Vec<PathBuf> = full
        .ancestors()
        .take_while(|it| !is_dir(ev, it))
        .map(Path::to_path_buf)
        .collect();
    if missing.len() > 1 && !parents {
        return Err(ev.unreadable(format!(
            "the folder `{path}` would be made without its parent"
        )));
    }
    made(ev).0.borrow_mut().extend(missing);
    Ok(Value::None)
}

/// A path without `.` and `..` parts, absolute.
pub(crate) fn absolute(ev: &Interp<'_>, path: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for part in ev.world().inputs().cwd.join(path).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// The text of a file of the project, as `open(path)` reads it.
pub(crate) fn read_text(ev: &mut Interp<'_>, path: &str) -> R {
    let text = read_exact(ev, path)?;
    Ok(match text.as_str() {
        Some(exact) => Value::from(&*universal_newlines(&exact)),
        None => text,
    })
}

/// The text of a file of the project, to the byte.
fn read_exact(ev: &mut Interp<'_>, path: &str) -> R {
    let full = absolute(ev, path);
    let sources = Rc::clone(ev.world().sources());
    match sources.read(&full) {
        Some(text) => Ok(Value::from(text)),
        None if sources.is_file(&full) => {
            Ok(ev.unknown(format!("the file {path} is not read as text")))
        }
        None => {
            let class = ev.types().exception("FileNotFoundError");
            let args = vec![
                Value::int(2_i64),
                Value::from("No such file or directory"),
                Value::from(path),
            ];
            Err(ev.raise_class(&class, args))
        }
    }
}

/// The text of a path argument: a string or a path object.
pub(crate) fn path_text(ev: &mut Interp<'_>, value: &Value) -> R<String> {
    ev.need_known(value, "a path")?;
    if let Some(path) = value.downcast_ref::<super::pathlib::PurePath>() {
        return Ok(path.text().to_owned());
    }
    if let Value::Instance(instance) = value
        && let Some(own) = instance.class.lookup("__fspath__")
    {
        let own = ev.bind_to(&own, value.clone())?;
        let path = ev.call(&own, crate::Args::none())?;
        ev.need_known(&path, "the result of `__fspath__`")?;
        if let Some(text) = path.as_str() {
            return Ok(text.to_string());
        }
        let (kind, of) = (ev.type_name(&path), ev.type_name(value));
        return Err(ev.raise(
            "TypeError",
            format!("expected {of}.__fspath__() to return str or bytes, not {kind}"),
        ));
    }
    match value.as_str() {
        Some(text) => Ok(text.to_string()),
        None => {
            let kind = ev.type_name(value);
            Err(ev.raise(
                "TypeError",
                format!("expected str, bytes or os.PathLike object, not {kind}"),
            ))
        }
    }
}

/// `open(path, mode)`: for reading only.
pub(crate) fn open(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(
        ev,
        "open",
        "file, mode=, buffering=, encoding=, errors=, newline=, closefd=, opener=",
    )?;
    let file = args.take_or_none("file");
    if file.is_unknown() {
        return Ok(file);
    }
    let path = path_text(ev, &file)?;
    let mode = args
        .take_or("mode", Value::from("r"))
        .as_str()
        .unwrap_or_default();
    if mode.contains(['w', 'a', 'x', '+']) {
        return Err(ev.unreadable(format!("`open({path:?}, {mode:?})` would write a file")));
    }
    let is_binary = mode.contains('b');
    let newline = args.take_or_none("newline");
    let text = match newline {
        _ if is_binary => read_exact(ev, &path)?,
        Value::None => read_text(ev, &path)?,
        _ => read_exact(ev, &path)?,
    };
    if text.is_unknown() {
        return Ok(text);
    }
    let mut text = text.as_str().unwrap_or_default().to_string();
    if !is_binary && !is_newline(&newline, &text) {
        return Ok(ev.unknown("`newline=` that ends lines elsewhere is not modelled"));
    }
    match args.take_or_none("encoding") {
        _ if is_binary || text.is_ascii() => {}
        Value::None => {}
        encoding => match encoding.as_str().map(|it| it.to_lowercase()).as_deref() {
            Some("utf-8" | "utf8" | "utf_8") => {}
            Some("utf-8-sig" | "utf_8_sig") => {
                text = text.trim_start_matches('\u{feff}').to_owned();
            }
            _ => return Ok(ev.unknown("a file in another encoding than UTF-8 is not read")),
        },
    }
    Ok(Value::object(TextFile::new(&path, &text, is_binary)))
}

/// Whether every line ends with `\n` under that `newline=`.
fn is_newline(newline: &Value, text: &str) -> bool {
    match newline.as_str().as_deref() {
        None | Some("\n") => true,
        Some("") => !text.replace("\r\n", "").contains('\r'),
        Some(_) => false,
    }
}

/// A file opened for reading, or a `StringIO`.
pub(crate) struct TextFile {
    name: String,
    text: RefCell<String>,
    at: Cell<usize>,
    is_binary: bool,
}

impl TextFile {
    pub(crate) fn new(name: &str, text: &str, is_binary: bool) -> TextFile {
        TextFile {
            name: name.to_owned(),
            text: RefCell::new(text.to_owned()),
            at: Cell::new(0),
            is_binary,
        }
    }

    fn value(&self, text: &str) -> Value {
        if self.is_binary {
            Value::bytes(text.as_bytes())
        } else {
            Value::from(text)
        }
    }

    fn line(&self) -> Option<Value> {
        let text = self.text.borrow();
        let rest = text.get(self.at.get()..).filter(|rest| !rest.is_empty())?;
        let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        self.at.set(self.at.get() + end);
        rest.get(..end).map(|line| self.value(line))
    }
}

struct Lines(Rc<TextFile>);

impl PyIter for Lines {
    fn next(&mut self, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(self.0.line())
    }
}

impl NativeObject for TextFile {
    fn type_name(&self) -> String {
        "_io.TextIOWrapper".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "read",
            "readline",
            "readlines",
            "close",
            "seek",
            "getvalue",
            "write",
            "flush",
            "readable",
        ]
    }

    fn get_attr(self: Rc<Self>, _ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok((name == "name").then(|| Value::from(self.name.as_str())))
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "read" => {
                if args
                    .get(0)
                    .is_some_and(|size| !size.is_none() && size.as_i64() != Some(-1))
                {
                    return Ok(Some(ev.unknown("reading a part of a file is not modelled")));
                }
                let text = self.text.borrow();
                let rest = text.get(self.at.get()..).unwrap_or_default();
                self.at.set(text.len());
                self.value(rest)
            }
            "readline" => self.line().unwrap_or_else(|| self.value("")),
            "readlines" => Value::list(std::iter::from_fn(|| self.line()).collect()),
            "seek" => {
                let at = args
                    .get(0)
                    .and_then(Value::as_i64)
                    .and_then(|at| usize::try_from(at).ok());
                self.at.set(at.unwrap_or(0));
                Value::from(self.at.get())
            }
            "getvalue" => self.value(&self.text.borrow()),
            "write" if self.name == "<memory>" => {
                let Some(more) = args.get(0) else {
                    return Ok(Some(Value::None));
                };
                let more = crate::builtins::text::need_text(ev, more, "write")?;
                ev.check_size(self.text.borrow().len() + more.len())?;
                self.text.borrow_mut().push_str(&more);
                Value::from(more.chars().count())
            }
            "write" => return Err(ev.unreadable("a file is written")),
            "readable" => Value::Bool(true),
            _ => Value::None,
        }))
    }

    fn iterator(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::iter("file", Lines(self))))
    }

    fn enter(self: Rc<Self>, _ev: &mut Interp<'_>) -> R<Option<Value>> {
        Ok(Some(Value::Object(self)))
    }
}

/// `os.path.join` of two parts.
pub(crate) fn join(base: &str, part: &str) -> String {
    if part.starts_with('/') || base.is_empty() {
        part.to_owned()
    } else if base.ends_with('/') {
        format!("{base}{part}")
    } else {
        format!("{base}/{part}")
    }
}

/// `io`.
pub(crate) fn io(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "io",
        [("open", Value::native("open", open))],
    ))
}

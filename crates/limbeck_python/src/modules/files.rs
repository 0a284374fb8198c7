//! Reading files of the project: `open` and `pathlib.Path`.

use std::cell::{Cell, RefCell};
use std::path::{Component, Path as StdPath, PathBuf};
use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{BinOp, CmpOp, HashKey, Module, NativeObject, PyIter, Unhashable, Value};

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

/// The text of a file of the project.
pub(crate) fn read_text(ev: &mut Interp<'_>, path: &str) -> R {
    let full = absolute(ev, path);
    let sources = Rc::clone(ev.world().sources());
    match sources.read(&full) {
        Some(text) => Ok(Value::from(text.replace("\r\n", "\n"))),
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
    if let Some(path) = value.downcast_ref::<PurePath>() {
        return Ok(path.text.clone());
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
    let text = read_text(ev, &path)?;
    if text.is_unknown() {
        return Ok(text);
    }
    let text = text.as_str().unwrap_or_default().to_string();
    Ok(Value::object(TextFile::new(
        &path,
        &text,
        mode.contains('b'),
    )))
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

/// `pathlib.Path`.
pub(crate) struct PurePath {
    text: String,
}

impl PurePath {
    pub(crate) fn value(text: &str) -> Value {
        let mut parts: Vec<&str> = text
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".")
            .collect();
        if text.starts_with('/') {
            parts.insert(0, "");
        }
        let mut normal = parts.join("/");
        if normal.is_empty() {
            normal = if text.starts_with('/') {
                "/".to_owned()
            } else {
                ".".to_owned()
            };
        }
        Value::object(PurePath { text: normal })
    }

    fn name(&self) -> &str {
        self.text
            .rsplit('/')
            .next()
            .filter(|name| *name != ".")
            .unwrap_or_default()
    }

    fn parent(&self) -> &str {
        match self.text.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((parent, _)) => parent,
            None => ".",
        }
    }

    fn suffix(&self) -> &str {
        let name = self.name();
        match name.rfind('.') {
            Some(at) if at > 0 && at + 1 < name.len() => name.get(at..).unwrap_or_default(),
            _ => "",
        }
    }
}

impl NativeObject for PurePath {
    fn type_name(&self) -> String {
        "PosixPath".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "joinpath",
            "read_text",
            "read_bytes",
            "exists",
            "is_file",
            "is_dir",
            "resolve",
            "absolute",
            "with_suffix",
            "with_name",
            "open",
            "as_posix",
            "iterdir",
            "glob",
            "__fspath__",
            "is_absolute",
            "expanduser",
            "relative_to",
        ]
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(Some(match name {
            "name" => Value::from(self.name()),
            "stem" => Value::from(self.name().strip_suffix(self.suffix()).unwrap_or_default()),
            "suffix" => Value::from(self.suffix()),
            "parent" => PurePath::value(self.parent()),
            "parts" => {
                let mut parts = Vec::new();
                if self.text.starts_with('/') {
                    parts.push(Value::from("/"));
                }
                parts.extend(
                    self.text
                        .split('/')
                        .filter(|part| !part.is_empty() && *part != ".")
                        .map(Value::from),
                );
                Value::tuple(parts)
            }
            "parents" => {
                let mut parents = Vec::new();
                let mut current = self.parent().to_owned();
                loop {
                    let path = PurePath {
                        text: current.clone(),
                    };
                    parents.push(PurePath::value(&current));
                    if current == "/" || current == "." {
                        break;
                    }
                    current = path.parent().to_owned();
                }
                Value::tuple(parents)
            }
            "__class__" => {
                return ev
                    .import("pathlib")
                    .and_then(|module| ev.get_attr_opt(&module, "Path"));
            }
            _ => return Ok(None),
        }))
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        let full = absolute(ev, &self.text);
        let sources = Rc::clone(ev.world().sources());
        Ok(Some(match name {
            "joinpath" => {
                let mut path = self.text.clone();
                for part in &args.positional {
                    path = join(&path, &path_text(ev, part)?);
                }
                PurePath::value(&path)
            }
            "read_text" => read_text(ev, &self.text)?,
            "read_bytes" => match read_text(ev, &self.text)? {
                Value::Str(text) => Value::bytes(text.as_bytes()),
                other => other,
            },
            "exists" => Value::Bool(sources.is_file(&full) || sources.is_dir(&full)),
            "is_file" => Value::Bool(sources.is_file(&full)),
            "is_dir" => Value::Bool(sources.is_dir(&full)),
            "resolve" | "absolute" => PurePath::value(&full.to_string_lossy()),
            "expanduser" if !self.text.starts_with('~') => PurePath::value(&self.text),
            "is_absolute" => Value::Bool(self.text.starts_with('/')),
            "as_posix" | "__fspath__" => Value::from(self.text.as_str()),
            "with_name" => {
                let name = args.get(0).and_then(Value::as_str).unwrap_or_default();
                PurePath::value(&join(self.parent(), &name))
            }
            "with_suffix" => {
                let suffix = args.get(0).and_then(Value::as_str).unwrap_or_default();
                let stem = self
                    .name()
                    .strip_suffix(self.suffix())
                    .unwrap_or_default()
                    .to_owned();
                PurePath::value(&join(self.parent(), &format!("{stem}{suffix}")))
            }
            "open" => {
                let mut args = args;
                args.positional.insert(0, Value::from(self.text.as_str()));
                open(ev, args)?
            }
            "iterdir" => Value::list(
                sources
                    .list(&full)
                    .iter()
                    .map(|name| PurePath::value(&join(&self.text, name)))
                    .collect(),
            ),
            "glob" => {
                let pattern = args.get(0).and_then(Value::as_str).unwrap_or_default();
                let names = sources.list(&full);
                match pattern
                    .strip_prefix('*')
                    .filter(|rest| !rest.contains(['*', '?', '[', '/']))
                {
                    // CPython gives them in the order of the directory.
                    Some(ending) => Value::list(
                        names
                            .iter()
                            .filter(|name| name.ends_with(ending))
                            .map(|name| PurePath::value(&join(&self.text, name)))
                            .collect(),
                    ),
                    None => ev.unknown("this pattern of `glob` is not modelled"),
                }
            }
            "relative_to" => {
                let base = args.get(0).cloned().unwrap_or(Value::None);
                let base = path_text(ev, &base)?;
                match StdPath::new(&self.text).strip_prefix(&base) {
                    Ok(rest) => PurePath::value(&rest.to_string_lossy()),
                    Err(_) => {
                        let text = format!("'{}' is not in the subpath of '{base}'", self.text);
                        return Err(ev.raise("ValueError", text));
                    }
                }
            }
            _ => return Ok(Some(ev.unknown(format!("`Path.{name}` is not modelled")))),
        }))
    }

    fn binary(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        op: BinOp,
        other: &Value,
        reflected: bool,
    ) -> R<Option<Value>> {
        if op != BinOp::TrueDiv
            || !(other.as_str().is_some() || other.downcast_ref::<PurePath>().is_some())
        {
            return Ok(None);
        }
        let other = path_text(ev, other)?;
        Ok(Some(PurePath::value(&if reflected {
            join(&other, &self.text)
        } else {
            join(&self.text, &other)
        })))
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast_ref::<PurePath>() else {
            return Ok(None);
        };
        Ok(match op {
            CmpOp::Eq => Some(Value::Bool(self.text == other.text)),
            CmpOp::Lt => Some(Value::Bool(self.text < other.text)),
            CmpOp::Gt => Some(Value::Bool(self.text > other.text)),
            _ => None,
        })
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native("Path", Rc::from(self.text.as_str())))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(format!("PosixPath({})", limbeck_schema::py_str(&self.text)))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.text.clone())
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

struct PathHooks;

impl crate::value::ClassHooks for PathHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<crate::value::Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let mut path = String::new();
        for part in &args.positional {
            if part.is_unknown() {
                return Ok(Ok(part.clone()));
            }
            path = join(&path, &path_text(ev, part)?);
        }
        Ok(Ok(PurePath::value(&path)))
    }

    fn class_attr(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<crate::value::Class>,
        name: &str,
    ) -> R<Option<Value>> {
        Ok(match name {
            "cwd" => Some(Value::native("cwd", |ev, _| {
                let cwd = ev.world().inputs().cwd.to_string_lossy().into_owned();
                Ok(PurePath::value(&cwd))
            })),
            "home" => Some(ev.unknown("the home directory is not an input")),
            _ => None,
        })
    }
}

/// `pathlib`.
pub(crate) fn pathlib(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let class =
        crate::value::Class::native("Path", "pathlib", Vec::new(), Some(Rc::new(PathHooks)));
    Ok(Module::native(
        "pathlib",
        ["Path", "PosixPath", "PurePath", "PurePosixPath"]
            .map(|name| (name, Value::Class(Rc::clone(&class)))),
    ))
}

/// `io`.
pub(crate) fn io(_ev: &mut Interp<'_>) -> R<Rc<Module>> {
    Ok(Module::native(
        "io",
        [
            (
                "StringIO",
                Value::native("StringIO", |_, args| {
                    let text = args.get(0).and_then(Value::as_str).unwrap_or_default();
                    Ok(Value::object(TextFile::new("<memory>", &text, false)))
                }),
            ),
            ("open", Value::native("open", open)),
        ],
    ))
}

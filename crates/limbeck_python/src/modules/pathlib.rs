//! `pathlib`: paths, and what of the project's files they lead to. Nothing is written.

use std::path::{Path as StdPath, PathBuf};
use std::rc::Rc;

use super::files::{absolute, is_dir, join, make_dir, open, path_text, read_text};
use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::Sources;
use crate::value::{
    BinOp, Class, ClassHooks, CmpOp, HashKey, Module, NativeObject, Unhashable, Value,
};

/// A path; with a pure one there is nothing but text.
pub(crate) struct PurePath {
    text: String,
    is_pure: bool,
}

/// The classes of a world.
struct Classes {
    pure: Rc<Class>,
    pure_posix: Rc<Class>,
    path: Rc<Class>,
    posix: Rc<Class>,
}

fn classes(ev: &Interp<'_>) -> Rc<Classes> {
    Rc::clone(ev.world()).extension("pathlib", || {
        let class = |name: &str, bases: Vec<Rc<Class>>, is_pure: bool| {
            Class::native(name, "pathlib", bases, Some(Rc::new(PathHooks { is_pure })))
        };
        let pure = class("PurePath", Vec::new(), true);
        let pure_posix = class("PurePosixPath", vec![Rc::clone(&pure)], true);
        let path = class("Path", vec![Rc::clone(&pure)], false);
        let posix = class(
            "PosixPath",
            vec![Rc::clone(&path), Rc::clone(&pure_posix)],
            false,
        );
        Classes {
            pure,
            pure_posix,
            path,
            posix,
        }
    })
}

/// A path as `pathlib` keeps it: without empty parts and `.`.
fn normal(text: &str) -> String {
    let parts = text
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    let joined = parts.collect::<Vec<_>>().join("/");
    // Two slashes in front, and no more, are kept.
    let root = match text.len() - text.trim_start_matches('/').len() {
        0 => "",
        2 => "//",
        _ => "/",
    };
    match (root, joined.as_str()) {
        ("", "") => ".".to_owned(),
        _ => format!("{root}{joined}"),
    }
}

impl PurePath {
    /// The path as text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A path of the same kind.
    fn like(&self, text: &str) -> Value {
        Value::object(PurePath {
            text: normal(text),
            is_pure: self.is_pure,
        })
    }

    fn root(&self) -> &str {
        let rest = self.text.trim_start_matches('/').len();
        self.text.get(..self.text.len() - rest).unwrap_or_default()
    }

    fn parts(&self) -> Vec<&str> {
        let root = self.root();
        let rest = self.text.get(root.len()..).unwrap_or_default();
        let rest = rest
            .split('/')
            .filter(|part| !part.is_empty() && *part != ".");
        Some(root)
            .filter(|it| !it.is_empty())
            .into_iter()
            .chain(rest)
            .collect()
    }

    fn name(&self) -> &str {
        let parts = self.parts();
        let last = parts.last().copied().unwrap_or_default();
        if last.starts_with('/') { "" } else { last }
    }

    fn parent(&self) -> String {
        let mut parts = self.parts();
        if parts.len() > 1 || self.root().is_empty() {
            parts.pop();
        }
        let root = self.root();
        let rest = parts
            .get(usize::from(!root.is_empty())..)
            .unwrap_or_default();
        normal(&format!("{root}{}", rest.join("/")))
    }

    fn suffix(&self) -> &str {
        let name = self.name();
        match name.rfind('.') {
            Some(at) if at > 0 && at + 1 < name.len() => name.get(at..).unwrap_or_default(),
            _ => "",
        }
    }

    fn suffixes(&self) -> Vec<&str> {
        let name = self.name();
        if name.ends_with('.') {
            return Vec::new();
        }
        let name = name.trim_start_matches('.');
        let dots = name.match_indices('.').map(|(at, _)| at);
        let ends = dots.clone().skip(1).chain([name.len()]);
        dots.zip(ends)
            .filter_map(|(at, end)| name.get(at..end))
            .collect()
    }

    fn parents(&self) -> Vec<Value> {
        let mut parents = Vec::new();
        let mut current = self.text.clone();
        loop {
            let path = PurePath {
                text: current.clone(),
                is_pure: self.is_pure,
            };
            let parent = path.parent();
            if parent == current {
                return parents;
            }
            parents.push(self.like(&parent));
            current = parent;
        }
    }

    fn with_name(&self, ev: &mut Interp<'_>, name: &str) -> R {
        if self.name().is_empty() {
            let class = self.class_name();
            let text = format!(
                "{class}({}) has an empty name",
                limbeck_schema::py_str(&self.text)
            );
            return Err(ev.raise("ValueError", text));
        }
        if name.is_empty() || name.contains('/') || name == "." {
            let text = format!("Invalid name {}", limbeck_schema::py_str(name));
            return Err(ev.raise("ValueError", text));
        }
        Ok(self.like(&join(&self.parent(), name)))
    }

    fn class_name(&self) -> &'static str {
        if self.is_pure {
            "PurePosixPath"
        } else {
            "PosixPath"
        }
    }

    fn relative_to(&self, ev: &mut Interp<'_>, args: &Args) -> R<Option<String>> {
        let mut base = String::new();
        for part in &args.positional {
            base = join(&base, &path_text(ev, part)?);
        }
        let base = PurePath {
            text: normal(&base),
            is_pure: true,
        };
        let (own, base) = (self.parts(), base.parts());
        Ok(own.strip_prefix(base.as_slice()).map(|rest| rest.join("/")))
    }

    fn method(&self, ev: &mut Interp<'_>, name: &str, mut args: Args) -> R {
        let text = |args: &Args| args.get(0).and_then(Value::as_str).unwrap_or_default();
        if args.values().any(Value::is_unknown) {
            return Ok(ev.unknown(format!("an argument of `Path.{name}` is not known")));
        }
        Ok(match name {
            "joinpath" => {
                let mut path = self.text.clone();
                for part in &args.positional {
                    path = join(&path, &path_text(ev, part)?);
                }
                self.like(&path)
            }
            "is_absolute" => Value::Bool(self.text.starts_with('/')),
            "as_posix" | "__fspath__" => Value::from(self.text.as_str()),
            "with_name" => self.with_name(ev, &text(&args))?,
            "with_stem" => {
                let name = format!("{}{}", text(&args), self.suffix());
                self.with_name(ev, &name)?
            }
            "with_suffix" => {
                let suffix = text(&args);
                if (!suffix.is_empty() && !suffix.starts_with('.'))
                    || suffix.contains('/')
                    || &*suffix == "."
                {
                    let text = format!("Invalid suffix {}", limbeck_schema::py_str(&suffix));
                    return Err(ev.raise("ValueError", text));
                }
                let stem = self.name().strip_suffix(self.suffix()).unwrap_or_default();
                let name = format!("{stem}{suffix}");
                self.with_name(ev, &name)?
            }
            "relative_to" => match self.relative_to(ev, &args)? {
                Some(rest) => self.like(&rest),
                None => {
                    let base = args.get(0).cloned().unwrap_or(Value::None);
                    let base = normal(&path_text(ev, &base)?);
                    let (own, base) = (
                        limbeck_schema::py_str(&self.text),
                        limbeck_schema::py_str(&base),
                    );
                    let text = format!(
                        "{own} is not in the subpath of {base} OR one path is relative and the other is absolute."
                    );
                    return Err(ev.raise("ValueError", text));
                }
            },
            "is_relative_to" => Value::Bool(self.relative_to(ev, &args)?.is_some()),
            "match" => {
                let pattern = PurePath {
                    text: normal(&text(&args)),
                    is_pure: true,
                };
                let (own, pattern) = (self.parts(), pattern.parts());
                let is_whole = pattern.first().is_some_and(|it| it.starts_with('/'));
                let start = own
                    .len()
                    .checked_sub(pattern.len())
                    .filter(|at| *at == 0 || !is_whole);
                let matches = start.and_then(|at| own.get(at..)).is_some_and(|own| {
                    own.iter()
                        .zip(&pattern)
                        .all(|(part, pattern)| is_match(part, pattern))
                });
                Value::Bool(matches)
            }
            _ if self.is_pure => {
                let class = self.class_name();
                let text = format!("'{class}' object has no attribute '{name}'");
                return Err(ev.raise("AttributeError", text));
            }
            "open" => {
                args.positional.insert(0, Value::from(self.text.as_str()));
                open(ev, args)?
            }
            _ => self.of_file(ev, name, &args)?,
        })
    }

    /// What the files of the project say.
    fn of_file(&self, ev: &mut Interp<'_>, name: &str, args: &Args) -> R {
        let full = absolute(ev, &self.text);
        let sources = Rc::clone(ev.world().sources());
        Ok(match name {
            "read_text" => read_text(ev, &self.text)?,
            "read_bytes" => match sources.read(&full) {
                Some(text) => Value::bytes(text.as_bytes()),
                None => read_text(ev, &self.text)?,
            },
            "exists" => Value::Bool(sources.is_file(&full) || is_dir(ev, &full)),
            "is_file" => Value::Bool(sources.is_file(&full)),
            "is_dir" => Value::Bool(is_dir(ev, &full)),
            "mkdir" => {
                let mut args = args.clone().bind(ev, "mkdir", "mode=,parents=,exist_ok=")?;
                let mut flag = |ev: &mut Interp<'_>, name: &str| {
                    let value = args.take_or_none(name);
                    ev.truth(&value, "an argument of `mkdir()`")
                };
                let (parents, exist_ok) = (flag(ev, "parents")?, flag(ev, "exist_ok")?);
                make_dir(ev, &self.text, parents, exist_ok)?
            }
            "resolve" => self.like(&full.to_string_lossy()),
            "absolute" => {
                let cwd = ev.world().inputs().cwd.to_string_lossy().into_owned();
                self.like(&join(&cwd, &self.text))
            }
            "expanduser" => match super::os::expanded(ev, &self.text) {
                Some(path) => self.like(&path),
                None => ev.unknown("the home directory is not an input"),
            },
            // CPython gives them in the order of the directory.
            "iterdir" => {
                let names = sources.list(&full);
                let paths = names.iter().map(|name| self.like(&join(&self.text, name)));
                Value::list(paths.collect())
            }
            "glob" | "rglob" => {
                let pattern = args.get(0).and_then(Value::as_str).unwrap_or_default();
                let pattern = if name == "rglob" {
                    format!("**/{pattern}")
                } else {
                    pattern.to_string()
                };
                let parts: Vec<&str> = pattern.split('/').filter(|it| !it.is_empty()).collect();
                let mut found = Vec::new();
                walk(&*sources, &full, &self.text, &parts, &mut found, 0);
                let mut seen = std::collections::BTreeSet::new();
                found.retain(|path| seen.insert(path.clone()));
                Value::list(found.iter().map(|path| self.like(path)).collect())
            }
            _ => {
                return Err(ev.unreadable(format!("`Path.{name}()` is not modelled")));
            }
        })
    }
}

/// How deep folders are looked into.
const MAX_DEPTH: usize = 20;

/// The paths below a folder that a pattern, in parts, matches.
fn walk(
    sources: &dyn Sources,
    folder: &StdPath,
    shown: &str,
    pattern: &[&str],
    found: &mut Vec<String>,
    depth: usize,
) {
    let Some((first, rest)) = pattern.split_first() else {
        found.push(shown.to_owned());
        return;
    };
    if depth > MAX_DEPTH {
        return;
    }
    let inside = |name: &str| -> (PathBuf, String) { (folder.join(name), join(shown, name)) };
    if *first == "**" {
        walk(sources, folder, shown, rest, found, depth);
        for name in sources.list(folder) {
            let (path, shown) = inside(&name);
            if sources.is_dir(&path) {
                walk(sources, &path, &shown, pattern, found, depth + 1);
            }
        }
        return;
    }
    for name in sources.list(folder) {
        let (path, shown) = inside(&name);
        if is_match(&name, first) && (rest.is_empty() || sources.is_dir(&path)) {
            walk(sources, &path, &shown, rest, found, depth + 1);
        }
    }
}

/// `fnmatch.fnmatchcase`
pub(crate) fn is_match(name: &str, pattern: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let pattern: Vec<char> = pattern.chars().collect();
    // Where to go on after a mismatch: behind the last `*`, one character later.
    let (mut at, mut of, mut retry) = (0, 0, None::<(usize, usize)>);
    loop {
        match pattern.get(of) {
            Some('*') => {
                retry = Some((of + 1, at));
                of += 1;
                continue;
            }
            None if at == name.len() => return true,
            Some(_) if at < name.len() => {
                if let Some(next) = one(&pattern, of, name.get(at).copied().unwrap_or_default()) {
                    of = next;
                    at += 1;
                    continue;
                }
            }
            _ => {}
        }
        match retry {
            Some((behind, from)) if from < name.len() => {
                retry = Some((behind, from + 1));
                of = behind;
                at = from + 1;
            }
            _ => return false,
        }
    }
}

/// Whether the part of a pattern that begins at `of` matches one character; where the next part begins.
fn one(pattern: &[char], of: usize, found: char) -> Option<usize> {
    let first = *pattern.get(of)?;
    if first == '?' {
        return Some(of + 1);
    }
    let rest = pattern.get(of + 1..).unwrap_or_default();
    let negated = usize::from(rest.first() == Some(&'!'));
    let skip = negated + usize::from(rest.get(negated) == Some(&']'));
    let end = rest
        .iter()
        .skip(skip)
        .position(|it| *it == ']')
        .map(|at| at + skip);
    let Some(end) = end.filter(|_| first == '[') else {
        return (first == found).then_some(of + 1);
    };
    let set = rest.get(negated..end).unwrap_or_default();
    let mut is_in = false;
    let mut at = 0;
    while let Some(low) = set.get(at) {
        match (set.get(at + 1), set.get(at + 2)) {
            (Some('-'), Some(high)) => {
                is_in |= (*low..=*high).contains(&found);
                at += 3;
            }
            _ => {
                is_in |= *low == found;
                at += 1;
            }
        }
    }
    (is_in != (negated == 1)).then_some(of + end + 2)
}

impl NativeObject for PurePath {
    fn type_name(&self) -> String {
        self.class_name().to_owned()
    }

    fn class(&self, ev: &mut Interp<'_>) -> Option<Rc<Class>> {
        let classes = classes(ev);
        Some(Rc::clone(if self.is_pure {
            &classes.pure_posix
        } else {
            &classes.posix
        }))
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
            "with_stem",
            "open",
            "as_posix",
            "iterdir",
            "glob",
            "rglob",
            "__fspath__",
            "is_absolute",
            "expanduser",
            "relative_to",
            "is_relative_to",
            "match",
            "write_text",
            "write_bytes",
            "mkdir",
            "touch",
            "unlink",
            "rmdir",
            "rename",
            "replace",
        ]
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let texts = |texts: Vec<&str>| texts.into_iter().map(Value::from).collect();
        Ok(Some(match name {
            "name" => Value::from(self.name()),
            "stem" => Value::from(self.name().strip_suffix(self.suffix()).unwrap_or_default()),
            "suffix" => Value::from(self.suffix()),
            "suffixes" => Value::list(texts(self.suffixes())),
            "parent" => self.like(&self.parent()),
            "parts" => Value::tuple(texts(self.parts())),
            "parents" => Value::tuple(self.parents()),
            "root" | "anchor" => Value::from(self.root()),
            "drive" => Value::from(""),
            "__class__" => {
                let class = NativeObject::class(&*self, ev);
                return Ok(class.map(Value::Class));
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
        self.method(ev, name, args).map(Some)
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
        Ok(Some(self.like(&if reflected {
            join(&other, &self.text)
        } else {
            join(&self.text, &other)
        })))
    }

    fn compare(self: Rc<Self>, _ev: &mut Interp<'_>, op: CmpOp, other: &Value) -> R<Option<Value>> {
        let Some(other) = other.downcast_ref::<PurePath>() else {
            return Ok(None);
        };
        let order = self.parts().cmp(&other.parts());
        Ok(Some(Value::Bool(op.holds(order))))
    }

    fn hash_key(&self, _this: &Value) -> Result<HashKey, Unhashable> {
        Ok(HashKey::Native("Path", Rc::from(self.text.as_str())))
    }

    fn repr(&self, _ev: &mut Interp<'_>) -> R<String> {
        let class = self.class_name();
        Ok(format!("{class}({})", limbeck_schema::py_str(&self.text)))
    }

    fn str(&self, _ev: &mut Interp<'_>) -> R<String> {
        Ok(self.text.clone())
    }
}

struct PathHooks {
    is_pure: bool,
}

impl ClassHooks for PathHooks {
    fn construct(
        &self,
        ev: &mut Interp<'_>,
        _class: &Rc<Class>,
        args: Args,
    ) -> R<Result<Value, Args>> {
        let mut path = String::new();
        for part in &args.positional {
            if part.is_unknown() {
                return Ok(Ok(part.clone()));
            }
            path = join(&path, &path_text(ev, part)?);
        }
        Ok(Ok(Value::object(PurePath {
            text: normal(&path),
            is_pure: self.is_pure,
        })))
    }

    fn class_attr(&self, _ev: &mut Interp<'_>, _class: &Rc<Class>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "cwd" if !self.is_pure => Some(Value::native("cwd", |ev, _| {
                let cwd = ev.world().inputs().cwd.to_string_lossy().into_owned();
                Ok(Value::object(PurePath {
                    text: normal(&cwd),
                    is_pure: false,
                }))
            })),
            "home" if !self.is_pure => Some(Value::native("home", |ev, _| {
                let Some(home) = super::os::expanded(ev, "~") else {
                    return Ok(ev.unknown("the home directory is not an input"));
                };
                Ok(Value::object(PurePath {
                    text: normal(&home),
                    is_pure: false,
                }))
            })),
            _ => None,
        })
    }
}

/// `pathlib`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let classes = classes(ev);
    let named = [
        ("PurePath", &classes.pure),
        ("PurePosixPath", &classes.pure_posix),
        ("Path", &classes.path),
        ("PosixPath", &classes.posix),
    ];
    Ok(Module::native(
        "pathlib",
        named.map(|(name, class)| (name, Value::Class(Rc::clone(class)))),
    ))
}

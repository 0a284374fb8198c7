//! Which files importing a project reads, and which of them are worth a closer look.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::file::{Found, Origin, read_file};
use crate::eval::Interp;
use crate::parse::parse_module;
use crate::script::Script;

/// How many files are looked at: more than any application has.
const MOST_FILES: usize = 20_000;

/// Words of a file that may change SQLAlchemy or Alembic.
const WORDS: [&str; 10] = [
    "compiles(",
    "listen(",
    "listens_for(",
    "implementation_for(",
    "register_operation(",
    "dispatch_for(",
    "__dialect__",
    "registry.register(",
    "ischema_names",
    "setattr(",
];

/// See [`super::survey`].
pub(super) fn survey<'a>(
    ev: &mut Interp<'_>,
    env: &Script,
    scripts: impl Iterator<Item = &'a Script>,
) -> Vec<String> {
    let mut walk = Walk {
        folders: ev.import_path(),
        tops: BTreeMap::new(),
        followed: BTreeSet::new(),
        seen: BTreeSet::new(),
        packages: BTreeMap::new(),
        queue: VecDeque::new(),
        found: Found::default(),
    };
    let root = Origin::root(&env.path, true);
    walk.look(ev, &root, &env.parsed, true);
    for script in scripts {
        let root = Origin::root(&script.path, false);
        walk.look(ev, &root, &script.parsed, true);
    }
    while let Some((name, is_env)) = walk.queue.pop_front() {
        if walk.seen.len() > MOST_FILES {
            break;
        }
        walk.module(ev, &name, is_env);
    }
    walk.found.keep(ev)
}

/// Modules that have been looked at, and those that wait.
struct Walk {
    /// Folders that modules are found in, with whether those of installed packages.
    folders: Vec<(PathBuf, bool)>,
    /// Where the top-level packages are.
    tops: BTreeMap<String, Option<(PathBuf, bool)>>,
    /// Top-level packages that env.py or a script imports itself.
    followed: BTreeSet<String>,
    seen: BTreeSet<String>,
    /// Whether there is a folder of that path.
    packages: BTreeMap<PathBuf, bool>,
    queue: VecDeque<(String, bool)>,
    found: Found,
}

impl Walk {
    /// Takes in what a parsed file does, and what it imports.
    fn look(
        &mut self,
        ev: &mut Interp<'_>,
        origin: &Origin,
        parsed: &crate::parse::Parsed,
        is_root: bool,
    ) {
        let imports = read_file(ev, origin, parsed, &mut self.found);
        for name in imports {
            self.enqueue(name, is_root, origin.is_env);
        }
    }

    fn enqueue(&mut self, name: String, is_root: bool, is_env: bool) {
        let top = name.split('.').next().unwrap_or(&name);
        if top.is_empty() || crate::modules::owns(top) || crate::alchemy::model_of(top).is_some() {
            return;
        }
        if is_root && !self.followed.contains(top) {
            self.followed.insert(top.to_owned());
        }
        // Packages before their modules.
        for (at, _) in name.match_indices('.') {
            let package = name.get(..at).unwrap_or_default();
            if self.seen.insert(package.to_owned()) {
                self.queue.push_back((package.to_owned(), is_env));
            }
        }
        if self.seen.insert(name.clone()) {
            self.queue.push_back((name, is_env));
        }
    }

    /// Looks at a module, if it is one and belongs to the project.
    fn module(&mut self, ev: &mut Interp<'_>, name: &str, is_env: bool) {
        let Some((file, is_package)) = self.find(ev, name) else {
            return;
        };
        let Some(text) = ev.world().sources().read(&file) else {
            return;
        };
        let origin_file = file.clone();
        let origin = Origin {
            file: Some(file),
            module: name.to_owned(),
            is_package,
            is_env,
        };
        if text.contains("naming_convention") {
            self.found.conventions.insert(origin_file.clone());
        }
        if is_suspect(&text)
            && let Some(path) = origin.file.as_ref()
            && let Ok(parsed) = parse_module(&path.to_string_lossy(), &text)
        {
            self.look(ev, &origin, &parsed, false);
            return;
        }
        for name in imports_of(&text, &origin) {
            self.enqueue(name, false, is_env);
        }
    }

    /// The file of a module.
    fn find(&mut self, ev: &Interp<'_>, name: &str) -> Option<(PathBuf, bool)> {
        let sources = Rc::clone(ev.world().sources());
        let (top, rest) = name.split_once('.').unwrap_or((name, ""));
        if !self.tops.contains_key(top) {
            let has = |folder: &Path| {
                sources.is_file(&folder.join(format!("{top}.py")))
                    || sources.is_dir(&folder.join(top))
            };
            let mut folders = self.folders.iter();
            let found = folders.find(|(folder, _)| has(folder)).cloned();
            self.tops.insert(top.to_owned(), found);
        }
        let (folder, is_installed) = self.tops.get(top)?.clone()?;
        let is_followed = !is_installed
            || self.followed.contains(top)
            || ["sqlalchemy", "alembic", "oslo_db"]
                .iter()
                .any(|word| top.contains(word));
        if !is_followed {
            return None;
        }
        let mut path = folder.join(top);
        path.extend(rest.split('.').filter(|part| !part.is_empty()));
        // Most names that are imported are no modules: those of a module that is no package need not be looked for.
        if !rest.is_empty() {
            let package = path.parent().unwrap_or(&path).to_owned();
            let is_there = self.packages.entry(package.clone());
            if !*is_there.or_insert_with(|| sources.is_dir(&package)) {
                return None;
            }
        }
        let init = path.join("__init__.py");
        if sources.is_file(&init) {
            return Some((init, true));
        }
        let file = path.with_extension("py");
        sources.is_file(&file).then_some((file, false))
    }
}

/// True for a text that may change SQLAlchemy or Alembic when it is imported.
fn is_suspect(text: &str) -> bool {
    if !text.contains("sqlalchemy") && !text.contains("alembic") && !text.contains("sqlmodel") {
        // `db.event`, `compiles` of another module of the project
        return ["compiles(", "listens_for(", "listen("]
            .iter()
            .any(|word| text.contains(word));
    }
    WORDS.iter().any(|word| text.contains(word)) || text.lines().any(is_attribute_assignment)
}

/// `name.attribute = …` or `name.attribute[…] = …` outside of methods.
fn is_attribute_assignment(line: &str) -> bool {
    let line = line.trim_start();
    let end = line
        .find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '.'))
        .unwrap_or(line.len());
    let (target, rest) = line.split_at(end);
    if target.starts_with("self.") || target.starts_with("cls.") || !target.contains('.') {
        return false;
    }
    let rest = match rest.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(_, rest)| rest),
        None => rest,
    };
    let rest = rest.trim_start();
    rest.starts_with('=') && !rest.starts_with("==")
}

/// Modules that the import statements of a text outside of its functions and classes name, found without parsing it: too many rather
/// than too few.
fn imports_of(text: &str, origin: &Origin) -> Vec<String> {
    let mut found = Vec::new();
    // Whether the block of the last line that is not indented is executed when the module is imported.
    let mut is_read = true;
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let code = line.trim_start();
        if code.len() == line.len() && !code.is_empty() {
            let word = code
                .split(|it: char| !it.is_alphanumeric())
                .next()
                .unwrap_or_default();
            is_read = match word {
                "if" => !code.contains("TYPE_CHECKING") && !code.contains("__name__"),
                "def" | "class" | "async" => false,
                _ => true,
            };
        }
        if !is_read {
            continue;
        }
        if let Some(rest) = code.strip_prefix("import ") {
            let names = rest.split('#').next().unwrap_or_default().split(',');
            let names = names.filter_map(|it| it.split_whitespace().next());
            found.extend(names.map(|it| it.trim_end_matches(';').to_owned()));
        } else if let Some(rest) = code.strip_prefix("from ") {
            let Some((module, rest)) = rest.split_once(" import") else {
                continue;
            };
            let mut names = rest.split('#').next().unwrap_or_default().trim().to_owned();
            if names.starts_with('(') && !names.contains(')') {
                for line in lines.by_ref() {
                    let line = line.split('#').next().unwrap_or_default();
                    names.push(' ');
                    names.push_str(line);
                    if line.contains(')') {
                        break;
                    }
                }
            }
            while names.ends_with('\\') {
                names.pop();
                names.push_str(lines.next().unwrap_or_default());
            }
            let module = module.trim();
            let name = module.trim_start_matches('.');
            let level = module.len() - name.len();
            let Some(module) = origin.absolute(level, name) else {
                continue;
            };
            found.push(module.clone());
            for part in names.trim_matches(['(', ')', ' ']).split(',') {
                let name = part.split_whitespace().next().unwrap_or_default();
                let name = name.trim_matches(['(', ')', ';']);
                if !name.is_empty() && name != "*" {
                    found.push(format!("{module}.{name}"));
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_found_without_parsing() {
        let origin = Origin {
            file: None,
            module: "app.db".to_owned(),
            is_package: false,
            is_env: true,
        };
        let text = "import os, app.x as y  # both\nfrom . import (\n    base,  # one\n    types as t,\n)\n\
                    try:\n    from .a import b\nexcept ImportError:\n    pass\n\
                    if TYPE_CHECKING:\n    import never\ndef f():\n    import not_now\nfrom ..z import *\n";
        let found = imports_of(text, &origin);
        let expected = [
            "os",
            "app.x",
            "app",
            "app.base",
            "app.types",
            "app.a",
            "app.a.b",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn assignments_to_attributes_are_told_from_others() {
        let check = |line: &str, expected: bool| {
            assert_eq!(is_attribute_assignment(line), expected, "{line}");
        };
        check("sa.types.JSON = Mine", true);
        check("  impl._impls['x'] = Y", true);
        check("self.a = 1", false);
        check("a.b == 1", false);
        check("a = b.c", false);
        check("a.b()", false);
    }
}

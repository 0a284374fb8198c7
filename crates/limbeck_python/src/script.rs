//! Migration scripts: their header, and running their functions.

use std::path::PathBuf;
use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location};
use ruff_python_ast::{Expr, Operator, Stmt};
use ruff_text_size::Ranged as _;

use crate::args::Args;
use crate::eval::{Interp, World};
use crate::host::NullHost;
use crate::parse::{Parsed, parse_module, span_of};
use crate::value::{Module, Value};

/// What a migration script says about itself.
#[derive(Debug, Clone, Default)]
pub struct Header {
    /// `revision`; none when the script does not assign it.
    pub revision: Option<String>,
    /// `down_revision`: empty for a base, several for a merge.
    pub down_revision: Vec<String>,
    /// `branch_labels`.
    pub branch_labels: Vec<String>,
    /// `depends_on`.
    pub depends_on: Vec<String>,
    /// The module's docstring, as written.
    pub doc: Option<String>,
    /// Where `revision` is assigned.
    pub location: Option<Location>,
    /// Where `down_revision` is assigned.
    pub down_location: Option<Location>,
    /// True when there is a function `upgrade`.
    pub has_upgrade: bool,
    /// True when there is a function `downgrade`.
    pub has_downgrade: bool,
    /// Identifiers whose value is no literal, with the place of the value: [`Script::evaluate_header`]
    /// reads them.
    pub computed: Vec<(&'static str, Location)>,
}

/// A parsed migration script.
#[derive(Clone)]
pub struct Script {
    /// Where it is.
    pub path: PathBuf,
    /// Its syntax.
    pub parsed: Parsed,
}

impl Script {
    /// Parses a script.
    ///
    /// # Errors
    /// A syntax error, at its place.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Script, Error> {
        let path = path.into();
        let parsed = parse_module(&path.to_string_lossy(), text)?;
        Ok(Script { path, parsed })
    }

    /// The same script at another path: what is told of it from now on is told of that path.
    #[must_use]
    pub fn moved(&self, path: impl Into<PathBuf>) -> Script {
        let path = path.into();
        let parsed = self.parsed.renamed(path.to_string_lossy());
        Script { path, parsed }
    }

    /// What the script says about itself, without executing anything.
    ///
    /// # Errors
    /// An identifier that is neither a string nor several strings.
    pub fn header(&self) -> Result<Header, Error> {
        let body = &self.parsed.module().body;
        let mut reader = HeaderReader {
            script: self,
            constants: Vec::new(),
            header: Header::default(),
        };
        reader.header.doc = crate::eval::docstring(body).map(|doc| doc.to_string());
        for stmt in body {
            reader.stmt(stmt)?;
        }
        Ok(reader.header)
    }

    /// Like [`Script::header`], but executes module-level code where an identifier is no literal.
    ///
    /// # Errors
    /// Also where module-level code cannot be read or raises an exception.
    pub fn evaluate_header(&self, ev: &mut Interp<'_>) -> Result<Header, Error> {
        let mut header = self.header()?;
        if header.computed.is_empty() {
            return Ok(header);
        }
        let module = self.load(ev)?;
        for (name, location) in std::mem::take(&mut header.computed) {
            let value = match ev.get_attr(&Value::Module(Rc::clone(&module)), name) {
                Ok(value) => value,
                Err(flow) => return Err(ev.flow_to_error(flow)),
            };
            if let Err(flow) = ev.need_known(&value, &format!("`{name}`")) {
                return Err(ev.flow_to_error(flow));
            }
            let items = match &value {
                Value::None => Vec::new(),
                Value::Str(_) => vec![value.clone()],
                other => match ev.iterate(other) {
                    Ok(items) => items,
                    Err(flow) => return Err(ev.flow_to_error(flow)),
                },
            };
            let mut texts = Vec::new();
            for item in items {
                match item.as_str() {
                    Some(text) => texts.push(text.to_string()),
                    None => return Err(not_text(name, location)),
                }
            }
            header.set(name, texts);
        }
        Ok(header)
    }

    /// Executes the module-level code, reading rather than running. Imports of project modules wait
    /// until a name is used.
    ///
    /// # Errors
    /// An exception that the module raises; what cannot be read becomes unknown.
    pub fn load(&self, ev: &mut Interp<'_>) -> Result<Rc<Module>, Error> {
        let name = self
            .path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let module = ev.new_module(&format!("{name}_py"), Some(self.path.clone()), false);
        let lazy = std::mem::replace(&mut ev.lazy_imports, true);
        let result = ev.exec_module(&module, &self.parsed);
        ev.lazy_imports = lazy;
        match result {
            Ok(()) => Ok(module),
            Err(flow) => Err(ev.flow_to_error(flow)),
        }
    }

    /// Calls a function of a loaded script, such as `upgrade`.
    ///
    /// # Errors
    /// An exception that it raises, or what could not be read; at its place.
    pub fn run_function(
        ev: &mut Interp<'_>,
        module: &Rc<Module>,
        name: &str,
        args: Args,
    ) -> Result<Value, Error> {
        let function = match ev.get_attr(&Value::Module(Rc::clone(module)), name) {
            Ok(function) => function,
            Err(flow) => return Err(ev.flow_to_error(flow)),
        };
        ev.forget_generators();
        let result = ev.call(&function, args);
        match result.and_then(|value| ev.end_generators().map(|()| value)) {
            Ok(value) => Ok(value),
            Err(flow) => {
                ev.forget_generators();
                Err(ev.flow_to_error(flow))
            }
        }
    }
}

/// Reads the header of a script, executing module-level code where an identifier is no literal.
///
/// # Errors
/// As [`Script::evaluate_header`].
pub fn evaluate_header(world: &Rc<World>, script: &Script) -> Result<Header, Error> {
    let mut host = NullHost;
    let mut ev = Interp::new(world, &mut host);
    script.evaluate_header(&mut ev)
}

const IDENTIFIERS: [&str; 4] = ["revision", "down_revision", "branch_labels", "depends_on"];

impl Header {
    fn set(&mut self, name: &str, texts: Vec<String>) {
        match name {
            "revision" => self.revision = texts.into_iter().next(),
            "down_revision" => self.down_revision = texts,
            "branch_labels" => self.branch_labels = texts,
            _ => self.depends_on = texts,
        }
    }
}

fn not_text(name: &str, location: Location) -> Error {
    Error::new(
        ErrorKind::Python,
        Diagnostic::error(
            "script-header",
            format!("`{name}` of a migration script must be a string or strings"),
        )
        .at(location, ""),
    )
}

/// Reads module-level assignments of literals.
struct HeaderReader<'a> {
    script: &'a Script,
    /// Names assigned so far, with their texts; none for a value that is no literal.
    constants: Vec<(String, Option<Vec<String>>)>,
    header: Header,
}

impl HeaderReader<'_> {
    fn stmt(&mut self, stmt: &Stmt) -> Result<(), Error> {
        match stmt {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    if let Expr::Name(name) = target {
                        self.assign(name.id.as_str(), &assign.value)?;
                    }
                }
            }
            Stmt::AnnAssign(assign) => {
                if let (Expr::Name(name), Some(value)) = (&*assign.target, &assign.value) {
                    self.assign(name.id.as_str(), value)?;
                }
            }
            Stmt::FunctionDef(def) => match def.name.as_str() {
                "upgrade" => self.header.has_upgrade = true,
                "downgrade" => self.header.has_downgrade = true,
                _ => {}
            },
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    match name {
                        "upgrade" => self.header.has_upgrade = true,
                        "downgrade" => self.header.has_downgrade = true,
                        _ => self.computed(name, alias.range),
                    }
                }
            }
            Stmt::If(_)
            | Stmt::Try(_)
            | Stmt::With(_)
            | Stmt::For(_)
            | Stmt::While(_)
            | Stmt::Match(_)
            | Stmt::AugAssign(_) => {
                for name in crate::eval::bound_names(stmt) {
                    match &*name {
                        "upgrade" => self.header.has_upgrade = true,
                        "downgrade" => self.header.has_downgrade = true,
                        name => self.computed(name, stmt.range()),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Notes that an identifier gets a value that is no literal.
    fn computed(&mut self, name: &str, range: ruff_text_size::TextRange) {
        let location = self.location(range);
        self.constants.push((name.to_owned(), None));
        if let Some(identifier) = IDENTIFIERS.iter().find(|identifier| **identifier == name) {
            self.header
                .computed
                .retain(|(known, _)| known != identifier);
            self.header.computed.push((identifier, location));
        }
    }

    fn assign(&mut self, name: &str, value: &Expr) -> Result<(), Error> {
        let location = self.location(value.range());
        let Some(identifier) = IDENTIFIERS.iter().find(|identifier| **identifier == name) else {
            let texts = self.texts(value).ok().flatten();
            self.constants.push((name.to_owned(), texts));
            match name {
                "upgrade" => self.header.has_upgrade = true,
                "downgrade" => self.header.has_downgrade = true,
                _ => {}
            }
            return Ok(());
        };
        match *identifier {
            "revision" => self.header.location = Some(location.clone()),
            "down_revision" => self.header.down_location = Some(location.clone()),
            _ => {}
        }
        match self.texts(value) {
            Ok(Some(texts)) => {
                self.header
                    .computed
                    .retain(|(known, _)| known != identifier);
                self.constants.push((name.to_owned(), Some(texts.clone())));
                self.header.set(identifier, texts);
                Ok(())
            }
            Ok(None) => {
                self.computed(name, value.range());
                Ok(())
            }
            Err(NotText) => Err(not_text(identifier, location)),
        }
    }

    fn location(&self, range: ruff_text_size::TextRange) -> Location {
        Location::new(self.script.parsed.file().clone(), span_of(range))
    }

    /// The strings that a literal stands for; none when it is no literal.
    fn texts(&self, value: &Expr) -> Result<Option<Vec<String>>, NotText> {
        let elements = match value {
            Expr::NoneLiteral(_) => return Ok(Some(Vec::new())),
            Expr::StringLiteral(text) => return Ok(Some(vec![text.value.to_str().to_owned()])),
            Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::Dict(_) => {
                return Err(NotText);
            }
            Expr::Name(name) => {
                let known = self
                    .constants
                    .iter()
                    .rev()
                    .find(|(known, _)| known == name.id.as_str());
                return Ok(known.and_then(|(_, texts)| texts.clone()));
            }
            Expr::BinOp(binary) if binary.op == Operator::Add => {
                let (left, right) = (self.texts(&binary.left)?, self.texts(&binary.right)?);
                let both_text = |expr: &Expr| matches!(expr, Expr::StringLiteral(_));
                if !both_text(&binary.left) || !both_text(&binary.right) {
                    return Ok(None);
                }
                return Ok(left
                    .zip(right)
                    .map(|(left, right)| vec![left.concat() + &right.concat()]));
            }
            Expr::Tuple(tuple) => &tuple.elts,
            Expr::List(list) => &list.elts,
            Expr::Set(set) => &set.elts,
            _ => return Ok(None),
        };
        let mut texts = Vec::new();
        for element in elements {
            match self.texts(element)? {
                Some(text) if !text.is_empty() => texts.extend(text),
                Some(_) => {}
                None => return Ok(None),
            }
        }
        Ok(Some(texts))
    }
}

/// A literal of another type than text.
struct NotText;

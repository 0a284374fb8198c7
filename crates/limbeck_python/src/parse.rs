//! Text to syntax tree: the only file that calls the parser.

use std::rc::Rc;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, SourceFile, Span};
use ruff_python_ast::{Expr, Mod, ModModule};
use ruff_python_parser::{Mode, ParseOptions};
use ruff_text_size::{Ranged, TextRange};

use crate::eval::Unit;

/// A parsed file. Cheap to clone.
#[derive(Clone)]
pub struct Parsed {
    file: SourceFile,
    module: Rc<ModModule>,
    unit: Rc<Unit>,
    warnings: Rc<Vec<Diagnostic>>,
}

impl Parsed {
    /// The source text.
    #[must_use]
    pub fn file(&self) -> &SourceFile {
        &self.file
    }

    /// Syntax that is newer than the parser's default version of Python.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        &self.warnings
    }

    pub(crate) fn unit(&self) -> &Rc<Unit> {
        &self.unit
    }

    pub(crate) fn module(&self) -> &Rc<ModModule> {
        &self.module
    }
}

/// Parses a file shown to people as `name`. A byte order mark is dropped. The error is the first
/// syntax error.
pub fn parse_module(name: &str, text: &str) -> Result<Parsed, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let file = SourceFile::new(name, text);
    let parsed = ruff_python_parser::parse_unchecked(file.text(), ParseOptions::from(Mode::Module));
    if let Some(error) = parsed.errors().first() {
        let diagnostic = Diagnostic::error(
            "syntax-error",
            format!("SyntaxError: {}", lower_first(&error.error.to_string())),
        )
        .at(Location::new(file.clone(), span_of(error.location)), "");
        return Err(Error::new(ErrorKind::Python, diagnostic));
    }
    let warnings = parsed
        .unsupported_syntax_errors()
        .iter()
        .map(|error| {
            Diagnostic::warning("unsupported-syntax", error.to_string())
                .at(Location::new(file.clone(), span_of(error.range())), "")
        })
        .collect();
    let module = match parsed.into_syntax() {
        Mod::Module(module) => module,
        Mod::Expression(_) => {
            return Err(Error::message(
                ErrorKind::Internal,
                "parser",
                "the parser gave no module",
            ));
        }
    };
    let unit = Rc::new(Unit::new(file.clone()));
    Ok(Parsed {
        file,
        module: Rc::new(module),
        unit,
        warnings: Rc::new(warnings),
    })
}

/// Parses one expression, such as an annotation written as a string.
pub(crate) fn parse_expression(text: &str) -> Option<Expr> {
    let parsed = ruff_python_parser::parse_expression(text).ok()?;
    Some(*parsed.into_syntax().body)
}

/// A byte range as a span.
pub(crate) fn span_of(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

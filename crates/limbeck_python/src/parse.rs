//! Text to syntax tree: the only file that calls the parser.

use std::borrow::Cow;
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

    /// The same syntax, shown to people under another name.
    #[must_use]
    pub(crate) fn renamed(&self, name: impl Into<String>) -> Parsed {
        let file = self.file.renamed(name);
        Parsed {
            unit: Rc::new(Unit::new(file.clone(), Some(Rc::clone(&self.module)))),
            file,
            module: Rc::clone(&self.module),
            warnings: Rc::clone(&self.warnings),
        }
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

/// Text as Python reads it: every line ends with `\n`, whichever system it was written on.
pub(crate) fn universal_newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Parses a file shown to people as `name`. A byte order mark is dropped, and line ends are Python's.
/// The error is the first syntax error.
pub fn parse_module(name: &str, text: &str) -> Result<Parsed, Error> {
    let text = universal_newlines(text.strip_prefix('\u{feff}').unwrap_or(text));
    let text = &*text;
    let file = SourceFile::new(name, text);
    if let Some((at, message)) = too_deep(text) {
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        let diagnostic = Diagnostic::error("syntax-error", format!("SyntaxError: {message}"))
            .at(Location::new(file, Span::new(at, at)), "");
        return Err(Error::new(ErrorKind::Python, diagnostic));
    }
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
    let module = Rc::new(module);
    let unit = Rc::new(Unit::new(file.clone(), Some(Rc::clone(&module))));
    Ok(Parsed {
        file,
        module,
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

/// Bounds of nesting. The parser and the syntax tree are recursive: without them, hostile text could
/// exhaust the stack. CPython has the same bounds for brackets and indentation.
const MOST_BRACKETS: usize = 200;
const MOST_INDENTS: usize = 100;
const MOST_PREFIXES: usize = 100;
const MOST_OPERATORS: usize = 2_000;

/// Where text nests too deeply, and what CPython says about it. Counts on the safe side: strings and
/// comments are skipped, everything else is taken as written.
fn too_deep(text: &str) -> Option<(usize, &'static str)> {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(b'\n');
    // Operators and prefix operators since the last comma, for each open bracket.
    let mut levels: Vec<(usize, usize)> = vec![(0, 0)];
    let mut indents: Vec<usize> = vec![0];
    let mut index = 0;
    let mut line_start = true;
    while index < bytes.len() {
        if line_start && levels.len() == 1 {
            line_start = false;
            let indent = run(bytes, index, |byte| matches!(byte, b' ' | b'\t'));
            let next = at(index + indent);
            if !matches!(next, b'\n' | b'\r' | b'#') {
                while indents.last().is_some_and(|last| *last > indent) {
                    indents.pop();
                }
                if indents.last() != Some(&indent) {
                    indents.push(indent);
                }
                if indents.len() > MOST_INDENTS {
                    return Some((index, "too many levels of indentation"));
                }
            }
            index += indent;
            continue;
        }
        let byte = at(index);
        let mut length = 1;
        match byte {
            b'\n' => {
                line_start = true;
                if let [level] = levels.as_mut_slice() {
                    *level = (0, 0);
                }
            }
            b' ' => {
                index += 1;
                continue;
            }
            b'#' => length = run(bytes, index, |byte| byte != b'\n').max(1),
            b'"' | b'\'' => length = string_length(bytes, index),
            b'(' | b'[' | b'{' => {
                levels.push((0, 0));
                if levels.len() > MOST_BRACKETS {
                    return Some((index, "too many nested parentheses"));
                }
            }
            b')' | b']' | b'}' if levels.len() > 1 => {
                levels.pop();
            }
            b',' | b';' | b':' | b'=' => {
                // A colon of a lambda goes on.
                if byte != b':'
                    && let Some(level) = levels.last_mut()
                {
                    *level = (0, 0);
                }
            }
            b'+' | b'-' | b'~' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'<' | b'>' | b'.'
            | b'@' => {
                let before = bytes
                    .iter()
                    .take(index)
                    .rev()
                    .find(|byte| **byte != b' ')
                    .copied()
                    .unwrap_or(b'\n');
                let is_prefix = matches!(byte, b'+' | b'-' | b'~')
                    && !(before.is_ascii_alphanumeric()
                        || matches!(before, b'_' | b')' | b']' | b'}' | b'"' | b'\''));
                let is_power = byte == b'*' && at(index + 1) == b'*';
                if let Some(level) = levels.last_mut() {
                    level.0 += 1;
                    level.1 += usize::from(is_prefix || is_power);
                }
                length = if is_power { 2 } else { 1 };
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                length = run(bytes, index, |byte| {
                    byte.is_ascii_alphanumeric() || byte == b'_'
                })
                .max(1);
                let word = bytes.get(index..index + length).unwrap_or_default();
                if matches!(word, b"not" | b"lambda" | b"else" | b"await")
                    && let Some(level) = levels.last_mut()
                {
                    level.0 += 1;
                    level.1 += 1;
                } else {
                    index += length;
                    continue;
                }
            }
            _ => {}
        }
        let (operators, prefixes) = levels.last().copied().unwrap_or_default();
        if prefixes > MOST_PREFIXES || operators > MOST_OPERATORS {
            return Some((index, "too many nested expressions"));
        }
        index += length;
    }
    None
}

/// How many bytes from `start` on are such.
fn run(bytes: &[u8], start: usize, is_such: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let end = rest.iter().position(|byte| !is_such(*byte));
    end.unwrap_or(rest.len())
}

/// The length of a string literal that starts at a quote.
fn string_length(bytes: &[u8], start: usize) -> usize {
    let quote = bytes.get(start).copied().unwrap_or(b'"');
    let triple = bytes.get(start + 1) == Some(&quote) && bytes.get(start + 2) == Some(&quote);
    let mut index = start + if triple { 3 } else { 1 };
    while let Some(byte) = bytes.get(index).copied() {
        match byte {
            b'\\' => index += 1,
            b'\n' if !triple => return index - start,
            byte if byte == quote => {
                if !triple {
                    return index + 1 - start;
                }
                if bytes.get(index + 1) == Some(&quote) && bytes.get(index + 2) == Some(&quote) {
                    return index + 3 - start;
                }
            }
            _ => {}
        }
        index += 1;
    }
    bytes.len() - start
}

//! Nodes to Python source.

use limbeck_diag::{Location, SourceFile, Span};

use super::parse::{Body, Node};

/// A template as Python source.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    /// The source: module blocks first, then the function `__mako_render__`.
    pub(crate) python: String,
    template: SourceFile,
    /// Template offset of each line of `python`.
    origins: Vec<usize>,
}

impl Compiled {
    /// The place in the template that a one-based line of the Python source came from.
    pub(crate) fn template_location(&self, line: usize) -> Location {
        let offset = self
            .origins
            .get(line.saturating_sub(1))
            .copied()
            .unwrap_or(0);
        let rest = self.template.text().get(offset..).unwrap_or_default();
        let end = offset + rest.find('\n').unwrap_or(rest.len());
        Location::new(self.template.clone(), Span::new(offset as u32, end as u32))
    }
}

pub(super) fn compile(template: &SourceFile, nodes: &[Node]) -> Compiled {
    let mut out = Writer {
        python: String::new(),
        origins: Vec::new(),
    };
    for node in nodes {
        if let Body::ModuleBlock { source } = &node.body {
            out.block(source, 0, node.offset);
        }
    }
    out.line(0, "def __mako_render__():", 0);
    let start = out.origins.len();
    let mut depth = 1;
    for node in nodes {
        match &node.body {
            Body::ModuleBlock { .. } => {}
            Body::Text(text) => {
                out.line(
                    depth,
                    &format!("__mako_write__({})", python_string(text)),
                    node.offset,
                );
            }
            Body::Expression { source, filters } => {
                out.line(
                    depth,
                    &format!("__mako_write__({})", filtered(source, filters)),
                    node.offset,
                );
            }
            Body::Open { source, .. } => {
                out.line(depth, source, node.offset);
                depth += 1;
                out.line(depth, "pass", node.offset);
            }
            Body::Middle { source } => {
                out.line(depth - 1, source, node.offset);
                out.line(depth, "pass", node.offset);
            }
            Body::Close => depth -= 1,
            Body::Statement { source } => out.line(depth, source, node.offset),
            Body::Block { source } => out.block(source, depth, node.offset),
        }
    }
    if out.origins.len() == start {
        out.line(1, "pass", 0);
    }
    Compiled {
        python: out.python,
        template: template.clone(),
        origins: out.origins,
    }
}

/// Applies filters from left to right; `n` switches the default filter `str` off.
fn filtered(source: &str, filters: &[String]) -> String {
    // Parentheses keep an expression that spans lines or starts a generator whole.
    let inner = if source.contains('\n') {
        format!("({source})").replace('\n', " ")
    } else {
        source.to_owned()
    };
    let mut out = inner;
    if !filters.iter().any(|name| name == "n") {
        out = format!("__mako_str__({out})");
    }
    for name in filters {
        out = match name.as_str() {
            "n" => continue,
            "str" | "unicode" => format!("__mako_str__({out})"),
            "trim" => format!("({out}).strip()"),
            other => format!("{other}({out})"),
        };
    }
    out
}

/// A Python string literal of `text`.
fn python_string(text: &str) -> String {
    let mut out = String::from("'");
    for it in text.chars() {
        match it {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            it => out.push(it),
        }
    }
    out.push('\'');
    out
}

struct Writer {
    python: String,
    origins: Vec<usize>,
}

impl Writer {
    fn line(&mut self, depth: usize, text: &str, origin: usize) {
        for part in text.split('\n') {
            for _ in 0..depth {
                self.python.push_str("    ");
            }
            self.python.push_str(part);
            self.python.push('\n');
            self.origins.push(origin);
        }
    }

    /// A block of Python, its own indentation replaced.
    fn block(&mut self, source: &str, depth: usize, origin: usize) {
        let margin = source
            .split('\n')
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start().len())
            .min()
            .unwrap_or(0);
        // The first line may start right after `<%`, at no indentation of its own.
        let first_is_code = source
            .split('\n')
            .next()
            .is_some_and(|line| !line.trim().is_empty());
        for (index, line) in source.split('\n').enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let text = if first_is_code && index == 0 {
                line.trim()
            } else if first_is_code {
                // The first line says nothing about the margin of the others.
                line.trim_end()
            } else {
                line.get(margin..).unwrap_or(line).trim_end()
            };
            self.line(depth, text, origin);
        }
    }
}

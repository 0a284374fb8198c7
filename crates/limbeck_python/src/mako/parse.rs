//! Template text to nodes.

use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result, SourceFile, Span};

/// A piece of a template, with the byte offset where it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    /// Where it starts in the template.
    pub(super) offset: usize,
    /// What it is.
    pub(super) body: Body,
}

/// What a piece of a template is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// Literal text.
    Text(String),
    /// `${expression | filters}`
    Expression {
        source: String,
        filters: Vec<String>,
    },
    /// `% if …:` and other lines that open a block.
    Open { source: String, keyword: String },
    /// `% else:`, `% elif …:`
    Middle { source: String },
    /// `% endif` …
    Close,
    /// A control line that is a statement of its own.
    Statement { source: String },
    /// `<% … %>`
    Block { source: String },
    /// `<%! … %>`
    ModuleBlock { source: String },
}

const OPENERS: [&str; 5] = ["if", "for", "while", "try", "with"];
const MIDDLES: [&str; 4] = ["elif", "else", "except", "finally"];

pub(super) fn parse(template: &SourceFile) -> Result<Vec<Node>> {
    Parser {
        template,
        text: template.text(),
        at: 0,
        nodes: Vec::new(),
        literal: String::new(),
        literal_start: 0,
        open: Vec::new(),
    }
    .run()
}

struct Parser<'a> {
    template: &'a SourceFile,
    text: &'a str,
    at: usize,
    nodes: Vec<Node>,
    literal: String,
    literal_start: usize,
    open: Vec<(String, usize)>,
}

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn run(mut self) -> Result<Vec<Node>> {
        while self.at < self.text.len() {
            let at_line_start =
                self.at == 0 || self.text.as_bytes().get(self.at - 1) == Some(&b'\n');
            if at_line_start && self.control_line()? {
                continue;
            }
            self.inline()?;
        }
        self.flush();
        if let Some((keyword, offset)) = self.open.pop() {
            return Err(self.error(
                offset,
                format!("`% {keyword}` is not closed"),
                format!("add `% end{keyword}`"),
            ));
        }
        Ok(self.nodes)
    }

    /// A line whose first mark is `%` or `##`: Mako's control lines and comments. The whole line goes.
    fn control_line(&mut self) -> Result<bool> {
        let rest = self.rest();
        let line_end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let line = rest.get(..line_end).unwrap_or_default();
        let trimmed = line.trim_start_matches([' ', '\t']);
        if trimmed.starts_with("##") {
            self.flush();
            self.at += line_end;
            return Ok(true);
        }
        let Some(source) = trimmed.strip_prefix('%') else {
            return Ok(false);
        };
        if source.starts_with('%') {
            // `%%` writes one percent sign.
            let indent = line.len() - trimmed.len();
            self.push_literal(self.text.get(self.at..self.at + indent).unwrap_or_default());
            self.push_literal("%");
            self.at += indent + 2;
            self.inline_line()?;
            return Ok(true);
        }
        self.flush();
        let offset = self.at;
        let mut source = source.trim_end_matches(['\n', '\r']).to_owned();
        self.at += line_end;
        while source.ends_with('\\') {
            source.pop();
            let rest = self.rest();
            let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
            source.push_str(
                rest.get(..end)
                    .unwrap_or_default()
                    .trim_end_matches(['\n', '\r']),
            );
            self.at += end;
        }
        let source = source.trim().to_owned();
        let keyword: String = source
            .chars()
            .take_while(|it| it.is_ascii_alphabetic())
            .collect();
        let body = if let Some(opened) = keyword.strip_prefix("end") {
            match self.open.pop() {
                Some((open, _)) if open == opened => Body::Close,
                _ => {
                    return Err(self.error(
                        offset,
                        format!("`% {keyword}` closes nothing"),
                        String::new(),
                    ));
                }
            }
        } else if OPENERS.contains(&keyword.as_str()) {
            self.open.push((keyword.clone(), offset));
            Body::Open { source, keyword }
        } else if MIDDLES.contains(&keyword.as_str()) {
            Body::Middle { source }
        } else {
            Body::Statement { source }
        };
        self.nodes.push(Node { offset, body });
        Ok(true)
    }

    /// The remainder of a line whose start has been dealt with.
    fn inline_line(&mut self) -> Result<()> {
        while self.at < self.text.len()
            && self.text.as_bytes().get(self.at.wrapping_sub(1)) != Some(&b'\n')
        {
            self.inline()?;
        }
        Ok(())
    }

    /// One piece that is not a control line.
    fn inline(&mut self) -> Result<()> {
        let rest = self.rest();
        let offset = self.at;
        if let Some(inner) = rest.strip_prefix("${") {
            let Some(length) = expression_end(inner) else {
                return Err(self.error(
                    offset,
                    "`${` is not closed".to_owned(),
                    "add `}`".to_owned(),
                ));
            };
            let (source, filters) = split_filters(inner.get(..length).unwrap_or_default());
            self.flush();
            self.nodes.push(Node {
                offset,
                body: Body::Expression { source, filters },
            });
            self.at += 2 + length + 1;
        } else if let Some(inner) = rest.strip_prefix("<%") {
            self.tag(inner)?;
        } else if rest.starts_with("\\\n") {
            self.at += 2;
        } else if rest.starts_with("\\\r\n") {
            self.at += 3;
        } else {
            let first = rest.chars().next().map_or(1, char::len_utf8);
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, it)| matches!(it, '$' | '<' | '\\' | '\n'))
                .map_or(
                    rest.len(),
                    |(end, it)| if it == '\n' { end + 1 } else { end },
                );
            let end = if rest.starts_with('\n') { first } else { end };
            self.push_literal(rest.get(..end).unwrap_or_default());
            self.at += end;
        }
        Ok(())
    }

    /// `<% … %>`, `<%! … %>`, `<%doc>`, `<%text>`; `inner` starts after `<%`.
    fn tag(&mut self, inner: &'a str) -> Result<()> {
        let offset = self.at;
        for (name, keep) in [("doc", false), ("text", true)] {
            if let Some(body) = inner.strip_prefix(name).and_then(|it| it.strip_prefix('>')) {
                let close = format!("</%{name}>");
                let Some(end) = body.find(&close) else {
                    return Err(self.error(
                        offset,
                        format!("`<%{name}>` is not closed"),
                        format!("add `{close}`"),
                    ));
                };
                if keep {
                    self.push_literal(body.get(..end).unwrap_or_default());
                }
                self.at += 2 + name.len() + 1 + end + close.len();
                return Ok(());
            }
        }
        let (source, module) = match inner.strip_prefix('!') {
            Some(source) => (source, true),
            None => (inner, false),
        };
        if !module && source.starts_with(|it: char| it.is_ascii_alphabetic()) {
            let name: String = source
                .chars()
                .take_while(|it| it.is_ascii_alphanumeric())
                .collect();
            return Err(self.error(
                offset,
                format!("the template uses `<%{name}`, which Limbeck does not read"),
                "write the template without it".to_owned(),
            ));
        }
        let Some(end) = source.find("%>") else {
            return Err(self.error(
                offset,
                "`<%` is not closed".to_owned(),
                "add `%>`".to_owned(),
            ));
        };
        let source_text = source.get(..end).unwrap_or_default().to_owned();
        self.flush();
        let body = if module {
            Body::ModuleBlock {
                source: source_text,
            }
        } else {
            Body::Block {
                source: source_text,
            }
        };
        self.nodes.push(Node { offset, body });
        self.at += 2 + usize::from(module) + end + 2;
        Ok(())
    }

    fn push_literal(&mut self, text: &str) {
        if self.literal.is_empty() {
            self.literal_start = self.at;
        }
        self.literal.push_str(text);
    }

    fn flush(&mut self) {
        if !self.literal.is_empty() {
            let text = std::mem::take(&mut self.literal);
            self.nodes.push(Node {
                offset: self.literal_start,
                body: Body::Text(text),
            });
        }
    }

    fn error(&self, offset: usize, message: String, help: String) -> Error {
        let rest = self.text.get(offset..).unwrap_or_default();
        let end = offset + rest.find('\n').unwrap_or(rest.len());
        let span = Span::new(offset as u32, end as u32);
        let diagnostic = Diagnostic::error("template", message)
            .at(Location::new(self.template.clone(), span), "");
        Error::new(
            ErrorKind::Unreadable,
            if help.is_empty() {
                diagnostic
            } else {
                diagnostic.help(help)
            },
        )
    }
}

/// Length of a Python expression up to the `}` that closes it: braces and strings are skipped over.
fn expression_end(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, it) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if it == '\\' => escaped = true,
            Some(open) if it == open => quote = None,
            Some(_) => {}
            None => match it {
                '\'' | '"' => quote = Some(it),
                '{' => depth += 1,
                '}' if depth == 0 => return Some(at),
                '}' => depth -= 1,
                _ => {}
            },
        }
    }
    None
}

/// Splits `expr | a,b` at the last bar that is outside of brackets and strings and is followed by names only.
fn split_filters(text: &str) -> (String, Vec<String>) {
    if let Some((expression, filters)) = text.rsplit_once('|') {
        let names: Vec<&str> = filters.split(',').map(str::trim).collect();
        let is_name = |name: &&str| {
            name.starts_with(|it: char| it.is_alphabetic() || it == '_')
                && name
                    .chars()
                    .all(|it| it.is_alphanumeric() || it == '_' || it == '.')
        };
        let is_inside_brackets = expression.matches(['(', '[', '{']).count()
            != expression.matches([')', ']', '}']).count();
        if names.iter().all(is_name) && !expression.ends_with('|') && !is_inside_brackets {
            let names = names.into_iter().map(str::to_owned).collect();
            return (expression.trim().to_owned(), names);
        }
    }
    (text.trim().to_owned(), Vec::new())
}

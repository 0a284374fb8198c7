//! Source text and positions in it.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A half-open byte range in one source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Span {
    /// The range `start..end`, in bytes.
    #[must_use]
    pub fn new(start: u32, end: u32) -> Span {
        Span {
            start,
            end: end.max(start),
        }
    }
}

/// One file of source text. Cheap to clone; spans and locations hold on to it.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceFile(Arc<SourceFileInner>);

struct SourceFileInner {
    name: String,
    text: Arc<str>,
    /// Offsets of the lines, found when a position is asked for first.
    line_starts: OnceLock<Vec<u32>>,
}

impl PartialEq for SourceFileInner {
    fn eq(&self, other: &SourceFileInner) -> bool {
        self.name == other.name && self.text == other.text
    }
}

impl Eq for SourceFileInner {}

impl fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SourceFile({})", self.0.name)
    }
}

impl SourceFile {
    /// A file shown to people as `name` (usually its path) with content `text`.
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> SourceFile {
        SourceFile(Arc::new(SourceFileInner {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        }))
    }

    /// The same text, shown to people under another name.
    #[must_use]
    pub fn renamed(&self, name: impl Into<String>) -> SourceFile {
        SourceFile::new(name, Arc::clone(&self.0.text))
    }

    fn line_starts(&self) -> &[u32] {
        self.0.line_starts.get_or_init(|| {
            let ends = self.0.text.bytes().zip(1u32..);
            let starts = ends.filter(|(byte, _)| *byte == b'\n').map(|(_, at)| at);
            std::iter::once(0).chain(starts).collect()
        })
    }

    /// The name given at construction.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The text at `span`, clamped to the file and to character boundaries.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        let (start, end) = self.clamp(span);
        self.0.text.get(start..end).unwrap_or_default()
    }

    /// `span` as byte offsets that are inside the text and on character boundaries.
    pub(crate) fn clamp(&self, span: Span) -> (usize, usize) {
        let text = &self.0.text;
        let mut start = (span.start as usize).min(text.len());
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        if span.end <= span.start {
            return (start, start);
        }
        let mut end = (span.end as usize).clamp(start, text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        (start, end)
    }

    /// One-based line and column (in characters) of a byte offset.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> (usize, usize) {
        let starts = self.line_starts();
        let line = starts.partition_point(|start| *start <= offset).max(1);
        let line_start = starts.get(line - 1).copied().unwrap_or(0);
        let column = self.slice(Span::new(line_start, offset)).chars().count() + 1;
        (line, column)
    }

    /// The text of a one-based line, without its line break.
    #[must_use]
    pub fn line(&self, line: usize) -> &str {
        let starts = self.line_starts();
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let end = starts.get(line).copied();
        let end = end.unwrap_or(self.0.text.len() as u32);
        self.slice(Span::new(start, end))
            .trim_end_matches(['\n', '\r'])
    }
}

/// A span in a known file: everything needed to point a person at a piece of source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// The file.
    pub file: SourceFile,
    /// The range in the file.
    pub span: Span,
}

impl Location {
    /// The range `span` of `file`.
    #[must_use]
    pub fn new(file: SourceFile, span: Span) -> Location {
        Location { file, span }
    }

    /// One-based line of the start.
    #[must_use]
    pub fn line(&self) -> usize {
        self.file.line_column(self.span.start).0
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.name(), self.line())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_survive_bad_spans() {
        let file = SourceFile::new("a.py", "é = 1\r\nb = 2\n");
        assert_eq!(file.line_column(0), (1, 1));
        assert_eq!(file.line_column(3), (1, 3));
        assert_eq!(file.line_column(8), (2, 1));
        assert_eq!(file.line(2), "b = 2");
        assert_eq!(file.slice(Span::new(1, 1)), "");
        assert_eq!(file.slice(Span::new(0, 900)), file.text());
    }
}

//! Renderers: the same diagnostic as text for a terminal, as one line, and as JSON.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Severity};
use crate::mask::mask_passwords;

/// Several lines in the manner of rustc: message, source lines underlined, notes, help.
/// `styled` adds terminal colours.
#[must_use]
pub fn render_text(diagnostic: &Diagnostic, styled: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut group: Group<'_> =
        Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code));
    // A line of a configuration may hold a URL.
    let texts: Vec<_> = diagnostic
        .labels
        .iter()
        .map(|label| mask_passwords(label.location.file.text()))
        .collect();
    let mut placed: Vec<bool> = diagnostic.labels.iter().map(|_| false).collect();
    for (label_idx, (first, text)) in diagnostic.labels.iter().zip(&texts).enumerate() {
        if placed.get(label_idx).copied().unwrap_or(true) {
            continue;
        }
        let file = &first.location.file;
        let mut snippet = Snippet::source(&**text).path(file.name());
        for (idx, label) in diagnostic.labels.iter().enumerate() {
            if label.location.file != *file {
                continue;
            }
            if let Some(done) = placed.get_mut(idx) {
                *done = true;
            }
            let kind = if idx == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let (start, end) = file.clamp(label.location.span);
            let annotation = kind.span(start..end);
            snippet = snippet.annotation(if label.text.is_empty() {
                annotation
            } else {
                annotation.label(&label.text)
            });
        }
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help));
    }
    let renderer = if styled {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.render(&[group])
}

/// One line: `path:line:column: error[code]: message`.
#[must_use]
pub fn render_line(diagnostic: &Diagnostic) -> String {
    let place = match diagnostic.location() {
        Some(location) => {
            let (line, column) = location.file.line_column(location.span.start);
            format!("{}:{line}:{column}: ", location.file.name())
        }
        None => String::new(),
    };
    format!(
        "{place}{}[{}]: {}",
        severity_word(diagnostic.severity),
        diagnostic.code,
        diagnostic.message
    )
}

/// A JSON object with the keys `code`, `severity`, `message`, `labels`, `notes` and `help`.
#[must_use]
pub fn render_json(diagnostic: &Diagnostic) -> serde_json::Value {
    let labels: Vec<serde_json::Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let (line, column) = label.location.file.line_column(label.location.span.start);
            serde_json::json!({
                "path": label.location.file.name(),
                "line": line,
                "column": column,
                "start": label.location.span.start,
                "end": label.location.span.end,
                "text": label.text,
            })
        })
        .collect();
    serde_json::json!({
        "code": diagnostic.code,
        "severity": severity_word(diagnostic.severity),
        "message": diagnostic.message,
        "labels": labels,
        "notes": diagnostic.notes,
        "help": diagnostic.help,
    })
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Location, SourceFile, Span};

    #[test]
    fn text_underlines_the_place_and_gives_advice() {
        let file = SourceFile::new("versions/a.py", "x = 1\nop.frob('t')\n");
        let diagnostic = Diagnostic::error("unknown-directive", "`op.frob` is not an operation")
            .at(Location::new(file, Span::new(6, 13)), "not known")
            .help("did you mean `op.drop_table`?");
        let text = render_text(&diagnostic, false);
        assert!(
            text.contains("error[unknown-directive]: `op.frob` is not an operation"),
            "{text}"
        );
        assert!(text.contains("versions/a.py:2:1"), "{text}");
        assert!(text.contains("^^^^^^^ not known"), "{text}");
        assert!(text.contains("help: did you mean"), "{text}");
        assert_eq!(
            render_line(&diagnostic),
            "versions/a.py:2:1: error[unknown-directive]: `op.frob` is not an operation"
        );
    }
}

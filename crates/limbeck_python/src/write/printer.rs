//! Mako's `PythonPrinter` and Alembic's indentation of function bodies, as far as generated lines need them.

/// Prints lines, indenting behind a line that opens a block.
#[derive(Default)]
pub(super) struct Printer {
    out: String,
    depth: usize,
}

impl Printer {
    /// Prints one item. Only its first line is indented, as in Mako: an item of several lines is one string there.
    pub(super) fn line(&mut self, text: &str) {
        let is_comment = text.starts_with('#');
        let has_text = !text.trim_start().starts_with('#') && !text.trim().is_empty();
        if !is_comment && !has_text {
            self.depth = self.depth.saturating_sub(1);
        }
        for _ in 0..self.depth {
            self.out.push_str("    ");
        }
        self.out.push_str(text);
        self.out.push('\n');
        if opens_block(text) {
            self.depth += 1;
        }
    }

    pub(super) fn finish(self) -> String {
        self.out
    }
}

fn opens_block(text: &str) -> bool {
    text.ends_with(':')
        && ["if", "try", "elif", "while", "for", "with"]
            .iter()
            .any(|word| text.starts_with(word))
}

/// Four blanks before every line but the first, and no blanks at the end of any.
pub(super) fn indent_body(text: &str) -> String {
    text.trim()
        .split('\n')
        .enumerate()
        .map(|(number, line)| {
            if number == 0 {
                line.trim_end_matches(' ').to_owned()
            } else {
                format!("    {line}").trim_end_matches(' ').to_owned()
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

//! How a revision is shown: Alembic's one-line and many-line forms.

use std::path::Path;

use limbeck_graph::Node;

use crate::Script;
use crate::paths::absolute;

/// What a one-line entry says besides the identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineForm {
    /// Parents and dependencies in front.
    pub(crate) parents: bool,
    /// Branch labels.
    pub(crate) branches: bool,
    /// `(branchpoint)` and `(mergepoint)`.
    pub(crate) tree_indicators: bool,
    /// The first paragraph of the docstring.
    pub(crate) doc: bool,
}

impl LineForm {
    /// As `history` lists.
    pub(crate) const HISTORY: LineForm = LineForm {
        parents: true,
        branches: true,
        tree_indicators: true,
        doc: true,
    };
    /// As `heads` lists.
    pub(crate) const HEADS: LineForm = LineForm {
        parents: false,
        branches: true,
        tree_indicators: false,
        doc: false,
    };
    /// As `branches` lists a branch point.
    pub(crate) const BRANCHES: LineForm = LineForm {
        parents: false,
        branches: true,
        tree_indicators: true,
        doc: false,
    };
    /// As `current` lists.
    pub(crate) const CURRENT: LineForm = LineForm {
        parents: false,
        branches: false,
        tree_indicators: true,
        doc: false,
    };
}

/// The entry on one line, such as `a1 -> b2 (label) (head), what it does`.
#[must_use]
pub(crate) fn render_line(
    node: Node<'_>,
    script: &Script,
    form: LineForm,
    is_current: bool,
) -> String {
    let mut text = String::new();
    if form.parents {
        text.push_str(&node.format_down_revision());
        if !node.dependencies().is_empty() {
            text.push_str(&format!(" ({})", node.dependencies().join(", ")));
        }
        text.push_str(" -> ");
    }
    text.push_str(node.revision());
    if form.branches && !node.branch_labels().is_empty() {
        text.push_str(&format!(" ({})", labels(node)));
    }
    if node.is_real_head() {
        text.push_str(" (head)");
    } else if node.is_head() {
        text.push_str(" (effective head)");
    }
    if is_current {
        text.push_str(" (current)");
    }
    if form.tree_indicators {
        if node.is_branch_point() {
            text.push_str(" (branchpoint)");
        }
        if node.is_merge_point() {
            text.push_str(" (mergepoint)");
        }
    }
    if form.doc {
        text.push_str(", ");
        text.push_str(script.doc());
    }
    text
}

/// The entry on many lines, as `show` prints it; ends with a line break.
#[must_use]
pub(crate) fn render_entry(
    node: Node<'_>,
    next: &[&str],
    script: &Script,
    is_current: bool,
    cwd: &Path,
) -> String {
    let mut text = format!("Rev: {}", node.revision());
    for (applies, mark) in [
        (node.is_head(), " (head)"),
        (node.is_branch_point(), " (branchpoint)"),
        (node.is_merge_point(), " (mergepoint)"),
        (is_current, " (current)"),
    ] {
        if applies {
            text.push_str(mark);
        }
    }
    let parents = if node.is_merge_point() {
        "Merges"
    } else {
        "Parent"
    };
    text.push_str(&format!("\n{parents}: {}\n", node.format_down_revision()));
    if !node.dependencies().is_empty() {
        text.push_str(&format!(
            "Also depends on: {}\n",
            node.dependencies().join(", ")
        ));
    }
    if node.is_branch_point() {
        text.push_str(&format!("Branches into: {}\n", next.join(", ")));
    }
    if !node.branch_labels().is_empty() {
        text.push_str(&format!("Branch names: {}\n", labels(node)));
    }
    // Alembic shows where a script is with `Path.absolute()`, however its folder is written in the ini file.
    let path = absolute(cwd, &script.path);
    text.push_str(&format!("Path: {}\n\n", path.display()));
    let doc: Vec<String> = split_lines(&script.longdoc)
        .map(|line| format!("    {line}"))
        .collect();
    text.push_str(&doc.join("\n"));
    text.push('\n');
    text
}

fn labels(node: Node<'_>) -> String {
    node.branch_labels()
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Python's `str.splitlines()`.
pub(crate) fn split_lines(text: &str) -> impl Iterator<Item = &str> {
    let is_break = |c: char| {
        matches!(
            c,
            '\n' | '\r'
                | '\x0b'
                | '\x0c'
                | '\x1c'
                | '\x1d'
                | '\x1e'
                | '\u{85}'
                | '\u{2028}'
                | '\u{2029}'
        )
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(at) = rest.find(is_break) else {
            return Some(std::mem::take(&mut rest));
        };
        let (line, tail) = rest.split_at(at);
        let width = if tail.starts_with("\r\n") {
            2
        } else {
            tail.chars().next().map_or(0, char::len_utf8)
        };
        rest = tail.get(width..).unwrap_or_default();
        Some(line)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_python() {
        let check = |text: &str, lines: &[&str]| {
            assert_eq!(split_lines(text).collect::<Vec<_>>(), lines);
        };
        check("", &[]);
        check("a", &["a"]);
        check("a\r\nb\n\nc\n", &["a", "b", "", "c"]);
        check("a\x0cb\u{2028}c", &["a", "b", "c"]);
    }
}

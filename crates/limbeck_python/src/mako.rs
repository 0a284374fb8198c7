//! Mako templates, as far as `script.py.mako` files use them: expressions with filters, control lines,
//! Python blocks, comments.
//!
//! A template becomes Python source that writes the output piece by piece, as Mako itself does it, and
//! the evaluator runs that source. What Mako can do beyond this (inheritance, `<%def>`, `<%include>`)
//! is an error that names the line.

mod compile;
mod parse;
mod render;

use limbeck_diag::{Result, SourceFile};

use compile::Compiled;
pub use render::{ScriptVariables, render_script};

/// A template as Python source, with the way back from its lines to the template's.
///
/// # Errors
/// Where the template is malformed or uses a Mako feature that is not read; at its line.
fn compile_template(template: &SourceFile) -> Result<Compiled> {
    let nodes = parse::parse(template)?;
    Ok(compile::compile(template, &nodes))
}

/// Reads a template without rendering it.
///
/// # Errors
/// As for rendering: where the template is malformed or uses a Mako feature that is not read.
pub fn check_template(template: &SourceFile) -> Result<()> {
    compile_template(template).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(template: &str, expected: &str) {
        let compiled = compile_template(&SourceFile::new("script.py.mako", template)).unwrap();
        assert_eq!(compiled.python, expected);
    }

    #[test]
    fn text_and_expressions_are_written_in_order() {
        check(
            "a${x | comma,n}b\n${repr(y)}\n",
            "def __mako_render__():\n    __mako_write__('a')\n    __mako_write__(comma(x))\n    __mako_write__('b\\n')\n    \
             __mako_write__(__mako_str__(repr(y)))\n    __mako_write__('\\n')\n",
        );
    }

    #[test]
    fn control_lines_nest() {
        check(
            "% for x in xs:\n  % if x:\n${x}\n  % else:\n  % endif\n% endfor\n",
            "def __mako_render__():\n    for x in xs:\n        pass\n        if x:\n            pass\n            \
             __mako_write__(__mako_str__(x))\n            __mako_write__('\\n')\n        else:\n            pass\n",
        );
    }

    #[test]
    fn blocks_comments_and_continuations() {
        check(
            "<%!\nimport re\n%>\"\"\"\n## gone\n%% kept\\\nx\n<%\n    y = 1\n    if y:\n        y = 2\n%>",
            "import re\ndef __mako_render__():\n    __mako_write__('\"\"\"\\n')\n    __mako_write__('% keptx\\n')\n    \
             y = 1\n    if y:\n        y = 2\n",
        );
    }

    #[track_caller]
    fn check_error(template: &str, line: usize, message: &str) {
        let error = compile_template(&SourceFile::new("t.mako", template)).unwrap_err();
        assert_eq!(error.diagnostic.message, message);
        assert_eq!(
            error
                .diagnostic
                .location()
                .map(limbeck_diag::Location::line),
            Some(line)
        );
    }

    #[test]
    fn what_is_not_read_is_an_error_at_its_line() {
        check_error(
            "a\n<%include file='x'/>\n",
            2,
            "the template uses `<%include`, which Limbeck does not read",
        );
        check_error("a\n\n${x\n", 3, "`${` is not closed");
        check_error("% if x:\na\n", 1, "`% if` is not closed");
        check_error("a\n% endfor\n", 2, "`% endfor` closes nothing");
    }
}

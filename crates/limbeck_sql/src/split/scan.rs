//! SQL as tokens, as far as cutting and reading it need them.

use std::ops::Range;

use crate::dialect::Dialect;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Blanks and line breaks.
    Blank,
    /// A comment of any kind; not MySQL's `/*! … */`, which is run.
    Comment,
    /// A bare word.
    Word,
    /// An identifier in quotes.
    Quoted,
    /// A string, dollar-quoted ones too.
    String,
    /// A number.
    Number,
    /// `;`
    Semicolon,
    /// `.`
    Dot,
    /// Any other sign.
    Sign,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub range: Range<usize>,
}

/// The tokens of a text; together they are the whole text. What is not closed goes to the end.
#[must_use]
pub fn tokens(text: &str, dialect: Dialect) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (kind, length) = next(text, at, dialect);
        let end = at + length.max(1);
        out.push(Token {
            kind,
            range: at..end,
        });
        at = end;
    }
    out
}

fn next(text: &str, at: usize, dialect: Dialect) -> (TokenKind, usize) {
    let rest = text.get(at..).unwrap_or_default();
    let Some(c) = rest.chars().next() else {
        return (TokenKind::Sign, 1);
    };
    let mysql = dialect.is_mysql_family();
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    match c {
        c if c.is_whitespace() => (TokenKind::Blank, run(rest, char::is_whitespace)),
        '-' if rest.starts_with("--") && (!mysql || is_mysql_comment(rest)) => {
            (TokenKind::Comment, line(rest))
        }
        '#' if mysql => (TokenKind::Comment, line(rest)),
        '/' if rest.starts_with("/*") => {
            let nests = matches!(dialect, Dialect::Postgres | Dialect::MsSql);
            let runs = mysql && (rest.starts_with("/*!") || rest.starts_with("/*M!"));
            let kind = if runs {
                TokenKind::Sign
            } else {
                TokenKind::Comment
            };
            (kind, block_comment(rest, nests))
        }
        '\'' => {
            let prefixed =
                dialect == Dialect::Postgres && before.is_some_and(|c| matches!(c, 'e' | 'E'));
            (TokenKind::String, quoted(rest, '\'', mysql || prefixed))
        }
        '"' if mysql => (TokenKind::String, quoted(rest, '"', true)),
        '"' => (TokenKind::Quoted, quoted(rest, '"', false)),
        '`' if mysql || dialect == Dialect::Sqlite => (TokenKind::Quoted, quoted(rest, '`', false)),
        '[' if matches!(dialect, Dialect::MsSql | Dialect::Sqlite) => (
            TokenKind::Quoted,
            bracketed(rest, dialect == Dialect::MsSql),
        ),
        '$' if dialect == Dialect::Postgres => match dollar_quoted(rest) {
            Some(length) => (TokenKind::String, length),
            None => (TokenKind::Sign, 1),
        },
        'e' | 'E' if dialect == Dialect::Postgres && rest.get(1..2) == Some("'") => (
            TokenKind::String,
            1 + quoted(rest.get(1..).unwrap_or_default(), '\'', true),
        ),
        'q' | 'Q' if dialect == Dialect::Oracle && rest.get(1..2) == Some("'") => {
            (TokenKind::String, oracle_quoted(rest))
        }
        ';' => (TokenKind::Semicolon, 1),
        '.' => (TokenKind::Dot, 1),
        c if c.is_ascii_digit() => (
            TokenKind::Number,
            run(rest, |c| c.is_alphanumeric() || c == '_' || c == '.'),
        ),
        c if is_word(c) => (TokenKind::Word, run(rest, |c| is_word(c) || c == '$')),
        c => (TokenKind::Sign, c.len_utf8()),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || (!c.is_ascii() && !c.is_whitespace())
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

fn line(text: &str) -> usize {
    text.find('\n').map_or(text.len(), |at| at + 1)
}

/// On MySQL a blank must follow `--`.
fn is_mysql_comment(text: &str) -> bool {
    text.chars()
        .nth(2)
        .is_none_or(|c| c.is_whitespace() || c.is_control())
}

fn block_comment(text: &str, nests: bool) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        if rest.starts_with("/*") && (nests || depth == 0) {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth = depth.saturating_sub(1);
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            match rest.chars().next() {
                Some(c) => at += c.len_utf8(),
                None => return text.len(),
            }
        }
    }
    text.len()
}

fn quoted(text: &str, quote: char, backslashes: bool) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((idx, c)) = chars.next() {
        if c == '\\' && backslashes {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|&(_, c)| c == quote) {
                chars.next();
            } else {
                return idx + c.len_utf8();
            }
        }
    }
    text.len()
}

fn bracketed(text: &str, doubles: bool) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((idx, c)) = chars.next() {
        if c == ']' {
            if doubles && chars.peek().is_some_and(|&(_, c)| c == ']') {
                chars.next();
            } else {
                return idx + 1;
            }
        }
    }
    text.len()
}

/// `$$ … $$`, `$tag$ … $tag$`
fn dollar_quoted(text: &str) -> Option<usize> {
    let inside = text.get(1..)?;
    let length = run(inside, |c| c.is_alphanumeric() || c == '_');
    let tag = text.get(..length + 2)?;
    if !tag.ends_with('$') || inside.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let body = text.get(tag.len()..)?;
    Some(
        body.find(tag)
            .map_or(text.len(), |at| tag.len() + at + tag.len()),
    )
}

/// `q'[ … ]'`
fn oracle_quoted(text: &str) -> usize {
    let Some(open) = text.get(2..).and_then(|rest| rest.chars().next()) else {
        return text.len();
    };
    let close = match open {
        '[' => ']',
        '(' => ')',
        '{' => '}',
        '<' => '>',
        other => other,
    };
    let end = format!("{close}'");
    let from = 2 + open.len_utf8();
    text.get(from..)
        .and_then(|body| body.find(&end))
        .map_or(text.len(), |at| from + at + end.len())
}

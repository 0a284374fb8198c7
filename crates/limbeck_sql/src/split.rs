//! Scripts of several statements: where one ends and the next begins.
//!
//! The pieces, put together again, are the script, byte for byte. What a database reads as one statement stays one piece:
//! quotes of every kind, dollar quotes, nested comments, `DELIMITER` lines and bodies of `BEGIN … END` are seen.

use std::ops::Range;

use crate::dialect::Dialect;

mod scan;

pub use scan::{Token, TokenKind, tokens};

/// A statement inside a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Everything that belongs to it: the blanks and comments before it, and what ends it. The ranges of all pieces follow on
    /// each other without a gap.
    pub whole: Range<usize>,
    /// The statement by itself, from its first word to its last, without what ends it. Empty where there is nothing but blanks and
    /// comments.
    pub statement: Range<usize>,
}

impl Piece {
    /// Whether there is nothing to run.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.statement.is_empty()
    }

    /// The statement's text.
    #[must_use]
    pub fn text<'s>(&self, script: &'s str) -> &'s str {
        script.get(self.statement.clone()).unwrap_or_default()
    }
}

/// Cuts a script into its statements. The last piece may be empty of a statement, and there is none for an empty script.
#[must_use]
pub fn split_statements(script: &str, dialect: Dialect) -> Vec<Piece> {
    let mut splitter = Splitter {
        script,
        dialect,
        pieces: Vec::new(),
        start: 0,
        first: None,
        last: 0,
        depth: 0,
        words: Vec::new(),
        previous: String::new(),
        delimiter: None,
        line_is_blank: true,
    };
    splitter.run();
    splitter.pieces
}

struct Splitter<'s> {
    script: &'s str,
    dialect: Dialect,
    pieces: Vec<Piece>,
    /// Where the piece begins.
    start: usize,
    /// Where its statement begins.
    first: Option<usize>,
    /// Where its last word ends.
    last: usize,
    /// How many `BEGIN`, `CASE`, `IF`, `LOOP` are open.
    depth: usize,
    /// Words of the statement, in upper case, up to where they say what it is.
    words: Vec<String>,
    /// The word before the one that is being read, in upper case.
    previous: String,
    /// What ends a statement instead of `;` (MySQL's `DELIMITER`).
    delimiter: Option<String>,
    /// Nothing but blanks has been seen on the line so far.
    line_is_blank: bool,
}

impl Splitter<'_> {
    fn run(&mut self) {
        let all = tokens(self.script, self.dialect);
        let mut idx = 0;
        while let Some(token) = all.get(idx) {
            let opens_line = self.line_is_blank;
            self.read_line_state(token);
            if opens_line
                && token.kind != TokenKind::Blank
                && let Some(after) = self.command_line(token)
            {
                self.cut(token.range.start, token.range.start);
                self.start = token.range.start;
                self.first = None;
                self.cut(after, self.start);
                idx = all.partition_point(|token| token.range.start < after);
                self.line_is_blank = true;
                continue;
            }
            if let Some(end) = self.delimiter_at(token.range.start) {
                self.cut(end, token.range.start);
                idx = all.partition_point(|token| token.range.start < end);
                continue;
            }
            match token.kind {
                TokenKind::Blank | TokenKind::Comment => {}
                TokenKind::Semicolon if self.delimiter.is_none() && self.depth == 0 => {
                    self.cut(token.range.end, token.range.start);
                }
                kind => {
                    self.first.get_or_insert(token.range.start);
                    self.last = token.range.end;
                    if kind == TokenKind::Word {
                        let next = all.get(idx + 1..).unwrap_or_default().iter().find(|token| {
                            !matches!(token.kind, TokenKind::Blank | TokenKind::Comment)
                        });
                        let next = next.and_then(|token| self.script.get(token.range.clone()));
                        self.word(token.range.clone(), next);
                    }
                }
            }
            idx += 1;
        }
        if self.start < self.script.len() {
            self.cut(self.script.len(), self.script.len());
        }
    }

    /// Ends a piece at `end`; `stop` is where what ends it begins.
    fn cut(&mut self, end: usize, stop: usize) {
        if end > self.start {
            let statement = match self.first {
                Some(first) => first..self.last.min(stop).max(first),
                None => stop.min(end)..stop.min(end),
            };
            self.pieces.push(Piece {
                whole: self.start..end,
                statement,
            });
        }
        self.start = end;
        self.first = None;
        self.depth = 0;
        self.words.clear();
        self.previous.clear();
    }

    fn read_line_state(&mut self, token: &Token) {
        let text = self.script.get(token.range.clone()).unwrap_or_default();
        self.line_is_blank = match text.rsplit_once('\n') {
            Some((_, line)) => line.chars().all(char::is_whitespace),
            None => self.line_is_blank && token.kind == TokenKind::Blank,
        };
    }

    /// A line that speaks to the client and not to the server: `DELIMITER //`, `GO`, `/`. Says where it ends.
    fn command_line(&mut self, token: &Token) -> Option<usize> {
        let rest = self.script.get(token.range.start..)?;
        let line = rest.split('\n').next().unwrap_or_default();
        let length = line.len() + usize::from(rest.len() > line.len());
        let end = token.range.start + length;
        let mut words = line.split_whitespace();
        let word = words.next()?;
        match self.dialect {
            Dialect::MySql | Dialect::MariaDb if word.eq_ignore_ascii_case("delimiter") => {
                let delimiter = words.next()?;
                self.delimiter = (delimiter != ";").then(|| delimiter.to_owned());
                Some(end)
            }
            Dialect::MsSql
                if word.eq_ignore_ascii_case("go")
                    && words.all(|word| word.bytes().all(|byte| byte.is_ascii_digit())) =>
            {
                Some(end)
            }
            Dialect::Oracle if line.trim() == "/" => Some(end),
            Dialect::Postgres
            | Dialect::MySql
            | Dialect::MariaDb
            | Dialect::Sqlite
            | Dialect::MsSql
            | Dialect::Oracle => None,
        }
    }

    fn delimiter_at(&self, at: usize) -> Option<usize> {
        let delimiter = self.delimiter.as_deref()?;
        self.script
            .get(at..)?
            .starts_with(delimiter)
            .then_some(at + delimiter.len())
    }

    fn word(&mut self, range: Range<usize>, next: Option<&str>) {
        let Some(word) = self.script.get(range) else {
            return;
        };
        let word = word.to_ascii_uppercase();
        let follows = |expected: &str| next.is_some_and(|next| next.eq_ignore_ascii_case(expected));
        let previous = std::mem::replace(&mut self.previous, word.clone());
        if self.words.len() < 12 {
            self.words.push(word.clone());
        }
        if !self.has_body() {
            return;
        }
        match word.as_str() {
            // `BEGIN;` and `BEGIN TRAN` begin a transaction, which is a statement by itself.
            // A body is `BEGIN ATOMIC` on PostgreSQL, `BEGIN` elsewhere.
            "BEGIN"
                if !follows(";")
                    && !follows("tran")
                    && !follows("transaction")
                    && (self.dialect != Dialect::Postgres || follows("atomic")) =>
            {
                self.depth += 1;
            }
            "CASE" if self.depth > 0 && previous != "END" => self.depth += 1,
            "IF" | "LOOP" | "WHILE" | "REPEAT"
                if self.depth > 0
                    && matches!(
                        self.dialect,
                        Dialect::MySql | Dialect::MariaDb | Dialect::Oracle
                    )
                    && previous != "END"
                    && !(word == "IF"
                        && (follows("exists")
                            || follows("not")
                            || follows("(") && !self.starts_line()))
                    && !(word == "REPEAT" && follows("("))
                    && !(word == "WHILE" && self.dialect == Dialect::Oracle) =>
            {
                self.depth += 1;
            }
            "END" if self.depth > 0 => {
                self.depth -= 1;
            }
            _ => {}
        }
    }

    /// Whether the word just read follows on the end of a statement or a `THEN`, `ELSE`, `BEGIN`, `DO`.
    fn starts_line(&self) -> bool {
        let before = self
            .script
            .get(..self.last)
            .unwrap_or_default()
            .trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        let before = before.trim_end();
        if before.ends_with([';', ':']) {
            return true;
        }
        let word = before
            .rsplit(|c: char| !(c.is_alphanumeric() || c == '_'))
            .next()
            .unwrap_or_default();
        ["begin", "then", "else", "do", "loop", "repeat"]
            .iter()
            .any(|opener| word.eq_ignore_ascii_case(opener))
    }

    /// Whether the statement is of a kind that holds statements.
    fn has_body(&self) -> bool {
        let mut words = self.words.iter().map(String::as_str);
        match words.next() {
            Some("CREATE" | "ALTER") => self.words.iter().take(10).any(|word| {
                matches!(
                    word.as_str(),
                    "TRIGGER" | "PROCEDURE" | "FUNCTION" | "EVENT" | "PROC" | "PACKAGE"
                )
            }),
            // Anonymous blocks.
            Some("BEGIN" | "DECLARE") => matches!(
                self.dialect,
                Dialect::Oracle | Dialect::MsSql | Dialect::MariaDb
            ),
            _ => false,
        }
    }
}

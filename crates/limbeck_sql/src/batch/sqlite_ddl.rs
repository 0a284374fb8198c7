//! A `CREATE TABLE` of SQLite as its parts: what is not changed keeps its text to the letter.

use limbeck_diag::Result;

use crate::ddl::python_error;

/// A piece of SQL text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Token {
    start: usize,
    end: usize,
    kind: TokenKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TokenKind {
    Word,
    Quoted,
    Literal,
    Open,
    Close,
    Comma,
    Other,
}

/// Cuts text into tokens; blanks and comments lie between them.
fn tokens(sql: &str) -> Vec<Token> {
    let bytes = sql.as_bytes();
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let mut out = Vec::new();
    let mut pos = 0;
    while pos < bytes.len() {
        let start = pos;
        let byte = at(pos);
        let kind = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0c => {
                pos += 1;
                continue;
            }
            b'-' if at(pos + 1) == b'-' => {
                while pos < bytes.len() && at(pos) != b'\n' {
                    pos += 1;
                }
                continue;
            }
            b'/' if at(pos + 1) == b'*' => {
                pos += 2;
                while pos < bytes.len() && !(at(pos) == b'*' && at(pos + 1) == b'/') {
                    pos += 1;
                }
                pos += 2;
                continue;
            }
            b'\'' | b'"' | b'`' => {
                pos += 1;
                while pos < bytes.len() {
                    if at(pos) == byte {
                        if at(pos + 1) == byte {
                            pos += 1;
                        } else {
                            break;
                        }
                    }
                    pos += 1;
                }
                pos += 1;
                if byte == b'\'' {
                    TokenKind::Literal
                } else {
                    TokenKind::Quoted
                }
            }
            b'[' => {
                while pos < bytes.len() && at(pos) != b']' {
                    pos += 1;
                }
                pos += 1;
                TokenKind::Quoted
            }
            b'(' => {
                pos += 1;
                TokenKind::Open
            }
            b')' => {
                pos += 1;
                TokenKind::Close
            }
            b',' => {
                pos += 1;
                TokenKind::Comma
            }
            _ if is_word(byte) => {
                while is_word(at(pos)) {
                    pos += 1;
                }
                TokenKind::Word
            }
            _ => {
                pos += 1;
                TokenKind::Other
            }
        };
        out.push(Token {
            start,
            end: pos.min(bytes.len()),
            kind,
        });
    }
    out
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// An identifier without its quotes.
fn unquote(text: &str) -> String {
    let inner = |text: &str| {
        text.get(1..text.len().saturating_sub(1))
            .unwrap_or_default()
            .to_owned()
    };
    match text.as_bytes().first() {
        Some(b'"') => inner(text).replace("\"\"", "\""),
        Some(b'`') => inner(text).replace("``", "`"),
        Some(b'\'') => inner(text).replace("''", "'"),
        Some(b'[') => inner(text),
        _ => text.to_owned(),
    }
}

/// Whether the text mentions an identifier.
pub(crate) fn mentions(sql: &str, name: &str) -> bool {
    tokens(sql).iter().any(|token| {
        matches!(token.kind, TokenKind::Word | TokenKind::Quoted)
            && unquote(sql.get(token.start..token.end).unwrap_or_default())
                .eq_ignore_ascii_case(name)
    })
}

/// Whether a foreign key in the text of a table points to a table.
pub(crate) fn references(sql: &str, table: &str) -> bool {
    let all = tokens(sql);
    let text = |token: &Token| sql.get(token.start..token.end).unwrap_or_default();
    all.windows(2).any(|pair| match pair {
        [word, name] => {
            word.kind == TokenKind::Word
                && text(word).eq_ignore_ascii_case("REFERENCES")
                && unquote(text(name)).eq_ignore_ascii_case(table)
        }
        _ => false,
    })
}

/// A run of tokens of one statement.
#[derive(Debug, Clone, Copy)]
struct Cursor<'a> {
    sql: &'a str,
    tokens: &'a [Token],
    pos: usize,
}

impl<'a> Cursor<'a> {
    fn token(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.pos + ahead)
    }

    fn text(&self, ahead: usize) -> &'a str {
        self.token(ahead)
            .and_then(|token| self.sql.get(token.start..token.end))
            .unwrap_or_default()
    }

    fn is(&self, ahead: usize, word: &str) -> bool {
        self.token(ahead)
            .is_some_and(|token| token.kind == TokenKind::Word)
            && self.text(ahead).eq_ignore_ascii_case(word)
    }

    fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.token(ahead).map(|token| token.kind)
    }

    /// Steps over one token, or over a whole parenthesis.
    fn step(&mut self) {
        let mut depth = 0_usize;
        while let Some(token) = self.tokens.get(self.pos) {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.pos += 1;
            if depth == 0 {
                break;
            }
        }
    }

    /// The text from token `from` up to where the cursor stands.
    fn since(&self, from: usize) -> &'a str {
        let start = self.tokens.get(from).map(|token| token.start);
        let end = self
            .pos
            .checked_sub(1)
            .and_then(|last| self.tokens.get(last))
            .map(|token| token.end);
        match (start, end) {
            (Some(start), Some(end)) if start < end => self.sql.get(start..end).unwrap_or_default(),
            _ => "",
        }
    }
}

/// What a constraint of a column or table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClauseKind {
    PrimaryKey,
    Unique,
    Check,
    ForeignKey,
    NotNull,
    Null,
    Default,
    Collate,
    Generated,
    Other,
}

/// A constraint, with the text that says it (its name left out).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clause {
    pub(crate) name: Option<String>,
    pub(crate) kind: ClauseKind,
    /// Columns of a table constraint.
    pub(crate) columns: Vec<String>,
    pub(crate) text: String,
}

impl Clause {
    fn render(&self, quote: &dyn Fn(&str) -> String) -> String {
        match &self.name {
            Some(name) => format!("CONSTRAINT {} {}", quote(name), self.text),
            None => self.text.clone(),
        }
    }
}

/// A column definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnDef {
    pub(crate) name: String,
    /// The name as it is written.
    name_text: String,
    pub(crate) type_text: String,
    pub(crate) clauses: Vec<Clause>,
    /// The text as it was; `None` once something changed.
    raw: Option<String>,
}

impl ColumnDef {
    /// Whether the column is computed.
    pub(crate) fn is_generated(&self) -> bool {
        self.clauses
            .iter()
            .any(|clause| clause.kind == ClauseKind::Generated)
    }

    /// Takes away every clause of a kind.
    pub(crate) fn remove(&mut self, kind: ClauseKind) {
        self.clauses.retain(|clause| clause.kind != kind);
        self.raw = None;
    }

    /// Adds a clause, before what must stand at the end.
    pub(crate) fn push(&mut self, kind: ClauseKind, text: String) {
        self.clauses.push(Clause {
            name: None,
            kind,
            columns: Vec::new(),
            text,
        });
        self.raw = None;
    }

    /// Gives the column another type.
    pub(crate) fn set_type(&mut self, text: String) {
        self.type_text = text;
        self.raw = None;
    }

    fn render(&self, quote: &dyn Fn(&str) -> String) -> String {
        if let Some(raw) = &self.raw {
            return raw.clone();
        }
        let mut parts = vec![self.name_text.clone()];
        if !self.type_text.is_empty() {
            parts.push(self.type_text.clone());
        }
        parts.extend(self.clauses.iter().map(|clause| clause.render(quote)));
        parts.join(" ")
    }
}

/// A table as SQLite keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableDdl {
    pub(crate) columns: Vec<ColumnDef>,
    pub(crate) constraints: Vec<Clause>,
    /// `STRICT`, `WITHOUT ROWID`.
    pub(crate) options: String,
}

impl TableDdl {
    /// Takes a `CREATE TABLE` apart.
    ///
    /// # Errors
    /// It is not one that has columns (a virtual table).
    pub(crate) fn parse(sql: &str) -> Result<TableDdl> {
        let all = tokens(sql);
        let is_table = all.iter().take(3).any(|token| {
            sql.get(token.start..token.end)
                .unwrap_or_default()
                .eq_ignore_ascii_case("table")
        }) && !all.iter().take(2).any(|token| {
            sql.get(token.start..token.end)
                .unwrap_or_default()
                .eq_ignore_ascii_case("virtual")
        });
        let open = all.iter().position(|token| token.kind == TokenKind::Open);
        let (true, Some(open)) = (is_table, open) else {
            return Err(python_error(format!(
                "not a table with columns, it cannot be rebuilt: {sql}"
            )));
        };
        let mut depth = 0_usize;
        let mut items: Vec<(usize, usize)> = Vec::new();
        let mut start = open + 1;
        let mut close = all.len();
        for (at, token) in all.iter().enumerate().skip(open) {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        items.push((start, at));
                        close = at;
                        break;
                    }
                }
                TokenKind::Comma if depth == 1 => {
                    items.push((start, at));
                    start = at + 1;
                }
                _ => {}
            }
        }
        let options = all
            .get(close)
            .and_then(|token| sql.get(token.end..))
            .unwrap_or_default()
            .trim()
            .trim_end_matches(';')
            .trim_end()
            .to_owned();
        let mut out = TableDdl {
            columns: Vec::new(),
            constraints: Vec::new(),
            options,
        };
        for (from, to) in items {
            out.item(Cursor {
                sql,
                tokens: all.get(from..to).unwrap_or_default(),
                pos: 0,
            });
        }
        Ok(out)
    }

    /// One item between commas. SQLite lets table constraints follow each other without commas.
    fn item(&mut self, mut cursor: Cursor<'_>) {
        let starts = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        if cursor.token(0).is_none() {
            return;
        }
        if !starts.iter().any(|word| cursor.is(0, word)) {
            self.columns.push(column(cursor));
            return;
        }
        while cursor.token(0).is_some() {
            let before = cursor.pos;
            self.constraints.push(table_constraint(&mut cursor));
            if cursor.pos == before {
                break;
            }
        }
    }

    /// Whether a key counts and never gives a number twice.
    pub(crate) fn counts(&self) -> bool {
        let of_columns = self.columns.iter().flat_map(|column| &column.clauses);
        of_columns
            .chain(&self.constraints)
            .filter(|clause| clause.kind == ClauseKind::PrimaryKey)
            .any(|clause| mentions(&clause.text, "AUTOINCREMENT"))
    }

    /// The name of the one column of the key, in lower case.
    pub(crate) fn key_column(&self) -> Option<String> {
        let is_key = |clause: &&Clause| clause.kind == ClauseKind::PrimaryKey;
        let of_table = self.constraints.iter().find(is_key);
        let mut columns = self.columns.iter();
        match of_table.map(|clause| clause.columns.as_slice()) {
            Some([column]) => Some(column.to_ascii_lowercase()),
            Some(_) => None,
            None => columns
                .find(|column| column.clauses.iter().any(|clause| is_key(&clause)))
                .map(|column| column.name.to_ascii_lowercase()),
        }
    }

    /// The column of that name.
    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut ColumnDef> {
        self.columns
            .iter_mut()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// A column definition from its text.
    pub(crate) fn parse_column(text: &str) -> ColumnDef {
        let all = tokens(text);
        column(Cursor {
            sql: text,
            tokens: &all,
            pos: 0,
        })
    }

    /// The body of the statement: what stands in the parentheses and after them.
    pub(crate) fn render_body(&self, quote: &dyn Fn(&str) -> String) -> String {
        let mut out = String::from(" (");
        let items = self
            .columns
            .iter()
            .map(|column| column.render(quote))
            .chain(self.constraints.iter().map(|clause| clause.render(quote)));
        for (at, item) in items.enumerate() {
            out.push_str(if at == 0 { "\n\t" } else { ", \n\t" });
            out.push_str(&item);
        }
        out.push_str("\n)");
        if !self.options.is_empty() {
            out.push(' ');
            out.push_str(&self.options);
        }
        out
    }
}

fn column(mut cursor: Cursor<'_>) -> ColumnDef {
    let name_text = cursor.text(0).to_owned();
    let name = unquote(&name_text);
    cursor.step();
    let type_start = cursor.pos;
    while cursor.token(0).is_some()
        && clause_kind(&cursor, 0).is_none()
        && !cursor.is(0, "CONSTRAINT")
    {
        cursor.step();
    }
    let type_text = cursor.since(type_start).to_owned();
    let type_text = if cursor.pos == type_start {
        String::new()
    } else {
        type_text
    };
    let mut clauses = Vec::new();
    while cursor.token(0).is_some() {
        let name = constraint_name(&mut cursor);
        let kind = clause_kind(&cursor, 0).unwrap_or(ClauseKind::Other);
        let from = cursor.pos;
        column_clause(&mut cursor, kind);
        clauses.push(Clause {
            name,
            kind,
            columns: Vec::new(),
            text: cursor.since(from).to_owned(),
        });
    }
    let mut whole = cursor;
    whole.pos = whole.tokens.len();
    ColumnDef {
        name,
        name_text,
        type_text,
        clauses,
        raw: Some(whole.since(0).to_owned()),
    }
}

fn constraint_name(cursor: &mut Cursor<'_>) -> Option<String> {
    if !cursor.is(0, "CONSTRAINT") {
        return None;
    }
    cursor.step();
    let name = unquote(cursor.text(0));
    cursor.step();
    Some(name)
}

/// What starts at a token of a column definition.
fn clause_kind(cursor: &Cursor<'_>, ahead: usize) -> Option<ClauseKind> {
    let word = |word: &str| cursor.is(ahead, word);
    if word("PRIMARY") {
        Some(ClauseKind::PrimaryKey)
    } else if word("UNIQUE") {
        Some(ClauseKind::Unique)
    } else if word("CHECK") {
        Some(ClauseKind::Check)
    } else if word("REFERENCES") {
        Some(ClauseKind::ForeignKey)
    } else if word("NOT") {
        Some(ClauseKind::NotNull)
    } else if word("NULL") {
        Some(ClauseKind::Null)
    } else if word("DEFAULT") {
        Some(ClauseKind::Default)
    } else if word("COLLATE") {
        Some(ClauseKind::Collate)
    } else if word("GENERATED") || (word("AS") && cursor.kind(ahead + 1) == Some(TokenKind::Open)) {
        Some(ClauseKind::Generated)
    } else {
        None
    }
}

/// Steps over one clause of a column.
fn column_clause(cursor: &mut Cursor<'_>, kind: ClauseKind) {
    cursor.step();
    if kind == ClauseKind::Default {
        // A sign and a number, a literal, a word, or an expression in parentheses.
        if cursor.kind(0) == Some(TokenKind::Other) {
            cursor.step();
        }
        cursor.step();
        // `1.5` is three tokens.
        while cursor.text(0) == "." {
            cursor.step();
            cursor.step();
        }
        return;
    }
    // NOT NULL and NOT DEFERRABLE: the second word belongs to the first.
    if kind == ClauseKind::NotNull {
        cursor.step();
    }
    while cursor.token(0).is_some() {
        if cursor.is(0, "CONSTRAINT") {
            break;
        }
        let is_on = cursor.is(0, "ON");
        let not_deferrable = cursor.is(0, "NOT") && cursor.is(1, "DEFERRABLE");
        if is_on || not_deferrable {
            // ON DELETE SET NULL, ON CONFLICT REPLACE, ON UPDATE SET DEFAULT.
            cursor.step();
            cursor.step();
            if is_on && cursor.is(0, "SET") {
                cursor.step();
            }
            if is_on {
                cursor.step();
            }
            continue;
        }
        if clause_kind(cursor, 0).is_some()
            && !(kind == ClauseKind::Generated && cursor.is(0, "AS"))
        {
            break;
        }
        cursor.step();
    }
}

fn table_constraint(cursor: &mut Cursor<'_>) -> Clause {
    let name = constraint_name(cursor);
    let from = cursor.pos;
    let kind = if cursor.is(0, "PRIMARY") {
        ClauseKind::PrimaryKey
    } else if cursor.is(0, "UNIQUE") {
        ClauseKind::Unique
    } else if cursor.is(0, "CHECK") {
        ClauseKind::Check
    } else if cursor.is(0, "FOREIGN") {
        ClauseKind::ForeignKey
    } else {
        ClauseKind::Other
    };
    let mut columns = Vec::new();
    let mut first = true;
    while cursor.token(0).is_some() {
        let next = ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"];
        if cursor.pos > from && next.iter().any(|word| cursor.is(0, word)) {
            break;
        }
        if first && cursor.kind(0) == Some(TokenKind::Open) {
            if kind != ClauseKind::Check {
                columns = parenthesised(cursor);
            }
            first = false;
        }
        cursor.step();
    }
    Clause {
        name,
        kind,
        columns,
        text: cursor.since(from).to_owned(),
    }
}

/// The first identifier of every element of the parenthesis that starts here.
fn parenthesised(cursor: &Cursor<'_>) -> Vec<String> {
    let mut inner = *cursor;
    inner.pos += 1;
    let mut out = Vec::new();
    let mut wants = true;
    let mut depth = 0_usize;
    while let Some(kind) = inner.kind(0) {
        match kind {
            TokenKind::Close if depth == 0 => break,
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth -= 1,
            TokenKind::Comma if depth == 0 => wants = true,
            TokenKind::Word | TokenKind::Quoted | TokenKind::Literal if wants => {
                out.push(unquote(inner.text(0)));
                wants = false;
            }
            _ => {}
        }
        inner.pos += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_comes_apart_and_together_again() {
        let sql = "CREATE TABLE \"t\" (\n id INTEGER PRIMARY KEY AUTOINCREMENT, -- the key\n a VARCHAR(20) COLLATE NOCASE DEFAULT 'x, y' NOT NULL,\n b INT GENERATED ALWAYS AS (id * 2) STORED, p INTEGER CONSTRAINT fk REFERENCES o(id) ON DELETE SET NULL NOT DEFERRABLE UNIQUE ON CONFLICT REPLACE,\n d REAL DEFAULT -1.5 CHECK (d < 3),\n CONSTRAINT u UNIQUE (a, \"p\" DESC), CHECK (a <> ')'), FOREIGN KEY(p) REFERENCES q (id)) STRICT";
        let table = TableDdl::parse(sql).unwrap();
        let names: Vec<&str> = table
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        assert_eq!(names, ["id", "a", "b", "p", "d"]);
        let kinds = |at: usize| -> Vec<ClauseKind> {
            table
                .columns
                .get(at)
                .unwrap()
                .clauses
                .iter()
                .map(|clause| clause.kind)
                .collect()
        };
        assert_eq!(kinds(0), [ClauseKind::PrimaryKey]);
        assert_eq!(
            kinds(1),
            [
                ClauseKind::Collate,
                ClauseKind::Default,
                ClauseKind::NotNull
            ]
        );
        assert_eq!(kinds(2), [ClauseKind::Generated]);
        assert_eq!(kinds(3), [ClauseKind::ForeignKey, ClauseKind::Unique]);
        assert_eq!(kinds(4), [ClauseKind::Default, ClauseKind::Check]);
        assert_eq!(table.constraints.len(), 3);
        assert_eq!(table.constraints.first().unwrap().columns, ["a", "p"]);
        assert_eq!(table.options, "STRICT");
        let quote = |name: &str| name.to_owned();
        let mut changed = table.clone();
        changed.column_mut("a").unwrap().remove(ClauseKind::NotNull);
        let body = changed.render_body(&quote);
        assert!(
            body.contains("a VARCHAR(20) COLLATE NOCASE DEFAULT 'x, y', \n"),
            "{body}"
        );
        assert!(body.ends_with(") STRICT"), "{body}");
        assert!(
            body.contains("CONSTRAINT u UNIQUE (a, \"p\" DESC)"),
            "{body}"
        );
    }
}

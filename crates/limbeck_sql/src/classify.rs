//! What kind of statement a piece of SQL is, and what it touches.

use crate::dialect::Dialect;
use crate::split::{TokenKind, tokens};

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SqlKind {
    /// Nothing: blanks and comments.
    Empty,
    /// Reads rows.
    Query,
    /// Adds rows.
    Insert,
    /// Changes rows.
    Update,
    /// Removes rows, one by one.
    Delete,
    /// Empties a table.
    Truncate,
    /// Makes something (`CREATE`).
    Create,
    /// Changes the definition of something.
    Alter,
    /// Removes something.
    Drop,
    /// Rights.
    Grant,
    /// Begins a transaction.
    Begin,
    /// Ends a transaction and keeps what it did.
    Commit,
    /// Ends a transaction, or goes back to a savepoint.
    Rollback,
    /// Sets something of the session.
    Set,
    /// Runs a body of code (`DO`, `CALL`, `EXEC`).
    Call,
    /// Anything else.
    Other,
}

/// What is known about a statement from its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// What it does.
    pub kind: SqlKind,
    /// What it makes, changes or drops: `TABLE`, `INDEX`, `VIEW`, …, in capitals.
    pub object: Option<String>,
    /// Tables that are named in it, as they are written without quotes (`schema.table`).
    pub tables: Vec<String>,
    /// MySQL and Oracle commit what is open before it runs.
    pub implicit_commit: bool,
    /// PostgreSQL refuses to run it inside a transaction.
    pub outside_transaction: bool,
}

/// Reads one statement.
#[must_use]
pub fn classify(sql: &str, dialect: Dialect) -> Classified {
    let mut words: Vec<Part> = Vec::new();
    for token in tokens(sql, dialect) {
        let text = sql.get(token.range).unwrap_or_default();
        let part = match token.kind {
            TokenKind::Blank | TokenKind::Comment => continue,
            TokenKind::Word => Part {
                text: text.to_owned(),
                upper: text.to_ascii_uppercase(),
            },
            TokenKind::Quoted => Part {
                text: unquote(text),
                upper: String::new(),
            },
            TokenKind::Dot => Part::sign("."),
            TokenKind::String | TokenKind::Number | TokenKind::Semicolon | TokenKind::Sign => {
                Part::sign(text)
            }
        };
        words.push(part);
    }
    let kind = kind_of(&words);
    let object = object_of(kind, &words);
    let implicit_commit = match dialect {
        Dialect::MySql | Dialect::MariaDb => commits_on_mysql(kind, &words),
        Dialect::Oracle => matches!(
            kind,
            SqlKind::Create | SqlKind::Alter | SqlKind::Drop | SqlKind::Truncate | SqlKind::Grant
        ),
        Dialect::Postgres | Dialect::Sqlite | Dialect::MsSql => false,
    };
    let outside_transaction = dialect == Dialect::Postgres && refuses_transaction(&words);
    Classified {
        kind,
        object,
        tables: tables_in(&words),
        implicit_commit,
        outside_transaction,
    }
}

struct Part {
    text: String,
    /// In capitals; empty for what is not a bare word.
    upper: String,
}

impl Part {
    fn sign(text: &str) -> Part {
        Part {
            text: text.to_owned(),
            upper: String::new(),
        }
    }

    fn is_name(&self) -> bool {
        !self.upper.is_empty()
            || self
                .text
                .chars()
                .next()
                .is_some_and(|c| c.is_alphabetic() || c == '_')
    }
}

fn unquote(text: &str) -> String {
    let mut chars = text.chars();
    let open = chars.next();
    chars.next_back();
    let inside = chars.as_str();
    match open {
        Some('[') => inside.replace("]]", "]"),
        Some(quote) => inside.replace(&format!("{quote}{quote}"), &quote.to_string()),
        None => String::new(),
    }
}

fn at(words: &[Part], idx: usize) -> &str {
    words.get(idx).map_or("", |part| part.upper.as_str())
}

fn has(words: &[Part], word: &str) -> bool {
    words.iter().any(|part| part.upper == word)
}

fn kind_of(words: &[Part]) -> SqlKind {
    let Some(first) = words.first() else {
        return SqlKind::Empty;
    };
    match first.upper.as_str() {
        "SELECT" if has(words, "INTO") && !has(words, "FROM") => SqlKind::Query,
        "SELECT" | "VALUES" | "TABLE" | "SHOW" | "EXPLAIN" | "DESCRIBE" | "DESC" => SqlKind::Query,
        "WITH" => {
            // The statement after the common table expressions: the first verb outside of parentheses.
            let mut depth = 0usize;
            for part in words {
                match (part.text.as_str(), part.upper.as_str()) {
                    ("(", _) => depth += 1,
                    (")", _) => depth = depth.saturating_sub(1),
                    (_, "INSERT") if depth == 0 => return SqlKind::Insert,
                    (_, "UPDATE") if depth == 0 => return SqlKind::Update,
                    (_, "DELETE") if depth == 0 => return SqlKind::Delete,
                    (_, "SELECT") if depth == 0 => return SqlKind::Query,
                    _ => {}
                }
            }
            SqlKind::Query
        }
        "INSERT" | "REPLACE" | "MERGE" | "COPY" | "LOAD" => SqlKind::Insert,
        "UPDATE" => SqlKind::Update,
        "DELETE" => SqlKind::Delete,
        "TRUNCATE" => SqlKind::Truncate,
        "CREATE" => SqlKind::Create,
        "ALTER" | "RENAME" | "COMMENT" | "REINDEX" | "CLUSTER" => SqlKind::Alter,
        "DROP" => SqlKind::Drop,
        "GRANT" | "REVOKE" => SqlKind::Grant,
        "BEGIN"
            if words.len() > 2
                && !matches!(
                    at(words, 1),
                    "TRANSACTION"
                        | "TRAN"
                        | "WORK"
                        | "ISOLATION"
                        | "DEFERRED"
                        | "IMMEDIATE"
                        | "EXCLUSIVE"
                        | "READ"
                ) =>
        {
            SqlKind::Call
        }
        "BEGIN" => SqlKind::Begin,
        "START" if at(words, 1) == "TRANSACTION" => SqlKind::Begin,
        "COMMIT" | "END" => SqlKind::Commit,
        "ROLLBACK" | "ABORT" => SqlKind::Rollback,
        "SET" | "RESET" | "USE" | "PRAGMA" => SqlKind::Set,
        "DO" | "CALL" | "EXEC" | "EXECUTE" | "DECLARE" => SqlKind::Call,
        _ if first.text == "(" => SqlKind::Query,
        _ => SqlKind::Other,
    }
}

const OBJECTS: &[&str] = &[
    "TABLE",
    "INDEX",
    "VIEW",
    "SEQUENCE",
    "TYPE",
    "SCHEMA",
    "DATABASE",
    "FUNCTION",
    "PROCEDURE",
    "TRIGGER",
    "EXTENSION",
    "ROLE",
    "USER",
    "DOMAIN",
    "POLICY",
    "RULE",
    "EVENT",
    "TABLESPACE",
    "SUBSCRIPTION",
    "PUBLICATION",
    "COLLATION",
    "AGGREGATE",
    "CAST",
    "COLUMN",
    "CONSTRAINT",
    "SYSTEM",
    "PACKAGE",
    "SYNONYM",
    "LANGUAGE",
    "SERVER",
    "STATISTICS",
];

fn object_of(kind: SqlKind, words: &[Part]) -> Option<String> {
    match kind {
        SqlKind::Create | SqlKind::Alter | SqlKind::Drop | SqlKind::Truncate => words
            .iter()
            .skip(1)
            .take(9)
            .find(|part| OBJECTS.contains(&part.upper.as_str()))
            .map(|part| part.upper.clone()),
        _ => None,
    }
}

fn commits_on_mysql(kind: SqlKind, words: &[Part]) -> bool {
    let temporary = has(words.get(..4).unwrap_or(words), "TEMPORARY");
    match kind {
        SqlKind::Create | SqlKind::Drop => !(temporary && has(words, "TABLE")),
        SqlKind::Alter | SqlKind::Truncate | SqlKind::Grant | SqlKind::Begin => true,
        _ => matches!(
            at(words, 0),
            "ANALYZE"
                | "CHECK"
                | "OPTIMIZE"
                | "REPAIR"
                | "FLUSH"
                | "LOCK"
                | "UNLOCK"
                | "CACHE"
                | "INSTALL"
                | "UNINSTALL"
        ),
    }
}

fn refuses_transaction(words: &[Part]) -> bool {
    let concurrently = words.iter().take(10).enumerate().any(|(idx, part)| {
        part.upper == "CONCURRENTLY"
            && matches!(
                idx.checked_sub(1).map_or("", |idx| at(words, idx)),
                "INDEX" | "TABLE" | "SCHEMA" | "DATABASE" | "SYSTEM"
            )
    });
    match (at(words, 0), at(words, 1)) {
        ("VACUUM", _) => true,
        ("CREATE" | "DROP", "DATABASE" | "TABLESPACE" | "SUBSCRIPTION") => true,
        ("ALTER", "SYSTEM") => true,
        ("ALTER", "DATABASE") => has(words, "TABLESPACE"),
        ("CREATE", "INDEX" | "UNIQUE") | ("DROP", "INDEX") => concurrently,
        ("REINDEX", second) => concurrently || matches!(second, "DATABASE" | "SYSTEM" | "SCHEMA"),
        ("ALTER", "TABLE") => {
            has(words, "DETACH") && words.iter().any(|part| part.upper == "CONCURRENTLY")
        }
        ("CLUSTER", "") => true,
        _ => false,
    }
}

/// Names that stand behind the words that tables stand behind.
fn tables_in(words: &[Part]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut idx = 0;
    let mut first_words = true;
    while idx < words.len() {
        let word = at(words, idx);
        let previous = idx.checked_sub(1).map_or("", |idx| at(words, idx));
        let opens = match word {
            "FROM" => previous != "DISTINCT" && !in_call(words, idx),
            "JOIN" | "INTO" | "TABLE" | "TRUNCATE" | "REFERENCES" => true,
            "UPDATE" => {
                idx == 0
                    || previous == ")"
                    || !matches!(
                        previous,
                        "ON" | "FOR" | "DO" | "KEY" | "BEFORE" | "AFTER" | "OR"
                    )
            }
            "ON" => has(words.get(..idx).unwrap_or_default(), "INDEX") && first_words,
            _ => false,
        };
        idx += 1;
        if !opens {
            continue;
        }
        if word == "ON" {
            first_words = false;
        }
        loop {
            while matches!(
                at(words, idx),
                "IF" | "NOT"
                    | "EXISTS"
                    | "ONLY"
                    | "TABLE"
                    | "LATERAL"
                    | "CONCURRENTLY"
                    | "LOW_PRIORITY"
                    | "IGNORE"
                    | "OR"
            ) {
                idx += 1;
            }
            let Some((name, after)) = dotted(words, idx) else {
                break;
            };
            if !is_verb(at(words, idx))
                && !found.contains(&name)
                && words.get(after).is_none_or(|part| {
                    part.text != "(" || matches!(word, "INTO" | "TABLE" | "REFERENCES" | "ON")
                })
            {
                found.push(name);
            }
            idx = after;
            // `FROM a, b`; an alias may stand between.
            let mut comma = idx;
            while comma < idx + 2
                && words
                    .get(comma)
                    .is_some_and(|part| part.is_name() && !is_verb(&part.upper))
            {
                comma += 1;
            }
            if matches!(word, "FROM" | "TABLE")
                && words.get(comma).is_some_and(|part| part.text == ",")
            {
                idx = comma + 1;
                continue;
            }
            break;
        }
    }
    found
}

/// `EXTRACT(year FROM x)`, `TRIM(a FROM b)`: a FROM that names no table.
fn in_call(words: &[Part], at_: usize) -> bool {
    let mut depth = 0usize;
    for (idx, part) in words.iter().enumerate().take(at_).rev() {
        match part.text.as_str() {
            ")" => depth += 1,
            "(" if depth == 0 => {
                let callee = idx.checked_sub(1).map_or("", |idx| at(words, idx));
                return matches!(
                    callee,
                    "EXTRACT" | "TRIM" | "SUBSTRING" | "OVERLAY" | "POSITION"
                );
            }
            "(" => depth -= 1,
            _ => {}
        }
    }
    false
}

fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "SELECT"
            | "SET"
            | "WHERE"
            | "VALUES"
            | "ON"
            | "USING"
            | "JOIN"
            | "LEFT"
            | "RIGHT"
            | "INNER"
            | "CROSS"
            | "FULL"
            | "NATURAL"
            | "GROUP"
            | "ORDER"
            | "HAVING"
            | "LIMIT"
            | "UNION"
            | "RETURNING"
            | "FROM"
            | "DEFAULT"
            | "TO"
            | "FOR"
            | "ADD"
            | "DROP"
            | "ALTER"
            | "RENAME"
            | "UPDATE"
            | "DELETE"
            | "INSERT"
    )
}

fn dotted(words: &[Part], start: usize) -> Option<(String, usize)> {
    let first = words.get(start).filter(|part| part.is_name())?;
    let mut name = first.text.clone();
    let mut idx = start + 1;
    while words.get(idx).is_some_and(|part| part.text == ".") {
        let Some(next) = words.get(idx + 1).filter(|part| part.is_name()) else {
            break;
        };
        name.push('.');
        name.push_str(&next.text);
        idx += 2;
    }
    Some((name, idx))
}

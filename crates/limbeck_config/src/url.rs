//! SQLAlchemy's database URLs.

use std::fmt;

use limbeck_diag::{Diagnostic, Error, ErrorKind, Result};

use crate::python_text::parse_int;

/// A database URL, its parts decoded. `Display` and `Debug` never show the password.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Url {
    /// `postgresql+psycopg2`
    pub drivername: String,
    /// User.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Host, without the brackets of an IPv6 address.
    pub host: Option<String>,
    /// TCP port.
    pub port: Option<u16>,
    /// Database name, or the path of a SQLite file.
    pub database: Option<String>,
    /// Query arguments in order, each with its values.
    pub query: Vec<(String, Vec<String>)>,
}

impl Url {
    /// `sqlalchemy.make_url(text)`.
    ///
    /// # Errors
    /// `ErrorKind::Config`: the text is no URL, or its port no number. The message never repeats the text, which may hold
    /// a password.
    pub fn parse(text: &str) -> Result<Url> {
        let unreadable = || {
            let diagnostic =
                Diagnostic::error("url", "Could not parse SQLAlchemy URL from given URL string")
                    .help("a URL looks like `postgresql://user:password@host:5432/database` or `sqlite:///file.db`");
            Error::new(ErrorKind::Config, diagnostic)
        };
        let (drivername, rest) = text.split_once("://").ok_or_else(unreadable)?;
        let is_name = |it: char| it.is_alphanumeric() || it == '_' || it == '+';
        if drivername.is_empty() || !drivername.chars().all(is_name) {
            return Err(unreadable());
        }
        let mut url = Url {
            drivername: drivername.to_owned(),
            ..Url::default()
        };
        let rest = url.take_login(rest);
        let rest = match split_brackets(rest) {
            Some((host, after)) => {
                url.host = Some(host.to_owned());
                after
            }
            _ => {
                let end = rest.find(['/', ':', '?']).unwrap_or(rest.len());
                let (host, after) = rest.split_at(end);
                url.host = Some(host.to_owned()).filter(|it| !it.is_empty());
                after
            }
        };
        let rest = match rest.strip_prefix(':') {
            Some(after) => {
                let end = after.find(['/', '?']).unwrap_or(after.len());
                let (port, after) = after.split_at(end);
                let number = parse_int(port).and_then(|it| u16::try_from(it).ok());
                url.port = Some(number.ok_or_else(|| wrong_port(port))?);
                after
            }
            None => rest,
        };
        let rest = match rest.strip_prefix('/') {
            Some(after) => {
                let (database, after) = after.split_at(after.find('?').unwrap_or(after.len()));
                url.database = Some(database.to_owned());
                after
            }
            None => rest,
        };
        if let Some(query) = rest.strip_prefix('?') {
            url.take_query(query);
        }
        Ok(url)
    }

    /// Takes `user:password@` off, by SQLAlchemy's `(?:([^:/]*)(?::([^@]*))?@)?`.
    fn take_login<'a>(&mut self, rest: &'a str) -> &'a str {
        let (user, after) = rest.split_at(rest.find([':', '/']).unwrap_or(rest.len()));
        if let Some((password, after)) = after.strip_prefix(':').and_then(|it| it.split_once('@')) {
            self.username = Some(decode(user, false));
            self.password = Some(decode(password, false));
            return after;
        }
        match user.rsplit_once('@') {
            Some((user, _)) => {
                self.username = Some(decode(user, false));
                rest.get(user.len() + 1..).unwrap_or_default()
            }
            None => rest,
        }
    }

    fn take_query(&mut self, query: &str) {
        for pair in query.split('&') {
            // Python's `parse_qsl` leaves out arguments without a value.
            let Some((key, value)) = pair.split_once('=').filter(|(_, value)| !value.is_empty())
            else {
                continue;
            };
            let (key, value) = (decode(key, true), decode(value, true));
            match self.query.iter_mut().find(|(known, _)| *known == key) {
                Some((_, values)) => values.push(value),
                None => self.query.push((key, vec![value])),
            }
        }
    }

    /// The dialect: `postgresql` of `postgresql+psycopg2`.
    #[must_use]
    pub fn backend_name(&self) -> &str {
        self.drivername.split('+').next().unwrap_or_default()
    }

    /// The driver, if it is named.
    #[must_use]
    pub fn driver_name(&self) -> Option<&str> {
        self.drivername.split_once('+').map(|(_, driver)| driver)
    }

    /// The URL with its password in clear.
    #[must_use]
    pub fn render_with_password(&self) -> String {
        self.render(self.password.as_deref().map(|it| encode(it, " +", false)))
    }

    fn render(&self, password: Option<String>) -> String {
        let mut text = format!("{}://", self.drivername);
        if let Some(user) = &self.username {
            text.push_str(&encode(user, " +", false));
            if let Some(password) = password {
                text.push(':');
                text.push_str(&password);
            }
            text.push('@');
        }
        if let Some(host) = &self.host {
            if host.contains(':') {
                text.push_str(&format!("[{host}]"));
            } else {
                text.push_str(host);
            }
        }
        if let Some(port) = self.port {
            text.push_str(&format!(":{port}"));
        }
        if let Some(database) = &self.database {
            text.push('/');
            text.push_str(database);
        }
        let mut pairs: Vec<(&String, &String)> = self
            .query
            .iter()
            .flat_map(|(key, values)| values.iter().map(move |value| (key, value)))
            .collect();
        pairs.sort_by(|left, right| left.0.cmp(right.0));
        for (nth, (key, value)) in pairs.into_iter().enumerate() {
            text.push(if nth == 0 { '?' } else { '&' });
            text.push_str(&format!(
                "{}={}",
                encode(key, "", true),
                encode(value, "", true)
            ));
        }
        text
    }
}

/// The host in brackets and what follows: `\[([^/\?]+)\]`.
fn split_brackets(rest: &str) -> Option<(&str, &str)> {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let close = rest.get(..end)?.rfind(']')?;
    let host = rest.strip_prefix('[')?.get(..close.checked_sub(1)?)?;
    (!host.is_empty()).then_some((host, rest.get(close + 1..)?))
}

fn wrong_port(port: &str) -> Error {
    // What stands there may be a part of a password.
    let diagnostic = if port.is_empty() {
        Diagnostic::error("url", "the database URL has a `:` for a port, and no port")
            .help("leave the `:` out, or write the number after it")
    } else {
        let message = "the port of the database URL is not a number below 65536";
        Diagnostic::error("url", message)
            .help("a `@`, `:` or `/` inside the password must be written %40, %3A or %2F")
            .help("several hosts are written `?host=a:5432&host=b:5432`")
    };
    Error::new(ErrorKind::Config, diagnostic)
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(self.password.as_ref().map(|_| "***".to_owned())))
    }
}

impl fmt::Debug for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Url({self})")
    }
}

/// `urllib.parse.unquote`, with `+` as a space in queries.
fn decode(text: &str, plus: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = |at: usize| tail.get(at).and_then(|it| char::from(*it).to_digit(16));
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                rest = tail.get(2..).unwrap_or_default();
            }
            (b'+', _, _) if plus => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `urllib.parse.quote`, or `quote_plus`.
fn encode(text: &str, safe: &str, plus: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let character = char::from(byte);
        if plus && byte == b' ' {
            out.push('+');
        } else if character.is_ascii_alphanumeric()
            || "_.-~".contains(character)
            || safe.contains(character)
        {
            out.push(character);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Url;

    /// User, password, host, port, database.
    type Parts<'a> = (
        Option<&'a str>,
        Option<&'a str>,
        Option<&'a str>,
        Option<u16>,
        Option<&'a str>,
    );

    #[track_caller]
    fn check(text: &str, parts: Parts<'_>, rendered: &str) {
        let url = Url::parse(text).unwrap();
        let found = (
            url.username.as_deref(),
            url.password.as_deref(),
            url.host.as_deref(),
            url.port,
            url.database.as_deref(),
        );
        assert_eq!(found, parts, "{text}");
        assert_eq!(url.to_string(), rendered, "{text}");
    }

    // The expected parts and texts are those of SQLAlchemy 2.1.
    #[test]
    fn urls_are_read_as_sqlalchemy_reads_them() {
        check(
            "sqlite:///fees.db",
            (None, None, None, None, Some("fees.db")),
            "sqlite:///fees.db",
        );
        check(
            "sqlite:////tmp/a b.db",
            (None, None, None, None, Some("/tmp/a b.db")),
            "sqlite:////tmp/a b.db",
        );
        check("sqlite://", (None, None, None, None, None), "sqlite://");
        check(
            "postgresql+psycopg2://me:s%40:x@db.example:5433/fees?sslmode=require&a=1",
            (
                Some("me"),
                Some("s@:x"),
                Some("db.example"),
                Some(5433),
                Some("fees"),
            ),
            "postgresql+psycopg2://me:***@db.example:5433/fees?a=1&sslmode=require",
        );
        check(
            "mysql://u@[::1]:3307/d",
            (Some("u"), None, Some("::1"), Some(3307), Some("d")),
            "mysql://u@[::1]:3307/d",
        );
        check(
            "postgresql:///d?host=/run",
            (None, None, None, None, Some("d")),
            "postgresql:///d?host=%2Frun",
        );
        assert!(Url::parse("fees.db").is_err());
        assert!(Url::parse("postgresql://h:x/d").is_err());
    }
}

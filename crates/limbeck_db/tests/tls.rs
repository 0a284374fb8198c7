//! `sslmode` means what it means to libpq.
#![allow(clippy::unwrap_used, reason = "a failed test is the right end")]

use limbeck_db::{ConnectOptions, Server, SslMode, connect};
use limbeck_diag::ErrorKind;
use limbeck_testkit::Database;
use limbeck_testkit::server::PostgresServer;

struct Login<'a> {
    user: &'a str,
    host: &'a str,
    mode: Option<SslMode>,
    authority: Option<&'a str>,
}

impl Login<'_> {
    fn options(&self, database: &Database) -> ConnectOptions {
        let query = self
            .authority
            .map(|it| ("sslrootcert".to_owned(), it.to_owned()));
        ConnectOptions {
            user: Some(self.user.to_owned()),
            host: Some(self.host.to_owned()),
            ssl_mode: self.mode,
            query: query.into_iter().collect(),
            ..database.options()
        }
    }

    /// Whether the session is encrypted.
    fn connects(&self, database: &Database) -> bool {
        let mut connection = connect(&self.options(database)).unwrap_or_else(|error| {
            panic!("{} {:?}: {:?}", self.user, self.mode, error.diagnostic)
        });
        let result = connection
            .execute("SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
            .unwrap();
        result.scalar() == Some(&limbeck_schema::Literal::str("true"))
    }

    /// Why it is refused.
    fn fails(&self, database: &Database) -> String {
        let Err(error) = connect(&self.options(database)) else {
            panic!("{} {:?} was let in", self.user, self.mode)
        };
        assert_eq!(error.kind, ErrorKind::Connection);
        format!("{:?}", error.diagnostic)
    }
}

#[test]
fn each_mode_encrypts_as_libpq_does() {
    let database = Database::create(Server::Postgres);
    let login = |user, mode| Login {
        user,
        host: "127.0.0.1",
        mode,
        authority: None,
    };
    assert!(login("postgres", None).connects(&database));
    assert!(login("postgres", Some(SslMode::Prefer)).connects(&database));
    assert!(login("postgres", Some(SslMode::Require)).connects(&database));
    assert!(!login("postgres", Some(SslMode::Allow)).connects(&database));
    assert!(!login("postgres", Some(SslMode::Disable)).connects(&database));
    // The server decides, where the client leaves it to it.
    assert!(login("only_tls", Some(SslMode::Allow)).connects(&database));
    assert!(!login("only_plain", None).connects(&database));
    let refused = login("only_tls", Some(SslMode::Disable)).fails(&database);
    assert!(refused.contains("pg_hba.conf"), "{refused}");
    let refused = login("only_plain", Some(SslMode::Require)).fails(&database);
    assert!(refused.contains("pg_hba.conf"), "{refused}");
}

#[test]
fn certificates_are_checked_as_far_as_asked() {
    let database = Database::create(Server::Postgres);
    let login = |host, mode, authority| Login {
        user: "postgres",
        host,
        mode: Some(mode),
        authority: Some(authority),
    };
    let (good, bad) = (PostgresServer::AUTHORITY, PostgresServer::OTHER_AUTHORITY);
    assert!(login("127.0.0.1", SslMode::VerifyCa, good).connects(&database));
    assert!(login("127.0.0.1", SslMode::Require, good).connects(&database));
    assert!(login("localhost", SslMode::VerifyFull, good).connects(&database));
    for (host, mode, authority, words) in [
        ("127.0.0.1", SslMode::VerifyFull, good, "not valid for name"),
        ("127.0.0.1", SslMode::VerifyCa, bad, "UnknownIssuer"),
        ("localhost", SslMode::VerifyFull, bad, "UnknownIssuer"),
        ("127.0.0.1", SslMode::Require, bad, "UnknownIssuer"),
        (
            "127.0.0.1",
            SslMode::VerifyCa,
            "/nowhere.crt",
            "cannot read the certificate",
        ),
    ] {
        let refused = login(host, mode, authority).fails(&database);
        assert!(refused.contains(words), "{mode:?} {host}: {refused}");
    }
    // No authority is named: the system's are asked, and none of them signed this.
    let refused = Login {
        authority: None,
        ..login("localhost", SslMode::VerifyFull, good)
    }
    .fails(&database);
    assert!(
        refused.contains("UnknownIssuer") || refused.contains("no certificate authority"),
        "{refused}"
    );
}

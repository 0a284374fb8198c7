//! A private PostgreSQL.

use std::fs;
use std::io;
use std::path::PathBuf;

use limbeck_db::{ConnectOptions, Server, connect};

use super::process::{
    ServerProcess, command, find_program, free_port, new_folder, ordinary_user, run_to_end,
    write_private,
};

/// Of no secret: it is published with this file, and only test servers have it.
const SERVER_KEY: &[u8] = include_bytes!("../../tls/server.key");
const SERVER_CERTIFICATE: &[u8] = include_bytes!("../../tls/server.crt");

/// A private PostgreSQL server. Its superuser `postgres` needs no password; `limbeck` has one; `only_tls`
/// may log in with TLS only, `only_plain` without it only. Its certificate names `localhost` and is signed by
/// [`AUTHORITY`](Self::AUTHORITY).
#[derive(Debug)]
pub struct PostgresServer {
    port: u16,
    process: ServerProcess,
}

impl PostgresServer {
    /// The password of the user `limbeck`, for tests of logins.
    pub const PASSWORD: &str = "sesame";
    /// The file with the certificate of the authority that signed the server's.
    pub const AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tls/ca.crt");
    /// The file with the certificate of an authority that has nothing to do with it.
    pub const OTHER_AUTHORITY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tls/other.crt");

    /// Makes a cluster in a temporary folder and starts a server on it.
    ///
    /// # Errors
    /// PostgreSQL is not installed, or does not start; its own words are in the error.
    pub fn start() -> io::Result<PostgresServer> {
        let user = ordinary_user(&["postgres", "nobody"])?;
        let folders = program_folders();
        let initdb = find_program("initdb", &folders)?;
        // The server that belongs to this initdb, not another on the path.
        let server = initdb.canonicalize()?.with_file_name("postgres");
        let folder = new_folder("pg", user)?;
        let data = folder.join("data");
        run_to_end(command(&initdb, user, &folder).arg("-D").arg(&data).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
            "--no-locale",
        ]))?;
        let hba = data.join("pg_hba.conf");
        let rules = fs::read_to_string(&hba)?;
        fs::write(
            &hba,
            format!(
                "host all limbeck 127.0.0.1/32 scram-sha-256\n\
                 hostssl all only_tls 127.0.0.1/32 trust\nhost all only_tls all reject\n\
                 hostnossl all only_plain 127.0.0.1/32 trust\nhost all only_plain all reject\n{rules}"
            ),
        )?;
        write_private(&data.join("server.crt"), SERVER_CERTIFICATE, user)?;
        write_private(&data.join("server.key"), SERVER_KEY, user)?;
        let port = free_port()?;
        let mut postgres = command(&server, user, &folder);
        postgres
            .arg("-D")
            .arg(&data)
            .arg("-p")
            .arg(port.to_string())
            .arg("-k")
            .arg(&folder);
        for setting in [
            "listen_addresses=127.0.0.1",
            "ssl=on",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=100",
            "shared_buffers=64MB",
            "autovacuum=off",
            "timezone=UTC",
        ] {
            postgres.arg("-c").arg(setting);
        }
        // Fast shutdown: sessions are ended.
        let mut process = ServerProcess::start(postgres, folder, "INT")?;
        let options = admin_options(port);
        process.wait_until(|| connect(&options).is_ok())?;
        let mut connection = connect(&options).map_err(io::Error::other)?;
        for role in [
            format!("limbeck LOGIN PASSWORD '{}'", PostgresServer::PASSWORD),
            "only_tls LOGIN".to_owned(),
            "only_plain LOGIN".to_owned(),
        ] {
            connection
                .execute(&format!("CREATE ROLE {role}"))
                .map_err(io::Error::other)?;
        }
        Ok(PostgresServer { port, process })
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL, without a database: `postgresql://postgres@127.0.0.1:port/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/", self.port)
    }

    /// Ends it. Dropping the value does the same.
    pub fn stop(self) {
        drop(self.process);
    }
}

fn admin_options(port: u16) -> ConnectOptions {
    ConnectOptions {
        host: Some("127.0.0.1".to_owned()),
        port: Some(port),
        user: Some("postgres".to_owned()),
        database: Some("postgres".to_owned()),
        ..ConnectOptions::new(Server::Postgres)
    }
}

/// Debian's folders of server programs, newest version first.
fn program_folders() -> Vec<PathBuf> {
    let mut versions: Vec<u32> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    versions
        .iter()
        .map(|it| PathBuf::from(format!("/usr/lib/postgresql/{it}/bin")))
        .collect()
}

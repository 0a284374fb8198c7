//! A private MariaDB.

use std::fs;
use std::io;
use std::path::PathBuf;

use limbeck_db::{ConnectOptions, Server, connect};

use super::process::{
    ServerProcess, command, find_program, free_port, new_folder, ordinary_user, run_to_end,
};

/// A private MariaDB server. Its user `root` needs no password; `limbeck` has one.
#[derive(Debug)]
pub struct MariaDbServer {
    port: u16,
    process: ServerProcess,
}

impl MariaDbServer {
    /// The password of the user `limbeck`, for tests of logins.
    pub const PASSWORD: &str = "sesame";

    /// Makes system tables in a temporary folder and starts a server on them.
    ///
    /// # Errors
    /// MariaDB is not installed, or does not start; its own words are in the error.
    pub fn start() -> io::Result<MariaDbServer> {
        let user = ordinary_user(&["mysql", "nobody"])?;
        let folders = [PathBuf::from("/usr/sbin"), PathBuf::from("/usr/bin")];
        let installer = find_program("mariadb-install-db", &folders)?;
        let server = find_program("mariadbd", &folders)?;
        let folder = new_folder("my", user)?;
        let data = folder.join("data");
        run_to_end(
            command(&installer, user, &folder)
                .arg("--no-defaults")
                .arg(format!("--datadir={}", data.display()))
                .args([
                    "--auth-root-authentication-method=normal",
                    "--skip-test-db",
                    "--innodb-flush-method=nosync",
                ])
                .args(["--innodb-log-file-size=8M", "--skip-log-bin"]),
        )?;
        let init = folder.join("init.sql");
        fs::write(
            &init,
            format!(
                "CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';\n\
                 GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n\
                 CREATE USER IF NOT EXISTS 'limbeck'@'127.0.0.1' IDENTIFIED BY '{}';\n",
                MariaDbServer::PASSWORD
            ),
        )?;
        let port = free_port()?;
        let mut mariadbd = command(&server, user, &folder);
        mariadbd
            .arg("--no-defaults")
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", folder.join("s").display()))
            .arg(format!("--pid-file={}", folder.join("p").display()))
            .arg(format!("--init-file={}", init.display()))
            .arg(format!("--port={port}"))
            .args([
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                "--skip-log-bin",
            ])
            .args([
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-flush-method=nosync",
            ])
            .args(["--innodb-buffer-pool-size=64M", "--innodb-log-file-size=8M"])
            .args([
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci",
            ])
            .args(["--default-time-zone=+00:00", "--innodb-doublewrite=0"]);
        let mut process = ServerProcess::start(mariadbd, folder, "TERM")?;
        let options = ConnectOptions {
            host: Some("127.0.0.1".to_owned()),
            port: Some(port),
            user: Some("root".to_owned()),
            database: Some("mysql".to_owned()),
            ..ConnectOptions::new(Server::MariaDb)
        };
        process.wait_until(|| connect(&options).is_ok())?;
        Ok(MariaDbServer { port, process })
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its URL, without a database: `mariadb://root@127.0.0.1:port/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("mariadb://root@127.0.0.1:{}/", self.port)
    }

    /// Ends it. Dropping the value does the same.
    pub fn stop(self) {
        drop(self.process);
    }
}

//! The private servers of one test run.

use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};

use crate::process::{cargo, find_program, install};

/// Both servers. They stop when this is dropped, or when this process ends in whatever way.
pub(crate) struct Servers {
    child: Child,
    input: Option<ChildStdin>,
    /// The variables that tell tests where the servers are.
    pub(crate) variables: Vec<(String, String)>,
}

impl Servers {
    /// Installs what is missing and starts both.
    pub(crate) fn start() -> io::Result<Servers> {
        let mut missing = Vec::new();
        let has_postgres =
            Path::new("/usr/lib/postgresql").is_dir() || find_program("initdb", &[]).is_some();
        if !has_postgres {
            missing.push("postgresql");
        }
        if find_program("mariadbd", &["/usr/sbin", "/usr/bin"]).is_none() {
            missing.push("mariadb-server");
        }
        if !missing.is_empty() {
            install(&missing)?;
        }
        let mut child = cargo()
            .args([
                "run",
                "--quiet",
                "--package",
                "limbeck_testkit",
                "--bin",
                "limbeck-servers",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no output"))?;
        let mut variables = Vec::new();
        for line in BufReader::new(output).lines().take(2) {
            let line = line?;
            let (name, url) = line
                .split_once('=')
                .ok_or_else(|| io::Error::other(line.clone()))?;
            variables.push((name.to_owned(), url.to_owned()));
        }
        if variables.len() == 2 {
            return Ok(Servers {
                child,
                input,
                variables,
            });
        }
        child.wait()?;
        Err(io::Error::other("the database servers did not start"))
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // The end of its input is the sign to stop.
        drop(self.input.take());
        let _ended = self.child.wait();
    }
}

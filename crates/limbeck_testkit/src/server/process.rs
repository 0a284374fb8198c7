//! A server process: its folder, its user, its port, its end.

use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// An ordinary user to run a server as.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    uid: u32,
    gid: u32,
}

/// Servers refuse to run as root: the first of `names` that exists. `None` if this is not root.
pub(super) fn ordinary_user(names: &[&str]) -> io::Result<Option<User>> {
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let passwd = fs::read_to_string("/etc/passwd")?;
    let find = |name: &str| {
        passwd.lines().find_map(|line| {
            let mut fields = line.split(':');
            let is_it = fields.next() == Some(name);
            let uid = fields.nth(1)?.parse().ok()?;
            let gid = fields.next()?.parse().ok()?;
            is_it.then_some(User { uid, gid })
        })
    };
    let user = names.iter().find_map(|name| find(name));
    user.map(Some)
        .ok_or_else(|| io::Error::other(format!("no user among {names:?}")))
}

/// A program that runs as `user`, silently, in `folder`.
pub(super) fn command(program: &Path, user: Option<User>, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .env("HOME", folder)
        .stdin(Stdio::null());
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    command
}

/// A new folder that belongs to `user`; its name is short because unix sockets are in it.
pub(super) fn new_folder(name: &str, user: Option<User>) -> io::Result<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder =
        std::env::temp_dir().join(format!("limbeck-{name}-{}-{count}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
    if let Some(user) = user {
        chown(&folder, Some(user.uid), Some(user.gid))?;
    }
    Ok(folder)
}

/// A file that only `user` may read.
pub(super) fn write_private(path: &Path, content: &[u8], user: Option<User>) -> io::Result<()> {
    fs::write(path, content)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    if let Some(user) = user {
        chown(path, Some(user.uid), Some(user.gid))?;
    }
    Ok(())
}

/// A port that nobody listens on.
pub(super) fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Runs a program to its end.
pub(super) fn run_to_end(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(format!("{command:?} failed: {words}")))
}

/// The first of `candidates` that is a file.
pub(super) fn find_program(name: &str, folders: &[PathBuf]) -> io::Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    let found = folders
        .iter()
        .cloned()
        .chain(on_path)
        .map(|it| it.join(name))
        .find(|it| it.is_file());
    found.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            format!("{name} is not installed; `cargo xtask test` as root installs it, or apt-get install it"),
        )
    })
}

/// A running server with its folder and its watchdog.
#[derive(Debug)]
pub(super) struct ServerProcess {
    child: Child,
    watchdog: Child,
    folder: PathBuf,
    signal: &'static str,
}

impl ServerProcess {
    /// Starts `command`, whose end is asked for with `signal`.
    pub(super) fn start(
        mut command: Command,
        folder: PathBuf,
        signal: &'static str,
    ) -> io::Result<ServerProcess> {
        let log = fs::File::create(folder.join("server.log"))?;
        // A group of its own: Ctrl-C at the terminal ends the tests, then the watchdog ends this.
        let child = command
            .stdout(log.try_clone()?)
            .stderr(log)
            .process_group(0)
            .spawn()?;
        let script = "cat >/dev/null; kill -s \"$1\" \"$2\" 2>/dev/null; \
                      for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 \"$2\" 2>/dev/null || break; sleep 0.2; done; \
                      kill -9 \"$2\" 2>/dev/null; rm -rf \"$3\"";
        let watchdog = Command::new("sh")
            .args(["-c", script, "sh", signal, &child.id().to_string()])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()?;
        Ok(ServerProcess {
            child,
            watchdog,
            folder,
            signal,
        })
    }

    /// Waits until `is_ready` says so, at most a minute.
    pub(super) fn wait_until(&mut self, mut is_ready: impl FnMut() -> bool) -> io::Result<()> {
        let start = Instant::now();
        while !is_ready() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || start.elapsed() > Duration::from_mins(1) {
                let log = fs::read_to_string(self.folder.join("server.log")).unwrap_or_default();
                return Err(io::Error::other(format!(
                    "the server did not start:\n{log}"
                )));
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        Ok(())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _asked = Command::new("kill")
            .args(["-s", self.signal, &pid])
            .status();
        let start = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if start.elapsed() > Duration::from_secs(10) {
                let _ended = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // The server is gone; the watchdog would look for its pid, which may be another's by now.
        let _ended = self.watchdog.kill();
        let _reaped = self.watchdog.wait();
        let _removed = fs::remove_dir_all(&self.folder);
    }
}

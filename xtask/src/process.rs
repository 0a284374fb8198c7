//! Paths and programs.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Where Cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The Cargo that runs this.
pub(crate) fn cargo() -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a program with the terminal's streams; a failure is an error.
pub(crate) fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!(
        "{} failed ({status})",
        render(command)
    )))
}

/// Program and arguments, as one would type them.
pub(crate) fn render(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for arg in command.get_args() {
        text.push(' ');
        text.push_str(&arg.to_string_lossy());
    }
    text
}

/// True if programs may be installed.
pub(crate) fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// A program on the path, or in one of `folders`.
pub(crate) fn find_program(name: &str, folders: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().map(PathBuf::from);
    folders
        .chain(std::env::split_paths(&path))
        .map(|it| it.join(name))
        .find(|it| it.is_file())
}

/// Installs Debian packages. Services that come with them are not started: the servers that tests
/// use are private ones.
pub(crate) fn install(packages: &[&str]) -> io::Result<()> {
    let list = packages.join(" ");
    if !is_root() {
        return Err(io::Error::other(format!(
            "{list} missing; install it: sudo apt-get install {list}"
        )));
    }
    eprintln!("xtask: installing {list}");
    let policy = Path::new("/usr/sbin/policy-rc.d");
    let is_ours = !policy.exists();
    if is_ours {
        std::fs::write(policy, "#!/bin/sh\nexit 101\n")?;
        run(Command::new("chmod").arg("+x").arg(policy))?;
    }
    let outcome = run(apt_get().arg("update").arg("-q")).and_then(|()| {
        run(apt_get()
            .args(["install", "-q", "-y", "--no-install-recommends"])
            .args(packages))
    });
    if is_ours {
        std::fs::remove_file(policy)?;
    }
    outcome
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    // What apt says is not the task's output.
    command
        .env("DEBIAN_FRONTEND", "noninteractive")
        .stdin(std::process::Stdio::null());
    command.stdout(std::io::stderr());
    command
}

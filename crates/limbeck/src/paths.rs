//! Paths the way Python's `pathlib` makes and prints them.

use std::path::{Component, Path, PathBuf};

use limbeck_diag::{Diagnostic, Error, ErrorKind};

/// `Path(path)`: without `.` parts and doubled separators, `..` kept; `.` for nothing.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let normal: PathBuf = path
        .components()
        .filter(|part| *part != Component::CurDir)
        .collect();
    if normal.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        normal
    }
}

/// `Path(path).absolute()`.
pub(crate) fn absolute(cwd: &Path, path: &Path) -> PathBuf {
    normal(&cwd.join(path))
}

/// The way from the directory `from` to `to`, both absolute, with `..` where it must go up.
pub(crate) fn relative(to: &Path, from: &Path) -> PathBuf {
    let mut to_parts = to.components().peekable();
    let mut from_parts = from.components().peekable();
    while let (Some(left), Some(right)) = (to_parts.peek(), from_parts.peek()) {
        if left != right {
            break;
        }
        to_parts.next();
        from_parts.next();
    }
    let up = from_parts.map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to_parts).collect();
    way
}

/// A failure of the file system, told with what was tried.
pub(crate) fn io_error(action: &str, path: &Path, error: &std::io::Error) -> Error {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    Error::new(
        ErrorKind::Io,
        Diagnostic::error(
            "io",
            format!("cannot {action} {}: {reason}", path.display()),
        ),
    )
}

/// Writes a file in one go: the name shows the old content or the new, never a part.
pub(crate) fn write_file(path: &Path, content: &[u8]) -> Result<(), Error> {
    std::fs::write(path, content).map_err(|error| io_error("write", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_pathlib() {
        let check = |path: &str, expected: &str| {
            assert_eq!(
                absolute(Path::new("/a/b"), Path::new(path)),
                Path::new(expected)
            );
        };
        check("c/./d//e/", "/a/b/c/d/e");
        check("../c", "/a/b/../c");
        check(".", "/a/b");
        check("/x/./y", "/x/y");
        assert_eq!(normal(Path::new("./scripts/")), Path::new("scripts"));
        assert_eq!(
            relative(Path::new("/a/b/c"), Path::new("/a/b")),
            Path::new("c")
        );
        assert_eq!(
            relative(Path::new("/a/x/y"), Path::new("/a/b")),
            Path::new("../x/y")
        );
        assert_eq!(
            relative(Path::new("/a/b"), Path::new("/a/b")),
            Path::new("")
        );
    }
}

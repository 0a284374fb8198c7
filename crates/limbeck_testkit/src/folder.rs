//! Folders of projects that tests run in, and the real Alembic beside them.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of its own in the system's temporary one, which goes away with the value.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// An empty folder; the name is for those who look at it while a test runs.
    ///
    /// # Panics
    /// If it cannot be made.
    #[must_use]
    pub fn new(name: &str) -> Folder {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("limbeck-{name}-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder in the temporary one");
        Folder { path }
    }

    /// A copy of a project, without databases and what Python has compiled.
    ///
    /// # Panics
    /// If a file cannot be copied.
    #[must_use]
    pub fn copy_of(project: &Path, name: &str) -> Folder {
        let folder = Folder::new(name);
        copy(project, &folder.path);
        folder
    }

    /// Writes a file, and the folders on the way to it.
    ///
    /// # Panics
    /// If it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path.join(path);
        let parent = path.parent().expect("a file in the folder");
        std::fs::create_dir_all(parent).expect("a folder in the test's own");
        std::fs::write(path, text).expect("a file in the test's own folder");
    }
}

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.path);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder in the test's own");
    for entry in std::fs::read_dir(from).expect("a folder to copy") {
        let entry = entry.expect("an entry of a folder");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            if !source.ends_with("__pycache__") {
                copy(&source, &target);
            }
        } else if source.extension().is_none_or(|it| it != "db") {
            std::fs::copy(&source, &target).expect("a file to copy");
        }
    }
}

/// The `bin` folder of an environment with Alembic in it, which `cargo xtask test` names; none where tests are run without it.
///
/// # Panics
/// In CI, if there is none.
#[must_use]
pub fn alembic_bin() -> Option<PathBuf> {
    let bin = std::env::var_os("LIMBECK_TEST_ALEMBIC").map(PathBuf::from);
    assert!(
        bin.is_some() || std::env::var_os("CI").is_none(),
        "LIMBECK_TEST_ALEMBIC is not set"
    );
    bin
}

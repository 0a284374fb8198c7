//! The only way from the evaluator to files.

use std::path::Path;

use limbeck_config::parse_dotenv;
use limbeck_diag::SourceFile;
use limbeck_python::Sources;

/// The files of this machine, as the evaluator may see them: to read.
#[derive(Debug, Clone, Copy)]
pub struct Disk;

impl Sources for Disk {
    fn read(&self, path: &Path) -> Option<String> {
        std::fs::read_to_string(path).ok()
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn list(&self, path: &Path) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(path) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    fn dotenv(
        &self,
        path: &Path,
        known: &dyn Fn(&str) -> Option<String>,
    ) -> Vec<(String, Option<String>)> {
        let Ok(text) = std::fs::read_to_string(path) else {
            return Vec::new();
        };
        let file = SourceFile::new(path.display().to_string(), text);
        let variables = parse_dotenv(&file, known).into_iter();
        variables
            .map(|variable| (variable.name, variable.value))
            .collect()
    }
}

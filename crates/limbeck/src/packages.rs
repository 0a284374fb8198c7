//! Versions of the packages in the project's Python environment, which change what SQL is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use limbeck_sql::SqlAlchemyVersion;

use crate::Environment;
use crate::interpreter::find_python;

/// The packages that the project's interpreter would import, by what their installers left on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Packages {
    /// Folders that hold installed packages, in the order in which Python looks through them.
    pub site: Vec<PathBuf>,
    /// Folders that their `.pth` files name, as for a project that is installed in place.
    pub in_place: Vec<PathBuf>,
    /// Versions by normalized name: lower case, with `-` between the words.
    pub versions: BTreeMap<String, String>,
}

impl Packages {
    /// Reads the environment of the interpreter that belongs to the project; empty if there is none.
    pub(crate) fn read(environment: &Environment, project: &Path) -> Packages {
        let Ok(python) = find_python(environment, project) else {
            return Packages::default();
        };
        let mut packages = Packages::default();
        let Some(prefix) = python.parent().and_then(Path::parent) else {
            return packages;
        };
        packages.site = site_folders(prefix, &python);
        if let Some(outer) = system_prefix(prefix) {
            packages.site.extend(site_folders(&outer, &python));
        }
        for folder in packages.site.clone() {
            packages.read_folder(&folder);
        }
        packages
    }

    /// The version of a package by its normalized name.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&str> {
        self.versions.get(name).map(String::as_str)
    }

    /// Whose SQL to write: that of 2.0 for a SQLAlchemy before 2.1; the newest if none is installed.
    #[must_use]
    pub fn sqlalchemy(&self) -> SqlAlchemyVersion {
        let number = |part: Option<&str>| part.and_then(|it| it.parse::<u32>().ok());
        match self.version("sqlalchemy") {
            Some(version) => {
                let mut parts = version.split('.');
                let found = (number(parts.next()), number(parts.next()));
                if found < (Some(2), Some(1)) {
                    SqlAlchemyVersion::V2_0
                } else {
                    SqlAlchemyVersion::V2_1
                }
            }
            None => SqlAlchemyVersion::default(),
        }
    }

    /// Adds what a folder holds; what has been found before wins.
    fn read_folder(&mut self, folder: &Path) {
        let Ok(entries) = std::fs::read_dir(folder) else {
            return;
        };
        let mut files = Vec::new();
        for entry in entries.flatten() {
            let path = entry.path();
            if let Some((name, version)) = distribution(&entry.file_name().to_string_lossy()) {
                self.versions.entry(name).or_insert(version);
            } else if path.extension().is_some_and(|it| it == "pth") {
                files.push(path);
            }
        }
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let named = text.lines().map(|line| folder.join(line.trim_end()));
            self.in_place
                .extend(named.filter(|path| path != folder && path.is_dir()));
        }
    }
}

/// `SQLAlchemy-2.0.30.dist-info` is the package `sqlalchemy` in the version `2.0.30`.
fn distribution(name: &str) -> Option<(String, String)> {
    let stem = name
        .strip_suffix(".dist-info")
        .or_else(|| name.strip_suffix(".egg-info"))?;
    let mut parts = stem.split('-');
    let (name, version) = (parts.next()?, parts.next()?);
    let normal = name.to_lowercase().replace(['_', '.'], "-");
    Some((normal, version.to_owned()))
}

/// The folders of packages below a prefix of an installation, that of the interpreter's own version first.
fn site_folders(prefix: &Path, python: &Path) -> Vec<PathBuf> {
    let real = python.canonicalize().unwrap_or_else(|_| python.to_owned());
    let own = real.file_name().unwrap_or_default().to_owned();
    let mut folders = Vec::new();
    for library in ["lib", "lib64"] {
        let library = prefix.join(library);
        let mut versions: Vec<PathBuf> = std::fs::read_dir(&library)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("python3"))
            .map(|entry| entry.path())
            .collect();
        versions.sort_by_key(|path| (path.file_name() != Some(&own), path.clone()));
        for version in versions {
            folders.extend(["site-packages", "dist-packages"].map(|name| version.join(name)));
        }
    }
    folders.push(prefix.join("Lib").join("site-packages"));
    folders.retain(|folder| folder.is_dir());
    folders
}

/// The installation below a virtual environment, where that one lets its packages in.
fn system_prefix(prefix: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(prefix.join("pyvenv.cfg")).ok()?;
    let setting = |name: &str| {
        text.lines().find_map(|line| {
            let (key, value) = line.split_once('=')?;
            (key.trim() == name).then(|| value.trim())
        })
    };
    let is_open = setting("include-system-site-packages")?.eq_ignore_ascii_case("true");
    let home = Path::new(setting("home")?);
    is_open.then(|| home.parent().map(Path::to_owned)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_named_by_their_folders() {
        let check = |folder: &str, expected: Option<(&str, &str)>| {
            let expected = expected.map(|(name, version)| (name.to_owned(), version.to_owned()));
            assert_eq!(distribution(folder), expected, "{folder}");
        };
        check("sqlalchemy-2.1.9.dist-info", Some(("sqlalchemy", "2.1.9")));
        check("SQLAlchemy-1.4.46.egg-info", Some(("sqlalchemy", "1.4.46")));
        check(
            "sqlalchemy_utils-0.41.2.dist-info",
            Some(("sqlalchemy-utils", "0.41.2")),
        );
        check(
            "zope.interface-6.0-py3.11.egg-info",
            Some(("zope-interface", "6.0")),
        );
        check("sqlalchemy", None);
    }

    #[test]
    fn the_installed_version_decides_whose_sql_is_written() {
        let check = |version: Option<&str>, expected: SqlAlchemyVersion| {
            let versions = version.map(|it| ("sqlalchemy".to_owned(), it.to_owned()));
            let packages = Packages {
                versions: versions.into_iter().collect(),
                ..Packages::default()
            };
            assert_eq!(packages.sqlalchemy(), expected, "{version:?}");
        };
        check(None, SqlAlchemyVersion::V2_1);
        check(Some("1.4.54"), SqlAlchemyVersion::V2_0);
        check(Some("2.0.58"), SqlAlchemyVersion::V2_0);
        check(Some("2.1.0b1"), SqlAlchemyVersion::V2_1);
        check(Some("2.10"), SqlAlchemyVersion::V2_1);
        check(Some("3.0"), SqlAlchemyVersion::V2_1);
    }
}

//! A project as it is on disk: its configuration, its environment directory, its revision scripts.

use std::cell::{OnceCell, RefCell};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use limbeck_config::{AlembicConfig, ConfigSources, LocationSpec, Logging};
use limbeck_diag::{Diagnostic, Error, ErrorKind, Location, Result, SourceFile, Span};
use limbeck_graph::{Revision, RevisionId, RevisionMap};
use limbeck_python::Header;

use crate::paths::{absolute, io_error};
use crate::{Environment, Options, Packages};

/// A revision script.
#[derive(Clone)]
pub struct Script {
    /// Its identifier.
    pub revision: String,
    /// Where it is, as Alembic shows it.
    pub path: PathBuf,
    /// The docstring, stripped.
    pub longdoc: String,
    /// Its syntax, read once for all that is asked of it.
    syntax: limbeck_python::Script,
    /// The same, as the evaluator knows it: by its absolute path.
    evaluated: OnceCell<limbeck_python::Script>,
}

impl Script {
    /// The first paragraph of the docstring.
    #[must_use]
    pub fn doc(&self) -> &str {
        self.longdoc.split("\n\n").next().unwrap_or_default()
    }

    /// Its text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        self.syntax.parsed.file().text()
    }

    /// Its syntax, by the path that Alembic shows.
    pub(crate) fn syntax(&self) -> &limbeck_python::Script {
        &self.syntax
    }

    /// The script for the evaluator.
    pub(crate) fn for_evaluation(&self, cwd: &Path) -> &limbeck_python::Script {
        self.evaluated
            .get_or_init(|| self.syntax.moved(absolute(cwd, &self.path)))
    }
}

/// A project, loaded.
pub struct Project {
    /// The process around it.
    pub environment: Environment,
    /// What the caller asks for.
    pub options: Options,
    /// Its configuration; env.py may change it while it is read.
    pub config: Rc<RefCell<AlembicConfig>>,
    /// The path of the ini file, absolute, if there is one.
    pub ini_path: Option<PathBuf>,
    /// The environment directory, as Alembic shows it.
    pub directory: PathBuf,
    /// Folders of revision scripts.
    pub version_locations: Vec<PathBuf>,
    packages: OnceCell<Packages>,
    scripts: Vec<Script>,
    map: RevisionMap,
}

impl Project {
    /// Finds and reads everything.
    ///
    /// # Errors
    /// What Alembic complains about, and what is wrong in the files, located.
    pub fn load(environment: &Environment, options: &Options) -> Result<Project> {
        let mut project = Project::load_config(environment, options)?;
        project.load_scripts()?;
        Ok(project)
    }

    /// Only the configuration and the folders.
    fn load_config(environment: &Environment, options: &Options) -> Result<Project> {
        let (ini_name, toml_name) = config_names(environment, options)?;
        let ini_path = absolute(&environment.cwd, &ini_name);
        let toml_path = absolute(&environment.cwd, &toml_name);
        let read = |path: &Path, name: &Path| match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(SourceFile::new(name.display().to_string(), text))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error("read", path, &error)),
        };
        let folder = |path: &Path| path.parent().unwrap_or(path).display().to_string();
        let sources = ConfigSources {
            ini: read(&ini_path, &ini_name)?,
            toml: read(&toml_path, &toml_name)?,
            here: folder(&ini_path),
            toml_here: folder(&toml_path),
            section: options.section.clone(),
            ini_name: ini_name.display().to_string(),
        };
        let config = AlembicConfig::read(&sources)?;
        let location = config.script_location()?;
        let directory = resolve(environment, &config, &location.value)?;
        if !absolute(&environment.cwd, &directory).exists() {
            let message = format!(
                "Path doesn't exist: {}.  Please use the 'init' command to create a new scripts folder.",
                directory.display()
            );
            let diagnostic = Diagnostic::error("no-directory", message).at_maybe(
                location.origin.location().cloned(),
                "`script_location` is here",
            );
            return Err(Error::new(ErrorKind::Command, diagnostic));
        }
        let version_locations = match config.version_locations()? {
            Some(paths) => {
                let known = paths.iter().filter(|path| !path.is_empty());
                known
                    .map(|path| resolve(environment, &config, path))
                    .collect::<Result<_>>()?
            }
            None => vec![directory.join("versions")],
        };
        Ok(Project {
            environment: environment.clone(),
            options: options.clone(),
            config: Rc::new(RefCell::new(config)),
            ini_path: sources.ini.is_some().then_some(ini_path),
            directory,
            version_locations,
            packages: OnceCell::new(),
            scripts: Vec::new(),
            map: RevisionMap::new(Vec::new())?,
        })
    }

    fn load_scripts(&mut self) -> Result<()> {
        let is_recursive = self
            .config
            .borrow()
            .exact_flag("recursive_version_locations")?;
        let is_sourceless = self.config.borrow().exact_flag("sourceless")?;
        let mut revisions = Vec::new();
        let mut scripts = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for location in self.version_locations.clone() {
            let mut files = Vec::new();
            list_files(&self.environment, &location, is_recursive, &mut files)?;
            if is_sourceless && let Some(compiled) = compiled_only(&self.environment, &location) {
                return Err(sourceless(&compiled));
            }
            for file in files {
                if !seen.insert(file.identity) {
                    continue;
                }
                let (script, revision) = self.read_script(&file.real, file.path)?;
                scripts.push(script);
                revisions.push(revision);
            }
        }
        self.map = RevisionMap::new(revisions)?;
        self.scripts = scripts;
        Ok(())
    }

    /// Reads one revision file.
    pub(crate) fn read_script(&self, real: &Path, path: PathBuf) -> Result<(Script, Revision)> {
        let text = std::fs::read_to_string(real).map_err(|error| io_error("read", real, &error))?;
        let name = path.display().to_string();
        let syntax = limbeck_python::Script::parse(&name, &text)?;
        let mut header = syntax.header()?;
        if !header.computed.is_empty() {
            header = self.evaluate_header(&syntax.moved(real), header)?;
        }
        let file_name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        let revision = match header.revision {
            Some(revision) => revision,
            // Alembic 0.1 had the identifier in the name of the file only.
            None => match file_name.strip_suffix(".py") {
                Some(stem)
                    if !stem.is_empty()
                        && stem.chars().all(|it| matches!(it, 'a'..='f' | '0'..='9')) =>
                {
                    stem.to_owned()
                }
                _ => {
                    let message = format!(
                        "Could not determine revision id from filename {file_name}. Be sure the 'revision' variable is \
                         declared inside the script (please see 'Upgrading from Alembic 0.1 to 0.2' in the documentation)."
                    );
                    let start = Location::new(SourceFile::new(name, text), Span::default());
                    let diagnostic = Diagnostic::error("no-revision", message)
                        .at(start, "this file sets no `revision`")
                        .help("write `revision = \"…\"`, or move the file out of the folder of the revisions");
                    return Err(Error::new(ErrorKind::Command, diagnostic));
                }
            },
        };
        let graph = Revision {
            revision: revision.clone(),
            down_revision: header.down_revision,
            depends_on: header.depends_on,
            branch_labels: header.branch_labels,
            location: header.location,
            down_revision_location: header.down_location,
            depends_on_location: None,
            branch_labels_location: None,
        };
        let longdoc = header.doc.unwrap_or_default().trim().to_owned();
        Ok((
            Script {
                revision,
                path,
                longdoc,
                syntax,
                evaluated: OnceCell::new(),
            },
            graph,
        ))
    }

    /// Evaluates what the header of a script takes from elsewhere, such as a label that is imported.
    fn evaluate_header(&self, script: &limbeck_python::Script, header: Header) -> Result<Header> {
        let world = self.world()?;
        limbeck_python::evaluate_header(&world, script).map_err(|error| {
            let Some((what, location)) = header.computed.first() else {
                return error;
            };
            let message = format!(
                "`{what}` is computed, and cannot be read: {}",
                error.diagnostic.message
            );
            let mut diagnostic = Diagnostic::error("computed-header", message)
                .at(location.clone(), "not a literal")
                .help(format!("write the value of `{what}` as a string"));
            diagnostic.labels.extend(error.diagnostic.labels);
            diagnostic.notes.extend(error.diagnostic.notes);
            Error::new(ErrorKind::Unreadable, diagnostic)
        })
    }

    /// What is installed in the project's Python environment, read when it is asked for first.
    #[must_use]
    pub fn packages(&self) -> &Packages {
        self.packages.get_or_init(|| {
            let directory = absolute(&self.environment.cwd, &self.directory);
            Packages::read(&self.environment, &directory)
        })
    }

    /// The revision graph.
    #[must_use]
    pub fn map(&self) -> &RevisionMap {
        &self.map
    }

    /// The script of a revision of the graph.
    ///
    /// # Panics
    /// Never: the graph has been made of these scripts.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "ids count the scripts in load order"
    )]
    pub fn script(&self, id: RevisionId) -> &Script {
        &self.scripts[id.index()]
    }

    /// The scripts in load order.
    #[must_use]
    pub fn scripts(&self) -> &[Script] {
        &self.scripts
    }

    /// The logging that the ini file asks for.
    #[must_use]
    pub fn logging(&self) -> Option<Logging> {
        Logging::read(self.config.borrow().ini())
    }

    /// The first Python file of the project's own folders, outside of the scripts, that holds a text.
    ///
    /// # Errors
    /// A setting that cannot be read.
    pub(crate) fn find_text(&self, text: &str) -> Result<Option<PathBuf>> {
        let mut folders = self.sys_path()?;
        folders.push(absolute(&self.environment.cwd, &self.directory));
        Ok(folders
            .iter()
            .find_map(|folder| find_text_below(folder, text, 8)))
    }

    /// Folders that Python looks for modules in: `prepend_sys_path`.
    ///
    /// # Errors
    /// A setting that cannot be read.
    pub fn sys_path(&self) -> Result<Vec<PathBuf>> {
        let paths = self.config.borrow().prepend_sys_path()?;
        Ok(paths
            .iter()
            .filter(|it| !it.is_empty())
            .map(|it| absolute(&self.environment.cwd, Path::new(it)))
            .collect())
    }
}

/// The names of the ini file and of `pyproject.toml`, by Alembic's rules.
///
/// # Errors
/// One of them is named twice.
pub fn config_names(environment: &Environment, options: &Options) -> Result<(PathBuf, PathBuf)> {
    let is_toml = |path: &Path| {
        path.file_name()
            .is_some_and(|name| name == "pyproject.toml")
    };
    let (mut ini, mut toml) = (
        PathBuf::from("alembic.ini"),
        PathBuf::from("pyproject.toml"),
    );
    if let Some(path) = environment.var("ALEMBIC_CONFIG") {
        *(if is_toml(Path::new(path)) {
            &mut toml
        } else {
            &mut ini
        }) = PathBuf::from(path);
    }
    let command = |message: &str| Error::message(ErrorKind::Config, "config-option", message);
    let (tomls, inis): (Vec<_>, Vec<_>) = options.config.iter().partition(|path| is_toml(path));
    match tomls.as_slice() {
        [] => {}
        [one] => toml = (*one).clone(),
        _ => return Err(command("pyproject.toml indicated more than once")),
    }
    match inis.as_slice() {
        [] => {}
        [one] => ini = (*one).clone(),
        _ => return Err(command("only one ini file may be indicated")),
    }
    Ok((ini, toml))
}

/// A location of the configuration as a path. A package is looked for as Python would find it.
fn resolve(environment: &Environment, config: &AlembicConfig, text: &str) -> Result<PathBuf> {
    match LocationSpec::parse(text) {
        LocationSpec::Path(path) => Ok(crate::paths::normal(Path::new(&path))),
        LocationSpec::Package { package, path } => {
            let below: PathBuf = package.split('.').collect();
            let search = |folders: Vec<PathBuf>| {
                folders
                    .iter()
                    .map(|folder| absolute(&environment.cwd, folder).join(&below))
                    .find(|it| it.is_dir())
            };
            let mut folders: Vec<PathBuf> = config
                .prepend_sys_path()?
                .iter()
                .map(PathBuf::from)
                .collect();
            if let Some(paths) = environment.var("PYTHONPATH") {
                folders.extend(std::env::split_paths(paths));
            }
            let found = search(folders).or_else(|| {
                let packages = Packages::read(environment, &environment.cwd);
                let mut folders = packages.site;
                folders.extend(packages.in_place);
                folders.push(PathBuf::from("."));
                search(folders)
            });
            match found {
                Some(folder) => Ok(folder.join(path.iter().collect::<PathBuf>())),
                None => {
                    let message = format!("No module named '{package}'");
                    let diagnostic = Diagnostic::error("no-package", message)
                        .note(format!("`{text}` is a path inside of a Python package"))
                        .help("add the folder that the package is in to `prepend_sys_path`, or give a path");
                    Err(Error::new(ErrorKind::Config, diagnostic))
                }
            }
        }
    }
}

/// A Python file of a folder of revision scripts.
struct ScriptFile {
    /// As Alembic shows it.
    path: PathBuf,
    /// Absolute.
    real: PathBuf,
    /// The file behind every link: the same one is read once.
    identity: OsString,
}

/// The Python files of a folder, sorted by name, subfolders after them.
fn list_files(
    environment: &Environment,
    folder: &Path,
    is_recursive: bool,
    files: &mut Vec<ScriptFile>,
) -> Result<()> {
    let real = absolute(&environment.cwd, folder);
    let entries = match std::fs::read_dir(&real) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error("read the directory", &real, &error)),
    };
    let (mut names, mut folders) = (Vec::new(), Vec::new());
    for entry in entries {
        let entry = entry.map_err(|error| io_error("read the directory", &real, &error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type();
        // The folder has been resolved as a whole; only what may be a link is asked for itself.
        let may_be_link = kind.as_ref().map_or(true, std::fs::FileType::is_symlink);
        let is_dir = match kind {
            Ok(kind) if !may_be_link => kind.is_dir(),
            _ => real.join(&name).is_dir(),
        };
        if is_dir {
            folders.push(name);
        } else if name.ends_with(".py") && !name.starts_with(".#") && !name.starts_with("__init__")
        {
            names.push((name, may_be_link));
        }
    }
    names.sort();
    let resolved = real.canonicalize().unwrap_or_else(|_| real.clone());
    files.extend(names.into_iter().map(|(name, may_be_link)| {
        let file = real.join(&name);
        let identity = match may_be_link {
            true => file.canonicalize().unwrap_or_else(|_| file.clone()),
            false => resolved.join(&name),
        };
        ScriptFile {
            path: folder.join(&name),
            real: file,
            identity: identity.into_os_string(),
        }
    }));
    if is_recursive {
        folders.sort();
        for name in folders.iter().filter(|name| !name.ends_with("__pycache__")) {
            list_files(environment, &folder.join(name), true, files)?;
        }
    }
    Ok(())
}

/// Looks through the Python files of a folder, not through installed packages.
fn find_text_below(folder: &Path, text: &str, depth: usize) -> Option<PathBuf> {
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_other = name.starts_with('.')
                || matches!(
                    name.as_str(),
                    "venv" | "node_modules" | "site-packages" | "__pycache__"
                );
            if !is_other && depth > 0 {
                folders.push(path);
            }
        } else if name.ends_with(".py")
            && std::fs::read_to_string(&path).is_ok_and(|content| content.contains(text))
        {
            return Some(path);
        }
    }
    folders.sort();
    folders
        .iter()
        .find_map(|folder| find_text_below(folder, text, depth - 1))
}

/// A compiled script of a folder, or of its `__pycache__`, whose source is not there.
fn compiled_only(environment: &Environment, folder: &Path) -> Option<PathBuf> {
    let real = absolute(&environment.cwd, folder);
    let folders = [real.clone(), real.join("__pycache__")];
    let mut files: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.flatten().map(|entry| entry.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|it| it == "pyc" || it == "pyo")
        })
        .collect();
    files.sort();
    files.into_iter().find(|path| {
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned());
        let stem = name.unwrap_or_default();
        // In `__pycache__` the name has the interpreter's, too: `a1_x.cpython-311.pyc`.
        let stem = stem.split('.').next().unwrap_or_default();
        !stem.starts_with("__init__") && !real.join(format!("{stem}.py")).exists()
    })
}

fn sourceless(path: &Path) -> Error {
    let message = format!(
        "{} is compiled, and its source is not there",
        path.display()
    );
    let diagnostic = Diagnostic::error("sourceless", message)
        .note("`sourceless = true` lets Alembic run compiled scripts; Limbeck reads source")
        .help("put the source beside it, or run this project with `alembic`");
    Error::new(ErrorKind::Unreadable, diagnostic)
}

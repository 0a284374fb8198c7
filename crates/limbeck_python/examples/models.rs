//! Prints the tables of models: `models MODULE:ATTRIBUTE [DIALECT]`, looked for from the current directory.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;

use limbeck_python::{Inputs, Limits, Sources, World, on_deep_stack};

struct Disk;

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
        let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let place = arguments.next().unwrap_or_default();
    let dialect = arguments.next().unwrap_or_else(|| "postgresql".to_owned());
    let (module, attribute) = place.split_once(':').unwrap_or((&place, "metadata"));
    let read = on_deep_stack(|| {
        let cwd = std::env::current_dir().unwrap_or_default();
        let inputs = Inputs {
            env: std::env::vars().collect(),
            sys_path: vec![cwd.clone()],
            cwd,
            allow_nondeterminism: true,
            ..Inputs::default()
        };
        let world = World::new(Rc::new(Disk), inputs, Limits::default());
        limbeck_python::models::read_module(&world, module, attribute, &dialect)
    });
    match read {
        Ok(schemas) => {
            println!("{schemas:#?}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprint!("{}", limbeck_diag::render_text(&error.diagnostic, false));
            ExitCode::FAILURE
        }
    }
}

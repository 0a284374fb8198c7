//! Completion scripts and manual pages, made from the same definitions as the arguments.

use std::io;
use std::path::Path;

use clap::{CommandFactory, ValueEnum};
use clap_complete::Shell;

use crate::args::Cli;

/// The completion script for a shell.
///
/// # Errors
/// A shell that is not known: the names of those that are.
pub(crate) fn render_completions(shell: &str) -> Result<Vec<u8>, String> {
    let Ok(shell) = Shell::from_str(shell, true) else {
        let known: Vec<String> = Shell::value_variants()
            .iter()
            .map(ToString::to_string)
            .collect();
        return Err(format!(
            "no completions for shell '{shell}'; there are some for {}",
            known.join(", ")
        ));
    };
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "limbeck", &mut script);
    Ok(script)
}

/// Writes `limbeck.1` and a page for every command into a folder, and gives their names.
///
/// # Errors
/// The folder cannot be written to.
pub(crate) fn write_manual(folder: &Path) -> io::Result<Vec<String>> {
    let mut command = Cli::command();
    command.build();
    let mut names = vec![write_page(&command, folder)?];
    for sub in command.get_subcommands() {
        names.push(write_page(sub, folder)?);
    }
    Ok(names)
}

fn write_page(command: &clap::Command, folder: &Path) -> io::Result<String> {
    let title = command
        .get_display_name()
        .unwrap_or_else(|| command.get_name())
        .replace(' ', "-");
    let name = format!("{title}.1");
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .title(title)
        .render(&mut page)?;
    std::fs::write(folder.join(&name), page)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_completes_every_command() {
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let script = render_completions(shell).map(String::from_utf8);
            let Ok(Ok(script)) = script else {
                panic!("{shell}: {script:?}")
            };
            for command in Cli::command().get_subcommands() {
                assert!(
                    script.contains(command.get_name()),
                    "{shell} lacks {}",
                    command.get_name()
                );
            }
        }
        assert!(render_completions("cmd").is_err_and(|text| text.contains("bash")));
    }

    #[test]
    fn every_command_has_a_page() {
        let folder = std::env::temp_dir().join(format!("limbeck-manual-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let names = write_manual(&folder).expect("written");
        let upgrade = std::fs::read_to_string(folder.join("limbeck-upgrade.1")).expect("a page");
        std::fs::remove_dir_all(&folder).expect("removed");
        assert_eq!(names.len(), Cli::command().get_subcommands().count() + 1);
        assert!(upgrade.contains("Upgrade to a later version"), "{upgrade}");
    }
}

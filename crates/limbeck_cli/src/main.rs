//! The binary `limbeck`.

mod argparse;
mod args;
mod completions;
mod console;
mod dispatch;

use std::process::ExitCode;

use argparse::Outcome;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(80);
    match args::parse("limbeck", &words, columns) {
        Ok(cli) => run(cli),
        Err(Outcome::Print(text)) => {
            anstream::print!("{text}");
            ExitCode::SUCCESS
        }
        Err(Outcome::Refuse(text)) => {
            anstream::eprint!("{text}");
            ExitCode::from(2)
        }
        Err(Outcome::Run(_)) => ExitCode::FAILURE,
    }
}

fn run(cli: args::Cli) -> ExitCode {
    match cli.command {
        Some(args::Command::Completions { shell }) => match completions::render_completions(&shell)
        {
            Ok(script) => {
                anstream::print!("{}", String::from_utf8_lossy(&script));
                ExitCode::SUCCESS
            }
            Err(text) => {
                anstream::eprintln!("limbeck completions: error: {text}");
                ExitCode::from(2)
            }
        },
        Some(args::Command::Man { directory }) => match completions::write_manual(&directory) {
            Ok(_) => ExitCode::SUCCESS,
            Err(error) => {
                anstream::eprintln!("limbeck man: error: {}: {error}", directory.display());
                ExitCode::FAILURE
            }
        },
        _ => limbeck::on_deep_stack(|| dispatch::run(cli)),
    }
}

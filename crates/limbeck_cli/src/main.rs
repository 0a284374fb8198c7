//! The binary `limbeck`.

mod argparse;
mod args;

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
        Ok(_cli) => ExitCode::SUCCESS,
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

//! The binary `limbeck`.

mod args;

use std::process::ExitCode;

fn main() -> ExitCode {
    let _ = <args::Cli as clap::Parser>::try_parse();
    ExitCode::SUCCESS
}

//! The workspace's own tasks: `cargo xtask <task>`. Not needed by `cargo build`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that reports to a terminal"
)]

mod bench;
mod ci;
mod corpus;
mod process;
mod python;
mod record_oracle;
mod servers;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <task>

  test [args]           start private database servers, run all tests (args go to cargo test)
  ci                    fmt, clippy, doc, tidy, test: what must hold before a merge
  tidy                  house rules that the compiler does not know
  bench [revisions]     measure the release binary beside real Alembic
  corpus [--only NAME]  run public projects beside real Alembic, write docs/compatibility.md
  record-oracle [name]  write down again what real Alembic says (xtask/record/*.py)
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match task.as_str() {
        "test" => test::run(&rest),
        "ci" => ci::run(),
        "tidy" => tidy::run(),
        "bench" => bench::run(&rest),
        "corpus" => corpus::run(&rest),
        "record-oracle" => record_oracle::run(&rest),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask {task}: {error}");
            ExitCode::FAILURE
        }
    }
}

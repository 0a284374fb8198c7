//! `cargo xtask ci`

use std::io;

use crate::process::{self, cargo};
use crate::{test, tidy};

/// What must hold before a merge, cheapest first.
pub(crate) fn run() -> io::Result<()> {
    step("fmt");
    process::run(cargo().args(["fmt", "--all", "--check"]))?;
    step("tidy");
    tidy::run()?;
    step("clippy");
    process::run(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))?;
    step("doc");
    process::run(
        cargo()
            .args(["doc", "--workspace", "--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    step("test");
    test::run(&[])
}

fn step(name: &str) {
    eprintln!("xtask ci: {name}");
}

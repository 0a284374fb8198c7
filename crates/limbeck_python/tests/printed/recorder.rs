//! What a program prints.

use limbeck_python::{Host, LogLevel, LogSource};

/// Keeps what goes to standard output.
#[derive(Default)]
pub(crate) struct Recorder(pub(crate) String);

impl Host for Recorder {
    fn log(&mut self, _level: LogLevel, source: LogSource, text: &str) {
        if source == LogSource::Stdout {
            self.0.push_str(text);
        }
    }

    fn dialect_name(&self) -> &str {
        "default"
    }

    fn is_offline(&self) -> bool {
        false
    }
}

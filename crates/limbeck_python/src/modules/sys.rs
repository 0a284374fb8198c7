//! `sys`.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::host::{LogLevel, LogSource};
use crate::value::{Module, NativeObject, Value};

/// `sys.stdout` or `sys.stderr`.
pub(crate) struct Stream {
    pub(crate) is_error: bool,
}

impl NativeObject for Stream {
    fn type_name(&self) -> String {
        "_io.TextIOWrapper".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["write", "flush", "isatty"]
    }

    fn call_method(
        self: Rc<Self>,
        ev: &mut Interp<'_>,
        name: &str,
        args: Args,
    ) -> R<Option<Value>> {
        Ok(Some(match name {
            "write" => {
                let text = args.get(0).and_then(Value::as_str).unwrap_or_default();
                let source = if self.is_error {
                    LogSource::Stderr
                } else {
                    LogSource::Stdout
                };
                ev.host().log(LogLevel::Info, source, &text);
                Value::from(text.chars().count())
            }
            "isatty" => Value::Bool(false),
            _ => Value::None,
        }))
    }
}

/// `sys`.
pub(crate) fn module(ev: &mut Interp<'_>) -> R<Rc<Module>> {
    let inputs = ev.world().inputs().clone();
    let (major, minor, micro) = inputs.python_version;
    let number = |value: u8| Value::from(i64::from(value));
    let fields = Value::from("major minor micro releaselevel serial");
    let class = super::typing::named_tuple_function(
        ev,
        Args::positional(vec![Value::from("version_info"), fields]),
    )?;
    let version = vec![
        number(major),
        number(minor),
        number(micro),
        Value::from("final"),
        Value::int(0_i64),
    ];
    let version = ev.call(&class, Args::positional(version))?;
    let modules = ev.unknown("`sys.modules` is not modelled");
    Ok(Module::native(
        "sys",
        [
            (
                "argv",
                Value::list(
                    inputs
                        .argv
                        .iter()
                        .map(|arg| Value::from(arg.as_str()))
                        .collect(),
                ),
            ),
            ("path", ev.world().sys_path().clone()),
            ("platform", Value::from(inputs.platform.as_str())),
            ("version_info", version),
            ("maxsize", Value::from(i64::MAX)),
            ("stdout", Value::object(Stream { is_error: false })),
            ("stderr", Value::object(Stream { is_error: true })),
            ("byteorder", Value::from("little")),
            ("modules", modules),
            (
                "_getframe",
                Value::native("_getframe", super::frame::get_frame),
            ),
            (
                "exit",
                Value::native("exit", crate::builtins::functions::exit),
            ),
        ],
    ))
}

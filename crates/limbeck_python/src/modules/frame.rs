//! `sys._getframe()`: who calls. Configuration packages look for their files beside the module that asks them.

use std::rc::Rc;

use crate::args::Args;
use crate::eval::Interp;
use crate::flow::R;
use crate::value::{NativeObject, Value};

/// A call under way, as far as its code tells of itself.
#[derive(Debug)]
struct Call {
    file: Rc<str>,
    name: Rc<str>,
}

/// A frame object: one of the calls, and those around it.
struct Frame {
    /// Outermost first.
    calls: Rc<[Call]>,
    at: usize,
}

impl NativeObject for Frame {
    fn type_name(&self) -> String {
        "frame".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        Ok(match name {
            "f_back" => Some(match self.at.checked_sub(1) {
                Some(at) => Value::object(Frame {
                    calls: Rc::clone(&self.calls),
                    at,
                }),
                // Above what is read stand Alembic's own calls.
                None => ev.unknown("the caller of what is read is not modelled"),
            }),
            "f_code" => Some(Value::object(Code(Rc::clone(&self)))),
            _ => None,
        })
    }
}

/// `frame.f_code`
struct Code(Rc<Frame>);

impl NativeObject for Code {
    fn type_name(&self) -> String {
        "code".to_owned()
    }

    fn get_attr(self: Rc<Self>, ev: &mut Interp<'_>, name: &str) -> R<Option<Value>> {
        let Some(call) = self.0.calls.get(self.0.at) else {
            return Ok(None);
        };
        Ok(match name {
            "co_filename" => {
                let path = ev.world().inputs().cwd.join(&*call.file);
                Some(Value::from(path.to_string_lossy().into_owned()))
            }
            "co_name" => Some(Value::from(&*call.name)),
            _ => None,
        })
    }
}

/// `sys._getframe(depth=0)`
pub(crate) fn get_frame(ev: &mut Interp<'_>, args: Args) -> R {
    let mut args = args.bind(ev, "_getframe", "depth=")?;
    let depth = args.take_or("depth", Value::int(0_i64));
    ev.need_known(&depth, "the depth of a frame")?;
    let depth = usize::try_from(crate::builtins::to_index(ev, &depth)?).unwrap_or(0);
    let calls: Vec<Call> = ev
        .frames
        .iter()
        // An annotation is evaluated in the frame that it stands in.
        .filter(|frame| !frame.name.starts_with("<annotation"))
        .map(|frame| Call {
            file: Rc::from(frame.file.name()),
            name: Rc::from(&*frame.name),
        })
        .collect();
    match calls.len().checked_sub(depth + 1) {
        Some(at) => Ok(Value::object(Frame {
            calls: Rc::from(calls),
            at,
        })),
        None => Ok(ev.unknown("the caller of what is read is not modelled")),
    }
}

//! A thread with a deep stack, for recursive evaluation.

use std::cell::Cell;

thread_local! {
    static DEEP: Cell<bool> = const { Cell::new(false) };
}

/// Bytes of stack; only touched pages are real memory.
const STACK: usize = 1 << 30;

/// Runs `work` on a thread whose stack is deep enough for [`crate::Limits::depth`] nested Python calls.
/// On such a thread already, it is just called. Everything that evaluates should run inside; elsewhere the
/// depth limit is lowered to what an ordinary stack can hold.
pub fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if is_deep() {
        return work();
    }
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new()
            .name("limbeck-python".to_owned())
            .stack_size(STACK);
        let handle = builder.spawn_scoped(scope, || {
            DEEP.set(true);
            work()
        });
        match handle.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => std::panic::panic_any(format!("no thread for evaluation: {error}")),
        }
    })
}

/// True on a thread made by [`on_deep_stack`].
pub(crate) fn is_deep() -> bool {
    DEEP.get()
}

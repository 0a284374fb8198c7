# What of `contextlib` is plain Python.
class ContextDecorator:
    def _recreate_cm(self):
        return self

    def __call__(self, func):
        def inner(*args, **kwds):
            with self._recreate_cm():
                return func(*args, **kwds)

        return inner


def _entered(cm):
    with cm as value:
        yield value


def _exit_of(entered):
    def leave(kind, error, trace):
        if error is None:
            next(entered, None)
            return False
        try:
            entered.throw(error)
        except StopIteration:
            return True
        except BaseException as raised:
            if raised is error:
                return False
            raise

    return leave


class ExitStack:
    def __init__(self):
        self._exits = []

    def enter_context(self, cm):
        entered = _entered(cm)
        result = next(entered)
        self._exits.append(_exit_of(entered))
        return result

    def push(self, exit):
        self._exits.append(exit.__exit__ if hasattr(exit, "__exit__") else exit)
        return exit

    def callback(self, callback, /, *args, **kwds):
        def call(*details):
            callback(*args, **kwds)

        self._exits.append(call)
        return callback

    def pop_all(self):
        other = ExitStack()
        other._exits = self._exits
        self._exits = []
        return other

    def close(self):
        self.__exit__(None, None, None)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        received = details[0] is not None
        suppressed = False
        pending = False
        while self._exits:
            leave = self._exits.pop()
            try:
                if leave(*details):
                    suppressed = True
                    pending = False
                    details = (None, None, None)
            except BaseException as error:
                pending = True
                details = (type(error), error, error.__traceback__)
        if pending:
            raise details[1]
        return received and suppressed

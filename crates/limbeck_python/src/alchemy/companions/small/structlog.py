# structlog's loggers: their events go to the log.
import logging as _logging


class _Logger:
    def __init__(self, name):
        self._log = _logging.getLogger(name or "structlog")

    def _say(self, write, event, values):
        write(" ".join([str(event)] + [f"{key}={value!r}" for key, value in values.items()]))

    def debug(self, event=None, *args, **values):
        self._say(self._log.debug, event, values)

    def info(self, event=None, *args, **values):
        self._say(self._log.info, event, values)

    def warning(self, event=None, *args, **values):
        self._say(self._log.warning, event, values)

    warn = warning

    def error(self, event=None, *args, **values):
        self._say(self._log.error, event, values)

    exception = error

    def critical(self, event=None, *args, **values):
        self._say(self._log.critical, event, values)

    async def adebug(self, event=None, *args, **values):
        self.debug(event, **values)

    async def ainfo(self, event=None, *args, **values):
        self.info(event, **values)

    async def awarning(self, event=None, *args, **values):
        self.warning(event, **values)

    async def aerror(self, event=None, *args, **values):
        self.error(event, **values)

    aexception = aerror

    async def acritical(self, event=None, *args, **values):
        self.critical(event, **values)

    def bind(self, **values):
        return self

    new = bind


def get_logger(*args, **values):
    return _Logger(args[0] if args else None)


getLogger = get_logger

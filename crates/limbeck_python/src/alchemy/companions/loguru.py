# loguru's logger, as far as scripts use it: its messages go to the log.
import logging as _logging

_log = _logging.getLogger("loguru")


def _text(message, args, kwargs):
    # Braces are only read where there is something to put in.
    return str(message).format(*args, **kwargs) if args or kwargs else str(message)


class Logger:
    __module__ = "loguru._logger"

    def trace(self, message, *args, **kwargs):
        _log.debug("%s", _text(message, args, kwargs))

    def debug(self, message, *args, **kwargs):
        _log.debug("%s", _text(message, args, kwargs))

    def info(self, message, *args, **kwargs):
        _log.info("%s", _text(message, args, kwargs))

    def success(self, message, *args, **kwargs):
        _log.info("%s", _text(message, args, kwargs))

    def warning(self, message, *args, **kwargs):
        _log.warning("%s", _text(message, args, kwargs))

    def error(self, message, *args, **kwargs):
        _log.error("%s", _text(message, args, kwargs))

    def exception(self, message, *args, **kwargs):
        _log.error("%s", _text(message, args, kwargs))

    def critical(self, message, *args, **kwargs):
        _log.critical("%s", _text(message, args, kwargs))

    def bind(self, **kwargs):
        return self

    def opt(self, **kwargs):
        return self


logger = Logger()

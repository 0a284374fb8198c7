# loguru's logger: its lines go to the log.
import logging as _logging

_log = _logging.getLogger("loguru")


class _Logger:
    def _say(self, write, message, args, kwargs):
        text = str(message)
        write(text.format(*args, **kwargs) if args or kwargs else text)

    def trace(self, message, *args, **kwargs):
        self._say(_log.debug, message, args, kwargs)

    def debug(self, message, *args, **kwargs):
        self._say(_log.debug, message, args, kwargs)

    def info(self, message, *args, **kwargs):
        self._say(_log.info, message, args, kwargs)

    def success(self, message, *args, **kwargs):
        self._say(_log.info, message, args, kwargs)

    def warning(self, message, *args, **kwargs):
        self._say(_log.warning, message, args, kwargs)

    def error(self, message, *args, **kwargs):
        self._say(_log.error, message, args, kwargs)

    def exception(self, message, *args, **kwargs):
        self._say(_log.error, message, args, kwargs)

    def critical(self, message, *args, **kwargs):
        self._say(_log.critical, message, args, kwargs)

    def opt(self, **kwargs):
        return self

    def bind(self, **kwargs):
        return self


logger = _Logger()

# oslo.log's loggers: the standard ones, with keyword arguments that go along with the record.
import logging as _logging

CRITICAL = FATAL = 50
ERROR = 40
WARN = WARNING = 30
AUDIT = 21
INFO = 20
DEBUG = 10
NOTSET = 0
TRACE = 5


class KeywordArgumentAdapter:
    def __init__(self, logger):
        self.logger = logger

    @property
    def name(self):
        return self.logger.name

    def debug(self, msg, *args, **kwargs):
        self.logger.debug(msg, *args)

    def info(self, msg, *args, **kwargs):
        self.logger.info(msg, *args)

    def warning(self, msg, *args, **kwargs):
        self.logger.warning(msg, *args)

    warn = warning

    def error(self, msg, *args, **kwargs):
        self.logger.error(msg, *args)

    exception = error

    def critical(self, msg, *args, **kwargs):
        self.logger.critical(msg, *args)

    fatal = critical

    def log(self, level, msg, *args, **kwargs):
        self.logger.log(level, msg, *args)


def getLogger(name=None, project="unknown", version="unknown"):
    return KeywordArgumentAdapter(_logging.getLogger(name))

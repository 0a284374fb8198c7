# What migrations use of oslo.utils.
import datetime as _datetime
import time as _time
import uuid as _uuid

TRUE_STRINGS = ("1", "t", "true", "on", "y", "yes")
FALSE_STRINGS = ("0", "f", "false", "off", "n", "no")


def generate_uuid(dashed=True):
    return str(_uuid.uuid4()) if dashed else _uuid.uuid4().hex


def is_uuid_like(val):
    try:
        plain = str(val).replace("urn:", "").replace("uuid:", "").strip("{}").replace("-", "").lower()
        return str(_uuid.UUID(val)).replace("-", "") == plain
    except (TypeError, ValueError, AttributeError):
        return False


def utcnow(with_timezone=False):
    now = _datetime.datetime.now(_datetime.timezone.utc)
    return now if with_timezone else now.replace(tzinfo=None)


def utcnow_ts(microsecond=False):
    now = _time.time()
    return now if microsecond else int(now)


def bool_from_string(subject, strict=False, default=False):
    if isinstance(subject, bool):
        return subject
    if not isinstance(subject, str):
        subject = str(subject)
    lowered = subject.strip().lower()
    if lowered in TRUE_STRINGS:
        return True
    if lowered in FALSE_STRINGS:
        return False
    if strict:
        acceptable = ", ".join(f"'{s}'" for s in sorted(TRUE_STRINGS + FALSE_STRINGS))
        raise ValueError(f"Unrecognized value '{subject}', acceptable values are: {acceptable}")
    return default

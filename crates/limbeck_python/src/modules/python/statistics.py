# `statistics`: averages, computed exactly and rounded once, as Python does.
from collections import Counter as _Counter
from decimal import Decimal as _Decimal
from fractions import Fraction as _Fraction

from _limbeck import unreadable as _unreadable


class StatisticsError(ValueError):
    pass


def _sum(data):
    kind = int
    total = _Fraction(0)
    for value in data:
        found = type(value)
        if found not in (int, float, _Fraction, bool):
            _unreadable("`statistics` of numbers of this type is not modelled")
        if found is float or kind is float:
            kind = float
        elif found is _Fraction or kind is _Fraction:
            kind = _Fraction
        total += _Fraction(value)
    return kind, total


def _convert(value, kind):
    if kind is int and value.denominator != 1:
        kind = float
    if kind is float:
        return value.numerator / value.denominator
    return kind(value)


def mean(data):
    data = list(data)
    if not data:
        raise StatisticsError("mean requires at least one data point")
    kind, total = _sum(data)
    return _convert(total / len(data), kind)


def median(data):
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    if n % 2 == 1:
        return data[n // 2]
    i = n // 2
    return (data[i - 1] + data[i]) / 2


def median_low(data):
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    return data[n // 2] if n % 2 == 1 else data[n // 2 - 1]


def median_high(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data[len(data) // 2]


def mode(data):
    pairs = _Counter(iter(data)).most_common(1)
    if not pairs:
        raise StatisticsError("no mode for empty data")
    return pairs[0][0]


def multimode(data):
    counts = _Counter(iter(data))
    if not counts:
        return []
    most = max(counts.values())
    return [value for value, count in counts.items() if count == most]

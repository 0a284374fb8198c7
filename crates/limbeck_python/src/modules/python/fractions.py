# `fractions.Fraction`
import math as _math
import re as _re
from decimal import Decimal as _Decimal

from _limbeck import unreadable as _unreadable

_FORM = _re.compile(r"\s*([-+]?)(\d+)(?:/(\d+)|(?:\.(\d*))?(?:[eE]([-+]?\d+))?)\s*")


class Fraction:
    def __init__(self, numerator=0, denominator=None):
        if denominator is None:
            if isinstance(numerator, Fraction):
                top, bottom = numerator._n, numerator._d
            elif isinstance(numerator, int):
                top, bottom = int(numerator), 1
            elif isinstance(numerator, (float, _Decimal)):
                top, bottom = numerator.as_integer_ratio()
            elif isinstance(numerator, str):
                match = _FORM.fullmatch(numerator)
                if match is None:
                    raise ValueError("Invalid literal for Fraction: %r" % numerator)
                sign, whole, below, decimals, exponent = match.groups()
                top, bottom = int(whole), int(below or "1")
                if decimals:
                    top = top * 10 ** len(decimals) + int(decimals)
                    bottom *= 10 ** len(decimals)
                power = int(exponent or "0")
                if power >= 0:
                    top *= 10**power
                else:
                    bottom *= 10**-power
                if sign == "-":
                    top = -top
            else:
                raise TypeError("argument should be a string or a Rational instance")
        else:
            if not isinstance(numerator, (int, Fraction)) or not isinstance(denominator, (int, Fraction)):
                raise TypeError("both arguments should be Rational instances")
            top = numerator.numerator * denominator.denominator
            bottom = numerator.denominator * denominator.numerator
        if bottom == 0:
            raise ZeroDivisionError("Fraction(%s, 0)" % top)
        shared = _math.gcd(top, bottom)
        if bottom < 0:
            shared = -shared
        self._n = top // shared
        self._d = bottom // shared

    @property
    def numerator(self):
        return self._n

    @property
    def denominator(self):
        return self._d

    def as_integer_ratio(self):
        return (self._n, self._d)

    def limit_denominator(self, max_denominator=1000000):
        if max_denominator < 1:
            raise ValueError("max_denominator should be at least 1")
        if self._d <= max_denominator:
            return Fraction(self)
        p0, q0, p1, q1 = 0, 1, 1, 0
        n, d = self._n, self._d
        while True:
            a = n // d
            q2 = q0 + a * q1
            if q2 > max_denominator:
                break
            p0, q0, p1, q1 = p1, q1, p0 + a * p1, q2
            n, d = d, n - a * d
        k = (max_denominator - q0) // q1
        one = Fraction(p0 + k * p1, q0 + k * q1)
        two = Fraction(p1, q1)
        return two if abs(two - self) <= abs(one - self) else one

    def __repr__(self):
        return "Fraction(%s, %s)" % (self._n, self._d)

    def __str__(self):
        return str(self._n) if self._d == 1 else "%s/%s" % (self._n, self._d)

    def _arithmetic(self, other, exact, inexact, swapped=False):
        if isinstance(other, int):
            other = Fraction(other)
        if isinstance(other, Fraction):
            return exact(other, self) if swapped else exact(self, other)
        if isinstance(other, float):
            return inexact(other, float(self)) if swapped else inexact(float(self), other)
        return NotImplemented

    def __add__(self, other):
        return self._arithmetic(other, _add, lambda a, b: a + b)

    def __radd__(self, other):
        return self._arithmetic(other, _add, lambda a, b: a + b, True)

    def __sub__(self, other):
        return self._arithmetic(other, _sub, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._arithmetic(other, _sub, lambda a, b: a - b, True)

    def __mul__(self, other):
        return self._arithmetic(other, _mul, lambda a, b: a * b)

    def __rmul__(self, other):
        return self._arithmetic(other, _mul, lambda a, b: a * b, True)

    def __truediv__(self, other):
        return self._arithmetic(other, _div, lambda a, b: a / b)

    def __rtruediv__(self, other):
        return self._arithmetic(other, _div, lambda a, b: a / b, True)

    def __floordiv__(self, other):
        return self._arithmetic(other, _floordiv, lambda a, b: a // b)

    def __rfloordiv__(self, other):
        return self._arithmetic(other, _floordiv, lambda a, b: a // b, True)

    def __mod__(self, other):
        return self._arithmetic(other, _mod, lambda a, b: a % b)

    def __rmod__(self, other):
        return self._arithmetic(other, _mod, lambda a, b: a % b, True)

    def __pow__(self, other):
        if isinstance(other, Fraction) and other._d == 1:
            other = other._n
        if not isinstance(other, int):
            return float(self) ** float(other)
        if other >= 0:
            return Fraction(self._n**other, self._d**other)
        return Fraction(self._d**-other, self._n**-other)

    def __neg__(self):
        return Fraction(-self._n, self._d)

    def __pos__(self):
        return Fraction(self)

    def __abs__(self):
        return Fraction(abs(self._n), self._d)

    def __int__(self):
        return -(-self._n // self._d) if self._n < 0 else self._n // self._d

    __trunc__ = __int__

    def __floor__(self):
        return self._n // self._d

    def __ceil__(self):
        return -(-self._n // self._d)

    def __round__(self, ndigits=None):
        if ndigits is None:
            floor, rest = divmod(self._n, self._d)
            if rest * 2 < self._d:
                return floor
            if rest * 2 > self._d:
                return floor + 1
            return floor if floor % 2 == 0 else floor + 1
        shift = 10 ** abs(ndigits)
        if ndigits > 0:
            return Fraction(round(self * shift), shift)
        return Fraction(round(self / shift) * shift)

    def __float__(self):
        return self._n / self._d

    def __bool__(self):
        return self._n != 0

    def _compared(self, other, op):
        if isinstance(other, (int, float)):
            if isinstance(other, float) and (_math.isnan(other) or _math.isinf(other)):
                return op(0.0, other)
            other = Fraction(other)
        if not isinstance(other, Fraction):
            return NotImplemented
        return op(self._n * other._d, other._n * self._d)

    def __eq__(self, other):
        return self._compared(other, lambda a, b: a == b)

    def __lt__(self, other):
        return self._compared(other, lambda a, b: a < b)

    def __le__(self, other):
        return self._compared(other, lambda a, b: a <= b)

    def __gt__(self, other):
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other):
        return self._compared(other, lambda a, b: a >= b)

    def __hash__(self):
        _unreadable("fractions as keys are not modelled")


def _add(a, b):
    return Fraction(a._n * b._d + b._n * a._d, a._d * b._d)


def _sub(a, b):
    return Fraction(a._n * b._d - b._n * a._d, a._d * b._d)


def _mul(a, b):
    return Fraction(a._n * b._n, a._d * b._d)


def _div(a, b):
    return Fraction(a._n * b._d, a._d * b._n)


def _floordiv(a, b):
    return (a._n * b._d) // (a._d * b._n)


def _mod(a, b):
    return Fraction((a._n * b._d) % (b._n * a._d), a._d * b._d)

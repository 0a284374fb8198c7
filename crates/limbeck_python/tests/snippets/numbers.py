for a in (7, -7, 0, 10**20, -10**20):
    for b in (2, -2, 3, 10**10, -7):
        print(a // b, a % b, divmod(a, b), a & b, a | b, a ^ b, a * b, a - b, a / b)
###
print(1 << 70, -1 >> 3, (1 << 70) >> 65, 2 ** 100, 2 ** -1, (-2) ** 3, ~5, -(-3), +True)
###
print(7.5 // 2, -7.5 // 2, 7.5 % -2, -7.5 % 2, divmod(-7.5, 2), 1e300 * 1e10, 5 // 2.0)
###
print(0.1 + 0.2, 1e16, 1e15, 123456789012345678.0, 1e-5, 0.0001, 1.0, -0.0, 1e22, 1.5e-7, float("inf"), float("-inf"), float("nan"))
###
print(round(2.5), round(3.5), round(-2.5), round(2.675, 2), round(1234.567, -2), round(1234, -2), round(15, -1), round(25, -1), round(0.5), round(1.005, 2))
###
print(int("12"), int(" -12 "), int("0x1f", 16), int("0b11", 0), int("z", 36), int(3.9), int(-3.9), int(True), int("1_000"))
###
print(int("1.5"))
###
print(int("abc"))
###
print(int("12", 1))
###
print(1 / 0)
###
print(1 // 0)
###
print(1 % 0)
###
print(1.0 / 0)
###
print(float("1e5"), float(" 3.5 "), float("-inf"), float(10), float("1_0.5"))
###
print(float("x"))
###
print(bin(10), oct(64), hex(255), bin(-5), hex(-255), hex(2**70))
###
print((255).bit_length(), (0).bit_length(), (-256).bit_length(), (1024).to_bytes(2, "big"), int.from_bytes(b"\x04\x00", "big"), (5).bit_count())
###
print(max(1, 2.5, -3), min([3, 1, 2]), sum([1, 2, 3], 10), abs(-5), abs(-5.5), pow(2, 10), pow(2, 10, 1000), max("abc", "abd"), max([], default=7), min("b", "a", key=ord))
###
print(True + True, True * 3, True & False, True | 1, True == 1, 1 == 1.0, 2**53 == 2.0**53, 2**53 + 1 == 2.0**53, 10**400 > 1e308)
###
print(1 < 2 < 3, 1 < 3 < 2, 3 > 2 >= 2 != 1, not 0, not [], bool(""), bool(" "), bool({}), bool(0.0))
###
print(f"{3.14159:.2f} {42:05d} {42:x} {42:#x} {42:b} {1234567:,} {1234567.891:,.2f} {0.25:%} {0.256:.1%} {42:e} {42:+d} {42: d} {-42:06d}")
###
print(f"{'a':>5}|{'a':<5}|{'a':^5}|{'a':*^5}|{'abc':.2}|{42:^7}|{42:<7}|{1e10:g}|{1e-10:g}|{123456789.0:g}|{0.0001:g}|{1.5:10.3f}|{True:d}|{True}")
###
print("{:,}".format(1234567), "{:_}".format(1234567), "{:010,}".format(1234567), "{:08.3f}".format(-3.14159), "{:+.1e}".format(12345.678), "{:n}".format(5), "{:c}".format(65), "{:G}".format(1e-10), "{!r:>6}".format("a"))
###
print("%d %5d %-5d| %05d %x %X %o %e %f %.2f %g %s %r %a %c %% %+d" % (1, 2, 3, 4, 255, 255, 8, 1234.5, 1.5, 2.345, 0.0001, "s", "r", "ä", "c", 5))
###
print("%(a)s %(b)5.1f %(a)r" % {"a": "x", "b": 2.25})
###
print("%s" % (1,), "%s" % [1], "%s %s" % ("a", 1), "%5s|%-5s|%.2s" % ("a", "b", "abc"), "%*d" % (5, 3))
###
print("%d" % "x")
###
print("%s %s" % (1,))
###
print("%s" % (1, 2))
###
print("{} {}".format(1))
###
print("{a}".format(b=1))
###
print("{0} {1} {0}".format("a", "b"), "{a[0]} {a[1]} {b.real}".format(a=[1, 2], b=5), "{{}}".format(), "{:{w}}".format("a", w=4), "{:>{}}".format("x", 3))
###
print(f"{'x':d}")
###
x = 5
print(f"{x=} {x = } {x!r:>4} {x=!s} {{}} {x:{'>'}{4}} {'nested ' + f'{x}'}")
###
import math
print(math.floor(2.7), math.ceil(2.1), math.floor(-2.5), math.sqrt(16), math.gcd(12, 18), math.isnan(float("nan")), math.trunc(-2.7), math.log10(1000), math.prod([1, 2, 3]), math.inf, math.comb(5, 2), math.factorial(10), math.log2(8), math.isclose(0.1 + 0.2, 0.3), math.fabs(-2), math.hypot(3, 4), math.pi)
###
from decimal import Decimal
print(Decimal("1.10") + Decimal("2.20"), Decimal("1") / Decimal("3"), Decimal("10.50") * 2, Decimal("1.5") > 1, repr(Decimal("0.10")), str(Decimal("100")), Decimal(5), Decimal("-1.5"), int(Decimal("3.9")), float(Decimal("1.25")), Decimal("2.675").quantize(Decimal("0.01")), round(Decimal("2.345"), 2), f"{Decimal('1234.5'):,.2f}", Decimal("1") == 1, -Decimal("1.5"), abs(Decimal("-2")), Decimal("7") // 2, Decimal("7") % 2, sum([Decimal("1.1"), Decimal("2.2")]))

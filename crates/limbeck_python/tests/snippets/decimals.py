from decimal import Decimal as D, InvalidOperation, DivisionByZero, ROUND_HALF_UP, ROUND_DOWN
for left, right in [("0", "0"), ("1", "0"), ("-0.00", "0.3"), ("3", "-7"), ("1E-3", "-2"), ("12345.678", "0.3")]:
    for name, apply in [
        ("/", lambda a, b: a / b),
        ("//", lambda a, b: a // b),
        ("%", lambda a, b: a % b),
        ("*", lambda a, b: a * b),
        ("+", lambda a, b: a + b),
        ("-", lambda a, b: a - b),
    ]:
        try:
            print(name, repr(apply(D(left), D(right))))
        except ArithmeticError as error:
            print(name, type(error).__name__, error)
###
from decimal import Decimal as D
from fractions import Fraction
print(D("-0.00") * D("1.5"), -D("0"), +D("-0.0"), abs(D("-0.00")), round(D("-0.00"), 1), D("0") == D("-0.0"))
print(D("0.5") == Fraction(1, 2), D("3") > Fraction(1, 2), Fraction(1, 3) < D("0.5"), D("0.1") == 0.1, D("0.5") == 0.5)
print(D("1.25") < 1.5, D(0.1), D.from_float(0.5), {D("0.5"): 1}[0.5], {D("1.50"), D("1.5"), D("0.3")}, hash(D("0.3")))
print(D("12345.678").as_tuple(), D("1.50").normalize(), D("100").normalize(), D("2").sqrt(), D("16").sqrt(), D("1.5").adjusted())
print(D("7.5").to_integral_value(), D("-7.5").as_integer_ratio(), int(D("-7.9")), D("3") ** 4, D("1.1") ** 2, D("5").compare(D("5.0")))
###
from decimal import Decimal as D, ROUND_HALF_UP, ROUND_DOWN, ROUND_CEILING
for text in ["2.675", "-2.675", "0.5", "1E-10", "123456789.987654321"]:
    number = D(text)
    print(number.quantize(D("0.01"), rounding=ROUND_HALF_UP), number.quantize(D("0.1"), ROUND_DOWN), number.quantize(D(1), rounding=ROUND_CEILING))
    print(f"{number:.2f}|{number:10.1e}|{number:,}|{number:<12%}|{number:+g}|{number:012.3f}|{number:>20}|{number:.3}")
try:
    print(D("1e30").quantize(D("0.01")))
except ArithmeticError as error:
    print(type(error).__name__, error)

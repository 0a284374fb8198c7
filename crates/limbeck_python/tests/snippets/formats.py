for spec in ['', 's', '10', '<10', '>10', '^10', '*^11', '=^7', '.2', '8.3', '<8.2s']:
    print(repr(format('hello', spec)), end=' ')
###
for v in (0, 5, -5, 1234567, -1234567):
    for spec in ['d', '5d', '<8', '>8', '^8', '+d', ' d', '08d', ',', '_', 'x', '#x', '#X', 'o', '#o', 'b', '#b', '+,', '010,', '_x', '*>+9', 'e', '.2f', 'g', '%', 'n', 'c' if 0 < v < 1000000 else 'd', '=+8', '-', '#010x', '_b', '012_d', '<+5', '0=8']:
        try:
            print(format(v, spec), end='|')
        except Exception as e:
            print(type(e).__name__, e, end='|')
    print()
###
x = 5
s = 'q'
d = {'a': 1}
w = 8
p = 2
f = 3.14159
print(f'x={x!r}')
print(f'x = {x!r}')
print(f's={s!r}')
print(f's={s!s}')
print(f'x+1={x + 1!r}')
print(f'f={f:.2f}')
print(f'{f:{w}.{p}f}')
print(f'{s:>{w}}')
print(f"{d['a']}")
print(f"{d['a']!r:>4}")
print(f'{{}}')
print(f'{x!r}')
print(f'{s!a}')
print(f"{'nested ' + f'{x}'}")
print(f'{x:>{w}}|{x:<{w}}|')
print(f"{x:{'0'}{w}}")
print(f'{(lambda a: a * 2)(x)}')
print(f'{(x if x else 0)}')
print(f'{x}')
###
print('%d %5d %-5d| %05d %+d %x %X %o %#x %e %.3f %g %s %r %c %c %% %10s|%-10s| %.2s' % (1, 2, 3, 4, 5, 255, 255, 8, 255, 1.5, 2.0, 3.0, 's', 'r', 'c', 65, 'right', 'left', 'abc'))
print('%(a)s %(b)05.1f' % {'a': 1, 'b': 2.25})
print('%s' % (1,))
print('%s %s' % ('a', [1]))
print('%*d' % (5, 3))
print('%.*f' % (2, 1.239))
for bad in ['%d', '%s %s', '%z']:
    try:
        print(bad % 'x')
    except Exception as e:
        print(type(e).__name__, e)
try:
    print('%d' % 1.9, '%d' % True, '%i' % 3, '%u' % 4, '%5.1e' % 12345.678, '%-8.3g|' % 0.0001)
except Exception as e:
    print(e)
###
print('{} {}'.format(1, 2))
print('{1} {0} {1}'.format('a', 'b'))
print('{a} {b[0]} {c.real}'.format(a=1, b=[2], c=3))
print('{:>5}|{:<5}|{:^5}'.format(1, 2, 3))
print('{0[k]}'.format({'k': 'v'}))
print('{!r} {!s}'.format('a', 'b'))
print('{:{}}'.format('x', 5))
print('{{}}'.format())
print('{0:{1}.{2}f}'.format(3.14159, 8, 2))
for bad in ['{} {0}', '{', '}', '{a}', '{2}']:
    try:
        print(bad.format(1))
    except Exception as e:
        print(type(e).__name__, e)
print('{x} {y}'.format_map({'x': 1, 'y': 2}))
###
s = 'Hello, World'
print(s.lower())
print(s.upper())
print(s.title())
print(s.swapcase())
print(s.capitalize())
print(s.casefold())
print(s.find('o'))
print(s.rfind('o'))
print(s.find('z'))
print(s.index('l'))
print(s.count('l'))
print(s.startswith('He'))
print(s.startswith(('x', 'H')))
print(s.endswith('ld', 2))
print(s.replace('l', 'L', 2))
print(s.split(', '))
print(s.rsplit('o', 1))
print(s.partition(', '))
print(s.rpartition('zz'))
print(s.center(20, '*'))
print(s.ljust(15, '.'))
print(s.rjust(15))
print(s.zfill(15))
print(s[::-1])
print(s[-5:])
print(s[2:9:3])
print('  a b  '.strip())
print('xxaxx'.strip('x'))
print('xxaxx'.lstrip('x'))
print('abcab'.rstrip('ab'))
print('a,b,,c'.split(','))
print(' a  b '.split())
print('a\nb\r\nc'.splitlines())
print('a\nb'.splitlines(True))
print('a-b_c'.translate(str.maketrans('-_', '  ')))
print('abc'.translate({97: None, 98: 'BB'}))
print('ab'.join(['1', '2', '3']))
print('tab\tx'.expandtabs(4))
print('prefix_x'.removeprefix('prefix_'))
print('x.py'.removesuffix('.py'))
print('a1'.isalnum())
print('ab'.isalpha())
print('12'.isdigit())
print('1.2'.isdecimal())
print('ab'.islower())
print('AB'.isupper())
print(' '.isspace())
print('Ab Cd'.istitle())
print('é'.isascii())
print(''.isalpha())
print('ß'.upper())
print('İ'.lower())
print('ǅ'.swapcase())
print('straße'.casefold())
print('ﬁ'.upper())
print("they're bill's".title())
print('ÀÉ'.lower())
print('abc' < 'abd')
print('a' * 3)
print(3 * 'ab')
print('b' in 'abc')
print('abc'.encode())
print(b'abc'.decode('utf-8'))
print('é'.encode('latin-1'))
print('é'.encode('utf-8'))
print('a'.encode('utf-16-le') if False else '')
print('é'.encode('ascii', 'ignore'))
print('é'.encode('ascii', 'replace'))
print('é'.encode('ascii', 'xmlcharrefreplace'))
try:
    'é'.encode('ascii')
except UnicodeEncodeError as e:
    print(e)
try:
    b'\xff'.decode('utf-8')
except UnicodeDecodeError as e:
    print(e)
print(b'\xff'.decode('utf-8', 'replace'))
print(b'\xff'.decode('latin-1'))
print(b'\xffa'.decode('utf-8', errors='ignore'))
print(repr("a'b"))
print(repr('a"b\''))
print(repr('\n\t\x00\x7f\u200bé😀'))
print(ascii('é😀'))
print(repr('\\'))
###
b = b'hello'
print(b[0])
print(b[1:3])
print(b + b'x')
print(b.hex())
print(bytes.fromhex('00ff 10'))
print(bytes(3))
print(bytes([1, 2]))
print(bytes('é', 'utf-8'))
print(b.upper())
print(b.replace(b'l', b'L'))
print(b.split(b'l'))
print(b.find(b'l'))
print(b.startswith(b'he'))
print(list(b))
print(b'a' in b)
print(len(b))
print(b == b'hello')
print(b.decode())
print(b.join([b'1', b'2']))
print(int.from_bytes(b'\x01\x02', 'big'))
print(258 .to_bytes(2, 'little'))
print(b.count(b'l'))
print(b.index(b'o'))
print(memoryview(b)[1] if False else '')
###
print(f"{1.0:#.0f} {255:#.3g} {42:#.0e} {0.1:#.3} {100.0:#.3} {1e16:#} {3:#.0%}|{65:5c}|{65:<5c}|{255:_X} {3e2:010_.0e}")
for value, spec in [(1, "#c"), (1, "+c"), (5, ",x"), (5, ",n"), (5, "_c"), ("a", " "), ("a", "#"), ("a", ",s"), (1, ".2d"), (1.5, "."), (2, "q")]:
    try:
        print(format(value, spec))
    except ValueError as error:
        print(error)
print("%#x %#o %#X %#.3x|%5.1c|%05c|%+c|%#.0f %#.0e %#10.4o" % (255, 8, 255, 5, "a", "b", 67, 1, 2, 8))
from fractions import Fraction
print("%d %i %.2f %g" % (Fraction(7, 2), Fraction(-7, 2), Fraction(1, 3), Fraction(1, 4)))
class Whole(int):
    def __repr__(self):
        return "W"
print(f"{Whole(4)}", f"{Whole(4):3}", "{}".format(Whole(5)), "%s %d" % (Whole(1), Whole(2)), str(Whole(3)))
for number in (float("inf"), float("-inf"), float("nan")):
    try:
        round(number)
    except (OverflowError, ValueError) as error:
        print(type(error).__name__, error)

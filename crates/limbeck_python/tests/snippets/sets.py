print({331, 250, 35, 988, 903, 316}, list({10, 3, 200, 8, 0, -1, 1000}))
print([x for x in {943, 709, 681, 861, 549, 480, 483, 859}])
for number in {64, 370, 299, 12, 8, 16, 24, 0}:
    print(number, end=" ")
###
a = set([892, 356, 450, 17, 33, 1, 65])
b = {x * 7 % 31 for x in range(20)}
print(a | b, a & b, a - b, a ^ b, b - a, b.union([99, 100], a))
print(a.intersection(list(b)), a.difference([1, 2], b), a.symmetric_difference(b))
print(frozenset(b), set(frozenset(a)), {*a, 5, *b}, sorted(a))
###
s = set(range(0, 90, 8))
s.discard(8)
s.remove(40)
s.add(33)
print(s, s.pop(), s.pop(), s)
s -= {16, 24, 32}
s ^= {1, 2, 80}
s &= set(range(0, 90, 4))
s |= {7, 1000, 5}
print(s, s.copy(), s.pop())
s.clear()
print(s, len(s))
###
import copy
print({0.5, 1.5, -2.25, 1e300, 3.0, True, 0}, {(1, 2), (3, 4), (0,), (), 5, (1, (2, 3))})
print(copy.deepcopy({x: 1 for x in [892, 356, 450]}.keys() & {356, 450, 892}), {1: 0, 9: 0, 17: 0}.keys() | {3})
print(hash(0.5), hash((1, 2)), hash(()), hash(10**30), hash(-1), hash(1.0), hash(float("inf")), hash((1.5, (2,))))
print(set({892: 1, 356: 1, 450: 1, 1: 2, 2: 3}), {2**70, 2**61, 3, -(2**61)})
###
import uuid
ids = {uuid.UUID(int=n * 977) for n in range(6)}
print(ids)

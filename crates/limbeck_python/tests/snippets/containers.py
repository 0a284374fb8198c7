l = [3, 1, 2]
l.append(4); l.extend([5]); l.insert(0, 9); l.remove(1); print(l, l.pop(), l.pop(0), l, l.index(2), l.count(4))
l.sort(reverse=True); print(l, sorted("bca"), sorted(l, key=lambda x: -x), list(reversed(l)))
l[1:2] = [7, 8]; del l[0]; print(l, l[::-1], l * 2, [0] * 3, l + [1], l == [7, 8, 2], l < [8], 7 in l)
l += "ab"; l.reverse(); print(l, l.copy() is l, l[-2:], l[1:][:1]); l.clear(); print(l)
l = list(range(10)); del l[2:5]; l[::2] = [0] * 4; print(l, l[5:1:-2], l[-1:0:-3])
###
d = {"a": 1, "b": 2}
print(d["a"], d.get("z"), d.get("z", 0), list(d), list(d.items()), d.keys(), d.values(), d.items(), "a" in d, len(d), d.pop("a"), d, d.setdefault("q", []), d.pop("none", None))
d.update({"x": 1}, y=2); d.update([("k", "v")]); print(d, d | {"x": 5}, dict(a=1), dict([(1, 2)]), dict.fromkeys("ab", 0), {**d}, d == dict(d))
del d["x"]; print(d.popitem(), d, list(reversed(d)), max(d), sorted(d, key=str), {1: "a", 1.0: "b", True: "c"})
d |= {"n": 1}; print(d.keys() & {"n"}, sorted(d.keys() - {"n"}), [k for k in d])
for k, v in list(d.items()):
    if v == 1: del d[k]
print(d)
###
d = {"a": 1}
for k in d: d["b"] = 2
###
{}["x"]
###
{}.pop("x")
###
s = {1, 2, 3}
s.add(4); s.discard(9); s.remove(1)
print(sorted(s), s & {2, 9}, sorted(s | {9}), s - {2, 3}, sorted(s ^ {2, 7}), s <= {2, 3, 4, 5}, {2} < s, s.isdisjoint({8}), sorted(s.union([5], (6,))), frozenset([1]) == {1}, len(s), 3 in s, set(), sorted(set("aab")), s.issubset([2, 3, 4]), frozenset({1}))
s.update([7]); s |= {8}; s -= {2}; print(sorted(s), bool(set()), {frozenset({1}): 2}[frozenset([1])])
###
{1}.remove(2)
###
t = (1, 2, 3)
print(t[0], t[-1], t[1:], t + (4,), t * 2, t.index(2), t.count(1), (), (1,), tuple("ab"), t == (1, 2, 3), t < (1, 3), 2 in t, len(t))
###
t = (1,)
t[0] = 2
###
print(list(range(5)), list(range(2, 10, 3)), list(range(5, 0, -2)), range(3), range(1, 5, 2), len(range(10)), 3 in range(5), range(10)[2:5], range(10)[-1], list(range(0)), range(3) == range(0, 3), list(reversed(range(3))))
###
print(list(enumerate("ab")), list(enumerate("ab", 1)), list(zip([1, 2], "ab", (True, False))), list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [3, 4])), list(filter(None, [0, 1, "", 2])), list(filter(lambda x: x > 1, [1, 2])), any([0, 1]), all([1, 0]), all([]), any([]), dict(zip("ab", [1, 2])), dict(enumerate("ab")))
###
print(sorted([(1, "b"), (1, "a"), (0, "c")]), sorted(["B", "a", "C"], key=str.lower), sorted({"b": 1, "a": 2}.items(), key=lambda kv: kv[1]), sorted([3, 1, 2], reverse=True), sorted(["a", "b"], key=lambda x: 0, reverse=True), min({"a": 3, "b": 1}.items(), key=lambda kv: kv[1]), max([[1, 2], [1, 3]]))
###
sorted([1, "a"])
###
it = iter([1, 2, 3])
print(next(it), list(it), next(it, "end"), list(iter(lambda c=iter([1, 2, 0, 5]): next(c), 0)))
###
print([1, 2, [3, (4, {"a": {5}})]], {"k": [None, True, 1.5, b"x"]}, [[]] * 2, str([1, "a"]), repr({"a": 'b"'}), f"{[1, 'x']}", (1, (2,)), str({1}), {"a": {"b": ()}})
###
a = [1, 2, 3]
a[1], a[0] = a[0], a[1]
i = 0
i, a[i] = 1, "x"
print(a, [*a, *a], [*range(3)], {*a} == set(a))
b = a
b += [4]
print(a is b, a)
b = b + [5]
print(a is b)
###
class L(list):
    def first(self): return self[0]
class D(dict):
    def __missing__(self, k): return k * 2
l = L([1, 2]); l.append(3)
d = D(a=1)
print(l.first(), l, len(l), d["a"], d["zz"], isinstance(l, list), L() == [], d)
###
print(*[1, 2], sep="-", end="!\n")
print("a", "b", sep="")
print()
print(None, True, 1.0, "x", [], (), {})
###
print(isinstance(1, int), isinstance(True, int), isinstance("a", (int, str)), isinstance([], list), issubclass(bool, int), isinstance(None, type(None)), type(1), type("a").__name__, isinstance(1.0, float), callable(len), callable(5), isinstance(int, type), isinstance(1, int | str), type([]) is list, type(None))
###
print(str(1), str(None), str(b"x"), int("5") + 1, list("ab"), tuple([1]), bool([0]), set([1, 1]), dict(a=1), float("1.5"), repr("a"), str(ValueError("x")), bytes(3), bytes("a", "utf-8"))

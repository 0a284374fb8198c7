class Thing:
    def __init__(self, **fields):
        self.__dict__.update(fields)


thing = Thing(a=1)
thing.__dict__["y"] = 5
vars(thing)["z"] = 6
print(thing.a, thing.y, thing.z, thing.__dict__)
held = vars(thing)
thing.later = 7
print(held["later"], held is thing.__dict__, len(held))
del held["a"]
print(hasattr(thing, "a"), thing.__dict__.pop("y"))
print(hasattr(thing, "y"), sorted(vars(thing)))
held.clear()
print(vars(thing), held)
###
def f(a, b=2):
    c = 3
    for d in [4]:
        pass
    return sorted(locals().items())


print(f(1))


def g():
    name = "x"
    locals()["name"] = "y"
    return "select {name}".format(**locals())


print(g())
name = "of the module"
print("{name}".format(**globals()), "%(name)s" % vars(), "{name}".format_map(locals()))
###
for number in range(3):
    globals()[f"made_{number}"] = number * 10
print(made_0, made_1, made_2)
names = globals()
names["LATER"] = [9]
print(LATER)
EARLIER = 1
print(names["EARLIER"], names is globals(), "LATER" in globals(), globals().get("missing", 0))
del names["EARLIER"]
try:
    print(EARLIER)
except NameError as error:
    print(error)
globals().update(x=1, y=2)
print(x + y)


def change():
    globals()["x"] = 5


change()
print(x)


class C:
    a = 1
    locals()["b"] = 2
    print(sorted(k for k in vars() if not k.startswith("__")))


print(C.b)
try:
    globals(1)
except TypeError as error:
    print(error)

# What of `itertools` is seldom used.
def compress(data, selectors):
    return (value for value, selected in zip(data, selectors) if selected)


def cycle(iterable, /):
    return _cycle(iter(iterable))


def _cycle(iterator):
    saved = []
    for element in iterator:
        yield element
        saved.append(element)
    while saved:
        yield from saved


def pairwise(iterable, /):
    return _pairwise(iter(iterable))


def _pairwise(iterator):
    for left in iterator:
        for right in iterator:
            yield left, right
            left = right


def groupby(iterable, key=None):
    return _groupby(iter(iterable), key)


def _groupby(iterator, key):
    # Of which group the element under way is, and whether there is one.
    group, value, element, ended = 0, None, None, False

    def advance():
        nonlocal group, value, element, ended
        for element in iterator:
            found = element if key is None else key(element)
            if group == 0 or not (value == found):
                group += 1
            value = found
            return
        ended = True

    def members(number):
        while not ended and group == number:
            yield element
            advance()

    advance()
    while not ended:
        number = group
        yield value, members(number)
        while not ended and group == number:
            advance()


def tee(iterable, n=2, /):
    if n < 0:
        raise ValueError("n must be >= 0")
    iterator = iter(iterable)
    waiting = [[] for _ in range(n)]

    def branch(mine):
        while True:
            if not mine:
                try:
                    element = next(iterator)
                except StopIteration:
                    return
                for queue in waiting:
                    queue.append(element)
            yield mine.pop(0)

    return tuple(branch(mine) for mine in waiting)

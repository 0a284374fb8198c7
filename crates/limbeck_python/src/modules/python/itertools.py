# What of `itertools` is seldom used.
def compress(data, selectors):
    return (value for value, selected in zip(data, selectors) if selected)

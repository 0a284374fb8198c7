# methodtools: what it wraps may be a method, a class method or a static method, and gives the same without a cache.
def lru_cache(*args, **values):
    def keep(function):
        return function

    return keep

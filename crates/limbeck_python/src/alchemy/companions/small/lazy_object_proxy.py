# lazy_object_proxy: an object that is made when it is first used. What a proxy is called with goes to the object, and so does
# a question for an attribute; where SQLAlchemy would look at the proxy itself, it is not modelled.


class Proxy:
    def __init__(self, __factory__):
        object.__setattr__(self, "__factory__", __factory__)

    @property
    def __wrapped__(self):
        made = self.__dict__.get("__made__")
        if made is None:
            made = (self.__factory__(),)
            object.__setattr__(self, "__made__", made)
        return made[0]

    @property
    def __resolved__(self):
        return "__made__" in self.__dict__

    def __call__(self, *args, **kwargs):
        return self.__wrapped__(*args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.__wrapped__, name)

    def __setattr__(self, name, value):
        setattr(self.__wrapped__, name, value)

    def __str__(self):
        return str(self.__wrapped__)

    def __bool__(self):
        return bool(self.__wrapped__)

    def __len__(self):
        return len(self.__wrapped__)

    def __iter__(self):
        return iter(self.__wrapped__)

    def __getitem__(self, key):
        return self.__wrapped__[key]

    def __contains__(self, item):
        return item in self.__wrapped__

    def __eq__(self, other):
        return self.__wrapped__ == other

    def __hash__(self):
        return hash(self.__wrapped__)

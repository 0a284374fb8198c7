# Bars that show how far a loop is: the loop itself.
class tqdm:
    def __init__(self, iterable=None, *args, **kwargs):
        self.iterable = iterable

    def __iter__(self):
        return iter(self.iterable)

    def __len__(self):
        return len(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        return False

    def update(self, n=1):
        return None

    def close(self):
        return None

    def refresh(self):
        return None

    def set_description(self, *args, **kwargs):
        return None

    def set_postfix(self, *args, **kwargs):
        return None

    @staticmethod
    def write(text, *args, **kwargs):
        print(text)


def trange(*args, **kwargs):
    return tqdm(range(*args))


class ProgressBar:
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, iterable, max_value=None):
        return iterable

    def start(self, *args, **kwargs):
        return self

    def update(self, *args, **kwargs):
        return None

    def finish(self, *args, **kwargs):
        return None


def progressbar(iterable, *args, **kwargs):
    return iterable


def _widget(*args, **kwargs):
    return None


Bar = Percentage = ETA = Timer = Counter = SimpleProgress = AdaptiveETA = FormatLabel = RotatingMarker = _widget

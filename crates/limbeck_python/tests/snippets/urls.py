from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlencode
print(quote("p@ss/w ord:é~-_."), quote_plus("p@ss/w ord:é~-_."), quote("a/b", safe=""), quote("a&b", "&"), quote(b"\x00\xff"), quote_plus(""))
print(unquote("p%40ss%2Fw+ord%zz%4"), unquote_plus("a+b%20c%C3%A9"), unquote("%"), unquote("%41%"))
print(urlencode({"a": 1, "b c": "d&e", "f": None}), urlencode([("x", "y"), ("x", "é")]))
###
from urllib.parse import quote
quote(5)
###
import urllib.parse
u = urllib.parse.urlparse("postgresql://us%40er:pa:ss@Host.example:5433/db/x?a=1&b=2#frag")
print(u.scheme, u.netloc, u.path, u.params, u.query, u.fragment, u.username, u.password, u.hostname, u.port, u.geturl())
scheme, netloc, *rest = u
print(scheme, netloc, rest, u._replace(scheme="postgresql+asyncpg", path="/other").geturl(), u._replace(netloc="h").geturl())
s = urllib.parse.urlsplit("HTTP://h/p;x?q")
print(s.scheme, s.hostname, s.port, s.path, s.query, s.username, s.geturl())
print(urllib.parse.urlunsplit(("https", "h", "p", "q=1", "f")), urllib.parse.urlunparse(("https", "h", "/p", "", "", "")))
t = urllib.parse.urlsplit("/only/path?x"); print(t.scheme, t.netloc, t.path, t.query, t.hostname, t.geturl())
###
from urllib.parse import urlsplit
print(urlsplit("x://h:99999/").port)
###
from urllib.parse import urlsplit
print(urlsplit("x://h:ab/").port)

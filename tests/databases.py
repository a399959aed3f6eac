"""Databases for tests: a SQLite file, and a PostgreSQL server of one's own where one can be started."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def _program(name: str) -> str | None:
    """A program of the server, where Debian puts it too."""
    beside = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(beside[-1]) if beside else None)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a fresh PostgreSQL that answers on a socket only, gone at the end; skips where there is none."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("no driver for PostgreSQL here: pip install 'psycopg[binary]'")
    initdb, server = _program("initdb"), _program("pg_ctl")
    if initdb is None or server is None:
        pytest.skip("no PostgreSQL server here to start: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="strata-pg-", dir="/tmp"))  # a socket's path must be short
    who: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres")
        who = {"user": "postgres", "group": "postgres", "extra_groups": []}
    try:
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "cwd": folder} | who
        subprocess.run([initdb, "-D", f"{folder}/d", "-A", "trust", "-U", "strata"], check=True, **quiet)
        control = [server, "-D", f"{folder}/d", "-l", f"{folder}/log", "-w"]
        subprocess.run([*control, "-o", f"-k {folder} -h '' -F", "start"], check=True, **quiet)
        try:
            yield f"postgresql://strata@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def nobody() -> Iterator[None]:
    """What is done inside is done by somebody who may write only where everybody may."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)

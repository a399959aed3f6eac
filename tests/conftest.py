"""What several test modules stand on."""

from __future__ import annotations

from pathlib import Path

import pytest
from company import Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    """A company without exports yet."""
    return Company(tmp_path)

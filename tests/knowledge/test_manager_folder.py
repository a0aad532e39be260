"""What lies in the managers' folder is for managers, in whatever format."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.library import Library

TEXT = "# 渠道毛利\n\n私域毛利率是 41%。\n"


@pytest.mark.parametrize("folder", ["managers-only", "仅管理者", "Managers-Only"])
def test_a_file_in_the_managers_folder_is_for_managers_only(tmp_path: Path, folder: str) -> None:
    (tmp_path / "docs" / folder).mkdir(parents=True)
    (tmp_path / "docs" / folder / "毛利.txt").write_text(TEXT, encoding="utf-8")
    library = Library.open(tmp_path / "index", [tmp_path / "docs"], embedding="hash", serving=False)
    library.sync()
    assert library.search("私域毛利率").passages == ()
    assert library.search("私域毛利率", audience="manager").passages
    library.close()


def test_the_same_bytes_moved_to_the_managers_folder_leave_everyone_s_answers(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "managers-only").mkdir(parents=True)
    (docs / "毛利.md").write_text(TEXT, encoding="utf-8")
    library = Library.open(tmp_path / "index", [docs], embedding="hash", serving=False)
    library.sync()
    assert library.search("私域毛利率").passages
    (docs / "毛利.md").rename(docs / "managers-only" / "毛利.md")
    library.sync()
    assert library.search("私域毛利率").passages == ()
    assert [info.audience for info in library.documents()] == ["manager"]
    library.close()

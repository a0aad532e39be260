"""Chroma as the owner's dense index: used, equal to an exact scan, rebuilt when broken, complete after a kill."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from knowledge.embedding.hashing import HashEmbedder
from knowledge.embedding.seam import Vectors
from knowledge.index.exact import ExactIndex
from knowledge.index.gradual import GradualIndex
from knowledge.library import Library
from knowledge.store import Store
from tests.knowledge.conftest import Open

TOPICS = ("收货", "上架", "拣货", "打包", "发货", "退货", "盘点", "冷库", "叉车", "夜班")


def fill(folder: Path, version: int, count: int = 10) -> None:
    for number, topic in enumerate(TOPICS[:count]):
        text = f"# {topic}规范\n\n## 第{version}版\n\n{topic}每天检查{number + version}次。{topic}由班长签字。\n"
        (folder / f"{topic}.md").write_text(text, encoding="utf-8")


def vector(text: str) -> Vectors:
    return HashEmbedder().embed_query(text)


# chromadb and langchain warn of their own internals while they are imported
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning", "ignore::PendingDeprecationWarning")
class TestChroma:
    def test_it_finds_what_an_exact_scan_finds(self, folder: Path, tmp_path: Path, open_library: Open) -> None:
        from knowledge.index.chroma import ChromaIndex

        fill(folder, 1)
        open_library().sync()
        store = Store(tmp_path / "index")
        chroma = ChromaIndex(tmp_path / "index", store, "hash-1")
        exact = ExactIndex(store, "hash-1")
        some = frozenset(item.id for item in store.documents()[:4])
        for question in ("叉车每天检查几次", "班长签字", "冷库"):
            for documents in (None, some, frozenset[str]()):
                ours = chroma.nearest(vector(question), 3, documents)
                theirs = exact.nearest(vector(question), 3, documents)
                assert list(ours.values()) == pytest.approx(list(theirs.values()), abs=1e-5)
        chroma.close()
        store.close()

    def test_the_owner_asks_chroma_and_follows_every_change(self, folder: Path, open_library: Open) -> None:
        from knowledge.index.chroma import ChromaIndex

        fill(folder, 1, count=3)
        library = open_library(serving=True)
        library.sync()
        library.warm()
        dense = library._dense
        assert isinstance(dense, ChromaIndex)
        assert dense._collection._collection.count() == 9  # 3 documents × (headings + 2 sentences)
        (folder / "收货.md").unlink()
        library.sync()
        assert dense._collection._collection.count() == 6
        library.close()
        assert open_library(serving=True).search("上架每天检查几次").passages[0].file == "上架.md"

    def test_it_is_made_anew_when_its_files_are_broken(self, folder: Path, tmp_path: Path, open_library: Open) -> None:
        from knowledge.index.chroma import ChromaIndex

        fill(folder, 1, count=3)
        library = open_library(serving=True)
        library.sync()
        library.warm()
        library.close()
        (held,) = (tmp_path / "index").glob("chroma-*")
        (held / "chroma.sqlite3").write_bytes(b"broken" * 1000)
        again = open_library(serving=True)
        again.warm()
        assert isinstance(again._dense, ChromaIndex)
        assert again._dense._collection._collection.count() == 9
        assert not held.exists()

    def test_it_is_made_anew_when_it_is_gone(self, folder: Path, tmp_path: Path, open_library: Open) -> None:
        fill(folder, 1, count=3)
        library = open_library(serving=True)
        library.sync()
        library.warm()
        library.close()
        (held,) = (tmp_path / "index").glob("chroma-*")
        shutil.rmtree(held)
        assert open_library(serving=True).search("上架每天检查几次").passages[0].cosine > 0.5

    def test_a_large_index_answers_by_a_scan_until_chroma_is_ready(
        self, folder: Path, open_library: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from knowledge.index.chroma import ChromaIndex

        monkeypatch.setattr("knowledge.library.LARGE", 5)
        fill(folder, 1)
        library = open_library(serving=True)
        library.sync()
        before = library.search("上架每天检查几次").passages
        dense = library._dense
        assert isinstance(dense, GradualIndex)
        fill(folder, 2)
        library.sync()  # a change that may come before or after the switch
        deadline = time.monotonic() + 30
        while not library.is_settled and time.monotonic() < deadline:
            time.sleep(0.02)
        assert isinstance(dense._current, ChromaIndex)
        assert dense._current._collection._collection.count() == 30  # 10 documents × (heading + 2 sentences)
        after = library.search("上架每天检查几次").passages
        assert (before[0].file, after[0].file) == ("上架.md", "上架.md")
        assert after[0].text.startswith("上架每天检查3次")  # version 2 of the second topic: 1 + 2

    def test_closing_before_chroma_is_ready_leaves_a_whole_index(
        self, folder: Path, tmp_path: Path, open_library: Open, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("knowledge.library.LARGE", 5)
        fill(folder, 1)
        library = open_library(serving=True)
        library.sync()
        assert library.search("冷库").passages
        library.close()
        monkeypatch.undo()
        again = open_library(serving=True)
        assert again.is_owner
        assert again.search("上架每天检查几次").passages[0].cosine > 0.5
        assert consistent(tmp_path / "index")

    def test_chromas_own_model_is_never_made(self, folder: Path, open_library: Open) -> None:
        from chromadb.utils.embedding_functions import onnx_mini_lm_l6_v2

        fill(folder, 1, count=2)
        library = open_library(serving=True)
        library.sync()
        library.warm()
        assert not onnx_mini_lm_l6_v2.ONNXMiniLM_L6_V2.DOWNLOAD_PATH.exists()

    @pytest.mark.parametrize("serving", [False, True])
    def test_a_kill_in_the_middle_of_a_sync_loses_nothing(
        self, folder: Path, tmp_path: Path, open_library: Open, serving: bool
    ) -> None:
        chance = random.Random(7)
        for version in range(1, 3 if serving else 4):
            fill(folder, version)
            killed_while_syncing(folder, tmp_path / "index", serving, chance.uniform(0.0, 0.25))
        fill(folder, 9)
        library = open_library(serving=serving)
        library.sync()
        for number, topic in enumerate(TOPICS):
            best = library.search(f"{topic}每天检查几次").passages[0]
            assert best.text.startswith(f"{topic}每天检查{number + 9}次。")
            assert best.cosine > 0.5
        assert len(library.documents()) == len(TOPICS)
        library.close()
        assert consistent(tmp_path / "index")


def killed_while_syncing(folder: Path, index: Path, serving: bool, delay_seconds: float) -> None:
    """Starts a process that edits and syncs without end, and kills it at some moment after its first sync began."""
    program = (
        "import sys; from pathlib import Path; from knowledge.library import Library\n"
        "from tests.knowledge.test_dense_index import fill\n"
        "folder, index, serving = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3] == 'True'\n"
        "library = Library.open(index, [folder], embedding='hash', serving=serving)\n"
        "if serving: library.sync(); library.warm()\n"
        "print('ready', flush=True)\n"
        "for version in range(100, 10_000):\n"
        "    fill(folder, version); library.sync()\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program, str(folder), str(index), str(serving)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(delay_seconds)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(timeout=30)
        child.stdout.close()


def consistent(index: Path) -> bool:
    """Every sentence has its vector, every chunk its document, every document its file."""
    store = Store(index)
    try:
        chunks = store.chunks()
        documents = {item.id for item in store.documents()}
        held = {key[0] for key in store.vectors.keys("hash-1")}
        files = {record.document_id for record in store.files().values()}
        complete = store.vectors.lacking("hash-1") == [] and {item.chunk.id for item in chunks} == held
        return complete and {item.chunk.document_id for item in chunks} == documents == files
    finally:
        store.close()


def test_another_process_searches_while_the_owner_holds_the_index(folder: Path, open_library: Open) -> None:
    fill(folder, 1)
    owner = open_library(serving=True)
    owner.sync()
    program = (
        "import sys; from pathlib import Path; from knowledge.library import Library\n"
        "library = Library.open(Path(sys.argv[1]), [Path(sys.argv[2])], embedding='hash')\n"
        "print(library.is_owner, library.sync().unchanged, library.search('叉车每天检查几次').passages[0].file)\n"
        "print('chromadb' in sys.modules)\n"
    )
    command = [sys.executable, "-X", "utf8", "-c", program, str(owner._index), str(folder)]
    done = subprocess.run(command, capture_output=True, cwd=Path(__file__).parents[2], check=True, encoding="utf-8")
    assert done.stdout.split("\n")[:2] == ["False 10 叉车.md", "False"]


def test_hashed_vectors_are_deterministic_and_of_length_one() -> None:
    rows = HashEmbedder().embed_documents(["库温保持五度。", "Keep it at five degrees.", ""])
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 0])
    assert (rows == HashEmbedder().embed_documents(["库温保持五度。", "Keep it at five degrees.", ""])).all()


def test_opening_and_closing_again_gives_the_lock_back(folder: Path, open_library: Open) -> None:
    fill(folder, 1, count=1)
    first = open_library(serving=True)
    first.close()
    second: Library = open_library(serving=True)
    assert second.is_owner

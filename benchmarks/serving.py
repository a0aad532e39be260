"""A demo in a process of its own, as a chat client sees it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from benchmarks.workshop import ROOT, Workshop

QUESTION = "上周母婴转化率怎么样"
PATIENCE_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass
class Serving:
    """A running demo."""

    process: subprocess.Popen[str]
    ready_seconds: float  # from the start of the process until questions can be asked
    place: dict[str, Any]  # where and as whom to ask
    log: Path  # what it writes to standard error

    def ask(self, question: str = QUESTION) -> float:
        """Seconds from sending a question in the group to the answer standing there."""
        path = f"/sandbox/chats/{self.place['chat']}/messages"
        body = {"from_user_id": self.place["speaker"], "text": f"@{self.place['bot']} {question}"}
        with httpx.Client(base_url=self.place["url"], timeout=10) as client:
            started = time.perf_counter()
            sent = client.post(path, json=body).raise_for_status().json()["message"]["message_id"]
            while time.perf_counter() - started < PATIENCE_SECONDS:
                messages = client.get(path, params={"limit": 20}).raise_for_status().json()["messages"]
                if any(message.get("reply_to_message", {}).get("message_id") == sent for message in messages):
                    return time.perf_counter() - started
                time.sleep(0.01)
        raise RuntimeError(f"the demo did not answer within {PATIENCE_SECONDS:.0f} s")

    def answer_mixed(self) -> None:
        """Lets it answer the mixed questions; comes back when they are done."""
        assert self.process.stdin is not None
        self.process.stdin.write("answer\n")
        self.process.stdin.flush()
        _heard(self.process, self.log)


@contextmanager
def serving(workshop: Workshop) -> Iterator[Serving]:
    """Starts the demo on the workshop's home and stops it afterwards."""
    command = [sys.executable, "-m", "benchmarks.serving_process", str(workshop.home), str(workshop.questions)]
    log = workshop.folder / "serving.log"
    with log.open("w") as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            place = _heard(process, log)
            yield Serving(process, time.perf_counter() - started, place, log)
        finally:
            _stop(process)


def _heard(process: subprocess.Popen[str], log: Path) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        last = log.read_text(encoding="utf-8").strip().splitlines()[-1:]
        raise RuntimeError(f"the demo process ended: {''.join(last) or 'no reason given'}")
    return dict(json.loads(line))


def _stop(process: subprocess.Popen[str]) -> None:
    """The end of its input tells it to stop; a process that does not is killed."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()

"""A real browser: headless Chromium over its DevTools protocol, on a pipe (its descriptors 3 and 4)."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
NOT_THERE = "no Chromium here (Debian: apt install chromium)"
NO_EDITOR = "the editor is not here (needs npm: make install)"
_WAIT_SECONDS = 60
# Quiet: none of these may look for hosts of its own.
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-pipe",
    "--window-size=1100,1000",
)
_KEYS = {"Enter": ("\r", 13), "Tab": ("", 9), "Escape": ("", 27), "Space": (" ", 32)}
_CONTROL = 2


class BrowserError(Exception):
    """The browser could not do what it was told."""


class Page:
    """A tab. What its console and its content security policy complain of stands in `complaints`."""

    def __init__(self, wire: _Wire, session: str) -> None:
        self._wire = wire
        self._session = session
        self.complaints: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """A command of the protocol."""
        answer = self._wire.call(method, parameters, self._session)
        self.complaints += self._wire.complaints()
        return answer

    def go(self, address: str) -> None:
        """Open an address and wait until its document is complete."""
        self.call("Page.navigate", url=address)
        self.until(f"location.href !== 'about:blank' && document.readyState === 'complete' && {len(address)}")

    def evaluate(self, script: str) -> Any:
        """The value of an expression; a promise is waited for."""
        answer = self.call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True
        )
        if "exceptionDetails" in answer:
            raise BrowserError(f"{script}: {answer['result'].get('description')}")
        return answer["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + _WAIT_SECONDS
        while not self._holds(script):
            assert time.monotonic() < end, f"never true: {script}\n{self.text('body')}"
            time.sleep(0.05)

    def _holds(self, script: str) -> bool:
        """Whether an expression is true now; not so while one document takes the place of another."""
        try:
            return bool(self.evaluate(f"Boolean({script})"))
        except BrowserError:
            return False

    def text(self, selector: str) -> str:
        """What a person reads in the first element that fits."""
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)}).innerText"))

    def click(self, selector: str) -> None:
        """Click the first element that fits."""
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, text: str) -> None:
        """Write into what has the focus, a key at a time."""
        for one in text:
            key = "\r" if one == "\n" else one
            self.call("Input.dispatchKeyEvent", type="keyDown", key=one, text=key, unmodifiedText=key)
            self.call("Input.dispatchKeyEvent", type="keyUp", key=one)

    def press(self, key: str, *, control: bool = False, commands: Sequence[str] = ()) -> None:
        """Press and release a key of `_KEYS`, or one character; `commands` are what the browser does then."""
        typed, code = _KEYS.get(key, (key, ord(key[0].upper())))
        name = " " if key == "Space" else key
        common = {"key": name, "code": key, "windowsVirtualKeyCode": code, "modifiers": _CONTROL * control}
        text = {"text": typed} if typed and not control else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", commands=list(commands), **text, **common)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)


class _Wire:
    """Messages, each ended by a zero byte."""

    def __init__(self, to: int, back: int) -> None:
        self._to = to
        self._back = back
        self._held = b""
        self._number = 0
        self._complaints: list[str] = []

    def call(self, method: str, parameters: object, session: str | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        os.write(self._to, json.dumps(message | ({"sessionId": session} if session else {})).encode() + b"\0")
        end = time.monotonic() + _WAIT_SECONDS
        while True:
            answer = self._next(end)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                return answer.get("result", {})
            self._hear(answer)

    def complaints(self) -> list[str]:
        found, self._complaints = self._complaints, []
        return found

    def _hear(self, event: dict[str, Any]) -> None:
        said = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            self._complaints.append(json.dumps(said["exceptionDetails"]))
        elif event["method"] == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            self._complaints.append(said["entry"]["text"])

    def _next(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._held:
            ready, _, _ = select.select([self._back], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser did not answer in time"
            piece = os.read(self._back, 1 << 16)
            assert piece, "the browser has ended"
            self._held += piece
        message, _, self._held = self._held.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def browsing(folder: Path) -> Iterator[Page]:
    """A tab of a browser that keeps what it writes in `folder`, ended at the end."""
    assert PROGRAM, NOT_THERE
    child_in, to = _high(os.pipe())
    back, child_out = _high(os.pipe())
    with (folder / "chromium.log").open("wb") as log:
        pid = os.posix_spawn(
            PROGRAM,
            [PROGRAM, *_OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"],
            {**os.environ, "HOME": str(folder), "LANG": "C.UTF-8"},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, child_in, 3),
                (os.POSIX_SPAWN_DUP2, child_out, 4),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
            setpgroup=0,
        )
    os.close(child_in)
    os.close(child_out)
    wire = _Wire(to, back)
    try:
        target = wire.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = wire.call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        yield Page(wire, session)
    finally:
        # Its own group, made at its start.
        os.killpg(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(to)
        os.close(back)


def _high(pair: tuple[int, int]) -> tuple[int, int]:
    """The same pipe on descriptors that cannot be 3 or 4, closed at exec."""
    moved = tuple(fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in pair)
    for one in pair:
        os.close(one)
    return moved[0], moved[1]

"""Bytes of a text file as lines, in constant memory, with errors that name the byte."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kamara.loaders.errors import EncodingError, SourceError, TableError

_BLOCK_BYTES = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Lines:
    """The lines of the file at `path`, each with its line feed, in blocks that fit in memory.

    `max_line_bytes` bounds a line, and roughly a record of several lines: its reader sets `pending_bytes` to
    0 when a record is complete. `unfinished` turns true when the last line, handed out last, has no line
    feed.
    """

    def __init__(self, path: Path, encoding: str, max_line_bytes: int) -> None:
        self.path = path
        self.encoding = encoding
        self.max_line_bytes = max_line_bytes
        self.unfinished = False
        self.count = 0
        self.pending_bytes = 0

    def blocks(self) -> Iterator[Iterator[str]]:
        """Iterators over the lines, one a block.

        Raises EncodingError for bytes that are not in the encoding, TableError for a cut file, a NUL and a
        line or record that is too long, SourceError when the file cannot be read.
        """
        carry = ""
        for text in self.texts():
            whole = carry + text
            end = whole.rfind("\n") + 1
            if self._is_too_long(whole[: whole.find("\n") + 1] if end else whole):
                self._refuse_length()
            carry = whole[end:]
            if end:
                yield self._lines(whole[:end])
        if carry:
            self.unfinished = True
            yield self._lines(carry)

    def texts(self) -> Iterator[str]:
        """The text as it comes, one piece a block. Raises as `blocks` does."""
        try:
            with self.path.open("rb") as file:
                yield from self._texts(file)
        except OSError as error:
            raise SourceError(
                f"cannot be read: {error.strerror}", where=str(self.path), remedy="name a file that can"
            ) from error

    def _lines(self, text: str) -> Iterator[str]:
        nul = text.find("\0")
        if nul >= 0:
            line = self.count + text.count("\n", 0, nul) + 1
            raise TableError("a NUL character", where=f"{self.path}, line {line}", remedy=self._advice())
        self.count += text.count("\n")
        # Only a line feed ends a line: str.splitlines would also cut at U+2028 and the like, inside a field.
        return io.StringIO(text, newline="\n")

    def _texts(self, file: BinaryIO) -> Iterator[str]:
        codec, offset = self._codec(file.read(4))
        file.seek(offset)
        decoder = codecs.getincrementaldecoder(codec)()
        size = min(_BLOCK_BYTES, self.max_line_bytes)
        while True:
            block = file.read(size)
            kept = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block, not block)
            except UnicodeDecodeError as error:
                raise self._undecodable(error, offset - kept + error.start, len(block)) from error
            offset += len(block)
            self.pending_bytes += len(block)
            if self.pending_bytes > self.max_line_bytes + 2 * size:
                self._refuse_length()
            yield text
            if not block:
                return

    def _codec(self, head: bytes) -> tuple[str, int]:
        """The codec of a file that begins with `head`, and the length of the mark to skip."""
        wanted = codecs.lookup(self.encoding).name
        mark, found = next(((mark, codec) for mark, codec in _MARKS if head.startswith(mark)), (b"", ""))
        if wanted == "utf-8-sig":
            wanted = "utf-8"
        if found and (found == wanted or (wanted == "utf-16" and found.startswith(wanted))):
            return found, len(mark)
        if found:
            raise EncodingError(
                f"byte 0 begins the mark of {found}, not {self.encoding}",
                where=str(self.path),
                remedy=f"if the file is in {found}, say so in the mapping's csvw:encoding",
            )
        if wanted == "utf-16" and head:
            raise EncodingError(
                f"byte 0: no byte order mark of {self.encoding}",
                where=str(self.path),
                remedy="say utf-16le or utf-16be, or utf-8 if it is that, in the mapping's csvw:encoding",
            )
        return wanted, 0

    def _undecodable(self, error: UnicodeDecodeError, offset: int, block_length: int) -> SourceError:
        if block_length == 0:
            return TableError(
                f"cut in the middle of a character at byte {offset}",
                where=str(self.path),
                remedy="fetch it again",
            )
        return EncodingError(
            f"byte {offset} is not {self.encoding}: {error.reason}",
            where=str(self.path),
            remedy=self._advice(),
        )

    def _advice(self) -> str:
        return "correct the file, or the csvw:encoding in the mapping"

    def _is_too_long(self, line: str) -> bool:
        limit = self.max_line_bytes
        return len(line) * 4 > limit and len(line.encode(self.encoding)) > limit

    def _refuse_length(self) -> None:
        raise TableError(
            f"a line or quoted record longer than {self.max_line_bytes} bytes",
            where=f"{self.path}, after line {self.count}",
            remedy="close the quote or correct the line; the setting load.max_line_bytes bounds it",
        )

"""The pages that a server's interface answers with, one after the other, all together within a limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx2

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.download import Asking, download, say_nothing

_HIDDEN = "***"


class Pages:
    """Pages of the server at `where`, each on the disk only while it comes, in `folder`.

    `explain` reads what the server says of a refusal from its body.
    """

    def __init__(
        self, client: Client, folder: Path, where: str, explain: Callable[[bytes], str] = say_nothing
    ) -> None:
        self._client = client
        self._page = folder / "page"
        self._where = where
        self._explain = explain
        self._size = 0

    def get(self, url: str, private: Callable[[], Mapping[str, str]] = dict) -> bytes:
        """One page. `private` gives parameters that stand in no log and no error, for each attempt anew.

        Raises FetchError when it does not come, or when all pages are longer than fetch.max_mb.
        """
        sent: set[str] = set()

        def sending() -> Mapping[str, str]:
            parameters = private()
            sent.update(parameters.values())
            return parameters

        def hide(text: str) -> str:
            return _without(text, sent)

        asking = Asking(private=sending, explain=lambda body: hide(self._explain(body)))
        try:
            download(self._client, url, self._page, asking)
            content = self._page.read_bytes()
        except FetchError as error:
            raise type(error)(hide(error.what), where=hide(error.where), remedy=error.remedy) from None
        finally:
            self._page.unlink(missing_ok=True)
        self._check_size(len(content))
        return content

    def _check_size(self, more: int) -> None:
        """A list may have no end."""
        limit = self._client.limits.max_mb
        self._size += more
        if self._size > limit << 20:
            raise FetchError(
                f"lists more than {limit} MiB (fetch.max_mb)",
                where=self._where,
                remedy="harvest a part of it, or raise the limit in kamara.toml",
            )


def address(url: str, query: Mapping[str, str]) -> str:
    """An address with these parameters added to its own. Raises FetchError when it is none."""
    try:
        return str(httpx2.URL(url).copy_merge_params(dict(query)))
    except httpx2.InvalidURL as error:
        raise FetchError(
            "is no address", where=url[:200], remedy="correct the table [fetch] in source.toml"
        ) from error


def _without(text: str, secrets: Iterable[str]) -> str:
    """A text without the secrets: a server may repeat what it was asked with."""
    spellings = {form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret))}
    for spelling in sorted(spellings - {""}, key=len, reverse=True):
        text = text.replace(spelling, _HIDDEN)
    return text

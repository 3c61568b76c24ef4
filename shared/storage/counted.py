"""A container that counts its calls, for benchmarks and tests."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from shared.storage.blob import BlobEntry
from shared.storage.container import PAGE_SIZE, Container


class CountedContainer:
    """A container that counts by operation the calls that a storage service would get."""

    def __init__(self, inner: Container) -> None:
        self._inner = inner
        self.calls: Counter[str] = Counter()

    def list(
        self,
        prefix: str = "",
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        *,
        complete: bool = False,
    ) -> Iterator[BlobEntry]:
        """List blobs: a call for each page, and one for an empty listing."""
        self.calls["list"] += 1
        entries = self._inner.list(prefix, after, page_size, complete=complete)
        for number, entry in enumerate(entries):
            if number and number % page_size == 0:
                self.calls["list"] += 1
            yield entry

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(self._inner, operation)

        def count(*arguments: Any, **options: Any) -> Any:
            self.calls[operation] += 1
            return method(*arguments, **options)

        return count

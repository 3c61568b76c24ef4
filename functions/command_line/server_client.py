"""HTTP from the command line to a server: calls with a key, and probes without one."""

import email.utils
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import httpx

from shared.retry_after import retry_after_s
from shared.settings.values import web_address
from shared.version import USER_AGENT

KEY_HEADER = "Ocp-Apim-Subscription-Key"
_TIMEOUT = httpx.Timeout(120.0, connect=10.0)
_PROBE_TIMEOUT_S = 2.0
_BUSY = frozenset({429, 502, 503, 504})
_WAITS_S = (1.0, 2.0, 4.0, 8.0)
_LONGEST_WAIT_S = 30.0
_MOST_ERROR_CHARACTERS = 500


class ServerError(OSError):
    """The server cannot be reached, or refuses; the message is for the user, without the key.

    status: of the answer; 0 without one.
    """

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class ServerClient:
    """Calls one server. The key goes to that server alone, over HTTPS or as the user wrote it.

    Parameters
    ----------
    server: base of its addresses, such as `https://speech.example`.
    uses_proxies: whether proxies and certificates of the environment (`HTTPS_PROXY`,
        `SSL_CERT_FILE`) are used.
    transport, sleep: for tests.

    Raises
    ------
    ServerError: the address cannot be read, or no header can carry the key.
    """

    def __init__(
        self,
        server: str,
        key: str | None,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        *,
        uses_proxies: bool = True,
    ) -> None:
        if key is not None and not (key.isascii() and key.isprintable()):
            raise ServerError("The key has a character that no header can carry.")
        try:
            self._base = web_address(server)
        except ValueError:
            raise ServerError("The server is an address such as https://speech.example.") from None
        self._headers = {KEY_HEADER: key} if key else {}
        self._sleep = sleep
        self._http = httpx.Client(
            transport=transport,
            headers={"User-Agent": USER_AGENT},
            timeout=_TIMEOUT,
            follow_redirects=False,
            trust_env=uses_proxies,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
    ) -> httpx.Response:
        """Send a request to a path of the server; wait and repeat it while the server is busy.

        Raises
        ------
        ServerError: no answer, or a status of 300 or more.
        """
        for wait_s in (*_WAITS_S, None):
            try:
                answer = self._http.request(
                    method, f"{self._base}{path}", params=params, json=body, headers=self._headers
                )
            except httpx.HTTPError as error:
                failure = self._unreachable(error)
            else:
                if answer.is_success:
                    return answer
                failure = _refusal(answer)
                if answer.status_code in _BUSY and wait_s is not None:
                    self._sleep(retry_after_s(answer.headers, wait_s, _LONGEST_WAIT_S))
                    continue
            break
        # Raised outside of the handler: the error of the library has the request with its key.
        raise failure

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> tuple[int, bytes]:
        """Send a request once; return status and body of the answer, whatever the status is.

        Raises
        ------
        ServerError: no answer.
        """
        failure: ServerError | None = None
        try:
            answer = self._http.request(
                method,
                f"{self._base}{path}",
                headers=self._headers | dict(headers or {}),
                content=content,
                data=data,
                files=files,
                json=body,
            )
        except httpx.HTTPError as error:
            failure = self._unreachable(error)
        if failure is not None:
            raise failure
        return answer.status_code, answer.content

    @contextmanager
    def download(self, address: str) -> Iterator[Iterator[bytes]]:
        """Read an address that an answer names, without the key: its signature suffices.

        Raises
        ------
        ServerError: no answer, or another status than 200.
        """
        failure: ServerError | None = None
        try:
            with self._http.stream("GET", address, follow_redirects=True) as answer:
                if answer.status_code != httpx.codes.OK:
                    answer.read()
                    raise _refusal(answer)
                yield answer.iter_bytes()
        except httpx.HTTPError as error:
            failure = self._unreachable(error)
        if failure is not None:
            raise failure

    def _unreachable(self, error: httpx.HTTPError) -> ServerError:
        reasons: dict[type[Exception], str] = {
            httpx.ConnectTimeout: "it does not answer",
            httpx.TimeoutException: "it did not answer in time",
            httpx.ConnectError: "no connection, or its certificate is not trusted",
            httpx.ProtocolError: "it broke off, or speaks no HTTP",
        }
        reason = next((text for kind, text in reasons.items() if isinstance(error, kind)), "")
        return ServerError(f"{self._base} cannot be used: {reason or type(error).__name__}.")


def _refusal(answer: httpx.Response) -> ServerError:
    """Describe a refusal in the server's words, and with what to do about the common ones."""
    status = answer.status_code
    said = _message(answer)
    if status == httpx.codes.UNAUTHORIZED:
        return ServerError("The server refuses the key: give it with --key.", status)
    if status == httpx.codes.NOT_IMPLEMENTED:
        said = said or "it does not serve this"
    return ServerError(f"The server answers {status}{f': {said}' if said else ''}", status)


def _message(answer: httpx.Response) -> str:
    with suppress(ValueError):
        body = answer.json()
        found = body.get("error", body) if isinstance(body, dict) else None
        if isinstance(found, dict) and isinstance(found.get("message"), str):
            return str(found["message"])[:_MOST_ERROR_CHARACTERS]
    return ""


def is_sotto(address: str) -> bool:
    """Whether the probe of a Sotto server answers at an address of this machine; sends no key."""
    context = ssl.create_default_context()
    # The certificate is for other names than an address of loopback; nothing secret is sent.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        suppress(httpx.HTTPError, ValueError),
        httpx.Client(verify=context, timeout=_PROBE_TIMEOUT_S, trust_env=False) as client,
    ):
        answer = client.get(f"{address}/status").json()
        return isinstance(answer, dict) and answer.get("service") == "speechtotext"
    return False


def served_time(address: str, timeout_s: float) -> datetime | None:
    """Return the time that a service gives in its answer; None without one."""
    try:
        answer = httpx.head(address, timeout=timeout_s, trust_env=False, follow_redirects=False)
        return email.utils.parsedate_to_datetime(answer.headers.get("Date", ""))
    except (httpx.HTTPError, ValueError):
        return None

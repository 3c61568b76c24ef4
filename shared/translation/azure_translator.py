"""Azure AI Translator: sends text to the cloud with a key or the identity of the process.

https://learn.microsoft.com/azure/ai-services/translator/reference/v3-0-translate
"""

import time
from collections.abc import Callable, Iterator, Sequence

import httpx

from shared.errors import TranslationUnavailable
from shared.retry_after import retry_after_s
from shared.settings import Settings
from shared.storage.azure_account import azure_credential
from shared.translation.languages import all_languages
from shared.version import USER_AGENT

GLOBAL_ENDPOINT = "https://api.cognitive.microsofttranslator.com"
CUSTOM_DOMAIN_PATH = "/translator/text/v3.0"
_SCOPE = "https://cognitiveservices.azure.com/.default"

MAX_TEXTS = 1_000
MAX_CHARACTERS = 50_000

# Statuses worth a retry; three more tries after 1, 2 and 4 s, or after the service's Retry-After.
_TRANSIENT_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
_WAITS_S = (1.0, 2.0, 4.0)
_LONGEST_WAIT_S = 10.0

# Languages of Sotto's table that the service does not have.
_MISSING = frozenset({"ast", "br", "oc", "sa", "sc", "su", "yi"})


class AzureTranslator:
    """One resource of the service. Methods may be called from any thread.

    transport, sleep: for tests.
    """

    name = "azure"

    def __init__(
        self,
        settings: Settings,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        endpoint = settings.azure_translator_endpoint
        path = CUSTOM_DOMAIN_PATH if endpoint and "cognitiveservices" in endpoint else ""
        self._url = f"{endpoint or GLOBAL_ENDPOINT}{path}/translate"
        self._settings = settings
        self._sleep = sleep
        self._languages = frozenset(one.code for one in all_languages()) - _MISSING
        self._client = httpx.Client(
            transport=transport,
            headers={"User-Agent": USER_AGENT},
            timeout=httpx.Timeout(30.0, connect=5.0),
            follow_redirects=False,
            trust_env=False,
        )

    def languages(self) -> frozenset[str]:
        """Return the service's languages of Sotto's table, without a request."""
        return self._languages

    def can_translate(self, source: str, target: str) -> bool:
        """Whether the service has both languages."""
        return source in self._languages and target in self._languages

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str]:
        """Translate in as many requests as the limits of the service require.

        Raises
        ------
        TranslationUnavailable: the service refuses, or does not answer after four tries. The
            message has the status.
        """
        query = {"api-version": "3.0", "from": source, "to": target}
        return [
            text
            for batch in _split_batches(texts)
            for text in self._ask(query, [{"Text": text} for text in batch])
        ]

    def _ask(self, query: dict[str, str], body: list[dict[str, str]]) -> list[str]:
        answer = self._request(query, body)
        try:
            written = [str(element["translations"][0]["text"]) for element in answer.json()]
        except (ValueError, LookupError, TypeError):
            written = []
        if len(written) != len(body):  # raised outside the handler, which may quote the answer
            raise TranslationUnavailable("Azure AI Translator sent an unexpected answer.")
        return written

    def _request(self, query: dict[str, str], body: list[dict[str, str]]) -> httpx.Response:
        status = 0
        for wait_s in (*_WAITS_S, None):
            response = self._post(query, body)
            status = response.status_code if response is not None else 0
            if response is not None and status == httpx.codes.OK:
                return response
            if wait_s is None or (response is not None and status not in _TRANSIENT_STATUSES):
                break
            answered = {} if response is None else response.headers
            self._sleep(retry_after_s(answered, wait_s, _LONGEST_WAIT_S))
        reason = f"answered {status}" if status else "cannot be reached"
        raise TranslationUnavailable(f"Azure AI Translator {reason}.")

    def _post(self, query: dict[str, str], body: list[dict[str, str]]) -> httpx.Response | None:
        """One try; None where there was no answer."""
        headers = self._credentials()
        try:
            return self._client.post(self._url, params=query, headers=headers, json=body)
        except httpx.HTTPError:
            return None

    def _credentials(self) -> dict[str, str]:
        settings = self._settings
        region = settings.azure_translator_region
        headers = {} if region is None else {"Ocp-Apim-Subscription-Region": region}
        if settings.azure_translator_key is not None:
            return headers | {"Ocp-Apim-Subscription-Key": settings.azure_translator_key}
        return headers | {"Authorization": f"Bearer {_token()}"}


def _token() -> str:
    """Return an access token of the process's identity; the credential caches it."""
    try:
        return azure_credential().get_token(_SCOPE).token
    except Exception as error:  # noqa: BLE001 - each kind of credential has its own errors
        kind = type(error).__name__
    raise TranslationUnavailable(f"The identity of this process gets no token ({kind}).")


def _split_batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Group texts into requests within the limits; a longer text is a request by itself."""
    batch: list[str] = []
    n_characters = 0
    for text in texts:
        if batch and (len(batch) >= MAX_TEXTS or n_characters + len(text) > MAX_CHARACTERS):
            yield batch
            batch, n_characters = [], 0
        batch.append(text)
        n_characters += len(text)
    if batch:
        yield batch

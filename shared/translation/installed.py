"""Available translators: those of `SOTTO_TRANSLATORS`."""

from shared.settings import Settings
from shared.translation.chain import TranslatorChain
from shared.translation.translator import Translator
from shared.translation.whisper_task import WhisperTask


def translator_chain(settings: Settings) -> TranslatorChain:
    """Make the translators of the settings, in their order; loads no model, sends no request.

    Raises
    ------
    ConfigurationError: a folder has no model, or a cloud service has no region.
    """
    chain: list[Translator | WhisperTask] = []
    for name in settings.translators:
        chain += _translators(name, settings)
    return TranslatorChain(chain)


def _translators(name: str, settings: Settings) -> list[Translator | WhisperTask]:
    """Make the adapters of one name; imported here, since most servers need one or two."""
    if name == "ctranslate2":
        from shared.translation.ctranslate2_translator import (  # noqa: PLC0415
            ctranslate2_translators,
        )

        return [*ctranslate2_translators(settings)]
    if name == "azure":
        from shared.translation.azure_translator import AzureTranslator  # noqa: PLC0415

        return [AzureTranslator(settings)]
    if name == "amazon":
        from shared.translation.amazon_translate import AmazonTranslate  # noqa: PLC0415

        return [AmazonTranslate()]
    if name == "apertium":
        from shared.translation.apertium import ApertiumTranslator  # noqa: PLC0415

        return [ApertiumTranslator()]
    return [WhisperTask(settings)]

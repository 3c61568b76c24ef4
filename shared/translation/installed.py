"""Who translates on this machine: what `SOTTO_TRANSLATORS` names and is there."""

from shared.settings import Settings
from shared.translation.chain import TranslatorChain
from shared.translation.translator import Translator
from shared.translation.whisper_task import WhisperTask


def translator_chain(settings: Settings) -> TranslatorChain:
    """Look up the translators of the settings, in their order; loads no model, asks nobody.

    Raises
    ------
    ConfigurationError: a folder that holds no model, or a cloud service without its region.
    """
    chain: list[Translator | WhisperTask] = []
    for name in settings.translators:
        chain += _translators(name, settings)
    return TranslatorChain(chain)


def _translators(name: str, settings: Settings) -> list[Translator | WhisperTask]:
    """Adapters of one name; imported here, because most servers need one or two of them."""
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

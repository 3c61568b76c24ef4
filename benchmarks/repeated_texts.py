"""Texts of the repetition sweep, written for it, such as people say several times.

Each language has short sounds and words, numbers, refusals, alarms, announcements, chants and whole
sentences. Languages are those that a local voice speaks well enough to be recognised.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Repeated:
    """A text of one kind, such as `word` or `announcement`."""

    kind: str
    text: str


REPEATED: dict[str, tuple[Repeated, ...]] = {
    "en": (
        Repeated("sound", "Ha."),
        Repeated("sound", "Hey!"),
        Repeated("word", "No."),
        Repeated("word", "Yes."),
        Repeated("word", "Order."),
        Repeated("word", "Never."),
        Repeated("word", "Louder."),
        Repeated("word", "Goal!"),
        Repeated("number", "Seven."),
        Repeated("number", "Twenty-five."),
        Repeated("counting", "One, two, three."),
        Repeated("counting", "Five, four, three, two, one."),
        Repeated("refusal", "No, thank you."),
        Repeated("refusal", "I don't want to."),
        Repeated("alarm", "Fire!"),
        Repeated("alarm", "Evacuate the building now."),
        Repeated("alarm", "Mayday, mayday."),
        Repeated("announcement", "Please hold. Your call is important to us."),
        Repeated("announcement", "Mind the gap."),
        Repeated("announcement", "This station is closed."),
        Repeated("chant", "We want more."),
        Repeated("chant", "Tear down the fence."),
        Repeated("sentence", "The bus is late again."),
        Repeated("sentence", "All work and no play makes Jack a dull boy."),
        Repeated("sentence", "She walked along the river until it was dark."),
    ),
    "es": (
        Repeated("word", "No."),
        Repeated("word", "Gracias."),
        Repeated("number", "Siete."),
        Repeated("counting", "Uno, dos, tres."),
        Repeated("refusal", "No quiero."),
        Repeated("announcement", "No se retire, por favor."),
        Repeated("sentence", "El tren llega con retraso."),
    ),
    "fr": (
        Repeated("word", "Non."),
        Repeated("word", "Encore."),
        Repeated("number", "Quinze."),
        Repeated("counting", "Un, deux, trois."),
        Repeated("refusal", "Je ne veux pas."),
        Repeated("announcement", "Veuillez patienter."),
        Repeated("sentence", "Le train est en retard."),
    ),
    "it": (
        Repeated("word", "No."),
        Repeated("word", "Ancora."),
        Repeated("number", "Sette."),
        Repeated("counting", "Uno, due, tre."),
        Repeated("refusal", "Non voglio."),
        Repeated("announcement", "Attenda in linea, per favore."),
        Repeated("sentence", "Il treno è in ritardo."),
    ),
    "pt": (
        Repeated("word", "Sim."),
        Repeated("word", "Obrigado."),
        Repeated("number", "Sete."),
        Repeated("counting", "Um, dois, três."),
        Repeated("refusal", "Eu não quero."),
        Repeated("announcement", "Aguarde na linha, por favor."),
        Repeated("sentence", "O trem está atrasado."),
    ),
}
VOICES: dict[str, tuple[str, ...]] = {
    "en": ("en-US-JoeNeural", "af_heart", "am_michael", "bf_emma", "bm_george"),
    "es": ("ef_dora", "em_alex"),
    "fr": ("ff_siwis",),
    "it": ("if_sara", "im_nicola"),
    "pt": ("pf_dora", "pm_alex"),
}

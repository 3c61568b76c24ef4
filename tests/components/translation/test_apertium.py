"""Apertium as it is installed: real text, long-lived processes, and their failures."""

import os
import signal
import sys
import threading

import pytest

from shared.errors import TranslationUnavailable
from shared.translation.apertium import MAX_PIPELINES, ApertiumTranslator


@pytest.fixture(scope="module")
def translator(apertium):
    made = ApertiumTranslator(apertium.parent)
    yield made
    made.stop()


def running(translator):
    """Process ids of all programs under way."""
    return [
        process.pid
        for pipeline in translator._pipelines.values()
        for process in pipeline._processes
    ]


def test_the_installed_pairs_are_offered(translator):
    for pair in [("en", "es"), ("es", "en"), ("en", "ca"), ("ca", "en")]:
        assert translator.can_translate(*pair)
    assert not translator.can_translate("es", "de")
    assert {"ca", "en", "es"} <= translator.languages()


@pytest.mark.parametrize(
    ("source", "target", "text", "translation"),
    [
        ("en", "es", "I like the houses.", "Me gustan las casas."),
        ("en", "ca", "Hello, the children are playing.", "Hola, els nens estan jugant."),
        ("es", "en", "Los niños están jugando. No entiendo",
         "The boys are playing. I do not understand"),
    ],
)  # fmt: skip
def test_real_text_is_translated(translator, source, target, text, translation):
    """Understandable, not fluent: what rules and dictionaries give."""
    assert translator.translate([text], source, target) == [translation]


def test_texts_keep_their_order_and_lines_stay_lines(translator):
    texts = ["Hello.\n\nHouses.", "Thank you.", "Hello\r\nHouse"]
    assert translator.translate(texts, "en", "es") == [
        "Hola.\n\nCasas.", "Gracias.", "Hola\nCasa",
    ]  # fmt: skip


def test_markup_of_apertiums_stream_format_is_text(translator):
    text = r"[x] {y} ^z$ 5/3 \ a@b <b> #1"
    assert translator.translate([text], "en", "es") == [text]


def test_control_characters_do_not_end_a_text(translator):
    assert translator.translate(["The\0house\x1b"], "en", "es") == ["La casa "]


def test_an_unknown_word_goes_through_without_a_mark(translator):
    assert translator.translate(["The zorblax"], "en", "es") == ["El zorblax"]


def test_more_text_than_a_pipe_holds_goes_through(translator):
    """Written while the answer is read: 100 kB of one line."""
    text = "The house. " * 9_000
    (translated,) = translator.translate([text], "en", "es")
    assert translated.count("casa") == 9_000


def test_the_processes_stay(translator):
    translator.translate(["Hello"], "en", "es")
    before = running(translator)
    translator.translate(["Hello"], "en", "es")
    assert running(translator) == before


def test_a_pipeline_that_ended_is_started_again(translator):
    translator.translate(["Hello"], "en", "es")
    for process in running(translator):
        os.kill(process, signal.SIGKILL)
    assert translator.translate(["Hello"], "en", "es") == ["Hola"]


def test_several_threads_each_get_their_own_answer(translator):
    found = {}

    def ask(number):
        (found[number],) = translator.translate([f"{number} houses"], "en", "es")

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"{number} casas" for number in range(10, 20)}


def test_stop_ends_all_processes(apertium):
    translator = ApertiumTranslator(apertium.parent)
    translator.translate(["Hello"], "en", "es")
    processes = running(translator)
    translator.stop()
    assert len(processes) > 5
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


# Modes made up of a program that misbehaves, under a name that is taken for Apertium's own.


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Make a translator whose only program, in place of lt-proc, runs a line of Python."""

    def make(code, *, answer_s=20.0, names=("eng-spa",)):
        program = tmp_path / "lt-proc"
        program.write_text(f"#!{sys.executable} -IS\nimport os, time\n{code}\n")
        program.chmod(0o755)
        (tmp_path / "modes").mkdir(exist_ok=True)
        for name in names:
            (tmp_path / "modes" / f"{name}.mode").write_text("lt-proc $1 'it''s.bin'")
        monkeypatch.setattr(os, "defpath", str(tmp_path))
        return ApertiumTranslator(tmp_path, answer_s)

    return make


ECHO = "while True: os.write(1, os.read(0, 1 << 16))"


def test_one_that_does_not_answer_in_time_is_ended(made_up):
    translator = made_up("time.sleep(60)", answer_s=0.2)
    with pytest.raises(TranslationUnavailable, match="in time"):
        translator.translate(["Hello"], "en", "es")
    assert running(translator) == []


@pytest.mark.parametrize("code", ["", r"os.read(0, 99); os.write(1, b'\xff[]\0')", "os._exit(1)"])
def test_one_that_fails_twice_is_unavailable_without_quoting_the_text(made_up, code):
    translator = made_up(code)
    with pytest.raises(TranslationUnavailable) as failed:
        translator.translate(["Zanzibar"], "en", "es")
    assert str(failed.value) == "Apertium does not answer."
    assert failed.value.__cause__ is None
    assert failed.value.__context__ is None


def test_the_pipeline_that_was_used_longest_ago_makes_room(made_up):
    targets = ["spa", "cat", "glg", "deu", "fra"]
    translator = made_up(ECHO, names=[f"eng-{target}" for target in targets])
    for target in ["es", "ca", "gl", "de", "fr"]:
        assert translator.translate(["Hello"], "en", target) == ["Hello"]
    assert len(running(translator)) == MAX_PIPELINES
    assert "eng-spa.mode" not in translator._pipelines
    translator.stop()


def test_a_pair_with_a_program_that_cannot_stay_is_not_offered(made_up, tmp_path):
    translator = made_up(ECHO)
    (tmp_path / "modes" / "eng-cat.mode").write_text("lt-proc a.bin | sed s/a/b/")
    assert not ApertiumTranslator(tmp_path).can_translate("en", "ca")
    assert translator.can_translate("en", "es")


def test_without_apertium_nothing_is_offered(tmp_path):
    assert ApertiumTranslator(tmp_path).languages() == frozenset()


def test_a_pair_that_is_installed_while_the_server_runs_is_offered(made_up, tmp_path):
    translator = made_up(ECHO)
    assert not translator.can_translate("en", "ca")
    (tmp_path / "modes" / "eng-cat.mode").write_text("lt-proc a.bin")
    change(tmp_path / "modes")
    assert translator.can_translate("en", "ca")
    assert translator.languages() == {"en", "es", "ca"}
    assert translator.translate(["Hello"], "en", "ca") == ["Hello"]
    translator.stop()


def test_a_pair_whose_programs_come_after_its_modes_is_offered_then(made_up, tmp_path):
    translator = made_up(ECHO)
    (tmp_path / "lt-proc").rename(tmp_path / "unpacked-later")
    change(tmp_path)
    assert not translator.can_translate("en", "es")
    (tmp_path / "unpacked-later").rename(tmp_path / "lt-proc")
    change(tmp_path)
    assert translator.can_translate("en", "es")


def test_a_pair_that_is_removed_while_the_server_runs_is_unavailable(made_up, tmp_path):
    translator = made_up(ECHO)
    assert translator.can_translate("en", "es")
    (tmp_path / "modes" / "eng-spa.mode").unlink()
    change(tmp_path / "modes")
    with pytest.raises(TranslationUnavailable, match="no longer"):
        translator.translate(["Hello"], "en", "es")
    assert not translator.can_translate("en", "es")


def change(folder):
    """Give a folder a time of change of its own, however coarse the file system's clock is."""
    changed_ns = folder.stat().st_mtime_ns + 1_000_000_000
    os.utime(folder, ns=(changed_ns, changed_ns))

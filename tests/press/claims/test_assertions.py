"""Which cells assert something that is certain to be checked."""

import pytest

from press.claims.assertions import count_assertions, enumerates


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("assert x == 1", 1),
        ("assert x == 1\nassert y", 2),
        ("torch.testing.assert_close(x, y)", 1),
        ("assert_close(x, y)", 1),
        ("with raises(ValueError, 'words'):\n    f()", 1),
        ("with pytest.raises(ValueError, match='words'):\n    f()", 1),
        ("with torch.no_grad():\n    assert x", 1),
        ("for a in (1, 2):\n    assert a", 1),
        ("for a, b in {1: 2}.items():\n    assert a", 1),
        ("for a in range(3):\n    assert a", 1),
        ("for a in range(1, 8):\n    assert a", 1),
        ("print(x)", 0),
        ("x == 1", 0),
        ("assert True", 0),
        ("assert (x == 1, 'message')", 0),
        ("def check():\n    assert x", 0),
        ("if x:\n    assert x", 0),
        ("for a in []:\n    assert a", 0),
        ("for a in things:\n    assert a", 0),
        ("for a in range(n):\n    assert a", 0),
        ("for a in range(0):\n    assert a", 0),
        ("for a in range(4, 4):\n    assert a", 0),
        ("while x:\n    assert x", 0),
        ("try:\n    assert x\nexcept AssertionError:\n    pass", 0),
        ("with suppress(AssertionError):\n    assert x", 0),
        ("with raises(ValueError, 'words'):\n    f()\n    assert x", 1),
        ("@given(n=integers())\ndef check(n):\n    assert n\ncheck()", 1),
        ("@given(n=integers())\ndef check(n):\n    assert n", 0),
    ],
)
def test_count(source: str, count: int) -> None:
    assert count_assertions(source) == count


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("for a in things:\n    assert a", True),
        ("for a in things:\n    assert_close(a, b)", True),
        ("for a in things:\n    with raises(ValueError, 'words'):\n        a()", True),
        ("assert all(a for a in things)", True),
        ("assert not any(map(bad, things))", True),
        ("assert {a for a in things} == {1}", True),
        ("@given(n=integers())\ndef check(n):\n    assert n\ncheck()", True),
        ("assert a == b", False),
        ("for a in things:\n    print(a)\nassert a", False),
        ("not Python", False),
    ],
)
def test_what_goes_through_cases(source: str, expected: bool) -> None:
    assert enumerates(source) == expected

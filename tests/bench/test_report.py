"""The report says where the package loses."""

from collections.abc import Callable

from .measure import FLOOR, Contest
from .report import losses


def contest(title: str, **speeds: list[float]) -> Contest:
    names = {"ours": "this package", "first": "first", "second": "second", "floor": FLOOR}
    turns: dict[str, Callable[[], object]] = {names[name]: lambda: None for name in speeds}
    return Contest(title, 1, ["first"], turns, {names[name]: speed for name, speed in speeds.items()})


def test_each_faster_system_is_named_and_the_fastest_first() -> None:
    won = contest("Won", ours=[3, 4, 5], first=[1, 2, 9], floor=[9, 9, 9])
    lost = contest("Lost", ours=[3, 4, 5], first=[5, 5, 5], second=[1, 6, 6])
    assert losses([won, lost]) == ["By the medians this package is slower than others:", "", "- Lost: second; first."]


def test_no_loss_is_said_too() -> None:
    (line,) = losses([contest("Won", ours=[3, 4, 5], first=[1, 2, 9])])
    assert line == "By the medians this package is slower than no other system."

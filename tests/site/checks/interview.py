"""Interview practice: nothing is given away before it is asked for, and order, choice and progress do what they say."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.site.reading import Reader

PAGE = "interview.html"
QUESTION = ".interview-question"
VERDICT = ".interview-claim .claim-verdict"

Expect = Callable[[str, bool], None]


def in_sight(found: Locator) -> int:
    """Count the elements that a reader sees."""
    return int(found.evaluate_all("(all) => all.filter((one) => one.checkVisibility({contentVisibilityAuto: true})).length"))


def order(page: Page) -> list[str]:
    """List the questions in the order in which they stand."""
    return [str(key) for key in page.locator(QUESTION).evaluate_all("(all) => all.map((one) => one.id)")]


def faults(reader: Reader) -> list[str]:
    """Practise: with keys, with the buttons, and after a reload."""
    with reader.open(PAGE) as opened:
        page, found = opened.page, opened.faults
        questions = page.locator(QUESTION)
        total = questions.count()
        if total < 2 or page.locator(".interview-bar").count() != 1:
            return [*found, f"interview: {total} questions, {page.locator('.interview-bar').count()} bars"]

        def expect(what: str, is_so: bool) -> None:
            """Note what is not so."""
            if not is_so:
                found.append(f"interview: not so: {what}")

        expect("all questions are in sight", in_sight(questions) == total)
        expect("no answer is open", page.locator(".interview-answer[open]").count() == 0)
        expect("no verdict is in sight", in_sight(page.locator(VERDICT)) == 0)
        with_keys(page, expect)
        page.reload()
        expect("progress is kept over a reload", page.locator(".interview-progress").inner_text().startswith("1 known"))
        with_buttons(page, expect, total)
        return found


def with_keys(page: Page, expect: Expect) -> None:
    """Open the first question, look at its verdicts, and tick it off, without a mouse."""
    first = page.locator(QUESTION).first
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect("Enter opens the answer", first.locator(".interview-answer[open]").count() == 1)
    expect("an answer does not show the verdicts", in_sight(first.locator(VERDICT)) == 0)
    page.keyboard.press("v")
    expect("v shows the verdicts", in_sight(first.locator(VERDICT)) == first.locator(VERDICT).count() > 0)
    page.keyboard.press("y")
    expect("y ticks the question off", page.locator(".interview-progress").inner_text().startswith("1 known"))


def with_buttons(page: Page, expect: Expect, total: int) -> None:
    """Use the bar: one page's questions, without the known one, one at a time, shuffled, and all forgotten."""
    questions, bar = page.locator(QUESTION), page.locator(".interview-bar")
    topic = page.locator(".interview-topic").nth(1)
    bar.locator("select").select_option(index=2)
    expect("a topic shows its own questions", 0 < in_sight(questions) == topic.locator(QUESTION).count() < total)
    bar.locator("select").select_option(index=0)
    bar.get_by_label("Hide what I knew").check()
    expect("a known question can be hidden", in_sight(questions) == total - 1)
    bar.get_by_label("Hide what I knew").uncheck()
    bar.get_by_label("One at a time").check()
    expect("one question is in sight", in_sight(questions) == 1)
    bar.get_by_label("One at a time").uncheck()
    before = order(page)
    bar.get_by_role("button", name="Shuffle").click()
    expect("shuffling changes the order", order(page) != before)
    expect("shuffling loses no question", sorted(order(page)) == sorted(before))
    bar.get_by_role("button", name="In order").click()
    expect("the order comes back", order(page) == before)
    page.once("dialog", lambda dialog: dialog.accept())
    bar.get_by_role("button", name="Reset").click()
    expect("a reset forgets", page.locator(".interview-progress").inner_text().startswith("0 known"))

"""Interview practice: nothing is given away before it is asked for, and order, choice and progress do what they say."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page

from tests.site.reading import Reader

PAGE = "interview.html"
QUESTION = ".interview-question"
ON_SCREEN = "(one) => { const box = one.getBoundingClientRect(); return box.top >= 0 && box.top < innerHeight; }"
LATER = """(days) => {
  const real = Date;
  Date = class extends real { constructor() { super(real.now() + days * 864e5); } };
}"""
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
        wide = bool(page.evaluate("matchMedia('(min-width: 60rem)').matches"))
        expect("the controls wait on a phone", (in_sight(page.locator(".interview-row")) > 0) == wide)
        expect("no answer is open", page.locator(".interview-answer[open]").count() == 0)
        expect("no verdict is in sight", in_sight(page.locator(VERDICT)) == 0)
        with_keys(page, expect)
        page.reload()
        expect("progress is kept over a reload", page.locator(".interview-progress").inner_text().startswith("1 known"))
        page.locator(".interview-bar").evaluate("(bar) => (bar.open = true)")
        with_buttons(page, expect, total)
        with_dates(page, expect)
        with_files(page, expect)
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
    bar.get_by_label("Topic").select_option(index=2)
    expect("a topic shows its own questions", 0 < in_sight(questions) == topic.locator(QUESTION).count() < total)
    bar.get_by_label("Topic").select_option(index=0)
    bar.get_by_label("Show").select_option("left")
    expect("a known question can be hidden", in_sight(questions) == total - 1)
    bar.get_by_label("Show").select_option("ten")
    expect("ten questions are in sight", in_sight(questions) == min(10, total - 1))
    bar.get_by_label("Show").select_option("all")
    bar.get_by_label("One at a time").check()
    expect("one question is in sight", in_sight(questions) == 1)
    bar.get_by_label("One at a time").uncheck()
    before = order(page)
    bar.get_by_role("button", name="Shuffle").click()
    expect("shuffling changes the order", order(page) != before)
    expect("shuffling loses no question", sorted(order(page)) == sorted(before))
    expect("the next question is on the screen", page.locator(QUESTION).first.evaluate(ON_SCREEN))
    mixed = order(page)
    page.reload()
    expect("the order is kept over a reload", order(page) == mixed)
    page.locator(".interview-bar").evaluate("(bar) => (bar.open = true)")
    bar.get_by_role("button", name="In order").click()
    expect("the order comes back", order(page) == before)
    page.once("dialog", lambda dialog: dialog.accept())
    bar.get_by_role("button", name="Reset").click()
    expect("a reset forgets", page.locator(".interview-progress").inner_text().startswith("0 known"))


def with_dates(page: Page, expect: Expect) -> None:
    """Know a question twice, and miss another: this is due today, and that after one day and after three more."""
    questions, bar = page.locator(QUESTION), page.locator(".interview-bar")
    page.keyboard.press("j")
    page.keyboard.press("y")
    page.keyboard.press("a")
    bar.get_by_label("Show").select_option("wrong")
    expect("what was wrong is in sight alone", in_sight(questions) == 1)
    bar.get_by_label("Show").select_option("due")
    expect("what was wrong is due today", in_sight(questions) == 1)
    page.evaluate(LATER, 1)
    bar.get_by_label("Show").select_option("all")
    bar.get_by_label("Show").select_option("due")
    expect("what was known is due tomorrow", in_sight(questions) == 2)
    page.keyboard.press("j")
    page.keyboard.press("y")
    expect("what is known again is not due", in_sight(questions) == 1)
    bar.get_by_label("Show").select_option("all")
    kept = page.evaluate("JSON.parse(localStorage.interview).marks")
    expect("a question that is known twice has two steps", sorted(mark["box"] for mark in kept.values()) == [0, 2])


def with_files(page: Page, expect: Expect) -> None:
    """Write the progress into a file, forget it, and read it again; another file is refused."""
    bar = page.locator(".interview-bar")
    before = page.locator(".interview-progress").inner_text()
    with page.expect_download() as written:
        bar.get_by_role("button", name="Export progress").click()
    page.once("dialog", lambda dialog: dialog.accept())
    bar.get_by_role("button", name="Reset").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("input[type=file]").set_input_files({"name": "other.json", "mimeType": "application/json", "buffer": b"[1]"})
    expect("another file changes nothing", page.locator(".interview-progress").inner_text().startswith("0 known"))
    page.locator("input[type=file]").set_input_files(written.value.path())
    page.wait_for_function("(text) => document.querySelector('.interview-progress').textContent === text", arg=before)

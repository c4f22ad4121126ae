"""The model in the page: nothing is loaded before it is asked, answers follow what the reader changes, and keys reach it all."""

from collections.abc import Callable

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as TooLong

from tests.site.checks import accessibility, width
from tests.site.reading import PHONE, Opened, Reader, Scheme

FULL, SMALL = "guide/real-data.html", "index.html"
SCREEN = 844  # the height of a phone's screen, in CSS pixels
LONG = "pneumonoultramicroscopicsilicovolcanocon"  # forty letters
WORDS = ("transformer", LONG)
NOT_LOADED = "The model could not be loaded. Reload the page to try again."
LOADED = "() => document.querySelectorAll('script[src*=speller-engine], script[src*=speller-model]').length"
SAID = """([words]) => document.querySelector(".speller [role=status]").textContent.includes(words) &&
  !document.querySelector(".sp-saying")"""
FIVE = "() => document.querySelectorAll('.sp-beams tbody tr:not(.sp-open)').length === 5"
CHIPS = "(all) => all.map((one) => one.innerText.replace(/\\s+/g, ' ').trim())"
FOCUS = "() => document.activeElement.dataset.key ?? document.activeElement.name ?? document.activeElement.localName"
VOICE = """() => {
  globalThis.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  speechSynthesis.getVoices = () => [{ lang: "en-GB" }];
  speechSynthesis.speak = ({ text }) => { document.body.dataset.heard = text; };
  speechSynthesis.dispatchEvent(new Event("voiceschanged"));
}"""
REFUSED = {
    "naïve": "The model was never shown “ï”. It knows a to z, the apostrophe, the hyphen and the dot.",
    "": "Type a word.",
    "a" * 49: "A word may have 48 letters; this one has 49.",
}

Expect = Callable[[str, bool], None]


def faults(reader: Reader) -> list[str]:
    """Ask the model with the keyboard alone, and change what can be changed."""
    with reader.open(FULL) as opened:
        page = opened.page

        def expect(what: str, is_so: bool) -> None:
            """Note what is not so."""
            if not is_so:
                opened.faults.append(f"speller: not so: {what}")

        first, table = chips(page), page.locator(".sp-map").all_inner_texts()
        expect("the first state is there", len(first) > 2 and len(table) == 1)
        expect("nothing is loaded before it is asked", page.evaluate(LOADED) == 0)
        if not asked(reader, opened):
            return [*opened.faults, f"speller: it does not answer, it says {status(page)!r}"]
        expect("the same word has the sounds that torch gave it", chips(page) == first)
        expect("the same word has the weights that torch gave it", page.locator(".sp-map").all_inner_texts() == table)
        with_keys(page, expect)
        with_choice(reader, opened, expect)
        with_heads(reader, opened, expect)
        with_a_beam(reader, opened, expect)
        with_a_voice(page, expect)
        with_wrong_words(reader, opened, expect)
        expect("the browser keeps nothing of it", not page.evaluate("/speller|word/.test(Object.keys(localStorage).join())"))
        return opened.faults


def faults_of_states(reader: Reader, page: str, wide: int, scheme: Scheme) -> list[str]:
    """Look at the states of a widget: is it as wide as the window, can it be read, and does the small one fit a phone."""
    with reader.open(page, width=wide, scheme=scheme) as opened:
        found = opened.faults
        for word in ("", *WORDS):
            if word and not asked(reader, opened, word):
                found.append(f"speller: no answer to {word!r}, it says {status(opened.page)!r}")
            found += [*width.faults(opened), *accessibility.faults(opened)]
            box = opened.page.locator(".speller").bounding_box()
            if page == SMALL and wide == PHONE and (box is None or box["height"] > SCREEN):
                found.append(f"speller: with {word!r} it is {box and box['height']} px high, at most {SCREEN}")
        return found


def faults_of_broken_data(reader: Reader) -> list[str]:
    """Ask a model whose data are broken: one plain message, and what stood there stays."""
    with reader.open(FULL) as opened:
        first = chips(opened.page)
        answered = asked(reader, opened, "phoenix", NOT_LOADED)
        if not answered or chips(opened.page) != first:
            opened.faults.append(f"speller: broken data are told so: {status(opened.page)!r}")
        return opened.faults


def asked(reader: Reader, opened: Opened, word: str = "phoenix", words: str = "") -> bool:
    """Type a word, press Enter, and wait for the answer."""
    field = opened.page.locator(".speller [name=word]")
    field.fill(word)
    opened.page.wait_for_timeout(300)  # once it is loaded, it answers by itself while one types
    field.press("Enter")
    return told(reader, opened, words or f"{word}: ")


def told(reader: Reader, opened: Opened, words: str) -> bool:
    """Wait until the status says so, and no sound is still to come."""
    try:
        opened.page.wait_for_function(SAID, arg=[words], timeout=6 * reader.patience)
    except TooLong:
        return False
    return True


def status(page: Page) -> str:
    """Return what a screen reader says by itself."""
    return page.locator(".speller [role=status]").inner_text()


def chips(page: Page) -> list[str]:
    """List the sounds with their shares."""
    return [str(chip) for chip in page.locator(".sp-chip").evaluate_all(CHIPS)]


def with_keys(page: Page, expect: Expect) -> None:
    """Walk through every control with Tab, and among the sounds and the heads with arrows."""
    page.locator(".speller [name=word]").focus()
    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(str(page.evaluate(FOCUS)))
    kinds = ["kind-cross", "kind-encoder", "kind-self"]
    gates = [f"gate-{head}" for head in range(12)]
    expect("Tab reaches every control", {"how", "chip-0", "look-0", *kinds, *gates} <= {*reached})
    expect("Tab reaches the five sounds to choose from", len([key for key in reached if key.startswith("say-")]) == 5)
    page.locator("[data-key=chip-0]").focus()
    for key, place in (("ArrowRight", "chip-1"), ("End", f"chip-{len(chips(page)) - 1}"), ("Home", "chip-0")):
        page.keyboard.press(key)
        expect(f"{key} moves to {place}", page.evaluate(FOCUS) == place)
        expect(f"{place} is shown", page.locator(f"[data-key={place}][aria-pressed=true]").count() == 1)
    page.locator("[data-key=look-0]").focus()
    page.keyboard.press("ArrowDown")
    expect("ArrowDown shows the head below", page.evaluate(FOCUS) == "look-4")
    expect("the table says which head it shows", "layer 2, head 1" in page.locator(".sp-map caption").inner_text())
    page.keyboard.press("Enter")
    expect("a second press shows all heads again", "mean of all heads" in page.locator(".sp-map caption").inner_text())
    page.locator("[data-key=kind-encoder]").focus()
    page.keyboard.press("Enter")
    expect("letters look at letters", page.locator(".sp-map tbody th").all_inner_texts() == list("phoenix"))
    page.locator("[data-key=kind-cross]").press("Enter")


def with_choice(reader: Reader, opened: Opened, expect: Expect) -> None:
    """Have another first sound said, and see the rest follow; then take it back."""
    page, before = opened.page, chips(opened.page)
    key = str(page.locator(".sp-candidates button").nth(1).get_attribute("data-key"))
    page.locator(f"[data-key={key}]").press("Enter")
    expect("the status says that a sound was chosen", told(reader, opened, "with a sound chosen"))
    expect("the status says what was said before", "Before: F IY N IH K S." in status(page))
    expect("the chosen sound is said", chips(page)[0].split()[0] != before[0].split()[0])
    expect("the focus stays", page.evaluate(FOCUS) == key)
    page.locator("[data-key=again]").press("Enter")
    expect("it can be taken back", told(reader, opened, "phoenix: F IY N IH K S.") and chips(page) == before)
    page.wait_for_function("() => document.activeElement.dataset.key === 'chip-0'")


def with_heads(reader: Reader, opened: Opened, expect: Expect) -> None:
    """Switch every head of the last layer off, one by one: the answer changes, and comes back."""
    page, before = opened.page, chips(opened.page)
    for number, gate in enumerate(("gate-8", "gate-9", "gate-10", "gate-11"), start=1):
        page.locator(f"[data-key={gate}]").press("Space")
        heads = f"{number} head{'s' * (number > 1)} off"
        expect(f"the status says {heads}", told(reader, opened, heads))
        expect("the focus stays at the head", page.evaluate(FOCUS) == gate)
    expect("without heads it says something else", chips(page) != before)
    page.locator("[data-key=again]").press("Enter")
    expect("with all heads it says what it said", told(reader, opened, "phoenix: F IY N IH K S.") and chips(page) == before)
    expect("every box is ticked again", page.locator(".sp-head input:checked").count() == 12)


def with_a_beam(reader: Reader, opened: Opened, expect: Expect) -> None:
    """Let a beam of five answer: five answers with falling scores."""
    page = opened.page
    page.locator(".speller [name=how]").select_option("beam")
    page.wait_for_function(FIVE, timeout=6 * reader.patience)
    told(reader, opened, "phoenix: ")
    scores = [float(score) for score in page.locator(".sp-beams tbody td:last-child").all_inner_texts()]
    expect("the best answer comes first", len(scores) == 5 and sorted(scores, reverse=True) == scores)
    expect("a beam lets no sound be chosen", page.locator(".sp-candidates button:enabled").count() == 0)
    page.locator(".speller [name=how]").select_option("greedy")
    page.wait_for_function("() => !document.querySelector('.sp-beams') && !document.querySelector('.sp-saying')")


def with_a_voice(page: Page, expect: Expect) -> None:
    """Hear a sound where the browser has a voice; where it has none, there is no button."""
    expect("without a voice there is nothing to hear", page.locator("[data-key=hear]").count() == 0)
    page.evaluate(VOICE)
    page.locator("[data-key=hear]").press("Enter")
    expect("the example of the sound is heard", page.locator("body").get_attribute("data-heard") == "for")


def with_wrong_words(reader: Reader, opened: Opened, expect: Expect) -> None:
    """Ask what it cannot read: it says why, and keeps what it showed."""
    before = chips(opened.page)
    for word, message in REFUSED.items():
        expect(f"{word!r} is refused", asked(reader, opened, word, message))
        expect(f"{word!r} changes nothing", chips(opened.page) == before)

"""What can break on a site: for each check at least one thing, and the words that the check must find for it."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.site.place import MATH, PAGE, Place

SCRIPT = "_static/copybutton.js"  # one that every page runs
SCORER, FIRST_ONES = "_static/language_data.js", "left-- > 0"
END, HEAD = "</article>", "</head>"
THEME = "_static/scripts/pydata-sphinx-theme.js"
POLICY, OWN = 'http-equiv="Content-Security-Policy"', "script-src 'self'"
WHOLE = ""
FOLDED = "<details><summary>More</summary>{}</details>"
WIDE = '<svg width="2000" height="9"></svg>'
LINES = "document.querySelectorAll('.code-line').forEach((line) => line.style.{} = '{}');"
UNNAMED = '<form><input type="text"></form>'
FAINT = '<p><font color="{}">Hard to read.</font></p>'


@dataclass(frozen=True)
class Fault:
    """What is done to which files, who must notice, and in which words."""

    words: str
    check: Callable[[Place], list[str]]
    edits: list[tuple[str, str, str]]


def added(words: str, check: Callable[[Place], list[str]], tag: str, page: str = PAGE) -> Fault:
    """Add a tag at the end of a page's article."""
    return Fault(words, check, [(page, END, tag + END)])


def script(words: str, check: Callable[[Place], list[str]], code: str) -> Fault:
    """Let every page run something else instead of one of its scripts."""
    return Fault(words, check, [(SCRIPT, WHOLE, code)])


FAULTS = {
    "a script throws": script("error in a script", Place.light_phone, "throw new Error('broken');"),
    "a script complains": script("error in the console: broken", Place.light_phone, "console.error('broken');"),
    "a script inside the page": added("error in the console", Place.light_phone, "<script>document.title = 'broken'</script>"),
    "a picture is missing": added("failed request", Place.light_phone, '<img alt="" src="no-such-picture.png">'),
    "a picture from elsewhere": added(
        "request outside the site", Place.light_phone, '<img alt="" src="https://example.org/x.png">'
    ),
    "a connection to elsewhere": Fault(
        "from elsewhere", Place.light_phone, [(PAGE, HEAD, f'<link rel="preconnect" href="https://example.org">{HEAD}')]
    ),
    "no icon": Fault("no icon", Place.light_phone, [(PAGE, 'rel="icon"', 'rel="nothing"')]),
    "wider than a phone": added("too wide", Place.light_phone, WIDE),
    "wider than a phone, once unfolded": added("too wide", Place.light_phone, FOLDED.format(WIDE)),
    "a script that needs a server": script("error in", Place.from_a_folder, "fetch(document.baseURI);"),
    "an address from the root": added("outside the site", Place.under_a_path, '<img alt="" src="/index.html">'),
    "a text that needs scripts": Fault(
        "without scripts",
        Place.light_desk,
        [(PAGE, "<article ", "<article hidden "), (SCRIPT, WHOLE, "document.querySelector('article').hidden = false;")],
    ),
    "a formula is lost": Fault("formulas on the page", Place.formulas, [(MATH, "<math ", "<no-math ")]),
    "a formula is not drawn": Fault("not drawn", Place.formulas, [(MATH, "<math ", "<math hidden ")]),
    "a formula holds TeX": added("error in a formula", Place.formulas, "<math><mi>\\foo</mi></math>", MATH),
    "the text holds TeX": added("TeX in the text", Place.formulas, "<p>So $x^2$ it is.</p>", MATH),
    "a field without a label": added("axe label", Place.light_phone, UNNAMED + FOLDED.format("Folded.")),
    "a field without a label, in the dark": added("axe label", Place.dark_desk, UNNAMED),
    "a folded field without a label": added("axe label", Place.light_desk, FOLDED.format(UNNAMED)),
    "faint in the light": added("axe color-contrast", Place.light_desk, FOLDED.format(FAINT.format("#eeeeee"))),
    "faint in the dark": added("axe color-contrast", Place.dark_phone, FOLDED.format(FAINT.format("#222222"))),
    "a tag too many": added("Stray end tag", Place.valid, "</section>"),
    "a link to no page": added("nowhere.html", Place.links, '<a href="nowhere.html">There</a>'),
    "a link to no anchor": added("#nowhere", Place.links, '<a href="#nowhere">There</a>'),
    "a style without its file": Fault("no.png", Place.links, [("_static/claims.css", WHOLE, "p { background: url(no.png); }")]),
    "a style from elsewhere": Fault(
        "example.org", Place.links, [("_static/claims.css", WHOLE, "@import 'https://example.org/x.css';")]
    ),
    "no policy": Fault("0 policies", Place.policy, [(PAGE, POLICY, 'name="nothing"')]),
    "a policy too mild": Fault("script-src allows", Place.policy, [(PAGE, OWN, f"{OWN} 'unsafe-inline'")]),
    "a script before the policy": Fault(
        "before the policy", Place.policy, [(PAGE, "<head>", "<head><script src=x.js></script>")]
    ),
    "a script that the policy stops": added("script inside the page", Place.policy, "<script>1</script>"),
    "a handler that the policy stops": added("handler inside a tag", Place.policy, '<p onclick="go()">Go</p>'),
    "search knows nothing": Fault("no result", Place.search, [("searchindex.js", WHOLE, "")]),
    "a search that loads each page": Fault("requests, at most", Place.search_on_a_phone, [(SCORER, FIRST_ONES, "left-- < 99")]),
    "a search that quotes no page": Fault("no sentence", Place.search_on_a_phone, [(SCORER, FIRST_ONES, "left-- > 99")]),
    "a search too small to weigh": Fault("too few", Place.search_for_little, []),
    "the keys find nothing": Fault("no result", Place.keys, [("searchindex.js", WHOLE, "")]),
    "another page comes first": Fault("first came", Place.search_for_another, []),
    "a filter that does not filter": Fault("filter", Place.ledger, [("_static/ledger.js", WHOLE, "")]),
    "a filter that counts wrongly": Fault(
        "verdict refuted", Place.ledger, [("claims.json", '"verdict": "refuted"', '"verdict": "holds"')]
    ),
    "questions that do nothing": Fault("interview", Place.interview, [("_static/interview.js", WHOLE, "")]),
    "a theme that is forgotten": script("after a reload", Place.theme, "Storage.prototype.setItem = () => {};"),
    "a theme that cannot be chosen": Fault("chosen: ", Place.theme, [(THEME, WHOLE, "")]),
    "code that breaks to the left": script("go on where they begin", Place.breaking, LINES.format("textIndent", "0")),
    "code that does not break": script("no line of code breaks", Place.breaking, LINES.format("whiteSpace", "pre")),
    "code without a button": script("no button", Place.copying, ""),
}

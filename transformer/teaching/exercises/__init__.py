"""Exercises that check themselves: write a function, and learn whether it is right, or on which input it is not."""

from transformer.teaching.exercises import (
    contiguous,
    couplets,
    dropout,
    heads,
    masks,
    module,
    quoted_code,
    reshape,
    symmetry,
    view,
)
from transformer.teaching.exercises.checking import check_answer, find
from transformer.teaching.exercises.core import Exercise, Mistake
from transformer.teaching.exercises.result import Result
from transformer.teaching.exercises.whole import WHOLE

__all__ = ["EXERCISES", "WHOLE", "Exercise", "Mistake", "Result", "check"]

PAGES = {
    "heads": (heads.HEAD_WIDTH, heads.HEAD_ROWS, heads.ATTENTION_PARAMETERS),
    "view": (view.SPLIT_HEADS, view.INNER_LENGTH),
    "reshape": (reshape.ZERO_HEAD, reshape.SHARES_MEMORY),
    "contiguous": (contiguous.CONTIGUOUS_STRIDES, contiguous.CAN_VIEW, contiguous.MERGE_HEADS),
    "masks": (masks.KEY_MASK, masks.DECODER_MASK, masks.MASKED_SOFTMAX),
    "dropout": (dropout.DROP_WEIGHTS, dropout.DROPPED_ATTENTION),
    "symmetry": (symmetry.MERGED_MATRIX, symmetry.SYMMETRIC_SCORES),
    "module": (module.CHAIN, module.SHIFT, module.LEARNABLE_NUMBERS),
    "quoted-code": (quoted_code.POSITION_TABLE, quoted_code.NORMALISE, quoted_code.SEES_THE_FUTURE),
}

#: Exercises of chapters, by the chapter.
CHAPTERS = {"today/poet": (couplets.MIRRORS_TONES,)}

#: Every exercise by its name.
EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for page in (*PAGES.values(), *CHAPTERS.values(), WHOLE) for exercise in page
}


def check(exercise: str | Exercise, function: object) -> Result:
    """Say whether a function solves an exercise, or show the smallest input on which it does not.

    The function is called on several inputs: other sizes, other dtypes, tensors that are not contiguous. Each call gets
    arguments of its own, and the same random numbers.

    Args:
        exercise: The exercise's name, or an exercise of your own.
        function: The answer, a function or a class.

    Returns:
        The result, which is true if the answer is right.

    Raises:
        TypeError: ``function`` cannot be called, or ``exercise`` is neither a name nor an exercise.
        ValueError: There is no exercise of this name.

    Example:
        >>> def head_width(d_model, num_heads):
        ...     return d_model // num_heads
        >>> check("head_width", head_width)
        head_width is not right yet: 3 of 6 inputs fail. This is the
        smallest.
        input     head_width(7, 2)
        problem   it returns, but must raise a ValueError
        got       3
        expected  a ValueError
        hint      // drops the remainder in silence, so some numbers of a
                  token belong to no head.
    """
    return check_answer(find(EXERCISES, exercise), function)

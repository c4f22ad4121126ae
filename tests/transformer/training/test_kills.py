from pathlib import Path

from tests.transformer.training.helpers import run_python


def test_a_run_that_is_killed_at_every_write_and_at_random_ends_in_the_same_bits(tmp_path: Path) -> None:
    ran = run_python("-W", "error", "tests/transformer/training/kills.py", str(tmp_path))
    assert ran.stderr == ""
    assert ran.returncode == 0
    at_every_write, at_random = map(int, ran.stdout.split())
    assert at_every_write >= 25
    assert at_random >= 8

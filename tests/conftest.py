from collections.abc import Iterator

import jaxtyping
import pytest
import torch

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seed() -> None:
    torch.manual_seed(1)


@pytest.fixture(autouse=True)
def only_our_checks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let what a test of bad input passes reach our checks: jaxtyping's would stop it before."""
    if "bad_input" not in request.keywords:
        yield
        return
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)

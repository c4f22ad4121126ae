"""LoRA: a linear layer learns a change of low rank, while its own weights stay."""

import math
from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from transformer.checks import check_positive_int, check_positive_number
from transformer.today.checks import check_slot


class LoRALinear(nn.Module):
    """Add to a linear layer's output that of two thin layers in a row: linear(x) + scale * up(down(x)).

    ``up`` starts at zero, so at first nothing changes; ``down`` starts at random, so that ``up`` gets a gradient.

    Args:
        linear: The layer; its weights are frozen.
        rank: Width between the two thin layers.
        scale: What their output is multiplied by: alpha / rank in the paper.

    Raises:
        TypeError: ``linear`` is no ``nn.Linear``, ``rank`` no int, or ``scale`` no number.
        ValueError: ``rank`` is below 1, or ``scale`` not above 0.

    Source:
        Hu et al. 2021 (LoRA), section 4.1.

    Example:
        >>> import torch
        >>> linear, x = nn.Linear(6, 11), torch.ones(2, 5, 6)
        >>> adapted = LoRALinear(linear, rank=2, scale=1.0)
        >>> torch.equal(adapted(x), linear(x))
        True
    """

    def __init__(self, linear: nn.Linear, rank: int, scale: float) -> None:
        super().__init__()
        if not isinstance(linear, nn.Linear):
            raise TypeError(f"linear must be an nn.Linear, got {type(linear).__name__}")
        check_positive_int("rank", rank)
        check_positive_number("scale", scale)
        self.linear = linear.requires_grad_(False)
        like = {"device": linear.weight.device, "dtype": linear.weight.dtype}
        self.down = nn.Linear(linear.in_features, rank, bias=False, **like)
        self.up = nn.Linear(rank, linear.out_features, bias=False, **like)
        self.scale = scale
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw ``down`` anew, and let ``up`` be zero."""
        nn.init.kaiming_uniform_(self.down.weight, a=math.sqrt(5))
        nn.init.zeros_(self.up.weight)

    def forward(self, x: Float[Tensor, "*batch d_in"]) -> Float[Tensor, "*batch d_out"]:
        """Apply the layer and its change."""
        return self.linear(x) + self.scale * self.up(self.down(x))

    def merged(self) -> nn.Linear:
        """Make one linear layer that computes the same; neither of the two is changed by what happens to the other."""
        one = nn.Linear(
            self.linear.in_features,
            self.linear.out_features,
            bias=self.linear.bias is not None,
            device=self.linear.weight.device,
            dtype=self.linear.weight.dtype,
        )
        change = self.scale * self.up.weight.detach() @ self.down.weight.detach()
        one.weight.data.copy_(self.linear.weight.detach() + change)
        if self.linear.bias is not None:
            one.bias.data.copy_(self.linear.bias.detach())
        return one


def add_lora(model: nn.Module, *, rank: int, scale: float, where: Callable[[str], bool]) -> int:
    """Freeze a model, and put a ``LoRALinear`` in the place of each linear layer that is chosen.

    Args:
        model: The model, which is changed.
        rank: Width between the two thin layers.
        scale: What their output is multiplied by.
        where: Tells from a module's name, such as ``"blocks.0.attention.q_proj"``, whether it is meant.

    Returns:
        How many layers were chosen.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A number is out of range, or no linear layer is chosen.

    Source:
        Hu et al. 2021 (LoRA), section 4.2.

    Example:
        >>> model = nn.Sequential(nn.Linear(6, 11), nn.ReLU(), nn.Linear(11, 3))
        >>> add_lora(model, rank=2, scale=1.0, where=lambda name: name == "0")
        1
        >>> [name for name, weight in model.named_parameters() if weight.requires_grad]
        ['0.down.weight', '0.up.weight']
    """
    check_slot("where", where)
    chosen = [name for name, part in model.named_modules() if isinstance(part, nn.Linear) and where(name)]
    if not chosen:
        raise ValueError("where must choose a linear layer of the model, and chose none")
    model.requires_grad_(False)
    for name in chosen:
        linear = model.get_submodule(name)
        assert isinstance(linear, nn.Linear)
        model.set_submodule(name, LoRALinear(linear, rank, scale))
    return len(chosen)


def merge_lora(model: nn.Module) -> None:
    """Put one linear layer in the place of each ``LoRALinear`` of a model, which then costs nothing more than before.

    Args:
        model: The model, which is changed.

    Source:
        Hu et al. 2021 (LoRA), section 4.1, "No additional inference latency".

    Example:
        >>> model = nn.Sequential(LoRALinear(nn.Linear(6, 11), rank=2, scale=1.0))
        >>> merge_lora(model)
        >>> model
        Sequential(
          (0): Linear(in_features=6, out_features=11, bias=True)
        )
    """
    for name, part in list(model.named_modules()):
        if isinstance(part, LoRALinear):
            model.set_submodule(name, part.merged())

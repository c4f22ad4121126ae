"""Several feed-forward networks, of which each token uses a few."""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor, nn

from transformer.checks import check_features, check_positive_int, known


class MixtureOfExperts(nn.Module):
    """Send each token to the experts that a router scores highest, and add their outputs, weighted by those scores' softmax.

    Each expert computes for the tokens that chose it. Where torch traces, and no value tells which those are, each computes for
    all tokens and has the weight 0 for the others: slower, and the same.

    Args:
        d_model: Width of the input and of the output.
        experts: Networks that map (batch, length, d_model) to the same, position by position.
        active: How many experts a token uses.

    Raises:
        TypeError: A size is not an int.
        ValueError: A size is below 1, or there are fewer experts than ``active``.

    Source:
        Shazeer et al. 2017, section 2.1; Jiang et al. 2024 (Mixtral), section 2.1.

    Example:
        >>> from transformer.today.feed_forward import GatedFeedForward
        >>> experts = [GatedFeedForward(6, 11, nn.functional.silu) for _ in range(4)]
        >>> MixtureOfExperts(6, experts, active=2)(torch.zeros(2, 5, 6)).shape
        torch.Size([2, 5, 6])
    """

    def __init__(self, d_model: int, experts: Iterable[nn.Module], active: int) -> None:
        super().__init__()
        check_positive_int("d_model", d_model)
        self.d_model = d_model
        self.experts = nn.ModuleList(experts)
        if check_positive_int("active", active) > len(self.experts):
            raise ValueError(f"active must be at most the number of experts, {len(self.experts)}, got {active}")
        self.router = nn.Linear(d_model, len(self.experts), bias=False)
        self.active = active

    def forward(self, x: Float[Tensor, "batch length d_model"]) -> Float[Tensor, "batch length d_model"]:
        """Transform each position by the experts of its choice.

        Args:
            x: Vectors of shape (batch, length, d_model).

        Returns:
            Vectors of the same shape.

        Raises:
            TypeError: ``x`` is not a tensor of the module's dtype.
            ValueError: The shape or the device is wrong.
        """
        check_features("x", x, self.d_model, self.router)
        scores, chosen = self.router(x).topk(self.active, dim=-1)  # (batch, length, active)
        weights = scores.softmax(dim=-1)
        values_are_known = known((chosen >= 0).all(), False)
        output = torch.zeros_like(x)
        for number, expert in enumerate(self.experts):
            weight = torch.where(chosen == number, weights, 0.0).sum(-1, keepdim=True)  # (batch, length, 1)
            if values_are_known:
                place = (chosen == number).any(-1).nonzero(as_tuple=True)  # of the tokens that chose it
                change = weight[place] * expert(x[place].unsqueeze(0)).squeeze(0)  # (tokens, d_model)
                output = output.index_put(place, change.to(output.dtype), accumulate=True)
            else:
                output = output + weight * expert(x)
        return output

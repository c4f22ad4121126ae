"""The weights of the last few checkpoints of a run, kept for the average in the end."""

from pathlib import Path

from transformer.training.settings import TrainingSettings


class Snapshots:
    """Name a run's files of weights, so that none is forgotten and none of another run is taken.

    Args:
        folder: The run's folder; the files are in ``weights`` within.
        settings: Its ``steps``, ``save_every`` and ``average``.

    Example:
        >>> snapshots = Snapshots(Path("run"), TrainingSettings(steps=7, save_every=3, average=2, warmup_steps=0, decay_steps=0))
        >>> [path.name for path in snapshots.needed_at(7)]
        ['step-0000006.safetensors', 'step-0000007.safetensors']
    """

    def __init__(self, folder: Path, settings: TrainingSettings) -> None:
        self.folder = folder / "weights"
        self.settings = settings

    def path(self, step: int) -> Path:
        """Say where the weights of a step are."""
        return self.folder / f"step-{step:07d}.safetensors"

    def needed_at(self, step: int) -> list[Path]:
        """Name the files that an average at a step takes, in order."""
        settings = self.settings
        # Only the last are listed: a plan of very many steps is no reason to fill the memory.
        steps = list(range(settings.save_every, step + 1, settings.save_every)[-settings.average :])
        if step == settings.steps and step % settings.save_every:
            steps.append(step)
        return [self.path(saved) for saved in steps[-settings.average :]]

    def remove_old(self, step: int) -> None:
        """Remove the files that no average at this step or later will take."""
        for path in self.folder.glob("step-*.safetensors"):
            if path not in self.needed_at(step):
                path.unlink()

    def check(self, step: int) -> None:
        """Refuse to go on from a step without weights that the average in the end will need.

        Raises:
            FileNotFoundError: A file is gone.
        """
        for path in self.needed_at(self.settings.steps):
            if path <= self.path(step) and not path.exists():
                raise FileNotFoundError(f"{path} is gone, and the average in the end needs it")

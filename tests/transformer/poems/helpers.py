"""Poems that nobody wrote, in an archive as npm would pack it, and a run on them that takes a second."""

import io
import json
import random
import tarfile
from pathlib import Path

from transformer.poems.forms import FORMS, Form, Poem

LEVEL, OBLIQUE = "東同銅桐筒童中衷忠蟲", "董動孔總送夢鳳洞眾甕"  # of one rhyme, and of none with it
SMALL = [
    *("--d-model=12", "--num-heads=3", "--num-kv-heads=1", "--head-dim=4", "--num-layers=1", "--d-ff=9", "--seen=3"),
    *("--steps=12", "--batch-size=8", "--warmup-steps=2", "--decay-steps=4", "--save-every=4", "--log-every=3", "--average=1"),
]


def invented(form: Form, chance: random.Random) -> Poem:
    """Draw a poem of characters at random."""
    return tuple("".join(chance.choices(LEVEL + OBLIQUE, k=form.width)) for _ in range(form.lines))


def invented_poems(count: int = 400, seed: int = 3) -> list[Poem]:
    """Draw different poems of the four forms in turn."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return list(dict.fromkeys(invented(FORMS[i % 4], chance) for i in range(count)))


def written(poem: Poem) -> list[str]:
    """Set the pauses as the package has them: a couplet a paragraph."""
    return [f"{first}，{second}。" for first, second in zip(poem[::2], poem[1::2], strict=True)]


def pack(archive: Path, files: dict[str, object]) -> Path:
    """Write an archive with files of JSON."""
    with tarfile.open(archive, "w:gz") as members:
        for name, content in files.items():
            text = json.dumps(content, ensure_ascii=False).encode()
            member = tarfile.TarInfo(f"package/dist/quantangshi/{name}")
            member.size = len(text)
            members.addfile(member, io.BytesIO(text))
    return archive


def pack_poems(archive: Path, poems: list[Poem]) -> Path:
    """Write an archive of poems, the later half in the first file's place, as the order of a folder may have it."""
    entries = [{"author": "無名", "title": "無題", "paragraphs": written(poem)} for poem in poems]
    half = len(entries) // 2
    return pack(archive, {"poet.song.0.json": entries[half:], "poet.tang.0.json": entries[:half], "authors.tang.json": []})

"""The engines that a model can be exported to."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from transformer.export.folder import whole_folder, write_companions
from transformer.spelling.speller import Speller

NEEDED = {"onnx": ("onnx", "onnxscript"), "ctranslate2": ("ctranslate2",)}
QUANTIZATIONS = ("float32", "int8")


def export(speller: Speller, engine: str, folder: Path, *, quantization: str = "float32") -> None:
    """Write a model, its symbols and a README for an engine.

    Args:
        speller: The trained model with its symbols.
        engine: "onnx" or "ctranslate2".
        folder: Where the files go: a new name, or an empty folder. After an error it is as it was.
        quantization: How weights are written: "float32", or for ctranslate2 also "int8".

    Raises:
        ValueError: The engine or the quantization is unknown, or the folder is not empty.
        FileNotFoundError: The engine is not installed, or there is no place for the folder.
        OSError: The files could not be written.
    """
    if engine not in NEEDED:
        raise ValueError(f"engine must be {' or '.join(NEEDED)}, got {engine!r}")
    offered = QUANTIZATIONS if engine == "ctranslate2" else QUANTIZATIONS[:1]
    if quantization not in offered:
        raise ValueError(f"quantization must be {' or '.join(offered)} for {engine}, got {quantization!r}")
    for library in NEEDED[engine]:
        try:
            version(library)
        except PackageNotFoundError:
            raise FileNotFoundError(f"{library} is not installed: pip install 'transformer-checked[export]'") from None
    with whole_folder(folder) as new:
        write_companions(new, speller, Path(__file__).with_name(f"{engine}_readme.md"))
        # Imported here: the package must work without the engines' libraries.
        if engine == "onnx":
            from transformer.export.onnx_files import write_onnx

            write_onnx(speller.model, new)
        else:
            from transformer.export.ctranslate2_files import write_ctranslate2

            write_ctranslate2(speller, new, quantization)

"""A trained model in the files of engines that serve: ONNX Runtime and CTranslate2. No library of theirs is imported here."""

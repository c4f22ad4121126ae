"""A trained model in the files of engines that serve: ONNX Runtime and CTranslate2. Their libraries are imported when asked for."""

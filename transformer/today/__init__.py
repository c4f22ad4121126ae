"""What language models are made of now, as parts that are put together."""

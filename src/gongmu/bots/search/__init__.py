"""Finding passages: morphemes, the index, ranking and the refusal gate."""

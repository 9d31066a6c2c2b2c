"""An answer: compose, ask a model or quote without one, verify, stream, keep."""

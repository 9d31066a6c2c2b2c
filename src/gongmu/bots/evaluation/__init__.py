"""Questions with known answers, scores over time, and the gate before going live."""

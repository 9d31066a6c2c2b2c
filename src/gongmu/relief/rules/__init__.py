"""One file per article; each declares RULES, dated versions (see `relief.rule`)."""

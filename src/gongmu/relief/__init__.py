"""Vehicle acquisition-tax relief: who was relieved, which duties follow, who must be told."""

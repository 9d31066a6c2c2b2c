"""Laws and ordinances as article trees with effective dates, and the citations of free text."""

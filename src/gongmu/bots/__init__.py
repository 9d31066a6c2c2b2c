"""Staff chatbots: desks that answer with quotations from what the city has learnt, or refuse."""

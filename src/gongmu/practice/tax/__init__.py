"""The practice city's tax office: who buys which car, what is relieved, what happens later."""

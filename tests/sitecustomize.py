"""Python imports this by itself in each program that a test starts: `tests` is on its path."""

from closed_network import close_network

close_network()

"""Cell volume: the pump-leak cell in closed form and in time."""

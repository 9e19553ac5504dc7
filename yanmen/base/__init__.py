"""What every layer may use: plain Python, no Django, no database."""

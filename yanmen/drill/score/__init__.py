"""What happened in a drill, in numbers: the truth beside what the software knew, and when."""

"""DOES IT WORK: probes sent side by side, answers read into outcomes."""

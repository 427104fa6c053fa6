"""Hardware: input drivers turn devices into scans, output drivers turn answers into sound, light and labels."""

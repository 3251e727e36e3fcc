"""What scripts/bench is made of: finding contenders, running them in rounds, and writing what came out."""

"""What everything else speaks: plain frozen values and pure rules, standard library only."""

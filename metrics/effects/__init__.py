"""What a tactic did to a KPI: measured against segments that it did not touch."""
